/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sorter - puts row indexes in order by keys of 64 bits, a portion of the work at a
 * time.  Private to src/store.
 *
 * Radix sort on the first key of all rows, then on the next key of those that are
 * equal so far, and so on: what is long (an address, a text) has several.  Stable:
 * rows that are equal in all keys stay in the order in which they were added.
 */
#ifndef SMTPSCOPE_STORE_SORTER_H
#define SMTPSCOPE_STORE_SORTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sorter_keys {
	/* Key number `depth' of the row: unsigned, the smallest comes first. */
	uint64_t (*key)(const void *ctx, uint32_t row, unsigned depth);
	const void *ctx;
	unsigned depths; /* keys that a row has, 1 at least; behind a key of 0 that is not the first
	                  * there are only such */
};

struct sorter;

/* Place for `cap' rows: 24 octets each. */
struct sorter *sorter_new(const struct sorter_keys *, size_t cap);
void sorter_free(struct sorter *);
/* At most `cap' times, before the first sorter_work(). */
void sorter_add(struct sorter *, uint32_t row);
/* Does a portion, less than a millisecond or two; false when the order is complete. */
bool sorter_work(struct sorter *);
/* The rows in order; borrowed. */
const uint32_t *sorter_rows(const struct sorter *, size_t *n);

/* For few rows: at once.  `spare' has the size of `rows'. */
void sorter_few(const struct sorter_keys *, uint32_t *rows, uint32_t *spare, size_t n);
/* Less than, equal to or greater than 0 in all keys. */
int sorter_compare(const struct sorter_keys *, uint32_t a, uint32_t b);

#endif
