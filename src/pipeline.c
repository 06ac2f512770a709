/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pipeline - capture, decoder, tracker, dissector and reporter, tied together.
 *
 * One direction: a frame is read, decoded, handed to the tracker, whose events
 * feed the dissector, which hands finished sessions to the reporter.  Nothing
 * flows back.  Of saved captures, the first two steps are done by a thread of their
 * own (lookahead.h), and so is the last - judging a finished session and reporting
 * it (analyst.h): session_ended() and what it writes belong to that thread until
 * dissector_finish().
 *
 * Owns every layer and the budgets that they are charged to.  What is
 * counted for the last line of the report is counted here.
 *
 * Capture time is the only time an analysis knows.  While nothing is captured
 * live, it goes on by as much as the machine's clock does.
 */
#include <config.h>

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "analysis.h"
#include "base/budget.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/output.h"
#include "base/timefmt.h"
#include "capture/spool.h"
#include "export/export.h"
#include "lookahead.h"
#include "pipeline.h"
#include "report/reporter.h"
#include "selection.h"
#include "smtp/dissector.h"
#include "stream/reassembler.h"
#include "stream/stream.h"

/* Parts of --max-memory: for the judgement of one session, and for fragments of datagrams. */
enum { VERDICT_SHARE = 8, FRAGMENTS_SHARE = 16 };

/* Live, the answer to "who was it" is wanted while the operator still looks. */
#define LIVE_LINGER (2 * NS_PER_S)

struct pipeline {
	const struct options *options;
	struct budget budget;
	struct capture *capture;
	struct decoder *decoder;
	struct budget fragments;     /* the decoder's; see lookahead.h */
	struct lookahead *lookahead; /* NULL: this thread reads and decodes */
	struct frame frame;          /* that this thread has read */
	struct tracker *tracker;
	struct dissector *dissector;
	const struct reporter_ops *format; /* NULL: sessions go to the sink */
	struct session_sink sink;
	struct selection *selection; /* of the report; NULL: all sessions */
	struct spool *spool;         /* borrowed; NULL: none */
	void *report;                /* the reporter's state */
	bool begun;                  /* the reporter was started */
	struct report_config config;
	struct output *out;
	struct exporter *export; /* NULL: no file with comments is written */
	bool finished;         /* pipeline_finish() was called */
	struct run run;
	struct error error; /* run.error points here */
	uint64_t memory;    /* the limit of what is kept; 0: none */
	uint64_t packets;
	int64_t quiet_since; /* machine's clock when the last packets came, ns */
	bool live;
	bool flush;       /* each record is written at once */
	atomic_bool deaf; /* nobody takes the output: the pipe is closed, the disk is full */
};

/* -- what comes out of the dissector ---------------------------------------------------- */

static void
flush_report(struct pipeline *p)
{
	if (p->flush)
		out_flush(p->out);
	if (out_failed(p->out))
		atomic_store_explicit(&p->deaf, true, memory_order_relaxed);
}

static void
session_ended(void *ctx, struct smtp_session *s)
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

static void
session_changed(void *ctx, struct smtp_session *s)
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

/* -- making and ending ------------------------------------------------------------------ */

/* -w with a name that asks for the findings in the file. */
static int
open_export(struct pipeline *p, struct error *err)
{
	const char *path = p->options->write;
	struct export_config cfg = { .path = path,
		.report = p->config,
		.budget = &p->budget,
		.spool = p->options->spool,
		.capture = analysis_input(p->options, false) };

	/* A form of the report that hides names says nothing about the packets. */
	cfg.report.redact = p->options->redact_set ? p->options->redact : 0;
	cfg.capture.write = cfg.capture.spare = NULL;
	if (path && export_is_name(path) && !(p->export = export_open(&cfg, err)))
		return -1;
	return 0;
}

static int
open_analysis(struct pipeline *p, struct error *err)
{
	const struct options *o = p->options;
	unsigned threads = p->live ? 1 : analysis_threads(o);
	struct dissector_config dissect;
	struct tracker_config track;

	analysis_dissector(o, &dissect);
	dissect.budget = &p->budget;
	dissect.sink = (struct session_sink){ session_ended, p->live ? session_changed : NULL, p };
	dissect.live = p->live;
	dissect.lazy = p->format == NULL;
	dissect.verdict_limit = p->memory / VERDICT_SHARE;
	/* The list of what is exported belongs to one thread. */
	dissect.background = !p->export && threads > 1;
	analysis_tracker(o, &track);
	track.budget = &p->budget;
	track.linger_ns = p->live ? LIVE_LINGER : 0;
	if (analysis_hash_seed(p->live, &track.hash_seed, err) != 0)
		return -1;
	dissect.hash_seed = track.hash_seed;
	p->decoder = decoder_new(&p->fragments);
	p->dissector = dissector_new(&dissect);
	track.sink = (struct stream_sink){ dissector_event, p->dissector, p->live };
	if (p->export)
		track.sink = export_sink(p->export, track.sink);
	p->tracker = tracker_new(&track, err);
	if (p->tracker && p->format && !p->export && threads > 2)
		p->lookahead = lookahead_new(p->capture, p->decoder, o);
	return p->tracker ? 0 : -1;
}

static void
begin_report(struct pipeline *p)
{
	if (p->options->show) {
		p->selection = selection_new(p->options->show);
		p->run.display_filter = p->options->display_filter;
	}
	p->report = xcalloc(1, p->format->size ? p->format->size : 1);
	p->format->begin(p->report, p->out, &p->config);
	p->begun = true;
}

/* Without a sink, to the report that the options name. */
static struct pipeline *
open_pipeline(const struct options *o, const struct session_sink *sink, uint64_t memory,
    enum exit_status *status, struct error *err)
{
	struct pipeline *p = xcalloc(1, sizeof *p);
	struct error ignored;

	p->options = o;
	p->memory = sink ? memory : o->max_memory;
	p->fragments.limit = p->memory / FRAGMENTS_SHARE;
	p->budget.limit = p->memory - p->memory / VERDICT_SHARE - p->fragments.limit;
	if (sink)
		p->sink = *sink;
	else
		p->format = o->format;
	*status = STATUS_INPUT;
	if (!(p->capture = analysis_capture(o, false, err)))
		goto fail;
	p->live = capture_is_live(p->capture);
	p->run.live = p->live;
	p->run.memory_limit = p->memory;
	*status = STATUS_USAGE;
	p->flush = p->live || o->line_buffered || analysis_to_terminal(o);
	analysis_report(o, o->format, p->capture, &p->config);
	p->config.color = analysis_color(o);
	p->out = sink ? output_memory() : output_open(o->output, err);
	if (!p->out || open_export(p, err) != 0 || open_analysis(p, err) != 0)
		goto fail;
	if (p->format)
		begin_report(p);
	return p;
fail:
	pipeline_close(p, &ignored);
	return NULL;
}

struct pipeline *
pipeline_new(const struct options *o, enum exit_status *status, struct error *err)
{
	return open_pipeline(o, NULL, 0, status, err);
}

struct pipeline *
pipeline_browse(const struct options *o, const struct session_sink *sink, uint64_t memory,
    enum exit_status *status, struct error *err)
{
	return open_pipeline(o, sink, memory, status, err);
}

void
pipeline_spool(struct pipeline *p, struct spool *spool)
{
	p->spool = spool;
}

int
pipeline_close(struct pipeline *p, struct error *err)
{
	struct error ignored;
	int rc;

	lookahead_free(p->lookahead);
	tracker_free(p->tracker);
	dissector_free(p->dissector);
	decoder_free(p->decoder);
	if (p->begun && p->format->fini)
		p->format->fini(p->report);
	free(p->report);
	selection_free(p->selection);
	rc = output_close(p->out, err);
	/* All may fail; the first one's reason is told. */
	if (p->finished && p->export &&
	    export_finish(p->export, &p->run, rc == 0 ? err : &ignored) != 0)
		rc = -1;
	export_close(p->export);
	if (capture_close(p->capture, rc == 0 ? err : &ignored) != 0)
		rc = -1;
	free(p);
	return rc;
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
	if (p->export && f->status == DECODE_SEGMENT)
		export_segment(p->export, &f->seg);
	wanted = f->status == DECODE_SEGMENT ? tracker_segment(p->tracker, &f->seg) :
	                                       f->status == DECODE_FRAGMENT;
	if (p->spool && wanted)
		spool_add(p->spool, &f->pkt);
	if (p->export)
		export_packet(p->export, &f->pkt, wanted);
}

static void
live_tick(struct pipeline *p, bool packets)
{
	struct timespec t;
	int64_t now;

	clock_gettime(CLOCK_MONOTONIC, &t);
	now = t.tv_sec * NS_PER_S + t.tv_nsec;
	if (packets)
		p->quiet_since = now;
	if (p->packets)
		tracker_tick(p->tracker, p->run.last_ts + (now - p->quiet_since));
	out_flush(p->out);
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
	if (p->live)
		live_tick(p, p->packets != before);
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
