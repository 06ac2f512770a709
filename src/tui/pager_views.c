/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pager_views - which documents there are, and how they are opened.
 *
 * The views of a session stand for one another: opening the ladder from the frames
 * puts it in their place, at the same frame.  A finding, the help and the dashboard
 * lie on top of what they were opened from.
 */
#include <config.h>

#include <stdio.h>

#include "base/output.h"
#include "tui/app.h"
#include "tui/list.h"
#include "tui/pager.h"

static const struct {
	enum view_id id;
	build_fn *build;
} builders[] = {
	{ VIEW_FRAMES, build_frames },
	{ VIEW_LADDER, build_ladder },
	{ VIEW_TRANSCRIPT, build_transcript },
	{ VIEW_FINDINGS, build_findings },
	{ VIEW_FINDING, build_finding },
};

/* -- finding the place again ------------------------------------------------------------ */

struct pager_place
pager_place(const struct pager *p)
{
	/* The session, and the finding with it, may be gone. */
	struct pager_place at = {
		.frame = doc_frame(p->body, p->cursor), .line = p->cursor, .top = p->top
	};

	at.check = doc_check(p->body, p->cursor, &at.check_frame);
	snprintf(at.link, sizeof at.link, "%s", pager_cell(p).command);
	return at;
}

/* Is the line of the place still about what it was about? */
static bool
is_in_place(const struct pager *p, const struct pager_place *at)
{
	uint64_t frame;

	return at->line < doc_count(p->body) && !(doc_flags(p->body, at->line) & DOC_HEAD) &&
	    doc_frame(p->body, at->line) == at->frame &&
	    doc_check(p->body, at->line, &frame) == at->check &&
	    (!at->check || frame == at->check_frame);
}

void
pager_go_place(struct pager *p, const struct pager_place *at)
{
	size_t n = doc_count(p->body), i;
	uint64_t frame;

	p->cursor = at->line < n ? at->line : n ? n - 1 : 0;
	p->top = at->top;
	if (at->link[0] && pager_go_link(p, at->link))
		return;
	if (is_in_place(p, at))
		return;
	for (i = 0; at->check && i < n; i++) {
		if (doc_check(p->body, i, &frame) == at->check && frame == at->check_frame) {
			p->cursor = i;
			return;
		}
	}
	if (at->frame)
		pager_go_frame(p, at->frame);
}

const struct finding *
pager_find(const struct smtp_session *s, const struct check_info *check, uint64_t frame)
{
	const struct finding *f;

	STAILQ_FOREACH (f, &s->findings, link)
		if (f->check == check && f->frame == frame)
			return f;
	return NULL;
}

const struct finding *
pager_finding(const struct pager *p, const struct smtp_session *s)
{
	return pager_find(s, p->check, p->check_frame);
}

const struct finding *
pager_finding_here(struct app *a, const struct pager *p)
{
	const struct smtp_session *s;
	const struct check_info *check;
	uint64_t frame;

	if (!(p->id & VIEW_SESSION) || !(s = app_session(a, &p->row)))
		return NULL;
	check = doc_check(p->body, p->cursor, &frame);
	return check ? pager_find(s, check, frame) : NULL;
}

/* -- building --------------------------------------------------------------------------- */

static bool
build_session(struct app *a, struct pager *p, struct build_options *o)
{
	const struct smtp_session *s = app_session(a, &p->row);
	size_t i;

	p->serial = a->serial; /* of none, too: it is not tried again with every picture */
	if (!s)
		return false;
	if (p->id == VIEW_FINDING) {
		o->finding = pager_finding(p, s);
		if (!o->finding) {
			doc_text(p->title, STYLE_TITLE, slice_str(" Finding"));
			doc_text(p->body, STYLE_PLAIN,
			    slice_str("The session has changed since, and the finding is gone."));
			return true;
		}
	}
	if (p->id == VIEW_OCTETS)
		octets_build(a, p, s, o);
	for (i = 0; i < sizeof builders / sizeof builders[0]; i++)
		if (builders[i].id == p->id)
			builders[i].build(p->title, p->body, s, o);
	return true;
}

static void
build_other(struct app *a, struct pager *p, const struct build_options *o)
{
	struct build_run run = { a->src->run(a->src->ctx), a->src->store, a->src->incidents,
		a->src->statistics, a->src->name, a->state == TUI_LIVE };

	if (p->id == VIEW_DASHBOARD)
		build_dashboard(p->title, p->body, &run, o);
	else if (p->id == VIEW_SETTINGS)
		settings_build(a, p->title, p->body);
	else
		help_build(a, p->of, p->title, p->body);
}

/* What the text may take of the width. */
static int
text_columns(const struct app *a, const struct pager *p)
{
	return (a->cols > 0 ? a->cols : 80) - pane_columns(a, p->id);
}

void
pager_rebuild(struct app *a, struct pager *p)
{
	struct build_options o = a->build;
	struct pager_place at = pager_place(p);
	bool first = p->width == 0;

	o.width = text_columns(a, p);
	doc_clear(p->title);
	doc_clear(p->body);
	doc_ascii(p->title, o.ascii);
	doc_ascii(p->body, o.ascii);
	p->selecting = false; /* the lines are others */
	p->width = o.width;
	p->ascii = o.ascii;
	if (!(p->id & VIEW_SESSION))
		build_other(a, p, &o);
	else if (!build_session(a, p, &o))
		doc_text(p->body, STYLE_ERROR, slice_str(a->message));
	if (!first)
		pager_go_place(p, &at);
}

bool
pager_update(struct app *a, struct pager *p)
{
	bool stale = p->width != text_columns(a, p) || p->ascii != a->build.ascii ||
	    ((p->id & VIEW_SESSION) && p->serial != a->serial);

	if (stale)
		pager_rebuild(a, p);
	pane_update(a, p, stale);
	return doc_count(p->body) > 0;
}

/* -- opening ---------------------------------------------------------------------------- */

/* Where the cursor begins: at the finding that was asked for, the frame, or the finding that
 * explains the session best. */
static void
place_cursor(struct pager *p, const struct finding *f, uint64_t frame, uint8_t cause)
{
	size_t n = doc_count(p->body), i, first = n;
	const struct finding *at;

	pager_go_frame(p, 0);
	if (!f && frame) {
		pager_go_frame(p, frame);
		return;
	}
	for (i = 0; i < n; i++) {
		at = doc_finding(p->body, i);
		if (!at || !(doc_flags(p->body, i) & DOC_ANCHOR))
			continue;
		if (first == n)
			first = i;
		if (f ? at == f : at->position == cause)
			break;
	}
	if (i < n)
		p->cursor = i;
	else if (first < n && !f)
		p->cursor = first;
	else if (f)
		pager_go_frame(p, f->frame);
}

/* Does the view leave what it was opened from below it? */
static bool
lies_on_top(enum view_id id)
{
	return id == VIEW_FINDING || id == VIEW_OCTETS;
}

void
pager_open(struct app *a, enum view_id id, const struct session_row *row, const struct finding *f,
    uint64_t frame)
{
	struct pager *top = app_pager(a), *p;

	if (!app_session(a, row))
		return;
	p = pager_new(id);
	p->row = *row;
	if (id == VIEW_FINDING && f) {
		p->check = f->check;
		p->check_frame = f->frame;
	}
	p->frame = frame;
	if (top && !lies_on_top(id) && (top->id & VIEW_SESSION)) {
		if (!f && !frame && top->row.stream == row->stream) {
			f = pager_finding_here(a, top);
			frame = doc_frame(top->body, top->cursor);
			if (top->id == VIEW_OCTETS)
				frame = top->frame;
		}
		if (!lies_on_top(top->id))
			app_pop(a);
	}
	app_push(a, p);
	pager_rebuild(a, p);
	if (lies_on_top(id)) {
		pager_act(a, ACT_FIRST);
		return;
	}
	place_cursor(p, f, frame, row->cause);
	/* What led to it stands above, and there is room for what is said of it. */
	p->top = p->cursor > (size_t)a->rows / 2 ? p->cursor - (size_t)a->rows / 2 : 0;
}

static struct pager *
open_other(struct app *a, enum view_id id, enum view_id of)
{
	struct pager *p = pager_new(id);

	p->of = of;
	app_push(a, p);
	pager_rebuild(a, p);
	pager_act(a, ACT_FIRST);
	return p;
}

void
pager_open_help(struct app *a)
{
	if (app_view(a) != VIEW_HELP)
		open_other(a, VIEW_HELP, app_view(a));
}

void
pager_open_settings(struct app *a)
{
	if (app_view(a) != VIEW_SETTINGS)
		open_other(a, VIEW_SETTINGS, app_view(a));
}

void
pager_open_dashboard(struct app *a)
{
	if (app_view(a) != VIEW_DASHBOARD)
		open_other(a, VIEW_DASHBOARD, app_view(a));
}
