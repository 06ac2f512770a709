/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * second - the second reading of the input: the wanted frames, with comments,
 * become a pcapng file.
 */
#ifndef SMTPSCOPE_EXPORT_SECOND_H
#define SMTPSCOPE_EXPORT_SECOND_H

#include "export/keep.h"
#include "model/run.h"

struct aliases;
struct error;
struct packed_out;
struct spool;

struct second_config {
	const struct capture_config *capture; /* as for the first reading */
	struct spool *spool; /* at the first frame; NULL: the input is read again */
	const struct report_config *report;
	struct budget *budget;
	const struct run *run;
	const struct keep *keep; /* sorted */
	struct packed_out *file;
	struct aliases *aliases; /* NULL: nothing is redacted */
	uint64_t packets;        /* that the first reading saw, or that are in the spool */
	uint64_t last_frame;     /* number of the last of them */
	uint64_t frames;         /* that are wanted */
};

/* 0, or -1 with the error set; if the file could not be written, it says that it knows why. */
int second_reading(const struct second_config *, struct error *);

#endif
