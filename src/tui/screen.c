/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * screen - pictures on the terminal, through curses.
 *
 * Capturing must not wait for a terminal, and a terminal can be slow or stuck: an
 * ssh connection that hangs is enough.  curses writes and waits; so it is given a
 * file in memory to write to, and what it wrote is passed on to the terminal
 * without waiting (tty.c).  As long as that is not taken no new picture is made: a
 * slow terminal sees fewer pictures, each of them whole.
 *
 * There is one screen, and curses has globals anyhow; so this file has some
 * (tests/noglobals.sh excepts it).
 */
#include <config.h>

#include <curses.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <term.h>
#include <unistd.h>
#include <wchar.h>

#include "base/error.h"
#include "base/escape.h"
#include "base/sbuf.h"
#include "tui/keyboard.h"
#include "tui/screen.h"
#include "tui/tty.h"

#define PASTE_ON  "\033[?2004h"
#define PASTE_OFF "\033[?2004l"
#define MOUSE_ON  "\033[?1000h\033[?1006h"
#define MOUSE_OFF "\033[?1006l\033[?1000l"

static struct {
	FILE *in;  /* for newterm(), which wants one */
	FILE *out; /* file in memory that curses writes to */
	SCREEN *curses;
	bool mouse, repaint, paste;
	attr_t attr[STYLES];
	short pair[STYLES];
} screen;

/* -- what curses wrote ------------------------------------------------------------------ */

void
screen_send(struct slice s)
{
	if (!tty_send(s))
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

/* A capability without its delays ("$<5>"); "" if the terminal has none. */
static void
add_reset(struct sbuf *to, const char *capability)
{
	const char *s = tigetstr(capability);

	if (!s || s == (const char *)-1)
		return;
	for (; *s; s++) {
		if (s[0] == '$' && s[1] == '<' && strchr(s, '>'))
			s = strchr(s, '>');
		else
			sbuf_add(to, slice_of(s, 1));
	}
}

static void
make_reset(void)
{
	static const char *const capabilities[] = { "sgr0", "rmkx", "rmcup", "cnorm" };
	const char *modes = screen.mouse ? PASTE_OFF MOUSE_OFF : PASTE_OFF;
	struct sbuf reset;
	size_t i;

	sbuf_init(&reset, TTY_RESET_MAX, NULL);
	if (screen.paste || screen.mouse)
		sbuf_add(&reset, slice_str(modes));
	for (i = 0; i < sizeof capabilities / sizeof capabilities[0]; i++)
		add_reset(&reset, capabilities[i]);
	tty_reset(sbuf_slice(&reset));
	sbuf_fini(&reset);
}

void
screen_enter(void)
{
	tty_raw();
	if (screen.paste)
		screen_send(slice_str(PASTE_ON));
	if (screen.mouse)
		screen_send(slice_str(MOUSE_ON));
	screen_repaint();
}

void
screen_leave(void)
{
	tty_forget(); /* a picture that nobody will see */
	endwin();
	collect();
	if (screen.paste)
		screen_send(slice_str(PASTE_OFF));
	if (screen.mouse)
		screen_send(slice_str(MOUSE_OFF));
	tty_drain();
	tty_usual();
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

/*
 * The size comes from the terminal, which curses cannot ask, and later.  Until then it is content
 * with any, but some kinds of terminals ("linux") have none in terminfo.  Programs that are
 * started from here get neither ours nor those of a shell whose window had another size.
 */
static SCREEN *
open_of_any_size(void)
{
	SCREEN *curses;

	setenv("LINES", "24", 1);
	setenv("COLUMNS", "80", 1);
	curses = newterm(NULL, screen.out, screen.in);
	unsetenv("LINES");
	unsetenv("COLUMNS");
	return curses;
}

static int
open_curses(struct error *err)
{
	const char *capability;
	int rows, cols;

	setlocale(LC_CTYPE, "");
	screen.in = fopen("/dev/null", "r"); /* curses reads nothing */
	screen.out = open_memory();
	if (screen.in && screen.out)
		screen.curses = open_of_any_size();
	if (!screen.curses) {
		error_set(err, "the terminal cannot be opened");
		return -1;
	}
	typeahead(-1);
	nonl();
	keypad(stdscr, TRUE);
	leaveok(stdscr, FALSE);
	tty_size(&rows, &cols);
	resizeterm(rows, cols);
	capability = tigetstr("BE");
	screen.paste = capability && capability != (const char *)-1;
	return 0;
}

int
screen_open(bool mouse, struct error *err)
{
	screen.mouse = mouse;
	if (tty_open(err) != 0)
		return -1;
	if (open_curses(err) != 0) {
		screen_close();
		return -1;
	}
	make_reset();
	screen_enter();
	return 0;
}

void
screen_close(void)
{
	if (screen.curses) {
		screen_leave();
		delscreen(screen.curses);
		screen.curses = NULL;
	}
	if (screen.in)
		fclose(screen.in);
	if (screen.out)
		fclose(screen.out);
	screen.in = screen.out = NULL;
	tty_close();
}

void
screen_suspend(void)
{
	struct sigaction usual = { .sa_handler = SIG_DFL }, before;
	sigset_t stop, mask;

	screen_leave();
	sigaction(SIGTSTP, &usual, &before);
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	sigprocmask(SIG_UNBLOCK, &stop, &mask);
	kill(0, SIGTSTP); /* the whole job: the program may stand in a pipeline */
	sigprocmask(SIG_SETMASK, &mask, NULL);
	sigaction(SIGTSTP, &before, NULL);
	screen_enter();
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

const char *
screen_library(void)
{
	return curses_version();
}

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

	if (tty_is_busy())
		return false;
	/* ncurses 6.4 reads in front of its lines when they have one column. */
	if (c->rows < 1 || c->cols < 2)
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
