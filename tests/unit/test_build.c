/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_build - what the documents of the views rest on: paragraphs, folding,
 * anchors at every finding, log lines of checks that exist.  How documents look
 * is the business of tests/run-documents.sh.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/error.h"
#include "smtp/checks.h"
#include "test_report_scene.h"
#include "report/folding.h"
#include "tui/loglines.h"
#include "tui/sheet.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool
same(struct slice s, const char *want)
{
	return slice_eq(s, slice_str(want));
}

/* -- paragraphs ------------------------------------------------------------------------- */

static const struct par_row {
	const char *name;
	struct sheet_par par;
	int width;
	const char *text;
	const char *want[5];
} par_rows[] = {
	{ "plain", { .indent = 2 }, 14, "one two three four", { "  one two", "  three four" } },
	{ "lead", { .lead = "|", .indent = 1 }, 12, "one two three", { "| one two", "| three" } },
	{ "label as wide as the hang", { .label = "Do  ", .hang = 4 }, 12, "one two three",
	    { "Do  one two", "    three" } },
	{ "label shorter than the hang", { .label = "Do", .hang = 4 }, 12, "one two three",
	    { "Do  one two", "    three" } },
	{ "label longer than the hang", { .label = "Server: ", .hang = 2 }, 14, "one two three",
	    { "Server: one", "  two three" } },
	{ "no room behind the label", { .label = "Server: ", .hang = 2 }, 12, "twelve one",
	    { "Server: ", "  twelve one" } },
	{ "LF", { .indent = 1 }, 20, "one\ntwo", { " one", " two" } },
	{ "empty", { .label = "Do ", .hang = 3 }, 20, "", { "Do " } },
	{ "never narrower than eight columns", { .indent = 30 }, 20, "eleven one",
	    { "                              eleven", "                              one" } },
};

static void
test_paragraphs(void **state)
{
	struct scene *sc = calloc(1, sizeof *sc);
	size_t i, k;

	(void)state;
	scene_init(sc, 1);
	for (i = 0; i < COUNT(par_rows); i++) {
		const struct par_row *row = &par_rows[i];
		struct build_options opt = {
			.cfg = &scene_config, .width = row->width, .ascii = true
		};
		struct doc *d = doc_new();
		struct sheet h;

		sheet_init(&h, d, &sc->s, &opt, 0);
		sheet_wrap(&h, &row->par, STYLE_PLAIN, slice_str(row->text));
		for (k = 0; k < COUNT(row->want) && row->want[k]; k++)
			if (!same(doc_plain(d, k), row->want[k]))
				fail_msg("%s: line %zu is \"%.*s\", want \"%s\"", row->name, k + 1,
				    (int)doc_plain(d, k).n, (const char *)doc_plain(d, k).p,
				    row->want[k]);
		if (doc_count(d) != k)
			fail_msg("%s: got %zu lines, want %zu", row->name, doc_count(d), k);
		sheet_fini(&h);
		doc_free(d);
	}
	free(sc);
}

/* A line that is there already goes on; what is cut says so. */
static void
test_flow_and_cut(void **state)
{
	struct scene *sc = calloc(1, sizeof *sc);
	struct build_options opt = { .cfg = &scene_config, .width = 14, .ascii = true };
	struct doc *d = doc_new();
	struct sheet h;

	(void)state;
	scene_init(sc, 1);
	sheet_init(&h, d, &sc->s, &opt, 0);
	h.frame = 9;
	sheet_line(&h, 0);
	sheet_str(&h, STYLE_PLAIN, "C> ");
	sheet_flow(&h, STYLE_PLAIN, slice_str("MAIL FROM:<a> SIZE=1"), 3);
	assert_int_equal(doc_count(d), 3);
	assert_true(same(doc_plain(d, 0), "C> MAIL"));
	assert_true(same(doc_plain(d, 1), "   FROM:<a>"));
	assert_true(same(doc_plain(d, 2), "   SIZE=1"));
	assert_int_equal(doc_frame(d, 2), 9);
	sheet_line(&h, 0);
	sheet_cut(&h, STYLE_PLAIN, slice_str("a title too long"), 12);
	assert_true(same(doc_plain(d, 3), "a title t..."));
	sheet_fini(&h);
	doc_free(d);
	free(sc);
}

/* -- findings --------------------------------------------------------------------------- */

static const struct {
	const char *name;
	build_fn *build;
	bool all; /* every finding has an anchor */
} views[] = {
	{ "frames", build_frames, true },
	{ "ladder", build_ladder, true },
	{ "transcript", build_transcript, true },
	{ "findings", build_findings, true },
	{ "finding", build_finding, false },
};

/* Three findings: a cause, what follows from it in an earlier frame, a warning. */
static void
make_scene(struct scene *sc)
{
	struct finding *effect, *cause;

	scene_init(sc, 1);
	scene_reply(sc, "220 hello", NULL);
	scene_reply(sc, "250 hello", scene_command(sc, "HELO a"));
	scene_reply(sc, "221 bye", scene_command(sc, "QUIT"));
	effect = scene_finding(sc, &scene_other_check, 2, "before it");
	effect->severity = SEV_ERROR;
	cause = scene_finding(sc, &scene_check, 3, "said by \"a\x1b[2Jb\"");
	effect->parent = cause;
	scene_finding(sc, &scene_other_check, 3, "beside it")->severity = SEV_WARNING;
	sc->s.worst = SEV_ERROR;
}

static size_t
count_anchors(const struct doc *d, const char *name)
{
	size_t i, n = 0;

	for (i = 0; i < doc_count(d); i++) {
		if (!(doc_flags(d, i) & DOC_ANCHOR))
			continue;
		n++;
		if (!doc_finding(d, i) || doc_frame(d, i) != doc_finding(d, i)->frame)
			fail_msg("%s: line %zu leads elsewhere than its finding", name, i + 1);
	}
	return n;
}

static void
test_anchors(void **state)
{
	struct report_config errors = scene_config;
	struct scene *sc = calloc(1, sizeof *sc);
	size_t i, pass;

	(void)state;
	make_scene(sc);
	errors.severity = SEV_ERROR;
	for (i = 0; i < COUNT(views); i++) {
		for (pass = 0; pass < 2; pass++) {
			struct build_options opt = {
				.cfg = pass ? &errors : &scene_config, .width = 100, .ascii = true
			};
			struct doc *title = doc_new(), *body = doc_new();
			size_t n, want = !views[i].all ? 0 : pass ? 2 : 3;

			views[i].build(title, body, &sc->s, &opt);
			n = count_anchors(body, views[i].name);
			if (n != want)
				fail_msg("%s: got %zu anchors, want %zu", views[i].name, n, want);
			if (doc_count(title) < 2 || doc_count(title) > 3)
				fail_msg(
				    "%s: got %zu lines of title", views[i].name, doc_count(title));
			doc_free(title);
			doc_free(body);
		}
	}
	free(sc);
}

/* Whatever view is open says what there was no memory for. */
static void
test_not_whole(void **state)
{
	static const char want[] = "NOT WHOLE: memory of the session, 1,234 octets dropped, "
	                           "12 frames not kept";
	struct build_options opt = { .cfg = &scene_config, .width = 120, .ascii = true };
	struct scene *sc = calloc(1, sizeof *sc);
	struct doc *title, *body;
	size_t i;
	bool said;
	int cut;

	(void)state;
	make_scene(sc);
	for (cut = 0; cut < 2; cut++) {
		for (i = 0; i < COUNT(views); i++) {
			title = doc_new();
			body = doc_new();
			views[i].build(title, body, &sc->s, &opt);
			/* A finding has a title of its own. */
			said = !views[i].all ?
			    cut == 1 :
			    doc_count(title) > 1 && slice_contains(doc_plain(title, 1), want);
			if (said != (cut == 1))
				fail_msg("%s: \"%.*s\"", views[i].name, (int)doc_plain(title, 1).n,
				    (const char *)doc_plain(title, 1).p);
			doc_free(title);
			doc_free(body);
		}
		sc->s.limited = true;
		sc->s.limit = "memory of the session";
		sc->stream.refused_octets = 1234;
		sc->stream.ledger.refused = 12;
	}
	free(sc);
}

/* The first error explains a session, not what follows from it. */
static void
test_cause(void **state)
{
	struct scene *sc = calloc(1, sizeof *sc);

	(void)state;
	make_scene(sc);
	assert_ptr_equal(sheet_cause(&sc->s), &sc->finding[1]);
	assert_ptr_equal(sheet_cause(&sc->s)->check, &scene_check);
	free(sc);
}

/* -- folding ---------------------------------------------------------------------------- */

static size_t
count_folds(struct scene *sc, bool unfold, char *words, size_t max)
{
	struct folding f;
	struct fold fold;
	size_t n = 0, records = 0;

	folding_init(&f, &scene_config, &sc->s, unfold);
	while (folding_next(&f, &fold)) {
		records += (size_t)(fold.last - fold.first) + 1;
		if (fold.first != fold.last) {
			struct output *o = output_memory();
			struct error err;

			folding_words(o, &f, &fold);
			snprintf(words, max, "%.*s", (int)output_slice(o).n,
			    (const char *)output_slice(o).p);
			output_close(o, &err);
			n++;
		}
		folding_shown(&f, &fold);
	}
	/* Every record is in one place. */
	assert_int_equal(records, sc->stream.ledger.n);
	folding_fini(&f);
	return n;
}

static void
test_folding(void **state)
{
	struct scene *sc = calloc(1, sizeof *sc);
	struct smtp_unit *data;
	char words[128] = "";
	size_t i;

	(void)state;
	scene_init(sc, 1);
	data = scene_command(sc, "DATA");
	scene_reply(sc, "354 go on", data);
	scene_text(sc, 10, 1000);
	assert_int_equal(count_folds(sc, false, words, sizeof words), 1);
	assert_true(strstr(words, "octets of message text") != NULL);
	assert_int_equal(count_folds(sc, true, words, sizeof words), 0);
	/* A finding in the middle keeps its neighbours, two on each side. */
	scene_finding(sc, &scene_check, sc->seg[12].frame, "here");
	assert_int_equal(count_folds(sc, false, words, sizeof words), 2);

	scene_init(sc, 1);
	scene_command(sc, "NOOP");
	for (i = 0; i < 5; i++) {
		struct ledger_seg *g = scene_segment(sc, DIR_CLIENT, 6, TCP_ACK);

		g->off = 0;
		g->kind = KIND_RETRANSMISSION;
		g->ts += INT64_C(1000000000) << i;
		sc->stream.last_ts = g->ts;
	}
	assert_int_equal(count_folds(sc, false, words, sizeof words), 1);
	assert_string_equal(
	    words, "5 frames, 30 octets sent again, after 1 s, 2 s, 4 s, 8 s, 16 s");
	free(sc);
}

/* -- log lines -------------------------------------------------------------------------- */

static void
test_loglines(void **state)
{
	struct error err;
	size_t i;

	(void)state;
	assert_non_null(loglines_id(0));
	for (i = 0; loglines_id(i); i++) {
		const struct check_info *c = checks_find(loglines_id(i));
		struct output *o = output_memory();

		if (!c)
			fail_msg("%s: there is no such check", loglines_id(i));
		if (!loglines_check(o, c) || output_slice(o).n == 0)
			fail_msg("%s: its lines are not told", loglines_id(i));
		if (i && strcmp(loglines_id(i), loglines_id(i - 1)) != 0) {
			size_t k;

			for (k = 0; k + 1 < i; k++)
				if (strcmp(loglines_id(k), loglines_id(i)) == 0)
					fail_msg(
					    "%s: its lines do not stand together", loglines_id(i));
		}
		output_close(o, &err);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paragraphs),
		cmocka_unit_test(test_flow_and_cut),
		cmocka_unit_test(test_anchors),
		cmocka_unit_test(test_not_whole),
		cmocka_unit_test(test_cause),
		cmocka_unit_test(test_folding),
		cmocka_unit_test(test_loglines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
