/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ledger - one growing array of segments per connection, in capture order.
 *
 * The array doubles, charged to the budget, up to `max' records.  At `max' the
 * older half is folded: between two records that must stay, what one side sent
 * becomes one record.  A folded record keeps the acknowledgement number of its
 * first frame, so it never proves more than that frame did; its `len' is the
 * extent of the octets it carried first.  When that frees too little, records
 * of disordered data in the older half are dropped as well.  What is left then
 * (SYN, FIN, RST, closed windows, damaged frames) stays, and new records are
 * refused once the array is full of it.
 */
#include <stdlib.h>

#include "base/budget.h"
#include "decode/decode.h"
#include "stream/ledger.h"

enum { LEDGER_MAX = 32768, LEDGER_FIRST = 16 };

enum fold_class {
	FOLD_KEEP,    /* always has its own record */
	FOLD_PLAIN,   /* joins a run: new octets in order, or none */
	FOLD_REPEAT,  /* joins a run without adding octets to it */
	FOLD_DISORDER /* kept unless space is short */
};

static const uint8_t fold_by_kind[] = {
	[KIND_NEW] = FOLD_PLAIN,
	[KIND_RETRANSMISSION] = FOLD_REPEAT,
	[KIND_OVERLAP] = FOLD_DISORDER,
	[KIND_OUT_OF_ORDER] = FOLD_DISORDER,
	[KIND_AHEAD] = FOLD_DISORDER,
	[KIND_KEEPALIVE] = FOLD_REPEAT,
	[KIND_PROBE] = FOLD_KEEP,
	[KIND_EMPTY] = FOLD_PLAIN,
};

void
ledger_init(struct ledger *l, struct budget *budget)
{
	*l = (struct ledger){ .max = LEDGER_MAX, .budget = budget };
}

void
ledger_fini(struct ledger *l)
{
	if (l->seg) {
		budget_give(l->budget, l->cap * sizeof(*l->seg));
		free(l->seg);
	}
	*l = (struct ledger){
		.max = l->max, .folded = l->folded, .refused = l->refused, .budget = l->budget
	};
}

static enum fold_class
fold_class_of(const struct ledger_seg *g)
{
	if ((g->flags & (TCP_SYN | TCP_FIN | TCP_RST)) || g->win == 0 || g->issues)
		return FOLD_KEEP;
	return fold_by_kind[g->kind];
}

/* May `g' join the run `into' of the same direction? */
static bool
fold_fits(const struct ledger_seg *into, const struct ledger_seg *g, enum fold_class class)
{
	if (into->count > UINT32_MAX - g->count)
		return false;
	if (class == FOLD_REPEAT || g->len == 0)
		return true;
	return into->len <= UINT32_MAX - g->len &&
	    (into->len == 0 || into->off + into->len == g->off);
}

static void
fold_join(struct ledger_seg *into, const struct ledger_seg *g, enum fold_class class)
{
	if (class == FOLD_PLAIN && g->len) {
		if (into->len == 0)
			into->off = g->off;
		into->len += g->len;
		into->kind = KIND_NEW;
	}
	into->count += g->count;
	into->last_frame = g->last_frame;
	into->sum = 0;
}

/* Fold the records below `upto'; with `force', drop disordered data too. */
static void
ledger_fold(struct ledger *l, size_t upto, bool force)
{
	struct ledger_seg *run[2] = { NULL, NULL };
	size_t i, n = 0;

	for (i = 0; i < l->n; i++) {
		const struct ledger_seg *g = &l->seg[i];
		enum fold_class class = i < upto ? fold_class_of(g) : FOLD_KEEP;
		struct ledger_seg **r = &run[g->dir];

		if (class == FOLD_DISORDER && force) {
			l->folded += g->count;
			continue;
		}
		if (class == FOLD_PLAIN || class == FOLD_REPEAT) {
			if (*r && fold_fits(*r, g, class)) {
				l->folded += ((*r)->count == 1) + (g->count == 1);
				fold_join(*r, g, class);
				continue;
			}
			l->seg[n] = *g;
			*r = class == FOLD_PLAIN ? &l->seg[n] : NULL;
			n++;
			continue;
		}
		if (class == FOLD_KEEP)
			run[0] = run[1] = NULL;
		l->seg[n++] = *g;
	}
	l->n = n;
}

/* Make room in a full ledger; false: nothing left that may go. */
static bool
ledger_shrink(struct ledger *l)
{
	size_t goal = l->max - l->max / 8;

	if (l->stuck)
		return l->n < l->max;
	ledger_fold(l, l->n / 2, false);
	if (l->n > goal)
		ledger_fold(l, l->n / 2, true);
	/* Less than an eighth freed: trying at every segment would cost more than it gives. */
	l->stuck = l->n > goal;
	return l->n < l->max;
}

static bool
ledger_grow(struct ledger *l)
{
	size_t cap = l->cap ? l->cap * 2 : LEDGER_FIRST;
	struct ledger_seg *seg;

	if (cap > l->max)
		cap = l->max;
	if (!budget_take(l->budget, (cap - l->cap) * sizeof(*seg)))
		return false;
	seg = realloc(l->seg, cap * sizeof(*seg));
	if (!seg) {
		budget_give(l->budget, (cap - l->cap) * sizeof(*seg));
		return false;
	}
	l->seg = seg;
	l->cap = cap;
	return true;
}

const struct ledger_seg *
ledger_add(struct ledger *l, const struct ledger_seg *g)
{
	if (l->max == 0)
		l->max = LEDGER_MAX;
	if (l->n >= l->max) {
		if (!ledger_shrink(l)) {
			l->refused++;
			return NULL;
		}
	} else if (l->n == l->cap && !ledger_grow(l)) {
		l->refused++;
		return NULL;
	}
	l->seg[l->n] = *g;
	return &l->seg[l->n++];
}

const struct ledger_seg *
ledger_acked(const struct ledger *l, enum stream_dir dir, int64_t off)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->seg[i].dir == dir && l->seg[i].ack != LEDGER_NO_ACK && l->seg[i].ack >= off)
			return &l->seg[i];
	return NULL;
}

const struct ledger_seg *
ledger_carrier(const struct ledger *l, enum stream_dir dir, int64_t off)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct ledger_seg *g = &l->seg[i];

		if (g->dir == dir && g->kind != KIND_EMPTY && off >= g->off &&
		    off - g->off < (int64_t)g->len)
			return g;
	}
	return NULL;
}
