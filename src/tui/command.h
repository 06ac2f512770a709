/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * command - the table of commands, for the help view.
 */
#ifndef SMTPSCOPE_TUI_COMMAND_H
#define SMTPSCOPE_TUI_COMMAND_H

#include <stddef.h>

struct app;

struct command {
	const char *name, *form, *help;
	void (*run)(struct app *, char *args); /* args: without blanks around, may be changed */
};

const struct command *command_at(size_t i); /* NULL: there are no more */

#endif
