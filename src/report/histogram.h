/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * histogram - how long things took, in a fixed amount of memory.
 *
 * Buckets grow with the value: a power of two is divided into HISTOGRAM_STEPS, so a
 * quantile is off by at most half a bucket, 1/64 of its value.  Least, greatest and
 * count are exact.
 */
#ifndef SMTPSCOPE_REPORT_HISTOGRAM_H
#define SMTPSCOPE_REPORT_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

enum {
	HISTOGRAM_STEPS = 32, /* buckets for each power of two; values below 64 have their own */
	HISTOGRAM_BUCKETS = (63 - 5) * HISTOGRAM_STEPS + HISTOGRAM_STEPS
};

struct histogram {
	uint64_t n; /* values added */
	int64_t least, greatest;
	uint64_t *bucket; /* owned; NULL: nothing was added */
};

/* A zeroed histogram is empty.  Negative values count as 0. */
void histogram_add(struct histogram *, int64_t value);
/*
 * The value that this many thousandths of all values do not exceed (nearest rank), within 1/64
 * of itself; 0 if there are none.
 */
int64_t histogram_quantile(const struct histogram *, unsigned thousandths);
void histogram_fini(struct histogram *);

/* -- for the test -- */

size_t histogram_bucket(uint64_t value);
/* The least and the greatest value of a bucket. */
uint64_t histogram_low(size_t bucket);
uint64_t histogram_high(size_t bucket);

#endif
