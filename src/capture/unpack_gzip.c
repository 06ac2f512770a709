/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * unpack_gzip - gzip by zlib (RFC 1952).
 *
 * Members follow each other without a gap (section 2.2).  Zero octets behind a
 * member are the padding of a tape or a disk and are passed over, as gzip(1)
 * does; anything else there is damage.  zlib checks length and checksum of each
 * member, and repeats what it found wrong in every later step, so octets that
 * came with it are not lost.  Memory: a window of 32 KiB and zlib's tables.
 */
#include <stdlib.h>
#include <zlib.h>

#include "base/mem.h"
#include "capture/unpack.h"

enum {
	WINDOW_BITS = 15 + 16, /* the largest window; gzip, not zlib's own format */
	OUTPUT_MAX = 1 << 30   /* per step; zlib counts in unsigned int */
};

struct gzip {
	z_stream z;
	bool between; /* members: the next octet begins one */
	bool padded;  /* `between', and behind a member */
};

static void *
gzip_open(void)
{
	struct gzip *g = xcalloc(1, sizeof *g);

	if (inflateInit2(&g->z, WINDOW_BITS) != Z_OK) {
		free(g);
		return NULL;
	}
	g->between = true;
	return g;
}

static void
gzip_close(void *state)
{
	struct gzip *g = state;

	inflateEnd(&g->z);
	free(g);
}

/* At the end of a member, or before the first: is there another one? */
static bool
gzip_begin(struct gzip *g, struct unpack_step *step)
{
	while (g->padded && step->nin && *step->in == 0) {
		step->in++;
		step->nin--;
	}
	if (step->nin == 0)
		return false;
	inflateReset(&g->z);
	g->between = g->padded = false;
	return true;
}

static enum unpack_status
gzip_step(void *state, struct unpack_step *step)
{
	struct gzip *g = state;
	size_t room = step->nout < OUTPUT_MAX ? step->nout : OUTPUT_MAX;
	int rc;

	if (g->between && !gzip_begin(g, step))
		return UNPACK_WHOLE;
	/* zlib reads through a pointer that older versions do not call const. */
	g->z.next_in = (Bytef *)(uintptr_t)step->in;
	g->z.avail_in = (uInt)step->nin;
	g->z.next_out = step->out;
	g->z.avail_out = (uInt)room;
	rc = inflate(&g->z, Z_NO_FLUSH);
	step->in += step->nin - g->z.avail_in;
	step->nin = g->z.avail_in;
	step->out += room - g->z.avail_out;
	step->nout -= room - g->z.avail_out;
	if (rc == Z_STREAM_END) {
		g->between = g->padded = true;
		return UNPACK_WHOLE;
	}
	if (rc == Z_OK || rc == Z_BUF_ERROR)
		return UNPACK_MORE;
	step->reason = g->z.msg ? g->z.msg : zError(rc);
	return UNPACK_BAD;
}

const struct unpack_ops unpack_gzip_ops = { gzip_open, gzip_step, gzip_close, zlibVersion };
