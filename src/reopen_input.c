/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reopen_input - one sequence of frames out of a spool or a file, and the sentences for
 * what may have become of them since.
 */
#include <inttypes.h>

#include "analysis.h"
#include "base/error.h"
#include "capture/spool.h"
#include "reopen_input.h"

enum { FRAMES_BETWEEN = 256 /* two questions whether to go on: a millisecond at most */ };

int
input_open(struct reopen_input *in, const struct options *o, struct spool *spool, struct error *err)
{
	*in = (struct reopen_input){ .spool = spool };
	if (spool)
		return 0;
	in->name = o->files.n ? o->files.v[0] : "the input";
	if (!(in->capture = analysis_capture(o, true, err)))
		return -1;
	if (capture_can_seek(in->capture))
		return 0;
	error_set(err, "%s: sessions cannot be read a second time", in->name);
	return -1;
}

void
input_close(struct reopen_input *in)
{
	struct error ignored;

	capture_close(in->capture, &ignored);
	in->capture = NULL;
}

static int
gone(const struct reopen_input *in, uint64_t frame, struct error *err)
{
	const char *why = spool_failure(in->spool);

	if (why)
		error_set(err, "frame %" PRIu64 " was not kept: %s", frame, why);
	else
		error_set(
		    err, "frame %" PRIu64 " is kept no longer: newer frames took its place", frame);
	return -1;
}

static int
changed(const struct reopen_input *in, uint64_t frame, struct error *err)
{
	error_set(err,
	    "%s: frame %" PRIu64 " is not what it was when the file was read; "
	    "the file has been changed",
	    in->name, frame);
	return -1;
}

int
input_seek(struct reopen_input *in, const struct session_row *row, struct error *err)
{
	uint64_t frame = row->first_frame - row->lead;

	if (row->position == CAPTURE_NO_POSITION) {
		if (in->spool)
			return gone(in, frame, err);
		error_set(err, "frame %" PRIu64 " cannot be found again", frame);
		return -1;
	}
	if (!in->spool)
		return capture_seek(in->capture, row->position, frame, err);
	spool_seek(in->spool, row->position);
	return 0;
}

static int
next_of_spool(struct reopen_input *in, uint64_t wanted, struct packet *pkt, struct error *err)
{
	switch (spool_next(in->spool, pkt, err)) {
	case SPOOL_OK:
		return 0;
	case SPOOL_END:
	case SPOOL_GONE:
		return gone(in, wanted, err);
	case SPOOL_BAD:
		break;
	}
	return -1;
}

static int
next_of_file(struct reopen_input *in, uint64_t wanted, struct packet *pkt, struct error *err)
{
	struct error why = { "" };
	enum capture_status status = capture_next(in->capture, pkt, &why);

	if (status == CAPTURE_PACKET)
		return 0;
	error_set(err, "%s: frame %" PRIu64 " is not there any more; the file has been changed%s%s",
	    in->name, wanted, why.text[0] ? ": " : "", why.text);
	return -1;
}

int
input_next(
    struct reopen_input *in, const struct session_row *row, struct packet *pkt, struct error *err)
{
	uint64_t first = row->first_frame - row->lead;
	uint64_t wanted = pkt->frame < first ? first : pkt->frame + 1;
	int rc;

	if (in->go_on && ++in->frames >= FRAMES_BETWEEN) {
		in->frames = 0;
		if (!in->go_on(in->ctx)) {
			error_set(err, "given up before the end, as asked");
			return -1;
		}
	}
	rc = in->spool ? next_of_spool(in, wanted, pkt, err) : next_of_file(in, wanted, pkt, err);
	if (rc != 0)
		return -1;
	if ((pkt->frame == row->first_frame && pkt->ts != row->first_ts) ||
	    (pkt->frame == row->last_frame && pkt->ts != row->last_ts) ||
	    (wanted == first && pkt->frame != first) || pkt->frame > row->last_frame)
		return in->spool ? gone(in, wanted, err) : changed(in, wanted, err);
	return 0;
}
