/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * list - the list of sessions.
 *
 * The cursor belongs to a session, not to a place: rows come and go around it.  As
 * long as the user has not moved it, it stays at the first place, which is the
 * worst session.  Nothing here depends on the number of rows but what the listing
 * does in portions, and a search, which is done in portions as well.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/output.h"
#include "tui/app.h"
#include "tui/list.h"
#include "tui/list_answer.h"
#include "tui/search.h"

struct list *
list_new(struct store *store)
{
	struct list *l = xcalloc(1, sizeof *l);

	l->listing = listing_new(store);
	l->generation = UINT64_MAX;
	l->pane = true;
	l->pane_lines = PANE_LINES;
	l->answer = doc_new();
	l->busy = true;
	column_defaults(&l->layout);
	list_sort(l, SORT_SEVERITY, true);
	return l;
}

void
list_free(struct list *l)
{
	if (!l)
		return;
	list_search_stop(l);
	listing_free(l->listing);
	doc_free(l->answer);
	free(l);
}

/* -- the cursor ------------------------------------------------------------------------- */

struct session_row *
list_row(struct list *l)
{
	return l->cursor < listing_count(l->listing) ? listing_at(l->listing, l->cursor) : NULL;
}

bool
list_go(struct list *l, size_t place)
{
	size_t n = listing_count(l->listing);
	const struct session_row *row;

	if (n == 0)
		return false;
	l->cursor = place < n ? place : n - 1;
	l->moved = true;
	l->follow = false;
	row = list_row(l);
	l->stream = row ? row->stream : 0;
	return place < n;
}

static void
move(struct list *l, int64_t by)
{
	size_t n = listing_count(l->listing);
	size_t far = by < 0 ? (uint64_t)-by : (uint64_t)by;

	if (n == 0)
		return;
	if (by < 0)
		list_go(l, far < l->cursor ? l->cursor - far : 0);
	else
		list_go(l, far < n - l->cursor ? l->cursor + far : n - 1);
}

void
list_settle(struct list *l)
{
	size_t n = listing_count(l->listing), at;
	const struct session_row *row;

	if (l->follow)
		l->cursor = l->reverse || n == 0 ? 0 : n - 1;
	else if (!l->moved)
		l->cursor = 0;
	else if (l->stream && (at = listing_find(l->listing, l->stream)) < n)
		l->cursor = at;
	if (n && l->cursor >= n)
		l->cursor = n - 1;
	row = list_row(l);
	l->stream = row ? row->stream : 0;
}

void
list_sort(struct list *l, enum sort_key key, bool reverse)
{
	l->sort = key;
	l->reverse = reverse;
	listing_sort(l->listing, key, reverse);
	l->busy = true;
}

void
list_filtered(struct list *l)
{
	l->busy = true;
	list_search_stop(l);
	l->top = 0;
}

/* -- working ---------------------------------------------------------------------------- */

bool
list_idle(struct app *a, int64_t ns)
{
	struct list *l = a->list;
	uint64_t generation = store_generation(a->src->store);
	int64_t until = search_clock() + ns;

	if (!l->paused && (l->busy || generation != l->generation)) {
		l->generation = generation;
		l->busy = listing_work(l->listing, ns);
		list_settle(l);
		a->changed = true;
	}
	if (l->search && !l->busy) {
		list_search_work(a, until);
		a->changed = true;
	}
	if (!l->busy && !l->search)
		list_answer_update(a);
	return (l->busy && !l->paused) || l->search;
}

/* -- actions ---------------------------------------------------------------------------- */

/* The next session with a finding. */
static void
next_finding(struct app *a, int step)
{
	struct list *l = a->list;
	size_t n = listing_count(l->listing), i = l->cursor, looked;

	for (looked = 1; looked < n; looked++) {
		i = step > 0 ? (i + 1 < n ? i + 1 : 0) : (i ? i - 1 : n - 1);
		if (listing_at(l->listing, i)->worst >= 0) {
			list_go(l, i);
			return;
		}
	}
	app_say(a, STYLE_PLAIN, "no other session has a finding");
}

/* The column beside the one that is sorted by. */
static void
sort_beside(struct list *l, int step)
{
	unsigned n = l->layout.n, at = 0, i;

	for (i = 0; i < n; i++)
		if (column_at(l->layout.chosen[i])->sort == (int)l->sort)
			at = i;
	for (i = 0; i < n; i++) {
		at = (at + (step > 0 ? 1 : n - 1)) % n;
		if (l->layout.width[at] && column_at(l->layout.chosen[at])->sort >= 0) {
			enum sort_key key = (enum sort_key)column_at(l->layout.chosen[at])->sort;

			list_sort(l, key, key == SORT_SEVERITY);
			return;
		}
	}
}

static void
tag_one(struct app *a)
{
	struct session_row *row = list_row(a->list);

	if (!row)
		return;
	store_tag(a->src->store, row, !(row->flags & ROW_TAGGED));
	move(a->list, 1);
}

static void
tag_all(struct app *a, enum action what)
{
	struct store *store = a->src->store;
	struct list *l = a->list;

	if (what == ACT_TAG_ALL) {
		listing_tag(l->listing, true);
		app_say(a, STYLE_PLAIN, "%zu sessions tagged", listing_count(l->listing));
	} else {
		store_untag_all(store);
		app_say(a, STYLE_PLAIN, "no session is tagged");
	}
}

static void
toggle(struct app *a, enum action what)
{
	struct list *l = a->list;

	switch (what) {
	case ACT_FOLLOW:
		l->follow = !l->follow;
		if (l->follow) {
			l->moved = true;
			list_sort(l, SORT_NUMBER, false);
		}
		app_say(
		    a, STYLE_PLAIN, l->follow ? "at the newest session" : "no longer following");
		break;
	case ACT_PAUSE:
		l->paused = !l->paused;
		app_say(a, STYLE_PLAIN, l->paused ? "the list stands still" : "the list goes on");
		break;
	case ACT_PANE:
		l->pane = !l->pane;
		break;
	case ACT_PANE_MORE:
		l->pane_lines += l->pane_lines < PANE_MAX;
		break;
	case ACT_PANE_LESS:
		l->pane_lines -= l->pane_lines > PANE_MIN;
		break;
	default:
		break;
	}
}

/* Moving; `n' is the number typed before, at least 1. */
static bool
go(struct app *a, enum action what)
{
	struct list *l = a->list;
	int64_t n = a->counting && a->count ? (int64_t)a->count : 1;
	int64_t page = l->page > 1 ? l->page - 1 : 1;

	switch (what) {
	case ACT_UP:
		move(l, -n);
		return true;
	case ACT_DOWN:
		move(l, n);
		return true;
	case ACT_PAGE_UP:
		move(l, -n * page);
		return true;
	case ACT_PAGE_DOWN:
		move(l, n * page);
		return true;
	case ACT_HALF_UP:
		move(l, -n * ((page + 1) / 2));
		return true;
	case ACT_HALF_DOWN:
		move(l, n * ((page + 1) / 2));
		return true;
	case ACT_FIRST:
	case ACT_LAST:
		if (a->counting)
			list_go(l, a->count ? (size_t)a->count - 1 : 0);
		else
			list_go(l, what == ACT_FIRST ? 0 : SIZE_MAX);
		return true;
	case ACT_LEFT:
		l->left = l->left > 8 ? l->left - 8 : 0;
		return true;
	case ACT_RIGHT:
		l->left += l->left < 400 ? 8 : 0;
		return true;
	default:
		return false;
	}
}

bool
list_act(struct app *a, enum action what)
{
	struct list *l = a->list;

	if (go(a, what))
		return true;
	switch (what) {
	case ACT_FINDING_NEXT:
	case ACT_FINDING_BACK:
		next_finding(a, what == ACT_FINDING_NEXT ? 1 : -1);
		return true;
	case ACT_SORT_LEFT:
	case ACT_SORT_RIGHT:
		sort_beside(l, what == ACT_SORT_RIGHT ? 1 : -1);
		return true;
	case ACT_REVERSE:
		list_sort(l, l->sort, !l->reverse);
		return true;
	case ACT_COPY_LINE:
		list_answer_copy(a);
		return true;
	case ACT_TAG:
		tag_one(a);
		return true;
	case ACT_TAG_ALL:
	case ACT_UNTAG_ALL:
		tag_all(a, what);
		return true;
	case ACT_CLEAR:
		clearing_ask(a);
		return true;
	case ACT_FOLLOW:
	case ACT_PAUSE:
	case ACT_PANE:
	case ACT_PANE_MORE:
	case ACT_PANE_LESS:
		toggle(a, what);
		return true;
	default:
		return false;
	}
}
