/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sorter - puts row indexes in order by keys of 64 bits, a portion of the work at a
 * time.  Private to src/store.
 *
 * By the first key of all rows, then by the next key of those that are equal so far, and
 * so on: what is long (an address, a text) has several.  Stable: rows that are equal in
 * all keys stay in the order in which they were added.
 */
#ifndef SMTPSCOPE_STORE_SORTER_H
#define SMTPSCOPE_STORE_SORTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In a key of which there may be another behind it: the lowest octet is not 0. */
#define SORTER_MORE UINT64_C(0xff)

struct sorter_keys {
	/* Key number `depth' of the row: unsigned, the smallest comes first.  Asked for only behind
	 * keys with something of SORTER_MORE. */
	uint64_t (*key)(const void *ctx, uint32_t row, unsigned depth);
	/* Has the memory bring near what the key of the row is made from; NULL: no need to. */
	void (*fetch)(const void *ctx, uint32_t row);
	const void *ctx;
	unsigned depths; /* keys that a row has at most, 1 at least */
};

struct sorter;

/* Place for `cap' rows: 24 octets each. */
struct sorter *sorter_new(const struct sorter_keys *, size_t cap);
void sorter_free(struct sorter *); /* accepts NULL */
/* At most `cap' times, before the first sorter_work().  `key': the first one of the row; the caller
 * has it at hand. */
void sorter_add(struct sorter *, uint32_t row, uint64_t key);
/* Does a portion, a millisecond or two; false when the order is complete. */
bool sorter_work(struct sorter *);
/* The rows in order; the caller frees them. */
uint32_t *sorter_take(struct sorter *, size_t *n);

/* For few rows: at once, in place. */
void sorter_few(const struct sorter_keys *, uint32_t *rows, size_t n);
/* Less than, equal to or greater than 0 in all keys. */
int sorter_compare(const struct sorter_keys *, uint32_t a, uint32_t b);

#endif
