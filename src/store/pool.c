/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pool - see pool.h.
 *
 * Texts stand one behind the other in chunks of 64 KiB and never across two; the
 * upper half of a reference is the chunk, the lower half the place in it (of the
 * head).  The table of interned texts holds references only and is probed in order; the seed
 * is random, since the network chooses the texts.  No output depends on its order.
 *
 * Owns chunks and table; charges all of them but the few octets of the struct.
 */
#include <stdlib.h>
#include <sys/random.h>
#include <xxhash.h>

#include "base/mem.h"
#include "store/pool.h"

enum {
	SLOTS_MIN = 256,
	HEAD_OCTETS = 2,
	NUMBER_OCTETS = 4,
	FETCH_OCTETS = 40 /* what most texts have */
};

bool
room_take(struct room *r, size_t n)
{
	struct budget *b = r->budget;
	uint64_t most = b->limit - b->limit / 8;

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
		room_give(p->room, POOL_CHARGE);
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
	return p->nchunks * POOL_CHARGE + p->capchunks * sizeof *p->chunk +
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
	if (!room_take(p->room, POOL_CHARGE))
		return false;
	pool_end_chunk(p, p->fill);
	/* Whoever reads a whole chunk reads what is left of it as well. */
	p->chunk[p->nchunks++] = xcalloc(1, POOL_CHUNK);
	/* No text is at 0, which stands for none. */
	p->fill = p->nchunks == 1 ? 1 : (uint64_t)(p->nchunks - 1) << POOL_CHUNK_BITS;
	return true;
}

struct slice
pool_text(const struct pool *p, pool_ref ref)
{
	const uint8_t *at;
	unsigned head;

	if (!ref)
		return slice_of(NULL, 0);
	at = pool_at(p, ref);
	head = pool_head(at);
	at += head & POOL_INTERNED ? HEAD_OCTETS + NUMBER_OCTETS : HEAD_OCTETS;
	return slice_of(at, head & POOL_LENGTH);
}

/* Not inline: gcc takes a call of a function that it sees do nothing but this for one without any
 * effect, and leaves it out. */
void
pool_fetch(const struct pool *p, pool_ref ref, size_t octets)
{
	if (!ref)
		return;
	__builtin_prefetch(pool_at(p, ref));
	if (octets > 1)
		__builtin_prefetch(pool_at(p, ref) + octets - 1);
}

/* Octets that a text with this head takes. */
size_t
pool_need(unsigned head)
{
	return HEAD_OCTETS + (head & POOL_INTERNED ? NUMBER_OCTETS : 0) + (head & POOL_LENGTH);
}

/* No text stands across two chunks. */
uint64_t
pool_place(uint64_t fill, size_t need)
{
	size_t room = POOL_CHUNK - (fill & (POOL_CHUNK - 1));

	return room < need ? fill + room : fill;
}

/* Whoever goes through the texts has to see that there are no more in this chunk. */
void
pool_end_chunk(struct pool *p, uint64_t fill)
{
	if ((fill & (POOL_CHUNK - 1)) && POOL_CHUNK - (fill & (POOL_CHUNK - 1)) >= HEAD_OCTETS)
		memset(pool_at(p, fill), 0, HEAD_OCTETS);
}

pool_ref
pool_next(const struct pool *p, pool_ref ref)
{
	uint64_t at = ref ? ref + pool_need(pool_head(pool_at(p, ref))) : 1;

	if (!p->nchunks || at >= p->fill)
		return 0;
	if (!pool_is_text(p, at))
		at = pool_chunk_end(at);
	return at < p->fill ? (pool_ref)at : 0;
}

/* A place for the text; false: there is no room. */
static bool
new_text(struct pool *p, struct slice text, enum pool_head kind, pool_ref *ref)
{
	unsigned head = (unsigned)text.n | kind;
	size_t need = pool_need(head);
	size_t room = p->nchunks ? (p->nchunks << POOL_CHUNK_BITS) - p->fill : 0;
	uint8_t *at;

	if (room < need && !add_chunk(p))
		return false;
	at = pool_at(p, p->fill);
	*ref = (pool_ref)p->fill;
	at[0] = (uint8_t)(head >> 8);
	at[1] = (uint8_t)head;
	memset(at + HEAD_OCTETS, 0, need - HEAD_OCTETS - text.n);
	memcpy(at + need - text.n, text.p, text.n);
	p->fill += need;
	return true;
}

pool_ref
pool_add(struct pool *p, struct slice text, bool *refused)
{
	pool_ref ref = 0;

	if (!text.n)
		return 0;
	if (text.n > POOL_TEXT_MAX)
		text.n = POOL_TEXT_MAX;
	if (!new_text(p, text, (enum pool_head)0, &ref))
		*refused = true;
	return ref;
}

static uint8_t *
number_at(const struct pool *p, pool_ref ref)
{
	return pool_at(p, ref) + HEAD_OCTETS;
}

uint32_t
pool_number(const struct pool *p, pool_ref ref)
{
	uint32_t number;

	memcpy(&number, number_at(p, ref), sizeof number);
	return number;
}

void
pool_set_number(struct pool *p, pool_ref ref, uint32_t number)
{
	memcpy(number_at(p, ref), &number, sizeof number);
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
	if (!new_text(p, text, POOL_INTERNED, slot)) {
		*refused = true;
		return 0;
	}
	p->interned++;
	return *slot;
}

void
pool_index(struct pool *p)
{
	pool_ref ref;

	p->interned = 0;
	if (!p->nslots)
		return;
	memset(p->slot, 0, p->nslots * sizeof *p->slot);
	for (ref = pool_next(p, 0); ref; ref = pool_next(p, ref)) {
		if (!(pool_head(pool_at(p, ref)) & POOL_INTERNED))
			continue;
		*find_slot(p, pool_text(p, ref)) = ref;
		p->interned++;
	}
}
