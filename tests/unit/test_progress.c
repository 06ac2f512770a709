/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unit tests of the line of progress: its numbers, and that it keeps to the width.
 * tests/run-progress.sh has it on a terminal.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/timefmt.h"
#include "progress.h"

static void
test_text(void **state)
{
	static const struct {
		const char *name;
		struct progress_state s;
		unsigned columns;
		const char *want;
	} rows[] = {
		{ "file", { 412300000, 1024000000, 9, 2 * NS_PER_S }, 79,
		    "smtpscope: 412.3 of 1024.0 MB, 40 %, 206.1 MB/s" },
		{ "begin", { 0, 1000000, 0, NS_PER_S }, 79,
		    "smtpscope: 0.0 of 1.0 MB, 0 %, 0.0 MB/s" },
		{ "never before the end", { 999999, 1000000, 1, NS_PER_S }, 79,
		    "smtpscope: 0.9 of 1.0 MB, 99 %, 0.9 MB/s" },
		{ "a file that grew", { 3000000, 1000000, 1, NS_PER_S }, 79,
		    "smtpscope: 3.0 of 1.0 MB, 100 %, 3.0 MB/s" },
		{ "pipe", { 5000, 0, 1500, 3 * NS_PER_S }, 79,
		    "smtpscope: 1500 packets, 500 a second" },
		{ "no time", { 5000, 0, 1500, 0 }, 79, "smtpscope: 1500 packets, 0 a second" },
		{ "narrow", { 5000, 0, 1500, NS_PER_S }, 20, "smtpscope: 1500 pack" },
		{ "no room at all", { 5000, 0, 1500, NS_PER_S }, 0, "" },
		{ "greatest numbers", { UINT64_MAX, UINT64_MAX, UINT64_MAX, 1 }, 500,
		    "smtpscope: 18446744073709.5 of 18446744073709.5 MB, 100 %, " },
	};
	char got[PROGRESS_TEXT_MAX];
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		n = progress_text(got, &rows[i].s, rows[i].columns);
		if (strncmp(got, rows[i].want, strlen(rows[i].want)) != 0 ||
		    (rows[i].columns < 500 && strcmp(got, rows[i].want) != 0))
			fail_msg("%s: got \"%s\", want \"%s\"", rows[i].name, got, rows[i].want);
		if (n != strlen(got) || n >= PROGRESS_TEXT_MAX)
			fail_msg("%s: got length %zu of \"%s\"", rows[i].name, n, got);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_text) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
