/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * theme - how styles look.
 *
 * The eight colours that every terminal has are enough; where there are 256, softer
 * ones stand for some of them.  The background stays the terminal's own.  No fact is
 * told by colour alone: a severity always has its word.  `mono' is what NO_COLOR
 * (no-color.org) means, `contrast' avoids everything dim.
 */
#include <stdlib.h>
#include <strings.h>

#include "base/error.h"
#include "base/mem.h"
#include "tui/theme.h"

enum { BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE, OWN = -1 };

#define PLAIN                                                                                      \
	{                                                                                          \
		OWN, OWN, OWN, OWN, 0                                                              \
	}
#define FG(c, attr)                                                                                \
	{                                                                                          \
		c, OWN, OWN, OWN, attr                                                             \
	}
#define FG256(c, x, attr)                                                                          \
	{                                                                                          \
		c, OWN, x, OWN, attr                                                               \
	}
#define ATTR(attr)                                                                                 \
	{                                                                                          \
		OWN, OWN, OWN, OWN, attr                                                           \
	}

static const struct theme themes[] = {
	{ "dark", "colours for a dark background",
	    {
	        [STYLE_PLAIN] = PLAIN,
	        [STYLE_TITLE] = { WHITE, BLUE, 231, 24, LOOK_BOLD },
	        [STYLE_HEADER] = ATTR(LOOK_BOLD),
	        [STYLE_ERROR] = FG256(RED, 203, LOOK_BOLD),
	        [STYLE_WARNING] = FG256(YELLOW, 214, 0),
	        [STYLE_NOTE] = FG256(CYAN, 110, 0),
	        [STYLE_CLIENT] = FG256(GREEN, 114, 0),
	        [STYLE_SERVER] = FG256(CYAN, 117, 0),
	        [STYLE_DIM] = { OWN, OWN, 245, OWN, 0 },
	        [STYLE_KEY] = { BLACK, CYAN, 16, 110, 0 },
	        [STYLE_MATCH] = { BLACK, YELLOW, 16, 220, 0 },
	        [STYLE_ESCAPE] = ATTR(LOOK_REVERSE),
	        [STYLE_GOOD] = FG256(GREEN, 114, 0),
	    } },
	{ "light", "colours for a light background",
	    {
	        [STYLE_PLAIN] = PLAIN,
	        [STYLE_TITLE] = { WHITE, BLUE, 231, 25, LOOK_BOLD },
	        [STYLE_HEADER] = ATTR(LOOK_BOLD),
	        [STYLE_ERROR] = FG256(RED, 160, LOOK_BOLD),
	        [STYLE_WARNING] = FG256(MAGENTA, 130, 0),
	        [STYLE_NOTE] = FG256(BLUE, 25, 0),
	        [STYLE_CLIENT] = FG256(BLUE, 19, 0),
	        [STYLE_SERVER] = FG256(GREEN, 22, 0),
	        [STYLE_DIM] = { OWN, OWN, 242, OWN, 0 },
	        [STYLE_KEY] = { WHITE, BLUE, 231, 25, 0 },
	        [STYLE_MATCH] = { BLACK, YELLOW, 16, 220, 0 },
	        [STYLE_ESCAPE] = ATTR(LOOK_REVERSE),
	        [STYLE_GOOD] = FG256(GREEN, 28, 0),
	    } },
	{ "mono", "no colours: bold, underlined, reversed",
	    {
	        [STYLE_PLAIN] = PLAIN,
	        [STYLE_TITLE] = ATTR(LOOK_REVERSE),
	        [STYLE_HEADER] = ATTR(LOOK_BOLD),
	        [STYLE_ERROR] = ATTR(LOOK_BOLD),
	        [STYLE_WARNING] = PLAIN,
	        [STYLE_NOTE] = PLAIN,
	        [STYLE_CLIENT] = PLAIN,
	        [STYLE_SERVER] = PLAIN,
	        [STYLE_DIM] = PLAIN,
	        [STYLE_KEY] = ATTR(LOOK_REVERSE),
	        [STYLE_MATCH] = ATTR(LOOK_REVERSE),
	        [STYLE_ESCAPE] = ATTR(LOOK_REVERSE),
	        [STYLE_GOOD] = PLAIN,
	    } },
	{ "contrast", "few and strong colours",
	    {
	        [STYLE_PLAIN] = PLAIN,
	        [STYLE_TITLE] = ATTR(LOOK_REVERSE | LOOK_BOLD),
	        [STYLE_HEADER] = ATTR(LOOK_BOLD | LOOK_UNDERLINE),
	        [STYLE_ERROR] = { WHITE, RED, 231, 160, LOOK_BOLD },
	        [STYLE_WARNING] = { BLACK, YELLOW, 16, 226, LOOK_BOLD },
	        [STYLE_NOTE] = ATTR(LOOK_BOLD),
	        [STYLE_CLIENT] = PLAIN,
	        [STYLE_SERVER] = PLAIN,
	        [STYLE_DIM] = PLAIN,
	        [STYLE_KEY] = ATTR(LOOK_REVERSE),
	        [STYLE_MATCH] = { BLACK, YELLOW, 16, 226, 0 },
	        [STYLE_ESCAPE] = ATTR(LOOK_REVERSE),
	        [STYLE_GOOD] = ATTR(LOOK_BOLD),
	    } },
};

static const char *const style_names[STYLES] = {
	[STYLE_PLAIN] = "plain",
	[STYLE_TITLE] = "title",
	[STYLE_HEADER] = "header",
	[STYLE_ERROR] = "error",
	[STYLE_WARNING] = "warning",
	[STYLE_NOTE] = "note",
	[STYLE_CLIENT] = "client",
	[STYLE_SERVER] = "server",
	[STYLE_DIM] = "dim",
	[STYLE_KEY] = "key",
	[STYLE_MATCH] = "match",
	[STYLE_ESCAPE] = "escape",
	[STYLE_GOOD] = "good",
};

static const char *const color_names[] = { "black", "red", "green", "yellow", "blue", "magenta",
	"cyan", "white", "default" };

static const struct {
	const char *name;
	unsigned attr;
} attr_names[] = { { "bold", LOOK_BOLD }, { "faint", LOOK_DIM }, { "underline", LOOK_UNDERLINE },
	{ "reverse", LOOK_REVERSE } };

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

const struct theme *
theme_at(size_t i)
{
	return i < COUNT(themes) ? &themes[i] : NULL;
}

const struct theme *
theme_find(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(themes); i++)
		if (strcmp(themes[i].name, name) == 0)
			return &themes[i];
	return NULL;
}

const char *
style_name(enum style style)
{
	return style_names[style];
}

/* -- the words of "color" --------------------------------------------------------------- */

/* A name or a number up to 255; -2: neither. */
static int
parse_color(const char *word)
{
	size_t i;
	int n = 0;

	for (i = 0; i < COUNT(color_names); i++)
		if (strcasecmp(word, color_names[i]) == 0)
			return i < 8 ? (int)i : OWN;
	for (i = 0; word[i] >= '0' && word[i] <= '9' && i < 3; i++)
		n = 10 * n + (word[i] - '0');
	return i && word[i] == '\0' && n < 256 ? n : -2;
}

static unsigned
parse_attr(const char *word)
{
	size_t i;

	for (i = 0; i < COUNT(attr_names); i++)
		if (strcasecmp(word, attr_names[i].name) == 0)
			return attr_names[i].attr;
	return 0;
}

/* One word of a look; `on': the word before was "on". */
static int
parse_word(struct look *look, const char *word, bool on, struct error *err)
{
	int color = parse_color(word);
	int16_t *eight = on ? &look->bg : &look->fg, *many = on ? &look->bg256 : &look->fg256;

	if (color > -2) {
		*eight = (int16_t)(color < 8 ? color : OWN);
		*many = (int16_t)color;
		return 0;
	}
	if (!on && parse_attr(word)) {
		look->attr |= parse_attr(word);
		return 0;
	}
	error_set(err,
	    "\"%s\" is no colour: give black, red, green, yellow, blue, magenta, cyan, white, "
	    "default, a number up to 255, bold, faint, underline or reverse",
	    word);
	return -1;
}

int
theme_color(struct theme_colors *colors, const char *style, const char *words, struct error *err)
{
	struct look look = ATTR(0);
	char *copy, *rest, *word;
	bool on = false;
	int i = 0, rc = 0;

	while (i < STYLES && strcmp(style_names[i], style) != 0)
		i++;
	if (i == STYLES) {
		error_set(err,
		    "\"%s\" is no style: give plain, title, header, error, warning, note, client, "
		    "server, dim, key, match, escape or good",
		    style);
		return -1;
	}
	copy = rest = xstrdup(words);
	while (rc == 0 && (word = strsep(&rest, " \t")) != NULL) {
		if (word[0] == '\0')
			continue;
		if (!on && strcasecmp(word, "on") == 0) {
			on = true;
			continue;
		}
		rc = parse_word(&look, word, on, err);
		on = false;
	}
	free(copy);
	if (rc != 0)
		return -1;
	colors->set[i] = true;
	colors->look[i] = look;
	return 0;
}

struct look
theme_look(const struct theme *theme, const struct theme_colors *colors, enum style style)
{
	return colors && colors->set[style] ? colors->look[style] : theme->looks[style];
}
