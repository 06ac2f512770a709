/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * repeat - does a retransmission carry other octets than the copy before it?
 * Told by the checksums in the ledger; no octet is kept for it.
 */
#ifndef SMTPSCOPE_STREAM_REPEAT_H
#define SMTPSCOPE_STREAM_REPEAT_H

#include "stream/ledger.h"

enum {
	REPEAT_LOOKBACK = 256, /* records of the ledger that are looked at */
	REPEAT_PARTS = 8       /* segments that one copy may have come in */
};

/* `g' is about to enter the ledger.  True: its octets differ from those sent before, for
 * certain.  False: they are the same, or nothing can be said. */
bool repeat_differs(const struct ledger *, const struct ledger_seg *g);

#endif
