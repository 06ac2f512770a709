/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * app - the terminal interface without a terminal: what a key does.
 *
 * The last line belongs to the prompt, to a question, or to the bar of keys.  A key
 * goes to the first that wants it: a question, the prompt, a number that is being
 * typed, the map of keys.  Text that was pasted never acts as keys.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/output.h"
#include "filter/filter.h"
#include "tui/acks.h"
#include "tui/app.h"
#include "tui/list.h"
#include "tui/marks.h"
#include "tui/pager.h"

enum { WHEEL_LINES = 3, ROWS_FOR_BAR = 4, ROWS_FOR_HINT = 10 };

#define COUNT_MAX  UINT64_C(1000000000000000)

struct app *
app_new(struct tui_source *src, const struct tui_config *cfg)
{
	struct app *a = xcalloc(1, sizeof *a);

	a->src = src;
	a->cfg = cfg;
	a->own_keys = !cfg->keys;
	a->keys = cfg->keys ? cfg->keys : keymap_new();
	a->list = list_new(src->store);
	a->marks = xcalloc(1, sizeof *a->marks);
	a->window = window_new(src->store, src->incidents);
	a->build =
	    (struct build_options){ .cfg = src->cfg, .ascii = cfg->ascii, .time = src->cfg->time };
	a->build.window = a->window;
	a->acks = acks_new(getenv("XDG_STATE_HOME"), getenv("HOME"));
	a->build.acks = a->acks;
	a->build.body = src->cfg->show_text ? BUILD_BODY_ALL : 0;
	a->pipe_input = -1;
	a->rows = 24;
	a->cols = 80;
	sbuf_init(&a->send, 4 * COPY_MAX, NULL);
	if (src->filter)
		filtering_set(a, src->filter);
	return a;
}

void
app_free(struct app *a)
{
	if (!a)
		return;
	while (a->depth)
		app_pop(a);
	list_free(a->list);
	free(a->marks);
	window_free(a->window);
	acks_free(a->acks);
	filter_free(a->filter);
	free(a->filter_text);
	free(a->save_path);
	piping_end(a);
	prompt_fini(&a->prompt);
	sbuf_fini(&a->send);
	if (a->own_keys)
		keymap_free(a->keys);
	free(a);
}

void
app_say(struct app *a, enum style style, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(a->message, sizeof a->message, fmt, ap);
	va_end(ap);
	a->message_style = style;
	a->confirmed = NULL;
	a->letter_for = ACT_NONE;
}

void
app_ask(struct app *a, void (*yes)(struct app *), const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(a->message, sizeof a->message, fmt, ap);
	va_end(ap);
	a->message_style = STYLE_WARNING;
	a->confirmed = yes;
	a->letter_for = ACT_NONE;
}

/* -- sessions and views ----------------------------------------------------------------- */

struct pager *
app_pager(const struct app *a)
{
	return a->depth ? a->stack[a->depth - 1] : NULL;
}

enum view_id
app_view(const struct app *a)
{
	return a->depth ? app_pager(a)->id : VIEW_LIST;
}

void
app_push(struct app *a, struct pager *p)
{
	if (a->depth == APP_DEPTH) {
		pager_free(a->stack[0]);
		memmove(a->stack, a->stack + 1, (APP_DEPTH - 1) * sizeof a->stack[0]);
		a->depth--;
	}
	a->stack[a->depth++] = p;
}

void
app_pop(struct app *a)
{
	if (a->depth)
		pager_free(a->stack[--a->depth]);
}

const struct session_row *
app_row(struct app *a)
{
	struct pager *p = app_pager(a);

	return p && (p->id & VIEW_SESSION) ? &p->row : list_row(a->list);
}

const struct smtp_session *
app_session(struct app *a, const struct session_row *row)
{
	const struct smtp_session *before;
	struct error err = { "" };

	if (a->session && a->session_stream == row->stream && a->session_frame == row->last_frame)
		return a->session;
	before = a->session;
	a->session = a->src->session(a->src->ctx, row, &err);
	a->session_stream = row->stream;
	a->session_frame = row->last_frame;
	if (before || a->session)
		a->serial++;
	if (!a->session && !a->put_off)
		app_say(a, STYLE_ERROR, "%s", err.text);
	return a->session;
}

void
app_forget(struct app *a)
{
	a->session = NULL;
	a->serial++;
}

void
app_restyle(struct app *a)
{
	size_t i;

	for (i = 0; i < a->depth; i++)
		a->stack[i]->width = -1;
	a->list->answer_width = 0;
}

void
app_state(struct app *a, enum tui_state state, const struct error *err)
{
	if (state == a->state)
		return;
	a->state = state;
	a->dashboard_old = true;
	a->refresh_at = 0;
	if (state != TUI_FAILED)
		return;
	a->failure = *err;
	app_say(a, STYLE_ERROR, "%s; what was read so far is kept", err->text);
}

bool
app_idle(struct app *a, int64_t ns)
{
	bool more = list_idle(a, ns);

	return dashboard_idle(a, ns) || more;
}

/* -- keys ------------------------------------------------------------------------------- */

static void
point(struct app *a, int row)
{
	struct pager *p = app_pager(a);

	if (p && row >= p->first_row && row < p->first_row + p->page)
		pager_go_line(p, p->top + (size_t)(row - p->first_row));
	else if (!p && row >= a->list->first_row && row < a->list->first_row + a->list->page)
		list_go(a->list, a->list->top + (size_t)(row - a->list->first_row));
}

static void
wheel(struct app *a, enum action what)
{
	a->counting = true;
	a->count = WHEEL_LINES;
	app_act(a, what);
	a->counting = false;
}

static bool
is_digit(const struct app *a, int key)
{
	return (key >= '1' && key <= '9') || (key == '0' && a->counting);
}

static void
act_key(struct app *a, int key)
{
	struct keymap_hit hit = keymap_lookup(a->keys, app_view(a), key);
	char name[KEY_NAME_MAX];

	if (is_digit(a, key) && hit.action == ACT_NONE && !hit.command) {
		a->count =
		    a->counting ? 10 * a->count + (uint64_t)(key - '0') : (uint64_t)(key - '0');
		a->counting = a->count < COUNT_MAX;
		return;
	}
	if (hit.command)
		command_run(a, hit.command);
	else if (hit.action != ACT_NONE)
		app_act(a, hit.action);
	else
		app_say(
		    a, STYLE_PLAIN, "%s does nothing here; ? lists the keys", key_spell(name, key));
	a->counting = false;
	a->count = 0;
}

static void
answer_key(struct app *a, int key)
{
	void (*yes)(struct app *) = a->confirmed;

	a->confirmed = NULL;
	a->message[0] = '\0';
	if (key == 'y' || key == 'Y')
		yes(a);
}

void
app_key(struct app *a, int key, int row, int col)
{
	(void)col;
	if (key == KEY_PASTE_BEGIN || key == KEY_PASTE_END) {
		a->pasting = key == KEY_PASTE_BEGIN;
		if (a->pasting && !a->prompt.open)
			app_say(a, STYLE_PLAIN, "pasted text is taken in a prompt only");
		return;
	}
	if (a->pasting && !a->prompt.open)
		return;
	if (a->confirmed) {
		answer_key(a, key);
		return;
	}
	if (a->letter_for != ACT_NONE) {
		marks_key(a, key);
		return;
	}
	a->message[0] = '\0';
	list_search_stop(a->list);
	if (a->prompt.open)
		ask_key(a, key);
	else if (key == KEY_CLICK)
		point(a, row);
	else if (key == KEY_WHEEL_UP || key == KEY_WHEEL_DOWN)
		wheel(a, key == KEY_WHEEL_UP ? ACT_UP : ACT_DOWN);
	else
		act_key(a, key);
}

/* -- drawing ---------------------------------------------------------------------------- */

int
app_message_row(const struct canvas *c)
{
	return c->rows - (c->rows >= ROWS_FOR_HINT ? 2 : 1);
}

void
app_draw(struct app *a, struct canvas *c)
{
	int rows = c->rows, bar = -1, hint = -1;
	struct pager *p;

	a->rows = c->rows;
	a->cols = c->cols;
	a->build.ascii = c->ascii;
	p = app_pager(a);
	if (p)
		pager_update(a, p); /* it may take its time, and the last picture stays */
	canvas_clear(c);
	if (rows >= ROWS_FOR_BAR)
		bar = --rows;
	if (c->rows >= ROWS_FOR_HINT)
		hint = --rows;
	if (p) {
		pager_draw(a, p, c, 0, rows);
	} else {
		list_draw(a, c, 0, rows);
	}
	bars_draw(a, c, hint, bar);
}
