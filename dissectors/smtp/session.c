/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session - stream events to the two tokenizers, and gaps, ends and roles.
 */
#include <stdlib.h>
#include "base/mem.h"
#include "smtp/session.h"

static void
session_init(struct smtp_session *s, const struct stream *stream, struct budget *budget)
{
	s->stream = stream;
	s->arena = arena_new(budget, SESSION_MAX);
	s->verdict = arena_new(budget, SESSION_MAX);
	s->tls.start[0] = s->tls.start[1] = -1;
	s->worst = -1;
	STAILQ_INIT(&s->units);
	STAILQ_INIT(&s->replies);
	STAILQ_INIT(&s->bodies);
	STAILQ_INIT(&s->gaps);
	STAILQ_INIT(&s->ehlos);
	STAILQ_INIT(&s->transactions);
	STAILQ_INIT(&s->findings);
	STAILQ_INIT(&s->across);
}

struct parser *
parser_new(const struct stream *stream, struct budget *budget, bool keep_text)
{
	struct parser *p;

	if (!budget_take(budget, sizeof *p + sizeof *p->s))
		return NULL;
	p = xcalloc(1, sizeof *p);
	p->s = xcalloc(1, sizeof *p->s);
	p->budget = budget;
	p->keep_text = keep_text;
	session_init(p->s, stream, budget);
	feed_init(&p->feed[DIR_CLIENT], budget);
	feed_init(&p->feed[DIR_SERVER], budget);
	sbuf_init(&p->alt, 2 * HOLD_MAX, budget);
	p->synced = !stream->midstream;
	if (p->synced)
		client_unit(p, UNIT_GREETING, 0);
	return p;
}

void
parser_free(struct parser *p)
{
	if (p == NULL)
		return;
	feed_fini(&p->feed[DIR_CLIENT]);
	feed_fini(&p->feed[DIR_SERVER]);
	sbuf_fini(&p->alt);
	tls_fini(p);
	arena_free(p->s->arena);
	arena_free(p->s->verdict);
	stream_release(p->kept, p->budget);
	budget_give(p->budget, sizeof *p + sizeof *p->s);
	free(p->s);
	free(p);
}

static const char *
phase_now(const struct parser *p)
{
	const struct smtp_unit *last = STAILQ_LAST(&p->s->units, smtp_unit, link);

	switch (p->mode) {
	case MODE_DATA:
		return "message text";
	case MODE_CHUNK:
		return "BDAT chunk";
	case MODE_SASL:
		return "AUTH exchange";
	case MODE_TLS_WAIT:
	case MODE_TLS:
		return "TLS";
	case MODE_OPAQUE:
		return "not read";
	default:
		return last == NULL || last->kind == UNIT_GREETING ? "before the first command" :
		                                                     "commands";
	}
}

static void
gap(struct parser *p, const struct stream_event *ev, enum stream_dir role)
{
	struct smtp_gap *g = arena_alloc(p->s->arena, sizeof *g);
	const struct run_mark *r = feed_run(&p->feed[role], ev->off - 1);

	if (g == NULL) {
		parser_limit(p, "memory of the session");
		return;
	}
	g->dir = role;
	g->off = ev->off;
	g->len = ev->len;
	g->reason = ev->reason;
	g->phase = phase_now(p);
	if (ev->seg != NULL) {
		g->frame = ev->seg->frame;
		g->ts = ev->seg->ts;
	}
	g->before_frame = r ? r->mark.frame : 0;
	STAILQ_INSERT_TAIL(&p->s->gaps, g, link);
	p->s->gap_octets[role] += ev->len;
	if (role == DIR_CLIENT)
		client_gap(p, g);
	else
		server_gap(p, g);
}

static void
data(struct parser *p, const struct stream_event *ev, enum stream_dir role)
{
	if (p->dead)
		return;
	if (role == DIR_SERVER && p->feed[role].view.n > 0 && ev->seg->ack != LEDGER_NO_ACK)
		server_settle(p, ev->seg->ack);
	if (!feed_push(&p->feed[role], ev)) {
		parser_limit(p, "octets of one side kept unread");
		return;
	}
	if (role == DIR_CLIENT)
		client_read(p);
	else
		server_read(p);
	if (!feed_end(&p->feed[role]))
		parser_limit(p, "octets of one side kept unread");
}

void
parser_event(struct parser *p, const struct stream_event *ev)
{
	enum stream_dir role = (enum stream_dir)(ev->dir ^ p->s->flip);

	switch (ev->type) {
	case STREAM_DATA:
		data(p, ev, role);
		break;
	case STREAM_GAP:
		gap(p, ev, role);
		break;
	case STREAM_END:
		p->s->ended = true;
		p->s->end_reason = ev->reason;
		server_eof(p);
		client_eof(p);
		break;
	case STREAM_OPEN:
	case STREAM_FIN:
	case STREAM_RST:
	case STREAM_SEGMENT:
		break;
	}
}

int
parser_evidence(const struct parser *p)
{
	const struct smtp_session *s = p->s;
	const struct smtp_reply *r = STAILQ_FIRST(&s->replies);
	const struct smtp_unit *u;

	STAILQ_FOREACH (u, &s->units, link) {
		if (u->kind == UNIT_GREETING)
			continue;
		switch (u->verb->id) {
		case VERB_HELO:
		case VERB_EHLO:
		case VERB_LHLO:
		case VERB_MAIL:
		case VERB_RCPT:
			return r == NULL ? 0 : (r->code ? 1 : -1);
		default:
			return -1;
		}
	}
	if (s->tls.start[DIR_CLIENT] >= 0)
		return -1;
	return r != NULL && r->first_code != 220 && r->first_code != 554 && r->first_code != 421 ?
	    -1 :
	    0;
}
