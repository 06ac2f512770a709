/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * holes - when octets that are missing are given up.
 *
 * Captures do show an acknowledgement before the octets it covers, so a hole that
 * the peer has acknowledged gets reorder_segments further segments of the
 * connection, or 200 ms of capture time, before it is called lost.  The peer's
 * latest acknowledgement counts, not its highest: one wild number is taken back
 * by the next segment.
 *
 * One octet missing behind everything captured is most likely a FIN that the
 * capture lost.  It is not reported as a gap unless octets show up behind it.
 */
#include "stream/flow.h"

/* How far this side's octets are known to exist and to be in order at the peer. */
static int64_t
acked_upto(const struct flow *f, enum stream_dir dir)
{
	const struct stream_half *half = &f->s.half[dir];
	int64_t upto = f->h[dir].last_ack;

	return half->fin_off >= 0 && upto > half->fin_off ? half->fin_off : upto;
}

static bool
maybe_unseen_fin(const struct flow *f, enum stream_dir dir)
{
	const struct stream_half *half = &f->s.half[dir];
	int64_t edge = f->h[dir].edge;

	return half->fin_off < 0 && half->high <= edge && acked_upto(f, dir) == edge + 1;
}

/* The offset this side must reach; behind a reset nothing more will be acknowledged. */
static int64_t
target(const struct flow *f, enum stream_dir dir)
{
	int64_t upto = acked_upto(f, dir);

	return f->h[dir].rst_pending && f->s.half[dir].high > upto ? f->s.half[dir].high : upto;
}

bool
holes_open(const struct flow *f, enum stream_dir dir)
{
	int64_t upto = target(f, dir);

	return upto > f->h[dir].edge && upto > f->h[dir].excused;
}

void
holes_give_up(struct tracker *t, struct flow *f, enum stream_dir dir)
{
	const struct reassembler_ops *ops = t->cfg.engine;
	int64_t upto = acked_upto(f, dir);
	int64_t fin = f->s.half[dir].fin_off;

	if (upto > f->h[dir].edge && !maybe_unseen_fin(f, dir))
		ops->give_up(t->engine, &f->s, dir, upto, REASON_LOST);
	if (fin > f->h[dir].edge)
		ops->give_up(t->engine, &f->s, dir, fin, REASON_NETWORK);
	ops->give_up(t->engine, &f->s, dir, INT64_MAX, REASON_NETWORK);
	upto = target(f, dir);
	if (upto > f->h[dir].excused)
		f->h[dir].excused = upto;
}

enum { WITNESS_LOOKBACK = 64 };

const struct ledger_seg *
holes_witness(const struct flow *f, enum stream_dir dir)
{
	const struct ledger *l = &f->s.ledger;
	size_t i, n = l->n < WITNESS_LOOKBACK ? l->n : WITNESS_LOOKBACK;

	for (i = 0; i < n && f->h[dir].nwait; i++)
		if (l->seg[l->n - 1 - i].frame == f->h[dir].wait[0].frame)
			return &l->seg[l->n - 1 - i];
	return NULL;
}

/* The wait for `upto' is over. */
static void
hole_fire(struct tracker *t, struct flow *f, enum stream_dir dir, int64_t upto)
{
	struct flow_half *h = &f->h[dir];

	if (h->rst_pending) {
		holes_give_up(t, f, dir);
		return;
	}
	if (!maybe_unseen_fin(f, dir))
		t->cfg.engine->give_up(t->engine, &f->s, dir, upto, REASON_LOST);
	if (upto > h->excused)
		h->excused = upto;
}

static void
wait_pop(struct flow_half *h)
{
	h->nwait--;
	memmove(&h->wait[0], &h->wait[1], h->nwait * sizeof(h->wait[0]));
}

/* Bring the list of acknowledgements up to date with the latest one. */
static void
wait_update(struct flow *f, enum stream_dir dir, int64_t upto, int64_t now)
{
	struct flow_half *h = &f->h[dir];

	while (h->nwait && (h->wait[0].upto <= h->edge || h->wait[0].upto <= h->excused))
		wait_pop(h);
	while (h->nwait && h->wait[h->nwait - 1].upto > upto) /* taken back */
		h->nwait--;
	if (h->nwait && h->wait[h->nwait - 1].upto == upto)
		return;
	if (h->nwait == ACK_WAITS)
		h->nwait--;
	h->wait[h->nwait++] = (struct ack_wait){ upto, now, f->last.frame, f->segments };
}

static void
check_side(struct tracker *t, struct flow *f, enum stream_dir dir, int64_t now)
{
	struct flow_half *h = &f->h[dir];

	while (holes_open(f, dir)) {
		wait_update(f, dir, target(f, dir), now);
		if (f->segments - h->wait[0].segment < t->cfg.reorder_segments &&
		    now - h->wait[0].ts < REORDER_NS)
			return;
		hole_fire(t, f, dir, h->wait[0].upto);
	}
	h->nwait = 0;
}

void
holes_check(struct tracker *t, struct flow *f, int64_t now)
{
	bool waiting;

	if (!f->waiting && !f->ending && f->h[0].last_ack <= f->h[0].edge &&
	    f->h[1].last_ack <= f->h[1].edge && f->held_n == 0)
		return;
	check_side(t, f, DIR_CLIENT, now);
	check_side(t, f, DIR_SERVER, now);
	flow_side_ends(t, f, DIR_CLIENT);
	flow_side_ends(t, f, DIR_SERVER);
	causal_drain(t, f, now);
	waiting = f->h[0].nwait || f->h[1].nwait || f->held_n;
	if (waiting && !f->waiting)
		TAILQ_INSERT_TAIL(&t->waiting, f, by_wait);
	else if (!waiting && f->waiting)
		TAILQ_REMOVE(&t->waiting, f, by_wait);
	f->waiting = waiting;
}
