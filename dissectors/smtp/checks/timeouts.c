/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase M: patience - a server that gives up on an idle client, and a client that
 * gives up on a server, before the times of RFC 5321 4.5.3.2.
 *
 * These rest on the capture's clock: where that ran backwards they are at most
 * possible.
 */
#include "smtp/checks/check.h"

enum { SERVER_MINIMUM = 300 }; /* seconds, RFC 5321 4.5.3.2.7 */

static bool
says_timeout(struct slice t)
{
	static const char *const words[] = { "timeout", "time-out", "time out", "timed out",
		"timed-out", "idle", "inactiv" };
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (text_contains(t, words[i]))
			return true;
	return false;
}

/* A 421 for another reason than waiting. */
static bool
says_else(struct slice t)
{
	return text_contains(t, "shut") || text_contains(t, "restart") ||
	    text_contains(t, "too many") || text_contains(t, "error");
}

/* The last thing either side said before `ts'; false when something was unanswered then, or a
 * message was in transfer. */
static bool
quiet_before(const struct smtp_session *s, const struct smtp_reply *parting, int64_t ts,
    int64_t ack, int64_t *since)
{
	const struct smtp_unit *u;
	const struct smtp_reply *r;
	const struct smtp_body *b = STAILQ_LAST(&s->bodies, smtp_body, link);

	*since = INT64_MIN;
	if (b != NULL && (b->eod == NULL || b->eod->at_ts > ts))
		return false;
	STAILQ_FOREACH (u, &s->units, link) {
		if (u->kind == UNIT_GREETING || u->at_ts > ts)
			continue;
		if ((u->meant == NULL || u->meant == parting) && u->end <= ack)
			return false;
		if (u->verb->id == VERB_QUIT)
			return false;
		if (u->at_ts > *since)
			*since = u->at_ts;
	}
	STAILQ_FOREACH (r, &s->replies, link)
		if (r != parting && r->last.ts <= ts && r->last.ts > *since)
			*since = r->last.ts;
	return *since != INT64_MIN;
}

/* The reply by which the server says that it will not wait any longer, or NULL. */
static const struct smtp_reply *
parting_reply(const struct smtp_session *s)
{
	const struct smtp_reply *r = STAILQ_LAST(&s->replies, smtp_reply, link);

	if (r == NULL || r == STAILQ_FIRST(&s->replies) || r->code / 100 != 4)
		return NULL;
	return r->code == 421 || says_timeout(reply_text(r)) ? r : NULL;
}

static void
grade_idle(struct check_ctx *c, struct finding *f, double idle)
{
	if (idle < SERVER_MINIMUM)
		f->severity = SEV_WARNING;
	if (c->s->stream->clock_steps > 0)
		lower_to(f, CONF_POSSIBLE);
}

static void
server_idle_timeout(struct check_ctx *c)
{
	const struct smtp_reply *r = parting_reply(c->s);
	const struct ledger_seg *g = first_close(c->s, DIR_SERVER);
	struct finding *f;
	int64_t since;
	double idle;

	if (unreadable(c->s) || greeting_refused(c->s))
		return;
	if (r != NULL) {
		if (!quiet_before(c->s, r, r->first.ts, r->first.ack, &since))
			return;
		idle = (double)(r->first.ts - since) / 1e9;
		if (!says_timeout(reply_text(r)) &&
		    (idle < 5 || says_else(reply_text(r)) || has_gap(c->s)))
			return;
		f = report_reply(c, r,
		    "After %s without a word of the client, and nothing to be answered, "
		    "the server gave up: \"%.*s\"; it should wait %d s at least%s.",
		    seconds_text(c, idle), TEXT(reply_text(r)), (int)SERVER_MINIMUM,
		    r->code != 421 ? " and say 421" : "");
		relate(f, g != NULL ? g->frame : 0);
		grade_idle(c, f, idle);
		return;
	}
	if (g == NULL || !server_closed_first(c->s) || g->ack == LEDGER_NO_ACK || has_gap(c->s) ||
	    !quiet_before(c->s, NULL, g->ts, g->ack, &since))
		return;
	idle = (double)(g->ts - since) / 1e9;
	if (idle < 5)
		return;
	f = report_frame(c, g->frame, g->ts,
	    "After %s without a word of the client, and nothing to be answered, the server "
	    "closed "
	    "without a 421; it should wait %d s at least.",
	    seconds_text(c, idle), (int)SERVER_MINIMUM);
	grade_idle(c, f, idle);
}

/* Seconds that a client has to wait for the answer (RFC 5321 4.5.3.2.2 to 4.5.3.2.6). */
static int
patience(const struct smtp_unit *u)
{
	if (u->kind == UNIT_CHUNK)
		return u->chunk_last ? 600 : 180;
	return u->verb->id == VERB_DATA ? 120 : 300;
}

static bool
waits_for(const struct smtp_unit *u)
{
	return (u->kind == UNIT_COMMAND || u->kind == UNIT_SASL || u->kind == UNIT_CHUNK) &&
	    u->verb->id != VERB_QUIT && u->verb->id != VERB_UNKNOWN &&
	    !(u->flags & (UNIT_GUESSED | UNIT_IN_TEXT | UNIT_CHUNK_SHORT));
}

/* The first unit without an answer, when nothing but QUIT comes behind it. */
static const struct smtp_unit *
pending(const struct smtp_session *s)
{
	const struct smtp_unit *u, *first = NULL;

	STAILQ_FOREACH (u, &s->units, link) {
		if (u->kind == UNIT_GREETING || (first == NULL && u->meant != NULL))
			continue;
		if (first == NULL)
			first = u;
		else if (u->verb->id != VERB_QUIT && u->group != first->group)
			return NULL; /* it went on without the answer */
	}
	return first;
}

/* Anything new of the server, once it had the unit. */
static bool
server_spoke(const struct smtp_session *s, const struct smtp_unit *u, int64_t until)
{
	const struct ledger *l = &s->stream->ledger;
	size_t i;

	for (i = 0; i < l->n; i++)
		if (smtp_role(s, &l->seg[i]) == DIR_SERVER && l->seg[i].len > 0 &&
		    l->seg[i].ack >= u->end && l->seg[i].ts <= until)
			return true;
	return false;
}

static void
client_timeout_short(struct check_ctx *c)
{
	const struct smtp_unit *u = pending(c->s), *quit = quit_of(c->s);
	const struct ledger_seg *g = first_close(c->s, DIR_CLIENT);
	uint64_t frame, acked;
	struct finding *f;
	int64_t ts;
	double waited_s;

	if (u == NULL || !waits_for(u) || unreadable(c->s) || has_gap(c->s) ||
	    server_closed_first(c->s))
		return;
	if (quit != NULL && quit->index > u->index && quit->group != u->group) {
		frame = quit->line.first.frame;
		ts = quit->line.first.ts;
	} else if (g != NULL) {
		frame = g->frame;
		ts = g->ts;
	} else {
		return;
	}
	waited_s = (double)(ts - u->at_ts) / 1e9;
	acked = acked_frame(c->s, DIR_SERVER, u->end);
	if (waited_s < 5 || waited_s >= patience(u) || acked == 0 || acked > frame ||
	    server_spoke(c->s, u, ts))
		return;
	f = report_frame(c, frame, ts,
	    "The client gave up on the answer to %s after %s (the server had received it, "
	    "frame "
	    "%llu); it should wait %d s at least.",
	    smtp_unit_name(u), seconds_text(c, waited_s), (unsigned long long)acked, patience(u));
	lower_to(f, c->s->stream->clock_steps ? CONF_POSSIBLE : CONF_PROBABLE); /* or a user did */
	relate(f, u->line.first.frame);
	relate(f, acked);
}

const struct check checks_timeout[] = {
	{ .info = { .id = "server-idle-timeout",
	      .title = "Server gave up on an idle client",
	      .phase = 'M',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_INTEROP,
	      .severity = SEV_NOTE,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 4.5.3.2.7; RFC 5321 3.8",
	      .what =
	          "A 421, another 4yz that speaks of a time-out, or a close, after an idle time in "
	          "which the server owed nothing.",
	      .why = "Below 300 s slow clients are cut off in the middle of their work.",
	      .proof = "Everything was answered; the idle time by the capture's clock.",
	      .fakes = "Idle times below 5 s without such a text; a client that stalls inside a "
	               "message.",
	      .remedy = "Let the server wait five minutes." },
	    .needs_tcp = true,
	    .session = server_idle_timeout },
	{ .info = { .id = "client-timeout-short",
	      .title = "Client stopped waiting too early",
	      .phase = 'M',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 4.5.3.2; RFC 1123 5.3.2",
	      .what = "The client closed, or sent QUIT, while a command was unanswered, after 5 s "
	              "or more but before the minimum for it: 2 minutes for DATA, 3 and 10 for a "
	              "chunk and the last one, else 5, also where RFC 5321 names no time.",
	      .why =
	          "Servers that are slow for a reason (name service, greylisting, load) are never "
	          "reached.",
	      .proof = "The server had acknowledged the command and said nothing until the close.",
	      .fakes = "A user who stopped the program; a command that was lost on the way.",
	      .remedy = "Raise the client's time-outs to those of RFC 5321." },
	    .needs_tcp = true,
	    .session = client_timeout_short },
	{ .info = { .id = NULL } }
};
