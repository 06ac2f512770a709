/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * summary - the blocks around the frames: heading and end of a session, end of
 * the run.
 */
#ifndef SMTPSCOPE_REPORT_SUMMARY_H
#define SMTPSCOPE_REPORT_SUMMARY_H

#include "report/common.h"
#include "report/incident.h"

void summary_heading(struct output *, const struct report_config *, const struct smtp_session *);
void summary_session(struct output *, const struct report_config *, const struct smtp_session *);
/* Nothing where there is no warning and no error. */
void summary_incidents(
    struct output *, const struct report_config *, struct redactor *, struct incidents *);
void summary_run(struct output *, const struct report_config *, const struct run *);

#endif
