/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_canvas - glyphs, canvas and documents: what is shown of hostile text, and
 * that nothing is ever drawn outside or left half covered.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/escape.h"
#include "guarded.h"
#include "tui/canvas.h"
#include "tui/doc.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TEXT(s)  s, sizeof(s) - 1

static const struct text_row {
	const char *name;
	const char *in;
	size_t n;
	bool ascii;
	int width; /* columns to draw in */
	const char *want;
	int columns; /* used */
} text_rows[] = {
	{ "plain", TEXT("250 ok"), false, 80, "250 ok", 6 },
	{ "cut", TEXT("250 ok"), false, 3, "250", 3 },
	{ "escape sequence", TEXT("a\x1b[2Jb"), false, 80, "a\\x1b[2Jb", 9 },
	{ "an escape is cut whole", TEXT("ab\x1b"), false, 5, "ab", 2 },
	{ "line ends", TEXT("a\r\n\tb"), false, 80, "a\\r\\n\\tb", 8 },
	{ "nul", TEXT("a\0b"), false, 80, "a\\x00b", 6 },
	{ "delete", TEXT("\x7f"), false, 80, "\\x7f", 4 },
	{ "C1 as UTF-8", TEXT("\xc2\x9b"), false, 80, "\\xc2\\x9b", 8 },
	{ "C1 as an octet", TEXT("\x9b"), false, 80, "\\x9b", 4 },
	{ "bidi override", TEXT("\xe2\x80\xae"), false, 80, "\\xe2\\x80\\xae", 12 },
	{ "cut in a hidden character", TEXT("\xe2\x80\xae"), false, 9, "\\xe2\\x80", 8 },
	{ "joiner",
	    TEXT("a\xe2\x80\x8d"
	         "b"),
	    false, 80, "a\\xe2\\x80\\x8db", 14 },
	{ "overlong", TEXT("\xc0\xaf"), false, 80, "\\xc0\\xaf", 8 },
	{ "surrogate", TEXT("\xed\xa0\x80"), false, 80, "\\xed\\xa0\\x80", 12 },
	{ "umlaut", TEXT("\xc3\xbc"), false, 80, "\xc3\xbc", 1 },
	{ "umlaut in ASCII", TEXT("\xc3\xbc"), true, 80, "\\xc3\\xbc", 8 },
	{ "mark", TEXT("u\xcc\x88!"), false, 80, "u\xcc\x88!", 2 },
	{ "mark alone", TEXT("\xcc\x88"), false, 80, "\\xcc\\x88", 8 },
	{ "four marks, then a fifth", TEXT("u\xcc\x88\xcc\x88\xcc\x88\xcc\x88\xcc\x88"), false, 80,
	    "u\xcc\x88\xcc\x88\xcc\x88\xcc\x88\\xcc\\x88", 9 },
	{ "wide", TEXT("\xe6\xbc\xa2\xe5\xad\x97"), false, 80, "\xe6\xbc\xa2\xe5\xad\x97", 4 },
	{ "half of a wide one does not fit", TEXT("\xe6\xbc\xa2\xe5\xad\x97"), false, 3,
	    "\xe6\xbc\xa2", 2 },
	{ "noncharacter", TEXT("\xef\xbf\xbf"), false, 80, "\\xef\\xbf\\xbf", 12 },
	{ "private use", TEXT("\xee\x80\x80"), false, 80, "\\xee\\x80\\x80", 12 },
};

static void
test_text(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(text_rows); i++) {
		const struct text_row *row = &text_rows[i];
		struct canvas *c = canvas_memory(1, 80, row->ascii);
		uint8_t *copy = guarded_copy(row->in, row->n);
		int used = canvas_text(c, 0, 0, row->width, STYLE_PLAIN, slice_of(copy, row->n));

		if (strcmp(canvas_line(c, 0), row->want) != 0)
			fail_msg(
			    "%s: got \"%s\", want \"%s\"", row->name, canvas_line(c, 0), row->want);
		if (used != row->columns)
			fail_msg("%s: got %d columns, want %d", row->name, used, row->columns);
		guarded_free(copy, row->n);
		canvas_free(c);
	}
}

/* Each cell holds one printable glyph or is covered by the one beside it. */
static void
check_cells(const char *what, const struct canvas *c)
{
	int row, col;

	for (row = 0; row < c->rows; row++) {
		for (col = 0; col < c->cols; col++) {
			const struct cell *cell = &c->cells[row * c->cols + col];
			struct glyph_rules rules = canvas_rules(c);
			struct glyph g;

			if (cell->len == 0) {
				if (col == 0 || cell->width != 0 || cell[-1].width != 2)
					fail_msg("%s: %d,%d is covered by nothing", what, row, col);
				continue;
			}
			if (cell->width == 2 && (col + 1 == c->cols || cell[1].len != 0))
				fail_msg("%s: %d,%d is wide and has no room", what, row, col);
			if (glyph_next(slice_of(cell->text, cell->len), &rules, &g) != cell->len ||
			    g.escaped || g.width != cell->width)
				fail_msg("%s: %d,%d is not printable", what, row, col);
		}
	}
}

static void
random_text(uint8_t *p, size_t n)
{
	static const char *const parts[] = { "\xe6\xbc\xa2", "\xcc\x88", "a", "\x1b[31m",
		"\xc2\x9b", "\xe2\x80\xae", "\xf0\x9f\x93\xa7", "\n" };
	const char *part;
	size_t i = 0, len;

	while (i < n) {
		part = parts[rand() % (int)COUNT(parts)];
		len = strlen(part);
		if (rand() % 4 == 0 || len > n - i) {
			p[i++] = (uint8_t)rand();
			continue;
		}
		memcpy(p + i, part, len);
		i += len;
	}
}

/* Any text anywhere, on canvases of any size. */
static void
test_storm(void **state)
{
	static const struct {
		int rows, cols;
	} sizes[] = { { 0, 0 }, { 1, 1 }, { 1, 2 }, { 2, 1 }, { 5, 20 }, { 24, 80 }, { 60, 200 } };
	uint8_t text[64];
	int round, row, col, width;
	size_t i;

	(void)state;
	srand(1);
	for (i = 0; i < COUNT(sizes); i++) {
		struct canvas *c = canvas_memory(1, 1, i & 1);

		canvas_resize(c, sizes[i].rows, sizes[i].cols);
		for (round = 0; round < 2000; round++) {
			random_text(text, sizeof text);
			row = rand() % (sizes[i].rows + 2) - 1;
			col = rand() % (sizes[i].cols + 4) - 2;
			width = rand() % (sizes[i].cols + 4) - 2;
			canvas_text(c, row, col, width, STYLE_PLAIN, slice_of(text, sizeof text));
			canvas_fill(c, row + 1, col, width / 3, STYLE_DIM, '.');
			canvas_rule(c, row, col - 1, width / 4, STYLE_DIM);
			canvas_restyle(c, row, col, width, STYLE_MATCH);
			canvas_select(c, row, col, width);
			canvas_cursor(c, row, col);
		}
		check_cells("storm", c);
		canvas_free(c);
	}
}

/* Overwriting one half of a wide glyph blanks the other. */
static void
test_halves(void **state)
{
	struct canvas *c = canvas_memory(1, 6, false);

	(void)state;
	canvas_text(c, 0, 0, 6, STYLE_PLAIN, slice_str("\xe6\xbc\xa2\xe6\xbc\xa2\xe6\xbc\xa2"));
	canvas_text(c, 0, 1, 1, STYLE_PLAIN, slice_str("x"));
	canvas_text(c, 0, 4, 1, STYLE_PLAIN, slice_str("y"));
	assert_string_equal(canvas_line(c, 0), " x\xe6\xbc\xa2y");
	check_cells("halves", c);
	canvas_free(c);
}

static const struct skip_row {
	const char *name;
	int skip;
	const char *want;
} skip_rows[] = {
	{ "none", 0, "ab\xe6\xbc\xa2\\x1bcd" },
	{ "into the second run", 2, "\xe6\xbc\xa2\\x1bcd" },
	{ "half of a wide one", 3, " \\x1bcd" },
	{ "inside of an escape", 6, "1bcd" },
	{ "all", 10, "" },
	{ "more than all", 100, "" },
};

static void
test_skip(void **state)
{
	struct doc *d = doc_new();
	size_t i;

	(void)state;
	doc_line(d, DOC_ANCHOR, 7, NULL);
	doc_text(d, STYLE_PLAIN, slice_str("ab"));
	doc_text(d, STYLE_CLIENT, slice_str("\xe6\xbc\xa2\x1b"));
	doc_text(d, STYLE_SERVER, slice_str("cd"));
	for (i = 0; i < COUNT(skip_rows); i++) {
		struct canvas *c = canvas_memory(1, 20, false);

		doc_draw(d, 0, c, 0, 0, 20, skip_rows[i].skip);
		if (strcmp(canvas_line(c, 0), skip_rows[i].want) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"", skip_rows[i].name,
			    canvas_line(c, 0), skip_rows[i].want);
		check_cells(skip_rows[i].name, c);
		canvas_free(c);
	}
	assert_int_equal(doc_frame(d, 0), 7);
	assert_int_equal(doc_flags(d, 0), DOC_ANCHOR);
	assert_int_equal(doc_width(d), 10);
	assert_int_equal(doc_plain(d, 0).n, 8);
	assert_int_equal(doc_plain(d, 1).n, 0);
	doc_free(d);
}

static const struct wrap_row {
	const char *name, *in;
	int indent, width;
	const char *want; /* lines, each ended by '|' */
} wrap_rows[] = {
	{ "fits", "one two", 0, 7, "one two|" },
	{ "breaks", "one two three", 0, 8, "one two|three|" },
	{ "indents", "one two three", 2, 10, "  one two|  three|" },
	{ "line feeds", "one\ntwo\n\nthree", 1, 10, " one| two|| three|" },
	{ "long word", "abcdefghij", 0, 4, "abcd|efgh|ij|" },
	{ "no room at all", "ab", 5, 3, "     a|     b|" },
	{ "wide", "\xe6\xbc\xa2\xe6\xbc\xa2", 0, 3, "\xe6\xbc\xa2|\xe6\xbc\xa2|" },
	{ "nothing", "", 0, 10, "|" },
	{ "blank at the edge", "abcd efgh", 0, 4, "abcd|efgh|" },
};

static void
test_wrap(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT(wrap_rows); i++) {
		const struct wrap_row *row = &wrap_rows[i];
		struct doc *d = doc_new();
		char got[200] = "";

		doc_wrap(d, 0, 0, NULL, STYLE_PLAIN, slice_str(row->in), row->indent, row->width);
		for (k = 0; k < doc_count(d); k++) {
			struct slice s = doc_plain(d, k);

			strncat(got, s.n ? (const char *)s.p : "", s.n);
			strcat(got, "|");
		}
		if (strcmp(got, row->want) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"", row->name, got, row->want);
		doc_free(d);
	}
}

static void
test_columns(void **state)
{
	struct doc *d = doc_new();
	struct canvas *c = canvas_memory(2, 40, false);

	(void)state;
	doc_text(d, STYLE_PLAIN, slice_str("\xe6\xbc\xa2"));
	doc_column(d, 5, 1);
	doc_text(d, STYLE_PLAIN, slice_str("x"));
	doc_column(d, 3, 1);
	doc_text(d, STYLE_PLAIN, slice_str("y"));
	doc_draw(d, 0, c, 0, 0, 40, 0);
	assert_string_equal(canvas_line(c, 0), "\xe6\xbc\xa2   x y");
	doc_highlight(d, 0, (struct doc_mark){ 6, 1 }, c, 0, 0, 40, 0);
	assert_int_equal(c->cells[5].style, STYLE_MATCH);
	assert_int_equal(c->cells[4].style, STYLE_PLAIN);
	assert_int_equal(c->cells[6].style, STYLE_PLAIN);
	doc_clear(d);
	assert_int_equal(doc_count(d), 0);
	doc_free(d);
	canvas_free(c);
}

/* What is too long is cut, and that is said. */
static void
test_limit(void **state)
{
	struct doc *d = doc_new();
	size_t i;

	(void)state;
	for (i = 0; i < DOC_LINES_MAX + 10; i++)
		doc_line(d, 0, i, NULL);
	assert_int_equal(doc_count(d), DOC_LINES_MAX + 1);
	assert_true(slice_contains(doc_plain(d, DOC_LINES_MAX), "too long"));
	doc_free(d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_storm),
		cmocka_unit_test(test_halves),
		cmocka_unit_test(test_skip),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
