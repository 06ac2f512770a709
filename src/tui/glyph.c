/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * glyph - what one place on the screen shows.
 *
 * The only door for text to the screen.  A glyph is printable by construction:
 * printable ASCII, an assigned character that has a width, with the marks that
 * stand on it, or an escape made of ASCII.  What base/escape.c hides in reports is
 * escaped here, too, and so is all whose columns cannot be known: marks without
 * a character under them, a fifth mark, characters that are not assigned.
 *
 * Widths are those of Unicode (UAX #11), not of the C library, whose answer
 * depends on the locale; where the two differ the screen says no (rules.shows).
 */
#include <limits.h>

#include <unictype.h>
#include <uniwidth.h>

#include "base/escape.h"
#include "tui/glyph.h"

/* Columns of a character that can be shown as it is: 1 or 2; 0 for a mark, -1 if it cannot. */
static int
width_of(uint32_t cp, const struct glyph_rules *rules)
{
	int width;

	if (cp < 0x80)
		return cp >= 0x20 && cp != 0x7f ? 1 : -1;
	if (rules->ascii || escape_hides(cp))
		return -1;
	if (uc_is_general_category_withtable(cp,
	        UC_CATEGORY_MASK_Cc | UC_CATEGORY_MASK_Cf | UC_CATEGORY_MASK_Cn |
	            UC_CATEGORY_MASK_Co | UC_CATEGORY_MASK_Cs | UC_CATEGORY_MASK_Zl |
	            UC_CATEGORY_MASK_Zp))
		return -1;
	width = uc_width(cp, "UTF-8");
	if (width < 0 || width > 2 || (rules->shows && !rules->shows(cp, width)))
		return -1;
	if (width == 0 &&
	    !uc_is_general_category_withtable(cp, UC_CATEGORY_MASK_Mn | UC_CATEGORY_MASK_Me))
		return -1;
	return width;
}

static void
escape_octet(uint8_t c, struct glyph *g)
{
	static const char digits[] = "0123456789abcdef";
	const char *letter = c == '\n' ? "n" : c == '\r' ? "r" : c == '\t' ? "t" : NULL;

	g->escaped = true;
	g->text[0] = '\\';
	if (letter) {
		g->text[1] = letter[0];
		g->len = 2;
	} else {
		g->text[1] = 'x';
		g->text[2] = digits[c >> 4];
		g->text[3] = digits[c & 15];
		g->len = 4;
	}
	g->width = g->len;
}

size_t
glyph_next(struct slice s, const struct glyph_rules *rules, struct glyph *g)
{
	uint32_t cp;
	size_t n = utf8_decode(s, &cp), used;
	int width = n ? width_of(cp, rules) : -1;
	unsigned marks;

	*g = (struct glyph){ 0 };
	if (width < 1) {
		escape_octet(s.p[0], g);
		return 1;
	}
	used = n;
	for (marks = 0; marks < GLYPH_MARKS && used < s.n && s.p[used] >= 0x80; marks++) {
		n = utf8_decode(slice_from(s, used), &cp);
		if (n == 0 || width_of(cp, rules) != 0)
			break;
		used += n;
	}
	memcpy(g->text, s.p, used);
	g->len = (uint8_t)used;
	g->width = (uint8_t)width;
	return used;
}

int
glyph_columns(struct slice s, const struct glyph_rules *rules)
{
	struct glyph g;
	size_t columns = 0;

	while (s.n) {
		s = slice_from(s, glyph_next(s, rules, &g));
		columns += g.width;
	}
	return columns < INT_MAX / 2 ? (int)columns : INT_MAX / 2;
}
