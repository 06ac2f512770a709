/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * app - the terminal interface without a terminal: keys in, a canvas out.
 *
 * Below everything lies the list of sessions; texts lie on it in a stack, the top
 * one is shown; a prompt may be open in the last line.  The loop (loop.c) brings keys
 * and time, tests bring them from a table.
 *
 * A document borrows from the session that it was made from, and there is one session
 * at a time.  Whoever asks for another makes the documents stale (app_session());
 * a stale one is made anew before it is used.
 */
#ifndef SMTPSCOPE_TUI_APP_H
#define SMTPSCOPE_TUI_APP_H

#include "base/error.h"
#include "base/sbuf.h"
#include "store/listing.h"
#include "tui/build.h"
#include "tui/keymap.h"
#include "tui/prompt.h"
#include "tui/tui.h"
#include "tui/window.h"

struct filter;
struct list;
struct marks;
struct pager;

enum {
	APP_DEPTH = 16,    /* texts on one another; the lowest makes room */
	MESSAGE_MAX = 600, /* octets of a message */
	COPY_MAX = 74994,  /* octets: 100,000 as base64, which is what terminals take */
	NEEDLE_MAX = 400   /* octets of a text to search for */
};

struct app {
	struct tui_source *src;       /* borrowed */
	const struct tui_config *cfg; /* borrowed */
	struct keymap *keys;          /* borrowed from the configuration, or owned */
	bool own_keys;
	int rows, cols; /* of the last canvas */

	struct list *list;
	struct pager *stack[APP_DEPTH];
	size_t depth;
	struct prompt prompt;
	struct marks *marks;    /* owned */
	enum action letter_for; /* the next key is a letter for this; ACT_NONE: it is not */
	struct build_options build;
	struct acks *acks;     /* owned */
	struct window *window; /* owned: which sessions the dashboard counts */
	bool no_pane;          /* nothing beside the ladder */
	int widened;           /* columns that the ladder took from its pane; negative: gave it */
	struct filter *filter; /* in force, or NULL: all sessions */
	char *filter_text;     /* owned, NULL with the above */

	const struct smtp_session *session; /* the one that is open, or NULL */
	uint64_t session_stream;            /* its stream id, and its last frame when it was read */
	uint64_t session_frame;
	unsigned serial; /* grows when it changes: documents are stale */

	char needle[NEEDLE_MAX]; /* last text searched for */
	size_t nneedle;          /* octets; 0: none */
	uint64_t count;          /* number typed before a key */
	bool counting, pasting;
	char message[MESSAGE_MAX]; /* raw: may quote the wire; "": none */
	enum style message_style;

	enum tui_state state;
	struct error failure; /* of TUI_FAILED */
	/* What the loop is to do. */
	bool leave, suspend, repaint;
	bool hasty;   /* what is read now nobody asked for: any key comes first, ... */
	bool put_off; /* ... and one did */
	bool changed; /* by work that no key asked for: the picture is old */
	bool retheme;
	char theme[16];                  /* name, or "": the usual one */
	char *pipe_command;              /* owned: to be run by the loop; or NULL */
	int pipe_input;                  /* what it reads; owned; -1: nothing */
	struct sbuf send;                /* octets for the terminal that draw nothing: OSC 52 */
	void (*confirmed)(struct app *); /* what "y" does; NULL: no question is open */
	char *save_path;                 /* owned: of the question whether to write over it */
	char save_format[16];
	int64_t refresh_at; /* when a dashboard that changes is built anew (search_clock) */
	bool dashboard_old; /* it has to be, though nothing changes any more */
};

struct app *app_new(struct tui_source *, const struct tui_config *);
void app_free(struct app *);
void app_key(struct app *, int key, int row, int col);
void app_act(struct app *, enum action);
/* Work that can wait, for about so long; false: nothing is left to do. */
bool app_idle(struct app *, int64_t ns);
void app_draw(struct app *, struct canvas *);
/* Where messages stand; -1: there is no room. */
int app_message_row(const struct canvas *);
/* The state that the source is in now. */
void app_state(struct app *, enum tui_state, const struct error *);

/* The message line; a key takes it away.  It takes the place of a question, or of
 * one for a letter, which then is none. */
void app_say(struct app *, enum style, const char *fmt, ...)
    __attribute__((__format__(printf, 3, 4)));
/* Asks for y or n. */
void app_ask(struct app *, void (*yes)(struct app *), const char *fmt, ...)
    __attribute__((__format__(printf, 3, 4)));
enum view_id app_view(const struct app *);
/* The topmost text, or NULL. */
struct pager *app_pager(const struct app *);
/* The session of the row, read again unless it is the open one; NULL: a message says why. */
const struct smtp_session *app_session(struct app *, const struct session_row *);
/* The session is to be read again. */
void app_forget(struct app *);
/* Every text is to be built again. */
void app_restyle(struct app *);
void app_push(struct app *, struct pager *);
void app_pop(struct app *);
/* The row that an action means: of the open text, or under the cursor; NULL: none. */
const struct session_row *app_row(struct app *);

/* command.c: a line behind ':'. */
void command_run(struct app *, const char *line);
/* For completion: the i-th line that the text could become, or false. */
bool command_complete(struct app *, const char *text, size_t i, char *out, size_t size);

/* settings.c: "set NAME VALUE", and the view of all of them. */
void settings_set(struct app *, const char *name, const char *value);
const char *settings_name(size_t i); /* NULL: there are no more */
/* The i-th word that NAME may be set to, or NULL. */
const char *settings_choice(const char *name, size_t i);
void settings_build(struct app *, struct doc *title, struct doc *body);

/* filtering.c: the filter in force.  "": all sessions.  False: a message says what is wrong. */
bool filtering_set(struct app *, const char *text);

/* dashboard.c: work for the dashboard on the screen, for about so long; false: nothing is left. */
bool dashboard_idle(struct app *, int64_t ns);
void dashboard_open(struct app *);
/* Which sessions it counts; false: a message says why not these. */
bool dashboard_window(struct app *, enum window_choice);
void dashboard_next_window(struct app *);

/* ask.c: the prompts. */
void ask_search(struct app *);
void ask_filter(struct app *);
void ask_command(struct app *, const char *start);
void ask_columns(struct app *);
void ask_save(struct app *);
void ask_report(struct app *);
void ask_pipe(struct app *);
/* A key while a prompt is open. */
void ask_key(struct app *, int key);

/* saving.c: "FILE" or "FORMAT FILE": the open session, the tagged ones, or all shown. */
void saving_write(struct app *, const char *args);
/* The sessions that would be saved: the open one, all of which the dashboard knows, the tagged ones,
 * or all shown (`one': the one under the cursor).  `rows' is freed by the caller; the rows belong
 * to the store or the view. */
struct chosen {
	const struct session_row **rows;
	size_t n;
	const char *which; /* "tagged "; NULL: it is the one that the user looks at */
};
struct chosen saving_choose(struct app *, bool one);
/* "3 tagged sessions" */
void saving_tell(struct app *, bool one, char *out, size_t size);
/* The format that the end of the name means in this view; NULL: none. */
const char *saving_format(const struct app *, const char *path);

/* piping.c: sessions to a command, which the loop runs (pipe_command). */
void piping_start(struct app *, const char *command);
/* It is done, or will not be. */
void piping_end(struct app *);

/* copy.c: to the clipboard of the terminal.  `what' for the message: "the row". */
void copy_text(struct app *, struct slice printable, const char *what);
void copy_shown(struct app *, struct slice raw, const char *what);
/* As the screen shows it: what came from the wire must not act where it is pasted either. */
struct output;
void copy_put(struct output *, struct slice raw, bool ascii);
/* clearing.c: asks whether the sessions that have ended are to go from the list. */
void clearing_ask(struct app *);
/* suppressing.c: asks whether the finding of this view is to be left out for this peer. */
void suppressing_ask(struct app *);
/* copy_finding.c: the finding of this view, as Markdown. */
void copy_finding(struct app *, const struct pager *);
/* help.c */
void help_build(struct app *, enum view_id of, struct doc *title, struct doc *body);
/* bars.c: what stands around a view. */
void bars_draw(struct app *, struct canvas *, int hint_row, int bar_row);

#endif
