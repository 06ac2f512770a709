/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * escape - the one place that makes hostile octets printable.
 *
 * What a terminal would obey, hide or reorder is shown as \xHH: control
 * characters (an escape sequence in a banner must not reach the terminal),
 * characters that change the direction of the text around them ("Trojan
 * Source", CVE-2021-42574), and characters without a glyph, with which two
 * different addresses look alike.  Invalid UTF-8 is shown octet by octet, and
 * reading goes on behind the first bad octet, so that no valid character is
 * swallowed (Unicode 15, 3.9, U+FFFD substitution).
 *
 * Escaping cannot fail and keeps no state; output takes whatever size results.
 */
#include <stdint.h>

#include "base/escape.h"
#include "base/output.h"

/* How an octet or character is shown. */
enum look {
	LOOK_PLAIN,
	LOOK_HEX,
	LOOK_LETTER, /* backslash and a letter */
};

static const struct hidden {
	uint32_t first, last;
} hidden[] = {
	{ 0x0080, 0x009f },   /* C1 controls */
	{ 0x00ad, 0x00ad },   /* soft hyphen */
	{ 0x034f, 0x034f },   /* combining grapheme joiner */
	{ 0x061c, 0x061c },   /* Arabic letter mark */
	{ 0x180e, 0x180e },   /* Mongolian vowel separator */
	{ 0x200b, 0x200f },   /* zero width space, joiners, LRM, RLM */
	{ 0x2028, 0x202e },   /* line and paragraph separator, embeddings, overrides */
	{ 0x2060, 0x206f },   /* word joiner, invisible operators, isolates */
	{ 0xfeff, 0xfeff },   /* zero width no-break space */
	{ 0xfff9, 0xfffb },   /* interlinear annotation */
	{ 0xfffe, 0xffff },   /* noncharacters, which XML does not allow either */
	{ 0xe0000, 0xe007f }, /* tags */
};

/* Unicode 15, table 3-7: the well-formed sequences, by first octet. */
static const struct utf8_row {
	uint8_t first, last; /* range of the first octet */
	uint8_t len;         /* octets of the sequence */
	uint8_t lo, hi;      /* range of the second octet; the others are 80..BF */
} utf8_rows[] = {
	{ 0x00, 0x7f, 1, 0, 0 },
	{ 0xc2, 0xdf, 2, 0x80, 0xbf },
	{ 0xe0, 0xe0, 3, 0xa0, 0xbf },
	{ 0xe1, 0xec, 3, 0x80, 0xbf },
	{ 0xed, 0xed, 3, 0x80, 0x9f },
	{ 0xee, 0xef, 3, 0x80, 0xbf },
	{ 0xf0, 0xf0, 4, 0x90, 0xbf },
	{ 0xf1, 0xf3, 4, 0x80, 0xbf },
	{ 0xf4, 0xf4, 4, 0x80, 0x8f },
};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

size_t
utf8_decode(struct slice s, uint32_t *cp)
{
	const struct utf8_row *row = utf8_rows;
	size_t i;

	while (row < utf8_rows + COUNT(utf8_rows) && s.p[0] > row->last)
		row++;
	if (row == utf8_rows + COUNT(utf8_rows) || s.p[0] < row->first || s.n < row->len)
		return 0;
	if (row->len == 1) {
		*cp = s.p[0];
		return 1;
	}
	if (s.p[1] < row->lo || s.p[1] > row->hi)
		return 0;
	*cp = s.p[0] & (0x7fu >> row->len);
	for (i = 1; i < row->len; i++) {
		if ((s.p[i] & 0xc0) != 0x80)
			return 0;
		*cp = *cp << 6 | (s.p[i] & 0x3fu);
	}
	return row->len;
}

bool
utf8_valid(struct slice s)
{
	uint32_t cp;
	size_t n;

	while (s.n) {
		n = utf8_decode(s, &cp);
		if (n == 0)
			return false;
		s = slice_from(s, n);
	}
	return true;
}

bool
escape_hides(uint32_t cp)
{
	size_t i;

	for (i = 0; i < COUNT(hidden) && cp >= hidden[i].first; i++)
		if (cp <= hidden[i].last)
			return true;
	return false;
}

/* The letter behind the backslash for an octet that has one, else 0. */
static char
escape_letter(uint8_t c)
{
	switch (c) {
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	case '\\':
		return '\\';
	default:
		return 0;
	}
}

/* How to show the character at the start of s, and its length in octets. */
static enum look
escape_look(struct slice s, const char *plain, size_t *len)
{
	uint8_t c = s.p[0];
	uint32_t cp;

	*len = 1;
	if (c < 0x80) {
		if (c && strchr(plain, c))
			return LOOK_PLAIN;
		if (escape_letter(c))
			return LOOK_LETTER;
		return c < 0x20 || c == 0x7f ? LOOK_HEX : LOOK_PLAIN;
	}
	*len = utf8_decode(s, &cp);
	if (*len == 0) {
		*len = 1;
		return LOOK_HEX;
	}
	return escape_hides(cp) ? LOOK_HEX : LOOK_PLAIN;
}

static void
escape_hex(struct output *out, struct slice s)
{
	static const char digits[] = "0123456789abcdef";
	uint8_t text[4] = { '\\', 'x' };
	size_t i;

	for (i = 0; i < s.n; i++) {
		text[2] = (uint8_t)digits[s.p[i] >> 4];
		text[3] = (uint8_t)digits[s.p[i] & 15];
		out_write(out, slice_of(text, sizeof text));
	}
}

/* `plain': characters that pass although they have an escape. */
static void
escape(struct output *out, struct slice s, const char *plain)
{
	size_t run = 0, len;
	enum look look;

	while (run < s.n) {
		look = escape_look(slice_from(s, run), plain, &len);
		if (look == LOOK_PLAIN) {
			run += len;
			continue;
		}
		out_write(out, slice_of(s.p, run));
		s = slice_from(s, run);
		if (look == LOOK_HEX) {
			escape_hex(out, slice_of(s.p, len));
		} else {
			out_putc(out, '\\');
			out_putc(out, escape_letter(s.p[0]));
		}
		s = slice_from(s, len);
		run = 0;
	}
	out_write(out, s);
}

void
escape_text(struct output *out, struct slice s)
{
	escape(out, s, "");
}

void
escape_detail(struct output *out, struct slice s)
{
	escape(out, s, "\\\n");
}
