/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sbuf - a growable octet buffer with a hard maximum and an optional budget.
 *
 * The capacity doubles from CAP_MIN up to `max'.  When the budget has no room
 * to double, exactly what is needed is tried.  An addition that would pass
 * `max', the budget or the memory there is leaves the buffer as it was.
 *
 * Invariant: n <= cap <= max, and `cap' octets are taken from the budget.
 * What is added must not point into the buffer itself: growing moves it.
 */
#include <stdlib.h>

#include "base/budget.h"
#include "base/sbuf.h"

enum { CAP_MIN = 64 };

void
sbuf_init(struct sbuf *b, size_t max, struct budget *budget)
{
	*b = (struct sbuf){ .max = max, .budget = budget };
}

void
sbuf_fini(struct sbuf *b)
{
	if (b->budget)
		budget_give(b->budget, b->cap);
	free(b->p);
	sbuf_init(b, b->max, b->budget);
}

/* The new capacity for `need' octets, need <= max. */
static size_t
sbuf_capacity(const struct sbuf *b, size_t need)
{
	const struct budget *g = b->budget;
	size_t cap = b->cap ? b->cap : CAP_MIN;

	while (cap < need)
		cap = cap > b->max / 2 ? b->max : 2 * cap;
	if (cap > b->max)
		cap = b->max;
	if (g && g->limit && g->used + (cap - b->cap) > g->limit)
		cap = need;
	return cap;
}

static bool
sbuf_grow(struct sbuf *b, size_t need)
{
	size_t cap = sbuf_capacity(b, need);
	size_t more = cap - b->cap;
	uint8_t *p;

	if (b->budget && !budget_take(b->budget, more))
		return false;
	p = realloc(b->p, cap);
	if (!p) {
		if (b->budget) {
			budget_give(b->budget, more);
			b->budget->refusals++;
		}
		return false;
	}
	b->p = p;
	b->cap = cap;
	return true;
}

bool
sbuf_add(struct sbuf *b, struct slice s)
{
	if (s.n > b->max - b->n || (s.n > b->cap - b->n && !sbuf_grow(b, b->n + s.n))) {
		b->full = true;
		return false;
	}
	if (s.n)
		memcpy(b->p + b->n, s.p, s.n);
	b->n += s.n;
	return true;
}

void
sbuf_drop(struct sbuf *b, size_t n)
{
	if (n >= b->n) {
		b->n = 0;
		return;
	}
	memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
}

void
sbuf_clear(struct sbuf *b)
{
	b->n = 0;
	b->full = false;
}
