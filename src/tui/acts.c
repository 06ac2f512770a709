/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * acts - what the actions do that belong to no single view.
 */
#include <stdio.h>

#include "base/output.h"
#include "tui/acks.h"
#include "tui/app.h"
#include "tui/list.h"
#include "tui/marks.h"
#include "tui/pager.h"

enum { BODY_SOME = 10 };

/* -- opening ---------------------------------------------------------------------------- */

/* Enter in a text: a link, a finding, a fold, a frame. */
static void
open_in_text(struct app *a, struct pager *p)
{
	const char *link = pager_cell(p).command;
	const struct finding *f = pager_finding_here(a, p);
	uint64_t frame = doc_frame(p->body, p->cursor);
	struct session_row row = p->row;
	size_t n = strlen(link);

	if (n && link[n - 1] == ' ')
		ask_command(a, link);
	else if (n)
		command_run(a, link);
	else if (doc_flags(p->body, p->cursor) & DOC_FOLD)
		app_act(a, ACT_FOLD);
	else if (!(p->id & VIEW_SESSION))
		app_say(a, STYLE_PLAIN, "there is nothing to open here");
	else if (p->id != VIEW_FINDING && f)
		pager_open(a, VIEW_FINDING, &row, f, 0);
	else if (p->id != VIEW_FRAMES && frame)
		pager_open(a, VIEW_FRAMES, &row, NULL, frame);
	else
		app_say(
		    a, STYLE_PLAIN, "there is nothing to open here; e goes to the next finding");
}

static void
open_view(struct app *a, enum view_id id)
{
	struct pager *p = app_pager(a);
	const struct session_row *row = app_row(a);

	if (p && id == 0) {
		open_in_text(a, p);
	} else if (!row) {
		app_say(a, STYLE_PLAIN,
		    a->filter_text ? "no session matches the filter" : "there is no session yet");
	} else if (!p || p->id != id) {
		struct session_row copy = *row;

		pager_open(a, id ? id : VIEW_FRAMES, &copy, NULL, 0);
	}
}

/* The same view of the session above or below in the list. */
static void
beside(struct app *a, int step)
{
	struct list *l = a->list;
	enum view_id id = app_view(a);
	const struct finding *f = NULL;
	const struct smtp_session *s;
	struct session_row row;

	if ((step < 0 && l->cursor == 0) || !list_go(l, l->cursor + (size_t)step)) {
		app_say(a, STYLE_PLAIN,
		    step < 0 ? "this is the first session" : "this is the last session");
		return;
	}
	row = *list_row(l);
	while (a->depth)
		app_pop(a);
	if (id == VIEW_FINDING) {
		s = app_session(a, &row);
		if (s)
			STAILQ_FOREACH (f, &s->findings, link)
				if (f->position == row.cause)
					break;
		if (!f)
			id = VIEW_FRAMES;
	}
	pager_open(a, id, &row, f, 0);
}

/* The sessions that have the finding of this view. */
static void
elsewhere(struct app *a)
{
	struct pager *p = app_pager(a);
	char line[128];

	if (!p || !p->check)
		return;
	snprintf(line, sizeof line, "filter finding = %s", p->check->id);
	command_run(a, line);
}

/* The finding of this view, or the one under the cursor. */
static void
acknowledge(struct app *a, bool on)
{
	struct pager *p = app_pager(a);
	const struct smtp_session *s = p ? app_session(a, &p->row) : NULL;
	const struct finding *f = NULL;
	struct error err = { "" };

	if (s)
		f = p->id == VIEW_FINDING ? pager_finding(p, s) : pager_finding_here(a, p);
	if (!f) {
		app_say(a, STYLE_PLAIN, "there is no finding on this line");
		return;
	}
	if (acks_set(a->acks, &(struct acks_session){ p->row.ep, p->row.first_ts }, f->check->id,
	        on, &err) != 0)
		app_say(a, STYLE_WARNING, "%s for this run only: %s",
		    on ? "acknowledged" : "new again", err.text);
	else
		app_say(a, STYLE_PLAIN, "%s: all %s of this session",
		    on ? "acknowledged" : "new again", f->check->id);
	app_restyle(a);
}

/* -- leaving ---------------------------------------------------------------------------- */

static void
leave(struct app *a)
{
	a->leave = true;
}

static void
ask_to_leave(struct app *a)
{
	if (a->state == TUI_LIVE)
		app_ask(a, leave, "Stop capturing and leave?  y or n");
	else
		leave(a);
}

static void
stop(struct app *a)
{
	if (a->state != TUI_LOADING && a->state != TUI_LIVE) {
		app_say(a, STYLE_PLAIN, "nothing is being read; Q leaves");
		return;
	}
	a->src->stop(a->src->ctx);
	app_say(a, STYLE_PLAIN, "reading is stopped; what was read so far is kept");
}

/* -- how things are shown --------------------------------------------------------------- */

/* Text of messages: none, some, all; the transcript says itself where there is no more. */
static void
show_body(struct app *a)
{
	unsigned *lines = &a->build.body;

	*lines = *lines == 0 ? BODY_SOME : *lines == BODY_SOME ? BUILD_BODY_ALL : 0;
	if (a->build.redact || a->src->cfg->redact & REDACT_BODY)
		app_say(a, STYLE_PLAIN, "the text of messages is hidden: %s",
		    a->build.redact ? "r shows everything" : "--redact wants it so");
	else
		app_say(a, STYLE_PLAIN, "text of messages: %s",
		    *lines == 0             ? "none" :
		        *lines == BODY_SOME ? "the first ten lines" :
		                              "what is kept of it, its beginning");
}

static void
show(struct app *a, enum action what)
{
	static const struct {
		enum time_style style;
		const char *name;
	} times[] = { { TIME_RELATIVE, "since the session began" },
		{ TIME_DELTA, "since the line before" }, { TIME_DAY, "time of day, UTC" },
		{ TIME_DATE, "date and time, UTC" }, { TIME_EPOCH, "seconds since 1970" },
		{ TIME_NONE, "none" } };
	const size_t n = sizeof times / sizeof times[0];
	size_t i;

	switch (what) {
	case ACT_FOLD:
		a->build.unfold = !a->build.unfold;
		app_say(
		    a, STYLE_PLAIN, a->build.unfold ? "everything is shown" : "repeats are folded");
		break;
	case ACT_TCP:
		a->build.tcp = !a->build.tcp;
		break;
	case ACT_REDACT:
		a->build.redact = !a->build.redact;
		app_say(a, STYLE_PLAIN,
		    a->build.redact ? "addresses and text are hidden" : "nothing is hidden");
		break;
	case ACT_TIME:
		for (i = 0; i < n && times[i].style != a->build.time; i++)
			;
		i = (i + 1) % n;
		a->build.time = times[i].style;
		app_say(a, STYLE_PLAIN, "times: %s", times[i].name);
		break;
	case ACT_TIMES:
		a->build.no_times = !a->build.no_times;
		break;
	case ACT_NUMBERS:
		a->build.no_frames = !a->build.no_frames;
		break;
	case ACT_BODY:
		show_body(a);
		break;
	default:
		break;
	}
	app_restyle(a);
}

/* Reads the session again, which may have gone on, and draws everything anew. */
static void
redraw(struct app *a)
{
	struct pager *p = app_pager(a);
	size_t at;

	a->repaint = true;
	a->list->answer_stream = 0;
	if (p && (p->id & VIEW_SESSION)) {
		at = listing_find(a->list->listing, p->row.stream);
		if (at < listing_count(a->list->listing))
			p->row = *listing_at(a->list->listing, at);
	}
	app_forget(a);
	app_restyle(a);
}

/* -- the rest --------------------------------------------------------------------------- */

static void
search(struct app *a, bool backwards)
{
	struct pager *p = app_pager(a);

	if (a->nneedle == 0)
		app_act(a, backwards ? ACT_FINDING_BACK : ACT_FINDING_NEXT);
	else if (p)
		pager_search(a, p, backwards);
	else
		list_search(a, backwards);
}

static void
copy_row(struct app *a)
{
	struct session_row *row = list_row(a->list);
	struct output *out;
	struct error ignored;

	if (!row)
		return;
	out = output_memory();
	list_text(a, out, row);
	copy_shown(a, output_slice(out), "the row");
	output_close(out, &ignored);
}

static bool
act_anywhere(struct app *a, enum action what)
{
	switch (what) {
	case ACT_BACK:
		if (a->depth && app_pager(a)->selecting)
			pager_unselect(a, app_pager(a));
		else if (a->depth)
			app_pop(a);
		else
			ask_to_leave(a);
		return true;
	case ACT_LEAVE:
		ask_to_leave(a);
		return true;
	case ACT_STOP:
		stop(a);
		return true;
	case ACT_SUSPEND:
		a->suspend = true;
		return true;
	case ACT_REDRAW:
		redraw(a);
		return true;
	case ACT_HELP:
		pager_open_help(a);
		return true;
	case ACT_SETTINGS:
		pager_open_settings(a);
		return true;
	case ACT_SEARCH_NEXT:
	case ACT_SEARCH_BACK:
		search(a, what == ACT_SEARCH_BACK);
		return true;
	case ACT_FOLD:
	case ACT_TIME:
	case ACT_TCP:
	case ACT_REDACT:
	case ACT_TIMES:
	case ACT_NUMBERS:
	case ACT_BODY:
		show(a, what);
		return true;
	default:
		return false;
	}
}

static bool
act_prompt(struct app *a, enum action what)
{
	static const struct {
		enum action act;
		void (*ask)(struct app *);
	} prompts[] = { { ACT_SEARCH, ask_search }, { ACT_FILTER, ask_filter },
		{ ACT_COLUMNS, ask_columns }, { ACT_SAVE, ask_save }, { ACT_REPORT, ask_report },
		{ ACT_PIPE, ask_pipe } };
	size_t i;

	for (i = 0; i < sizeof prompts / sizeof prompts[0]; i++) {
		if (prompts[i].act == what) {
			prompts[i].ask(a);
			return true;
		}
	}
	if (what == ACT_FILTER_OFF)
		filtering_set(a, "");
	else if (what == ACT_COMMAND)
		ask_command(a, "");
	else if (what == ACT_MARK || what == ACT_RETURN)
		marks_ask(a, what);
	else
		return false;
	return true;
}

static bool
act_open(struct app *a, enum action what)
{
	static const struct {
		enum action act;
		enum view_id id; /* 0: what the cursor is on */
	} views[] = { { ACT_OPEN, 0 }, { ACT_FRAMES, VIEW_FRAMES }, { ACT_LADDER, VIEW_LADDER },
		{ ACT_TRANSCRIPT, VIEW_TRANSCRIPT }, { ACT_FINDINGS, VIEW_FINDINGS } };
	size_t i;

	for (i = 0; i < sizeof views / sizeof views[0]; i++) {
		if (views[i].act == what) {
			open_view(a, views[i].id);
			return true;
		}
	}
	if (what == ACT_DASHBOARD)
		dashboard_open(a);
	else if (what == ACT_WINDOW)
		dashboard_next_window(a);
	else if (what == ACT_ELSEWHERE)
		elsewhere(a);
	else if (what == ACT_SUPPRESS && app_view(a) == VIEW_FINDING)
		suppressing_ask(a);
	else if (what == ACT_ACKNOWLEDGE || what == ACT_RENEW)
		acknowledge(a, what == ACT_ACKNOWLEDGE);
	else if (what == ACT_OCTETS)
		octets_open(a);
	else if ((what == ACT_FRAME_NEXT || what == ACT_FRAME_BACK) && app_view(a) == VIEW_OCTETS)
		octets_beside(a, what == ACT_FRAME_NEXT);
	else if (what == ACT_SESSION_NEXT || what == ACT_SESSION_BACK)
		beside(a, what == ACT_SESSION_NEXT ? 1 : -1);
	else
		return false;
	return true;
}

void
app_act(struct app *a, enum action what)
{
	if (act_anywhere(a, what) || act_prompt(a, what) || act_open(a, what))
		return;
	if (a->depth)
		pager_act(a, what);
	else if (what == ACT_COPY)
		copy_row(a);
	else
		list_act(a, what);
}
