/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * patience - what is still heeded while the source reads sessions again: the keyboard and
 * signals.
 */
#ifndef SMTPSCOPE_TUI_PATIENCE_H
#define SMTPSCOPE_TUI_PATIENCE_H

#include <stdbool.h>
#include <stdint.h>

struct app;
struct canvas;
struct keyboard;

struct patience {
	struct app *app;           /* all three borrowed */
	struct keyboard *keyboard; /* gets what is typed meanwhile */
	struct canvas *canvas;     /* as it was shown last; the message line is drawn over */
	bool gone;                 /* the terminal */
	bool signalled;            /* its size, or it was stopped and goes on */
	int64_t began;             /* clock; 0: nobody has waited yet, set by the owner */
	int64_t looked, told;      /* clock: at the keyboard; on the screen */
};

/*
 * For struct tui_source: false if it is to give up.  That is, somebody pressed ^C, or the program
 * is to end; or any key, if nobody asked for what is read (app->hasty).
 */
bool patience_go_on(void *ctx, uint64_t done, uint64_t total);

#endif
