/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * checksum - the Internet checksum (RFC 1071).
 *
 * Sums are kept in the machine's own byte order, which changes nothing in
 * whether they verify or are equal (RFC 1071 2B).  Only the last run of a sum
 * may be odd.  A 64-bit sum of 32-bit halves cannot overflow below 16 GiB.
 */
#ifndef SMTPSCOPE_DECODE_CHECKSUM_H
#define SMTPSCOPE_DECODE_CHECKSUM_H

#include "base/slice.h"

/* Any run; made for long ones. */
uint64_t checksum_add(uint64_t sum, struct slice);

/* A run of whole 32-bit words, as headers are. */
static inline uint64_t
checksum_add_words(uint64_t sum, struct slice s)
{
	uint32_t w;

	for (; s.n >= 4; s.p += 4, s.n -= 4) {
		memcpy(&w, s.p, 4);
		sum += w;
	}
	return sum;
}

/* The sum in 16 bits.  0 only if every octet was 0. */
static inline uint16_t
checksum_fold(uint64_t sum)
{
	sum = (sum >> 32) + (sum & UINT32_MAX);
	sum = (sum >> 16) + (sum & UINT16_MAX);
	sum = (sum >> 16) + (sum & UINT16_MAX);
	sum = (sum >> 16) + (sum & UINT16_MAX);
	return (uint16_t)sum;
}

/* Does the sum over everything, the checksum field included, come to zero? */
static inline bool
checksum_good(uint64_t sum)
{
	return checksum_fold(sum) == UINT16_MAX;
}

/*
 * The sum of a payload as struct segment has it: 1 to 65535, since in this
 * arithmetic 65535 and 0 are the same number, and 0 is free to mean "not known".
 */
static inline uint16_t
checksum_of_payload(uint64_t sum)
{
	return sum ? checksum_fold(sum) : UINT16_MAX;
}

#endif
