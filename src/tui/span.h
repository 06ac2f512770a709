/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * span - what lies between two frames of a session: time, frames, octets each way.
 *
 * Both frames are counted in.  Of a run that the ledger keeps as one record only the whole can be
 * counted, and the words then say "about".
 */
#ifndef SMTPSCOPE_TUI_SPAN_H
#define SMTPSCOPE_TUI_SPAN_H

#include "smtp/smtp.h"

struct output;

struct span {
	uint64_t first, last; /* frames, in the order of the capture */
	int64_t time;         /* ns; may be negative where the capture's clock went back */
	uint64_t frames[2], octets[2], again[2]; /* by role; octets in all, and sent again */
	bool about;                              /* an end lies within a run kept as one record */
	bool timed;                              /* of a transcript there are no times */
};

/* False: one of the frames is not kept. */
bool span_measure(struct span *, const struct smtp_session *, uint64_t, uint64_t);
/* "frames 11 to 58: 460 ms; C>S 24 frames, 11,792 octets; S>C 24 frames, 118 octets" */
void span_words(struct output *, const struct span *);
/* The same, a fact a line. */
void span_lines(struct output *, const struct span *);

#endif
