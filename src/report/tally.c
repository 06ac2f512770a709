/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tally - a balanced tree of entries, and an array of them for what has an order.
 *
 * The tree is that of tsearch(3), a red-black one: the keys come from strangers, and
 * no choice of theirs makes it slow.  The limit on the number of keys bounds the
 * memory; who asks has to count what found no room.
 */
#include <config.h>

#include <search.h>
#include <stdlib.h>

#include "base/mem.h"
#include "report/tally.h"

struct tally_entry {
	struct slice key;                           /* behind the value */
	int (*compare)(const void *, const void *); /* while sorting */
	_Alignas(max_align_t) uint8_t value[];
};

struct tally {
	void *root;
	struct tally_entry **all; /* owned, and so is each entry */
	size_t n, cap, max, size;
};

static int
by_key(const void *a, const void *b)
{
	const struct slice *x = &((const struct tally_entry *)a)->key;
	const struct slice *y = &((const struct tally_entry *)b)->key;
	size_t n = x->n < y->n ? x->n : y->n;
	int order = n ? memcmp(x->p, y->p, n) : 0;

	return order ? order : (x->n > y->n) - (x->n < y->n);
}

struct tally *
tally_new(size_t max, size_t size)
{
	struct tally *t = xcalloc(1, sizeof *t);

	t->max = max;
	t->size = size;
	return t;
}

void
tally_free(struct tally *t)
{
	size_t i;

	if (!t)
		return;
	for (i = 0; i < t->n; i++) {
		tdelete(t->all[i], &t->root, by_key);
		free(t->all[i]);
	}
	free(t->all);
	free(t);
}

static struct tally_entry *
entry_new(struct tally *t, struct slice key)
{
	struct tally_entry *e = xcalloc(1, sizeof *e + t->size + key.n);
	uint8_t *copy = e->value + t->size;

	if (key.n)
		memcpy(copy, key.p, key.n);
	e->key = slice_of(copy, key.n);
	if (t->n == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 16;
		t->all = xreallocarray(t->all, t->cap, sizeof(struct tally_entry *));
	}
	t->all[t->n++] = e;
	return e;
}

void *
tally_get(struct tally *t, struct slice key)
{
	struct tally_entry wanted = { .key = key };
	struct tally_entry **found;
	struct tally_entry *e;

	if (wanted.key.n > TALLY_KEY_MAX)
		wanted.key.n = TALLY_KEY_MAX;
	found = tfind(&wanted, &t->root, by_key);
	if (found)
		return (*found)->value;
	if (t->n == t->max)
		return NULL;
	e = entry_new(t, wanted.key);
	/* Without memory for its node it would be found by nobody; such ends the program. */
	if (!tsearch(e, &t->root, by_key))
		abort();
	return e->value;
}

size_t
tally_count(const struct tally *t)
{
	return t->n;
}

void *
tally_at(struct tally *t, size_t i, struct slice *key)
{
	if (key)
		*key = t->all[i]->key;
	return t->all[i]->value;
}

static int
by_value(const void *a, const void *b)
{
	const struct tally_entry *x = *(struct tally_entry *const *)a,
	                         *y = *(struct tally_entry *const *)b;
	int order = x->compare(x->value, y->value);

	return order ? order : by_key(x, y);
}

void
tally_sort(struct tally *t, int (*compare)(const void *, const void *))
{
	size_t i;

	for (i = 0; i < t->n; i++)
		t->all[i]->compare = compare;
	if (t->n) /* of nothing qsort(3) takes no NULL (C11 7.22.5) */
		qsort(t->all, t->n, sizeof(struct tally_entry *), by_value);
}
