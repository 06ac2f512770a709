/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * browse_save - some sessions of a run into a file: as a report, or their frames.
 * Private to browse.c.
 */
#ifndef SMTPSCOPE_BROWSE_SAVE_H
#define SMTPSCOPE_BROWSE_SAVE_H

#include "model/run.h"
#include "options.h"
#include "store/row.h"

struct reopen;

struct save_job { /* all borrowed */
	const struct options *options;
	struct reopen *reopen;
	const struct capture *capture;
	const struct run *run; /* of all that was read */
	const struct session_row *const *rows;
	size_t n;
	size_t *done;     /* how many of them have been read, for whoever waits */
	const char *path; /* a file that is there already is overwritten, unless it is an input */
};

/*
 * `format': "pcap", "pcapng" (findings are comments on their frames), or a name of -T.  What a
 * format hides unless told otherwise is hidden (see
 * --redact).  0, or -1 with the error set; there is no file then, or it is as it was.
 */
int save_sessions(const struct save_job *, const char *format, struct error *);

#endif
