/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase F: replies that are none, contradict themselves or never end, codes of
 * another command, and 421.
 */
#include "smtp/checks/check.h"

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
