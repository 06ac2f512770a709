/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture - where frames come from: a saved capture or a live interface.
 *
 * A source is a struct capture_ops; capture_open() in capture.c chooses among
 * them and merges several inputs into one sequence in time order.
 */
#ifndef SMTPSCOPE_CAPTURE_CAPTURE_H
#define SMTPSCOPE_CAPTURE_CAPTURE_H

#include "base/slice.h"

struct error;
struct capture;

struct packet {
	uint64_t frame;        /* 1-based over the whole run, as Wireshark numbers frames */
	int64_t ts;            /* nanoseconds since 1970 */
	uint32_t wirelen;      /* octets on the wire; data.n may be less (snap length) */
	int dlt;               /* link type (DLT_ value) of the frame's interface */
	uint32_t source;       /* index of the input the frame came from */
	uint64_t source_frame; /* its number there, from 1; of a transcript, the line */
	uint64_t position;     /* octets before its record: capture_seek() goes there if
	                        * capture_can_seek(); CAPTURE_NO_POSITION: not known */
	bool transcript;       /* made from a line of a transcript: TCP proves nothing */
	struct slice data;     /* borrowed until the next capture_next() */
	struct slice options;  /* of a pcapng file: what is said of the frame, see packet_comment();
	                        * borrowed likewise */
	bool options_big;      /* ... high octets first */
};

#define CAPTURE_NO_POSITION UINT64_MAX

enum capture_status {
	CAPTURE_PACKET,
	CAPTURE_AGAIN, /* live: nothing within the poll time */
	CAPTURE_EOF,
	CAPTURE_ERROR /* the error is set; what was read before stays valid */
};

/* Of an interface.  What is captured is written as well, and a disk can stall for a second or
 * two: 20,000 packets in a second of 650 octets make 13 MiB.  libpcap's own default is 2 MiB. */
enum { CAPTURE_BUFFER_KIB = 32 * 1024 };

enum capture_direction { CAPTURE_INOUT, CAPTURE_IN, CAPTURE_OUT };

/* -w in several files, as tcpdump(8) names them; 0: no limit. */
struct rotation {
	uint64_t octets;  /* -C: no file becomes longer, unless a single frame is */
	uint64_t seconds; /* -G: of capture time in a file, whose name is for strftime(3) */
	uint64_t files;   /* -W: with `octets' a ring of so many, else the end after so many */
};

struct capture_config {
	const char *const *files; /* names of saved captures, "-" is standard input */
	size_t nfiles;
	const char *const *interfaces; /* names of interfaces; "any" */
	size_t ninterfaces;
	const char *filter;    /* pcap-filter(7) expression or NULL */
	uint32_t snaplen;      /* octets; 0: 262144 */
	uint32_t buffer_kib;   /* kernel buffer, KiB; 0: CAPTURE_BUFFER_KIB */
	bool no_promisc;       /* -p */
	const char *linktype;  /* -y name or NULL */
	const char *timestamp; /* -j name or NULL */
	enum capture_direction direction;
	const char *user; /* -Z: whose rights are left once the inputs are open; NULL: the same */
	uint64_t first_frame; /* number of the first frame; 0 means 1 */
	uint64_t max_packets; /* -c; 0: no limit */
	const char *write;    /* -w: every frame that passes the filter is saved here; NULL: no */
	struct rotation rotation; /* of `write' */
	const char *spare; /* a file that somebody else writes: must be no input; NULL: none */
};

struct capture_stats {
	uint64_t packets, bytes;    /* handed out; captured octets */
	uint64_t received;          /* by the filter (live) */
	uint64_t dropped_kernel;    /* pcap_stats ps_drop; what a pcapng file says of it */
	uint64_t dropped_interface; /* pcap_stats ps_ifdrop; likewise */
	uint64_t time_backwards;    /* frames stamped earlier than their predecessor in one file */
	uint64_t text_frames;       /* of `packets', those made from transcripts */
	uint64_t text_ignored;      /* lines of transcripts that are no part of a dialogue */
	uint64_t text_cut;          /* ... that were longer than 1 MiB, and cut */
	bool truncated_input;       /* a file ended inside a record, or its compressed data did */
};

/*
 * NULL with the error set: "FILE: reason, what to do".  A file of several that
 * cannot be opened is an error; nothing is skipped silently.
 */
struct capture *capture_open(const struct capture_config *, struct error *);
/*
 * CAPTURE_ERROR ends the capture; capture_stats() tells whether an input was cut.
 * A file cut inside its last record yields every whole record, then CAPTURE_ERROR
 * with "FILE: cut after frame N (offset O): reason".
 */
enum capture_status capture_next(struct capture *, struct packet *, struct error *);
void capture_stats(struct capture *, struct capture_stats *);
/*
 * Can frames be read again, each from its packet.position?  Only if the one input is a
 * plain pcap file, named and not compressed.
 */
bool capture_can_seek(const struct capture *);
/*
 * Goes to the record at `position' of such an input; the next capture_next() yields it
 * as frame `frame' of the run, or the first behind it that passes the filter.  What has
 * ended may go on.  0, or -1 with the error set.
 */
int capture_seek(struct capture *, uint64_t position, uint64_t frame, struct error *);
/*
 * False: capture_next() returns CAPTURE_AGAIN where it would wait for frames of an interface, or
 * of the one pipe it reads.  What has begun to come is waited for, unless the pipe carries a
 * plain pcap file; nothing but waiting is known for compressed pipes, and for several inputs.
 */
void capture_set_waiting(struct capture *, bool);
/* A descriptor that is readable when capture_next() has something to do; -1: it always has, or
 * there is nothing to wait on. */
int capture_fd(struct capture *);
/* Octets read and octets in all inputs together; total 0: not known (pipes, interfaces). */
void capture_progress(const struct capture *, uint64_t *done, uint64_t *total);
/* The next comment that the input has for this frame; `at' begins as 0.  False: no more. */
bool packet_comment(const struct packet *, size_t *at, struct slice *comment);
/* Name of input `source' as the user gave it ("-" for standard input). */
const char *capture_source_name(const struct capture *, uint32_t source);
bool capture_is_live(const struct capture *);
/* Fraction digits that the times of the inputs have: 6 or 9. */
int capture_time_digits(const struct capture *);
/* Makes a blocked capture_next() return soon with CAPTURE_EOF.  Async-signal-safe. */
void capture_break(struct capture *);
/*
 * Frames of this capture into a file of their own, which is written as -w would be.  NULL or -1
 * with the error set; after a failure nothing more is written, and every call returns -1.
 */
struct writer;
struct writer *capture_save_open(const struct capture *, const char *path, struct error *);
int capture_save_add(struct writer *, const struct packet *, struct error *);
int capture_save_close(struct writer *, struct error *); /* accepts NULL */
/* 0, or -1 with the error set if the -w file could not be written whole. */
int capture_close(struct capture *, struct error *);

/* Version of library number i of those that read compressed captures, its name in *name; NULL:
 * there are no more. */
const char *capture_library(size_t i, const char **name);

/* -D, -L and -J: one line each on standard output.  0 or -1 with the error set. */
int capture_list_interfaces(struct error *);
int capture_list_linktypes(const char *interface, struct error *);
int capture_list_timestamps(const char *interface, struct error *);

#endif
