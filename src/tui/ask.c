/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ask - what is typed in the last line, and what becomes of it: search, filter,
 * command, file name.
 *
 * While a filter is typed it is compiled with every key, and the line above says what
 * is wrong with it and where; it comes into force with Enter.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "filter/filter.h"
#include "tui/app.h"
#include "tui/list.h"
#include "tui/pager.h"

/* -- the filter ------------------------------------------------------------------------- */

bool
filtering_set(struct app *a, const char *text)
{
	struct filter *filter = NULL;
	struct error err = { "" };
	size_t column = 0;

	if (text[strspn(text, " ")] != '\0') {
		filter = filter_compile(text, &column, &err);
		if (!filter) {
			app_say(a, STYLE_ERROR, "column %zu: %s", column, err.text);
			return false;
		}
	}
	listing_filter(a->list->listing, filter);
	filter_free(a->filter);
	free(a->filter_text);
	a->filter = filter;
	a->filter_text = filter ? xstrdup(text) : NULL;
	list_filtered(a->list);
	while (a->depth)
		app_pop(a);
	return true;
}

/* Says what is wrong with what was typed so far. */
static void
check_filter(struct app *a)
{
	struct error err = { "" };
	struct filter *filter;
	size_t column = 0;

	if (a->prompt.n == 0)
		return;
	filter = filter_compile(a->prompt.text, &column, &err);
	if (filter)
		app_say(a, STYLE_GOOD, "valid; Enter shows what matches");
	else
		app_say(a, STYLE_ERROR, "column %zu: %s", column, err.text);
	filter_free(filter);
}

/* The word that the line ends in. */
static bool
complete_filter(void *ctx, const char *text, size_t i, char *out, size_t size)
{
	const char *word = text + strlen(text), *name;

	(void)ctx;
	while (word > text && !strchr(" ()!", word[-1]))
		word--;
	name = filter_complete(word, i);
	return name && snprintf(out, size, "%.*s%s", (int)(word - text), text, name) < (int)size;
}

/* -- the others ------------------------------------------------------------------------- */

static void
search(struct app *a, const char *text)
{
	struct pager *p = app_pager(a);

	if (text[0]) {
		a->nneedle = strnlen(text, NEEDLE_MAX);
		memcpy(a->needle, text, a->nneedle);
	}
	if (a->nneedle == 0)
		return;
	if (p)
		pager_search(a, p, false);
	else
		list_search(a, false);
}

static bool
complete_command(void *ctx, const char *text, size_t i, char *out, size_t size)
{
	return command_complete(ctx, text, i, out, size);
}

static void
filter_done(struct app *a, const char *text)
{
	if (!filtering_set(a, text))
		prompt_open(&a->prompt, PROMPT_FILTER, "filter: ", text);
}

static const struct {
	prompt_completer *complete;
	void (*changed)(struct app *); /* or NULL */
	void (*done)(struct app *, const char *text);
} kinds[PROMPT_KINDS] = {
	[PROMPT_SEARCH] = { NULL, NULL, search },
	[PROMPT_FILTER] = { complete_filter, check_filter, filter_done },
	[PROMPT_COMMAND] = { complete_command, NULL, command_run },
	[PROMPT_SAVE] = { NULL, NULL, saving_write },
	[PROMPT_PIPE] = { NULL, NULL, piping_start },
};

void
ask_key(struct app *a, int key)
{
	enum prompt_kind kind = a->prompt.kind;
	enum prompt_result result;
	char *text;

	if (kind == PROMPT_FILTER && key == KEY_F1 + 3 && !a->pasting) { /* F4 twice: all of them */
		a->prompt.open = false;
		filtering_set(a, "");
		return;
	}
	if (key == 'Z' - '@' && !a->pasting) {
		app_act(a, ACT_SUSPEND);
		return;
	}
	result = prompt_key(&a->prompt, key, a->pasting, kinds[kind].complete, a);
	if (result == PROMPT_DONE) {
		text = xstrdup(a->prompt.text); /* the next prompt may be opened by it */
		kinds[kind].done(a, text);
		free(text);
	} else if (result == PROMPT_OPEN && kinds[kind].changed) {
		kinds[kind].changed(a);
	}
}

void
ask_search(struct app *a)
{
	prompt_open(&a->prompt, PROMPT_SEARCH, "/", "");
}

void
ask_filter(struct app *a)
{
	prompt_open(&a->prompt, PROMPT_FILTER, "filter: ", a->filter_text ? a->filter_text : "");
	check_filter(a);
}

void
ask_command(struct app *a, const char *start)
{
	prompt_open(&a->prompt, PROMPT_COMMAND, ":", start);
}

void
ask_columns(struct app *a)
{
	const struct column_layout *l = &a->list->layout;
	char text[PROMPT_MAX] = "set columns ";
	size_t n = strlen(text);
	unsigned i;

	for (i = 0; i < l->n && n < sizeof text - 1; i++)
		n += (size_t)snprintf(
		    text + n, sizeof text - n, "%s%s", i ? "," : "", column_at(l->chosen[i])->name);
	ask_command(a, text);
	app_say(a, STYLE_PLAIN, "the help (?) lists the columns");
}

void
ask_save(struct app *a)
{
	char what[80];

	saving_tell(a, false, what, sizeof what);
	prompt_open(&a->prompt, PROMPT_SAVE, "save as: ", "");
	if (app_view(a) == VIEW_LADDER)
		app_say(a, STYLE_PLAIN,
		    "%s: .svg .txt .md (Mermaid) a drawing; .pcap .pcapng .html .jsonl as always",
		    what);
	else
		app_say(a, STYLE_PLAIN,
		    "%s: .pcap .pcapng .txt .md .svg .html .json .jsonl .csv .sarif", what);
}

void
ask_report(struct app *a)
{
	char what[80];

	saving_tell(a, false, what, sizeof what);
	prompt_open(&a->prompt, PROMPT_SAVE, "report as: ", "incidents.md");
	app_say(
	    a, STYLE_PLAIN, "a report of incidents on %s, as .md .html .json .txt .sarif", what);
}

void
ask_pipe(struct app *a)
{
	char what[80];

	saving_tell(a, true, what, sizeof what);
	prompt_open(&a->prompt, PROMPT_PIPE, "pipe to: ", "");
	app_say(a, STYLE_PLAIN, "%s as text, to a shell command", what);
}
