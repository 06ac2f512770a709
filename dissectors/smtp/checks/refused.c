/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase G, messages sent against the server's answer, and answers that should not
 * have let them come.
 */
#include "smtp/checks/check.h"

static bool
is_verb(const struct smtp_unit *u, enum smtp_verb_id id)
{
	return u->kind == UNIT_COMMAND && u->verb->id == id;
}

/* A line that its sender meant as text of a message: no verb, and not the dot that would end it. */
static bool
text_line(const struct smtp_unit *u)
{
	if (u->flags & (UNIT_GUESSED | UNIT_IN_TEXT))
		return false;
	if (u->kind != UNIT_GARBAGE && !(u->kind == UNIT_COMMAND && u->verb->id == VERB_UNKNOWN))
		return false;
	return u->line.text.n > 0 && !slice_caseeq(u->line.text, ".");
}

/* Lines of text from u on, up to the next command. */
static unsigned
text_lines(const struct smtp_unit *u, int64_t *octets)
{
	unsigned n = 0;
	int64_t from = u->line.off;

	*octets = 0;
	for (; u != NULL && (u->kind == UNIT_GARBAGE || u->verb->id == VERB_UNKNOWN);
	     u = STAILQ_NEXT(u, link)) {
		n += text_line(u);
		*octets = u->end - from;
	}
	return n;
}

static void
after_refusal(struct check_ctx *c, struct smtp_unit *u)
{
	const struct smtp_unit *next = STAILQ_NEXT(u, link);
	const struct smtp_reply *r = u->meant;
	struct finding *f;
	int64_t octets;

	if (!is_verb(u, VERB_DATA) || unit_class(u) < 4 || r->code == 421 || u->body != NULL ||
	    next == NULL || next->epoch != u->epoch || (u->flags & (UNIT_GUESSED | UNIT_IN_TEXT)) ||
	    !unit_knows(next, r))
		return;
	/* One odd word may be a mistyped command; a line that cannot be one, or two of them, are
	 * text. */
	if (!text_line(next) || (text_lines(next, &octets) < 2 && next->kind != UNIT_GARBAGE))
		return;
	text_lines(next, &octets);
	f = report_unit(c, next,
	    "%s of text, beginning \"%.*s\", left with ack %u; the refusal of DATA (%u, "
	    "frame %llu) ends at seq %u, so the client had it.",
	    count_text(c, (uint64_t)octets, "octet"), TEXT(next->line.text),
	    absolute_seq(c->s, DIR_SERVER, next->line.first.ack), r->code,
	    (unsigned long long)r->first.frame, absolute_seq(c->s, DIR_SERVER, r->end));
	relate(f, r->first.frame);
	relate(f, u->line.first.frame);
	if (next->meant != NULL)
		relate(f, next->meant->first.frame);
}

/* Every recipient of this transaction got an answer, and none a good one. */
static bool
all_refused(const struct smtp_unit *data)
{
	const struct smtp_unit *u = data->ctx.any_mail;

	for (; u != NULL && u != data; u = STAILQ_NEXT(u, link))
		if (is_verb(u, VERB_RCPT) && (unit_class(u) < 4 || u->meant == NULL))
			return false;
	return u == data;
}

static void
without_rcpt(struct check_ctx *c, struct smtp_unit *u)
{
	const struct smtp_context *x = &u->ctx;
	const struct smtp_body *b = u->body;
	const struct smtp_unit *end = b ? b->eod : NULL, *v;
	struct finding *f;
	bool lone = b != NULL && end != NULL && b->octets == 0;

	if (!is_verb(u, VERB_DATA) || u->meant == NULL || u->meant->code != 354 ||
	    x->rcpt_accepted > 0 || !x->state_known || x->mail == NULL || !all_refused(u) ||
	    speaks_lmtp(c->s) || (u->flags & (UNIT_GUESSED | UNIT_IN_TEXT)) || has_gap(c->s))
		return;
	f = report_reply(c, u->meant,
	    "354 although no recipient of %u was accepted; the client then sent %s%s.",
	    x->rcpt_sent,
	    b == NULL || b->end == b->off ? "nothing" :
	        lone                      ? "a lone dot, which is right" :
	               check_text(c, "%llu octets of a message", (unsigned long long)b->octets),
	    unit_class(end) == 2 ? ", and the server accepted it for nobody" : "");
	if ((b != NULL && b->octets > 0) || unit_class(end) == 2)
		f->severity = SEV_WARNING;
	relate(f, u->line.first.frame);
	for (v = x->any_mail; v != u; v = STAILQ_NEXT(v, link))
		if (is_verb(v, VERB_RCPT) && v->meant != NULL)
			relate(f, v->meant->first.frame);
	if (end != NULL && end->meant != NULL)
		relate(f, end->meant->first.frame);
}

const struct check checks_refused[] = {
	{ .info = { .id = "data-after-refusal",
	      .title = "Message sent although DATA was refused",
	      .phase = 'G',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_ERROR,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 3.3",
	      .what =
	          "Message text behind a 4yz or 5yz to DATA, from a client that had received it.",
	      .why = "The server reads the message as commands; it is lost, and its lines earn "
	             "errors that the client takes for answers.",
	      .proof = "The acknowledgement number of the text's first segment covers the refusal.",
	      .fakes =
	          "Commands behind a refused DATA; text that left before the refusal was known.",
	      .remedy = "Repair the client: it ignores replies." },
	    .by_lines = "looks like message text, and stands below the refusal of DATA.",
	    .unit = after_refusal },
	{ .info = { .id = "data-accepted-without-rcpt",
	      .title = "354 although no recipient was accepted",
	      .phase = 'G',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_NOTE,
	      .tier = TIER_CORE,
	      .refs = "RFC 2920 3.2; RFC 5321 3.3",
	      .what = "DATA answered 354 in a transaction whose recipients were all refused.",
	      .why = "Harmless when the client sends a lone dot; a whole message goes nowhere, and "
	             "a 250 for it makes the sender believe otherwise.",
	      .proof = "Each RCPT of the transaction has its reply, none of them positive.",
	      .fakes = "A recipient whose reply was not captured.",
	      .remedy = "Server: answer such a DATA with 554 or 503." },
	    .by_lines = "",
	    .unit = without_rcpt },
	{ .info = { .id = NULL } }
};
