/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * csv - fields of comma-separated values, RFC 4180, that no spreadsheet takes for a
 * formula.
 */
#ifndef SMTPSCOPE_REPORT_CSV_H
#define SMTPSCOPE_REPORT_CSV_H

#include "base/slice.h"

struct output;

/*
 * One field of text: escaped like any text from the wire (base/escape.h), quoted where RFC 4180
 * 2 wants it.  What a spreadsheet would calculate (it begins, behind blanks, with =, +, - or @,
 * also in their full width) gets an apostrophe in front.
 */
void csv_field(struct output *, struct slice);
/* The end of a record: CRLF. */
void csv_end(struct output *);

#endif
