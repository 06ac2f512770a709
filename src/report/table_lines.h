/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * table_lines - a table as text, cell by cell.  Private to src/report.
 */
#ifndef SMTPSCOPE_REPORT_TABLE_LINES_H
#define SMTPSCOPE_REPORT_TABLE_LINES_H

#include "report/table.h"

struct table_lines;

/* The columns are borrowed; at most TABLE_COLUMNS_MAX.  `flows': each row is written at once. */
struct table_lines *table_lines_new(
    struct output *, const struct table_column *, size_t ncolumns, bool flows);
/* The next cell: printable text, which is taken over, or NULL for nothing; `says': its column is
 * worth showing even if it is a spare one. */
void table_lines_cell(struct table_lines *, char *text, bool says);
/* Writes what was kept, and frees; accepts NULL. */
void table_lines_end(struct table_lines *);

#endif
