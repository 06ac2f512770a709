/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recall - what a session analysed a second time, alone, cannot learn from its frames.
 *
 * The first analysis knew the sessions before it (peers.h).  What that changed is little:
 * the session's number, what its server had offered before, and the findings of checks that
 * compare sessions (check.across).  These are kept as the checks made them, before
 * consequences were hung up and grades applied, so that both go on to work as they did.
 */
#ifndef SMTPSCOPE_SMTP_RECALL_H
#define SMTPSCOPE_SMTP_RECALL_H

#include "model/finding.h"

/* In smtp_session.across it belongs to the session's verdict, elsewhere to who made it. */
struct recalled {
	STAILQ_ENTRY(recalled) link;
	unsigned place; /* findings of the session that stood before it */
	struct finding finding;
};
STAILQ_HEAD(recalled_list, recalled);

struct smtp_recall {
	uint64_t number;                    /* smtp_session.number; 0: had none yet */
	unsigned earlier_offers;            /* smtp_session.earlier_offers */
	const struct recalled_list *across; /* NULL: none */
};

#endif
