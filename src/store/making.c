/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * making - see making.h.
 *
 * Steps of a text column: gather the texts that rows refer to, marking each with a
 * number of this order's own so that it is taken once; sort them; write the ranks;
 * then, as for every other column, prepare the filter, collect the rows and sort these.  Equal
 * texts get equal ranks, where equal is what text_key() says.
 *
 * One order at a time may write ranks; a second one compares texts instead.  When the
 * pool is packed, ranks are lost, and the work begins again.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "store/making.h"
#include "store/sorter.h"
#include "store/sortkey.h"

enum {
	PORTION = 4096, /* rows looked at in one portion */
	ROW_OCTETS = 28 /* a row or a text: an item of the sorter, and a reference */
};
#define RANK_MARK UINT32_C(0x80000000) /* no rank, but the number of an order */

enum making_step {
	MAKING_GATHER,
	MAKING_RANK,
	MAKING_NUMBER,
	MAKING_PREPARE, /* the filter */
	MAKING_COLLECT,
	MAKING_SORT
};

struct making {
	struct store *store;
	const struct sort_column *column;
	const struct filter *filter;
	enum making_step step;
	struct sorter *sorter; /* of texts, then of rows */
	size_t next, end;      /* the row to look at next, and where that stops */
	uint64_t began;        /* store.nchanged */
	uint64_t packs;        /* pool.packs */
	size_t taken;          /* octets of the store's room */
	bool ranked;           /* the ranks are of this order */
	uint32_t mark;
	pool_ref *text; /* gathered */
	size_t ntexts, captexts;
	uint32_t rank;
};

static pool_ref
row_text(const struct making *m, uint32_t row)
{
	pool_ref ref;

	memcpy(&ref, (const char *)store_row(m->store, row) + m->column->text, sizeof ref);
	return ref;
}

/* -- keys ------------------------------------------------------------------------------- */

static uint64_t
key_of_row(const void *ctx, uint32_t row, unsigned depth)
{
	const struct making *m = ctx;

	if (m->column->key)
		return m->column->key(store_row(m->store, row), depth);
	return text_key(m->store, row_text(m, row), depth);
}

static uint64_t
key_of_rank(const void *ctx, uint32_t row, unsigned depth)
{
	const struct making *m = ctx;
	pool_ref ref = row_text(m, row);

	(void)depth;
	return ref ? pool_rank(&m->store->pool, ref) : UINT64_MAX;
}

static uint64_t
key_of_text(const void *ctx, uint32_t ref, unsigned depth)
{
	const struct making *m = ctx;

	return text_key(m->store, ref, depth);
}

static struct sorter_keys
text_keys(const struct making *m)
{
	return (struct sorter_keys){ key_of_text, m, TEXT_KEYS };
}

/* -- making and ending ------------------------------------------------------------------ */

static void
begin_rows(struct making *m)
{
	struct sorter_keys keys = { key_of_row, m, m->column->depths };

	if (m->ranked)
		keys = (struct sorter_keys){ key_of_rank, m, 1 };
	sorter_free(m->sorter);
	m->sorter = sorter_new(&keys, m->end);
	m->next = 0;
	m->step = m->filter && m->filter->prepare ? MAKING_PREPARE : MAKING_COLLECT;
}

static void
begin(struct making *m)
{
	struct store *s = m->store;

	m->began = s->nchanged;
	m->end = s->n;
	m->next = 0;
	m->ntexts = 0;
	m->rank = 0;
	m->packs = s->pool.packs;
	m->ranked = !m->column->key && (!s->ranker || s->ranker == m);
	if (!m->ranked) {
		begin_rows(m);
		return;
	}
	s->ranker = m;
	s->rank_mark = (s->rank_mark + 1) & ~RANK_MARK;
	m->mark = s->rank_mark | RANK_MARK;
	sorter_free(m->sorter);
	m->sorter = NULL;
	m->step = MAKING_GATHER;
}

/* Takes the memory for so many rows; without room for it rows make room, fewer each time. */
static void
take_room(struct making *m)
{
	struct store *s = m->store;
	bool taken;

	do {
		m->taken = s->n * ROW_OCTETS;
		s->room.all = true;
		taken = room_take(&s->room, m->taken);
		s->room.all = false;
	} while (!taken && store_evict(s));
	if (!taken)
		m->taken = 0;
}

struct making *
making_new(struct store *s, const struct sort_column *column, const struct filter *filter)
{
	struct making *m = xcalloc(1, sizeof *m);

	m->store = s;
	m->column = column;
	m->filter = filter;
	take_room(m);
	begin(m);
	return m;
}

void
making_free(struct making *m)
{
	if (!m)
		return;
	if (m->store->ranker == m)
		m->store->ranker = NULL;
	room_give(&m->store->room, m->taken);
	sorter_free(m->sorter);
	free(m->text);
	free(m);
}

/* -- the steps -------------------------------------------------------------------------- */

static size_t
portion_end(const struct making *m)
{
	return m->end - m->next < PORTION ? m->end : m->next + PORTION;
}

static void
add_text(struct making *m, pool_ref ref)
{
	if (m->ntexts == m->captexts) {
		m->captexts = m->captexts ? m->captexts * 2 : 1024;
		m->text = xreallocarray(m->text, m->captexts, sizeof *m->text);
	}
	m->text[m->ntexts++] = ref;
}

static void
gather(struct making *m)
{
	struct pool *pool = &m->store->pool;
	size_t stop = portion_end(m), i;
	struct sorter_keys keys;
	pool_ref ref;

	for (; m->next < stop; m->next++) {
		ref = row_text(m, (uint32_t)m->next);
		if (!ref || pool_rank(pool, ref) == m->mark)
			continue;
		pool_set_rank(pool, ref, m->mark);
		add_text(m, ref);
	}
	if (m->next < m->end)
		return;
	keys = text_keys(m);
	m->sorter = sorter_new(&keys, m->ntexts);
	for (i = 0; i < m->ntexts; i++)
		sorter_add(m->sorter, m->text[i]);
	m->step = MAKING_RANK;
}

/* Texts that differ only in case, or behind what is compared, are equal. */
static void
number(struct making *m)
{
	struct sorter_keys keys = text_keys(m);
	const uint32_t *text;
	size_t n, i, stop;

	text = sorter_rows(m->sorter, &n);
	stop = n - m->next < PORTION ? n : m->next + PORTION;
	for (i = m->next; i < stop; i++) {
		m->rank += i > 0 && sorter_compare(&keys, text[i - 1], text[i]) != 0;
		pool_set_rank(&m->store->pool, text[i], m->rank);
	}
	m->next = stop;
	if (stop == n)
		begin_rows(m);
}

static void
collect(struct making *m)
{
	const struct filter *f = m->filter;
	size_t stop = portion_end(m);

	for (; m->next < stop; m->next++)
		if (!f || f->match(f, m->store, store_row(m->store, m->next)))
			sorter_add(m->sorter, (uint32_t)m->next);
	if (m->next == m->end)
		m->step = MAKING_SORT;
}

bool
making_work(struct making *m)
{
	if (m->ranked && m->packs != m->store->pool.packs)
		begin(m);
	switch (m->step) {
	case MAKING_GATHER:
		gather(m);
		break;
	case MAKING_RANK:
		if (!sorter_work(m->sorter)) {
			m->next = 0;
			m->step = MAKING_NUMBER;
		}
		break;
	case MAKING_NUMBER:
		number(m);
		break;
	case MAKING_PREPARE:
		if (!m->filter->prepare(m->filter, m->store))
			m->step = MAKING_COLLECT;
		break;
	case MAKING_COLLECT:
		collect(m);
		break;
	case MAKING_SORT:
		return sorter_work(m->sorter);
	}
	return true;
}

const uint32_t *
making_rows(const struct making *m, size_t *n)
{
	return sorter_rows(m->sorter, n);
}

size_t
making_end(const struct making *m)
{
	return m->end;
}

uint64_t
making_began(const struct making *m)
{
	return m->began;
}
