/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * timefmt - capture time.  A time is nanoseconds since 1970 in an int64_t.
 * There is no clock here: capture time is the only time the program knows.
 */
#ifndef SMTPSCOPE_BASE_TIMEFMT_H
#define SMTPSCOPE_BASE_TIMEFMT_H

#include <stddef.h>
#include <stdint.h>

#define NS_PER_S  INT64_C(1000000000)
#define NS_PER_MS INT64_C(1000000)
#define NS_PER_US INT64_C(1000)

enum { TIME_TEXT_MAX = 40 };

/* "2026-11-22T03:11:02.114000Z"; digits is 6 or 9.  Times before 1970 are legal. */
void time_rfc3339(char out[TIME_TEXT_MAX], int64_t ns, int digits);
/* "03:11:02.114000", UTC. */
void time_of_day(char out[TIME_TEXT_MAX], int64_t ns, int digits);
/* "12 ms", "4.02 s", "5 min 0 s": three digits that matter. */
void time_duration(char out[TIME_TEXT_MAX], int64_t ns);

#endif
