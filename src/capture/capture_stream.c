/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture_stream - the stdio stream that a saved capture is read from.
 *
 * Four things a plain stream cannot do.  It decompresses (unpack.h).  The first
 * octets can be looked at and still be read, from a pipe too, so what is not a
 * capture can be named.  A read waits in steps of WAIT_MS and looks at the
 * `broken' flag: an interrupt is not lost between the look and the wait.  And
 * ftello() costs nothing and works on pipes, because the stream counts; it is
 * asked before every frame, so that a cut can be reported with its offset.  (On
 * a plain stream glibc asks the kernel each time, which doubles the time of
 * reading a file.)
 *
 * The stream owns the descriptor and the unpacker, the caller the buffer.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* fopencookie(3) */
#endif
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "capture/savefile.h"
#include "capture/unpack.h"

enum {
	WAIT_MS = 100,
	PEEK_MAX = 24 /* a pcap file header; no magic number is longer */
};

/* The first octets of something, read ahead. */
struct peek {
	uint8_t octets[PEEK_MAX];
	size_t n, given; /* octets read ahead, and of them handed out */
};

struct stream {
	int fd;
	const atomic_bool *broken;
	bool opening;      /* nobody can set `broken' yet */
	bool hasty;        /* fail with EAGAIN rather than wait */
	struct peek input; /* of the file */
	const struct unpack_format *format;
	struct unpacker *unpacker; /* NULL: not compressed */
	struct peek plain;         /* of what was decompressed */
	off64_t position;          /* octets handed out */
	uint64_t consumed;         /* octets read from the descriptor */
	uint64_t size;             /* of the file; 0: a pipe */
};

typedef ssize_t stream_read_fn(void *, char *, size_t);

/* Wait for input: 1, or 0 when broken, or -1 with errno. */
static int
stream_wait(const struct stream *s)
{
	struct pollfd pfd = { .fd = s->fd, .events = POLLIN };
	int n;

	while (!*s->broken) {
		n = poll(&pfd, 1, s->opening ? -1 : s->hasty ? 0 : WAIT_MS);
		if (n == 0 && s->hasty) {
			errno = EAGAIN;
			return -1;
		}
		if (n > 0)
			return 1;
		if (n < 0 && (errno != EINTR || s->opening))
			return -1;
	}
	return 0;
}

/* Up to `size' of the octets read ahead; 0 when all were handed out. */
static ssize_t
peek_give(struct peek *k, char *buf, size_t size)
{
	size_t n = k->n - k->given;

	if (n > size)
		n = size;
	memcpy(buf, k->octets + k->given, n);
	k->given += n;
	return (ssize_t)n;
}

/* 0, or -1 with errno. */
static int
peek_fill(struct peek *k, stream_read_fn *read_more, struct stream *s)
{
	ssize_t n = 1;

	while (k->n < sizeof k->octets && n > 0) {
		n = read_more(s, (char *)k->octets + k->n, sizeof k->octets - k->n);
		if (n > 0)
			k->n += (size_t)n;
	}
	return n < 0 ? -1 : 0;
}

static ssize_t
stream_read_fd(void *cookie, char *buf, size_t size)
{
	struct stream *s = cookie;
	ssize_t n;

	do {
		n = stream_wait(s);
		if (n > 0)
			n = read(s->fd, buf, size);
		/* Another reader of the same pipe may have been faster: wait again. */
	} while (n < 0 && ((errno == EAGAIN && !s->hasty) || (errno == EINTR && !s->opening)));
	if (n > 0)
		s->consumed += (uint64_t)n;
	return n;
}

/* The file from its first octet on. */
static ssize_t
stream_read_input(void *cookie, char *buf, size_t size)
{
	struct stream *s = cookie;
	ssize_t n = peek_give(&s->input, buf, size);

	return n > 0 ? n : stream_read_fd(s, buf, size);
}

static ssize_t
stream_read_plain(void *cookie, char *buf, size_t size)
{
	struct stream *s = cookie;

	return unpacker_read(s->unpacker, buf, size);
}

static ssize_t
stream_read(void *cookie, char *buf, size_t size)
{
	struct stream *s = cookie;
	ssize_t n = s->unpacker ? peek_give(&s->plain, buf, size) : 0;

	if (n == 0)
		n = (s->unpacker ? stream_read_plain : stream_read_input)(s, buf, size);
	if (n > 0)
		s->position += n;
	return n;
}

/* Only for ftello(): "where are we?". */
static int
stream_seek(void *cookie, off64_t *offset, int whence)
{
	const struct stream *s = cookie;

	if (whence != SEEK_CUR || *offset != 0) {
		errno = ESPIPE;
		return -1;
	}
	*offset = s->position;
	return 0;
}

static int
stream_close(void *cookie)
{
	struct stream *s = cookie;
	int rc = close(s->fd);

	unpacker_free(s->unpacker);
	free(s);
	return rc;
}

/*
 * Read the first octets, and if need be start to decompress.  0, or -1 with
 * errno; damaged compressed data are left to be told by the next read.
 */
static int
stream_begin(struct stream *s)
{
	bool cut;

	if (peek_fill(&s->input, stream_read_fd, s) != 0)
		return -1;
	s->format = unpack_format_find(slice_of(s->input.octets, s->input.n));
	if (!s->format || !s->format->ops)
		return 0;
	s->unpacker = unpacker_new(s->format, stream_read_input, s);
	if (peek_fill(&s->plain, stream_read_plain, s) == 0)
		return 0;
	return unpacker_failure(s->unpacker, &cut) ? 0 : -1;
}

FILE *
stream_open(int fd, const atomic_bool *broken, struct stream **stream)
{
	static const cookie_io_functions_t functions = {
		.read = stream_read, .seek = stream_seek, .close = stream_close
	};
	struct stream *s = xcalloc(1, sizeof *s);
	FILE *fp = NULL;
	struct stat st;
	int saved;

	s->fd = fd;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0)
		s->size = (uint64_t)st.st_size;
	s->broken = broken;
	s->opening = true;
	if (stream_begin(s) == 0)
		fp = fopencookie(s, "r", functions);
	if (!fp) {
		saved = errno;
		stream_close(s);
		errno = saved;
		return NULL;
	}
	*stream = s;
	return fp;
}

void
stream_opened(struct stream *s)
{
	s->opening = false;
}

ssize_t
stream_take(struct stream *s, void *buf, size_t size)
{
	return stream_read(s, buf, size);
}

uint64_t
stream_position(const struct stream *s)
{
	return (uint64_t)s->position;
}

void
stream_set_hasty(struct stream *s, bool hasty)
{
	s->hasty = hasty;
}

bool
stream_would_wait(const struct stream *s)
{
	struct pollfd pfd = { .fd = s->fd, .events = POLLIN };

	return !s->unpacker && s->input.given == s->input.n && poll(&pfd, 1, 0) == 0;
}

int
stream_fd(const struct stream *s)
{
	return s->fd;
}

uint64_t
stream_consumed(const struct stream *s)
{
	return s->consumed;
}

uint64_t
stream_size(const struct stream *s)
{
	return s->size;
}

int
stream_jump(struct stream *s, uint64_t position)
{
	if (s->unpacker || position > INT64_MAX) {
		errno = ESPIPE;
		return -1;
	}
	if (lseek64(s->fd, (off64_t)position, SEEK_SET) < 0)
		return -1;
	s->input.given = s->input.n;
	s->position = (off64_t)position;
	s->consumed = position;
	return 0;
}

struct slice
stream_head(const struct stream *s)
{
	const struct peek *k = s->unpacker ? &s->plain : &s->input;

	return slice_of(k->octets, k->n);
}

const char *
stream_failure(const struct stream *s, bool *cut)
{
	return s->unpacker ? unpacker_failure(s->unpacker, cut) : NULL;
}

const struct unpack_format *
stream_format(const struct stream *s)
{
	return s->unpacker ? s->format : NULL;
}
