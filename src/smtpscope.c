/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * smtpscope - main(): what was asked for, signals, messages and the exit status.
 *
 * The report goes to standard output, everything said about the run to standard
 * error.  The first SIGINT, SIGTERM or SIGHUP ends the input; the report is
 * still written whole.  The same signal again ends the program at once.
 *
 * The three variables of the signal handlers are the only writable ones of the
 * program that belong to no struct.
 */
#include <config.h>

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "base/output.h"
#include "browse.h"
#include "catalogue.h"
#include "filter/filter.h"
#include "opthelp.h"
#include "options.h"
#include "pipeline.h"
#include "progress.h"
#include "report/reporter.h"
#include "report/statistics.h"

enum { STEP_PACKETS = 64 }; /* between two looks at the signals */

static struct pipeline *volatile running; /* NULL: there is no input to end */
static volatile sig_atomic_t stop;        /* a signal asked for the end */
static volatile sig_atomic_t statistics;  /* SIGUSR1 came */

static void
on_stop(int number)
{
	(void)number;
	stop = 1;
	if (running)
		pipeline_break(running);
}

static void
on_statistics(int number)
{
	(void)number;
	statistics = 1;
}

static void
catch_signals(void)
{
	struct sigaction ending = { .sa_handler = on_stop, .sa_flags = (int)SA_RESETHAND };
	struct sigaction asking = { .sa_handler = on_statistics, .sa_flags = SA_RESTART };
	struct sigaction before;

	sigaction(SIGINT, &ending, NULL);
	sigaction(SIGTERM, &ending, NULL);
	/* nohup(1) has ignored it, and it stays so. */
	if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &ending, NULL);
	sigaction(SIGUSR1, &asking, NULL);
#ifdef SIGINFO
	sigaction(SIGINFO, &asking, NULL); /* ^T, where there is such a key */
#endif
}

static void
complain(const struct error *err)
{
	fprintf(stderr, "smtpscope: %s\n", err->text);
}

static void
tell_interfaces(const struct options *o)
{
	size_t i;

	fputs("smtpscope: listening on", stderr);
	for (i = 0; i < o->interfaces.n; i++)
		fprintf(stderr, "%s %s", i ? "," : "", o->interfaces.v[i]);
	fputc('\n', stderr);
}

/* As tcpdump does it, so that scripts which read these lines go on to work. */
static void
tell_counts(const struct run *run)
{
	const struct capture_stats *c = &run->capture;

	fprintf(stderr,
	    "%" PRIu64 " packets captured\n%" PRIu64 " packets received by filter\n%" PRIu64
	    " packets dropped by kernel\n",
	    c->packets, c->received, c->dropped_kernel);
	if (c->dropped_interface)
		fprintf(stderr, "%" PRIu64 " packets dropped by interface\n", c->dropped_interface);
}

static void
tell_statistics(const struct run *run)
{
	fprintf(stderr,
	    "smtpscope: %" PRIu64 " packets, %" PRIu64 " dropped by kernel; %" PRIu64
	    " connections open; %" PRIu64 " sessions ended; findings: %" PRIu64 " errors, %" PRIu64
	    " warnings, %" PRIu64 " notes; memory: at most %" PRIu64 " of %" PRIu64 " KiB\n",
	    run->capture.packets, run->capture.dropped_kernel, run->tracker.open_streams,
	    run->sessions, run->by_severity[SEV_ERROR], run->by_severity[SEV_WARNING],
	    run->by_severity[SEV_NOTE], run->memory_peak / 1024, run->memory_limit / 1024);
}

/*
 * Was something lost for lack of memory?  A refusal alone tells nothing: the
 * tracker may have made room by letting go of what was finished.
 */
static bool
is_short_of_memory(const struct run *run)
{
	return run->memory_refusals &&
	    (run->tracker.refused_octets || run->decode.fragments_refused || run->limited_sessions);
}

static enum exit_status
run_status(const struct options *o, const struct run *run)
{
	unsigned level;

	if (is_short_of_memory(run)) {
		fprintf(stderr,
		    "smtpscope: the memory limit of %" PRIu64 " KiB was reached; not kept whole or "
		    "not looked at: sessions %" PRIu64 ", octets %" PRIu64 ", fragments %" PRIu64
		    "; see --max-memory\n",
		    run->memory_limit / 1024, run->limited_sessions, run->tracker.refused_octets,
		    run->decode.fragments_refused);
		return STATUS_EARLY;
	}
	if (run->error)
		return STATUS_EARLY;
	for (level = o->fail_on; o->fail_on_set && level <= SEV_ERROR; level++)
		if (run->by_severity[level])
			return STATUS_FOUND;
	return STATUS_ANALYSED;
}

static void
run_loop(struct pipeline *p, struct progress *progress)
{
	enum capture_status status = CAPTURE_AGAIN;
	struct error err = { "" };
	uint64_t done, total;
	unsigned step;

	/* A pipe may be slow, and a step waits for its packets: look at the signals after each. */
	pipeline_progress(p, &done, &total);
	step = total || capture_is_live(pipeline_capture(p)) ? STEP_PACKETS : 1;
	while (!stop && (status == CAPTURE_PACKET || status == CAPTURE_AGAIN)) {
		status = pipeline_step(p, step, &err);
		progress_tick(progress);
		if (statistics) {
			statistics = 0;
			progress_erase(progress);
			tell_statistics(pipeline_run(p));
		}
	}
	progress_erase(progress);
	if (status == CAPTURE_ERROR)
		complain(&err);
}

static enum exit_status
act_run(const struct options *o)
{
	bool live = o->interfaces.n != 0;
	enum exit_status status;
	struct error err = { "" };
	struct progress *progress;
	struct pipeline *p;

	p = pipeline_new(o, &status, &err);
	if (!p) {
		complain(&err);
		return status;
	}
	running = p;
	catch_signals();
	if (live)
		tell_interfaces(o);
	progress = progress_new(o, p);
	run_loop(p, progress);
	progress_free(progress);
	running = NULL;
	pipeline_finish(p);
	if (live)
		tell_counts(pipeline_run(p));
	status = run_status(o, pipeline_run(p));
	if (pipeline_close(p, &err) != 0) {
		complain(&err);
		status = STATUS_EARLY;
	}
	return status;
}

#ifdef HAVE_TUI
/* The terminal interface has signals and messages of its own while it runs. */
static enum exit_status
act_browse(const struct options *o)
{
	enum exit_status status;
	struct error err = { "" };
	struct tui_config cfg;
	struct tui_source *src;
	struct browse *b;

	b = browse_new(o, &status, &err);
	if (!b) {
		complain(&err);
		return status;
	}
	src = browse_source(b);
	optscreen_config(o, &cfg);
	if (tui_run(src, &cfg, &err) == 0) {
		status = run_status(o, src->run(src->ctx));
	} else {
		complain(&err);
		status = STATUS_USAGE;
	}
	if (browse_close(b, &err) != 0) {
		complain(&err);
		status = STATUS_EARLY;
	}
	return status;
}
#endif

/* The one of the two faces that the options and the terminal ask for. */
static enum exit_status
act(struct options *o)
{
	struct error err = { "this program was built without it" };

	if (!optscreen_wanted(o, isatty(STDIN_FILENO), isatty(STDOUT_FILENO)))
		return act_run(o);
#ifdef HAVE_TUI
	if (tui_check(&err) == 0) {
		if (!o->max_memory_set)
			o->max_memory = SCREEN_MEMORY;
		return act_browse(o);
	}
#endif
	if (o->screen.face == FACE_GUESS)
		return act_run(o);
	fprintf(stderr, "smtpscope: --tui: %s\n", err.text);
	return STATUS_USAGE;
}

/* Everything that is only told, on standard output. */
static enum exit_status
act_tell(const struct options *o)
{
	struct error err = { "" };
	struct output *out = output_open("-", &err);
	enum exit_status status = STATUS_ANALYSED;

	if (o->action == ACTION_HELP)
		options_help(out);
	else if (o->action == ACTION_VERSION)
		options_version(out);
	else if (o->action == ACTION_MAN_CHECKS)
		catalogue_man(out);
	else if (o->action == ACTION_LIST_CHECKS)
		catalogue_list(out, strcmp(o->format->name, "jsonl") == 0);
	else if (o->action == ACTION_FILTER_HELP)
		filter_help(out);
	else if (o->action == ACTION_LIST_STATISTICS)
		statistics_help(out);
	else if (catalogue_explain(out, o->explain, &err) != 0) {
		complain(&err);
		status = STATUS_USAGE;
	}
	if (output_close(out, &err) != 0) {
		complain(&err);
		status = STATUS_EARLY;
	}
	return status;
}

static enum exit_status
act_list(const struct options *o)
{
	bool links = o->action == ACTION_LIST_LINKTYPES;
	struct error err = { "" };
	int rc;

	if (o->action == ACTION_LIST_INTERFACES)
		rc = capture_list_interfaces(&err);
	else if (o->interfaces.n == 0) {
		fprintf(stderr, "smtpscope: -%c: name the interface with -i\n", links ? 'L' : 'J');
		return STATUS_USAGE;
	} else
		rc = (links ? capture_list_linktypes : capture_list_timestamps)(
		    o->interfaces.v[0], &err);
	if (rc == 0)
		return STATUS_ANALYSED;
	complain(&err);
	return STATUS_INPUT;
}

int
main(int argc, char **argv)
{
	struct options options;
	struct error err = { "" };
	enum exit_status status = STATUS_USAGE;

	/* A reader that went away is an error of write(2), so that -w still ends well. */
	signal(SIGPIPE, SIG_IGN);
	if (options_parse(&options, argc, argv, &err) != 0) {
		complain(&err);
		fprintf(stderr, "Try \"smtpscope --help\".\n");
	} else if (options.action == ACTION_RUN) {
		status = act(&options);
	} else if (options.action == ACTION_LIST_INTERFACES ||
	    options.action == ACTION_LIST_LINKTYPES || options.action == ACTION_LIST_TIMESTAMPS) {
		status = act_list(&options);
	} else {
		status = act_tell(&options);
	}
	options_fini(&options);
	return (int)status;
}
