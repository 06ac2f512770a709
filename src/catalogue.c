/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * catalogue - --list-checks and --explain.
 *
 * Everything shown comes from the rows of the table of checks (smtp/checks.h),
 * so that no text can lag behind what the program does.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/output.h"
#include "base/slice.h"
#include "catalogue.h"
#include "smtp/checks.h"

enum {
	TEXT_WIDTH = 80,
	ID_MAX = 64, /* octets of an id that are compared */
	SUGGESTIONS = 3,
	FAR = 4 /* more edits than this are another word */
};

static void
list_text(struct output *out)
{
	const struct check_info *c;
	size_t i, n = checks_count(), width = 2;

	for (i = 0; i < n; i++)
		if (strlen(checks_nth(i)->id) > width)
			width = strlen(checks_nth(i)->id);
	out_printf(out, "%-*s  %-8s %-8s %-10s %s\n", (int)width, "id", "severity", "culprit",
	    "kind", "title");
	for (i = 0; i < n; i++) {
		c = checks_nth(i);
		out_printf(out, "%-*s  %-8s %-8s %-10s %s\n", (int)width, c->id,
		    severity_name(c->severity), culprit_name(c->culprit), check_kind_name(c->kind),
		    c->title);
	}
}

/* "RFC 5321 4.2; RFC 2920 3.1" as an array. */
static json_t *
refs_array(const char *refs)
{
	json_t *array = json_array();
	size_t n;

	while (refs && *refs) {
		n = strcspn(refs, ";");
		json_array_append_new(array, json_stringn(refs, n));
		refs += n;
		refs += strspn(refs, "; ");
	}
	return array;
}

/* False: out of memory. */
static bool
put_json(struct output *out, const struct check_info *c)
{
	char phase[2] = { c->phase, '\0' };
	json_t *o = json_pack("{ss ss ss ss ss ss ss sb so}", "id", c->id, "title", c->title,
	    "phase", phase, "culprit", culprit_name(c->culprit), "kind", check_kind_name(c->kind),
	    "severity", severity_name(c->severity), "tier", check_tier_name(c->tier), "needs_tcp",
	    checks_need_tcp(c), "refs", refs_array(c->refs));
	char *line = o ? json_dumps(o, JSON_COMPACT) : NULL;

	if (line) {
		out_puts(out, line);
		out_putc(out, '\n');
	}
	free(line);
	json_decref(o);
	return line != NULL;
}

void
catalogue_list(struct output *out, bool json)
{
	size_t i;

	if (!json) {
		list_text(out);
		return;
	}
	for (i = 0; i < checks_count() && put_json(out, checks_nth(i)); i++)
		;
}

/* A paragraph: `text' in lines of at most TEXT_WIDTH columns, each after `indent' blanks. */
static void
put_wrapped(struct output *out, const char *text, int indent)
{
	size_t n, column = 0;

	while (*(text += strspn(text, " \n")) != '\0') {
		n = strcspn(text, " \n");
		if (column > 0 && column + 1 + n <= TEXT_WIDTH) {
			out_putc(out, ' ');
			column += 1 + n;
		} else {
			out_printf(out, "%s%*s", column > 0 ? "\n" : "", indent, "");
			column = (size_t)indent + n;
		}
		out_write(out, slice_of(text, n));
		text += n;
	}
	out_putc(out, '\n');
}

static void
put_section(struct output *out, const char *title, const char *text)
{
	if (!text || text[0] == '\0')
		return;
	out_printf(out, "\n%s\n", title);
	put_wrapped(out, text, 4);
}

/* Edits (add, drop, change a letter) from a to b; both at most ID_MAX octets. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[ID_MAX + 1], i, j, diagonal, above, best, na = strlen(a), nb = strlen(b);

	if (na > ID_MAX || nb > ID_MAX)
		return SIZE_MAX;
	for (j = 0; j <= nb; j++)
		row[j] = j;
	for (i = 1; i <= na; i++) {
		diagonal = row[0];
		row[0] = i;
		for (j = 1; j <= nb; j++) {
			above = row[j];
			best = diagonal + (ascii_lower((unsigned char)a[i - 1]) != b[j - 1]);
			best = above + 1 < best ? above + 1 : best;
			row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
			diagonal = above;
		}
	}
	return row[nb];
}

/* Ids near `id', or with it inside, the nearest first; returns how many. */
static size_t
suggest(const char *id, const struct check_info *near[static SUGGESTIONS])
{
	size_t far[SUGGESTIONS], count = checks_count(), n = 0, i, j, d;

	for (i = 0; i < count; i++) {
		d = distance(id, checks_nth(i)->id);
		if (id[0] && strstr(checks_nth(i)->id, id))
			d = 1;
		if (d > FAR)
			continue;
		for (j = n < SUGGESTIONS ? n++ : SUGGESTIONS; j > 0 && far[j - 1] > d; j--) {
			if (j < SUGGESTIONS) {
				far[j] = far[j - 1];
				near[j] = near[j - 1];
			}
		}
		if (j < SUGGESTIONS) {
			far[j] = d;
			near[j] = checks_nth(i);
		}
	}
	return n;
}

int
catalogue_unknown(const char *id, struct error *err)
{
	const struct check_info *near[SUGGESTIONS];
	size_t n = suggest(id, near), i, used;

	error_set(err, "there is no check \"%.*s\"; ", ID_MAX, id);
	used = strlen(err->text);
	if (n == 0)
		snprintf(err->text + used, sizeof err->text - used, "--list-checks shows them all");
	for (i = 0; i < n; i++) {
		used = strlen(err->text);
		snprintf(err->text + used, sizeof err->text - used, "%s%s",
		    i == 0 ? "near it: " : ", ", near[i]->id);
	}
	return -1;
}

int
catalogue_explain(struct output *out, const char *id, struct error *err)
{
	const struct check_info *c = checks_find(id);

	if (!c) {
		catalogue_unknown(id, err);
		error_prefix(err, "--explain");
		return -1;
	}
	out_printf(out, "%s: %s\nseverity: %s; kind: %s; culprit: %s\n", c->id, c->title,
	    severity_name(c->severity), check_kind_name(c->kind), culprit_name(c->culprit));
	put_section(out, "What", c->what);
	put_section(out, "Why it matters", c->why);
	put_section(out, "What proves it", c->proof);
	put_section(out, "What looks alike", c->fakes);
	put_section(out, "What to do", c->remedy);
	put_section(out, "Sources", c->refs);
	return 0;
}
