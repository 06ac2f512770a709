/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * prompt - a line that is typed: cursor, history, completion, pasted text.
 */
#ifndef SMTPSCOPE_TUI_PROMPT_H
#define SMTPSCOPE_TUI_PROMPT_H

#include "tui/canvas.h"

enum { PROMPT_MAX = 4096, PROMPT_HISTORY = 50 };

enum prompt_kind { PROMPT_SEARCH, PROMPT_FILTER, PROMPT_COMMAND, PROMPT_SAVE, PROMPT_PIPE, PROMPT_KINDS };

enum prompt_result { PROMPT_OPEN, PROMPT_DONE, PROMPT_LEFT };

struct prompt_history {
	char *line[PROMPT_HISTORY]; /* owned, oldest first */
	size_t n;
};

struct prompt {
	bool open;
	enum prompt_kind kind;
	const char *label;          /* borrowed: a literal */
	char text[PROMPT_MAX + 1];  /* UTF-8, NUL-terminated */
	size_t n, at;               /* octets; of the cursor */
	char typed[PROMPT_MAX + 1]; /* what was there before history or completion */
	size_t recall;              /* place in the history; its end: what is typed now */
	size_t choice;              /* completions tried so far */
	bool completing;
	struct prompt_history history[PROMPT_KINDS];
};

/* The i-th line that `text' could become; false: there are no more. */
typedef bool prompt_completer(void *ctx, const char *text, size_t i, char *out, size_t size);

void prompt_open(struct prompt *, enum prompt_kind, const char *label, const char *start);
void prompt_fini(struct prompt *);
/* A key; `pasted': it was not typed, and does nothing but stand for itself. */
enum prompt_result prompt_key(struct prompt *, int key, bool pasted, prompt_completer *, void *ctx);
/* Draws it in a row, with the cursor in it. */
void prompt_draw(const struct prompt *, struct canvas *, int row, enum style);

#endif
