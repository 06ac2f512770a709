/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pipeline - capture, decoder, tracker, dissector and reporter, tied together.
 *
 * One direction: a frame is read, decoded, handed to the tracker, whose events
 * feed the dissector, which hands finished sessions to the reporter.  Nothing
 * flows back.  Of saved captures, the first two steps are done by a thread of their
 * own (lookahead.h), and so is the last - judging a finished session and reporting
 * it (analyst.h): pipeline_session_ended() and what it writes belong to that thread until
 * dissector_finish().
 *
 * Owns every layer and the budgets that they are charged to.  What is
 * counted for the last line of the report is counted here.
 *
 * Capture time is the only time an analysis knows.  While nothing is captured
 * live, it goes on by as much as the machine's clock does.
 */
#include <config.h>

#include <time.h>

#include "analysis.h"
#include "base/output.h"
#include "base/timefmt.h"
#include "capture/spool.h"
#include "export/export.h"
#include "pipeline_state.h"
#include "selection.h"
#include "smtp/dissector.h"
#include "stream/stream.h"

enum { PCAP_RECORD_HEADER = 16 };

/* -- what comes out of the dissector ---------------------------------------------------- */

static void
flush_report(struct pipeline *p)
{
	if (p->flush)
		out_flush(p->out);
	if (out_failed(p->out))
		atomic_store_explicit(&p->deaf, true, memory_order_relaxed);
}

void
pipeline_session_ended(void *ctx, struct smtp_session *s)
{
	struct pipeline *p = ctx;

	if (!selection_wants(p->selection, s, false)) {
		p->run.hidden_sessions++;
		return;
	}
	analysis_count(&p->run, s);
	if (p->export)
		export_session(p->export, s);
	if (!p->format) {
		p->sink.ended(p->sink.ctx, s);
		return;
	}
	p->format->session(p->report, p->out, s);
	flush_report(p);
}

void
pipeline_session_changed(void *ctx, struct smtp_session *s)
{
	struct pipeline *p = ctx;

	if (!p->format) {
		p->sink.changed(p->sink.ctx, s);
		return;
	}
	if (p->format->changed && selection_wants(p->selection, s, true))
		p->format->changed(p->report, p->out, s);
	flush_report(p);
}

/* -- running ---------------------------------------------------------------------------- */

static void
note_time(struct run *run, int64_t ts, bool first)
{
	if (first || ts < run->first_ts)
		run->first_ts = ts;
	if (first || ts > run->last_ts)
		run->last_ts = ts;
}

/* The next frame, decoded. */
static enum capture_status
next_frame(struct pipeline *p, struct frame **out, struct error *err)
{
	struct frame *f = &p->frame;
	enum capture_status status;

	if (p->lookahead)
		return lookahead_next(p->lookahead, out, err);
	status = capture_next(p->capture, &f->pkt, err);
	if (status != CAPTURE_PACKET)
		return status;
	/* Where it will be, if it is kept: of connections that are no mail, it is not. */
	if (p->spool)
		f->pkt.position = spool_position(p->spool);
	f->status = analysis_decode(p->options, p->decoder, &f->pkt, &f->seg);
	*out = f;
	return CAPTURE_PACKET;
}

static void
handle_frame(struct pipeline *p, const struct frame *f)
{
	bool wanted;

	note_time(&p->run, f->pkt.ts, p->packets++ == 0);
	p->saved += PCAP_RECORD_HEADER + f->pkt.data.n;
	if (p->export && f->status == DECODE_SEGMENT)
		export_segment(p->export, &f->seg);
	wanted = f->status == DECODE_SEGMENT ? tracker_segment(p->tracker, &f->seg) :
	                                       f->status == DECODE_FRAGMENT;
	if (p->spool && wanted)
		spool_add(p->spool, &f->pkt);
	if (p->export)
		export_packet(p->export, &f->pkt, wanted);
}

/* -a; live, one thread does everything, so the counters are right. */
static bool
is_enough(const struct pipeline *p, int64_t now)
{
	const struct autostop *stop = &p->options->capture.stop;
	uint64_t findings = 0;
	unsigned i;

	for (i = p->options->severity; i <= SEV_ERROR; i++)
		findings += p->run.by_severity[i];
	return (stop->seconds && now - p->began >= (int64_t)stop->seconds * NS_PER_S) ||
	    (stop->sessions && p->run.sessions >= stop->sessions) ||
	    (stop->findings && findings >= stop->findings) ||
	    (stop->octets && p->saved >= stop->octets);
}

/* False: what was to be captured has been. */
static bool
live_tick(struct pipeline *p, bool packets)
{
	struct timespec t;
	int64_t now;

	clock_gettime(CLOCK_MONOTONIC, &t);
	now = t.tv_sec * NS_PER_S + t.tv_nsec;
	if (!p->began)
		p->began = now;
	if (packets)
		p->quiet_since = now;
	if (p->packets)
		tracker_tick(p->tracker, p->run.last_ts + (now - p->quiet_since));
	out_flush(p->out);
	return !is_enough(p, now);
}

enum capture_status
pipeline_step(struct pipeline *p, unsigned max_packets, struct error *err)
{
	enum capture_status status = CAPTURE_PACKET;
	uint64_t before = p->packets;
	struct frame *frame;

	while (max_packets-- > 0) {
		status = next_frame(p, &frame, err);
		if (status != CAPTURE_PACKET)
			break;
		handle_frame(p, frame);
	}
	if (status == CAPTURE_ERROR) {
		p->error = *err;
		p->run.error = p->error.text;
	}
	if (p->live && !live_tick(p, p->packets != before) && status != CAPTURE_ERROR)
		return CAPTURE_EOF;
	return p->deaf && status != CAPTURE_ERROR ? CAPTURE_EOF : status;
}

void
pipeline_break(struct pipeline *p)
{
	capture_break(p->capture);
}

struct capture *
pipeline_capture(struct pipeline *p)
{
	return p->capture;
}

void
pipeline_before_print(struct pipeline *p, void (*before)(void *), void *ctx)
{
	dissector_settle(p->dissector);
	output_before(p->out, before, ctx);
}

void
pipeline_progress(const struct pipeline *p, uint64_t *done, uint64_t *total)
{
	const struct lookahead_state *state;

	if (!p->lookahead) {
		capture_progress(p->capture, done, total);
		return;
	}
	state = lookahead_state(p->lookahead);
	*done = state->done;
	*total = state->total;
}

uint64_t
pipeline_packets(const struct pipeline *p)
{
	return p->packets;
}

const struct report_config *
pipeline_report_config(const struct pipeline *p)
{
	return &p->config;
}

void
pipeline_refresh(struct pipeline *p)
{
	dissector_settle(p->dissector);
	dissector_refresh(p->dissector);
}

static void
input_stats(struct pipeline *p)
{
	if (p->lookahead) {
		p->run.capture = lookahead_state(p->lookahead)->capture;
		p->run.decode = lookahead_state(p->lookahead)->decode;
		return;
	}
	capture_stats(p->capture, &p->run.capture);
	decoder_stats(p->decoder, &p->run.decode);
}

static void
note_put_off(struct run *run, const struct dissector *d)
{
	struct peers_put_off n = dissector_put_off(d);

	run->put_off.total = n.total;
	run->put_off.accepted = n.accepted;
	run->put_off.refused = n.refused;
	run->put_off.again = n.again;
	run->put_off.waiting = n.waiting;
	run->put_off.since = n.since;
}

const struct run *
pipeline_run(struct pipeline *p)
{
	dissector_settle(p->dissector);
	input_stats(p);
	if (p->tracker)
		tracker_stats(p->tracker, &p->run.tracker);
	p->run.other_connections = dissector_other_connections(p->dissector);
	p->run.forgotten = dissector_forgotten(p->dissector);
	note_put_off(&p->run, p->dissector);
	p->run.memory_peak = p->budget.peak + p->fragments.peak;
	p->run.memory_refusals = p->budget.refusals + p->fragments.refusals;
	return &p->run;
}

/* What has been read and counted is analysed, too. */
static void
drain_lookahead(struct pipeline *p)
{
	struct error ignored;
	struct frame *frame;

	if (!p->lookahead)
		return;
	capture_break(p->capture);
	while (lookahead_next(p->lookahead, &frame, &ignored) == CAPTURE_PACKET)
		handle_frame(p, frame);
}

void
pipeline_finish(struct pipeline *p)
{
	drain_lookahead(p);
	tracker_finish(p->tracker);
	dissector_finish(p->dissector);
	pipeline_run(p);
	p->finished = true;
	if (!p->format) {
		/* An engine that exists once in a process is free for reopen.c now. */
		tracker_free(p->tracker);
		p->tracker = NULL;
		return;
	}
	p->format->end(p->report, p->out, &p->run);
	out_flush(p->out);
}
