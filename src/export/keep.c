/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keep - three arrays that grow while the input is read and are sorted once.
 *
 * Sessions of the same pair of endpoints follow each other in time (a new one
 * begins when the old one has ended), so the one with the greatest first frame
 * that is not behind a frame is the only one that it can belong to.
 *
 * Fragments are kept for every segment that came in some, as it is known only
 * later whose it is; there are few of them where TCP is at work.
 */
#include <stdlib.h>

#include "base/budget.h"
#include "base/mem.h"
#include "export/keep.h"
#include "export/plan.h"

enum { ROWS_MIN = 64 };

struct fragment {
	uint64_t frame; /* that holds it */
	uint64_t whole; /* that completed the datagram */
	struct keep_pair pair;
};

struct rows {
	void *v;
	size_t n, cap;
	size_t size; /* of one */
};

struct keep {
	struct budget *budget;
	struct rows sessions, comments, fragments;
	uint64_t text_octets; /* charged for comments */
	struct keep_counts counts;
};

struct keep *
keep_new(struct budget *budget)
{
	struct keep *k = xcalloc(1, sizeof *k);

	k->budget = budget;
	k->sessions.size = sizeof(struct keep_session);
	k->comments.size = sizeof(struct keep_comment);
	k->fragments.size = sizeof(struct fragment);
	return k;
}

static void
rows_free(struct keep *k, struct rows *r)
{
	free(r->v);
	budget_give(k->budget, r->cap * r->size);
}

void
keep_free(struct keep *k)
{
	struct keep_comment *c;
	struct keep_session *s;
	size_t i;

	if (!k)
		return;
	s = k->sessions.v;
	for (i = 0; i < k->sessions.n; i++)
		plan_free(s[i].plan);
	c = k->comments.v;
	for (i = 0; i < k->comments.n; i++)
		free(c[i].text);
	budget_give(k->budget, k->text_octets);
	rows_free(k, &k->sessions);
	rows_free(k, &k->comments);
	rows_free(k, &k->fragments);
	free(k);
}

/* Room for one more, or NULL. */
static void *
rows_next(struct keep *k, struct rows *r)
{
	size_t cap = r->cap ? 2 * r->cap : ROWS_MIN;

	if (r->n == r->cap) {
		if (!budget_take(k->budget, (cap - r->cap) * r->size))
			return NULL;
		r->v = xreallocarray(r->v, cap, r->size);
		r->cap = cap;
	}
	return (char *)r->v + r->n * r->size;
}

bool
keep_session(struct keep *k, const struct keep_session *s)
{
	struct keep_session *row = rows_next(k, &k->sessions);

	if (!row) {
		k->counts.refused_sessions++;
		plan_free(s->plan);
		return false;
	}
	*row = *s;
	k->sessions.n++;
	k->counts.sessions++;
	return true;
}

void
keep_refuse(struct keep *k)
{
	k->counts.refused_sessions++;
}

void
keep_comment(struct keep *k, uint64_t frame, struct slice text)
{
	struct keep_comment *row = rows_next(k, &k->comments);

	if (!row || !budget_take(k->budget, text.n + 1)) {
		k->counts.refused_comments++;
		return;
	}
	k->text_octets += text.n + 1;
	*row = (struct keep_comment){ frame, k->counts.comments++,
		xstrndup((const char *)text.p, text.n) };
	k->comments.n++;
}

static int
compare_octets(const struct endpoint *a, const struct endpoint *b)
{
	int d = a->addr.family - b->addr.family;

	if (d == 0)
		d = memcmp(a->addr.b, b->addr.b, sizeof a->addr.b);
	return d ? d : a->port - b->port;
}

static struct keep_pair
pair_of(const struct endpoint *x, const struct endpoint *y)
{
	if (compare_octets(x, y) <= 0)
		return (struct keep_pair){ *x, *y };
	return (struct keep_pair){ *y, *x };
}

static int
compare_pairs(const struct keep_pair *x, const struct keep_pair *y)
{
	int d = compare_octets(&x->a, &y->a);

	return d ? d : compare_octets(&x->b, &y->b);
}

void
keep_fragments(struct keep *k, const struct segment *seg)
{
	struct fragment *row;
	size_t i;

	for (i = 0; i < seg->nfragments; i++) {
		if (seg->fragments[i] == seg->pkt->frame)
			continue;
		row = rows_next(k, &k->fragments);
		if (!row) {
			k->counts.refused_fragments++;
			continue;
		}
		*row = (struct fragment){ seg->fragments[i], seg->pkt->frame,
			pair_of(&seg->src, &seg->dst) };
		k->fragments.n++;
	}
}

const struct keep_counts *
keep_counts(const struct keep *k)
{
	return &k->counts;
}

/* -- the second reading ------------------------------------------------------------------ */

static int
compare_sessions(const void *x, const void *y)
{
	const struct keep_session *a = x, *b = y;
	int d = compare_pairs(&a->pair, &b->pair);

	if (d == 0)
		d = (a->first > b->first) - (a->first < b->first);
	return d ? d : (a->stream > b->stream) - (a->stream < b->stream);
}

static int
compare_comments(const void *x, const void *y)
{
	const struct keep_comment *a = x, *b = y;

	if (a->frame != b->frame)
		return a->frame < b->frame ? -1 : 1;
	return (a->order > b->order) - (a->order < b->order);
}

static int
compare_fragments(const void *x, const void *y)
{
	const struct fragment *a = x, *b = y;

	if (a->frame != b->frame)
		return a->frame < b->frame ? -1 : 1;
	return (a->whole > b->whole) - (a->whole < b->whole);
}

void
keep_sort(struct keep *k)
{
	struct keep_session *s = k->sessions.v;
	size_t i;

	for (i = 0; i < k->sessions.n; i++)
		s[i].pair = pair_of(&s[i].pair.a, &s[i].pair.b);
	if (k->sessions.n)
		qsort(s, k->sessions.n, sizeof *s, compare_sessions);
	if (k->comments.n)
		qsort(k->comments.v, k->comments.n, k->comments.size, compare_comments);
	if (k->fragments.n)
		qsort(k->fragments.v, k->fragments.n, k->fragments.size, compare_fragments);
}

/* The last row that is not greater than the key, or NULL. */
static const void *
find_last(const struct rows *r, const void *key, int (*compare)(const void *, const void *))
{
	size_t low = 0, high = r->n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (compare((char *)r->v + middle * r->size, key) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? (char *)r->v + (low - 1) * r->size : NULL;
}

static const struct keep_session *
find_session(const struct keep *k, const struct keep_pair *pair, uint64_t frame)
{
	struct keep_session key = { .pair = *pair, .first = frame, .stream = UINT64_MAX };
	const struct keep_session *s = find_last(&k->sessions, &key, compare_sessions);

	if (!s || compare_pairs(&s->pair, pair) != 0 || frame > s->last)
		return NULL;
	return s;
}

const struct keep_session *
keep_find(const struct keep *k, const struct segment *seg)
{
	struct keep_pair pair = pair_of(&seg->src, &seg->dst);

	return find_session(k, &pair, seg->pkt->frame);
}

const struct keep_session *
keep_find_fragment(const struct keep *k, uint64_t frame, uint64_t *whole)
{
	struct fragment key = { .frame = frame, .whole = UINT64_MAX };
	const struct fragment *f = find_last(&k->fragments, &key, compare_fragments);

	if (!f || f->frame != frame)
		return NULL;
	*whole = f->whole;
	return find_session(k, &f->pair, f->whole);
}

uint64_t
keep_fragment_frames(const struct keep *k)
{
	const struct fragment *f = k->fragments.v;
	uint64_t n = 0, whole;
	size_t i;

	for (i = 0; i < k->fragments.n; i++)
		if ((i == 0 || f[i].frame != f[i - 1].frame) &&
		    keep_find_fragment(k, f[i].frame, &whole))
			n++;
	return n;
}

const struct keep_comment *
keep_comments(const struct keep *k, size_t *n)
{
	*n = k->comments.n;
	return k->comments.v;
}
