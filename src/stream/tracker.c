/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tracker - the way of one segment: find its connection, write its ledger, ask
 * the engine what is in order now, give up what will not come, and let the sink
 * have the events.
 *
 * All orders are orders of frames, never of the hash table.  Time is capture
 * time: it advances only as far as two segments in a row say so, lest one wild
 * stamp end every connection as idle.
 */
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/timefmt.h"
#include "stream/flow.h"

static void
on_data(void *ctx, struct stream *s, enum stream_dir dir, int64_t off, struct slice data,
    const struct ledger_seg *seg)
{
	struct tracker *t = ctx;
	struct flow *f = s->tracker;
	struct stream_event ev = {
		.type = STREAM_DATA,
		.dir = dir,
		.off = off,
		.len = data.n,
		.data = data,
		.seg = seg,
		.at = f->at ? f->at : &f->last,
		.stream = s,
	};

	f->h[dir].edge = off + (int64_t)data.n;
	if (s->muted)
		return;
	causal_event(t, f, &ev);
}

static void
on_gap(void *ctx, struct stream *s, enum stream_dir dir, int64_t off, uint64_t len,
    enum stream_reason reason, const struct ledger_seg *behind)
{
	struct tracker *t = ctx;
	struct flow *f = s->tracker;
	struct flow_half *h = &f->h[dir];
	struct stream_event ev = {
		.type = STREAM_GAP,
		.dir = dir,
		.reason = reason,
		.off = off,
		.len = len,
		.seg = behind,
		.at = f->at ? f->at : &f->last,
		.stream = s,
	};

	h->edge = off + (int64_t)len;
	t->stats.gaps++;
	t->stats.gap_octets += len;
	if (reason == REASON_LOST || reason == REASON_SNAPLEN)
		s->half[dir].gap_octets += len;
	/* What was acknowledged is proved missing by that segment, whatever came behind it. */
	if (reason == REASON_LOST || !ev.seg)
		ev.seg = holes_witness(f, dir);
	if (!ev.seg)
		ev.seg = behind ? behind : ev.at;
	causal_event(t, f, &ev);
}

static void
on_conflict(void *ctx, struct stream *s, enum stream_dir dir, const struct ledger_seg *seg)
{
	(void)ctx;
	flow_conflict(s->tracker, dir, seg->frame);
}

struct tracker *
tracker_new(const struct tracker_config *cfg, struct error *err)
{
	struct tracker *t = xcalloc(1, sizeof(*t));
	struct reassembler_config rc;
	struct reassembler_sink sink = { on_data, on_gap, on_conflict, t };

	t->cfg = *cfg;
	t->budget = cfg->budget;
	t->cfg.idle_ns = cfg->idle_ns ? cfg->idle_ns : 3600 * NS_PER_S;
	t->cfg.linger_ns = cfg->linger_ns ? cfg->linger_ns : 60 * NS_PER_S;
	t->cfg.max_streams = cfg->max_streams ? cfg->max_streams : 65536;
	t->cfg.max_ooo = cfg->max_ooo ? cfg->max_ooo : 1024 * 1024;
	t->cfg.reorder_segments = cfg->reorder_segments ? cfg->reorder_segments : 3;
	t->cfg.first_id = cfg->first_id ? cfg->first_id : 1;
	TAILQ_INIT(&t->all);
	TAILQ_INIT(&t->active);
	TAILQ_INIT(&t->lingering);
	TAILQ_INIT(&t->waiting);
	rc = (struct reassembler_config){
		.budget = t->budget,
		.max_ooo = t->cfg.max_ooo,
		.max_streams = t->cfg.max_streams,
	};
	if (!flow_table_init(&t->table, cfg->hash_seed, t->budget)) {
		error_set(err, "no memory for the table of connections, raise --max-memory");
		free(t);
		return NULL;
	}
	t->engine = cfg->engine->create(&rc, &sink, err);
	if (!t->engine) {
		flow_table_fini(&t->table);
		free(t);
		return NULL;
	}
	return t;
}

static void
expire(struct tracker *t)
{
	struct flow *f;

	while ((f = TAILQ_FIRST(&t->lingering)) != NULL &&
	    (t->now - f->touched >= t->cfg.linger_ns || t->nlingering > LINGER_MAX))
		flow_end(t, f, f->closing);
	while ((f = TAILQ_FIRST(&t->active)) != NULL && t->now - f->touched >= t->cfg.idle_ns)
		flow_end(t, f, REASON_IDLE);
}

static void
advance(struct tracker *t, int64_t ts)
{
	int64_t settled = t->started && t->prev_ts < ts ? t->prev_ts : ts;

	if (!t->started || settled > t->now)
		t->now = settled;
	t->prev_ts = ts;
	t->started = true;
}

/* The record of this segment; when memory is short, closed connections go first. */
static const struct ledger_seg *
record(struct tracker *t, struct flow *f, const struct ledger_seg *g)
{
	const struct ledger_seg *in_ledger = ledger_add(&f->s.ledger, g);

	if (!in_ledger && !f->s.ledger.stuck && t->nlingering > 1 && flow_evict(t, f)) {
		in_ledger = ledger_add(&f->s.ledger, g);
		f->s.ledger.refused -= in_ledger != NULL;
	}
	return in_ledger ? in_ledger : g;
}

/* To the engine, without what lies behind the sender's FIN. */
static void
feed(struct tracker *t, struct flow *f, const struct segment *seg, const struct ledger_seg *g)
{
	int64_t fin = f->s.half[g->dir].fin_off;
	uint64_t refused = f->s.refused_octets;
	struct ledger_seg short_rec;
	struct segment short_seg;

	if (g->flags & TCP_RST)
		return;
	if (fin >= 0 && g->len && g->off + g->len > fin) {
		uint32_t keep = fin > g->off ? (uint32_t)(fin - g->off) : 0;

		t->stats.late_octets += g->len - keep;
		short_rec = *g;
		short_seg = *seg;
		short_rec.len = short_seg.wire_len = keep;
		if (short_seg.payload.n > keep)
			short_seg.payload.n = keep;
		g = &short_rec;
		seg = &short_seg;
	}
	if (!t->cfg.engine->segment(t->engine, &f->s, seg, g))
		t->stats.engine_skipped++;
	t->stats.refused_octets += f->s.refused_octets - refused;
}

static void
deliver(struct tracker *t, struct flow *f, const struct segment *seg, const struct ledger_seg *g)
{
	f->at = record(t, f, g);
	feed(t, f, seg, f->at);
	holes_check(t, f, g->ts);
	if (t->cfg.sink.want_segments && !f->s.muted) {
		struct stream_event ev = { .type = STREAM_SEGMENT,
			.dir = (enum stream_dir)g->dir,
			.seg = f->at,
			.at = f->at,
			.stream = &f->s };

		causal_emit(t, f, &ev);
	}
	f->at = NULL;
	if (f->s.muted)
		flow_strip(t, f);
}

static void
take(struct tracker *t, struct flow *f, enum stream_dir dir, const struct segment *seg)
{
	struct ledger_seg *g = &f->last;
	bool rst = seg->flags & TCP_RST, believed;

	flow_observe(t, f, dir, seg, g);
	believed = rst && flow_rst_believed(f, dir, seg, g->off);
	f->segments++;
	if (!rst || believed)
		flow_acked(f, g);
	else
		t->stats.rst_ignored++;
	if ((g->flags & TCP_FIN) && !rst)
		flow_note_fin(t, f, g);
	if (believed)
		flow_note_rst(f, g);
	if (!f->stripped)
		deliver(t, f, seg, g);
	flow_touch(t, f, g, believed);
}

bool
tracker_segment(struct tracker *t, const struct segment *seg)
{
	struct flow_key key;
	struct flow *f;
	uint64_t hash;
	bool low;

	t->stats.segments++;
	advance(t, seg->pkt->ts);
	expire(t);
	if (t->cfg.strict_checksum && (seg->issues & ISSUE_TCP_CHECKSUM)) {
		t->stats.strict_dropped++;
		return false;
	}
	low = flow_key_make(&key, &seg->src, &seg->dst);
	hash = flow_table_hash(&t->table, &key);
	f = flow_table_find(&t->table, &key, hash);
	if (f && (seg->flags & TCP_SYN) &&
	    flow_is_reused(f, low == f->client_is_low ? DIR_CLIENT : DIR_SERVER, seg)) {
		flow_end(t, f, REASON_REUSED);
		f = NULL;
	}
	if (!f) {
		struct stream_event ev = { .type = STREAM_OPEN };

		f = flow_open(t, &key, hash, low, seg);
		if (!f) {
			t->stats.refused_segments++;
			return false;
		}
		ev.stream = &f->s;
		causal_emit(t, f, &ev);
	}
	take(t, f, low == f->client_is_low ? DIR_CLIENT : DIR_SERVER, seg);
	return !f->s.muted;
}

void
tracker_tick(struct tracker *t, int64_t now)
{
	struct flow *f, *next;

	if (!t->started || now > t->now)
		t->now = now;
	t->started = true;
	t->prev_ts = now;
	for (f = TAILQ_FIRST(&t->waiting); f; f = next) {
		next = TAILQ_NEXT(f, by_wait);
		holes_check(t, f, now);
		if (f->s.muted)
			flow_strip(t, f);
	}
	expire(t);
}

void
tracker_conclude(struct tracker *t, enum stream_reason reason)
{
	struct flow *f;

	while ((f = TAILQ_FIRST(&t->all)) != NULL)
		flow_end(t, f, reason);
}

void
tracker_finish(struct tracker *t)
{
	tracker_conclude(t, REASON_EOF);
}

void
tracker_stats(const struct tracker *t, struct tracker_stats *out)
{
	*out = t->stats;
}

void
tracker_free(struct tracker *t)
{
	struct flow *f;

	if (!t)
		return;
	while ((f = TAILQ_FIRST(&t->all)) != NULL)
		flow_free(t, f);
	flow_free_spare(t);
	t->cfg.engine->destroy(t->engine);
	flow_table_fini(&t->table);
	free(t);
}
