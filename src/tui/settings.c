/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * settings - what ":set" changes while the program runs, and the view of it.
 *
 * A row for each: its words, how it is read and how it is told.  The view links every
 * line to the command that changes it.
 */
#include <stdio.h>

#include "tui/app.h"
#include "tui/list.h"
#include "tui/pager.h"
#include "tui/theme.h"

enum { VALUE_MAX = 300 };

struct setting {
	const char *name, *help;
	const char *const *choices; /* ends with NULL; or NULL: see `choice' */
	const char *(*choice)(size_t i);
	void (*get)(struct app *, char out[VALUE_MAX]);
	/* False: the value is wrong, and a message says so. */
	bool (*set)(struct app *, const char *value);
};

static const char *const switches[] = { "on", "off", NULL };
static const char *const times[] = { "relative", "delta", "day", "date", "epoch", "none", NULL };

/* Place of the value in the choices, or -1 with a message. */
static int
which(struct app *a, const char *const *choices, const char *value)
{
	int i;

	for (i = 0; choices[i]; i++)
		if (strcmp(choices[i], value) == 0)
			return i;
	app_say(a, STYLE_ERROR, "\"%s\" is no value for it; Tab shows them", value);
	return -1;
}

/* -- each of them ----------------------------------------------------------------------- */

static const char *
theme_name(size_t i)
{
	return theme_at(i) ? theme_at(i)->name : NULL;
}

static void
get_theme(struct app *a, char out[VALUE_MAX])
{
	snprintf(out, VALUE_MAX, "%s", a->theme[0] ? a->theme : "as the terminal is");
}

static bool
set_theme(struct app *a, const char *value)
{
	if (!theme_find(value)) {
		app_say(a, STYLE_ERROR,
		    "there is no theme \"%s\": give dark, light, mono or contrast", value);
		return false;
	}
	snprintf(a->theme, sizeof a->theme, "%s", value);
	a->retheme = true;
	return true;
}

static void
get_time(struct app *a, char out[VALUE_MAX])
{
	snprintf(out, VALUE_MAX, "%s", times[a->build.time]);
}

static bool
set_time(struct app *a, const char *value)
{
	int i = which(a, times, value);

	if (i >= 0)
		a->build.time = (enum time_style)i;
	return i >= 0;
}

_Static_assert(TIME_RELATIVE == 0 && TIME_DELTA == 1 && TIME_DAY == 2 && TIME_DATE == 3 &&
        TIME_EPOCH == 4 && TIME_NONE == 5,
    "times[] is in the order of enum time_style");

static bool
set_switch(struct app *a, bool *what, const char *value)
{
	int i = which(a, switches, value);

	if (i >= 0)
		*what = i == 0;
	return i >= 0;
}

static void
get_switch(bool what, char out[VALUE_MAX])
{
	snprintf(out, VALUE_MAX, "%s", what ? "on" : "off");
}

static void
get_fold(struct app *a, char out[VALUE_MAX])
{
	get_switch(!a->build.unfold, out);
}

static bool
set_fold(struct app *a, const char *value)
{
	bool fold = !a->build.unfold;

	if (!set_switch(a, &fold, value))
		return false;
	a->build.unfold = !fold;
	return true;
}

static void
get_tcp(struct app *a, char out[VALUE_MAX])
{
	get_switch(a->build.tcp, out);
}

static bool
set_tcp(struct app *a, const char *value)
{
	return set_switch(a, &a->build.tcp, value);
}

static void
get_redact(struct app *a, char out[VALUE_MAX])
{
	get_switch(a->build.redact, out);
}

static bool
set_redact(struct app *a, const char *value)
{
	return set_switch(a, &a->build.redact, value);
}

static void
get_pane(struct app *a, char out[VALUE_MAX])
{
	get_switch(a->list->pane, out);
}

static bool
set_pane(struct app *a, const char *value)
{
	return set_switch(a, &a->list->pane, value);
}

static const char *
column_name(size_t i)
{
	return column_at(i) ? column_at(i)->name : NULL;
}

static void
get_columns(struct app *a, char out[VALUE_MAX])
{
	const struct column_layout *l = &a->list->layout;
	size_t n = 0;
	unsigned i;

	out[0] = '\0';
	for (i = 0; i < l->n && n < VALUE_MAX; i++)
		n += (size_t)snprintf(
		    out + n, VALUE_MAX - n, "%s%s", i ? "," : "", column_at(l->chosen[i])->name);
}

static bool
set_columns(struct app *a, const char *value)
{
	const char *bad;
	size_t n;

	if (column_choose(&a->list->layout, value, &bad, &n))
		return true;
	app_say(a, STYLE_ERROR, "there is no column \"%.*s\"; the help of the list names them",
	    (int)n, bad);
	return false;
}

static void
get_sort(struct app *a, char out[VALUE_MAX])
{
	const struct column *c = column_by_sort(a->list->sort);

	snprintf(out, VALUE_MAX, "%s%s", a->list->reverse ? "-" : "", c ? c->name : "?");
}

static bool
set_sort(struct app *a, const char *value)
{
	bool reverse = value[0] == '-';
	int i = column_find(value + reverse);

	if (i < 0 || column_at((size_t)i)->sort < 0) {
		app_say(a, STYLE_ERROR,
		    "the list cannot be sorted by \"%s\": give a column, with - before it for last "
		    "first",
		    value);
		return false;
	}
	list_sort(a->list, (enum sort_key)column_at((size_t)i)->sort, reverse);
	return true;
}

static void
get_window(struct app *a, char out[VALUE_MAX])
{
	snprintf(out, VALUE_MAX, "%s", window_name(window_chosen(a->window)));
}

static bool
set_window(struct app *a, const char *value)
{
	size_t i;

	for (i = 0; window_name(i); i++)
		if (strcmp(window_name(i), value) == 0)
			return dashboard_window(a, (enum window_choice)i);
	app_say(a, STYLE_ERROR, "\"%s\" is no window: give all, 1h, 15m, 5m or 1m", value);
	return false;
}

/* clang-format off */
static const struct setting settings[] = {
	{ "theme", "colours", NULL, theme_name, get_theme, set_theme },
	{ "time", "how times are shown", times, NULL, get_time, set_time },
	{ "columns", "of the list, commas between", NULL, column_name, get_columns,
	  set_columns },
	{ "sort", "column to sort by; - before it: last first", NULL, column_name,
	  get_sort, set_sort },
	{ "pane", "the answer below the list", switches, NULL, get_pane, set_pane },
	{ "fold", "what repeats is told in one line", switches, NULL, get_fold, set_fold },
	{ "tcp", "the TCP line of every frame", switches, NULL, get_tcp, set_tcp },
	{ "redact", "transcripts hide addresses, text", switches, NULL, get_redact, set_redact },
	{ "window", "sessions that the dashboard counts", NULL, window_name, get_window,
	  set_window },
};
/* clang-format on */

#define COUNT (sizeof settings / sizeof settings[0])

const char *
settings_name(size_t i)
{
	return i < COUNT ? settings[i].name : NULL;
}

static const struct setting *
find(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT; i++)
		if (strcmp(settings[i].name, name) == 0)
			return &settings[i];
	return NULL;
}

const char *
settings_choice(const char *name, size_t i)
{
	const struct setting *s = find(name);
	size_t k;

	if (!s)
		return NULL;
	if (s->choice)
		return s->choice(i);
	for (k = 0; k <= i; k++)
		if (!s->choices[k])
			return NULL;
	return s->choices[i];
}

void
settings_set(struct app *a, const char *name, const char *value)
{
	const struct setting *s = find(name);
	char now[VALUE_MAX];

	if (!s) {
		app_say(a, STYLE_ERROR, "there is no setting \"%s\"; F8 lists them", name);
		return;
	}
	if (value[0] == '\0') {
		s->get(a, now);
		app_say(a, STYLE_PLAIN, "%s is %s", name, now);
		return;
	}
	if (s->set(a, value))
		app_restyle(a);
}

void
settings_build(struct app *a, struct doc *title, struct doc *body)
{
	char value[VALUE_MAX], link[VALUE_MAX + 40];
	size_t i, k;

	doc_text(title, STYLE_TITLE, slice_str(" Settings"));
	doc_line(body, DOC_HEAD, 0, NULL);
	doc_text(body, STYLE_DIM, slice_str(" Enter changes one; smtpscoperc(5) keeps them."));
	doc_line(body, DOC_HEAD, 0, NULL);
	for (i = 0; i < COUNT; i++) {
		settings[i].get(a, value);
		/* What has two values changes at once, the others are typed. */
		snprintf(link, sizeof link, "set %s ", settings[i].name);
		for (k = 0; settings[i].choices == switches && switches[k]; k++)
			if (strcmp(switches[k], value) != 0)
				snprintf(
				    link, sizeof link, "set %s %s", settings[i].name, switches[k]);
		if (settings[i].set == set_columns)
			snprintf(link, sizeof link, "set columns %s ", value);
		doc_line(body, 0, 0, NULL);
		doc_link(body, link);
		doc_printf(body, STYLE_HEADER, " %s", settings[i].name);
		doc_column(body, 12, 1);
		doc_text(body, STYLE_DIM, slice_str(settings[i].help));
		doc_column(body, 56, 2);
		doc_wrap_on(body, STYLE_PLAIN, slice_str(value), 12, a->cols);
	}
}
