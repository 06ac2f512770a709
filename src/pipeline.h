/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pipeline - the whole program in a few calls: frames in, a report out.  No other
 * code knows the order of the layers.
 */
#ifndef SMTPSCOPE_PIPELINE_H
#define SMTPSCOPE_PIPELINE_H

#include "capture/capture.h"
#include "model/run.h"
#include "options.h"
#include "smtp/dissector.h"

struct error;
struct pipeline;
struct spool;

/* NULL with the error set, and the exit status that it means.  The options are borrowed. */
struct pipeline *pipeline_new(const struct options *, enum exit_status *, struct error *);
/*
 * The same, but sessions go to the sink, and no report is written.  Of saved captures the sink
 * may be called by a second thread, until pipeline_refresh().  Live, sink.changed() is called by
 * pipeline_refresh() only.  `memory': the limit of what the analysis keeps, instead
 * of the one in the options.
 */
struct pipeline *pipeline_browse(const struct options *, const struct session_sink *,
    uint64_t memory, enum exit_status *, struct error *);
/* Keeps a copy of the frames that sessions may come from, to be read again; borrowed.  Before any
 * step. */
void pipeline_spool(struct pipeline *, struct spool *);
/*
 * Returns when the sink has been told of every session that has ended, and will not be called
 * before the next step; live, tells it of every open session that got frames since the last call.
 */
void pipeline_refresh(struct pipeline *);
/* Before every write of the report, in whatever thread: see output_before().  Not while a step
 * is running. */
void pipeline_before_print(struct pipeline *, void (*before)(void *ctx), void *ctx);
/* Packets taken so far. */
uint64_t pipeline_packets(const struct pipeline *);
/* As capture_progress(), of what has been analysed. */
void pipeline_progress(const struct pipeline *, uint64_t *done, uint64_t *total);
/* What is read from, and how a report would be configured; borrowed. */
struct capture *pipeline_capture(struct pipeline *);
const struct report_config *pipeline_report_config(const struct pipeline *);
/*
 * Takes at most this many packets.  CAPTURE_PACKET: there may be more; CAPTURE_AGAIN: live, none
 * for now; CAPTURE_EOF: the input has ended, or nobody reads the report any longer;
 * CAPTURE_ERROR: the error is set, pipeline_finish() is due as after EOF.
 */
enum capture_status pipeline_step(struct pipeline *, unsigned max_packets, struct error *);
/* Makes pipeline_step() return CAPTURE_EOF soon.  Async-signal-safe. */
void pipeline_break(struct pipeline *);
/* Ends every session and the report. */
void pipeline_finish(struct pipeline *);
/* The counters as they are now; borrowed until the next call of any of these. */
const struct run *pipeline_run(struct pipeline *);
/* 0, or -1 with the error set if the report or the saved packets could not be written whole. */
int pipeline_close(struct pipeline *, struct error *);

#endif
