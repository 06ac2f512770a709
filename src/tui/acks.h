/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * acks - findings that somebody has looked at: which check in which session.
 *
 * They outlive the run, in ${XDG_STATE_HOME:-~/.local/state}/smtpscope/acknowledged, a line for
 * each: the id of the check, the community id of the connection, the time of its first frame in
 * nanoseconds since 1970.  All three are the same when the capture is read again, from whatever
 * file.  The file is the user's alone (0600) and holds ACKS_MAX lines at most: the oldest make
 * room.  A file that is damaged, or another user's, is not written over; what is acknowledged
 * then holds for this run, and acks_set() says why.
 */
#ifndef SMTPSCOPE_TUI_ACKS_H
#define SMTPSCOPE_TUI_ACKS_H

#include "decode/decode.h"

struct acks;
struct error;

enum { ACKS_MAX = 4096 };

/* What identifies a session. */
struct acks_session {
	const struct endpoint *ep; /* both of them */
	int64_t first_ts;
};

/* Reads the file, if there is one.  With NULL for both: nothing is kept beyond the run. */
struct acks *acks_new(const char *xdg_state_home, const char *home);
void acks_free(struct acks *); /* accepts NULL */
bool acks_has(const struct acks *, const struct acks_session *, const char *check);
/* Whether it is acknowledged from now on.  0, or -1 with the error set: it is, but not beyond
 * this run. */
int acks_set(struct acks *, const struct acks_session *, const char *check, bool, struct error *);

#endif
