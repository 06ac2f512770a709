/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * source - what capture.c asks of the two kinds of input: saved captures
 * (capture_file.c) and interfaces (capture_live.c).  Private to src/capture.
 *
 * A source yields the frames of all its inputs as one sequence.  Numbering,
 * the frame limit, counters and -w are capture.c's and the same for both.
 */
#ifndef SMTPSCOPE_CAPTURE_SOURCE_H
#define SMTPSCOPE_CAPTURE_SOURCE_H

#include <stdatomic.h>
#include <sys/time.h>
#include "capture/capture.h"

struct source;

struct source_ops {
	/* Sets all of the packet but `frame'.  Not called again after EOF or ERROR. */
	enum capture_status (*next)(struct source *, struct packet *, struct error *);
	/* Does the frame pass the filter?  NULL: next() yields only frames that do. */
	bool (*match)(const struct source *, const struct packet *);
	void (*stats)(struct source *, struct capture_stats *); /* adds what it counted */
	void (*wake)(struct source *); /* async-signal-safe; NULL: `broken' is enough */
	/* Goes to the record at this position of the first input, whose number there is
	 * source_frame.  -1 with errno.  NULL: no source of this kind can. */
	int (*seek)(struct source *, uint64_t position, uint64_t source_frame);
	/* Octets read and in all; NULL: not known. */
	void (*progress)(const struct source *, uint64_t *done, uint64_t *total);
	/* As capture_fd(); NULL: -1. */
	int (*fd)(struct source *);
	void (*close)(struct source *);
};

struct source {
	const struct source_ops *ops;
	const atomic_bool *broken; /* capture_break() was called */
	int dlt;                   /* link type of the first input */
	int snaplen;               /* the largest of the inputs */
	bool nano;                 /* an input may have times finer than microseconds */
	bool fine;                 /* an input says that it has */
	bool seekable;             /* seek() may be called */
	bool hasty;                /* next() is not to wait for frames */
};

/* The names in the configuration are borrowed until close().  NULL with the error set. */
struct source *source_open_files(
    const struct capture_config *, const atomic_bool *broken, struct error *);
struct source *source_open_live(
    const struct capture_config *, const atomic_bool *broken, struct error *);

/* -- capture_filter.c: the filter of saved captures ------------------------------------- */

struct frame_filter;

/* The expression is borrowed. */
struct frame_filter *frame_filter_new(const char *text);
/*
 * Before the first frame of a link type.  0, or -1 with the error set; an
 * expression that no frame of the type can match is no error if it `may_reject'.
 */
int frame_filter_prepare(struct frame_filter *, int dlt, bool may_reject, struct error *);
bool frame_filter_match(const struct frame_filter *, const struct packet *);
void frame_filter_free(struct frame_filter *); /* accepts NULL */

/* -- capture_write.c: -w --------------------------------------------------------------- */

/*
 * With a rotation `path' is what the names of the files are made from.  `files' (nfiles of them,
 * borrowed) are never written to.  Saved captures (not `live') begin a file with -G when the
 * first frame has told the time.
 */
struct writer_config {
	const char *path;
	struct rotation rotation;
	const char *const *files;
	size_t nfiles;
	bool live;
};
enum { WRITER_FULL = 1 }; /* the last file of the rotation is full */
struct writer *writer_open(const struct writer_config *, const struct source *, struct error *);
/* 0, WRITER_FULL, or -1 with the error set; after a failure nothing is written and -1 returned. */
int writer_add(struct writer *, const struct packet *, struct error *);
int writer_flush(struct writer *, struct error *);
/* As writer_add(), but a failure reported before is not reported again.  Accepts NULL. */
int writer_close(struct writer *, struct error *);

/* -- capture_rotate.c: the names of -w ---------------------------------------------------- */

/* Is there more than one file? */
static inline bool
rotation_is_on(const struct rotation *r)
{
	return r->octets || r->seconds;
}

/* To be freed.  `count': files before this one, or since -G began another name; `ts': when it
 * begins, ns since 1970.  NULL with the error set: strftime(3) made nothing of the path. */
char *rotation_name(
    const struct rotation *, const char *path, uint64_t count, int64_t ts, struct error *);

/* -- capture_interface.c: one interface ------------------------------------------------- */

enum { INTERFACE_BLOCK_MS = 20 }; /* time-out of a block, with several interfaces */

struct interface {
	struct pcap *pcap; /* active, does not block */
	bool nano;         /* time stamps are in nanoseconds, not microseconds */
};

/* 0, or -1 with the error set.  The name may be a number of the -D list. */
int interface_open(
    struct interface *, const char *name, const struct capture_config *, struct error *);

/* -- capture_list.c -------------------------------------------------------------------- */

enum { INTERFACES_TEXT_MAX = 256 };

/* "eth0, lo, any"; cut with ", ..." if there are more. */
void interfaces_text(char out[INTERFACES_TEXT_MAX]);
/* The name of interface number `text' of the -D list, to be freed; NULL if it is none. */
char *interface_by_number(const char *text);

/* -- time ------------------------------------------------------------------------------ */

/*
 * libpcap's time stamp as nanoseconds; `unit' is that of its fraction.  What
 * int64_t cannot hold becomes its limit.  The fraction of a damaged record may
 * be up to 2^31 microseconds, for which the limit leaves room.
 */
static inline int64_t
source_time(const struct timeval *tv, int64_t unit)
{
	const int64_t ns_per_s = 1000000000, limit = INT64_MAX / ns_per_s - 10000;

	if (tv->tv_sec > limit)
		return INT64_MAX;
	if (tv->tv_sec < -limit)
		return INT64_MIN;
	return tv->tv_sec * ns_per_s + tv->tv_usec * unit;
}

#endif
