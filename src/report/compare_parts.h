/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compare_parts - samples and cohorts, for the files that make them (compare*.c) and the
 * test.
 */
#ifndef SMTPSCOPE_REPORT_COMPARE_PARTS_H
#define SMTPSCOPE_REPORT_COMPARE_PARTS_H

#include "report/compare.h"

/* -- compare_cohort.c --------------------------------------------------------------------- */

void cohort_add(struct cohort *, const struct smtp_session *);
/* Frees its samples as well. */
void cohort_clear(struct cohort *);

/* How like a faulty session another one is. */
struct closeness {
	unsigned units;   /* both said, from the beginning */
	unsigned answers; /* both got, from the beginning */
	unsigned traits;  /* circumstances that differ */
	bool client;      /* it is the same */
};

struct closeness closeness_of_sample(const struct sample *bad, const struct sample *);
/* The same of a session, without a sample of it. */
struct closeness closeness_of_session(const struct sample *bad, const struct smtp_session *);
/* Is the first closer? */
bool closeness_better(struct closeness, struct closeness);

/* -- compare_sample.c --------------------------------------------------------------------- */

struct sample *sample_new(const struct smtp_session *, const struct finding *, struct redactor *);
void sample_free(struct sample *);
/* Of the session alone, in one walk: nothing is kept. */
uint32_t sample_traits(const struct smtp_session *);
void sample_measures(const struct smtp_session *, uint64_t out[MEASURES]);
uint64_t sample_shape(const struct smtp_session *);

#endif
