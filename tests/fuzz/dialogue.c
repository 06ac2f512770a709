/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dialogue - octets as what two hosts say to each other over TCP, so that a search gets
 * through the headers to reassembly, dissector and checks.
 *
 * The input is a row of acts, each an octet of kind, an octet n, and for some kinds n
 * octets of payload; seeds.py writes the same from captures.  The first octet of all
 * chooses the report.
 *
 *	0, 1	the client, the server sends n octets
 *	2, 3	... sends what it has acknowledged of the other side so far, and no more: an
 *		old acknowledgement with n octets
 *	4, 5	... the last n octets of it come once more, with this payload
 *	6, 7	... n octets of it were not captured
 *	8, 9	... FIN
 *	10, 11	... RST
 *	12	n * 100 ms pass
 *	13	the client's port changes: another connection
 */
#include <stdbool.h>
#include <string.h>

#include "fuzz.h"

enum {
	ACT_SEND = 0,
	ACT_OLD = 2,
	ACT_AGAIN = 4,
	ACT_LOSE = 6,
	ACT_FIN = 8,
	ACT_RST = 10,
	ACT_WAIT = 12,
	ACT_NEXT = 13,
	ACTS,
	CAPTURE_MAX = 1 << 18,
	HEADERS = 40, /* IPv4 and TCP */
	FLAG_FIN = 1,
	FLAG_SYN = 2,
	FLAG_RST = 4,
	FLAG_ACK = 16
};

struct host {
	uint32_t seq, acked; /* of what comes next; the last acknowledgement sent */
	bool gone;
};

struct scene {
	uint8_t *out;
	size_t n;
	struct host host[2]; /* client, server */
	uint16_t port;
	uint64_t us;
};

static void
put(struct scene *s, uint32_t v, unsigned octets)
{
	while (octets-- > 0)
		s->out[s->n++] = (uint8_t)(v >> (8 * octets));
}

/* One frame; link type RAW. */
static void
frame(
    struct scene *s, unsigned from, unsigned flags, uint32_t seq, const uint8_t *payload, size_t n)
{
	const struct host *h = &s->host[from];

	if (CAPTURE_MAX - s->n < 16 + HEADERS + n)
		return;
	s->us += 1000;
	put(s, (uint32_t)(1600000000 + s->us / 1000000), 4);
	put(s, (uint32_t)(s->us % 1000000), 4);
	put(s, (uint32_t)(HEADERS + n), 4);
	put(s, (uint32_t)(HEADERS + n), 4);
	put(s, 0x4500U << 16 | (uint32_t)(HEADERS + n), 4);
	put(s, 0, 4);
	put(s, 0x40060000, 4); /* no checksum: as an interface that makes it would show */
	put(s, from ? 0xc0000219 : 0xc000020a, 4);
	put(s, from ? 0xc000020a : 0xc0000219, 4);
	put(s, from ? 25 : s->port, 2);
	put(s, from ? s->port : 25, 2);
	put(s, seq, 4);
	put(s, flags & FLAG_ACK ? h->acked : 0, 4);
	put(s, 0x5000U | flags, 2);
	put(s, 0xffff, 2);
	put(s, 0, 4);
	memcpy(s->out + s->n, payload, n);
	s->n += n;
}

static void
shake_hands(struct scene *s)
{
	static const uint8_t none[1];

	memset(s->host, 0, sizeof s->host);
	s->port++;
	frame(s, 0, FLAG_SYN, 0, none, 0);
	s->host[1].acked = 1;
	frame(s, 1, FLAG_SYN | FLAG_ACK, 0, none, 0);
	s->host[0].seq = s->host[1].seq = s->host[0].acked = 1;
	frame(s, 0, FLAG_ACK, 1, none, 0);
}

static void
act(struct scene *s, unsigned kind, const uint8_t *payload, size_t n)
{
	unsigned from = kind & 1;
	struct host *h = &s->host[from];

	if (kind < ACT_OLD || kind >= ACT_FIN)
		h->acked = s->host[!from].seq;
	switch (kind & ~1U) {
	case ACT_AGAIN:
		frame(s, from, FLAG_ACK, h->seq - (uint32_t)n, payload, n);
		return;
	case ACT_LOSE:
		h->seq += (uint32_t)n;
		return;
	case ACT_FIN:
		frame(s, from, FLAG_ACK | FLAG_FIN, h->seq++, payload, 0);
		return;
	case ACT_RST:
		frame(s, from, FLAG_ACK | FLAG_RST, h->seq, payload, 0);
		return;
	default:
		frame(s, from, FLAG_ACK, h->seq, payload, n);
		h->seq += (uint32_t)n;
	}
}

static void
play(struct scene *s, const uint8_t *c, size_t left)
{
	unsigned kind;
	size_t n;

	shake_hands(s);
	for (; left >= 2; c += n, left -= n) {
		kind = c[0] % ACTS;
		n = c[1];
		c += 2;
		left -= 2;
		if (kind == ACT_WAIT) {
			s->us += n * 100000;
			n = 0;
		} else if (kind == ACT_NEXT) {
			shake_hands(s);
			n = 0;
		} else if (kind >= ACT_LOSE) {
			act(s, kind, c, n);
			n = 0;
		} else {
			n = n < left ? n : left;
			act(s, kind, c, n);
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *octets, size_t n)
{
	static const uint8_t header[] = { 0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 4, 0, 0, 0, 0, 0, 101 };
	uint8_t out[CAPTURE_MAX];
	struct scene s = { .out = out, .port = 1024 };

	if (n == 0)
		return 0;
	memcpy(out, header, sizeof header);
	s.n = sizeof header;
	play(&s, octets + 1, n - 1);
	fuzz_analyse(out, s.n, octets[0]);
	return 0;
}
