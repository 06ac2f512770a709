/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * build_findings - the findings of a session one after the other: each with what
 * happened, below it in one line each what follows from it.
 */
#include <inttypes.h>

#include "base/output.h"
#include "tui/sheet.h"

enum { DEPTH_MAX = 8 };

static void
put_where(struct sheet *h, const struct finding *f, int column)
{
	struct output *o = output_memory();

	out_printf(o, "%s %" PRIu64, h->s->stream->transcript ? "line" : "frame", f->frame);
	if (f->nframes)
		out_printf(o, " and %u more", f->nframes);
	doc_column(h->doc, column, 2);
	sheet_take(h, STYLE_DIM, o);
}

/* What follows from it, and what follows from that: causes of causes are few (cascade.c). */
static void
put_effects(struct sheet *h, const struct sheet_findings *v, const struct finding *cause, int depth)
{
	size_t n, i;
	const struct finding *const *effects = sheet_effects(v, cause, &n);

	for (i = 0; i < n && depth < DEPTH_MAX; i++) {
		const struct finding *f = effects[i];

		h->frame = f->frame;
		h->finding = f;
		sheet_line(h, DOC_ANCHOR);
		doc_printf(h->doc, STYLE_DIM, "   so   %s (%s) %s", severity_name(f->severity),
		    confidence_name(f->confidence), f->check->id);
		put_where(h, f, 0);
		put_effects(h, v, f, depth + 1);
	}
}

static void
put_finding(struct sheet *h, const struct sheet_findings *v, const struct finding *f)
{
	struct sheet_par par = { .indent = 3 };
	int column = h->opt->width - 26;

	h->frame = f->frame;
	h->finding = f;
	sheet_line(h, DOC_ANCHOR);
	doc_printf(h->doc, sheet_severity(f->severity), "%-7s", severity_name(f->severity));
	doc_printf(h->doc, STYLE_PLAIN, " %-8s ", confidence_name(f->confidence));
	sheet_str(h, STYLE_HEADER, f->check->id);
	if (f->count > 1)
		doc_printf(h->doc, STYLE_PLAIN, ", %" PRIu32 " times", f->count);
	if (sheet_acked(h, f))
		sheet_str(h, STYLE_GOOD, ", acknowledged");
	put_where(h, f, column > 60 ? column : 0);
	par.own = true;
	sheet_wrap(h, &par, STYLE_PLAIN, slice_str(f->check->title));
	par.own = false;
	if (f->detail && *f->detail)
		sheet_wrap(h, &par, STYLE_DIM, slice_str(f->detail));
	put_effects(h, v, f, 0);
}

/* Nothing to tell: say so, and whether that means anything. */
static void
put_none(struct sheet *h)
{
	struct sheet_par par = { .flags = DOC_HEAD, .own = true, .indent = 1 };

	sheet_wrap(h, &par, STYLE_GOOD, slice_str("No findings."));
	if (h->s->suppressed)
		doc_printf(
		    h->doc, STYLE_PLAIN, " %" PRIu32 " are suppressed as asked.", h->s->suppressed);
	if (h->s->tls.via != TLS_NONE)
		sheet_wrap(h, &par, STYLE_PLAIN,
		    slice_str("What was said inside TLS is not known, and was not judged."));
	if (h->s->one_sided || h->s->gap_octets[0] || h->s->gap_octets[1])
		sheet_wrap(h, &par, STYLE_PLAIN,
		    slice_str("The capture has not all of it: what is missing was not judged."));
}

void
build_findings(struct doc *title, struct doc *body, const struct smtp_session *s,
    const struct build_options *opt)
{
	struct sheet_findings v;
	struct sheet h;
	size_t i;

	sheet_init(&h, title, s, opt, 0);
	sheet_title(&h, "Findings");
	h.doc = body;
	doc_ascii(body, opt->ascii);
	sheet_findings_init(&v, &h);
	for (i = 0; i < v.n; i++) {
		if (v.v[i]->parent)
			continue;
		if (doc_count(body))
			sheet_blank(&h);
		put_finding(&h, &v, v.v[i]);
	}
	if (doc_count(body) == 0)
		put_none(&h);
	sheet_ending(&h);
	sheet_findings_fini(&v);
	sheet_fini(&h);
}
