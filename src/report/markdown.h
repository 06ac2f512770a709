/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * markdown - what the files of the Markdown report share.
 */
#ifndef SMTPSCOPE_REPORT_MARKDOWN_H
#define SMTPSCOPE_REPORT_MARKDOWN_H

#include "report/incident.h"
#include "report/markdown_text.h"

/* The report being written. */
struct markdown_page {
	struct output *o;
	struct redactor *r;
	const struct report_config *cfg;
	const struct incident *const *v; /* all incidents, the most harmful first */
};

void markdown_str(struct markdown_page *, const char *);
/* What a function of the outline wrote into memory; closes it. */
void markdown_words(struct markdown_page *, struct output *words);
void markdown_culprit(struct markdown_page *, const struct incident *);
void markdown_time(struct markdown_page *, int64_t ts); /* to the second */
/* Section `i' + 1: everything about v[i]. */
void markdown_incident(struct markdown_page *, size_t i);

#endif
