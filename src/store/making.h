/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * making - a new order of a listing, made in portions.  Private to src/store.
 *
 * Texts are sorted first, each once, and rows by the ranks of their texts: a million rows
 * have far fewer senders, and a rank is one key where a text has eight.
 */
#ifndef SMTPSCOPE_STORE_MAKING_H
#define SMTPSCOPE_STORE_MAKING_H

#include "store/rows.h"
#include "store/sortkey.h"

/* Of the rows that are there now and that the filter lets through (NULL: all).  `whole': all of
 * them in this order already, borrowed; NULL: nobody has that.  When there is no memory for it,
 * rows are evicted, and `whole' is of no use. */
struct making *making_new(
    struct store *, const struct sort_column *, const struct filter *, const uint32_t *whole);
void making_free(struct making *); /* accepts NULL */
/* A portion; false when the order is complete. */
bool making_work(struct making *);
/* The complete order; the caller frees it. */
uint32_t *making_take(struct making *, size_t *n);
/* Rows below this index have been looked at, ... */
size_t making_end(const struct making *);
/* ... as they were behind this many changes of the store, or later. */
uint64_t making_began(const struct making *);

#endif
