/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * columns - what the list tells of a session: one row of a table for each column.
 */
#ifndef SMTPSCOPE_TUI_COLUMNS_H
#define SMTPSCOPE_TUI_COLUMNS_H

#include "store/listing.h"
#include "tui/canvas.h"

struct output;
struct report_config;

enum { COLUMNS_MAX = 24, COLUMN_KINDS = 256 };

/* What the texts are made from. */
struct column_context {
	const struct store *store;
	const struct report_config *cfg;
	const struct session_row *row;
	enum time_style time;
};

/* Whose width depends on what there is to show; an endpoint loses its port where it is too wide. */
enum column_extent { EXTENT_FIXED, EXTENT_TIME, EXTENT_NUMBER, EXTENT_ENDPOINT };

struct column {
	const char *name;  /* for "columns": "client" */
	const char *title; /* over the column */
	int width;         /* columns that it takes at least */
	int most;          /* that it may take when there is room */
	int keep;          /* in a narrow list those with less go first */
	bool right;        /* numbers */
	int sort;          /* enum sort_key, or -1 */
	const char *help;
	void (*text)(struct output *, const struct column_context *);
	size_t pool; /* place in the row of the pool_ref whose text it shows; 0: none.  Where text
	              * is NULL, as it is; else with `around' at its ends, unless kind() is known */
	const char *around; /* octets; NULL: none */
	/* A number below COLUMN_KINDS that alone decides what is shown, or -1: the text of the pool
	 * does; NULL: neither */
	int (*kind)(const struct session_row *);
	enum style (*style)(const struct session_row *); /* NULL: plain */
	enum column_extent extent;
	const char *made_of; /* all octets that its texts have, letters in lower case; NULL: any */
};

/* Can a text of the column have this word (no blanks)?  Says no only when it never can. */
bool column_may_have(const struct column *, const struct report_config *, struct slice word);
/* Writes what it tells of the row, raw. */
void column_text(const struct column *, struct output *, const struct column_context *);
const struct column *column_at(size_t i); /* NULL: there are no more */
/* Place in the table, or -1. */
int column_find(const char *name);
int column_find_n(const char *name, size_t n); /* n octets, no NUL */
/* The one for this key that comes first, or NULL. */
const struct column *column_by_sort(enum sort_key);

/* The columns of a list, as chosen and as they fit. */
struct column_layout {
	uint8_t chosen[COLUMNS_MAX]; /* places in the table */
	unsigned n;
	int width[COLUMNS_MAX]; /* of the chosen ones, now; 0: no room */
};

void column_defaults(struct column_layout *);
/* "number,client,..."; false, and `bad' is the first name that is wrong (its length in `*n'). */
bool column_choose(struct column_layout *, const char *names, const char **bad, size_t *n);
/* Gives out `cols' columns. */
void column_fit(struct column_layout *, int cols, enum time_style, size_t sessions);

#endif
