/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trust - how far a report can be trusted: what was dropped, refused, missing or
 * could not be read, as rows of a number and its meaning.
 */
#ifndef SMTPSCOPE_REPORT_TRUST_H
#define SMTPSCOPE_REPORT_TRUST_H

#include "model/run.h"

struct output;

enum { TRUST_ROWS_MAX = 32 };

struct trust_row {
	uint64_t n;       /* 0: the text says it all */
	const char *noun; /* "frame" */
	const char *text; /* "dropped by the kernel: the capture was too slow" */
	bool asked;       /* the operator wanted it so: no loss */
};

/* Rows that tell of some trouble; 0: there was none. */
size_t trust_rows(struct trust_row[TRUST_ROWS_MAX], const struct run *);
/* "3 frames dropped by the interface" */
void trust_put(struct output *, const struct trust_row *);

#endif
