/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * export - first reading: sessions and their findings go to the list of what to
 * keep.  Second reading: each frame is decoded once more, and written if it is
 * one of a kept session.
 *
 * What was not written, because there was no memory to remember it by or the
 * input was another one the second time, makes export_finish() fail.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/output.h"
#include "capture/packed_out.h"
#include "export/comment.h"
#include "export/export.h"
#include "export/keep.h"
#include "export/plan.h"
#include "export/raw.h"
#include "export/second.h"
#include "report/common.h"
#include "smtp/smtp.h"

struct export
{
	struct export_config cfg;
	struct packed_out *file;
	struct keep *keep;
	uint64_t packets;        /* of the first reading */
	uint64_t last_frame;     /* of the last of them */
	uint64_t frames;         /* of the shown sessions, without mere fragments */
	struct aliases *aliases; /* NULL: nothing is redacted */
	struct raw *raw;         /* likewise */
	struct stream_sink next;
};

static bool
ends_in(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n > m && slice_caseeq(slice_of(s + n - m, m), suffix);
}

bool
export_is_name(const char *path)
{
	return ends_in(path, ".pcapng") || ends_in(path, ".pcapng.gz");
}

/* Can it be read twice? */
static int
check_input(const struct capture_config *cfg, struct error *err)
{
	struct stat st;
	size_t i;

	for (i = 0; i < cfg->nfiles; i++)
		if (strcmp(cfg->files[i], "-") == 0 || stat(cfg->files[i], &st) != 0 ||
		    !S_ISREG(st.st_mode))
			break;
	if (cfg->ninterfaces == 0 && i == cfg->nfiles)
		return 0;
	error_set(err,
	    "-w FILE.pcapng reads the input twice, so this has to be a file; "
	    "save it first, with -w FILE.pcap");
	return -1;
}

struct export *
export_open(const struct export_config *cfg, struct error *err)
{
	struct export *e;
	bool gzip = ends_in(cfg->path, ".gz");

	if (gzip && !packed_out_gzip()) {
		error_set(
		    err, "-w %s: this program was built without zlib; leave .gz out", cfg->path);
		return NULL;
	}
	if (cfg->report.redact && cfg->report.redact != REDACT_ALL) {
		error_set(err, "-w %s: packets are redacted whole or not; give --redact alone",
		    cfg->path);
		return NULL;
	}
	if (check_input(&cfg->capture, err) != 0)
		return NULL;
	e = xcalloc(1, sizeof *e);
	e->cfg = *cfg;
	e->keep = keep_new(cfg->budget);
	if (cfg->report.redact) {
		e->aliases = aliases_new();
		e->raw = raw_new(cfg->budget);
	}
	e->file = packed_out_open(cfg->path, gzip, err);
	if (e->file)
		return e;
	error_prefix(err, "-w");
	export_close(e);
	return NULL;
}

void
export_close(struct export *e)
{
	struct error ignored;

	if (!e)
		return;
	packed_out_close(e->file, &ignored);
	keep_free(e->keep);
	raw_free(e->raw);
	aliases_free(e->aliases);
	free(e);
}

/* -- the first reading ------------------------------------------------------------------- */

static void
stream_event(void *ctx, const struct stream_event *ev)
{
	struct export *e = ctx;

	raw_event(e->raw, ev);
	e->next.event(e->next.ctx, ev);
	if (ev->type == STREAM_END || ev->stream->muted)
		raw_forget(e->raw, ev->stream);
}

struct stream_sink
export_sink(struct export *e, struct stream_sink next)
{
	if (!e->raw)
		return next;
	e->next = next;
	return (struct stream_sink){ stream_event, e, next.want_segments };
}

void
export_packet(struct export *e, const struct packet *pkt)
{
	e->packets++;
	e->last_frame = pkt->frame;
}

void
export_segment(struct export *e, const struct segment *seg)
{
	if (seg->nfragments)
		keep_fragments(e->keep, seg);
}

void
export_session(struct export *e, const struct smtp_session *s)
{
	const struct stream *st = s->stream;
	struct keep_session row = {
		.pair = { st->half[0].ep, st->half[1].ep },
		.first = st->first_frame,
		.last = st->last_frame,
		.stream = st->id,
	};
	const struct finding *f;
	struct output *text;
	struct error ignored;

	if (e->raw && !(row.plan = plan_new(e->cfg.budget, e->aliases, e->raw, s))) {
		keep_refuse(e->keep);
		return;
	}
	if (!keep_session(e->keep, &row))
		return;
	e->frames += st->half[0].packets + st->half[1].packets;
	STAILQ_FOREACH (f, &s->findings, link) {
		if (!common_shown(&e->cfg.report, f))
			continue;
		text = output_memory();
		comment_finding(text, f, &e->cfg.report);
		keep_comment(e->keep, f->frame, output_slice(text));
		output_close(text, &ignored);
	}
}

/* -- the end ----------------------------------------------------------------------------- */

/* What there was no memory to remember is missing in the file. */
static int
check_kept(const struct export *e, struct error *err)
{
	const struct keep_counts *n = keep_counts(e->keep);

	if (!n->refused_sessions && !n->refused_comments && !n->refused_fragments)
		return 0;
	error_set(err,
	    "%s: for want of memory %" PRIu64 " sessions, %" PRIu64 " comments and %" PRIu64
	    " fragments are not in it; see --max-memory",
	    e->cfg.path, n->refused_sessions, n->refused_comments, n->refused_fragments);
	return -1;
}

int
export_finish(struct export *e, const struct run *run, struct error *err)
{
	struct second_config cfg = {
		.capture = &e->cfg.capture,
		.report = &e->cfg.report,
		.budget = e->cfg.budget,
		.run = run,
		.keep = e->keep,
		.file = e->file,
		.aliases = e->aliases,
		.packets = e->packets,
		.last_frame = e->last_frame,
	};
	struct error closing;
	int rc;

	keep_sort(e->keep);
	cfg.frames = e->frames + keep_fragment_frames(e->keep);
	rc = second_reading(&cfg, err);
	if (rc != 0)
		error_prefix(err, "%s", e->cfg.path);
	/* Why it could not be written is known here alone. */
	if (packed_out_close(e->file, &closing) != 0) {
		*err = closing;
		rc = -1;
	}
	e->file = NULL;
	return rc == 0 ? check_kept(e, err) : rc;
}
