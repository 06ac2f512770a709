/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_keys - names of keys, octets of a keyboard, the map of keys, themes: what needs
 * no terminal and no session.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/error.h"
#include "tui/keyboard.h"
#include "tui/keymap.h"
#include "tui/prompt.h"
#include "tui/theme.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* -- names ------------------------------------------------------------------------------ */

static const struct name_row {
	const char *name;
	int key;
	const char *shown; /* NULL: the same */
} name_rows[] = {
	{ "g", 'g', NULL },
	{ "G", 'G', NULL },
	{ "^L", 12, NULL },
	{ "^l", 12, "^L" },
	{ "^?", KEY_ERASE, "Backspace" },
	{ "space", ' ', "Space" },
	{ "F1", KEY_F1, NULL },
	{ "F12", KEY_F12, NULL },
	{ "F", 'F', NULL },
	{ "F0", KEY_NONE, "?" },
	{ "F13", KEY_NONE, "?" },
	{ "F1x", KEY_NONE, "?" },
	{ "M-x", 'x' | KEY_ALT, NULL },
	{ "M-F3", (KEY_F1 + 2) | KEY_ALT, NULL },
	{ "M-M-x", KEY_NONE, "?" },
	{ "PgDn", KEY_PAGE_DOWN, NULL },
	{ "\xc3\xa4", 0xe4, NULL },
	{ "\xf0\x9f\x93\xa7", 0x1f4e7, NULL },
	{ "\xc3", KEY_NONE, "?" },
	{ "", KEY_NONE, "?" },
	{ "^", '^', NULL },
	{ "^^", 30, NULL },
	{ "gg", KEY_NONE, "?" },
};

static void
test_names(void **state)
{
	char name[KEY_NAME_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(name_rows); i++) {
		const struct name_row *row = &name_rows[i];
		const char *want = row->shown ? row->shown : row->name;

		if (key_parse(row->name) != row->key)
			fail_msg("%s: got %#x, want %#x", row->name, (unsigned)key_parse(row->name),
			    (unsigned)row->key);
		if (strcmp(key_spell(name, row->key), want) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"", row->name, name, want);
	}
}

/* -- octets ----------------------------------------------------------------------------- */

enum { KEYS_MAX = 8 };

static const struct octets_row {
	const char *name, *octets;
	bool late;
	int keys[KEYS_MAX]; /* 0: no more */
} octets_rows[] = {
	{ "letters", "ab", false, { 'a', 'b' } },
	{ "enter", "\r\n", false, { KEY_RETURN, KEY_RETURN } },
	{ "backspace", "\x7f\b", false, { KEY_ERASE, KEY_ERASE } },
	{ "control", "\x03\x1a", false, { 3, 26 } },
	{ "UTF-8", "\xc3\xa4x", false, { 0xe4, 'x' } },
	{ "half of a character", "\xc3", false, { 0 } },
	{ "half of a character, for good", "\xc3", true, { 0 } },
	{ "bad octet", "\xffx", false, { 'x' } },
	{ "cursor", "\033[A\033OB\033[1;2C", false, { KEY_GO_UP, KEY_GO_DOWN, KEY_GO_RIGHT } },
	{ "with Alt", "\033[1;3D\033x", false, { KEY_GO_LEFT | KEY_ALT, 'x' | KEY_ALT } },
	{ "pages", "\033[5~\033[6~\033[H\033[4~", false,
	    { KEY_PAGE_UP, KEY_PAGE_DOWN, KEY_TO_START, KEY_TO_END } },
	{ "functions", "\033OP\033[15~\033[24~\033[[A", false, { KEY_F1, KEY_F1 + 4, KEY_F12 } },
	{ "of terminfo", "\033Zq", false, { KEY_F1 + 8, 'q' } },
	{ "escape waits", "\033", false, { 0 } },
	{ "escape", "\033", true, { KEY_ESCAPE } },
	{ "escape twice", "\033\033", true, { KEY_ESCAPE, KEY_ESCAPE } },
	{ "Alt and a bracket", "\033[", true, { '[' | KEY_ALT } },
	{ "half of a sequence", "\033[12", false, { 0 } },
	{ "half of a sequence, for good", "\033[12", true, { 0 } },
	{ "unknown sequence", "\033[?1;2cq", false, { 'q' } },
	{ "answer in the middle of a key", "\033[1\033[A", false, { KEY_GO_UP } },
	{ "paste", "\033[200~q\033[201~", false, { KEY_PASTE_BEGIN, 'q', KEY_PASTE_END } },
	{ "wheel", "\033[<64;3;4M\033[<65;3;4M", false, { KEY_WHEEL_UP, KEY_WHEEL_DOWN } },
	{ "click", "\033[<0;3;4M\033[<0;3;4m", false, { KEY_CLICK } },
	{ "huge numbers", "\033[99999999999999999999~x", false, { 'x' } },
	{ "many parameters", "\033[1;2;3;4;5;6;7;8A", false, { KEY_GO_UP } },
};

static void
test_octets(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT(octets_rows); i++) {
		const struct octets_row *row = &octets_rows[i];
		struct keyboard *kb = keyboard_new();
		int got, r = 0, c = 0;

		keyboard_define(kb, "\033Z", KEY_F1 + 8);
		keyboard_add(kb, slice_str(row->octets));
		for (k = 0; (got = keyboard_next(kb, row->late, &r, &c)) != KEY_NONE; k++) {
			if (k == KEYS_MAX || got != row->keys[k])
				fail_msg("%s: key %zu: got %#x, want %#x", row->name, k,
				    (unsigned)got, (unsigned)row->keys[k < KEYS_MAX ? k : 0]);
			if (got == KEY_CLICK && (r != 3 || c != 2))
				fail_msg("%s: got %d,%d, want 3,2", row->name, r, c);
		}
		if (k < KEYS_MAX && row->keys[k])
			fail_msg("%s: key %zu: got none, want %#x", row->name, k,
			    (unsigned)row->keys[k]);
		if (row->late && keyboard_waits(kb))
			fail_msg("%s: octets are left", row->name);
		keyboard_free(kb);
	}
}

/* Any octets: it ends, and nothing stays for ever. */
static void
test_noise(void **state)
{
	struct keyboard *kb = keyboard_new();
	uint8_t octets[64];
	int round, r, c, key;
	size_t i;

	(void)state;
	srand(7);
	for (round = 0; round < 20000; round++) {
		for (i = 0; i < sizeof octets; i++)
			octets[i] = (uint8_t)(rand() % 3 ? rand() : "\033[O;~<M1"[rand() % 8]);
		keyboard_add(kb, slice_of(octets, (size_t)rand() % sizeof octets));
		while ((key = keyboard_next(kb, rand() % 2, &r, &c)) != KEY_NONE)
			assert_true((key & ~KEY_ALT) >= 0 && (key & ~KEY_ALT) <= KEY_CLICK);
	}
	while (keyboard_next(kb, true, &r, &c) != KEY_NONE)
		;
	assert_false(keyboard_waits(kb));
	keyboard_free(kb);
}

/* -- the map ---------------------------------------------------------------------------- */

/* No key is given twice in a view, and every name of a key in the table is one. */
static void
test_table(void **state)
{
	struct {
		int key;
		unsigned views;
		const char *name;
	} seen[400];
	const struct action_row *row;
	size_t n, nseen = 0, i;

	(void)state;
	for (row = action_rows(&n); row->name; row++) {
		char keys[80], *rest = keys, *name;

		assert_true(strlen(row->keys) < sizeof keys);
		strcpy(keys, row->keys);
		while ((name = strsep(&rest, " ")) != NULL) {
			if (!name[0])
				continue;
			if (key_parse(name) == KEY_NONE)
				fail_msg("%s: \"%s\" is no key", row->name, name);
			for (i = 0; i < nseen; i++)
				if (seen[i].key == key_parse(name) && (seen[i].views & row->views))
					fail_msg("%s: \"%s\" is %s already", row->name, name,
					    seen[i].name);
			assert_true(nseen < COUNT(seen));
			seen[nseen].key = key_parse(name);
			seen[nseen].views = row->views;
			seen[nseen++].name = row->name;
		}
	}
	assert_true(n > 40);
}

static void
test_map(void **state)
{
	struct keymap *m = keymap_new();
	char keys[KEYMAP_TEXT_MAX];
	struct error err;

	(void)state;
	assert_int_equal(keymap_lookup(m, VIEW_LIST, 'f').action, ACT_FINDINGS);
	assert_int_equal(keymap_lookup(m, VIEW_LADDER, 'f').action, ACT_FRAMES);
	assert_int_equal(keymap_lookup(m, VIEW_HELP, 'f').action, ACT_NONE);
	assert_int_equal(keymap_bind(m, "list", "f", "ladder", &err), 0);
	assert_int_equal(keymap_lookup(m, VIEW_LIST, 'f').action, ACT_LADDER);
	assert_int_equal(keymap_lookup(m, VIEW_LADDER, 'f').action, ACT_FRAMES);
	assert_int_equal(keymap_keys(m, VIEW_LIST, ACT_LADDER, keys), 3);
	assert_string_equal(keys, "l F7 f");
	assert_int_equal(keymap_unbind(m, NULL, "f", &err), 0);
	assert_int_equal(keymap_lookup(m, VIEW_LIST, 'f').action, ACT_NONE);
	assert_int_equal(keymap_lookup(m, VIEW_LADDER, 'f').action, ACT_NONE);
	/* What does nothing in a view leaves the key to what was bound to it before. */
	assert_int_equal(keymap_bind(m, NULL, "z", "tag", &err), 0);
	assert_int_equal(keymap_lookup(m, VIEW_FRAMES, 'z').action, ACT_FOLD);
	assert_int_equal(keymap_alias(m, "bad", "filter severity = error", &err), 0);
	assert_int_equal(keymap_bind(m, "list", "^X", "bad", &err), 0);
	assert_string_equal(keymap_lookup(m, VIEW_LIST, 24).command, "filter severity = error");
	keymap_free(m);
}

/* -- themes ----------------------------------------------------------------------------- */

static void
test_themes(void **state)
{
	struct theme_colors colors = { 0 };
	struct error err;
	size_t i;
	int style;

	(void)state;
	for (i = 0; theme_at(i); i++) {
		assert_ptr_equal(theme_find(theme_at(i)->name), theme_at(i));
		for (style = 0; style < STYLES; style++) {
			struct look look = theme_look(theme_at(i), NULL, (enum style)style);

			if (look.fg < -1 || look.fg > 7 || look.bg < -1 || look.bg > 7)
				fail_msg("%s: %s has no colour of the eight", theme_at(i)->name,
				    style_name((enum style)style));
			if (strcmp(theme_at(i)->name, "mono") == 0 &&
			    (look.fg != -1 || look.bg != -1 || look.fg256 != -1 ||
			        look.bg256 != -1))
				fail_msg("mono: %s has a colour", style_name((enum style)style));
		}
	}
	assert_int_equal(i, 4);
	assert_int_equal(theme_color(&colors, "error", "226 on black bold", &err), 0);
	assert_int_equal(theme_look(theme_at(0), &colors, STYLE_ERROR).fg256, 226);
	assert_int_equal(theme_look(theme_at(0), &colors, STYLE_ERROR).bg, 0);
	assert_int_equal(theme_look(theme_at(0), &colors, STYLE_ERROR).attr, LOOK_BOLD);
	assert_int_equal(theme_color(&colors, "error", "red on bold", &err), -1);
	assert_int_equal(theme_color(&colors, "error", "256", &err), -1);
}

/* -- the prompt ------------------------------------------------------------------------- */

#define CONTROL(c) ((c) - '@')

static const struct prompt_row {
	const char *name, *start;
	int keys[12]; /* 0: no more */
	const char *want;
	enum prompt_result result;
} prompt_rows[] = {
	{ "types", "", { 'a', 'b' }, "ab", PROMPT_OPEN },
	{ "in the middle", "ac", { KEY_GO_LEFT, 'b' }, "abc", PROMPT_OPEN },
	{ "erases", "abc", { KEY_ERASE }, "ab", PROMPT_OPEN },
	{ "erases a whole character", "a\xc3\xa4", { KEY_ERASE, KEY_ERASE, 'x' }, "x",
	    PROMPT_OPEN },
	{ "moves over a whole one", "\xc3\xa4", { KEY_GO_LEFT, 'x' }, "x\xc3\xa4", PROMPT_OPEN },
	{ "deletes", "abc", { KEY_TO_START, KEY_DELETE }, "bc", PROMPT_OPEN },
	{ "to the end", "abc", { CONTROL('A'), CONTROL('K') }, "", PROMPT_OPEN },
	{ "to the start", "abc", { KEY_GO_LEFT, CONTROL('U') }, "c", PROMPT_OPEN },
	{ "a word", "ab cd ", { CONTROL('W') }, "ab ", PROMPT_OPEN },
	{ "enter", "x", { KEY_RETURN }, "x", PROMPT_DONE },
	{ "escape", "x", { KEY_ESCAPE }, "x", PROMPT_LEFT },
	{ "erasing nothing leaves", "", { KEY_ERASE }, "", PROMPT_LEFT },
	{ "four octets", "", { 0x1f4e7 }, "\xf0\x9f\x93\xa7", PROMPT_OPEN },
	{ "no control characters", "", { 1, 0x85, KEY_F1, 'x' | KEY_ALT }, "", PROMPT_OPEN },
};

static void
test_prompt(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT(prompt_rows); i++) {
		const struct prompt_row *row = &prompt_rows[i];
		struct prompt p = { 0 };
		enum prompt_result got = PROMPT_OPEN;

		prompt_open(&p, PROMPT_SEARCH, "/", row->start);
		for (k = 0; k < COUNT(row->keys) && row->keys[k]; k++)
			got = prompt_key(&p, row->keys[k], false, NULL, NULL);
		if (strcmp(p.text, row->want) != 0 || got != row->result)
			fail_msg("%s: got \"%s\" and %d, want \"%s\" and %d", row->name, p.text,
			    got, row->want, row->result);
		prompt_fini(&p);
	}
}

static bool
complete(void *ctx, const char *text, size_t i, char *out, size_t size)
{
	(void)ctx;
	return i < 2 && snprintf(out, size, "%s%c", text, i ? 'z' : 'y') < (int)size;
}

static void
test_history(void **state)
{
	struct prompt p = { 0 };
	int i;

	(void)state;
	for (i = 0; i < PROMPT_HISTORY + 5; i++) {
		prompt_open(&p, PROMPT_COMMAND, ":", "");
		prompt_key(&p, 'a' + i % 26, false, NULL, NULL);
		prompt_key(&p, KEY_RETURN, false, NULL, NULL);
	}
	prompt_open(&p, PROMPT_COMMAND, ":", "new");
	prompt_key(&p, KEY_GO_UP, false, NULL, NULL);
	assert_string_equal(p.text, "c");
	for (i = 0; i < PROMPT_HISTORY + 5; i++)
		prompt_key(&p, KEY_GO_UP, false, NULL, NULL);
	assert_string_equal(p.text, "f");
	for (i = 0; i < PROMPT_HISTORY + 5; i++)
		prompt_key(&p, KEY_GO_DOWN, false, NULL, NULL);
	assert_string_equal(p.text, "new");
	/* Completions come round to what was typed. */
	prompt_key(&p, KEY_TABULATOR, false, complete, NULL);
	assert_string_equal(p.text, "newy");
	prompt_key(&p, KEY_TABULATOR, false, complete, NULL);
	assert_string_equal(p.text, "newz");
	prompt_key(&p, KEY_TABULATOR, false, complete, NULL);
	assert_string_equal(p.text, "new");
	prompt_fini(&p);
}

/* What is pasted stands for itself and has an end. */
static void
test_paste(void **state)
{
	struct prompt p = { 0 };
	int i;

	(void)state;
	prompt_open(&p, PROMPT_FILTER, "filter: ", "");
	assert_int_equal(prompt_key(&p, 'a', true, NULL, NULL), PROMPT_OPEN);
	assert_int_equal(prompt_key(&p, KEY_RETURN, true, NULL, NULL), PROMPT_OPEN);
	assert_int_equal(prompt_key(&p, KEY_ESCAPE, true, NULL, NULL), PROMPT_OPEN);
	assert_int_equal(prompt_key(&p, 'b', true, NULL, NULL), PROMPT_OPEN);
	assert_string_equal(p.text, "a b");
	for (i = 0; i < 2 * PROMPT_MAX; i++)
		prompt_key(&p, 0x6f22, true, NULL, NULL);
	assert_true(p.n <= PROMPT_MAX && p.text[p.n] == '\0');
	prompt_fini(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_octets),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_map),
		cmocka_unit_test(test_themes),
		cmocka_unit_test(test_prompt),
		cmocka_unit_test(test_history),
		cmocka_unit_test(test_paste),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
