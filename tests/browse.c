/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * browse - the source of the terminal interface without a terminal.
 *
 *	browse FORMAT FILE [STEP] -- OPTIONS-OF-SMTPSCOPE
 *
 * Reads the input in short portions, as the interface does between two keys, opens sessions
 * while it is still being read, and in the end saves every STEP-th session (1) to FILE in this
 * format.  Live, it ends after LIVE_NS.  Prints what it saw; exit status 0, 1 when something
 * failed, 2 usage.
 */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/timefmt.h"
#include "browse.h"
#include "pipeline.h"

enum { PORTION_NS = 1000000, WAIT_MS = 50, LIVE_MS = 4000 };

struct seen {
	uint64_t portions, waits, opened, failed, longest_ns;
};

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

/* The latest row is shown, as if somebody had pressed Enter on it. */
static void
open_latest(struct tui_source *s, struct seen *seen, bool complain)
{
	size_t n = store_count(s->store);
	const struct session_row *row = n ? store_at(s->store, n - 1) : NULL;
	struct error err = { "" };

	if (!row)
		return;
	if (s->session(s->ctx, row, &err)) {
		seen->opened++;
		return;
	}
	seen->failed++;
	if (complain)
		printf("session %" PRIu64 ": %s\n", row->number, err.text);
}

static enum tui_state
read_all(struct tui_source *s, struct seen *seen, struct error *err)
{
	enum tui_state state = TUI_LOADING;
	int64_t started = now(), before, took;
	struct pollfd pfd;

	while (state == TUI_LOADING || state == TUI_LIVE) {
		pfd = (struct pollfd){ .fd = s->fd(s->ctx), .events = POLLIN };
		if (pfd.fd >= 0) {
			(void)poll(&pfd, 1, WAIT_MS);
			seen->waits++;
		}
		before = now();
		state = s->work(s->ctx, PORTION_NS, err);
		took = now() - before;
		if ((uint64_t)took > seen->longest_ns)
			seen->longest_ns = (uint64_t)took;
		if (++seen->portions % 16 == 0)
			open_latest(s, seen, true);
		if (state == TUI_LIVE && now() - started > LIVE_MS * NS_PER_MS)
			s->stop(s->ctx);
	}
	return state;
}

static int
by_number(const void *a, const void *b)
{
	const struct session_row *x = *(const struct session_row *const *)a;
	const struct session_row *y = *(const struct session_row *const *)b;

	return (x->number > y->number) - (x->number < y->number);
}

static int
save(struct tui_source *s, const char *format, const char *path, size_t step)
{
	size_t n = 0, i;
	const struct session_row **rows = xcalloc(store_count(s->store) + 1, sizeof *rows);
	struct error err = { "" };
	int rc;

	for (i = 0; i < store_count(s->store); i += step)
		rows[n++] = store_at(s->store, i);
	qsort(rows, n, sizeof *rows, by_number);
	rc = s->save(s->ctx, rows, n, format, path, &err);
	if (rc != 0)
		printf("save: %s\n", err.text);
	free(rows);
	return rc;
}

static int
run(const struct options *o, const char *format, const char *path, size_t step)
{
	struct seen seen = { 0 };
	struct error err = { "" };
	enum exit_status status;
	struct browse *b = browse_new(o, &status, &err);
	struct tui_source *s;
	struct browse_kept kept;
	uint64_t done, total;
	int rc = 1;

	if (!b) {
		fprintf(stderr, "browse: %s\n", err.text);
		return 1;
	}
	s = browse_source(b);
	if (read_all(s, &seen, &err) == TUI_FAILED)
		printf("input: %s\n", err.text);
	s->progress(s->ctx, &done, &total);
	browse_kept(b, &kept);
	if (kept.failure)
		printf("kept: %s\n", kept.failure);
	printf("%s: %zu rows, %" PRIu64 " sessions in the run, %" PRIu64
	       " opened while it was read, %" PRIu64 " not; %" PRIu64 " of %" PRIu64
	       " octets, %s\n",
	    s->name, store_count(s->store), s->run(s->ctx)->sessions, seen.opened, seen.failed,
	    done, total, kept.from_file ? "from the file" : "from the spool");
	if (getenv("TIMES"))
		printf("%" PRIu64 " portions, the longest %.1f ms, %" PRIu64 " waits\n",
		    seen.portions, (double)seen.longest_ns / 1e6, seen.waits);
	rc = seen.failed || save(s, format, path, step) != 0;
	if (browse_close(b, &err) != 0) {
		fprintf(stderr, "browse: %s\n", err.text);
		rc = 1;
	}
	return rc;
}

int
main(int argc, char **argv)
{
	struct options options;
	struct error err = { "" };
	size_t step = 1;
	int at = 3, rc = 2;

	if (argc > 3 && strcmp(argv[3], "--") != 0)
		step = strtoul(argv[at++], NULL, 10);
	if (argc <= at || strcmp(argv[at], "--") != 0 || !step) {
		fprintf(stderr, "usage: browse FORMAT FILE [STEP] -- OPTIONS\n");
		return 2;
	}
	argv[at] = argv[0];
	if (options_parse(&options, argc - at, argv + at, &err) != 0)
		fprintf(stderr, "browse: %s\n", err.text);
	else
		rc = run(&options, argv[1], argv[2], step);
	options_fini(&options);
	return rc;
}
