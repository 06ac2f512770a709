/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reopen_notes - what the first analysis of a session knew beside its frames, kept for
 * those sessions that have any of it, by stream id.  Private to reopen.c.
 */
#ifndef SMTPSCOPE_REOPEN_NOTES_H
#define SMTPSCOPE_REOPEN_NOTES_H

#include "base/budget.h"
#include "smtp/smtp.h"

struct reopen_notes {
	struct note **bucket;
	size_t nbuckets, count;
	struct budget budget;
	uint64_t lost; /* sessions that have no note for want of memory */
};

void reopen_notes_init(struct reopen_notes *, uint64_t limit);
void reopen_notes_fini(struct reopen_notes *);
void reopen_notes_add(struct reopen_notes *, const struct smtp_session *);
/* The findings are borrowed until reopen_notes_fini(); `number' is left alone. */
void reopen_notes_find(const struct reopen_notes *, uint64_t stream, struct smtp_recall *);

#endif
