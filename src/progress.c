/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * progress - draws its line over itself, and takes it away with blanks.
 *
 * The line is for somebody who waits: the first comes after half a second, then no more
 * than five a second.  It goes to standard error, if that is a terminal of ours, and never
 * into a file.  If the report goes to the same terminal, the line is only there while
 * nothing has been printed for a second, and is gone before the next thing is.
 *
 * The report may be written by a second thread (smtp/dissector.h): a lock keeps the two
 * from drawing and erasing at once.  A report that begins in the moment between is not
 * held up; the second of silence makes that moment rare, and the harm is a line of text
 * behind the progress.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/timefmt.h"
#include "capture/capture.h"
#include "options.h"
#include "pipeline.h"
#include "progress.h"

#define FIRST_AFTER  (NS_PER_S / 2)
#define DRAW_EVERY   (NS_PER_S / 5)
#define SILENT_SINCE NS_PER_S

struct progress {
	struct pipeline *pipeline; /* borrowed */
	pthread_mutex_t lock;
	bool shared;                   /* the report goes to the same terminal */
	int64_t start, drawn, printed; /* ns of the machine's clock; 0: not yet */
	size_t width;                  /* characters on the terminal now */
};

static int64_t
clock_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

/* -- the text --------------------------------------------------------------------------- */

/* Octets in MB with one digit behind the point. */
static void
put_megabytes(char *out, size_t size, uint64_t octets)
{
	uint64_t tenths = octets / 100000;

	snprintf(out, size, "%" PRIu64 ".%" PRIu64, tenths / 10, tenths % 10);
}

static uint64_t
per_second(uint64_t n, int64_t elapsed)
{
	return elapsed > 0 ? (uint64_t)((double)n * (double)NS_PER_S / (double)elapsed) : 0;
}

size_t
progress_text(char out[PROGRESS_TEXT_MAX], const struct progress_state *s, unsigned columns)
{
	char done[24], total[24], rate[24];
	int n;

	put_megabytes(done, sizeof done, s->done);
	put_megabytes(total, sizeof total, s->total);
	put_megabytes(rate, sizeof rate, per_second(s->done, s->elapsed));
	if (s->total)
		n = snprintf(out, PROGRESS_TEXT_MAX, "smtpscope: %s of %s MB, %u %%, %s MB/s", done,
		    total,
		    (unsigned)(s->done < s->total ? (double)s->done / (double)s->total * 100 : 100),
		    rate);
	else
		n = snprintf(out, PROGRESS_TEXT_MAX,
		    "smtpscope: %" PRIu64 " packets, %" PRIu64 " a second", s->packets,
		    per_second(s->packets, s->elapsed));
	if (n < 0)
		n = 0;
	if (n >= PROGRESS_TEXT_MAX)
		n = PROGRESS_TEXT_MAX - 1;
	if ((unsigned)n > columns)
		n = (int)columns;
	out[n] = '\0';
	return (size_t)n;
}

/* -- the terminal ----------------------------------------------------------------------- */

static bool
is_ours(int fd)
{
	/* Who writes to a terminal from the background disturbs, or is stopped. */
	return isatty(fd) && tcgetpgrp(fd) == getpgrp();
}

static bool
is_same_terminal(int a, int b)
{
	struct stat x, y;

	return isatty(a) && isatty(b) && fstat(a, &x) == 0 && fstat(b, &y) == 0 &&
	    x.st_rdev == y.st_rdev;
}

static unsigned
terminal_columns(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return PROGRESS_TEXT_MAX - 1;
	/* Behind the last column some terminals go to the next line. */
	return size.ws_col - 1u;
}

/* The lock is held. */
static void
erase(struct progress *p)
{
	if (p->width)
		fprintf(stderr, "\r%*s\r", (int)p->width, "");
	fflush(stderr);
	p->width = 0;
}

static void
draw(struct progress *p, const struct progress_state *s)
{
	char text[PROGRESS_TEXT_MAX];
	size_t n = progress_text(text, s, terminal_columns());

	fprintf(stderr, "\r%s%*s", text, (int)(p->width > n ? p->width - n : 0), "");
	fflush(stderr);
	p->width = n;
}

/* -- the calls -------------------------------------------------------------------------- */

/* The report is about to print something: maybe in the other thread. */
static void
before_print(void *ctx)
{
	struct progress *p = ctx;

	pthread_mutex_lock(&p->lock);
	erase(p);
	p->printed = clock_now();
	pthread_mutex_unlock(&p->lock);
}

struct progress *
progress_new(const struct options *o, struct pipeline *pipeline)
{
	bool shared = strcmp(o->output, "-") == 0 && is_same_terminal(STDOUT_FILENO, STDERR_FILENO);
	bool live = capture_is_live(pipeline_capture(pipeline));
	struct progress *p;

	if (!is_ours(STDERR_FILENO) || (shared && live))
		return NULL;
	p = xcalloc(1, sizeof *p);
	p->pipeline = pipeline;
	p->shared = shared;
	p->start = p->printed = clock_now();
	pthread_mutex_init(&p->lock, NULL);
	if (shared)
		pipeline_before_print(pipeline, before_print, p);
	return p;
}

void
progress_tick(struct progress *p)
{
	struct progress_state s = { 0 };
	int64_t now;

	if (!p)
		return;
	now = clock_now();
	if (now - p->start < FIRST_AFTER || now - p->drawn < DRAW_EVERY)
		return;
	p->drawn = now;
	pipeline_progress(p->pipeline, &s.done, &s.total);
	s.packets = pipeline_packets(p->pipeline);
	s.elapsed = now - p->start;
	if (!is_ours(STDERR_FILENO))
		return;
	pthread_mutex_lock(&p->lock);
	if (!p->shared || now - p->printed >= SILENT_SINCE)
		draw(p, &s);
	pthread_mutex_unlock(&p->lock);
}

void
progress_erase(struct progress *p)
{
	if (!p)
		return;
	pthread_mutex_lock(&p->lock);
	erase(p);
	pthread_mutex_unlock(&p->lock);
}

void
progress_free(struct progress *p)
{
	if (!p)
		return;
	pipeline_before_print(p->pipeline, NULL, NULL);
	progress_erase(p);
	pthread_mutex_destroy(&p->lock);
	free(p);
}
