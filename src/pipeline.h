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

struct error;
struct pipeline;

/* NULL with the error set, and the exit status that it means.  The options are borrowed. */
struct pipeline *pipeline_new(const struct options *, enum exit_status *, struct error *);
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
