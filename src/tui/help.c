/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * help - the keys of a view, from the map that is in force, the commands, the columns,
 * and the marks that are set.
 */
#include <stdio.h>

#include "tui/app.h"
#include "tui/columns.h"
#include "tui/command.h"
#include "tui/marks.h"

enum { KEYS_COLUMNS = 20, NAME_COLUMN = 38 };

static void
head(struct doc *d, const char *text)
{
	doc_line(d, DOC_HEAD, 0, NULL);
	doc_line(d, DOC_HEAD, 0, NULL);
	doc_printf(d, STYLE_HEADER, " %s", text);
}

static void
put_row(struct doc *d, const char *left, const char *name, const char *text, int width)
{
	doc_line(d, 0, 0, NULL);
	doc_printf(d, STYLE_KEY, " %s ", left);
	doc_column(d, KEYS_COLUMNS, 1);
	if (name) {
		doc_text(d, STYLE_DIM, slice_str(name));
		doc_column(d, NAME_COLUMN, 1);
	}
	doc_wrap_on(d, STYLE_PLAIN, slice_str(text), name ? NAME_COLUMN : KEYS_COLUMNS, width);
}

static void
put_keys(struct app *a, enum view_id of, struct doc *d)
{
	const struct action_row *row;
	char keys[KEYMAP_TEXT_MAX];
	size_t n;

	head(d, "Keys, the names that \":bind\" knows, and what they do");
	for (row = action_rows(&n); row->name; row++)
		if ((row->views & of) && keymap_keys(a->keys, of, row->id, keys))
			put_row(d, keys, row->name, row->help, a->cols);
}

static void
put_commands(struct app *a, struct doc *d)
{
	const struct command *c;
	const char *name;
	char left[80];
	size_t i;

	head(d, "Commands behind \":\"; the name of an action is one, too");
	for (i = 0; (c = command_at(i)) != NULL; i++) {
		snprintf(left, sizeof left, "%s%s%s", c->name, c->form[0] ? " " : "", c->form);
		put_row(d, left, NULL, c->help, a->cols);
	}
	for (i = 0; (name = keymap_alias_at(a->keys, i)) != NULL; i++)
		put_row(d, name, "alias", keymap_expand(a->keys, name), a->cols);
}

static void
put_columns(struct doc *d, int width)
{
	const struct column *c;
	size_t i;

	head(d, "Columns of the list (\":set columns\")");
	for (i = 0; (c = column_at(i)) != NULL; i++)
		put_row(d, c->name, NULL, c->help, width);
}

/* Last of all, so that ":marks" finds them. */
static void
put_marks(struct app *a, struct doc *d)
{
	char told[200], line[16];
	unsigned i;

	if (marks_count(a))
		head(d, "Marks");
	for (i = 0; i < MARKS; i++) {
		if (!marks_tell(a, i, told, sizeof told))
			continue;
		doc_line(d, 0, 0, NULL);
		doc_printf(d, STYLE_KEY, " %c", 'a' + (int)i);
		doc_column(d, KEYS_COLUMNS, 1);
		doc_text(d, STYLE_PLAIN, slice_str(told));
		snprintf(line, sizeof line, "marks %c", 'a' + (int)i);
		doc_link(d, line);
	}
}

void
help_build(struct app *a, enum view_id of, struct doc *title, struct doc *body)
{
	doc_printf(title, STYLE_TITLE, " Help: the view \"%s\"", view_name(of));
	put_keys(a, of, body);
	put_commands(a, body);
	if (of == VIEW_LIST)
		put_columns(body, a->cols);
	put_marks(a, body);
}
