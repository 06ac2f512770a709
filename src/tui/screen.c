/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * screen - the terminal, through curses.
 *
 * Capturing must not wait for a terminal, and a terminal can be slow or stuck: an
 * ssh connection that hangs is enough.  curses writes and waits; so it is given a
 * file in memory to write to, and what it wrote is passed on to the terminal
 * without waiting.  As long as that is not taken no new picture is made: a slow
 * terminal sees fewer pictures, each of them whole.
 *
 * The terminal is opened anew where that is possible, because O_NONBLOCK belongs to
 * the open file and the shell has the same one.  Its modes are set here: curses
 * cannot, having no terminal.  The keyboard is read raw, ^C and ^Z included, so keys
 * come in order with the others (keyboard.c).
 *
 * There is one screen, and curses has globals anyhow; so this file has some
 * (tests/noglobals.sh excepts it).  What the handlers of deadly signals need is made
 * when the screen is opened; they call write(2) and tcsetattr(3) only.
 */
#include <config.h>

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "base/error.h"
#include "base/escape.h"
#include "base/sbuf.h"
#include "tui/keyboard.h"
#include "tui/screen.h"

enum {
	RESET_MAX = 256,
	PENDING_MAX = 16 << 20, /* octets of one picture: far more than any has */
	CLOSE_WAIT_MS = 500     /* for the terminal to take the last octets */
};

#define PASTE_ON  "\033[?2004h"
#define PASTE_OFF "\033[?2004l"
#define MOUSE_ON  "\033[?1000h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1000l"

static struct {
	int tty;   /* -1: closed */
	FILE *in;  /* for newterm(), which wants one */
	FILE *out; /* file in memory that curses writes to */
	SCREEN *curses;
	struct termios modes; /* as found */
	struct sbuf pending;
	char reset[RESET_MAX]; /* what leaves the terminal in order */
	size_t nreset;
	volatile sig_atomic_t raw; /* the terminal is not as it was found */
	bool mouse, repaint, paste, registered;
	attr_t attr[STYLES];
	short pair[STYLES];
} screen = { .tty = -1 };

/* -- deaths ----------------------------------------------------------------------------- */

/* Async-signal-safe. */
static void
restore_now(void)
{
	if (!screen.raw)
		return;
	screen.raw = 0;
	if (write(screen.tty, screen.reset, screen.nreset) < 0) {
		/* There is nothing left to do about it. */
	}
	tcsetattr(screen.tty, TCSANOW, &screen.modes);
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
	int tty;

	/* /dev/tty can be opened even when the terminal belongs to somebody else (su, sudo). */
	tty = open("/dev/tty", flags);
#ifdef TIOCGDEV
	if (tty >= 0 &&
	    (ioctl(tty, TIOCGDEV, &ours) != 0 || ioctl(fd, TIOCGDEV, &its) != 0 || ours != its)) {
		close(tty);
		tty = -1;
	}
#endif
	if (tty < 0 && ttyname_r(fd, name, sizeof name) == 0)
		tty = open(name, flags);
	return tty;
}

static int
open_tty(struct error *err)
{
	int fd = isatty(STDOUT_FILENO) ? STDOUT_FILENO : STDIN_FILENO;

	if (isatty(fd))
		screen.tty = open_again(fd);
	else
		screen.tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (screen.tty < 0 && isatty(fd))
		screen.tty = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	if (screen.tty >= 0 && tcgetattr(screen.tty, &screen.modes) == 0)
		return 0;
	error_set(err, "there is no terminal: %s", strerror(errno));
	if (screen.tty >= 0)
		close(screen.tty);
	screen.tty = -1;
	return -1;
}

static void
make_raw(void)
{
	struct termios raw = screen.modes;

	raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INLCR | IGNCR | INPCK | ISTRIP | IXON);
	raw.c_oflag &= ~(tcflag_t)OPOST;
	raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN | ISIG);
	raw.c_cflag &= ~(tcflag_t)(CSIZE | PARENB);
	raw.c_cflag |= CS8;
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	screen.raw = 1;
	tcsetattr(screen.tty, TCSADRAIN, &raw);
}

/* A capability without its delays ("$<5>"); "" if the terminal has none. */
static void
add_reset(const char *capability)
{
	const char *s = tigetstr(capability);

	if (!s || s == (const char *)-1)
		return;
	for (; *s && screen.nreset < RESET_MAX; s++) {
		if (s[0] == '$' && s[1] == '<' && strchr(s, '>'))
			s = strchr(s, '>');
		else
			screen.reset[screen.nreset++] = *s;
	}
}

static void
make_reset(void)
{
	static const char *const capabilities[] = { "sgr0", "rmkx", "rmcup", "cnorm" };
	const char *modes = screen.mouse ? PASTE_OFF MOUSE_OFF : PASTE_OFF;
	size_t i;

	screen.nreset = 0;
	if (screen.paste || screen.mouse) {
		screen.nreset = strlen(modes);
		memcpy(screen.reset, modes, screen.nreset);
	}
	for (i = 0; i < sizeof capabilities / sizeof capabilities[0]; i++)
		add_reset(capabilities[i]);
}

int
screen_fd(void)
{
	return screen.tty;
}

bool
screen_is_busy(void)
{
	return screen.pending.n > 0;
}

bool
screen_flush(void)
{
	ssize_t n;

	while (screen.pending.n) {
		n = write(screen.tty, screen.pending.p, screen.pending.n);
		if (n >= 0)
			sbuf_drop(&screen.pending, (size_t)n);
		else if (errno == EAGAIN)
			return true;
		else if (errno != EINTR)
			return false;
	}
	return true;
}

ssize_t
screen_read(void *buf, size_t n)
{
	ssize_t got = read(screen.tty, buf, n);

	if (got > 0)
		return got;
	return got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

void
screen_size(int *rows, int *cols)
{
	struct winsize size;

	*rows = 24;
	*cols = 80;
	if (ioctl(screen.tty, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col) {
		*rows = size.ws_row;
		*cols = size.ws_col;
	}
}

/* -- what curses wrote ------------------------------------------------------------------ */

void
screen_send(struct slice s)
{
	if (!sbuf_add(&screen.pending, s))
		screen.repaint = true;
}

static void
collect(void)
{
	int fd = fileno(screen.out);
	off_t end = lseek(fd, 0, SEEK_CUR), at;
	uint8_t buf[8192];
	ssize_t n;

	for (at = 0; at < end; at += n) {
		n = pread(fd, buf, sizeof buf, at);
		if (n <= 0)
			break;
		screen_send(slice_of(buf, (size_t)n));
	}
	lseek(fd, 0, SEEK_SET);
	if (ftruncate(fd, 0) != 0)
		screen.repaint = true;
}

/* Gives the terminal a moment to take the rest. */
static void
drain(void)
{
	struct pollfd p = { screen.tty, POLLOUT, 0 };

	while (screen.pending.n && poll(&p, 1, CLOSE_WAIT_MS) == 1 && !(p.revents & POLLERR))
		if (!screen_flush())
			break;
	sbuf_clear(&screen.pending);
}

static void
enter(void)
{
	make_raw();
	if (screen.paste)
		screen_send(slice_str(PASTE_ON));
	if (screen.mouse)
		screen_send(slice_str(MOUSE_ON));
}

static void
leave(void)
{
	sbuf_clear(&screen.pending); /* a picture that nobody will see */
	endwin();
	collect();
	if (screen.paste)
		screen_send(slice_str(PASTE_OFF));
	if (screen.mouse)
		screen_send(slice_str(MOUSE_OFF));
	drain();
	screen.raw = 0;
	tcsetattr(screen.tty, TCSADRAIN, &screen.modes);
}

/* -- opening and closing ---------------------------------------------------------------- */

/* A terminal that cannot put its cursor anywhere is none for us. */
int
screen_check(struct error *err)
{
	const char *term = getenv("TERM");
	int what;

	if (!isatty(STDOUT_FILENO) && !isatty(STDIN_FILENO)) {
		error_set(err, "neither standard input nor output is a terminal");
		return -1;
	}
	if (!term || setupterm(term, STDOUT_FILENO, &what) != OK) {
		error_set(err, "TERM: \"%s\" is no terminal that terminfo knows", term ? term : "");
		return -1;
	}
	what = !cursor_address || !clear_screen;
	del_curterm(cur_term);
	if (!what)
		return 0;
	error_set(err, "TERM: a terminal of the kind \"%s\" cannot show it", term);
	return -1;
}

static FILE *
open_memory(void)
{
#ifdef HAVE_MEMFD_CREATE
	int fd = memfd_create("screen", MFD_CLOEXEC);

	return fd < 0 ? NULL : fdopen(fd, "r+");
#else
	return tmpfile();
#endif
}

static int
open_curses(struct error *err)
{
	const char *capability;
	int rows, cols;

	setlocale(LC_CTYPE, "");
	screen.in = fopen("/dev/null", "r"); /* curses reads nothing */
	screen.out = open_memory();
	use_env(FALSE); /* the size comes from the terminal, not from LINES and COLUMNS */
	if (screen.in && screen.out)
		screen.curses = newterm(NULL, screen.out, screen.in);
	if (!screen.curses) {
		error_set(err, "the terminal cannot be opened");
		return -1;
	}
	typeahead(-1);
	nonl();
	keypad(stdscr, TRUE);
	leaveok(stdscr, FALSE);
	screen_size(&rows, &cols);
	resizeterm(rows, cols);
	capability = tigetstr("BE");
	screen.paste = capability && capability != (const char *)-1;
	return 0;
}

int
screen_open(bool mouse, struct error *err)
{
	sbuf_init(&screen.pending, PENDING_MAX, NULL);
	screen.mouse = mouse;
	if (open_tty(err) != 0)
		return -1;
	if (open_curses(err) != 0) {
		screen_close();
		return -1;
	}
	make_reset();
	if (!screen.registered && atexit(restore_now) == 0)
		screen.registered = true;
	catch_deaths();
	enter();
	screen_repaint();
	return 0;
}

void
screen_close(void)
{
	if (screen.curses) {
		leave();
		delscreen(screen.curses);
		screen.curses = NULL;
	}
	if (screen.in)
		fclose(screen.in);
	if (screen.out)
		fclose(screen.out);
	if (screen.tty >= 0)
		close(screen.tty);
	screen.in = screen.out = NULL;
	screen.tty = -1;
	sbuf_fini(&screen.pending);
}

void
screen_suspend(void)
{
	struct sigaction usual = { .sa_handler = SIG_DFL }, before;
	sigset_t stop, mask;

	leave();
	sigaction(SIGTSTP, &usual, &before);
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, &mask);
	kill(0, SIGTSTP); /* the whole job: the program may stand in a pipeline */
	sigprocmask(SIG_SETMASK, &mask, NULL);
	sigaction(SIGTSTP, &before, NULL);
	enter();
	screen_repaint();
}

void
screen_keys(struct keyboard *in)
{
	static const struct {
		const char *capability;
		int key;
	} keys[] = {
		{ "kcuu1", KEY_GO_UP },
		{ "kcud1", KEY_GO_DOWN },
		{ "kcub1", KEY_GO_LEFT },
		{ "kcuf1", KEY_GO_RIGHT },
		{ "kpp", KEY_PAGE_UP },
		{ "knp", KEY_PAGE_DOWN },
		{ "khome", KEY_TO_START },
		{ "kend", KEY_TO_END },
		{ "kich1", KEY_INSERT },
		{ "kdch1", KEY_DELETE },
		{ "kcbt", KEY_BACKTAB },
		{ "kf1", KEY_F1 },
		{ "kf2", KEY_F1 + 1 },
		{ "kf3", KEY_F1 + 2 },
		{ "kf4", KEY_F1 + 3 },
		{ "kf5", KEY_F1 + 4 },
		{ "kf6", KEY_F1 + 5 },
		{ "kf7", KEY_F1 + 6 },
		{ "kf8", KEY_F1 + 7 },
		{ "kf9", KEY_F1 + 8 },
		{ "kf10", KEY_F1 + 9 },
		{ "kf11", KEY_F1 + 10 },
		{ "kf12", KEY_F12 },
	};
	const char *sequence;
	size_t i;

	for (i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		sequence = tigetstr(keys[i].capability);
		if (sequence && sequence != (const char *)-1)
			keyboard_define(in, sequence, keys[i].key);
	}
}

/* -- looks ------------------------------------------------------------------------------ */

bool
screen_is_ascii(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

bool
screen_shows(uint32_t cp, int width)
{
	return wcwidth((wchar_t)cp) == width;
}

/* rxvt and konsole tell their colours in COLORFGBG, "15;0": 7 and 9 to 15 are light. */
static const char *
usual_theme(void)
{
	const char *none = getenv("NO_COLOR"), *ground = getenv("COLORFGBG");

	if ((none && none[0]) || !has_colors())
		return "mono";
	ground = ground ? strrchr(ground, ';') : NULL;
	return ground && atoi(ground + 1) >= 7 && atoi(ground + 1) != 8 ? "light" : "dark";
}

static attr_t
attributes(unsigned attr)
{
	return (attr & LOOK_BOLD ? A_BOLD : 0) | (attr & LOOK_DIM ? A_DIM : 0) |
	    (attr & LOOK_UNDERLINE ? A_UNDERLINE : 0) | (attr & LOOK_REVERSE ? A_REVERSE : 0);
}

void
screen_theme(const char *name, const struct theme_colors *colors)
{
	const struct theme *theme = theme_find(name ? name : usual_theme());
	bool many, own = false;
	int style;

	if (has_colors()) {
		start_color();
		own = use_default_colors() == OK;
	}
	many = COLORS >= 256;
	for (style = 0; style < STYLES; style++) {
		struct look look = theme_look(theme, colors, (enum style)style);
		short fg = many && look.fg256 >= 0 ? look.fg256 : look.fg;
		short bg = many && look.bg256 >= 0 ? look.bg256 : look.bg;

		screen.attr[style] = attributes(look.attr);
		screen.pair[style] = 0;
		if (!has_colors() || (fg < 0 && bg < 0))
			continue;
		if (!own && fg < 0)
			fg = COLOR_WHITE;
		if (!own && bg < 0)
			bg = COLOR_BLACK;
		if (init_pair((short)(style + 1), fg, bg) == OK)
			screen.pair[style] = (short)(style + 1);
	}
}

/* -- showing ---------------------------------------------------------------------------- */

void
screen_repaint(void)
{
	screen.repaint = true;
}

static void
put_cell(int row, int col, const struct cell *cell)
{
	wchar_t text[1 + GLYPH_MARKS + 1];
	struct slice s = slice_of(cell->text, cell->len);
	attr_t attr = screen.attr[cell->style];
	cchar_t out;
	uint32_t cp;
	size_t n = 0, used;

	while (s.n && n <= GLYPH_MARKS && (used = utf8_decode(s, &cp)) != 0) {
		text[n++] = (wchar_t)cp;
		s = slice_from(s, used);
	}
	text[n] = L'\0';
	if (cell->selected)
		attr ^= A_REVERSE;
	if (setcchar(&out, text, attr, screen.pair[cell->style], NULL) == OK)
		mvadd_wch(row, col, &out);
}

static void
fit(const struct canvas *c)
{
	if (LINES != c->rows || COLS != c->cols)
		resizeterm(c->rows, c->cols);
	if (screen.repaint)
		clearok(stdscr, TRUE);
	screen.repaint = false;
}

bool
screen_show(const struct canvas *c)
{
	const struct cell *cell = c->cells;
	int row, col;

	if (screen.pending.n)
		return false;
	if (c->rows < 1 || c->cols < 1)
		return true;
	fit(c);
	erase();
	for (row = 0; row < c->rows; row++)
		for (col = 0; col < c->cols; col++, cell++)
			if (cell->width)
				put_cell(row, col, cell);
	move(c->cursor_row, c->cursor_col);
	refresh();
	collect();
	return true;
}
