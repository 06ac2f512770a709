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
#include "capture/spool.h"
#include "export/comment.h"
#include "export/export.h"
#include "export/keep.h"
#include "export/plan.h"
#include "export/raw.h"
#include "export/second.h"
#include "report/common.h"
#include "smtp/smtp.h"

enum { SPOOL_MARGIN = 1 << 16 }; /* more than what goes with a frame */

struct exporter {
	struct export_config cfg;
	struct packed_out *file;
	struct keep *keep;
	uint64_t packets;        /* of the first reading */
	uint64_t last_frame;     /* of the last of them */
	struct spool *spool;     /* NULL: the input is read again */
	uint64_t begin;          /* position there of the first frame */
	uint64_t unspooled;      /* frames that it had no room for */
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

static bool
is_read_twice(const struct capture_config *cfg)
{
	struct stat st;
	size_t i;

	for (i = 0; i < cfg->nfiles; i++)
		if (strcmp(cfg->files[i], "-") == 0 || stat(cfg->files[i], &st) != 0 ||
		    !S_ISREG(st.st_mode))
			return false;
	return cfg->ninterfaces == 0;
}

/* Frames of input that comes once are kept aside. */
static int
open_spool(struct exporter *e, struct error *err)
{
	if (is_read_twice(&e->cfg.capture))
		return 0;
	if (e->cfg.spool == 0) {
		error_set(
		    err, "this input can be read once only, and no frames are kept (--spool=0)");
		return -1;
	}
	e->spool = spool_new(e->cfg.spool, err);
	e->begin = e->spool ? spool_position(e->spool) : 0;
	return e->spool ? 0 : -1;
}

struct exporter *
export_open(const struct export_config *cfg, struct error *err)
{
	struct exporter *e;
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
	e = xcalloc(1, sizeof *e);
	e->cfg = *cfg;
	e->keep = keep_new(cfg->budget);
	if (cfg->report.redact) {
		e->aliases = aliases_new();
		e->raw = raw_new(cfg->budget);
	}
	if (open_spool(e, err) == 0 && (e->file = packed_out_open(cfg->path, gzip, err)))
		return e;
	error_prefix(err, "-w");
	export_close(e);
	return NULL;
}

void
export_close(struct exporter *e)
{
	struct error ignored;

	if (!e)
		return;
	packed_out_close(e->file, &ignored);
	spool_free(e->spool);
	keep_free(e->keep);
	raw_free(e->raw);
	aliases_free(e->aliases);
	free(e);
}

/* -- the first reading ------------------------------------------------------------------- */

static void
stream_event(void *ctx, const struct stream_event *ev)
{
	struct exporter *e = ctx;

	raw_event(e->raw, ev);
	e->next.event(e->next.ctx, ev);
	if (ev->type == STREAM_END || ev->stream->muted)
		raw_forget(e->raw, ev->stream);
}

struct stream_sink
export_sink(struct exporter *e, struct stream_sink next)
{
	if (!e->raw)
		return next;
	e->next = next;
	return (struct stream_sink){ stream_event, e, next.want_segments };
}

void
export_packet(struct exporter *e, const struct packet *pkt, bool wanted)
{
	struct packet copy = *pkt;

	e->last_frame = pkt->frame;
	if (!e->spool) {
		e->packets++;
		return;
	}
	if (!wanted)
		return;
	/* It is a ring, and nothing may make room for what comes later. */
	if (spool_position(e->spool) - e->begin + pkt->data.n + SPOOL_MARGIN > e->cfg.spool ||
	    !spool_add(e->spool, &copy))
		e->unspooled++;
	else
		e->packets++;
}

void
export_segment(struct exporter *e, const struct segment *seg)
{
	if (seg->nfragments)
		keep_fragments(e->keep, seg);
}

void
export_session(struct exporter *e, const struct smtp_session *s)
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
check_kept(const struct exporter *e, struct error *err)
{
	const struct keep_counts *n = keep_counts(e->keep);

	if (e->unspooled) {
		error_set(err,
		    "%s: the temporary file had no room for %" PRIu64
		    " frames, and those of its sessions are not in it; see --spool",
		    e->cfg.path, e->unspooled);
		return -1;
	}
	if (!n->refused_sessions && !n->refused_comments && !n->refused_fragments)
		return 0;
	error_set(err,
	    "%s: for want of memory %" PRIu64 " sessions, %" PRIu64 " comments and %" PRIu64
	    " fragments are not in it; see --max-memory",
	    e->cfg.path, n->refused_sessions, n->refused_comments, n->refused_fragments);
	return -1;
}

int
export_finish(struct exporter *e, const struct run *run, struct error *err)
{
	struct second_config cfg = {
		.capture = &e->cfg.capture,
		.report = &e->cfg.report,
		.budget = e->cfg.budget,
		.run = run,
		.keep = e->keep,
		.file = e->file,
		.aliases = e->aliases,
		.spool = e->spool,
		.packets = e->packets,
		.last_frame = e->last_frame,
	};
	struct error closing;
	int rc;

	keep_sort(e->keep);
	if (e->spool)
		spool_seek(e->spool, e->begin);
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
