/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rewind - the server was proved to end a message at a non-standard dot: what
 * follows the dot is read again, as the commands the server took it for.
 *
 * The octets behind the first such dot are in parser.alt (bounded); their
 * segments come from the ledger.  Units and replies made from them before are
 * made anew.
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

void
client_rewind(struct parser *p, struct body_dot *d)
{
	struct smtp_body *b = p->body ? p->body : STAILQ_LAST(&p->s->bodies, smtp_body, link);
	struct smtp_reply *r, *from = NULL;
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
	for (r = from; r != NULL; r = STAILQ_NEXT(r, link)) {
		r->unit = NULL;
		r->body = NULL;
		r->flags &= ~(unsigned)(REPLY_MID_DATA | REPLY_UNSOLICITED | REPLY_EARLY);
	}
	client_read(p);
	for (r = from; r != NULL; r = STAILQ_NEXT(r, link))
		if (r != p->open)
			pair_reply(p, r);
}
