/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keyboard - octets of a keyboard into keys.  Knows no terminal and no clock: whoever
 * reads says when nothing more has come for a while.
 */
#ifndef SMTPSCOPE_TUI_KEYBOARD_H
#define SMTPSCOPE_TUI_KEYBOARD_H

#include "base/slice.h"
#include "tui/key.h"

enum {
	KEYBOARD_PENDING_MAX = 4096, /* octets read and not yet understood */
	KEYBOARD_WAIT_MS = 30        /* an Esc this old is the key, not the start of a sequence */
};

struct keyboard;

struct keyboard *keyboard_new(void);
void keyboard_free(struct keyboard *);
/* One more sequence that stands for a key: from terminfo.  Copied; what does not begin with Esc
 * or is there already is ignored. */
void keyboard_define(struct keyboard *, const char *sequence, int key);
/* How many octets can be added. */
size_t keyboard_room(const struct keyboard *);
void keyboard_add(struct keyboard *, struct slice);
/*
 * The next key; KEY_NONE: none is whole.  `late': nothing has come for KEYBOARD_WAIT_MS, so
 * what looks like the start of a sequence is none.  Row and column of a click are from 0.
 */
int keyboard_next(struct keyboard *, bool late, int *row, int *col);
/* The start of a sequence waits for its rest. */
/* Forgets what is not read yet. */
void keyboard_clear(struct keyboard *);
bool keyboard_waits(const struct keyboard *);

#endif
