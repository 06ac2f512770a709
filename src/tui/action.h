/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * action - everything a key can do: the one table that keys, the help view, the
 * bars at the bottom and "bind" are made from.
 */
#ifndef SMTPSCOPE_TUI_ACTION_H
#define SMTPSCOPE_TUI_ACTION_H

#include <stddef.h>

/* Where a key acts. */
enum view_id {
	VIEW_LIST = 1,
	VIEW_FRAMES = 2,
	VIEW_LADDER = 4,
	VIEW_TRANSCRIPT = 8,
	VIEW_FINDINGS = 16, /* of a session */
	VIEW_FINDING = 32,  /* one of them */
	VIEW_DASHBOARD = 64,
	VIEW_HELP = 128,
	VIEW_SETTINGS = 256,
	VIEW_OCTETS = 512, /* of one frame of a session */
	VIEW_SESSION = VIEW_FRAMES | VIEW_LADDER | VIEW_TRANSCRIPT | VIEW_FINDINGS | VIEW_FINDING |
	    VIEW_OCTETS,
	VIEW_TEXT = VIEW_SESSION | VIEW_DASHBOARD | VIEW_HELP | VIEW_SETTINGS,
	VIEW_ANY = VIEW_LIST | VIEW_TEXT
};

enum action {
	ACT_NONE,
	/* moving */
	ACT_UP,
	ACT_DOWN,
	ACT_PAGE_UP,
	ACT_PAGE_DOWN,
	ACT_HALF_UP,
	ACT_HALF_DOWN,
	ACT_FIRST,
	ACT_LAST,
	ACT_LEFT,
	ACT_RIGHT,
	/* opening */
	ACT_OPEN,
	ACT_FRAMES,
	ACT_LADDER,
	ACT_TRANSCRIPT,
	ACT_FINDINGS,
	ACT_DASHBOARD,
	ACT_SESSION_NEXT,
	ACT_SESSION_BACK,
	ACT_TABLE_NEXT,
	ACT_TABLE_BACK,
	ACT_WINDOW,
	ACT_BACK,
	/* finding */
	ACT_SEARCH,
	ACT_SEARCH_NEXT,
	ACT_SEARCH_BACK,
	ACT_FINDING_NEXT,
	ACT_FINDING_BACK,
	ACT_FILTER,
	ACT_FILTER_OFF,
	ACT_COMMAND,
	ACT_MARK,
	ACT_RETURN,
	/* the list */
	ACT_TAG,
	ACT_TAG_ALL,
	ACT_UNTAG_ALL,
	ACT_SORT_LEFT,
	ACT_SORT_RIGHT,
	ACT_REVERSE,
	ACT_COLUMNS,
	ACT_FOLLOW,
	ACT_PAUSE,
	ACT_CLEAR,
	/* how it is shown */
	ACT_FOLD,
	ACT_TIME,
	ACT_TCP,
	ACT_REDACT,
	ACT_PANE,
	ACT_PANE_MORE,
	ACT_PANE_LESS,
	/* the ladder */
	ACT_CHOOSE,
	ACT_WIDER,
	ACT_NARROWER,
	/* a finding */
	ACT_ELSEWHERE,
	ACT_ACKNOWLEDGE,
	ACT_RENEW,
	ACT_SUPPRESS,
	/* a frame */
	ACT_OCTETS,
	ACT_FRAME_NEXT,
	ACT_FRAME_BACK,
	/* the transcript */
	ACT_SELECT,
	ACT_BODY,
	ACT_TIMES,
	ACT_NUMBERS,
	/* out */
	ACT_SAVE,
	ACT_REPORT,
	ACT_PIPE,
	ACT_COPY,
	ACT_COPY_LINE,
	/* the program */
	ACT_HELP,
	ACT_SETTINGS,
	ACT_REDRAW,
	ACT_STOP,
	ACT_SUSPEND,
	ACT_LEAVE,
	ACTIONS
};

struct action_row {
	enum action id;
	const char *name;  /* for "bind" */
	const char *keys;  /* by default; blanks between them, "" for none */
	unsigned views;    /* enum view_id */
	const char *label; /* in the bars at the bottom; NULL: not there */
	const char *help;  /* one line, no full stop */
};

/* Rows in the order of the help view; [n] has the name NULL. */
const struct action_row *action_rows(size_t *n);
const struct action_row *action_find(const char *name);
const struct action_row *action_row(enum action);
/* "list", "frames", ... "session", "any"; 0: unknown. */
unsigned view_parse(const char *name);
const char *view_name(enum view_id);

#endif
