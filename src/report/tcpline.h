/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tcpline - the TCP side of a frame as one line, in the manner of the classic
 * Network Monitor summaries: flags, length, absolute sequence numbers, window.
 */
#ifndef SMTPSCOPE_REPORT_TCPLINE_H
#define SMTPSCOPE_REPORT_TCPLINE_H

#include "stream/stream.h"

struct output;

enum { TCP_FLAGS_TEXT_MAX = 7 };

/* "UAPRSF", a dot for each flag that is not set. */
void tcp_flags_text(char out[TCP_FLAGS_TEXT_MAX], unsigned flags);
/*
 * The issues of the segment that say something about the path (enum decode_issue).  Most
 * checksums of a host being wrong means that its network card computes them after the capture
 * point: then they are not among them.
 */
unsigned tcp_issues(const struct stream *, const struct ledger_seg *);
/* ".A...F, len: 0, seq:1417586599-1417586599, ack: 136771427, win: 967"; what is unusual
 * about the segment follows in brackets. */
void tcp_line(struct output *, const struct stream *, const struct ledger_seg *);

#endif
