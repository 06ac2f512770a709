/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * listing - a store filtered and sorted: what a list on a screen shows.
 *
 * Work is done in portions, so that a screen with a million rows stays alive:
 * listing_work() goes on for about the time it is given.  Rows that are equal in the
 * column stand in the order of the store.  A listing ends before its store, or shows
 * nothing any more.
 */
#ifndef SMTPSCOPE_STORE_LISTING_H
#define SMTPSCOPE_STORE_LISTING_H

#include "store/store.h"

struct listing;

/* What decides whether a row is shown: the first member of whatever it needs to know. */
struct filter {
	bool (*match)(const struct filter *, const struct store *, const struct session_row *);
	/* Does a portion of what makes match() faster, which says the same before and after; false:
	 * nothing is left to do.  NULL: nothing can be done. */
	bool (*prepare)(const struct filter *, const struct store *);
	/* Has the memory bring near what match() is going to read of this row; NULL: no need to. */
	void (*fetch)(const struct filter *, const struct store *, const struct session_row *);
};

enum sort_key { /* one row each in sort_keys[] of listing.c */
	SORT_NUMBER,
	SORT_START,
	SORT_CLIENT,
	SORT_SERVER,
	SORT_SEVERITY,
	SORT_RESULT,
	SORT_CLOSURE,
	SORT_DURATION,
	SORT_OCTETS,
	SORT_TRANSACTIONS,
	SORT_RCPTS,
	SORT_SENDER,
	SORT_HELO,
	SORT_KEYS
};

struct listing *listing_new(struct store *);
void listing_free(struct listing *);
/* NULL: all rows.  Borrowed until another is set. */
void listing_filter(struct listing *, const struct filter *);
void listing_sort(struct listing *, enum sort_key, bool reverse);
/* Works on the order for about so long, once at least.  False when nothing is left to do.  Until
 * then the order before is shown, without the rows that the store has evicted. */
bool listing_work(struct listing *, int64_t ns);
size_t listing_count(const struct listing *);
/* store_tag() for every row that is shown, in about 20 ms a million. */
void listing_tag(struct listing *, bool on);
struct session_row *listing_at(struct listing *, size_t i);
/* Has the memory bring near what stands at that place; nothing if there is nothing. */
void listing_fetch(const struct listing *, size_t i);
/* Place of the row with this stream id; listing_count() if it is not shown. */
size_t listing_find(struct listing *, uint64_t stream);

#endif
