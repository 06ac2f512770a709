/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * step - records of a session as the frames of a diagram (struct step of
 * evidence.h).
 */
#ifndef SMTPSCOPE_REPORT_STEP_H
#define SMTPSCOPE_REPORT_STEP_H

#include "report/evidence.h"
#include "report/frame.h"

/* Where steps come from.  The view is set and freed by the caller. */
struct step_source {
	const struct smtp_session *s;
	const struct report_config *cfg;
	struct redactor *r;
	struct frame_view view;
	unsigned lines; /* kept so far; EVIDENCE_LINES at most */
};

/* A zeroed step becomes this frame, but for its mark; step_fini() frees what it then owns. */
void step_fill(struct step *, struct step_source *, const struct ledger_seg *);
/* A zeroed step, or a fold, takes this frame in. */
void step_fold(struct step *, const struct step_source *, const struct ledger_seg *);
void step_fini(struct step *);

#endif
