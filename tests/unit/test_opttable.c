/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unit tests of the table of options: no name stands twice, getopt knows every
 * row as the table says it, --help tells of every row, and values are read
 * strictly.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/output.h"
#include "opthelp.h"
#include "optinput.h"
#include "options.h"
#include "optvalue.h"
#include "report/reporter.h"
#include "stream/reassembler.h"

enum { HELP_WIDTH = 80 };

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static int
parse_one(char *arg, struct options *o, struct error *err)
{
	char program[] = "smtpscope";
	char *argv[] = { program, arg, NULL };

	return options_parse(o, 2, argv, err);
}

/* -- the table -------------------------------------------------------------------------- */

static void
test_rows_are_unique(void **state)
{
	size_t n, i, j;
	const struct option_row *rows = options_rows(&n);

	(void)state;
	assert_true(n > 30);
	for (i = 0; i < n; i++) {
		for (j = 0; j < i; j++) {
			if (rows[i].letter && rows[i].letter == rows[j].letter)
				fail_msg("-%c stands twice in the table", rows[i].letter);
			if (strcmp(rows[i].name, rows[j].name) == 0)
				fail_msg("--%s stands twice in the table", rows[i].name);
		}
		if ((rows[i].kind == KIND_CALL) != (rows[i].set != NULL))
			fail_msg("--%s: setter and kind do not fit", rows[i].name);
	}
}

/* Every row is known to getopt under both names, with and without an argument. */
static void
test_rows_parse(void **state)
{
	size_t n, i;
	const struct option_row *rows = options_rows(&n);
	char name[64], letter[3] = "-?", want[160];
	struct error err;
	struct options o;

	(void)state;
	for (i = 0; i < n; i++) {
		if (rows[i].letter == 't' || rows[i].optional) /* -t alone is tcpdump's */
			continue;
		snprintf(name, sizeof name, "--%s%s", rows[i].name, rows[i].arg ? "" : "=x");
		letter[1] = rows[i].letter;
		snprintf(want, sizeof want, "%s%s--%s: %s", rows[i].letter ? letter : "",
		    rows[i].letter ? ", " : "", rows[i].name,
		    rows[i].arg ? "an argument is missing" : "takes no argument");
		if (parse_one(name, &o, &err) == 0 || strcmp(err.text, want) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"", name, err.text, want);
		options_fini(&o);
		if (!rows[i].letter || !rows[i].arg)
			continue;
		if (parse_one(letter, &o, &err) == 0 || strcmp(err.text, want) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"", letter, err.text, want);
		options_fini(&o);
	}
}

static void
test_help_is_complete(void **state)
{
	size_t n, i, length;
	const struct option_row *rows = options_rows(&n);
	struct output *out = output_memory();
	const char *text, *line;
	struct error err;
	char want[80];

	(void)state;
	options_help(out);
	text = (const char *)output_slice(out).p;
	for (i = 0; i < n; i++) {
		snprintf(want, sizeof want, " --%s%s%s%s", rows[i].name,
		    rows[i].optional ? "[" : "", rows[i].arg ? "=" : "",
		    rows[i].arg ? rows[i].arg : "");
		if (rows[i].help && !strstr(text, want))
			fail_msg("--help: got no \"%s\"", want);
	}
	for (i = 0; reporters[i]; i++)
		assert_non_null(strstr(text, reporters[i]->summary));
	for (i = 0; reassemblers[i]; i++)
		assert_non_null(strstr(text, reassemblers[i]->summary));
	for (line = text; *line; line += length + (line[length] == '\n')) {
		length = strcspn(line, "\n");
		if (length > HELP_WIDTH)
			fail_msg("--help: got a line of %zu columns, want at most %d: %.*s", length,
			    HELP_WIDTH, (int)length, line);
	}
	output_close(out, &err);
}

/* -- values ----------------------------------------------------------------------------- */

static void
test_sizes(void **state)
{
	static const struct {
		const char *text;
		uint64_t want; /* 0: refused */
	} table[] = {
		{ "1", 1 },
		{ "1k", 1024 },
		{ "1K", 1024 },
		{ "3M", 3 << 20 },
		{ "2g", UINT64_C(2) << 30 },
		{ "16777215G", UINT64_C(16777215) << 30 },
		{ "17179869184G", 0 }, /* 2^64 */
		{ "0", 0 },
		{ "", 0 },
		{ "K", 0 },
		{ "1KB", 0 },
		{ "1 K", 0 },
		{ "-1", 0 },
		{ "+1", 0 },
		{ "0x10", 0 },
		{ "1.5M", 0 },
	};
	static const struct optvalue_size limits = { 1, 1, UINT64_MAX };
	struct error err;
	uint64_t got;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(table); i++) {
		got = 0;
		if ((optvalue_size(table[i].text, &limits, &got, &err) == 0) !=
		        (table[i].want != 0) ||
		    got != table[i].want)
			fail_msg("\"%s\": got %" PRIu64 ", want %" PRIu64, table[i].text, got,
			    table[i].want);
	}
}

static void
test_color(void **state)
{
	static const struct {
		const char *name;
		enum color_mode mode;
		struct color_env env;
		bool want;
	} table[] = {
		{ "terminal", COLOR_AUTO, { NULL, NULL, NULL, "xterm", true }, true },
		{ "no terminal", COLOR_AUTO, { NULL, NULL, NULL, "xterm", false }, false },
		{ "dumb terminal", COLOR_AUTO, { NULL, NULL, NULL, "dumb", true }, false },
		{ "no TERM", COLOR_AUTO, { NULL, NULL, NULL, NULL, true }, false },
		{ "NO_COLOR", COLOR_AUTO, { "1", NULL, NULL, "xterm", true }, false },
		{ "NO_COLOR empty", COLOR_AUTO, { "", NULL, NULL, "xterm", true }, true },
		{ "FORCE_COLOR", COLOR_AUTO, { NULL, "1", NULL, NULL, false }, true },
		{ "FORCE_COLOR=0", COLOR_AUTO, { NULL, "0", NULL, "xterm", false }, false },
		{ "CLICOLOR_FORCE", COLOR_AUTO, { NULL, NULL, "1", "dumb", false }, true },
		{ "NO_COLOR wins", COLOR_AUTO, { "1", "1", "1", "xterm", true }, false },
		{ "always", COLOR_ALWAYS, { "1", NULL, NULL, "dumb", false }, true },
		{ "never", COLOR_NEVER, { NULL, "1", "1", "xterm", true }, false },
	};
	size_t i;
	bool got;

	(void)state;
	for (i = 0; i < COUNT(table); i++) {
		got = options_color(table[i].mode, &table[i].env);
		if (got != table[i].want)
			fail_msg("%s: got %d, want %d", table[i].name, got, table[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_are_unique),
		cmocka_unit_test(test_rows_parse),
		cmocka_unit_test(test_help_is_complete),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_color),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
