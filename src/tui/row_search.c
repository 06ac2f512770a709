/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * row_search - see row_search.h.
 *
 * A needle that is found across two columns has both blanks between them in it, or begins or
 * ends with one.  Only then whole lines are looked at; for all others each column is asked by
 * itself, and which columns there are is settled once.
 *
 * Owns the sieve, and the line that is written again and again.
 */
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/output.h"
#include "filter/filter.h"
#include "tui/row_search.h"
#include "tui/search.h"

enum verdict { NOT_LOOKED, HAS_NOT, HAS };

/* A column that may have the needle. */
struct searched {
	const struct column *column;
	bool pooled;                   /* if it has it, then within its text of the pool */
	uint8_t verdict[COLUMN_KINDS]; /* enum verdict, by column.kind() */
};

struct row_search {
	const struct column_layout *layout;
	struct column_context context; /* `row' changes */
	struct slice needle;
	uint8_t *octets; /* of it */
	bool lines;      /* whole lines have to be looked at */
	struct searched column[COLUMNS_MAX];
	size_t n;
	struct word_sieve *sieve;
	struct output *line;
};

void
row_line(const struct column_layout *l, struct output *out, const struct column_context *x)
{
	unsigned i;

	for (i = 0; i < l->n; i++) {
		if (i)
			out_puts(out, "  ");
		column_text(column_at(l->chosen[i]), out, x);
	}
}

/* May it be found in what no single column shows? */
static bool
may_cross_columns(struct slice needle)
{
	size_t i;

	if (needle.n && (needle.p[0] == ' ' || needle.p[needle.n - 1] == ' '))
		return true;
	for (i = 1; i < needle.n; i++)
		if (needle.p[i - 1] == ' ' && needle.p[i] == ' ')
			return true;
	return false;
}

/* Is none of these octets in the needle? */
static bool
has_none(struct slice needle, const char *octets)
{
	for (; octets && *octets; octets++)
		if (needle.n && memchr(needle.p, *octets, needle.n))
			return false;
	return true;
}

static void
add_column(struct row_search *s, const struct column *c)
{
	struct searched *into = &s->column[s->n];

	if (!column_may_have(c, s->context.cfg, s->needle))
		return;
	into->column = c;
	into->pooled = c->pool && has_none(s->needle, c->around);
	s->n++;
}

struct row_search *
row_search_new(
    const struct column_layout *layout, const struct column_context *context, struct slice needle)
{
	struct row_search *s = xcalloc(1, sizeof *s);
	unsigned i;

	s->layout = layout;
	s->context = *context;
	s->octets = xmalloc(needle.n + 1);
	if (needle.n)
		memcpy(s->octets, needle.p, needle.n);
	s->needle = slice_of(s->octets, needle.n);
	s->line = output_memory();
	s->lines = may_cross_columns(s->needle);
	for (i = 0; i < layout->n && !s->lines; i++)
		add_column(s, column_at(layout->chosen[i]));
	return s;
}

void
row_search_free(struct row_search *s)
{
	struct error ignored;

	if (!s)
		return;
	output_close(s->line, &ignored);
	word_sieve_free(s->sieve);
	free(s->octets);
	free(s);
}

bool
row_search_prepare(struct row_search *s)
{
	bool wanted = false;
	size_t i;

	for (i = 0; i < s->n; i++)
		wanted = wanted || s->column[i].pooled;
	if (!wanted)
		return false;
	if (!s->sieve)
		s->sieve = word_sieve_new(s->needle);
	return word_sieve_work(s->sieve, s->context.store);
}

static bool
is_in(const struct row_search *s, struct slice text)
{
	return search_find(text, 0, s->needle).n > 0;
}

static bool
pool_text_has(const struct row_search *s, const struct column *c)
{
	pool_ref ref;

	memcpy(&ref, (const char *)s->context.row + c->pool, sizeof ref);
	if (!ref || (s->sieve && !word_sieve_passes(s->sieve, s->context.store, ref)))
		return false;
	return is_in(s, store_text(s->context.store, ref));
}

static bool
written_has(struct row_search *s, const struct column *c)
{
	out_clear(s->line);
	column_text(c, s->line, &s->context);
	return is_in(s, output_slice(s->line));
}

static bool
column_has(struct row_search *s, struct searched *c)
{
	int kind = c->column->kind ? c->column->kind(s->context.row) : -1;

	if (kind >= 0) {
		if (c->verdict[kind] == NOT_LOOKED)
			c->verdict[kind] = written_has(s, c->column) ? HAS : HAS_NOT;
		return c->verdict[kind] == HAS;
	}
	return c->pooled ? pool_text_has(s, c->column) : written_has(s, c->column);
}

bool
row_search_has(struct row_search *s, const struct session_row *row)
{
	size_t i;

	s->context.row = row;
	if (s->lines) {
		out_clear(s->line);
		row_line(s->layout, s->line, &s->context);
		return is_in(s, output_slice(s->line));
	}
	for (i = 0; i < s->n; i++)
		if (column_has(s, &s->column[i]))
			return true;
	return false;
}
