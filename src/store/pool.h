/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pool - texts kept for rows, by reference.  Private to src/store.
 *
 * A reference is the place of a text in one row of chunks, so texts never move and
 * never end but all at once: pool_pack() makes the pool anew out of those that are
 * still wanted.  Equal texts are kept once if they were put with pool_intern();
 * what is different each time (a Message-ID) costs less with pool_add().
 *
 * Charged to a budget of which a quarter is left to others (see room_take()).
 */
#ifndef SMTPSCOPE_STORE_POOL_H
#define SMTPSCOPE_STORE_POOL_H

#include "base/budget.h"
#include "base/slice.h"
#include "store/row.h"

enum {
	POOL_CHUNK_BITS = 16, /* octets of a chunk, as a power of two */
	POOL_CHUNK = 1 << POOL_CHUNK_BITS,
	POOL_TEXT_MAX = 4000 /* octets kept of one text */
};

/* A share of a budget: what its owner has taken. */
struct room {
	struct budget *budget;
	size_t used;
	bool all; /* for a moment: up to the budget's own limit */
};

struct pool {
	struct room *room;
	uint8_t **chunk; /* each text: the rank of an interned one, two octets of length, text */
	size_t nchunks, capchunks;
	uint64_t fill;  /* where the next text goes */
	uint32_t *slot; /* hash table of the interned ones; 0: free */
	size_t nslots;  /* a power of two, or 0 */
	size_t interned;
	size_t stale;   /* octets of texts that a row has let go of */
	uint64_t packs; /* times that all references have changed */
	uint64_t seed;
};

/*
 * Three quarters of the budget are the most that a store may bring it to: rows of what is over
 * must not take the memory of what is being read.  An eighth it may take in any case.
 */
bool room_take(struct room *, size_t n);
void room_give(struct room *, size_t n);

void pool_init(struct pool *, struct room *);
void pool_fini(struct pool *);
/* Drops all texts and keeps one chunk. */
void pool_clear(struct pool *);
/* 0 for an empty text; also, and `*refused' is set then, for one there is no room for.  What
 * is longer than POOL_TEXT_MAX is cut. */
pool_ref pool_intern(struct pool *, struct slice, bool *refused);
pool_ref pool_add(struct pool *, struct slice, bool *refused);
/* Borrowed while the pool is not packed or cleared; empty for 0. */
struct slice pool_text(const struct pool *, pool_ref);
/* A number beside each interned text, for whoever sorts them; 0 at first. */
uint32_t pool_rank(const struct pool *, pool_ref);
void pool_set_rank(struct pool *, pool_ref, uint32_t);
/* Octets that the pool has taken of its room. */
size_t pool_size(const struct pool *);

#endif
