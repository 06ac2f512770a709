/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * observe - what one segment tells about its connection, whatever the engine
 * makes of it: offsets, kind, counters, windows, round trips, clock steps and
 * retransmissions with other content.  Nothing here delivers anything.
 */
#include "base/timefmt.h"
#include "stream/flow.h"
#include "stream/repeat.h"

static uint32_t
scaled_window(const struct flow *f, enum stream_dir dir, const struct segment *seg)
{
	const struct stream_half *half = f->s.half;

	/* The window of a SYN is never scaled (RFC 7323 2.2). */
	if ((seg->flags & TCP_SYN) || !half[0].syn || !half[1].syn)
		return seg->win;
	return (uint32_t)seg->win << half[dir].wscale;
}

static enum segment_kind
kind_by_coverage(const struct coverage_result *r, int64_t off, int64_t len, int64_t high_before)
{
	if (r->unsure)
		return KIND_OUT_OF_ORDER;
	if (r->ahead)
		return KIND_AHEAD;
	if (off == high_before)
		return KIND_NEW;
	if (r->filled + r->fresh == 0)
		return KIND_RETRANSMISSION;
	return r->filled + r->fresh == len ? KIND_OUT_OF_ORDER : KIND_OVERLAP;
}

/*
 * A keep-alive repeats the octet below what has been acknowledged, or names it
 * without sending it (RFC 9293 3.8.4); a probe sends the first octet beyond a closed
 * window (3.8.6.1).
 */
static enum segment_kind
classify(struct tracker *t, struct flow *f, enum stream_dir dir, const struct ledger_seg *g)
{
	struct flow_half *h = &f->h[dir];
	struct stream_half *half = &f->s.half[dir];
	int64_t high = h->coverage.high;
	bool quiet = !(g->flags & (TCP_SYN | TCP_FIN | TCP_RST)), probe;
	struct coverage_result r;

	if (quiet && g->len <= 1 && g->off == high - 1 && half->acked >= high) {
		half->repeated += g->len;
		return KIND_KEEPALIVE;
	}
	/* What a reset carries is a text for humans, not data (RFC 9293 3.5.2, RFC 1122 4.2.2.12).
	 */
	if (g->len == 0 || (g->flags & TCP_RST))
		return KIND_EMPTY;
	probe = quiet && g->len == 1 && g->off == half->acked && f->h[flow_peer(dir)].win == 0 &&
	    f->s.half[flow_peer(dir)].seen;
	if (g->off == high && h->coverage.n == 0 && h->edge <= high) {
		h->coverage.high = high + g->len;
		return probe ? KIND_PROBE : KIND_NEW;
	}
	r = coverage_add(&h->coverage, g->off, g->len, h->edge);
	t->stats.late_octets += (uint64_t)r.late;
	/* What the receiver has acknowledged it need not be sent again. */
	r.unsure &= g->off + g->len > half->acked;
	if (!r.unsure)
		half->repeated += (uint64_t)(g->len - r.filled - r.fresh);
	if (probe)
		return KIND_PROBE;
	return kind_by_coverage(&r, g->off, g->len, high);
}

static void
count(struct flow *f, enum stream_dir dir, const struct ledger_seg *g)
{
	struct stream_half *half = &f->s.half[dir];

	half->packets++;
	half->octets += g->len;
	half->data_packets += g->len != 0;
	half->bad_checksums += (g->issues & ISSUE_TCP_CHECKSUM) != 0;
	half->high = f->h[dir].coverage.high;
	if (g->flags & TCP_RST)
		return;
	half->zero_windows += g->win == 0;
	f->h[dir].win = g->win;
}

/* A damaged copy says nothing, unless the host leaves all sums to its card. */
static bool
comparable(const struct stream_half *half, const struct ledger_seg *g)
{
	return !(g->issues & ISSUE_TCP_CHECKSUM) || half->bad_checksums >= half->data_packets;
}

/* The octets of this segment against those that came first. */
static void
compare(struct tracker *t, struct flow *f, enum stream_dir dir, const struct segment *seg,
    const struct ledger_seg *g)
{
	struct flow_half *h = &f->h[dir];
	enum repeat_verdict v = REPEAT_UNKNOWN;

	if (g->kind == KIND_RETRANSMISSION)
		v = repeat_judge(&f->s.ledger, g);
	if (v == REPEAT_UNKNOWN && h->recent && comparable(&f->s.half[dir], g) &&
	    recent_differs(h->recent, g->off, seg->payload))
		v = REPEAT_DIFFERS;
	if (v == REPEAT_UNKNOWN && !h->recent && !f->stripped)
		h->recent = recent_new(t->budget);
	if (v == REPEAT_DIFFERS)
		flow_conflict(f, dir, g->frame);
}

/* What a segment is that neither carries the next octets nor none. */
static void
count_disorder(struct tracker *t, struct flow *f, enum stream_dir dir, const struct segment *seg,
    const struct ledger_seg *g)
{
	struct stream_half *half = &f->s.half[dir];

	half->retransmissions += g->kind == KIND_RETRANSMISSION || g->kind == KIND_OVERLAP;
	half->out_of_order += g->kind == KIND_OUT_OF_ORDER;
	half->keepalives += g->kind == KIND_KEEPALIVE;
	if (g->kind == KIND_RETRANSMISSION || g->kind == KIND_OVERLAP)
		compare(t, f, dir, seg, g);
}

void
flow_conflict(struct flow *f, enum stream_dir dir, uint64_t frame)
{
	struct stream_half *half = &f->s.half[dir];

	if (f->h[dir].conflict_frame == frame)
		return;
	f->h[dir].conflict_frame = frame;
	if (half->conflicts++ == 0)
		half->conflict_frame = frame;
}

static void
check_clock(struct stream *s, const struct ledger_seg *g)
{
	int64_t step = s->last_ts - g->ts;

	if (s->last_frame != g->frame && step > NS_PER_MS && s->clock_steps++ == 0) {
		s->clock_frame = g->frame;
		s->clock_step = step;
	}
	s->last_ts = g->ts;
	s->last_frame = g->frame;
}

/* Time one segment of new data at a time; a repeat spoils it (Karn's rule, RFC 6298 3). */
static void
time_data(struct flow *f, enum stream_dir dir, const struct ledger_seg *g)
{
	struct flow_half *h = &f->h[dir];

	if (g->kind == KIND_NEW && h->timed_end < 0) {
		h->timed_end = g->off + g->len;
		h->timed_ts = g->ts;
	} else if (g->len && g->kind != KIND_NEW && g->off < h->timed_end) {
		h->timed_end = -1;
	}
}

static void
time_ack(struct flow *f, enum stream_dir acker, const struct ledger_seg *g)
{
	struct flow_half *h = &f->h[flow_peer(acker)];
	int64_t rtt = g->ts - h->timed_ts;

	if (h->timed_end < 0 || g->ack < h->timed_end)
		return;
	h->timed_end = -1;
	if (rtt >= 0 && (f->s.rtt_min[acker] < 0 || rtt < f->s.rtt_min[acker]))
		f->s.rtt_min[acker] = rtt;
}

void
flow_acked(struct flow *f, const struct ledger_seg *g)
{
	struct stream_half *peer = &f->s.half[flow_peer(g->dir)];

	if (g->ack == LEDGER_NO_ACK)
		return;
	f->h[flow_peer(g->dir)].last_ack = g->ack;
	if (g->ack > peer->acked)
		peer->acked = g->ack;
	time_ack(f, g->dir, g);
}

void
flow_observe(struct tracker *t, struct flow *f, enum stream_dir dir, const struct segment *seg,
    struct ledger_seg *g)
{
	if (!f->settled || (seg->flags & TCP_SYN))
		flow_learn(f, dir, seg);
	*g = (struct ledger_seg){
		.frame = seg->pkt->frame,
		.last_frame = seg->pkt->frame,
		.ts = seg->pkt->ts,
		.off = flow_offset(f, dir, seg->seq + ((seg->flags & TCP_SYN) != 0)),
		.ack = LEDGER_NO_ACK,
		.len = seg->wire_len,
		.win = scaled_window(f, dir, seg),
		.count = 1,
		.issues = seg->issues,
		.ip_id = seg->ip_id,
		.dir = (uint8_t)dir,
		.flags = seg->flags,
		.ttl = seg->ttl,
		.sum = seg->payload_sum,
	};
	if ((seg->flags & TCP_ACK) && f->s.half[flow_peer(dir)].base_known)
		g->ack = flow_offset(f, flow_peer(dir), seg->ack);
	g->kind = (uint8_t)classify(t, f, dir, g);
	count(f, dir, g);
	if (g->kind != KIND_NEW && g->kind != KIND_EMPTY)
		count_disorder(t, f, dir, seg, g);
	if (f->h[dir].recent && g->kind != KIND_EMPTY && g->kind != KIND_KEEPALIVE &&
	    g->kind != KIND_PROBE && comparable(&f->s.half[dir], g))
		recent_add(f->h[dir].recent, g->off, seg->payload);
	check_clock(&f->s, g);
	time_data(f, dir, g);
}
