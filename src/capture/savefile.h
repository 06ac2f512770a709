/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * savefile - one saved capture: pcap by libpcap and pcapfile.c, pcapng by pcapng.c,
 * or a written dialogue by transcript.c, each of them plain or compressed, from a
 * file or a pipe.  Private to src/capture.
 */
#ifndef SMTPSCOPE_CAPTURE_SAVEFILE_H
#define SMTPSCOPE_CAPTURE_SAVEFILE_H

#include <stdatomic.h>
#include <stdio.h>
#include "base/error.h"
#include "capture/capture.h"

struct stream;
struct unpack_format;

enum savefile_status {
	SAVEFILE_OK,
	SAVEFILE_END,
	SAVEFILE_AGAIN, /* savefile_set_hasty(): the pipe has no more for now; ask again */
	SAVEFILE_CUT,   /* the input ends inside a record */
	SAVEFILE_BAD    /* what follows cannot be read */
};

/* Why a saved capture cannot be read on. */
struct savefile_fault {
	uint64_t offset;  /* of the record, in the decompressed capture */
	int error;        /* errno of the read that failed, or 0 */
	struct error why; /* without the name of the file */
};

struct savefile {
	struct pcap *pcap;        /* times in nanoseconds; owns fp.  NULL: see ng and text */
	struct pcapfile *records; /* of pcap; NULL: libpcap reads them */
	struct pcapng *ng;
	struct transcript *text;
	struct stream *stream; /* what fp reads from; fp's */
	FILE *fp;
	char *buffer; /* of fp, freed after it */
	int dlt;      /* of the first interface */
	int snaplen;  /* no frame is longer */
	bool nano;    /* times are, or may be, finer than microseconds */
	bool fine;    /* its header, or first interface, says that they are */
	bool hasty;   /* a pipe that is not to be waited for */
	struct savefile_fault fault;
};

/* 0, or -1 with the error set.  `bufsize': octets to read ahead. */
int savefile_open(
    struct savefile *, const char *name, size_t bufsize, const atomic_bool *broken, struct error *);
/*
 * OK: ts, wirelen, dlt and data of the packet are set and its source_frame is
 * moved on.  CUT and BAD: `fault' is set.
 */
enum savefile_status savefile_next(struct savefile *, struct packet *);
/* Can the records be read again?  They can from packet.position then. */
bool savefile_can_seek(const struct savefile *);
/* The next savefile_next() reads the record at this position.  0, or -1 with errno. */
int savefile_seek(struct savefile *, uint64_t position);
/* Pipes are not waited for, as far as that can be (capture_set_waiting()). */
void savefile_set_hasty(struct savefile *, bool);
/* The pipe, if that is what is read; -1: it is none. */
int savefile_fd(const struct savefile *);
/* Octets of the file read by now, and its size; 0: not known. */
void savefile_progress(const struct savefile *, uint64_t *done, uint64_t *total);
/* Adds the frames that the file says were lost, or what of a transcript was left out. */
void savefile_drops(const struct savefile *, struct capture_stats *);
bool savefile_is_compressed(const struct savefile *);
void savefile_close(struct savefile *);

/* -- capture_refuse.c: why a file is not read ------------------------------------------ */

/* How error texts call the input: the name, or "standard input" for "-". */
const char *savefile_label(const char *name);
/* The file could not be opened or read. */
void refuse_errno(const char *name, int error, struct error *);
/* 0, or -1 with the error set if the first octets are known to be no capture's. */
int refuse_head(const struct stream *, const char *name, struct error *);
/* The header of a pcap file is no good; libpcap says `reason'. */
void refuse_pcap(const struct stream *, const char *name, const char *reason, struct error *);
/* The same of pcapng; is it cut, or damaged? */
void refuse_pcapng(const char *name, bool cut, const struct savefile_fault *, struct error *);
/* The first octets say nothing. */
void refuse_unknown(const struct stream *, const char *name, struct error *);

/* -- capture_stream.c: what a saved capture is read from -------------------------------- */

/*
 * A stream of the octets of fd, decompressed if need be.  A read returns end of
 * file soon after *broken is set.  Until stream_opened() is called, nobody can
 * set it, and a signal makes a read fail with EINTR instead.  The fd is closed
 * with the stream.  NULL with errno set; fd is closed then too.
 */
FILE *stream_open(int fd, const atomic_bool *broken, struct stream **);
void stream_opened(struct stream *);
/* As read(2), for a reader that does without the FILE: what that has read ahead is not seen. */
ssize_t stream_take(struct stream *, void *, size_t);
/* Octets read by now, by the FILE or by stream_take(). */
uint64_t stream_position(const struct stream *);
/* Reads fail with EAGAIN rather than wait.  The FILE does not understand that. */
void stream_set_hasty(struct stream *, bool);
/* Would a read wait?  Octets that the FILE has read ahead are not seen. */
bool stream_would_wait(const struct stream *);
int stream_fd(const struct stream *);
/* Octets of the file read by now, compressed ones if it is compressed. */
uint64_t stream_consumed(const struct stream *);
/* Size of the file; 0: it is none. */
uint64_t stream_size(const struct stream *);
/* Goes to this octet of a file that is not compressed, for stream_take(). 0, or -1 with errno. */
int stream_jump(struct stream *, uint64_t position);
/* The first octets, 24 unless the input is shorter. */
struct slice stream_head(const struct stream *);
/* Why decompression ended, or NULL; is it for want of data? */
const char *stream_failure(const struct stream *, bool *cut);
/* How the input was compressed; NULL if it was not. */
const struct unpack_format *stream_format(const struct stream *);

#endif
