/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * command - the line behind ':'.
 *
 * A table of commands; beside them every action is a command by its name, and every
 * alias stands for a line.  An alias may use an alias, but not for ever.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/timefmt.h"
#include "filter/filter.h"
#include "tui/app.h"
#include "tui/command.h"
#include "tui/list.h"
#include "tui/marks.h"
#include "tui/pager.h"

enum { ALIAS_DEPTH = 8, LINE_MAX_OCTETS = PROMPT_MAX };

#define BLANKS " \t"

/* -- going somewhere -------------------------------------------------------------------- */

static bool
parse_number(const char *s, uint64_t *n)
{
	for (*n = 0; *s >= '0' && *s <= '9' && *n < UINT64_C(1000000000000000); s++)
		*n = 10 * *n + (uint64_t)(*s - '0');
	return *s == '\0';
}

/* The session whose frames include this one: the one that begins last. */
static void
go_frame(struct app *a, uint64_t frame)
{
	struct pager *p = app_pager(a);
	size_t n = store_count(a->src->store), i;
	const struct session_row *best = NULL, *row;
	struct session_row copy;

	if (p && (p->id & VIEW_SESSION) && frame >= p->row.first_frame &&
	    frame <= p->row.last_frame) {
		pager_go_frame(p, frame);
		return;
	}
	for (i = 0; i < n; i++) {
		row = store_at(a->src->store, i);
		if (row->first_frame <= frame && frame <= row->last_frame &&
		    (!best || row->first_frame > best->first_frame))
			best = row;
	}
	if (!best) {
		app_say(a, STYLE_WARNING, "no session has frame %" PRIu64, frame);
		return;
	}
	copy = *best;
	pager_open(a, VIEW_FRAMES, &copy, NULL, frame);
}

static void
go_session(struct app *a, uint64_t number)
{
	size_t n = store_count(a->src->store), i, at;

	for (i = 0; i < n; i++) {
		if (store_at(a->src->store, i)->number != number)
			continue;
		at = listing_find(a->list->listing, store_at(a->src->store, i)->stream);
		if (!list_go(a->list, at))
			app_say(a, STYLE_WARNING, "session %" PRIu64 " does not match the filter",
			    number);
		else
			while (a->depth)
				app_pop(a);
		return;
	}
	app_say(a, STYLE_WARNING, "there is no session %" PRIu64, number);
}

/* The first session at or after a time of day, on the first day of the capture. */
static void
go_time(struct app *a, const char *text)
{
	const int64_t day = INT64_C(86400) * NS_PER_S;
	size_t n = store_count(a->src->store), i, at;
	const struct session_row *best = NULL, *row;
	unsigned h, m, s = 0;
	int64_t from;
	char end;

	if (sscanf(text, "%2u:%2u:%2u%c", &h, &m, &s, &end) != 3 &&
	    sscanf(text, "%2u:%2u%c", &h, &m, &end) != 2) {
		app_say(a, STYLE_ERROR, "a time is like 03:11 or 03:11:02");
		return;
	}
	from = a->src->run(a->src->ctx)->first_ts;
	from -= ((from % day) + day) % day;
	from += (int64_t)(3600 * h + 60 * m + s) * NS_PER_S;
	for (i = 0; i < n; i++) {
		row = store_at(a->src->store, i);
		if (row->first_ts >= from && (!best || row->first_ts < best->first_ts) &&
		    (at = listing_find(a->list->listing, row->stream)) <
		        listing_count(a->list->listing))
			best = row;
	}
	if (!best)
		app_say(a, STYLE_WARNING, "no session began at or after %s", text);
	else if (list_go(a->list, listing_find(a->list->listing, best->stream)))
		while (a->depth)
			app_pop(a);
}

static void
do_goto(struct app *a, char *args)
{
	struct mark was = marks_here(a);
	char *what = strsep(&args, BLANKS);
	uint64_t n;

	if (args && strcmp(what, "frame") == 0 && parse_number(args, &n))
		go_frame(a, n);
	else if (args && strcmp(what, "session") == 0 && parse_number(args, &n))
		go_session(a, n);
	else if (args && strcmp(what, "time") == 0)
		go_time(a, args);
	else if (!args && strchr(what, ':'))
		go_time(a, what);
	else if (!args && what[0] && parse_number(what, &n))
		app_view(a) & VIEW_SESSION ? go_frame(a, n) : go_session(a, n);
	else
		app_say(a, STYLE_ERROR,
		    "the form is \"goto frame N\", \"goto session N\" or \"goto 03:11:02\"");
	marks_left(a, &was);
}

/* All of them stand at the end of the help. */
static void
do_marks(struct app *a, char *args)
{
	unsigned n = marks_count(a);
	struct pager *p;

	if (args[0] >= 'a' && args[0] <= 'z' && !args[1]) {
		marks_go(a, args[0]);
	} else if (args[0]) {
		app_say(a, STYLE_ERROR, "\"%s\" is no mark: they are a to z", args);
	} else if (n == 0) {
		app_say(a, STYLE_PLAIN, "there is no mark; m and a letter set one");
	} else {
		pager_open_help(a);
		p = app_pager(a);
		pager_rebuild(a, p);
		pager_go_line(p, doc_count(p->body) - n);
		p->top = p->cursor; /* too far is put right when it is drawn */
	}
}

/* -- the rest --------------------------------------------------------------------------- */

static void
do_write(struct app *a, char *args)
{
	saving_write(a, args);
}

static void
do_set(struct app *a, char *args)
{
	char *name = strsep(&args, BLANKS);

	settings_set(a, name, args ? args + strspn(args, BLANKS) : "");
}

static void
do_theme(struct app *a, char *args)
{
	settings_set(a, "theme", args);
}

static void
do_filter(struct app *a, char *args)
{
	filtering_set(a, args);
}

static void
do_quit(struct app *a, char *args)
{
	(void)args;
	app_act(a, ACT_LEAVE);
}

static void
do_quit_now(struct app *a, char *args)
{
	(void)args;
	a->leave = true;
}

static void
say_error(struct app *a, int rc, const struct error *err)
{
	if (rc != 0)
		app_say(a, STYLE_ERROR, "%s", err->text);
}

/* "[VIEW] KEY [ACTION]": where the words begin, NULL for a view that is not given. */
static void
do_bind(struct app *a, char *args)
{
	char *first = strsep(&args, BLANKS), *second = args ? strsep(&args, BLANKS) : NULL;
	struct error err = { "" };

	if (!second)
		app_say(a, STYLE_ERROR, "the form is \"bind [VIEW] KEY ACTION\"");
	else if (args)
		say_error(a, keymap_bind(a->keys, first, second, args, &err), &err);
	else
		say_error(a, keymap_bind(a->keys, NULL, first, second, &err), &err);
}

static void
do_unbind(struct app *a, char *args)
{
	char *first = strsep(&args, BLANKS);
	struct error err = { "" };

	if (args)
		say_error(a, keymap_unbind(a->keys, first, args, &err), &err);
	else
		say_error(a, keymap_unbind(a->keys, NULL, first, &err), &err);
}

static void
do_alias(struct app *a, char *args)
{
	char *name = strsep(&args, BLANKS);
	struct error err = { "" };

	if (!args)
		app_say(a, STYLE_ERROR, "the form is \"alias NAME COMMAND\"");
	else
		say_error(a, keymap_alias(a->keys, name, args, &err), &err);
}

static const struct command commands[] = {
	{ "goto", "frame N, session N, or HH:MM[:SS]",
	    "go there; a number alone is a session, or a frame", do_goto },
	{ "marks", "[LETTER]", "the marks that are set; with a letter: go there", do_marks },
	{ "filter", "[EXPRESSION]", "show only sessions that match; alone: all", do_filter },
	{ "write", "[FORMAT] FILE", "save the open session, the tagged ones, or all shown",
	    do_write },
	{ "set", "NAME VALUE", "change a setting", do_set },
	{ "theme", "NAME", "dark, light, mono or contrast", do_theme },
	{ "bind", "[VIEW] KEY ACTION", "what a key does; ACTION may be an alias", do_bind },
	{ "unbind", "[VIEW] KEY", "a key does nothing", do_unbind },
	{ "alias", "NAME COMMAND", "a name for a command line", do_alias },
	{ "quit", "", "leave the program", do_quit },
	{ "q", "", "the same", do_quit },
	{ "q!", "", "the same, and ask nothing", do_quit_now },
};

const struct command *
command_at(size_t i)
{
	return i < sizeof commands / sizeof commands[0] ? &commands[i] : NULL;
}

static void
run(struct app *a, const char *line, unsigned depth)
{
	char *copy = xstrdup(line + strspn(line, BLANKS)), *args = copy, *name;
	const struct action_row *act;
	const struct command *c;
	size_t i, n = strlen(copy);
	uint64_t number;

	while (n && strchr(BLANKS, copy[n - 1]))
		copy[--n] = '\0';
	name = strsep(&args, BLANKS);
	for (i = 0; (c = command_at(i)) && strcmp(c->name, name) != 0; i++)
		;
	if (c)
		c->run(a, args ? args + strspn(args, BLANKS) : name + strlen(name));
	else if (keymap_expand(a->keys, name) && depth < ALIAS_DEPTH)
		run(a, keymap_expand(a->keys, name), depth + 1);
	else if ((act = action_find(name)) != NULL)
		app_act(a, act->id);
	else if (name[0] && parse_number(name, &number))
		do_goto(a, name);
	else if (name[0])
		app_say(
		    a, STYLE_ERROR, "\"%s\" is no command, action or alias; ? lists them", name);
	free(copy);
}

void
command_run(struct app *a, const char *line)
{
	run(a, line, 0);
}

/* -- completion ------------------------------------------------------------------------- */

/* The i-th of all first words. */
static const char *
first_word(const struct app *a, size_t i)
{
	const struct action_row *rows;
	size_t n;

	if (command_at(i))
		return command_at(i)->name;
	i -= sizeof commands / sizeof commands[0];
	rows = action_rows(&n);
	if (i < n)
		return rows[i].name;
	return keymap_alias_at(a->keys, i - n);
}

/* The i-th word that may follow these. */
static const char *
next_word(const struct app *a, const char *before, size_t i)
{
	static const char *const places[] = { "frame", "session", "time" };
	const struct action_row *rows;
	char name[32];
	size_t n;

	if (before[0] == '\0')
		return first_word(a, i);
	if (strcmp(before, "goto ") == 0)
		return i < sizeof places / sizeof places[0] ? places[i] : NULL;
	if (strcmp(before, "set ") == 0)
		return settings_name(i);
	if (strcmp(before, "theme ") == 0)
		return settings_choice("theme", i);
	if (sscanf(before, "set %31s", name) == 1)
		return settings_choice(name, i);
	if (strncmp(before, "bind ", 5) == 0) {
		rows = action_rows(&n);
		return i < n ? rows[i].name : NULL;
	}
	return NULL;
}

bool
command_complete(struct app *a, const char *text, size_t i, char *out, size_t size)
{
	size_t n = strlen(text), from = n, k = 0, len;
	char before[LINE_MAX_OCTETS];
	const char *word, *last = NULL;

	while (from && text[from - 1] != ' ' && text[from - 1] != ',')
		from--;
	snprintf(before, sizeof before, "%.*s", (int)from, text);
	len = n - from;
	if (strncmp(text, "filter ", 7) == 0) {
		word = filter_complete(text + from, i);
		return word && snprintf(out, size, "%s%s", before, word) < (int)size;
	}
	for (; (word = next_word(a, before, k)) != NULL; k++) {
		if (strncmp(word, text + from, len) != 0 || (last && strcmp(last, word) == 0))
			continue;
		last = word;
		if (i-- == 0)
			return snprintf(out, size, "%s%s", before, word) < (int)size;
	}
	return false;
}
