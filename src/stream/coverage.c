/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * coverage - the list of holes below the high-water mark of a direction.
 *
 * Invariant: holes ascend, do not touch and end at or below `high'.  Usually
 * there are none, and a segment costs one comparison.
 */
#include <string.h>

#include "stream/coverage.h"

static void
hole_delete(struct coverage *c, unsigned i)
{
	c->n--;
	memmove(&c->hole[i], &c->hole[i + 1], (c->n - i) * sizeof(c->hole[0]));
}

static void
forget(struct coverage *c, struct coverage_hole h)
{
	struct coverage_hole *all = &c->forgotten;

	if (all->lo == all->hi) {
		*all = h;
		return;
	}
	if (h.lo < all->lo)
		all->lo = h.lo;
	if (h.hi > all->hi)
		all->hi = h.hi;
}

static void
hole_insert(struct coverage *c, unsigned i, int64_t lo, int64_t hi)
{
	if (c->n == COVERAGE_HOLES) {
		if (i == 0) { /* it would itself be the lowest */
			forget(c, (struct coverage_hole){ lo, hi });
			return;
		}
		forget(c, c->hole[0]);
		hole_delete(c, 0);
		i--;
	}
	memmove(&c->hole[i + 1], &c->hole[i], (c->n - i) * sizeof(c->hole[0]));
	c->hole[i] = (struct coverage_hole){ lo, hi };
	c->n++;
}

static int64_t
min64(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t
max64(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Take lo .. hi - 1 out of the holes. */
static void
holes_fill(struct coverage *c, int64_t lo, int64_t hi, int64_t edge, struct coverage_result *r)
{
	unsigned i = 0;

	while (i < c->n) {
		struct coverage_hole h = c->hole[i];
		int64_t from = max64(lo, h.lo), to = min64(hi, h.hi);

		if (from >= to) {
			i++;
			continue;
		}
		r->filled += to - from;
		r->late += max64(0, min64(to, edge) - from);
		hole_delete(c, i);
		if (to < h.hi)
			hole_insert(c, i, to, h.hi);
		if (from > h.lo)
			hole_insert(c, i, h.lo, from);
		if (from > h.lo || to < h.hi)
			i++;
	}
}

struct coverage_result
coverage_add(struct coverage *c, int64_t off, int64_t len, int64_t edge)
{
	struct coverage_result r = { 0 };
	int64_t end = off + len;

	if (c->n)
		holes_fill(c, off, end, edge, &r);
	if (off > c->high) {
		r.ahead = off - c->high;
		hole_insert(c, c->n, c->high, off);
	}
	if (end > c->high) {
		r.fresh = end - max64(off, c->high);
		/* Beyond what was captured, yet behind a gap already reported. */
		r.late += max64(0, min64(end, edge) - max64(off, c->high));
		c->high = end;
	}
	r.unsure = r.filled + r.fresh == 0 && off < c->forgotten.hi && end > c->forgotten.lo;
	return r;
}
