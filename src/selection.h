/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * selection - the sessions that a report is on: those that the display filter (-Y)
 * lets through.
 *
 * A session is made a row for a moment, since that is what a filter looks at.  Live, a
 * session that has been shown once stays in the report, whatever it becomes.
 */
#ifndef SMTPSCOPE_SELECTION_H
#define SMTPSCOPE_SELECTION_H

#include "filter/filter.h"

struct selection;

/* Borrows the filter.  NULL without one: everything is selected. */
struct selection *selection_new(const struct filter *);
void selection_free(struct selection *); /* accepts NULL */
/* Is the session to be reported, now that this much is known of it? */
bool selection_wants(struct selection *, struct smtp_session *, bool open);

#endif
