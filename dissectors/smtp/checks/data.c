/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase G: DATA and the message.  Its end is in ending.c.
 */
#include "smtp/checks/check.h"

/* First segment that carried client octets at or behind `off'. */
static const struct ledger_seg *
next_client_data(const struct smtp_session *s, int64_t off)
{
	return ledger_carrier(&s->stream->ledger, (enum stream_dir)(DIR_CLIENT ^ s->flip), off);
}

/*
 * What is known of the octet behind DATA.  Marks were taken when it came; a folded record of
 * the ledger has the acknowledgement of its first frame, which proves nothing against later ones.
 */
static bool
first_behind(const struct smtp_session *s, const struct smtp_unit *data, struct smtp_mark *m)
{
	const struct smtp_unit *next = STAILQ_NEXT(data, link);
	const struct ledger_seg *g;

	if (data->body != NULL && data->body->off == data->end) {
		*m = data->body->first;
		return m->frame != 0;
	}
	if (next != NULL && next->line.off == data->end) {
		*m = next->line.first;
		return m->frame != 0;
	}
	g = next_client_data(s, data->end);
	if (g == NULL || g->count > 1)
		return false;
	*m = (struct smtp_mark){ g->frame, g->ts, g->ack, g->off, g->len };
	return true;
}

static void
data_before_354(struct check_ctx *c, struct smtp_unit *u)
{
	const struct smtp_unit *next = STAILQ_NEXT(u, link);
	struct smtp_mark m;
	struct finding *f;

	if (u->kind != UNIT_COMMAND || u->verb->id != VERB_DATA || u->meant == NULL ||
	    has_gap(c->s) || (u->flags & (UNIT_GUESSED | UNIT_IN_TEXT)))
		return;
	if (!first_behind(c->s, u, &m) || m.ack == LEDGER_NO_ACK || m.ack >= u->meant->end)
		return;
	/* Refused, and what follows is a command: a group that DATA should have ended. */
	if (u->body == NULL && next != NULL && next->kind == UNIT_COMMAND &&
	    next->verb->id != VERB_UNKNOWN)
		return;
	f = report_unit(c, u,
	    "Message text left with ack %u; the reply to DATA (%u) ends at seq %u, so the "
	    "client could not know it.",
	    absolute_seq(c->s, DIR_SERVER, m.ack), u->meant->code,
	    absolute_seq(c->s, DIR_SERVER, u->meant->end));
	f->frame = m.frame;
	f->ts = m.ts;
	relate(f, u->line.first.frame);
	relate(f, u->meant->first.frame);
}

static bool
second_for_this_data(const struct smtp_reply *r)
{
	return r->body != NULL && r->body->mid != r;
}

static int64_t
client_octets_before(const struct smtp_session *s, uint64_t frame)
{
	const struct ledger *l = &s->stream->ledger;
	int64_t high = 0;
	size_t i;

	for (i = 0; i < l->n && l->seg[i].frame < frame; i++)
		if (smtp_role(s, &l->seg[i]) == DIR_CLIENT && l->seg[i].off + l->seg[i].len > high)
			high = l->seg[i].off + l->seg[i].len;
	return high;
}

/* Octets of the message below this offset. */
static const char *
octets_inside(struct check_ctx *c, const struct smtp_body *b, int64_t off)
{
	return count_text(c, off > b->off ? (uint64_t)(off - b->off) : 0, "octet");
}

static void
reply_mid_data(struct check_ctx *c, struct smtp_reply *r)
{
	struct smtp_body *b = r->body;
	const struct ledger_seg *after;
	const char *where;
	struct finding *f;
	int64_t sent;

	if (!(r->flags & REPLY_MID_DATA) || r->meant != NULL || b == NULL)
		return;
	/* In BDAT's middle the replies to what came before are due; a hole may hide that. */
	if (b->bdat && has_gap(c->s))
		return;
	/* An end of data may hide in a hole that the server had received. */
	if (b->missing > 0 && r->first.ack != LEDGER_NO_ACK)
		return;
	sent = client_octets_before(c->s, r->first.frame);
	if (b->eod != NULL && r->first.frame > b->eod->at_frame)
		where = check_text(c,
		    "the end of data (frame %llu) ends at seq %u. In the order of frames this "
		    "looks like a normal answer; the acknowledgement number proves "
		    "otherwise",
		    (unsigned long long)b->eod->at_frame,
		    absolute_seq(c->s, DIR_CLIENT, b->eod->end));
	else if (b->eod != NULL)
		where = check_text(c, "the end of data (frame %llu) ends at seq %u",
		    (unsigned long long)b->eod->at_frame,
		    absolute_seq(c->s, DIR_CLIENT, b->eod->end));
	else
		where = "no end of data was ever sent";
	f = report_reply(c, r,
	    "\"%.*s\" left with ack %u: the server had received %s of the "
	    "message. The client had sent up to seq %u (%s), and %s.%s",
	    TEXT(reply_text(r)), absolute_seq(c->s, DIR_CLIENT, r->first.ack),
	    octets_inside(c, b, r->first.ack), absolute_seq(c->s, DIR_CLIENT, sent),
	    octets_inside(c, b, sent), where,
	    second_for_this_data(r) ?
	        " It is a second reply to the same DATA." :
	        r->code == 421 ?
	        " RFC 5321 3.8 lets a server that shuts down say 421 at any time." :
	        "");
	if (r->code == 421 && !second_for_this_data(r))
		f->severity = SEV_WARNING;
	if (b->guessed)
		lower_to(f, CONF_PROBABLE);
	relate(f, b->last.frame > r->first.frame ? 0 : b->last.frame);
	after = next_client_data(c->s, sent);
	if (after != NULL)
		relate(f, after->frame);
	if (b->opener != NULL) {
		relate(f, b->opener->line.first.frame);
		if (b->opener->meant != NULL)
			relate(f, b->opener->meant->first.frame);
	}
	if (b->eod != NULL)
		relate(f, b->eod->at_frame);
}

/* The message that was in transfer, as far as its sender's peer could know, when `g' left. */
static struct smtp_body *
body_at(const struct smtp_session *s, const struct ledger_seg *g, int64_t ack)
{
	struct smtp_body *b;

	STAILQ_FOREACH (b, &s->bodies, link) {
		if (b->bdat || b->missing > 0)
			continue;
		if (b->opener != NULL &&
		    (b->opener->meant == NULL || b->opener->meant->code / 100 > 3 ||
		        g->off < b->opener->meant->end))
			continue;
		if (b->eod == NULL || ack < b->eod->end)
			return b;
	}
	return NULL;
}

static void
server_close_mid_data(struct check_ctx *c)
{
	const struct ledger_seg *g = first_close(c->s, DIR_SERVER);
	const struct smtp_reply *last = NULL, *r;
	const struct smtp_body *b;
	struct finding *f;
	int64_t ack, sent;

	if (g == NULL || !server_closed_first(c->s))
		return;
	ack = g->ack != LEDGER_NO_ACK ? g->ack : last_ack(c->s, DIR_SERVER, g->frame);
	if (ack == LEDGER_NO_ACK || (b = body_at(c->s, g, ack)) == NULL)
		return;
	STAILQ_FOREACH (r, &c->s->replies, link)
		if (r->first.frame <= g->frame)
			last = r;
	sent = client_octets_before(c->s, g->frame);
	f = report_frame(c, g->frame, g->ts,
	    "The server closed with %s inside the message, with ack %u: it had received %s of it. "
	    "The client had sent up to seq %u (%s) and %s.%s%s",
	    g->flags & TCP_RST ? "RST" : "FIN", absolute_seq(c->s, DIR_CLIENT, ack),
	    octets_inside(c, b, ack), absolute_seq(c->s, DIR_CLIENT, sent),
	    octets_inside(c, b, sent),
	    b->eod ? check_text(c, "its end of data ends at seq %u",
	                 absolute_seq(c->s, DIR_CLIENT, b->eod->end)) :
	             "never an end of data",
	    last != NULL && last->code == 421 ? " A 421 had announced it." : "",
	    g->flags & TCP_RST ?
	        "" :
	        " The FIN itself is lawful TCP (half-close, RFC 793 3.5, RFC 9293 3.6); "
	        "closing inside DATA breaks SMTP.");
	if (b->guessed)
		lower_to(f, CONF_PROBABLE);
	if (last != NULL)
		relate(f, last->first.frame);
	relate(f, b->last.frame);
}

static void
client_close_mid_data(struct check_ctx *c)
{
	const struct ledger_seg *g = first_close(c->s, DIR_CLIENT);
	const struct smtp_body *b = STAILQ_LAST(&c->s->bodies, smtp_body, link);
	const struct smtp_reply *r;
	struct finding *f;

	if (g == NULL || !client_closed_first(c->s) || b == NULL || b->eod != NULL ||
	    b->missing > 0 ||
	    (b->bdat && !(STAILQ_LAST(&c->s->units, smtp_unit, link)->flags & UNIT_CHUNK_SHORT)))
		return;
	STAILQ_FOREACH (r, &c->s->replies, link)
		if ((r->flags & REPLY_MID_DATA) && r->body == b && r->first.frame < g->frame)
			return; /* it was told to stop */
	f = report_frame(c, g->frame, g->ts,
	    "The client closed with %s inside the message: it sent %s of it, and no end of "
	    "data.",
	    g->flags & TCP_RST ? "RST" : "FIN",
	    count_text(c, (uint64_t)(b->end - b->off), "octet"));
	if (b->guessed)
		lower_to(f, CONF_PROBABLE);
	relate(f, b->last.frame);
}

const struct check checks_data[] = {
	{ .info = { .id = "data-before-354",
	      .title = "Message data sent before the go-ahead",
	      .phase = 'G',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_ERROR,
	      .tier = TIER_STAR,
	      .refs = "RFC 5321 3.3; RFC 2920 3.1",
	      .what = "Message text that left before the reply to DATA was known.",
	      .why = "If DATA is refused, the server reads the message as commands.",
	      .proof =
	          "The acknowledgement number of the text's first segment lies below the end of the "
	          "reply to DATA.",
	      .fakes = "Retransmissions; a command behind a refused DATA.",
	      .remedy = "Make the client wait for 354; it is spam software or a broken library." },
	    .by_lines = "is followed by message text above its reply.",
	    .unit = data_before_354 },
	{ .info = { .id = "reply-mid-data",
	      .title = "Reply while the client is still sending the message",
	      .phase = 'G',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_ERROR,
	      .tier = TIER_STAR,
	      .refs = "RFC 5321 3.3; RFC 5321 4.3.1; RFC 821 4.2; RFC 821 4.3; RFC 821 4.4",
	      .what = "A reply between 354 and the end of data.",
	      .why =
	          "Between 354 and the final dot the server has nothing to say; the message gets one "
	          "reply, behind the dot. Clients that do not read while they write block or lose "
	          "the reason; the message is not delivered, and often tried again for days.",
	      .proof =
	          "The reply's acknowledgement number lies below the end of data, or no end of data "
	          "was ever sent.",
	      .fakes =
	          "An end of data in a capture hole; a non-standard end of data that the server "
	          "accepted (eod-nonstandard). A lone 421 is lawful at shutdown and only a "
	          "warning.",
	      .remedy =
	          "Server: read and discard up to the final dot, then answer. Sender: until then "
	          "send this destination nothing above its limit (a maximum size for the domain; "
	          "SIZE, RFC 1870, where it is offered)." },
	    .by_lines = "stands before any end of the message.",
	    .reply = reply_mid_data },
	{ .info = { .id = "server-close-mid-data",
	      .title = "Server closes while the message is being sent",
	      .phase = 'G',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_ERROR,
	      .tier = TIER_STAR,
	      .refs = "RFC 5321 4.1.1.10; RFC 5321 3.8; RFC 9293 3.6",
	      .what = "A FIN or RST of the server between 354 and the end of data.",
	      .why =
	          "The message is not delivered; the client keeps it and tries again. After a FIN alone "
	          "it may go on sending into a connection that nobody reads.",
	      .proof = "The acknowledgement number of the FIN or RST lies below the end of data.",
	      .fakes = "A client that closed first or stopped sending (eod-missing).",
	      .remedy =
	          "Server: take the message to its end and refuse it then; look for a proxy or filter "
	          "that closes." },
	    .needs_tcp = true,
	    .session = server_close_mid_data },
	{ .info = { .id = "client-close-mid-data",
	      .title = "Client gave up inside the message",
	      .phase = 'G',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 4.1.1.10",
	      .what =
	          "A FIN or RST of the client before the end of data, with no reply of the server in "
	          "between.",
	      .why =
	          "The server has to discard what it got; the client sends the message again later.",
	      .proof = "The text before the close holds no CRLF.CRLF.",
	      .fakes = "A client that was told to stop (reply-mid-data, server-close-mid-data).",
	      .remedy = "Look for the cause of the stall before it: window, loss, a crash of the "
	                "client." },
	    .needs_tcp = true,
	    .session = client_close_mid_data },
	{ .info = { .id = NULL } }
};
