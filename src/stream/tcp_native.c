/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tcp_native - the engine of ours: octets in order go to the sink straight from
 * the packet; others are copied and wait in a seglist until the hole before them
 * is filled or given up.
 *
 * Invariant: no piece held ends at or below `next', and none begins there
 * between two calls.  What a peer did is never second-guessed: there is no
 * window, time stamp or checksum test here.  When a copy is refused (max_ooo,
 * pieces, budget), holes are given up from the front until it fits.
 */
#include <stdlib.h>

#include "base/budget.h"
#include "base/mem.h"
#include "stream/reassembler.h"
#include "stream/seglist.h"

struct native_half {
	int64_t next; /* the next offset the sink gets */
	struct seglist held;
};

struct native_conn {
	struct native_half half[2];
};

struct reassembler {
	struct reassembler_config cfg;
	struct reassembler_sink sink;
};

static struct reassembler *
native_create(
    const struct reassembler_config *cfg, const struct reassembler_sink *sink, struct error *err)
{
	struct reassembler *r = xcalloc(1, sizeof(*r));

	(void)err;
	r->cfg = *cfg;
	r->sink = *sink;
	return r;
}

static void
native_destroy(struct reassembler *r)
{
	free(r);
}

/* Nothing yet: most connections a capture shows never send an octet. */
static void
native_open(struct reassembler *r, struct stream *s)
{
	(void)r;
	s->engine = NULL;
}

/* NULL: no memory. */
static struct native_conn *
conn_of(struct reassembler *r, struct stream *s)
{
	struct native_conn *c = s->engine;

	if (c || !budget_take(r->cfg.budget, sizeof(*c)))
		return c;
	c = calloc(1, sizeof(*c));
	if (!c) {
		budget_give(r->cfg.budget, sizeof(*c));
		return NULL;
	}
	seglist_init(&c->half[0].held);
	seglist_init(&c->half[1].held);
	s->engine = c;
	return c;
}

static void
native_close(struct reassembler *r, struct stream *s)
{
	struct native_conn *c = s->engine;

	if (!c)
		return;
	seglist_fini(&c->half[0].held, r->cfg.budget);
	seglist_fini(&c->half[1].held, r->cfg.budget);
	free(c);
	budget_give(r->cfg.budget, sizeof(*c));
	s->engine = NULL;
}

static void
gap_until(struct reassembler *r, struct stream *s, enum stream_dir dir, struct native_half *h,
    int64_t upto, enum stream_reason reason, const struct ledger_seg *behind)
{
	int64_t off = h->next;

	if (upto <= off)
		return;
	h->next = upto;
	r->sink.gap(r->sink.ctx, s, dir, off, (uint64_t)(upto - off), reason, behind);
}

/* The octets next .. upto - 1 of `part', which covers them. */
static void
part_until(struct reassembler *r, struct stream *s, enum stream_dir dir, struct native_half *h,
    const struct seg_part *part, int64_t upto)
{
	int64_t off = h->next;
	struct slice data;

	if (part->quality == QUALITY_CUT) {
		gap_until(r, s, dir, h, upto, REASON_SNAPLEN, part->rec);
		return;
	}
	data = slice_from(part->data, (size_t)(off - part->off));
	data.n = (size_t)(upto - off);
	h->next = upto;
	r->sink.data(r->sink.ctx, s, dir, off, data, part->rec);
}

/* Pieces that are in order now. */
static void
drain(struct reassembler *r, struct stream *s, enum stream_dir dir, struct native_half *h)
{
	struct piece *p;

	while ((p = seglist_first(&h->held)) != NULL && p->off <= h->next) {
		struct seg_part part = { p->off, p->end, p->quality,
			{ p->p, p->p ? (size_t)(p->end - p->off) : 0 }, &p->rec };

		if (p->end > h->next)
			part_until(r, s, dir, h, &part, p->end);
		seglist_remove(&h->held, r->cfg.budget, p);
	}
}

/* Give up the first hole in front of what is held. */
static void
skip_hole(struct reassembler *r, struct stream *s, enum stream_dir dir, struct native_half *h,
    enum stream_reason reason)
{
	const struct piece *p = seglist_first(&h->held);

	gap_until(r, s, dir, h, p->off, reason, &p->rec);
	drain(r, s, dir, h);
}

/* Everything of `part' that is in order, pieces held taking precedence over it. */
static void
deliver(struct reassembler *r, struct stream *s, enum stream_dir dir, struct native_half *h,
    const struct seg_part *part)
{
	drain(r, s, dir, h);
	while (h->next < part->end) {
		const struct piece *p = seglist_first(&h->held);

		part_until(r, s, dir, h, part, p && p->off < part->end ? p->off : part->end);
		drain(r, s, dir, h);
	}
}

static void
take_part(struct reassembler *r, struct stream *s, enum stream_dir dir, struct native_half *h,
    const struct seg_part *part)
{
	struct budget *b = r->cfg.budget;

	if (part->end <= h->next)
		return;
	if (seglist_first(&h->held) && seglist_improve(&h->held, b, part))
		r->sink.conflict(r->sink.ctx, s, dir, part->rec);
	while (part->off > h->next) {
		const struct piece *p;

		if (seglist_insert(&h->held, b, r->cfg.max_ooo, part))
			return;
		p = seglist_first(&h->held);
		if (p && p->off < part->off)
			skip_hole(r, s, dir, h, REASON_BUDGET);
		else
			gap_until(r, s, dir, h, part->off, REASON_BUDGET, part->rec);
	}
	deliver(r, s, dir, h, part);
}

static bool
native_segment(struct reassembler *r, struct stream *s, const struct segment *seg,
    const struct ledger_seg *rec)
{
	enum stream_dir dir = (enum stream_dir)rec->dir;
	struct seg_part part = { .off = rec->off, .rec = rec };
	struct native_conn *c;
	struct native_half *h;

	if (rec->len == 0)
		return true;
	c = conn_of(r, s);
	if (!c) {
		s->refused_octets += rec->len;
		return false;
	}
	h = &c->half[dir];
	if (rec->off == h->next && seg->payload.n == rec->len && !seglist_first(&h->held)) {
		h->next += rec->len;
		r->sink.data(r->sink.ctx, s, dir, rec->off, seg->payload, rec);
		return true;
	}
	part.data = seg->payload;
	if (part.data.n > rec->len)
		part.data.n = rec->len;
	part.end = part.off + (int64_t)part.data.n;
	part.quality = rec->issues & ISSUE_TCP_CHECKSUM ? QUALITY_BAD : QUALITY_GOOD;
	if (part.data.n)
		take_part(r, s, dir, h, &part);
	if (part.data.n < rec->len) {
		struct seg_part cut = { part.end, rec->off + rec->len, QUALITY_CUT, { 0 }, rec };

		take_part(r, s, dir, h, &cut);
	}
	return true;
}

static void
native_give_up(struct reassembler *r, struct stream *s, enum stream_dir dir, int64_t upto,
    enum stream_reason reason)
{
	struct native_conn *c = upto == INT64_MAX ? s->engine : conn_of(r, s);
	const struct piece *p;
	struct native_half *h;

	if (!c)
		return;
	if (s->refused_octets) /* they may lie in these holes: do not blame the capture */
		reason = REASON_BUDGET;
	h = &c->half[dir];
	while ((p = seglist_first(&h->held)) != NULL && p->off < upto)
		skip_hole(r, s, dir, h, reason);
	if (upto != INT64_MAX)
		gap_until(r, s, dir, h, upto, reason, p ? &p->rec : NULL);
	drain(r, s, dir, h);
}

const struct reassembler_ops reassembler_native_ops = {
	.name = "native",
	.summary = "IPv4 and IPv6, joins in mid-stream, reports gaps and overlaps",
	.caps = REASM_IPV6 | REASM_GAPS | REASM_MIDSTREAM | REASM_OVERLAP_REPORT,
	.create = native_create,
	.open = native_open,
	.segment = native_segment,
	.give_up = native_give_up,
	.close = native_close,
	.destroy = native_destroy,
};
