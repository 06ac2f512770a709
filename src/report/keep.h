/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keep - the records of a session that are shown one by one because a finding
 * names their frames or frames beside them.
 */
#ifndef SMTPSCOPE_REPORT_KEEP_H
#define SMTPSCOPE_REPORT_KEEP_H

#include "model/run.h"
#include "smtp/smtp.h"

enum {
	KEEP_NEAR = 2, /* records kept on each side of a finding's frame */
	KEEP_RUN = 4   /* fewer records that could be folded are shown as they are */
};

enum keep_mark { KEEP_NOT, KEEP_BESIDE, KEEP_NAMED /* by a warning or an error */ };

struct keep {
	uint8_t *near; /* enum keep_mark by record, from `from' on; owned */
	size_t cap;
	size_t from; /* first record that matters */
};

/* The first record that ends at this frame or behind it; the number of records: none. */
size_t keep_record(const struct ledger *, uint64_t frame);
/* Looks at the findings that the options let through.  The memory is reused. */
void keep_mark(
    struct keep *, const struct report_config *, const struct smtp_session *, size_t from);
void keep_fini(struct keep *);

#endif
