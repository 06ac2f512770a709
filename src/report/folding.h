/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * folding - the records of a session, one after the other: shown, or folded into
 * one line with their neighbours.  What frames and ladder have in common.
 */
#ifndef SMTPSCOPE_REPORT_FOLDING_H
#define SMTPSCOPE_REPORT_FOLDING_H

#include "report/frame.h"
#include "report/keep.h"

struct output;

struct folding {
	struct frame_view view; /* raw */
	struct frame_walk walk;
	struct keep keep;
	bool unfold;
	size_t next; /* record */
};

/* What comes next. */
struct fold {
	const struct ledger_seg *first, *last; /* the same: shown as it is */
	bool again;                            /* only octets that were sent before */
	uint64_t frames, octets;
	uint64_t full;       /* acknowledgements that closed the window */
	const char *what;    /* "message text", or NULL */
	enum keep_mark mark; /* of a record that is shown */
	int64_t previous;    /* time of the record shown before */
};

/* The session and the configuration are borrowed. */
void folding_init(
    struct folding *, const struct report_config *, const struct smtp_session *, bool unfold);
void folding_fini(struct folding *);
/* False: no record is left. */
bool folding_next(struct folding *, struct fold *);
/* Must be called when it has been shown, before the next one. */
void folding_shown(struct folding *, const struct fold *);
/* "14 frames, 7,504 octets of message text" */
void folding_words(struct output *, const struct folding *, const struct fold *);

#endif
