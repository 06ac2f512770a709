/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * memo - a table of fixed size that forgets.
 *
 * Entries of one size, found by a keyed 128-bit hash that stands for the key.  Each
 * key may lie in four places; when all are taken, the entry learnt longest ago makes
 * room, which is counted.  What is forgotten can only keep a check silent.  The same
 * calls give the same table: there is no clock and no random number but the seed.
 */
#ifndef SMTPSCOPE_SMTP_MEMO_H
#define SMTPSCOPE_SMTP_MEMO_H

#include <stddef.h>
#include <stdint.h>

struct memo_key {
	uint64_t lo, hi;
};

struct memo { /* every entry begins with it */
	struct memo_key key;
	uint64_t learnt; /* counts the claims of the table; 0: the place is free */
};

struct memo_table {
	uint8_t *slot;
	size_t size; /* octets of one entry */
	size_t sets; /* of MEMO_WAYS entries each */
	uint64_t claims;
	uint64_t pushed; /* entries that made room for another */
};

enum { MEMO_WAYS = 4 };

void memo_init(struct memo_table *, size_t size, size_t sets);
void memo_fini(struct memo_table *);
/* Borrowed until the next claim; NULL: not known, or forgotten. */
void *memo_find(const struct memo_table *, struct memo_key);
/* The entry of this key; zeroed behind its struct memo when it is new.  Never NULL. */
void *memo_claim(struct memo_table *, struct memo_key);

/* Entries in the order of their places, which says nothing: NULL begins, and ends. */
const void *memo_next(const struct memo_table *, const void *after);

#endif
