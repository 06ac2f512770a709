/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * glyph - what one place on the screen shows: a character with its marks, or an
 * octet that has to be escaped.
 */
#ifndef SMTPSCOPE_TUI_GLYPH_H
#define SMTPSCOPE_TUI_GLYPH_H

#include "base/slice.h"

enum {
	GLYPH_MARKS = 4, /* combining marks kept with a character: curses takes no more */
	GLYPH_OCTETS = 4 * (1 + GLYPH_MARKS)
};

/* What can be shown. */
struct glyph_rules {
	bool ascii; /* everything above U+007E is escaped */
	/* Can the terminal show it in so many columns?  NULL: whatever Unicode gives a width. */
	bool (*shows)(uint32_t cp, int width);
};

struct glyph {
	char text[GLYPH_OCTETS]; /* UTF-8, no NUL; an escape is ASCII */
	uint8_t len;             /* octets of it */
	uint8_t width;           /* columns: 1 or 2; of an escape 2 or 4, one for each octet */
	bool escaped;
};

/* The glyph at the start of a text that is not empty; returns the octets it was made of.  Of a
 * character that is hidden each octet is a glyph. */
size_t glyph_next(struct slice, const struct glyph_rules *, struct glyph *);
/* Columns of the whole text. */
int glyph_columns(struct slice, const struct glyph_rules *);

#endif
