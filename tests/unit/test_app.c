/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_app - the terminal interface without a terminal: real captures, real keys, a
 * canvas in memory.  Every action in every view, at sizes from one cell to a wall.
 *
 * What is on the screen is compared elsewhere (run-tui.sh, run-docs.sh); here nothing
 * may crash, hang or draw what cannot be drawn, and keys must do what they promise.
 */
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "browse.h"
#include "test_policy_line.h"
#include "tui/app.h"
#include "tui/list.h"
#include "tui/pager.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The program up to the screen. */
struct stage {
	struct options o;
	struct browse *browse;
	struct tui_source *src;
	struct tui_config cfg;
	struct app *app;
	struct canvas *canvas;
	char path[512];
};

static void
settle(struct stage *s)
{
	struct error err = { "" };
	enum tui_state state;
	int i;

	do {
		state = s->src->work(s->src->ctx, 1000000, &err);
		app_state(s->app, state, &err);
	} while (state == TUI_LOADING);
	for (i = 0; i < 3; i++) {
		while (app_idle(s->app, 1000000))
			;
		app_draw(s->app, s->canvas);
	}
}

/* Nothing has been read yet. */
static void
open_unread(struct stage *s, const char *trace, int rows, int cols, bool ascii)
{
	const char *top = getenv("srcdir");
	const char *args[] = { "-r", s->path, "--no-config", NULL };
	enum exit_status status;
	struct error err;

	snprintf(s->path, sizeof s->path, "%s/traces/%s", top ? top : ".", trace);
	if (parse(&s->o, args, &err) != 0 || !(s->browse = browse_new(&s->o, &status, &err)))
		fail_msg("%s: %s", trace, err.text);
	s->src = browse_source(s->browse);
	s->cfg = (struct tui_config){ .ascii = ascii };
	s->app = app_new(s->src, &s->cfg);
	s->canvas = canvas_memory(rows, cols, ascii);
}

static void
open_stage(struct stage *s, const char *trace, int rows, int cols, bool ascii)
{
	open_unread(s, trace, rows, cols, ascii);
	settle(s);
}

static void
close_stage(struct stage *s)
{
	struct error err;

	app_free(s->app);
	canvas_free(s->canvas);
	assert_int_equal(browse_close(s->browse, &err), 0);
	options_fini(&s->o);
}

/* Types names of keys, blanks between them. */
static void
type(struct stage *s, const char *keys)
{
	char copy[400], *rest = copy, *name;

	assert_true(strlen(keys) < sizeof copy);
	strcpy(copy, keys);
	while ((name = strsep(&rest, " ")) != NULL) {
		if (key_parse(name) == KEY_NONE)
			fail_msg("\"%s\" is no key", name);
		app_key(s->app, key_parse(name), 0, 0);
	}
	settle(s);
}

/* Types a line as it is. */
static void
write_line(struct stage *s, const char *text)
{
	for (; *text; text++)
		app_key(s->app, *text, 0, 0);
	app_key(s->app, KEY_RETURN, 0, 0);
	settle(s);
}

static bool
shows(struct stage *s, const char *text)
{
	int row;

	for (row = 0; row < s->canvas->rows; row++)
		if (strstr(canvas_line(s->canvas, row), text))
			return true;
	return false;
}

static void
expect(struct stage *s, const char *after, const char *text)
{
	int row;

	if (shows(s, text))
		return;
	for (row = 0; row < s->canvas->rows; row++)
		print_message("| %s\n", canvas_line(s->canvas, row));
	fail_msg("after %s: got the above, want \"%s\"", after, text);
}

/* Every cell is printable or covered, whatever was drawn. */
static void
check_canvas(const char *what, const struct canvas *c)
{
	struct glyph_rules rules = canvas_rules(c);
	struct glyph g;
	int i, n = c->rows * c->cols;

	for (i = 0; i < n; i++) {
		const struct cell *cell = &c->cells[i];

		if (cell->len == 0) {
			if (i == 0 || cell[-1].width != 2)
				fail_msg("%s: cell %d is covered by nothing", what, i);
		} else if (glyph_next(slice_of(cell->text, cell->len), &rules, &g) != cell->len ||
		    g.escaped || g.width != cell->width) {
			fail_msg("%s: cell %d is not printable", what, i);
		}
	}
	if (n &&
	    (c->cursor_row >= c->rows || c->cursor_col >= c->cols || c->cursor_row < 0 ||
	        c->cursor_col < 0))
		fail_msg("%s: the cursor is outside", what);
}

/* -- what keys do ----------------------------------------------------------------------- */

/* The guilty frame and its explanation, with two keys. */
static void
test_three_keys(void **state)
{
	static const struct {
		const char *trace, *frames, *finding;
	} rows[] = {
		{ "seed1-full.pcap", "reply-mid-data", "Finding reply-mid-data" },
		{ "seed1-excerpt.pcap", "reply-mid-data", "Finding reply-mid-data" },
		{ "seed2-a.pcap", "Frames #", "Finding " },
		{ "seed3-C.pcap", "Frames #", "Finding " },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct stage s;

		open_stage(&s, rows[i].trace, 35, 120, false);
		type(&s, "Enter");
		expect(&s, "Enter", rows[i].frames);
		type(&s, "Enter");
		expect(&s, "Enter twice", rows[i].finding);
		expect(&s, "Enter twice", "WHAT HAPPENED");
		type(&s, "Esc Esc");
		expect(&s, "Esc twice", "complete");
		close_stage(&s);
	}
}

static void
test_views(void **state)
{
	static const struct {
		const char *keys, *want;
	} rows[] = {
		{ "t", "Transcript #" },
		{ "L", "Ladder #" },
		{ "o", "Findings #" },
		{ "f", "Frames #" },
		{ "?", "the view \"frames\"" },
		{ "q", "Frames #" },
		{ "F8", "Settings" },
		{ "q i", "Dashboard" },
		{ "q q", "complete" },
		{ "f", "Findings #" },
		{ "[", "first session" },
		{ "q ?", "the view \"list\"" },
		{ "/ q u i t Enter", "quit" },
		{ "q :", ":" },
		{ "Esc T", "sessions tagged" },
		{ "U", "no session is tagged" },
		{ "F", "at the newest session" },
		{ "p", "HELD" },
		{ "p >", "by " },
		{ "4 2", " 42" },
		{ "Esc", "complete" },
	};
	struct stage s;
	size_t i;

	(void)state;
	open_stage(&s, "seed2-both.pcap", 35, 120, false);
	for (i = 0; i < COUNT(rows); i++) {
		type(&s, rows[i].keys);
		expect(&s, rows[i].keys, rows[i].want);
		check_canvas(rows[i].keys, s.canvas);
	}
	close_stage(&s);
}

/* Ladder and transcript: what lies between two frames, and what is shown and copied. */
static void
test_texts(void **state)
{
	static const struct {
		const char *keys, *want;
	} rows[] = {
		{ "l g Space", "from frame 1 on" },
		{ "Space", "no frame is chosen" },
		{ "Space j j Space", "frames 1 to 3: 20 ms; C>S 2 frames, 0 octets; S>C 1 frame" },
		{ "\\", "Ladder" },
		{ "\\", "BETWEEN 1 AND 3" },
		{ "G Space", "from frame 62 on" },
		{ "g j Space", "frames 2 to 62" },
		{ "k Space", "from frame 1 on" },
		{ "+ + + +", "192.0.2.1 " },
		{ "+ + + +", "no narrower" },
		{ "- - - - - - - - - - - - - - - -", "no wider" },
		{ "t g v", "1 line selected: y copies it" },
		{ "j j", "3 lines selected: y copies them" },
		{ "Esc", "no lines are selected" },
		{ "v j y", "the selection was sent" },
		{ "y", "the text was sent" },
		{ "b", "the first ten lines" },
		{ "b", "what is kept of it" },
		{ "b", "text of messages: none" },
		{ "r b", "hidden: r shows everything" },
		{ "r T # g", "C> HELO" },
	};
	struct stage s;
	size_t i;

	(void)state;
	open_stage(&s, "seed1-full.pcap", 35, 120, true);
	for (i = 0; i < COUNT(rows); i++) {
		type(&s, rows[i].keys);
		expect(&s, rows[i].keys, rows[i].want);
		check_canvas(rows[i].keys, s.canvas);
	}
	close_stage(&s);
}

/* The octets of every frame, one after the other: secrets are in none of them. */
static void
test_octets(void **state)
{
	static const struct {
		const char *trace, *secret;
		bool hides;
	} rows[] = {
		{ "auth-bruteforce.pcap", "FsaWNl", true },
		{ "auth-bruteforce-gap.pcap", "FsaWNl", true },
		{ "auth-exchange.pcap", "WxpY2U", true },
		{ "seed1-full.pcap", "\033", false },
	};
	bool hidden;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct stage s;
		int n = 0;

		open_stage(&s, rows[i].trace, 60, 80, true);
		type(&s, "Enter g x");
		expect(&s, "x", "Octets of frame 1");
		for (hidden = false; !shows(&s, "this is the last frame"); n++) {
			hidden = hidden || shows(&s, "octets are hidden");
			if (shows(&s, rows[i].secret))
				fail_msg("%s: frame %d shows the secret", rows[i].trace, n + 1);
			check_canvas(rows[i].trace, s.canvas);
			type(&s, "]");
		}
		assert_true(n > 10);
		if (hidden != rows[i].hides)
			fail_msg("%s: octets were%s hidden", rows[i].trace, hidden ? "" : " not");
		type(&s, "[ L");
		expect(&s, "L", "Ladder #");
		type(&s, "q q");
		expect(&s, "q q", "Frames #");
		close_stage(&s);
	}
}

/* A finding: acknowledged and not, and where else it is. */
static void
test_finding(void **state)
{
	static const struct {
		const char *keys, *want;
	} rows[] = {
		{ "Enter Enter a", "acknowledged: all pipelined-commands-lost of this session" },
		{ "G", "acknowledged; u takes that back" },
		{ "y", "the finding, as Markdown, was sent" },
		{ "q", "acknowledged" },
		{ "q", " ack " },
		{ "f u", "new again: all" },
		{ "a", "acknowledged: all" },
		{ "Enter", "WHAT HAPPENED" },
		{ "S", "there is no file for it" },
		{ "o", "filter: finding = " },
	};
	char path[] = "/tmp/test_app.XXXXXX", line[128] = "";
	int fd = mkstemp(path);
	struct stage s;
	size_t i;

	(void)state;
	assert_true(fd >= 0);
	open_stage(&s, "seed2-both.pcap", 35, 120, true);
	for (i = 0; i < COUNT(rows); i++) {
		type(&s, rows[i].keys);
		expect(&s, rows[i].keys, rows[i].want);
		check_canvas(rows[i].keys, s.canvas);
	}
	s.cfg.suppress_file = path;
	type(&s, "Enter Enter S");
	expect(&s, "S", "Add \"pipelined-commands-lost 198.51.100.25\" to");
	type(&s, "n");
	assert_int_equal(read(fd, line, sizeof line - 1), 0);
	type(&s, "S y");
	expect(&s, "S y", "holds from the next run on");
	assert_true(read(fd, line, sizeof line - 1) > 0);
	assert_string_equal(line, "pipelined-commands-lost 198.51.100.25\n");
	type(&s, "S");
	expect(&s, "S", "is in the file already");
	/* A file whose last line has no end. */
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(pwrite(fd, "tarpit", 6, 0), 6);
	type(&s, "S y");
	assert_true(pread(fd, line, sizeof line - 1, 0) > 0);
	assert_string_equal(line, "tarpit\npipelined-commands-lost 198.51.100.25\n");
	close_stage(&s);
	close(fd);
	unlink(path);
}

static void
test_commands(void **state)
{
	static const struct {
		const char *line, *want;
	} rows[] = {
		{ ":set theme pink", "there is no theme \"pink\"" },
		{ ":set fly on", "there is no setting \"fly\"" },
		{ ":set time", "time is relative" },
		{ ":set columns number,cause", "cause" },
		{ ":set columns number,x", "there is no column \"x\"" },
		{ ":set sort -duration", "by duration, descending" },
		{ ":set sort tls", "cannot be sorted" },
		{ ":frobnicate", "is no command" },
		{ ":goto frame 1", "Frames #" },
		{ ":back", "complete" },
		{ ":goto session 999", "there is no session 999" },
		{ ":goto frame 99999", "no session has frame 99999" },
		{ ":goto", "the form is" },
		{ ":goto time 25", "a time is like" },
		{ ":goto 23:59:59", "no session began" },
		{ ":filter severity = error", "filter: severity = error" },
		{ ":filter severity = pink", "column" },
		{ ":filter", "complete" },
		{ ":bind list X dashboard", "complete" },
		{ ":bind x", "the form is" },
		{ ":alias a b c", "complete" },
		{ ":a", "is no command" },
		{ ":alias loop loop", "complete" },
		{ ":loop", "is no command" },
		{ ":write /nonexistent/x.pcap", "/nonexistent/x.pcap" },
		{ ":write x.doc", "no known ending" },
		{ "/surely not there", "not found" },
	};
	struct stage s;
	size_t i;

	(void)state;
	open_stage(&s, "seed2-both.pcap", 35, 120, false);
	for (i = 0; i < COUNT(rows); i++) {
		write_line(&s, rows[i].line);
		expect(&s, rows[i].line, rows[i].want);
		check_canvas(rows[i].line, s.canvas);
		if (app_view(s.app) != VIEW_LIST && strcmp(rows[i].line, ":goto frame 1") != 0)
			type(&s, "q");
	}
	type(&s, "X");
	expect(&s, "X", "Dashboard");
	close_stage(&s);
}

/* Every row of the dashboard that can be opened lists sessions. */
static void
test_tables(void **state)
{
	static const struct {
		const char *trace;
		int cols;
		size_t least; /* rows to open */
	} rows[] = { { "seed2-both.pcap", 120, 13 }, { "seed2-both.pcap", 80, 13 },
		{ "auth-bruteforce-many.pcap", 120, 12 } };
	struct stage s;
	size_t i, line, cell, opened;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		open_stage(&s, rows[i].trace, 40, rows[i].cols, false);
		opened = 0;
		for (line = 0; line < 200; line++) {
			for (cell = 0; cell < 2; cell++) {
				const struct doc *body;
				char command[200];

				type(&s, "i");
				body = app_pager(s.app)->body;
				snprintf(command, sizeof command, "%s",
				    doc_cell_at(body, line, cell).command);
				type(&s, "q");
				if (!command[0])
					continue;
				command_run(s.app, command);
				settle(&s);
				opened++;
				if (listing_count(s.app->list->listing) == 0)
					fail_msg(
					    "\"%s\" lists nothing: %s", command, s.app->message);
			}
		}
		if (opened < rows[i].least)
			fail_msg("%s: got %zu rows to open, want %zu", rows[i].trace, opened,
			    rows[i].least);
		close_stage(&s);
	}
	/* The seven that ended so, from the right one of two tables. */
	open_stage(&s, "auth-bruteforce-many.pcap", 40, 120, false);
	type(&s, "i Tab Enter");
	expect(&s, "i Tab Enter", "filter: closure = quit");
	assert_int_equal(listing_count(s.app->list->listing), 7);
	type(&s, "i BackTab BackTab");
	type(&s, "Enter");
	expect(&s, "i BackTab Enter", "filter: server = 198.51.100.25 and trouble");
	type(&s, "F4 F4");
	expect(&s, "F4 twice", "shown 7 of 7");
	close_stage(&s);
}

/* Opens every row of the dashboard that can be; how many there were.  Each has to list sessions, at
 * most `most' of them, and leaves the window as it was. */
static size_t
open_rows(struct stage *s, const char *title, size_t most)
{
	size_t line, cell, opened = 0;
	char command[256];

	for (line = 0; line < 100; line++) {
		for (cell = 0; cell < 2; cell++) {
			type(s, "i");
			expect(s, "i", title);
			snprintf(command, sizeof command, "%s",
			    doc_cell_at(app_pager(s->app)->body, line, cell).command);
			type(s, "q");
			if (!command[0] || !strstr(command, "flow.end"))
				continue;
			command_run(s->app, command);
			settle(s);
			opened++;
			if (!s->app->filter_text || !listing_count(s->app->list->listing) ||
			    listing_count(s->app->list->listing) > most)
				fail_msg("\"%s\" lists %zu sessions, want 1 to %zu: %s", command,
				    listing_count(s->app->list->listing), most, s->app->message);
		}
	}
	return opened;
}

/* The dashboard of the last minutes: its title, its numbers, and the sessions behind them. */
static void
test_window(void **state)
{
	static const struct {
		const char *name, *title, *sessions;
		size_t most, least; /* sessions; rows to open */
	} rows[] = { { "1h", "last hour", "5 sessions, 0 open, 3 messages", 5, 14 },
		{ "15m", "last 15 min", "4 sessions, 0 open, 2 messages", 4, 12 },
		{ "5m", "last 5 min", "3 sessions, 0 open, 1 message", 3, 10 },
		{ "1m", "last minute", "2 sessions, 0 open, 1 message", 2, 10 } };
	struct stage s;
	size_t i, opened;

	(void)state;
	open_stage(&s, "report-window.pcap", 60, 100, true);
	for (i = 0; i < COUNT(rows); i++) {
		type(&s, "i w");
		expect(&s, "i w", rows[i].title);
		expect(&s, "i w", "[all 1h 15m 5m 1m]");
		expect(&s, "i w", rows[i].sessions);
		type(&s, "q");
		opened = open_rows(&s, rows[i].title, rows[i].most);
		if (opened < rows[i].least)
			fail_msg("%s: got %zu rows to open, want %zu", rows[i].name, opened,
			    rows[i].least);
	}
	/* The cursor stays on its row, though what it opens is another filter. */
	type(&s, "i Tab Tab j w");
	expect(&s, "w", "6 sessions, 0 open");
	write_line(&s, ":set window 1m");
	expect(&s, ":set window 1m", "last minute");
	type(&s, "g Tab");
	i = app_pager(s.app)->cursor;
	type(&s, "w w w w w");
	expect(&s, "w, five times", "last minute");
	assert_int_equal(app_pager(s.app)->cursor, i);
	write_line(&s, ":set window 2h");
	expect(&s, ":set window 2h", "is no window");
	expect(&s, ":set window 2h", "last minute");
	close_stage(&s);
	/* It has no times. */
	open_stage(&s, "transcript-input.txt", 40, 100, true);
	type(&s, "i w");
	expect(&s, "w", "a transcript has no times");
	close_stage(&s);
}

/* What is saved is there, and nothing is written over without a question. */
static void
test_save(void **state)
{
	char path[] = "/tmp/test_app.XXXXXX", file[64], line[128], *key;
	struct stage s;
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(path));
	snprintf(file, sizeof file, "%s/x.txt", path);
	snprintf(line, sizeof line, "s%s", file);
	open_stage(&s, "seed1-full.pcap", 24, 80, false);
	write_line(&s, line);
	expect(&s, "saving", "1 session saved as text");
	assert_int_equal(stat(file, &st), 0);
	assert_true(st.st_size > 100);
	assert_int_equal(truncate(file, 0), 0);
	write_line(&s, line);
	expect(&s, "saving again", "Write over it?");
	type(&s, "n");
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_size, 0);
	write_line(&s, line);
	type(&s, "y");
	assert_int_equal(stat(file, &st), 0);
	assert_true(st.st_size > 100);
	/* Saving takes the session from the view; a key may come before the next picture. */
	type(&s, "Enter e");
	for (key = line; *key; key++)
		app_key(s.app, *key, 0, 0);
	type(&s, "Enter y Enter");
	expect(&s, "saving, and Enter at once", "WHAT HAPPENED");
	close_stage(&s);
	unlink(file);
	rmdir(path);
}

/* Nobody waits for the reader of a pipe, and what was private stays so. */
static void
test_save_places(void **state)
{
	char path[] = "/tmp/test_app.XXXXXX", file[64], line[128];
	struct stage s;
	struct stat st;

	(void)state;
	assert_non_null(mkdtemp(path));
	open_stage(&s, "seed1-full.pcap", 24, 80, false);
	snprintf(file, sizeof file, "%s/f.txt", path);
	snprintf(line, sizeof line, "s%s", file);
	assert_int_equal(mkfifo(file, 0600), 0);
	write_line(&s, line);
	type(&s, "y");
	expect(&s, "saving into a pipe", "f.txt: is no file");
	unlink(file);
	assert_int_equal(symlink("/dev/null", file), 0);
	write_line(&s, line);
	type(&s, "y");
	expect(&s, "saving into a device", "1 session saved as text");
	unlink(file);
	close(open(file, O_WRONLY | O_CREAT, 0600));
	write_line(&s, line);
	type(&s, "y");
	assert_int_equal(stat(file, &st), 0);
	assert_true(st.st_size > 100);
	assert_int_equal(st.st_mode & 0777, 0600);
	close_stage(&s);
	unlink(file);
	rmdir(path);
}

static bool
give_up(void *ctx, uint64_t done, uint64_t total)
{
	(void)done;
	(void)total;
	++*(unsigned *)ctx;
	return false;
}

/* Reading sessions again ends when it is asked to, leaves no file, and can be done later. */
static void
test_give_up(void **state)
{
	char path[] = "/tmp/test_app.XXXXXX", file[64], line[128];
	struct stage s;
	struct stat st;
	unsigned asked = 0;

	(void)state;
	assert_non_null(mkdtemp(path));
	snprintf(file, sizeof file, "%s/x.txt", path);
	snprintf(line, sizeof line, "s%s", file);
	open_stage(&s, "ok-one-octet.pcap", 24, 80, false);
	s.src->patience = &asked;
	s.src->go_on = give_up;
	write_line(&s, line);
	expect(&s, "giving up", "given up before the end, as asked");
	assert_int_not_equal(asked, 0);
	assert_int_not_equal(stat(file, &st), 0);
	s.src->go_on = NULL;
	write_line(&s, line);
	expect(&s, "saving then", "saved as text");
	assert_int_equal(stat(file, &st), 0);
	close_stage(&s);
	unlink(file);
	assert_int_equal(rmdir(path), 0); /* nothing else was left there */
}

/* Pasted text is never a command. */
static void
test_paste(void **state)
{
	struct stage s;

	(void)state;
	open_stage(&s, "seed1-full.pcap", 24, 80, false);
	app_key(s.app, KEY_PASTE_BEGIN, 0, 0);
	app_key(s.app, 'Q', 0, 0);
	app_key(s.app, KEY_RETURN, 0, 0);
	app_key(s.app, KEY_PASTE_END, 0, 0);
	assert_false(s.app->leave);
	assert_int_equal(app_view(s.app), VIEW_LIST);
	type(&s, "&");
	app_key(s.app, KEY_PASTE_BEGIN, 0, 0);
	app_key(s.app, 'a', 0, 0);
	app_key(s.app, KEY_RETURN, 0, 0);
	app_key(s.app, 'b', 0, 0);
	app_key(s.app, KEY_PASTE_END, 0, 0);
	settle(&s);
	expect(&s, "pasting", "filter: a b");
	type(&s, "Esc q");
	assert_true(s.app->leave);
	close_stage(&s);
}

/* The clipboard gets what the screen shows, and never an octet that acts. */
static void
test_copy(void **state)
{
	struct stage s;
	size_t i;

	(void)state;
	open_stage(&s, "report-hostile.pcap", 24, 80, false);
	type(&s, "t y");
	assert_true(s.app->send.n > 20);
	for (i = 0; i < s.app->send.n; i++)
		if (s.app->send.p[i] < ' ' && s.app->send.p[i] != '\033' &&
		    s.app->send.p[i] != '\a')
			fail_msg("octet %zu is %#x", i, s.app->send.p[i]);
	close_stage(&s);
}

/* Steps on until this many sessions have ended, and draws.  Reads 64 frames at a time. */
static void
step_until(struct stage *s, uint64_t ended)
{
	struct error err = { "" };
	enum tui_state state = TUI_LOADING;

	while (state == TUI_LOADING && s->src->run(s->src->ctx)->sessions < ended) {
		state = s->src->work(s->src->ctx, 1, &err);
		app_state(s->app, state, &err);
	}
	while (app_idle(s->app, 1000000))
		;
	app_draw(s->app, s->canvas);
}

/* Names of keys that are typed while nothing is read. */
static void
press(struct stage *s, const char *key)
{
	app_key(s->app, key_parse(key), 0, 0);
	while (app_idle(s->app, 1000000))
		;
	app_draw(s->app, s->canvas);
}

/* In the middle of a file, and of a live capture: what has ended goes, and what is open stays. */
static void
test_clear(void **state)
{
	const struct run *run;
	struct stage s;
	size_t ended;

	(void)state;
	open_unread(&s, "auth-bruteforce-many.pcap", 24, 100, false);
	press(&s, "F5");
	expect(&s, "F5 on nothing", "there is no session");
	step_until(&s, 1);
	run = s.src->run(s.src->ctx);
	ended = run->sessions;
	assert_int_equal(s.app->state, TUI_LOADING);
	assert_true(ended > 0 && ended < 6);
	press(&s, "T");
	press(&s, "F5");
	expect(&s, "F5", "that have ended, shown or not, tagged: ");
	press(&s, "n");
	assert_int_equal(store_count(s.src->store), ended);
	press(&s, "F5");
	press(&s, "y");
	expect(&s, "F5 y", "cleared");
	assert_int_equal(store_count(s.src->store), 0);
	settle(&s);
	assert_int_equal(run->sessions, 7);
	assert_int_equal(store_count(s.src->store), 7 - ended);
	expect(&s, "F5 and reading on", "complete");
	/* As if it were live: the last one is open, and tagged. */
	store_at(s.src->store, 6 - ended)->flags |= ROW_OPEN;
	type(&s, "G T & o p e n Enter F5");
	expect(&s, "F5", "shown or not");
	type(&s, "y");
	expect(&s, "F5 y", "cleared; open, and still here: 1");
	assert_int_equal(store_count(s.src->store), 1);
	assert_true(store_at(s.src->store, 0)->flags & ROW_TAGGED);
	type(&s, "F5");
	expect(&s, "F5 F5", "no session has ended yet");
	type(&s, "F4 F4 Enter");
	expect(&s, "Enter", "Frames #");
	store_at(s.src->store, 0)->flags &= (uint16_t)~ROW_OPEN;
	type(&s, "q p F5");
	expect(&s, "F5", "Clear 1 session that has ended, shown or not, tagged: 1?");
	/* Whatever takes the question from the screen is its end. */
	app_key(s.app, KEY_PASTE_BEGIN, 0, 0);
	app_key(s.app, KEY_PASTE_END, 0, 0);
	type(&s, "y");
	assert_int_equal(store_count(s.src->store), 1);
	type(&s, "F5 y");
	expect(&s, "F5 at the end", "all that had ended were cleared");
	expect(&s, "F5 at the end", " 7 cleared");
	type(&s, "Enter t l f y Y Space j G i / c l e a r e d Enter");
	expect(&s, "i", "7 sessions were cleared from the list by hand");
	assert_int_equal(run->sessions, 7);
	close_stage(&s);
}

/* Places are found again in whatever order, and who has gone says so. */
static void
test_marks(void **state)
{
	static const struct {
		const char *keys, *want;
	} rows[] = {
		{ "'", "to a mark, or ' to where you were before; Esc leaves" },
		{ "Esc", "complete" },
		{ "' a", "there is no mark a; ma sets it" },
		{ "' '", "there was no jump so far" },
		{ "m", "mark this place as a letter, a to z; Esc leaves" },
		{ "F5", "F5 is no mark" },
		{ "m A", "A is no mark" },
		{ ": m a r k s Enter", "there is no mark; m and a letter set one" },
		/* The list: sorting moves the session, and the mark with it. */
		{ ": s e t Space s o r t Space n u m b e r Enter g j m a",
		    "mark a: session 2, list" },
		{ "z G ' a", " #2  192.0.2.10:40002" },
		{ "' '", " #1  192.0.2.10:40001" },
		{ "' '", " #2  192.0.2.10:40002" },
		/* Texts, each in its view; what is below is the list. */
		{ "Enter g j j j m b", "mark b: session 2, frames, frame" },
		{ "t g j j j j m c", "mark c: session 2, transcript, frame" },
		{ "q ' b", "Frames #2" },
		{ "' c", "Transcript #2" },
		{ "q", "40002" },
		{ ": g o t o Space s e s s i o n Space 5 Enter f", "Findings #5" },
		{ "Enter", "Finding " },
		{ "m d", "mark d: session 5, finding" },
		{ "' a", " #2  192.0.2.10:40002" },
		{ "'", "Esc leaves; set: a b c d" },
		{ "d", "WHAT HAPPENED" },
		{ "' '", " #2  192.0.2.10:40002" },
		{ "' '", "WHAT HAPPENED" },
		{ "q Enter x ] m e", "mark e: session 5, octets, frame" },
		{ "] ' e", "Octets of frame" },
		{ "q q : 3 Enter", " #3  192.0.2.10:40003" },
		{ "' '", " #5  192.0.2.10:40005" },
		/* All of them, and Enter goes there. */
		{ ": m a r k s Enter", "session 2, transcript, frame" },
		{ "j Enter", "Frames #2" },
		{ ": m a r k s Space d Enter", "WHAT HAPPENED" },
		{ "q : m a r k s Space 1 Enter", "is no mark" },
		/* A filter hides a session from the list, and not from its own views. */
		{ "& n u m b e r = 7 Enter", "shown 1 of 7" },
		{ "' a", "session 2 does not match the filter" },
		{ "' d", "session 5 does not match the filter" },
		{ "g", "WHAT HAPPENED" },
		{ "q F4 F4", "shown 7 of 7" },
		{ "F5 y", "7 sessions cleared" },
		{ "' a", "session 2 is no longer in the list: it was cleared" },
		{ "' d", "session 5 is no longer in the list: it was cleared" },
		{ "m a", "there is no session yet" },
		{ ": m a r k s Enter", "session 2, list; no longer in the list" },
	};
	struct stage s;
	size_t i;

	(void)state;
	open_stage(&s, "auth-bruteforce-many.pcap", 35, 120, true);
	for (i = 0; i < COUNT(rows); i++) {
		type(&s, rows[i].keys);
		expect(&s, rows[i].keys, rows[i].want);
		check_canvas(rows[i].keys, s.canvas);
	}
	close_stage(&s);
}

/* The very line is found again: in every text, from every line, and narrower. */
static void
test_marked_lines(void **state)
{
	static const char *const views[] = { "Enter", "l", "t", "f" };
	size_t v, line, n;

	(void)state;
	for (v = 0; v < COUNT(views); v++) {
		struct stage s;

		open_stage(&s, "report-hostile.pcap", 24, 80, true);
		type(&s, views[v]);
		n = doc_count(app_pager(s.app)->body);
		assert_true(n > 5);
		for (line = 0; line < n; line++) {
			uint64_t frame;

			pager_go_line(app_pager(s.app), line);
			if (app_pager(s.app)->cursor != line)
				continue; /* a heading */
			frame = doc_frame(app_pager(s.app)->body, line);
			type(&s, "m z q ' z");
			if (app_pager(s.app)->cursor != line)
				fail_msg("%s: got line %zu, want %zu", views[v],
				    app_pager(s.app)->cursor, line);
			canvas_resize(s.canvas, 20, 60);
			type(&s, "q ' z");
			if (doc_frame(app_pager(s.app)->body, app_pager(s.app)->cursor) != frame)
				fail_msg("%s: line %zu: got another frame", views[v], line);
			canvas_resize(s.canvas, 24, 80);
			settle(&s);
			type(&s, "' z");
		}
		close_stage(&s);
	}
}

/* -- storms ----------------------------------------------------------------------------- */

static const char *const storm_traces[] = { "seed2-both.pcap", "report-hostile.pcap",
	"seed3-C.pcap" };

/* Every action in every view, at every size. */
static void
test_every_action(void **state)
{
	static const struct {
		int rows, cols;
	} sizes[] = { { 60, 200 }, { 24, 80 }, { 5, 20 }, { 1, 1 }, { 2, 3 }, { 0, 0 } };
	static const char *const views[] = { "Esc", "Enter", "t", "l", "f", "i", "?", "F8",
		"Enter Enter" };
	const struct action_row *row;
	size_t i, v, n;

	(void)state;
	for (i = 0; i < COUNT(sizes); i++) {
		struct stage s;

		open_stage(&s, storm_traces[i % COUNT(storm_traces)], 24, 80, i & 1);
		canvas_resize(s.canvas, sizes[i].rows, sizes[i].cols);
		for (v = 0; v < COUNT(views); v++) {
			for (row = action_rows(&n); row->name; row++) {
				s.app->prompt.open = false;
				s.app->letter_for = ACT_NONE;
				while (s.app->depth)
					app_pop(s.app);
				if (v)
					type(&s, views[v]);
				app_act(s.app, row->id);
				settle(&s);
				app_act(s.app, row->id);
				settle(&s);
				check_canvas(row->name, s.canvas);
			}
		}
		close_stage(&s);
	}
}

static void
test_storm(void **state)
{
	static const int keys[] = { 'j', 'k', KEY_RETURN, 'q', 'l', 't', 'f', 'i', '?', 'G', 'g',
		'e', 'E', 'n', 'N', 'z', 'w', 'v', 'r', 'T', 'U', ' ', '<', '>', '|', '+', '-', '[',
		']', '/', 'a', ':', '&', 's', 'y', 'Y', 12, 'F', 'p', 'A', KEY_F1 + 4, 'm', '\'',
		'5', '0', 'o', 'L', 'h', KEY_ESCAPE, KEY_TABULATOR, KEY_PAGE_DOWN, KEY_PAGE_UP,
		KEY_TO_END, KEY_F1 + 3, KEY_F1 + 7, KEY_CLICK, KEY_WHEEL_DOWN, KEY_GO_UP, KEY_ERASE,
		0x6f22, KEY_PASTE_BEGIN, KEY_PASTE_END };
	struct stage s;
	size_t i;
	int round;

	(void)state;
	srand(11);
	for (i = 0; i < COUNT(storm_traces); i++) {
		open_stage(&s, storm_traces[i], 24, 80, false);
		for (round = 0; round < 3000; round++) {
			if (rand() % 7 == 0)
				canvas_resize(s.canvas, rand() % 62, rand() % 202);
			app_key(s.app, keys[rand() % (int)COUNT(keys)], rand() % 60, rand() % 200);
			s.app->leave = false;
			if (rand() % 3 == 0) /* keys may come faster than pictures are made */
				continue;
			app_idle(s.app, 100000);
			app_draw(s.app, s.canvas);
			check_canvas("storm", s.canvas);
		}
		close_stage(&s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_three_keys),
		cmocka_unit_test(test_views),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_octets),
		cmocka_unit_test(test_finding),
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_window),
		cmocka_unit_test(test_save),
		cmocka_unit_test(test_save_places),
		cmocka_unit_test(test_give_up),
		cmocka_unit_test(test_paste),
		cmocka_unit_test(test_copy),
		cmocka_unit_test(test_clear),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_marked_lines),
		cmocka_unit_test(test_every_action),
		cmocka_unit_test(test_storm),
	};
	char folder[] = "/tmp/test_app.XXXXXX", path[64];
	int rc;

	/* What is acknowledged here is not the user's. */
	if (!mkdtemp(folder) || setenv("XDG_STATE_HOME", folder, 1) != 0)
		return 99;
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	snprintf(path, sizeof path, "%s/smtpscope/acknowledged", folder);
	unlink(path);
	snprintf(path, sizeof path, "%s/smtpscope", folder);
	rmdir(path);
	rmdir(folder);
	return rc;
}
