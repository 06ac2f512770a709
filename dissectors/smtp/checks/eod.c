/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase G, the end of data on its way: how it was cut into segments and how long its
 * answer took.
 */
#include "smtp/checks/check.h"

enum { SLOW_NOTE = 30, SLOW_WARNING = 120, NEVER = 60 }; /* s */

/* A banner of asterisks is the mark of a firewall that reads along segment by segment. */
static bool
banner_masked(const struct smtp_session *s)
{
	const struct smtp_unit *u = STAILQ_FIRST(&s->units);
	struct slice t;
	size_t i, stars = 0;

	if (u == NULL || u->kind != UNIT_GREETING || u->meant == NULL)
		return false;
	t = reply_text(u->meant);
	for (i = 4; i < t.n; i++)
		stars += t.p[i] == '*';
	return t.n > 8 && stars * 2 > t.n - 4;
}

static void
eod_split(struct check_ctx *c, struct smtp_body *b)
{
	const struct smtp_unit *u = b->eod;
	struct finding *f;

	if (b->eod_split == NULL || u == NULL || u->kind != UNIT_EOD || b->guessed)
		return;
	f = report_frame(c, u->line.last.frame, u->line.last.ts,
	    "The end of data came in %llu segments: %s.", (unsigned long long)b->eod_frames,
	    b->eod_split);
	relate(f, u->line.first.frame);
	if (u->meant == NULL && c->a->over && !has_gap(c->s) && !c->s->one_sided &&
	    waited(c->s, u) >= NEVER) {
		f->severity = SEV_WARNING;
		lower_to(f, CONF_POSSIBLE);
	} else if (banner_masked(c->s)) {
		f->severity = SEV_WARNING;
		lower_to(f, CONF_PROBABLE);
		relate(f, STAILQ_FIRST(&c->s->units)->meant->first.frame);
	}
}

/* When the last copy of the unit's last octet that the server can have needed was sent. */
static int64_t
delivered_at(const struct smtp_session *s, const struct smtp_unit *u)
{
	const struct ledger *l = &s->stream->ledger;
	int64_t ts = u->at_ts;
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct ledger_seg *g = &l->seg[i];

		if (u->meant != NULL && g->frame >= u->meant->first.frame)
			break;
		if (smtp_role(s, g) == DIR_CLIENT && g->off < u->end && g->off + g->len >= u->end &&
		    g->ts > ts)
			ts = g->ts;
	}
	return ts;
}

static void
slow_reply(struct check_ctx *c, struct smtp_unit *u)
{
	int64_t rtt = c->s->stream->rtt_min[DIR_SERVER ^ c->s->flip];
	struct finding *f;
	double wait;

	if (!ends_message(u) || u->meant == NULL || (u->flags & (UNIT_GUESSED | UNIT_IN_TEXT)) ||
	    u->meant->first.ts - u->at_ts <= INT64_C(1000000000) * SLOW_NOTE || u->at_ts == 0)
		return;
	wait = (double)(u->meant->first.ts - delivered_at(c->s, u) - (rtt > 0 ? rtt : 0)) / 1e9;
	if (wait <= SLOW_NOTE)
		return;
	f = report_reply(c, u->meant, "The reply to the end of data (frame %llu) took %.0f s%s.",
	    (unsigned long long)u->at_frame, wait,
	    wait > 300 ? ", longer than many clients wait" : "");
	if (wait > SLOW_WARNING)
		f->severity = SEV_WARNING;
	relate(f, u->at_frame);
}

const struct check checks_eod[] = {
	{ .info = { .id = "eod-split",
	      .title = "CRLF.CRLF divided over several segments",
	      .phase = 'G',
	      .culprit = CULPRIT_PATH,
	      .kind = CHECK_INTEROP,
	      .severity = SEV_NOTE,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 4.1.1.4",
	      .what = "The five octets that end a message lie in more than one TCP segment.",
	      .why = "Lawful, but old firewalls that inspect SMTP lose such an end: the server "
	             "never sees it, and the message is sent again and again.",
	      .proof = "The segments that carried the octets first. A warning when the banner is "
	               "masked by such a firewall, or when no reply came for a minute.",
	      .fakes = "Retransmissions cut otherwise than the first time.",
	      .remedy = "Switch the SMTP inspection of the firewall off." },
	    .needs_tcp = true,
	    .body = eod_split },
	{ .info = { .id = "eod-slow-reply",
	      .title = "End-of-data answered slowly",
	      .phase = 'G',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_INTEROP,
	      .severity = SEV_NOTE,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 6.1; RFC 1047",
	      .what =
	          "More than 30 s between the end of data and its reply; above 120 s a warning.",
	      .why = "A client that gives up meanwhile sends the message again: it arrives twice.",
	      .proof = "Capture times, from the last copy of the end of data to the first octet of "
	               "the reply, less the round trip to the server.",
	      .fakes = "An end of data that had to be retransmitted.",
	      .remedy = "Answer first and scan later, or raise the clients' time-out for the final "
	                "dot." },
	    .needs_tcp = true,
	    .unit = slow_reply },
	{ .info = { .id = NULL } }
};
