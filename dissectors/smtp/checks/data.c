/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase G: DATA, the message and its end.
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
static int64_t
inside(const struct smtp_body *b, int64_t off)
{
	return off > b->off ? off - b->off : 0;
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
	    "\"%.*s\" left with ack %u: the server had received %lld octets of the "
	    "message. The client had sent up to seq %u (%lld octets), and %s.%s",
	    TEXT(reply_text(r)), absolute_seq(c->s, DIR_CLIENT, r->first.ack),
	    (long long)inside(b, r->first.ack), absolute_seq(c->s, DIR_CLIENT, sent),
	    (long long)inside(b, sent), where,
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
	    "The server closed with %s inside the message, with ack %u: it had received %lld octets of it. "
	    "The client had sent up to seq %u (%lld octets) and %s.%s%s",
	    g->flags & TCP_RST ? "RST" : "FIN", absolute_seq(c->s, DIR_CLIENT, ack),
	    (long long)inside(b, ack), absolute_seq(c->s, DIR_CLIENT, sent),
	    (long long)inside(b, sent),
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
	    "The client closed with %s inside the message: %llu octets of it were sent, and no end of "
	    "data.",
	    g->flags & TCP_RST ? "RST" : "FIN", (unsigned long long)(b->end - b->off));
	if (b->guessed)
		lower_to(f, CONF_PROBABLE);
	relate(f, b->last.frame);
}

static const char *
tail_form(const struct smtp_body *b)
{
	static const struct {
		const char *end, *form;
	} forms[] = { { "\n.\n", "LF.LF" }, { "\r\n.\r", "CRLF.CR" },
		{ ".\r\n", "a dot that is not alone" }, { ".\n", "a dot and a bare LF" },
		{ "\r\n", "a whole line" }, { "\n", "a bare LF" } };
	size_t i;

	for (i = 0; i < sizeof forms / sizeof forms[0]; i++) {
		size_t n = strlen(forms[i].end);

		if (b->ntail >= n && memcmp(b->tail + b->ntail - n, forms[i].end, n) == 0)
			return forms[i].form;
	}
	return "the middle of a line";
}

static void
eod_missing(struct check_ctx *c, struct smtp_body *b)
{
	const struct ledger_seg *fin = first_close(c->s, DIR_SERVER);
	const struct smtp_reply *r;
	int64_t until = c->s->stream->last_ts;
	struct finding *f;
	bool timed_out = false;
	double quiet;

	if (b->eod != NULL || b->bdat || b->missing > 0 || b->last.frame == 0 ||
	    b != STAILQ_LAST(&c->s->bodies, smtp_body, link) || client_closed_first(c->s))
		return;
	if (fin != NULL)
		until = fin->ts;
	STAILQ_FOREACH (r, &c->s->replies, link) {
		if (!(r->flags & REPLY_MID_DATA) || r->body != b)
			continue;
		if (r->first.ts < b->last.ts)
			return; /* the server spoke while text still came: another fault */
		until = r->first.ts < until ? r->first.ts : until;
		timed_out |= r->code / 100 == 4 &&
		    (text_contains(reply_text(r), "timeout") ||
		        text_contains(reply_text(r), "time-out") ||
		        text_contains(reply_text(r), "timed out"));
	}
	quiet = (double)(until - b->last.ts) / 1e9;
	if (quiet < (timed_out ? 1 : server_closed_first(c->s) ? 5 : 180))
		return;
	f = report_frame(c, b->last.frame, b->last.ts,
	    "The client stopped inside the message and sent nothing for %.0f s; what it sent ends with %s, "
	    "so the server was still waiting for CRLF.CRLF.",
	    quiet, tail_form(b));
	if (b->guessed)
		lower_to(f, CONF_PROBABLE);
	if (fin != NULL)
		relate(f, fin->frame);
}

/* The client gave up: a reset, or a FIN after which it never acknowledged what came. */
static const struct ledger_seg *
gave_up(const struct check_ctx *c, const struct smtp_unit *u)
{
	const struct ledger_seg *g = first_close(c->s, DIR_CLIENT);

	if (g == NULL || !client_closed_first(c->s) || g->ts < u->at_ts)
		return NULL;
	if (u->meant != NULL) {
		/* Answered late: only after the client had gone. */
		if (u->meant->first.frame < g->frame ||
		    acked_frame(c->s, DIR_CLIENT, u->meant->end) != 0)
			return NULL;
		return g;
	}
	return g->flags & TCP_RST ? g : NULL; /* a FIN alone may be a half-close behind the dot */
}

static void
eod_unanswered(struct check_ctx *c, struct smtp_unit *u)
{
	const struct ledger_seg *fin = first_close(c->s, DIR_SERVER);
	struct finding *f;
	bool acked;

	if (!ends_message(u) || u->meant != NULL || has_gap(c->s) || c->s->one_sided ||
	    (u->flags & UNIT_GUESSED) || (u->body != NULL && u->body->missing))
		return;
	if (u->tx != NULL && u->tx->result == RESULT_REJECTED_MID_DATA)
		return; /* refused, if too early */
	if (!c->a->over && waited(c->s, u) < 600)
		return;
	if (gave_up(c, u) != NULL || (fin == NULL && waited(c->s, u) < 600))
		return;
	acked = unit_acked(c->s, u);
	f = report_unit(c, u, "No reply to the end of data; the server's TCP had %s%s.",
	    acked ?
	        check_text(c,
	            "acknowledged it (frame %llu), so the message may have been accepted: it is "
	            "in doubt, and the client will send it again",
	            (unsigned long long)acked_frame(c->s, DIR_SERVER, u->end)) :
	        "not acknowledged it: the message was not delivered",
	    u->reply != NULL ?
	        check_text(c, ". A counting client takes %u for its answer", u->reply->code) :
	        "");
	f->frame = u->at_frame;
	f->ts = u->at_ts;
	if (u->reply != NULL)
		f->table = check_text(c, "%-14s %-28s %s\n%-14s %-28u %s", "unit",
		    "by count (client's belief)", "by meaning", "end of data", u->reply->code,
		    "no reply");
	relate(f, acked_frame(c->s, DIR_SERVER, u->end));
	if (u->reply != NULL)
		relate(f, u->reply->first.frame);
	if (fin != NULL)
		relate(f, fin->frame);
	if (fin != NULL && (fin->flags & TCP_RST))
		lower_to(f, CONF_PROBABLE); /* a reply may have died with the reset */
}

static void
eod_client_impatient(struct check_ctx *c, struct smtp_unit *u)
{
	const struct ledger_seg *g;
	struct finding *f;
	double wait;

	if (!ends_message(u) || has_gap(c->s) || c->s->one_sided || (u->flags & UNIT_GUESSED))
		return;
	g = gave_up(c, u);
	wait = g ? (double)(g->ts - u->at_ts) / 1e9 : 0;
	if (g == NULL || wait >= 600 ||
	    (u->tx != NULL && u->tx->result == RESULT_REJECTED_MID_DATA))
		return;
	f = report_frame(c, g->frame, g->ts,
	    "The client closed with %s %s after its end of data (frame %llu) without a reply to it; at "
	    "least 600 s are due.%s",
	    g->flags & TCP_RST ? "RST" : "FIN", seconds_text(c, wait),
	    (unsigned long long)u->at_frame,
	    u->meant != NULL && u->meant->code / 100 == 2 ?
	        " The server accepted the message afterwards: it will be delivered twice." :
	        "");
	relate(f, u->at_frame);
	relate(f, acked_frame(c->s, DIR_SERVER, u->end));
	if (u->meant != NULL)
		relate(f, u->meant->first.frame);
}

enum { GROUP_LOOK = 256 }; /* units of a group looked back over */

/* The end of data in front of u within its group, or NULL. */
static const struct smtp_unit *
eod_in_group(const struct smtp_unit *u)
{
	const struct smtp_unit *v;
	unsigned n = 0;

	for (v = u->prev; v != NULL && v->group == u->group && n < GROUP_LOOK; v = v->prev, n++)
		if (ends_message(v))
			return v;
	return NULL;
}

static void
rset_before_eod_reply(struct check_ctx *c, struct smtp_unit *u)
{
	const struct smtp_unit *e;
	struct finding *f;
	bool short_one, settled;

	if (u->kind != UNIT_COMMAND || u->verb->id != VERB_RSET || (u->flags & UNIT_IN_TEXT) ||
	    (e = eod_in_group(u)) == NULL || (e->meant != NULL && unit_knows(u, e->meant)))
		return;
	short_one = (e->meant == NULL || u->meant == NULL) && c->a->over && !has_gap(c->s);
	settled = (e->meant != NULL && align_text(e, e->meant) < 0) || e->meant == NULL;
	f = report_unit(c, u,
	    "RSET left with ack %u, before the reply to the end of data%s was known%s.",
	    absolute_seq(c->s, DIR_SERVER, u->line.first.ack),
	    e->meant ? check_text(c, " (which ends at seq %u)",
	                   absolute_seq(c->s, DIR_SERVER, e->meant->end)) :
	               "",
	    !short_one ?
	        "; the replies came in order" :
	        settled ?
	        check_text(c,
	            "; one reply is missing, and the text of the other (\"%.*s\") tells which "
	            "unit it answers",
	            TEXT(reply_text(
	                e->meant ? e->meant : STAILQ_LAST(&c->s->replies, smtp_reply, link)))) :
	        "; only one reply came for the two. If the server executed RSET first, the "
	        "message is gone although the client believes it accepted");
	relate(f, e->at_frame);
	if (e->meant != NULL)
		relate(f, e->meant->first.frame);
	if (u->meant != NULL)
		relate(f, u->meant->first.frame);
	if (!short_one) {
		f->severity = SEV_NOTE;
	} else {
		f->severity = settled ? SEV_WARNING : SEV_ERROR;
		/* RFC 2920 3.1 allows it: that a reply is missing need not be the client's doing.
		 */
		if (u->ctx.ehlo != NULL && smtp_ehlo_find(u->ctx.ehlo, "PIPELINING") != NULL)
			f->culprit = CULPRIT_EITHER;
		lower_to(f, settled ? CONF_PROBABLE : CONF_POSSIBLE);
	}
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
	{ .info = { .id = "eod-missing",
	      .title = "Client never sent the end-of-data",
	      .phase = 'G',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_ERROR,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 4.1.1.4",
	      .what =
	          "A message that stops without CRLF.CRLF, then silence until the server gives up.",
	      .why = "The message is not delivered; each retry stops at the same place.",
	      .proof =
	          "All text is in the capture, it does not end in CRLF.CRLF, and the client was "
	          "silent.",
	      .fakes = "Lost segments and closed windows, which stop a client as well.",
	      .remedy =
	          "Scripts that write LF instead of CRLF are the usual cause: end the text with "
	          "CR LF . CR LF." },
	    .needs_tcp = true,
	    .body = eod_missing },
	{ .info = { .id = "eod-unanswered",
	      .title = "No reply to the end of data",
	      .phase = 'G',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_ERROR,
	      .tier = TIER_STAR,
	      .refs = "RFC 5321 4.1.1.4; RFC 5321 4.5.3.2.6; RFC 1047",
	      .what = "An end of data that the server never answered.",
	      .why =
	          "If its TCP had acknowledged the dot, nobody can tell whether the message was taken: "
	          "the client sends it again and it may arrive twice. If not, it was not delivered.",
	      .proof =
	          "The connection ended, or 600 s passed, without a reply; whether the dot had "
	          "arrived is told by the acknowledgement number.",
	      .fakes = "A client that closed first (eod-client-impatient), the end of the capture.",
	      .remedy = "Server: look in the log for what became of the message, and answer "
	                "every end of data." },
	    .needs_tcp = true,
	    .unit = eod_unanswered },
	{ .info = { .id = "eod-client-impatient",
	      .title = "Client gave up on the final reply too early",
	      .phase = 'G',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_ERROR,
	      .tier = TIER_STAR,
	      .refs = "RFC 5321 4.5.3.2.6; RFC 1047",
	      .what =
	          "The client closes less than 600 s after its end of data, which is unanswered.",
	      .why = "The server may have accepted the message: it will be delivered twice.",
	      .proof = "The client's FIN or RST, and no reply that it acknowledged.",
	      .fakes =
	          "QUIT pipelined behind the dot by a client that then waits; a half-close behind "
	          "the dot.",
	      .remedy = "Client: wait ten minutes for the reply to the final dot. Server: "
	                "answer before the message is scanned." },
	    .needs_tcp = true,
	    .unit = eod_client_impatient },
	{ .info = { .id = "rset-before-eod-reply",
	      .title = "RSET sent before the end-of-data was acknowledged",
	      .phase = 'G',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_INTEROP,
	      .severity = SEV_WARNING,
	      .tier = TIER_STAR,
	      .refs = "RFC 5321 4.1.1.5; RFC 2920 3.1; RFC 2920 3.2",
	      .what = "RSET that left before the reply to the message's end was known.",
	      .why =
	          "Lawful with PIPELINING, and harmless when both replies come in order. A server that "
	          "executes RSET first drops the message, and a single 250 then looks like its "
	          "acceptance.",
	      .proof =
	          "The acknowledgement number of RSET's segment lies below the end of the reply to "
	          "the end of data.",
	      .fakes = "RSET behind the reply (no effect), RSET as a line of the message.",
	      .remedy =
	          "Server: by RFC 2920 3.2 finish the message and answer it before RSET is "
	          "executed. Client: wait for the reply to the end of data before RSET; if a reply is "
	          "missing, do not pipeline towards this server." },
	    .by_lines = "stands above the reply to the end of data.",
	    .unit = rset_before_eod_reply },
	{ .info = { .id = NULL } }
};
