/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reopen_frames - the frames of a set of rows, read once more and handed on as they are.
 * Private to reopen.c.
 */
#ifndef SMTPSCOPE_REOPEN_FRAMES_H
#define SMTPSCOPE_REOPEN_FRAMES_H

#include "reopen_input.h"
#include "reopen_rows.h"

struct budget;

struct frames_job { /* all borrowed */
	const struct options *options;
	struct reopen_input *input;
	const struct row_set *rows;
	struct budget *budget;
	int (*take)(void *ctx, const struct packet *, struct error *);
	void *ctx;
};

/* 0, or -1 with the error set: frames that cannot be had, or take() has failed. */
int frames_run(struct frames_job *, struct error *);

#endif
