/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * spool - frames kept in a temporary file, to be read a second time: those of inputs that
 * give every octet once (standard input, interfaces), or that cannot be entered in the
 * middle (compressed files, pcapng, several files merged).
 *
 * The file is a ring: when it has its full size, the oldest frames make room.  Positions
 * only grow, so a frame that is gone is known to be gone.
 */
#ifndef SMTPSCOPE_CAPTURE_SPOOL_H
#define SMTPSCOPE_CAPTURE_SPOOL_H

#include "capture/capture.h"

struct spool;

struct spool_stats {
	uint64_t frames, octets; /* kept, by now or once */
	uint64_t overwritten;    /* octets of the file whose frames made room for newer ones */
	uint64_t refused;        /* frames not kept: longer than the ring, or writing failed */
	uint64_t size;           /* octets that the file may have; less than asked for when the
	                          * disk was full earlier */
};

enum spool_status {
	SPOOL_OK,
	SPOOL_END,  /* no frame was added behind this one */
	SPOOL_GONE, /* overwritten by now, or never kept */
	SPOOL_BAD   /* the file cannot be read: the error is set */
};

/*
 * A file of at most `size' octets in $TMPDIR, /var/tmp or /tmp, the first that can be
 * written to; it has no name from the start, is readable for nobody else, and goes with the
 * process.  NULL with the error set.
 */
struct spool *spool_new(uint64_t size, struct error *);
void spool_free(struct spool *); /* accepts NULL */
/* The position that the next frame gets; CAPTURE_NO_POSITION: none is kept any more. */
uint64_t spool_position(const struct spool *);
/* Keeps a copy of the frame.  False: it was refused, and counted. */
bool spool_add(struct spool *, const struct packet *);
/* The next spool_next() reads the frame at this position. */
void spool_seek(struct spool *, uint64_t position);
/* The octets are valid until the next call of any function but spool_position(). */
enum spool_status spool_next(struct spool *, struct packet *, struct error *);
void spool_stats(const struct spool *, struct spool_stats *);
/* Why nothing is kept any more, or NULL. */
const char *spool_failure(const struct spool *);

#endif
