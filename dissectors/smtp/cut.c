/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Frames cut by the snap length: may they have held whole commands or replies?
 *
 * While one command waits for one reply, what was cut off a frame is the rest of its
 * line, and the parser reads it so.  With PIPELINING (RFC 2920) it may be any number of
 * lines: then nothing can be counted, no reply is sure to belong to its command, and
 * what became of a message is not known.
 */
#include "smtp/analyse.h"

/* What comes alone: nobody may send anything with it. */
static bool
stands_alone(const struct smtp_unit *u)
{
	const struct smtp_ehlo *e = u->ctx.ehlo;

	if (u->kind == UNIT_GREETING || u->verb->id == VERB_EHLO || u->verb->id == VERB_HELO ||
	    u->verb->id == VERB_LHLO)
		return true;
	return u->ctx.caps_known && smtp_ehlo_find(e, "PIPELINING") == NULL &&
	    (e == NULL || !(e->reply->flags & (REPLY_CUT | REPLY_OPEN | REPLY_UNJUDGED)));
}

static bool
commands_hidden(const struct smtp_session *s)
{
	const struct smtp_unit *u;
	const struct smtp_body *b;

	STAILQ_FOREACH (u, &s->units, link)
		if ((u->line.flags & LINE_GAP) && (u->line.flags & LINE_CUT) && !stands_alone(u))
			return true;
	/* An end of data that nobody saw may have had commands behind it. */
	STAILQ_FOREACH (b, &s->bodies, link)
		if (!b->bdat && b->missing > 0 &&
		    (b->eod == NULL || (b->eod->flags & UNIT_GUESSED)) &&
		    (b->opener == NULL || !stands_alone(b->opener)))
			return true;
	return false;
}

static bool
replies_hidden(const struct smtp_session *s)
{
	const struct smtp_reply *r, *next;

	STAILQ_FOREACH (r, &s->replies, link) {
		if (!(r->flags & REPLY_CUT))
			continue;
		next = STAILQ_NEXT(r, link);
		if (r->meant == NULL || !stands_alone(r->meant) ||
		    (next != NULL && next->first.ack <= r->first.ack))
			return true; /* the next one may be the rest of this one */
	}
	return false;
}

void
find_cuts(struct analysis *a)
{
	struct smtp_session *s = a->s;
	const struct smtp_gap *g;

	STAILQ_FOREACH (g, &s->gaps, link)
		if (g->reason == REASON_SNAPLEN)
			break;
	s->lines_cut = g != NULL && (commands_hidden(s) || replies_hidden(s));
}

void
judge_cuts(struct analysis *a)
{
	struct smtp_transaction *t;

	if (!a->s->lines_cut)
		return;
	STAILQ_FOREACH (t, &a->s->transactions, link)
		t->result = t->believed = RESULT_UNKNOWN;
}
