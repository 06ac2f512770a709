/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flow_table - chained hashing with XXH3, keyed so that live traffic cannot be
 * aimed at one bucket.  The table doubles when it holds as many flows as
 * buckets; refused by the budget, chains just grow.  Nobody walks it: every
 * order a user sees comes from the tracker's lists.
 */
#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "base/budget.h"
#include "stream/flow.h"
#include "stream/flow_table.h"

enum { BUCKETS_FIRST = 1024, KEY_OCTETS = 36 };

_Static_assert(offsetof(struct flow_key, family) == KEY_OCTETS, "the key has no padding");

bool
flow_table_init(struct flow_table *t, uint64_t seed, struct budget *budget)
{
	*t = (struct flow_table){ .nbuckets = BUCKETS_FIRST, .seed = seed, .budget = budget };
	if (!budget_take(budget, t->nbuckets * sizeof(*t->bucket)))
		return false;
	t->bucket = calloc(t->nbuckets, sizeof(*t->bucket));
	if (!t->bucket)
		budget_give(budget, t->nbuckets * sizeof(*t->bucket));
	return t->bucket != NULL;
}

void
flow_table_fini(struct flow_table *t)
{
	if (t->bucket)
		budget_give(t->budget, t->nbuckets * sizeof(*t->bucket));
	free(t->bucket);
	t->bucket = NULL;
}

bool
flow_key_make(struct flow_key *k, const struct endpoint *src, const struct endpoint *dst)
{
	uint64_t s[2], d[2];
	const struct endpoint *a, *b;
	bool low;

	/* Any order will do, as long as it is the same both ways: the machine's. */
	memcpy(s, src->addr.b, 16);
	memcpy(d, dst->addr.b, 16);
	if (s[0] != d[0])
		low = s[0] < d[0];
	else if (s[1] != d[1])
		low = s[1] < d[1];
	else
		low = src->port <= dst->port;
	a = low ? src : dst;
	b = low ? dst : src;
	memcpy(k->addr[0], a->addr.b, 16);
	memcpy(k->addr[1], b->addr.b, 16);
	k->port[0] = a->port;
	k->port[1] = b->port;
	k->family = src->addr.family;
	return low;
}

uint64_t
flow_table_hash(const struct flow_table *t, const struct flow_key *k)
{
	return XXH3_64bits_withSeed(k, KEY_OCTETS, t->seed);
}

struct flow *
flow_table_find(const struct flow_table *t, const struct flow_key *k, uint64_t hash)
{
	struct flow *f = t->bucket[hash & (t->nbuckets - 1)];

	while (f &&
	    (f->hash != hash || f->key.family != k->family || memcmp(&f->key, k, KEY_OCTETS) != 0))
		f = f->chain;
	return f;
}

static void
table_grow(struct flow_table *t)
{
	size_t n = t->nbuckets * 2, i;
	struct flow **bucket;

	if (!budget_take(t->budget, n * sizeof(*bucket)))
		return;
	bucket = calloc(n, sizeof(*bucket));
	if (!bucket) {
		budget_give(t->budget, n * sizeof(*bucket));
		return;
	}
	for (i = 0; i < t->nbuckets; i++) {
		struct flow *f = t->bucket[i];

		while (f) {
			struct flow *next = f->chain, **b = &bucket[f->hash & (n - 1)];

			f->chain = *b;
			*b = f;
			f = next;
		}
	}
	budget_give(t->budget, t->nbuckets * sizeof(*bucket));
	free(t->bucket);
	t->bucket = bucket;
	t->nbuckets = n;
}

void
flow_table_add(struct flow_table *t, struct flow *f)
{
	struct flow **b;

	if (t->n >= t->nbuckets)
		table_grow(t);
	b = &t->bucket[f->hash & (t->nbuckets - 1)];
	f->chain = *b;
	*b = f;
	t->n++;
}

void
flow_table_remove(struct flow_table *t, struct flow *f)
{
	struct flow **b = &t->bucket[f->hash & (t->nbuckets - 1)];

	while (*b != f)
		b = &(*b)->chain;
	*b = f->chain;
	t->n--;
}
