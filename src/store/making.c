/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * making - see making.h.
 *
 * A column of numbers or addresses: prepare the filter, collect the rows that it lets
 * through, sort them.  A column of texts has three steps more, see making_text.c.
 *
 * When only the filter is new there is an order of all rows already: what it lets through of them
 * is left in their places, and nothing is sorted.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "store/making_state.h"

/* -- keys ------------------------------------------------------------------------------- */

static uint64_t
key_of_row(const void *ctx, uint32_t row, unsigned depth)
{
	const struct making *m = ctx;

	return m->column->key(store_row(m->store, row), depth);
}

static void
fetch_row(const void *ctx, uint32_t row)
{
	const struct making *m = ctx;

	__builtin_prefetch(store_row(m->store, row)->ep);
}

struct sorter_keys
making_row_keys(const struct making *m)
{
	/* A rank is all there is to a text: nobody asks for another key. */
	return (
	    struct sorter_keys){ key_of_row, fetch_row, m, m->column->key ? m->column->depths : 1 };
}

/* -- making and ending ------------------------------------------------------------------ */

static void
begin_thin(struct making *m)
{
	m->shown = xcalloc(m->end / 64 + 1, sizeof *m->shown);
	m->thin = xlarge(m->end + 1, sizeof *m->thin);
}

static void
begin(struct making *m)
{
	struct sorter_keys keys = making_row_keys(m);
	struct store *s = m->store;

	m->began = s->nchanged;
	m->end = s->n;
	m->next = 0;
	m->ntexts = m->captexts = 0;
	m->rank = 0;
	m->none = (uint32_t)HIDDEN;
	m->packs = s->pool.packs;
	m->step = m->filter && m->filter->prepare ? MAKING_PREPARE : MAKING_COLLECT;
	sorter_free(m->sorter);
	free(m->of_row);
	free(m->text);
	free(m->order);
	m->sorter = NULL;
	m->of_row = m->text = m->order = NULL;
	if (m->whole)
		begin_thin(m);
	else if (m->column->key)
		m->sorter = sorter_new(&keys, m->end);
	else
		m->of_row = xlarge(m->end + 1, sizeof *m->of_row);
}

/* Takes the memory for so many rows; without room for it rows make room, fewer each time: false
 * if some did. */
static bool
take_room(struct making *m)
{
	struct store *s = m->store;
	uint64_t evicted = s->evicted;
	bool taken;

	do {
		m->taken = s->n * ROW_OCTETS;
		s->room.all = true;
		taken = room_take(&s->room, m->taken);
		s->room.all = false;
	} while (!taken && store_evict(s));
	if (!taken)
		m->taken = 0;
	return s->evicted == evicted;
}

struct making *
making_new(struct store *s, const struct sort_column *column, const struct filter *filter,
    const uint32_t *whole)
{
	struct making *m = xcalloc(1, sizeof *m);

	m->store = s;
	m->column = column;
	m->filter = filter;
	m->whole = take_room(m) ? whole : NULL;
	begin(m);
	return m;
}

void
making_free(struct making *m)
{
	if (!m)
		return;
	room_give(&m->store->room, m->taken);
	sorter_free(m->sorter);
	free(m->of_row);
	free(m->text);
	free(m->order);
	free(m->shown);
	free(m->thin);
	free(m);
}

/* -- the steps -------------------------------------------------------------------------- */

/* Texts lie all over the memory, and of a row more than one line of the cache is read. */
bool
making_shows(const struct making *m, size_t row)
{
	const struct filter *f = m->filter;

	if (f && row + 2 * AHEAD < m->end)
		store_fetch_row(m->store, row + 2 * AHEAD);
	if (f && f->fetch && row + AHEAD < m->end)
		f->fetch(f, m->store, store_row(m->store, row + AHEAD));
	return !f || f->match(f, m->store, store_row(m->store, row));
}

static void
collect(struct making *m)
{
	size_t stop = portion_end(m, m->end);

	for (; m->next < stop; m->next++)
		if (making_shows(m, m->next))
			sorter_add(
			    m->sorter, (uint32_t)m->next, key_of_row(m, (uint32_t)m->next, 0));
	if (m->next == m->end)
		m->step = MAKING_SORT;
}

static void
collect_shown(struct making *m)
{
	size_t stop = portion_end(m, m->end), i;

	for (i = m->next; i < stop; i++)
		m->shown[i / 64] |= (uint64_t)making_shows(m, i) << (i % 64);
	m->next = stop;
	if (stop == m->end)
		next_step(m, MAKING_THIN);
}

/* False when the order is complete. */
static bool
thin_out(struct making *m)
{
	size_t stop = portion_end(m, m->end);
	uint32_t row;

	for (; m->next < stop; m->next++) {
		row = m->whole[m->next];
		m->thin[m->nthin] = row;
		m->nthin += m->shown[row / 64] >> (row % 64) & 1;
	}
	return m->next < m->end;
}

bool
making_work(struct making *m)
{
	if (!m->whole && !m->column->key && m->packs != m->store->pool.packs)
		begin(m);
	switch (m->step) {
	case MAKING_PREPARE:
		if (!m->filter->prepare(m->filter, m->store))
			m->step = MAKING_COLLECT;
		break;
	case MAKING_COLLECT:
		if (m->whole)
			collect_shown(m);
		else if (m->column->key)
			collect(m);
		else
			making_collect_texts(m);
		break;
	case MAKING_TEXTS:
		making_sort_texts(m);
		break;
	case MAKING_RANK:
		making_rank(m);
		break;
	case MAKING_ROWS:
		making_collect_ranks(m);
		break;
	case MAKING_SORT:
		return sorter_work(m->sorter);
	case MAKING_THIN:
		return thin_out(m);
	}
	return true;
}

uint32_t *
making_take(struct making *m, size_t *n)
{
	uint32_t *rows = m->thin;

	if (!m->whole)
		return sorter_take(m->sorter, n);
	m->thin = NULL;
	*n = m->nthin;
	return rows;
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
