/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hold - frames that wait, in their order, until the fragments among them can be
 * filled: what a fragment holds is known when its datagram is whole.
 */
#ifndef SMTPSCOPE_EXPORT_HOLD_H
#define SMTPSCOPE_EXPORT_HOLD_H

#include "export/hide.h"

struct hold;

enum { HOLD_OCTETS = 16 << 20 }; /* held at once; then the oldest fragment stays empty */

struct hold *hold_new(void);
void hold_free(struct hold *); /* accepts NULL */
/* Takes a copy.  `whole': the frame that completes its datagram, 0: it can be written at once. */
void hold_add(struct hold *, const struct packet *, const struct hidden *, uint64_t whole);
/* The datagram that became whole in this frame, for all its fragments. */
void hold_fill(struct hold *, uint64_t whole, struct slice datagram);
/* The next frame that can be written, or NULL; `all': nothing more comes.  Valid until the next
 * call.  Fragments that had to stay empty are counted. */
const struct packet *hold_next(struct hold *, bool all);
uint64_t hold_empty(const struct hold *);

#endif
