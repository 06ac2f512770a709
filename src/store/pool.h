/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pool - texts kept for rows, by reference.  Private to src/store.
 *
 * A reference is the place of a text in one row of chunks.  Texts stay where they are
 * until the pool is packed: those that are still wanted then move down, in place, and
 * whoever holds references asks for the new ones (pack.c).  Equal texts are kept once
 * if they were put with pool_intern(); what is different each time (a Message-ID) costs
 * less with pool_add().
 *
 * Charged to a budget of which an eighth is left to others (see room_take()).
 */
#ifndef SMTPSCOPE_STORE_POOL_H
#define SMTPSCOPE_STORE_POOL_H

#include "base/budget.h"
#include "base/slice.h"
#include "store/row.h"

enum {
	POOL_CHUNK_BITS = 16, /* octets of a chunk, as a power of two */
	POOL_CHUNK = 1 << POOL_CHUNK_BITS,
	POOL_TEXT_MAX = 4000, /* octets kept of one text */
	POOL_BLOCK = 256      /* octets of a chunk that have one entry in a plan */
};

/* Before each text stand two octets, and before an interned one four more, for a number: */
enum pool_head {
	POOL_LENGTH = 0x1fff, /* octets of the text, 1 at least; 0: the rest of the chunk is free */
	POOL_MARKED = 0x4000, /* wanted by somebody (pool_mark()) */
	POOL_INTERNED = 0x8000
};

/* A share of a budget: what its owner has taken. */
struct room {
	struct budget *budget;
	size_t used;
	bool all; /* for a moment: up to the budget's own limit */
};

struct pool {
	struct room *room;
	uint8_t **chunk; /* POOL_CHUNK octets each */
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
 * Seven eighths of the budget are the most that a store may bring it to by what it keeps: the rest
 * is for sorting that, 32 octets a row (making.c).  An eighth it may take in any case.
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
/* Has the memory bring a text near, which somebody is going to read soon: its first octets, or what
 * is left of a line of the cache. */
void pool_fetch(const struct pool *, pool_ref, size_t octets);
/* A number beside each interned text, for whoever has a use for it; others may change it. */
uint32_t pool_number(const struct pool *, pool_ref);
void pool_set_number(struct pool *, pool_ref, uint32_t);
/* Octets that the pool has taken of its room. */
size_t pool_size(const struct pool *);
/* The text behind this one, or the first one (for 0); 0 behind the last. */
pool_ref pool_next(const struct pool *, pool_ref);

/*
 * Packing (pack.c): mark what is wanted, make a plan, exchange every reference, carry the plan
 * out.  Nothing else may be done with the pool between the first and the last step.  What it
 * takes was charged with the chunks, so it cannot fail.
 */
struct pool_plan;
void pool_mark(struct pool *, pool_ref);
struct pool_plan *pool_plan_new(const struct pool *);
/* Where a marked text will be; 0 stays 0. */
pool_ref pool_moved(const struct pool *, const struct pool_plan *, pool_ref);
/* Drops what is not marked.  Frees the plan. */
void pool_pack(struct pool *, struct pool_plan *);
/* Private to pool.c and pack.c: octets charged for a chunk, the head of a text, where a text of
 * so many octets goes that may begin at `fill', and the hash table made anew. */
enum {
	POOL_PLANNED = 5, /* octets that a plan takes for a block */
	POOL_CHARGE = POOL_CHUNK + POOL_CHUNK / POOL_BLOCK * POOL_PLANNED
};
uint64_t pool_place(uint64_t fill, size_t need);
size_t pool_need(unsigned head);
void pool_end_chunk(struct pool *, uint64_t fill);
void pool_index(struct pool *);

static inline uint8_t *
pool_at(const struct pool *p, uint64_t place)
{
	return p->chunk[place >> POOL_CHUNK_BITS] + (place & (POOL_CHUNK - 1));
}

static inline unsigned
pool_head(const uint8_t *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

/* The first place of the next chunk. */
static inline uint64_t
pool_chunk_end(uint64_t at)
{
	return ((at >> POOL_CHUNK_BITS) + 1) << POOL_CHUNK_BITS;
}

/* Is there a text, and not what is left of a chunk? */
static inline bool
pool_is_text(const struct pool *p, uint64_t at)
{
	return pool_chunk_end(at) - at >= 2 && (pool_head(pool_at(p, at)) & POOL_LENGTH);
}

#endif
