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

enum repeat_verdict {
	REPEAT_SAME,
	REPEAT_DIFFERS, /* for certain */
	REPEAT_UNKNOWN  /* no copy has boundaries that fit: the sums say nothing */
};

/* Retransmitted octets that are about to enter the ledger, against those sent before. */
enum repeat_verdict repeat_judge(const struct ledger *, const struct ledger_seg *g);

#endif
