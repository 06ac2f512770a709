/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tty - the terminal as a device.
 *
 * It is opened anew where that is possible, because O_NONBLOCK belongs to the open
 * file, and the shell has the same one.  The keyboard is read raw, ^C and ^Z
 * included, so that keys come in order with the others (keyboard.c).
 *
 * What the handlers of deadly signals need lies in a global, since nothing else
 * reaches them (tests/noglobals.sh excepts this file); they call write(2) and
 * tcsetattr(3) only.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/error.h"
#include "base/sbuf.h"
#include "tui/tty.h"

enum {
	PENDING_MAX = 16 << 20, /* octets of one picture: far more than any has */
	WAITING_PART = 256,     /* octets that a terminal with room for any takes at once */
	CLOSE_WAIT_MS = 500     /* for the terminal to take the last octets */
};

static struct {
	int fd;               /* -1: closed */
	bool waits;           /* reading and writing wait: it is the shell's */
	struct termios modes; /* as found */
	char reset[TTY_RESET_MAX];
	size_t nreset;
	volatile sig_atomic_t is_raw; /* the terminal is not as it was found */
	struct sbuf pending;
	bool registered;
} tty = { .fd = -1 };

/* -- deaths ----------------------------------------------------------------------------- */

/* Async-signal-safe. */
static void
restore_now(void)
{
	if (!tty.is_raw)
		return;
	tty.is_raw = 0;
	if (write(tty.fd, tty.reset, tty.nreset) < 0) {
		/* There is nothing left to do about it. */
	}
	tcsetattr(tty.fd, TCSANOW, &tty.modes);
}

static void
on_death(int number)
{
	restore_now();
	raise(number); /* SA_RESETHAND: for good this time */
}

static void
catch_deaths(void)
{
	static const int deadly[] = { SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGQUIT };
	struct sigaction dying = { .sa_handler = on_death,
		.sa_flags = (int)(SA_RESETHAND | SA_NODEFER) };
	struct sigaction before;
	size_t i;

	/* Who has a handler already, a sanitizer, reports to a terminal that atexit() restores. */
	for (i = 0; i < sizeof deadly / sizeof deadly[0]; i++)
		if (sigaction(deadly[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
			sigaction(deadly[i], &dying, NULL);
}

/* -- the terminal ----------------------------------------------------------------------- */

/* A descriptor of one's own for the terminal behind `fd', or -1. */
static int
open_again(int fd)
{
	const int flags = O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
	unsigned ours = 0, its = 1;
	char name[64];
	int again;

	/* /dev/tty can be opened even when the terminal belongs to somebody else (su, sudo). */
	again = open("/dev/tty", flags);
#ifdef TIOCGDEV
	if (again >= 0 &&
	    (ioctl(again, TIOCGDEV, &ours) != 0 || ioctl(fd, TIOCGDEV, &its) != 0 || ours != its)) {
		close(again);
		again = -1;
	}
#endif
	if (again < 0 && ttyname_r(fd, name, sizeof name) == 0)
		again = open(name, flags);
	return again;
}

static int
open_fd(struct error *err)
{
	int fd = isatty(STDOUT_FILENO) ? STDOUT_FILENO : STDIN_FILENO;

	if (isatty(fd))
		tty.fd = open_again(fd);
	else
		tty.fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	tty.waits = tty.fd < 0;
	if (tty.fd < 0 && isatty(fd))
		tty.fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (tty.fd >= 0 && tcgetattr(tty.fd, &tty.modes) == 0)
		return 0;
	error_set(err, "there is no terminal: %s", strerror(errno));
	if (tty.fd >= 0)
		close(tty.fd);
	tty.fd = -1;
	return -1;
}

void
tty_raw(void)
{
	struct termios raw = tty.modes;

	raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INLCR | IGNCR | INPCK | ISTRIP | IXON);
	raw.c_oflag &= ~(tcflag_t)OPOST;
	raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN | ISIG);
	raw.c_cflag &= ~(tcflag_t)(CSIZE | PARENB);
	raw.c_cflag |= CS8;
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tty.is_raw = 1;
	tcsetattr(tty.fd, TCSANOW, &raw);
}

int
tty_fd(void)
{
	return tty.fd;
}

bool
tty_is_busy(void)
{
	return tty.pending.n > 0;
}

/* Where the descriptor is the shell's it waits, and has to be asked before. */
static bool
is_ready(short events)
{
	struct pollfd p = { tty.fd, events, 0 };

	return !tty.waits || poll(&p, 1, 0) == 1;
}

bool
tty_flush(void)
{
	size_t most;
	ssize_t n;

	while (tty.pending.n && is_ready(POLLOUT)) {
		most = tty.waits && tty.pending.n > WAITING_PART ? WAITING_PART : tty.pending.n;
		n = write(tty.fd, tty.pending.p, most);
		if (n >= 0)
			sbuf_drop(&tty.pending, (size_t)n);
		else if (errno == EAGAIN)
			return true;
		else if (errno != EINTR)
			return false;
	}
	return true;
}

ssize_t
tty_read(void *buf, size_t n)
{
	ssize_t got;

	if (!is_ready(POLLIN))
		return 0;
	got = read(tty.fd, buf, n);
	if (got > 0)
		return got;
	return got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

void
tty_size(int *rows, int *cols)
{
	struct winsize size;

	*rows = 24;
	*cols = 80;
	if (ioctl(tty.fd, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col) {
		*rows = size.ws_row;
		*cols = size.ws_col;
	}
}

/* Gives the terminal a moment to take the rest. */
void
tty_drain(void)
{
	struct pollfd p = { tty.fd, POLLOUT, 0 };

	while (tty.pending.n && poll(&p, 1, CLOSE_WAIT_MS) == 1 && !(p.revents & POLLERR))
		if (!tty_flush())
			break;
	sbuf_clear(&tty.pending);
}

void
tty_forget(void)
{
	sbuf_clear(&tty.pending);
}

bool
tty_send(struct slice s)
{
	return sbuf_add(&tty.pending, s);
}

void
tty_usual(void)
{
	tty.is_raw = 0;
	tcsetattr(tty.fd, TCSANOW, &tty.modes);
}

void
tty_reset(struct slice octets)
{
	tty.nreset = octets.n < sizeof tty.reset ? octets.n : sizeof tty.reset;
	memcpy(tty.reset, octets.p, tty.nreset);
}

int
tty_open(struct error *err)
{
	sbuf_init(&tty.pending, PENDING_MAX, NULL);
	if (open_fd(err) != 0)
		return -1;
	if (!tty.registered && atexit(restore_now) == 0)
		tty.registered = true;
	catch_deaths();
	return 0;
}

void
tty_close(void)
{
	if (tty.fd >= 0)
		close(tty.fd);
	tty.fd = -1;
	sbuf_fini(&tty.pending);
}
