/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store - the rows of all sessions, in the order in which they became known.
 *
 * Charged to a budget, of which it leaves an eighth to sorting.  When there is no more
 * room, the oldest rows without an error, without a tag and not open make it, an eighth of
 * all at a time, then the oldest; all are counted.
 * Equal texts are kept once.
 */
#ifndef SMTPSCOPE_STORE_STORE_H
#define SMTPSCOPE_STORE_STORE_H

#include "store/row.h"

struct budget;
struct store;

struct store *store_new(struct budget *);
void store_free(struct store *);
/* Adds the row of a session, or brings up to date the one that has its stream id.  NULL: no
 * room (counted).  Rows move: what a function here returns is borrowed until the next
 * store_put(), store_clear() or store_clear_ended(); keep the stream id, and find the row again. */
struct session_row *store_put(struct store *, const struct smtp_session *, bool open);
size_t store_count(const struct store *);
struct session_row *store_at(struct store *, size_t i);
/* The row with this stream id; NULL: never known, or evicted. */
struct session_row *store_find(struct store *, uint64_t stream);
/* Sets or takes away ROW_TAGGED, which nobody else does: listings whose filter asks follow. */
void store_tag(struct store *, struct session_row *, bool on);
void store_untag_all(struct store *);
/* Forgets all rows; they do not count as evicted. */
void store_clear(struct store *);
/* Forgets the rows of sessions that have ended, tagged or not, and says how many; they count as
 * cleared. */
size_t store_clear_ended(struct store *);
/* Grows with every change: a listing that has seen it is up to date. */
uint64_t store_generation(const struct store *);
/* Rows that made room for others, or for which there was none. */
uint64_t store_evicted(const struct store *);
/* Rows that store_clear_ended() has forgotten since the beginning. */
uint64_t store_cleared(const struct store *);
/* Octets taken of the budget. */
size_t store_memory(const struct store *);
struct slice store_text(const struct store *, pool_ref);
/* Has the memory bring the text near, which somebody is going to read soon: a million rows have
 * theirs all over it. */
void store_fetch(const struct store *, pool_ref);
/* Texts that stand together, for whoever looks for something in all there are: many rows have the
 * same one, and this is faster than rows. */
struct store_texts {
	struct slice octets; /* of the texts, and between them what keeps them apart; borrowed */
	pool_ref first;      /* begins with `octets' */
	uint64_t end;        /* where the next ones are, or will be: above all refs here */
};
/* From the `end' of others on, or from the first (0); false: there are no more. */
bool store_texts(const struct store *, uint64_t from, struct store_texts *);
/* The text behind this one; 0: none. */
pool_ref store_text_next(const struct store *, pool_ref);
/* Another number when refs have changed, and of each store: only what was told under the same one
 * goes together. */
uint64_t store_text_epoch(const struct store *);
/* Bits by position in the table of checks: the findings of the row, also consequences. */
void store_findings(
    const struct store *, const struct session_row *, uint64_t bits[ROW_CHECK_WORDS]);
/* The same of those that are no consequences: what is counted. */
void store_counted(
    const struct store *, const struct session_row *, uint64_t bits[ROW_CHECK_WORDS]);
/* Is there a finding of the check with this position? */
bool store_found(const struct store *, const struct session_row *, size_t check);

#endif
