/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reopen - a session back from its row: its frames are read once more, and analysed by a
 * decoder, a tracker and a dissector of their own, set up as those of the run were.
 *
 * The result is the session of the first pass: the same frame numbers, pairs and
 * findings.  What the frames alone do not tell (the number of the session, findings that
 * rest on earlier sessions) was noted when it ended, by reopen_note().
 */
#ifndef SMTPSCOPE_REOPEN_H
#define SMTPSCOPE_REOPEN_H

#include "options.h"
#include "smtp/smtp.h"
#include "store/row.h"

struct reopen;
struct spool;

/*
 * Frames come from the spool, or else from the one file of the options, which must be one
 * that capture_can_seek(); it is kept open, so that it may be renamed or deleted.  Both are
 * borrowed.  NULL with the error set.
 */
struct reopen *reopen_new(const struct options *, struct spool *, struct error *);
void reopen_free(struct reopen *); /* accepts NULL */
/* go_on() is asked while frames are read again: false if that is to end with an error. */
void reopen_patience(struct reopen *, bool (*go_on)(void *ctx), void *ctx);
/* To be called for each session that ends, or has changed, while it is there. */
void reopen_note(struct reopen *, const struct smtp_session *);
/* What the next session may take in all, octets: --max-memory until this is called. */
void reopen_limit(struct reopen *, uint64_t octets);
/* What the session given out last takes, without what was found out about it. */
uint64_t reopen_memory(const struct reopen *);
/*
 * The session of this row, analysed; owned by reopen until the next call.  NULL with the
 * error set: the file has changed, the frames were not kept, no memory.  What there is no
 * memory for is missing in it, and counted there.
 */
const struct smtp_session *reopen_session(
    struct reopen *, const struct session_row *, struct error *);
/*
 * Hands the frames of these sessions to `take', in order of their numbers and each once,
 * fragments included; the packet is borrowed for the call.  take() returns 0, or -1 with the
 * error set to end it.  0 or -1.
 */
int reopen_frames(struct reopen *, const struct session_row *const *, size_t n,
    int (*take)(void *, const struct packet *, struct error *), void *, struct error *);
/*
 * Hands one frame of the session to `take', and the segment that it completes, or NULL; both are
 * borrowed for the call.  0, or -1 with the error set: it cannot be had, or is none of the row's.
 */
int reopen_frame(struct reopen *, const struct session_row *, uint64_t frame,
    void (*take)(void *, const struct packet *, const struct segment *), void *, struct error *);
/* Sessions whose notes there was no memory to keep: they lack findings when opened again. */
uint64_t reopen_unnoted(const struct reopen *);

#endif
