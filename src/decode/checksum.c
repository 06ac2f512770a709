/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * checksum - the sum over a long run, vectors of 16 octets at a time.
 *
 * Each vector holds two 64-bit lanes.  What is wanted is the sum of their 32-bit
 * halves, so that no carry is lost.  The upper halves are summed apart; whole
 * lanes are summed modulo 2^64, and that less the upper halves in their place is
 * the sum of the lower ones, since it is below 2^64 itself.  The vectors are the
 * compiler's own: where the machine has none they become plain arithmetic.
 */
#include "decode/checksum.h"

typedef uint64_t lanes __attribute__((__vector_size__(16)));

static uint64_t
add_rest(uint64_t sum, struct slice s)
{
	uint16_t half = 0;
	uint8_t last[2] = { 0, 0 };

	sum = checksum_add_words(sum, s);
	s = slice_from(s, s.n & ~(size_t)3);
	if (s.n >= 2) {
		memcpy(&half, s.p, 2);
		sum += half;
	}
	if (s.n & 1) {
		last[0] = s.p[s.n - 1];
		memcpy(&half, last, 2);
		sum += half;
	}
	return sum;
}

static inline lanes
load(const uint8_t *p)
{
	lanes v;

	memcpy(&v, p, sizeof v);
	return v;
}

uint64_t
checksum_add(uint64_t sum, struct slice s)
{
	lanes whole = { 0, 0 }, high = { 0, 0 };

	for (; s.n >= 64; s.p += 64, s.n -= 64) {
		lanes a = load(s.p), b = load(s.p + 16), c = load(s.p + 32), d = load(s.p + 48);

		whole += (a + b) + (c + d);
		high += (a >> 32) + (b >> 32) + (c >> 32) + (d >> 32);
	}
	for (; s.n >= 16; s.p += 16, s.n -= 16) {
		lanes a = load(s.p);

		whole += a;
		high += a >> 32;
	}
	whole += high - (high << 32);
	return add_rest(sum + whole[0] + whole[1], s);
}
