/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * search - a text in a text: letters of either case, unless the text that is
 * searched for has a capital (as vim's smartcase and less -i).
 */
#ifndef SMTPSCOPE_TUI_SEARCH_H
#define SMTPSCOPE_TUI_SEARCH_H

#include "base/slice.h"
#include "tui/doc.h"

/* The first place at or behind `from'; n 0: there is none, or the needle is empty. */
struct doc_mark search_find(struct slice in, size_t from, struct slice needle);
/* Monotonic time in ns, to work in portions. */
int64_t search_clock(void);

#endif
