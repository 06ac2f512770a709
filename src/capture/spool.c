/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * spool - a ring of records in a file without a name.
 *
 * A position counts octets since the first frame and never wraps; the octet at position p
 * lies at p % size of the file, so a record may lie on both sides of its end.  What was
 * added is gathered in `out' and written when that is full or when somebody reads.  Valid are
 * the positions from end - size to end.
 *
 * While the file still grows, a full disk only makes the ring smaller: no position has
 * wrapped yet, so all of them keep their place.  Any other failure ends the spool: what is
 * added is refused and counted.  Nothing here stops the capture.
 *
 * Owns the file and both buffers.  Records are in the byte order of this machine: no other
 * process ever reads them.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* mkostemp(3) */
#endif
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "capture/spool.h"

enum {
	OUT_SIZE = 1 << 18,
	IN_SIZE = 1 << 17,
	FRAME_MAX = 1 << 24, /* octets; no source hands out longer ones */
	SIZE_MIN = 1 << 16   /* a ring smaller than this is no use */
};

struct record {
	uint64_t frame, source_frame;
	int64_t ts;
	uint32_t wirelen, source, caplen;
	int32_t dlt;
	uint32_t transcript;
	uint32_t mark; /* a function of the position: is this the head of a record? */
};

struct spool {
	int fd;
	uint64_t size; /* of the ring */
	uint64_t end;  /* position of the next frame */
	uint64_t done; /* position up to which the file is written; out[] follows */
	uint8_t *out;
	uint64_t waiting; /* frames added since out[] was written */
	uint64_t at;      /* position of the next frame to be read */
	uint8_t *in;
	size_t in_size;
	uint64_t in_from; /* position of in[0] */
	size_t in_n;
	struct spool_stats stats;
	struct error failure; /* empty: none */
};

static uint32_t
mark_of(uint64_t position)
{
	return (uint32_t)((position ^ UINT64_C(0x73706f6f6c)) * UINT64_C(0x9e3779b97f4a7c15) >> 32);
}

static int
open_in(const char *folder)
{
	char *name;
	int fd;

	if (!folder || *folder != '/')
		return -1;
	name = xasprintf("%s/smtpscope-XXXXXX", folder);
	fd = mkostemp(name, O_CLOEXEC);
	if (fd >= 0)
		unlink(name);
	free(name);
	return fd;
}

struct spool *
spool_new(uint64_t size, struct error *err)
{
	const char *const folders[] = { getenv("TMPDIR"), "/var/tmp", "/tmp" };
	struct spool *s;
	size_t i;
	int fd = -1;

	for (i = 0; i < sizeof folders / sizeof folders[0] && fd < 0; i++)
		fd = open_in(folders[i]);
	if (fd < 0) {
		error_set(err, "no temporary file for frames in $TMPDIR, /var/tmp or /tmp: %s",
		    strerror(errno));
		return NULL;
	}
	s = xcalloc(1, sizeof *s);
	s->fd = fd;
	s->size = size > SIZE_MIN ? size : SIZE_MIN;
	s->out = xmalloc(OUT_SIZE);
	s->in_size = IN_SIZE;
	s->in = xmalloc(s->in_size);
	return s;
}

void
spool_free(struct spool *s)
{
	if (!s)
		return;
	close(s->fd);
	free(s->out);
	free(s->in);
	free(s);
}

/* n octets at a position that does not wrap within them.  What was written; errno if less. */
static size_t
write_run(const struct spool *s, const uint8_t *octets, size_t n, uint64_t position)
{
	size_t done = 0;
	ssize_t w = 1;

	errno = 0;
	while (done < n) {
		w = pwrite(s->fd, octets + done, n - done, (off_t)(position % s->size + done));
		if (w <= 0 && errno != EINTR)
			break;
		if (w > 0)
			done += (size_t)w;
	}
	return done;
}

/* The disk is full: the ring is what there is, as long as nothing has wrapped. */
static bool
shrink(struct spool *s)
{
	if ((errno != ENOSPC && errno != EDQUOT && errno != EFBIG) || s->done < SIZE_MIN ||
	    s->end > s->size)
		return false;
	s->size = s->done;
	return true;
}

static void
fail(struct spool *s)
{
	error_set(&s->failure, "the temporary file for frames cannot be written: %s",
	    strerror(errno ? errno : EIO));
	s->end = s->done;
	s->stats.frames -= s->waiting;
	s->stats.refused += s->waiting;
	s->waiting = 0;
}

/* All of out[] to the file.  False: the spool has failed. */
static bool
flush(struct spool *s)
{
	const uint8_t *from = s->out;

	while (s->done < s->end) {
		uint64_t room = s->size - s->done % s->size;
		size_t n = (size_t)(s->end - s->done), w;

		if (n > room)
			n = (size_t)room;
		w = write_run(s, from, n, s->done);
		s->done += w;
		from += w;
		if (w < n && !shrink(s)) {
			fail(s);
			return false;
		}
	}
	s->waiting = 0;
	return true;
}

uint64_t
spool_position(const struct spool *s)
{
	return s->failure.text[0] ? CAPTURE_NO_POSITION : s->end;
}

/* Behind what is in out[]; it fits, or is longer than out[] and goes in pieces. */
static bool
append(struct spool *s, const void *octets, size_t n)
{
	const uint8_t *p = octets;
	size_t used, part;

	while (n > 0) {
		used = (size_t)(s->end - s->done);
		if (used == OUT_SIZE) {
			if (!flush(s))
				return false;
			continue;
		}
		part = n < OUT_SIZE - used ? n : OUT_SIZE - used;
		memcpy(s->out + used, p, part);
		s->end += part;
		p += part;
		n -= part;
	}
	return true;
}

bool
spool_add(struct spool *s, const struct packet *pkt)
{
	struct record r = {
		.frame = pkt->frame,
		.source_frame = pkt->source_frame,
		.ts = pkt->ts,
		.wirelen = pkt->wirelen,
		.source = pkt->source,
		.caplen = (uint32_t)pkt->data.n,
		.dlt = pkt->dlt,
		.transcript = pkt->transcript,
		.mark = mark_of(s->end),
	};

	if (s->failure.text[0] || pkt->data.n > FRAME_MAX || pkt->data.n + sizeof r > s->size ||
	    !append(s, &r, sizeof r) || !append(s, pkt->data.p, pkt->data.n)) {
		s->stats.refused++;
		return false;
	}
	s->stats.frames++;
	s->waiting++;
	s->stats.octets += pkt->data.n;
	return true;
}

/* -- reading ---------------------------------------------------------------------------- */

void
spool_seek(struct spool *s, uint64_t position)
{
	s->at = position;
}

static bool
is_gone(const struct spool *s, uint64_t position)
{
	return s->end > s->size && position < s->end - s->size;
}

/* Reads from `at' on, at least n octets if there are so many, into in[]. */
static bool
fill(struct spool *s, size_t n, struct error *err)
{
	uint64_t left = s->end - s->at;
	size_t want, got = 0;
	ssize_t r;

	if (n > s->in_size) {
		s->in = xreallocarray(s->in, n, 1);
		s->in_size = n;
	}
	want = left < s->in_size ? (size_t)left : s->in_size;
	s->in_from = s->at;
	s->in_n = 0;
	while (got < want) {
		uint64_t place = (s->at + got) % s->size, room = s->size - place;

		errno = 0;
		r = pread(s->fd, s->in + got, want - got < room ? want - got : (size_t)room,
		    (off_t)place);
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0) {
			error_set(err, "the temporary file for frames cannot be read: %s",
			    strerror(errno ? errno : EIO));
			return false;
		}
		got += (size_t)r;
	}
	s->in_n = got;
	return true;
}

/* n octets at position `at', from in[] or the file; NULL: the error is set. */
static const uint8_t *
octets_at(struct spool *s, size_t n, struct error *err)
{
	bool there = s->at >= s->in_from && s->at - s->in_from <= s->in_n &&
	    n <= s->in_n - (size_t)(s->at - s->in_from);

	/* in[] is from before; what it holds may have been overwritten in the file, and is right.
	 */
	if (!there && !flush(s)) {
		*err = s->failure;
		return NULL;
	}
	if (!there && !fill(s, n, err))
		return NULL;
	return s->in + (s->at - s->in_from);
}

enum spool_status
spool_next(struct spool *s, struct packet *pkt, struct error *err)
{
	const uint8_t *p;
	struct record r;

	if (s->at >= s->end)
		return s->at == s->end ? SPOOL_END : SPOOL_GONE;
	if (is_gone(s, s->at) || s->end - s->at < sizeof r)
		return SPOOL_GONE;
	if (!(p = octets_at(s, sizeof r, err)))
		return SPOOL_BAD;
	memcpy(&r, p, sizeof r);
	if (r.mark != mark_of(s->at) || r.caplen > FRAME_MAX ||
	    s->end - s->at < sizeof r + r.caplen)
		return SPOOL_GONE;
	if (!(p = octets_at(s, sizeof r + r.caplen, err)))
		return SPOOL_BAD;
	*pkt = (struct packet){
		.frame = r.frame,
		.ts = r.ts,
		.wirelen = r.wirelen,
		.dlt = r.dlt,
		.source = r.source,
		.source_frame = r.source_frame,
		.position = s->at,
		.transcript = r.transcript != 0,
		.data = slice_of(p + sizeof r, r.caplen),
	};
	s->at += sizeof r + r.caplen;
	return SPOOL_OK;
}

void
spool_stats(const struct spool *s, struct spool_stats *out)
{
	*out = s->stats;
	out->size = s->size;
	out->overwritten = s->end > s->size ? s->end - s->size : 0;
}

const char *
spool_failure(const struct spool *s)
{
	return s->failure.text[0] ? s->failure.text : NULL;
}
