/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recent - one run of octets without holes, the end of which grows.  When it is
 * full its older half goes; octets behind a hole start it anew.
 */
#include <stdlib.h>
#include <string.h>

#include "stream/recent.h"

struct recent *
recent_new(struct budget *b)
{
	struct recent *r;

	if (!budget_take(b, sizeof(*r)))
		return NULL;
	r = malloc(sizeof(*r));
	if (!r) {
		budget_give(b, sizeof(*r));
		return NULL;
	}
	r->off = 0;
	r->n = 0;
	return r;
}

void
recent_free(struct recent *r, struct budget *b)
{
	if (!r)
		return;
	budget_give(b, sizeof(*r));
	free(r);
}

/* Room for n octets, n <= RECENT_MAX / 2. */
static void
make_room(struct recent *r, size_t n)
{
	size_t keep = RECENT_MAX / 2;

	if (r->n + n <= RECENT_MAX)
		return;
	memmove(r->octets, r->octets + r->n - keep, keep);
	r->off += (int64_t)(r->n - keep);
	r->n = keep;
}

void
recent_add(struct recent *r, int64_t off, struct slice s)
{
	int64_t end = r->off + (int64_t)r->n, known;
	size_t part;

	if (r->n == 0 || off > end) {
		r->off = end = off;
		r->n = 0;
	}
	known = end - off;
	if (known >= (int64_t)s.n)
		return;
	for (s = slice_from(s, (size_t)known); s.n > 0; s = slice_from(s, part)) {
		part = s.n < RECENT_MAX / 2 ? s.n : RECENT_MAX / 2;
		make_room(r, part);
		memcpy(r->octets + r->n, s.p, part);
		r->n += part;
	}
}

bool
recent_differs(const struct recent *r, int64_t off, struct slice s)
{
	int64_t from = off > r->off ? off : r->off, end = off + (int64_t)s.n;

	if (end > r->off + (int64_t)r->n)
		end = r->off + (int64_t)r->n;
	return from < end &&
	    memcmp(r->octets + (from - r->off), s.p + (from - off), (size_t)(end - from)) != 0;
}
