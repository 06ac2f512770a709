/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reopen - reads from the row's position to its last frame and feeds the segments of its
 * two endpoints to a tracker that never ends a connection by itself: when and why it ended is
 * the row's to say.
 *
 * Ports are used again, so the numbers of the first and the last frame count as much as the
 * endpoints do: a connection's frames lie between them, and two connections of the same
 * endpoints never overlap.  The times of both frames have to be those of the row, or else
 * the file is not the one that was read.
 *
 * Owns the input it opened, the layers of the session given out last, and their budget, whose
 * limit the caller sets.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "analysis.h"
#include "base/budget.h"
#include "base/error.h"
#include "base/mem.h"
#include "capture/spool.h"
#include "reopen.h"
#include "reopen_frames.h"
#include "reopen_input.h"
#include "reopen_notes.h"
#include "reopen_rows.h"

enum {
	NOTES_MAX = 64 << 20, /* octets for all notes, unless --max-memory is less */
	VERDICT_SHARE = 8     /* one part in so many of the limit for what is found out */
};

struct reopen {
	const struct options *options;
	struct reopen_input input;
	struct reopen_notes notes;
	struct smtp_recall recall; /* of the session in hand */
	uint64_t limit;            /* of all that a session takes; 0: none */
	struct budget budget;      /* of all but what is found out */
	struct decoder *decoder;
	struct dissector *dissector;
	struct tracker *tracker;
	struct stream *stream;              /* NULL: no connection was opened */
	const struct smtp_session *session; /* NULL: none came */
};

struct reopen *
reopen_new(const struct options *o, struct spool *spool, struct error *err)
{
	struct reopen *r = xcalloc(1, sizeof *r);
	uint64_t limit = o->max_memory;

	r->options = o;
	r->limit = limit;
	reopen_notes_init(&r->notes, limit && limit < NOTES_MAX ? limit : NOTES_MAX);
	if (input_open(&r->input, o, spool, err) != 0) {
		reopen_free(r);
		return NULL;
	}
	return r;
}

/* The session given out last goes. */
static void
put_away(struct reopen *r)
{
	/* A connection that was not read to its end. */
	if (r->tracker)
		tracker_finish(r->tracker);
	dissector_free(r->dissector);
	tracker_free(r->tracker);
	decoder_free(r->decoder);
	r->dissector = NULL;
	r->tracker = NULL;
	r->decoder = NULL;
	r->stream = NULL;
	r->session = NULL;
}

void
reopen_free(struct reopen *r)
{
	if (!r)
		return;
	put_away(r);
	input_close(&r->input);
	reopen_notes_fini(&r->notes);
	free(r);
}

void
reopen_patience(struct reopen *r, bool (*go_on)(void *ctx), void *ctx)
{
	r->input.go_on = go_on;
	r->input.ctx = ctx;
}

void
reopen_note(struct reopen *r, const struct smtp_session *s)
{
	reopen_notes_add(&r->notes, s);
}

void
reopen_limit(struct reopen *r, uint64_t octets)
{
	r->limit = octets;
}

uint64_t
reopen_memory(const struct reopen *r)
{
	return r->budget.used;
}

uint64_t
reopen_unnoted(const struct reopen *r)
{
	return r->notes.lost;
}

/* -- the second analysis ---------------------------------------------------------------- */

static void
on_session(void *ctx, struct smtp_session *s)
{
	struct reopen *r = ctx;

	r->session = s;
}

static void
on_event(void *ctx, const struct stream_event *ev)
{
	struct reopen *r = ctx;

	if (ev->type == STREAM_OPEN)
		r->stream = ev->stream;
	dissector_event(r->dissector, ev);
}

static int
set_up(struct reopen *r, const struct session_row *row, struct error *err)
{
	struct dissector_config dissect;
	struct tracker_config track;

	r->recall.number = row->number;
	reopen_notes_find(&r->notes, row->stream, &r->recall);
	r->budget = (struct budget){ .limit = r->limit - r->limit / VERDICT_SHARE };
	analysis_dissector(r->options, &dissect);
	dissect.budget = &r->budget;
	dissect.keep_text =
	    true; /* of one session it costs little, and people may want to see it */
	dissect.sink = (struct session_sink){ on_session, on_session, r };
	dissect.recall = &r->recall;
	dissect.verdict_limit = r->limit / VERDICT_SHARE;
	analysis_tracker(r->options, &track);
	track.budget = &r->budget;
	track.sink = (struct stream_sink){ .event = on_event, .ctx = r };
	track.idle_ns = track.linger_ns = INT64_MAX;
	track.first_id = row->stream;
	track.max_streams = 16;
	r->decoder = decoder_new(&r->budget);
	r->dissector = dissector_new(&dissect);
	r->tracker = tracker_new(&track, err);
	return r->tracker ? 0 : -1;
}

/* All frames of the row to the tracker.  0, or -1 with the error set. */
static int
feed(struct reopen *r, const struct session_row *row, struct error *err)
{
	struct packet pkt = { .frame = 0 };
	struct segment seg;

	if (input_seek(&r->input, row, err) != 0)
		return -1;
	do {
		if (input_next(&r->input, row, &pkt, err) != 0)
			return -1;
		if (!row_never_has(row, &pkt) &&
		    analysis_decode(r->options, r->decoder, &pkt, &seg) == DECODE_SEGMENT &&
		    row_has(row, &seg))
			tracker_segment(r->tracker, &seg);
	} while (pkt.frame < row->last_frame);
	return 0;
}

const struct smtp_session *
reopen_session(struct reopen *r, const struct session_row *row, struct error *err)
{
	put_away(r);
	if (set_up(r, row, err) != 0 || feed(r, row, err) != 0) {
		put_away(r);
		return NULL;
	}
	if (!(row->flags & ROW_OPEN))
		tracker_conclude(r->tracker, (enum stream_reason)row->end_reason);
	else if (r->stream)
		dissector_look(r->dissector, r->stream);
	if (!r->session && r->budget.refusals)
		error_set(err, "no memory for this session, raise --max-memory");
	else if (!r->session)
		error_set(err, "frames %" PRIu64 " to %" PRIu64 " show no session of this row",
		    row->first_frame, row->last_frame);
	return r->session;
}

int
reopen_frame(struct reopen *r, const struct session_row *row, uint64_t frame,
    void (*take)(void *, const struct packet *, const struct segment *), void *ctx,
    struct error *err)
{
	struct budget budget = { .limit = r->limit };
	struct decoder *decoder = decoder_new(&budget);
	struct packet pkt = { .frame = 0 };
	struct segment seg;
	bool is_segment = false;
	int rc = input_seek(&r->input, row, err);

	while (rc == 0 && pkt.frame < frame && pkt.frame < row->last_frame) {
		rc = input_next(&r->input, row, &pkt, err);
		/* All of them, for fragments. */
		is_segment = rc == 0 && !row_never_has(row, &pkt) &&
		    analysis_decode(r->options, decoder, &pkt, &seg) == DECODE_SEGMENT;
	}
	if (rc == 0 && (pkt.frame != frame || (is_segment && !row_has(row, &seg)))) {
		error_set(err, "frame %" PRIu64 " is none of this session", frame);
		rc = -1;
	}
	if (rc == 0)
		take(ctx, &pkt, is_segment ? &seg : NULL);
	decoder_free(decoder);
	return rc;
}

int
reopen_frames(struct reopen *r, const struct session_row *const *rows, size_t n,
    int (*take)(void *, const struct packet *, struct error *), void *ctx, struct error *err)
{
	struct budget budget = { .limit = r->limit };
	struct row_set *set = row_set_new(rows, n);
	struct frames_job job = {
		.options = r->options,
		.input = &r->input,
		.rows = set,
		.budget = &budget,
		.take = take,
		.ctx = ctx,
	};
	int rc = n ? frames_run(&job, err) : 0;

	row_set_free(set);
	return rc;
}
