/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flow - what the tracker keeps of one connection beside its public struct
 * stream.  Private to src/stream.
 *
 * Three positions per direction, never falling:
 *	edge       how far the engine has come (octets in order, or gaps)
 *	delivered  how far the sink has come (in struct stream_half); behind `edge'
 *	           by what is held for causal order
 *	high       end of what was captured (in struct stream_half)
 * The tracker owns every flow; memory is charged to the budget.
 */
#ifndef SMTPSCOPE_STREAM_FLOW_H
#define SMTPSCOPE_STREAM_FLOW_H

#include <sys/queue.h>

#include "base/budget.h"
#include "stream/coverage.h"
#include "stream/flow_table.h"
#include "stream/reassembler.h"
#include "stream/recent.h"
#include "stream/stream.h"

enum {
	ACK_WAITS = 8,     /* acknowledgements timed at once, per side */
	HELD_EVENTS = 256, /* held for causal order, per stream */
	HELD_OCTETS = 256 * 1024,
	REORDER_NS = 200 * 1000 * 1000, /* a hole older than this is lost */
	LINGER_MAX = 1024,              /* closed streams waiting for late segments */
	SPARE_MAX = 64,                 /* flows kept for the next connection, uncharged */
	WSCALE_MAX = 14                 /* RFC 7323 2.3 */
};

/* An acknowledgement of octets that are missing: they are lost, unless they come soon. */
struct ack_wait {
	int64_t upto; /* its number */
	int64_t ts;   /* its time */
	uint64_t frame;
	uint32_t segment; /* flow.segments when it came */
};

struct held; /* an event that waits (causal.c) */
STAILQ_HEAD(held_list, held);

/* What nearly every segment touches comes first, here and in struct flow. */
struct flow_half {
	int64_t edge;
	int64_t last_ack;      /* the peer's latest acknowledgement; LEDGER_NO_ACK: none */
	uint32_t win;          /* last window announced */
	bool wscale_offered;   /* its SYN carried the option */
	bool syn_acked;        /* it sent a SYN with ACK */
	bool rst_pending;      /* STREAM_RST waits for octets before it */
	bool fin_sent;         /* STREAM_FIN is with the sink or held */
	struct recent *recent; /* octets to compare repeats with; NULL: none were odd so far */
	int64_t timed_end;     /* a segment being timed ends here; -1: none */
	int64_t timed_ts;
	struct held_list held;
	struct coverage coverage;
	int64_t excused; /* acknowledged up to here, but nobody waits for it any more */
	unsigned nwait;
	struct ack_wait wait[ACK_WAITS]; /* oldest first, numbers rising */
	struct ledger_seg fin, rst;      /* the FIN, the reset that is believed */
	uint64_t conflict_frame;         /* the latest counted, so that none counts twice */
};

struct flow {
	uint64_t hash;
	struct flow_key key;
	bool client_is_low;         /* the client's endpoint is the low one of the key */
	bool waiting;               /* on the list `waiting' */
	bool stripped;              /* muted, and its memory is given back */
	bool syn_ack;               /* a SYN-ACK was captured */
	bool syn_repeated;          /* the handshake cannot be timed */
	bool settled;               /* only a SYN can teach flow_learn() anything more */
	bool ending;                /* a FIN or a reset that is believed was seen */
	struct flow *chain;         /* next in its bucket */
	TAILQ_ENTRY(flow) by_use;   /* active or lingering, least recently used first */
	int64_t touched;            /* tracker time of the last segment */
	enum stream_reason closing; /* CLOSED or RESET: lingers; NONE: active */
	uint32_t segments;          /* counts up, may wrap */
	size_t held_n, held_octets;
	const struct ledger_seg *at; /* the segment in hand; NULL: none */
	struct ledger_seg last;      /* copy of the latest */
	struct stream s;
	struct flow_half h[2];
	TAILQ_ENTRY(flow) by_id;   /* all, in order of id */
	TAILQ_ENTRY(flow) by_wait; /* those with a hole or held events */
	int64_t syn_ts, syn_ack_ts;
	uint64_t held_seq; /* number of the next event to be held */
};
TAILQ_HEAD(flow_list, flow);

struct tracker {
	struct tracker_config cfg;
	struct tracker_stats stats;
	struct budget *budget;
	struct reassembler *engine;
	struct flow_table table;
	struct flow_list all, active, lingering, waiting;
	uint32_t nlingering;
	struct flow *spare; /* by `chain' */
	unsigned nspare;
	int64_t now;     /* never falls; one wild time stamp does not move it */
	int64_t prev_ts; /* of the previous segment */
	bool started;    /* `now' and `prev_ts' are set */
};

/* flow.c: life and sequence numbers */
struct flow *flow_open(
    struct tracker *, const struct flow_key *, uint64_t hash, bool src_low, const struct segment *);
void flow_learn(struct flow *, enum stream_dir, const struct segment *);
void flow_free(struct tracker *, struct flow *);
void flow_free_spare(struct tracker *);

/* observe.c: what one segment says about its connection */
void flow_observe(
    struct tracker *, struct flow *, enum stream_dir, const struct segment *, struct ledger_seg *);
void flow_conflict(struct flow *, enum stream_dir, uint64_t frame);
void flow_acked(struct flow *, const struct ledger_seg *);

/* causal.c: events in causal order */
void causal_event(struct tracker *, struct flow *, const struct stream_event *);
/* Let go what has waited long enough, and what that sets free. */
void causal_drain(struct tracker *, struct flow *, int64_t now);
void causal_flush(struct tracker *, struct flow *);
void causal_drop(struct tracker *, struct flow *);
void causal_emit(struct tracker *, struct flow *, const struct stream_event *);
/* `dir' of this stream has been renumbered by delta before it sent anything. */
void causal_shift(struct flow *, enum stream_dir, int64_t delta);

/* holes.c: when missing octets are given up */
void holes_check(struct tracker *, struct flow *, int64_t now);
/* Every hole of this side, now. */
void holes_give_up(struct tracker *, struct flow *, enum stream_dir);
/* Is an octet of this side still awaited? */
bool holes_open(const struct flow *, enum stream_dir);
/* The segment that acknowledged octets of this side now being given up, or NULL. */
const struct ledger_seg *holes_witness(const struct flow *, enum stream_dir);

/* closing.c: FIN, RST, reuse, END */
bool flow_is_reused(const struct flow *, enum stream_dir, const struct segment *);
bool flow_rst_believed(const struct flow *, enum stream_dir, const struct segment *, int64_t off);
void flow_note_fin(struct tracker *, struct flow *, const struct ledger_seg *);
void flow_note_rst(struct flow *, const struct ledger_seg *);
/* Send STREAM_FIN and STREAM_RST of this side if nothing is missing before them. */
void flow_side_ends(struct tracker *, struct flow *, enum stream_dir);
void flow_touch(struct tracker *, struct flow *, const struct ledger_seg *, bool reset);
void flow_strip(struct tracker *, struct flow *);
void flow_end(struct tracker *, struct flow *, enum stream_reason);
/* End a lingering stream, or else the longest silent one; `but' is spared. */
bool flow_evict(struct tracker *, const struct flow *but);

/* The offset that a sequence number of this side stands for. */
static inline int64_t
flow_offset(const struct flow *f, enum stream_dir dir, uint32_t seq)
{
	const struct stream_half *half = &f->s.half[dir];
	int64_t ref = half->high > half->acked ? half->high : half->acked;

	if (!half->base_known)
		return 0;
	if (f->h[dir].edge > ref)
		ref = f->h[dir].edge;
	return ref + (int32_t)(seq - (half->base_seq + (uint32_t)ref));
}

static inline enum stream_dir
flow_peer(enum stream_dir dir)
{
	return dir == DIR_CLIENT ? DIR_SERVER : DIR_CLIENT;
}

#endif
