/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * causal - hands events to the sink in an order that cause and effect allow.
 *
 * An event carried by a segment that acknowledges octets of the other side is
 * held until the sink has those octets or their gap; later events of the same
 * side queue behind it.  No wait is for ever: normally the hole is given up
 * first (holes.c), and after twice the terms for that an event goes whatever is
 * missing.  Held data are copies, charged to the budget; at 256
 * events or 256 KiB the oldest goes, and without memory all go, in order.
 */
#include <stdlib.h>

#include "stream/flow.h"

struct held {
	STAILQ_ENTRY(held) link;
	struct stream_event ev;
	struct ledger_seg seg, at;
	uint64_t number;  /* order of arrival over both sides */
	uint32_t segment; /* flow.segments then */
	int64_t ts;
	size_t charge;
	uint8_t data[];
};

void
causal_emit(struct tracker *t, struct flow *f, const struct stream_event *ev)
{
	if (ev->type == STREAM_DATA || ev->type == STREAM_GAP)
		f->s.half[ev->dir].delivered = ev->off + (int64_t)ev->len;
	if (!f->s.muted || ev->type == STREAM_END)
		t->cfg.sink.event(t->cfg.sink.ctx, ev);
}

/* Does this event tell of octets that the sink has yet to see? */
static bool
must_wait(const struct flow *f, const struct stream_event *ev)
{
	enum stream_dir peer_dir = flow_peer(ev->dir);
	const struct stream_half *peer = &f->s.half[peer_dir];
	int64_t need = ev->seg->ack;

	/* A gap only waits its turn: nobody sent it. */
	if (ev->type == STREAM_GAP || need == LEDGER_NO_ACK)
		return false;
	if (peer->fin_off >= 0 && need > peer->fin_off)
		need = peer->fin_off;
	return need > peer->delivered && need > f->h[peer_dir].excused;
}

static struct held *
held_pop(struct tracker *t, struct flow *f, enum stream_dir dir)
{
	struct held *q = STAILQ_FIRST(&f->h[dir].held);

	STAILQ_REMOVE_HEAD(&f->h[dir].held, link);
	f->held_n--;
	f->held_octets -= q->ev.data.n;
	budget_give(t->budget, q->charge);
	return q;
}

static void
held_release(struct tracker *t, struct flow *f, enum stream_dir dir)
{
	struct held *q = held_pop(t, f, dir);

	causal_emit(t, f, &q->ev);
	free(q);
}

static void
held_release_oldest(struct tracker *t, struct flow *f)
{
	const struct held *a = STAILQ_FIRST(&f->h[DIR_CLIENT].held);
	const struct held *b = STAILQ_FIRST(&f->h[DIR_SERVER].held);

	held_release(t, f, !b || (a && a->number < b->number) ? DIR_CLIENT : DIR_SERVER);
}

static bool
is_expired(const struct tracker *t, const struct flow *f, const struct held *q, int64_t now)
{
	return (f->segments - q->segment) / 2 >= t->cfg.reorder_segments ||
	    (now - q->ts) / 2 >= REORDER_NS;
}

static void
drain(struct tracker *t, struct flow *f, bool expire, int64_t now)
{
	bool progress = true;
	int dir;

	while (progress && f->held_n) {
		progress = false;
		for (dir = DIR_CLIENT; dir <= DIR_SERVER; dir++) {
			const struct held *q;

			while ((q = STAILQ_FIRST(&f->h[dir].held)) != NULL &&
			    (!must_wait(f, &q->ev) || (expire && is_expired(t, f, q, now)))) {
				held_release(t, f, (enum stream_dir)dir);
				progress = true;
			}
		}
	}
}

static bool
hold(struct tracker *t, struct flow *f, const struct stream_event *ev)
{
	size_t charge = sizeof(struct held) + ev->data.n;
	struct held *q;

	if (ev->data.n > HELD_OCTETS)
		return false;
	while (f->held_n >= HELD_EVENTS || f->held_octets > HELD_OCTETS - ev->data.n)
		held_release_oldest(t, f);
	if (!budget_take(t->budget, charge))
		return false;
	q = malloc(charge);
	if (!q) {
		budget_give(t->budget, charge);
		return false;
	}
	*q = (struct held){ .ev = *ev,
		.seg = *ev->seg,
		.at = *ev->at,
		.number = f->held_seq++,
		.segment = f->segments,
		.ts = f->last.ts,
		.charge = charge };
	q->ev.seg = &q->seg;
	q->ev.at = &q->at;
	if (ev->data.n)
		memcpy(q->data, ev->data.p, ev->data.n);
	q->ev.data.p = q->data;
	STAILQ_INSERT_TAIL(&f->h[ev->dir].held, q, link);
	f->held_n++;
	f->held_octets += ev->data.n;
	return true;
}

void
causal_event(struct tracker *t, struct flow *f, const struct stream_event *ev)
{
	if (f->s.muted || (STAILQ_EMPTY(&f->h[ev->dir].held) && !must_wait(f, ev))) {
		causal_emit(t, f, ev);
	} else if (!hold(t, f, ev)) {
		causal_flush(t, f);
		causal_emit(t, f, ev);
	}
	if (f->held_n)
		drain(t, f, false, 0);
}

void
causal_drain(struct tracker *t, struct flow *f, int64_t now)
{
	if (f->held_n)
		drain(t, f, true, now);
}

void
causal_flush(struct tracker *t, struct flow *f)
{
	while (f->held_n) {
		drain(t, f, false, 0);
		if (f->held_n)
			held_release_oldest(t, f);
	}
}

void
causal_drop(struct tracker *t, struct flow *f)
{
	int dir;

	for (dir = DIR_CLIENT; dir <= DIR_SERVER; dir++)
		while (!STAILQ_EMPTY(&f->h[dir].held))
			free(held_pop(t, f, (enum stream_dir)dir));
}

void
causal_shift(struct flow *f, enum stream_dir dir, int64_t delta)
{
	struct held *q;

	STAILQ_FOREACH (q, &f->h[flow_peer(dir)].held, link) {
		if (q->seg.ack != LEDGER_NO_ACK)
			q->seg.ack += delta;
		if (q->at.ack != LEDGER_NO_ACK)
			q->at.ack += delta;
	}
	STAILQ_FOREACH (q, &f->h[dir].held, link) {
		q->ev.off += delta;
		q->seg.off += delta;
		q->at.off += delta;
	}
}
