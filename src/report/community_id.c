/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * community_id - SHA-1 over the ordered endpoints, in base64.
 *
 * Community ID Flow Hashing, version 1: a seed of two octets (0 here), the
 * smaller and the larger endpoint's address, the protocol, an octet of padding,
 * then the two ports in the same order; numbers in network order.
 *
 * SHA-1 is written out here because the format demands it and nothing else does:
 * a library for forty octets of input would be the larger evil.
 */
#include "report/base64.h"
#include "report/community_id.h"

enum { BLOCK = 64, IPPROTO_NUMBER_TCP = 6 };

static uint32_t
rotate(uint32_t v, unsigned n)
{
	return v << n | v >> (32 - n);
}

/* One step of FIPS 180-4, 6.1.2: `f' is the round's function of v[1] to v[3], `add' the rest. */
static inline void
sha1_step(uint32_t v[5], uint32_t f, uint32_t add)
{
	uint32_t next = rotate(v[0], 5) + f + v[4] + add;

	v[4] = v[3];
	v[3] = v[2];
	v[2] = rotate(v[1], 30);
	v[1] = v[0];
	v[0] = next;
}

/* One block of FIPS 180-4, 6.1.2. */
static void
sha1_block(uint32_t h[5], const uint8_t p[BLOCK])
{
	uint32_t w[80], v[5] = { h[0], h[1], h[2], h[3], h[4] };
	unsigned t;

	for (t = 0; t < 16; t++)
		w[t] = (uint32_t)p[4 * t] << 24 | (uint32_t)p[4 * t + 1] << 16 |
		    (uint32_t)p[4 * t + 2] << 8 | p[4 * t + 3];
	for (; t < 80; t++)
		w[t] = rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
	for (t = 0; t < 20; t++)
		sha1_step(v, (v[1] & v[2]) | (~v[1] & v[3]), 0x5a827999 + w[t]);
	for (; t < 40; t++)
		sha1_step(v, v[1] ^ v[2] ^ v[3], 0x6ed9eba1 + w[t]);
	for (; t < 60; t++)
		sha1_step(v, (v[1] & v[2]) | (v[1] & v[3]) | (v[2] & v[3]), 0x8f1bbcdc + w[t]);
	for (; t < 80; t++)
		sha1_step(v, v[1] ^ v[2] ^ v[3], 0xca62c1d6 + w[t]);
	for (t = 0; t < 5; t++)
		h[t] += v[t];
}

void
community_sha1(uint8_t out[SHA1_LEN], struct slice message)
{
	uint32_t h[5] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 };
	uint64_t bits = (uint64_t)message.n * 8;
	uint8_t tail[2 * BLOCK] = { 0 };
	size_t rest, len, i;

	for (; message.n >= BLOCK; message = slice_from(message, BLOCK))
		sha1_block(h, message.p);
	rest = message.n;
	if (rest)
		memcpy(tail, message.p, rest);
	tail[rest] = 0x80;
	len = rest + 9 <= BLOCK ? BLOCK : 2 * BLOCK;
	for (i = 0; i < 8; i++)
		tail[len - 1 - i] = (uint8_t)(bits >> (8 * i));
	for (i = 0; i < len; i += BLOCK)
		sha1_block(h, tail + i);
	for (i = 0; i < SHA1_LEN; i++)
		out[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
}

static size_t
address_length(const struct endpoint *e)
{
	return e->addr.family == 6 ? 16 : 4;
}

/* The order of the format: by address, then by port. */
static bool
comes_first(const struct endpoint *a, const struct endpoint *b)
{
	int c = memcmp(a->addr.b, b->addr.b, address_length(a));

	return c < 0 || (c == 0 && a->port <= b->port);
}

void
community_id(char out[COMMUNITY_ID_MAX], const struct endpoint *a, const struct endpoint *b)
{
	const struct endpoint *lo = comes_first(a, b) ? a : b, *hi = lo == a ? b : a;
	uint8_t in[2 + 16 + 16 + 2 + 4] = { 0, 0 }, sum[SHA1_LEN];
	size_t n = 2, len = address_length(lo);

	memcpy(in + n, lo->addr.b, len);
	memcpy(in + n + len, hi->addr.b, len);
	n += 2 * len;
	in[n++] = IPPROTO_NUMBER_TCP;
	in[n++] = 0;
	in[n++] = (uint8_t)(lo->port >> 8);
	in[n++] = (uint8_t)lo->port;
	in[n++] = (uint8_t)(hi->port >> 8);
	in[n++] = (uint8_t)hi->port;
	community_sha1(sum, slice_of(in, n));
	out[0] = '1';
	out[1] = ':';
	base64_text(out + 2, slice_of(sum, sizeof sum));
	out[2 + BASE64_LEN(SHA1_LEN)] = '\0';
}
