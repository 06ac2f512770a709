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
	f = report_unit(c, u,
	    "\"%.*s\" while the transaction of \"%.*s\" (frame %llu) is open%s%s.",
	    TEXT(u->line.text), TEXT(u->ctx.mail->line.text),
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

/* ---- lost commands ---- */

struct group {
	const struct smtp_unit *first, *last;
	unsigned n, lost, segments;
	bool guessed;              /* a member was inferred */
	bool lost_eod, lost_other; /* what is lost besides RSET and QUIT */
	const struct smtp_unit *lost_unit;
};

static void
group_scan(const struct smtp_unit *first, struct group *g)
{
	const struct smtp_unit *u;
	uint64_t frame = 0;

	memset(g, 0, sizeof *g);
	g->first = first;
	for (u = first; u != NULL && u->group == first->group; u = STAILQ_NEXT(u, link)) {
		g->n++;
		g->last = u;
		g->guessed |= (u->flags & UNIT_GUESSED) != 0;
		if (u->line.first.frame != frame)
			g->segments++;
		frame = u->line.first.frame;
		if (u->meant != NULL || u->verb->id == VERB_QUIT || u->ctx.quit != NULL ||
		    (u->flags & UNIT_AFTER_FIN))
			continue;
		g->lost++;
		if (g->lost_unit == NULL)
			g->lost_unit = u;
		g->lost_eod |= u->kind == UNIT_EOD || (u->kind == UNIT_CHUNK && u->chunk_last);
		g->lost_other |= u->verb->id != VERB_RSET;
	}
}

static const char *
cell(struct check_ctx *c, const struct smtp_reply *r)
{
	return r == NULL ? "no reply" : check_text(c, "%u", r->code);
}

/* The two columns: what counting gives, what the replies mean.  `either': the reply to the unit
 * before it may as well be its own. */
static const char *
two_columns(struct check_ctx *c, const struct group *g, const struct smtp_unit *either)
{
	const char *t =
	    check_text(c, "%-14s %-28s %s", "unit", "by count (client's belief)", "by meaning");
	const struct smtp_unit *u;
	unsigned n = 0;

	for (u = g->first; u != NULL && u->group == g->first->group && n < 40;
	     u = STAILQ_NEXT(u, link), n++)
		t = check_text(c, "%s\n%-14s %-28s %s", t, smtp_unit_name(u), cell(c, u->reply),
		    either && (u == either || u == either->prev) ?
		        check_text(c, "%s, or no reply", cell(c, either->prev->reply)) :
		        cell(c, u->meant));
	return t;
}

/* The reply that is out of place, or what ended the connection. */
static void
lost_anchor(struct check_ctx *c, const struct group *g, struct finding *f)
{
	const struct ledger_seg *fin = first_close(c->s, DIR_SERVER);
	const struct smtp_unit *u;

	for (u = g->first; u != NULL && u->group == g->first->group; u = STAILQ_NEXT(u, link)) {
		if (u->reply != NULL && u->reply->meant != u) {
			f->frame = u->reply->first.frame;
			f->ts = u->reply->first.ts;
			break;
		}
	}
	if (u == NULL || u->group != g->first->group) {
		if (fin != NULL) {
			f->frame = fin->frame;
			f->ts = fin->ts;
		}
	}
	relate(f, g->first->line.first.frame);
	for (u = g->first; u != NULL && u->group == g->first->group; u = STAILQ_NEXT(u, link))
		if (u->meant != NULL)
			relate(f, u->meant->first.frame);
	if (fin != NULL)
		relate(f, fin->frame);
}

/* The same server answered a group that did not end in QUIT: the fault is in what it does with
 * input behind QUIT. */
static uint64_t
good_group(const struct check_ctx *c, const struct group *bad)
{
	const struct smtp_unit *u;
	struct group g;

	for (u = STAILQ_FIRST(&c->s->units); u != NULL && u != bad->first;
	     u = STAILQ_NEXT(u, link)) {
		group_scan(u, &g);
		if (g.n >= 2 && g.lost == 0 && g.last->verb->id != VERB_QUIT)
			return g.first->line.first.frame;
		u = g.last;
	}
	return 0;
}

static bool
loss_is_proved(const struct check_ctx *c, const struct group *g, bool *reset)
{
	const struct ledger_seg *fin = first_close(c->s, DIR_SERVER);
	int64_t ack = last_ack(c->s, DIR_SERVER, UINT64_MAX);

	*reset = fin != NULL && (fin->flags & TCP_RST);
	if (server_closed_first(c->s) && fin->ack != LEDGER_NO_ACK)
		ack = fin->ack; /* what it had when it closed, not what came after */
	if (ack == LEDGER_NO_ACK || ack < g->last->end)
		return false; /* the server's TCP never had the whole group */
	if (server_closed_first(c->s))
		return true;
	return waited(c->s, g->last) > 60;
}

/*
 * Where the dialogue was joined, replies to what came before are taken for these, and text
 * whose 354 is in the hole may look like commands: neither is a loss.
 */
static bool
loss_may_be_seeming(const struct smtp_session *s, const struct group *g)
{
	const struct smtp_unit *u = g->first->prev;
	const struct smtp_reply *r;
	unsigned replies = 0;

	if (g->first->epoch > 0 && (u == NULL || u->epoch != g->first->epoch || u->meant == NULL))
		return true;
	STAILQ_FOREACH (r, &s->replies, link)
		replies += r->off >= g->first->line.first.ack &&
		    (g->last->meant == NULL || r->off <= g->last->meant->off);
	return (s->stream->midstream || g->first->epoch > 0) && replies >= g->n;
}

static void
pipelined_commands_lost(struct check_ctx *c, struct smtp_unit *u)
{
	const struct smtp_unit *p = u->prev;
	struct finding *f;
	struct group g;
	uint64_t good;
	bool reset, either;

	if (u->kind == UNIT_GREETING || (p != NULL && p->group == u->group))
		return;
	group_scan(u, &g);
	if (g.n < 2 || g.lost == 0 || g.guessed || u->epoch != c->s->epoch ||
	    not_offered(g.last, "PIPELINING") || after_421(c->s, g.lost_unit) ||
	    (u->flags & UNIT_IN_TEXT) || !c->a->over || !loss_is_proved(c, &g, &reset) ||
	    parting_refusal(c->s) != NULL || loss_may_be_seeming(c->s, &g))
		return;
	if (g.lost == 1 && g.lost_eod)
		return; /* eod-unanswered says it better */
	either = g.lost_unit->reply == NULL && g.lost_unit->verb->id == VERB_RSET &&
	    g.lost_unit->prev != NULL && g.lost_unit->prev->kind == UNIT_EOD &&
	    g.lost_unit->prev->reply != NULL;
	if (c->s->stream->transcript)
		f = report_unit(c, u,
		    "The client sent %u commands without waiting, and %u of them got "
		    "no reply. Whether the server's TCP had them is not known from a "
		    "transcript.",
		    g.n, g.lost);
	else
		f = report_unit(c, u,
		    "The client pipelined %u commands in %u segment%s; %u of them got no reply, "
		    "although the server's TCP had acknowledged all of them (up to seq %u). "
		    "%s lost inside the server%s.%s",
		    g.n, g.segments, g.segments == 1 ? "" : "s", g.lost,
		    absolute_seq(c->s, DIR_CLIENT, g.last->end),
		    g.lost == 1 ? "It was" : "They were",
		    reset ? ", unless what it answered was destroyed by its reset" : "",
		    either ?
		        " Which of the two cannot be told: the reply fits the end of data and RSET." :
		        "");
	f->table = two_columns(c, &g, either ? g.lost_unit : NULL);
	lost_anchor(c, &g, f);
	good = good_group(c, &g);
	if (good) {
		f->detail = check_text(c,
		    "%s The same server answers a group completely when QUIT is not "
		    "behind it (frame %llu).",
		    f->detail, (unsigned long long)good);
		relate(f, good);
	}
	if (has_gap(c->s))
		lower_to(f, CONF_PROBABLE);
	if (!g.lost_other)
		f->severity = SEV_WARNING; /* nothing depended on RSET */
	if (reset)
		lower_to(f, CONF_PROBABLE);
	if (either)
		lower_to(f, CONF_POSSIBLE);
}

static void
order_by_text(struct check_ctx *c, struct smtp_unit *u)
{
	struct smtp_unit *n = STAILQ_NEXT(u, link);
	struct finding *f;

	if (n == NULL || n->group != u->group || u->meant == NULL || n->meant == NULL ||
	    (u->meant->flags & REPLY_SWAPPED) || u->meant->code >= 400 || n->meant->code >= 400 ||
	    !reply_received(n, u->meant))
		return;
	if (align_text(u, u->meant) <= 0 || align_text(n, n->meant) <= 0 ||
	    align_text(u, n->meant) >= 0 || align_text(n, u->meant) >= 0)
		return;
	f = report_reply(c, u->meant,
	    "The reply to %s reads \"%.*s\" and the reply to %s reads \"%.*s\": "
	    "their texts fit the other way round.",
	    smtp_unit_name(u), TEXT(reply_text(u->meant)), smtp_unit_name(n),
	    TEXT(reply_text(n->meant)));
	f->confidence = CONF_POSSIBLE;
	relate(f, n->meant->first.frame);
	relate(f, u->line.first.frame);
}

static void
pipelined_order(struct check_ctx *c, struct smtp_unit *u)
{
	struct finding *f;

	if (u->reply == NULL || u->meant == NULL || u->reply == u->meant ||
	    !(u->reply->flags & REPLY_SWAPPED) || u->meant->index < u->reply->index) {
		order_by_text(c, u);
		return;
	}
	f = report_reply(c, u->reply,
	    "%s is answered %u and %s is answered %u: both are impossible, and fit "
	    "when exchanged.",
	    smtp_unit_name(u), u->reply->code, smtp_unit_name(u->reply->meant), u->meant->code);
	lower_to(f, CONF_PROBABLE);
	relate(f, u->meant->first.frame);
	relate(f, u->line.first.frame);
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
	{ .info = { .id = "pipelined-commands-lost",
	      .title = "Server consumed a pipelined group but did not answer every command",
	      .phase = 'E',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_ERROR,
	      .tier = TIER_STAR,
	      .refs = "RFC 2920 3.1; RFC 2920 3.2; RFC 5321 4.2",
	      .what = "A pipelined group with fewer replies than commands, then the server closes.",
	      .why = "A client that counts takes the reply to QUIT for the answer to an earlier "
	             "command, or reports a lost connection; address verification and delivery "
	             "fail.",
	      .proof =
	          "The server's TCP acknowledged every octet of the group, no capture hole hides a "
	          "reply, and no 421 ended the session.",
	      .fakes =
	          "421, which ends a session lawfully; a reset that destroys replies on their way "
	          "(then probable at most); a close before the group had arrived; a group that the "
	          "client may not send (pipelining-unadvertised, pipelining-sync-point): with "
	          "PIPELINING offered, MAIL, RCPT and RSET may stand anywhere in it, and QUIT at "
	          "its end (RFC 2920 3.1).",
	      .remedy =
	          "Server: answer every command, in order, and never discard input that was received "
	          "(RFC 2920 3.2); look at proxies and filters in front of it, too. Client: until "
	          "then do not pipeline towards this server (Postfix: "
	          "smtp_discard_ehlo_keyword_address_maps), or send QUIT alone." },
	    .by_lines = "",
	    .unit = pipelined_commands_lost },
	{ .info = { .id = "pipelined-order",
	      .title = "Replies out of command order",
	      .phase = 'E',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_ERROR,
	      .tier = TIER_STAR,
	      .refs = "RFC 2920 3.2",
	      .what = "All replies of a group came, two of them in exchanged places.",
	      .why = "The client records the wrong state for a recipient or for the message.",
	      .proof =
	          "Both pairs are impossible by their codes and fit when exchanged; where only the "
	          "text says so, it is possible at most.",
	      .fakes = "Servers with unusual reply texts.",
	      .remedy = "Server: answer in the order in which commands arrive." },
	    .by_lines = "",
	    .unit = pipelined_order },
	{ .info = { .id = NULL } }
};
