/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * table_lines - cells are kept until the widths are known: words stand to the left,
 * numbers to the right, and columns that have nothing to say are left out.  Lines that
 * flow have the widths that their columns ask for.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/output.h"
#include "report/table_lines.h"

enum { GAP = 2, INDENT = 2 };

struct cell {
	char *text; /* owned; NULL: nothing */
	unsigned width;
};

struct table_lines {
	struct output *o;
	const struct table_column *column;
	size_t ncolumns, at; /* at: column of the next cell */
	bool flows;
	bool begun;
	struct cell *cell; /* owned; rows behind each other */
	size_t ncells, capcells;
	unsigned width[TABLE_COLUMNS_MAX];
	bool used[TABLE_COLUMNS_MAX]; /* a cell has something to say */
};

struct table_lines *
table_lines_new(struct output *o, const struct table_column *column, size_t ncolumns, bool flows)
{
	struct table_lines *t = xcalloc(1, sizeof *t);
	size_t i;

	t->o = o;
	t->column = column;
	t->ncolumns = ncolumns;
	t->flows = flows;
	for (i = 0; i < ncolumns; i++) {
		unsigned title = column[i].title ? (unsigned)strlen(column[i].title) : 0;

		t->width[i] = column[i].width > title ? column[i].width : title;
		t->used[i] = !column[i].spare;
	}
	return t;
}

static bool
is_right(const struct table_column *c)
{
	return c->kind != COLUMN_TEXT;
}

/* Characters, as long as none is wide. */
static unsigned
text_width(const char *s)
{
	unsigned n = 0;

	for (; *s; s++)
		n += ((uint8_t)*s & 0xc0) != 0x80;
	return n;
}

static bool
is_shown(const struct table_lines *t, size_t column)
{
	return t->column[column].title && (t->flows || t->used[column]);
}

static size_t
last_shown(const struct table_lines *t)
{
	size_t i, last = 0;

	for (i = 0; i < t->ncolumns; i++)
		if (is_shown(t, i))
			last = i;
	return last;
}

/* One line of the table; `title' instead of cells if that is NULL. */
static void
put_line(const struct table_lines *t, const struct cell *cell)
{
	struct output *o = t->o;
	size_t i, last = last_shown(t);
	bool first = true;

	for (i = 0; i < t->ncolumns; i++) {
		const char *text = cell ? cell[i].text : t->column[i].title;
		unsigned width, fill;

		if (!is_shown(t, i))
			continue;
		text = text ? text : "-";
		width = text_width(text);
		fill = t->width[i] > width ? t->width[i] - width : 0;
		out_printf(o, "%*s", first ? INDENT : GAP, "");
		if (is_right(&t->column[i]))
			out_printf(o, "%*s%s", (int)fill, "", text);
		else
			out_printf(o, "%s%*s", text, i == last ? 0 : (int)fill, "");
		first = false;
	}
	out_putc(o, '\n');
}

static void
drop_cells(struct table_lines *t)
{
	size_t i;

	for (i = 0; i < t->ncells; i++)
		free(t->cell[i].text);
	t->ncells = 0;
}

static void
flow_row(struct table_lines *t)
{
	if (!t->begun)
		put_line(t, NULL);
	t->begun = true;
	put_line(t, t->cell);
	drop_cells(t);
}

void
table_lines_cell(struct table_lines *t, char *text, bool says)
{
	unsigned width = text ? text_width(text) : 1;

	if (t->ncells == t->capcells) {
		t->capcells = t->capcells ? t->capcells * 2 : 64;
		t->cell = xreallocarray(t->cell, t->capcells, sizeof *t->cell);
	}
	t->cell[t->ncells++] = (struct cell){ text, width };
	t->used[t->at] = t->used[t->at] || says;
	if (!t->flows && width > t->width[t->at])
		t->width[t->at] = width;
	if (++t->at < t->ncolumns)
		return;
	t->at = 0;
	if (t->flows)
		flow_row(t);
}

void
table_lines_end(struct table_lines *t)
{
	size_t i;

	if (!t)
		return;
	if (t->ncells)
		put_line(t, NULL);
	for (i = 0; i + t->ncolumns <= t->ncells; i += t->ncolumns)
		put_line(t, t->cell + i);
	drop_cells(t);
	free(t->cell);
	free(t);
}
