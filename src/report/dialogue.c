/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dialogue - units, replies, gaps and connection events sorted into one row.
 *
 * The key is the frame that carried the first octet, then the offset in the
 * direction: a frame has one sender, so offsets of the two directions meet in
 * no frame.  Findings come last in their frame.  What was not captured takes the
 * frame at which it became known.  A line of a transcript can stand for what both
 * sides sent; then the client was first.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "report/dialogue.h"

static void
item_add(struct dialogue *d, struct item item)
{
	if (d->n == d->cap) {
		d->cap = d->cap ? d->cap * 2 : 64;
		d->item = xreallocarray(d->item, d->cap, sizeof *d->item);
	}
	item.serial = (uint32_t)d->n;
	d->item[d->n++] = item;
}

/* Order within a frame, before the offsets are looked at. */
static int
item_rank(const struct item *it)
{
	if (it->off == INT64_MIN)
		return 0;
	if (it->off >= INT64_MAX - 2)
		return 4;
	/* The frame tells that something before it is missing. */
	if (it->kind == ITEM_GAP)
		return 1;
	return it->kind == ITEM_REPLY ? 3 : 2;
}

static int
item_compare(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	if (x->frame != y->frame)
		return x->frame < y->frame ? -1 : 1;
	if (item_rank(x) != item_rank(y))
		return item_rank(x) - item_rank(y);
	if (x->off != y->off)
		return x->off < y->off ? -1 : 1;
	return x->serial < y->serial ? -1 : x->serial > y->serial;
}

static uint64_t
mark_frame(const struct smtp_mark *m, uint64_t at_frame)
{
	return m->frame ? m->frame : at_frame;
}

static void
add_dialogue(struct dialogue *d, const struct smtp_session *s)
{
	const struct smtp_unit *u;
	const struct smtp_reply *r;
	const struct smtp_body *b;
	const struct smtp_gap *g;

	STAILQ_FOREACH (b, &s->bodies, link)
		if (!b->bdat && b->octets)
			item_add(d,
			    (struct item){ .kind = ITEM_TEXT,
			        .frame = mark_frame(&b->first, b->last.frame),
			        .off = b->off,
			        .body = b });
	STAILQ_FOREACH (u, &s->units, link)
		if (u->kind != UNIT_GREETING)
			item_add(d,
			    (struct item){ .kind = ITEM_UNIT,
			        .frame = mark_frame(&u->line.first, u->at_frame),
			        .off = u->line.off,
			        .unit = u });
	STAILQ_FOREACH (r, &s->replies, link)
		item_add(d,
		    (struct item){ .kind = ITEM_REPLY,
		        .frame = mark_frame(&r->first, r->at_frame),
		        .off = r->off,
		        .reply = r });
	STAILQ_FOREACH (g, &s->gaps, link)
		item_add(d,
		    (struct item){ .kind = ITEM_GAP,
		        .frame = g->frame,
		        .off = g->off,
		        .role = g->dir,
		        .gap = g });
}

static void
add_events(struct dialogue *d, const struct smtp_session *s)
{
	const struct smtp_tls *tls = &s->tls;
	uint64_t client = tls->client_frame, server = tls->server_frame;
	unsigned role;

	item_add(d,
	    (struct item){ .kind = ITEM_OPEN, .frame = s->stream->first_frame, .off = INT64_MIN });
	if (tls->via != TLS_NONE && (client || server))
		item_add(d,
		    (struct item){ .kind = ITEM_TLS,
		        .frame = client && (!server || client < server) ? client : server,
		        .off = INT64_MAX - 2 });
	if (tls->alert_frame)
		item_add(d,
		    (struct item){
		        .kind = ITEM_ALERT, .frame = tls->alert_frame, .off = INT64_MAX - 2 });
	for (role = 0; role < 2; role++) {
		const struct stream_half *h = smtp_half(s, (enum stream_dir)role);
		struct item item = { .off = INT64_MAX - 1, .role = (enum stream_dir)role };

		if (h->fin_frame) {
			item.kind = ITEM_FIN;
			item.frame = h->fin_frame;
			item_add(d, item);
		}
		if (h->rst_frame) {
			item.kind = ITEM_RST;
			item.frame = h->rst_frame;
			item_add(d, item);
		}
	}
}

void
dialogue_build(struct dialogue *d, const struct smtp_session *s, bool findings_only)
{
	const struct finding *f;
	unsigned consequences;

	d->n = 0;
	if (!findings_only) {
		add_events(d, s);
		add_dialogue(d, s);
	}
	/* A cause stands before what follows from it in the same frame. */
	for (consequences = 0; consequences < 2; consequences++)
		STAILQ_FOREACH (f, &s->findings, link)
			if ((f->parent != NULL) == consequences)
				item_add(d,
				    (struct item){ .kind = ITEM_FINDING,
				        .frame = f->frame,
				        .off = INT64_MAX,
				        .finding = f });
	qsort(d->item, d->n, sizeof *d->item, item_compare);
}

void
dialogue_fini(struct dialogue *d)
{
	free(d->item);
	*d = (struct dialogue){ NULL, 0, 0 };
}

uint32_t
dialogue_answers(const struct smtp_unit *u)
{
	return u->owes > 1 ? u->nreplies : u->reply != NULL;
}

uint64_t
dialogue_expected(const struct smtp_session *s, uint64_t frame)
{
	const struct smtp_unit *u;
	uint64_t n = 0;

	STAILQ_FOREACH (u, &s->units, link) {
		uint32_t got = dialogue_answers(u);

		if (mark_frame(&u->line.first, u->at_frame) <= frame && u->owes > got &&
		    !(u->flags & UNIT_AFTER_FIN))
			n += u->owes - got;
	}
	return n;
}
