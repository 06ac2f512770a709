/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase E, pipelined groups that stand still: both ends waiting to write, or the
 * server keeping replies back until the client speaks again.
 */
#include "smtp/checks/check.h"

static const int64_t deadlock_ns = INT64_C(10000000000), withheld_ns = INT64_C(1000000000),
                     coupled_ns = INT64_C(50000000);

/* A unit that the client had sent by this frame and that got no reply up to then. */
static const struct smtp_unit *
pending(const struct smtp_session *s, uint64_t frame)
{
	const struct smtp_unit *u;

	STAILQ_FOREACH (u, &s->units, link)
		if (u->kind != UNIT_GREETING && u->line.first.frame <= frame &&
		    (u->meant == NULL || u->meant->last.frame > frame))
			return u;
	return NULL;
}

static void
deadlock(struct check_ctx *c)
{
	const struct ledger *l = &c->s->stream->ledger;
	const struct ledger_seg *zero[2] = { NULL, NULL }, *second;
	const struct smtp_unit *u;
	struct finding *f;
	size_t i;

	for (i = 0; i <= l->n; i++) {
		const struct ledger_seg *g = i < l->n ? &l->seg[i] : NULL;
		int64_t now = g ? g->ts : c->s->stream->last_ts;

		if (zero[0] != NULL && zero[1] != NULL &&
		    (g == NULL || g->win > 0 || (g->flags & TCP_RST))) {
			second = zero[0]->frame > zero[1]->frame ? zero[0] : zero[1];
			u = now - second->ts >= deadlock_ns ? pending(c->s, second->frame) : NULL;
			if (u != NULL) {
				f = report_frame(c, second->frame, second->ts,
				    "Both windows were closed for %.0f s: neither side could "
				    "send, and %s (frame %llu) and what follows it had no reply.",
				    (double)(now - second->ts) / 1e9, smtp_unit_name(u),
				    (unsigned long long)u->line.first.frame);
				relate(f, zero[0] == second ? zero[1]->frame : zero[0]->frame);
				relate(f, u->line.first.frame);
				return;
			}
		}
		if (g == NULL)
			return;
		if (g->win > 0 || (g->flags & TCP_RST))
			zero[g->dir] = NULL;
		else if (zero[g->dir] == NULL)
			zero[g->dir] = g;
	}
}

/* The first segment in which the server acknowledged the whole unit, or NULL. */
static const struct ledger_seg *
taken(const struct smtp_session *s, const struct smtp_unit *u)
{
	return ledger_acked(&s->stream->ledger, (enum stream_dir)(DIR_SERVER ^ s->flip), u->end);
}

static void
buffered(struct check_ctx *c, struct smtp_unit *u)
{
	const struct smtp_unit *next = STAILQ_NEXT(u, link);
	const struct smtp_reply *r = u->meant;
	const struct ledger_seg *g;
	struct finding *f;
	int64_t rtt = 0, lag;

	if (u->kind != UNIT_COMMAND || r == NULL || next == NULL || next->epoch != u->epoch ||
	    u->at_ts == 0 || has_gap(c->s) || c->s->one_sided ||
	    (u->flags & (UNIT_GUESSED | UNIT_IN_TEXT)) || r->first.ack == LEDGER_NO_ACK ||
	    r->first.ack < next->end || unit_knows(next, r))
		return;
	if (c->s->stream->rtt_server > 0)
		rtt += c->s->stream->rtt_server;
	if (c->s->stream->rtt_client > 0)
		rtt += c->s->stream->rtt_client;
	lag = r->first.ts - next->at_ts;
	if (next->line.first.ts - u->at_ts < withheld_ns)
		return;
	g = taken(c->s, u);
	/* Received, then silence; new input, and the reply is there at once. */
	if (g == NULL || g->frame >= next->line.first.frame ||
	    next->line.first.ts - g->ts < withheld_ns || lag < 0 || lag > coupled_ns + rtt)
		return;
	f = report_reply(c, r,
	    "The server had received %s (frame %llu, acknowledged in %llu) and was silent for "
	    "%s; its reply came %.0f ms after %s (frame %llu).",
	    smtp_unit_name(u), (unsigned long long)u->at_frame, (unsigned long long)g->frame,
	    seconds_text(c, (double)(next->line.first.ts - g->ts) / 1e9), (double)lag / 1e6,
	    smtp_unit_name(next), (unsigned long long)next->line.first.frame);
	lower_to(f, CONF_PROBABLE); /* time is the proof, and time may deceive */
	relate(f, u->line.first.frame);
	relate(f, g->frame);
	relate(f, next->line.first.frame);
}

const struct check checks_stall[] = {
	{ .info = { .id = "pipelining-deadlock",
	      .title = "Both sides blocked on writing",
	      .phase = 'E',
	      .culprit = CULPRIT_EITHER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_ERROR,
	      .tier = TIER_SECOND,
	      .refs = "RFC 2920 3.1; RFC 2920 3.2",
	      .what = "Client and server announce a window of zero at the same time for more than "
	              "10 s.",
	      .why = "Each waits for the other to read: the session hangs until a time-out, and "
	             "the mail with it.",
	      .proof = "The windows in both directions, and commands without a reply.",
	      .fakes = "One closed window alone, which is flow control at work.",
	      .remedy = "Client: read replies while writing, or send smaller groups of commands." },
	    .needs_tcp = true,
	    .session = deadlock },
	{ .info = { .id = "reply-buffered",
	      .title = "Replies withheld although they had to be sent",
	      .phase = 'E',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_SECOND,
	      .refs = "RFC 2920 3.2",
	      .what = "A reply that comes only when the client sends something more.",
	      .why = "Client and server wait for each other until the client's time-out.",
	      .proof = "The command was acknowledged, a second or more passed, and the reply left "
	               "within 50 ms of the next command.",
	      .fakes = "Slow work, which does not end at the moment of new input; delayed ACKs.",
	      .remedy = "Server: send what is buffered before waiting for input." },
	    .needs_tcp = true,
	    .once = true,
	    .unit = buffered },
	{ .info = { .id = NULL } }
};
