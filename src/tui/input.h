/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * input - octets of a keyboard into keys.  Knows no terminal and no clock: whoever
 * reads says when nothing more has come for a while.
 */
#ifndef SMTPSCOPE_TUI_INPUT_H
#define SMTPSCOPE_TUI_INPUT_H

#include "base/slice.h"
#include "tui/key.h"

enum {
	INPUT_PENDING_MAX = 4096, /* octets read and not yet understood */
	INPUT_WAIT_MS = 30        /* an Esc this old is the key, not the start of a sequence */
};

struct input;

struct input *input_new(void);
void input_free(struct input *);
/* One more sequence that stands for a key: from terminfo.  Copied; what does not begin with Esc
 * or is there already is ignored. */
void input_define(struct input *, const char *sequence, int key);
/* How many octets can be added. */
size_t input_room(const struct input *);
void input_add(struct input *, struct slice);
/*
 * The next key; KEY_NONE: none is whole.  `late': nothing has come for INPUT_WAIT_MS, so
 * what looks like the start of a sequence is none.  Row and column of a click are from 0.
 */
int input_next(struct input *, bool late, int *row, int *col);
/* The start of a sequence waits for its rest. */
bool input_waits(const struct input *);

#endif
