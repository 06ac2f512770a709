/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * theme - how styles look: colours and attributes, as numbers that mean the same
 * on every terminal.
 */
#ifndef SMTPSCOPE_TUI_THEME_H
#define SMTPSCOPE_TUI_THEME_H

#include "tui/canvas.h"

struct error;

enum theme_attr { LOOK_BOLD = 1, LOOK_DIM = 2, LOOK_UNDERLINE = 4, LOOK_REVERSE = 8 };

struct look {
	int16_t fg, bg;       /* 0..7 of the terminal's colours; -1: its own */
	int16_t fg256, bg256; /* where there are 256; -1: the above */
	unsigned attr;        /* enum theme_attr */
};

struct theme {
	const char *name, *summary;
	struct look looks[STYLES];
};

const struct theme *theme_at(size_t i); /* NULL: there are no more */
const struct theme *theme_find(const char *name);

/* What the user changed. */
struct theme_colors {
	bool set[STYLES];
	struct look look[STYLES];
};

/* "error", "red bold" or "white on blue underline": 0, or -1 with the error set. */
int theme_color(struct theme_colors *, const char *style, const char *words, struct error *);
/* The look of a style; `colors' may be NULL. */
struct look theme_look(const struct theme *, const struct theme_colors *, enum style);
const char *style_name(enum style);

#endif
