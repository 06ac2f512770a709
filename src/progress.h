/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * progress - one line on the terminal while a long input is read: how much of how
 * much, and how fast.
 */
#ifndef SMTPSCOPE_PROGRESS_H
#define SMTPSCOPE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct options;
struct pipeline;
struct progress;

/*
 * NULL if nobody would see it: standard error is no terminal, or not ours while we are in the
 * background; or the report of a live capture goes to the same one.
 */
struct progress *progress_new(const struct options *, struct pipeline *);
/* Between two steps of the pipeline: draws the line if it is time to.  All accept NULL. */
void progress_tick(struct progress *);
/* Before anything else is written to standard error. */
void progress_erase(struct progress *);
/* Erases the line.  Before pipeline_close(). */
void progress_free(struct progress *);

/* -- for the test -- */

enum { PROGRESS_TEXT_MAX = 80 };

/* How far a run is. */
struct progress_state {
	uint64_t done, total; /* octets of the inputs; total 0: not known */
	uint64_t packets;
	int64_t elapsed; /* ns of the machine's clock */
};

/* The line, without an end; at most `columns' characters.  Returns their number. */
size_t progress_text(char out[PROGRESS_TEXT_MAX], const struct progress_state *, unsigned columns);

#endif
