/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reassembler - answers one question: which octets of a connection are now in
 * order?  Everything else (handshake, ACK, FIN, RST, roles, ends) is the
 * tracker's, so that every engine tells the same story about it.
 */
#ifndef SMTPSCOPE_STREAM_REASSEMBLER_H
#define SMTPSCOPE_STREAM_REASSEMBLER_H

#include "stream/stream.h"

struct budget;
struct error;
struct reassembler;

/* How an engine delivers.  `seg' is the segment that first carried the octets; the
 * pointers are borrowed for the call.  `behind' is the segment that lies behind the
 * hole, or the one that was cut; NULL if there is none. */
struct reassembler_sink {
	void (*data)(void *ctx, struct stream *, enum stream_dir, int64_t off, struct slice data,
	    const struct ledger_seg *seg);
	void (*gap)(void *ctx, struct stream *, enum stream_dir, int64_t off, uint64_t len,
	    enum stream_reason, const struct ledger_seg *behind);
	/* `seg' carries octets that differ from an equally good copy held out of order. */
	void (*conflict)(void *ctx, struct stream *, enum stream_dir, const struct ledger_seg *seg);
	void *ctx;
};

struct reassembler_config {
	struct budget *budget; /* every buffer is charged here */
	size_t max_ooo;        /* octets held out of order per direction */
	uint32_t max_streams;
};

enum reassembler_cap { /* what tests may demand of an engine */
	REASM_IPV6 = 1,
	REASM_GAPS = 2,
	REASM_MIDSTREAM = 4,
	REASM_OVERLAP_REPORT = 8
};

struct reassembler_ops {
	const char *name;    /* "native", "nids" */
	const char *summary; /* one line for --help */
	const char *library; /* that does it: "libnids 1.26"; NULL: none */
	unsigned caps;       /* enum reassembler_cap */
	struct reassembler *(*create)(
	    const struct reassembler_config *, const struct reassembler_sink *, struct error *);
	void (*open)(struct reassembler *, struct stream *);
	/*
	 * A segment of the stream, already in the ledger as `rec' (its kind and offsets are
	 * there).  False: this engine cannot follow it (counted by the tracker).
	 */
	bool (*segment)(struct reassembler *, struct stream *, const struct segment *,
	    const struct ledger_seg *rec);
	/* Holes of this direction below `upto' will not be filled: report them, even where
	 * nothing lies behind, and deliver what does.  INT64_MAX: only the holes in front
	 * of what is held. */
	void (*give_up)(struct reassembler *, struct stream *, enum stream_dir, int64_t upto,
	    enum stream_reason);
	void (*close)(struct reassembler *, struct stream *);
	void (*destroy)(struct reassembler *);
};

extern const struct reassembler_ops reassembler_native_ops;
extern const struct reassembler_ops reassembler_nids_ops;  /* only with libnids */
extern const struct reassembler_ops *const reassemblers[]; /* NULL-terminated; [0] is the default */

#endif
