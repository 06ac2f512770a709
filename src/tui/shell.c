/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * shell - a command of the user's on the terminal, in place of the screen.
 *
 * It gets the terminal as a shell would give it: a process group of its own in the
 * foreground, so that ^C ends the command and not what feeds the program
 * ("ssh ... | smtpscope -r -").  It inherits no descriptor but its three, above all not
 * that of a capture, and the rights of the user (shell_user.c).  Meanwhile frames are
 * read as ever; a command that is stopped is ended, for there is no shell to continue it.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/error.h"
#include "tui/key.h"
#include "tui/screen.h"
#include "tui/shell.h"
#include "tui/tty.h"

enum {
	FIRST_FD = 3,
	FD_MOST = 65536,  /* that are closed one by one where there is no close_range(2) */
	NOT_RUN = 126,    /* as sh(1) has it */
	ENDING_WAITS = 50 /* of about 20 ms, for a command to end that was told to */
};

/* -- in the child: async-signal-safe functions only ------------------------------------- */

static void
close_others(void)
{
	long most = sysconf(_SC_OPEN_MAX), fd;

#ifdef HAVE_CLOSE_RANGE
	if (close_range(FIRST_FD, ~0U, 0) == 0)
		return;
#endif
	if (most < 0 || most > FD_MOST)
		most = FD_MOST;
	for (fd = FIRST_FD; fd < most; fd++)
		close((int)fd);
}

static void
usual_signals(void)
{
	struct sigaction usual = { .sa_handler = SIG_DFL };
	sigset_t none;
	int number;

	for (number = 1; number < NSIG; number++)
		sigaction(number, &usual, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void __attribute__((__noreturn__))
be_command(const char *command, int input, int terminal, const struct shell_user *user)
{
	/* dup2() onto itself would leave the flag that closes it. */
	if (input < FIRST_FD || terminal < FIRST_FD || dup2(input, STDIN_FILENO) < 0 ||
	    dup2(terminal, STDOUT_FILENO) < 0 || dup2(terminal, STDERR_FILENO) < 0)
		_exit(NOT_RUN);
	close_others();
	setpgid(0, 0);
	/* Who is not in the foreground yet may not ask for it unless the signal is blocked. */
	tcsetpgrp(STDOUT_FILENO, getpid());
	if (!shell_become(user))
		_exit(NOT_RUN);
	usual_signals();
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(NOT_RUN);
}

/* -- around it -------------------------------------------------------------------------- */

/* A descriptor for the terminal that waits, above the usual three; -1: there is none. */
static int
open_terminal(void)
{
	const int fd = isatty(STDOUT_FILENO) ? STDOUT_FILENO : STDIN_FILENO;

	if (isatty(fd))
		return fcntl(fd, F_DUPFD_CLOEXEC, FIRST_FD);
	return open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
}

static void
say(const char *text)
{
	if (!tty_send(slice_str(text)))
		return;
	tty_drain();
}

/* Waits for the command; false: the program is to end. */
static bool
wait_for(pid_t pid, const struct shell_host *host, int *status)
{
	/* One for each time that it is stopped, since it may ignore the others. */
	static const int ends[] = { SIGTERM, SIGHUP, SIGKILL };
	bool goes_on = true;
	size_t stops = 0;
	int left = ENDING_WAITS;

	while (waitpid(pid, status, WNOHANG | WUNTRACED) == 0 || WIFSTOPPED(*status)) {
		if (WIFSTOPPED(*status)) {
			kill(-pid, ends[stops]);
			kill(-pid, SIGCONT);
			stops += stops + 1 < sizeof ends / sizeof ends[0];
		}
		*status = 0;
		if (goes_on && !host->meanwhile(host->ctx, false)) {
			goes_on = false;
			kill(-pid, SIGHUP);
			kill(-pid, SIGCONT);
		} else if (!goes_on && left-- <= 0) {
			kill(-pid, SIGKILL);
		} else if (!goes_on) {
			usleep(20000);
		}
	}
	return goes_on;
}

static bool
wait_for_enter(const struct shell_host *host)
{
	uint8_t key;
	ssize_t n;

	for (;;) {
		if (!host->meanwhile(host->ctx, true))
			return false;
		while ((n = tty_read(&key, 1)) > 0)
			if (key == '\r' || key == '\n' || key == 'q' || key == 3)
				return true;
		if (n < 0)
			return false;
	}
}

static void
tell(char *told, size_t size, int status)
{
	if (WIFSIGNALED(status))
		snprintf(told, size, "the command was ended by signal %d", WTERMSIG(status));
	else
		snprintf(told, size, "the command ended with status %d", WEXITSTATUS(status));
}

static void
run(pid_t pid, const struct shell_host *host, int terminal, char *told, size_t size)
{
	int status = 0;

	setpgid(pid, pid); /* whoever is first */
	tcsetpgrp(terminal, pid);
	if (!wait_for(pid, host, &status)) {
		tcsetpgrp(terminal, getpgrp());
		return;
	}
	tty_raw(); /* first: a key that was for the command is no signal for the program */
	tcsetpgrp(terminal, getpgrp());
	tell(told, size, status);
	say("\r\n[");
	say(told);
	say("; Enter goes back]");
	wait_for_enter(host);
}

int
shell_run(const char *command, int input, const struct shell_host *host, char *told, size_t size,
    struct error *err)
{
	struct shell_user user;
	sigset_t background, before;
	int terminal;
	pid_t pid;

	told[0] = '\0';
	if (shell_user(&user, err) != 0)
		return -1;
	terminal = open_terminal();
	if (terminal < 0) {
		error_set(err, "no terminal for the command: %s", strerror(errno));
		return -1;
	}
	screen_leave();
	sigemptyset(&background);
	sigaddset(&background, SIGTTOU);
	sigprocmask(SIG_BLOCK, &background, &before);
	pid = fork();
	if (pid == 0)
		be_command(command, input, terminal, &user);
	if (pid < 0)
		error_set(err, "the command cannot be run: %s", strerror(errno));
	else
		run(pid, host, terminal, told, size);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(terminal);
	screen_enter();
	return pid < 0 ? -1 : 0;
}
