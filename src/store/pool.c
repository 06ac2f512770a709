/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pool - see pool.h.
 *
 * Texts stand one behind the other in chunks of 64 KiB and never across two; the
 * upper half of a reference is the chunk, the lower half the place in it (of the
 * length).  The
 * table of interned texts holds references only and is probed in order; the seed
 * is random, since the network chooses the texts.  No output depends on its order.
 *
 * Owns chunks and table; charges all of them but the few octets of the struct.
 */
#include <stdlib.h>
#include <sys/random.h>
#include <xxhash.h>

#include "base/mem.h"
#include "store/pool.h"

enum { SLOTS_MIN = 256, LENGTH_OCTETS = 2, RANK_OCTETS = 4 };

bool
room_take(struct room *r, size_t n)
{
	struct budget *b = r->budget;
	uint64_t most = b->limit - b->limit / 4;

	if (b->limit && !r->all && (n > most || b->used > most - n) && r->used + n > b->limit / 8)
		return false;
	if (!budget_take(b, n))
		return false;
	r->used += n;
	return true;
}

void
room_give(struct room *r, size_t n)
{
	budget_give(r->budget, n);
	r->used -= n;
}

void
pool_init(struct pool *p, struct room *room)
{
	*p = (struct pool){ .room = room };
	/* Without randomness a fixed seed: the texts are the same, only probing is slower. */
	if (getrandom(&p->seed, sizeof p->seed, GRND_NONBLOCK) != (ssize_t)sizeof p->seed)
		p->seed = UINT64_C(0x9e3779b97f4a7c15);
}

void
pool_clear(struct pool *p)
{
	while (p->nchunks > 1) {
		free(p->chunk[--p->nchunks]);
		room_give(p->room, POOL_CHUNK);
	}
	p->fill = 1;
	if (p->nslots)
		memset(p->slot, 0, p->nslots * sizeof *p->slot);
	p->interned = 0;
	p->stale = 0;
	p->packs++;
}

void
pool_fini(struct pool *p)
{
	size_t i;

	for (i = 0; i < p->nchunks; i++)
		free(p->chunk[i]);
	room_give(p->room, pool_size(p));
	free(p->chunk);
	free(p->slot);
}

size_t
pool_size(const struct pool *p)
{
	return p->nchunks * POOL_CHUNK + p->capchunks * sizeof *p->chunk +
	    p->nslots * sizeof *p->slot;
}

static bool
add_chunk(struct pool *p)
{
	size_t cap = p->capchunks ? p->capchunks * 2 : 16;

	if (p->nchunks == (UINT64_C(1) << 32) / POOL_CHUNK)
		return false;
	if (p->nchunks == p->capchunks) {
		if (!room_take(p->room, (cap - p->capchunks) * sizeof *p->chunk))
			return false;
		p->chunk = xreallocarray(p->chunk, cap, sizeof *p->chunk);
		p->capchunks = cap;
	}
	if (!room_take(p->room, POOL_CHUNK))
		return false;
	p->chunk[p->nchunks++] = xmalloc(POOL_CHUNK);
	/* No text is at 0, which stands for none. */
	p->fill = p->nchunks == 1 ? 1 : (uint64_t)(p->nchunks - 1) << POOL_CHUNK_BITS;
	return true;
}

struct slice
pool_text(const struct pool *p, pool_ref ref)
{
	const uint8_t *at;

	if (!ref)
		return slice_of(NULL, 0);
	at = p->chunk[ref >> POOL_CHUNK_BITS] + (ref & (POOL_CHUNK - 1));
	return slice_of(at + LENGTH_OCTETS, (size_t)at[0] << 8 | at[1]);
}

/* A place for a text with so many octets before its length; NULL: there is no room. */
static uint8_t *
new_text(struct pool *p, struct slice text, uint32_t before, pool_ref *ref)
{
	size_t need = before + LENGTH_OCTETS + text.n;
	size_t room = p->nchunks ? (p->nchunks << POOL_CHUNK_BITS) - p->fill : 0;
	uint8_t *at;

	if (room < need && !add_chunk(p))
		return NULL;
	at = p->chunk[p->fill >> POOL_CHUNK_BITS] + (p->fill & (POOL_CHUNK - 1)) + before;
	*ref = (pool_ref)p->fill + before;
	at[0] = (uint8_t)(text.n >> 8);
	at[1] = (uint8_t)text.n;
	memcpy(at + LENGTH_OCTETS, text.p, text.n);
	p->fill += need;
	return at;
}

pool_ref
pool_add(struct pool *p, struct slice text, bool *refused)
{
	pool_ref ref = 0;

	if (!text.n)
		return 0;
	if (text.n > POOL_TEXT_MAX)
		text.n = POOL_TEXT_MAX;
	if (!new_text(p, text, 0, &ref))
		*refused = true;
	return ref;
}

static uint8_t *
rank_at(const struct pool *p, pool_ref ref)
{
	return p->chunk[ref >> POOL_CHUNK_BITS] + (ref & (POOL_CHUNK - 1)) - RANK_OCTETS;
}

uint32_t
pool_rank(const struct pool *p, pool_ref ref)
{
	uint32_t rank;

	memcpy(&rank, rank_at(p, ref), sizeof rank);
	return rank;
}

void
pool_set_rank(struct pool *p, pool_ref ref, uint32_t rank)
{
	memcpy(rank_at(p, ref), &rank, sizeof rank);
}

/* The slot of the text, or the free one where it belongs. */
static uint32_t *
find_slot(const struct pool *p, struct slice text)
{
	size_t i = (size_t)XXH3_64bits_withSeed(text.p, text.n, p->seed) & (p->nslots - 1);

	while (p->slot[i] && !slice_eq(pool_text(p, p->slot[i]), text))
		i = (i + 1) & (p->nslots - 1);
	return &p->slot[i];
}

/* Twice the slots; false when there is no room, and nothing has changed. */
static bool
grow_slots(struct pool *p)
{
	size_t old = p->nslots, n = old ? old * 2 : SLOTS_MIN, i;
	uint32_t *slot = p->slot;

	if (!room_take(p->room, n * sizeof *slot))
		return false;
	p->slot = xcalloc(n, sizeof *slot);
	p->nslots = n;
	for (i = 0; i < old; i++)
		if (slot[i])
			*find_slot(p, pool_text(p, slot[i])) = slot[i];
	free(slot);
	room_give(p->room, old * sizeof *slot);
	return true;
}

pool_ref
pool_intern(struct pool *p, struct slice text, bool *refused)
{
	uint32_t *slot;

	if (!text.n)
		return 0;
	if (text.n > POOL_TEXT_MAX)
		text.n = POOL_TEXT_MAX;
	if (p->interned >= p->nslots - p->nslots / 4 && !grow_slots(p)) {
		*refused = true;
		return 0;
	}
	slot = find_slot(p, text);
	if (*slot)
		return *slot;
	if (!new_text(p, text, RANK_OCTETS, slot)) {
		*refused = true;
		return 0;
	}
	pool_set_rank(p, *slot, 0);
	p->interned++;
	return *slot;
}
