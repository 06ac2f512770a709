/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * markdown_text - text as Markdown (CommonMark, with the tables of GFM) that
 * means itself and nothing else.
 */
#ifndef SMTPSCOPE_REPORT_MARKDOWN_TEXT_H
#define SMTPSCOPE_REPORT_MARKDOWN_TEXT_H

#include "base/slice.h"

struct output;

/* Prose on one line; fit for a cell of a table. */
void markdown_text(struct output *, struct slice);
/* The memory output's content as a block of code; closes it. */
void markdown_block(struct output *, const char *language, struct output *content);

#endif
