/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text_state - a hash table of live sessions, and the list of findings printed.
 *
 * The number of entries is that of the open connections, which the tracker
 * limits; the findings of a session are limited by the dissector.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "report/text_state.h"

static struct text_session **
table_slot(struct text_table *t, uint64_t id)
{
	struct text_session **p;

	if (!t->bucket)
		t->bucket = xcalloc(TEXT_BUCKETS, sizeof *t->bucket);
	for (p = &t->bucket[id % TEXT_BUCKETS]; *p && (*p)->id != id; p = &(*p)->next)
		;
	return p;
}

struct text_session *
text_table_get(struct text_table *t, uint64_t id)
{
	struct text_session **p = table_slot(t, id);

	if (!*p) {
		*p = xcalloc(1, sizeof **p);
		(*p)->id = id;
	}
	return *p;
}

struct text_session *
text_table_take(struct text_table *t, uint64_t id)
{
	struct text_session **p, *found;

	if (!t->bucket)
		return NULL;
	p = table_slot(t, id);
	found = *p;
	if (found)
		*p = found->next;
	return found;
}

void
text_session_fini(struct text_session *ts)
{
	explained_fini(&ts->explained);
	free(ts->shown);
	ts->shown = NULL;
}

void
text_table_fini(struct text_table *t)
{
	size_t i;

	for (i = 0; t->bucket && i < TEXT_BUCKETS; i++) {
		while (t->bucket[i]) {
			struct text_session *ts = t->bucket[i];

			t->bucket[i] = ts->next;
			text_session_fini(ts);
			free(ts);
		}
	}
	free(t->bucket);
	t->bucket = NULL;
}

size_t
text_session_shown(const struct text_session *ts, const struct finding *f)
{
	size_t i, n = 0;

	for (i = 0; i < ts->nshown; i++)
		n += ts->shown[i].check == f->check && ts->shown[i].frame == f->frame &&
		    ts->shown[i].consequence == (f->parent != NULL);
	return n;
}

void
text_session_add_shown(struct text_session *ts, const struct finding *f)
{
	if (ts->nshown == ts->capshown) {
		ts->capshown = ts->capshown ? ts->capshown * 2 : 8;
		ts->shown = xreallocarray(ts->shown, ts->capshown, sizeof *ts->shown);
	}
	ts->shown[ts->nshown++] = (struct shown_finding){ f->check, f->frame, f->parent != NULL };
}
