/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * canvas - a rectangle of cells to draw on.  The screen shows one (screen.h), tests
 * read one.
 *
 * Everything is escaped here (glyph.h): octets from the wire never reach the terminal as
 * they are.  C0, DEL, C1, bidirectional and zero-width controls and invalid UTF-8 are shown
 * as "\x1b" in STYLE_ESCAPE.  Widths are columns; what does not fit is cut.  Whatever lies
 * outside of the canvas is not drawn, and no error.
 */
#ifndef SMTPSCOPE_TUI_CANVAS_H
#define SMTPSCOPE_TUI_CANVAS_H

#include "base/slice.h"
#include "tui/glyph.h"

enum style {
	STYLE_PLAIN,
	STYLE_TITLE,  /* top line of a screen */
	STYLE_HEADER, /* heads of columns and sections */
	STYLE_ERROR,
	STYLE_WARNING,
	STYLE_NOTE,
	STYLE_CLIENT,
	STYLE_SERVER, /* octets of either side */
	STYLE_DIM,    /* folded, repeated, beside the point */
	STYLE_KEY,    /* a key in a bar of keys */
	STYLE_MATCH,  /* found by a search */
	STYLE_ESCAPE, /* an octet that cannot be shown as it is */
	STYLE_GOOD,   /* delivered */
	STYLES
};

struct cell {
	char text[GLYPH_OCTETS]; /* UTF-8 without a NUL */
	uint8_t len;             /* octets of it; 0: covered by the wide glyph to the left */
	uint8_t width;           /* columns, 1 or 2; 0: covered */
	uint8_t style;           /* enum style */
	bool selected;
};

/* rows and cols may be anything from 0.  The members below `ascii' are for the screen. */
struct canvas {
	int rows, cols;
	bool ascii; /* lines and arrows in ASCII only, the rest escaped */
	bool (*shows)(uint32_t cp, int width); /* glyph_rules.shows */
	struct cell *cells;                    /* rows * cols, owned */
	int cursor_row, cursor_col;
	char *line; /* of canvas_line(), owned */
};

void canvas_clear(struct canvas *);
/* At most `width' columns of the text; returns the columns used. */
int canvas_text(struct canvas *, int row, int col, int width, enum style, struct slice);
/* The same without the first `skip' columns, which are taken off `*skip' as they pass. */
int canvas_text_from(
    struct canvas *, int row, int col, int width, int *skip, enum style, struct slice);
int canvas_printf(struct canvas *, int row, int col, int width, enum style, const char *fmt, ...)
    __attribute__((__format__(printf, 6, 7)));
/* Fills `width' columns with the character. */
void canvas_fill(struct canvas *, int row, int col, int width, enum style, char);
/* A horizontal line. */
void canvas_rule(struct canvas *, int row, int col, int width, enum style);
/* Another style for what is drawn already. */
void canvas_restyle(struct canvas *, int row, int col, int width, enum style);
/* Marks cells as selected (reverse), whatever their style. */
void canvas_select(struct canvas *, int row, int col, int width);
/* Where the hardware cursor is left, so that screen readers follow it. */
void canvas_cursor(struct canvas *, int row, int col);
struct glyph_rules canvas_rules(const struct canvas *);

struct canvas *canvas_memory(int rows, int cols, bool ascii);
/* What was drawn is lost. */
void canvas_resize(struct canvas *, int rows, int cols);
/* Line of a canvas as UTF-8 without trailing blanks; owned by it until the next call. */
const char *canvas_line(struct canvas *, int row);
void canvas_free(struct canvas *);

#endif
