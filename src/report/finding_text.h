/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * finding_text - a finding in words, for the reports that people read.
 */
#ifndef SMTPSCOPE_REPORT_FINDING_TEXT_H
#define SMTPSCOPE_REPORT_FINDING_TEXT_H

#include "report/common.h"

/* The checks that have been explained in full, so that each is explained once a session. */
struct explained {
	const struct check_info **check;
	size_t n, cap;
};

/* True the first time for each check. */
bool explained_first(struct explained *, const struct check_info *);
void explained_fini(struct explained *);

/* How a finding is to be shown. */
struct finding_style {
	const struct report_config *cfg;
	const struct smtp_session *s; /* the finding's */
	struct explained *explained;
	unsigned indent;
	bool tell_frame; /* it does not stand under its frame: name it */
	bool brief;      /* no explanation, even the first time */
};

void finding_text(struct output *, const struct finding_style *, const struct finding *);
/* "3 errors, 1 warning; worst: ..." of the session, or "none". */
void finding_counts(struct output *, const struct smtp_session *);

#endif
