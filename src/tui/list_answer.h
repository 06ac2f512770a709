/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * list_answer - the lower pane of the list: what the session under the cursor
 * comes down to.
 */
#ifndef SMTPSCOPE_TUI_LIST_ANSWER_H
#define SMTPSCOPE_TUI_LIST_ANSWER_H

struct app;
struct canvas;

/* Makes the answer of the session under the cursor, if it is shown and not made yet. */
void list_answer_update(struct app *);
/* To the clipboard, all of it, and not only what there is room for. */
void list_answer_copy(struct app *);
void list_answer_draw(struct app *, struct canvas *, int row, int rows);

#endif
