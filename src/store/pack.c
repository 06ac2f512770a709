/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pack - a pool without the texts that nobody wants any more, in place.
 *
 * The texts that stay keep their order and go as low as they can.  Where a text goes
 * depends only on those before it, and grows with the place before: so no text moves
 * up, and moving them in order never hits one that has not moved yet.
 *
 * A plan has, for each block of a chunk, the first text that begins in it and where
 * the next one that stays would go by then; the way from there to any other text of
 * the block is a few heads long.  All texts have to be exchanged before any moves.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "store/pool.h"

struct pool_plan {
	uint32_t *fill; /* by block: of the new pool, before `first' */
	uint8_t *first; /* by block: the place of the first text in it */
	uint64_t end;   /* of the new pool */
};

_Static_assert(sizeof(uint32_t) + sizeof(uint8_t) == POOL_PLANNED, "what chunks are charged");
_Static_assert(POOL_BLOCK - 1 <= UINT8_MAX, "a place in a block is one octet");

static unsigned
head_of(const struct pool *p, pool_ref ref)
{
	return pool_head(pool_at(p, ref));
}

void
pool_mark(struct pool *p, pool_ref ref)
{
	if (ref)
		*pool_at(p, ref) |= POOL_MARKED >> 8;
}

/* Where the new pool ends when this text has been looked at. */
static uint64_t
behind(const struct pool *p, uint64_t fill, pool_ref ref)
{
	unsigned head = head_of(p, ref);

	return head & POOL_MARKED ? pool_place(fill, pool_need(head)) + pool_need(head) : fill;
}

struct pool_plan *
pool_plan_new(const struct pool *p)
{
	size_t blocks = p->nchunks * (POOL_CHUNK / POOL_BLOCK) + 1, block, last = SIZE_MAX;
	struct pool_plan *plan = xcalloc(1, sizeof *plan);
	uint64_t fill = 1;
	pool_ref ref;

	plan->fill = xreallocarray(NULL, blocks, sizeof *plan->fill);
	plan->first = xreallocarray(NULL, blocks, sizeof *plan->first);
	for (ref = pool_next(p, 0); ref; ref = pool_next(p, ref)) {
		block = ref / POOL_BLOCK;
		if (block != last) {
			plan->first[block] = (uint8_t)(ref % POOL_BLOCK);
			plan->fill[block] = (uint32_t)fill;
			last = block;
		}
		fill = behind(p, fill, ref);
	}
	plan->end = fill;
	return plan;
}

pool_ref
pool_moved(const struct pool *p, const struct pool_plan *plan, pool_ref ref)
{
	size_t block = ref / POOL_BLOCK;
	uint64_t fill;
	pool_ref at;

	if (!ref)
		return 0;
	fill = plan->fill[block];
	for (at = (pool_ref)(block * POOL_BLOCK) + plan->first[block]; at != ref;
	     at = pool_next(p, at))
		fill = behind(p, fill, at);
	return (pool_ref)pool_place(fill, pool_need(head_of(p, ref)));
}

static void
slide(struct pool *p)
{
	uint64_t fill = 1, to;
	pool_ref ref, next;
	size_t need;

	for (ref = pool_next(p, 0); ref; ref = next) {
		/* The text may come to lie on its own old head. */
		next = pool_next(p, ref);
		if (!(head_of(p, ref) & POOL_MARKED))
			continue;
		need = pool_need(head_of(p, ref));
		to = pool_place(fill, need);
		if (to != fill)
			pool_end_chunk(p, fill);
		memmove(pool_at(p, to), pool_at(p, ref), need);
		*pool_at(p, to) &= (uint8_t) ~(POOL_MARKED >> 8);
		fill = to + need;
	}
	p->fill = fill;
}

void
pool_pack(struct pool *p, struct pool_plan *plan)
{
	size_t need = (size_t)((plan->end - 1) >> POOL_CHUNK_BITS) + 1;

	if (p->nchunks)
		slide(p);
	while (p->nchunks > need) {
		free(p->chunk[--p->nchunks]);
		room_give(p->room, POOL_CHARGE);
	}
	p->stale = 0;
	p->packs++;
	pool_index(p);
	free(plan->fill);
	free(plan->first);
	free(plan);
}
