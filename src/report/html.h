/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html - what the files of the HTML report share.
 */
#ifndef SMTPSCOPE_REPORT_HTML_H
#define SMTPSCOPE_REPORT_HTML_H

#include "report/finding_text.h"
#include "report/html_text.h"
#include "report/incident.h"

/* The page being written; all of it is in memory until its size is known. */
struct html_page {
	struct output *o;
	struct redactor *r;
	const struct report_config *cfg;
	const struct incident *const *v; /* all incidents, the most harmful first */
	struct explained cited;          /* checks that the page refers to */
};

extern const char html_style[];
extern const char html_script[], html_script_digest[];

/* A link to the explanation of the check. */
void html_check(struct html_page *, const struct check_info *);
void html_culprit(struct html_page *, const struct incident *);
void html_mail(struct html_page *, const struct incident *);
/* The section about v[i]. */
void html_incident(struct html_page *, size_t i);
struct ladder;
void html_exchange(struct html_page *, const struct ladder *);
void html_timeline(struct output *, const struct timeline *);
/* The checks that the page has named so far (html_trust.c). */
void html_explanations(struct html_page *);
/* How far the report can be trusted; `lost': what the tables had no room for. */
void html_trust(struct html_page *, const struct incident_losses *lost, const struct run *);
/* "<span class="badge error">error, certain</span>" */
void html_badge(struct output *, enum severity, enum confidence);

#endif
