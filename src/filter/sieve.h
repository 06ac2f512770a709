/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sieve - which texts of a store cannot fit a pattern.  Private to src/filter.
 *
 * A million rows have seven texts each, all over the memory.  A sieve goes through the
 * texts themselves once, in the order in which they stand, and notes in which of them the
 * longest piece of the pattern occurs.  Then most texts of most rows need not be looked
 * at: the answer is a bit of 128 KiB.
 *
 * It never says no to what fits: a text that it has not seen, or whose bit another one
 * has set, passes.  So it may be behind the store, or be of no use, and the answer of the
 * filter is the same.
 */
#ifndef SMTPSCOPE_FILTER_SIEVE_H
#define SMTPSCOPE_FILTER_SIEVE_H

#include "filter/expr.h"

enum {
	SIEVES_MAX = 8, /* of one filter: 1 MiB */
	SIEVE_BITS = 20
};

struct sieve {
	uint64_t *bit;  /* by hash of the ref; NULL: nothing was looked at yet */
	uint64_t epoch; /* store_text_epoch() */
	uint64_t next;  /* refs below it have been looked at */
	size_t hits;
	bool useless; /* too many texts pass */
};

/* Looks at some more texts, about a millisecond's worth; false: at all of them. */
bool sieve_work(struct sieve *, const struct expr *, const struct pattern *, const struct store *);
void sieve_fini(struct sieve *);

/* That of the pattern, if it is of any use for this store; else NULL. */
static inline const struct sieve *
sieve_of(const struct expr *e, const struct pattern *p, const struct store *store)
{
	const struct sieve *s = p->sieve ? &e->sieve[p->sieve - 1] : NULL;

	return s && !s->useless && s->bit && s->epoch == store_text_epoch(store) ? s : NULL;
}

static inline size_t
sieve_place(pool_ref ref)
{
	return (uint32_t)(ref * UINT32_C(0x9e3779b1)) >> (32 - SIEVE_BITS);
}

/* False: the pattern does not fit the text. */
static inline bool
sieve_passes(const struct sieve *s, pool_ref ref)
{
	return !s || !ref || ref >= s->next ||
	    (s->bit[sieve_place(ref) / 64] >> (sieve_place(ref) % 64) & 1);
}

#endif
