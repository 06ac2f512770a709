/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recent - a ring indexed by stream offset: octet `off' is at off mod cap.
 */
#include <stdlib.h>

#include "base/budget.h"
#include "stream/recent.h"

static void
ring_write(uint8_t *p, size_t cap, int64_t off, struct slice s)
{
	size_t at = (size_t)off & (cap - 1);
	size_t first = s.n < cap - at ? s.n : cap - at;

	if (s.n == 0)
		return;
	memcpy(p + at, s.p, first);
	memcpy(p, s.p + first, s.n - first);
}

/* Grow towards `want' octets; false: nothing can be kept at all. */
static bool
ring_grow(struct recent *r, struct budget *b, size_t want)
{
	size_t cap = r->cap ? r->cap : RECENT_FIRST;
	size_t at;
	uint8_t *p;

	while (cap < want && cap < RECENT_MAX)
		cap *= 2;
	if (cap == r->cap)
		return true;
	if ((b->limit && b->used > b->limit / 2) || !budget_take(b, cap))
		return r->cap != 0;
	p = malloc(cap);
	if (!p) {
		budget_give(b, cap);
		return r->cap != 0;
	}
	if (r->cap && r->hi > r->lo) {
		size_t n = (size_t)(r->hi - r->lo), first;

		at = (size_t)r->lo & (r->cap - 1);
		first = n < r->cap - at ? n : r->cap - at;
		ring_write(p, cap, r->lo, slice_of(r->p + at, first));
		ring_write(p, cap, r->lo + (int64_t)first, slice_of(r->p, n - first));
	}
	budget_give(b, r->cap);
	free(r->p);
	r->p = p;
	r->cap = cap;
	return true;
}

void
recent_add(struct recent *r, struct budget *b, int64_t off, struct slice s, bool bad)
{
	if (off != r->hi) /* behind a gap: what was kept is no longer next to it */
		r->lo = r->hi = off;
	if ((size_t)(r->hi - r->lo) + s.n > r->cap && r->cap < RECENT_MAX &&
	    !ring_grow(r, b, (size_t)(r->hi - r->lo) + s.n)) {
		r->lo = r->hi = off + (int64_t)s.n;
		return;
	}
	if (bad) {
		if (r->bad_hi <= r->lo)
			r->bad_lo = off;
		r->bad_hi = off + (int64_t)s.n;
	}
	r->hi = off + (int64_t)s.n;
	if (s.n > r->cap) {
		off += (int64_t)(s.n - r->cap);
		s = slice_from(s, s.n - r->cap);
	}
	ring_write(r->p, r->cap, off, s);
	if (r->hi - r->lo > (int64_t)r->cap)
		r->lo = r->hi - (int64_t)r->cap;
}

bool
recent_differs(const struct recent *r, int64_t off, struct slice s, bool bad)
{
	int64_t end = off + (int64_t)s.n;
	bool kept_bad;

	if (off < r->lo) {
		s = slice_from(s, r->lo - off < (int64_t)s.n ? (size_t)(r->lo - off) : s.n);
		off = r->lo;
	}
	if (end > r->hi)
		end = r->hi;
	if (off >= end)
		return false;
	kept_bad = off < r->bad_hi && end > r->bad_lo;
	if (kept_bad != bad)
		return false;
	s.n = (size_t)(end - off);
	while (s.n) {
		size_t at = (size_t)off & (r->cap - 1);
		size_t n = s.n < r->cap - at ? s.n : r->cap - at;

		if (memcmp(r->p + at, s.p, n) != 0)
			return true;
		off += (int64_t)n;
		s = slice_from(s, n);
	}
	return false;
}

void
recent_fini(struct recent *r, struct budget *b)
{
	budget_give(b, r->cap);
	free(r->p);
	*r = (struct recent){ .lo = r->hi, .hi = r->hi };
}
