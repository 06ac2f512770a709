/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * making_text - an order of rows by a text.
 *
 * While it looks at the rows it gives each text that comes for the first time a number, and
 * notes it with the row; then it sorts the texts, replaces them by their ranks, and sorts
 * rows by rank.  Equal texts get equal ranks, where equal is what text_key() says.
 *
 * The number of a text stands beside it in the pool, where it is believed only if the
 * text with this number is that text.  So several orders may be made at a time: one that
 * finds the number of another gives a text a second one, which ranks equal.  When the pool
 * is packed, the work begins again.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "store/making_state.h"

static pool_ref
row_text(const struct making *m, size_t row)
{
	pool_ref ref;

	memcpy(&ref, (const char *)store_row(m->store, row) + m->column->text, sizeof ref);
	return ref;
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
text_keys(const struct making *m)
{
	return (struct sorter_keys){ key_of_text, fetch_text, m, TEXT_KEYS };
}

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

void
making_collect_texts(struct making *m)
{
	size_t stop = portion_end(m, m->end);
	struct sorter_keys keys;

	for (; m->next < stop; m->next++) {
		/* Rows, and their texts, lie apart by more than a line of the cache. */
		if (m->next + 2 * AHEAD < m->end)
			__builtin_prefetch((const char *)store_row(m->store, m->next + 2 * AHEAD) +
			    m->column->text);
		if (m->next + AHEAD < m->end)
			pool_fetch(&m->store->pool, row_text(m, m->next + AHEAD), 1);
		m->of_row[m->next] = making_shows(m, m->next) ? number_of(m, row_text(m, m->next)) :
		                                                (uint32_t)HIDDEN;
	}
	if (m->next < m->end)
		return;
	keys = text_keys(m);
	m->text = xreallocarray(m->text, m->ntexts + 1, sizeof *m->text);
	m->sorter = sorter_new(&keys, m->ntexts);
	next_step(m, MAKING_TEXTS);
}

void
making_sort_texts(struct making *m)
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
void
making_rank(struct making *m)
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
	keys = making_row_keys(m);
	m->sorter = sorter_new(&keys, m->end);
	next_step(m, MAKING_ROWS);
}

void
making_collect_ranks(struct making *m)
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
