/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keymap - which key does what in which view.
 *
 * A list of bindings in the order in which they were made; the last one that fits
 * wins, so "unbind" is a binding to nothing.  Needs no terminal: configuration files
 * are checked in programs that were built without one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "tui/keymap.h"

struct binding {
	unsigned views;
	int key;
	enum action action;
	char *command; /* owned, or NULL */
};

struct alias {
	char *name, *command; /* owned */
};

struct keymap {
	struct binding *bindings;
	size_t nbindings;
	struct alias *aliases;
	size_t naliases;
};

static void
add(struct keymap *m, const struct binding *b)
{
	m->bindings = xreallocarray(m->bindings, m->nbindings + 1, sizeof *m->bindings);
	m->bindings[m->nbindings++] = *b;
}

struct keymap *
keymap_new(void)
{
	struct keymap *m = xcalloc(1, sizeof *m);
	const struct action_row *row;
	size_t n;

	for (row = action_rows(&n); row->name; row++) {
		char *keys = xstrdup(row->keys), *rest = keys, *name;

		while ((name = strsep(&rest, " ")) != NULL)
			if (name[0])
				add(m,
				    &(struct binding){
				        row->views, key_parse(name), row->id, NULL });
		free(keys);
	}
	return m;
}

void
keymap_free(struct keymap *m)
{
	size_t i;

	if (!m)
		return;
	for (i = 0; i < m->nbindings; i++)
		free(m->bindings[i].command);
	for (i = 0; i < m->naliases; i++) {
		free(m->aliases[i].name);
		free(m->aliases[i].command);
	}
	free(m->bindings);
	free(m->aliases);
	free(m);
}

/* What bind and unbind have in common. */
static int
parse_place(
    const struct keymap *m, const char *view, const char *key, struct binding *b, struct error *err)
{
	b->views = view ? view_parse(view) : VIEW_ANY;
	b->key = key_parse(key);
	if (b->views == 0) {
		error_set(err,
		    "\"%s\" is no view: give list, frames, ladder, transcript, findings, finding, "
		    "dashboard, help, settings, session or any",
		    view);
		return -1;
	}
	if (b->key == KEY_NONE) {
		error_set(err, "\"%s\" is no key: keys are like x, ^X, F5, M-x, PgUp, Space", key);
		return -1;
	}
	if (m->nbindings >= KEYMAP_MAX) {
		error_set(err, "there are more than %d bindings", KEYMAP_MAX);
		return -1;
	}
	return 0;
}

int
keymap_bind(
    struct keymap *m, const char *view, const char *key, const char *what, struct error *err)
{
	struct binding b = { 0 };
	const struct action_row *row;
	bool known = false, here = false;

	if (parse_place(m, view, key, &b, err) != 0)
		return -1;
	for (row = action_rows(&(size_t){ 0 }); row->name; row++) {
		if (strcmp(row->name, what) != 0)
			continue;
		known = true;
		here = here || (row->views & b.views);
		b.action = row->id;
	}
	if (!known && !keymap_expand(m, what)) {
		error_set(err,
		    "\"%s\" is no action and no alias; ? in the program lists the actions", what);
		return -1;
	}
	if (known && !here) {
		error_set(err, "\"%s\" does nothing in the view %s", what, view);
		return -1;
	}
	if (!known)
		b.command = xstrdup(keymap_expand(m, what));
	add(m, &b);
	return 0;
}

int
keymap_unbind(struct keymap *m, const char *view, const char *key, struct error *err)
{
	struct binding b = { 0 };

	if (parse_place(m, view, key, &b, err) != 0)
		return -1;
	add(m, &b);
	return 0;
}

int
keymap_alias(struct keymap *m, const char *name, const char *command, struct error *err)
{
	size_t i;

	if (action_find(name)) {
		error_set(err, "\"%s\" is the name of an action", name);
		return -1;
	}
	for (i = 0; i < m->naliases; i++) {
		if (strcmp(m->aliases[i].name, name) == 0) {
			free(m->aliases[i].command);
			m->aliases[i].command = xstrdup(command);
			return 0;
		}
	}
	if (m->naliases >= KEYMAP_MAX) {
		error_set(err, "there are more than %d aliases", KEYMAP_MAX);
		return -1;
	}
	m->aliases = xreallocarray(m->aliases, m->naliases + 1, sizeof *m->aliases);
	m->aliases[m->naliases++] = (struct alias){ xstrdup(name), xstrdup(command) };
	return 0;
}

const char *
keymap_expand(const struct keymap *m, const char *name)
{
	size_t i;

	for (i = 0; i < m->naliases; i++)
		if (strcmp(m->aliases[i].name, name) == 0)
			return m->aliases[i].command;
	return NULL;
}

const char *
keymap_alias_at(const struct keymap *m, size_t i)
{
	return i < m->naliases ? m->aliases[i].name : NULL;
}

/* Can the action be done in the view at all? */
static bool
acts_in(enum action id, enum view_id view)
{
	const struct action_row *row;

	for (row = action_rows(&(size_t){ 0 }); row->name; row++)
		if (row->id == id && (row->views & view))
			return true;
	return false;
}

struct keymap_hit
keymap_lookup(const struct keymap *m, enum view_id view, int key)
{
	const struct binding *b;
	size_t i;

	for (i = m->nbindings; i-- > 0;) {
		b = &m->bindings[i];
		if (b->key != key || !(b->views & view))
			continue;
		if (b->action == ACT_NONE || acts_in(b->action, view))
			return (struct keymap_hit){ b->action, b->command };
	}
	return (struct keymap_hit){ ACT_NONE, NULL };
}

unsigned
keymap_keys(const struct keymap *m, enum view_id view, enum action id, char out[KEYMAP_TEXT_MAX])
{
	char name[KEY_NAME_MAX];
	unsigned keys = 0;
	size_t i, n = 0;

	out[0] = '\0';
	for (i = 0; i < m->nbindings; i++) {
		struct keymap_hit hit = keymap_lookup(m, view, m->bindings[i].key);

		if (m->bindings[i].action != id || !(m->bindings[i].views & view) ||
		    hit.action != id)
			continue;
		key_spell(name, m->bindings[i].key);
		if (n + strlen(name) + 2 > KEYMAP_TEXT_MAX)
			break;
		n += (size_t)snprintf(out + n, KEYMAP_TEXT_MAX - n, "%s%s", keys ? " " : "", name);
		keys++;
	}
	return keys;
}
