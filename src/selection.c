/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * selection - see selection.h.
 *
 * The store has one row, and a budget of its own without a limit: a row and its
 * texts have one (POOL_TEXT_MAX).  It may be used from the thread that judges
 * sessions, as long as it is used from no other.
 */
#include <stdlib.h>

#include "base/budget.h"
#include "base/mem.h"
#include "selection.h"

struct selection {
	const struct filter *filter;
	struct budget budget;
	struct store *store;
};

struct selection *
selection_new(const struct filter *f)
{
	struct selection *sel;

	if (!f)
		return NULL;
	sel = xcalloc(1, sizeof *sel);
	sel->filter = f;
	sel->store = store_new(&sel->budget);
	return sel;
}

void
selection_free(struct selection *sel)
{
	if (!sel)
		return;
	store_free(sel->store);
	free(sel);
}

bool
selection_wants(struct selection *sel, struct smtp_session *s, bool open)
{
	const struct session_row *row;

	if (!sel || s->shown)
		return true;
	store_clear(sel->store);
	row = store_put(sel->store, s, open);
	/* Without a limit there always is room; if not, better one session too many. */
	if (row && !filter_match(sel->filter, sel->store, row))
		return false;
	s->shown = open;
	return true;
}
