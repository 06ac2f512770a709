/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * canvas - a rectangle of cells to draw on.
 *
 * Invariant: every cell holds one printable glyph of its width, or is the right
 * half of the wide glyph beside it.  Whoever writes over one half blanks the
 * other.  Coordinates come from sizes that the user chose by pulling at a window:
 * all of them are clipped here, so that nobody else has to.
 */
#include <config.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "tui/canvas.h"

enum { SIDE_MAX = 1000 }; /* rows and columns: no terminal is larger */

static struct cell *
cell_at(struct canvas *c, int row, int col)
{
	return &c->cells[(size_t)row * (size_t)c->cols + (size_t)col];
}

static void
blank(struct cell *cell, enum style style)
{
	*cell = (struct cell){ .text = " ", .len = 1, .width = 1, .style = (uint8_t)style };
}

/* Before [col, col + width) of a row is written: wide glyphs that stick out become blanks. */
static void
cut_out(struct canvas *c, int row, int col, int width)
{
	if (cell_at(c, row, col)->width == 0)
		blank(cell_at(c, row, col - 1), cell_at(c, row, col - 1)->style);
	if (col + width < c->cols && cell_at(c, row, col + width)->width == 0)
		blank(cell_at(c, row, col + width), cell_at(c, row, col + width)->style);
}

/* A glyph that fits. */
static void
put(struct canvas *c, int row, int col, const struct glyph *g, enum style style)
{
	struct cell *cell = cell_at(c, row, col);
	int i;

	cut_out(c, row, col, g->width);
	if (g->escaped) {
		for (i = 0; i < g->width; i++) {
			blank(cell + i, STYLE_ESCAPE);
			cell[i].text[0] = g->text[i];
		}
		return;
	}
	*cell = (struct cell){ .len = g->len, .width = g->width, .style = (uint8_t)style };
	memcpy(cell->text, g->text, g->len);
	if (g->width == 2)
		cell[1] = (struct cell){ .style = (uint8_t)style };
}

/* The part of [*col, *col + *width) that lies on the canvas; false: none. */
static bool
clip(const struct canvas *c, int row, int *col, int *width)
{
	if (row < 0 || row >= c->rows || *col >= c->cols || *width <= 0)
		return false;
	if (*col < 0) {
		if (*width <= -*col)
			return false;
		*width += *col;
		*col = 0;
	}
	if (*width > c->cols - *col)
		*width = c->cols - *col;
	return true;
}

struct glyph_rules
canvas_rules(const struct canvas *c)
{
	return (struct glyph_rules){ c->ascii, c->shows };
}

/* What is left of a glyph that begins left of the edge: half of a wide one is a blank. */
static void
cut_left(struct glyph *g, int *skip)
{
	if (g->escaped) {
		memmove(g->text, g->text + *skip, (size_t)(g->len - *skip));
		g->len = g->width = (uint8_t)(g->width - *skip);
	} else {
		*g = (struct glyph){ " ", 1, 1, false };
	}
	*skip = 0;
}

int
canvas_text_from(
    struct canvas *c, int row, int col, int width, int *skip, enum style style, struct slice s)
{
	struct glyph_rules rules = canvas_rules(c);
	struct glyph g;
	int used = 0;

	if (col < 0 || !clip(c, row, &col, &width))
		return 0;
	while (s.n && used < width) {
		s = slice_from(s, glyph_next(s, &rules, &g));
		if (*skip >= g.width) {
			*skip -= g.width;
			continue;
		}
		if (*skip > 0)
			cut_left(&g, skip);
		if (g.width > width - used)
			break;
		put(c, row, col + used, &g, style);
		used += g.width;
	}
	return used;
}

int
canvas_text(struct canvas *c, int row, int col, int width, enum style style, struct slice s)
{
	int skip = 0;

	return canvas_text_from(c, row, col, width, &skip, style, s);
}

int
canvas_printf(struct canvas *c, int row, int col, int width, enum style style, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return 0;
	n = canvas_text(c, row, col, width, style, slice_of(text, (size_t)n));
	free(text);
	return n;
}

static void
fill(struct canvas *c, int row, int col, int width, enum style style, const struct glyph *g)
{
	if (!clip(c, row, &col, &width))
		return;
	for (; width > 0; width--)
		put(c, row, col++, g, style);
}

void
canvas_fill(struct canvas *c, int row, int col, int width, enum style style, char what)
{
	struct glyph g = { .text = { what }, .len = 1, .width = 1 };

	fill(c, row, col, width, style, &g);
}

void
canvas_rule(struct canvas *c, int row, int col, int width, enum style style)
{
	struct glyph line = { "\xe2\x94\x80", 3, 1, false }; /* U+2500 */
	struct glyph dash = { "-", 1, 1, false };

	fill(c, row, col, width, style, c->ascii ? &dash : &line);
}

void
canvas_restyle(struct canvas *c, int row, int col, int width, enum style style)
{
	if (!clip(c, row, &col, &width))
		return;
	for (; width > 0; width--)
		cell_at(c, row, col++)->style = (uint8_t)style;
}

void
canvas_select(struct canvas *c, int row, int col, int width)
{
	if (!clip(c, row, &col, &width))
		return;
	for (; width > 0; width--)
		cell_at(c, row, col++)->selected = true;
}

void
canvas_cursor(struct canvas *c, int row, int col)
{
	c->cursor_row = row < 0 ? 0 : row >= c->rows ? c->rows - 1 : row;
	c->cursor_col = col < 0 ? 0 : col >= c->cols ? c->cols - 1 : col;
}

void
canvas_clear(struct canvas *c)
{
	size_t i, n = (size_t)c->rows * (size_t)c->cols;

	for (i = 0; i < n; i++)
		blank(&c->cells[i], STYLE_PLAIN);
	c->cursor_row = c->cursor_col = 0;
}

static int
side(int n)
{
	return n < 0 ? 0 : n > SIDE_MAX ? SIDE_MAX : n;
}

void
canvas_resize(struct canvas *c, int rows, int cols)
{
	c->rows = side(rows);
	c->cols = side(cols);
	free(c->cells);
	c->cells = xcalloc((size_t)c->rows * (size_t)c->cols + 1, sizeof *c->cells);
	canvas_clear(c);
}

struct canvas *
canvas_memory(int rows, int cols, bool ascii)
{
	struct canvas *c = xcalloc(1, sizeof *c);

	c->ascii = ascii;
	canvas_resize(c, rows, cols);
	return c;
}

const char *
canvas_line(struct canvas *c, int row)
{
	const struct cell *cell;
	size_t n = 0;
	int col;

	free(c->line);
	c->line = xcalloc((size_t)c->cols * GLYPH_OCTETS + 1, 1);
	for (col = 0; row >= 0 && row < c->rows && col < c->cols; col++) {
		cell = cell_at(c, row, col);
		memcpy(c->line + n, cell->text, cell->len);
		n += cell->len;
	}
	while (n && c->line[n - 1] == ' ')
		n--;
	c->line[n] = '\0';
	return c->line;
}

void
canvas_free(struct canvas *c)
{
	if (!c)
		return;
	free(c->cells);
	free(c->line);
	free(c);
}
