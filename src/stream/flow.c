/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flow - birth and death of a connection, who is the client, and sequence
 * numbers.
 *
 * Offset 0 of a side is the octet behind its SYN.  Without a SYN it is the first
 * sequence number seen of that side, or the peer's first acknowledgement number
 * if that came earlier; the guess is corrected when the side's first octets show
 * it wrong, as long as nothing has been delivered.  Offsets are extended from 32
 * to 64 bits by the signed difference to the highest one known.
 */
#include <stdlib.h>

#include "stream/flow.h"

/* A guessed base is moved by at most this; farther off is another story. */
enum { REBASE_MAX = 1 << 24 };

static bool
port_known(const uint16_t *ports, uint16_t port)
{
	for (; ports && *ports; ports++)
		if (*ports == port)
			return true;
	return false;
}

/* Is the sender of the first segment the client? */
static bool
source_is_client(const struct tracker_config *cfg, const struct segment *seg)
{
	bool src, dst;

	if (seg->flags & TCP_SYN)
		return !(seg->flags & TCP_ACK);
	src = port_known(cfg->ports, seg->src.port);
	dst = port_known(cfg->ports, seg->dst.port);
	if (src != dst)
		return dst;
	return seg->dst.port <= seg->src.port;
}

static void
half_init(struct stream_half *half, struct flow_half *h, const struct endpoint *ep)
{
	half->ep = *ep;
	half->wscale = 255;
	half->fin_off = -1;
	h->last_ack = LEDGER_NO_ACK;
	h->timed_end = -1;
	STAILQ_INIT(&h->held);
}

static void
stream_init(struct tracker *t, struct flow *f, const struct segment *seg)
{
	struct stream *s = &f->s;
	bool client = source_is_client(&t->cfg, seg);

	s->id = t->cfg.first_id + t->stats.streams++;
	half_init(&s->half[DIR_CLIENT], &f->h[DIR_CLIENT], client ? &seg->src : &seg->dst);
	half_init(&s->half[DIR_SERVER], &f->h[DIR_SERVER], client ? &seg->dst : &seg->src);
	s->midstream = !(seg->flags & TCP_SYN);
	s->roles_by_syn = (seg->flags & TCP_SYN) != 0;
	s->first_frame = s->last_frame = seg->pkt->frame;
	s->first_ts = s->last_ts = seg->pkt->ts;
	s->transcript = seg->pkt->transcript;
	s->first_source = seg->pkt->source;
	s->first_source_frame = seg->pkt->source_frame;
	s->first_position = seg->first_position;
	s->lead_frame = seg->first_frame;
	s->rtt_server = s->rtt_client = s->rtt_min[0] = s->rtt_min[1] = -1;
	s->tracker = f;
	ledger_init(&s->ledger, t->budget);
}

static struct flow *
flow_alloc(struct tracker *t)
{
	struct flow *f;

	if (!budget_take(t->budget, sizeof(*f)))
		return NULL;
	f = t->spare;
	if (f) {
		t->spare = f->chain;
		t->nspare--;
		memset(f, 0, sizeof(*f));
		return f;
	}
	f = calloc(1, sizeof(*f));
	if (!f)
		budget_give(t->budget, sizeof(*f));
	return f;
}

/* Connections come and go all the time, and malloc() is slow with blocks of this size. */
static void
flow_release(struct tracker *t, struct flow *f)
{
	budget_give(t->budget, sizeof(*f));
	if (t->nspare == SPARE_MAX) {
		free(f);
		return;
	}
	f->chain = t->spare;
	t->spare = f;
	t->nspare++;
}

void
flow_free_spare(struct tracker *t)
{
	struct flow *f;

	while ((f = t->spare) != NULL) {
		t->spare = f->chain;
		free(f);
	}
	t->nspare = 0;
}

struct flow *
flow_open(struct tracker *t, const struct flow_key *key, uint64_t hash, bool src_low,
    const struct segment *seg)
{
	struct flow *f;

	if (t->stats.open_streams >= t->cfg.max_streams)
		flow_evict(t, NULL);
	while ((f = flow_alloc(t)) == NULL)
		if (!flow_evict(t, NULL))
			return NULL;
	f->key = *key;
	f->hash = hash;
	f->client_is_low = source_is_client(&t->cfg, seg) == src_low;
	stream_init(t, f, seg);
	flow_table_add(&t->table, f);
	TAILQ_INSERT_TAIL(&t->all, f, by_id);
	TAILQ_INSERT_TAIL(&t->active, f, by_use);
	t->stats.open_streams++;
	t->cfg.engine->open(t->engine, &f->s);
	return f;
}

void
flow_free(struct tracker *t, struct flow *f)
{
	flow_strip(t, f);
	if (f->waiting)
		TAILQ_REMOVE(&t->waiting, f, by_wait);
	if (f->closing != REASON_NONE) {
		TAILQ_REMOVE(&t->lingering, f, by_use);
		t->nlingering--;
	} else {
		TAILQ_REMOVE(&t->active, f, by_use);
	}
	TAILQ_REMOVE(&t->all, f, by_id);
	flow_table_remove(&t->table, f);
	t->stats.open_streams--;
	flow_release(t, f);
}

static int64_t
shift_ack(int64_t ack, int64_t delta)
{
	return ack == LEDGER_NO_ACK ? ack : ack + delta;
}

/* Renumber `dir', which has sent no octets yet, so that offset 0 is at sequence number `seq'. */
static void
flow_rebase(struct flow *f, enum stream_dir dir, uint32_t seq, int64_t delta)
{
	struct stream_half *half = &f->s.half[dir];
	struct flow_half *h = &f->h[dir];
	size_t i;

	for (i = 0; i < f->s.ledger.n; i++) {
		struct ledger_seg *g = &f->s.ledger.seg[i];

		if (g->dir == dir)
			g->off += delta;
		else
			g->ack = shift_ack(g->ack, delta);
	}
	causal_shift(f, dir, delta);
	if (h->last_ack != LEDGER_NO_ACK) {
		half->acked = half->acked + delta > 0 ? half->acked + delta : 0;
		h->last_ack += delta;
	}
	if (half->fin_off >= 0)
		half->fin_off += delta;
	h->fin.off += delta;
	h->excused = h->excused + delta > 0 ? h->excused + delta : 0;
	for (i = 0; i < h->nwait; i++)
		h->wait[i].upto += delta;
	half->base_seq = seq;
}

/*
 * The first octets of a side whose base is a guess: a base above them came from an
 * acknowledgement that overtook them; a base one below them came from a keep-alive.
 */
static void
correct_base(struct flow *f, enum stream_dir dir, const struct segment *seg)
{
	const struct stream_half *half = &f->s.half[dir];
	int64_t delta = (int32_t)(half->base_seq - seg->seq);

	if (half->syn || half->octets || f->h[dir].edge || half->delivered)
		return;
	if ((delta > 0 && delta <= REBASE_MAX && seg->wire_len > 1) ||
	    (delta == -1 && half->seen && half->acked == 1))
		flow_rebase(f, dir, seg->seq, delta);
}

static void
learn_wscale(struct flow *f, enum stream_dir dir, const struct segment *seg)
{
	uint8_t shift = seg->opt.wscale;

	f->h[dir].wscale_offered = shift != 255;
	f->s.half[dir].wscale = shift == 255 ? 0 : shift > WSCALE_MAX ? WSCALE_MAX : shift;
	/* In use only if both SYNs carry it (RFC 7323 2.2). */
	if (f->s.half[0].syn && f->s.half[1].syn &&
	    !(f->h[0].wscale_offered && f->h[1].wscale_offered))
		f->s.half[0].wscale = f->s.half[1].wscale = 0;
}

static void
learn_syn(struct flow *f, enum stream_dir dir, const struct segment *seg)
{
	struct stream_half *half = &f->s.half[dir];
	struct flow_half *h = &f->h[dir];
	bool ack = seg->flags & TCP_ACK;
	/* In a simultaneous open a side sends a SYN, then the same with ACK. */
	bool repeated = half->syn && (!ack || h->syn_acked);

	if (repeated) {
		half->retransmissions++;
		f->syn_repeated = true;
	} else if (!ack) {
		f->syn_ts = seg->pkt->ts;
	} else {
		f->syn_ack_ts = seg->pkt->ts;
		f->syn_ack = h->syn_acked = true;
		if (dir == DIR_SERVER && f->s.half[DIR_CLIENT].syn && !f->syn_repeated &&
		    f->syn_ack_ts >= f->syn_ts)
			f->s.rtt_server = f->syn_ack_ts - f->syn_ts;
	}
	/* A SYN-ACK of TCP Fast Open may acknowledge data of a SYN that comes after it. */
	if (half->base_known && !half->seen)
		flow_rebase(f, dir, seg->seq + 1, (int32_t)(half->base_seq - (seg->seq + 1)));
	half->base_seq = seg->seq + 1;
	half->base_known = true;
	half->syn = true;
	half->mss = seg->opt.mss;
	f->s.midstream = false;
	learn_wscale(f, dir, seg);
}

static void
learn_handshake(struct flow *f, const struct segment *seg)
{
	struct stream *s = &f->s;

	if (s->handshake || !f->syn_ack || !s->half[0].syn || !s->half[1].syn ||
	    !(seg->flags & TCP_ACK) || flow_offset(f, DIR_SERVER, seg->ack) < 0)
		return;
	s->handshake = true;
	if (!f->syn_repeated && seg->pkt->ts >= f->syn_ack_ts)
		s->rtt_client = seg->pkt->ts - f->syn_ack_ts;
}

/* Is there nothing left that a segment without SYN could correct or complete? */
static bool
is_settled(const struct flow *f)
{
	int dir;

	for (dir = DIR_CLIENT; dir <= DIR_SERVER; dir++) {
		const struct stream_half *half = &f->s.half[dir];

		if (!half->seen || !half->base_known || !(half->syn || half->octets))
			return false;
	}
	return f->s.handshake || !f->syn_ack || !f->s.half[0].syn || !f->s.half[1].syn;
}

void
flow_learn(struct flow *f, enum stream_dir dir, const struct segment *seg)
{
	struct stream_half *half = &f->s.half[dir], *peer = &f->s.half[flow_peer(dir)];

	/* A reset answering a stray segment has numbers of its own (RFC 9293 3.5.2). */
	if (seg->flags & TCP_RST) {
		half->seen = true;
		return;
	}
	if (seg->flags & TCP_SYN) {
		learn_syn(f, dir, seg);
	} else {
		if (!half->base_known) {
			half->base_seq = seg->seq;
			half->base_known = true;
		} else if (seg->wire_len) {
			correct_base(f, dir, seg);
		}
		if (dir == DIR_CLIENT)
			learn_handshake(f, seg);
	}
	half->seen = true;
	if ((seg->flags & TCP_ACK) && !peer->base_known) {
		peer->base_seq = seg->ack;
		peer->base_known = true;
	}
	f->settled = is_settled(f);
}
