/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * showdoc - the documents of the terminal interface, for tests.
 *
 *	showdoc VIEW[+OPTION...] WIDTH [options of smtpscope] FILE
 *
 * Runs the file through the whole program with a reporter of its own, which draws the
 * documents of each session on a canvas in memory, as a terminal of that width would
 * show them.  Each line is printed behind a letter: H heading, A first line of a
 * finding, F folded frames, "." any other.  Options: utf8, unfold, tcp, redact,
 * nonumbers, notimes, lines=N, body=N, window=15m, and the styles of time: delta, day,
 * date, epoch, none.  VIEW "all" makes every document in every way and prints nothing.
 *
 * Leaves with status 1 if a line holds an octet that must not reach a terminal.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/budget.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/output.h"
#include "options.h"
#include "pipeline.h"
#include "report/incident.h"
#include "report/statistics.h"
#include "report/reporter.h"
#include "tui/build.h"
#include "tui/canvas.h"
#include "tui/window.h"

struct view {
	const char *name;
	build_fn *build;
};

/* It has no title. */
static void
build_answer_only(struct doc *title, struct doc *body, const struct smtp_session *s,
    const struct build_options *opt)
{
	(void)title;
	build_answer(body, s, opt);
}

static const struct view views[] = {
	{ "answer", build_answer_only },
	{ "finding", build_finding },
	{ "findings", build_findings },
	{ "frames", build_frames },
	{ "ladder", build_ladder },
	{ "transcript", build_transcript },
};

struct show {
	const struct view *view; /* NULL: all, or the dashboard */
	bool dashboard;
	enum window_choice choice; /* of the dashboard */
	struct build_options opt;
	struct budget budget;
	struct store *store;
	struct redactor *redactor;
	struct incidents *incidents;
	struct statistics *statistics;
	bool failed;
};

/* Reporters get nothing of their own; this is the one of them that there is. */
static struct show show;

static const struct {
	const char *name;
	enum time_style style;
} times[] = { { "relative", TIME_RELATIVE }, { "delta", TIME_DELTA }, { "day", TIME_DAY },
	{ "date", TIME_DATE }, { "epoch", TIME_EPOCH }, { "none", TIME_NONE } };

/* Printable ASCII, or UTF-8 where that is wanted; no C0, no DEL, no C1. */
static bool
is_harmless(const char *line, bool ascii)
{
	const uint8_t *p = (const uint8_t *)line;
	bool c1 = false;

	for (; *p; p++) {
		if (*p < 0x20 || *p == 0x7f || (ascii && *p > 0x7e))
			return false;
		c1 = c1 || (p[0] == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0);
	}
	return !c1 && utf8_valid(slice_str(line));
}

static char
flag_letter(unsigned flags)
{
	return flags & DOC_ANCHOR ? 'A' : flags & DOC_FOLD ? 'F' : flags & DOC_HEAD ? 'H' : '.';
}

/* To nowhere if there is no output. */
static void
show_doc(struct output *o, const struct doc *d)
{
	struct canvas *c = canvas_memory(1, show.opt.width, show.opt.ascii);
	size_t i;

	for (i = 0; i < doc_count(d); i++) {
		const char *line;

		canvas_clear(c);
		doc_draw(d, i, c, 0, 0, show.opt.width, 0);
		line = canvas_line(c, 0);
		if (!is_harmless(line, show.opt.ascii)) {
			fprintf(stderr, "showdoc: line %zu is not harmless: %s\n", i + 1, line);
			show.failed = true;
		}
		if (o)
			out_printf(
			    o, "%c%s%s\n", flag_letter(doc_flags(d, i)), *line ? " " : "", line);
	}
	canvas_free(c);
}

static void
show_view(struct output *o, const struct view *v, const struct smtp_session *s)
{
	struct doc *title = doc_new(), *body = doc_new();

	v->build(title, body, s, &show.opt);
	show_doc(o, title);
	if (o)
		out_puts(o, "--\n");
	show_doc(o, body);
	if (o)
		out_putc(o, '\n');
	doc_free(title);
	doc_free(body);
}

/* The view of a finding once for each. */
static void
show_each(struct output *o, const struct view *v, const struct smtp_session *s)
{
	const struct finding *f;

	if (strcmp(v->name, "finding") != 0) {
		show_view(o, v, s);
		return;
	}
	STAILQ_FOREACH (f, &s->findings, link) {
		show.opt.finding = f;
		show_view(o, v, s);
	}
	show.opt.finding = NULL;
}

static void
show_all(const struct smtp_session *s)
{
	unsigned bits;
	size_t i;

	for (bits = 0; bits < 16; bits++) {
		show.opt.ascii = bits & 1;
		show.opt.unfold = bits & 2;
		show.opt.redact = bits & 4;
		show.opt.tcp = bits & 8;
		show.opt.time = times[bits % (sizeof times / sizeof times[0])].style;
		for (i = 0; i < sizeof views / sizeof views[0]; i++)
			show_each(NULL, &views[i], s);
	}
}

static void
showdoc_begin(void *state, struct output *o, const struct report_config *cfg)
{
	(void)state;
	(void)o;
	show.opt.cfg = cfg;
	if (cfg->show_text && !show.opt.body)
		show.opt.body = BUILD_BODY_ALL;
	show.store = store_new(&show.budget);
	show.redactor = redactor_new(cfg->redact);
	show.incidents = incidents_new(cfg, show.redactor, false);
	show.statistics = statistics_new(BUILD_STATISTICS, cfg, show.redactor);
}

static void
showdoc_session(void *state, struct output *o, const struct smtp_session *s)
{
	(void)state;
	store_put(show.store, s, false);
	incidents_session(show.incidents, s);
	statistics_session(show.statistics, s);
	if (show.view)
		show_each(o, show.view, s);
	else if (!show.dashboard)
		show_all(s);
}

static void
show_dashboard(struct output *o, const struct run *run)
{
	struct build_run b = { .run = run,
		.store = show.store,
		.incidents = show.incidents,
		.statistics = show.statistics,
		.source = "trace.pcap" };
	struct doc *title = doc_new(), *body = doc_new();
	struct window *window = window_new(show.store, show.incidents);

	window_choose(window, show.choice);
	window_begin(window, run->last_ts);
	while (window_work(window, 0))
		;
	show.opt.window = window;
	build_dashboard(title, body, &b, &show.opt);
	show.opt.window = NULL;
	window_free(window);
	show_doc(o, title);
	if (o)
		out_puts(o, "--\n");
	show_doc(o, body);
	doc_free(title);
	doc_free(body);
}

static void
showdoc_end(void *state, struct output *o, const struct run *run)
{
	unsigned bits;

	(void)state;
	if (show.dashboard)
		show_dashboard(o, run);
	for (bits = 0; bits < 4 * WINDOW_CHOICES && !show.dashboard && !show.view; bits++) {
		show.opt.ascii = bits & 1;
		show.opt.unfold = bits & 2;
		show.choice = (enum window_choice)(bits / 4);
		show_dashboard(NULL, run);
	}
	incidents_free(show.incidents);
	statistics_free(show.statistics);
	redactor_free(show.redactor);
	store_free(show.store);
}

static const struct reporter_ops reporter = {
	.name = "showdoc",
	.size = 1,
	.begin = showdoc_begin,
	.session = showdoc_session,
	.end = showdoc_end,
};

static bool
set_window(const char *name)
{
	size_t i;

	for (i = 0; window_name(i) && strcmp(window_name(i), name) != 0; i++)
		;
	show.choice = (enum window_choice)i;
	return window_name(i) != NULL;
}

static bool
set_word(const char *word)
{
	size_t i;

	for (i = 0; i < sizeof views / sizeof views[0]; i++)
		if (strcmp(word, views[i].name) == 0) {
			show.view = &views[i];
			return true;
		}
	for (i = 0; i < sizeof times / sizeof times[0]; i++)
		if (strcmp(word, times[i].name) == 0) {
			show.opt.time = times[i].style;
			return true;
		}
	if (strncmp(word, "lines=", 6) == 0)
		show.opt.lines = atoi(word + 6);
	else if (strncmp(word, "window=", 7) == 0)
		return set_window(word + 7);
	else if (strncmp(word, "body=", 5) == 0)
		show.opt.body = (unsigned)atoi(word + 5);
	else if (strcmp(word, "nonumbers") == 0)
		show.opt.no_frames = true;
	else if (strcmp(word, "notimes") == 0)
		show.opt.no_times = true;
	else if (strcmp(word, "dashboard") == 0)
		show.dashboard = true;
	else if (strcmp(word, "utf8") == 0)
		show.opt.ascii = false;
	else if (strcmp(word, "unfold") == 0)
		show.opt.unfold = true;
	else if (strcmp(word, "tcp") == 0)
		show.opt.tcp = true;
	else if (strcmp(word, "redact") == 0)
		show.opt.redact = true;
	else
		return strcmp(word, "all") == 0;
	return true;
}

static int
run(const struct options *o)
{
	enum capture_status got = CAPTURE_PACKET;
	enum exit_status status;
	struct error err = { "" };
	struct pipeline *p = pipeline_new(o, &status, &err);

	if (!p) {
		fprintf(stderr, "showdoc: %s\n", err.text);
		return 3;
	}
	while (got == CAPTURE_PACKET || got == CAPTURE_AGAIN)
		got = pipeline_step(p, 1024, &err);
	pipeline_finish(p);
	if (pipeline_close(p, &err) != 0)
		return 4;
	return show.failed;
}

int
main(int argc, char **argv)
{
	struct options options;
	struct error err = { "" };
	char *word, *rest;
	int status = 2;

	if (argc < 4) {
		fprintf(stderr, "usage: showdoc VIEW[+OPTION...] WIDTH [options] FILE\n");
		return 2;
	}
	show.opt = (struct build_options){ .width = atoi(argv[2]), .ascii = true };
	for (rest = argv[1]; (word = strtok_r(rest, "+", &rest)) != NULL;)
		if (!set_word(word)) {
			fprintf(stderr, "showdoc: %s: no such view or option\n", word);
			return 2;
		}
	if (options_parse(&options, argc - 2, argv + 2, &err) != 0) {
		fprintf(stderr, "showdoc: %s\n", err.text);
	} else {
		options.format = &reporter;
		status = run(&options);
	}
	options_fini(&options);
	return status;
}
