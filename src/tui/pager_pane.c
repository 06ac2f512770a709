/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pager_pane - what stands to the right of a text: beside the ladder, the frame that
 * the cursor is on.
 *
 * The text is built for what is left of the width; "\" takes the pane away.
 */
#include "tui/app.h"
#include "tui/pager.h"

enum {
	PANE_LEAST = 42, /* unless the user wants it otherwise; then ... */
	PANE_NARROW = 24,
	TEXT_NARROW = 64, /* what is left for the text in any case */
	PANE_MOST = 72,
	PANE_PART = 3, /* of the screen: one in so many */
	PANE_EDGE = 4  /* a blank, the stroke, and a blank on each side of the text */
};

int
pane_columns(const struct app *a, enum view_id id)
{
	int width = a->cols / PANE_PART;

	if (id != VIEW_LADDER || a->no_pane || a->cols < PANE_FROM)
		return 0;
	width = width < PANE_LEAST ? PANE_LEAST : width > PANE_MOST ? PANE_MOST : width;
	width -= a->widened;
	if (width > a->cols - TEXT_NARROW)
		width = a->cols - TEXT_NARROW;
	return width < PANE_NARROW ? PANE_NARROW : width;
}

void
pane_widen(struct app *a, int columns)
{
	int before = pane_columns(a, VIEW_LADDER);

	a->widened += columns;
	if (before == 0)
		app_say(
		    a, STYLE_PLAIN, "there is no pane beside it; it needs %d columns", PANE_FROM);
	else if (pane_columns(a, VIEW_LADDER) == before)
		app_say(a, STYLE_PLAIN, "the pane beside it can be no %s",
		    columns > 0 ? "narrower" : "wider");
	else
		return;
	a->widened -= columns;
}

void
pane_update(struct app *a, struct pager *p, bool stale)
{
	struct build_options o = a->build;
	uint64_t frame = doc_frame(p->body, p->cursor);
	const struct smtp_session *s;

	p->pane_width = pane_columns(a, p->id);
	if (!p->pane_width || (!stale && frame == p->pane_frame))
		return;
	p->pane_frame = frame;
	doc_clear(p->pane_title);
	doc_clear(p->pane);
	doc_ascii(p->pane_title, o.ascii);
	doc_ascii(p->pane, o.ascii);
	o.width = p->pane_width - PANE_EDGE;
	s = app_session(a, &p->row);
	if (s)
		pager_put_span(p, s, p->pane);
	if (s)
		build_frame(p->pane_title, p->pane, s, &o, frame);
}

void
pane_draw(const struct pager *p, struct canvas *c, int row, int rows)
{
	int left = c->cols - p->pane_width + 1, i; /* of the stroke */
	const char *stroke = c->ascii ? "|" : "\u2502";

	if (!p->pane_width || left < 1)
		return;
	for (i = 1; i < rows; i++)
		canvas_text(c, row + i, left, 1, STYLE_DIM, slice_str(stroke));
	canvas_fill(c, row, left, c->cols - left, STYLE_TITLE, ' ');
	doc_draw(p->pane_title, 0, c, row, left, c->cols - left, 0);
	for (i = 1; i < rows; i++)
		doc_draw(
		    p->pane, (size_t)i - 1, c, row + i, left + 2, p->pane_width - PANE_EDGE, 0);
	if (doc_count(p->pane) > (size_t)rows - 1 && rows > 1)
		canvas_text(c, row + rows - 1, c->cols - 5, 5, STYLE_DIM, slice_str(" ..."));
}
