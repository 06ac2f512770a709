/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tally - a hash table of addresses for each side, filled from the latest rows of
 * a store, so that it costs the same however many there are, or from rows that the
 * caller chooses.
 *
 * Strangers choose the addresses, so the hash is keyed.
 */
#include <stdlib.h>
#include <xxhash.h>

#include "base/mem.h"
#include "tui/tally.h"

#define TALLY_SEED UINT64_C(0x74616c6c79)

enum { SLOTS = 2 * TALLY_MAX }; /* never more than half full */

/* The place of the address; NULL: there are too many. */
static struct tally_entry *
tally_get(struct tally_entry *slots, size_t *n, const struct ipaddr *addr)
{
	size_t i = XXH3_64bits_withSeed(addr->b, sizeof addr->b, TALLY_SEED ^ addr->family) % SLOTS;

	while (slots[i].all) {
		if (slots[i].addr.family == addr->family &&
		    memcmp(slots[i].addr.b, addr->b, sizeof addr->b) == 0)
			return &slots[i];
		i = (i + 1) % SLOTS;
	}
	if (*n == TALLY_MAX)
		return NULL;
	(*n)++;
	slots[i].addr = *addr;
	return &slots[i];
}

/* The worst first; of equals the busiest, then by address, so that the order is one of the
 * input alone. */
static int
by_trouble(const void *a, const void *b)
{
	const struct tally_entry *x = a, *y = b;

	if (x->bad != y->bad)
		return x->bad > y->bad ? -1 : 1;
	if (x->all != y->all)
		return x->all > y->all ? -1 : 1;
	if (x->addr.family != y->addr.family)
		return x->addr.family < y->addr.family ? -1 : 1;
	return memcmp(x->addr.b, y->addr.b, sizeof x->addr.b);
}

void
tally_begin(struct tally *t)
{
	unsigned role;

	*t = (struct tally){ .rows = 0 };
	for (role = 0; role < 2; role++)
		t->v[role] = xcalloc(SLOTS, sizeof *t->v[role]);
}

void
tally_row(struct tally *t, const struct session_row *r)
{
	unsigned role;

	t->rows++;
	for (role = 0; role < 2; role++) {
		struct tally_entry *e = tally_get(t->v[role], &t->n[role], &r->ep[role].addr);

		if (!e) {
			t->others++;
			continue;
		}
		e->all++;
		e->bad += (r->flags & ROW_TROUBLE) != 0;
	}
}

void
tally_order(struct tally *t)
{
	unsigned role;

	/* What is empty goes to the end: it has nothing bad and nothing at all. */
	for (role = 0; role < 2; role++)
		qsort(t->v[role], SLOTS, sizeof *t->v[role], by_trouble);
}

void
tally_init(struct tally *t, struct store *store)
{
	size_t n = store_count(store), i;

	tally_begin(t);
	for (i = n > TALLY_ROWS ? n - TALLY_ROWS : 0; i < n; i++)
		tally_row(t, store_at(store, i));
	tally_order(t);
}

void
tally_fini(struct tally *t)
{
	free(t->v[0]);
	free(t->v[1]);
}
