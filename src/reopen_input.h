/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reopen_input - frames once more: from the spool if there is one, else from the file, read
 * with the filter and the numbers of the first time.  Private to reopen.c.
 */
#ifndef SMTPSCOPE_REOPEN_INPUT_H
#define SMTPSCOPE_REOPEN_INPUT_H

#include "options.h"
#include "store/row.h"

struct spool;

struct reopen_input {
	struct spool *spool;     /* borrowed; NULL: `capture' */
	struct capture *capture; /* owned; NULL: `spool' */
	/* Asked after some hundred frames: false ends it with an error.  NULL: nobody is. */
	bool (*go_on)(void *ctx);
	void *ctx;
	unsigned frames;  /* read since then */
	const char *name; /* of the file, borrowed from the options */
};

/* 0, or -1 with the error set; input_close() is allowed in both cases. */
int input_open(struct reopen_input *, const struct options *, struct spool *, struct error *);
void input_close(struct reopen_input *);
/* The next frame is the one that this row begins with. */
int input_seek(struct reopen_input *, const struct session_row *, struct error *);
/*
 * The next frame.  -1 with the error set if it cannot be had, or if its time is not the one
 * that the row knows of its first and its last frame.
 */
int input_next(struct reopen_input *, const struct session_row *, struct packet *, struct error *);

#endif
