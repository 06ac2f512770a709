/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * listing - see listing.h.
 *
 * What is shown is an array of row indexes, sorted upwards; downwards it is read
 * from its end.  When the filter or the column changes, a new array is made in
 * portions, and until it is complete the old one is shown.  New rows and changed
 * ones (the store keeps a journal of these) are merged into the array.
 *
 * The memory of the array is what the store has taken for it with its rows (store.c).
 */
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "base/timefmt.h"
#include "store/making.h"
#include "store/sorter.h"
#include "store/sortkey.h"

enum {
	MERGE_SHARE = 16, /* more changes than this share of the rows, and ... */
	MERGE_MIN = 4096  /* ... than so many: an order is made anew */
};

/* -- making and ending ------------------------------------------------------------------ */

struct listing *
listing_new(struct store *s)
{
	struct listing *l = xcalloc(1, sizeof *l);

	l->store = s;
	l->stale = true;
	LIST_INSERT_HEAD(&s->listings, l, link);
	return l;
}

static void
stop_making(struct listing *l)
{
	making_free(l->making);
	l->making = NULL;
}

void
listing_orphan(struct listing *l)
{
	stop_making(l);
	LIST_REMOVE(l, link);
	l->store = NULL;
	l->n = 0;
}

void
listing_free(struct listing *l)
{
	if (!l)
		return;
	if (l->store)
		listing_orphan(l);
	free(l->order);
	free(l);
}

void
listing_moved(struct listing *l, const uint32_t *map, size_t n)
{
	size_t i, kept = 0, gone = 0;

	for (i = 0; i < l->n; i++)
		if (map[l->order[i]] != (uint32_t)STORE_GONE)
			l->order[kept++] = map[l->order[i]];
	l->n = kept;
	for (i = 0; i < l->known && i < n; i++)
		gone += map[i] == (uint32_t)STORE_GONE;
	l->known -= gone;
	if (l->making) {
		stop_making(l);
		l->stale = true;
	}
}

void
listing_filter(struct listing *l, const struct filter *f)
{
	stop_making(l);
	l->filter = f;
	l->stale = true;
}

void
listing_sort(struct listing *l, enum sort_key key, bool reverse)
{
	l->reverse = reverse;
	if (key == l->key)
		return;
	stop_making(l);
	l->key = key;
	l->stale = true;
}

/* -- an order made anew ----------------------------------------------------------------- */

static void
begin_making(struct listing *l)
{
	const struct store *s = l->store;
	bool whole = !l->made_filter && l->made_key == l->key && l->n == s->n && l->known == s->n &&
	    l->seen == s->nchanged;

	/* Rows may make room for it: not while `making' is half there. */
	l->making =
	    making_new(l->store, &sort_columns[l->key], l->filter, whole && l->n ? l->order : NULL);
	l->stale = false;
}

static void
reserve(struct listing *l, size_t n)
{
	if (n <= l->cap)
		return;
	l->cap = n + n / 8 + 64;
	l->order = xreallocarray(l->order, l->cap, sizeof *l->order);
}

static void
show_made(struct listing *l)
{
	free(l->order);
	l->order = making_take(l->making, &l->n);
	l->cap = l->n;
	l->known = making_end(l->making);
	l->seen = making_began(l->making);
	l->made_key = l->key;
	l->made_filter = l->filter;
	stop_making(l);
}

/* -- changes merged into the order ------------------------------------------------------- */

static bool
is_member(const struct listing *l, size_t row)
{
	const struct session_row *r = store_row(l->store, row);

	return !l->filter || l->filter->match(l->filter, l->store, r);
}

static uint64_t
listing_key(const void *ctx, uint32_t row, unsigned depth)
{
	const struct listing *l = ctx;
	const struct sort_column *column = &sort_columns[l->key];
	const struct session_row *r = store_row(l->store, row);
	pool_ref ref;

	if (column->key)
		return column->key(r, depth);
	memcpy(&ref, (const char *)r + column->text, sizeof ref);
	return text_key(l->store, ref, depth);
}

static struct sorter_keys
listing_keys(const struct listing *l)
{
	return (struct sorter_keys){ listing_key, NULL, l, sort_columns[l->key].depths };
}

/* Rows to be looked at again, and behind them new ones; at most `max'. */
static size_t
changed_rows(struct listing *l, uint32_t *rows, uint64_t *bits)
{
	const struct store *s = l->store;
	size_t n = 0, i;
	uint32_t row;

	for (; l->seen < s->nchanged; l->seen++) {
		row = s->journal[l->seen % STORE_JOURNAL];
		if (row == (uint32_t)STORE_GONE || row >= l->known ||
		    (bits[row / 64] >> (row % 64) & 1))
			continue;
		bits[row / 64] |= UINT64_C(1) << (row % 64);
		rows[n++] = row;
	}
	for (i = l->known; i < s->n; i++)
		rows[n++] = (uint32_t)i;
	return n;
}

static size_t
keep_members(const struct listing *l, uint32_t *rows, size_t n)
{
	size_t i, kept = 0;

	for (i = 0; i < n; i++)
		if (is_member(l, rows[i]))
			rows[kept++] = rows[i];
	return kept;
}

/* The first place in order[0..n) whose row comes behind this one. */
static size_t
place_of(const struct sorter_keys *k, const struct listing *l, size_t n, uint32_t row)
{
	size_t low = 0, high = n, mid;
	int c;

	while (low < high) {
		mid = low + (high - low) / 2;
		c = sorter_compare(k, l->order[mid], row);
		/* Equal ones stand in the order of the store. */
		if (c < 0 || (c == 0 && l->order[mid] < row))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void
merge_rows(struct listing *l, const uint32_t *rows, size_t n)
{
	struct sorter_keys keys = listing_keys(l);
	size_t end = l->n, at;

	reserve(l, l->n + n);
	l->n += n;
	while (n-- > 0) {
		at = place_of(&keys, l, end, rows[n]);
		memmove(l->order + at + n + 1, l->order + at, (end - at) * sizeof *l->order);
		l->order[at + n] = rows[n];
		end = at;
	}
}

static void
drop_rows(struct listing *l, const uint64_t *bits)
{
	size_t i, kept = 0;
	uint32_t row;

	for (i = 0; i < l->n; i++) {
		row = l->order[i];
		if (!(bits[row / 64] >> (row % 64) & 1))
			l->order[kept++] = row;
	}
	l->n = kept;
}

static int
by_index(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* False when sorting anew costs less. */
static bool
follow(struct listing *l)
{
	const struct store *s = l->store;
	uint64_t behind = s->nchanged - l->seen;
	size_t max = (size_t)behind + (s->n - l->known), n;
	uint32_t *rows;
	struct sorter_keys keys = listing_keys(l);
	uint64_t *bits;

	if (behind > STORE_JOURNAL || max > s->n / MERGE_SHARE + MERGE_MIN)
		return false;
	rows = xreallocarray(NULL, max + 1, sizeof *rows);
	bits = xcalloc(s->n / 64 + 1, sizeof *bits);
	n = changed_rows(l, rows, bits);
	if (behind)
		drop_rows(l, bits);
	n = keep_members(l, rows, n);
	/* Stable: equal ones stay in the order of the store. */
	if (n > 1)
		qsort(rows, n, sizeof *rows, by_index);
	sorter_few(&keys, rows, n);
	merge_rows(l, rows, n);
	l->known = s->n;
	free(bits);
	free(rows);
	return true;
}

/* -- working ---------------------------------------------------------------------------- */

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

/* One portion; false when all is done. */
static bool
work_once(struct listing *l)
{
	if (!l->store)
		return false;
	if (l->stale)
		begin_making(l);
	if (l->making) {
		if (!making_work(l->making))
			show_made(l);
		return true;
	}
	if (l->known == l->store->n && l->seen == l->store->nchanged)
		return false;
	if (!follow(l))
		begin_making(l);
	return true;
}

bool
listing_work(struct listing *l, int64_t ns)
{
	int64_t began = now_ns();

	while (work_once(l))
		if (now_ns() - began >= ns)
			return true;
	return false;
}

size_t
listing_count(const struct listing *l)
{
	return l->n;
}

/* In the order of the store: in that of the listing each row would be fetched from afar. */
void
listing_tag(struct listing *l, bool on)
{
	uint64_t *bits;
	size_t i;

	if (!l->store)
		return;
	bits = xcalloc(l->store->n / 64 + 1, sizeof *bits);
	for (i = 0; i < l->n; i++)
		bits[l->order[i] / 64] |= UINT64_C(1) << (l->order[i] % 64);
	for (i = 0; i < l->store->n; i++)
		if (bits[i / 64] >> (i % 64) & 1)
			store_tag_index(l->store, i, on);
	free(bits);
}

struct session_row *
listing_at(struct listing *l, size_t i)
{
	return store_row(l->store, l->order[l->reverse ? l->n - 1 - i : i]);
}

void
listing_fetch(const struct listing *l, size_t i)
{
	if (i < l->n)
		store_fetch_row(l->store, l->order[l->reverse ? l->n - 1 - i : i]);
}

size_t
listing_find(struct listing *l, uint64_t stream)
{
	size_t row = l->store ? store_index(l->store, stream) : SIZE_MAX, i;

	if (row == SIZE_MAX)
		return l->n;
	for (i = 0; i < l->n; i++)
		if (l->order[i] == row)
			return l->reverse ? l->n - 1 - i : i;
	return l->n;
}
