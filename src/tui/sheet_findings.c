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
#include "tui/acks.h"
#include "tui/sheet.h"

const struct finding *
sheet_cause(const struct smtp_session *s)
{
	const struct finding *f, *best = NULL;

	STAILQ_FOREACH (f, &s->findings, link)
		if (!f->parent && finding_explains(f, best))
			best = f;
	return best;
}

static uintptr_t
cause_of(const struct finding *f)
{
	return (uintptr_t)f->parent;
}

/* Where causes lie in memory says nothing: it only brings equal ones together. */
static int
by_cause(const void *a, const void *b)
{
	const struct finding *const *x = a, *const *y = b;

	if (cause_of(*x) != cause_of(*y))
		return cause_of(*x) < cause_of(*y) ? -1 : 1;
	if ((*x)->frame != (*y)->frame)
		return (*x)->frame < (*y)->frame ? -1 : 1;
	return (*x)->position < (*y)->position ? -1 : (*x)->position > (*y)->position;
}

const struct finding *const *
sheet_effects(const struct sheet_findings *v, const struct finding *cause, size_t *n)
{
	size_t lo = 0, hi = v->neffects;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (cause_of(v->effects[mid]) >= (uintptr_t)cause)
			hi = mid;
		else
			lo = mid + 1;
	}
	for (hi = lo; hi < v->neffects && v->effects[hi]->parent == cause; hi++)
		;
	*n = hi - lo;
	return *n ? &v->effects[lo] : NULL;
}

void
sheet_findings_init(struct sheet_findings *v, const struct sheet *h)
{
	const struct finding *f, *first = STAILQ_FIRST(&h->s->findings);
	size_t n = 0;
	unsigned follow;

	STAILQ_FOREACH (f, &h->s->findings, link)
		n++;
	*v = (struct sheet_findings){ .v = xreallocarray(NULL, n ? n : 1, sizeof *v->v),
		.effects = xreallocarray(NULL, n ? n : 1, sizeof *v->effects) };
	while (first) {
		f = first;
		for (follow = 0; follow < 2; follow++)
			for (f = first; f && f->frame == first->frame; f = STAILQ_NEXT(f, link))
				if ((f->parent != NULL) == follow && common_shown(&h->cfg, f))
					v->v[v->n++] = f;
		first = f;
	}
	for (n = 0; n < v->n; n++)
		if (v->v[n]->parent)
			v->effects[v->neffects++] = v->v[n];
	qsort(v->effects, v->neffects, sizeof *v->effects, by_cause);
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
	free(v->effects);
}

bool
sheet_acked(const struct sheet *h, const struct finding *f)
{
	const struct stream *st;
	struct endpoint ep[2];

	if (!h->opt->acks)
		return false;
	st = h->s->stream;
	ep[0] = st->half[0].ep;
	ep[1] = st->half[1].ep;
	return acks_has(h->opt->acks, &(struct acks_session){ ep, st->first_ts }, f->check->id);
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
	if (sheet_acked(h, f))
		out_puts(o, ", acknowledged");
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
