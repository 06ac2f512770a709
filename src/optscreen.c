/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * optscreen - what is wished of the terminal interface.
 *
 * Everything is read strictly and at once, whether or not the program was built with
 * the interface and whether or not it is used: a configuration file is right or
 * wrong, and not only sometimes.
 */
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "options.h"
#include "optvalue.h"
#include "tui/columns.h"
#include "tui/keymap.h"
#include "tui/tui.h"
#include "tui/window.h"

int
optscreen_text(struct options *o, const char *arg, struct error *err)
{
	(void)arg;
	(void)err;
	o->screen.face = FACE_TEXT;
	return 0;
}

int
optscreen_screen(struct options *o, const char *arg, struct error *err)
{
	(void)arg;
	(void)err;
	o->screen.face = FACE_SCREEN;
	return 0;
}

int
optscreen_theme(struct options *o, const char *arg, struct error *err)
{
	const struct theme *theme = theme_find(arg);

	if (!theme) {
		error_set(err, "\"%s\" is unknown: give dark, light, mono or contrast", arg);
		return -1;
	}
	o->screen.theme = theme;
	return 0;
}

static int
set_switch(bool *what, const char *arg, struct error *err)
{
	static const char *const words[] = { "off", "on", NULL };
	unsigned i = 1;

	if (arg && optvalue_choice(arg, words, &i, err) != 0)
		return -1;
	*what = i == 1;
	return 0;
}

int
optscreen_ascii(struct options *o, const char *arg, struct error *err)
{
	return set_switch(&o->screen.ascii, arg, err);
}

int
optscreen_mouse(struct options *o, const char *arg, struct error *err)
{
	return set_switch(&o->screen.mouse, arg, err);
}

static void
add_line(struct optscreen *s, const char *setting, const char *value)
{
	s->lines = xreallocarray(s->lines, s->nlines + 2, sizeof *s->lines);
	s->lines[s->nlines++] = xasprintf("set %s %s", setting, value);
	s->lines[s->nlines] = NULL;
}

/* The names of all columns, or of those that can be sorted by. */
static void
name_columns(struct error *err, const char *before, bool sortable)
{
	char list[400] = "";
	const struct column *c;
	size_t i, n = 0;

	for (i = 0; (c = column_at(i)) != NULL; i++) {
		if ((sortable && c->sort < 0) || n + strlen(c->name) + 3 > sizeof list)
			continue;
		if (n) {
			memcpy(list + n, ", ", 2);
			n += 2;
		}
		memcpy(list + n, c->name, strlen(c->name) + 1);
		n += strlen(c->name);
	}
	error_set(err, "%s: give %s", before, list);
}

int
optscreen_columns(struct options *o, const char *arg, struct error *err)
{
	struct column_layout layout;
	const char *bad;
	size_t n;

	if (!column_choose(&layout, arg, &bad, &n)) {
		char *text = xasprintf("there is no column \"%.*s\"", (int)n, bad);

		name_columns(err, text, false);
		free(text);
		return -1;
	}
	add_line(&o->screen, "columns", arg);
	return 0;
}

int
optscreen_sort(struct options *o, const char *arg, struct error *err)
{
	int i = column_find(arg + (arg[0] == '-'));

	if (i < 0 || column_at((size_t)i)->sort < 0) {
		name_columns(err, "that is no column to sort by", true);
		return -1;
	}
	add_line(&o->screen, "sort", arg);
	return 0;
}

int
optscreen_window(struct options *o, const char *arg, struct error *err)
{
	size_t i;

	for (i = 0; window_name(i) && strcmp(window_name(i), arg) != 0; i++)
		;
	if (!window_name(i)) {
		error_set(err, "\"%s\" is unknown: give all, 1h, 15m, 5m or 1m", arg);
		return -1;
	}
	add_line(&o->screen, "window", arg);
	return 0;
}

/* -- lines of the configuration --------------------------------------------------------- */

static struct keymap *
keys_of(struct options *o)
{
	if (!o->screen.keys)
		o->screen.keys = keymap_new();
	return o->screen.keys;
}

int
optscreen_bind(struct options *o, char *const word[], size_t n, struct error *err)
{
	return n == 3 ? keymap_bind(keys_of(o), word[0], word[1], word[2], err) :
	                keymap_bind(keys_of(o), NULL, word[0], word[1], err);
}

int
optscreen_unbind(struct options *o, char *const word[], size_t n, struct error *err)
{
	return n == 2 ? keymap_unbind(keys_of(o), word[0], word[1], err) :
	                keymap_unbind(keys_of(o), NULL, word[0], err);
}

int
optscreen_alias(struct options *o, char *const word[], size_t n, struct error *err)
{
	(void)n;
	return keymap_alias(keys_of(o), word[0], word[1], err);
}

int
optscreen_color(struct options *o, char *const word[], size_t n, struct error *err)
{
	(void)n;
	return theme_color(&o->screen.colors, word[0], word[1], err);
}

/* -- use -------------------------------------------------------------------------------- */

void
optscreen_fini(struct optscreen *s)
{
	size_t i;

	for (i = 0; i < s->nlines; i++)
		free(s->lines[i]);
	free(s->lines);
	keymap_free(s->keys);
}

bool
optscreen_wanted(const struct options *o, bool in, bool out)
{
	if (o->action != ACTION_RUN || o->screen.face == FACE_TEXT)
		return false;
	return o->screen.face == FACE_SCREEN || (in && out && !o->screen.report);
}

void
optscreen_config(const struct options *o, struct tui_config *cfg)
{
	*cfg = (struct tui_config){
		.theme = o->screen.theme ? o->screen.theme->name : NULL,
		.ascii = o->screen.ascii,
		.mouse = o->screen.mouse,
		.keys = o->screen.keys,
		.colors = &o->screen.colors,
		.suppress_file = o->suppress_file,
		.settings = (const char *const *)o->screen.lines,
	};
}
