/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase E: order of commands, and pipelined groups.
 */
#include "smtp/checks/check.h"

static void
nested_mail(struct check_ctx *c, struct smtp_unit *u)
{
	struct finding *f;

	if (u->kind != UNIT_COMMAND || u->verb->id != VERB_MAIL || u->ctx.mail == NULL ||
	    !u->ctx.state_known || u->ctx.quit != NULL)
		return;
	f = report_unit(c, u, "\"%.*s\" while the transaction of \"%.*s\" (%s %llu) is open%s%s.",
	    TEXT(u->line.text), TEXT(u->ctx.mail->line.text), PLACE(c),
	    (unsigned long long)u->ctx.mail->line.first.frame,
	    u->ctx.failed_chunk != NULL ?
	        ": behind a refused chunk RSET is due first (RFC 3030 2)" :
	        "",
	    unit_class(u) == 2 ? "; the server accepted it, so which sender counts is not defined" :
	        unit_class(u) == 5 ? "; the server refused it" :
	                             "");
	if (u->ctx.failed_chunk != NULL && unit_class(u) == 2)
		f->severity = SEV_NOTE; /* most servers forget the transaction with the chunk */
	relate(f, u->ctx.mail->line.first.frame);
	if (u->meant != NULL)
		relate(f, u->meant->first.frame);
}

static void
rcpt_before_mail(struct check_ctx *c, struct smtp_unit *u)
{
	const struct smtp_unit *m = u->ctx.any_mail;
	struct finding *f;

	if (u->kind != UNIT_COMMAND || u->verb->id != VERB_RCPT || !u->ctx.state_known ||
	    u->ctx.mail != NULL || u->ctx.quit != NULL)
		return;
	/* MAIL was sent: a RCPT in the same group is lawful whatever became of it. */
	if (m != NULL && (m->meant == NULL || m->meant->code < 400 || !unit_knows(u, m->meant)))
		return;
	f = report_unit(c, u, "\"%.*s\" %s%s.", TEXT(u->line.text),
	    m != NULL ? "although the client had received the refusal of its MAIL" :
	                "without a MAIL before it in this transaction",
	    unit_class(u) == 2 ? "; the server accepted it" : "");
	if (m != NULL) {
		f->severity = SEV_NOTE;
		relate(f, m->meant->first.frame);
	}
	if (u->meant != NULL)
		relate(f, u->meant->first.frame);
}

/* Sent before the reply to its predecessor could be known, by a client that was not giving up. */
static const struct smtp_unit *
pipelined_behind(const struct smtp_unit *u)
{
	const struct smtp_unit *p;

	if (!(u->flags & UNIT_EARLY) || (u->flags & (UNIT_IN_TEXT | UNIT_AFTER_FIN)) ||
	    u->kind == UNIT_GARBAGE || u->kind == UNIT_EOD ||
	    (u->kind == UNIT_COMMAND && u->verb->id == VERB_UNKNOWN) || !u->ctx.caps_known)
		return NULL;
	p = u->prev;
	if (p == NULL || p->kind == UNIT_GREETING || p->kind == UNIT_GARBAGE ||
	    p->verb->id == VERB_STARTTLS || p->verb->id == VERB_XANONYMOUSTLS ||
	    p->verb->id == VERB_QUIT)
		return NULL;
	if ((u->verb->id == VERB_QUIT || u->verb->id == VERB_RSET) &&
	    u->line.first.ts - p->at_ts > INT64_C(1000000000))
		return NULL; /* tired of waiting, not pipelining */
	if (p->body != NULL && p->kind != UNIT_COMMAND && p->body->mid != NULL)
		return NULL;
	return p;
}

static bool
behind_first_ehlo(const struct smtp_unit *u, const struct smtp_unit *p)
{
	return (p->verb->id == VERB_EHLO || p->verb->id == VERB_LHLO || p->verb->id == VERB_HELO) &&
	    u->ctx.ehlo == NULL;
}

static void
relate_reply(struct finding *f, const struct smtp_unit *u)
{
	if (u != NULL && u->meant != NULL)
		relate(f, u->meant->first.frame);
}

static void
pipelining_unadvertised(struct check_ctx *c, struct smtp_unit *u)
{
	const struct smtp_unit *p = pipelined_behind(u);
	struct finding *f;

	if (p == NULL || !not_offered(u, "PIPELINING"))
		return;
	f = report_unit(c, u, "%s left with ack %u; the reply to %s %s. %s.", smtp_unit_name(u),
	    absolute_seq(c->s, DIR_SERVER, u->line.first.ack), smtp_unit_name(p),
	    p->meant ?
	        check_text(c, "ends at seq %u", absolute_seq(c->s, DIR_SERVER, p->meant->end)) :
	        "never came",
	    behind_first_ehlo(u, p) ?
	        "Before the reply to EHLO nothing is offered" :
	        u->ctx.ehlo == NULL ?
	        "The session was opened with HELO: PIPELINING is not offered" :
	        "The EHLO reply in force does not offer PIPELINING");
	relate_reply(f, p);
	if (u->ctx.ehlo != NULL)
		relate(f, u->ctx.ehlo->reply->first.frame);
}

/* AUTH with an initial response is one round trip for these mechanisms (RFC 4954 4). */
static bool
one_trip_auth(const struct smtp_unit *p)
{
	return p->verb->id == VERB_AUTH && (p->flags & UNIT_MASKED) &&
	    (slice_caseprefix(p->arg, "PLAIN") || slice_caseprefix(p->arg, "EXTERNAL"));
}

static void
pipelining_sync_point(struct check_ctx *c, struct smtp_unit *u)
{
	const struct smtp_unit *p = pipelined_behind(u);
	struct finding *f;

	if (p == NULL || !offered(u, "PIPELINING") || p->kind != UNIT_COMMAND ||
	    !(p->verb->flags & VERB_GROUP_LAST) || p->verb->id == VERB_UNKNOWN || one_trip_auth(p))
		return;
	f = report_unit(c, u,
	    "%s left with ack %u, before the reply to %s could be known; %s may only end a "
	    "pipelined group.",
	    smtp_unit_name(u), absolute_seq(c->s, DIR_SERVER, u->line.first.ack), smtp_unit_name(p),
	    smtp_unit_name(p));
	relate(f, p->line.first.frame);
	relate_reply(f, p);
}

const struct check checks_order[] = {
	{ .info = { .id = "sequence-nested-mail",
	      .title = "MAIL while a transaction is open",
	      .phase = 'E',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_STAR,
	      .refs = "RFC 5321 4.1.4",
	      .what = "A MAIL behind an accepted MAIL, with no end of data, RSET or EHLO between.",
	      .why = "The server has to answer 503; one that accepts it may mix two envelopes.",
	      .proof = "The first MAIL was answered 2yz and nothing ended its transaction.",
	      .fakes = "MAIL pipelined behind the end of the previous message, which is lawful.",
	      .remedy = "Send RSET after a failed transaction before the next MAIL." },
	    .by_lines = "",
	    .unit = nested_mail },
	{ .info = { .id = "sequence-rcpt-before-mail",
	      .title = "RCPT without MAIL",
	      .phase = 'E',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_STAR,
	      .refs = "RFC 5321 3.3; RFC 5321 4.1.4",
	      .what = "A RCPT although this transaction has no MAIL, or its refusal was known.",
	      .why = "The server has to answer 503; no mail is sent.",
	      .proof =
	          "No MAIL since the last reset of the transaction, in a capture without holes.",
	      .fakes = "RCPT in the same pipelined group as a MAIL that is refused later: lawful.",
	      .remedy = "Check the reply to MAIL before sending recipients, or stop the group." },
	    .by_lines = "",
	    .unit = rcpt_before_mail },
	{ .info = { .id = "pipelining-unadvertised",
	      .title = "Client pipelines without permission",
	      .phase = 'E',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_STAR,
	      .refs = "RFC 5321 4.3.1; RFC 2920 3.1",
	      .what =
	          "A command sent before the reply to the one before it, where PIPELINING is not "
	          "offered.",
	      .why = "Servers that enforce the rule answer 554 or 503 and close; others lose "
	             "commands.",
	      .proof =
	          "The acknowledgement number of the segment lies below the end of the earlier "
	          "reply, and the EHLO reply in force is known.",
	      .fakes =
	          "A client that gives up waiting and sends QUIT; retransmissions; an EHLO reply "
	          "that was not captured.",
	      .remedy = "Client: wait for each reply. Server: offer PIPELINING if it can do it." },
	    .by_lines = "stands above the reply to the command before it, and PIPELINING is "
	                "not offered there.",
	    .once = true,
	    .unit = pipelining_unadvertised },
	{ .info = { .id = "pipelining-sync-point",
	      .title = "Command that must end a group is followed by more",
	      .phase = 'E',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_STAR,
	      .refs = "RFC 2920 3.1",
	      .what =
	          "With PIPELINING in force, a command sent behind EHLO, VRFY, EXPN, NOOP, AUTH or "
	          "another that has to be the last of its group, before that one's reply.",
	      .why = "The later commands run in a state that the client did not know.",
	      .proof = "The acknowledgement number of the later command lies below the end of the "
	               "earlier reply.",
	      .fakes = "BDAT, which in practice may be followed; AUTH PLAIN with its response.",
	      .remedy = "End the group at that command and wait for its reply." },
	    .by_lines = "stands above the reply to the command before it, which may only end a "
	                "pipelined group.",
	    .once = true,
	    .unit = pipelining_sync_point },
	{ .info = { .id = NULL } }
};
