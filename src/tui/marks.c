/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * marks - places that have a letter.
 *
 * A session is found by its stream id, a line of a text as when the text is built anew
 * (pager_place()).  So a mark outlives sorting, filters and eviction; it then says what
 * has become of its session.  Marks end with the run.
 */
#include <inttypes.h>
#include <stdio.h>

#include "filter/filter.h"
#include "tui/app.h"
#include "tui/list.h"
#include "tui/marks.h"

enum { TOLD_MAX = 80 /* octets about one mark */ };

/* -- telling ---------------------------------------------------------------------------- */

/* "session 3" */
static void
name_session(char *out, size_t size, uint64_t number)
{
	if (number)
		snprintf(out, size, "session %" PRIu64, number);
	else
		snprintf(out, size, "a session that was open");
}

unsigned
marks_count(const struct app *a)
{
	unsigned i, n = 0;

	for (i = 0; i < MARKS; i++)
		n += a->marks->letter[i].stream != 0;
	return n;
}

bool
marks_tell(const struct app *a, unsigned i, char *out, size_t size)
{
	const struct mark *m = &a->marks->letter[i];
	const struct session_row *row = m->stream ? store_find(a->src->store, m->stream) : NULL;
	char name[TOLD_MAX], frame[TOLD_MAX] = "";
	uint64_t at = m->view == VIEW_OCTETS ? m->frame : m->place.frame;

	if (!m->stream)
		return false;
	name_session(name, sizeof name, row ? row->number : m->number);
	if (m->view != VIEW_LIST && at)
		snprintf(frame, sizeof frame, ", %s %" PRIu64,
		    row && row->flags & ROW_TRANSCRIPT ? "line" : "frame", at);
	snprintf(out, size, "%s, %s%s%s", name, view_name(m->view), frame,
	    row ? "" : "; no longer in the list");
	return true;
}

/* -- where one is ----------------------------------------------------------------------- */

struct mark
marks_here(const struct app *a)
{
	const struct pager *p = app_pager(a);
	const struct session_row *row = p ? &p->row : list_row(a->list);
	struct mark m = { .view = app_view(a) };

	if (!(m.view & (VIEW_LIST | VIEW_SESSION)) || !row)
		return m;
	m.stream = row->stream;
	m.number = row->number;
	if (p) {
		m.place = pager_place(p);
		m.check = p->check;
		m.check_frame = p->check_frame;
		m.frame = p->frame;
	}
	return m;
}

static bool
is_same_text(const struct mark *m, const struct mark *other)
{
	return m->stream == other->stream && m->view == other->view && m->check == other->check &&
	    m->check_frame == other->check_frame &&
	    (m->view != VIEW_OCTETS || m->frame == other->frame);
}

void
marks_left(struct app *a, const struct mark *was)
{
	struct mark here = marks_here(a);

	if (was->stream && !(is_same_text(was, &here) && was->place.line == here.place.line))
		a->marks->before = *was;
}

/* -- going there ------------------------------------------------------------------------ */

/* Puts the cursor of the list on the session.  False, and a message: it is not shown. */
static bool
go_in_list(struct app *a, const struct mark *m, const struct session_row *row)
{
	size_t at = listing_find(a->list->listing, m->stream);
	char name[TOLD_MAX];

	if (at < listing_count(a->list->listing)) {
		list_go(a->list, at);
		return true;
	}
	name_session(name, sizeof name, row->number);
	if (a->filter && !filter_match(a->filter, a->src->store, row))
		app_say(a, STYLE_WARNING, "%s does not match the filter", name);
	else
		app_say(a, STYLE_WARNING, "%s is not listed yet", name);
	return false;
}

static bool
go_in_text(struct app *a, const struct mark *m, const struct session_row *where)
{
	struct mark here = marks_here(a);
	struct session_row row = *where;
	const struct smtp_session *s = app_session(a, &row);
	const struct finding *f = NULL;

	if (!s)
		return false;
	if (is_same_text(m, &here)) {
		pager_update(a, app_pager(a));
		pager_go_place(app_pager(a), &m->place);
		return true;
	}
	if (m->view == VIEW_FINDING && !(f = pager_find(s, m->check, m->check_frame))) {
		app_say(a, STYLE_WARNING, "the session has changed since, and the finding is gone");
		return false;
	}
	while (a->depth)
		app_pop(a);
	if (store_find(a->src->store, row.stream))
		go_in_list(a, m, &row);
	pager_open(a, m->view, &row, f, m->frame);
	if (!a->depth)
		return false;
	pager_go_place(app_pager(a), &m->place);
	return true;
}

/* A copy of the mark: it may be that of where one is before the jump. */
static void
go(struct app *a, struct mark m)
{
	const struct pager *p = app_pager(a);
	const struct session_row *row = store_find(a->src->store, m.stream);
	struct mark here = marks_here(a);
	char name[TOLD_MAX];
	bool gone;

	/* The text that is open has its session even without a row. */
	if (m.view != VIEW_LIST && p && (p->id & VIEW_SESSION) && p->row.stream == m.stream)
		row = &p->row;
	if (!row) {
		name_session(name, sizeof name, m.number);
		app_say(a, STYLE_WARNING, "%s is no longer in the list: it was %s", name,
		    !store_evicted(a->src->store)    ? "cleared" :
		        store_cleared(a->src->store) ? "cleared, or let go for memory" :
		                                       "let go for memory");
		return;
	}
	if (m.view != VIEW_LIST) {
		gone = go_in_text(a, &m, row);
	} else {
		gone = go_in_list(a, &m, row);
		while (gone && a->depth)
			app_pop(a);
	}
	if (gone)
		marks_left(a, &here);
}

void
marks_go(struct app *a, char letter)
{
	const struct mark *m = &a->marks->letter[letter - 'a'];

	if (m->stream)
		go(a, *m);
	else
		app_say(a, STYLE_PLAIN, "there is no mark %c; m%c sets it", letter, letter);
}

/* -- the letter ------------------------------------------------------------------------- */

static void
set(struct app *a, char letter)
{
	struct mark m = marks_here(a);
	unsigned i = (unsigned)(letter - 'a');
	char told[TOLD_MAX * 3];

	if (!m.stream) {
		app_say(a, STYLE_PLAIN, "there is no session yet");
		return;
	}
	a->marks->letter[i] = m;
	marks_tell(a, i, told, sizeof told);
	app_say(a, STYLE_PLAIN, "mark %c: %s", letter, told);
}

void
marks_ask(struct app *a, enum action what)
{
	unsigned i;
	size_t n = 0;
	char letters[2 * MARKS + 1] = "";

	for (i = 0; i < MARKS; i++)
		if (a->marks->letter[i].stream)
			n += (size_t)snprintf(
			    letters + n, sizeof letters - n, " %c", (char)('a' + i));
	if (what == ACT_MARK)
		app_say(a, STYLE_HEADER, "mark this place as a letter, a to z; Esc leaves%s%s",
		    n ? "; set:" : "", letters);
	else
		app_say(a, STYLE_HEADER, "to a mark, or ' to where you were before; Esc leaves%s%s",
		    n ? "; set:" : "", letters);
	a->letter_for = what;
}

void
marks_key(struct app *a, int key)
{
	enum action what = a->letter_for;
	char name[KEY_NAME_MAX];

	a->letter_for = ACT_NONE;
	a->message[0] = '\0';
	if (key >= 'a' && key <= 'z' && what == ACT_MARK)
		set(a, (char)key);
	else if (key >= 'a' && key <= 'z')
		marks_go(a, (char)key);
	else if (key == '\'' && what == ACT_RETURN && a->marks->before.stream)
		go(a, a->marks->before);
	else if (key == '\'' && what == ACT_RETURN)
		app_say(a, STYLE_PLAIN, "there was no jump so far");
	else if (key == 'Z' - '@')
		app_act(a, ACT_SUSPEND);
	else if (key != KEY_ESCAPE && key != 'C' - '@' && key != 'G' - '@')
		app_say(a, STYLE_PLAIN, "%s is no mark: they are a to z", key_spell(name, key));
}
