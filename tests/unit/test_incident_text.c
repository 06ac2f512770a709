/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unit tests of what incident reports are written with: the escapers of HTML and
 * Markdown, the diagrams, advice by side, the timeline; and that every report is
 * well-formed whatever the session says.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>
#include <jansson.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/timefmt.h"
#include "report/html_text.h"
#include "report/incident.h"
#include "report/ladder.h"
#include "report/markdown_text.h"
#include "test_report_scene.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* -- escapers --------------------------------------------------------------------------- */

static const struct text_row {
	const char *name;
	void (*put)(struct output *, struct slice);
	const char *in, *want;
} text_rows[] = {
	{ "html: tag", html_text, "<script>", "&lt;script&gt;" },
	{ "html: quotes", html_text, "\"'&", "&quot;&#39;&amp;" },
	{ "html: control", html_text, "\x1b[0m\x7f", "\\x1b[0m\\x7f" },
	{ "html: bidi", html_text,
	    "a\xe2\x80\xae"
	    "b",
	    "a\\xe2\\x80\\xaeb" },
	{ "html: not UTF-8", html_text, "\xff<", "\\xff&lt;" },
	{ "html: UTF-8", html_text, "\xc3\xa9", "\xc3\xa9" },
	{ "html: an entity is text", html_text, "&lt;", "&amp;lt;" },
	{ "html: backslash of ours", html_text, "\\x41", "\\x41" },
	{ "html: backslash from the wire", html_wire, "\\x41", "\\\\x41" },
	{ "markdown: marks", markdown_text, "*_`[x](y)|~", "\\*\\_\\`\\[x\\](y)\\|\\~" },
	{ "markdown: tag", markdown_text, "<b>&", "&lt;b&gt;&amp;" },
	{ "markdown: mention", markdown_text, "@team a@b", "`@`team a@b" },
	{ "markdown: number of an issue", markdown_text, "#12 a#1", "`#`12 a\\#1" },
	{ "markdown: line end", markdown_text, "a\n# b", "a `#` b" },
	{ "markdown: control", markdown_text, "\x1b", "\\\\x1b" },
};

static void
test_texts(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(text_rows); i++) {
		const struct text_row *row = &text_rows[i];
		struct output *o = output_memory();
		struct error err;
		const char *got;

		row->put(o, slice_str(row->in));
		got = (const char *)output_slice(o).p;
		if (strcmp(got, row->want) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"", row->name, got, row->want);
		output_close(o, &err);
	}
}

static void
test_fence(void **state)
{
	static const struct {
		const char *name, *in, *want;
	} rows[] = {
		{ "plain", "a\n", "```text\na\n```\n" },
		{ "no line end", "a", "```text\na\n```\n" },
		{ "two are no fence", "``\n", "```text\n``\n```\n" },
		{ "three", "```\nb\n", "````text\n```\nb\n````\n" },
		{ "five in a line", "x `````\n", "``````text\nx `````\n``````\n" },
		{ "nothing", "", "```text\n```\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct output *o = output_memory(), *content = output_memory();
		struct error err;
		const char *got;

		out_puts(content, rows[i].in);
		markdown_block(o, "text", content);
		got = (const char *)output_slice(o).p;
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"", rows[i].name, got, rows[i].want);
		output_close(o, &err);
	}
}

/* -- advice ----------------------------------------------------------------------------- */

static void
test_advice(void **state)
{
	static const struct {
		const char *name, *remedy;
		enum culprit culprit;
		uint64_t lost;
		const char *want, *id; /* NULL: some check that is not about the capture */
	} rows[] = {
		{ "two sides", "Server: read on. Sender: set a limit.", CULPRIT_SERVER, 0,
		    "Server=read on.|Client=set a limit.|", NULL },
		{ "no side", "Wait for 354.", CULPRIT_CLIENT, 0, "Client=Wait for 354.|", NULL },
		{ "network", "Let ICMP pass.", CULPRIT_PATH, 0, "Network=Let ICMP pass.|", NULL },
		{ "capture", "Use a larger buffer.", CULPRIT_PATH, 0,
		    "Capture=Use a larger buffer.|", "capture-gap" },
		{ "a colon is no side", "Do this: that. Server: and this.", CULPRIT_EITHER, 0,
		    "Both sides=Do this: that.|Server=and this.|", NULL },
		{ "nothing", "", CULPRIT_SERVER, 0, "", NULL },
		{ "lost mail", "", CULPRIT_SERVER, 1,
		    "Sending side, for the mail=Send the messages that are named here again: the "
		    "sending system believes that they were delivered and will not do so.|",
		    NULL },
	};
	struct advice v[ADVICE_MAX];
	char got[400];
	size_t i, k, n;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct check_info check = { .id = rows[i].id ? rows[i].id : "reply-missing" };
		struct incident inc = {
			.culprit = rows[i].culprit, .severity = SEV_ERROR, .check = &check
		};
		size_t at = 0;

		inc.fate[MAIL_LOST] = rows[i].lost;
		n = incident_advice(v, &inc, slice_str(rows[i].remedy));
		got[0] = '\0';
		for (k = 0; k < n; k++)
			at += (size_t)snprintf(got + at, sizeof got - at, "%s=%.*s|", v[k].side,
			    (int)v[k].text.n, (const char *)v[k].text.p);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"", rows[i].name, got, rows[i].want);
	}
}

/* -- timeline --------------------------------------------------------------------------- */

static void
test_timeline(void **state)
{
	static const struct {
		const char *name;
		int64_t from, step;
		unsigned n;
	} rows[] = {
		{ "one", 0, 1, 1 },
		{ "a second", INT64_C(1768478400000000000), NS_PER_MS, 1000 },
		{ "a year", INT64_C(1768478400000000000), 86400 * NS_PER_S, 365 },
		{ "backwards", 0, -7 * NS_PER_S, 500 },
		{ "before 1970", -100 * NS_PER_S, NS_PER_S, 200 },
		{ "half of all time", INT64_MIN, INT64_MAX / 100, 100 },
		{ "the end of time", INT64_MAX, -INT64_MAX / 100, 100 },
	};
	size_t i, k;
	unsigned c;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct timeline t = { 0 };
		uint64_t sum = 0;

		for (k = 0; k < rows[i].n; k++)
			timeline_add(&t, rows[i].from + (int64_t)k * rows[i].step,
			    (unsigned)k % TIMELINE_CLASSES);
		if (t.n == 0 || t.n > TIMELINE_SLOTS)
			fail_msg(
			    "%s: got %zu slots, want 1 to %d", rows[i].name, t.n, TIMELINE_SLOTS);
		for (k = 0; k < t.n; k++)
			for (c = 0; c < TIMELINE_CLASSES; c++)
				sum += t.slot[k][c];
		if (sum != rows[i].n)
			fail_msg(
			    "%s: got %" PRIu64 " counted, want %u", rows[i].name, sum, rows[i].n);
	}
}

/* -- diagrams --------------------------------------------------------------------------- */

static void
hostile_session(struct scene *sc)
{
	struct smtp_unit *u;

	scene_mid_data(sc);
	u = scene_command(sc, "EHLO <script>\"'\x1b[31m;#`|end\xe2\x80\xae");
	scene_reply(sc, "500 </svg></pre>]]>--> \xff ``` @x #1", u);
	scene_finding(sc, &scene_check, u->line.first.frame, "\"<img src=x>\" `` \x07 \xff");
	sc->s.stream = &sc->stream;
}

/* Nothing but what the drawing itself is made of; every line of the text is as wide. */
static void
test_diagrams(void **state)
{
	struct redactor *r = redactor_new(0);
	struct scene *sc = xcalloc(1, sizeof *sc);
	struct output *text = output_memory(), *mermaid = output_memory(), *svg = output_memory();
	struct evidence *e;
	struct ladder l;
	struct error err;
	const char *got;

	(void)state;
	hostile_session(sc);
	e = evidence_new(&sc->s, STAILQ_FIRST(&sc->s.findings), &scene_config, r, true);
	ladder_init(&l, e, r);
	ladder_text(text, &l);
	ladder_mermaid(mermaid, &l);
	ladder_svg(svg, &l);
	got = (const char *)output_slice(text).p;
	if (!strstr(got, ">    3081    0.006000 |<--- 552 Message exceeds fixed maximum") ||
	    strpbrk(got, "\x1b\x07\xff"))
		fail_msg("text: got\n%s", got);
	got = (const char *)output_slice(mermaid).p;
	if (!strstr(got, "S->>C: frame 3081: 552 Message exceeds") || strpbrk(got, "<\x1b\x07`"))
		fail_msg("mermaid: got\n%s", got);
	got = (const char *)output_slice(svg).p;
	if (strstr(got, "<script") || strstr(got, "</svg></pre>") || strpbrk(got, "\x1b\x07\xff"))
		fail_msg("svg: got\n%s", got);
	output_close(text, &err);
	output_close(mermaid, &err);
	output_close(svg, &err);
	evidence_free(e);
	redactor_free(r);
	free(sc);
}

/* -- whole reports ---------------------------------------------------------------------- */

static void
test_reports(void **state)
{
	static const char *const names[] = { "markdown", "html", "json", "sarif" };
	static const char *const ends[] = { "throughout (`--redact=none` shows them)\n",
		"</html>\n", "}\n", "}\n" };
	struct scene *sc = xcalloc(1, sizeof *sc);
	struct run run = { .sessions = 1, .by_severity = { 0, 0, 2 } };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(names); i++) {
		const struct reporter_ops *ops = reporter_find(names[i]);
		struct report_config cfg = scene_config;
		char *report;
		size_t n, end = strlen(ends[i]);

		cfg.redact = ops->redact;
		hostile_session(sc);
		report = scene_report(ops, &cfg, &sc->s, &run);
		n = strlen(report);
		if (n < end || strcmp(report + n - end, ends[i]) != 0)
			fail_msg("%s: got an end of \"%s\", want \"%s\"", names[i],
			    n < 60 ? report : report + n - 60, ends[i]);
		if (strpbrk(report, "\x1b\x07\xff") || strstr(report, "\xe2\x80\xae"))
			fail_msg("%s: octets that no display may see: %s", names[i], report);
		if (ops->redact &&
		    (strstr(report, "192.0.2.10") || strstr(report, "198.51.100.25")))
			fail_msg("%s: got an address of the input: %s", names[i], report);
		if (i >= 2) {
			json_error_t error;
			json_t *doc = json_loads(report, 0, &error);

			if (!doc)
				fail_msg("%s: no JSON: %s", names[i], error.text);
			json_decref(doc);
		}
		free(report);
	}
	free(sc);
}

/* A run without sessions is a report, too. */
static void
test_empty(void **state)
{
	struct run run = { 0 };
	size_t i;

	(void)state;
	for (i = 0; reporters[i]; i++) {
		char *report = scene_report(reporters[i], &scene_config, NULL, &run);

		if (!*report)
			fail_msg("%s: got nothing of an empty run", reporters[i]->name);
		free(report);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_fence),
		cmocka_unit_test(test_advice),
		cmocka_unit_test(test_timeline),
		cmocka_unit_test(test_diagrams),
		cmocka_unit_test(test_reports),
		cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
