/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checks of how a message ends: without an end of data, or with one that nobody answers or
 * nobody waits for.
 */
#include "smtp/checks/check.h"

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

const struct check checks_ending[] = {
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
