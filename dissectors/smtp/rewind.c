/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rewind - the server was proved to end a message at a non-standard dot: what
 * follows the dot is read again, as the commands the server took it for.  So are
 * the octets of a chunk that a server without CHUNKING did not take for one.
 *
 * These octets are in parser.alt (bounded); their segments come from the ledger.  Units and replies
 * made from them before are made anew.
 */
#include "base/mem.h"
#include "smtp/parser.h"

/* Units behind the message's opener go; their replies lose their partners. */
static void
forget_units(struct parser *p, const struct smtp_unit *opener)
{
	struct smtp_session *s = p->s;
	struct smtp_unit *u, *next;

	STAILQ_INIT(&s->units);
	s->nunits = 0;
	for (u = p->head; u != NULL; u = next) {
		next = STAILQ_NEXT(u, link);
		if (u->index > opener->index)
			break;
		STAILQ_INSERT_TAIL(&s->units, u, link);
		s->nunits = u->index + 1;
	}
	p->head = NULL;
}

static void
forget_bodies(struct parser *p, struct smtp_body *last)
{
	struct smtp_body *b, *next, *first = STAILQ_FIRST(&p->s->bodies);

	STAILQ_INIT(&p->s->bodies);
	for (b = first; b != NULL; b = next) {
		next = STAILQ_NEXT(b, link);
		STAILQ_INSERT_TAIL(&p->s->bodies, b, link);
		if (b == last)
			break;
	}
}

/* Puts the octets from `from' on back in front of the feed. */
static bool
restore(struct parser *p, int64_t from)
{
	struct feed *f = &p->feed[DIR_CLIENT];
	const struct ledger *l = &p->s->stream->ledger;
	struct slice rest = f->view, kept;
	struct sbuf joined;
	size_t i;

	if (p->alt_off + (int64_t)p->alt.n != f->off || from < p->alt_off)
		return false;
	kept = slice_from(sbuf_slice(&p->alt), (size_t)(from - p->alt_off));
	sbuf_init(&joined, HOLD_MAX + LINE_MAX_LEN, p->budget);
	if (!sbuf_add(&joined, kept) || !sbuf_add(&joined, rest)) {
		sbuf_fini(&joined);
		return false;
	}
	sbuf_fini(&f->buf);
	f->buf = joined;
	f->view = sbuf_slice(&f->buf);
	f->off = from;
	f->nruns = 0;
	for (i = 0; i < l->n; i++) {
		const struct ledger_seg *g = &l->seg[i];
		struct run_mark *r;

		if (smtp_role(p->s, g) != DIR_CLIENT || g->len == 0 || g->off + g->len <= from ||
		    (f->nruns > 0 && g->off <= f->runs[f->nruns - 1].off))
			continue;
		if (f->nruns == f->caprun) {
			f->caprun = f->caprun ? f->caprun * 2 : 4;
			f->runs = xreallocarray(f->runs, f->caprun, sizeof *f->runs);
		}
		r = &f->runs[f->nruns++];
		r->off = g->off;
		r->mark = (struct smtp_mark){ g->frame, g->ts, g->ack, g->off, g->len };
		r->at_frame = g->frame;
		r->at_ts = g->ts;
	}
	return true;
}

static struct smtp_unit *
odd_eod(struct parser *p, struct smtp_body *b, struct body_dot *d)
{
	struct smtp_unit *u = client_unit(p, UNIT_EOD, d->off);

	if (u == NULL)
		return NULL;
	u->verb = smtp_verb_row(VERB_DATA);
	u->line.len = (uint32_t)(d->end - d->off);
	u->line.text = slice_str(".");
	u->line.first = u->line.last = u->last = d->mark;
	u->at_frame = u->line.at_frame = d->mark.frame;
	u->at_ts = u->line.at_ts = d->mark.ts;
	u->end = d->end;
	u->body = b;
	u->recipients = p->accepted;
	if (p->lmtp)
		u->owes = p->accepted ? p->accepted : 1;
	b->eod = u;
	b->end = d->end;
	return u;
}

/* The replies from this one on are paired again with what is read now. */
static void
unpair_from(struct smtp_reply *from)
{
	struct smtp_reply *r;

	for (r = from; r != NULL; r = STAILQ_NEXT(r, link)) {
		r->unit = NULL;
		r->body = NULL;
		r->flags &= ~(unsigned)(REPLY_MID_DATA | REPLY_UNSOLICITED | REPLY_EARLY);
	}
}

static void
read_again(struct parser *p, struct smtp_reply *from)
{
	struct smtp_reply *r;

	client_read(p);
	for (r = from; r != NULL; r = STAILQ_NEXT(r, link))
		if (r != p->open)
			pair_reply(p, r);
}

void
client_rewind(struct parser *p, struct body_dot *d)
{
	struct smtp_body *b = p->body ? p->body : STAILQ_LAST(&p->s->bodies, smtp_body, link);
	struct smtp_reply *from;
	struct smtp_unit *u;

	body_finish(p);
	d->proved = true;
	if (b->opener == NULL || b->opener->reply == NULL || !restore(p, d->end))
		return;
	p->head = STAILQ_FIRST(&p->s->units);
	forget_units(p, b->opener);
	forget_bodies(p, b);
	b->mid = NULL;
	p->body = NULL;
	p->mode = MODE_COMMAND;
	p->waiting = NULL;
	p->alt_on = false;
	u = odd_eod(p, b, d);
	if (u == NULL)
		return;
	p->text_until = p->feed[DIR_CLIENT].off + (int64_t)p->feed[DIR_CLIENT].view.n;
	from = STAILQ_NEXT(b->opener->reply, link);
	unpair_from(from);
	read_again(p, from);
}

/* The chunk was a line to the server, and no message began with it. */
static void
chunk_to_command(struct parser *p, struct smtp_unit *c)
{
	struct smtp_body *b, *before = NULL;

	STAILQ_FOREACH (b, &p->s->bodies, link) {
		if (b == c->body)
			break;
		before = b;
	}
	if (c->body != NULL && c->body->opener == c) {
		if (before != NULL)
			forget_bodies(p, before);
		else
			STAILQ_INIT(&p->s->bodies);
	}
	c->kind = UNIT_COMMAND;
	c->flags &= ~(unsigned)UNIT_CHUNK_SHORT;
	c->body = NULL;
	c->end = c->line.off + c->line.len;
	c->last = c->line.last;
	c->at_frame = c->line.at_frame;
	c->at_ts = c->line.at_ts;
	c->reply->flags &= ~(unsigned)REPLY_EARLY;
}

void
client_rewind_chunk(struct parser *p, struct smtp_unit *c)
{
	struct smtp_reply *from = STAILQ_NEXT(c->reply, link);

	p->alt_chunk = NULL;
	if (!restore(p, c->line.off + c->line.len))
		return;
	p->head = STAILQ_FIRST(&p->s->units);
	forget_units(p, c);
	chunk_to_command(p, c);
	p->body = NULL;
	p->chunk = p->waiting = NULL;
	p->chunk_left = 0;
	p->mode = MODE_COMMAND;
	p->alt_on = false;
	unpair_from(from);
	read_again(p, from);
}
