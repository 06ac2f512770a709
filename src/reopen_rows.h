/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reopen_rows - is this segment of one of these rows?  By endpoints and by frame numbers.
 * Private to reopen.c.
 */
#ifndef SMTPSCOPE_REOPEN_ROWS_H
#define SMTPSCOPE_REOPEN_ROWS_H

#include "store/row.h"

struct row_set;

/* The rows are borrowed. */
struct row_set *row_set_new(const struct session_row *const *, size_t n);
void row_set_free(struct row_set *); /* accepts NULL */
bool row_set_has(const struct row_set *, const struct segment *);
/* From the first frame of any row to the last frame of any: a row with no more than that. */
const struct session_row *row_set_range(const struct row_set *);
/* One row alone. */
bool row_has(const struct session_row *, const struct segment *);
/*
 * Is the frame beyond doubt of other hosts, as its first octets show?  Most frames between the
 * first and the last of a row are, and need not be decoded.  False: it may be anything.
 */
bool row_never_has(const struct session_row *, const struct packet *);

#endif
