/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * finding_text - findings as wrapped and indented paragraphs.
 *
 * The first finding of a check in a session says where the rule comes from,
 * what it means for the mail and what to do; later ones only what happened.  A
 * consequence of another finding is one line: reading it first would lead away
 * from the cause.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/output.h"
#include "report/finding_text.h"
#include "report/redact.h"

void
explained_fini(struct explained *e)
{
	free(e->check);
	*e = (struct explained){ NULL, 0, 0 };
}

/* There are as many entries as checks at most. */
bool
explained_first(struct explained *e, const struct check_info *check)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		if (e->check[i] == check)
			return false;
	if (e->n == e->cap) {
		e->cap = e->cap ? e->cap * 2 : 8;
		e->check = xreallocarray(e->check, e->cap, sizeof *e->check);
	}
	e->check[e->n++] = check;
	return true;
}

/* "Label: text" on a line of its own, wrapped below the label's column. */
static void
put_paragraph(struct output *o, unsigned indent, const char *label, const char *text)
{
	if (!text || !*text)
		return;
	out_printf(o, "%*s%s", (int)indent, "", label);
	common_wrap(o, slice_str(text), indent + (unsigned)strlen(label), indent + 2);
	out_putc(o, '\n');
}

static void
put_places(struct output *o, unsigned indent, const char *place, const struct finding *f)
{
	unsigned i;

	if (f->nframes == 0)
		return;
	out_printf(o, "%*ssee also: %s%s", (int)indent, "", place, f->nframes == 1 ? "" : "s");
	for (i = 0; i < f->nframes && i < FINDING_MAX_FRAMES; i++)
		out_printf(o, "%s %" PRIu64, i ? "," : "", f->frames[i]);
	out_putc(o, '\n');
}

static void
put_table(struct output *o, unsigned indent, const char *table)
{
	while (table && *table) {
		size_t n = strcspn(table, "\n");

		out_printf(o, "%*s", (int)indent, "");
		common_cut(o, slice_of(table, n), REPORT_WIDTH * 2);
		out_putc(o, '\n');
		table += n + (table[n] == '\n');
	}
}

/* "** error (certain) reply-mid-data"; returns its columns. */
static unsigned
put_title(struct output *o, const struct finding_style *st, const struct finding *f)
{
	const char *severity = severity_name(f->severity);
	const char *confidence = confidence_name(f->confidence);

	out_printf(o, "%*s** ", (int)st->indent, "");
	common_color(o, st->cfg, common_severity_color(f->severity));
	out_puts(o, severity);
	common_color(o, st->cfg, COLOR_NONE);
	out_printf(o, " (%s) %s", confidence, f->check->id);
	return st->indent + 3 +
	    (unsigned)(strlen(severity) + 3 + strlen(confidence) + strlen(f->check->id));
}

void
finding_text(struct output *o, const struct finding_style *st, const struct finding *f)
{
	unsigned column = put_title(o, st, f), indent = st->indent + 3;
	const char *place = place_name(st->s->stream->transcript);
	struct output *detail;
	struct error err;
	char where[48];
	bool first;

	if (st->tell_frame) {
		snprintf(where, sizeof where, ", %s %" PRIu64, place, f->frame);
		out_puts(o, where);
		column += (unsigned)strlen(where);
	}
	if (f->parent) {
		out_printf(o, " (consequence of %s in %s %" PRIu64 ")\n", f->parent->check->id,
		    place, f->parent->frame);
		return;
	}
	if (f->count > 1) {
		snprintf(where, sizeof where, " (%" PRIu32 " times)", f->count);
		out_puts(o, where);
		column += (unsigned)strlen(where);
	}
	out_puts(o, ": ");
	detail = output_memory();
	redact_detail(st->cfg->redact, detail, st->s, f);
	common_wrap(o, output_slice(detail), column + 2, indent);
	output_close(detail, &err);
	out_putc(o, '\n');
	put_table(o, indent + 2, f->table);
	first = explained_first(st->explained, f->check);
	if (first && !st->brief) {
		put_paragraph(o, indent, "", f->check->refs);
		put_paragraph(o, indent, "what it means: ", f->check->why);
		put_paragraph(o, indent, "what to do: ", f->remedy ? f->remedy : f->check->remedy);
	}
	put_places(o, indent, place, f);
}

void
finding_counts(struct output *o, const struct smtp_session *s)
{
	static const char *const nouns[] = { "note", "warning", "error" };
	const struct finding *f, *worst = NULL;
	bool any = false;
	int sev;

	for (sev = SEV_ERROR; sev >= SEV_NOTE; sev--) {
		if (!s->counted[sev])
			continue;
		out_puts(o, any ? ", " : "");
		common_count(o, s->counted[sev], nouns[sev]);
		any = true;
	}
	if (!any)
		out_puts(o, "none");
	STAILQ_FOREACH (f, &s->findings, link)
		if (!f->parent && finding_explains(f, worst))
			worst = f;
	if (worst)
		out_printf(o, "; worst: %s %s in %s %" PRIu64, severity_name(worst->severity),
		    worst->check->id, place_name(s->stream->transcript), worst->frame);
	if (s->suppressed)
		out_printf(o, "; %" PRIu32 " suppressed as asked", s->suppressed);
}
