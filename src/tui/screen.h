/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * screen - shows a canvas on the terminal.
 *
 * Nothing here waits: what the terminal does not take is kept and written later (tty.h).
 */
#ifndef SMTPSCOPE_TUI_SCREEN_H
#define SMTPSCOPE_TUI_SCREEN_H

#include "tui/canvas.h"
#include "tui/theme.h"

struct error;
struct keyboard;

/* Is there a terminal that can be drawn on?  0, or -1 with the error set.  Changes nothing. */
int screen_check(struct error *);
/* "ncurses 6.4.20221231" */
const char *screen_library(void);

/* Opens the one screen there is.  0, or -1 with the error set. */
int screen_open(bool mouse, struct error *);
void screen_close(void);
/* Suspends the program as ^Z does, and returns when it goes on. */
void screen_suspend(void);
/* Gives the terminal to somebody else, and takes it back. */
void screen_leave(void);
void screen_enter(void);

/* A theme of the name, or the one that fits the terminal and NO_COLOR. */
void screen_theme(const char *name, const struct theme_colors *);
/* The locale is not UTF-8. */
bool screen_is_ascii(void);
/* glyph_rules.shows: do the C library and Unicode agree? */
bool screen_shows(uint32_t cp, int width);
/* The sequences of its keys. */
void screen_keys(struct keyboard *);

/* Draws the canvas, as much as differs from what is shown.  False: the terminal has not taken the
 * last one yet. */
bool screen_show(const struct canvas *);
/* The next time everything is drawn. */
void screen_repaint(void);
/* Octets that are no drawing, such as OSC 52; they must be harmless. */
void screen_send(struct slice);

#endif
