/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * making - see making.h.
 *
 * A column of numbers or addresses: prepare the filter, collect the rows that it lets
 * through, sort them.  A column of texts has three steps more.  While it looks at the rows
 * it gives each text that comes for the first time a number, and notes it with the row;
 * then it sorts the texts, replaces them by their ranks, and sorts rows by rank.  Equal
 * texts get equal ranks, where equal is what text_key() says.
 *
 * The number of a text stands beside it in the pool, where it is believed only if the
 * text with this number is that text.  So several orders may be made at a time: one that
 * finds the number of another gives a text a second one, which ranks equal.  When the pool
 * is packed, the work begins again.
 *
 * When only the filter is new there is an order of all rows already: what it lets through of them
 * is left in their places, and nothing is sorted.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "store/making.h"
#include "store/sorter.h"
#include "store/sortkey.h"

enum {
	PORTION = 4096,  /* rows looked at in one portion */
	AHEAD = 16,      /* rows whose texts are fetched before they are needed */
	ROW_OCTETS = 32, /* a row: an item of the sorter, its text, and one of `text' or `order' */
	HIDDEN = -1      /* as the text of a row, as uint32_t: the filter hides it */
};

enum making_step { /* in this order; a column that is no text goes from the second to the last */
	MAKING_PREPARE,
	MAKING_COLLECT,
	MAKING_TEXTS,
	MAKING_RANK,
	MAKING_ROWS,
	MAKING_SORT,
	MAKING_THIN /* behind the second, where there is an order of all */
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
	uint32_t *of_row;      /* by row: the number of its text, or HIDDEN */
	pool_ref *text;        /* by number; from MAKING_RANK on more and more of them the rank */
	size_t ntexts, captexts;
	const uint32_t *whole; /* of the caller; NULL: none */
	uint64_t *shown;       /* by row: bits */
	uint32_t *thin;        /* what is left of `whole' */
	size_t nthin;
	uint32_t *order; /* MAKING_RANK: numbers in the order of the texts */
	uint32_t rank;   /* of the next one */
	uint32_t none;   /* number of having no text; HIDDEN: not needed yet */
};

static pool_ref
row_text(const struct making *m, size_t row)
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

	return m->column->key(store_row(m->store, row), depth);
}

static void
fetch_row(const void *ctx, uint32_t row)
{
	const struct making *m = ctx;

	__builtin_prefetch(store_row(m->store, row)->ep);
}

static uint64_t
key_of_text(const void *ctx, uint32_t number, unsigned depth)
{
	const struct making *m = ctx;

	return text_key(m->store, m->text[number], depth);
}

static void
fetch_text(const void *ctx, uint32_t number)
{
	const struct making *m = ctx;

	store_fetch(m->store, m->text[number]);
}

static struct sorter_keys
row_keys(const struct making *m)
{
	/* A rank is all there is to a text: nobody asks for another key. */
	return (
	    struct sorter_keys){ key_of_row, fetch_row, m, m->column->key ? m->column->depths : 1 };
}

static struct sorter_keys
text_keys(const struct making *m)
{
	return (struct sorter_keys){ key_of_text, fetch_text, m, TEXT_KEYS };
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
	struct sorter_keys keys = row_keys(m);
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

/* -- texts ------------------------------------------------------------------------------ */

static uint32_t
new_number(struct making *m, pool_ref ref)
{
	if (m->ntexts == m->captexts) {
		m->captexts = m->captexts ? m->captexts * 2 : 1024;
		m->text = xreallocarray(m->text, m->captexts, sizeof *m->text);
	}
	m->text[m->ntexts] = ref;
	return (uint32_t)m->ntexts++;
}

/* The number of a text, or of having none. */
static uint32_t
number_of(struct making *m, pool_ref ref)
{
	struct pool *pool = &m->store->pool;
	uint32_t number;

	if (!ref) {
		if (m->none == (uint32_t)HIDDEN)
			m->none = new_number(m, 0);
		return m->none;
	}
	number = pool_number(pool, ref);
	if (number >= m->ntexts || m->text[number] != ref) {
		number = new_number(m, ref);
		pool_set_number(pool, ref, number);
	}
	return number;
}

/* -- the steps -------------------------------------------------------------------------- */

static size_t
portion_end(const struct making *m, size_t n)
{
	return n - m->next < PORTION ? n : m->next + PORTION;
}

static void
next_step(struct making *m, enum making_step step)
{
	m->next = 0;
	m->step = step;
}

/* Texts lie all over the memory, and of a row more than one line of the cache is read. */
static bool
is_shown(const struct making *m, size_t row)
{
	const struct filter *f = m->filter;

	if (f && row + 2 * AHEAD < m->end)
		store_fetch_row(m->store, row + 2 * AHEAD);
	if (f && f->fetch && row + AHEAD < m->end)
		f->fetch(f, m->store, store_row(m->store, row + AHEAD));
	return !f || f->match(f, m->store, store_row(m->store, row));
}

static void
collect_texts(struct making *m)
{
	size_t stop = portion_end(m, m->end);
	struct sorter_keys keys;

	for (; m->next < stop; m->next++) {
		if (m->next + AHEAD < m->end)
			pool_fetch(&m->store->pool, row_text(m, m->next + AHEAD), 1);
		m->of_row[m->next] =
		    is_shown(m, m->next) ? number_of(m, row_text(m, m->next)) : (uint32_t)HIDDEN;
	}
	if (m->next < m->end)
		return;
	keys = text_keys(m);
	m->text = xreallocarray(m->text, m->ntexts + 1, sizeof *m->text);
	m->sorter = sorter_new(&keys, m->ntexts);
	next_step(m, MAKING_TEXTS);
}

static void
collect(struct making *m)
{
	size_t stop = portion_end(m, m->end);

	for (; m->next < stop; m->next++)
		if (is_shown(m, m->next))
			sorter_add(
			    m->sorter, (uint32_t)m->next, key_of_row(m, (uint32_t)m->next, 0));
	if (m->next == m->end)
		m->step = MAKING_SORT;
}

static void
sort_texts(struct making *m)
{
	size_t stop = portion_end(m, m->ntexts), n;
	uint32_t i;

	for (; m->next < stop; m->next++) {
		i = (uint32_t)m->next;
		sorter_add(m->sorter, i, key_of_text(m, i, 0));
	}
	if (m->next < m->ntexts || sorter_work(m->sorter))
		return;
	m->order = sorter_take(m->sorter, &n);
	sorter_free(m->sorter);
	m->sorter = NULL;
	next_step(m, MAKING_RANK);
}

/* Texts that differ only in case, or behind what is compared, are equal. */
static void
rank(struct making *m)
{
	struct sorter_keys keys = text_keys(m);
	size_t stop = portion_end(m, m->ntexts);
	bool differs;

	for (; m->next < stop; m->next++) {
		if (m->next + AHEAD < m->ntexts)
			fetch_text(m, m->order[m->next + AHEAD]);
		differs = m->next + 1 < m->ntexts &&
		    sorter_compare(&keys, m->order[m->next], m->order[m->next + 1]) != 0;
		m->text[m->order[m->next]] = m->rank;
		m->rank += differs;
	}
	if (m->next < m->ntexts)
		return;
	free(m->order);
	m->order = NULL;
	keys = row_keys(m);
	m->sorter = sorter_new(&keys, m->end);
	next_step(m, MAKING_ROWS);
}

static void
collect_ranks(struct making *m)
{
	size_t stop = portion_end(m, m->end);
	uint32_t number;

	for (; m->next < stop; m->next++) {
		number = m->of_row[m->next];
		if (number != (uint32_t)HIDDEN)
			sorter_add(m->sorter, (uint32_t)m->next, m->text[number]);
	}
	if (m->next == m->end)
		m->step = MAKING_SORT;
}

static void
collect_shown(struct making *m)
{
	size_t stop = portion_end(m, m->end), i;

	for (i = m->next; i < stop; i++)
		m->shown[i / 64] |= (uint64_t)is_shown(m, i) << (i % 64);
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
			collect_texts(m);
		break;
	case MAKING_TEXTS:
		sort_texts(m);
		break;
	case MAKING_RANK:
		rank(m);
		break;
	case MAKING_ROWS:
		collect_ranks(m);
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
