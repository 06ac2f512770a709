/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * making_state - what making.c and making_text.c work on.  Private to the two.
 */
#ifndef SMTPSCOPE_STORE_MAKING_STATE_H
#define SMTPSCOPE_STORE_MAKING_STATE_H

#include "store/making.h"
#include "store/sorter.h"
#include "store/sortkey.h"

enum {
	PORTION = 4096,  /* rows looked at in one portion */
	AHEAD = 16,      /* rows whose texts are fetched before they are needed */
	ROW_OCTETS = 32, /* a row: an item of the sorter, its text, and one of `text' or `order' */
	HIDDEN = -1      /* as the text of a row, as uint32_t: the filter hides it */
};

enum making_step { /* in this order; a column that is no text goes from the second to the last */
	MAKING_PREPARE,
	MAKING_COLLECT,
	MAKING_TEXTS,
	MAKING_RANK,
	MAKING_ROWS,
	MAKING_SORT,
	MAKING_THIN /* behind the second, where there is an order of all */
};

struct making {
	struct store *store;
	const struct sort_column *column;
	const struct filter *filter;
	enum making_step step;
	struct sorter *sorter; /* of texts, then of rows */
	size_t next, end;      /* the row to look at next, and where that stops */
	uint64_t began;        /* store.nchanged */
	uint64_t packs;        /* pool.packs */
	size_t taken;          /* octets of the store's room */
	uint32_t *of_row;      /* by row: the number of its text, or HIDDEN */
	pool_ref *text;        /* by number; from MAKING_RANK on more and more of them the rank */
	size_t ntexts, captexts;
	const uint32_t *whole; /* of the caller; NULL: none */
	uint64_t *shown;       /* by row: bits */
	uint32_t *thin;        /* what is left of `whole' */
	size_t nthin;
	uint32_t *order; /* MAKING_RANK: numbers in the order of the texts */
	uint32_t rank;   /* of the next one */
	uint32_t none;   /* number of having no text; HIDDEN: not needed yet */
};

/* Where this portion of n things ends. */
static inline size_t
portion_end(const struct making *m, size_t n)
{
	return n - m->next < PORTION ? n : m->next + PORTION;
}

static inline void
next_step(struct making *m, enum making_step step)
{
	m->next = 0;
	m->step = step;
}

/* Does the filter let it through? */
bool making_shows(const struct making *, size_t row);
struct sorter_keys making_row_keys(const struct making *);

/* -- making_text.c: the steps of a column of texts -------------------------------------- */

void making_collect_texts(struct making *); /* MAKING_COLLECT */
void making_sort_texts(struct making *);
void making_rank(struct making *);
void making_collect_ranks(struct making *); /* MAKING_ROWS */

#endif
