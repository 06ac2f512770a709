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
	DOC_HEAD = 1,  /* a heading: stays out of the cursor's way */
	DOC_FOLD = 2,  /* stands for folded frames; Enter unfolds */
	DOC_ANCHOR = 4 /* first line of a finding: where e, E, n and N stop */
};

enum {
	DOC_LINES_MAX = 1 << 20,  /* what is beyond is left out; the last line says so */
	DOC_OCTETS_MAX = 64 << 20 /* of text */
};

struct doc *doc_new(void);
void doc_free(struct doc *); /* accepts NULL */
void doc_clear(struct doc *);
/* By which rules doc_column() and doc_wrap() measure; false until told otherwise. */
void doc_ascii(struct doc *, bool);
/* Begins a line; frame 0 and finding NULL: about none.  The finding is borrowed. */
void doc_line(struct doc *, unsigned flags, uint64_t frame, const struct finding *);
/* Adds to the last line (to a first one, if there is none). */
void doc_text(struct doc *, enum style, struct slice);
void doc_printf(struct doc *, enum style, const char *fmt, ...)
    __attribute__((__format__(printf, 3, 4)));
/* Blanks up to this column of the last line; at least `least'. */
void doc_column(struct doc *, int column, int least);
/* The text broken at blanks and at LF, each line begun with `indent' blanks and about the same.
 * A word that is longer than a line is broken where it has to be. */
void doc_wrap(struct doc *, unsigned flags, uint64_t frame, const struct finding *, enum style,
    struct slice, int indent, int width);
/* The same, but it goes on in the last line, and only the lines below are indented. */
void doc_wrap_on(struct doc *, enum style, struct slice, int indent, int width);
/* What Enter does on the last line, as a command behind ':' ("filter finding = null-sender");
 * with a blank at its end it is put into the command line, to be completed. */
void doc_link(struct doc *, const char *command);
/* A new table, for links to come; its number, from 1. */
unsigned doc_table(struct doc *);
/* The same as doc_link() for a part of the last line, from the column on to the next such part, of
 * this table. */
void doc_cell(struct doc *, unsigned table, int column, const char *command);
size_t doc_count(const struct doc *);
/* Columns of the widest line, of all so far. */
int doc_width(const struct doc *);
/* Of a line there is not: 0, 0, NULL, "", an empty text. */
unsigned doc_flags(const struct doc *, size_t line);
uint64_t doc_frame(const struct doc *, size_t line);
const struct finding *doc_finding(const struct doc *, size_t line);
/* What is left to know of it when it may be gone: its check, or NULL, and its frame. */
const struct check_info *doc_check(const struct doc *, size_t line, uint64_t *frame);
/* Parts of the line that lead somewhere, from left to right; most lines have none or one. */
size_t doc_cells(const struct doc *, size_t line);
struct doc_cell {
	const char *command; /* "": nothing; borrowed as long as the line is there */
	unsigned table;
	int from, to; /* columns; `to' belongs to the next one */
};
struct doc_cell doc_cell_at(const struct doc *, size_t line, size_t cell);
/* The raw text of a line, for search and copy; borrowed until the next line or text. */
struct slice doc_plain(const struct doc *, size_t line);
/* Without the first `skip' columns of the line; with ">" in the last one if more follows. */
void doc_draw(
    const struct doc *, size_t line, struct canvas *, int row, int col, int width, int skip);
/* Gives the octets [off, off + n) of a line that was drawn so STYLE_MATCH. */
struct doc_mark {
	size_t off, n;
};
void doc_highlight(const struct doc *, size_t line, struct doc_mark, struct canvas *, int row,
    int col, int width, int skip);

#endif
