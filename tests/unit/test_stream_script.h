/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_stream_script - a little language for TCP segments, and a sink that writes
 * the events it gets as one line of text.
 *
 * Steps are separated by ';'.  A step is a side (C or S), flags (S A F R, in
 * any order; A comes by itself without S and R) and words:
 *	'text'  payload        @N  offset of the payload (default: the next one)
 *	^N      acknowledges octet offset N (default: all the other side has sent)
 *	+N      N ms later     wN  window          kN  window scale option
 *	*N      octets on the wire (more than the payload: cut)
 *	xN      the payload N times over           bad  wrong checksum
 *	lN      a source port of N less            nN  new initial number, N above
 * "tick +N" lets time pass without a segment.
 */
#ifndef SMTPSCOPE_TESTS_TEST_STREAM_SCRIPT_H
#define SMTPSCOPE_TESTS_TEST_STREAM_SCRIPT_H

#include "base/budget.h"
#include "base/error.h"
#include "stream/reassembler.h"

struct script {
	struct tracker_config cfg;
	uint32_t isn[2];
	bool mute; /* the sink mutes every stream at its first event */
	bool want_segments;
	uint16_t port[2]; /* 0: 40000 and 25 */
};

struct script_result {
	char events[65536];
	struct stream first; /* as it was at the END of stream 1; its ledger is gone */
	uint64_t probes;     /* in that ledger */
	struct tracker_stats stats;
	uint64_t leaked; /* octets of the budget still taken at the end */
	uint64_t peak;
};

void script_run(const struct script *, const char *steps, struct script_result *);

#define HANDSHAKE "CS;SSA;C;"

struct script_row {
	const char *name;
	const char *steps;
	const char *want;
	const char *facts; /* "name=value ..." or NULL */
};

/* 0, or how much of the row went wrong; says so. */
int script_check(const struct script *, const struct script_row *);

#endif
