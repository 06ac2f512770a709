/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pager_span - two frames of the ladder are chosen, and what lies between them is told: in the
 * line of messages at once, and beside the ladder for as long as they are chosen.
 */
#include <inttypes.h>

#include "base/output.h"
#include "tui/app.h"
#include "tui/pager.h"
#include "tui/span.h"

static void
tell(struct app *a, struct pager *p)
{
	const struct smtp_session *s = app_session(a, &p->row);
	struct output *o;
	struct error ignored;
	struct slice text;
	struct span sp;

	if (!s)
		return;
	if (!span_measure(&sp, s, p->chosen[0], p->chosen[1])) {
		app_say(a, STYLE_WARNING, "one of the two frames was not kept");
		return;
	}
	o = output_memory();
	span_words(o, &sp);
	text = output_slice(o);
	app_say(a, STYLE_PLAIN, "%.*s", (int)text.n, text.p);
	output_close(o, &ignored);
}

void
pager_put_span(struct pager *p, const struct smtp_session *s, struct doc *d)
{
	struct output *o;
	struct error ignored;
	struct slice rest;
	struct span sp;

	if (!p->chosen[1] || !span_measure(&sp, s, p->chosen[0], p->chosen[1]))
		return;
	doc_line(d, DOC_HEAD, 0, NULL);
	doc_printf(d, STYLE_HEADER, "BETWEEN %" PRIu64 " AND %" PRIu64, sp.first, sp.last);
	o = output_memory();
	span_lines(o, &sp);
	for (rest = output_slice(o); rest.n;) {
		size_t n = rest.n;
		const uint8_t *lf = memchr(rest.p, '\n', rest.n);

		n = lf ? (size_t)(lf - rest.p) : n;
		doc_line(d, 0, 0, NULL);
		doc_text(d, STYLE_PLAIN, slice_of(rest.p, n));
		rest = slice_from(rest, lf ? n + 1 : n);
	}
	output_close(o, &ignored);
	doc_line(d, DOC_HEAD, 0, NULL);
}

void
pager_choose(struct app *a, struct pager *p)
{
	const char *word = p->row.flags & ROW_TRANSCRIPT ? "line" : "frame";
	uint64_t frame = doc_frame(p->body, p->cursor);

	if (!frame) {
		app_say(a, STYLE_PLAIN, "there is no %s on this line", word);
	} else if (!p->chosen[0] || p->chosen[1]) {
		p->chosen[0] = frame;
		p->chosen[1] = 0;
		app_say(a, STYLE_PLAIN,
		    "from %s %" PRIu64 " on: Space on another one measures between the two", word,
		    frame);
	} else if (p->chosen[0] == frame) {
		p->chosen[0] = 0;
		app_say(a, STYLE_PLAIN, "no %s is chosen", word);
	} else {
		p->chosen[1] = frame;
		tell(a, p);
	}
	p->pane_frame = UINT64_MAX;
}

bool
pager_chosen(const struct pager *p, struct canvas *c, int row, size_t line)
{
	uint64_t frame = doc_frame(p->body, line);
	unsigned flags = doc_flags(p->body, line);

	if (!frame || flags & DOC_ANCHOR || doc_finding(p->body, line) ||
	    (frame != p->chosen[0] && frame != p->chosen[1]))
		return false;
	/* The number of the frame ends in column 6. */
	canvas_text(c, row, 0, 1, STYLE_MATCH, slice_str(frame == p->chosen[0] ? "A" : "B"));
	return true;
}
