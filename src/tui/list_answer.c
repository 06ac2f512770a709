/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * list_answer - the lower pane of the list.
 *
 * The answer is made from the whole session, which has to be read again; that is
 * done when no key waits, so that the cursor runs ahead of it.  Until then the pane
 * shows what the row itself knows.
 */
#include <inttypes.h>

#include "base/output.h"
#include "smtp/checks.h"
#include "tui/app.h"
#include "tui/list.h"
#include "tui/list_answer.h"

void
list_answer_update(struct app *a)
{
	struct list *l = a->list;
	const struct session_row *row = list_row(l);
	struct build_options o = a->build;
	const struct smtp_session *s;

	if (!row || !l->answer_shown || a->depth || a->prompt.open)
		return;
	if (row->stream == l->answer_stream && row->last_frame == l->answer_frame &&
	    l->answer_width == a->cols && l->answer_lines == l->pane_rows)
		return;
	l->answer_stream = row->stream;
	l->answer_frame = row->last_frame;
	l->answer_width = a->cols;
	l->answer_lines = l->pane_rows;
	doc_clear(l->answer);
	doc_ascii(l->answer, o.ascii);
	o.width = a->cols > 2 ? a->cols - 1 : 1;
	o.lines = l->pane_rows;
	a->changed = true;
	a->hasty = true;
	s = app_session(a, row);
	a->hasty = false;
	if (s)
		build_answer(l->answer, s, &o);
	if (a->put_off)
		l->answer_width = 0; /* behind the key, and its picture */
	a->put_off = false;
}

static void
draw_head(struct app *a, struct canvas *c, int row, const struct session_row *r)
{
	struct column_context x = { a->src->store, a->src->cfg, r, a->build.time };
	struct output *out = output_memory();
	struct error ignored;

	if (r->number)
		out_printf(out, " #%" PRIu64 "  ", r->number);
	else
		out_puts(out, " open  ");
	column_text(column_at((size_t)column_find("client")), out, &x);
	out_puts(out, " > ");
	column_text(column_at((size_t)column_find("server")), out, &x);
	out_printf(out, "   %s %" PRIu64 "-%" PRIu64,
	    r->flags & ROW_TRANSCRIPT ? "lines" : "frames", r->first_frame, r->last_frame);
	canvas_text(c, row, 0, c->cols, STYLE_HEADER, output_slice(out));
	output_close(out, &ignored);
}

void
list_answer_draw(struct app *a, struct canvas *c, int row, int rows)
{
	struct list *l = a->list;
	const struct session_row *r = list_row(l);
	int i;

	canvas_rule(c, row, 0, c->cols, STYLE_DIM);
	l->pane_rows = rows > 3 ? rows - 2 : 1;
	if (!r || rows < 2)
		return;
	draw_head(a, c, row + 1, r);
	if (l->answer_stream == r->stream && doc_count(l->answer)) {
		for (i = 2; i < rows; i++)
			doc_draw(l->answer, (size_t)i - 2, c, row + i, 1, c->cols - 1, 0);
		if (doc_count(l->answer) > (size_t)rows - 2 && rows > 2)
			canvas_text(
			    c, row + rows - 1, c->cols - 5, 5, STYLE_DIM, slice_str(" ..."));
	} else if (rows > 2 && r->cause < checks_count()) {
		canvas_printf(
		    c, row + 2, 1, c->cols - 1, STYLE_PLAIN, "%s", checks_nth(r->cause)->title);
	}
}

void
list_answer_copy(struct app *a)
{
	const struct list *l = a->list;
	const struct session_row *row = list_row(a->list);
	size_t n = doc_count(l->answer), i;
	struct output *out;
	struct error ignored;

	if (!row || !l->answer_shown || n == 0 || l->answer_stream != row->stream) {
		app_say(a, STYLE_PLAIN, "nothing is told about a session yet");
		return;
	}
	out = output_memory();
	for (i = 0; i < n; i++) {
		copy_put(out, doc_plain(l->answer, i), a->build.ascii);
		out_putc(out, '\n');
	}
	copy_text(a, output_slice(out), "what is told about the session");
	output_close(out, &ignored);
}
