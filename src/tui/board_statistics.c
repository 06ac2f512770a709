/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * board_statistics - what the dashboard shows of statistics that the reports have, too.
 *
 * They print themselves as text; each line becomes one of the document, and long tables
 * are folded.  Text from the wire in them has been redacted and escaped.
 */
#include "base/error.h"
#include "base/output.h"
#include "report/statistics.h"
#include "tui/board.h"

enum { ROWS = 10 /* of a table, unless unfolded */ };

static size_t
count_lines(struct slice s)
{
	size_t n = 0, i;

	for (i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

static void
put_line(struct board *b, unsigned flags, enum style style, struct slice line)
{
	sheet_line(&b->h, flags);
	/* Indented by a column less than as a report. */
	sheet_cut(
	    &b->h, style, line.n && line.p[0] == ' ' ? slice_from(line, 1) : line, b->h.opt->width);
}

/* The first line heads the columns; there is none if nothing was counted. */
static void
put_table(struct board *b, struct slice text)
{
	size_t rows = count_lines(text), row = 0;

	while (text.n) {
		const uint8_t *end = memchr(text.p, '\n', text.n);
		size_t n = end ? (size_t)(end - text.p) : text.n;

		if (row > ROWS && !b->h.opt->unfold) {
			sheet_line(&b->h, DOC_FOLD);
			doc_printf(b->h.doc, STYLE_DIM, " and %zu more rows", rows - row);
			return;
		}
		put_line(b, row || rows == 1 ? 0 : DOC_HEAD,
		    row || rows == 1 ? STYLE_PLAIN : STYLE_DIM, slice_of(text.p, n));
		text = slice_from(text, end ? n + 1 : n);
		row++;
	}
}

void
board_statistics(struct board *b)
{
	static const struct {
		const char *name, *head;
	} tables[] = {
		{ "classes", "REPLIES" },
		{ "latency", "WAITS FOR REPLIES" },
		{ "tls", "TLS" },
	};
	struct error ignored;
	size_t i;

	for (i = 0; b->run->statistics && i < sizeof tables / sizeof tables[0]; i++) {
		struct output *o = output_memory();

		if (statistics_print(b->run->statistics, tables[i].name, o, b->run->run)) {
			sheet_blank(&b->h);
			sheet_line(&b->h, DOC_HEAD);
			sheet_str(&b->h, STYLE_HEADER, tables[i].head);
			put_table(b, output_slice(o));
		}
		output_close(o, &ignored);
	}
}
