/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * memo - four places for each value of the hash; the oldest one gives way.
 *
 * Owns one zeroed block, which the system fills with pages as they are first used.
 */
#include <stdlib.h>
#include <string.h>
#include "base/mem.h"
#include "smtp/memo.h"

void
memo_init(struct memo_table *t, size_t size, size_t sets)
{
	*t = (struct memo_table){ .size = size, .sets = sets };
	t->slot = xcalloc(sets * MEMO_WAYS, size);
}

void
memo_fini(struct memo_table *t)
{
	free(t->slot);
	t->slot = NULL;
}

static struct memo *
place(const struct memo_table *t, struct memo_key k, unsigned way)
{
	size_t i = (size_t)(k.lo % t->sets) * MEMO_WAYS + way;

	return (struct memo *)(void *)(t->slot + i * t->size);
}

void *
memo_find(const struct memo_table *t, struct memo_key k)
{
	struct memo *m;
	unsigned way;

	for (way = 0; way < MEMO_WAYS; way++) {
		m = place(t, k, way);
		if (m->learnt != 0 && m->key.lo == k.lo && m->key.hi == k.hi)
			return m;
	}
	return NULL;
}

void *
memo_claim(struct memo_table *t, struct memo_key k)
{
	struct memo *m = memo_find(t, k), *oldest;
	unsigned way;

	t->claims++;
	if (m != NULL) {
		m->learnt = t->claims;
		return m;
	}
	oldest = place(t, k, 0);
	for (way = 1; way < MEMO_WAYS && oldest->learnt != 0; way++) {
		m = place(t, k, way);
		if (m->learnt < oldest->learnt)
			oldest = m;
	}
	t->pushed += oldest->learnt != 0;
	memset(oldest, 0, t->size);
	oldest->key = k;
	oldest->learnt = t->claims;
	return oldest;
}

const void *
memo_next(const struct memo_table *t, const void *after)
{
	const uint8_t *end = t->slot + t->sets * MEMO_WAYS * t->size;
	const uint8_t *at = after ? (const uint8_t *)after + t->size : t->slot;

	for (; at < end; at += t->size)
		if (((const struct memo *)(const void *)at)->learnt != 0)
			return at;
	return NULL;
}
