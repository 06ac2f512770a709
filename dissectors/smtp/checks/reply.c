/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase F: replies, their form and their number.
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

static void
reply_syntax(struct check_ctx *c, struct smtp_reply *r)
{
	struct finding *f;
	uint32_t i;

	if (r->flags & REPLY_GARBAGE) {
		f = report_reply(c, r,
		    "\"%.*s\" is no reply: it does not begin with a three-digit code.",
		    TEXT(reply_text(r)));
		if (r->meant != NULL)
			relate(f, r->meant->line.first.frame);
		return;
	}
	for (i = 0; i < r->nkept; i++) {
		const struct smtp_line *l = &r->lines[i];

		if (!(l->flags & LINE_ODD_CODE))
			continue;
		f = report_reply(c, r, "\"%.*s\": %s.", TEXT(l->text),
		    l->code < 200 || l->code > 599 ? "the first digit must be 2, 3, 4 or 5" :
		                                     "the second digit must be 0 to 5");
		if (l->code >= 200 && l->code <= 599)
			f->severity = SEV_NOTE;
		f->frame = l->first.frame;
		return;
	}
}

static void
multiline_code(struct check_ctx *c, struct smtp_reply *r)
{
	struct finding *f;
	uint32_t i;

	if (!(r->flags & REPLY_CODE_DIFFERS))
		return;
	for (i = 1; i < r->nkept && r->lines[i].code == r->first_code; i++)
		;
	if (i == r->nkept)
		return;
	f = report_reply(c, r,
	    "Line %u is \"%.*s\"; the reply began with %u. Clients that believe the first "
	    "line and those that believe the last disagree.",
	    i + 1, TEXT(r->lines[i].text), r->first_code);
	f->frame = r->lines[i].first.frame;
	f->ts = r->lines[i].first.ts;
	relate(f, r->first.frame);
	if (r->lines[i].code != 0 && r->code / 100 != r->first_code / 100)
		f->severity = SEV_ERROR;
}

static void
multiline_open(struct check_ctx *c, struct smtp_reply *r)
{
	const struct smtp_line *last = r->nkept ? &r->lines[r->nkept - 1] : NULL;
	double wait = (double)(c->s->stream->last_ts - r->last.ts) / 1e9;
	struct finding *f;

	if (!(r->flags & REPLY_OPEN) || last == NULL || has_gap(c->s) || c->s->one_sided ||
	    c->s->stream->midstream)
		return;
	if (!(r->flags & REPLY_SELF_ENDED) && !(client_closed_first(c->s) && wait > 5) && wait < 30)
		return;
	f = report_reply(c, r, "The last line seen, \"%.*s\", announces another; %s.",
	    TEXT(last->text),
	    r->flags & REPLY_SELF_ENDED ? "none came, and the next reply follows" :
	                                  check_text(c, "none came within %.0f s", wait));
	f->frame = last->first.frame;
	f->ts = last->first.ts;
}

static void
wrong_code(struct check_ctx *c, struct smtp_reply *r)
{
	const struct smtp_unit *u = r->meant;
	struct finding *f;

	if (u == NULL || r->code == 0 || u->kind == UNIT_GREETING || u->kind == UNIT_GARBAGE ||
	    unit_plausible(u, r->code) || has_gap(c->s) || (r->flags & REPLY_SWAPPED))
		return;
	f = report_reply(
	    c, r, "%u to %s: this code belongs to another command.", r->code, smtp_unit_name(u));
	relate(f, u->line.first.frame);
}

static bool
pending_at(const struct smtp_session *s, const struct smtp_reply *r)
{
	const struct smtp_unit *u;

	STAILQ_FOREACH (u, &s->units, link)
		/* A client that leaves has nothing to lose. */
		if (u->kind != UNIT_GREETING && u->verb->id != VERB_QUIT &&
		    (u->meant == NULL || u->meant == r) && r->first.ack != LEDGER_NO_ACK &&
		    r->first.ack >= u->end)
			return true;
	return false;
}

static void
session_421(struct check_ctx *c, struct smtp_reply *r)
{
	const struct smtp_unit *u, *open = NULL;
	const struct ledger_seg *fin = first_close(c->s, DIR_SERVER);
	struct finding *f;
	bool pending;

	if (r->code != 421 || (r->meant != NULL && r->meant->kind == UNIT_GREETING))
		return;
	pending = pending_at(c->s, r);
	STAILQ_FOREACH (u, &c->s->units, link)
		if (u->line.off < r->first.ack)
			open = u;
	f = report_reply(c, r, "\"%.*s\" %s.", TEXT(reply_text(r)),
	    pending ? "ends the session; what is unanswered needs no reply any more" :
	        r->flags & REPLY_MID_DATA ? "came while the message was being sent" :
	                                    "came with nothing pending");
	if (!pending && !(r->flags & REPLY_MID_DATA) &&
	    (open == NULL || open->tx == NULL || open->kind == UNIT_EOD || open->ctx.mail == NULL))
		f->severity = SEV_NOTE;
	if (r->meant != NULL)
		relate(f, r->meant->line.first.frame);
	if (fin != NULL)
		relate(f, fin->frame);
}

const struct check checks_reply[] = {
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
	{ .info = { .id = "reply-syntax",
	      .title = "Not a reply line",
	      .phase = 'F',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_ERROR,
	      .tier = TIER_STAR,
	      .refs = "RFC 5321 4.2; RFC 5321 4.3.2",
	      .what = "A server line that does not begin with a code [2-5][0-5][0-9].",
	      .why =
	          "Clients count it as a failure or skip it; behind a pipelined end of data the reply "
	          "to QUIT may then pass for the acceptance of the message.",
	      .proof = "The line itself, in clear text and without a hole before it.",
	      .fakes = "TLS records and other protocols on the port.",
	      .remedy =
	          "Find out which program writes to the connection besides the mail server." },
	    .reply = reply_syntax },
	{ .info = { .id = "reply-multiline-code",
	      .title = "Code changes inside a multi-line reply",
	      .phase = 'F',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_STAR,
	      .refs = "RFC 5321 4.2.1",
	      .what = "Lines of one reply with different codes.",
	      .why = "Clients differ on which line they believe, so success and failure may be "
	             "confused.",
	      .proof = "The lines themselves.",
	      .fakes =
	          "A reply that never finished, followed by the next one (reply-multiline-open).",
	      .remedy = "Server: repeat the same code on every line." },
	    .reply = multiline_code },
	{ .info = { .id = "reply-multiline-open",
	      .title = "Multi-line reply never finished",
	      .phase = 'F',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_ERROR,
	      .tier = TIER_STAR,
	      .refs = "RFC 5321 4.2.1",
	      .what = "A reply whose last line still has \"-\" behind the code.",
	      .why = "The client waits for more until its time-out.",
	      .proof =
	          "Nothing more within 30 s, the client gives up, or the next reply answers a later "
	          "command.",
	      .fakes = "Lines that come slowly on purpose; the end of the capture.",
	      .remedy = "Server: put a blank, not \"-\", behind the code of the last line." },
	    .by_lines = "",
	    .reply = multiline_open },
	{ .info = { .id = "reply-wrong-code",
	      .title = "Code impossible for the command",
	      .phase = 'F',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_ERROR,
	      .tier = TIER_STAR,
	      .refs = "RFC 5321 4.3.2",
	      .what =
	          "A positive code that belongs to other commands, such as 250 to DATA or 354 to "
	          "RCPT.",
	      .why = "What the client does is not defined: after 250 to DATA it may send nothing.",
	      .proof = "Counting and meaning agree on the pair.",
	      .fakes = "Lost or surplus replies that shift the pairs; unlisted codes of the right "
	               "class.",
	      .remedy = "Server: answer with a code that RFC 5321 4.3.2 lists for the command." },
	    .reply = wrong_code },
	{ .info = { .id = "session-421",
	      .title = "Server shuts the session with 421",
	      .phase = 'F',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_REMARK,
	      .severity = SEV_WARNING,
	      .tier = TIER_STAR,
	      .refs = "RFC 5321 3.8; RFC 5321 4.2.2",
	      .what = "A 421 behind the greeting.",
	      .why =
	          "Temporary: the client keeps the mail and tries again. Commands without a reply are "
	          "lawful from here.",
	      .proof = "The reply itself.",
	      .fakes = "421 as greeting (greeting-reject).",
	      .remedy = "Client: read the text: idle time, load or a limit on connections is "
	                "the usual reason." },
	    .reply = session_421 },
	{ .info = { .id = NULL } }
};
