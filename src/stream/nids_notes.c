/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nids_notes - a growing array, charged to the budget.  Normally it holds the
 * segment in hand and nothing else; it grows with what waits behind a hole.
 */
#include <stdlib.h>

#include "base/budget.h"
#include "stream/nids_notes.h"

bool
notes_add(struct nids_notes *l, struct budget *b, const struct ledger_seg *rec)
{
	size_t cap = l->cap ? l->cap * 2 : 4;
	struct note *note;

	if (l->n == NOTES_MAX)
		return false;
	if (l->n == l->cap) {
		if (!budget_take(b, (cap - l->cap) * sizeof(*note)))
			return false;
		note = realloc(l->note, cap * sizeof(*note));
		if (!note) {
			budget_give(b, (cap - l->cap) * sizeof(*note));
			return false;
		}
		l->note = note;
		l->cap = cap;
	}
	l->note[l->n++] = (struct note){ rec->off, rec->off + rec->len, *rec };
	return true;
}

void
notes_prune(struct nids_notes *l, int64_t off)
{
	size_t i, n = 0;

	for (i = 0; i < l->n; i++)
		if (l->note[i].end > off)
			l->note[n++] = l->note[i];
	l->n = n;
}

const struct note *
notes_covering(const struct nids_notes *l, int64_t off)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->note[i].off <= off && off < l->note[i].end)
			return &l->note[i];
	return NULL;
}

const struct note *
notes_starting(const struct nids_notes *l, const struct note *by, int64_t off, int64_t end)
{
	size_t i, limit = by ? (size_t)(by - l->note) : l->n;
	const struct note *found = NULL;

	for (i = 0; i < limit; i++)
		if (l->note[i].off > off && l->note[i].off < end) {
			found = &l->note[i];
			end = found->off;
		}
	return found;
}

void
notes_fini(struct nids_notes *l, struct budget *b)
{
	budget_give(b, l->cap * sizeof(*l->note));
	free(l->note);
	*l = (struct nids_notes){ 0 };
}
