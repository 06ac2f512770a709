/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * redact_names - chains in an array of buckets that grows with the names.
 *
 * Strangers choose the keys, so the hash is keyed.
 */
#include <stdlib.h>
#include <xxhash.h>

#include "base/mem.h"
#include "report/redact_names.h"

#define NAMES_SEED UINT64_C(0x7265646163740001)

enum { FIRST_BUCKETS = 64 };

void
names_clear(struct names *t)
{
	size_t i;

	for (i = 0; i < t->nbuckets; i++) {
		while (t->bucket[i]) {
			struct name *e = t->bucket[i];

			t->bucket[i] = e->next;
			free((void *)(uintptr_t)e->of.p);
			free(e);
		}
	}
	free(t->bucket);
	*t = (struct names){ NULL, 0, 0 };
}

static void
names_grow(struct names *t)
{
	size_t n = t->nbuckets ? t->nbuckets * 4 : FIRST_BUCKETS, i;
	struct name **bucket = xcalloc(n, sizeof *bucket);

	for (i = 0; i < t->nbuckets; i++) {
		while (t->bucket[i]) {
			struct name *e = t->bucket[i];

			t->bucket[i] = e->next;
			e->next = bucket[e->hash % n];
			bucket[e->hash % n] = e;
		}
	}
	free(t->bucket);
	t->bucket = bucket;
	t->nbuckets = n;
}

struct name *
names_get(struct names *t, struct slice key, size_t max)
{
	uint8_t folded[NAME_OCTETS];
	size_t n = key.n < sizeof folded ? key.n : sizeof folded, i;
	struct name *e;
	uint64_t hash;

	for (i = 0; i < n; i++)
		folded[i] = (uint8_t)ascii_lower(key.p[i]);
	hash = XXH3_64bits_withSeed(folded, n, NAMES_SEED);
	for (e = t->nbuckets ? t->bucket[hash % t->nbuckets] : NULL; e; e = e->next)
		if (e->hash == hash && e->n == n && memcmp(e->key, folded, n) == 0)
			return e;
	if (t->n >= max)
		return NULL;
	if (t->n >= t->nbuckets)
		names_grow(t);
	e = xcalloc(1, sizeof *e + n);
	e->hash = hash;
	e->n = n;
	memcpy(e->key, folded, n);
	e->next = t->bucket[hash % t->nbuckets];
	t->bucket[hash % t->nbuckets] = e;
	t->n++;
	return e;
}

static bool
is_shorter(const struct name *a, const struct name *b)
{
	return !b || a->n < b->n || (a->n == b->n && memcmp(a->key, b->key, a->n) < 0);
}

static bool
begins_with(const struct name *e, struct slice start)
{
	size_t i;

	for (i = 0; i < start.n && i < e->n && ascii_lower(start.p[i]) == e->key[i]; i++)
		;
	return i == start.n && e->n > i;
}

struct name *
names_longer(struct names *t, struct slice start)
{
	struct name *e, *best = NULL;
	size_t i, tried = 0;

	for (i = 0; i < t->nbuckets && tried < NAMES_TRIED; i++)
		for (e = t->bucket[i]; e; e = e->next, tried++)
			if (begins_with(e, start) && is_shorter(e, best))
				best = e;
	return best;
}
