/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase F, refusals that a server may not give, and a farewell without leaving.
 * A command that is malformed, or comes where the server had a reason to refuse
 * everything, proves nothing.
 */
#include "smtp/checks/check.h"

enum { NO_CLOSE = 60, RSET_CLOSE = 5, RCPT_MINIMUM = 100, LINE_MINIMUM = 512 };

static bool
says(const struct smtp_reply *r, const char *const *words)
{
	for (; *words != NULL; words++)
		if (text_contains(reply_text(r), *words))
			return true;
	return false;
}

/* RFC 5321 4.1.1.1: a domain name or an address literal; servers refuse anything else with right.
 */
static bool
good_name(struct slice arg)
{
	size_t i, dots = 0;

	for (i = 0; i < arg.n; i++) {
		if (arg.p[i] <= ' ' || arg.p[i] >= 0x7f || arg.p[i] == '_')
			return false;
		dots += arg.p[i] == '.' || arg.p[i] == ':';
	}
	return dots > 0;
}

static bool
well_formed(const struct smtp_unit *u)
{
	struct slice path;

	if (u->kind != UNIT_COMMAND || u->line.len > 512 ||
	    (u->flags & (UNIT_GUESSED | UNIT_IN_TEXT)) ||
	    (u->line.flags &
	        (LINE_BARE_LF | LINE_BARE_CR | LINE_NUL | LINE_CONTROL | LINE_8BIT | LINE_CUT |
	            LINE_GAP | LINE_UNTERMINATED)))
		return false;
	switch (u->verb->id) {
	case VERB_HELO:
	case VERB_EHLO:
		return good_name(u->arg);
	case VERB_MAIL:
	case VERB_RCPT:
		/* A parameter may be the reason. */
		return unit_path(u, &path) && unit_params(u).n == 0;
	case VERB_VRFY:
		return u->arg.n > 0;
	default:
		return !(u->verb->flags & VERB_NO_ARGUMENT) || u->arg.n == 0;
	}
}

/* RFC 5321 4.3.2 lists 502 for VRFY; for EHLO it lists 504 and 550, which judge the client. */
static bool
unimplemented(const struct smtp_unit *u, uint16_t code)
{
	return code == 500 || (code == 502 && u->verb->id != VERB_VRFY);
}

/* Within the next commands. */
static const struct smtp_unit *
later(const struct smtp_unit *u, enum smtp_verb_id id)
{
	unsigned n;

	for (n = 0; n < 16 && (u = STAILQ_NEXT(u, link)) != NULL; n++)
		if (u->kind == UNIT_COMMAND && u->verb->id == id)
			return u;
	return NULL;
}

static void
required_refused(struct check_ctx *c, struct smtp_unit *u)
{
	static const char *const other[] = { "too many", "too long", "synchroni", "pipelin", "auth",
		"tls", NULL };
	const struct smtp_unit *next = STAILQ_NEXT(u, link), *helo;
	bool ehlo = u->verb->id == VERB_EHLO;
	struct finding *f;

	if (!(u->verb->flags & VERB_REQUIRED) || u->meant == NULL ||
	    !unimplemented(u, u->meant->code) || !well_formed(u) || greeting_refused(c->s) ||
	    says(u->meant, other) || has_gap(c->s) || speaks_lmtp(c->s))
		return;
	helo = ehlo ? later(u, VERB_HELO) : NULL;
	f = report_reply(c, u->meant, "\"%.*s\" to \"%.*s\", which every server has to know%s.",
	    TEXT(reply_text(u->meant)), TEXT(u->line.text),
	    helo     ? "; the client fell back to HELO" :
	        ehlo ? "; the client did not try HELO" :
	               "");
	if (u->reply != u->meant)
		lower_to(f, CONF_PROBABLE);
	if (helo != NULL || u->verb->id == VERB_VRFY || (ehlo && !c->a->over))
		f->severity = SEV_NOTE;
	relate(f, u->line.first.frame);
	if (next != NULL)
		relate(f, next->line.first.frame);
}

/* Every server has to take it, if it is a command. */
static bool
short_line(const struct smtp_unit *u)
{
	return u->line.len <= LINE_MINIMUM && u->verb->id != VERB_UNKNOWN && u->reply == u->meant &&
	    !(u->flags & (UNIT_GUESSED | UNIT_IN_TEXT)) &&
	    !(u->line.flags & (LINE_CUT | LINE_GAP | LINE_UNTERMINATED));
}

static void
rcpt_limit(struct check_ctx *c, struct smtp_unit *u)
{
	static const char *const space[] = { "size", "quota", "storage", "big", "large", "full",
		"space", NULL };
	static const char *const lines[] = { "line too long", "command too long", NULL };
	static const char *const rate[] = { "hour", "minute", "rate", "day", "time", NULL };
	const struct smtp_ehlo *e;
	const struct smtp_reply *r = u->meant;
	struct finding *f;

	if (u->kind == UNIT_COMMAND && r != NULL && r->code == 500 && says(r, lines) &&
	    short_line(u)) {
		f = report_reply(c, r, "\"%.*s\" to a line of %u octets; %d have to be taken.",
		    TEXT(reply_text(r)), u->line.len, LINE_MINIMUM);
		f->severity = SEV_WARNING;
		f->culprit = CULPRIT_SERVER;
		lower_to(f, CONF_PROBABLE); /* the words alone say what was meant */
		relate(f, u->line.first.frame);
		return;
	}
	if (u->kind != UNIT_COMMAND || u->verb->id != VERB_RCPT || r == NULL ||
	    u->ctx.rcpt_accepted == 0 || !u->ctx.state_known ||
	    (u->flags & (UNIT_GUESSED | UNIT_IN_TEXT)))
		return;
	if (r->code == 552 && !says(r, space)) {
		f = report_reply(c, r,
		    "552 to a recipient after %u accepted ones; a full list is 452, and clients "
		    "that follow RFC 821 give the recipient up.",
		    u->ctx.rcpt_accepted);
	} else if (r->code / 100 == 4 && r->code != 421 &&
	    text_contains(reply_text(r), "too many recipients") && !says(r, rate) &&
	    u->ctx.rcpt_accepted < RCPT_MINIMUM && offer_known(c->s, u, &e) &&
	    smtp_ehlo_find(e, "LIMITS") == NULL) {
		f = report_reply(c, r,
		    "\"%.*s\" after %u accepted recipients; %d have to be taken.",
		    TEXT(reply_text(r)), u->ctx.rcpt_accepted, RCPT_MINIMUM);
		f->severity = SEV_WARNING;
		lower_to(f, CONF_PROBABLE); /* the words alone say what was meant */
	} else {
		return;
	}
	f->culprit = CULPRIT_SERVER;
	relate(f, u->line.first.frame);
}

/* The server closed as its next act behind this RSET, which it had received. */
static const struct ledger_seg *
closed_instead(struct check_ctx *c, const struct smtp_unit *u)
{
	const struct ledger_seg *g = first_close(c->s, DIR_SERVER);

	if (u->meant != NULL || STAILQ_NEXT(u, link) != NULL || g == NULL ||
	    !server_closed_first(c->s) || g->ack == LEDGER_NO_ACK || g->ack < u->end ||
	    c->s->one_sided || has_gap(c->s) || after_421(c->s, u) ||
	    (u->flags & (UNIT_EARLY | UNIT_AFTER_FIN)))
		return NULL;
	return g->ts - u->at_ts <= INT64_C(1000000000) * RSET_CLOSE ? g : NULL;
}

static void
rset_refused(struct check_ctx *c, struct smtp_unit *u)
{
	static const char *const abuse[] = { "synchroni", "pipelin", NULL };
	const struct smtp_reply *r = u->meant;
	const struct ledger_seg *g;
	struct finding *f;

	if (u->verb->id != VERB_RSET || !well_formed(u) || greeting_refused(c->s))
		return;
	g = closed_instead(c, u);
	if (g != NULL) {
		f = report_frame(c, g->frame, g->ts,
		    "The server answered RSET (frame %llu) by closing with %s.",
		    (unsigned long long)u->line.first.frame, g->flags & TCP_RST ? "RST" : "FIN");
	} else if (r != NULL && r->code >= 400 && r->code != 421 && !says(r, abuse) &&
	    !unit_knows(u, r)) {
		f = report_reply(
		    c, r, "\"%.*s\" to RSET, which has to be answered 250.", TEXT(reply_text(r)));
		lower_to(f,
		    has_gap(c->s)     ? CONF_POSSIBLE :
		        u->reply != r ? CONF_PROBABLE :
		                        CONF_CERTAIN);
	} else {
		return;
	}
	relate(f, u->line.first.frame);
	if ((g = first_close(c->s, DIR_SERVER)) != NULL)
		relate(f, g->frame);
}

/* A command sent and accepted when 421 was already known; QUIT is how a client leaves. */
static const struct smtp_unit *
went_on(const struct smtp_session *s, const struct smtp_reply *r)
{
	const struct smtp_unit *u;

	STAILQ_FOREACH (u, &s->units, link)
		if (unit_class(u) == 2 && u->meant->off > r->off && u->kind != UNIT_GREETING &&
		    u->verb->id != VERB_QUIT && unit_knows(u, r))
			return u;
	return NULL;
}

/* The first one that is no greeting. */
static const struct smtp_reply *
first_421(const struct smtp_session *s)
{
	const struct smtp_reply *r;

	STAILQ_FOREACH (r, &s->replies, link)
		if (r->code == 421 && !(r->flags & REPLY_UNJUDGED) &&
		    (r->meant == NULL || r->meant->kind != UNIT_GREETING))
			return r;
	return NULL;
}

static void
no_close(struct check_ctx *c)
{
	const int64_t limit = INT64_C(1000000000) * NO_CLOSE;
	const struct ledger_seg *sc = first_close(c->s, DIR_SERVER),
	                        *cc = first_close(c->s, DIR_CLIENT);
	const struct smtp_unit *u;
	struct finding *f;
	const struct smtp_reply *r = first_421(c->s);
	int64_t until = c->s->stream->last_ts;

	if (r == NULL || c->s->one_sided)
		return;
	u = went_on(c->s, r);
	if (sc != NULL && sc->ts < until)
		until = sc->ts;
	if (cc != NULL && cc->ts < until)
		until = cc->ts;
	if (u == NULL && until - r->last.ts < limit)
		return;
	f = report_reply(c, r, "\"%.*s\" says that the server closes; %s.", TEXT(reply_text(r)),
	    u ? check_text(
	            c, "it answered %u to a later %s instead", u->meant->code, smtp_unit_name(u)) :
	        check_text(c, "the connection stayed open for %.0f s",
	            (double)(until - r->last.ts) / 1e9));
	if (has_gap(c->s))
		lower_to(f, CONF_POSSIBLE);
	if (u != NULL)
		relate(f, u->meant->first.frame);
	if (sc != NULL)
		relate(f, sc->frame);
}

const struct check checks_refusal[] = {
	{ .info = { .id = "required-command-refused",
	      .title = "Required command \"not implemented\" (incl. EHLO)",
	      .phase = 'F',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_SECOND,
	      .refs = "RFC 5321 4.5.1; RFC 5321 4.3.2; RFC 5321 3.2",
	      .what = "500 or 502 to a well-formed command that every server has to know; to VRFY "
	              "500 alone.",
	      .why = "Without EHLO there is no TLS and no AUTH; without RSET or NOOP connections "
	             "cannot be used again.",
	      .proof = "The command is right and its reply says no.",
	      .fakes =
	          "Malformed or overlong commands, parameters, a refused session, a firewall "
	          "that overwrites commands; 504 and 550 to EHLO, which refuse this client. A note "
	          "when the client fell back to HELO, and for VRFY.",
	      .remedy = "Server or firewall: let the command through." },
	    .unit = required_refused },
	{ .info = { .id = "rcpt-limit",
	      .title = "Recipient limits and other minimum sizes handled wrongly",
	      .phase = 'F',
	      .culprit = CULPRIT_EITHER,
	      .kind = CHECK_INTEROP,
	      .severity = SEV_NOTE,
	      .tier = TIER_SECOND,
	      .refs =
	          "RFC 5321 4.5.3.1.8; RFC 5321 4.5.3.1.10; RFC 5321 4.5.3.1.4; RFC 5321 4.3.2; "
	          "RFC 1870 6.4",
	      .what = "552 to a recipient behind accepted ones; or \"too many recipients\" below "
	              "100, or \"line too long\" up to 512 octets, which are warnings.",
	      .why = "552 makes some clients give the recipient up that 452 would have sent later.",
	      .proof = "The number of accepted recipients before the refusal.",
	      .fakes =
	          "Refusals for size, quota or rate; an advertised LIMITS. Whether the client "
	          "sends to the rest later cannot be told from one session: the last lines of a "
	          "report count who was put off and not tried again.",
	      .remedy =
	          "Server: answer 452 when the list is full, take 100 recipients at least, and "
	          "lines of 512 octets." },
	    .unit = rcpt_limit },
	{ .info = { .id = "rset-refused",
	      .title = "RSET not answered 250, or answered by closing",
	      .phase = 'F',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 4.1.1.5",
	      .what = "RSET answered 4yz or 5yz, or by a close of the connection.",
	      .why = "Clients that keep connections for further mail lose them.",
	      .proof = "The reply; or a FIN or RST whose acknowledgement number covers RSET, with "
	               "no reply.",
	      .fakes = "421; RSET pipelined with other commands; a session that was refused.",
	      .remedy = "Server: RSET has no reason to fail." },
	    .by_lines = "",
	    .unit = rset_refused },
	{ .info = { .id = "session-421-no-close",
	      .title = "421 but the connection stays open",
	      .phase = 'F',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_SECOND,
	      .refs = "RFC 5321 4.2.2; RFC 5321 3.8",
	      .what =
	          "A 421 that is not followed by a close within 60 s, or is followed by accepted "
	          "commands.",
	      .why = "421 announces the close: clients wait for it, or send into a session that "
	             "should be over.",
	      .proof = "The capture goes on for 60 s, or a later command was accepted that left "
	               "when the 421 was known.",
	      .fakes = "The end of the capture; a client that closes first.",
	      .remedy = "Server: close behind 421, or use another 4yz code." },
	    .by_lines = "",
	    .needs_tcp = true,
	    .session = no_close },
	{ .info = { .id = NULL } }
};
