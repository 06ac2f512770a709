/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keymap - which key does what in which view: the defaults of action.c, changed by
 * "bind", "unbind" and "alias".
 */
#ifndef SMTPSCOPE_TUI_KEYMAP_H
#define SMTPSCOPE_TUI_KEYMAP_H

#include "tui/action.h"
#include "tui/key.h"

struct error;
struct keymap;

enum { KEYMAP_MAX = 1024, KEYMAP_TEXT_MAX = 160 };

/* With the defaults. */
struct keymap *keymap_new(void);
void keymap_free(struct keymap *); /* accepts NULL */

/* "KEY", "ACTION or alias"; view NULL: everywhere.  0, or -1 with the error set. */
int keymap_bind(
    struct keymap *, const char *view, const char *key, const char *what, struct error *);
int keymap_unbind(struct keymap *, const char *view, const char *key, struct error *);
/* A name for a command line as it is typed behind ':'. */
int keymap_alias(struct keymap *, const char *name, const char *command, struct error *);

struct keymap_hit {
	enum action action;  /* ACT_NONE: the command below, or nothing */
	const char *command; /* borrowed */
};
struct keymap_hit keymap_lookup(const struct keymap *, enum view_id, int key);
/* The command that an alias stands for, or NULL. */
const char *keymap_expand(const struct keymap *, const char *name);
const char *keymap_alias_at(const struct keymap *, size_t i); /* NULL: there are no more */
/* The keys that do this there, blanks between them; returns the number of keys. */
unsigned keymap_keys(const struct keymap *, enum view_id, enum action, char out[KEYMAP_TEXT_MAX]);

#endif
