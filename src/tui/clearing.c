/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * clearing - the sessions that have ended go from the list, after a question.
 *
 * Open ones stay, with their tags, and so does every number of the run: what goes is the rows, and
 * the store counts them.  Between the question and its answer more sessions may end; these go as
 * well, and what is told in the end is how many went.
 */
#include "report/common.h"
#include "tui/app.h"
#include "tui/list.h"

static void
clear(struct app *a)
{
	size_t n = store_clear_ended(a->src->store), open = store_count(a->src->store);
	char number[NUMBER_TEXT_MAX], rest[NUMBER_TEXT_MAX];

	list_settle(a->list);
	common_number(number, n);
	if (open)
		app_say(a, STYLE_PLAIN, "%s session%s cleared; open, and still here: %s", number,
		    n == 1 ? "" : "s", common_number(rest, open));
	else
		app_say(a, STYLE_PLAIN, "%s session%s cleared", number, n == 1 ? "" : "s");
}

void
clearing_ask(struct app *a)
{
	struct store *store = a->src->store;
	size_t n = store_count(store), ended = 0, tagged = 0, i;
	char number[NUMBER_TEXT_MAX], marked[NUMBER_TEXT_MAX];
	const struct session_row *r;

	for (i = 0; i < n; i++) {
		r = store_at(store, i);
		if (r->flags & ROW_OPEN)
			continue;
		ended++;
		tagged += (r->flags & ROW_TAGGED) != 0;
	}
	if (!ended)
		app_say(a, STYLE_PLAIN, n ? "no session has ended yet" : "there is no session");
	else
		app_ask(a, clear, "Clear %s session%s that ha%s ended, shown or not%s%s?  y or n",
		    common_number(number, ended), ended == 1 ? "" : "s", ended == 1 ? "s" : "ve",
		    tagged ? ", tagged: " : "", tagged ? common_number(marked, tagged) : "");
}
