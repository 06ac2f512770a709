/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ladder_mermaid - the diagram in the language that trackers draw from.
 *
 * A message text ends at the line, a semicolon or a number sign, so these and
 * everything that is special to HTML are written as its entity codes; so are the
 * marks of formulas and of comments, and the colon, which behind "style" would
 * make it take an entity code for a colour.
 *
 * What draws it refuses a text of more than 50,000 characters (maxTextSize).
 */
#include <inttypes.h>

#include "base/error.h"
#include "base/output.h"
#include "report/common.h"
#include "report/ladder.h"

enum { LABEL_COLUMNS = 60 };

static void
put_text(struct output *o, struct slice raw)
{
	struct output *text = output_memory();
	struct error err;
	struct slice s;
	size_t i;

	common_cut(text, raw, LABEL_COLUMNS);
	s = output_slice(text);
	for (i = 0; i < s.n; i++) {
		if (s.p[i] < 0x80 && strchr("\"#$%&':;<>\\`{|}", s.p[i]))
			out_printf(o, "#%u;", s.p[i]);
		else
			out_putc(o, s.p[i]);
	}
	output_close(text, &err);
}

static void
put_step(struct output *o, const struct step *p, const char *unit)
{
	static const char *const arrows[2][2] = { { "-->>", "->>" }, { "--x", "-x" } };
	struct output *raw = output_memory();
	struct error err;

	ladder_label(raw, p);
	out_printf(o, "    %s%s%s: %s %" PRIu64 ": ", p->role == DIR_CLIENT ? "C" : "S",
	    arrows[p->lost][p->len > 0], p->role == DIR_CLIENT ? "S" : "C", unit, p->frame);
	put_text(o, output_slice(raw));
	out_putc(o, '\n');
	output_close(raw, &err);
}

/* The frame or the fold, and the findings below it. */
static void
put_row(struct output *o, const struct ladder *l, size_t i)
{
	const struct step *p = &l->step[i];
	const struct effect *mark;
	unsigned next;

	if (p->kind == STEP_FOLD) {
		out_puts(o, "    Note over C,S: ");
		ladder_fold(o, l, p);
		out_putc(o, '\n');
		if (l->e)
			return;
	} else {
		put_step(o, p, place_name(l->transcript));
	}
	for (next = 0; (mark = ladder_mark(l, i, &next)) != NULL;)
		out_printf(o, "    Note over C,S: %s (%s) %s\n", severity_name(mark->severity),
		    confidence_name(mark->confidence), mark->check->id);
}

void
ladder_mermaid(struct output *o, const struct ladder *l)
{
	struct output *rows = output_memory();
	struct error err;
	size_t i, n, end = 0;

	out_puts(o, "sequenceDiagram\n    participant C as ");
	put_text(o, slice_str(l->name[DIR_CLIENT]));
	out_puts(o, "\n    participant S as ");
	put_text(o, slice_str(l->name[DIR_SERVER]));
	out_putc(o, '\n');
	for (i = 0; i < l->nsteps; i++) {
		put_row(rows, l, i);
		n = output_slice(rows).n;
		if (n > MERMAID_MAX)
			break;
		end = n;
	}
	out_write(o, slice_of(output_slice(rows).p, end));
	if (i < l->nsteps) {
		out_puts(o, "    Note over C,S: the rest of it, from ");
		out_printf(o, "%s %" PRIu64 " on, has no room in a drawing of this kind\n",
		    place_name(l->transcript), l->step[i].frame);
	}
	output_close(rows, &err);
}
