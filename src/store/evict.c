/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * evict - rows that go: all, those that have ended, or some because the budget is used up.
 *
 * An eighth of the rows at a time, so that the cost is spread over many puts: the
 * oldest without an error, a tag or an open session, then the oldest.  What stays
 * moves to the front; the index, the listings and the journal are told, and the
 * texts that no row has any more are packed away.
 */
#include <stddef.h>
#include <stdlib.h>

#include "base/mem.h"
#include "store/rows.h"

enum { EVICT_SHARE = 8 };

/* Every text of a row. */
enum {
	ROW_REFS =
	    (offsetof(struct session_row, last_reply) - offsetof(struct session_row, found)) /
	        sizeof(pool_ref) +
	    1
};

static pool_ref *
row_refs(struct session_row *r)
{
	return (pool_ref *)(void *)((char *)r + offsetof(struct session_row, found));
}

/* Drops the texts that no row has any more. */
void
store_pack_texts(struct store *s)
{
	struct pool_plan *plan;
	pool_ref *refs;
	size_t i, k;

	for (i = 0; i < s->n; i++)
		for (k = 0, refs = row_refs(store_row(s, i)); k < ROW_REFS; k++)
			pool_mark(&s->pool, refs[k]);
	plan = pool_plan_new(&s->pool);
	for (i = 0; i < s->n; i++)
		for (k = 0, refs = row_refs(store_row(s, i)); k < ROW_REFS; k++)
			refs[k] = pool_moved(&s->pool, plan, refs[k]);
	pool_pack(&s->pool, plan);
}

/* The rows that go: true for the index.  The oldest plain ones, then the oldest. */
static void
choose_victims(struct store *s, bool *goes, size_t want)
{
	const unsigned spared = ROW_TAGGED | ROW_OPEN;
	size_t i;
	int pass;

	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < s->n && want; i++) {
			const struct session_row *r = store_row(s, i);

			if (goes[i] ||
			    (pass == 0 && (r->worst >= SEV_ERROR || (r->flags & spared))))
				continue;
			goes[i] = true;
			want--;
		}
	}
}

static void
drop_chunks(struct store *s)
{
	size_t need = (s->n + ROWS_CHUNK - 1) / ROWS_CHUNK;

	while (s->nchunks > need) {
		free(s->chunk[--s->nchunks]);
		room_give(&s->room, ROWS_CHUNK_OCTETS);
	}
}

/* Indexes that listings hold, and that stand in the journal. */
static void
tell_moves(struct store *s, const uint32_t *map, size_t n)
{
	uint64_t i = s->nchanged > STORE_JOURNAL ? s->nchanged - STORE_JOURNAL : 0;
	struct listing *l;

	for (; i < s->nchanged; i++) {
		uint32_t *entry = &s->journal[i % STORE_JOURNAL];

		if (*entry != (uint32_t)STORE_GONE)
			*entry = map[*entry];
	}
	LIST_FOREACH(l, &s->listings, link)
	listing_moved(l, map, n);
}

/* Lets the rows go that are marked, and says how many they were. */
static size_t
drop_rows(struct store *s, const bool *goes)
{
	size_t n = s->n, i, kept = 0;
	uint32_t *map = xreallocarray(NULL, n, sizeof *map);

	for (i = 0; i < n; i++) {
		map[i] = goes[i] ? (uint32_t)STORE_GONE : (uint32_t)kept;
		if (goes[i])
			continue;
		if (kept != i)
			*store_row(s, kept) = *store_row(s, i);
		kept++;
	}
	s->n = kept;
	s->generation++;
	store_index_fill(s);
	tell_moves(s, map, n);
	drop_chunks(s);
	store_pack_texts(s);
	free(map);
	return n - kept;
}

bool
store_evict(struct store *s)
{
	bool *goes;

	if (!s->n)
		return false;
	goes = xcalloc(s->n, sizeof *goes);
	choose_victims(s, goes, (s->n + EVICT_SHARE - 1) / EVICT_SHARE);
	s->evicted += drop_rows(s, goes);
	free(goes);
	return true;
}

size_t
store_clear_ended(struct store *s)
{
	size_t i, ended = 0;
	bool *goes;

	if (!s->n)
		return 0;
	goes = xcalloc(s->n, sizeof *goes);
	for (i = 0; i < s->n; i++) {
		goes[i] = !(store_row(s, i)->flags & ROW_OPEN);
		ended += goes[i];
	}
	if (ended)
		s->cleared += drop_rows(s, goes);
	free(goes);
	return ended;
}

void
store_clear(struct store *s)
{
	uint32_t *map;
	size_t i;

	s->generation++;
	if (!s->n)
		return;
	map = xreallocarray(NULL, s->n, sizeof *map);
	for (i = 0; i < s->n; i++)
		map[i] = (uint32_t)STORE_GONE;
	i = s->n;
	s->n = 0;
	store_index_fill(s);
	tell_moves(s, map, i);
	drop_chunks(s);
	pool_clear(&s->pool);
	free(map);
}
