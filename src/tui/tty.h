/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tty - the terminal as a device: raw keys in, octets out without waiting, and its modes
 * as they were found, however the program ends.
 */
#ifndef SMTPSCOPE_TUI_TTY_H
#define SMTPSCOPE_TUI_TTY_H

#include <sys/types.h>

#include "base/slice.h"

struct error;

enum { TTY_RESET_MAX = 256 /* octets */ };

/* Opens the one terminal there is.  0, or -1 with the error set. */
int tty_open(struct error *);
void tty_close(void);
/* Octets that leave the terminal in order when the program dies; at most TTY_RESET_MAX. */
void tty_reset(struct slice);
void tty_raw(void);
/* The modes that were found. */
void tty_usual(void);

int tty_fd(void);
/* At least 1 by 1. */
void tty_size(int *rows, int *cols);
/* As read(2), but 0: nothing there; -1: the terminal is gone. */
ssize_t tty_read(void *, size_t);
/* Keeps octets to be written; false: there are too many, and none was kept. */
bool tty_send(struct slice);
/* There are octets that the terminal has not taken. */
bool tty_is_busy(void);
/* Writes what the terminal takes.  False: the terminal is gone. */
bool tty_flush(void);
/* Gives the terminal a moment to take the rest, and forgets what it does not take. */
void tty_drain(void);
void tty_forget(void);

#endif
