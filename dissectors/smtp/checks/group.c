/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checks of pipelined groups (RFC 2920 3.1, 3.2): commands of a group that got no reply, and
 * replies in another order than the commands.
 */
#include "smtp/checks/check.h"


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
		    "behind it (%s %llu).",
		    f->detail, PLACE(c), (unsigned long long)good);
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

const struct check checks_group[] = {
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
