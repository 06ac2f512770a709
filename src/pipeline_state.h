/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pipeline_state - what pipeline_open.c makes and pipeline.c runs.  Private to the two.
 */
#ifndef SMTPSCOPE_PIPELINE_STATE_H
#define SMTPSCOPE_PIPELINE_STATE_H

#include <stdatomic.h>

#include "base/budget.h"
#include "base/error.h"
#include "lookahead.h"
#include "pipeline.h"
#include "report/reporter.h"

/* Owned, if nothing else is said. */
struct pipeline {
	const struct options *options;
	struct budget budget;    /* of all but the decoder and the judgement of a session */
	struct budget fragments; /* the decoder's; see lookahead.h */
	struct capture *capture;
	struct decoder *decoder;
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
	bool finished;           /* pipeline_finish() was called */
	struct run run;
	struct error error; /* run.error points here */
	uint64_t memory;    /* the limit of what is kept; 0: none */
	uint64_t packets;
	int64_t quiet_since; /* machine's clock when the last packets came, ns */
	int64_t began;       /* ... at the first step; 0: there was none */
	uint64_t saved;      /* octets in the -w files */
	bool live;
	bool flush;       /* each record is written at once */
	atomic_bool deaf; /* nobody takes the output: the pipe is closed, the disk is full */
};

/* The sink of the dissector; `ctx' is the pipeline. */
void pipeline_session_ended(void *ctx, struct smtp_session *);
void pipeline_session_changed(void *ctx, struct smtp_session *);

#endif
