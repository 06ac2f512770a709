/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy - what the operator wants of single checks: suppressed, or another severity.
 */
#ifndef SMTPSCOPE_POLICY_H
#define SMTPSCOPE_POLICY_H

#include "model/finding.h"

struct error;

struct policy {
	enum check_grade *grades; /* owned; by position in the table of checks; NULL: all usual */
};

/* What was said last of a check holds.  0, or -1 with the error set and nothing changed: no check
 * has this id. */
int policy_suppress(struct policy *, const char *id, struct error *);
/* `level': "error", "warning", "note", "off" or "usual". */
int policy_grade(struct policy *, const char *id, const char *level, struct error *);
void policy_fini(struct policy *);

#endif
