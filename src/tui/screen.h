/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * screen - the terminal: shows a canvas, reads the keyboard, and is left as it was
 * found, however the program ends.
 *
 * Nothing here waits: what the terminal does not take is kept and written later.
 */
#ifndef SMTPSCOPE_TUI_SCREEN_H
#define SMTPSCOPE_TUI_SCREEN_H

#include <sys/types.h>

#include "tui/canvas.h"
#include "tui/theme.h"

struct error;
struct keyboard;

/* Is there a terminal that can be drawn on?  0, or -1 with the error set.  Changes nothing. */
int screen_check(struct error *);

/* Opens the one screen there is.  0, or -1 with the error set. */
int screen_open(bool mouse, struct error *);
void screen_close(void);
/* Suspends the program as ^Z does, and returns when it goes on. */
void screen_suspend(void);

/* A theme of the name, or the one that fits the terminal and NO_COLOR. */
void screen_theme(const char *name, const struct theme_colors *);
/* The locale is not UTF-8. */
bool screen_is_ascii(void);
/* glyph_rules.shows: do the C library and Unicode agree? */
bool screen_shows(uint32_t cp, int width);
/* The sequences of its keys. */
void screen_keys(struct keyboard *);

/* Asks the terminal; at least 1 by 1. */
void screen_size(int *rows, int *cols);
/* Draws the canvas, as much as differs from what is shown.  False: the terminal has not taken the
 * last one yet. */
bool screen_show(const struct canvas *);
/* The next time everything is drawn. */
void screen_repaint(void);
/* Octets that are no drawing, such as OSC 52; they must be harmless. */
void screen_send(struct slice);

int screen_fd(void);
/* Has octets that the terminal has not taken. */
bool screen_is_busy(void);
/* Writes what the terminal takes.  False: the terminal is gone. */
bool screen_flush(void);
/* As read(2), but 0: nothing there; -1: the terminal is gone. */
ssize_t screen_read(void *, size_t);

#endif
