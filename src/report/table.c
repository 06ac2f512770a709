/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * table - the three forms of a table.
 *
 * Records and CSV are written cell by cell.  As text, a cell is printed into a memory
 * output of its own, which is kept until the widths are known: words stand to the
 * left, numbers to the right, and columns that have nothing to say are left out.
 *
 * A record is {"schema":...,"event_type":"statistics","statistics":{"name":...}} with a
 * member for each cell that is known.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/output.h"
#include "base/timefmt.h"
#include "report/common.h"
#include "report/csv.h"
#include "report/json.h"
#include "report/redact.h"
#include "report/table.h"

enum { SHARE_DIGITS = 1000000, GAP = 2, INDENT = 2 };

struct cell {
	char *text; /* owned; NULL: nothing */
	unsigned width;
};

struct table {
	const struct table_sink *sink;
	const char *name;
	const struct table_column *column;
	size_t ncolumns, at; /* at: column of the next cell */
	bool flows;
	bool begun;
	struct json json;
	struct cell *cell; /* owned; rows behind each other */
	size_t ncells, capcells;
	unsigned width[TABLE_COLUMNS_MAX];
	bool used[TABLE_COLUMNS_MAX]; /* a cell has something to say */
};

struct table *
table_new(const struct table_sink *sink, const char *name, const struct table_column *column,
    size_t ncolumns, bool flows)
{
	struct table *t = xcalloc(1, sizeof *t);
	size_t i;

	assert(ncolumns <= TABLE_COLUMNS_MAX);
	t->sink = sink;
	t->name = name;
	t->column = column;
	t->ncolumns = ncolumns;
	t->flows = flows;
	if (sink->form == TABLE_JSONL)
		json_init(&t->json, sink->o);
	if (sink->form == TABLE_CSV) {
		for (i = 0; i < ncolumns; i++)
			out_printf(sink->o, "%s%s", i ? "," : "", column[i].key);
		csv_end(sink->o);
	}
	for (i = 0; i < ncolumns; i++) {
		unsigned title = column[i].title ? (unsigned)strlen(column[i].title) : 0;

		t->width[i] = column[i].width > title ? column[i].width : title;
		t->used[i] = !column[i].spare;
	}
	return t;
}

/* -- text ------------------------------------------------------------------------------- */

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
is_shown(const struct table *t, size_t column)
{
	return t->column[column].title && (t->flows || t->used[column]);
}

static size_t
last_shown(const struct table *t)
{
	size_t i, last = 0;

	for (i = 0; i < t->ncolumns; i++)
		if (is_shown(t, i))
			last = i;
	return last;
}

/* One line of the table; `title' instead of cells if that is NULL. */
static void
put_line(const struct table *t, const struct cell *cell)
{
	struct output *o = t->sink->o;
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
drop_cells(struct table *t)
{
	size_t i;

	for (i = 0; i < t->ncells; i++)
		free(t->cell[i].text);
	t->ncells = 0;
}

static void
flow_row(struct table *t)
{
	if (!t->begun)
		put_line(t, NULL);
	t->begun = true;
	put_line(t, t->cell);
	drop_cells(t);
}

static void
add_cell(struct table *t, char *text, bool says)
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
}

static void
flush_rows(struct table *t)
{
	size_t i;

	if (t->ncells)
		put_line(t, NULL);
	for (i = 0; i + t->ncolumns <= t->ncells; i += t->ncolumns)
		put_line(t, t->cell + i);
}

/* -- cells ------------------------------------------------------------------------------ */

static void
json_row_begin(struct table *t)
{
	json_open(&t->json, NULL, '{');
	json_text(&t->json, "schema", "smtpscope/1");
	json_text(&t->json, "event_type", "statistics");
	json_open(&t->json, "statistics", '{');
	json_text(&t->json, "name", t->name);
}

/* In front of every cell: the kind of the column has to be one of these two. */
static const char *
cell_begin(struct table *t, enum column_kind kind, enum column_kind other)
{
	const struct table_column *c = &t->column[t->at];

	assert(c->kind == kind || c->kind == other);
	if (t->sink->form == TABLE_JSONL && t->at == 0)
		json_row_begin(t);
	if (t->sink->form == TABLE_CSV && t->at)
		out_putc(t->sink->o, ',');
	return c->key;
}

static void
cell_end(struct table *t)
{
	if (++t->at < t->ncolumns)
		return;
	t->at = 0;
	switch (t->sink->form) {
	case TABLE_TEXT:
		if (t->flows)
			flow_row(t);
		break;
	case TABLE_JSONL:
		json_close(&t->json, '}');
		json_close(&t->json, '}');
		json_line_end(&t->json);
		break;
	case TABLE_CSV:
		csv_end(t->sink->o);
		break;
	}
}

void
table_none(struct table *t)
{
	enum column_kind kind = t->column[t->at].kind;

	cell_begin(t, kind, kind);
	if (t->sink->form == TABLE_TEXT)
		add_cell(t, NULL, false);
	cell_end(t);
}

/* The octets are redacted already, if they come from the wire. */
static void
put_text(struct table *t, struct slice s, bool wire)
{
	const char *key = cell_begin(t, COLUMN_TEXT, COLUMN_TEXT);
	struct output *o;
	struct error err;

	switch (t->sink->form) {
	case TABLE_TEXT:
		o = output_memory();
		escape_text(o, s);
		add_cell(t, xstrdup((const char *)output_slice(o).p), true);
		output_close(o, &err);
		break;
	case TABLE_JSONL:
		if (wire) {
			json_wire(&t->json, key, s);
		} else {
			json_key_text(&t->json, key);
			json_put_text(&t->json, s);
		}
		break;
	case TABLE_CSV:
		csv_field(t->sink->o, s);
		break;
	}
	cell_end(t);
}

void
table_text(struct table *t, const char *text)
{
	if (text)
		put_text(t, slice_str(text), false);
	else
		table_none(t);
}

void
table_wire(struct table *t, struct slice s)
{
	struct output *o = output_memory();
	struct error err;

	redact_text(t->sink->redactor, o, s);
	put_text(t, output_slice(o), true);
	output_close(o, &err);
}

void
table_number(struct table *t, uint64_t n)
{
	const char *key = cell_begin(t, COLUMN_NUMBER, COLUMN_NUMBER);
	char text[NUMBER_TEXT_MAX];

	switch (t->sink->form) {
	case TABLE_TEXT:
		add_cell(t, xstrdup(common_number(text, n)), n != 0);
		break;
	case TABLE_JSONL:
		json_uint(&t->json, key, n);
		break;
	case TABLE_CSV:
		out_printf(t->sink->o, "%" PRIu64, n);
		break;
	}
	cell_end(t);
}

void
table_time(struct table *t, int64_t ns)
{
	const char *key = cell_begin(t, COLUMN_TIME, COLUMN_DURATION);
	bool point = t->column[t->at].kind == COLUMN_TIME;
	int digits = t->sink->cfg->digits;
	char text[TIME_TEXT_MAX];

	if (point)
		time_rfc3339(text, ns, digits);
	if (point && t->sink->form == TABLE_TEXT)
		snprintf(strchr(text, '.'), 3, "Z");
	else if (!point)
		time_duration(text, ns);
	switch (t->sink->form) {
	case TABLE_TEXT:
		add_cell(t, xstrdup(text), true);
		break;
	case TABLE_JSONL:
		if (point)
			json_text(&t->json, key, text);
		else
			json_seconds(&t->json, key, ns, digits);
		break;
	case TABLE_CSV:
		if (point)
			out_puts(t->sink->o, text);
		else
			common_seconds(t->sink->o, ns, digits);
		break;
	}
	cell_end(t);
}

void
table_share(struct table *t, uint64_t part, uint64_t whole)
{
	const char *key = cell_begin(t, COLUMN_SHARE, COLUMN_SHARE);
	double share = whole ? (double)part / (double)whole : 0;
	uint64_t fraction = (uint64_t)(share * SHARE_DIGITS + 0.5);
	int64_t ns = (int64_t)fraction * (NS_PER_S / SHARE_DIGITS);

	switch (t->sink->form) {
	case TABLE_TEXT:
		add_cell(t,
		    xasprintf("%" PRIu64 ".%" PRIu64 " %%", (fraction + 500) / 10000,
		        (fraction + 500) / 1000 % 10),
		    true);
		break;
	case TABLE_JSONL:
		json_seconds(&t->json, key, ns, 6);
		break;
	case TABLE_CSV:
		common_seconds(t->sink->o, ns, 6);
		break;
	}
	cell_end(t);
}

/* -- around the rows -------------------------------------------------------------------- */

void
table_end(struct table *t)
{
	if (t->sink->form == TABLE_TEXT && !t->flows)
		flush_rows(t);
	drop_cells(t);
	free(t->cell);
	free(t);
}

void
table_heading(const struct table_sink *sink, const char *text)
{
	if (sink->form == TABLE_TEXT)
		out_printf(sink->o, "%s\n", text);
}

void
table_remark(const struct table_sink *sink, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	if (sink->form != TABLE_TEXT)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	out_printf(sink->o, "  %s\n", text);
}
