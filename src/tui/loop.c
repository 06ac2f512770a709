/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loop - waits for keys, frames and signals, whichever comes first.
 *
 * One thread.  What takes long is done in portions of a few milliseconds (WORK_NS),
 * and between two of them the keyboard is looked at: a key waits for one portion
 * and one picture at most.  When nothing is to be done the loop sleeps in poll(2).
 *
 * A picture is made after a key at once, and when what it asked for is worked out;
 * after new frames a few times a second; and never before the terminal has taken the one before
 * (screen.c): capturing does not wait for the screen.
 *
 * A terminal that is gone (end of file, EIO, a hangup) ends the program as "leave"
 * does, so that the files being written are closed as they should be.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>

#include "base/timefmt.h"
#include "tui/app.h"
#include "tui/keyboard.h"
#include "tui/patience.h"
#include "tui/screen.h"
#include "tui/search.h"
#include "tui/shell.h"
#include "tui/signals.h"
#include "tui/tty.h"

#define WORK_NS    (8 * NS_PER_MS)
#define PICTURE_NS (100 * NS_PER_MS) /* between two pictures that no key asked for */

enum {
	TICK_MS = 1000,       /* live and quiet: connections time out */
	COMMAND_WAIT_MS = 20, /* between two looks at a command that runs */
	TOLD_MAX = 100,
	NO_FD_WAIT_MS = 50 /* live and nothing to wait for */
};

struct loop {
	struct tui_source *src;
	const struct tui_config *cfg;
	struct app *app;
	struct keyboard *keyboard;
	struct canvas *canvas;
	struct patience patience;
	bool gone;          /* the terminal */
	bool dirty, urgent; /* the picture is old; a key made it so */
	bool asked;         /* what the last key wants may not be worked out yet */
	bool more;          /* there is work that can wait, and need not */
	int64_t shown;      /* when the last picture was made */
	int64_t typed;      /* when the last octet came from the keyboard */
	uint64_t packets;   /* when the last picture was made: are there new ones? */
};

/* -- what comes in ---------------------------------------------------------------------- */

static void
resize(struct loop *l)
{
	int rows, cols;

	tty_size(&rows, &cols);
	if (rows == l->canvas->rows && cols == l->canvas->cols)
		return;
	canvas_resize(l->canvas, rows, cols);
	l->dirty = l->urgent = true;
}

static void
suspend(struct loop *l)
{
	screen_suspend();
	resize(l);
	l->dirty = l->urgent = true;
}

static void
handle_signals(struct loop *l)
{
	int number;

	while ((number = signals_next()) != 0) {
		switch (number) {
		case SIGHUP:
			l->gone = true;
			break;
		case SIGTERM:
			l->app->leave = true;
			break;
		case SIGINT:
			app_act(l->app, ACT_STOP);
			break;
		case SIGTSTP:
			suspend(l);
			break;
		case SIGCONT:
			screen_repaint();
			resize(l);
			break;
		case SIGWINCH:
			resize(l);
			break;
		default:
			break;
		}
		l->dirty = l->urgent = true;
	}
}

static void
work(struct loop *l)
{
	struct error err = { "" };
	enum tui_state before = l->app->state, state;
	uint64_t packets;

	state = l->src->work(l->src->ctx, WORK_NS, &err);
	app_state(l->app, state, &err);
	packets = l->src->run(l->src->ctx)->capture.packets;
	if (state != before || packets != l->packets)
		l->dirty = true;
	l->packets = packets;
	l->more = true;
}

/* While a command has the terminal: frames go on, and signals that end the program are heeded.  ^C
 * and ^Z are for the command. */
static bool
meanwhile(void *ctx, bool keys)
{
	struct loop *l = ctx;
	bool reading = l->app->state == TUI_LOADING || l->app->state == TUI_LIVE;
	int fd = reading ? l->src->fd(l->src->ctx) : -1, n, number;
	bool busy = l->app->state == TUI_LOADING && fd < 0;
	struct pollfd p[3] = {
		{ .fd = tty_fd(), .events = keys ? POLLIN : 0 },
		{ .fd = signals_fd(), .events = POLLIN },
		{ .fd = fd, .events = POLLIN },
	};

	n = poll(p, fd < 0 ? 2 : 3, busy ? 0 : COMMAND_WAIT_MS);
	if (n > 0 && (p[0].revents & (POLLHUP | POLLERR | POLLNVAL)))
		l->gone = true;
	while ((number = signals_next()) != 0) {
		l->gone |= number == SIGHUP;
		l->app->leave |= number == SIGTERM;
	}
	if (reading && !l->gone)
		work(l);
	return !l->gone && !l->app->leave;
}

static void
run_command(struct loop *l)
{
	struct shell_host host = { meanwhile, l };
	struct error err = { "" };
	char told[TOLD_MAX];

	if (shell_run(l->app->pipe_command, l->app->pipe_input, &host, told, sizeof told, &err) !=
	    0)
		app_say(l->app, STYLE_ERROR, "%s", err.text);
	else
		app_say(l->app, STYLE_PLAIN, "%s", told);
	piping_end(l->app);
	resize(l);
}

/* What the application wants of the terminal. */
static void
obey(struct loop *l)
{
	struct app *a = l->app;

	if (a->retheme)
		screen_theme(a->theme, l->cfg->colors);
	if (a->repaint || a->retheme)
		screen_repaint();
	if (a->send.n) {
		screen_send(sbuf_slice(&a->send));
		sbuf_clear(&a->send);
	}
	if (a->suspend)
		suspend(l);
	if (a->pipe_command)
		run_command(l);
	a->repaint = a->retheme = a->suspend = false;
}

static void
handle_keys(struct loop *l)
{
	uint8_t buf[512];
	ssize_t n = 0;
	int key, row, col;
	bool late;

	while (keyboard_room(l->keyboard) >= sizeof buf && (n = tty_read(buf, sizeof buf)) > 0) {
		keyboard_add(l->keyboard, slice_of(buf, (size_t)n));
		l->typed = search_clock();
	}
	if (n < 0)
		l->gone = true;
	late = search_clock() - l->typed >= KEYBOARD_WAIT_MS * NS_PER_MS;
	while (!l->app->leave && (key = keyboard_next(l->keyboard, late, &row, &col)) != KEY_NONE) {
		app_key(l->app, key, row, col);
		obey(l);
		l->dirty = l->urgent = l->asked = true;
	}
}

/* -- what goes out ---------------------------------------------------------------------- */

static void
show(struct loop *l)
{
	int64_t now = search_clock();

	if (!l->dirty || tty_is_busy() || (!l->urgent && now - l->shown < PICTURE_NS))
		return;
	app_draw(l->app, l->canvas);
	screen_show(l->canvas);
	l->dirty = l->urgent = false;
	l->shown = search_clock();
	l->more = true; /* what is in sight now may want to be worked out */
}

/* -- waiting ---------------------------------------------------------------------------- */

/* Milliseconds until something has to be done; -1: never. */
static int
timeout(const struct loop *l, int fd)
{
	bool loading = l->app->state == TUI_LOADING, live = l->app->state == TUI_LIVE;
	int ms = -1;

	if ((loading && fd < 0) || l->more)
		return 0;
	if (loading || live)
		ms = fd < 0 ? NO_FD_WAIT_MS : TICK_MS;
	if (l->dirty && !tty_is_busy() && (ms < 0 || ms > PICTURE_NS / NS_PER_MS))
		ms = PICTURE_NS / NS_PER_MS;
	if (keyboard_waits(l->keyboard) && (ms < 0 || ms > KEYBOARD_WAIT_MS))
		ms = KEYBOARD_WAIT_MS;
	return ms;
}

static void
wait_for_something(struct loop *l)
{
	bool reading = l->app->state == TUI_LOADING || l->app->state == TUI_LIVE;
	int fd = reading ? l->src->fd(l->src->ctx) : -1, ms = timeout(l, fd), n;
	struct pollfd p[3] = {
		{ .fd = tty_fd(), .events = POLLIN },
		{ .fd = signals_fd(), .events = POLLIN },
		{ .fd = fd, .events = POLLIN },
	};

	if (tty_is_busy())
		p[0].events |= POLLOUT;
	n = poll(p, fd < 0 ? 2 : 3, ms);
	if (n > 0 && (p[0].revents & (POLLHUP | POLLERR | POLLNVAL)))
		l->gone = true;
	if (p[0].revents & POLLOUT)
		l->gone |= !tty_flush();
	/* A tick, or frames, or a file, which is always ready. */
	if (reading && (fd < 0 || n == 0 || (n > 0 && p[2].revents)))
		work(l);
}

/* What happened while sessions were read again. */
static void
take_stock(struct loop *l)
{
	if (l->patience.began)
		l->typed = search_clock();
	l->patience.began = 0;
	l->gone |= l->patience.gone;
	if (!l->patience.signalled)
		return;
	l->patience.signalled = false;
	screen_repaint();
	resize(l);
	l->dirty = l->urgent = true;
}

static void
run(struct loop *l)
{
	while (!l->gone && !l->app->leave) {
		take_stock(l);
		handle_signals(l);
		handle_keys(l);
		if (l->gone || l->app->leave)
			break;
		if (l->more) {
			l->more = app_idle(l->app, WORK_NS);
			l->dirty |= l->app->changed;
			l->app->changed = false;
		}
		/* The order or the session that a key asked for is there: not at the next tick. */
		if (l->asked && !l->more && !l->urgent) {
			l->urgent = l->dirty;
			l->asked = false;
		}
		show(l);
		if (!tty_flush())
			break;
		wait_for_something(l);
	}
}

/* -- the whole -------------------------------------------------------------------------- */

const char *
tui_library(void)
{
	return screen_library();
}

int
tui_check(struct error *err)
{
	return screen_check(err);
}

int
tui_run(struct tui_source *src, const struct tui_config *cfg, struct error *err)
{
	struct loop l = { .src = src, .cfg = cfg, .more = true, .dirty = true, .urgent = true };
	const char *const *line;

	if (signals_open(err) != 0)
		return -1;
	if (screen_open(cfg->mouse, err) != 0) {
		signals_close();
		return -1;
	}
	screen_theme(cfg->theme, cfg->colors);
	l.keyboard = keyboard_new();
	screen_keys(l.keyboard);
	l.canvas = canvas_memory(1, 1, cfg->ascii || screen_is_ascii());
	l.canvas->shows = screen_shows;
	resize(&l);
	l.app = app_new(src, cfg);
	l.app->build.ascii = l.canvas->ascii;
	for (line = cfg->settings; line && *line; line++)
		command_run(l.app, *line);
	obey(&l);
	l.patience = (struct patience){ .app = l.app, .keyboard = l.keyboard, .canvas = l.canvas };
	src->go_on = patience_go_on;
	src->patience = &l.patience;
	run(&l);
	src->go_on = NULL;
	app_free(l.app);
	keyboard_free(l.keyboard);
	screen_close();
	canvas_free(l.canvas);
	signals_close();
	return 0;
}
