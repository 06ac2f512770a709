/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sorter - see sorter.h.
 *
 * Keys and rows stand in two pairs of arrays between which each pass moves them.
 * A run is a part of the arrays whose rows are equal in all keys below its depth;
 * runs that wait are on a stack.  A run of FEW rows is merged at once, a longer one
 * goes through the steps below, PORTION rows of it at a time.
 *
 * A pass over digits that are all the same is left out: numbers are mostly small,
 * and texts mostly short.  So are all passes over what is in order already, as rows are
 * by number and nearly by time.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "store/sorter.h"

enum {
	DIGIT_BITS = 11,
	DIGITS = 1 << DIGIT_BITS,
	PASSES = (64 + DIGIT_BITS - 1) / DIGIT_BITS,
	PORTION = 16384,
	FEW = 256
};

struct run {
	size_t from, n;
	unsigned depth;
};

enum step {
	STEP_NEXT, /* take a run from the stack */
	STEP_KEYS, /* make its keys, count their digits */
	STEP_MOVE, /* pass number `pass' */
	STEP_TIES  /* runs of equal keys */
};

struct sorter {
	struct sorter_keys keys;
	uint64_t *key[2];
	uint32_t *row[2];
	size_t n, cap;
	struct run *stack;
	size_t nstack, capstack;
	enum step step;
	struct run run; /* in work */
	size_t at;      /* rows of it that the step is through with */
	unsigned pass;
	unsigned side; /* which pair of arrays holds the run */
	uint64_t last; /* key of the row before `at' (STEP_TIES) ... */
	size_t tie;    /* ... and the place of the first row that has it */
	bool ended;    /* all keys of the run are 0 */
	bool sorted;   /* they are in order already */
	uint32_t count[PASSES][DIGITS];
	bool started;
};

struct sorter *
sorter_new(const struct sorter_keys *keys, size_t cap)
{
	struct sorter *s = xcalloc(1, sizeof *s);
	unsigned i;

	s->keys = *keys;
	s->cap = cap;
	for (i = 0; i < 2; i++) {
		s->key[i] = xreallocarray(NULL, cap + 1, sizeof *s->key[i]);
		s->row[i] = xreallocarray(NULL, cap + 1, sizeof *s->row[i]);
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
sorter_add(struct sorter *s, uint32_t row)
{
	/* The caller has the row at hand: its first key costs nothing now. */
	s->key[0][s->n] = s->keys.key(s->keys.ctx, row, 0);
	s->row[0][s->n++] = row;
}

static int
compare_from(const struct sorter_keys *k, uint32_t a, uint32_t b, unsigned depth)
{
	uint64_t x, y;

	for (; depth < k->depths; depth++) {
		x = k->key(k->ctx, a, depth);
		y = k->key(k->ctx, b, depth);
		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

int
sorter_compare(const struct sorter_keys *k, uint32_t a, uint32_t b)
{
	return compare_from(k, a, b, 0);
}

/* Merges sorted stretches of `width' rows into such of twice the width. */
static void
merge(const struct sorter_keys *k, const uint32_t *in, uint32_t *out, const size_t size[2],
    unsigned depth)
{
	size_t n = size[0], width = size[1], from, a, b, mid, end, o = 0;

	for (from = 0; from < n; from += 2 * width) {
		mid = from + width < n ? from + width : n;
		end = mid + width < n ? mid + width : n;
		for (a = from, b = mid; a < mid || b < end;) {
			if (b == end || (a < mid && compare_from(k, in[a], in[b], depth) <= 0))
				out[o++] = in[a++];
			else
				out[o++] = in[b++];
		}
	}
}

static void
sort_few(const struct sorter_keys *k, uint32_t *rows, uint32_t *spare, size_t n, unsigned depth)
{
	uint32_t *in = rows, *out = spare, *swap;
	size_t width;

	for (width = 1; width < n; width *= 2) {
		merge(k, in, out, (const size_t[2]){ n, width }, depth);
		swap = in;
		in = out;
		out = swap;
	}
	if (in != rows)
		memcpy(rows, in, n * sizeof *rows);
}

void
sorter_few(const struct sorter_keys *k, uint32_t *rows, uint32_t *spare, size_t n)
{
	sort_few(k, rows, spare, n, 0);
}

static void
push(struct sorter *s, size_t from, size_t n, unsigned depth)
{
	if (s->nstack == s->capstack) {
		s->capstack = s->capstack ? s->capstack * 2 : 64;
		s->stack = xreallocarray(s->stack, s->capstack, sizeof *s->stack);
	}
	s->stack[s->nstack++] = (struct run){ from, n, depth };
}

/* Equal in all keys so far: in order at once if they are few, later if not. */
static void
settle_tie(struct sorter *s, size_t from, size_t n, unsigned depth)
{
	if (n < 2 || depth >= s->keys.depths)
		return;
	if (n <= FEW)
		sort_few(&s->keys, s->row[0] + from, s->row[1] + from, n, depth);
	else
		push(s, from, n, depth);
}

static void
begin_run(struct sorter *s)
{
	s->run = s->stack[--s->nstack];
	s->step = STEP_KEYS;
	s->at = 0;
	s->side = 0;
	s->ended = s->sorted = true;
	memset(s->count, 0, sizeof s->count);
}

/* Sums of the digits below: where the next row with this digit goes. */
static bool
begin_pass(struct sorter *s)
{
	uint32_t *count = s->count[s->pass], sum = 0, n;
	size_t i;

	for (i = 0; i < DIGITS; i++)
		if (count[i] == s->run.n)
			return false;
	for (i = 0; i < DIGITS; i++) {
		n = count[i];
		count[i] = sum;
		sum += n;
	}
	return true;
}

/* The next pass that has something to do, or what comes behind the last. */
static void
next_pass(struct sorter *s, unsigned pass)
{
	s->at = 0;
	for (s->pass = pass; s->pass < PASSES; s->pass++) {
		if (begin_pass(s)) {
			s->step = STEP_MOVE;
			return;
		}
	}
	if (s->side == 1) {
		memcpy(
		    s->key[0] + s->run.from, s->key[1] + s->run.from, s->run.n * sizeof *s->key[0]);
		memcpy(
		    s->row[0] + s->run.from, s->row[1] + s->run.from, s->run.n * sizeof *s->row[0]);
		s->side = 0;
	}
	s->step = STEP_TIES;
	s->tie = 0;
	if (s->run.depth + 1 >= s->keys.depths || (s->run.depth > 0 && s->ended))
		s->step = STEP_NEXT;
}

static void
step_keys(struct sorter *s)
{
	size_t end = s->at + PORTION < s->run.n ? s->at + PORTION : s->run.n;
	uint64_t *key = s->key[0] + s->run.from;
	const uint32_t *row = s->row[0] + s->run.from;
	unsigned pass;
	uint64_t k;

	for (; s->at < end; s->at++) {
		if (s->run.depth)
			key[s->at] = s->keys.key(s->keys.ctx, row[s->at], s->run.depth);
		k = key[s->at];
		s->ended = s->ended && k == 0;
		s->sorted = s->sorted && (s->at == 0 || key[s->at - 1] <= k);
		for (pass = 0; pass < PASSES; pass++, k >>= DIGIT_BITS)
			s->count[pass][k & (DIGITS - 1)]++;
	}
	if (s->at == s->run.n)
		next_pass(s, s->sorted ? PASSES : 0);
}

static void
step_move(struct sorter *s)
{
	size_t end = s->at + PORTION < s->run.n ? s->at + PORTION : s->run.n, to;
	const uint64_t *key = s->key[s->side] + s->run.from;
	const uint32_t *row = s->row[s->side] + s->run.from;
	uint64_t *key_to = s->key[!s->side] + s->run.from;
	uint32_t *row_to = s->row[!s->side] + s->run.from;
	unsigned shift = s->pass * DIGIT_BITS;
	uint32_t *count = s->count[s->pass];

	for (; s->at < end; s->at++) {
		to = count[key[s->at] >> shift & (DIGITS - 1)]++;
		key_to[to] = key[s->at];
		row_to[to] = row[s->at];
	}
	if (s->at == s->run.n) {
		s->side = !s->side;
		next_pass(s, s->pass + 1);
	}
}

static void
step_ties(struct sorter *s)
{
	size_t end = s->at + PORTION < s->run.n ? s->at + PORTION : s->run.n;
	const uint64_t *key = s->key[0] + s->run.from;

	for (; s->at < end; s->at++) {
		if (s->at && key[s->at] == s->last)
			continue;
		settle_tie(s, s->run.from + s->tie, s->at - s->tie, s->run.depth + 1);
		s->tie = s->at;
		s->last = key[s->at];
	}
	if (s->at == s->run.n) {
		settle_tie(s, s->run.from + s->tie, s->at - s->tie, s->run.depth + 1);
		s->step = STEP_NEXT;
	}
}

bool
sorter_work(struct sorter *s)
{
	if (!s->started) {
		s->started = true;
		if (s->n > 1)
			push(s, 0, s->n, 0);
	}
	switch (s->step) {
	case STEP_NEXT:
		if (!s->nstack)
			return false;
		begin_run(s);
		break;
	case STEP_KEYS:
		step_keys(s);
		break;
	case STEP_MOVE:
		step_move(s);
		break;
	case STEP_TIES:
		step_ties(s);
		break;
	}
	return true;
}

const uint32_t *
sorter_rows(const struct sorter *s, size_t *n)
{
	*n = s->n;
	return s->row[0];
}
