/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * browse_pcapng - opens each session for its findings first, then reads the frames of all of
 * them once more and writes.
 *
 * Comments name frames by the numbers of the source; one whose frame has another number in
 * this file says so.  They are charged to a budget (keep.h); what that refuses is an error, for
 * a file that keeps quiet about findings would be taken for a clean one.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#include <inttypes.h>
#include <stdlib.h>

#include "analysis.h"
#include "base/budget.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/output.h"
#include "browse_pcapng.h"
#include "capture/packed_out.h"
#include "capture/pcapng_write.h"
#include "export/comment.h"
#include "export/keep.h"
#include "reopen.h"
#include "report/common.h"
#include "report/reporter.h"

enum { SNAPLEN = 262144 /* no frame is longer */ };

struct saving {
	const struct save_job *job;
	struct report_config cfg;
	struct keep *keep;
	struct packed_out *file;
	struct pcapng_writer *writer;
	const struct keep_comment *comment, *end; /* the next one; behind the last */
	uint64_t written;                         /* frames */
};

static bool
put_block(void *ctx, struct slice block)
{
	struct saving *s = ctx;

	return packed_out_write(s->file, block);
}

static const char *
source_label(void *ctx, uint32_t source)
{
	const struct saving *s = ctx;
	const char *name = capture_source_name(s->job->capture, source),
	           *slash = strrchr(name, '/');

	if (strcmp(name, "-") == 0)
		return NULL;
	return slash ? slash + 1 : name;
}

static void
keep_findings(struct saving *s, const struct smtp_session *session)
{
	const struct finding *f;
	struct output *text;
	struct error ignored;

	STAILQ_FOREACH (f, &session->findings, link) {
		if (!common_shown(&s->cfg, f))
			continue;
		text = output_memory();
		comment_finding(text, f, &s->cfg);
		keep_comment(s->keep, f->frame, output_slice(text));
		output_close(text, &ignored);
	}
}

/* All sessions: what they found, and the counters. */
static int
read_sessions(struct saving *s, struct run *run, struct error *err)
{
	const struct smtp_session *session;
	size_t i, n;

	for (i = 0; i < s->job->n; i++) {
		session = reopen_session(s->job->reopen, s->job->rows[i], err);
		if (!session)
			return -1;
		*s->job->done = i + 1;
		analysis_count(run, session);
		keep_findings(s, session);
	}
	if (keep_counts(s->keep)->refused_comments) {
		error_set(
		    err, "no memory for the comments of %zu sessions; see --max-memory", s->job->n);
		return -1;
	}
	keep_sort(s->keep);
	s->comment = keep_comments(s->keep, &n);
	s->end = s->comment + n;
	return 0;
}

static bool
write_head(struct saving *s, const struct run *run)
{
	struct comment_section section = { .run = run, .report = &s->cfg, .sessions = s->job->n };
	struct pcapng_name *names = xcalloc(s->cfg.nnames + 1, sizeof *names);
	struct output *text = output_memory();
	struct error ignored;
	size_t i;
	bool ok;

	for (i = 0; i < s->job->n; i++)
		section.frames += s->job->rows[i]->packets[0] + s->job->rows[i]->packets[1];
	comment_section(text, &section);
	ok = pcapng_write_section(s->writer, output_slice(text), "smtpscope " PACKAGE_VERSION);
	output_close(text, &ignored);
	for (i = 0; i < s->cfg.nnames; i++)
		names[i] = (struct pcapng_name){ s->cfg.names[i].addr.family,
			s->cfg.names[i].addr.b, s->cfg.names[i].name };
	ok = ok && pcapng_write_names(s->writer, names, s->cfg.nnames);
	free(names);
	return ok;
}

/* The comments due at this frame, `n' of them; those of frames that are not written come later. */
static bool
write_with_comments(struct saving *s, const struct packet *pkt, size_t n, struct error *err)
{
	struct slice *texts = xcalloc(n + 1, sizeof *texts);
	char **made = xcalloc(n + 1, sizeof *made);
	size_t i;
	bool ok;

	for (i = 0; i < n; i++) {
		const struct keep_comment *c = &s->comment[i];

		made[i] = c->frame == s->written + 1 ?
		    xstrdup(c->text) :
		    xasprintf("%s (frame %" PRIu64 " of the source)", c->text, c->frame);
		texts[i] = slice_str(made[i]);
	}
	ok = pcapng_write_frame(s->writer, pkt, texts, n, err);
	for (i = 0; i < n; i++)
		free(made[i]);
	free(made);
	free(texts);
	return ok;
}

static int
take_frame(void *ctx, const struct packet *pkt, struct error *err)
{
	struct saving *s = ctx;
	size_t n = 0;

	if (pkt->transcript) {
		error_set(err, "a transcript has no packets; choose another format");
		return -1;
	}
	while (s->comment + n < s->end && s->comment[n].frame <= pkt->frame)
		n++;
	error_set(err, "not written whole");
	if (!write_with_comments(s, pkt, n, err))
		return -1;
	s->comment += n;
	s->written++;
	return 0;
}

static int
write_all(struct saving *s, const struct run *run, struct error *err)
{
	uint64_t cut;

	error_set(err, "not written whole");
	if (!write_head(s, run) ||
	    reopen_frames(s->job->reopen, s->job->rows, s->job->n, take_frame, s, err) != 0)
		return -1;
	if (!pcapng_write_statistics(s->writer, &run->capture, run->last_ts))
		return -1;
	cut = pcapng_comments_cut(s->writer) + (uint64_t)(s->end - s->comment);
	if (cut == 0)
		return 0;
	error_set(err, "%" PRIu64 " comments are cut, or found no place", cut);
	return -1;
}

int
save_pcapng(const struct save_job *job, struct run *run, const char *path, struct error *err)
{
	struct budget budget = { .limit = job->options->max_memory };
	struct pcapng_writer_config out = {
		.put = put_block, .snaplen = SNAPLEN, .label = source_label
	};
	struct saving s = { .job = job };
	struct error closing;
	int rc;

	analysis_report(job->options, &reporter_text, job->capture, &s.cfg);
	out.digits = s.cfg.digits;
	out.live = s.cfg.live;
	out.ctx = &s;
	s.file = packed_out_open(path, false, err);
	if (!s.file)
		return -1;
	s.keep = keep_new(&budget);
	s.writer = pcapng_writer_new(&out);
	rc = read_sessions(&s, run, err);
	if (rc == 0)
		rc = write_all(&s, run, err);
	/* Why it could not be written is known there alone. */
	if (packed_out_close(s.file, &closing) != 0) {
		*err = closing;
		rc = -1;
	}
	pcapng_writer_free(s.writer);
	keep_free(s.keep);
	return rc;
}
