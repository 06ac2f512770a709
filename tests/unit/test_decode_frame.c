/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_decode_frame - see the header.
 *
 * Checksums are computed here two octets at a time, so that the decoder's way
 * of doing it is not checked against itself.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test_decode_frame.h"

enum patch_kind { PATCH_LEN, PATCH_LELEN, PATCH_IP4, PATCH_IP6, PATCH_UDP, PATCH_TCP, PATCH_NOLEN };

static void
put(struct frame *f, const char *hex)
{
	char pair[3] = { 0 };
	size_t i;

	for (i = 0; hex[i]; i += 2) {
		if (!isxdigit((unsigned char)hex[i]) || !isxdigit((unsigned char)hex[i + 1]) ||
		    f->n == FRAME_MAX) {
			fprintf(stderr, "frame_build: bad word \"%s\"\n", hex);
			abort();
		}
		memcpy(pair, hex + i, 2);
		f->b[f->n++] = (uint8_t)strtoul(pair, NULL, 16);
	}
}

static void
patch(struct frame *f, enum patch_kind kind, size_t at)
{
	if (f->npatches == FRAME_PATCHES)
		abort();
	f->patch[f->npatches++] = (struct frame_patch){ kind, at, f->ip, f->final };
}

static void
set16(struct frame *f, size_t at, size_t value)
{
	f->b[at] = (uint8_t)(value >> 8);
	f->b[at + 1] = (uint8_t)value;
}

static uint32_t
sum16(uint32_t sum, const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		sum += i % 2 ? p[i] : (uint32_t)p[i] << 8;
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return sum;
}

static void
patch_tcp(struct frame *f, const struct frame_patch *p)
{
	bool v4 = f->b[p->ip] >> 4 == 4;
	size_t len = f->end - p->at, alen = v4 ? 4 : 16, src = p->ip + (v4 ? 12 : 8);
	uint32_t sum = 6;

	sum = sum16(sum, f->b + src, alen);
	sum = sum16(sum, f->b + (p->final ? p->final : src + alen), alen);
	sum += (uint32_t)(len & 0xffff) + (uint32_t)(len >> 16);
	sum = sum16(sum, f->b + p->at, len);
	set16(f, p->at + 16, ~sum & 0xffff);
}

static void
patch_ip4(struct frame *f, size_t at, size_t len)
{
	set16(f, at + 2, len);
	set16(f, at + 10, 0);
	set16(f, at + 10, ~sum16(0, f->b + at, (f->b[at] & 15) * 4u) & 0xffff);
}

static void
apply(struct frame *f, const struct frame_patch *p)
{
	size_t at = p->at;

	switch ((enum patch_kind)p->kind) {
	case PATCH_LEN:
		set16(f, at, f->end - at - 2);
		break;
	case PATCH_LELEN:
		set16(f, at, f->end - at - 2);
		f->b[at] ^= f->b[at + 1];
		f->b[at + 1] ^= f->b[at];
		f->b[at] ^= f->b[at + 1];
		break;
	case PATCH_IP4:
		patch_ip4(f, at, f->end - at);
		break;
	case PATCH_NOLEN:
		if (f->b[at] >> 4 == 4)
			patch_ip4(f, at, 0);
		else
			set16(f, at + 4, 0);
		break;
	case PATCH_IP6:
		set16(f, at + 4, f->end - at - 40);
		break;
	case PATCH_UDP:
		set16(f, at + 4, f->end - at);
		break;
	case PATCH_TCP:
		patch_tcp(f, p);
		break;
	}
}

static void
put_ip4(struct frame *f, const char *protocol, const char *addresses)
{
	f->ip = f->n;
	f->final = 0;
	put(f, "450000001234000040");
	put(f, protocol);
	put(f, "0000");
	put(f, addresses);
	patch(f, PATCH_IP4, f->ip);
}

static void
put_ip6(struct frame *f, const char *next, const char *network)
{
	const char *const host[] = { "0000000000000001", "0000000000000002" };
	size_t i;

	f->ip = f->n;
	f->final = 0;
	put(f, "600000000000");
	put(f, next);
	put(f, "40");
	for (i = 0; i < 2; i++) {
		put(f, network);
		put(f, host[i]);
	}
	patch(f, PATCH_IP6, f->ip);
}

static void
put_valued(struct frame *f, const char *name, const char *value)
{
	unsigned long n = strtoul(value, NULL, 10);

	if (!strcmp(name, "ip4")) {
		put_ip4(f, value, "c0000201c6336402");
	} else if (!strcmp(name, "out4")) {
		put_ip4(f, value, "0a0000010a000002");
	} else if (!strcmp(name, "ip6")) {
		put_ip6(f, value, "20010db800000000");
	} else if (!strcmp(name, "out6")) {
		put_ip6(f, value, "fd00000000000000");
	} else if (!strcmp(name, "udp")) {
		patch(f, PATCH_UDP, f->n);
		put(f, "c000");
		put(f, value);
		put(f, "00000000");
	} else if (!strcmp(name, "tcp")) {
		patch(f, PATCH_TCP, f->n);
		put(f, "04010019000003e8000007d0");
		put(f, (char[]){ value[0], '0', '\0' });
		put(f, "18040000000000");
	} else if (!strcmp(name, "ihl")) {
		f->b[f->ip] = (uint8_t)(0x40 | n);
	} else if (!strcmp(name, "fill")) {
		f->fill = n;
		for (; n > 0 && f->n < FRAME_MAX; n--)
			f->b[f->n++] = (uint8_t)n;
	} else {
		fprintf(stderr, "frame_build: no word \"%s\"\n", name);
		abort();
	}
}

static void
put_word(struct frame *f, char *word)
{
	char *value = strchr(word, '=');

	if (value) {
		*value = '\0';
		put_valued(f, word, value + 1);
	} else if (!strcmp(word, "len") || !strcmp(word, "lelen")) {
		patch(f, word[2] == 'n' ? PATCH_LEN : PATCH_LELEN, f->n);
		put(f, "0000");
	} else if (!strcmp(word, "nolen")) {
		patch(f, PATCH_NOLEN, f->n);
	} else if (!strcmp(word, "pay")) {
		f->payload = f->n;
		put(f, "45484c4f20610d0a");
	} else if (!strcmp(word, "final")) {
		f->final = f->n - 16;
	} else if (!strcmp(word, "end")) {
		f->end = f->n;
	} else {
		put(f, word);
	}
}

void
frame_build(struct frame *f, const char *text)
{
	char *copy = strdup(text), *save = NULL, *word;

	f->n = f->payload = f->end = f->ip = f->fill = f->final = f->npatches = 0;
	for (word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
		put_word(f, word);
	free(copy);
	if (f->end == 0)
		f->end = f->n;
	while (f->npatches > 0)
		apply(f, &f->patch[--f->npatches]);
}
