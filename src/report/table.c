/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * table - the three forms of a table.
 *
 * Records and CSV are written cell by cell.  As text, a cell is printed into a memory
 * output of its own, which table_lines.c sets.
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
#include "report/table_lines.h"

enum { SHARE_DIGITS = 1000000 };

struct table {
	const struct table_sink *sink;
	const char *name;
	const struct table_column *column;
	size_t ncolumns, at; /* at: column of the next cell */
	struct json json;
	struct table_lines *lines; /* owned; NULL: not as text */
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
	switch (sink->form) {
	case TABLE_TEXT:
		t->lines = table_lines_new(sink->o, column, ncolumns, flows);
		break;
	case TABLE_JSONL:
		json_init(&t->json, sink->o);
		break;
	case TABLE_CSV:
		for (i = 0; i < ncolumns; i++)
			out_printf(sink->o, "%s%s", i ? "," : "", column[i].key);
		csv_end(sink->o);
		break;
	}
	return t;
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
		table_lines_cell(t->lines, NULL, false);
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
		table_lines_cell(t->lines, xstrdup((const char *)output_slice(o).p), true);
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
		table_lines_cell(t->lines, xstrdup(common_number(text, n)), n != 0);
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
		table_lines_cell(t->lines, xstrdup(text), true);
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
		table_lines_cell(t->lines,
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
	table_lines_end(t->lines);
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
