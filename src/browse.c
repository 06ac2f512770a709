/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * browse - a pipeline whose sink is a store, and what is needed to get its sessions back.
 *
 * --max-memory is shared out: an eighth for the analysis, of a small limit up to a quarter; the
 * rest for rows and their texts, which are what grows.  A session that is opened again has what
 * rows have left of theirs, less the eighth for sorting, but at least a sixteenth; what it takes
 * is charged to the rows, which make room for it when they need more.
 *
 * Sessions may be judged by a second thread (analyst.h), which calls the sink; work() waits for
 * it before it returns, so everything here belongs to the caller between two calls.
 *
 * Open sessions are analysed for their rows REFRESH_NS apart, whatever the number of segments:
 * else analysing them again and again would lose packets, and make reading a file take twice
 * the time.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#include "base/budget.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/timefmt.h"
#include "browse.h"
#include "browse_save.h"
#include "capture/spool.h"
#include "pipeline.h"
#include "reopen.h"
#include "report/incident.h"
#include "report/statistics.h"
#include "tui/build.h"

enum {
	STEP_PACKETS = 64,        /* between two looks at the clock */
	ANALYSIS_SHARE = 8,       /* one part in so many of --max-memory, ... */
	ANALYSIS_FAIR = 16 << 20, /* ... octets if that is more, but not more than ... */
	ANALYSIS_MOST = 4,        /* ... this part, and in any case ... */
	ANALYSIS_MIN = 4 << 20,   /* ... so many octets */
	SORT_SHARE = 8,           /* of the rows' part: what is not an opened session's, ... */
	OPENED_LEAST = 16         /* ... which has one part in so many in any case */
};
#define REFRESH_NS (250 * NS_PER_MS)

struct browse {
	const struct options *options;
	struct tui_source source;
	struct budget rows; /* of the store, and of the session that is open */
	uint64_t opened;    /* octets taken of it for that session */
	struct pipeline *pipeline;
	struct spool *spool;   /* NULL: the file itself is read again */
	struct reopen *reopen; /* NULL: `unable' says why */
	struct error unable;
	struct redactor *redactor; /* of the incidents */
	size_t done, saving;       /* sessions of a file that is written now: read, and in all */
	char *name;
	enum tui_state state;
	int64_t refreshed; /* machine's clock */
};

static int64_t
clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

/* -- what comes out of the pipeline ----------------------------------------------------- */

static void
on_ended(void *ctx, struct smtp_session *s)
{
	struct browse *b = ctx;

	store_put(b->source.store, s, false);
	incidents_session(b->source.incidents, s);
	statistics_session(b->source.statistics, s);
	if (b->reopen)
		reopen_note(b->reopen, s);
}

static void
on_changed(void *ctx, struct smtp_session *s)
{
	struct browse *b = ctx;

	store_put(b->source.store, s, true);
	if (b->reopen)
		reopen_note(b->reopen, s);
}

/* -- struct tui_source ------------------------------------------------------------------ */

static enum tui_state
finish(struct browse *b, enum tui_state state)
{
	pipeline_finish(b->pipeline);
	return b->state = state;
}

static enum tui_state
browse_work(void *ctx, int64_t ns, struct error *err)
{
	struct browse *b = ctx;
	int64_t start = clock_now(), now = start;
	enum capture_status status = CAPTURE_PACKET;

	if (b->state == TUI_COMPLETE || b->state == TUI_FAILED)
		return b->state;
	while (status == CAPTURE_PACKET && now - start < ns) {
		status = pipeline_step(b->pipeline, STEP_PACKETS, err);
		now = clock_now();
	}
	if (status == CAPTURE_EOF || status == CAPTURE_ERROR)
		return finish(b, status == CAPTURE_ERROR ? TUI_FAILED : TUI_COMPLETE);
	if (now - b->refreshed >= REFRESH_NS) {
		pipeline_refresh(b->pipeline);
		b->refreshed = now;
	}
	return b->state;
}

void
browse_break(struct browse *b)
{
	pipeline_break(b->pipeline);
}

static void
browse_stop(void *ctx)
{
	browse_break(ctx);
}

static int
browse_fd(void *ctx)
{
	struct browse *b = ctx;

	return b->state == TUI_LOADING || b->state == TUI_LIVE ?
	    capture_fd(pipeline_capture(b->pipeline)) :
	    -1;
}

static void
browse_progress(void *ctx, uint64_t *done, uint64_t *total)
{
	struct browse *b = ctx;

	pipeline_progress(b->pipeline, done, total);
}

static const struct run *
browse_run(void *ctx)
{
	struct browse *b = ctx;

	return pipeline_run(b->pipeline);
}

/* Before sessions are read again: the one that is open goes. */
static void
share_memory(struct browse *b)
{
	uint64_t limit = b->rows.limit, most = limit - limit / SORT_SHARE, left;

	budget_give(&b->rows, b->opened);
	b->opened = 0;
	left = b->rows.used < most ? most - b->rows.used : 0;
	reopen_limit(b->reopen, left > limit / OPENED_LEAST ? left : limit / OPENED_LEAST);
}

/* Behind it.  While rows are sorted there may be less left than it has. */
static void
charge_opened(struct browse *b)
{
	uint64_t used = reopen_memory(b->reopen), left = b->rows.limit - b->rows.used;

	used = used < left ? used : left;
	if (budget_take(&b->rows, used))
		b->opened = used;
}

static const struct smtp_session *
browse_session(void *ctx, const struct session_row *row, struct error *err)
{
	const struct smtp_session *session;
	struct browse *b = ctx;

	if (!b->reopen) {
		*err = b->unable;
		return NULL;
	}
	share_memory(b);
	session = reopen_session(b->reopen, row, err);
	charge_opened(b);
	return session;
}

static int
browse_frame(void *ctx, const struct session_row *row, uint64_t frame, tui_frame_fn *take,
    void *arg, struct error *err)
{
	struct browse *b = ctx;

	if (!b->reopen) {
		*err = b->unable;
		return -1;
	}
	return reopen_frame(b->reopen, row, frame, take, arg, err);
}

static int
browse_save(void *ctx, const struct session_row *const *rows, size_t n, const char *format,
    const char *path, struct error *err)
{
	struct browse *b = ctx;
	struct save_job job = {
		.options = b->options,
		.reopen = b->reopen,
		.capture = pipeline_capture(b->pipeline),
		.run = pipeline_run(b->pipeline),
		.rows = rows,
		.n = n,
		.done = &b->done,
		.path = path,
	};
	int rc;

	if (!b->reopen) {
		*err = b->unable;
		return -1;
	}
	share_memory(b);
	b->done = 0;
	b->saving = n;
	rc = save_sessions(&job, format, err);
	b->done = b->saving = 0;
	charge_opened(b);
	return rc;
}

/* -- making and ending ------------------------------------------------------------------ */

static bool
go_on(void *ctx)
{
	struct browse *b = ctx;
	struct tui_source *s = &b->source;

	return !s->go_on || s->go_on(s->patience, b->done, b->saving);
}

/* Frames are read again from the file itself if that can be; else a copy of them is kept. */
static void
open_again(struct browse *b)
{
	const struct options *o = b->options;

	if (!capture_can_seek(pipeline_capture(b->pipeline))) {
		if (!o->spool)
			error_set(&b->unable,
			    "no frames are kept (--spool=0): sessions cannot be opened");
		else
			b->spool = spool_new(o->spool, &b->unable);
		if (!b->spool)
			return;
		pipeline_spool(b->pipeline, b->spool);
	}
	b->reopen = reopen_new(o, b->spool, &b->unable);
	if (b->reopen)
		reopen_patience(b->reopen, go_on, b);
}

/* "trace.pcap", "eth0 and 1 more" */
static char *
input_name(const struct options *o)
{
	const struct word_list *l = o->interfaces.n ? &o->interfaces : &o->files;
	const char *first = l->n ? l->v[0] : "", *slash = strrchr(first, '/');

	if (strcmp(first, "-") == 0)
		first = "standard input";
	else if (slash && slash[1])
		first = slash + 1;
	return l->n > 1 ? xasprintf("%s and %zu more", first, l->n - 1) : xstrdup(first);
}

static uint64_t
analysis_memory(const struct options *o)
{
	uint64_t share = o->max_memory / ANALYSIS_SHARE, most = o->max_memory / ANALYSIS_MOST;

	if (share < ANALYSIS_FAIR)
		share = most < ANALYSIS_FAIR ? most : ANALYSIS_FAIR;
	return share > ANALYSIS_MIN ? share : ANALYSIS_MIN;
}

static void
set_up_source(struct browse *b)
{
	const struct report_config *cfg = pipeline_report_config(b->pipeline);
	struct tui_source *s = &b->source;

	b->redactor = redactor_new(cfg->redact);
	b->name = input_name(b->options);
	s->work = browse_work;
	s->stop = browse_stop;
	s->fd = browse_fd;
	s->progress = browse_progress;
	s->run = browse_run;
	s->session = browse_session;
	s->frame = browse_frame;
	s->save = browse_save;
	s->incidents = incidents_new(cfg, b->redactor, false);
	s->statistics = statistics_new(BUILD_STATISTICS, cfg, b->redactor);
	s->cfg = cfg;
	s->name = b->name;
	s->filter = b->options->display_filter;
	s->ctx = b;
}

struct browse *
browse_new(const struct options *o, enum exit_status *status, struct error *err)
{
	struct browse *b = xcalloc(1, sizeof *b);
	struct session_sink sink = { .ended = on_ended, .changed = on_changed, .ctx = b };
	uint64_t analysis = analysis_memory(o);
	struct error ignored;

	b->options = o;
	b->rows.limit = o->max_memory > 2 * analysis ? o->max_memory - analysis : analysis;
	b->source.store = store_new(&b->rows);
	b->pipeline = pipeline_browse(o, &sink, analysis, status, err);
	if (!b->pipeline) {
		browse_close(b, &ignored);
		return NULL;
	}
	set_up_source(b);
	open_again(b);
	capture_set_waiting(pipeline_capture(b->pipeline), false);
	b->state = capture_is_live(pipeline_capture(b->pipeline)) ? TUI_LIVE : TUI_LOADING;
	return b;
}

struct tui_source *
browse_source(struct browse *b)
{
	return &b->source;
}

void
browse_kept(struct browse *b, struct browse_kept *out)
{
	struct spool_stats st;

	*out = (struct browse_kept){ .from_file = b->reopen && !b->spool };
	if (b->spool) {
		spool_stats(b->spool, &st);
		out->size = st.size;
		out->overwritten = st.overwritten;
		out->refused = st.refused;
		out->failure = spool_failure(b->spool);
	}
	if (b->reopen)
		out->unnoted = reopen_unnoted(b->reopen);
	else
		out->failure = b->unable.text;
}

int
browse_close(struct browse *b, struct error *err)
{
	int rc = 0;

	if (b->pipeline && b->state != TUI_COMPLETE && b->state != TUI_FAILED && b->source.ctx)
		finish(b, TUI_COMPLETE);
	reopen_free(b->reopen);
	if (b->pipeline)
		rc = pipeline_close(b->pipeline, err);
	spool_free(b->spool);
	incidents_free(b->source.incidents);
	statistics_free(b->source.statistics);
	redactor_free(b->redactor);
	store_free(b->source.store);
	free(b->name);
	free(b);
	return rc;
}
