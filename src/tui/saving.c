/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * saving - sessions into a file: the open one, the tagged ones, or all that are
 * shown.
 *
 * The form follows from the end of the name, and where that leaves a choice from the
 * view; or it is named before the name.  A file that is there already is written over
 * only after a question.
 */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "base/mem.h"
#include "tui/app.h"
#include "tui/list.h"
#include "tui/pager.h"

static const struct {
	const char *suffix, *format;
	unsigned views; /* enum view_id: what it means there; the first row that fits counts */
} suffixes[] = {
	{ ".pcap", "pcap", VIEW_ANY },
	{ ".pcapng", "pcapng", VIEW_ANY },
	{ ".txt", "ladder", VIEW_LADDER },
	{ ".txt", "transcript", VIEW_TRANSCRIPT },
	{ ".txt", "text", VIEW_ANY },
	{ ".transcript", "transcript", VIEW_ANY },
	{ ".md", "mermaid", VIEW_LADDER },
	{ ".md", "markdown", VIEW_ANY },
	{ ".svg", "svg", VIEW_ANY },
	{ ".html", "html", VIEW_ANY },
	{ ".json", "json", VIEW_ANY },
	{ ".jsonl", "jsonl", VIEW_ANY },
	{ ".csv", "csv", VIEW_ANY },
	{ ".sarif", "sarif", VIEW_ANY },
};

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

struct chosen
saving_choose(struct app *a, bool one)
{
	size_t all = store_count(a->src->store), shown = listing_count(a->list->listing), i;
	struct chosen c = { xcalloc(all + shown + 1, sizeof *c.rows), 0, "shown " };
	struct pager *p = app_pager(a);
	bool board = app_view(a) == VIEW_DASHBOARD;

	if (p && (p->id & VIEW_SESSION)) {
		c.rows[c.n++] = &p->row;
		c.which = NULL;
		return c;
	}
	for (i = 0; i < all; i++)
		if (board || (store_at(a->src->store, i)->flags & ROW_TAGGED))
			c.rows[c.n++] = store_at(a->src->store, i);
	if (board || c.n) {
		c.which = board ? "" : "tagged ";
		return c;
	}
	if (one && list_row(a->list)) {
		c.rows[c.n++] = list_row(a->list);
		c.which = NULL;
	}
	for (i = 0; !one && i < shown; i++)
		c.rows[c.n++] = listing_at(a->list->listing, i);
	return c;
}

void
saving_tell(struct app *a, bool one, char *out, size_t size)
{
	struct chosen c = saving_choose(a, one);

	if (!c.which)
		snprintf(out, size, "this session");
	else
		snprintf(out, size, "%zu %ssession%s", c.n, c.which, c.n == 1 ? "" : "s");
	free(c.rows);
}

static void
save(struct app *a)
{
	struct chosen c = saving_choose(a, false);
	struct error err = { "" };

	if (c.n == 0)
		app_say(a, STYLE_WARNING, "there is no session to save");
	else if (a->src->save(a->src->ctx, c.rows, c.n, a->save_format, a->save_path, &err) != 0)
		app_say(a, STYLE_ERROR, "%s", err.text);
	else
		app_say(a, STYLE_PLAIN, "%zu session%s saved as %s in %s", c.n, c.n == 1 ? "" : "s",
		    a->save_format, a->save_path);
	app_forget(a); /* the source may have had other sessions in between */
	free(c.rows);
}

const char *
saving_format(const struct app *a, const char *path)
{
	size_t n = strlen(path), i, len;

	for (i = 0; i < COUNT(suffixes); i++) {
		len = strlen(suffixes[i].suffix);
		if (n > len && suffixes[i].views & app_view(a) &&
		    strcasecmp(path + n - len, suffixes[i].suffix) == 0)
			return suffixes[i].format;
	}
	return NULL;
}

static bool
is_format(const char *word, size_t n)
{
	size_t i;

	for (i = 0; i < COUNT(suffixes); i++)
		if (strlen(suffixes[i].format) == n && strncmp(suffixes[i].format, word, n) == 0)
			return true;
	return false;
}

/* "~/x": in the home of the user. */
static char *
expand(const char *path)
{
	const char *home = getenv("HOME");

	return path[0] == '~' && path[1] == '/' && home ? xasprintf("%s%s", home, path + 1) :
	                                                  xstrdup(path);
}

void
saving_write(struct app *a, const char *args)
{
	const char *path = args + strspn(args, " "), *format;
	size_t n = strcspn(path, " ");

	if (path[0] == '\0') {
		app_say(a, STYLE_PLAIN, "nothing was saved");
		return;
	}
	if (path[n] == ' ' && is_format(path, n)) {
		snprintf(a->save_format, sizeof a->save_format, "%.*s", (int)n, path);
		path += n + strspn(path + n, " ");
	} else if ((format = saving_format(a, path)) != NULL) {
		snprintf(a->save_format, sizeof a->save_format, "%s", format);
	} else {
		app_say(a, STYLE_ERROR,
		    "no known ending; use .pcap .pcapng .txt .md .svg .html .json .jsonl .csv .sarif");
		return;
	}
	free(a->save_path);
	a->save_path = expand(path);
	if (access(a->save_path, F_OK) == 0)
		app_ask(a, save, "%s is there already. Write over it?  y or n", a->save_path);
	else
		save(a);
}
