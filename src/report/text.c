/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text - the default report: an annotated trace of every session.
 *
 * One entry for each ledger record, findings under the frame that proves them,
 * then a summary.  Runs of frames inside one message are folded to a line,
 * except for two frames on each side of a frame that a finding names.
 *
 * Live, the entries of open sessions are printed as the frames come and every
 * line begins with the session's number.  An entry waits until its octets have
 * been interpreted, because its text would otherwise have to be taken back; so
 * do the frames behind it.  Frames that may have to be folded wait for the next
 * few.  A certain finding is printed at once, any other when the session ends.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/output.h"
#include "report/keep.h"
#include "report/reporter.h"
#include "report/summary.h"
#include "report/text_state.h"

enum { FINDING_INDENT = 8 };

struct text {
	const struct report_config *cfg;
	struct text_table live;
	struct frame_view view; /* its memory is used again for each session */
	struct keep keep;       /* by record of the pass: near a finding, not to be folded */
	struct redactor *redactor;
	struct incidents *incidents;
};

/* One pass over the records of a session. */
struct pass {
	struct text *t;
	struct output *o;
	const struct smtp_session *s;
	struct text_session *ts;
	const struct finding *next; /* first finding not yet looked at */
	size_t from;                /* first record to show now */
	bool final;                 /* the session has ended */
};

static void
text_begin(void *state, struct output *o, const struct report_config *cfg)
{
	struct text *t = state;

	(void)o;
	t->cfg = cfg;
	t->redactor = redactor_new(cfg->redact);
	redactor_names(t->redactor, cfg->names, cfg->nnames);
	t->incidents = incidents_new(cfg, t->redactor, false);
}

static bool
foldable(const struct pass *p, size_t i)
{
	const struct ledger_seg *g = &p->s->stream->ledger.seg[i];

	if (p->t->cfg->verbose || p->t->keep.near[i - p->from])
		return false;
	return frame_is_bulk(&p->t->view, g) || (p->ts->walk.bulk && frame_is_ack(&p->t->view, g));
}

enum fold_verdict { FOLD_NO, FOLD_YES, FOLD_WAIT };

/* Is the record at i part of a run that is worth folding? */
static enum fold_verdict
fold_verdict(const struct pass *p, size_t i)
{
	size_t n = p->s->stream->ledger.n, k = 0;

	while (k < KEEP_RUN && i + k < n && foldable(p, i + k))
		k++;
	if (k == 0)
		return FOLD_NO;
	/* The run may go on, and a finding may still name one of these. */
	if (!p->final && i + k == n)
		return FOLD_WAIT;
	return k == KEEP_RUN || p->ts->fold.frames ? FOLD_YES : FOLD_NO;
}

static void
fold_add(struct pass *p, const struct ledger_seg *g)
{
	struct fold *fold = &p->ts->fold;
	const char *what = frame_bulk_name(&p->t->view, g);

	fold->frames += g->count;
	fold->octets += g->len;
	if (what)
		fold->what = what;
}

static void
fold_end(struct pass *p)
{
	struct fold *fold = &p->ts->fold;
	char number[NUMBER_TEXT_MAX];

	if (fold->frames)
		out_printf(p->o,
		    "        ... %" PRIu64 " frames folded: %s octets of %s (-v shows them)\n",
		    fold->frames, common_number(number, fold->octets),
		    fold->what ? fold->what : "data");
	*fold = (struct fold){ 0, 0, NULL };
}

/*
 * Was this one printed while the session was open?  Only certain ones are; a
 * finding that has changed since then, to a consequence or to less certainty,
 * counts as another and is told again.
 */
static bool
was_shown(const struct pass *p, const struct finding *f, const struct finding *first_of_frame)
{
	size_t before = 0, n = text_session_shown(p->ts, f);
	const struct finding *e;

	if (n == 0 || f->confidence != CONF_CERTAIN)
		return false;
	for (e = first_of_frame; e && e != f; e = STAILQ_NEXT(e, link))
		before += e->check == f->check && e->confidence == CONF_CERTAIN &&
		    (e->parent != NULL) == (f->parent != NULL);
	return before < n;
}

/* Of the findings of one frame, those that follow from others, or those that do not. */
static void
print_group(struct pass *p, const struct finding *first, uint64_t frame, bool consequences)
{
	struct finding_style st = { .cfg = p->t->cfg,
		.s = p->s,
		.explained = &p->ts->explained,
		.indent = FINDING_INDENT,
		.tell_frame = first->frame != frame };
	const struct finding *f;

	for (f = first; f && f->frame == first->frame; f = STAILQ_NEXT(f, link)) {
		if ((f->parent != NULL) != consequences || !common_shown(p->t->cfg, f) ||
		    (!p->final && (f->confidence != CONF_CERTAIN || f->severity == SEV_NOTE)) ||
		    was_shown(p, f, first))
			continue;
		fold_end(p);
		finding_text(p->o, &st, f);
		if (p->t->cfg->live)
			text_session_add_shown(p->ts, f);
	}
}

/* Findings up to this frame that may be told now. */
static void
print_findings(struct pass *p, uint64_t frame)
{
	while (p->next && p->next->frame <= frame) {
		const struct finding *first = p->next;

		print_group(p, first, frame, false);
		print_group(p, first, frame, true);
		while (p->next && p->next->frame == first->frame)
			p->next = STAILQ_NEXT(p->next, link);
	}
}

/* Has the parser read everything that this record brought? */
static bool
interpreted(const struct smtp_session *s, const struct ledger_seg *g)
{
	enum stream_dir role = smtp_role(s, g);

	return g->len == 0 || g->off + g->len <= s->seen[role] ||
	    (s->tls.via != TLS_NONE && s->tls.start[role] >= 0 && g->off >= s->tls.start[role]);
}

static void
print_heading(struct pass *p)
{
	if (p->ts->headed)
		return;
	summary_heading(p->o, p->t->cfg, p->s);
	p->ts->headed = true;
}

static void
print_frames(struct pass *p)
{
	const struct ledger *l = &p->s->stream->ledger;
	struct frame_walk *walk = &p->ts->walk;
	size_t i;

	frame_view_set(&p->t->view, p->t->cfg, p->s);
	p->from = keep_record(l, p->ts->last_frame + 1);
	keep_mark(&p->t->keep, p->t->cfg, p->s, p->from);
	for (i = p->from; i < l->n; i++) {
		const struct ledger_seg *g = &l->seg[i];
		enum fold_verdict verdict = fold_verdict(p, i);

		if (!p->final && (verdict == FOLD_WAIT || !interpreted(p->s, g)))
			break;
		print_heading(p);
		/* Of a transcript only what was said is evidence. */
		if (p->s->stream->transcript && g->len == 0) {
			p->ts->last_frame = g->last_frame;
			continue;
		}
		if (verdict == FOLD_YES) {
			fold_add(p, g);
		} else {
			fold_end(p);
			frame_print(p->o, &p->t->view, walk, g);
			walk->ts = g->ts;
			walk->begun = true;
		}
		frame_passed(walk, &p->t->view, g);
		p->ts->last_frame = g->last_frame;
		/* A line of a transcript may have been sent in several segments. */
		if (i + 1 == l->n || l->seg[i + 1].frame != g->last_frame)
			print_findings(p, g->last_frame);
	}
	if (p->final) {
		fold_end(p);
		print_findings(p, UINT64_MAX);
	} else if (p->ts->last_frame) {
		print_findings(p, p->ts->last_frame);
	}
}

/* -q: the findings, each with its frame. */
static void
print_quiet(struct pass *p)
{
	const struct finding *f;

	STAILQ_FOREACH (f, &p->s->findings, link)
		if (common_shown(p->t->cfg, f))
			break;
	if (!f)
		return;
	print_heading(p);
	print_findings(p, UINT64_MAX);
	summary_session(p->o, p->t->cfg, p->s);
	out_putc(p->o, '\n');
}

/* Live: the text so far, each line behind the number of its session. */
static void
print_numbered(struct output *to, struct output *from, uint64_t number)
{
	struct slice s = output_slice(from);

	while (s.n) {
		const uint8_t *lf = memchr(s.p, '\n', s.n);
		size_t n = lf ? (size_t)(lf - s.p) + 1 : s.n;

		out_printf(to, n > 1 ? "#%" PRIu64 " " : "#%" PRIu64, number);
		out_write(to, slice_of(s.p, n));
		s = slice_from(s, n);
	}
}

static void
run_pass(struct pass *p)
{
	struct output *to = p->o;
	struct error err;

	if (p->t->cfg->live)
		p->o = output_memory();
	p->next = STAILQ_FIRST(&p->s->findings);
	if (p->t->cfg->quiet) {
		print_quiet(p);
	} else {
		print_frames(p);
		if (p->final) {
			print_heading(p);
			summary_session(p->o, p->t->cfg, p->s);
			out_putc(p->o, '\n');
		}
	}
	if (p->t->cfg->live) {
		print_numbered(to, p->o, p->s->number);
		output_close(p->o, &err);
	}
}

static void
text_changed(void *state, struct output *o, const struct smtp_session *s)
{
	struct text *t = state;
	struct pass p = { .t = t, .s = s };
	struct output *to;

	if (t->cfg->quiet)
		return;
	p.ts = text_table_get(&t->live, s->stream->id);
	p.o = to = redact_capture(t->redactor, o, s);
	run_pass(&p);
	redact_release(t->redactor, o, to);
}

static void
text_session(void *state, struct output *o, const struct smtp_session *s)
{
	struct text *t = state;
	struct text_session fresh = { .id = s->stream->id };
	struct text_session *kept = text_table_take(&t->live, s->stream->id);
	struct pass p = { .t = t, .s = s, .ts = kept ? kept : &fresh, .final = true };
	struct output *to;

	p.o = to = redact_capture(t->redactor, o, s);
	run_pass(&p);
	redact_release(t->redactor, o, to);
	incidents_session(t->incidents, s);
	text_session_fini(p.ts);
	free(kept);
}

static void
text_end(void *state, struct output *o, const struct run *run)
{
	struct text *t = state;
	struct output *to = redact_capture(t->redactor, o, NULL);

	summary_run(to, t->cfg, run);
	redact_release(t->redactor, o, to);
	summary_incidents(o, t->cfg, t->redactor, t->incidents);
}

static void
text_fini(void *state)
{
	struct text *t = state;

	text_table_fini(&t->live);
	frame_view_fini(&t->view);
	incidents_free(t->incidents);
	redactor_free(t->redactor);
	keep_fini(&t->keep);
}

const struct reporter_ops reporter_text = {
	.name = "text",
	.summary = "annotated frame summaries with findings in place (default)",
	.size = sizeof(struct text),
	.begin = text_begin,
	.changed = text_changed,
	.session = text_session,
	.end = text_end,
	.fini = text_fini,
};
