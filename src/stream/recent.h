/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recent - the latest octets of one direction, to compare repeats with that the sums
 * of the ledger cannot judge (repeat.h).
 *
 * Kept only from the first such repeat on, so that an ordinary connection pays
 * nothing: a single one is not found out, whoever goes on is.  The owner is the
 * flow; the memory is charged to the budget, and without it nothing is compared.
 */
#ifndef SMTPSCOPE_STREAM_RECENT_H
#define SMTPSCOPE_STREAM_RECENT_H

#include "base/budget.h"
#include "base/slice.h"

enum { RECENT_MAX = 32 * 1024 }; /* octets kept */

struct recent {
	int64_t off; /* of the first octet kept */
	size_t n;
	uint8_t octets[RECENT_MAX];
};

/* NULL: the budget refuses. */
struct recent *recent_new(struct budget *);
void recent_free(struct recent *, struct budget *); /* accepts NULL */
/* Octets of the stream at `off'; those below what is kept already stay as they came first. */
void recent_add(struct recent *, int64_t off, struct slice);
/* Is any octet of these, at `off', another than the one kept? */
bool recent_differs(const struct recent *, int64_t off, struct slice);

#endif
