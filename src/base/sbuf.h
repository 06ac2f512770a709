/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sbuf - a growable octet buffer with a hard maximum and an optional budget.
 */
#ifndef SMTPSCOPE_BASE_SBUF_H
#define SMTPSCOPE_BASE_SBUF_H

#include "base/slice.h"

struct budget;

struct sbuf {
	uint8_t *p;
	size_t n, cap;         /* used and allocated octets */
	size_t max;            /* never grows beyond */
	struct budget *budget; /* charged with cap; may be NULL */
	bool full;             /* an addition was refused (sticky until sbuf_clear) */
};

void sbuf_init(struct sbuf *, size_t max, struct budget *);
void sbuf_fini(struct sbuf *);
/* All or nothing; false and `full' when refused. */
bool sbuf_add(struct sbuf *, struct slice);
void sbuf_drop(struct sbuf *, size_t n); /* the first n octets */
void sbuf_clear(struct sbuf *);          /* keeps the memory */

static inline struct slice
sbuf_slice(const struct sbuf *b)
{
	return (struct slice){ b->p, b->n };
}

#endif
