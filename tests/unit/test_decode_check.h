/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_decode_check - comparisons that name the row, and one frame decoded
 * behind a guard page.  For the tests of the area decode.
 */
#ifndef SMTPSCOPE_TESTS_UNIT_TEST_DECODE_CHECK_H
#define SMTPSCOPE_TESTS_UNIT_TEST_DECODE_CHECK_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "decode/decode.h"
#include "guarded.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static inline void
check_num(const char *row, const char *what, uint64_t got, uint64_t want)
{
	if (got != want)
		fail_msg("%s: %s: got %ju, want %ju", row, what, (uintmax_t)got, (uintmax_t)want);
}

static inline void
check_text(const char *row, const char *what, const char *got, const char *want)
{
	if (strcmp(got, want) != 0)
		fail_msg("%s: %s: got %s, want %s", row, what, got, want);
}

static inline const char *
status_name(enum decode_status status)
{
	static const char *const names[] = { "segment", "not tcp", "fragment", "malformed", "cut",
		"unknown link" };

	return names[status];
}

static inline void
check_status(const char *row, size_t n, enum decode_status got, enum decode_status want)
{
	if (got != want)
		fail_msg("%s, first %zu octets: got %s, want %s", row, n, status_name(got),
		    status_name(want));
}

/* A header that is not all there must not be taken for more than it is. */
static inline void
check_nothing(const char *row, size_t n, enum decode_status got)
{
	if (got == DECODE_SEGMENT || got == DECODE_FRAGMENT)
		fail_msg("%s, first %zu octets: got %s", row, n, status_name(got));
}

/* Frame 7, of which the first n octets were captured. */
static inline enum decode_status
decode_guarded(struct decoder *dec, int dlt, const uint8_t *from, size_t n, size_t wirelen,
    void (*look)(const struct segment *, const void *), const void *ctx)
{
	uint8_t *copy = guarded_copy(from, n);
	struct packet pkt = {
		.frame = 7,
		.wirelen = (uint32_t)wirelen,
		.dlt = dlt,
		.data = { copy, n },
	};
	struct segment seg;
	enum decode_status status = decoder_packet(dec, &pkt, &seg);

	if (status == DECODE_SEGMENT && look)
		look(&seg, ctx);
	guarded_free(copy, n);
	return status;
}

#endif
