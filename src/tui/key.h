/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * key - a key as a number, and its name: "g", "^L", "F4", "PgDn", "Space", "M-x".
 */
#ifndef SMTPSCOPE_TUI_KEY_H
#define SMTPSCOPE_TUI_KEY_H

#include <stdbool.h>
#include <stdint.h>

/* A character is its code point (control characters too); the others lie above Unicode. */
enum key {
	KEY_NONE = -1,
	KEY_TABULATOR = 9,
	KEY_RETURN = 13,
	KEY_ESCAPE = 27,
	KEY_BASE = 0x110000,
	KEY_GO_UP,
	KEY_GO_DOWN,
	KEY_GO_LEFT,
	KEY_GO_RIGHT,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_TO_START,
	KEY_TO_END,
	KEY_INSERT,
	KEY_DELETE,
	KEY_ERASE, /* Backspace: DEL or BS, as the terminal has it */
	KEY_BACKTAB,
	KEY_F1, /* and so on up to F12 */
	KEY_F12 = KEY_F1 + 11,
	KEY_PASTE_BEGIN, /* what follows was pasted, not typed */
	KEY_PASTE_END,
	KEY_WHEEL_UP,
	KEY_WHEEL_DOWN,
	KEY_CLICK,          /* its place comes beside it (keyboard.h) */
	KEY_ALT = 0x1000000 /* added to any of the above */
};

enum { KEY_NAME_MAX = 24 };

/* KEY_NONE if there is no key of that name. */
int key_parse(const char *name);
/* Writes the name, whole and NUL-terminated; returns it. */
const char *key_spell(char out[KEY_NAME_MAX], int key);
/* Is it a character that can be typed into a line? */
bool key_is_text(int key);

#endif
