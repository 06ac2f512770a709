/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * unpack_lz4 - the LZ4 frame format by liblz4.
 *
 * Frames follow each other without a gap, skippable ones are passed over; the
 * library does both, and checks the checksums that a frame has.  Memory: two
 * blocks of 4 MiB at most.
 *
 * When the library finds damage it does not tell what it has put out before in
 * the same call.  It is therefore given no more at once than it asks for, which
 * is one block.
 */
#include <lz4.h>
#include <lz4frame.h>
#include <stdlib.h>

#include "base/mem.h"
#include "capture/unpack.h"

enum { FIRST_STEP = 7 }; /* octets of the shortest frame header */

struct lz4 {
	LZ4F_dctx *d;
	bool between; /* frames: the next octet begins one */
	size_t want;  /* octets for the next step */
};

static void *
lz4_open(void)
{
	struct lz4 *l = xcalloc(1, sizeof *l);

	if (LZ4F_isError(LZ4F_createDecompressionContext(&l->d, LZ4F_VERSION))) {
		free(l);
		return NULL;
	}
	l->between = true;
	l->want = FIRST_STEP;
	return l;
}

static void
lz4_close(void *state)
{
	struct lz4 *l = state;

	LZ4F_freeDecompressionContext(l->d);
	free(l);
}

static enum unpack_status
lz4_step(void *state, struct unpack_step *step)
{
	struct lz4 *l = state;
	size_t in = step->nin < l->want ? step->nin : l->want, out = step->nout, rc;

	if (l->between && step->nin == 0)
		return UNPACK_WHOLE;
	rc = LZ4F_decompress(l->d, step->out, &out, step->in, &in, NULL);
	if (LZ4F_isError(rc)) {
		/* Both counts are undefined now. */
		step->reason = LZ4F_getErrorName(rc);
		return UNPACK_BAD;
	}
	step->in += in;
	step->nin -= in;
	step->out += out;
	step->nout -= out;
	l->between = rc == 0;
	l->want = rc ? rc : FIRST_STEP;
	return l->between ? UNPACK_WHOLE : UNPACK_MORE;
}

const struct unpack_ops unpack_lz4_ops = { lz4_open, lz4_step, lz4_close, LZ4_versionString };
