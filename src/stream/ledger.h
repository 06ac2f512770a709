/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ledger - every frame of one connection: when it passed, which octets it
 * carried, what its sender had received by then.  Fed before any reassembly;
 * all proofs by acknowledgement number rest on it.
 *
 * Offsets are signed 64-bit numbers: octet 0 of a direction is the one behind
 * the SYN (ISN + 1), or the first octet seen when the capture starts in
 * mid-stream; retransmissions of what came before have negative offsets.  An
 * acknowledgement is an offset of the other direction: everything below it has
 * been received in order.  A FIN takes one offset behind the last octet.
 */
#ifndef SMTPSCOPE_STREAM_LEDGER_H
#define SMTPSCOPE_STREAM_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct budget;

#define LEDGER_NO_ACK INT64_MIN /* the segment had no ACK flag */

enum stream_dir { DIR_CLIENT, DIR_SERVER }; /* who sent the octets */

enum segment_kind {
	KIND_NEW,            /* carries octets not seen before, in order */
	KIND_RETRANSMISSION, /* only octets seen before */
	KIND_OVERLAP,        /* some seen before, some new */
	KIND_OUT_OF_ORDER,   /* fills a hole left by later octets */
	KIND_AHEAD,          /* starts behind a hole */
	KIND_KEEPALIVE,      /* 0 or 1 octet just below the next expected */
	KIND_PROBE,          /* 1 octet into a closed window */
	KIND_EMPTY           /* no stream data: ACK, SYN, FIN alone, and every RST */
};

struct ledger_seg {
	uint64_t frame;      /* the frame that completed the segment */
	uint64_t last_frame; /* == frame, or the last of a folded run */
	int64_t ts;          /* ns, of `frame' */
	int64_t off;         /* offset of the first payload octet (next expected one if empty) */
	int64_t ack;         /* offset in the other direction, or LEDGER_NO_ACK */
	uint32_t len;        /* payload octets by the IP header; of a folded run: first carried */
	uint32_t win;        /* receive window in octets, scaled where the scale is known */
	uint32_t count;      /* 1, or frames in a folded run */
	uint16_t issues;     /* enum decode_issue */
	uint16_t ip_id;
	uint8_t dir;   /* enum stream_dir */
	uint8_t flags; /* enum tcp_flag */
	uint8_t kind;  /* enum segment_kind */
	uint8_t ttl;
	uint16_t sum; /* segment.payload_sum; 0: not known, or a folded run */
};

/*
 * An array in capture order.  When it would pass `max' records, runs of plain
 * data and bare ACKs in its older half are folded into one record each
 * (`folded' counts the frames); a record with SYN, FIN, RST, a zero window or an
 * issue is never folded.  A folded record has the acknowledgement of its first
 * frame, so that it never proves more than that frame did; later frames of the run
 * may have acknowledged more.  If that is not enough, records of disordered data
 * in the older half are dropped (`folded' counts them too).
 */
struct ledger {
	struct ledger_seg *seg;
	size_t n, cap;
	size_t max;       /* records kept; 0: 32768 */
	uint64_t folded;  /* frames that lost their own record */
	uint64_t refused; /* frames not recorded: no memory */
	bool stuck;       /* folding no longer frees enough to be tried again */
	struct budget *budget;
};

void ledger_init(struct ledger *, struct budget *);
void ledger_fini(struct ledger *);
/* NULL when the budget refuses; borrowed until the next ledger_add(). */
const struct ledger_seg *ledger_add(struct ledger *, const struct ledger_seg *);

/* The first segment of `dir' with ack >= off, i.e. the proof that it had received every
 * octet below `off'; NULL: none.  Linear in the segments. */
const struct ledger_seg *ledger_acked(const struct ledger *, enum stream_dir dir, int64_t off);
/* The first segment that carried octet `off' of `dir'; NULL: none. */
const struct ledger_seg *ledger_carrier(const struct ledger *, enum stream_dir dir, int64_t off);

#endif
