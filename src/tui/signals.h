/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * signals - signals as octets in a pipe, so that the loop can wait for them together
 * with everything else.
 */
#ifndef SMTPSCOPE_TUI_SIGNALS_H
#define SMTPSCOPE_TUI_SIGNALS_H

struct error;

/* Catches those that a screen program needs.  0, or -1 with the error set. */
int signals_open(struct error *);
/* What was in force before is again. */
void signals_close(void);
int signals_fd(void); /* readable: one came */
/* The next signal that came, or 0. */
int signals_next(void);

#endif
