/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tally - values found by a key, up to a limit: peers, names, combinations.
 */
#ifndef SMTPSCOPE_REPORT_TALLY_H
#define SMTPSCOPE_REPORT_TALLY_H

#include "base/slice.h"

struct tally;

enum { TALLY_KEY_MAX = 512 }; /* octets of a key; longer ones are cut, and may then meet */

/* At most `max' keys; every value is `size' octets, zeroed at first. */
struct tally *tally_new(size_t max, size_t size);
void tally_free(struct tally *);
/* The value of the key, added if it is new; NULL: it is new and there is no room. */
void *tally_get(struct tally *, struct slice key);
size_t tally_count(const struct tally *);
/* In the order in which they were added, or were sorted. */
void *tally_at(struct tally *, size_t i, struct slice *key);
/* By the values; what is equal there is sorted by key, so that the order is one of the input
 * alone. */
void tally_sort(struct tally *, int (*compare)(const void *, const void *));

#endif
