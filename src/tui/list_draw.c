/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * list_draw - the list of sessions on a canvas.
 *
 * From the top: what is being read, what it amounts to, the heads of the columns, the
 * sessions, and the answer about the one under the cursor.  When there is little
 * room the parts go in the reverse order of their use: sessions stay to the last.
 */
#include <config.h>

#include <inttypes.h>

#include "base/output.h"
#include "base/timefmt.h"
#include "report/common.h"
#include "smtp/checks.h"
#include "tui/acks.h"
#include "tui/app.h"
#include "tui/list.h"
#include "tui/list_answer.h"

enum {
	ROWS_FOR_TITLE = 4,
	ROWS_FOR_COUNTS = 9,
	ROWS_FOR_FINDINGS = 14,
	ROWS_FOR_PANE = 14,
	SORT_COLUMNS = 26, /* that " | by severity, descending" takes */
	HEAD_ROWS = 4,     /* title, counts, findings, heads of the columns */
	PANE_SPARE = 20,   /* rows that the pane grows to while few sessions leave room */
	MARK_COLUMNS = 2   /* "* " of a tagged session */
};

/* -- the lines at the top --------------------------------------------------------------- */

static void
put_state(struct app *a, struct output *out)
{
	uint64_t done = 0, total = 0;

	switch (a->state) {
	case TUI_LOADING:
		a->src->progress(a->src->ctx, &done, &total);
		if (total)
			out_printf(out, "reading %u %%",
			    (unsigned)(done >= total ? 100 : 100.0 * (double)done / (double)total));
		else
			out_puts(out, "reading");
		break;
	case TUI_LIVE:
		out_puts(out, "LIVE");
		break;
	case TUI_COMPLETE:
		out_puts(out, "complete");
		break;
	case TUI_FAILED:
		out_puts(out, "ENDED EARLY");
		break;
	}
	if (a->list->follow)
		out_puts(out, "  following");
	if (a->list->paused)
		out_puts(out, "  HELD");
}

/* Text at the right end of a row; returns the column where it begins. */
static int
draw_right(struct canvas *c, int row, int from, enum style style, struct output *out)
{
	struct glyph_rules rules = canvas_rules(c);
	int width = glyph_columns(output_slice(out), &rules);
	int col = c->cols - width - 1;
	struct error ignored;

	if (col > from)
		canvas_text(c, row, col, width, style, output_slice(out));
	else
		col = c->cols;
	output_close(out, &ignored);
	return col;
}

/* A bar over the cells that have been read so far. */
static void
draw_progress(struct app *a, struct canvas *c, int row)
{
	uint64_t done = 0, total = 0;

	if (a->state != TUI_LOADING)
		return;
	a->src->progress(a->src->ctx, &done, &total);
	if (total)
		canvas_select(c, row, 0,
		    (int)((double)c->cols * (done >= total ? 1 : (double)done / (double)total)));
}

static void
draw_title(struct app *a, struct canvas *c, int row)
{
	struct output *out = output_memory();
	int col;

	canvas_fill(c, row, 0, c->cols, STYLE_TITLE, ' ');
	col = canvas_printf(c, row, 1, c->cols - 1, STYLE_TITLE, "smtpscope %s  %s",
	    PACKAGE_VERSION, a->src->name ? a->src->name : "");
	put_state(a, out);
	draw_right(c, row, col + 1, STYLE_TITLE, out);
	draw_progress(a, c, row);
}

static void
put_count(struct output *out, const char *name, uint64_t n)
{
	char text[NUMBER_TEXT_MAX];

	out_printf(out, "%s %s", name, common_number(text, n));
}

/* What is there seldom is told only then. */
static void
put_seldom(struct output *out, const char *name, uint64_t n)
{
	if (n)
		put_count(out, name, n);
}

enum { COUNT_WORDINGS = 3 };

/* What the capture amounts to; `brief' from 0 chooses ever shorter words. */
static void
put_counts(struct output *out, const struct run *run, unsigned brief)
{
	static const char *const words[COUNT_WORDINGS][6] = {
		{ " packets", "  open", ": delivered", "  deferred", "  rejected", "  unfinished" },
		{ " pkts", " open", ": ok", " deferred", " rejected", " unfinished" },
		{ " pkts", " open", ": ok", " 4yz", " 5yz", " cut" },
	};
	const char *const *word = words[brief];
	const uint64_t *r = run->results;
	uint64_t dropped = run->capture.dropped_kernel + run->capture.dropped_interface;

	put_count(out, word[0], run->capture.packets);
	if (run->live || dropped)
		put_count(out, "  dropped", dropped);
	put_count(out, " | sessions", run->sessions);
	put_count(out, word[1], run->tracker.open_streams);
	put_count(out, " | mail", run->transactions);
	put_count(out, word[2], r[RESULT_DELIVERED] + r[RESULT_DELIVERED_IN_PART]);
	put_count(out, word[3], r[RESULT_DEFERRED]);
	put_count(out, word[4], r[RESULT_REJECTED] + r[RESULT_REJECTED_MID_DATA]);
	put_seldom(out, word[5], r[RESULT_LOST] + r[RESULT_ABORTED]);
	put_seldom(out, "  in doubt", r[RESULT_IN_DOUBT]);
	put_seldom(out, " | gaps", run->tracker.gaps);
	put_seldom(out, " | not kept whole", run->limited_sessions);
}

static void
draw_counts(struct app *a, struct canvas *c, int row)
{
	const struct run *run = a->src->run(a->src->ctx);
	struct glyph_rules rules = canvas_rules(c);
	struct output *out = output_memory();
	struct error ignored;
	unsigned brief = 0;

	put_counts(out, run, brief);
	while (glyph_columns(output_slice(out), &rules) > c->cols && ++brief < COUNT_WORDINGS) {
		output_close(out, &ignored);
		out = output_memory();
		put_counts(out, run, brief);
	}
	canvas_text(c, row, 0, c->cols, STYLE_PLAIN, output_slice(out));
	output_close(out, &ignored);
}

static void
draw_findings(struct app *a, struct canvas *c, int row)
{
	static const struct {
		enum severity severity;
		enum style style;
		const char *word;
	} parts[] = { { SEV_ERROR, STYLE_ERROR, "error" },
		{ SEV_WARNING, STYLE_WARNING, "warning" }, { SEV_NOTE, STYLE_NOTE, "note" } };
	const struct run *run = a->src->run(a->src->ctx);
	const struct column *by = column_by_sort(a->list->sort);
	size_t shown = listing_count(a->list->listing), all = store_count(a->src->store), i;
	char some[NUMBER_TEXT_MAX], every[NUMBER_TEXT_MAX];
	int col = canvas_text(c, row, 0, c->cols, STYLE_PLAIN, slice_str(" findings:"));
	bool brief;

	for (i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		uint64_t n = run->by_severity[parts[i].severity];

		col += canvas_printf(c, row, col, c->cols - col, n ? parts[i].style : STYLE_PLAIN,
		    " %" PRIu64 " %s%s", n, parts[i].word, n == 1 ? "" : "s");
	}
	col += canvas_printf(c, row, col, c->cols - col, STYLE_PLAIN, " | shown %s of %s",
	    common_number(some, shown), common_number(every, all));
	if (a->filter_text)
		col += canvas_printf(
		    c, row, col, c->cols - col, STYLE_HEADER, " | filter: %s", a->filter_text);
	if (store_evicted(a->src->store))
		col += canvas_printf(c, row, col, c->cols - col, STYLE_WARNING,
		    " | %" PRIu64 " let go for memory", store_evicted(a->src->store));
	if (store_cleared(a->src->store))
		col += canvas_printf(c, row, col, c->cols - col, STYLE_PLAIN, " | %s cleared",
		    common_number(some, store_cleared(a->src->store)));
	/* As "set sort" has it where there is little room. */
	brief = c->cols - col < SORT_COLUMNS;
	canvas_printf(c, row, col, c->cols - col, STYLE_PLAIN, " | by %s%s%s",
	    a->list->reverse && brief ? "-" : "", by ? by->name : "?",
	    a->list->reverse && !brief ? ", descending" : "");
}

/* -- the table -------------------------------------------------------------------------- */

static void
draw_heads(struct list *l, struct canvas *c, int row)
{
	int col = MARK_COLUMNS, width, used;
	unsigned i;

	for (i = 0; i < l->layout.n; i++) {
		const struct column *column = column_at(l->layout.chosen[i]);
		struct glyph_rules rules = canvas_rules(c);

		width = l->layout.width[i];
		if (!width)
			continue;
		used = glyph_columns(slice_str(column->title), &rules);
		canvas_text(c, row, column->right && used < width ? col + width - used : col, width,
		    STYLE_HEADER, slice_str(column->title));
		if (column->sort == (int)l->sort)
			canvas_restyle(c, row,
			    column->right && used < width ? col + width - used : col,
			    used < width ? used : width, STYLE_KEY);
		col += width + 1;
	}
}

/* "192.0.2.1:1084" and "[2001:db8::1]:1084" without the port; other texts as they are. */
static struct slice
without_port(struct slice s)
{
	const uint8_t *end = s.n && s.p[0] == '[' ? memchr(s.p, ']', s.n) : NULL;
	size_t n = s.n;

	if (end)
		return slice_of(s.p + 1, (size_t)(end - s.p) - 1);
	while (n && s.p[n - 1] != ':')
		n--;
	return n ? slice_of(s.p, n - 1) : s;
}

static void
draw_cell(struct canvas *c, int row, int col, int width, struct slice s,
    const struct column *column, const struct session_row *r)
{
	struct glyph_rules rules = canvas_rules(c);
	enum style style = column->style ? column->style(r) : STYLE_PLAIN;
	int columns = glyph_columns(s, &rules);

	if (columns > width && column->extent == EXTENT_ENDPOINT) {
		s = without_port(s); /* the address says more */
		columns = glyph_columns(s, &rules);
	}
	if (columns <= width) {
		canvas_text(c, row, column->right ? col + width - columns : col, width, style, s);
		return;
	}
	canvas_text(c, row, col, width > 1 ? width - 1 : width, style, s);
	if (width > 1)
		canvas_fill(c, row, col + width - 1, 1, STYLE_DIM, '~');
}

/* Has somebody acknowledged what is the matter with it?  The word then stands for the severity. */
static bool
is_acked(const struct app *a, const struct session_row *r, const struct column *column)
{
	const struct check_info *check = r->cause == ROW_NO_CAUSE ? NULL : checks_nth(r->cause);

	return check && column->sort == SORT_SEVERITY &&
	    acks_has(a->acks, &(struct acks_session){ r->ep, r->first_ts }, check->id);
}

static void
draw_row(struct app *a, struct canvas *c, int row, const struct session_row *r)
{
	struct column_context x = { a->src->store, a->src->cfg, r, a->build.time };
	const struct list *l = a->list;
	struct error ignored;
	int col = MARK_COLUMNS, width;
	unsigned i;

	if (r->flags & ROW_TAGGED)
		canvas_fill(c, row, 0, 1, STYLE_HEADER, '*');
	for (i = 0; i < l->layout.n; i++) {
		const struct column *column = column_at(l->layout.chosen[i]);
		struct output *out;
		struct slice s;

		width = l->layout.width[i];
		if (!width)
			continue;
		out = output_memory();
		if (is_acked(a, r, column))
			out_puts(out, "ack");
		else
			column_text(column, out, &x);
		s = output_slice(out);
		if (i + 1 == l->layout.n && l->left) {
			int skip = l->left;

			canvas_text_from(c, row, col, width, &skip, STYLE_PLAIN, s);
		} else {
			draw_cell(c, row, col, width, s, column, r);
		}
		output_close(out, &ignored);
		col += width + 1;
	}
}

static void
draw_rows(struct app *a, struct canvas *c, int row, int rows)
{
	struct list *l = a->list;
	size_t n = listing_count(l->listing), i;
	int k;

	l->page = rows;
	l->first_row = row;
	if (l->cursor < l->top)
		l->top = l->cursor;
	if (rows > 0 && l->cursor - l->top >= (size_t)rows)
		l->top = l->cursor - (size_t)rows + 1;
	if (rows > 0 && l->top + (size_t)rows > n)
		l->top = n > (size_t)rows ? n - (size_t)rows : 0;
	for (k = 0; k < rows && (i = l->top + (size_t)k) < n; k++) {
		draw_row(a, c, row + k, listing_at(l->listing, i));
		if (i == l->cursor) {
			canvas_select(c, row + k, 0, c->cols);
			canvas_cursor(c, row + k, 0);
		}
	}
	if (n == 0 && rows > 0)
		canvas_text(c, row, MARK_COLUMNS, c->cols - MARK_COLUMNS, STYLE_DIM,
		    slice_str(a->filter_text             ? "no session matches the filter" :
		            store_cleared(a->src->store) ? "all that had ended were cleared" :
		            a->state == TUI_LOADING || a->state == TUI_LIVE ?
		                                           "no session so far" :
		                                           "there is no SMTP in it"));
}

/* Rows of the lower pane: what was asked for, but no more than a third, and what few sessions
 * leave free, unless the user wants it small. */
static int
pane_rows(const struct list *l, int rows)
{
	int pane = l->pane_lines < rows / 3 ? l->pane_lines : rows / 3;
	size_t sessions = listing_count(l->listing);

	if (rows < ROWS_FOR_PANE || !l->pane)
		return 0;
	if (l->pane_lines >= PANE_LINES && sessions < (size_t)rows) {
		int spare = rows - HEAD_ROWS - (int)sessions - 1;

		if (spare > pane)
			pane = spare < PANE_SPARE ? spare : PANE_SPARE;
	}
	return pane;
}

void
list_draw(struct app *a, struct canvas *c, int row, int rows)
{
	struct list *l = a->list;
	int end = row + rows, pane = pane_rows(l, rows);

	column_fit(&l->layout, c->cols - MARK_COLUMNS, a->build.time, store_count(a->src->store));
	end -= pane;
	if (rows >= ROWS_FOR_TITLE)
		draw_title(a, c, row++);
	if (rows >= ROWS_FOR_COUNTS)
		draw_counts(a, c, row++);
	if (rows >= ROWS_FOR_FINDINGS)
		draw_findings(a, c, row++);
	if (rows >= ROWS_FOR_TITLE)
		draw_heads(l, c, row++);
	draw_rows(a, c, row, end - row);
	l->answer_shown = pane > 1;
	if (pane)
		list_answer_draw(a, c, end, pane);
}
