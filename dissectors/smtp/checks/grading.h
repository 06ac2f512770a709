/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * grading - what is done with findings when all checks have spoken.
 */
#ifndef SMTPSCOPE_CHECKS_GRADING_H
#define SMTPSCOPE_CHECKS_GRADING_H

#include "smtp/smtp.h"

void findings_sort(struct smtp_session *);
struct check_wishes;
/* As the operator wants it.  Behind the hanging up of consequences. */
void findings_grade(struct smtp_session *, const struct check_wishes *);
/* Those that are no consequence, into the counters of the session. */
void findings_count(struct smtp_session *);

#endif
