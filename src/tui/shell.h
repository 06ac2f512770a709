/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shell - a command of the user's on the terminal, in place of the screen.
 */
#ifndef SMTPSCOPE_TUI_SHELL_H
#define SMTPSCOPE_TUI_SHELL_H

#include <stdbool.h>
#include <stddef.h>

struct error;

struct shell_host {
	/* Does what cannot wait while the command runs: waits for a moment at most, less if there
	 * is a key and `keys' are wanted.  False: the program is to end. */
	bool (*meanwhile)(void *ctx, bool keys);
	void *ctx;
};

/*
 * Runs the command by sh(1) with `input' as its standard input, waits for Enter, and shows the
 * screen again.  `told' is how it ended: "the command ended with status 1".  0; -1 with the error
 * set: nothing was run.
 */
int shell_run(const char *command, int input, const struct shell_host *, char *told, size_t size,
    struct error *);

/* Who the command is run as (shell_user.c). */
enum { SHELL_GROUPS_MAX = 256 };

struct shell_user {
	bool change; /* another one than the program is */
	bool groups; /* the groups as well; else they are left */
	unsigned uid, gid;
	unsigned group[SHELL_GROUPS_MAX];
	size_t ngroups;
};

/*
 * The user who started the program: of a program that was given rights by its file, the real user;
 * under sudo(8), doas(1) and pkexec(1) who called those, because they may have been allowed this
 * program, and no shell.  0, or -1 with the error set: it cannot be told.
 */
int shell_user(struct shell_user *, struct error *);
/* Becomes that user, for good; in a child between fork() and exec().  False: it could not. */
bool shell_become(const struct shell_user *);

#endif
