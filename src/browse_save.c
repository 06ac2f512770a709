/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * browse_save - writes beside the file and renames in the end, so that a failure leaves
 * neither half a file nor the loss of an old one.
 *
 * The counters at the end of a report are those of the sessions in it; what was lost by the
 * capture is told for the whole run, since nobody can say whose it was.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analysis.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/output.h"
#include "browse_pcapng.h"
#include "browse_save.h"
#include "reopen.h"
#include "report/reporter.h"

/* Counters of what is to be counted anew. */
static struct run
empty_run(const struct run *all)
{
	struct run run = *all;

	run.sessions = run.transactions = run.limited_sessions = 0;
	run.midstream_sessions = run.one_sided_sessions = run.suppressed = run.regraded = 0;
	memset(run.results, 0, sizeof run.results);
	memset(run.closures, 0, sizeof run.closures);
	memset(run.findings, 0, sizeof run.findings);
	memset(run.by_severity, 0, sizeof run.by_severity);
	return run;
}

static int
put_sessions(const struct save_job *job, const struct reporter_ops *format, void *state,
    struct output *out, struct run *run, struct error *err)
{
	const struct smtp_session *s;
	size_t i;

	for (i = 0; i < job->n; i++) {
		s = reopen_session(job->reopen, job->rows[i], err);
		if (!s)
			return -1;
		*job->done = i + 1;
		if (i == 0 || s->stream->first_ts < run->first_ts)
			run->first_ts = s->stream->first_ts;
		if (i == 0 || s->stream->last_ts > run->last_ts)
			run->last_ts = s->stream->last_ts;
		analysis_count(run, s);
		format->session(state, out, s);
	}
	return 0;
}

static int
save_report(const struct save_job *job, const struct reporter_ops *format, const char *path,
    struct error *err)
{
	struct run run = empty_run(job->run);
	struct output *out = output_open(path, err);
	struct report_config cfg;
	struct error closing;
	void *state;
	int rc;

	if (!out)
		return -1;
	analysis_report(job->options, format, job->capture, &cfg);
	state = xcalloc(1, format->size ? format->size : 1);
	format->begin(state, out, &cfg);
	rc = put_sessions(job, format, state, out, &run, err);
	if (rc == 0)
		format->end(state, out, &run);
	if (format->fini)
		format->fini(state);
	free(state);
	if (output_close(out, &closing) != 0 && rc == 0) {
		*err = closing;
		rc = -1;
	}
	return rc;
}

static int
take_frame(void *ctx, const struct packet *pkt, struct error *err)
{
	if (pkt->transcript) {
		error_set(err, "a transcript has no packets; choose another format");
		return -1;
	}
	return capture_save_add(ctx, pkt, err);
}

static int
save_frames(const struct save_job *job, const char *path, struct error *err)
{
	struct writer *w = capture_save_open(job->capture, path, err);
	struct error closing;
	int rc;

	if (!w)
		return -1;
	rc = reopen_frames(job->reopen, job->rows, job->n, take_frame, w, err);
	if (capture_save_close(w, &closing) != 0 && rc == 0) {
		*err = closing;
		rc = -1;
	}
	return rc;
}

static bool
is_input(const struct options *o, const char *path)
{
	struct stat out, in;
	size_t i;

	if (stat(path, &out) != 0)
		return false;
	for (i = 0; i < o->files.n; i++)
		if (stat(o->files.v[i], &in) == 0 && in.st_dev == out.st_dev &&
		    in.st_ino == out.st_ino)
			return true;
	return o->write && stat(o->write, &in) == 0 && in.st_dev == out.st_dev &&
	    in.st_ino == out.st_ino;
}

static int
save_to(const struct save_job *job, const char *format, const char *path, struct error *err)
{
	bool ng = strcmp(format, "pcapng") == 0;
	const struct reporter_ops *reporter;
	struct run run;

	if ((ng || strcmp(format, "pcap") == 0) && job->options->redact_set &&
	    job->options->redact) {
		error_set(err,
		    "frames are saved as they are, and --redact was given; choose a "
		    "report");
		return -1;
	}
	if (ng) {
		run = empty_run(job->run);
		return save_pcapng(job, &run, path, err);
	}
	if (strcmp(format, "pcap") == 0)
		return save_frames(job, path, err);
	reporter = reporter_find(format);
	if (!reporter) {
		error_set(err, "%s: no such format", format);
		return -1;
	}
	return save_report(job, reporter, path, err);
}

/* A device cannot be renamed to; 0: it is one, 1: it is none.  -1: opening it might wait for ever,
 * which nothing in an interface may. */
static int
check_kind(const char *path, struct error *err)
{
	struct stat st;

	if (stat(path, &st) != 0 || S_ISREG(st.st_mode))
		return 1;
	if (S_ISCHR(st.st_mode))
		return 0;
	error_set(err, "%s: is no file", path);
	return -1;
}

/*
 * An empty file that was not there before, with the permissions of the one that it will take the
 * place of.  0, or -1 with the error set.
 */
static int
make_beside(const char *beside, const char *path, struct error *err)
{
	int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	struct stat old;

	if (fd < 0) {
		error_set(err, "%s: cannot be opened for writing: %s",
		    errno == EEXIST ? beside : path, strerror(errno));
		return -1;
	}
	if (stat(path, &old) == 0)
		(void)fchmod(fd, old.st_mode & 0777);
	close(fd);
	return 0;
}

int
save_sessions(const struct save_job *job, const char *format, struct error *err)
{
	char *beside;
	int rc, kind = check_kind(job->path, err);

	if (kind < 0)
		return -1;
	if (is_input(job->options, job->path)) {
		error_set(err, "%s: is an input, or the file of -w; name another file", job->path);
		return -1;
	}
	if (kind == 0)
		return save_to(job, format, job->path, err);
	beside = xasprintf("%s.%ld.part", job->path, (long)getpid());
	if (make_beside(beside, job->path, err) != 0) {
		free(beside);
		return -1;
	}
	rc = save_to(job, format, beside, err);
	if (rc == 0 && rename(beside, job->path) != 0) {
		error_set(err, "%s: %s", job->path, strerror(errno));
		rc = -1;
	}
	if (rc != 0)
		(void)unlink(beside);
	free(beside);
	return rc;
}
