/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * raw - the first octets of each open connection in order, as the dissector gets
 * them: what has to be replaced in headers of messages and in TLS handshakes is
 * found in them.
 */
#ifndef SMTPSCOPE_EXPORT_RAW_H
#define SMTPSCOPE_EXPORT_RAW_H

#include "stream/stream.h"

struct budget;
struct raw;

enum { RAW_MAX = 32768 }; /* octets of each direction */

struct raw *raw_new(struct budget *);
void raw_free(struct raw *); /* accepts NULL */
/* Before the dissector sees the event; END and a muted stream: behind it. */
void raw_event(struct raw *, const struct stream_event *);
void raw_forget(struct raw *, const struct stream *);
/* From offset 0 on, holes as zeros; empty when there is nothing. */
struct slice raw_octets(struct raw *, const struct stream *, enum stream_dir);

#endif
