/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unit tests of what the operator wants of single checks: the options that say
 * so, and what becomes of the findings of a real capture.
 *
 * The capture is traces/seed1-full.pcap: two reply-mid-data and a
 * server-close-mid-data are errors, session-421 only follows from the former.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "pipeline.h"
#include "smtp/checks/cascade.h"
#include "smtp/smtp.h"
#include "test_policy_line.h"

enum { PATH_LEN = 1024 };

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static char folder[] = "/tmp/test_policy.XXXXXX";

/* -- options ---------------------------------------------------------------------------- */

static void
test_options(void **state)
{
	static const struct {
		const char *name, *args[ARGS_MAX];
		const char *id;
		enum check_grade want;
	} rows[] = {
		{ "nothing", { "-rx" }, "tarpit", GRADE_USUAL },
		{ "--suppress", { "-rx", "--suppress=tarpit" }, "tarpit", GRADE_OFF },
		{ "another check", { "-rx", "--suppress=tarpit" }, "harvest", GRADE_USUAL },
		{ "list, first", { "-rx", "--suppress=tarpit,harvest" }, "tarpit", GRADE_OFF },
		{ "list, last", { "-rx", "--suppress=tarpit,harvest" }, "harvest", GRADE_OFF },
		{ "repeated", { "-rx", "--suppress=tarpit", "--suppress=harvest" }, "tarpit",
		    GRADE_OFF },
		{ "error", { "-rx", "--grade=tarpit=error" }, "tarpit", GRADE_ERROR },
		{ "warning", { "-rx", "--grade=tarpit=warning" }, "tarpit", GRADE_WARNING },
		{ "note", { "-rx", "--grade=tarpit=note" }, "tarpit", GRADE_NOTE },
		{ "off", { "-rx", "--grade=tarpit=off" }, "tarpit", GRADE_OFF },
		{ "usual", { "-rx", "--suppress=tarpit", "--grade=tarpit=usual" }, "tarpit",
		    GRADE_USUAL },
		{ "the last wins", { "-rx", "--grade=tarpit=error", "--suppress=tarpit" }, "tarpit",
		    GRADE_OFF },
		{ "first check of the table", { "-rx", "--suppress=capture-gap" }, "capture-gap",
		    GRADE_OFF },
	};
	struct options o;
	struct error err;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		if (parse(&o, rows[i].args, &err) != 0)
			fail_msg("%s: got the error \"%s\", want none", rows[i].name, err.text);
		if (grade_of(&o, rows[i].id) != rows[i].want)
			fail_msg("%s: got grade %d, want %d", rows[i].name,
			    (int)grade_of(&o, rows[i].id), (int)rows[i].want);
		options_fini(&o);
	}
}

static void
test_bad_options(void **state)
{
	static const struct {
		const char *args[ARGS_MAX];
		const char *want;
	} rows[] = {
		{ { "-rx", "--suppress=tarpits" },
		    "--suppress: there is no check \"tarpits\"; near it: tarpit" },
		{ { "-rx", "--suppress=nothing like any of them" },
		    "--suppress: there is no check \"nothing like any of them\"; "
		    "--list-checks shows them all" },
		{ { "-rx", "--suppress=tarpit,,harvest" },
		    "--suppress: an entry of \"tarpit,,harvest\" is empty" },
		{ { "-rx", "--suppress=" }, "--suppress: an entry of \"\" is empty" },
		{ { "-rx", "--grade=tarpit" }, "--grade: \"tarpit\" is not of the form ID=LEVEL" },
		{ { "-rx", "--grade==note" }, "--grade: \"=note\" is not of the form ID=LEVEL" },
		{ { "-rx", "--grade=tarpit=" },
		    "--grade: \"\" is unknown: give error, warning, note, off or usual" },
		{ { "-rx", "--grade=tarpit=Error" },
		    "--grade: \"Error\" is unknown: give error, warning, note, off or usual" },
		{ { "-rx", "--grade=tarpits=note" },
		    "--grade: there is no check \"tarpits\"; near it: tarpit" },
		{ { "-rx", "--config=/none", "--no-config" },
		    "--config and --no-config exclude each other" },
		{ { "-rx", "--config=/none" }, "/none: No such file or directory" },
	};
	struct options o;
	struct error err;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		if (parse(&o, rows[i].args, &err) == 0 || strcmp(err.text, rows[i].want) != 0)
			fail_msg(
			    "%s: got \"%s\", want \"%s\"", rows[i].args[1], err.text, rows[i].want);
		options_fini(&o);
	}
}

/* -- findings --------------------------------------------------------------------------- */

/* How often the report says so. */
static unsigned
count_in_report(const char *path, const char *what)
{
	FILE *fp = fopen(path, "re");
	char *line = NULL, *at;
	size_t size = 0;
	unsigned n = 0;

	assert_non_null(fp);
	while (getline(&line, &size, fp) > 0)
		for (at = line; (at = strstr(at, what)) != NULL; at++)
			n++;
	free(line);
	fclose(fp);
	return n;
}

static void
run_capture(const char *capture, const char *const more[], struct run *run)
{
	const char *args[ARGS_MAX] = { "-Tjsonl", "-oreport", "-r", capture };
	enum exit_status status;
	struct options o;
	struct pipeline *p = NULL;
	struct error err;
	size_t i;

	for (i = 0; more[i]; i++)
		args[4 + i] = more[i];
	if (parse(&o, args, &err) != 0 || !(p = pipeline_new(&o, &status, &err)))
		fail_msg("%s: %s", capture, err.text);
	while (pipeline_step(p, 64, &err) == CAPTURE_PACKET)
		;
	pipeline_finish(p);
	*run = *pipeline_run(p);
	assert_int_equal(pipeline_close(p, &err), 0);
	options_fini(&o);
}

static void
test_findings(void **state)
{
	static const struct {
		const char *name, *args[4];
		unsigned count[3]; /* note, warning, error */
		unsigned suppressed, regraded;
		unsigned certain, session_421; /* in the report */
	} rows[] = {
		{ "as usual", { NULL }, { 1, 1, 3 }, 0, 0, 5, 1 },
		{ "a cause goes with its consequence", { "--suppress=reply-mid-data" }, { 1, 1, 1 },
		    3, 0, 2, 0 },
		{ "a consequence alone", { "--suppress=session-421" }, { 1, 1, 3 }, 1, 0, 4, 0 },
		{ "two", { "--suppress=reply-mid-data,path-space" }, { 0, 1, 1 }, 4, 0, 1, 0 },
		{ "off", { "--grade=path-space=off" }, { 0, 1, 3 }, 1, 0, 4, 1 },
		{ "lower", { "--grade=reply-mid-data=note" }, { 3, 1, 1 }, 0, 2, 5, 1 },
		{ "higher", { "--grade=path-space=error" }, { 0, 1, 4 }, 0, 1, 5, 1 },
		{ "a consequence is not counted", { "--grade=session-421=error" }, { 1, 1, 3 }, 0,
		    1, 5, 1 },
		{ "the usual one", { "--grade=reply-mid-data=error" }, { 1, 1, 3 }, 0, 0, 5, 1 },
		{ "no surer than before", { "--grade=half-close-continue=error" }, { 1, 0, 4 }, 0,
		    1, 5, 1 },
		{ "not there", { "--suppress=tarpit" }, { 1, 1, 3 }, 0, 0, 5, 1 },
	};
	char capture[PATH_LEN];
	const char *src = *state;
	struct run run;
	size_t i;

	snprintf(capture, sizeof capture, "%s/traces/seed1-full.pcap", src);
	for (i = 0; i < COUNT(rows); i++) {
		run_capture(capture, rows[i].args, &run);
		if (run.by_severity[SEV_NOTE] != rows[i].count[SEV_NOTE] ||
		    run.by_severity[SEV_WARNING] != rows[i].count[SEV_WARNING] ||
		    run.by_severity[SEV_ERROR] != rows[i].count[SEV_ERROR] ||
		    run.suppressed != rows[i].suppressed || run.regraded != rows[i].regraded)
			fail_msg("%s: got %" PRIu64 "/%" PRIu64 "/%" PRIu64 ", %" PRIu64
			         " suppressed, %" PRIu64 " graded",
			    rows[i].name, run.by_severity[SEV_NOTE], run.by_severity[SEV_WARNING],
			    run.by_severity[SEV_ERROR], run.suppressed, run.regraded);
		if (count_in_report("report", "\"confidence\":\"certain\"") != rows[i].certain ||
		    count_in_report("report", "\"event\":\"session-421\"") != rows[i].session_421)
			fail_msg("%s: got %u certain findings, %u of session-421", rows[i].name,
			    count_in_report("report", "\"confidence\":\"certain\""),
			    count_in_report("report", "\"event\":\"session-421\""));
		if (count_in_report("report", "\"suppressed\":") != (rows[i].suppressed > 0))
			fail_msg("%s: the statistics tell nothing of it", rows[i].name);
	}
}

/* Of single peers, and for a time: the capture is of 2026-01-15, 192.0.2.1 to 198.51.100.25. */
static void
test_file(void **state)
{
	static const struct {
		const char *text;
		int64_t suppressed; /* -1: refused, ... */
		const char *want;   /* ... with this behind the path */
	} rows[] = {
		{ "", 0, NULL },
		{ "# nothing\n\n  \t\n", 0, NULL },
		{ "path-space", 1, NULL },
		{ "path-space 192.0.2.1 # ours", 1, NULL },
		{ "path-space 192.0.2.2\n", 0, NULL },
		{ "path-space 192.0.2.0/24", 1, NULL },
		{ "path-space 192.0.2.0/31", 1, NULL },
		{ "path-space 192.0.2.2/31", 0, NULL },
		{ "path-space 192.0.2.2/30", 1, NULL },
		{ "path-space 0.0.0.0/0", 1, NULL },
		{ "path-space ::/0", 0, NULL },
		{ "path-space 198.51.100.25 until 2026-01-15", 1, NULL },
		{ "path-space 198.51.100.25 until 2026-01-14", 0, NULL },
		{ "path-space until 2027-12-31\r\n", 1, NULL },
		{ "path-space until 2020-02-29\npath-space\n", 1, NULL },
		{ "reply-mid-data 198.51.100.0/24\npath-space", 4, NULL },
		{ "tarpit\nno-such-check", -1, ":2: " },
		{ "path-space nobody", -1, ":1: \"nobody\" is neither an address" },
		{ "path-space 192.0.2.0/33", -1, ":1: \"192.0.2.0/33\" is neither" },
		{ "path-space 192.0.2.0/", -1, ":1: \"192.0.2.0/\" is neither" },
		{ "path-space 192.0.2.0/8x", -1, ":1: \"192.0.2.0/8x\" is neither" },
		{ "path-space until", -1, ":1: behind \"until\" stands a day" },
		{ "path-space until 2026-02-30", -1, ":1: behind \"until\" stands a day" },
		{ "path-space until 2026-1-1", -1, ":1: behind \"until\" stands a day" },
		{ "path-space until 2026-01-15 now", -1, ":1: the form is" },
	};
	const char *const args[] = { "--suppress-file=rules", NULL };
	const char *const alone[] = { "-rx", "--suppress-file=rules", NULL };
	char capture[PATH_LEN];
	struct options o;
	struct error err;
	struct run run;
	FILE *fp;
	size_t i;

	snprintf(capture, sizeof capture, "%s/traces/seed1-full.pcap", (const char *)*state);
	for (i = 0; i < COUNT(rows); i++) {
		fp = fopen("rules", "we");
		assert_non_null(fp);
		fputs(rows[i].text, fp);
		fclose(fp);
		if (rows[i].suppressed < 0) {
			if (parse(&o, alone, &err) == 0 || !strstr(err.text, rows[i].want) ||
			    !strstr(err.text, "rules"))
				fail_msg("%s: got \"%s\", want \"%s\"", rows[i].text, err.text,
				    rows[i].want);
			options_fini(&o);
			continue;
		}
		run_capture(capture, args, &run);
		if (run.suppressed != (uint64_t)rows[i].suppressed)
			fail_msg("%s: got %" PRIu64 " suppressed, want %" PRId64, rows[i].text,
			    run.suppressed, rows[i].suppressed);
		if (count_in_report("report", "\"suppressed\":") != (rows[i].suppressed > 0))
			fail_msg("%s: the statistics tell nothing of it", rows[i].text);
	}
	unlink("rules");
}

/* Three rules that could close a ring, in which no finding would count. */
static void
test_no_ring_of_causes(void **state)
{
	static const char *const ids[] = { "eod-missing", "client-close-mid-data",
		"server-close-mid-data" };
	struct finding f[COUNT(ids)] = { 0 };
	struct smtp_session s = { 0 };
	const struct finding *at;
	size_t i, steps, heads = 0;

	(void)state;
	STAILQ_INIT(&s.findings);
	for (i = 0; i < COUNT(ids); i++) {
		f[i].check = checks_find(ids[i]);
		f[i].frame = 7;
		assert_non_null(f[i].check);
		STAILQ_INSERT_TAIL(&s.findings, &f[i], link);
	}
	cascade(&s);
	for (i = 0; i < COUNT(ids); i++) {
		heads += f[i].parent == NULL;
		for (at = &f[i], steps = 0; at && steps <= COUNT(ids); steps++)
			at = at->parent;
		if (at)
			fail_msg("%s: is a consequence of itself", ids[i]);
	}
	assert_int_equal(heads, 1);
}

/* Stays in a folder of its own, so what it needs of the sources gets a whole path. */
static int
setup(void **state)
{
	const char *src = getenv("srcdir");

	*state = realpath(src ? src : ".", NULL);
	if (!*state || !mkdtemp(folder) || chdir(folder) != 0)
		return -1;
	return setenv("SMTPSCOPERC", "", 1);
}

static int
teardown(void **state)
{
	free(*state);
	unlink("report");
	return chdir("/") == 0 ? rmdir(folder) : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_bad_options),
		cmocka_unit_test(test_findings),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_no_ring_of_causes),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
