/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pcapng_write - frames, what is said about them, and what was lost, as the
 * blocks of one section.
 *
 * Layout: draft-ietf-opsawg-pcapng; section numbers in comments are its.  What
 * becomes of the octets is the caller's: a function takes them block by block.
 */
#ifndef SMTPSCOPE_CAPTURE_PCAPNG_WRITE_H
#define SMTPSCOPE_CAPTURE_PCAPNG_WRITE_H

#include "capture/capture.h"

struct error;
struct pcapng_writer;

enum {
	PCAPNG_OPTION_MAX = 65535,    /* octets of an option: its length has 16 bits (3.5) */
	PCAPNG_INTERFACES_MAX = 1024, /* described in one file */
	PCAPNG_COMMENTS_MAX = 4 << 20 /* octets of comments of one block; the rest is counted */
};

struct pcapng_writer_config {
	/* Takes a whole block; false if it could not be written, and nothing is given to it
	 * after that. */
	bool (*put)(void *ctx, struct slice block);
	void *ctx;
	uint32_t snaplen; /* of all interfaces; 0: no limit */
	int digits;       /* of the fractions of times: 6, where a frame needs no more, or 9 */
	bool live;        /* labels are names of interfaces, not of files */
	/* How input `source' is called; NULL or an empty text: nothing is said of it. */
	const char *(*label)(void *ctx, uint32_t source);
};

/* The name of an address, for the name resolution block. */
struct pcapng_name {
	uint8_t family;      /* 4 or 6 */
	const uint8_t *addr; /* 4 or 16 octets */
	const char *name;
};

/* The writer copies the configuration. */
struct pcapng_writer *pcapng_writer_new(const struct pcapng_writer_config *);
void pcapng_writer_free(struct pcapng_writer *); /* accepts NULL */

/* All four: false if it could not be written, now or before.  The section comes first. */
bool pcapng_write_section(struct pcapng_writer *, struct slice comment, const char *application);
bool pcapng_write_names(struct pcapng_writer *, const struct pcapng_name *, size_t n);
/*
 * Describes the interface before its first frame: one for each input and link type, and
 * another one where a time needs it.  With the error set if there are too many of them;
 * an error that is not set came from put().
 */
bool pcapng_write_frame(struct pcapng_writer *, const struct packet *, const struct slice *comments,
    size_t n, struct error *);
/* What was lost, at the end; counted for the first interface. */
bool pcapng_write_statistics(struct pcapng_writer *, const struct capture_stats *, int64_t ts);

/* Comments that were left out, or cut, for want of room. */
uint64_t pcapng_comments_cut(const struct pcapng_writer *);

#endif
