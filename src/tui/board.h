/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * board - the dashboard being built: what its files share.
 *
 * It is about all sessions, or about those of a window (window.h); what has no numbers
 * of a window then stands at the end, under a heading that says so.
 */
#ifndef SMTPSCOPE_TUI_BOARD_H
#define SMTPSCOPE_TUI_BOARD_H

#include "tui/sheet.h"
#include "tui/window.h"

enum {
	BOARD_ROWS = 8, /* of a table */
	BOARD_LABEL_MAX = 64,
	BOARD_COMMAND_MAX = 240
};

struct board {
	struct sheet h;
	const struct build_run *run;
	bool windowed;                      /* sessions of a window, ... */
	const struct window_counts *counts; /* ... or NULL: they are being counted */
	char clause[WINDOW_CLAUSE_MAX];     /* behind the filter of every link; "" without window */
};

/* A row of a table: a name, a number, its share. */
struct board_entry {
	enum style style;
	char label[BOARD_LABEL_MAX];
	uint64_t n, of;
	char command[BOARD_COMMAND_MAX]; /* what Enter does; "": nothing */
};

struct board_table {
	const char *head;
	unsigned number; /* of doc_table() */
	int label;       /* columns of the labels, at most */
	bool parts;      /* "12 of 96" instead of a share of the whole */
	struct board_entry v[BOARD_ROWS];
	size_t n;
	uint64_t more; /* rows that are not shown */
};

/* board_tables.c: a row; how many are not shown is known. */
void board_add(struct board_table *, enum style, const char *label, uint64_t n, uint64_t of);
/* What Enter does on the row that was added last, if it found room: the clause comes behind it. */
void board_command(const struct board *, struct board_table *, const char *fmt, ...)
    __attribute__((__format__(printf, 3, 4)));
/* Two tables side by side where there is room, below each other where there is not. */
void board_put(struct board *, struct board_table *left, struct board_table *right);

/* What became of the messages, and how the sessions ended. */
void board_results(struct board *);
/* Servers and clients with most bad sessions. */
void board_peers(struct board *);
/* Replies by class, how long they took, and TLS: the tables of -z.  Of a window only what it has
 * no numbers of. */
void board_statistics(struct board *);
/* Sessions, and those in trouble, by the time they began. */
void board_timeline(struct board *);
/* What was dropped, cut or missing. */
void board_trust(struct board *);

/* board_window.c, of a window: the lines of its title, ... */
void board_window_title(struct board *);
/* ... and replies by class, and TLS. */
void board_window_dialogue(struct board *);

#endif
