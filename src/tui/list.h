/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * list - the list of sessions, and the answer about the one under the cursor.
 */
#ifndef SMTPSCOPE_TUI_LIST_H
#define SMTPSCOPE_TUI_LIST_H

#include "store/listing.h"
#include "tui/action.h"
#include "tui/columns.h"

struct app;
struct doc;
struct row_search;

enum { PANE_LINES = 9, PANE_MIN = 3, PANE_MAX = 40 };

struct list {
	struct listing *listing;
	struct column_layout layout;
	enum sort_key sort;
	bool reverse;
	size_t top, cursor;  /* places in the listing */
	uint64_t stream;     /* of the session under the cursor; 0: none yet */
	bool moved;          /* the user chose the cursor: it stays with its session */
	bool follow, paused; /* at the newest session; nothing new comes in */
	bool busy;           /* the listing has work left */
	uint64_t generation; /* of the store, when the listing was last told to work */
	int left;            /* columns that the last column is moved by */
	int page, first_row; /* sessions on the screen when it was drawn, and where */
	bool pane;           /* the answer is shown */
	int pane_lines;
	struct doc *answer;                   /* owned */
	uint64_t answer_stream, answer_frame; /* of which session, and its last frame then */
	int answer_width, answer_lines;       /* that it was built for */
	int pane_rows;                        /* for the answer, when it was drawn last */
	bool answer_shown;                    /* there was room for it */
	/* A search that goes on: the place where it began and the next one to look at. */
	struct row_search *search; /* owned; NULL: none */
	bool backwards;
	size_t search_from, search_at;
	size_t searched; /* rows looked at */
};

struct list *list_new(struct store *);
void list_free(struct list *); /* accepts NULL */
/* Rows [row, row + rows) of the canvas: heads, sessions, and the answer if there is room. */
void list_draw(struct app *, struct canvas *, int row, int rows);
/* False: the action is none of the list's. */
bool list_act(struct app *, enum action);
/* Work in portions; false: nothing is left. */
bool list_idle(struct app *, int64_t ns);
struct session_row *list_row(struct list *); /* under the cursor, or NULL */
/* Moves the cursor; false: there is nothing at that place. */
bool list_go(struct list *, size_t place);
/* The rows may have moved: finds the cursor's session again. */
void list_settle(struct list *);
void list_sort(struct list *, enum sort_key, bool reverse);
/* After another filter: the cursor goes to its session, or to the first. */
void list_filtered(struct list *);
/* list_search.c: looks for the text of the application. */
void list_search(struct app *, bool backwards);
void list_search_stop(struct list *);
/* Goes on until then, by search_clock(); only while there is a search. */
void list_search_work(struct app *, int64_t until);
/* The row as it is shown, raw. */
struct output;
void list_text(struct app *, struct output *, const struct session_row *);

#endif
