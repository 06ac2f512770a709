/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * unpack - compressed input.  unpack.c knows the formats by their first octets
 * and does what they have in common; each library is called in one file of its
 * own (unpack_gzip.c and so on), which is built if the library is there.
 */
#ifndef SMTPSCOPE_CAPTURE_UNPACK_H
#define SMTPSCOPE_CAPTURE_UNPACK_H

#include <sys/types.h>
#include "base/slice.h"

enum unpack_status {
	UNPACK_MORE,  /* inside the compressed data */
	UNPACK_WHOLE, /* at the end of a member, or before the first: the input may end here */
	UNPACK_BAD    /* `reason' is set */
};

/* What a step has to work on, and moves on. */
struct unpack_step {
	const uint8_t *in;
	size_t nin;
	uint8_t *out;
	size_t nout;
	const char *reason; /* valid as long as the state */
};

struct unpack_ops {
	void *(*open)(void); /* NULL: no memory */
	/* Consumes and yields what it can; neither, only if it needs more input. */
	enum unpack_status (*step)(void *state, struct unpack_step *);
	void (*close)(void *state);
	const char *(*version)(void); /* of the library: "1.2.13" */
};

/* NULL if the octets are no compressed data that is known. */
struct unpack_format {
	const char *magic;
	size_t len;
	const char *name, *tool;      /* of the format, and the command that decompresses */
	const char *library;          /* that does it here; NULL: none is used */
	const struct unpack_ops *ops; /* NULL: built without the library */
};

extern const struct unpack_ops unpack_gzip_ops, unpack_zstd_ops, unpack_lz4_ops;

const struct unpack_format *unpack_format_find(struct slice head);

struct unpacker;

/* Decompresses what `read' yields; like read(2), it returns 0 at the end and -1 with errno. */
struct unpacker *unpacker_new(
    const struct unpack_format *, ssize_t (*read)(void *cookie, char *, size_t), void *cookie);
/* As read(2).  -1 with EIO when the data end too early or are damaged, and ever after. */
ssize_t unpacker_read(struct unpacker *, char *, size_t);
/* The sentence about that, or NULL; do they end too early? */
const char *unpacker_failure(const struct unpacker *, bool *cut);
void unpacker_free(struct unpacker *); /* accepts NULL */

#endif
