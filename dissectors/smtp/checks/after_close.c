/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase M: octets that meet a close: sent to a side that has closed, or destroyed
 * by a reset while they were under way.  The acknowledgement numbers say what the
 * other side knew and had.
 */
#include "smtp/checks/check.h"

/* Octets of `role' sent in the knowledge of the other side's FIN at `fin'. */
static const struct ledger_seg *
data_after_fin(const struct smtp_session *s, enum stream_dir role, int64_t fin, uint64_t *octets)
{
	const struct ledger *l = &s->stream->ledger;
	const struct ledger_seg *first = NULL;
	int64_t high = 0;
	size_t i;

	*octets = 0;
	for (i = 0; i < l->n; i++) {
		const struct ledger_seg *g = &l->seg[i];
		int64_t end = g->off + g->len;

		if (smtp_role(s, g) != role || g->len == 0)
			continue;
		if (end > high && g->ack != LEDGER_NO_ACK && g->ack > fin) {
			*octets += (uint64_t)(end - (g->off > high ? g->off : high));
			if (first == NULL)
				first = g;
		}
		high = end > high ? end : high;
	}
	return first;
}

/* Only QUIT went out behind the FIN: the client's polite end of a session. */
static bool
only_quit(const struct smtp_session *s, const struct ledger_seg *g, uint64_t octets)
{
	const struct smtp_unit *u;

	STAILQ_FOREACH (u, &s->units, link)
		if (u->kind == UNIT_COMMAND && u->verb->id == VERB_QUIT && u->line.off == g->off &&
		    octets <= u->line.len)
			return true;
	return false;
}

/* Replies that were owed for what had come before the client's FIN. */
static bool
only_owed(const struct smtp_session *s, const struct ledger_seg *g)
{
	const struct smtp_reply *r;

	STAILQ_FOREACH (r, &s->replies, link)
		if (r->off + 0 >= g->off && r->meant == NULL && r->code != 421)
			return false;
	return true;
}

/* Joined so late that no reply was read: it may be TLS, which says goodbye behind a FIN. */
static bool
never_read(const struct smtp_session *s)
{
	const struct smtp_reply *r;

	STAILQ_FOREACH (r, &s->replies, link)
		if (r->code != 0)
			return false;
	return s->stream->midstream;
}

static void
client_continues(struct check_ctx *c)
{
	const struct stream_half *v = smtp_half(c->s, DIR_SERVER),
	                         *me = smtp_half(c->s, DIR_CLIENT);
	const struct smtp_body *b = STAILQ_LAST(&c->s->bodies, smtp_body, link);
	const struct ledger_seg *g, *ack;
	struct finding *f;
	uint64_t octets;
	double rest;

	if (v->fin_off < 0)
		return;
	ack = ledger_acked(
	    &c->s->stream->ledger, (enum stream_dir)(DIR_CLIENT ^ c->s->flip), v->fin_off + 1);
	if (ack == NULL)
		return;
	g = data_after_fin(c->s, DIR_CLIENT, v->fin_off, &octets);
	if (g != NULL) {
		if (only_quit(c->s, g, octets) || unreadable(c->s) || never_read(c->s))
			return;
		f = report_frame(c, g->frame, g->ts,
		    "The client went on sending: %s left after it had received the server's FIN "
		    "(frame %llu).",
		    count_text(c, octets, "octet"), (unsigned long long)v->fin_frame);
		relate(f, v->fin_frame);
		relate(f, ack->frame);
		return;
	}
	/* Nothing new, but it owes the rest of a message and neither closes nor is reset.  In a
	 * hole the end of the message may be, and behind one it need not have been sent. */
	if (b == NULL || b->eod != NULL || b->bdat || me->fin_frame || me->rst_frame ||
	    v->rst_frame || b->missing > 0 || me->acked > me->high)
		return;
	rest = (double)(c->s->stream->last_ts - ack->ts) / 1e9;
	f = report_frame(c, ack->frame, ack->ts,
	    "The client acknowledged the server's FIN (frame %llu) in the middle of a message and %s; %lld "
	    "octets of it are unacknowledged.",
	    (unsigned long long)v->fin_frame,
	    rest > 10 ? "neither closed nor went on for over 10 s" :
	                "had not closed when the capture ended",
	    (long long)(me->high - me->acked));
	if (rest <= 10 || b->guessed)
		lower_to(f, CONF_PROBABLE);
	relate(f, v->fin_frame);
}

static void
half_close_continue(struct check_ctx *c)
{
	const struct stream_half *cl = smtp_half(c->s, DIR_CLIENT);
	const struct ledger_seg *g;
	struct finding *f;
	uint64_t octets;

	client_continues(c);
	/* In a hole could be the command that a late reply answers. */
	if (cl->fin_off < 0 || unreadable(c->s) || c->s->stream->midstream || has_gap(c->s))
		return;
	g = data_after_fin(c->s, DIR_SERVER, cl->fin_off, &octets);
	if (g == NULL || only_owed(c->s, g))
		return;
	f = report_frame(c, g->frame, g->ts,
	    "The server went on sending: %s in answer to nothing left after it had received the "
	    "client's FIN (frame %llu).",
	    count_text(c, octets, "octet"), (unsigned long long)cl->fin_frame);
	f->culprit = CULPRIT_SERVER;
	f->remedy =
	    "Server: close when the client has closed and everything it asked has been answered.";
	relate(f, cl->fin_frame);
}

/* What the reset destroyed: octets of the peer beyond its sender's last acknowledgement. */
static const char *
lost_text(struct check_ctx *c, enum stream_dir victim, int64_t from, bool *harmless)
{
	const struct smtp_session *s = c->s;
	const struct smtp_body *b;
	const struct smtp_unit *u;
	const struct smtp_reply *r;

	*harmless = false;
	if (victim == DIR_SERVER) {
		STAILQ_FOREACH (r, &s->replies, link)
			if (r->end > from && r->code != 221 && r->code != 0)
				return check_text(c, "the reply \"%.*s\"", TEXT(reply_text(r)));
		return NULL;
	}
	STAILQ_FOREACH (b, &s->bodies, link)
		if (b->end > from)
			return "message text";
	STAILQ_FOREACH (u, &s->units, link) {
		if (u->end > from && u->kind != UNIT_GREETING) {
			*harmless = true;
			return check_text(c, "the command %s", smtp_unit_name(u));
		}
	}
	return NULL;
}

static void
reset_with_data_lost(struct check_ctx *c)
{
	const struct ledger *l = &c->s->stream->ledger;
	const struct stream_half *cl = smtp_half(c->s, DIR_CLIENT),
	                         *v = smtp_half(c->s, DIR_SERVER);
	const struct smtp_unit *quit = quit_of(c->s);
	const struct ledger_seg *g = NULL;
	enum stream_dir who, peer, victim;
	int64_t got, kept;
	const char *what;
	struct finding *f;
	bool harmless;
	size_t i;

	for (i = 0; i < l->n && g == NULL; i++)
		if (l->seg[i].flags & TCP_RST)
			g = &l->seg[i];
	if (g == NULL || unreadable(c->s) ||
	    (cl->fin_frame && v->fin_frame && cl->fin_frame < g->frame && v->fin_frame < g->frame))
		return;
	who = smtp_role(c->s, g);
	peer = who == DIR_CLIENT ? DIR_SERVER : DIR_CLIENT;
	if (quit != NULL && who == DIR_CLIENT)
		return; /* it does not wait for 221: harmless */
	got = last_ack(c->s, who, g->frame + 1);
	kept = last_ack(c->s, peer, g->frame + 1);
	what = NULL;
	victim = peer;
	if (got != LEDGER_NO_ACK && smtp_half(c->s, peer)->high > got)
		what = lost_text(c, peer, got, &harmless);
	if (what == NULL && kept != LEDGER_NO_ACK && who == DIR_SERVER && v->high > kept) {
		victim = DIR_SERVER;
		what = lost_text(c, DIR_SERVER, kept, &harmless);
	}
	if (what == NULL)
		return;
	f = report_frame(c, g->frame, g->ts,
	    "The %s's RST discards %s: %s had acknowledged up to %u of %u.",
	    who == DIR_CLIENT ? "client" : "server", what,
	    victim == peer ? (who == DIR_CLIENT ? "the client" : "the server") : "the client",
	    absolute_seq(c->s, victim, victim == peer ? got : kept),
	    absolute_seq(c->s, victim, smtp_half(c->s, victim)->high));
	f->culprit = who == DIR_CLIENT ? CULPRIT_CLIENT : CULPRIT_SERVER;
	if (victim == who)
		lower_to(f,
		    CONF_PROBABLE); /* the acknowledgement may only be missing from the capture */
	if (harmless)
		f->severity = SEV_NOTE;
	relate(f, v->fin_frame);
}

const struct check checks_after_close[] = {
	{ .info = { .id = "half-close-continue",
	      .title = "Peer keeps sending after it received FIN",
	      .phase = 'M',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_INTEROP,
	      .severity = SEV_WARNING,
	      .tier = TIER_STAR,
	      .refs = "RFC 9293 3.6; RFC 793 3.5",
	      .what =
	          "New data of one side after it had acknowledged the other side's FIN, or a stall in "
	          "which it neither closes nor goes on.",
	      .why =
	          "A FIN only says that its sender has nothing more to send. The program that goes on "
	          "did not notice: it only writes, and hangs or sends into the void.",
	      .proof = "The acknowledgement number of the data covers the FIN.",
	      .fakes = "Data that was under way when the FIN came; replies that were owed; QUIT.",
	      .remedy =
	          "Client: read replies while the message is being sent, and close when the server "
	          "has closed. Server: having closed, read on until the client closes, or reset "
	          "the connection, which frees the client but may destroy the reply that tells it "
	          "why." },
	    .needs_tcp = true,
	    .session = half_close_continue },
	{ .info = { .id = "reset-with-data-lost",
	      .title = "RST discards data",
	      .phase = 'M',
	      .culprit = CULPRIT_EITHER,
	      .kind = CHECK_TRANSPORT,
	      .severity = SEV_ERROR,
	      .tier = TIER_STAR,
	      .refs = "RFC 1122 4.2.2.13; RFC 9293 3.6.1; RFC 2525 2.17",
	      .what =
	          "A RST while octets of the peer beyond its sender's last acknowledgement, or a reply "
	          "of its sender that was not acknowledged, were under way.",
	      .why =
	          "The peer's program may never read the reply that explains the close: its log and the "
	          "wire disagree. Trust the wire.",
	      .proof = "The acknowledgement numbers before the RST.",
	      .fakes =
	          "RST behind both FINs, behind QUIT, or of a client that does not wait for 221.",
	      .remedy =
	          "The closing side should read what is there, or shut down its sending half and wait, "
	          "before it closes." },
	    .needs_tcp = true,
	    .session = reset_with_data_lost },
	{ .info = { .id = NULL } }
};
