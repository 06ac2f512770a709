/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pager - a document on the screen.
 *
 * The cursor is on a line that is no heading, if there is one.  It stays on what it
 * was when the document is built anew, for another width or folded otherwise: on the
 * same frame and the same finding.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/output.h"
#include "tui/app.h"
#include "tui/pager.h"
#include "tui/search.h"

struct pager *
pager_new(enum view_id id)
{
	struct pager *p = xcalloc(1, sizeof *p);

	p->id = id;
	p->title = doc_new();
	p->body = doc_new();
	p->pane_title = doc_new();
	p->pane = doc_new();
	p->pane_frame = UINT64_MAX;
	return p;
}

void
pager_free(struct pager *p)
{
	if (!p)
		return;
	doc_free(p->title);
	doc_free(p->body);
	doc_free(p->pane_title);
	doc_free(p->pane);
	free(p);
}

/* -- the cursor ------------------------------------------------------------------------- */

/* The next line from `at' on in this direction that the cursor may be on; `at' if none. */
static size_t
settle(const struct pager *p, size_t at, bool down)
{
	size_t n = doc_count(p->body), i = at;

	while (i < n && (doc_flags(p->body, i) & DOC_HEAD))
		i = down ? i + 1 : i - 1; /* wraps to SIZE_MAX above the first */
	return i < n ? i : at;
}

static void
put_cursor(struct pager *p, size_t line, bool down)
{
	size_t n = doc_count(p->body);

	if (n == 0) {
		p->cursor = p->top = 0;
		return;
	}
	p->cursor = settle(p, line < n ? line : n - 1, down);
	if (doc_flags(p->body, p->cursor) & DOC_HEAD)
		p->cursor = settle(p, p->cursor, !down);
	/* At the first line that can be chosen the headings above it are shown, too. */
	if (!down && p->cursor < (size_t)(p->page > 0 ? p->page : 1) &&
	    settle(p, 0, true) == p->cursor)
		p->top = 0;
}

void
pager_go_line(struct pager *p, size_t line)
{
	put_cursor(p, line, true);
}

static void
move(struct pager *p, int64_t by)
{
	size_t n = doc_count(p->body), at = p->cursor;
	size_t far = by < 0 ? (uint64_t)-by : (uint64_t)by;

	if (n == 0)
		return;
	if (by < 0)
		at = far < at ? at - far : 0;
	else
		at = far < n - at ? at + far : n - 1;
	put_cursor(p, at, by > 0);
}

bool
pager_go_frame(struct pager *p, uint64_t frame)
{
	size_t n = doc_count(p->body), i, best = n;

	for (i = 0; i < n; i++) {
		uint64_t f = doc_frame(p->body, i);

		if (f == 0 || f < frame)
			continue;
		if (best == n || f < doc_frame(p->body, best))
			best = i;
		if (f == frame)
			break;
	}
	if (best == n)
		return false;
	put_cursor(p, best, true);
	return true;
}

static void
next_finding(struct app *a, struct pager *p, bool down)
{
	size_t n = doc_count(p->body), i = p->cursor;

	while ((i = down ? i + 1 : i - 1) < n) {
		if (doc_flags(p->body, i) & DOC_ANCHOR) {
			p->cursor = i;
			return;
		}
	}
	app_say(a, STYLE_PLAIN, down ? "no finding further down" : "no finding further up");
}

void
pager_search(struct app *a, struct pager *p, bool backwards)
{
	struct slice needle = slice_of(a->needle, a->nneedle);
	size_t n = doc_count(p->body), i = p->cursor, looked;

	for (looked = 0; looked < n; looked++) {
		i = backwards ? (i ? i - 1 : n - 1) : (i + 1 < n ? i + 1 : 0);
		if (search_find(doc_plain(p->body, i), 0, needle).n) {
			if (backwards ? i >= p->cursor : i <= p->cursor)
				app_say(a, STYLE_PLAIN, "went on from the other end");
			p->cursor = i;
			return;
		}
	}
	app_say(a, STYLE_WARNING, "not found: %.*s", (int)a->nneedle, a->needle);
}

/* -- selecting -------------------------------------------------------------------------- */

static bool
is_selected(const struct pager *p, size_t line)
{
	size_t from = p->mark < p->cursor ? p->mark : p->cursor;
	size_t to = p->mark < p->cursor ? p->cursor : p->mark;

	return p->selecting && line >= from && line <= to;
}

static void
tell_selected(struct app *a, const struct pager *p)
{
	size_t n = (p->mark < p->cursor ? p->cursor - p->mark : p->mark - p->cursor) + 1;

	app_say(a, STYLE_PLAIN, "%zu line%s selected: y copies %s, Esc ends", n, n == 1 ? "" : "s",
	    n == 1 ? "it" : "them");
}

static void
select_lines(struct app *a, struct pager *p)
{
	if (p->selecting) {
		pager_unselect(a, p);
		return;
	}
	pager_update(a, p); /* lines that are about to be built anew cannot be selected */
	p->selecting = doc_count(p->body) > 0;
	p->mark = p->cursor;
	tell_selected(a, p);
}

void
pager_unselect(struct app *a, struct pager *p)
{
	p->selecting = false;
	app_say(a, STYLE_PLAIN, "no lines are selected");
}

/* -- drawing ---------------------------------------------------------------------------- */

/* All of the line, or that of several parts which Enter opens. */
static void
select_line(const struct pager *p, struct canvas *c, int row, int width)
{
	struct doc_cell cell = pager_cell(p);
	int from = 0, to = width;

	if (doc_cells(p->body, p->cursor) > 1) {
		from = cell.from > p->left ? cell.from - p->left : 0;
		to = cell.to < width + p->left ? cell.to - p->left : width;
	}
	if (from < to)
		canvas_select(c, row, from, to - from);
	canvas_cursor(c, row, from < to ? from : 0);
}

static void
draw_line(struct app *a, struct pager *p, struct canvas *c, int row, size_t line)
{
	struct slice s = doc_plain(p->body, line);
	struct doc_mark m = { 0, 0 };

	int width = c->cols - p->pane_width;

	doc_draw(p->body, line, c, row, 0, width, p->left);
	while ((m = search_find(s, m.off + m.n, slice_of(a->needle, a->nneedle))).n)
		doc_highlight(p->body, line, m, c, row, 0, width, p->left);
	pager_chosen(p, c, row, line);
	if (p->selecting && line != p->cursor && is_selected(p, line))
		canvas_select(c, row, 0, width);
	if (line == p->cursor) {
		select_line(p, c, row, width);
	}
}

void
pager_draw(struct app *a, struct pager *p, struct canvas *c, int row, int rows)
{
	size_t n = doc_count(p->body), i;
	int end = row + rows, k, width = c->cols - p->pane_width;

	pane_draw(p, c, row, rows);
	for (i = 0; i < doc_count(p->title) && rows >= 4 && row < end - 2; i++, row++) {
		if (i == 0)
			canvas_fill(c, row, 0, width, STYLE_TITLE, ' ');
		doc_draw(p->title, i, c, row, 0, width, 0);
	}
	rows = end - row;
	p->page = rows;
	p->first_row = row;
	if (p->cursor < p->top)
		p->top = p->cursor;
	if (rows > 0 && p->cursor - p->top >= (size_t)rows)
		p->top = p->cursor - (size_t)rows + 1;
	if (rows > 0 && p->top + (size_t)rows > n)
		p->top = n > (size_t)rows ? n - (size_t)rows : 0;
	for (k = 0; k < rows && (i = p->top + (size_t)k) < n; k++)
		draw_line(a, p, c, row + k, i);
}

/* -- actions ---------------------------------------------------------------------------- */

/* Moving; with a number before it. */
static bool
go(struct app *a, struct pager *p, enum action what)
{
	int64_t n = a->counting && a->count ? (int64_t)a->count : 1;
	int64_t page = p->page > 1 ? p->page - 1 : 1;

	switch (what) {
	case ACT_UP:
		move(p, -n);
		return true;
	case ACT_DOWN:
		move(p, n);
		return true;
	case ACT_PAGE_UP:
		p->top = p->top > (size_t)(n * page) ? p->top - (size_t)(n * page) : 0;
		move(p, -n * page);
		return true;
	case ACT_PAGE_DOWN:
		p->top += (size_t)(n * page); /* too far is put right when it is drawn */
		move(p, n * page);
		return true;
	case ACT_HALF_UP:
		move(p, -n * ((page + 1) / 2));
		return true;
	case ACT_HALF_DOWN:
		move(p, n * ((page + 1) / 2));
		return true;
	case ACT_FIRST:
	case ACT_LAST:
		if (a->counting)
			put_cursor(p, a->count ? (size_t)a->count - 1 : 0, true);
		else
			put_cursor(p, what == ACT_FIRST ? 0 : SIZE_MAX, what == ACT_FIRST);
		if (what == ACT_FIRST && !a->counting)
			p->top = 0;
		return true;
	case ACT_LEFT:
		p->left = p->left > 8 ? p->left - 8 : 0;
		return true;
	case ACT_RIGHT:
		if (p->left + 8 < doc_width(p->body))
			p->left += 8;
		return true;
	default:
		return false;
	}
}

static void
copy(struct app *a, struct pager *p, bool all)
{
	const char *what = p->selecting ? "the selection" : all ? "the text" : "the line";
	size_t n = doc_count(p->body), i;
	struct output *out = output_memory();
	struct error ignored;

	for (i = 0; i < n; i++) {
		if (p->selecting ? !is_selected(p, i) : !all && i != p->cursor)
			continue;
		copy_put(out, doc_plain(p->body, i), p->ascii);
		if (all || p->selecting)
			out_putc(out, '\n');
	}
	p->selecting = false;
	copy_text(a, output_slice(out), what);
	output_close(out, &ignored);
}

bool
pager_act(struct app *a, enum action what)
{
	struct pager *p = app_pager(a);

	if (go(a, p, what)) {
		if (p->selecting)
			tell_selected(a, p);
		return true;
	}
	switch (what) {
	case ACT_FINDING_NEXT:
	case ACT_FINDING_BACK:
		next_finding(a, p, what == ACT_FINDING_NEXT);
		return true;
	case ACT_TABLE_NEXT:
	case ACT_TABLE_BACK:
		pager_table(a, p, what == ACT_TABLE_NEXT);
		return true;
	case ACT_PANE:
		a->no_pane = !a->no_pane;
		if (a->cols < PANE_FROM)
			app_say(a, STYLE_PLAIN, "the pane needs %d columns", PANE_FROM);
		return true;
	case ACT_SELECT:
		select_lines(a, p);
		return true;
	case ACT_CHOOSE:
		pager_choose(a, p);
		return true;
	case ACT_WIDER:
	case ACT_NARROWER:
		pane_widen(a, what == ACT_WIDER ? 4 : -4);
		return true;
	case ACT_COPY:
	case ACT_COPY_LINE:
		if (p->id == VIEW_FINDING && what == ACT_COPY && !p->selecting)
			copy_finding(a, p);
		else
			copy(a, p, what == ACT_COPY);
		return true;
	default:
		return false;
	}
}
