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

/* Takes words off the front, with the blanks before them. */
static bool
take_words(struct slice *rest, const char *words)
{
	size_t n = strlen(words);

	while (rest->n && rest->p[0] == ' ')
		*rest = slice_from(*rest, 1);
	if (rest->n < n || memcmp(rest->p, words, n) != 0 || (rest->n > n && rest->p[n] != ' '))
		return false;
	*rest = slice_from(*rest, n);
	return true;
}

/* Enter lists the sessions that a row counts, where a filter can ask for them. */
static void
link_row(struct board *b, struct slice line)
{
	static const struct {
		const char *first, *second; /* of the row; second NULL: any */
		const char *command;
	} rows[] = {
		{ "no code", NULL, "filter class = no-code" },
		{ "1yz", NULL, "filter class = 1yz" },
		{ "2yz", NULL, "filter class = 2yz" },
		{ "3yz", NULL, "filter class = 3yz" },
		{ "4yz", NULL, "filter class = 4yz" },
		{ "5yz", NULL, "filter class = 5yz" },
		{ "never came", NULL, "filter class = missing" },
		{ "via", "none", "filter session.tls = none" },
		{ "via", "starttls", "filter session.tls = starttls" },
		{ "via", "implicit", "filter session.tls = implicit" },
		{ "version", "SSL 2.0", "filter tls.version = ssl2" },
		{ "version", "SSL 3.0", "filter tls.version = ssl3" },
		{ "version", "TLS 1.0", "filter tls.version = 1.0" },
		{ "version", "TLS 1.1", "filter tls.version = 1.1" },
		{ "version", "TLS 1.2", "filter tls.version = 1.2" },
		{ "version", "TLS 1.3", "filter tls.version = 1.3" },
	};
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct slice rest = line;

		if (take_words(&rest, rows[i].first) &&
		    (!rows[i].second || take_words(&rest, rows[i].second)))
			doc_link(b->h.doc, rows[i].command);
	}
}

static void
put_line(struct board *b, unsigned flags, enum style style, struct slice line)
{
	sheet_line(&b->h, flags);
	/* Indented by a column less than as a report. */
	sheet_cut(
	    &b->h, style, line.n && line.p[0] == ' ' ? slice_from(line, 1) : line, b->h.opt->width);
	if (!(flags & DOC_HEAD))
		link_row(b, line);
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
		bool run; /* rows do not have it: a window neither */
	} tables[] = {
		{ "classes", "REPLIES", false },
		{ "latency", "WAITS FOR REPLIES", true },
		{ "tls", "TLS", false },
	};
	struct error ignored;
	size_t i;

	for (i = 0; b->run->statistics && i < sizeof tables / sizeof tables[0]; i++) {
		struct output *o;

		if (b->windowed && !tables[i].run)
			continue;
		o = output_memory();

		if (statistics_print(b->run->statistics, tables[i].name, o, b->run->run)) {
			sheet_blank(&b->h);
			doc_table(b->h.doc);
			sheet_line(&b->h, DOC_HEAD);
			sheet_str(&b->h, STYLE_HEADER, tables[i].head);
			put_table(b, output_slice(o));
		}
		output_close(o, &ignored);
	}
}
