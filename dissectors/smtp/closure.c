/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * closure - how the connection ended in mail terms, who ended it, and where the
 * capture was taken.
 *
 * Exactly one class for a connection.  QUIT with its 221 counts whoever sends the
 * first FIN; a RST behind a FIN changes nothing.  Which of two FINs was first is
 * told by acknowledgement numbers: one that acknowledges the other came second.
 */
#include "smtp/analyse.h"

static const struct smtp_unit *
last_quit(const struct smtp_session *s)
{
	const struct smtp_unit *u, *q = NULL;

	STAILQ_FOREACH (u, &s->units, link)
		if (u->kind == UNIT_COMMAND && u->verb->id == VERB_QUIT)
			q = u;
	return q;
}

/* First frame by which this side closed or reset; 0: it did not. */
static uint64_t
close_frame(const struct stream_half *h)
{
	if (h->fin_frame && h->rst_frame)
		return h->fin_frame < h->rst_frame ? h->fin_frame : h->rst_frame;
	return h->fin_frame ? h->fin_frame : h->rst_frame;
}

/* Acknowledgement number of the first FIN of each role; LEDGER_NO_ACK: none. */
static void
fin_acks(const struct smtp_session *s, int64_t ack[2])
{
	const struct ledger *l = &s->stream->ledger;
	size_t i;

	ack[0] = ack[1] = LEDGER_NO_ACK;
	for (i = 0; i < l->n; i++)
		if ((l->seg[i].flags & TCP_FIN) && ack[smtp_role(s, &l->seg[i])] == LEDGER_NO_ACK)
			ack[smtp_role(s, &l->seg[i])] = l->seg[i].ack;
}

/* Neither FIN acknowledges the other. */
static bool
simultaneous(const struct smtp_session *s)
{
	const struct stream_half *c = smtp_half(s, DIR_CLIENT), *v = smtp_half(s, DIR_SERVER);
	int64_t ack[2];

	if (c->fin_off < 0 || v->fin_off < 0)
		return false;
	fin_acks(s, ack);
	return ack[DIR_CLIENT] != LEDGER_NO_ACK && ack[DIR_SERVER] != LEDGER_NO_ACK &&
	    ack[DIR_CLIENT] <= v->fin_off && ack[DIR_SERVER] <= c->fin_off;
}

static enum stream_dir
first_closer(const struct smtp_session *s, bool *none)
{
	const struct stream_half *ch = smtp_half(s, DIR_CLIENT), *vh = smtp_half(s, DIR_SERVER);
	uint64_t c = close_frame(ch), v = close_frame(vh);
	int64_t ack[2];

	*none = c == 0 && v == 0;
	if (c == 0 || v == 0)
		return c ? DIR_CLIENT : DIR_SERVER;
	/* A FIN that acknowledges the other came second, in whatever order they were captured. */
	if (c == ch->fin_frame && v == vh->fin_frame && ch->fin_off >= 0 && vh->fin_off >= 0) {
		fin_acks(s, ack);
		if (ack[DIR_SERVER] > ch->fin_off && ack[DIR_CLIENT] <= vh->fin_off)
			return DIR_CLIENT;
		if (ack[DIR_CLIENT] > vh->fin_off && ack[DIR_SERVER] <= ch->fin_off)
			return DIR_SERVER;
	}
	return c < v ? DIR_CLIENT : DIR_SERVER;
}

static bool
by_rst(const struct stream_half *h)
{
	return h->rst_frame && (!h->fin_frame || h->rst_frame < h->fin_frame);
}

/* One FIN only, and the other side still sent or stalled when the record of it ends. */
static bool
half_closed(const struct smtp_session *s, enum stream_dir first)
{
	const struct stream_half *f = smtp_half(s, first),
	                         *o = smtp_half(s, (enum stream_dir) !first);

	return f->fin_frame && !o->fin_frame && !o->rst_frame && !f->rst_frame && !s->one_sided &&
	    o->seen;
}

/* The client's FIN or RST left before it had received the whole reply. */
static bool
left_before(const struct smtp_session *s, const struct smtp_reply *r)
{
	const struct ledger *l = &s->stream->ledger;
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct ledger_seg *g = &l->seg[i];

		if (smtp_role(s, g) == DIR_CLIENT && (g->flags & (TCP_FIN | TCP_RST)))
			return g->ack != LEDGER_NO_ACK && g->ack < r->end;
	}
	return false;
}

/* RFC 5321 4.2.3: 221 answers QUIT, which was behind what the snap length left of a line. */
static bool
quit_was_cut(const struct smtp_session *s, const struct smtp_unit *quit)
{
	const struct smtp_reply *last = STAILQ_LAST(&s->replies, smtp_reply, link);

	return quit == NULL && s->lines_cut && last != NULL && last->code == 221;
}

static enum smtp_closure
class_of(const struct analysis *a, enum stream_dir first, bool none)
{
	const struct smtp_session *s = a->s;
	const struct stream_half *c = smtp_half(s, DIR_CLIENT), *v = smtp_half(s, DIR_SERVER);
	const struct smtp_unit *quit = last_quit(s);

	if (c->octets == 0 && v->octets == 0 && v->rst_frame && !(v->syn))
		return CLOSURE_REFUSED;
	if (!v->seen && c->syn && c->octets == 0)
		return CLOSURE_NO_ANSWER;
	if (quit != NULL && quit->meant != NULL && quit->meant->code == 221 &&
	    !(first == DIR_CLIENT && !none && left_before(s, quit->meant)))
		return CLOSURE_QUIT;
	if (quit_was_cut(s, quit))
		return CLOSURE_QUIT;
	if (quit != NULL && !none && first == DIR_CLIENT)
		return CLOSURE_QUIT_NO_WAIT;
	if (none)
		return s->end_reason == REASON_REUSED                      ? CLOSURE_REUSED :
		    s->end_reason == REASON_IDLE && !s->stream->transcript ? CLOSURE_IDLE :
		                                                             CLOSURE_CAPTURE_END;
	if (half_closed(s, first))
		return CLOSURE_HALF_CLOSED;
	if (simultaneous(s))
		return CLOSURE_SIMULTANEOUS;
	if (first == DIR_CLIENT)
		return by_rst(c) ? CLOSURE_CLIENT_RST : CLOSURE_CLIENT_FIN;
	return by_rst(v) ? CLOSURE_SERVER_RST : CLOSURE_SERVER_FIN;
}

static const char *
capture_point(const struct smtp_session *s)
{
	int64_t ds = s->stream->rtt_server, dc = s->stream->rtt_client, sum = ds + dc;

	if (ds < 0 || dc < 0 || sum <= 0 || s->flip)
		return "unknown";
	if (ds < sum / 10)
		return "near-server";
	if (dc < sum / 10)
		return "near-client";
	return "middle";
}

static const char *
phase_of(const struct smtp_session *s)
{
	const struct smtp_body *b = STAILQ_LAST(&s->bodies, smtp_body, link);
	const struct smtp_unit *u = STAILQ_LAST(&s->units, smtp_unit, link);

	if (s->tls.start[DIR_CLIENT] >= 0 && s->tls.start[DIR_SERVER] >= 0)
		return "tls";
	if (b != NULL && b->eod == NULL)
		return b->bdat ? "bdat" : "data";
	if (u == NULL || u->kind == UNIT_GREETING)
		return u != NULL && u->meant == NULL ? "greeting" : "connected";
	if (u->verb->id == VERB_QUIT)
		return "quit";
	if (u->kind == UNIT_SASL || u->verb->id == VERB_AUTH)
		return "auth";
	if (u->kind == UNIT_EOD)
		return u->meant ? "idle" : "end-of-data";
	return u->ctx.mail != NULL || u->verb->id == VERB_MAIL ? "envelope" : "commands";
}

static void
auth_outcome(struct analysis *a)
{
	struct smtp_session *s = a->s;
	const struct smtp_unit *u;
	size_t i;

	s->auth_mechanism = s->auth_result = NULL;
	STAILQ_FOREACH (u, &s->units, link) {
		if (u->kind != UNIT_SASL &&
		    (u->kind != UNIT_COMMAND ||
		        (u->verb->id != VERB_AUTH && u->verb->id != VERB_XEXPS)))
			continue;
		if (u->kind == UNIT_COMMAND) {
			for (i = 0; i < u->arg.n && u->arg.p[i] > ' '; i++)
				;
			s->auth_mechanism =
			    arena_printf(s->verdict, "%.*s", (int)i, (const char *)u->arg.p);
		}
		if (u->meant == NULL)
			s->auth_result = "unknown";
		else if (u->meant->code == 235)
			s->auth_result = "accepted";
		else if (u->meant->code >= 400)
			s->auth_result = u->kind == UNIT_SASL && slice_caseeq(u->line.text, "*") ?
			    "aborted" :
			    "refused";
		else
			s->auth_result = "unknown";
	}
}

/* From the end: whoever closes does so there. */
static void
find_closes(struct smtp_session *s)
{
	const struct ledger *l = &s->stream->ledger;
	size_t i;

	s->close[DIR_CLIENT] = s->close[DIR_SERVER] = NULL;
	if (!s->stream->half[0].fin_frame && !s->stream->half[1].fin_frame &&
	    !s->stream->half[0].rst_frame && !s->stream->half[1].rst_frame)
		return;
	for (i = l->n; i-- > 0;)
		if (l->seg[i].flags & (TCP_FIN | TCP_RST))
			s->close[smtp_role(s, &l->seg[i])] = &l->seg[i];
}

void
judge_closure(struct analysis *a)
{
	struct smtp_session *s = a->s;
	bool none;
	enum stream_dir first = first_closer(s, &none);

	find_closes(s);

	s->closure = class_of(a, first, none);
	s->closed_by = none ? NULL : first == DIR_CLIENT ? "client" : "server";
	if (s->closure == CLOSURE_SIMULTANEOUS)
		s->closed_by = "both";
	s->phase = phase_of(s);
	s->capture_point = capture_point(s);
	auth_outcome(a);
}
