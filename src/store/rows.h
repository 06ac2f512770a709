/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * rows - what store and listing know of each other.  Private to src/store.
 *
 * A row has an index, counted from the oldest.  Indexes change only when rows are
 * evicted or cleared: the listings are told then.
 */
#ifndef SMTPSCOPE_STORE_ROWS_H
#define SMTPSCOPE_STORE_ROWS_H

#include "base/queue.h"
#include "store/listing.h"
#include "store/pool.h"

enum {
	ROWS_CHUNK = 256,
	LISTING_OCTETS = 5, /* a row: its place in a listing, and what that grows by */
	ROWS_CHUNK_OCTETS = ROWS_CHUNK * (sizeof(struct session_row) + LISTING_OCTETS),
	STORE_JOURNAL = 1024, /* changes that a listing may be behind before it begins anew */
	STORE_GONE = -1       /* in a map of indexes, as uint32_t: evicted */
};

struct store {
	struct room room;
	struct pool pool;
	struct session_row **chunk; /* ROWS_CHUNK rows each */
	size_t nchunks, capchunks, n;
	uint32_t *index; /* hash table by stream id: index of the row + 1; 0: free */
	size_t nindex;   /* a power of two, or 0 */
	uint64_t generation, evicted, cleared;
	uint32_t journal[STORE_JOURNAL]; /* indexes of changed rows: a ring */
	uint64_t nchanged;               /* changes since the beginning */
	LIST_HEAD(, listing) listings;
};

struct making;

struct listing {
	LIST_ENTRY(listing) link;
	struct store *store; /* NULL: it is gone */
	const struct filter *filter;
	enum sort_key key;
	bool reverse;
	uint32_t *order; /* indexes of the rows shown, smallest first whatever `reverse' says */
	size_t n, cap;
	size_t known;           /* rows below this index have been looked at for `order' */
	uint64_t seen;          /* changes in the journal that `order' knows */
	struct making *making;  /* replaces `order' when it is complete; NULL: none */
	enum sort_key made_key; /* what `order' was made for */
	const struct filter *made_filter; /* only to be compared */
	bool stale;                       /* an order has to be made */
};

static inline struct session_row *
store_row(const struct store *s, size_t i)
{
	return &s->chunk[i / ROWS_CHUNK][i % ROWS_CHUNK];
}

/* Index of the row with this stream id; SIZE_MAX: there is none. */
size_t store_index(const struct store *, uint64_t stream);
/* Makes the table of stream ids anew. */
void store_index_fill(struct store *);
/* evict.c: drops the texts that no row has any more. */
void store_pack_texts(struct store *);
/* Has the memory bring row i near. */
void store_fetch_row(const struct store *, size_t i);
/* Lets an eighth of the rows go, one at least; false when there are none. */
bool store_evict(struct store *);
/* store_tag() of row i. */
void store_tag_index(struct store *, size_t i, bool on);
/* Row i is now row map[i], or STORE_GONE; `n' rows were there before. */
void listing_moved(struct listing *, const uint32_t *map, size_t n);
/* The store is going away, and so are its rows. */
void listing_orphan(struct listing *);

#endif
