/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * comment - what the comments of a written capture say.
 */
#ifndef SMTPSCOPE_EXPORT_COMMENT_H
#define SMTPSCOPE_EXPORT_COMMENT_H

#include "model/run.h"

struct output;

/* "smtpscope reply-mid-data error certain: sentences [RFC 5321 4.1.1.4]", in one line. */
void comment_finding(struct output *, const struct finding *, const struct report_config *);

struct comment_section {
	const struct run *run;
	const struct report_config *report;
	uint64_t sessions; /* whose frames are in the file */
	uint64_t frames;   /* that are in the file */
};

/* What was read, what of it is in the file, and what was found in all. */
void comment_section(struct output *, const struct comment_section *);

#endif
