/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy - what the operator wants of single checks: suppressed, or another severity.
 */
#ifndef SMTPSCOPE_POLICY_H
#define SMTPSCOPE_POLICY_H

#include "model/finding.h"
#include "model/suppression.h"

struct error;

struct policy {
	enum check_grade *grades; /* owned; by position in the table of checks; NULL: all usual */
	struct suppressions suppressions; /* owned; of single peers, or for a time */
};

/* What was said last of a check holds.  0, or -1 with the error set and nothing changed: no check
 * has this id. */
int policy_suppress(struct policy *, const char *id, struct error *);
/* `level': "error", "warning", "note", "off" or "usual". */
int policy_grade(struct policy *, const char *id, const char *level, struct error *);
/* Adds the lines of a file: "CHECK [ADDRESS[/BITS]] [until YYYY-MM-DD]".  0, or -1 with the error
 * set, which names file and line; what stood before that line has been added. */
int policy_read(struct policy *, const char *path, struct error *);
void policy_fini(struct policy *);

#endif
