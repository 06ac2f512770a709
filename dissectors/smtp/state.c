/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * state - follows the dialogue unit by unit: what was offered, which transaction
 * was open, what the sender knew.
 *
 * The server's state changes with its replies, in the order of the units; what
 * the client knew when it sent a unit is told by acknowledgement numbers.  An
 * unseen part of the dialogue makes a state unknown, never empty.
 */
#include "smtp/analyse.h"
#include "smtp/peers.h"

struct walk {
	struct smtp_context now;
	const struct smtp_ehlo *ehlo;        /* last accepted one */
	const struct smtp_ehlo *ehlo_before; /* the one before it */
	bool void_caps;                      /* HELO, STARTTLS or XCLIENT took the offers back */
	uint32_t epoch;
	uint32_t refused;     /* recipients of this transaction that were refused */
	int64_t refusals_end; /* end of the last of those replies */
};

static void
add_extension(struct analysis *a, struct smtp_ehlo *e, struct slice line)
{
	struct slice t = slice_from(line, 4);
	struct smtp_extension *x = &e->ext[e->next];
	size_t i;

	(void)a;
	for (i = 0; i < t.n && t.p[i] != ' ' && t.p[i] != '='; i++)
		;
	if (i == 0)
		return;
	x->keyword = slice_of(t.p, i);
	x->params = slice_from(t, i < t.n ? i + 1 : i);
	e->next++;
}

static const struct smtp_ehlo *
ehlo_add(struct analysis *a, const struct smtp_unit *u)
{
	struct smtp_ehlo *e = arena_alloc(a->s->verdict, sizeof *e);
	const struct smtp_reply *r = u->meant;
	uint32_t i;

	if (e == NULL)
		return NULL;
	e->unit = u;
	e->reply = r;
	e->ext = arena_alloc(a->s->verdict, (r->nkept + 1) * sizeof *e->ext);
	/* The first line holds the server's name, not a keyword (RFC 5321 4.1.1.1). */
	for (i = 1; e->ext != NULL && i < r->nkept; i++)
		if (r->lines[i].text.n > 4)
			add_extension(a, e, r->lines[i].text);
	STAILQ_INSERT_TAIL(&a->s->ehlos, e, link);
	return e;
}

static void
reset_transaction(struct walk *w)
{
	w->now.mail = w->now.any_mail = NULL;
	w->now.rcpt_sent = w->now.rcpt_accepted = 0;
	w->refused = 0;
	w->refusals_end = 0;
	w->now.data_failed = w->now.bdat_seen = w->now.bdat_last = false;
	w->now.state_known = true;
}

static void
greeted(struct analysis *a, struct walk *w, const struct smtp_unit *u)
{
	w->now.hello_open = u->meant == NULL;
	w->now.last_chunk = w->now.failed_chunk = NULL;
	if (unit_class(u) != 2)
		return;
	w->now.greeted = w->now.greeted_known = true;
	reset_transaction(w);
	w->ehlo_before = w->ehlo;
	w->void_caps = u->verb->id == VERB_HELO;
	w->ehlo = w->void_caps ? NULL : ehlo_add(a, u);
	w->now.caps_known = true;
}

static void
command(struct analysis *a, struct walk *w, struct smtp_unit *u)
{
	unsigned class = unit_class(u);

	switch (u->verb->id) {
	case VERB_HELO:
	case VERB_EHLO:
	case VERB_LHLO:
		greeted(a, w, u);
		break;
	case VERB_MAIL:
	case VERB_SEND:
	case VERB_SOML:
	case VERB_SAML:
		w->now.last_chunk = w->now.failed_chunk = NULL;
		if (w->now.any_mail == NULL || class == 2) {
			reset_transaction(w);
			w->now.any_mail = u;
		}
		if (class == 2)
			w->now.mail = u;
		break;
	case VERB_RCPT:
		w->now.rcpt_sent++;
		if (class == 2)
			w->now.rcpt_accepted++;
		if (class >= 4) {
			w->refused++;
			w->refusals_end =
			    u->meant->end > w->refusals_end ? u->meant->end : w->refusals_end;
		}
		break;
	case VERB_RSET:
		w->now.last_chunk = w->now.failed_chunk = NULL;
		if (class == 2 || u->meant == NULL)
			reset_transaction(w);
		break;
	case VERB_BURL:
		if (u->chunk_last && class == 2)
			reset_transaction(w);
		break;
	case VERB_STARTTLS:
	case VERB_XANONYMOUSTLS:
		if (u->meant != NULL && u->meant->code == 220) {
			w->now.tls = true;
			w->now.caps_known = w->now.greeted_known = false;
			w->ehlo = NULL;
		}
		break;
	case VERB_XCLIENT:
		if (u->meant != NULL && u->meant->code == 220) {
			w->now.greeted = false;
			w->ehlo = NULL;
		}
		break;
	case VERB_AUTH:
	case VERB_XEXPS:
		if (u->meant != NULL && u->meant->code == 235)
			w->now.authenticated = true;
		break;
	case VERB_QUIT:
		w->now.quit = u;
		break;
	default:
		break;
	}
}

static void
chunk(struct walk *w, const struct smtp_unit *u)
{
	if (u->verb->id != VERB_BDAT)
		return;
	w->now.bdat_seen = true;
	if (unit_class(u) >= 4)
		w->now.data_failed = true;
	if (unit_class(u) >= 4 && w->now.failed_chunk == NULL)
		w->now.failed_chunk = u;
	if (u->chunk_last) {
		w->now.last_chunk = u;
		w->now.bdat_last = true;
		if (unit_class(u) == 2)
			reset_transaction(w);
	}
}

static void
snapshot(const struct smtp_session *s, struct walk *w, struct smtp_unit *u)
{
	const struct smtp_ehlo *e = w->ehlo;

	/* A client cannot act on a list that it has not received yet. */
	if (e != NULL && !unit_knows(u, e->reply))
		e = w->ehlo_before;
	u->ctx = w->now;
	u->ctx.ehlo = e;
	u->ctx.offer = w->ehlo;
	/* Early pipelining relies on what was offered in an earlier session. */
	if (e == NULL && (s->earlier_offers & PEER_PIPECONNECT) && !w->void_caps)
		u->ctx.caps_known = false;
	u->ctx.rcpt_known_refused =
	    smtp_mark_knows(&u->line.first, w->refusals_end) ? w->refused : 0;
}

enum { REACTS_MAX = 256 };

/* Has the sender of u read anything that the server wrote after it had received `prev'? */
static bool
reacts(const struct smtp_session *s, const struct smtp_unit *prev, const struct smtp_unit *u)
{
	const struct ledger *l = &s->stream->ledger;
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct ledger_seg *g = &l->seg[i];

		if (smtp_role(s, g) == DIR_SERVER && g->len > 0 && g->ack != LEDGER_NO_ACK &&
		    g->ack >= prev->end && g->off < u->line.first.ack)
			return true;
	}
	return false;
}

/* Units sent without waiting share a group (RFC 2920 3.1; see S6 of the model's manual page). */
static void
group(const struct smtp_session *s, struct smtp_unit *prev, struct smtp_unit *u, uint32_t *number,
    int64_t rtt, unsigned *searches)
{
	const struct smtp_reply *r;
	bool early;

	if (prev == NULL || prev->epoch != u->epoch || u->kind == UNIT_GREETING) {
		u->group = ++*number;
		return;
	}
	r = prev->meant;
	if (prev->kind == UNIT_GREETING && r == NULL)
		early = false;
	else
		early = r == NULL || !unit_knows(u, r);
	if (u->line.first.frame == 0 || u->line.first.ack == LEDGER_NO_ACK)
		early = false;
	/* With very many of them none is judged: the answer is not worth the search. */
	if (early && r == NULL && (++*searches > REACTS_MAX || reacts(s, prev, u)))
		early = false;
	/* Behind an unanswered unit and a long quiet time the client has given up waiting. */
	if (early && r == NULL && u->line.first.frame != prev->last.frame &&
	    u->line.first.ts - prev->at_ts >
	        (3 * rtt > 500 * 1000000LL ? 3 * rtt : 500 * 1000000LL))
		early = false;
	if (early)
		u->flags |= UNIT_EARLY;
	if (u->line.first.frame == prev->last.frame)
		u->flags |= UNIT_SAME_SEGMENT;
	u->group = early ? *number : ++*number;
}

void
follow_state(struct analysis *a)
{
	struct walk w = { .now = { 0 } };
	struct smtp_unit *u, *prev = NULL;
	const struct smtp_unit *last = NULL;
	unsigned searches = 0;
	uint32_t number = 0;
	int64_t rtt = a->s->stream->rtt_server > 0 ? a->s->stream->rtt_server : 0;

	if (a->s->stream->rtt_client > 0)
		rtt += a->s->stream->rtt_client;
	/* No packets tell of implicit TLS; the marks of a transcript do, which gives it the port.
	 */
	w.now.tls = a->s->stream->transcript && smtp_half(a->s, DIR_SERVER)->ep.port == 465;
	w.now.caps_known = w.now.greeted_known = w.now.state_known = !a->s->stream->midstream;
	STAILQ_FOREACH (u, &a->s->units, link) {
		if (u->epoch != w.epoch) {
			w.epoch = u->epoch;
			w.now.caps_known = w.now.greeted_known = w.now.state_known = false;
			w.now.mail = w.now.any_mail = NULL;
			w.now.last_chunk = w.now.failed_chunk = NULL;
			w.ehlo = w.ehlo_before = NULL;
			w.now.hello_open = false;
			prev = NULL;
		}
		u->prev = last;
		last = u;
		u->flags &= ~(unsigned)(UNIT_EARLY | UNIT_SAME_SEGMENT);
		group(a->s, prev, u, &number, rtt, &searches);
		snapshot(a->s, &w, u);
		switch (u->kind) {
		case UNIT_COMMAND:
			command(a, &w, u);
			break;
		case UNIT_CHUNK:
			chunk(&w, u);
			break;
		case UNIT_EOD:
			reset_transaction(&w);
			break;
		case UNIT_SASL:
			if (u->meant != NULL && u->meant->code == 235)
				w.now.authenticated = true;
			break;
		case UNIT_GREETING:
		case UNIT_GARBAGE:
			break;
		}
		prev = u;
	}
}
