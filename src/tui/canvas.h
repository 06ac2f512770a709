/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * canvas - a rectangle of cells to draw on: the terminal through curses, or memory
 * in tests.
 *
 * Everything is escaped here: octets from the wire never reach the terminal as they are.
 * C0, DEL, C1, bidirectional and zero-width controls and invalid UTF-8 are shown as
 * "\x1b" in STYLE_ESCAPE.  Widths are columns; what does not fit is cut.
 */
#ifndef SMTPSCOPE_TUI_CANVAS_H
#define SMTPSCOPE_TUI_CANVAS_H

#include "base/slice.h"

enum style {
	STYLE_PLAIN,
	STYLE_TITLE,  /* top line of a screen */
	STYLE_HEADER, /* heads of columns and sections */
	STYLE_ERROR, STYLE_WARNING, STYLE_NOTE,
	STYLE_CLIENT, STYLE_SERVER, /* octets of either side */
	STYLE_DIM,    /* folded, repeated, beside the point */
	STYLE_KEY,    /* a key in a bar of keys */
	STYLE_MATCH,  /* found by a search */
	STYLE_ESCAPE, /* an octet that cannot be shown as it is */
	STYLE_GOOD,   /* delivered */
	STYLES
};

struct canvas_ops; /* canvas.c: memory; screen.c: curses */
struct canvas {
	const struct canvas_ops *ops;
	int rows, cols;
	bool ascii; /* lines and arrows in ASCII only */
};

void canvas_clear(struct canvas *);
/* At most `width' columns of the text; returns the columns used. */
int canvas_text(struct canvas *, int row, int col, int width, enum style, struct slice);
int canvas_printf(struct canvas *, int row, int col, int width, enum style, const char *fmt, ...)
    __attribute__((__format__(printf, 6, 7)));
/* Fills `width' columns with the character. */
void canvas_fill(struct canvas *, int row, int col, int width, enum style, char);
/* Marks cells as selected (reverse), whatever their style. */
void canvas_select(struct canvas *, int row, int col, int width);
/* Where the hardware cursor is left, so that screen readers follow it. */
void canvas_cursor(struct canvas *, int row, int col);

struct canvas *canvas_memory(int rows, int cols, bool ascii);
/* Line of a memory canvas as UTF-8 without trailing blanks; owned by it. */
const char *canvas_line(struct canvas *, int row);
void canvas_free(struct canvas *);

#endif
