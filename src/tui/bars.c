/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bars - the two lines at the bottom: hints or a message, and the function keys, the
 * prompt or a question.  Both are made from the map of keys that is in force.
 */
#include <inttypes.h>
#include <stdio.h>

#include "tui/app.h"
#include "tui/marks.h"

enum { BAR_CELL = 6 /* a label has at least so many columns */ };

/* The first key of the action that is no function key; KEY_NONE: there is none. */
static bool
letter_of(struct app *a, enum action id, char out[KEYMAP_TEXT_MAX])
{
	char keys[KEYMAP_TEXT_MAX], *rest = keys, *key;

	if (keymap_keys(a->keys, app_view(a), id, keys) == 0)
		return false;
	while ((key = strsep(&rest, " ")) != NULL) {
		if (key[0] == 'F' && key[1] >= '1' && key[1] <= '9')
			continue;
		snprintf(out, KEYMAP_TEXT_MAX, "%s", key);
		return true;
	}
	return false;
}

/* Does the action lead to where one is, or nowhere in a text about keys? */
static bool
is_idle(struct app *a, enum action id)
{
	static const struct {
		enum action id;
		enum view_id view;
	} views[] = { { ACT_FRAMES, VIEW_FRAMES }, { ACT_LADDER, VIEW_LADDER },
		{ ACT_TRANSCRIPT, VIEW_TRANSCRIPT }, { ACT_FINDINGS, VIEW_FINDINGS },
		{ ACT_HELP, VIEW_HELP }, { ACT_OPEN, VIEW_HELP }, { ACT_FINDING_NEXT, VIEW_HELP },
		{ ACT_SETTINGS, VIEW_SETTINGS }, { ACT_FINDING_NEXT, VIEW_SETTINGS } };
	size_t i;

	if (id == ACT_OPEN && marks_count(a)) /* the help ends with them */
		return false;
	for (i = 0; i < sizeof views / sizeof views[0]; i++)
		if (views[i].id == id && app_view(a) == views[i].view)
			return true;
	return false;
}

static void
draw_hints(struct app *a, struct canvas *c, int at)
{
	struct glyph_rules rules = canvas_rules(c);
	const struct action_row *row;
	char key[KEYMAP_TEXT_MAX];
	int col = 1, need;
	size_t n;

	for (row = action_rows(&n); row->name; row++) {
		if (!row->label || !(row->views & app_view(a)) || is_idle(a, row->id) ||
		    !letter_of(a, row->id, key))
			continue;
		need = glyph_columns(slice_str(key), &rules) + 1 +
		    glyph_columns(slice_str(row->label), &rules);
		if (col + need > c->cols)
			continue;
		col += canvas_text(c, at, col, c->cols - col, STYLE_HEADER, slice_str(key)) + 1;
		col += canvas_text(c, at, col, c->cols - col, STYLE_DIM, slice_str(row->label)) + 2;
	}
}

static void
draw_keys(struct app *a, struct canvas *c, int at)
{
	const struct action_row *row;
	struct keymap_hit hit;
	int col = 0, f;

	for (f = 1; f <= 10; f++) {
		hit = keymap_lookup(a->keys, app_view(a), KEY_F1 + f - 1);
		row = hit.action == ACT_NONE ? NULL : action_row(hit.action);
		if (!row)
			continue;
		if (col + 2 + BAR_CELL > c->cols)
			break;
		col += canvas_printf(c, at, col, c->cols - col, STYLE_PLAIN, "%d", f);
		col += canvas_printf(c, at, col, c->cols - col, STYLE_KEY, "%-*s", BAR_CELL,
		    row->label ? row->label : row->name);
		col++;
	}
}

void
bars_draw(struct app *a, struct canvas *c, int hint, int bar)
{
	int message = hint >= 0 ? hint : bar >= 0 ? bar : c->rows - 1;
	int last = bar >= 0 ? bar : c->rows - 1;

	if (bar >= 0)
		draw_keys(a, c, bar);
	if (hint >= 0 && !a->message[0])
		draw_hints(a, c, hint);
	if (a->message[0] && (hint >= 0 || !a->prompt.open)) {
		canvas_fill(c, message, 0, c->cols, STYLE_PLAIN, ' ');
		canvas_text(c, message, 1, c->cols - 1, a->message_style, slice_str(a->message));
	} else if (a->counting && hint >= 0) {
		canvas_fill(c, hint, c->cols - 20, 20, STYLE_PLAIN, ' ');
		canvas_printf(c, hint, c->cols - 20, 20, STYLE_HEADER, " %" PRIu64, a->count);
	}
	if (a->prompt.open)
		prompt_draw(&a->prompt, c, last, STYLE_PLAIN);
}
