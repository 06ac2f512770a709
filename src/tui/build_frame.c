/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * build_frame - everything about one frame, for the pane beside the ladder: its TCP
 * numbers, every line of the dialogue in it, which command a reply answers and how
 * long that took, and the findings that it proves or helps to prove.
 *
 * The pane is narrow, so nothing is cut and everything is wrapped.
 */
#include <inttypes.h>

#include "base/output.h"
#include "base/timefmt.h"
#include "report/common.h"
#include "report/step.h"
#include "report/tcpline.h"
#include "tui/sheet.h"

/* The record of the frame, or NULL; *previous: the time of the one before, or its own. */
static const struct ledger_seg *
find_record(const struct smtp_session *s, uint64_t frame, int64_t *previous)
{
	const struct ledger *l = &s->stream->ledger;
	size_t i;

	for (i = 0; i < l->n; i++) {
		if (l->seg[i].frame <= frame && frame <= l->seg[i].last_frame) {
			*previous = l->seg[i ? i - 1 : i].ts;
			return &l->seg[i];
		}
	}
	return NULL;
}

static void
put_section(struct sheet *h, const char *name)
{
	sheet_blank(h);
	sheet_line(h, DOC_HEAD);
	sheet_str(h, STYLE_HEADER, name);
}

/* When, the TCP line, and what is odd about the segment. */
static void
put_numbers(struct sheet *h, const struct ledger_seg *g, const struct step *p, int64_t previous)
{
	static const struct sheet_par plain = { .own = true };
	struct output *o;
	char text[TIME_TEXT_MAX];

	if (h->s->stream->transcript)
		return;
	o = output_memory();
	time_rfc3339(text, g->ts, h->cfg.digits);
	out_puts(o, text);
	time_duration(text, common_since(g->ts, previous));
	out_printf(o, ", %s after the segment before", text);
	sheet_wrap_take(h, &plain, STYLE_PLAIN, o);
	o = output_memory();
	tcp_line(o, h->s->stream, g);
	sheet_wrap_take(h, &plain, STYLE_DIM, o);
	if (p->retransmission)
		sheet_wrap(h, &plain, STYLE_WARNING, slice_str("Sent before: a retransmission."));
	if (p->lost)
		sheet_wrap(h, &plain, STYLE_ERROR,
		    slice_str("Octets of it were never acknowledged in this capture."));
}

static void
put_lines(struct sheet *h, const struct step *p)
{
	/* A step has its names replaced already. */
	static const struct sheet_par line = { .own = true };
	unsigned i;

	if (p->nlines)
		sheet_blank(h);
	for (i = 0; i < p->nlines; i++)
		sheet_wrap(h, &line,
		    p->line[i].remark         ? STYLE_DIM :
		        p->role == DIR_CLIENT ? STYLE_CLIENT :
		                                STYLE_SERVER,
		    p->line[i].text);
	if (p->more) {
		sheet_line(h, 0);
		doc_printf(h->doc, STYLE_DIM, "and %u more lines", p->more);
	}
}

/* "250 (to MAIL), 20.1 ms" for each reply that begins here. */
static void
put_answers(struct sheet *h, const struct ledger_seg *g)
{
	static const struct sheet_par par = { .indent = 0 };
	const struct smtp_reply *r;
	char text[TIME_TEXT_MAX];
	bool any = false;

	STAILQ_FOREACH (r, &h->s->replies, link) {
		const struct smtp_unit *u = r->meant ? r->meant : r->unit;
		struct output *o;

		if (r->first.frame != g->frame || (u && u->kind == UNIT_GREETING) ||
		    (!u && !(r->flags & (REPLY_MID_DATA | REPLY_UNSOLICITED))))
			continue;
		if (!any)
			put_section(h, "ANSWERS");
		any = true;
		o = output_memory();
		out_printf(o, "%u ", r->code);
		sheet_answered(o, h, r);
		if (u && u->last.frame && u->last.frame <= g->frame && !h->s->stream->transcript) {
			time_duration(text, common_since(r->first.ts, u->last.ts));
			out_printf(o, ", %s after frame %" PRIu64, text, u->last.frame);
		}
		sheet_wrap_take(h, &par, STYLE_PLAIN, o);
	}
}

static bool
names(const struct finding *f, const struct ledger_seg *g)
{
	unsigned i;

	if (g->frame <= f->frame && f->frame <= g->last_frame)
		return true;
	for (i = 0; i < f->nframes; i++)
		if (g->frame <= f->frames[i] && f->frames[i] <= g->last_frame)
			return true;
	return false;
}

static void
put_findings(struct sheet *h, const struct ledger_seg *g)
{
	static const struct sheet_par head = { .own = true }, wire = { .indent = 2 };
	const struct finding *f;
	bool any = false;

	STAILQ_FOREACH (f, &h->s->findings, link) {
		struct output *o;

		if (!names(f, g) || !common_shown(&h->cfg, f))
			continue;
		if (!any)
			put_section(h, "FINDINGS");
		any = true;
		o = output_memory();
		out_printf(o, "%s (%s) %s: %s", severity_name(f->severity),
		    confidence_name(f->confidence), f->check->id, f->check->title);
		if (f->frame < g->frame || f->frame > g->last_frame)
			out_printf(o, ", in frame %" PRIu64, f->frame);
		if (f->parent)
			out_printf(o, ", follows from %s", f->parent->check->id);
		sheet_wrap_take(h, &head, sheet_severity(f->severity), o);
		if (f->frame >= g->frame && f->frame <= g->last_frame && f->detail)
			sheet_wrap(h, &wire, STYLE_PLAIN, slice_str(f->detail));
	}
}

void
build_frame(struct doc *title, struct doc *body, const struct smtp_session *s,
    const struct build_options *opt, uint64_t frame)
{
	struct step_source from = { .s = s };
	struct step p = { .kind = STEP_FRAME };
	const struct ledger_seg *g;
	int64_t previous = 0;
	struct sheet h;

	sheet_init(&h, title, s, opt, 0);
	sheet_line(&h, DOC_HEAD);
	g = frame ? find_record(s, frame, &previous) : NULL;
	if (!g) {
		sheet_str(&h, STYLE_TITLE, frame ? " this frame was not kept" : "");
		sheet_fini(&h);
		return;
	}
	doc_printf(h.doc, STYLE_TITLE, " %s %" PRIu64 "  %s",
	    s->stream->transcript ? "line" : "frame", g->frame,
	    smtp_role(s, g) == DIR_CLIENT ? "C>S" : "S>C");
	h.doc = body;
	doc_ascii(body, opt->ascii);
	from.cfg = &h.cfg;
	from.r = h.redactor;
	frame_view_set(&from.view, &h.cfg, s);
	from.view.raw = true;
	step_fill(&p, &from, g);
	put_numbers(&h, g, &p, previous);
	put_lines(&h, &p);
	put_answers(&h, g);
	put_findings(&h, g);
	step_fini(&p);
	frame_view_fini(&from.view);
	sheet_fini(&h);
}
