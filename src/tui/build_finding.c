/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * build_finding - everything about one finding: what happened, the frames that
 * show it, how sure that is and what could fake it, what it does to the mail, what
 * to do, where the rule stands.
 */
#include <inttypes.h>

#include "base/error.h"
#include "base/output.h"
#include "report/incident.h"
#include "tui/loglines.h"
#include "tui/sheet.h"

enum { INDENT = 2 };

struct page {
	struct sheet h;
	const struct finding *f;
	struct evidence *e;       /* without steps */
	struct incident incident; /* the finding as if it were the only one */
};

static void
put_section(struct page *p, const char *name)
{
	p->h.frame = 0;
	sheet_blank(&p->h);
	sheet_line(&p->h, DOC_HEAD);
	sheet_str(&p->h, STYLE_HEADER, name);
}

static const struct sheet_par plain = { .indent = INDENT, .own = true };
static const struct sheet_par wire = { .indent = INDENT };

/* -- what happened ---------------------------------------------------------------------- */

static void
put_happened(struct page *p)
{
	const struct finding *f = p->f;

	put_section(p, "WHAT HAPPENED");
	p->h.frame = f->frame;
	if (f->detail && *f->detail)
		sheet_wrap(&p->h, &wire, STYLE_PLAIN, slice_str(f->detail));
	else
		sheet_wrap(&p->h, &plain, STYLE_PLAIN, slice_str(f->check->title));
	sheet_table(&p->h, &wire, STYLE_PLAIN, f->table);
	if (f->parent) {
		struct output *o = output_memory();

		out_printf(o, "It follows from %s in frame %" PRIu64 ": look there first.",
		    f->parent->check->id, f->parent->frame);
		p->h.frame = f->parent->frame;
		sheet_wrap_take(&p->h, &plain, STYLE_WARNING, o);
	}
}

/* -- how sure --------------------------------------------------------------------------- */

static void
put_proof(struct page *p)
{
	const struct check_info *c = p->f->check;
	const struct sheet_par held = {
		.indent = INDENT, .own = true, .label = "yes  ", .hang = 5
	};
	const struct sheet_par failed = { .indent = INDENT,
		.own = true,
		.label = "NO   ",
		.label_style = STYLE_WARNING,
		.hang = 5 };
	struct output *o = output_memory();
	unsigned i;

	out_printf(o, "HOW SURE: %s", confidence_name(p->f->confidence));
	put_section(p, "");
	sheet_take(&p->h, STYLE_HEADER, o);
	if (c->proof)
		sheet_wrap(&p->h, &plain, STYLE_PLAIN, slice_str(c->proof));
	if (p->h.s->stream->transcript) {
		sheet_wrap(&p->h, &plain, STYLE_PLAIN,
		    slice_str("A transcript shows what was said, but no packets: nothing is "
		              "certain."));
		return;
	}
	for (i = 0; i < GATES; i++) {
		bool yes = p->e->gates >> i & 1;

		sheet_wrap(&p->h, yes ? &held : &failed, STYLE_PLAIN,
		    slice_str(gate_text((enum gate)i, yes)));
	}
	sheet_wrap(&p->h, &plain, STYLE_PLAIN, slice_str(point_text(p->e->point)));
}

static void
put_fakes(struct page *p)
{
	if (!p->f->check->fakes)
		return;
	put_section(p, "WHAT COULD FAKE IT, and how that is kept apart");
	sheet_wrap(&p->h, &plain, STYLE_PLAIN, slice_str(p->f->check->fakes));
}

/* -- what it does, what to do ----------------------------------------------------------- */

static void
put_meaning(struct page *p)
{
	struct output *o = output_memory();
	unsigned i;

	put_section(p, "WHAT IT MEANS FOR THE MAIL");
	if (p->f->check->why)
		sheet_wrap(&p->h, &plain, STYLE_PLAIN, slice_str(p->f->check->why));
	for (i = 0; i < p->e->nmessages; i++) {
		p->h.frame = 0;
		sheet_wrap(&p->h,
		    &(struct sheet_par){ .indent = INDENT, .label = "- ", .hang = 2, .own = true },
		    STYLE_PLAIN, p->e->message[i]);
	}
	if (p->e->more_messages) {
		sheet_line(&p->h, 0);
		doc_printf(p->h.doc, STYLE_PLAIN, "%*s- and %u more messages", INDENT, "",
		    p->e->more_messages);
	}
	incident_harm(o, &p->incident);
	if (output_slice(o).n > 1 && p->incident.severity > SEV_NOTE)
		sheet_wrap(&p->h, &plain, STYLE_WARNING, slice_from(output_slice(o), 1));
	output_close(o, &(struct error){ "" });
}

static void
put_effects(struct page *p)
{
	const struct evidence *e = p->e;
	unsigned i;

	if (!e->neffects)
		return;
	put_section(p, "WHAT FOLLOWS FROM IT");
	for (i = 0; i < e->neffects; i++) {
		p->h.frame = e->effect[i].frame;
		sheet_line(&p->h, 0);
		doc_printf(p->h.doc, STYLE_PLAIN, "%*s- %s (%s) %s, frame %" PRIu64, INDENT, "",
		    severity_name(e->effect[i].severity), confidence_name(e->effect[i].confidence),
		    e->effect[i].check->id, e->effect[i].frame);
	}
	if (e->more_effects) {
		sheet_line(&p->h, 0);
		doc_printf(p->h.doc, STYLE_PLAIN, "%*s- and %u more", INDENT, "", e->more_effects);
	}
}

static void
put_advice(struct page *p)
{
	const char *remedy = p->f->remedy ? p->f->remedy : p->f->check->remedy;
	struct advice rows[ADVICE_MAX];
	struct sheet_par par = { .indent = INDENT, .hang = 2 };
	size_t i, n = incident_advice(rows, &p->incident, slice_str(remedy ? remedy : ""));

	if (n == 0)
		return;
	put_section(p, "WHAT TO DO");
	for (i = 0; i < n; i++) {
		char label[64];

		snprintf(label, sizeof label, "%zu. %s: ", i + 1, rows[i].side);
		par.label = label;
		par.label_style = STYLE_HEADER;
		sheet_wrap(&p->h, &par, STYLE_PLAIN, rows[i].text);
	}
}

static void
put_references(struct page *p)
{
	struct output *o = output_memory();

	if (loglines_check(o, p->f->check)) {
		put_section(p, "IN YOUR LOG");
		sheet_wrap(&p->h, &plain, STYLE_PLAIN, output_slice(o));
	}
	output_close(o, &(struct error){ "" });
	if (p->f->check->what) {
		put_section(p, "THE CHECK");
		sheet_wrap(&p->h, &plain, STYLE_PLAIN, slice_str(p->f->check->what));
	}
	put_section(p, "REFERENCES");
	if (p->f->check->refs)
		sheet_wrap(&p->h, &plain, STYLE_PLAIN, slice_str(p->f->check->refs));
	o = output_memory();
	out_printf(o, "smtpscope --explain=%s tells about the check; --suppress=%s hides it.",
	    p->f->check->id, p->f->check->id);
	sheet_wrap_take(&p->h, &plain, STYLE_DIM, o);
}

/* Nothing where nobody could acknowledge it. */
static void
put_status(struct page *p)
{
	if (!p->h.opt->acks)
		return;
	put_section(p, "STATUS");
	sheet_wrap(&p->h, &plain, STYLE_PLAIN,
	    slice_str(sheet_acked(&p->h, p->f) ? "acknowledged; u takes that back" :
	                                         "new; a acknowledges it"));
}

/* -- the view --------------------------------------------------------------------------- */

static void
put_title(struct page *p)
{
	struct output *o = output_memory();
	struct error err;
	const struct finding *f = p->f;
	int used;

	sheet_line(&p->h, DOC_HEAD);
	out_printf(o, "Finding %s", f->check->id);
	used = sheet_columns(&p->h, output_slice(o));
	sheet_take(&p->h, STYLE_TITLE, o);
	o = output_memory();
	out_printf(o, "%s, %s%s", severity_name(f->severity), confidence_name(f->confidence),
	    sheet_acked(&p->h, f) ? ", acknowledged" : "");
	used += sheet_columns(&p->h, output_slice(o));
	if (used + 2 <= p->h.opt->width)
		doc_column(p->h.doc, p->h.opt->width - sheet_columns(&p->h, output_slice(o)), 2);
	doc_text(p->h.doc, sheet_severity(f->severity), output_slice(o));
	output_close(o, &err);
	sheet_line(&p->h, DOC_HEAD);
	sheet_str(&p->h, STYLE_PLAIN, f->check->title);
	sheet_line(&p->h, DOC_HEAD);
	sheet_session(&p->h);
	doc_printf(p->h.doc, STYLE_PLAIN, ", %s %" PRIu64,
	    p->h.s->stream->transcript ? "line" : "frame", f->frame);
	if (f->count > 1)
		doc_printf(p->h.doc, STYLE_PLAIN, ", %" PRIu32 " times", f->count);
}

/* An incident of this finding alone, for the words that incidents have. */
static void
set_incident(struct page *p)
{
	const struct smtp_transaction *t;

	p->incident = (struct incident){ .check = p->f->check,
		.culprit = p->f->culprit,
		.severity = p->f->severity,
		.confidence = p->f->confidence };
	STAILQ_FOREACH (t, &p->h.s->transactions, link)
		if (evidence_hits(p->f, t))
			p->incident.fate[mail_fate(t)]++;
}

void
build_finding(struct doc *title, struct doc *body, const struct smtp_session *s,
    const struct build_options *opt)
{
	struct page p = { .f = opt->finding };

	if (!p.f)
		p.f = sheet_cause(s);
	if (!p.f) {
		build_findings(title, body, s, opt);
		return;
	}
	sheet_init(&p.h, title, s, opt, 0);
	p.h.finding = p.f;
	put_title(&p);
	p.h.doc = body;
	doc_ascii(body, opt->ascii);
	p.e = evidence_new(s, p.f, &p.h.cfg, p.h.redactor, false);
	set_incident(&p);
	put_happened(&p);
	put_section(&p, s->stream->transcript ? "EVIDENCE: LINES" : "EVIDENCE: FRAMES");
	sheet_evidence(&p.h, p.f);
	put_proof(&p);
	put_fakes(&p);
	put_meaning(&p);
	put_effects(&p);
	put_advice(&p);
	put_references(&p);
	put_status(&p);
	evidence_free(p.e);
	sheet_fini(&p.h);
}
