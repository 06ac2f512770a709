/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * value - the right side of a comparison: words read as what the field is.
 * Private to src/filter.
 */
#ifndef SMTPSCOPE_FILTER_VALUE_H
#define SMTPSCOPE_FILTER_VALUE_H

#include "filter/expr.h"

struct error;

enum filter_op { OP_EQUAL, OP_LESS, OP_LESS_EQUAL, OP_GREATER, OP_GREATER_EQUAL, OP_LIKE };

/*
 * The value that makes the test `field op word' come down to one question.  False with the error
 * set: the word is no such value, or the field has no such comparison.  Patterns are added to
 * the expression.
 */
bool value_make(struct expr *, struct value *, const struct field *, enum filter_op,
    struct slice word, struct error *);
/* Of a word alone. */
void value_anywhere(struct expr *, struct value *, struct slice word);

/* A duration in ns ("5s", "1m30s", "300ms", "2.5"), a size ("10k") or a time; false: it is none. */
bool value_duration(struct slice, int64_t *ns);
bool value_size(struct slice, int64_t *octets);
/* The first and the last nanosecond that the text may mean. */
bool value_time(struct slice, struct range *);

#endif
