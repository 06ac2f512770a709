/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * seglist - a sorted list of copies.  One allocation per piece, made only for
 * segments out of order.  Searches start at the end, where nearly all new
 * pieces belong.
 */
#include <stdlib.h>

#include "base/budget.h"
#include "stream/seglist.h"

void
seglist_init(struct seglist *l)
{
	TAILQ_INIT(&l->pieces);
	l->n = 0;
	l->charge = 0;
}

void
seglist_remove(struct seglist *l, struct budget *b, struct piece *p)
{
	TAILQ_REMOVE(&l->pieces, p, link);
	l->n--;
	l->charge -= p->charge;
	budget_give(b, p->charge);
	free(p);
}

void
seglist_fini(struct seglist *l, struct budget *b)
{
	struct piece *p;

	while ((p = seglist_first(l)) != NULL)
		seglist_remove(l, b, p);
}

/* The first piece that ends above `off', or NULL. */
static struct piece *
piece_above(const struct seglist *l, int64_t off)
{
	struct piece *p, *found = NULL;

	TAILQ_FOREACH_REVERSE(p, &l->pieces, piece_list, link)
	{
		if (p->end <= off)
			break;
		found = p;
	}
	return found;
}

/* A new piece before `next' (NULL: at the end). */
static bool
piece_add(struct seglist *l, struct budget *b, size_t max, const struct seg_part *part,
    struct piece *next)
{
	size_t charge = sizeof(struct piece) + part->data.n;
	struct piece *p;

	if (l->n >= SEGLIST_MAX || charge > max || l->charge > max - charge ||
	    !budget_take(b, charge))
		return false;
	p = malloc(charge);
	if (!p) {
		budget_give(b, charge);
		return false;
	}
	*p = (struct piece){ .off = part->off,
		.end = part->end,
		.quality = part->quality,
		.charge = charge,
		.rec = *part->rec };
	if (part->data.n) {
		memcpy(p->data, part->data.p, part->data.n);
		p->p = p->data;
	}
	if (next)
		TAILQ_INSERT_BEFORE(next, p, link);
	else
		TAILQ_INSERT_TAIL(&l->pieces, p, link);
	l->n++;
	l->charge += charge;
	return true;
}

static struct seg_part
part_cut(const struct seg_part *part, int64_t off, int64_t end)
{
	struct seg_part cut = *part;

	cut.off = off;
	cut.end = end;
	if (part->quality != QUALITY_CUT) {
		cut.data = slice_from(part->data, (size_t)(off - part->off));
		cut.data.n = (size_t)(end - off);
	}
	return cut;
}

bool
seglist_insert(struct seglist *l, struct budget *b, size_t max, const struct seg_part *part)
{
	struct piece *p = piece_above(l, part->off);
	int64_t off = part->off;

	while (off < part->end) {
		struct seg_part cut;

		if (p && p->off <= off) {
			off = p->end;
			p = TAILQ_NEXT(p, link);
			continue;
		}
		cut = part_cut(part, off, p && p->off < part->end ? p->off : part->end);
		if (!piece_add(l, b, max, &cut, p))
			return false;
		off = cut.end;
	}
	return true;
}

static bool
piece_differs(const struct piece *p, const struct seg_part *part, int64_t lo, int64_t hi)
{
	return p->quality == part->quality && p->quality != QUALITY_CUT &&
	    memcmp(p->p + (lo - p->off), part->data.p + (lo - part->off), (size_t)(hi - lo)) != 0;
}

/* Take lo .. hi - 1 out of a piece. */
static void
piece_carve(struct seglist *l, struct budget *b, struct piece *p, int64_t lo, int64_t hi)
{
	if (lo == p->off && hi == p->end) {
		seglist_remove(l, b, p);
		return;
	}
	if (lo > p->off && hi < p->end) {
		struct seg_part tail = {
			.off = hi, .end = p->end, .quality = p->quality, .rec = &p->rec
		};

		if (p->p)
			tail.data = slice_of(p->p + (hi - p->off), (size_t)(p->end - hi));
		/* Refused, it is forgotten: worse octets than those that take their place. */
		if (!piece_add(l, b, SIZE_MAX, &tail, TAILQ_NEXT(p, link)))
			hi = p->end;
	}
	if (lo > p->off) {
		p->end = lo;
		return;
	}
	if (p->p)
		p->p += hi - p->off;
	p->off = hi;
}

bool
seglist_improve(struct seglist *l, struct budget *b, const struct seg_part *part)
{
	struct piece *p = piece_above(l, part->off), *next;
	bool differs = false;

	for (; p && p->off < part->end; p = next) {
		int64_t lo = p->off > part->off ? p->off : part->off;
		int64_t hi = p->end < part->end ? p->end : part->end;

		next = TAILQ_NEXT(p, link);
		differs |= piece_differs(p, part, lo, hi);
		if (p->quality < part->quality)
			piece_carve(l, b, p, lo, hi);
	}
	return differs;
}
