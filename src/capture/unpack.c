/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * unpack - decompresses a saved capture while it is read.
 *
 * Input is read only when the library yields nothing without it, so a capture
 * that is still being written is shown as far as it goes.  Several members or
 * frames in a row are one capture.  What was decompressed before a fault is
 * handed out first; the fault is reported by the next read and stays.
 *
 * Owns the library's state, which each format bounds, and a buffer of input.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "capture/capture.h"
#include "capture/unpack.h"

#ifdef HAVE_ZLIB
#define GZIP_OPS (&unpack_gzip_ops)
#else
#define GZIP_OPS NULL
#endif
#ifdef HAVE_ZSTD
#define ZSTD_OPS (&unpack_zstd_ops)
#else
#define ZSTD_OPS NULL
#endif
#ifdef HAVE_LZ4
#define LZ4_OPS (&unpack_lz4_ops)
#else
#define LZ4_OPS NULL
#endif

enum { INPUT_SIZE = 1 << 16, REASON_SIZE = 160 };

static const struct unpack_format formats[] = {
	{ "\x1f\x8b", 2, "gzip", "zcat", "zlib", GZIP_OPS },
	{ "\x28\xb5\x2f\xfd", 4, "zstd", "zstdcat", "libzstd", ZSTD_OPS },
	/* a skippable frame, with which pzstd begins */
	{ "\x50\x2a\x4d\x18", 4, "zstd", "zstdcat", "libzstd", ZSTD_OPS },
	{ "\x04\x22\x4d\x18", 4, "lz4", "lz4cat", "liblz4", LZ4_OPS },
	{ "\x02\x21\x4c\x18", 4, "lz4 in its legacy format", "lz4cat", NULL, NULL },
	{ "\xfd"
	  "7zXZ",
	    5, "xz", "xzcat", NULL, NULL },
	{ "BZh", 3, "bzip2", "bzcat", NULL, NULL },
};

const char *
capture_library(size_t i, const char **name)
{
	size_t k;

	for (k = 0; k < sizeof formats / sizeof formats[0]; k++) {
		if (!formats[k].ops || (k > 0 && formats[k].ops == formats[k - 1].ops))
			continue;
		if (i-- > 0)
			continue;
		*name = formats[k].library;
		return formats[k].ops->version();
	}
	return NULL;
}

struct unpacker {
	const struct unpack_format *format;
	void *state;
	ssize_t (*read)(void *cookie, char *, size_t);
	void *cookie;
	uint8_t input[INPUT_SIZE];
	size_t start, end; /* octets of it that are still to be consumed */
	bool ended;        /* nothing comes after them */
	bool failed, cut;
	char reason[REASON_SIZE];
};

const struct unpack_format *
unpack_format_find(struct slice head)
{
	const struct unpack_format *f;

	for (f = formats; f < formats + sizeof formats / sizeof formats[0]; f++)
		if (head.n >= f->len && memcmp(head.p, f->magic, f->len) == 0)
			return f;
	return NULL;
}

struct unpacker *
unpacker_new(
    const struct unpack_format *format, ssize_t (*read)(void *cookie, char *, size_t), void *cookie)
{
	struct unpacker *u = xcalloc(1, sizeof *u);

	u->format = format;
	u->read = read;
	u->cookie = cookie;
	u->state = format->ops->open();
	return u;
}

static ssize_t
unpacker_fail(struct unpacker *u, const char *reason)
{
	u->failed = true;
	u->cut = !reason;
	if (reason)
		snprintf(u->reason, sizeof u->reason, "the %s data cannot be decompressed: %s",
		    u->format->name, reason);
	else
		snprintf(u->reason, sizeof u->reason, "the %s data end too early", u->format->name);
	errno = EIO;
	return -1;
}

/* Input was consumed: read more.  0, or -1 with errno. */
static int
unpacker_fill(struct unpacker *u)
{
	ssize_t n = u->read(u->cookie, (char *)u->input, sizeof u->input);

	if (n < 0)
		return -1;
	u->start = 0;
	u->end = (size_t)n;
	u->ended = n == 0;
	return 0;
}

ssize_t
unpacker_read(struct unpacker *u, char *buf, size_t size)
{
	struct unpack_step step;
	enum unpack_status status;
	size_t left;

	if (u->failed) {
		errno = EIO;
		return -1;
	}
	if (!u->state)
		return unpacker_fail(u, "not enough memory");
	for (;;) {
		left = u->end - u->start;
		step =
		    (struct unpack_step){ u->input + u->start, left, (uint8_t *)buf, size, NULL };
		status = u->format->ops->step(u->state, &step);
		u->start = u->end - step.nin;
		if (step.nout < size)
			return (ssize_t)(size - step.nout);
		if (status == UNPACK_BAD)
			return unpacker_fail(u, step.reason);
		if (step.nin < left)
			continue;
		if (left > 0)
			return unpacker_fail(u, "no progress");
		if (u->ended)
			return status == UNPACK_WHOLE ? 0 : unpacker_fail(u, NULL);
		if (unpacker_fill(u) != 0)
			return -1;
	}
}

const char *
unpacker_failure(const struct unpacker *u, bool *cut)
{
	*cut = u->cut;
	return u->failed ? u->reason : NULL;
}

void
unpacker_free(struct unpacker *u)
{
	if (!u)
		return;
	if (u->state)
		u->format->ops->close(u->state);
	free(u);
}
