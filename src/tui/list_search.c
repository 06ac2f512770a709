/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * list_search - the next session with a text, from the cursor on and around the end.
 *
 * Rows near by are looked at at once, since what is looked for mostly is near.  Only then
 * is the search prepared for all of them (row_search.h).
 */
#include <inttypes.h>

#include "base/output.h"
#include "tui/app.h"
#include "tui/list.h"
#include "tui/row_search.h"
#include "tui/search.h"

enum {
	STEP = 256,  /* rows looked at between two looks at the clock */
	NEAR = 4096, /* rows looked at before the search is prepared */
	AHEAD = 8    /* rows fetched before they are looked at */
};

static struct column_context
context(const struct app *a, const struct session_row *row)
{
	return (struct column_context){ a->src->store, a->src->cfg, row, a->build.time };
}

void
list_text(struct app *a, struct output *out, const struct session_row *row)
{
	struct column_context x = context(a, row);

	row_line(&a->list->layout, out, &x);
}

void
list_search_stop(struct list *l)
{
	row_search_free(l->search);
	l->search = NULL;
}

void
list_search(struct app *a, bool backwards)
{
	struct column_context x = context(a, NULL);
	struct list *l = a->list;

	list_search_stop(l);
	if (listing_count(l->listing) == 0)
		return;
	l->search = row_search_new(&l->layout, &x, slice_of(a->needle, a->nneedle));
	l->backwards = backwards;
	l->search_from = l->search_at = l->cursor;
	l->searched = 0;
}

/* `by' places on from the one that was looked at last. */
static size_t
place(const struct list *l, size_t n, size_t by)
{
	size_t at = l->search_at < n ? l->search_at : n - 1;

	by %= n;
	if (l->backwards)
		return at >= by ? at - by : at + n - by;
	return at < n - by ? at + by : at - (n - by);
}

/* Looks at the next row; false: the search has ended. */
static bool
search_one(struct app *a)
{
	struct list *l = a->list;
	size_t n = listing_count(l->listing);

	if (n == 0)
		return false;
	listing_fetch(l->listing, place(l, n, AHEAD));
	l->search_at = place(l, n, 1);
	l->searched++;
	if (row_search_has(l->search, listing_at(l->listing, l->search_at))) {
		if (l->search_at == l->search_from)
			app_say(a, STYLE_PLAIN, "it is here, and nowhere else");
		list_go(l, l->search_at);
		return false;
	}
	if (l->search_at == l->search_from || l->search_from >= n) {
		app_say(a, STYLE_WARNING, "not found: %.*s", (int)a->nneedle, a->needle);
		return false;
	}
	return true;
}

void
list_search_work(struct app *a, int64_t until)
{
	struct list *l = a->list;
	int i;

	do {
		if (l->searched == NEAR && row_search_prepare(l->search))
			continue;
		for (i = 0; i < STEP && l->search; i++)
			if (!search_one(a))
				list_search_stop(l);
	} while (l->search && search_clock() < until);
	if (l->search)
		app_say(a, STYLE_PLAIN, "searching; any key stops it");
}
