/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recent - the last octets delivered of one direction, kept to compare
 * retransmissions with.  A ring of at most RECENT_MAX octets, taken from the
 * budget as it fills and only while half of the budget is free: it is the first
 * thing to do without.
 */
#ifndef SMTPSCOPE_STREAM_RECENT_H
#define SMTPSCOPE_STREAM_RECENT_H

#include "base/slice.h"

struct budget;

enum { RECENT_FIRST = 1024, RECENT_MAX = 16384 };

struct recent {
	uint8_t *p;
	size_t cap;             /* a power of two; 0: nothing kept */
	int64_t lo, hi;         /* offsets held, hi - lo <= cap */
	int64_t bad_lo, bad_hi; /* those from segments with a bad checksum lie in here */
};

void recent_add(struct recent *, struct budget *, int64_t off, struct slice, bool bad);
/* Do these octets differ from those kept?  A damaged copy beside a good one does not count. */
bool recent_differs(const struct recent *, int64_t off, struct slice, bool bad);
void recent_fini(struct recent *, struct budget *);

#endif
