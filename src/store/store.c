/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store - see store.h.
 *
 * Rows stand in chunks, oldest first, without holes; a table finds them by stream
 * id.  How rows go is in evict.c.
 *
 * With each chunk of rows the store also takes what a listing of these rows needs
 * to show them, so that a listing is never refused that; what sorting needs it takes
 * for as long as it sorts (making.c).
 */
#include <stdlib.h>

#include "base/mem.h"
#include "store/rows.h"

enum {
	INDEX_MIN = 256,
	STALE_MIN = 1 << 20, /* octets of texts let go of that are worth packing */
	FETCH_OCTETS = 40,   /* what most texts have */
	CACHE_LINE = 64      /* octets, of most processors */
};

struct store *
store_new(struct budget *b)
{
	struct store *s = xcalloc(1, sizeof *s);

	s->room.budget = b;
	pool_init(&s->pool, &s->room);
	LIST_INIT(&s->listings);
	return s;
}

void
store_free(struct store *s)
{
	struct listing *l;

	if (!s)
		return;
	while ((l = LIST_FIRST(&s->listings)) != NULL)
		listing_orphan(l);
	pool_fini(&s->pool);
	while (s->nchunks)
		free(s->chunk[--s->nchunks]);
	free(s->chunk);
	free(s->index);
	room_give(&s->room, s->room.used);
	free(s);
}

size_t
store_count(const struct store *s)
{
	return s->n;
}

struct session_row *
store_at(struct store *s, size_t i)
{
	return store_row(s, i);
}

uint64_t
store_generation(const struct store *s)
{
	return s->generation;
}

uint64_t
store_evicted(const struct store *s)
{
	return s->evicted;
}

uint64_t
store_cleared(const struct store *s)
{
	return s->cleared;
}

size_t
store_memory(const struct store *s)
{
	return s->room.used;
}

struct slice
store_text(const struct store *s, pool_ref ref)
{
	return pool_text(&s->pool, ref);
}

void
store_fetch(const struct store *s, pool_ref ref)
{
	pool_fetch(&s->pool, ref, FETCH_OCTETS);
}

void
store_fetch_row(const struct store *s, size_t i)
{
	const uint8_t *row = (const uint8_t *)store_row(s, i);
	size_t at;

	for (at = 0; at < sizeof(struct session_row); at += CACHE_LINE)
		__builtin_prefetch(row + at);
}

bool
store_texts(const struct store *s, uint64_t from, struct store_texts *out)
{
	const struct pool *p = &s->pool;
	uint64_t end;

	from = from ? from : 1;
	if (!p->nchunks || from >= p->fill)
		return false;
	/* Nothing may be left of the chunk that it was in. */
	if (!pool_is_text(p, from))
		from = pool_chunk_end(from);
	if (from >= p->fill)
		return false;
	end = pool_chunk_end(from);
	out->end = end < p->fill ? end : p->fill;
	out->first = (pool_ref)from;
	out->octets = slice_of(pool_at(p, from), out->end - from);
	return true;
}

pool_ref
store_text_next(const struct store *s, pool_ref ref)
{
	return pool_next(&s->pool, ref);
}

uint64_t
store_text_epoch(const struct store *s)
{
	return s->pool.seed + s->pool.packs;
}

/* One set, or two (row.c): the last one is that of what is counted. */
static void
copy_set(const struct store *s, pool_ref ref, bool last, uint64_t bits[ROW_CHECK_WORDS])
{
	const size_t n = ROW_CHECK_WORDS * sizeof *bits;
	struct slice found = store_text(s, ref);

	if (found.n == n || found.n == 2 * n)
		memcpy(bits, found.p + (last ? found.n - n : 0), n);
	else
		memset(bits, 0, n);
}

void
store_findings(const struct store *s, const struct session_row *r, uint64_t bits[ROW_CHECK_WORDS])
{
	copy_set(s, r->found, false, bits);
}

void
store_counted(const struct store *s, const struct session_row *r, uint64_t bits[ROW_CHECK_WORDS])
{
	copy_set(s, r->found, true, bits);
}

bool
store_found(const struct store *s, const struct session_row *r, size_t check)
{
	uint64_t bits[ROW_CHECK_WORDS];

	store_findings(s, r, bits);
	return check < RUN_CHECKS_MAX && (bits[check / 64] >> (check % 64) & 1);
}

/* -- finding -------------------------------------------------------------------------- */

/* The slot of the stream, or the free one where it belongs.  Ids are consecutive numbers of
 * ours: spread by a multiplication (Knuth, TAOCP 6.4). */
static uint32_t *
index_slot(const struct store *s, uint64_t stream)
{
	size_t i = (size_t)(stream * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (s->nindex - 1);

	while (s->index[i] && store_row(s, s->index[i] - 1)->stream != stream)
		i = (i + 1) & (s->nindex - 1);
	return &s->index[i];
}

void
store_index_fill(struct store *s)
{
	size_t i;

	memset(s->index, 0, s->nindex * sizeof *s->index);
	for (i = 0; i < s->n; i++)
		*index_slot(s, store_row(s, i)->stream) = (uint32_t)i + 1;
}

static bool
index_grow(struct store *s)
{
	size_t n = s->nindex ? s->nindex * 2 : INDEX_MIN;

	if (!room_take(&s->room, (n - s->nindex) * sizeof *s->index))
		return false;
	free(s->index);
	s->index = xcalloc(n, sizeof *s->index);
	s->nindex = n;
	store_index_fill(s);
	return true;
}

size_t
store_index(const struct store *s, uint64_t stream)
{
	uint32_t at = s->nindex ? *index_slot(s, stream) : 0;

	return at ? at - 1 : SIZE_MAX;
}

struct session_row *
store_find(struct store *s, uint64_t stream)
{
	size_t at = store_index(s, stream);

	return at != SIZE_MAX ? store_row(s, at) : NULL;
}

static size_t
row_index(const struct store *s, const struct session_row *r)
{
	return *index_slot(s, r->stream) - 1;
}

/* -- putting ---------------------------------------------------------------------------- */

static bool
add_chunk(struct store *s)
{
	size_t cap = s->capchunks ? s->capchunks * 2 : 16;

	if (s->nchunks == s->capchunks) {
		if (!room_take(&s->room, (cap - s->capchunks) * sizeof *s->chunk))
			return false;
		s->chunk = xreallocarray(s->chunk, cap, sizeof *s->chunk);
		s->capchunks = cap;
	}
	if (!room_take(&s->room, ROWS_CHUNK_OCTETS))
		return false;
	s->chunk[s->nchunks++] = xreallocarray(NULL, ROWS_CHUNK, sizeof **s->chunk);
	return true;
}

/* Is there a place for one more row? */
static bool
have_place(struct store *s)
{
	if (s->n == UINT32_MAX / 2)
		return false;
	if (s->n >= s->nindex - s->nindex / 4 && !index_grow(s))
		return false;
	return s->n < s->nchunks * ROWS_CHUNK || add_chunk(s);
}

static void
note_change(struct store *s, size_t i)
{
	s->journal[s->nchanged++ % STORE_JOURNAL] = (uint32_t)i;
	s->generation++;
}

static struct session_row *
append(struct store *s, const struct session_row *row)
{
	struct session_row *r = store_row(s, s->n);

	*r = *row;
	*index_slot(s, r->stream) = (uint32_t)++s->n;
	s->generation++;
	return r;
}

struct session_row *
store_put(struct store *s, const struct smtp_session *session, bool open)
{
	struct session_row fresh, *old;
	bool whole, placed;

	if (s->pool.stale > STALE_MIN && s->pool.stale > pool_size(&s->pool) / 4)
		store_pack_texts(s);
	do {
		old = store_find(s, session->stream->id);
		whole = row_fill(&fresh, &s->pool, session, open, old);
		placed = old || have_place(s);
	} while ((!whole || !placed) && store_evict(s));
	if (!placed) {
		s->evicted++;
		return NULL;
	}
	if (!old)
		return append(s, &fresh);
	*old = fresh;
	note_change(s, row_index(s, old));
	return old;
}

void
store_tag_index(struct store *s, size_t i, bool on)
{
	struct session_row *r = store_row(s, i);

	if (((r->flags & ROW_TAGGED) != 0) == on)
		return;
	r->flags = (uint16_t)(on ? r->flags | ROW_TAGGED : r->flags & ~ROW_TAGGED);
	note_change(s, i);
}

void
store_tag(struct store *s, struct session_row *r, bool on)
{
	store_tag_index(s, row_index(s, r), on);
}

void
store_untag_all(struct store *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		store_tag_index(s, i, false);
}
