/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * budget - a byte counter with a limit (--max-memory).  A refusal is a normal
 * result: the caller drops something, and counts what it dropped.  Belongs to one
 * thread.
 */
#ifndef SMTPSCOPE_BASE_BUDGET_H
#define SMTPSCOPE_BASE_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct budget {
	uint64_t limit;    /* octets; 0: no limit */
	uint64_t used;     /* octets taken now */
	uint64_t peak;     /* highest `used' */
	uint64_t refusals; /* takes that were refused */
	/* Called before a take is refused: gives back what nobody needs any more.  NULL: nothing
	 * can be done. */
	void (*relieve)(void *ctx);
	void *relieve_ctx;
};

/* Would n more octets pass the limit, whatever can be given back? */
static inline bool
budget_lacks(struct budget *b, size_t n)
{
	if (!b->limit || (n <= b->limit && b->used <= b->limit - n))
		return false;
	if (b->relieve)
		b->relieve(b->relieve_ctx);
	return n > b->limit || b->used > b->limit - n;
}

/* False, and one more refusal, if n more octets would pass the limit. */
static inline bool
budget_take(struct budget *b, size_t n)
{
	if (budget_lacks(b, n)) {
		b->refusals++;
		return false;
	}
	b->used += n;
	if (b->used > b->peak)
		b->peak = b->used;
	return true;
}

static inline void
budget_give(struct budget *b, size_t n)
{
	b->used -= n;
}

#endif
