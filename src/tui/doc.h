/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * doc - a text of styled lines that a pager shows: frames, transcript, ladder,
 * finding, dashboard and help are all documents, built for a width.
 *
 * A line knows the frame and the finding it tells of, so that the pager can jump.
 * Texts are copied raw and escaped by the canvas.
 */
#ifndef SMTPSCOPE_TUI_DOC_H
#define SMTPSCOPE_TUI_DOC_H

#include "model/finding.h"
#include "tui/canvas.h"

struct doc;

enum doc_flag {
	DOC_HEAD = 1,   /* a heading: stays out of the cursor's way */
	DOC_FOLD = 2,   /* stands for folded frames; Enter unfolds */
	DOC_ANCHOR = 4  /* first line of a finding: where e, E, n and N stop */
};

struct doc *doc_new(void);
void doc_free(struct doc *);
void doc_clear(struct doc *);
/* Begins a line; frame 0 and finding NULL: about none. */
void doc_line(struct doc *, unsigned flags, uint64_t frame, const struct finding *);
/* Adds to the last line. */
void doc_text(struct doc *, enum style, struct slice);
void doc_printf(struct doc *, enum style, const char *fmt, ...)
    __attribute__((__format__(printf, 3, 4)));
/* Blanks up to this column of the last line; at least `least'. */
void doc_column(struct doc *, int column, int least);
/* The text broken at blanks, each line begun with `indent' blanks and about the same. */
void doc_wrap(struct doc *, unsigned flags, uint64_t frame, const struct finding *, enum style,
    struct slice, int indent, int width);
size_t doc_count(const struct doc *);
unsigned doc_flags(const struct doc *, size_t line);
uint64_t doc_frame(const struct doc *, size_t line);
const struct finding *doc_finding(const struct doc *, size_t line);
/* The raw text of a line, for search and copy; borrowed until the next call. */
struct slice doc_plain(struct doc *, size_t line);
void doc_draw(const struct doc *, size_t line, struct canvas *, int row, int col, int width,
    int skip);

#endif
