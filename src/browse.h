/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * browse - the program behind the terminal interface: a run whose sessions become rows of a
 * store and incidents, and that opens any of them again.
 *
 *	b = browse_new(options, &status, &err);
 *	tui_run(browse_source(b), &config, &err);
 *	rc = browse_close(b, &err);
 *
 * browse_source() is ready for use at once and valid until browse_close(); everything it
 * points to is owned here.  One thread calls it.  work() reads in portions of about the time it
 * is given; when it returns, the store and the incidents stay as they are until the next call.
 */
#ifndef SMTPSCOPE_BROWSE_H
#define SMTPSCOPE_BROWSE_H

#include "model/run.h"
#include "options.h"
#include "tui/tui.h"

struct browse;

/* What is known of the frames kept to be read again. */
struct browse_kept {
	bool from_file;       /* they are read from the input itself: none is lost */
	uint64_t size;        /* of the spool, octets */
	uint64_t overwritten; /* octets of it whose frames made room for newer ones */
	uint64_t refused;     /* frames that were never kept */
	uint64_t unnoted;     /* sessions that may lack findings resting on earlier ones */
	const char *failure;  /* why frames are kept no longer, or why no session can be opened
	                       * again at all; NULL: nothing is wrong */
};

/* NULL with the error set, and the exit status that it means.  The options are borrowed. */
struct browse *browse_new(const struct options *, enum exit_status *, struct error *);
struct tui_source *browse_source(struct browse *);
/* Makes work() end the input soon.  Async-signal-safe. */
void browse_break(struct browse *);
void browse_kept(struct browse *, struct browse_kept *);
/* 0, or -1 with the error set if the saved packets (-w) could not be written whole. */
int browse_close(struct browse *, struct error *);

#endif
