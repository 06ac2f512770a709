/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan_span - what a plan consists of; private to the files of the plan.
 */
#ifndef SMTPSCOPE_EXPORT_PLAN_SPAN_H
#define SMTPSCOPE_EXPORT_PLAN_SPAN_H

#include "export/plan.h"

struct span {
	int64_t off;
	size_t n;
	size_t at; /* in `text' */
};

struct side { /* what one half of the stream sent */
	struct endpoint ep;
	uint32_t base_seq; /* of offset 0 */
	bool base_known;
	int64_t next;   /* offset behind the last segment that was replaced */
	int64_t sealed; /* octets from here on stay; -1: none */
	int64_t blank;  /* ... become zeros; -1: none */
	uint64_t conflict_frame;
	struct span *span; /* sorted, none overlaps */
	size_t n, cap;
};

struct plan {
	struct budget *budget;
	struct aliases *aliases;
	struct side side[2]; /* by enum stream_dir of the stream */
	uint8_t *text;       /* of the spans */
	size_t ntext, captext;
	bool refused;
};

/* A span with a copy of the text, to be worded anew; NULL: refused, or nothing to be done. */
uint8_t *span_add(struct plan *, unsigned half, int64_t off, struct slice text);
/* Gives back what was taken for more. */
void plan_shrink(struct plan *);
/* Puts the spans in order; of two that overlap the first one stays whole. */
void spans_settle(struct side *);

#endif
