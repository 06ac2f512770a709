/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_policy_line - a command line as a row of words, and the grade that it, or a
 * configuration file, gives to a check.
 */
#ifndef SMTPSCOPE_TEST_POLICY_LINE_H
#define SMTPSCOPE_TEST_POLICY_LINE_H

#include "base/error.h"
#include "options.h"
#include "smtp/checks.h"

enum { ARGS_MAX = 8 };

static inline enum check_grade
grade_of(const struct options *o, const char *id)
{
	const struct check_info *check = checks_find(id);

	assert_non_null(check);
	return o->policy.grades ? o->policy.grades[checks_position(check)] : GRADE_USUAL;
}

/* What options_parse() returns. */
static inline int
parse(struct options *o, const char *const args[], struct error *err)
{
	static char program[] = "smtpscope";
	char *argv[ARGS_MAX + 2] = { program };
	int argc;

	err->text[0] = '\0';
	for (argc = 1; argc <= ARGS_MAX && args[argc - 1]; argc++)
		argv[argc] = (char *)(uintptr_t)args[argc - 1];
	return options_parse(o, argc, argv, err);
}

#endif
