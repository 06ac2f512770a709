/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * table - rows of named values for people as text, for machines as CSV or as JSON
 * records: written once, by who knows the values.
 *
 * A cell is set for each column in turn.  As text, rows are kept until table_end(),
 * because widths depend on all of them, unless the table flows; so who fills a table
 * that does not flow limits its rows.
 */
#ifndef SMTPSCOPE_REPORT_TABLE_H
#define SMTPSCOPE_REPORT_TABLE_H

#include "model/run.h"

struct output;
struct redactor;
struct table;

enum table_form { TABLE_TEXT, TABLE_JSONL, TABLE_CSV };

enum column_kind {
	COLUMN_TEXT,
	COLUMN_NUMBER,
	COLUMN_TIME,     /* ns since 1970 */
	COLUMN_DURATION, /* ns; for machines seconds */
	COLUMN_SHARE     /* of a whole; for machines a fraction of 1 */
};

struct table_column {
	const char *key;   /* for machines: "in_doubt" */
	const char *title; /* for people; NULL: not shown to them */
	enum column_kind kind;
	unsigned width; /* as text: characters at least; what a table that flows needs */
	bool spare;     /* as text: left out if no row has anything but 0 in it */
};

enum { TABLE_COLUMNS_MAX = 24 };

/* Where the tables of a run go. */
struct table_sink {
	struct output *o;
	enum table_form form;
	const struct report_config *cfg;
	struct redactor *redactor; /* for text from the wire */
};

/* `name' is that of the statistic; the columns are borrowed.  `flows': as text, each row is
 * written at once. */
struct table *table_new(const struct table_sink *, const char *name, const struct table_column *,
    size_t ncolumns, bool flows);
/* Text of ours. */
void table_text(struct table *, const char *);
/* Octets from the wire: redacted and escaped here. */
void table_wire(struct table *, struct slice);
void table_number(struct table *, uint64_t);
/* COLUMN_TIME and COLUMN_DURATION. */
void table_time(struct table *, int64_t);
void table_share(struct table *, uint64_t part, uint64_t whole);
void table_none(struct table *); /* nothing is known */
/* Writes what is left, and frees the table. */
void table_end(struct table *);

/* Lines around a table, for people only: a heading, a remark.  Printed as they are. */
void table_heading(const struct table_sink *, const char *);
void table_remark(const struct table_sink *, const char *fmt, ...)
    __attribute__((__format__(printf, 2, 3)));

#endif
