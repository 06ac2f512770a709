/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dashboard - the dashboard while it is on the screen: when it is built anew, and which
 * sessions it counts.
 *
 * All sessions are counted as they end, so building it is enough; those of a window are
 * counted from their rows, in portions, and it is built when all of them are.
 */
#include "base/timefmt.h"
#include "tui/app.h"
#include "tui/pager.h"
#include "tui/search.h"
#include "tui/window.h"

#define REFRESH_NS NS_PER_S        /* between two looks at a run that goes on */
#define AT_ONCE_NS (4 * NS_PER_MS) /* counted before the key is answered: few rows need no more */

/* Times of transcripts are made up, and so would be a window. */
static bool
has_times(struct app *a)
{
	const struct run *run = a->src->run(a->src->ctx);

	return run->capture.packets == 0 || run->capture.packets > run->capture.text_frames;
}

/* A window may have been set before anything was read. */
static void
begin(struct app *a)
{
	if (!has_times(a))
		window_choose(a->window, WINDOW_ALL);
	window_begin(a->window, a->src->run(a->src->ctx)->last_ts);
}

static void
count(struct app *a)
{
	begin(a);
	window_work(a->window, AT_ONCE_NS);
}

bool
dashboard_idle(struct app *a, int64_t ns)
{
	bool going_on = a->state == TUI_LOADING || a->state == TUI_LIVE, more;
	struct pager *p = app_pager(a);

	if (!p || p->id != VIEW_DASHBOARD)
		return false;
	if ((going_on || a->dashboard_old) && search_clock() >= a->refresh_at) {
		a->refresh_at = search_clock() + REFRESH_NS;
		a->dashboard_old = false;
		begin(a);
		if (window_chosen(a->window) == WINDOW_ALL) {
			pager_rebuild(a, p);
			a->changed = true;
		}
	}
	if (!window_is_busy(a->window))
		return false;
	more = window_work(a->window, ns);
	if (!more) {
		pager_rebuild(a, p);
		a->changed = true;
	}
	return more;
}

void
dashboard_open(struct app *a)
{
	if (app_view(a) == VIEW_DASHBOARD)
		return;
	/* What was counted before may not be so any more. */
	if (window_is_old(a->window)) {
		window_choose(a->window, window_chosen(a->window));
		count(a);
	}
	pager_open_dashboard(a);
}

bool
dashboard_window(struct app *a, enum window_choice choice)
{
	struct pager *p = app_pager(a);

	if (choice != WINDOW_ALL && !has_times(a)) {
		app_say(a, STYLE_WARNING, "a transcript has no times: all sessions are counted");
		return false;
	}
	window_choose(a->window, choice);
	if (p && p->id == VIEW_DASHBOARD) {
		count(a);
		pager_rebuild(a, p);
	}
	return true;
}

void
dashboard_next_window(struct app *a)
{
	enum window_choice next = (window_chosen(a->window) + 1) % WINDOW_CHOICES;

	if (dashboard_window(a, next))
		app_say(a, STYLE_PLAIN, "sessions: %s", window_title(next));
}
