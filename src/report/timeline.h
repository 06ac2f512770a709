/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * timeline - sessions over the time of a run, in a fixed number of intervals.
 * Their width grows with the run: a minute and a year fit alike.
 */
#ifndef SMTPSCOPE_REPORT_TIMELINE_H
#define SMTPSCOPE_REPORT_TIMELINE_H

#include <stddef.h>
#include <stdint.h>

enum { TIMELINE_SLOTS = 96, TIMELINE_CLASSES = 4 };

struct timeline {
	int64_t width; /* ns of an interval; 0: nothing was added */
	int64_t first; /* number of the interval that slot 0 is for: it starts at first * width */
	size_t n;      /* slots in use */
	uint64_t slot[TIMELINE_SLOTS][TIMELINE_CLASSES];
};

/* `class': below TIMELINE_CLASSES. */
void timeline_add(struct timeline *, int64_t ts, unsigned class);

#endif
