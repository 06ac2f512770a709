/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * header - which message is this?  Reads the first octets of message text as they
 * pass: its Message-ID, and hashes by which the same message is known again.
 *
 * Nothing of the text is kept but the Message-ID.  Any split of the input gives the
 * same result.  A hole in these octets leaves the hashes 0: not known.
 */
#ifndef SMTPSCOPE_SMTP_HEADER_H
#define SMTPSCOPE_SMTP_HEADER_H

#include "smtp/smtp.h"

struct header_scan;

enum {
	HEADER_READ = 4096, /* octets of each message that are looked at */
	TEXT_READ = 1024,   /* of them at most, behind the header */
	MESSAGE_ID_MAX = 256
};

/* From the session's arena, one for all its messages; NULL: no memory. */
struct header_scan *header_new(struct arena *);
void header_begin(struct header_scan *);
bool header_wants(const struct header_scan *); /* more octets change something */
void header_feed(struct header_scan *, struct slice);
void header_gap(struct header_scan *);
/* The message is over: writes what was found into it. */
void header_end(struct header_scan *, struct arena *, struct smtp_body *);

#endif
