/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sheet_findings - findings as all views of a session show them: in which order,
 * under which heading.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/output.h"
#include "tui/sheet.h"

const struct finding *
sheet_cause(const struct smtp_session *s)
{
	const struct finding *f, *best = NULL;

	STAILQ_FOREACH (f, &s->findings, link) {
		if (f->parent)
			continue;
		if (!best || f->severity > best->severity ||
		    (f->severity == best->severity && f->confidence > best->confidence))
			best = f;
	}
	return best;
}

void
sheet_findings_init(struct sheet_findings *v, const struct sheet *h)
{
	const struct finding *f, *first = STAILQ_FIRST(&h->s->findings);
	size_t n = 0;
	unsigned follow;

	STAILQ_FOREACH (f, &h->s->findings, link)
		n++;
	*v = (struct sheet_findings){ .v = xreallocarray(NULL, n ? n : 1, sizeof *v->v) };
	while (first) {
		f = first;
		for (follow = 0; follow < 2; follow++)
			for (f = first; f && f->frame == first->frame; f = STAILQ_NEXT(f, link))
				if ((f->parent != NULL) == follow && common_shown(&h->cfg, f))
					v->v[v->n++] = f;
		first = f;
	}
}

const struct finding *
sheet_finding_upto(struct sheet_findings *v, uint64_t frame)
{
	return v->next < v->n && v->v[v->next]->frame <= frame ? v->v[v->next++] : NULL;
}

void
sheet_findings_fini(struct sheet_findings *v)
{
	free(v->v);
}

void
sheet_finding_head(struct sheet *h, const struct sheet_par *par, const struct finding *f)
{
	struct sheet_par head = *par;
	struct output *o = output_memory();
	struct slice title;
	struct error err;
	int room;

	out_printf(o, "%s (%s) %s", severity_name(f->severity), confidence_name(f->confidence),
	    f->check->id);
	if (f->count > 1)
		out_printf(o, ", %" PRIu32 " times", f->count);
	if (f->parent)
		out_printf(o, ", follows from %s in frame %" PRIu64, f->parent->check->id,
		    f->parent->frame);
	head.flags |= DOC_ANCHOR;
	head.own = true;
	room = h->opt->width - par->indent - sheet_columns(h, slice_str(par->lead)) -
	    sheet_columns(h, output_slice(o));
	sheet_wrap(h, &head, f->parent ? STYLE_DIM : sheet_severity(f->severity), output_slice(o));
	output_close(o, &err);
	if (f->parent)
		return;
	title = slice_str(f->check->title);
	if (2 + sheet_columns(h, title) <= room) {
		sheet_str(h, STYLE_PLAIN, ": ");
		doc_text(h->doc, STYLE_PLAIN, title);
	}
}
