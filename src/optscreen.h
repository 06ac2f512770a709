/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * optscreen - what is wished of the terminal interface: by options, and by bind,
 * unbind, alias and color in smtpscoperc(5).
 */
#ifndef SMTPSCOPE_OPTSCREEN_H
#define SMTPSCOPE_OPTSCREEN_H

#include "tui/theme.h"

struct error;
struct keymap;
struct options;
struct tui_config;

/* -N and --tui; guess: the interface if it can be used and no report is asked for. */
enum face { FACE_GUESS, FACE_TEXT, FACE_SCREEN };

struct optscreen {
	enum face face;
	bool report;               /* an option was given that only a report heeds */
	const struct theme *theme; /* NULL: by the terminal */
	bool ascii, mouse;
	struct keymap *keys;        /* owned; NULL: none was changed */
	struct theme_colors colors; /* of "color" */
	char **lines;               /* owned, NULL behind the last: for tui_config.settings */
	size_t nlines;
};

/* Options; 0, or -1 with the error set. */
int optscreen_text(struct options *, const char *arg, struct error *);   /* -N */
int optscreen_screen(struct options *, const char *arg, struct error *); /* --tui */
int optscreen_theme(struct options *, const char *arg, struct error *);
int optscreen_ascii(struct options *, const char *arg, struct error *); /* NULL: on */
int optscreen_mouse(struct options *, const char *arg, struct error *); /* NULL: on */
int optscreen_columns(struct options *, const char *arg, struct error *);
int optscreen_sort(struct options *, const char *arg, struct error *);
int optscreen_window(struct options *, const char *arg, struct error *);

/* Lines of the configuration: n words behind the verb. */
int optscreen_bind(struct options *, char *const word[], size_t n, struct error *);
int optscreen_unbind(struct options *, char *const word[], size_t n, struct error *);
int optscreen_alias(struct options *, char *const word[], size_t n, struct error *);
int optscreen_color(struct options *, char *const word[], size_t n, struct error *);

void optscreen_fini(struct optscreen *);
/* Is it the terminal interface?  Standard input and output, are they terminals? */
bool optscreen_wanted(const struct options *, bool in, bool out);
/* Borrows from the options. */
void optscreen_config(const struct options *, struct tui_config *);

#endif
