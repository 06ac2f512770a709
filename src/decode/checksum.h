/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * checksum - the Internet checksum (RFC 1071).
 *
 * Sums are kept in the machine's own byte order, which changes nothing in
 * whether they verify (RFC 1071 2B).  Only the last run of a sum may be odd.
 * A 64-bit sum of 32-bit halves cannot overflow below 16 GiB.
 */
#ifndef SMTPSCOPE_DECODE_CHECKSUM_H
#define SMTPSCOPE_DECODE_CHECKSUM_H

#include "base/slice.h"

static inline uint64_t
checksum_add(uint64_t sum, struct slice s)
{
	uint64_t w, w2, other = 0;

	for (; s.n >= 16; s.p += 16, s.n -= 16) {
		memcpy(&w, s.p, 8);
		memcpy(&w2, s.p + 8, 8);
		sum += (w & UINT32_MAX) + (w2 & UINT32_MAX);
		other += (w >> 32) + (w2 >> 32);
	}
	for (; s.n >= 8; s.p += 8, s.n -= 8) {
		memcpy(&w, s.p, 8);
		sum += w & UINT32_MAX;
		other += w >> 32;
	}
	if (s.n) {
		w = 0;
		memcpy(&w, s.p, s.n);
		sum += w & UINT32_MAX;
		other += w >> 32;
	}
	return sum + other;
}

/* Does the sum over everything, the checksum field included, come to zero? */
static inline bool
checksum_good(uint64_t sum)
{
	sum = (sum >> 32) + (sum & UINT32_MAX);
	sum = (sum >> 32) + (sum & UINT32_MAX);
	sum = (sum >> 16) + (sum & UINT16_MAX);
	sum = (sum >> 16) + (sum & UINT16_MAX);
	sum = (sum >> 16) + (sum & UINT16_MAX);
	return sum == UINT16_MAX;
}

#endif
