/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stream - one TCP connection as seen on the wire, and the events that tell its
 * story in causal order.  Everything above this layer sees only these types.
 */
#ifndef SMTPSCOPE_STREAM_STREAM_H
#define SMTPSCOPE_STREAM_STREAM_H

#include "base/slice.h"
#include "decode/decode.h"
#include "stream/ledger.h"

struct budget;

enum stream_event_type {
	STREAM_OPEN,    /* first segment of a connection seen */
	STREAM_DATA,    /* octets, in order; never of two frames */
	STREAM_GAP,     /* `len' octets that will never come */
	STREAM_FIN,     /* every octet before this side's FIN was delivered or given up */
	STREAM_RST,     /* a reset that is believed */
	STREAM_SEGMENT, /* after each segment, when the sink asked for it (live display) */
	STREAM_END      /* last event of the connection; see `reason' */
};

enum stream_reason {
	REASON_NONE,
	REASON_LOST,    /* GAP: acknowledged by the peer, never captured */
	REASON_NETWORK, /* GAP: never acknowledged either; lost on the way and not repaired */
	REASON_SNAPLEN, /* GAP: the frame was cut by the snap length */
	REASON_BUDGET,  /* GAP or END: memory limit */
	REASON_CLOSED,  /* END: both FINs acknowledged, and quiet since */
	REASON_RESET,   /* END: RST, and quiet since */
	REASON_IDLE,    /* END: no segment for the idle time */
	REASON_REUSED,  /* END: a new SYN took over the addresses and ports */
	REASON_EOF,     /* END: the capture ended */
	REASON_ENGINE   /* GAP: captured, but the chosen engine cannot follow (libnids) */
};

struct stream_half { /* what one side sent */
	struct endpoint ep;
	bool seen; /* any segment from this side */
	bool syn;  /* its SYN (or SYN-ACK) was captured */
	bool base_known;
	uint32_t base_seq;        /* sequence number of offset 0 */
	uint16_t mss;             /* from its SYN; 0: unknown */
	uint8_t wscale;           /* of the windows it announces; 255: unknown */
	int64_t delivered;        /* next offset the sink will get (data or gap) */
	int64_t high;             /* end of the highest octet captured */
	int64_t acked;            /* highest acknowledgement by the peer; 0 if none */
	int64_t fin_off;          /* offset of its FIN; -1: none seen */
	uint64_t packets, octets; /* frames; payload octets by IP length */
	uint64_t repeated;        /* of the octets: seen before, sent again or captured twice */
	uint64_t data_packets;
	uint64_t fin_frame; /* first FIN; 0: none */
	uint64_t rst_frame; /* first RST that is believed; 0: none */
	int64_t fin_ts, rst_ts;
	uint64_t retransmissions, keepalives, out_of_order, zero_windows;
	uint64_t gap_octets;     /* never captured (REASON_LOST and REASON_SNAPLEN) */
	uint64_t bad_checksums;  /* TCP */
	uint64_t conflicts;      /* retransmissions with other content */
	uint64_t conflict_frame; /* first of them; 0: none */
};

struct stream {
	uint64_t id;                /* 1-based, in order of the first frame */
	struct stream_half half[2]; /* by enum stream_dir */
	bool midstream;             /* no SYN was seen */
	bool handshake;             /* SYN, SYN-ACK and the client's ACK were captured */
	bool muted;                 /* the sink wants nothing more of this connection */
	bool transcript;            /* made from a transcript: what is said was, nothing else */
	bool roles_by_syn;          /* DIR_CLIENT sent the SYN; else guessed by port */
	uint64_t first_frame, last_frame;
	int64_t first_ts, last_ts;
	uint32_t first_source; /* input file of the first frame */
	uint64_t first_source_frame;
	uint64_t first_position; /* packet.position of the frame where reading again has to begin:
	                          * the first, or an earlier one that brought a fragment of it */
	uint64_t lead_frame;     /* the number of that frame */
	int64_t rtt_server;      /* ns, SYN to SYN-ACK; -1 unknown */
	int64_t rtt_client;      /* ns, SYN-ACK to ACK; -1 unknown */
	int64_t rtt_min[2];      /* ns, least data-to-ACK time towards that side; -1 unknown */
	uint64_t clock_steps;    /* segments stamped > 1 ms before their predecessor */
	uint64_t clock_frame;    /* first of them; 0: none */
	int64_t clock_step;      /* ns, its size */
	uint64_t refused_octets; /* data dropped for lack of memory */
	struct ledger ledger;
	void *user;    /* the sink's */
	void *engine;  /* the reassembler's */
	void *tracker; /* the tracker's */
};

/* Borrowed for the call. */
struct stream_event {
	enum stream_event_type type;
	enum stream_dir dir;
	enum stream_reason reason;
	int64_t off;       /* DATA, GAP: offset of the first octet; FIN, RST: its offset */
	uint64_t len;      /* DATA: data.n; GAP: octets missing */
	struct slice data; /* DATA */
	/* The segment that first carried these octets (DATA), the FIN or the RST, the first
	 * segment behind the hole or the one that acknowledged it (GAP).  NULL: OPEN, END. */
	const struct ledger_seg *seg;
	/* The segment during which the octets became available in order; == seg normally. */
	const struct ledger_seg *at;
	struct stream *stream;
};

/*
 * What the sink keeps of a stream behind its STREAM_END: a copy with the ledger, which the
 * tracker's has no longer.  NULL: no memory, and nothing was taken away.
 */
struct stream *stream_keep(struct stream *, struct budget *);
void stream_release(struct stream *, struct budget *); /* accepts NULL */

struct stream_sink {
	void (*event)(void *ctx, const struct stream_event *);
	void *ctx;
	bool want_segments; /* send STREAM_SEGMENT too */
};

/*
 * tracker - connections from segments.  Looks the connection up, writes its
 * ledger, lets the reassembler say which octets are in order, and hands events
 * to the sink in causal order: octets of one side whose segment acknowledges
 * octets of the other that are still missing wait for them (or for their gap),
 * so that swapped frames change nothing.
 */
struct reassembler_ops;
struct error;
struct tracker;

struct tracker_config {
	const struct reassembler_ops *engine;
	struct budget *budget;
	struct stream_sink sink;
	int64_t idle_ns;           /* a silent connection ends after this; 0: 3600 s */
	int64_t linger_ns;         /* END follows a close or reset after this quiet time, so that
	                            * late segments still belong to it; 0: 60 s */
	uint32_t max_streams;      /* 0: 65536; beyond it the longest idle one ends */
	size_t max_ooo;            /* octets held out of order per direction; 0: 1 MiB */
	uint32_t reorder_segments; /* segments to wait before a hole is called lost; 0: 3 */
	uint64_t hash_seed;        /* random live, fixed for files */
	uint64_t first_id;         /* of the first connection; 0: 1 */
	bool strict_checksum;      /* drop segments with a bad TCP checksum (counted) */
	const uint16_t *ports;     /* 0-terminated: the server side of a connection joined in
	                            * mid-stream is the one on such a port */
};

struct tracker_stats {
	uint64_t segments, streams, open_streams;
	uint64_t evicted;        /* streams ended early: max_streams or memory */
	uint64_t strict_dropped; /* segments dropped by strict_checksum */
	uint64_t engine_skipped; /* segments the engine cannot follow (libnids: IPv6, cut, ...) */
	uint64_t gaps, gap_octets;
	uint64_t late_octets;      /* arrived after their gap had been declared, or lie behind
	                            * their sender's FIN */
	uint64_t rst_ignored;      /* resets outside the window (RFC 9293 3.10.7) */
	uint64_t fin_ignored;      /* FINs below octets that had been seen before */
	uint64_t refused_segments; /* no memory for a new connection */
	uint64_t refused_octets;   /* dropped for lack of memory */
};

/* NULL with the error set. */
struct tracker *tracker_new(const struct tracker_config *, struct error *);
/* False: it was dropped, or the sink has muted its stream: nobody will want its frame again. */
bool tracker_segment(struct tracker *, const struct segment *);
/* Live and idle: ends silent connections, gives up old holes.  Capture time in ns. */
void tracker_tick(struct tracker *, int64_t now);
/* Ends every connection, in order of id: with REASON_EOF, or REASON_CLOSED or REASON_RESET if
 * it had come to that. */
void tracker_finish(struct tracker *);
/* The same with another reason than EOF: for a connection whose end is known already. */
void tracker_conclude(struct tracker *, enum stream_reason);
void tracker_stats(const struct tracker *, struct tracker_stats *);
void tracker_free(struct tracker *);

/* What the frames of a stream are called: of a transcript they are its lines. */
static inline const char *
place_name(bool transcript)
{
	return transcript ? "line" : "frame";
}

#endif
