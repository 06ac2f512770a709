/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * closing - FIN, RST, ports used again, and END.
 *
 * A connection that is closed or reset lingers: what still comes belongs to it
 * (a repeated FIN, a reset answering late data), and its END goes out when it has
 * been quiet for linger_ns or a new SYN takes its place.  At most LINGER_MAX
 * linger, and they are the first to go when memory is short.
 */
#include <stdlib.h>

#include "stream/flow.h"

/*
 * A SYN whose number does not fit opens a new connection.  Resent with another
 * number before anything else was said, a SYN-ACK is a stateless server's.
 */
bool
flow_is_reused(const struct flow *f, enum stream_dir dir, const struct segment *seg)
{
	const struct stream_half *half = &f->s.half[dir], *peer = &f->s.half[flow_peer(dir)];
	bool ack = seg->flags & TCP_ACK;
	bool acks_syn = ack && peer->syn && (int32_t)(seg->ack - peer->base_seq) >= 0 &&
	    (int64_t)(uint32_t)(seg->ack - peer->base_seq) <= peer->high;
	int32_t below;

	if (!(seg->flags & TCP_SYN) || (seg->flags & TCP_RST))
		return false;
	if (!half->base_known)
		return ack ? peer->syn && !acks_syn : f->closing != REASON_NONE;
	below = (int32_t)(half->base_seq - (seg->seq + 1));
	if (below == 0)
		return false;
	if (!half->seen && below > 0 && below < 65536)
		return false;
	return half->octets || f->s.handshake || f->closing != REASON_NONE || !acks_syn;
}

/*
 * RFC 9293 3.10.7: a reset counts if its number is in the receiver's window.  The
 * window at the capture point is not the receiver's, so anything from the last
 * acknowledgement to the window's end will do, and any number while octets are
 * missing.
 */
bool
flow_rst_believed(const struct flow *f, enum stream_dir dir, const struct segment *seg, int64_t off)
{
	const struct stream_half *half = &f->s.half[dir], *peer = &f->s.half[flow_peer(dir)];
	int64_t edge = f->h[dir].edge, end = half->high, ack;

	if (!half->base_known) { /* the answer to a SYN, or all there is */
		if (!(seg->flags & TCP_ACK) || !peer->base_known)
			return true;
		ack = flow_offset(f, flow_peer(dir), seg->ack);
		return ack >= 0 && ack <= peer->high + 1;
	}
	if (edge < half->high || f->h[dir].last_ack > end + 1)
		return true;
	if (half->fin_off >= end)
		end = half->fin_off + 1;
	if (half->acked + f->h[flow_peer(dir)].win > end)
		end = half->acked + f->h[flow_peer(dir)].win;
	return off >= half->acked && off <= end;
}

void
flow_note_fin(struct tracker *t, struct flow *f, const struct ledger_seg *g)
{
	struct stream_half *half = &f->s.half[g->dir];
	struct flow_half *h = &f->h[g->dir];
	int64_t off = g->off + g->len;

	f->ending = true;
	if (half->fin_off == off) {
		half->retransmissions += g->len == 0;
		return;
	}
	/* Below octets seen before, or other than the first: not this connection's, unless the
	 * first one was wild. */
	if (off < half->high || h->fin_sent || (half->fin_off >= 0 && off > half->fin_off)) {
		t->stats.fin_ignored++;
		return;
	}
	half->fin_off = off;
	half->fin_frame = g->frame;
	half->fin_ts = g->ts;
	h->fin = *g;
}

void
flow_note_rst(struct flow *f, const struct ledger_seg *g)
{
	struct stream_half *half = &f->s.half[g->dir];

	f->ending = true;
	if (half->rst_frame)
		return;
	half->rst_frame = g->frame;
	half->rst_ts = g->ts;
	f->h[g->dir].rst = *g;
	f->h[g->dir].rst_pending = true;
}

static void
send_end_of_side(struct tracker *t, struct flow *f, enum stream_event_type type,
    const struct ledger_seg *g, int64_t off)
{
	struct stream_event ev = {
		.type = type,
		.dir = (enum stream_dir)g->dir,
		.off = off,
		.seg = g,
		.at = f->at ? f->at : &f->last,
		.stream = &f->s,
	};

	causal_event(t, f, &ev);
}

void
flow_side_ends(struct tracker *t, struct flow *f, enum stream_dir dir)
{
	const struct stream_half *half = &f->s.half[dir];
	struct flow_half *h = &f->h[dir];

	if (half->fin_off >= 0 && !h->fin_sent && h->edge >= half->fin_off) {
		h->fin_sent = true;
		send_end_of_side(t, f, STREAM_FIN, &h->fin, half->fin_off);
	}
	if (h->rst_pending && !holes_open(f, dir)) {
		h->rst_pending = false;
		send_end_of_side(t, f, STREAM_RST, &h->rst, h->rst.off);
	}
}

static bool
both_fins_acked(const struct flow *f)
{
	const struct stream_half *a = &f->s.half[0], *b = &f->s.half[1];

	return a->fin_off >= 0 && b->fin_off >= 0 && a->acked > a->fin_off && b->acked > b->fin_off;
}

/* Why this connection lingers after segment `g', or NONE. */
static enum stream_reason
closing_after(const struct flow *f, const struct ledger_seg *g, bool reset)
{
	if (g->flags & TCP_SYN)
		return REASON_NONE; /* tried again with the same number */
	if (f->closing != REASON_NONE)
		return f->closing;
	if (both_fins_acked(f))
		return REASON_CLOSED;
	return reset ? REASON_RESET : REASON_NONE;
}

/* To the end of the right list, with its reason to linger if it has one now. */
void
flow_touch(struct tracker *t, struct flow *f, const struct ledger_seg *g, bool reset)
{
	enum stream_reason closing = f->ending ? closing_after(f, g, reset) : REASON_NONE;
	struct flow_list *from = f->closing ? &t->lingering : &t->active;
	struct flow_list *to = closing ? &t->lingering : &t->active;

	f->touched = g->ts > t->now ? g->ts : t->now;
	if (from == to && !TAILQ_NEXT(f, by_use)) {
		f->closing = closing;
		return;
	}
	t->nlingering += (closing != REASON_NONE) - (f->closing != REASON_NONE);
	f->closing = closing;
	TAILQ_REMOVE(from, f, by_use);
	TAILQ_INSERT_TAIL(to, f, by_use);
}

/* Give back all memory but the flow itself. */
void
flow_strip(struct tracker *t, struct flow *f)
{
	int dir;

	if (f->stripped)
		return;
	f->stripped = true;
	t->cfg.engine->close(t->engine, &f->s);
	causal_drop(t, f);
	ledger_fini(&f->s.ledger);
	for (dir = DIR_CLIENT; dir <= DIR_SERVER; dir++) {
		recent_free(f->h[dir].recent, t->budget);
		f->h[dir].recent = NULL;
	}
	if (f->waiting)
		TAILQ_REMOVE(&t->waiting, f, by_wait);
	f->waiting = false;
}

void
flow_end(struct tracker *t, struct flow *f, enum stream_reason reason)
{
	struct stream_event ev = { .type = STREAM_END, .stream = &f->s };
	int dir;

	f->at = NULL;
	ev.reason = f->closing != REASON_NONE ? f->closing : reason;
	for (dir = DIR_CLIENT; dir <= DIR_SERVER && !f->stripped; dir++) {
		holes_give_up(t, f, (enum stream_dir)dir);
		flow_side_ends(t, f, (enum stream_dir)dir);
	}
	causal_flush(t, f);
	causal_emit(t, f, &ev);
	flow_free(t, f);
}

struct stream *
stream_keep(struct stream *s, struct budget *b)
{
	struct stream *kept;

	if (!budget_take(b, sizeof(*kept)))
		return NULL;
	kept = malloc(sizeof(*kept));
	if (!kept) {
		budget_give(b, sizeof(*kept));
		return NULL;
	}
	*kept = *s;
	ledger_init(&s->ledger, b);
	return kept;
}

void
stream_release(struct stream *kept, struct budget *b)
{
	if (!kept)
		return;
	ledger_fini(&kept->ledger);
	budget_give(b, sizeof(*kept));
	free(kept);
}

bool
flow_evict(struct tracker *t, const struct flow *but)
{
	struct flow *f = TAILQ_FIRST(&t->lingering);

	if (f && f == but)
		f = TAILQ_NEXT(f, by_use);
	if (!f) {
		f = TAILQ_FIRST(&t->active);
		if (f && f == but)
			f = TAILQ_NEXT(f, by_use);
		if (!f)
			return false;
		t->stats.evicted++;
	}
	flow_end(t, f, REASON_BUDGET);
	return true;
}
