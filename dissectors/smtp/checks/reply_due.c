/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase F: a reply for every command that owes one, none more, none too early.
 * Rests on the pairing by meaning, and on what the server's segments acknowledge.
 */
#include "smtp/checks/check.h"

/* Joined in mid-stream: replies that were paired with nothing may be for this one. */
static bool
replies_left(const struct smtp_session *s, const struct smtp_unit *u)
{
	const struct smtp_reply *r;

	STAILQ_FOREACH (r, &s->replies, link)
		if (r->meant == NULL && r->off >= u->line.first.ack)
			return true;
	return false;
}

static void
reply_missing(struct check_ctx *c, struct smtp_unit *u)
{
	const struct ledger_seg *fin = first_close(c->s, DIR_SERVER);
	struct finding *f;
	bool answered_later = c->s->answered != NULL && c->s->answered->index > u->index;
	double wait = waited(c->s, u);

	/* What a hole follows may have been answered behind it. */
	if ((u->kind != UNIT_COMMAND && u->kind != UNIT_SASL) || u->meant != NULL || u->epoch > 0 ||
	    (answered_later && c->s->answered->epoch != u->epoch) || u->verb->id == VERB_QUIT ||
	    (u->flags & (UNIT_AFTER_FIN | UNIT_IN_TEXT | UNIT_GUESSED)) ||
	    (u->line.flags & LINE_UNTERMINATED) || has_gap(c->s) || c->s->one_sided ||
	    u->ctx.quit != NULL || c->s->tls.start[DIR_SERVER] >= 0 || after_421(c->s, u) ||
	    !unit_acked(c->s, u))
		return;
	if (!answered_later && !server_closed_first(c->s) && wait < 60)
		return;
	if (!answered_later && !c->a->over && wait < 300)
		return;
	if (fin != NULL && fin->ack != LEDGER_NO_ACK && fin->ack < u->end)
		return; /* the server had gone before it came */
	if (acked_frame(c->s, DIR_SERVER, u->end) < u->line.first.frame)
		return; /* a repetition: what came of the original was not captured */
	if (c->s->stream->midstream && replies_left(c->s, u))
		return;
	f = report_unit(c, u,
	    "No reply to \"%.*s\", which the server's TCP had acknowledged (frame %llu); %s.",
	    TEXT(u->line.text), (unsigned long long)acked_frame(c->s, DIR_SERVER, u->end),
	    answered_later                ? "later commands were answered" :
	        server_closed_first(c->s) ? "then the server closed" :
	                                    check_text(c, "%.0f s passed", wait));
	relate(f, acked_frame(c->s, DIR_SERVER, u->end));
	if (fin != NULL)
		relate(f, fin->frame);
	if (fin != NULL && (fin->flags & TCP_RST))
		lower_to(f, CONF_PROBABLE);
	if (answered_later)
		lower_to(f, CONF_PROBABLE);
}

enum { EARLY_LOOK = 256 }; /* units behind the first unanswered one that are looked at */

/* An unanswered unit that this early reply was perhaps meant for. */
static struct smtp_unit *
answered_early(struct check_ctx *c, const struct smtp_reply *r)
{
	struct smtp_unit *u;
	unsigned n = 0;

	for (u = c->a->unanswered; u != NULL && n < EARLY_LOOK; u = STAILQ_NEXT(u, link), n++)
		if (u->meant == NULL && u->kind == UNIT_COMMAND && u->epoch == r->epoch &&
		    u->line.off >= r->first.ack && u->verb->id != VERB_QUIT && unit_acked(c->s, u))
			return u;
	return NULL;
}

static bool
surplus(const struct smtp_reply *r)
{
	return r->meant == NULL && !(r->flags & (REPLY_MID_DATA | REPLY_UNJUDGED)) &&
	    r->code != 421 && r->code != 0;
}

/* A pair that cannot be shifted: one of these ends every group, and is answered like no other. */
static bool
marks_itself(const struct smtp_unit *u)
{
	if (u->meant == NULL)
		return false;
	if (u->kind == UNIT_COMMAND && u->verb->id == VERB_DATA)
		return u->meant->code == 354;
	return (u->kind == UNIT_COMMAND && u->verb->id == VERB_EHLO && u->meant->nlines > 1) ||
	    (u->kind == UNIT_SASL && unit_class(u) == 2);
}

/*
 * Where the dialogue was joined, a reply may belong to what came before, as long as nothing
 * tells which.  How many replies an end of data owes depends on an envelope seen whole.
 */
static bool
in_step(const struct smtp_session *s, const struct smtp_reply *r)
{
	const struct smtp_unit *u;
	bool in = false;

	if (!s->stream->midstream && r->epoch == 0)
		return true;
	STAILQ_FOREACH (u, &s->units, link) {
		if (u->epoch != r->epoch || u->meant == NULL)
			continue;
		if (u->meant->off >= r->off)
			break;
		if (ends_message(u))
			in = u->ctx.mail != NULL && u->ctx.rcpt_accepted <= 1; /* it may be LMTP */
		else
			in = in || marks_itself(u);
	}
	return in;
}

static void
reply_unsolicited(struct check_ctx *c, struct smtp_reply *r)
{
	const struct smtp_reply *prev = NULL, *v;
	struct finding *f;

	if (!surplus(r) || answered_early(c, r) != NULL || has_gap(c->s) || c->s->one_sided ||
	    r->first.ack == LEDGER_NO_ACK || !in_step(c->s, r) || c->s->tls.via == TLS_IMPLICIT)
		return;
	STAILQ_FOREACH (v, &c->s->replies, link) {
		if (v == r)
			break;
		prev = v;
	}
	f = report_reply(c, r,
	    "\"%.*s\" answers nothing: it left with ack %u, and every unit up to there had "
	    "its reply.",
	    TEXT(reply_text(r)), absolute_seq(c->s, DIR_CLIENT, r->first.ack));
	if (r->unit != NULL)
		lower_to(f, CONF_PROBABLE); /* by counting it had a place */
	if (prev != NULL)
		relate(f, prev->first.frame);
}

static void
reply_before_command(struct check_ctx *c, struct smtp_reply *r)
{
	struct smtp_unit *u = r->meant;
	struct finding *f;

	if (r->first.ack == LEDGER_NO_ACK || has_gap(c->s) || c->s->one_sided)
		return;
	if (u == NULL && surplus(r))
		u = answered_early(c, r);
	if (u == NULL || u->kind == UNIT_GREETING || u->kind == UNIT_EOD || u->kind == UNIT_CHUNK ||
	    r->code == 421 || reply_received(u, r))
		return;
	f = report_reply(c, r,
	    "\"%.*s\" left with ack %u; the %s it answers ends at seq %u, so the server did "
	    "not have it.",
	    TEXT(reply_text(r)), absolute_seq(c->s, DIR_CLIENT, r->first.ack), smtp_unit_name(u),
	    absolute_seq(c->s, DIR_CLIENT, u->end));
	relate(f, u->line.first.frame);
}

const struct check checks_reply_due[] = {
	{ .info = { .id = "reply-missing",
	      .title = "Command without a reply",
	      .phase = 'F',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_ERROR,
	      .tier = TIER_STAR,
	      .refs = "RFC 5321 4.2; RFC 821 4.2",
	      .what = "A command that the server received and never answered.",
	      .why = "The client waits until its time-out, then reports a lost connection.",
	      .proof =
	          "The server's TCP acknowledged the command, and the server closed, answered later "
	          "commands, or stayed silent beyond the client's patience.",
	      .fakes =
	          "A client that closes first, 421, an end of the capture, a reply in a capture "
	          "hole.",
	      .remedy =
	          "Look at the server's log for a process that died or a filter that swallowed the "
	          "command." },
	    .by_lines = "has no reply. Whether the server's TCP had it is not known from a "
	                "transcript.",
	    .unit = reply_missing },
	{ .info = { .id = "reply-unsolicited",
	      .title = "Reply without a command",
	      .phase = 'F',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_STAR,
	      .refs = "RFC 5321 4.2; RFC 5321 4.3.1",
	      .what = "A reply although every unit that the server had received is answered.",
	      .why =
	          "A counting client takes it for the answer to its next command; from there every "
	          "reply is taken for the wrong one.",
	      .proof = "The reply's acknowledgement number covers no unanswered unit.",
	      .fakes =
	          "421, LMTP's reply for each recipient, the second greeting behind XCLIENT, a "
	          "command in a capture hole.",
	      .remedy = "Find the filter or proxy that adds replies." },
	    .by_lines = "answers nothing that stands above it.",
	    .reply = reply_unsolicited },
	{ .info = { .id = "reply-before-command",
	      .title = "Reply emitted before its command had arrived",
	      .phase = 'F',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_ERROR,
	      .tier = TIER_STAR,
	      .refs = "RFC 2920 3.2; RFC 5321 4.3.1",
	      .what = "A reply that left before the end of the command it is taken for.",
	      .why =
	          "The server answers blindly, or its queue is shifted: states are wrong on both "
	          "sides.",
	      .proof =
	          "The acknowledgement number of the reply's segment lies below the end of the "
	          "command, and that command has no other reply.",
	      .fakes =
	          "421 and the greeting; a reply too many (reply-unsolicited); retransmissions.",
	      .remedy = "Look for a proxy in front of the server that answers on its own." },
	    .by_lines = "stands above the command that it answers.",
	    .reply = reply_before_command },
	{ .info = { .id = NULL } }
};
