/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * unpack_zstd - Zstandard by libzstd (RFC 8878).
 *
 * Frames follow each other without a gap, skippable ones are passed over; the
 * library does both.  Memory: the window that a frame asks for, 128 MiB at most;
 * zstd(1), too, wants a --long to go beyond.
 *
 * When the library finds damage it does not tell what it has put out before in
 * the same call.  It is therefore given no more at once than it asks for, which
 * is one block.
 */
#include <stdlib.h>
#include <zstd.h>

#include "base/mem.h"
#include "capture/unpack.h"

enum {
	WINDOW_LOG_MAX = 27,
	FIRST_STEP = 5 /* octets: the least a frame has before its first block */
};

struct zstd {
	ZSTD_DStream *d;
	bool between; /* frames: the next octet begins one */
	size_t want;  /* octets for the next step */
};

static void
zstd_close(void *state)
{
	struct zstd *z = state;

	ZSTD_freeDStream(z->d);
	free(z);
}

static void *
zstd_open(void)
{
	struct zstd *z = xcalloc(1, sizeof *z);

	z->d = ZSTD_createDStream();
	z->between = true;
	z->want = FIRST_STEP;
	if (z->d &&
	    !ZSTD_isError(ZSTD_DCtx_setParameter(z->d, ZSTD_d_windowLogMax, WINDOW_LOG_MAX)))
		return z;
	zstd_close(z);
	return NULL;
}

static enum unpack_status
zstd_step(void *state, struct unpack_step *step)
{
	struct zstd *z = state;
	ZSTD_inBuffer in = { step->in, step->nin < z->want ? step->nin : z->want, 0 };
	ZSTD_outBuffer out = { step->out, step->nout, 0 };
	size_t rc;

	if (z->between && step->nin == 0)
		return UNPACK_WHOLE;
	rc = ZSTD_decompressStream(z->d, &out, &in);
	step->in += in.pos;
	step->nin -= in.pos;
	step->out += out.pos;
	step->nout -= out.pos;
	if (ZSTD_isError(rc)) {
		step->reason = ZSTD_getErrorName(rc);
		return UNPACK_BAD;
	}
	z->between = rc == 0;
	z->want = rc ? rc : FIRST_STEP;
	return z->between ? UNPACK_WHOLE : UNPACK_MORE;
}

const struct unpack_ops unpack_zstd_ops = { zstd_open, zstd_step, zstd_close, ZSTD_versionString };
