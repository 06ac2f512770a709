/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * store - the rows of all sessions, in the order in which they became known.
 *
 * Charged to a budget.  When that refuses, the oldest row without a serious
 * finding and without a tag makes room, then the oldest; both are counted.
 * Equal texts are kept once.
 */
#ifndef SMTPSCOPE_STORE_STORE_H
#define SMTPSCOPE_STORE_STORE_H

#include "store/row.h"

struct budget;
struct store;

struct store *store_new(struct budget *);
void store_free(struct store *);
/* Adds the row of a session, or brings up to date the one that has its stream id.  Borrowed
 * until the next call; NULL: no room (counted). */
struct session_row *store_put(struct store *, const struct smtp_session *, bool open);
size_t store_count(const struct store *);
struct session_row *store_at(struct store *, size_t i);
/* Grows with every change: a listing that has seen it is up to date. */
uint64_t store_generation(const struct store *);
uint64_t store_evicted(const struct store *);
struct slice store_text(const struct store *, pool_ref);

#endif
