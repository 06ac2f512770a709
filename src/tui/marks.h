/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * marks - places that have a letter, and the one where the user was before the last jump.
 *
 * A place is a session, and in a text of it a line; never a row of the list or of the
 * store, which move.
 */
#ifndef SMTPSCOPE_TUI_MARKS_H
#define SMTPSCOPE_TUI_MARKS_H

#include "tui/pager.h"

struct app;

enum { MARKS = 26 /* a to z */ };

struct mark {
	uint64_t stream; /* id of the session; 0: there is no mark */
	uint64_t number; /* of the session as the list has it; 0: it was open */
	enum view_id view;
	struct pager_place place; /* in a text; the list has no use for it */
	/* What the text is about, as in struct pager. */
	const struct check_info *check;
	uint64_t check_frame, frame;
};

struct marks {
	struct mark letter[MARKS], before;
};

/* Asks for the letter: ACT_MARK or ACT_RETURN. */
void marks_ask(struct app *, enum action);
/* The key that answers; anything but a letter, or ' to return, ends it. */
void marks_key(struct app *, int key);
/* To the mark of this letter; a message says why not. */
void marks_go(struct app *, char letter);
/* Where the user is; no mark in a view that belongs to no session. */
struct mark marks_here(const struct app *);
/* After what may have been a jump: the user was there before. */
void marks_left(struct app *, const struct mark *was);
/* How many are set. */
unsigned marks_count(const struct app *);
/* The i-th letter's: "session 3, ladder, frame 12"; false: it is not set. */
bool marks_tell(const struct app *, unsigned i, char *out, size_t size);

#endif
