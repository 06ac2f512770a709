/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * optinput - what is read and where to: the options that only make sense together.
 */
#ifndef SMTPSCOPE_OPTINPUT_H
#define SMTPSCOPE_OPTINPUT_H

#include "options.h"

/* Files from words, the filter, contradictions.  0, or -1 with the error set. */
int options_inputs(struct options *, struct error *);

/* What --color=auto depends on; every string may be NULL. */
struct color_env {
	const char *no_color, *force_color, *clicolor_force, *term;
	bool tty; /* the report goes to a terminal */
};
bool options_color(enum color_mode, const struct color_env *);

#endif
