/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase K: LMTP (RFC 2033).  A session is LMTP when the server accepted LHLO, or
 * called itself so in its greeting.
 */
#include "smtp/checks/check.h"

enum { PATIENCE = 60 /* s */, TABLE_ROWS = 20 };

/* The last of the replies that answer this unit, and what stands directly behind it. */
static const struct smtp_reply *
last_reply(const struct smtp_unit *u, const struct smtp_reply **next)
{
	const struct smtp_reply *r = u->meant, *last = r;

	for (; r != NULL && r->meant == u; r = STAILQ_NEXT(r, link))
		last = r;
	*next = r;
	return last;
}

/* The recipients that are owed a reply, and who got which. */
static const char *
answer_table(struct check_ctx *c, const struct smtp_unit *eod)
{
	const struct smtp_reply *r = eod->meant;
	const char *text = check_text(c, "%-40s %s", "recipient", "reply");
	const struct smtp_rcpt *p;
	unsigned rows = 0;

	STAILQ_FOREACH (p, &eod->tx->rcpts, link) {
		if (!p->accepted)
			continue;
		if (rows++ == TABLE_ROWS)
			return check_text(c, "%s\n...", text);
		text = check_text(c, "%s\n%-40.*s %s", text, TEXT(p->addr),
		    r ? check_text(c, "%u", r->code) : "none");
		if (r != NULL)
			r = STAILQ_NEXT(r, link);
		if (r != NULL && r->meant != eod)
			r = NULL;
	}
	return text;
}

static bool
server_went_on(struct check_ctx *c, const struct smtp_unit *u)
{
	const struct smtp_unit *v;

	v = STAILQ_NEXT(u, link);
	if (v != NULL && (v->meant != NULL || answered_after(v) != NULL))
		return true;
	return server_closed_first(c->s) ||
	    (waited(c->s, u) >= PATIENCE && !client_closed_first(c->s));
}

static void
reply_count(struct check_ctx *c, struct smtp_unit *u)
{
	const struct smtp_reply *last, *next;
	const struct smtp_transaction *t = u->tx;
	struct finding *f;
	bool few, many;

	if (!speaks_lmtp(c->s) || !ends_message(u) || t == NULL || t->naccepted == 0 ||
	    has_gap(c->s) || c->s->one_sided || !t->mail->ctx.state_known ||
	    (u->flags & (UNIT_GUESSED | UNIT_IN_TEXT)))
		return;
	last = last_reply(u, &next);
	if (last == NULL || last->code == 421 || last->code == 353 || after_421(c->s, u))
		return;
	few = u->nreplies < t->naccepted && server_went_on(c, u);
	many = next != NULL && next->meant == NULL && next->code != 0 && next->code != 421 &&
	    next->first.ack != LEDGER_NO_ACK && u->nreplies >= t->naccepted;
	if (!few && !many)
		return;
	f = report_reply(c, many ? next : last,
	    "%s %s accepted; the end of data (%s %llu) got %u %s.",
	    count_text(c, t->naccepted, "recipient"), t->naccepted == 1 ? "was" : "were", PLACE(c),
	    (unsigned long long)u->at_frame, u->nreplies + (many ? 1 : 0),
	    u->nreplies + (many ? 1 : 0) == 1 ? "reply" : "replies");
	f->table = answer_table(c, u);
	relate(f, u->at_frame);
	relate(f, last->first.frame);
}

static bool
is_verb(const struct smtp_unit *u, enum smtp_verb_id id)
{
	return u->kind == UNIT_COMMAND && u->verb->id == id &&
	    !(u->flags & (UNIT_GUESSED | UNIT_IN_TEXT));
}

/* (a) HELO or EHLO. */
static void
wrong_greeting(struct check_ctx *c, const struct smtp_unit *u)
{
	struct finding *f;

	f = report_unit(c, u, "%s to an LMTP server, which knows LHLO only%s.", u->verb->name,
	    u->meant ? check_text(c, "; answered %u", u->meant->code) : "");
	f->culprit = unit_class(u) == 2 ? CULPRIT_SERVER : CULPRIT_CLIENT;
	if (unit_class(u) >= 4)
		f->severity = SEV_NOTE;
	if (u->meant != NULL)
		relate(f, u->meant->first.frame);
}

/* An unsure outcome makes a missing keyword more than a matter of form. */
static bool
in_doubt(const struct smtp_session *s)
{
	const struct smtp_transaction *t;

	STAILQ_FOREACH (t, &s->transactions, link)
		if (t->result == RESULT_IN_DOUBT || t->result == RESULT_LOST)
			return true;
	return false;
}

/* (b) What the reply to LHLO has to offer, and where LMTP may not be spoken. */
static void
lhlo_reply(struct check_ctx *c, const struct smtp_unit *u)
{
	const struct smtp_ehlo *e;
	struct finding *f;
	bool pipe, status;

	if (smtp_half(c->s, DIR_SERVER)->ep.port == 25) {
		f = report_unit(c, u, "LMTP on port 25, which belongs to SMTP.");
		f->culprit = CULPRIT_SERVER;
	}
	STAILQ_FOREACH (e, &c->s->ehlos, link) {
		if (e->unit != u || (e->reply->flags & REPLY_CUT) ||
		    e->reply->nlines != e->reply->nkept)
			continue;
		pipe = smtp_ehlo_find(e, "PIPELINING") != NULL;
		status = smtp_ehlo_find(e, "ENHANCEDSTATUSCODES") != NULL;
		if (pipe && status)
			continue;
		f = report_reply(c, e->reply,
		    "The reply to LHLO does not offer %s%s%s, which LMTP requires.",
		    pipe ? "" : "PIPELINING", pipe || status ? "" : " and ",
		    status ? "" : "ENHANCEDSTATUSCODES");
		f->culprit = CULPRIT_SERVER;
		if (!in_doubt(c->s))
			f->severity = SEV_NOTE;
		relate(f, u->line.first.frame);
	}
}

static void
protocol(struct check_ctx *c, struct smtp_unit *u)
{
	struct finding *f;

	if (!speaks_lmtp(c->s))
		return;
	if (is_verb(u, VERB_HELO) || is_verb(u, VERB_EHLO)) {
		wrong_greeting(c, u);
	} else if (is_verb(u, VERB_LHLO) && unit_class(u) == 2) {
		lhlo_reply(c, u);
	} else if (is_verb(u, VERB_DATA) && u->meant != NULL && u->meant->code == 354 &&
	    u->ctx.state_known && u->ctx.rcpt_accepted == 0 && !has_gap(c->s)) {
		f = report_reply(
		    c, u->meant, "354 although no recipient was accepted; LMTP demands 503.");
		f->culprit = CULPRIT_SERVER;
		relate(f, u->line.first.frame);
	}
}

const struct check checks_lmtp[] = {
	{ .info = { .id = "lmtp-reply-count",
	      .title = "Wrong number of replies after the final dot",
	      .phase = 'K',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_ERROR,
	      .tier = TIER_CORE,
	      .refs = "RFC 2033 4.2",
	      .what =
	          "In LMTP, another number of replies to the end of data than there are accepted "
	          "recipients.",
	      .why = "The client cannot tell which recipient has the message: it is lost for one, "
	             "or delivered twice.",
	      .proof = "Every RCPT has its reply, and the server went on or closed.",
	      .fakes = "421; a client that closed first; a capture that ends.",
	      .remedy = "Server: one reply for each accepted RCPT, in their order, the same "
	                "address twice "
	                "included." },
	    .by_lines = "",
	    .unit = reply_count },
	{ .info = { .id = "lmtp-protocol",
	      .title = "LMTP rule broken",
	      .phase = 'K',
	      .culprit = CULPRIT_EITHER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_LATER,
	      .refs = "RFC 2033 4.1; RFC 2033 4.2; RFC 2033 5",
	      .what = "HELO or EHLO instead of LHLO, 354 without a recipient, LMTP on port 25, or "
	              "no PIPELINING and ENHANCEDSTATUSCODES in the LHLO reply.",
	      .why = "The two ends do not agree on which protocol they speak, or recipients cannot "
	             "be told apart.",
	      .proof = "The command or the reply. A missing keyword is a note unless a message's "
	               "fate is in doubt; so is an EHLO that was refused.",
	      .fakes = "LHLO tried on an SMTP server, which refused it.",
	      .remedy = "Correct the endpoint's protocol or port in the configuration." },
	    .unit = protocol },
	{ .info = { .id = NULL } }
};
