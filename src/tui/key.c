/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * key - names of keys.
 *
 * Names are those of the manuals of less, vim and htop; letters of either case are
 * different keys, the case of a name does not matter.  A name that is printed can
 * be read back.
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/escape.h"
#include "tui/key.h"

static const struct {
	const char *name; /* the first of a key is the one that is printed */
	int key;
} names[] = {
	{ "Enter", KEY_RETURN },
	{ "Return", KEY_RETURN },
	{ "Tab", KEY_TABULATOR },
	{ "Esc", KEY_ESCAPE },
	{ "Space", ' ' },
	{ "Up", KEY_GO_UP },
	{ "Down", KEY_GO_DOWN },
	{ "Left", KEY_GO_LEFT },
	{ "Right", KEY_GO_RIGHT },
	{ "PgUp", KEY_PAGE_UP },
	{ "PgDn", KEY_PAGE_DOWN },
	{ "Home", KEY_TO_START },
	{ "End", KEY_TO_END },
	{ "Ins", KEY_INSERT },
	{ "Del", KEY_DELETE },
	{ "Backspace", KEY_ERASE },
	{ "BackTab", KEY_BACKTAB },
	{ "WheelUp", KEY_WHEEL_UP },
	{ "WheelDown", KEY_WHEEL_DOWN },
	{ "Click", KEY_CLICK },
};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* "F1" to "F12" */
static int
parse_function(const char *name)
{
	int n = 0, digits = 0;

	if (name[0] != 'F' && name[0] != 'f')
		return KEY_NONE;
	for (name++; *name >= '0' && *name <= '9' && digits < 2; name++, digits++)
		n = 10 * n + (*name - '0');
	return *name == '\0' && digits && n >= 1 && n <= 12 ? KEY_F1 + n - 1 : KEY_NONE;
}

/* "^A": the 32 control characters; "^?" is Backspace. */
static int
parse_control(const char *name)
{
	if (name[0] != '^' || name[1] == '\0' || name[2] != '\0')
		return KEY_NONE;
	if (name[1] == '?')
		return KEY_ERASE;
	if (name[1] >= 'a' && name[1] <= 'z')
		return name[1] - 'a' + 1;
	return name[1] >= '@' && name[1] <= '_' ? name[1] - '@' : KEY_NONE;
}

int
key_parse(const char *name)
{
	struct slice s = slice_str(name);
	uint32_t cp;
	size_t i;
	int key;

	if (s.n > 2 && (name[0] == 'M' || name[0] == 'm') && name[1] == '-') {
		key = key_parse(name + 2);
		return key == KEY_NONE || (key & KEY_ALT) ? KEY_NONE : key | KEY_ALT;
	}
	if (s.n && utf8_decode(s, &cp) == s.n && cp > ' ' && cp != 0x7f)
		return (int)cp;
	for (i = 0; i < COUNT(names); i++)
		if (strcasecmp(name, names[i].name) == 0)
			return names[i].key;
	key = parse_control(name);
	return key != KEY_NONE ? key : parse_function(name);
}

/* The character as UTF-8. */
static void
encode(char *out, uint32_t cp)
{
	size_t n = 0;

	if (cp < 0x80) {
		out[n++] = (char)cp;
	} else if (cp < 0x800) {
		out[n++] = (char)(0xc0 | cp >> 6);
	} else if (cp < 0x10000) {
		out[n++] = (char)(0xe0 | cp >> 12);
		out[n++] = (char)(0x80 | (cp >> 6 & 0x3f));
	} else {
		out[n++] = (char)(0xf0 | cp >> 18);
		out[n++] = (char)(0x80 | (cp >> 12 & 0x3f));
		out[n++] = (char)(0x80 | (cp >> 6 & 0x3f));
	}
	if (cp >= 0x80)
		out[n++] = (char)(0x80 | (cp & 0x3f));
	out[n] = '\0';
}

const char *
key_spell(char out[KEY_NAME_MAX], int key)
{
	char *p = out;
	size_t i;

	if (key == KEY_NONE)
		return strcpy(out, "?");
	if (key & KEY_ALT) {
		*p++ = 'M';
		*p++ = '-';
		key &= ~KEY_ALT;
	}
	for (i = 0; i < COUNT(names); i++) {
		if (names[i].key == key) {
			strcpy(p, names[i].name);
			return out;
		}
	}
	if (key >= KEY_F1 && key <= KEY_F12)
		snprintf(p, KEY_NAME_MAX - 2, "F%d", key - KEY_F1 + 1);
	else if (key >= 0 && key < ' ')
		snprintf(p, KEY_NAME_MAX - 2, "^%c", key + '@');
	else if (key_is_text(key))
		encode(p, (uint32_t)key);
	else
		strcpy(p, "?");
	return out;
}

bool
key_is_text(int key)
{
	return key >= ' ' && key < KEY_BASE && key != 0x7f && !(key >= 0xd800 && key <= 0xdfff) &&
	    !(key >= 0x80 && key < 0xa0);
}
