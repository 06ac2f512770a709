/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * listing - see listing.h.
 *
 * What is shown is an array of row indexes, sorted upwards; downwards it is read
 * from its end.  When the filter or the column changes, a new array is made in
 * portions, and until it is complete the old one is shown.  New rows and changed
 * ones (the store keeps a journal of these) are merged into the array.
 *
 * Memory is what the store has taken for it with its rows (store.c).
 */
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "base/timefmt.h"
#include "store/rows.h"
#include "store/sorter.h"

enum {
	PORTION = 4096,   /* rows looked at between two looks at the clock */
	MERGE_SHARE = 16, /* more changes than this share of the rows: sort anew */
	TEXT_KEYS = 8,    /* keys of a text: its first 64 octets */
	ADDRESS_KEYS = 3
};

/* -- what is sorted by ------------------------------------------------------------------ */

static uint64_t
signed_key(int64_t v)
{
	return (uint64_t)v ^ UINT64_C(1) << 63;
}

/* Eight octets from there, letters in lower case; 0 behind the end. */
static uint64_t
text_key(const struct store *s, pool_ref ref, unsigned depth)
{
	struct slice text = slice_from(store_text(s, ref), (size_t)depth * 8);
	uint64_t key = 0;
	size_t i;

	/* What has no text comes last. */
	if (!ref)
		return depth ? 0 : UINT64_MAX;
	for (i = 0; i < 8; i++)
		key = key << 8 | (i < text.n ? (uint64_t)ascii_lower(text.p[i]) : 0);
	return key;
}

/* IPv4 before IPv6, by address, then by port. */
static uint64_t
endpoint_key(const struct endpoint *e, unsigned depth)
{
	uint64_t key = depth == 0 ? e->addr.family : 0;
	unsigned i, from = depth * 8 - (depth > 0), n = depth == 0 ? 7 : 8;

	if (depth == 2)
		return (uint64_t)e->addr.b[15] << 16 | e->port;
	for (i = 0; i < n; i++)
		key = key << 8 | e->addr.b[from + i];
	return key;
}

typedef uint64_t row_key(const struct store *, const struct session_row *, unsigned depth);

/* Not reported yet: behind those that are. */
static uint64_t
key_number(const struct store *s, const struct session_row *r, unsigned depth)
{
	(void)s, (void)depth;
	return r->number ? r->number : UINT64_MAX;
}

static uint64_t
key_start(const struct store *s, const struct session_row *r, unsigned depth)
{
	(void)s, (void)depth;
	return signed_key(r->first_ts);
}

static uint64_t
key_client(const struct store *s, const struct session_row *r, unsigned depth)
{
	(void)s;
	return endpoint_key(&r->ep[DIR_CLIENT], depth);
}

static uint64_t
key_server(const struct store *s, const struct session_row *r, unsigned depth)
{
	(void)s;
	return endpoint_key(&r->ep[DIR_SERVER], depth);
}

/* Among equals those with more findings of that severity are worse. */
static uint64_t
key_severity(const struct store *s, const struct session_row *r, unsigned depth)
{
	(void)s, (void)depth;
	return r->worst < 0 ? 0 : (uint64_t)(r->worst + 1) << 16 | r->counted[r->worst];
}

static uint64_t
key_result(const struct store *s, const struct session_row *r, unsigned depth)
{
	(void)s, (void)depth;
	return r->transactions ? row_badness((enum smtp_result)r->result) + 1 : 0;
}

static uint64_t
key_closure(const struct store *s, const struct session_row *r, unsigned depth)
{
	(void)s, (void)depth;
	return r->flags & ROW_OPEN ? 0 : r->closure + 1u;
}

static uint64_t
key_duration(const struct store *s, const struct session_row *r, unsigned depth)
{
	int64_t d;

	(void)s, (void)depth;
	return __builtin_sub_overflow(r->last_ts, r->first_ts, &d) ? UINT64_MAX : signed_key(d);
}

static uint64_t
key_octets(const struct store *s, const struct session_row *r, unsigned depth)
{
	(void)s, (void)depth;
	return r->octets[0] + r->octets[1];
}

static uint64_t
key_transactions(const struct store *s, const struct session_row *r, unsigned depth)
{
	(void)s, (void)depth;
	return r->transactions;
}

static uint64_t
key_rcpts(const struct store *s, const struct session_row *r, unsigned depth)
{
	(void)s, (void)depth;
	return r->rcpts;
}

static uint64_t
key_sender(const struct store *s, const struct session_row *r, unsigned depth)
{
	return text_key(s, r->sender, depth);
}

static uint64_t
key_helo(const struct store *s, const struct session_row *r, unsigned depth)
{
	return text_key(s, r->helo, depth);
}

static const struct {
	row_key *key;
	unsigned depths;
} sort_keys[SORT_KEYS] = {
	[SORT_NUMBER] = { key_number, 1 },
	[SORT_START] = { key_start, 1 },
	[SORT_CLIENT] = { key_client, ADDRESS_KEYS },
	[SORT_SERVER] = { key_server, ADDRESS_KEYS },
	[SORT_SEVERITY] = { key_severity, 1 },
	[SORT_RESULT] = { key_result, 1 },
	[SORT_CLOSURE] = { key_closure, 1 },
	[SORT_DURATION] = { key_duration, 1 },
	[SORT_OCTETS] = { key_octets, 1 },
	[SORT_TRANSACTIONS] = { key_transactions, 1 },
	[SORT_RCPTS] = { key_rcpts, 1 },
	[SORT_SENDER] = { key_sender, TEXT_KEYS },
	[SORT_HELO] = { key_helo, TEXT_KEYS },
};

static uint64_t
listing_key(const void *ctx, uint32_t row, unsigned depth)
{
	const struct listing *l = ctx;

	return sort_keys[l->key].key(l->store, store_row(l->store, row), depth);
}

static struct sorter_keys
listing_keys(const struct listing *l)
{
	unsigned depths = sort_keys[l->key].depths;

	return (struct sorter_keys){ listing_key, l, depths, depths == TEXT_KEYS };
}

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
	sorter_free(l->sorter);
	l->sorter = NULL;
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
	if (l->sorter) {
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

static bool
is_member(const struct listing *l, size_t row)
{
	const struct session_row *r = store_row(l->store, row);

	return !l->filter || l->filter->match(l->filter, l->store, r);
}

static void
begin_making(struct listing *l)
{
	struct sorter_keys keys = listing_keys(l);

	l->sorter = sorter_new(&keys, store_count(l->store));
	l->next = 0;
	l->end = store_count(l->store);
	l->began = l->store->nchanged;
	l->stale = false;
}

static void
collect(struct listing *l)
{
	size_t end = l->next + PORTION;

	if (end > l->end)
		end = l->end;
	for (; l->next < end; l->next++)
		if (is_member(l, l->next))
			sorter_add(l->sorter, (uint32_t)l->next);
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
	const uint32_t *rows;
	size_t n;

	rows = sorter_rows(l->sorter, &n);
	reserve(l, n);
	if (n)
		memcpy(l->order, rows, n * sizeof *rows);
	l->n = n;
	l->known = l->end;
	l->seen = l->began;
	stop_making(l);
}

/* -- changes merged into the order ------------------------------------------------------- */

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
	uint32_t *rows, *spare;
	struct sorter_keys keys = listing_keys(l);
	uint64_t *bits;

	if (behind > STORE_JOURNAL || max > s->n / MERGE_SHARE + PORTION)
		return false;
	rows = xreallocarray(NULL, 2 * max + 1, sizeof *rows);
	spare = rows + max;
	bits = xcalloc(s->n / 64 + 1, sizeof *bits);
	n = changed_rows(l, rows, bits);
	if (behind)
		drop_rows(l, bits);
	n = keep_members(l, rows, n);
	/* Stable: equal ones stay in the order of the store. */
	if (n > 1)
		qsort(rows, n, sizeof *rows, by_index);
	sorter_few(&keys, rows, spare, n);
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
	if (l->sorter) {
		if (l->next < l->end)
			collect(l);
		else if (!sorter_work(l->sorter))
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

struct session_row *
listing_at(struct listing *l, size_t i)
{
	return store_row(l->store, l->order[l->reverse ? l->n - 1 - i : i]);
}

size_t
listing_find(struct listing *l, uint64_t stream)
{
	const struct session_row *r = l->store ? store_find(l->store, stream) : NULL;
	size_t i;

	if (!r)
		return l->n;
	for (i = 0; i < l->n; i++)
		if (store_row(l->store, l->order[i]) == r)
			return l->reverse ? l->n - 1 - i : i;
	return l->n;
}
