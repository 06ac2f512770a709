/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * timeline - counts by interval without knowing the span beforehand.
 *
 * Intervals begin at multiples of their width, so two neighbours can always be
 * added up into one of twice the width.  That is done until everything fits;
 * times may come in any order.  From the first width, 10 ms, the width of the
 * whole range of times is reached after some forty doublings.
 */
#include <string.h>

#include "base/timefmt.h"
#include "report/timeline.h"

#define FIRST_WIDTH (10 * NS_PER_MS)

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static void
add_slot(uint64_t to[TIMELINE_CLASSES], const uint64_t from[TIMELINE_CLASSES])
{
	unsigned i;

	for (i = 0; i < TIMELINE_CLASSES; i++)
		to[i] += from[i];
}

static void
timeline_double(struct timeline *t)
{
	struct timeline old = *t;
	size_t i;

	memset(t->slot, 0, sizeof t->slot);
	t->width *= 2;
	t->first = floor_div(old.first, 2);
	t->n = 0;
	for (i = 0; i < old.n; i++) {
		size_t k = (size_t)(floor_div(old.first + (int64_t)i, 2) - t->first);

		add_slot(t->slot[k], old.slot[i]);
		t->n = k + 1;
	}
}

/* Makes room in front, for times before the first one. */
static void
timeline_shift(struct timeline *t, size_t by)
{
	memmove(t->slot[by], t->slot[0], t->n * sizeof t->slot[0]);
	memset(t->slot[0], 0, by * sizeof t->slot[0]);
	t->first -= (int64_t)by;
	t->n += by;
}

void
timeline_add(struct timeline *t, int64_t ts, unsigned class)
{
	int64_t at, low, high;

	if (t->width == 0) {
		t->width = FIRST_WIDTH;
		t->first = floor_div(ts, t->width);
	}
	for (;;) {
		at = floor_div(ts, t->width);
		low = at < t->first ? at : t->first;
		high = t->first + (int64_t)t->n - 1;
		if (high < at)
			high = at;
		if (high - low < TIMELINE_SLOTS)
			break;
		timeline_double(t);
	}
	if (at < t->first)
		timeline_shift(t, (size_t)(t->first - at));
	if (t->n < (size_t)(at - t->first) + 1)
		t->n = (size_t)(at - t->first) + 1;
	t->slot[at - t->first][class]++;
}
