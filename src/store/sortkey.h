/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sortkey - what rows are sorted by: one table.  Private to src/store.
 *
 * A key is a number of 64 bits, the smallest first; what is longer has several (sorter.h).
 * Texts are compared by their first 64 octets, letters of either case alike.
 */
#ifndef SMTPSCOPE_STORE_SORTKEY_H
#define SMTPSCOPE_STORE_SORTKEY_H

#include <stddef.h>

#include "store/listing.h"

struct sort_column {
	/* NULL: a text. */
	uint64_t (*key)(const struct session_row *, unsigned depth);
	size_t text;     /* offset of its pool_ref */
	unsigned depths; /* keys of a row, at most */
};

enum { TEXT_KEYS = 8 };

extern const struct sort_column sort_columns[SORT_KEYS];

/* Eight octets of a text, from 8 * depth on; none is behind all others. */
uint64_t text_key(const struct store *, pool_ref, unsigned depth);

#endif
