/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compare_sample - what is kept of a session so that it can stand beside another one
 * when both are gone.
 *
 * Lines are in the order of the capture.  Equal steps in a row (a hundred RCPT, say)
 * become the first RUN_KEPT and a remark, so that the limit on lines reaches far.
 *
 * The token of a line says what kind of step it is and nothing of what varies from
 * session to session: the verb of a command, the code of a reply.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <xxhash.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/output.h"
#include "report/compare_parts.h"
#include "report/dialogue.h"
#include "report/evidence.h"
#include "report/redact.h"
#include "report/statistics.h"

enum { RUN_KEPT = 3, RUN_MIN = 6 };

/* Tokens: what stands in the upper half tells the kinds apart. */
enum { TOKEN_UNIT = 1 << 16, TOKEN_REPLY = 2 << 16, TOKEN_EVENT = 3 << 16, TOKEN_RUN = 4 << 16 };

/* -- circumstances ---------------------------------------------------------------------- */

static uint32_t
unit_traits(const struct smtp_unit *u)
{
	uint32_t traits = 0;

	if (u->flags & UNIT_EARLY)
		traits |= 1U << TRAIT_PIPELINES;
	if (u->flags & UNIT_SAME_SEGMENT)
		traits |= 1U << TRAIT_SAME_SEGMENT;
	if (u->kind == UNIT_CHUNK)
		traits |= 1U << TRAIT_BDAT;
	if (u->kind != UNIT_COMMAND)
		return traits;
	if (u->verb->id == VERB_EHLO)
		traits |= 1U << TRAIT_EHLO;
	if (u->verb->id == VERB_QUIT && u->flags & UNIT_EARLY)
		traits |= 1U << TRAIT_QUIT_EARLY;
	return traits;
}

static uint32_t
offered_traits(const struct smtp_ehlo *e)
{
	static const struct {
		const char *keyword;
		enum trait trait;
	} rows[] = { { "PIPELINING", TRAIT_OFFERS_PIPELINING }, { "SIZE", TRAIT_OFFERS_SIZE },
		{ "CHUNKING", TRAIT_OFFERS_CHUNKING }, { "8BITMIME", TRAIT_OFFERS_8BITMIME },
		{ "STARTTLS", TRAIT_OFFERS_STARTTLS }, { "AUTH", TRAIT_OFFERS_AUTH },
		{ "DSN", TRAIT_OFFERS_DSN }, { "SMTPUTF8", TRAIT_OFFERS_SMTPUTF8 } };
	uint32_t traits = 0;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (smtp_ehlo_find(e, rows[i].keyword))
			traits |= 1U << rows[i].trait;
	return traits;
}

uint32_t
sample_traits(const struct smtp_session *s)
{
	const struct smtp_unit *u;
	const struct smtp_ehlo *e;
	const struct smtp_body *b;
	uint32_t traits = 0;

	STAILQ_FOREACH (u, &s->units, link)
		traits |= unit_traits(u);
	STAILQ_FOREACH (e, &s->ehlos, link)
		traits |= offered_traits(e);
	STAILQ_FOREACH (b, &s->bodies, link)
		if (b->eod_frames > 1)
			traits |= 1U << TRAIT_EOD_SPLIT;
	if (s->tls.via != TLS_NONE)
		traits |= 1U << TRAIT_TLS;
	if (s->auth_mechanism)
		traits |= 1U << TRAIT_AUTH;
	if (s->stream->half[0].retransmissions || s->stream->half[1].retransmissions)
		traits |= 1U << TRAIT_RETRANSMISSIONS;
	if (smtp_half(s, DIR_SERVER)->ep.addr.family == 6)
		traits |= 1U << TRAIT_IPV6;
	return traits;
}

static void
at_least(uint64_t *v, uint64_t n)
{
	if (n > *v)
		*v = n;
}

void
sample_measures(const struct smtp_session *s, uint64_t out[MEASURES])
{
	const struct smtp_transaction *tx;
	const struct smtp_unit *u;
	const struct smtp_body *b;
	uint32_t group = 0;
	uint64_t n = 0;

	memset(out, 0, MEASURES * sizeof out[0]);
	STAILQ_FOREACH (u, &s->units, link) {
		if (u->kind == UNIT_GREETING)
			continue;
		n = u->group && u->group == group ? n + 1 : 1;
		group = u->group;
		at_least(&out[MEASURE_GROUP], n);
	}
	STAILQ_FOREACH (b, &s->bodies, link)
		at_least(&out[MEASURE_MESSAGE], b->octets);
	STAILQ_FOREACH (tx, &s->transactions, link)
		at_least(&out[MEASURE_RECIPIENTS], tx->nrcpt);
	out[MEASURE_TRANSACTIONS] = s->ntransactions;
}

uint64_t
sample_shape(const struct smtp_session *s)
{
	const struct smtp_unit *u;
	uint64_t hash = 0;
	uint32_t step[3];

	STAILQ_FOREACH (u, &s->units, link) {
		step[0] = statistic_unit(u);
		step[1] = u->flags & (UNIT_EARLY | UNIT_SAME_SEGMENT);
		step[2] = u->meant ? u->meant->code : 0;
		hash = XXH3_64bits_withSeed(step, sizeof step, hash);
	}
	return hash;
}

/* -- lines ------------------------------------------------------------------------------ */

/* A line before it is kept. */
struct draft {
	struct sample_line line;
	struct output *words; /* a remark */
	struct slice text;    /* octets from the wire */
};

static uint32_t
unit_token(const struct smtp_unit *u)
{
	return TOKEN_UNIT + statistic_unit(u);
}

static void
draft_reply(struct draft *d, const struct smtp_reply *r)
{
	d->line.role = DIR_SERVER;
	d->line.token = TOKEN_REPLY + r->code;
	d->text = r->nkept ? r->lines[0].text : slice_of(NULL, 0);
}

static void
draft_event(struct draft *d, const struct smtp_session *s, const struct item *it)
{
	static const char *const words[] = {
		[ITEM_GAP] = "not captured",
		[ITEM_TLS] = "TLS",
		[ITEM_ALERT] = "TLS alert",
		[ITEM_FIN] = "closes (FIN)",
		[ITEM_RST] = "resets (RST)",
	};

	d->line.remark = true;
	d->line.role = it->role;
	d->line.token = TOKEN_EVENT + (uint32_t)it->kind * 2 + (uint32_t)it->role;
	if (it->kind == ITEM_TEXT) {
		d->line.role = DIR_CLIENT;
		out_printf(d->words, "message text, %" PRIu64 " octets", it->body->octets);
	} else if (it->kind == ITEM_ALERT) {
		d->line.role = (enum stream_dir)s->tls.alert_dir;
		out_puts(d->words, words[it->kind]);
	} else {
		out_puts(d->words, words[it->kind]);
	}
}

/* False: nothing is shown of it. */
static bool
draft_item(
    struct draft *d, const struct smtp_session *s, const struct item *it, const struct redactor *r)
{
	d->line = (struct sample_line){ .frame = it->frame };
	d->text = slice_of(NULL, 0);
	switch (it->kind) {
	case ITEM_OPEN:
	case ITEM_FINDING:
		return false;
	case ITEM_UNIT:
		d->line.role = DIR_CLIENT;
		d->line.token = unit_token(it->unit);
		d->line.remark = redact_is_private(r, it->unit);
		if (d->line.remark)
			out_puts(d->words, "hidden line");
		else
			d->text = it->unit->line.text;
		return true;
	case ITEM_REPLY:
		draft_reply(d, it->reply);
		return true;
	case ITEM_FIN:
	case ITEM_RST:
		if (s->stream->transcript)
			return false;
		break;
	case ITEM_TEXT:
	case ITEM_GAP:
	case ITEM_TLS:
	case ITEM_ALERT:
		break;
	}
	draft_event(d, s, it);
	return true;
}

static void
keep_line(struct sample *v, const struct draft *d, struct redactor *r)
{
	struct sample_line *line;

	if (v->nlines == SAMPLE_LINES) {
		v->more++;
		return;
	}
	line = &v->line[v->nlines++];
	*line = d->line;
	if (line->remark)
		line->text = evidence_text(r, output_slice(d->words), SAMPLE_TEXT);
	else
		line->text = evidence_text(r, d->text, SAMPLE_TEXT);
}

/* Items from `i' on that are the same step, one behind the other. */
static size_t
run_length(const struct dialogue *d, size_t i)
{
	const struct item *first = &d->item[i];
	size_t n;

	for (n = 1; i + n < d->n; n++) {
		const struct item *it = &d->item[i + n];

		if (it->kind != first->kind)
			break;
		if (first->kind == ITEM_UNIT && unit_token(it->unit) != unit_token(first->unit))
			break;
		if (first->kind == ITEM_REPLY && it->reply->code != first->reply->code)
			break;
		if (first->kind != ITEM_UNIT && first->kind != ITEM_REPLY)
			break;
	}
	return n;
}

/* A remark in place of the last n items of a run. */
static void
keep_run(struct sample *v, struct draft *d, struct redactor *r, size_t n)
{
	struct error err;

	d->line.remark = true;
	d->line.token = TOKEN_RUN + (d->line.token & 0xffff);
	output_close(d->words, &err);
	d->words = output_memory();
	out_printf(d->words, "%zu more like this", n);
	keep_line(v, d, r);
}

/* They would stand between equal steps. */
static void
drop_findings(struct dialogue *d)
{
	size_t i, n = 0;

	for (i = 0; i < d->n; i++)
		if (d->item[i].kind != ITEM_FINDING)
			d->item[n++] = d->item[i];
	d->n = n;
}

static void
keep_dialogue(struct sample *v, const struct smtp_session *s, struct redactor *r)
{
	struct dialogue all = { NULL, 0, 0 };
	struct error err;
	size_t i, k, n;

	dialogue_build(&all, s, false);
	drop_findings(&all);
	for (i = 0; i < all.n; i += n) {
		n = run_length(&all, i);
		for (k = 0; k < n; k++) {
			struct draft d = { .words = output_memory() };
			bool cut = n >= RUN_MIN && k == RUN_KEPT;

			if (draft_item(&d, s, &all.item[i + k], r)) {
				if (cut)
					keep_run(v, &d, r, n - k);
				else
					keep_line(v, &d, r);
			}
			output_close(d.words, &err);
			if (cut)
				break;
		}
	}
	dialogue_fini(&all);
}

static void
keep_answers(struct sample *v, const struct smtp_session *s)
{
	const struct smtp_unit *u;

	STAILQ_FOREACH (u, &s->units, link) {
		struct sample_answer *a;

		if (v->nanswers == SAMPLE_ANSWERS)
			return;
		a = &v->answer[v->nanswers++];
		a->unit = statistic_unit_name(statistic_unit(u));
		a->frame = u->line.first.frame;
		a->code = u->meant ? u->meant->code : 0;
		a->reply_frame = u->meant ? u->meant->first.frame : 0;
	}
}

struct sample *
sample_new(const struct smtp_session *s, const struct finding *f, struct redactor *r)
{
	struct sample *v = xcalloc(1, sizeof *v);

	if (redactor_what(r))
		redact_learn(r, s);
	v->session = s->number;
	v->ep[DIR_CLIENT] = smtp_half(s, DIR_CLIENT)->ep;
	v->ep[DIR_SERVER] = smtp_half(s, DIR_SERVER)->ep;
	v->transcript = s->stream->transcript;
	v->frame = f ? f->frame : 0;
	v->traits = sample_traits(s);
	v->shape = sample_shape(s);
	keep_dialogue(v, s, r);
	keep_answers(v, s);
	return v;
}

void
sample_free(struct sample *v)
{
	unsigned i;

	if (!v)
		return;
	for (i = 0; i < v->nlines; i++)
		evidence_text_free(v->line[i].text);
	free(v);
}
