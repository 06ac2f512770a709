/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy - the table that the checks are graded by, made of options and lines of
 * configuration files.
 *
 * The table has a place for every check and is made when the first one is
 * mentioned, so that a run without wishes does nothing more than before.  The
 * dissector borrows it and applies it after the consequences were found
 * (smtp/checks/engine.c): a wish changes what is said about a session, never how
 * it is understood, and never how sure a finding is.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "catalogue.h"
#include "optvalue.h"
#include "policy.h"
#include "smtp/checks.h"

static int
set(struct policy *p, const char *id, enum check_grade grade, struct error *err)
{
	const struct check_info *check = checks_find(id);

	if (!check)
		return catalogue_unknown(id, err);
	if (!p->grades)
		p->grades = xcalloc(checks_count(), sizeof *p->grades);
	p->grades[checks_position(check)] = grade;
	return 0;
}

int
policy_suppress(struct policy *p, const char *id, struct error *err)
{
	return set(p, id, GRADE_OFF, err);
}

int
policy_grade(struct policy *p, const char *id, const char *level, struct error *err)
{
	static const char *const words[] = { "error", "warning", "note", "off", "usual", NULL };
	static const enum check_grade grades[] = { GRADE_ERROR, GRADE_WARNING, GRADE_NOTE,
		GRADE_OFF, GRADE_USUAL };
	unsigned i;

	_Static_assert(sizeof words / sizeof words[0] == sizeof grades / sizeof grades[0] + 1,
	    "a grade for every word");
	if (optvalue_choice(level, words, &i, err) != 0)
		return -1;
	return set(p, id, grades[i], err);
}

void
policy_fini(struct policy *p)
{
	free(p->grades);
	free(p->suppressions.v);
	p->grades = NULL;
	p->suppressions = (struct suppressions){ NULL, 0 };
}
