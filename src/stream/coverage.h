/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coverage - which octets of one direction have been captured so far, well
 * enough to name the kind of a segment: everything below a high-water mark but
 * a few holes.  With more holes than fit, the lowest is forgotten, so the size
 * is fixed; of all that was forgotten the range is kept, so that what comes for
 * it later is not taken for a repeat.
 */
#ifndef SMTPSCOPE_STREAM_COVERAGE_H
#define SMTPSCOPE_STREAM_COVERAGE_H

#include <stdbool.h>
#include <stdint.h>

enum { COVERAGE_HOLES = 8 };

struct coverage_hole {
	int64_t lo, hi; /* octets lo .. hi - 1 have not been captured */
};

struct coverage {
	int64_t high; /* end of the highest octet captured, at least 0 */
	unsigned n;   /* holes, in ascending order, never touching */
	struct coverage_hole hole[COVERAGE_HOLES];
	struct coverage_hole forgotten; /* from the first to the last hole that did not fit */
};

struct coverage_result {
	int64_t ahead;  /* octets of the hole this segment opened */
	int64_t filled; /* its octets that lay in holes */
	int64_t late;   /* those of them below `edge' */
	int64_t fresh;  /* its octets above the high-water mark */
	bool unsure;    /* none of its octets is known to be new, but a hole there was forgotten */
};

/* Note octets off .. off + len - 1; `edge' is where delivery stands. */
struct coverage_result coverage_add(struct coverage *, int64_t off, int64_t len, int64_t edge);

#endif
