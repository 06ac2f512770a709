/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lookahead - the frames of saved captures, read and decoded by a thread of its own
 * while the caller analyses those before them.
 *
 * The capture and the decoder belong to that thread from lookahead_new() to
 * lookahead_free(), and with them whatever the decoder is charged to; only what
 * never changes may be asked of them meanwhile, and capture_break() be called.
 */
#ifndef SMTPSCOPE_LOOKAHEAD_H
#define SMTPSCOPE_LOOKAHEAD_H

#include "decode/decode.h"

struct lookahead;
struct options;

/* A frame, and what the decoder says of it. */
struct frame {
	struct packet pkt;
	enum decode_status status;
	struct segment seg; /* set if status is DECODE_SEGMENT */
};

/* How far the capture was read when the last frame handed out was: what one thread would know. */
struct lookahead_state {
	struct capture_stats capture;
	struct decode_stats decode;
	uint64_t done, total; /* as capture_progress() tells */
};

/* NULL: no thread can be had; the caller reads for itself then. */
struct lookahead *lookahead_new(struct capture *, struct decoder *, const struct options *);
/*
 * As capture_next(), never CAPTURE_AGAIN.  The frame, and what it points to, is borrowed until
 * the next call.  After EOF or ERROR every call returns EOF.
 */
enum capture_status lookahead_next(struct lookahead *, struct frame **, struct error *);
/* Exact to the frame only after the end, else to some hundred. */
const struct lookahead_state *lookahead_state(const struct lookahead *);
/* Ends the thread; to get what it has read already, call capture_break() and read to the end
 * before.  Accepts NULL. */
void lookahead_free(struct lookahead *);

#endif
