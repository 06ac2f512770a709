/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sorter - see sorter.h.
 *
 * Keys and rows stand in two pairs of arrays.  A run is a part of one pair whose rows are
 * equal in all keys below its depth and still are to be put in order among themselves; what
 * is left and right of it is right already.  A run is spread over buckets in the other pair
 * by the highest digit in which its keys differ, and each bucket is a run again.  The digit
 * is so wide that a bucket has a few rows of a million after two steps, and then the memory
 * it moves in is that of the cache.  FEW rows are inserted one by one; a run of one row, or
 * one that nothing tells apart any more, goes to the first pair, where the result is.
 *
 * A digit is taken from what the keys are above the smallest of their run, so what all have
 * in common costs a look and no step.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/sorter.h"

enum {
	DIGIT_BITS = 11,
	DIGITS = 1 << DIGIT_BITS,
	PORTION = 16384, /* rows, each once in each step */
	FEW = 16,
	AHEAD = 16 /* rows that are fetched before their keys are needed */
};

struct run {
	size_t from, n;
	unsigned depth; /* of the keys that stand beside the rows ... */
	bool fetch;     /* ... or have to be fetched first */
	unsigned side;  /* which pair of arrays holds it */
};

enum step {
	STEP_NEXT,  /* take a run from the stack */
	STEP_RANGE, /* fetch its keys, find the smallest and the largest */
	STEP_COUNT, /* rows of each digit */
	STEP_MOVE   /* to the other pair */
};

struct sorter {
	struct sorter_keys keys;
	uint64_t *key[2];
	uint32_t *row[2];
	size_t n;
	struct run *stack;
	size_t nstack, capstack;
	enum step step;
	struct run run; /* in work */
	size_t at;      /* rows of it that the step is through with */
	uint64_t low, high;
	bool sorted;            /* it is in order already */
	unsigned shift, bits;   /* of the digit, in what a key is above `low' */
	uint32_t place[DIGITS]; /* rows of a digit, then where the next one goes */
	bool started;
};

struct sorter *
sorter_new(const struct sorter_keys *keys, size_t cap)
{
	struct sorter *s = xcalloc(1, sizeof *s);
	unsigned i;

	s->keys = *keys;
	for (i = 0; i < 2; i++) {
		s->key[i] = xlarge(cap + 1, sizeof *s->key[i]);
		s->row[i] = xlarge(cap + 1, sizeof *s->row[i]);
	}
	return s;
}

void
sorter_free(struct sorter *s)
{
	unsigned i;

	if (!s)
		return;
	for (i = 0; i < 2; i++) {
		free(s->key[i]);
		free(s->row[i]);
	}
	free(s->stack);
	free(s);
}

void
sorter_add(struct sorter *s, uint32_t row, uint64_t key)
{
	s->key[0][s->n] = key;
	s->row[0][s->n++] = row;
}

/* Are rows that have this key to be told apart by the next one? */
static bool
goes_on(const struct sorter_keys *k, uint64_t key, unsigned depth)
{
	return depth + 1 < k->depths && (key & SORTER_MORE);
}

int
sorter_compare(const struct sorter_keys *k, uint32_t a, uint32_t b)
{
	uint64_t x, y;
	unsigned depth = 0;

	do {
		x = k->key(k->ctx, a, depth);
		y = k->key(k->ctx, b, depth);
		if (x != y)
			return x < y ? -1 : 1;
	} while (goes_on(k, x, depth++));
	return 0;
}

/* -- runs ------------------------------------------------------------------------------- */

static void
push(struct sorter *s, struct run run)
{
	if (s->nstack == s->capstack) {
		s->capstack = s->capstack ? s->capstack * 2 : 64;
		s->stack = xreallocarray(s->stack, s->capstack, sizeof *s->stack);
	}
	s->stack[s->nstack++] = run;
}

/* Rows that stand where they belong. */
static void
deliver(struct sorter *s, const struct run *r)
{
	if (r->side == 1)
		memcpy(s->row[0] + r->from, s->row[1] + r->from, r->n * sizeof *s->row[0]);
}

/* The rows of the run all have this key. */
static void
settle_equal(struct sorter *s, struct run r, uint64_t key)
{
	if (r.n > 1 && goes_on(&s->keys, key, r.depth)) {
		r.depth++;
		r.fetch = true;
		push(s, r);
	} else {
		deliver(s, &r);
	}
}

/* Few rows: each goes before those that are greater. */
static void
insert_rows(struct sorter *s, struct run *r)
{
	uint64_t *key = s->key[r->side] + r->from, k;
	uint32_t *row = s->row[r->side] + r->from, w;
	size_t i, to, tie;

	for (i = 1; i < r->n; i++) {
		k = key[i];
		w = row[i];
		for (to = i; to > 0 && key[to - 1] > k; to--) {
			key[to] = key[to - 1];
			row[to] = row[to - 1];
		}
		key[to] = k;
		row[to] = w;
	}
	for (i = tie = 0; i < r->n; i++) {
		if (i + 1 < r->n && key[i + 1] == key[tie])
			continue;
		settle_equal(s,
		    (struct run){ r->from + tie, i + 1 - tie, r->depth, false, r->side }, key[tie]);
		tie = i + 1;
	}
}

/* -- steps: what is done with a part of a run; rows that were looked at --------------------- */

static size_t
step_next(struct sorter *s)
{
	s->run = s->stack[--s->nstack];
	s->step = STEP_RANGE;
	s->at = 0;
	s->low = UINT64_MAX;
	s->high = 0;
	s->sorted = true;
	return 1;
}

static size_t
part_end(const struct sorter *s)
{
	return s->run.n - s->at < PORTION ? s->run.n : s->at + PORTION;
}

static unsigned
bit_width(uint64_t v)
{
	return v ? 64 - (unsigned)__builtin_clzll(v) : 0;
}

/* What is to be done with the run, now that its keys are known. */
static void
choose(struct sorter *s)
{
	unsigned width = bit_width(s->high - s->low), most = bit_width(s->run.n);

	s->step = STEP_NEXT;
	if (s->low == s->high) {
		settle_equal(s, s->run, s->low);
		return;
	}
	if (s->sorted && s->run.depth + 1 == s->keys.depths) {
		deliver(s, &s->run);
		return;
	}
	if (s->run.n <= FEW) {
		insert_rows(s, &s->run);
		return;
	}
	/* Buckets of a few rows, if the keys are spread evenly. */
	s->bits = most - 2 < DIGIT_BITS ? most - 2 : DIGIT_BITS;
	s->bits = width < s->bits ? width : s->bits;
	s->shift = width - s->bits;
	memset(s->place, 0, sizeof s->place[0] << s->bits);
	s->at = 0;
	s->step = STEP_COUNT;
}

/* Rows lie all over the memory. */
static void
fetch_keys(struct sorter *s, size_t end)
{
	const struct sorter_keys *k = &s->keys;
	uint64_t *key = s->key[s->run.side] + s->run.from;
	const uint32_t *row = s->row[s->run.side] + s->run.from;
	size_t i;

	for (i = s->at; i < end; i++) {
		if (k->fetch && i + AHEAD < end)
			k->fetch(k->ctx, row[i + AHEAD]);
		key[i] = k->key(k->ctx, row[i], s->run.depth);
	}
}

static size_t
step_range(struct sorter *s)
{
	const uint64_t *key = s->key[s->run.side] + s->run.from;
	uint64_t k;
	uint64_t low = s->low, high = s->high, before = s->at ? key[s->at - 1] : 0;
	size_t from = s->at, end = part_end(s);
	bool sorted = s->sorted;

	if (s->run.fetch)
		fetch_keys(s, end);
	for (; s->at < end; s->at++) {
		k = key[s->at];
		low = k < low ? k : low;
		high = k > high ? k : high;
		sorted &= before <= k;
		before = k;
	}
	s->low = low;
	s->high = high;
	s->sorted = sorted;
	if (s->at == s->run.n)
		choose(s);
	return end - from;
}

/* Sums of the digits below: where the first row with this digit goes. */
static void
begin_move(struct sorter *s)
{
	uint32_t sum = 0, n;
	size_t i;

	for (i = 0; i >> s->bits == 0; i++) {
		n = s->place[i];
		s->place[i] = sum;
		sum += n;
	}
	s->at = 0;
	s->step = STEP_MOVE;
}

static size_t
step_count(struct sorter *s)
{
	const uint64_t *key = s->key[s->run.side] + s->run.from;
	size_t from = s->at, end = part_end(s);

	for (; s->at < end; s->at++)
		s->place[(key[s->at] - s->low) >> s->shift]++;
	if (s->at == s->run.n)
		begin_move(s);
	return end - from;
}

/* Behind the move place[] has the ends of the buckets.  The first one is to be next. */
static void
push_buckets(struct sorter *s)
{
	struct run r = { .depth = s->run.depth, .side = !s->run.side };
	size_t i = (size_t)1 << s->bits, from, end = s->run.n;

	s->step = STEP_NEXT;
	while (end) {
		i--;
		from = i ? s->place[i - 1] : 0;
		r.from = s->run.from + from;
		r.n = end - from;
		end = from;
		if (r.n > 1)
			push(s, r);
		else if (r.n)
			deliver(s, &r);
	}
}

static size_t
step_move(struct sorter *s)
{
	const uint64_t *key = s->key[s->run.side] + s->run.from;
	const uint32_t *row = s->row[s->run.side] + s->run.from;
	uint64_t *key_to = s->key[!s->run.side] + s->run.from;
	uint32_t *row_to = s->row[!s->run.side] + s->run.from;
	size_t from = s->at, end = part_end(s), to;

	for (; s->at < end; s->at++) {
		to = s->place[(key[s->at] - s->low) >> s->shift]++;
		key_to[to] = key[s->at];
		row_to[to] = row[s->at];
	}
	if (s->at == s->run.n)
		push_buckets(s);
	return end - from;
}

bool
sorter_work(struct sorter *s)
{
	static size_t (*const steps[])(struct sorter *) = {
		[STEP_NEXT] = step_next,
		[STEP_RANGE] = step_range,
		[STEP_COUNT] = step_count,
		[STEP_MOVE] = step_move,
	};
	size_t done = 0;

	if (!s->started) {
		s->started = true;
		if (s->n > 1)
			push(s, (struct run){ .n = s->n });
	}
	while (done < PORTION) {
		if (s->step == STEP_NEXT && !s->nstack)
			return false;
		done += steps[s->step](s);
	}
	return true;
}

uint32_t *
sorter_take(struct sorter *s, size_t *n)
{
	uint32_t *rows = s->row[0];

	*n = s->n;
	s->row[0] = NULL;
	return rows;
}

void
sorter_few(const struct sorter_keys *keys, uint32_t *rows, size_t n)
{
	struct sorter *s = sorter_new(keys, n);
	size_t i;

	for (i = 0; i < n; i++)
		sorter_add(s, rows[i], keys->key(keys->ctx, rows[i], 0));
	while (sorter_work(s))
		continue;
	if (n)
		memcpy(rows, s->row[0], n * sizeof *rows);
	sorter_free(s);
}
