/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * patience - what is still heeded while the source reads sessions again.
 *
 * That may last: a session as long as the capture, a million sessions into a file.  Nothing
 * acts meanwhile, because the session that actions speak of is the one being read: keys
 * are kept for later, but for ^C, which ends the reading and drops what was typed.
 * After a moment the message line says what goes on.  Signals that end the program end the
 * reading as well.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

#include "base/timefmt.h"
#include "tui/app.h"
#include "tui/keyboard.h"
#include "tui/patience.h"
#include "tui/screen.h"
#include "tui/search.h"
#include "tui/signals.h"
#include "tui/tty.h"

#define LOOK_NS (20 * NS_PER_MS)  /* between two looks at the keyboard */
#define TELL_NS (250 * NS_PER_MS) /* until something is said, and between two pictures */

enum { CONTROL_C = 3, TEXT_MAX = 120 };

/* False: ^C. */
static bool
read_keys(struct patience *p)
{
	uint8_t buf[512];
	ssize_t n = 0;

	while (keyboard_room(p->keyboard) >= sizeof buf && (n = tty_read(buf, sizeof buf)) > 0) {
		if (memchr(buf, CONTROL_C, (size_t)n)) {
			keyboard_clear(p->keyboard);
			return false;
		}
		keyboard_add(p->keyboard, slice_of(buf, (size_t)n));
	}
	if (n < 0)
		p->gone = true;
	return true;
}

/* False: somebody wants an end. */
static bool
read_signals(struct patience *p)
{
	bool goes_on = true;
	int number;

	while ((number = signals_next()) != 0) {
		p->gone |= number == SIGHUP;
		p->app->leave |= number == SIGTERM;
		goes_on &= number != SIGINT;
		p->signalled = true;
	}
	return goes_on && !p->gone && !p->app->leave;
}

static void
tell(struct patience *p, int64_t now, uint64_t done, uint64_t total)
{
	char text[TEXT_MAX], part[TEXT_MAX / 2] = "";
	struct canvas *c = p->canvas;
	int row = app_message_row(c);

	if (done && total > 1)
		snprintf(part, sizeof part, ", %" PRIu64 " of %" PRIu64, done, total);
	snprintf(text, sizeof text, "reading sessions again%s, %" PRId64 " s; ^C ends it", part,
	    (now - p->began) / NS_PER_S);
	if (row >= 0) {
		canvas_fill(c, row, 0, c->cols, STYLE_PLAIN, ' ');
		canvas_text(c, row, 1, c->cols - 1, STYLE_WARNING, slice_str(text));
		screen_show(c);
	}
}

bool
patience_go_on(void *ctx, uint64_t done, uint64_t total)
{
	struct patience *p = ctx;
	int64_t now = search_clock();
	bool goes_on;

	if (p->began == 0)
		p->began = p->looked = p->told = now;
	if (now - p->looked < LOOK_NS)
		return true;
	p->looked = now;
	goes_on = read_keys(p) && read_signals(p);
	if (p->app->hasty && (keyboard_waits(p->keyboard) || p->signalled))
		goes_on = !(p->app->put_off = true);
	if (goes_on && !p->app->hasty && now - p->told >= TELL_NS) {
		p->told = now;
		tell(p, now, done, total);
	}
	if (!tty_flush())
		p->gone = true;
	return goes_on && !p->gone;
}
