/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * signals - signals as octets in a pipe.
 *
 * A handler can reach nothing but globals: the pipe is one (tests/noglobals.sh excepts
 * this file).  When the pipe is full of signals that nobody has read yet, another
 * one of them tells nothing new.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "tui/signals.h"

static const int caught[] = { SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP, SIGCONT, SIGUSR1 };

enum { CAUGHT = sizeof caught / sizeof caught[0] };

static struct {
	int fd[2];
	struct sigaction before[CAUGHT];
} signals = { .fd = { -1, -1 } };

static void
on_signal(int number)
{
	unsigned char octet = (unsigned char)number;
	int saved = errno;

	if (write(signals.fd[1], &octet, 1) != 1) {
		/* Full: the loop has enough to read. */
	}
	errno = saved;
}

int
signals_open(struct error *err)
{
	struct sigaction act = { .sa_handler = on_signal };
	size_t i;

	if (pipe2(signals.fd, O_NONBLOCK | O_CLOEXEC) != 0) {
		error_set(err, "no pipe for signals: %s", strerror(errno));
		return -1;
	}
	/* No SA_RESTART: whoever waits is to come back. */
	for (i = 0; i < CAUGHT; i++)
		sigaction(caught[i], &act, &signals.before[i]);
	return 0;
}

void
signals_close(void)
{
	size_t i;

	if (signals.fd[0] < 0)
		return;
	for (i = 0; i < CAUGHT; i++)
		sigaction(caught[i], &signals.before[i], NULL);
	close(signals.fd[0]);
	close(signals.fd[1]);
	signals.fd[0] = signals.fd[1] = -1;
}

int
signals_fd(void)
{
	return signals.fd[0];
}

int
signals_next(void)
{
	unsigned char octet;

	return read(signals.fd[0], &octet, 1) == 1 ? octet : 0;
}
