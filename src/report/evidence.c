/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * evidence - copies of what a session says about one of its findings.
 *
 * The session is gone when the report is written, so everything that will be
 * shown is copied here, cut to fixed sizes and with other names if that is
 * wanted.  Nothing is charged to the budget: what is kept at once is limited by
 * the number of incidents.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/output.h"
#include "report/common.h"
#include "report/evidence.h"
#include "report/redact.h"
#include "report/step.h"

/* -- texts ------------------------------------------------------------------------------ */

static struct slice
take(struct output *o)
{
	struct slice s = output_slice(o);
	uint8_t *copy = s.n ? xmalloc(s.n) : NULL;
	struct error err;

	if (copy)
		memcpy(copy, s.p, s.n);
	output_close(o, &err);
	return slice_of(copy, copy ? s.n : 0);
}

/* Not in the middle of a character. */
static struct slice
cut(struct slice s, size_t max)
{
	size_t n = max, back;

	if (s.n <= max)
		return s;
	for (back = 0; back < 3 && n > 0 && (s.p[n] & 0xc0) == 0x80; back++)
		n--;
	return slice_of(s.p, n);
}

struct slice
evidence_text(struct redactor *r, struct slice s, size_t max)
{
	struct output *all = output_memory(), *o = output_memory();
	struct slice part;
	struct error err;

	/* What is cut first may be the beginning of a name that nobody knows again. */
	redact_text(r, all, s);
	part = cut(output_slice(all), max);
	out_write(o, part);
	if (part.n < output_slice(all).n)
		out_puts(o, "...");
	output_close(all, &err);
	return take(o);
}

void
evidence_text_free(struct slice s)
{
	free((void *)(uintptr_t)s.p);
}

/* -- what is looked at ------------------------------------------------------------------ */

static bool
names_frame(const struct finding *f, uint64_t from, uint64_t to)
{
	unsigned i;

	if (f->frame >= from && f->frame <= to)
		return true;
	for (i = 0; i < f->nframes && i < FINDING_MAX_FRAMES; i++)
		if (f->frames[i] >= from && f->frames[i] <= to)
			return true;
	return false;
}

bool
evidence_hits(const struct finding *f, const struct smtp_transaction *t)
{
	uint64_t last = t->last_frame;

	/* Its text never ended: all that came was about it. */
	if (t->body && !t->eod && !STAILQ_NEXT(t, link))
		last = UINT64_MAX;
	if (t->final && t->final->last.frame > last)
		last = t->final->last.frame;
	return t->first_frame && names_frame(f, t->first_frame, last);
}

static unsigned
gates_of(const struct smtp_session *s)
{
	const struct stream_half *half[2] = { smtp_half(s, DIR_CLIENT), smtp_half(s, DIR_SERVER) };
	const struct stream *st = s->stream;
	const bool held[GATES] = {
		[GATE_HANDSHAKE] = st->handshake,
		[GATE_BOTH_SIDES] = !s->one_sided,
		[GATE_NO_GAP] = !s->gap_octets[0] && !s->gap_octets[1],
		[GATE_KEPT] = !s->limited && !st->refused_octets && !st->ledger.refused,
		[GATE_CHECKSUMS] = !half[0]->bad_checksums && !half[1]->bad_checksums,
		[GATE_CLOCK] = !st->clock_steps,
		[GATE_END] = half[0]->fin_frame || half[0]->rst_frame || half[1]->fin_frame ||
		    half[1]->rst_frame,
	};
	unsigned i, bits = 0;

	for (i = 0; i < GATES; i++)
		bits |= (unsigned)held[i] << i;
	return bits;
}

int
evidence_score(const struct smtp_session *s, const struct finding *f)
{
	unsigned gates = gates_of(s), i;
	int score = (int)f->confidence * 100;

	for (i = 0; i < GATES; i++)
		score += gates >> i & 1 ? 10 : 0;
	return score + (s->roles_certain ? 5 : 0);
}

/* -- copying ---------------------------------------------------------------------------- */

static struct slice
detail_text(const struct smtp_session *s, const struct finding *f, struct redactor *r)
{
	struct output *o = output_memory();
	struct slice text;
	struct error err;

	redact_detail(redactor_what(r), o, s, f);
	text = evidence_text(r, output_slice(o), EVIDENCE_DETAIL);
	output_close(o, &err);
	return text;
}

static void
copy_finding(
    struct evidence *e, const struct smtp_session *s, const struct finding *f, struct redactor *r)
{
	e->check = f->check;
	e->severity = f->severity;
	e->confidence = f->confidence;
	e->frame = f->frame;
	e->nframes = f->nframes < FINDING_MAX_FRAMES ? f->nframes : FINDING_MAX_FRAMES;
	memcpy(e->frames, f->frames, sizeof e->frames);
	e->count = f->count ? f->count : 1;
	e->ts = f->ts;
	e->detail = detail_text(s, f, r);
	if (f->table)
		e->table = evidence_text(r, slice_str(f->table), EVIDENCE_DETAIL);
	if (f->remedy)
		e->remedy = evidence_text(r, slice_str(f->remedy), EVIDENCE_DETAIL);
}

/* The incident has them, too: one reply in mid-data may follow another. */
static void
copy_again(struct evidence *e, const struct smtp_session *s, const struct finding *f,
    const struct report_config *cfg, struct redactor *r)
{
	const struct finding *other;

	STAILQ_FOREACH (other, &s->findings, link) {
		if (other == f || other->check != f->check || other->culprit != f->culprit ||
		    other->parent || !common_shown(cfg, other))
			continue;
		if (e->nagain == EVIDENCE_AGAIN) {
			e->more_again++;
			continue;
		}
		e->again[e->nagain++] =
		    (struct again){ other->frame, other->count ? other->count : 1,
			    other->confidence, detail_text(s, other, r) };
	}
}

static struct effect
effect_of(const struct finding *f)
{
	return (struct effect){ f->check, f->severity, f->confidence, f->frame };
}

static bool
follows_from(const struct finding *f, const struct finding *cause)
{
	unsigned depth;

	/* Causes of causes; a row of them is short. */
	for (depth = 0; f->parent && depth < 8; depth++, f = f->parent)
		if (f->parent == cause)
			return true;
	return false;
}

static void
copy_effects(struct evidence *e, const struct smtp_session *s, const struct finding *cause)
{
	const struct finding *f;

	STAILQ_FOREACH (f, &s->findings, link) {
		if (!follows_from(f, cause))
			continue;
		if (e->neffects == EVIDENCE_EFFECTS) {
			e->more_effects++;
			continue;
		}
		e->effect[e->neffects++] = effect_of(f);
	}
}

/* What else went wrong in this session: one look at the exchange shows it all. */
static void
copy_marks(struct evidence *e, const struct smtp_session *s, const struct finding *f)
{
	const struct finding *other;

	e->mark[e->nmarks++] = effect_of(f);
	STAILQ_FOREACH (other, &s->findings, link)
		if (other != f && !other->parent && other->severity > SEV_NOTE &&
		    e->nmarks < EVIDENCE_MARKS)
			e->mark[e->nmarks++] = effect_of(other);
}

static void
put_text(struct redactor *r, struct output *o, const char *label, struct slice s)
{
	struct slice text = evidence_text(r, s, EVIDENCE_NAME);

	out_puts(o, label);
	out_write(o, text);
	evidence_text_free(text);
}

static void
put_address(struct redactor *r, struct output *o, struct slice address)
{
	struct output *all = output_memory();
	struct error err;

	redact_address(r, all, address);
	out_putc(o, '<');
	out_write(o, cut(output_slice(all), EVIDENCE_NAME));
	out_putc(o, '>');
	output_close(all, &err);
}

static struct slice
message_text(struct redactor *r, const struct smtp_transaction *t)
{
	const struct smtp_rcpt *to = STAILQ_FIRST(&t->rcpts);
	struct output *o = output_memory();

	out_printf(o, "message %" PRIu32 " from ", t->index + 1);
	put_address(r, o, t->sender);
	if (to) {
		out_puts(o, " to ");
		put_address(r, o, to->addr);
	}
	if (t->nrcpt > 1)
		out_printf(o, " and %" PRIu32 " more", t->nrcpt - 1);
	out_printf(o, ": %s", common_result_words(t->result));
	if (t->believed != t->result)
		out_printf(o, "; a client that counts replies must believe: %s",
		    common_result_words(t->believed));
	if (t->queue_id)
		put_text(r, o, "; queue id ", slice_str(t->queue_id));
	if (t->body && t->body->message_id.n)
		put_text(r, o, "; Message-ID ", t->body->message_id);
	return take(o);
}

static void
copy_messages(
    struct evidence *e, const struct smtp_session *s, const struct finding *f, struct redactor *r)
{
	const struct smtp_transaction *t;

	STAILQ_FOREACH (t, &s->transactions, link) {
		if (!evidence_hits(f, t))
			continue;
		if (e->nmessages < EVIDENCE_MESSAGES)
			e->message[e->nmessages++] = message_text(r, t);
		else
			e->more_messages++;
	}
}

static void
copy_session(struct evidence *e, const struct smtp_session *s, struct redactor *r)
{
	const struct stream *st = s->stream;
	struct output *o = output_memory();
	const struct smtp_unit *u;

	e->session = s->number;
	e->ep[DIR_CLIENT] = smtp_half(s, DIR_CLIENT)->ep;
	e->ep[DIR_SERVER] = smtp_half(s, DIR_SERVER)->ep;
	e->start = st->first_ts;
	e->first_frame = st->first_frame;
	e->last_frame = st->last_frame;
	e->source = st->first_source;
	e->source_frame = st->first_source_frame;
	e->transcript = st->transcript;
	e->gates = gates_of(s);
	e->point = s->capture_point;
	common_closure(o, s);
	e->ending = take(o);
	STAILQ_FOREACH (u, &s->units, link) {
		struct slice *name = NULL;

		if (u->kind == UNIT_GREETING && u->reply)
			name = &e->banner;
		else if (u->verb &&
		    (u->verb->id == VERB_HELO || u->verb->id == VERB_EHLO ||
		        u->verb->id == VERB_LHLO))
			name = &e->helo;
		if (!name)
			continue;
		evidence_text_free(*name);
		*name = evidence_text(
		    r, name == &e->helo ? u->arg : common_reply_text(u->reply), EVIDENCE_NAME);
	}
}

struct evidence *
evidence_new(const struct smtp_session *s, const struct finding *f, const struct report_config *cfg,
    struct redactor *r, bool steps)
{
	struct evidence *e = xcalloc(1, sizeof *e);

	redact_learn(r, s);
	copy_session(e, s, r);
	copy_finding(e, s, f, r);
	copy_again(e, s, f, cfg, r);
	copy_effects(e, s, f);
	copy_marks(e, s, f);
	copy_messages(e, s, f, r);
	if (steps)
		steps_build(e, s, f, cfg, r);
	return e;
}

bool
evidence_shows(const struct evidence *shown, const struct evidence *e)
{
	size_t i;

	if (shown->session != e->session)
		return false;
	for (i = 0; i < shown->nsteps; i++)
		if (shown->step[i].kind == STEP_FRAME && e->frame >= shown->step[i].frame &&
		    e->frame <= shown->step[i].last_frame)
			return true;
	return false;
}

void
evidence_free(struct evidence *e)
{
	size_t i;
	unsigned k;

	if (!e)
		return;
	evidence_text_free(e->detail);
	evidence_text_free(e->table);
	evidence_text_free(e->remedy);
	evidence_text_free(e->helo);
	evidence_text_free(e->banner);
	evidence_text_free(e->ending);
	for (k = 0; k < e->nmessages; k++)
		evidence_text_free(e->message[k]);
	for (k = 0; k < e->nagain; k++)
		evidence_text_free(e->again[k].detail);
	for (i = 0; i < e->nsteps; i++)
		step_fini(&e->step[i]);
	free(e->step);
	free(e);
}
