/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase M: how the session ends.
 */
#include "smtp/checks/check.h"

static bool
server_said(const struct smtp_session *s, uint16_t code)
{
	const struct smtp_reply *r;

	STAILQ_FOREACH (r, &s->replies, link)
		if (r->code == code)
			return true;
	return false;
}

static const struct smtp_reply *
last_reply_before(const struct smtp_session *s, uint64_t frame)
{
	const struct smtp_reply *r, *last = NULL;

	STAILQ_FOREACH (r, &s->replies, link)
		if (r->first.frame <= frame)
			last = r;
	return last;
}

static void
quit_missing(struct check_ctx *c)
{
	const struct ledger_seg *g = first_close(c->s, DIR_CLIENT);
	const struct smtp_reply *last;
	struct finding *f;

	if (g == NULL || !(g->flags & TCP_FIN) || !client_closed_first(c->s) ||
	    quit_of(c->s) != NULL || unreadable(c->s) || has_gap(c->s) || greeting_refused(c->s) ||
	    server_said(c->s, 421) || c->s->nunits < 2)
		return;
	last = last_reply_before(c->s, g->frame);
	if (last == NULL)
		return;
	f = report_frame(c, g->frame, g->ts,
	    "The client closed without QUIT; the last reply was \"%.*s\".", TEXT(reply_text(last)));
	relate(f, last->first.frame);
}

/* Refusals that punish abuse: closing behind them is common practice (RFC 5321 7.8). */
static bool
punishes(struct slice t)
{
	static const char *const words[] = { "sync", "too many", "too long", "bare", "pipelin",
		"abuse", "unrecognized command", "non-smtp" };
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (text_contains(t, words[i]))
			return true;
	return false;
}

static unsigned
refusals(const struct smtp_session *s)
{
	const struct smtp_reply *r;
	unsigned n = 0;

	STAILQ_FOREACH (r, &s->replies, link)
		n += r->code >= 500;
	return n;
}

static bool
something_unanswered(const struct smtp_session *s, const struct ledger_seg *g)
{
	const struct smtp_unit *u;

	STAILQ_FOREACH (u, &s->units, link)
		if (u->meant == NULL && u->kind != UNIT_GREETING && u->end <= g->ack)
			return true;
	return false;
}

static void
server_close_without_quit(struct check_ctx *c)
{
	const struct ledger_seg *g = first_close(c->s, DIR_SERVER);
	const struct smtp_unit *quit = quit_of(c->s),
	                       *u = STAILQ_LAST(&c->s->units, smtp_unit, link);
	const struct smtp_reply *last, *refusal = parting_refusal(c->s);
	const struct smtp_body *b = STAILQ_LAST(&c->s->bodies, smtp_body, link);
	struct finding *f;
	int64_t quiet_from;
	double idle;

	if (g == NULL || !server_closed_first(c->s) || unreadable(c->s) || greeting_refused(c->s) ||
	    server_said(c->s, 421) || has_gap(c->s) || c->s->stream->midstream)
		return;
	if (quit != NULL && (g->ack == LEDGER_NO_ACK || quit->end <= g->ack))
		return;
	last = last_reply_before(c->s, g->frame);
	if (last == NULL || (b != NULL && b->eod == NULL))
		return;
	if (refusal == NULL && something_unanswered(c->s, g))
		return; /* reply-missing or eod-unanswered says it */
	quiet_from = u != NULL && u->at_ts > last->last.ts ? u->at_ts : last->last.ts;
	idle = (double)(g->ts - quiet_from) / 1e9;
	if (idle >= 300 ||
	    (last->code >= 400 && last->code < 500 && text_contains(reply_text(last), "time")))
		return; /* server-idle-timeout */
	f = report_frame(c, g->frame, g->ts,
	    "The server closed with %s, %s after its reply \"%.*s\", without QUIT and without 421.",
	    g->flags & TCP_RST ? "RST" : "FIN",
	    seconds_text(c, (double)(g->ts - last->last.ts) / 1e9), TEXT(reply_text(last)));
	relate(f, last->first.frame);
	if ((last->code >= 400 && punishes(reply_text(last))) || refusals(c->s) >= 3)
		f->severity = SEV_NOTE;
	if (u != NULL && u->kind == UNIT_COMMAND && u->verb->id == VERB_UNKNOWN)
		f->detail = check_text(c,
		    "%s Closing because of an unknown command is forbidden (RFC 5321 "
		    "3.8).",
		    f->detail);
	if (idle >= 5)
		lower_to(f, CONF_PROBABLE); /* could be a time-out below the minimum */
}

const struct check checks_closing[] = {
	{ .info = { .id = "quit-missing",
	      .title = "Client closes without QUIT",
	      .phase = 'M',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_NOTE,
	      .tier = TIER_STAR,
	      .refs = "RFC 5321 4.1.1.10; RFC 5321 4.1.4",
	      .what = "The client's FIN comes first and no QUIT was sent.",
	      .why = "Harmless alone; many of them point to scanners or crashing clients.",
	      .proof = "The client's stream was captured whole and holds no QUIT.",
	      .fakes =
	          "TLS hides QUIT; after 421 or a refusing greeting the client may just leave.",
	      .remedy = "Nothing for one session; look at the client if there are many." },
	    .needs_tcp = true,
	    .session = quit_missing },
	{ .info = { .id = "server-close-without-quit",
	      .title = "Server closes an intact session",
	      .phase = 'M',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_STAR,
	      .refs = "RFC 5321 3.8; RFC 5321 4.1.1.10",
	      .what = "The server's FIN or RST comes first, without QUIT, 421 or a long idle time.",
	      .why = "The client has to treat the rest as temporarily failed and tries again.",
	      .proof =
	          "Everything was answered, the FIN does not acknowledge a QUIT, and no 421 was "
	          "said.",
	      .fakes =
	          "Idle time-outs, defence against abuse (a note then), 421, a refusing greeting.",
	      .remedy = "Look at the server's log and limits at that time." },
	    .needs_tcp = true,
	    .session = server_close_without_quit },
	{ .info = { .id = NULL } }
};
