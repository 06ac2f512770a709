/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * row_search - which rows have a text in what the list shows of them.
 *
 * The answer is that of search_find() in the whole line of a row, columns two blanks apart;
 * but of a million rows few lines are written out.  What a column is made of excludes most
 * words; where it shows one of some words each is looked at once; and texts of the pool are
 * gone through together, not row by row.
 */
#ifndef SMTPSCOPE_TUI_ROW_SEARCH_H
#define SMTPSCOPE_TUI_ROW_SEARCH_H

#include "tui/columns.h"

struct row_search;

/* All is borrowed but the needle, which is copied. */
struct row_search *row_search_new(
    const struct column_layout *, const struct column_context *, struct slice needle);
void row_search_free(struct row_search *); /* accepts NULL */
/* Goes through texts for a portion, after which row_search_has() says the same faster; false:
 * nothing is left to do. */
bool row_search_prepare(struct row_search *);
bool row_search_has(struct row_search *, const struct session_row *);
/* The line of a row, raw. */
void row_line(const struct column_layout *, struct output *, const struct column_context *);

#endif
