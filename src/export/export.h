/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * export - the frames of the shown sessions as a pcapng file, with the findings
 * as comments on their frames.
 *
 * All findings have to be known before the first frame can be written, so the
 * input is read a second time; from what cannot be read twice, the frames go
 * through a temporary file.
 */
#ifndef SMTPSCOPE_EXPORT_EXPORT_H
#define SMTPSCOPE_EXPORT_EXPORT_H

#include "model/run.h"

struct budget;
struct error;
struct exporter;
struct smtp_session;

struct export_config {
	const char *path;              /* borrowed, and so is all that the next two point to */
	struct capture_config capture; /* what is read, and will be read again */
	struct report_config report;   /* what is shown, what is hidden, names, digits of times */
	struct budget *budget;
	uint64_t spool; /* octets of the temporary file for input that cannot be read twice */
};

/* Is this a name of such a file: does it end in .pcapng or .pcapng.gz? */
bool export_is_name(const char *path);

/* Creates the file.  NULL with the error set. */
struct exporter *export_open(const struct export_config *, struct error *);
void export_close(struct exporter *); /* accepts NULL */

/* The sink to read streams with, in front of the one given, which has to be the dissector's. */
struct stream_sink export_sink(struct exporter *, struct stream_sink);
/* Of the first reading: each frame (`wanted': it may be one of a session), each segment, each
 * session that is shown. */
void export_packet(struct exporter *, const struct packet *, bool wanted);
void export_segment(struct exporter *, const struct segment *);
void export_session(struct exporter *, const struct smtp_session *);

/*
 * When the last session has ended: reads again and writes.  0, or -1 with the
 * error set if the file is not what was asked for; it holds what it says then.
 */
int export_finish(struct exporter *, const struct run *, struct error *);

#endif
