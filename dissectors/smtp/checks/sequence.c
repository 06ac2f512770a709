/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase E: commands out of order, and servers that do not mind or do not forget.
 *
 * What a client may be blamed for is what it knew when it sent (T2); what a
 * server may be blamed for is what it answered.
 */
#include "smtp/checks/check.h"

static bool
judged(const struct smtp_unit *u)
{
	return u->ctx.state_known && u->ctx.quit == NULL &&
	    !(u->flags & (UNIT_IN_TEXT | UNIT_GUESSED));
}

static bool
is_verb(const struct smtp_unit *u, enum smtp_verb_id id)
{
	return (u->kind == UNIT_COMMAND || (u->kind == UNIT_CHUNK && id == VERB_BDAT)) &&
	    u->verb->id == id;
}

static void
data_without_rcpt(struct check_ctx *c, struct smtp_unit *u)
{
	const struct smtp_rcpt *rcpt;
	struct finding *f;

	if ((!is_verb(u, VERB_DATA) && !is_verb(u, VERB_BDAT)) || !judged(u) || u->ctx.bdat_seen ||
	    u->ctx.rcpt_accepted > 0 || u->ctx.rcpt_known_refused < u->ctx.rcpt_sent ||
	    unseen_before(c->s, u))
		return;
	if (u->ctx.rcpt_sent > 0)
		f = report_unit(c, u,
		    "%s although the client had received the refusal of every recipient (%u).",
		    smtp_unit_name(u), u->ctx.rcpt_sent);
	else
		f = report_unit(c, u, "%s without %s before it.", smtp_unit_name(u),
		    u->ctx.any_mail != NULL ? "a RCPT" : "MAIL and RCPT");
	rcpt = u->ctx.rcpt_sent > 0 && u->tx != NULL ? STAILQ_LAST(&u->tx->rcpts, smtp_rcpt, link) :
	                                               NULL;
	if (rcpt != NULL && rcpt->reply != NULL) {
		relate(f, rcpt->reply->first.frame);
		lower_to(f, had_read(c->s, u, rcpt->reply));
	}
	if (u->meant != NULL)
		relate(f, u->meant->first.frame);
}

/* ---- the server's side ---- */

static bool
login_running(const struct smtp_unit *u)
{
	return u->meant != NULL && (u->meant->code == 334 || u->meant->code == 235);
}

/* What is impossible about a command that the server took. */
static const char *
impossible(const struct smtp_unit *u)
{
	const struct smtp_context *x = &u->ctx;

	switch (u->verb->id) {
	case VERB_MAIL:
		/* Behind a refused chunk the state is not defined (RFC 3030 2). */
		if (x->mail != NULL)
			return x->failed_chunk != NULL ? NULL : "MAIL inside a transaction";
		return x->greeted_known && !x->greeted ? "MAIL without HELO or EHLO" : NULL;
	case VERB_RCPT:
		return x->mail == NULL && x->any_mail == NULL ? "RCPT without MAIL" : NULL;
	case VERB_DATA:
		if (x->bdat_seen)
			return "DATA in a transaction that has used BDAT";
		return x->mail == NULL && x->any_mail == NULL ? "DATA without MAIL" : NULL;
	case VERB_BDAT:
		return x->bdat_last ? "BDAT behind the last chunk" : NULL;
	case VERB_AUTH:
		if (x->mail != NULL)
			return "AUTH inside a transaction";
		return x->authenticated ? "AUTH behind a successful AUTH" : NULL;
	default:
		return NULL;
	}
}

static void
order_not_enforced(struct check_ctx *c, struct smtp_unit *u)
{
	const char *what;
	struct finding *f;
	bool taken;

	if ((u->kind != UNIT_COMMAND && u->kind != UNIT_CHUNK) || !judged(u) || u->meant == NULL ||
	    has_gap(c->s) || c->s->stream->midstream)
		return;
	taken = unit_class(u) == 2 || (u->verb->id == VERB_DATA && u->meant->code == 354) ||
	    (u->verb->id == VERB_AUTH && login_running(u));
	what = taken ? impossible(u) : NULL;
	if (what == NULL || unseen_before(c->s, u) ||
	    (u->verb->id == VERB_MAIL && u->ctx.mail == NULL && u->ctx.hello_open))
		return;
	f = report_reply(c, u->meant, "The server took %s: it answered \"%.*s\" where 503 is due.",
	    what, TEXT(reply_text(u->meant)));
	if (u->reply != u->meant)
		lower_to(f, CONF_PROBABLE);
	relate(f, u->line.first.frame);
	if (u->ctx.mail != NULL)
		relate(f, u->ctx.mail->line.first.frame);
}

/* ---- a state that should be gone ---- */

/* Does this end the transaction of a MAIL that was accepted? */
static bool
ends_transaction(const struct smtp_unit *u)
{
	if (u->meant == NULL)
		return false;
	if (u->kind == UNIT_EOD)
		return true;
	return unit_class(u) == 2 &&
	    (is_verb(u, VERB_RSET) || is_verb(u, VERB_EHLO) || is_verb(u, VERB_HELO) ||
	        is_verb(u, VERB_LHLO) || (u->kind == UNIT_CHUNK && u->chunk_last));
}

/* 503 for other reasons than an open transaction. */
static bool
other_reason(struct slice t)
{
	static const char *const words[] = { "auth", "helo", "ehlo", "lhlo", "hello", "tls",
		"login", "too many", "polite", "encrypt" };
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (text_contains(t, words[i]))
			return true;
	return false;
}

static void
not_reset(struct check_ctx *c, const struct smtp_unit *u, const struct smtp_unit *event)
{
	struct slice t = reply_text(u->meant);
	struct finding *f;

	if (!judged(u) || u->ctx.mail != NULL || u->reply != u->meant || other_reason(t) ||
	    unseen_before(c->s, u))
		return;
	f = report_reply(c, u->meant,
	    "MAIL is answered \"%.*s\", although %s (answered %u) had ended the "
	    "transaction before.",
	    TEXT(t), smtp_unit_name(event), event->meant->code);
	if (!text_contains(t, "sender") && !text_contains(t, "nested") &&
	    !text_contains(t, "already"))
		lower_to(f, CONF_PROBABLE);
	relate(f, event->meant->first.frame);
	relate(f, u->line.first.frame);
}

static void
state_not_reset(struct check_ctx *c)
{
	const struct smtp_unit *u, *event = NULL; /* the last one that ended a transaction */
	bool accepted = false;

	if (has_gap(c->s))
		return;
	STAILQ_FOREACH (u, &c->s->units, link) {
		if (is_verb(u, VERB_MAIL) && u->meant != NULL && u->meant->code == 503 &&
		    event != NULL)
			not_reset(c, u, event);
		if (is_verb(u, VERB_MAIL) && unit_class(u) == 2) {
			accepted = true;
			event = NULL;
		} else if (accepted && ends_transaction(u)) {
			event = u;
		}
	}
}

static void
after_quit(struct check_ctx *c, struct smtp_unit *u)
{
	const struct smtp_unit *quit = u->ctx.quit;
	struct finding *f;

	if (quit == NULL ||
	    (u->kind != UNIT_COMMAND && u->kind != UNIT_GARBAGE && u->kind != UNIT_CHUNK) ||
	    (u->flags & (UNIT_IN_TEXT | UNIT_GUESSED)) || c->s->tls.start[DIR_CLIENT] >= 0 ||
	    c->s->one_sided || u->epoch > 0 || c->s->stream->midstream)
		return; /* behind a hole QUIT may be text */
	/* A QUIT that was refused has ended nothing. */
	if (quit->meant != NULL && quit->meant->code != 221 && quit->meant->code != 421)
		return;
	f = report_unit(c, u, "\"%.*s\" behind QUIT: it is lost by design.", TEXT(u->line.text));
	if (u->line.text.n == 0 && f->count == 1)
		f->severity = SEV_NOTE;
	relate(f, quit->line.first.frame);
	if (quit->meant != NULL)
		relate(f, quit->meant->first.frame);
}

const struct check checks_sequence[] = {
	{ .info = { .id = "sequence-data-without-rcpt",
	      .title = "DATA/BDAT without any accepted recipient",
	      .phase = 'E',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 3.3; RFC 5321 4.1.4; RFC 2920 3.1",
	      .what =
	          "DATA or a first BDAT without a RCPT in the transaction, or by a client that had "
	          "received the refusal of all of them.",
	      .why =
	          "The server answers 503 or 554; a server that takes it has nobody to deliver to.",
	      .proof = "No RCPT since the transaction began, or the acknowledgement number of DATA "
	               "covers "
	               "every refusal.",
	      .fakes = "DATA in the same pipelined group as its recipients, which is lawful "
	               "whatever becomes "
	               "of them.",
	      .remedy = "Check the replies to RCPT before sending DATA, and send RSET instead." },
	    .by_lines = "",
	    .unit = data_without_rcpt },
	{ .info = { .id = "server-order-not-enforced",
	      .title = "Server accepted an impossible order",
	      .phase = 'E',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_SECOND,
	      .refs = "RFC 5321 3.3; RFC 5321 4.1.4; RFC 4954 4; RFC 3030 2",
	      .what = "A positive reply to MAIL inside a transaction or without HELO, to RCPT or "
	              "DATA without "
	              "MAIL, to AUTH inside a transaction or after success, to BDAT behind the "
	              "last chunk, or to "
	              "DATA behind BDAT.",
	      .why =
	          "The server's state is not what the client thinks; two envelopes may be mixed.",
	      .proof = "The session was captured from its SYN without holes, and the reply belongs "
	               "to the "
	               "command by count and by meaning.",
	      .fakes = "Commands behind RSET or behind the end of a message; a lost reply that "
	               "shifts the "
	               "pairs.",
	      .remedy = "Server: answer 503." },
	    .by_lines = "",
	    .unit = order_not_enforced },
	{ .info = { .id = "server-state-not-reset",
	      .title = "Transaction state survives end-of-data, RSET or EHLO",
	      .phase = 'E',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 4.1.1.4; RFC 5321 4.1.1.5; RFC 5321 4.1.4",
	      .what = "MAIL answered 503 although the end of a message, RSET or EHLO had ended the "
	              "transaction "
	              "before.",
	      .why = "Only the first message of each connection is taken.",
	      .proof = "An accepted MAIL, the answered event that ends its transaction, and then "
	               "the 503.",
	      .fakes = "503 because of missing AUTH, TLS or EHLO: told by its text.",
	      .remedy =
	          "Client: send one message for each connection to this server until it is repaired." },
	    .by_lines = "",
	    .session = state_not_reset },
	{ .info = { .id = "command-after-quit",
	      .title = "Commands after QUIT",
	      .phase = 'E',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 4.1.4; RFC 5321 4.1.1.10; RFC 2920 3.1",
	      .what = "Client octets behind QUIT.",
	      .why = "The server reads nothing more: what stands there is lost.",
	      .proof = "The octets behind the QUIT line.",
	      .fakes = "The word QUIT inside message text; a QUIT that the server refused; TLS.",
	      .remedy = "Send QUIT last." },
	    .by_lines = "",
	    .once = true,
	    .unit = after_quit },
	{ .info = { .id = NULL } }
};
