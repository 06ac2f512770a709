/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pipeline_open - the layers made as the options say, from the capture to the report,
 * and taken apart again.  What fails leaves nothing behind.
 */
#include <config.h>

#include <stdlib.h>

#include "analysis.h"
#include "base/mem.h"
#include "base/output.h"
#include "base/timefmt.h"
#include "export/export.h"
#include "pipeline_state.h"
#include "selection.h"
#include "smtp/dissector.h"
#include "stream/reassembler.h"
#include "stream/stream.h"

/* Parts of --max-memory: for the judgement of one session, and for fragments of datagrams. */
enum { VERDICT_SHARE = 8, FRAGMENTS_SHARE = 16 };

/* Live, the answer to "who was it" is wanted while the operator still looks. */
#define LIVE_LINGER (2 * NS_PER_S)

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
	dissect.sink = (struct session_sink){ pipeline_session_ended,
		p->live ? pipeline_session_changed : NULL, p };
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
