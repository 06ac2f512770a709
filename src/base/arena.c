/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arena - a chunked allocator charged to a budget and freed whole.
 *
 * A list of chunks; allocations are cut from the first.  A request that does not
 * fit opens a chunk of twice the last size, up to CHUNK_MAX, or a chunk for
 * itself alone if it is larger.  When the budget has no room for the former, the
 * latter is tried before the request is refused.
 *
 * Invariant: `charged' octets are taken from the budget, which is the size of
 * all chunks plus, once there is one, of the arena itself; `used' octets of
 * them are handed out and never exceed `max'.  Memory is zeroed when it is handed
 * out: a session that says little never touches the rest of its chunks.
 *
 * Under AddressSanitizer the part of a chunk that is not handed out is
 * poisoned, and so is a gap behind every allocation: a read past the end of an
 * arena copy is found like one past the end of a malloc'ed one.
 */
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/budget.h"
#include "base/mem.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#endif

#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define ARENA_HIDE(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define ARENA_SHOW(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
enum { ARENA_GAP = 16 };
#else
#define ARENA_HIDE(p, n) ((void)(p), (void)(n))
#define ARENA_SHOW(p, n) ((void)(p), (void)(n))
enum { ARENA_GAP = 0 };
#endif

enum {
	ALIGN = alignof(max_align_t),
	CHUNK_MIN = 1024,   /* first chunk, header included */
	CHUNK_MAX = 65536,  /* the sizes stop doubling here */
	PRINTF_BUFFER = 512 /* texts up to this length are formatted once */
};

struct chunk {
	struct chunk *next;
	size_t size; /* octets of data[] */
	size_t used; /* octets of data[] given away, a multiple of ALIGN */
	alignas(max_align_t) uint8_t data[];
};

struct arena {
	struct budget *budget; /* never NULL */
	struct chunk *chunks;  /* NULL before the first allocation */
	size_t max;            /* limit of `used', 0: none */
	size_t used;           /* octets handed out, alignment included */
	size_t charged;        /* octets taken from the budget */
	bool refused;          /* an allocation, since the arena was made or reset */
};

struct arena *
arena_new(struct budget *budget, size_t max)
{
	struct arena *a = xcalloc(1, sizeof *a);

	a->budget = budget;
	a->max = max;
	return a;
}

static void
chunk_free(struct arena *a, struct chunk *c)
{
	ARENA_SHOW(c->data, c->size);
	budget_give(a->budget, sizeof *c + c->size);
	a->charged -= sizeof *c + c->size;
	free(c);
}

void
arena_free(struct arena *a)
{
	struct chunk *c, *next;

	if (!a)
		return;
	for (c = a->chunks; c; c = next) {
		next = c->next;
		chunk_free(a, c);
	}
	budget_give(a->budget, a->charged);
	free(a);
}

/* The newest chunk of ordinary size is the largest of those, so it is kept. */
void
arena_reset(struct arena *a)
{
	struct chunk *keep = NULL, *c, *next;

	for (c = a->chunks; c; c = next) {
		next = c->next;
		if (!keep && sizeof *c + c->size <= CHUNK_MAX)
			keep = c;
		else
			chunk_free(a, c);
	}
	a->chunks = keep;
	a->used = 0;
	a->refused = false;
	if (!keep)
		return;
	keep->next = NULL;
	keep->used = 0;
	ARENA_HIDE(keep->data, keep->size);
}

size_t
arena_used(const struct arena *a)
{
	return a->used;
}

bool
arena_refused(const struct arena *a)
{
	return a->refused;
}

/* Size of the data part of the next chunk, which must take `need' octets. */
static size_t
chunk_size(const struct arena *a, size_t need)
{
	size_t size = CHUNK_MIN - sizeof(struct chunk);

	if (a->chunks && a->chunks->size < CHUNK_MAX)
		size = 2 * (sizeof(struct chunk) + a->chunks->size) - sizeof(struct chunk);
	if (size > CHUNK_MAX - sizeof(struct chunk))
		size = CHUNK_MAX - sizeof(struct chunk);
	if (size < need || budget_lacks(a->budget, size))
		size = need;
	return size;
}

static struct chunk *
chunk_add(struct arena *a, size_t need)
{
	size_t size = chunk_size(a, need);
	size_t charge = sizeof(struct chunk) + size + (a->charged ? 0 : sizeof *a);
	struct chunk *c;

	if (!budget_take(a->budget, charge))
		return NULL;
	c = malloc(sizeof *c + size);
	if (!c) {
		budget_give(a->budget, charge);
		a->budget->refusals++;
		return NULL;
	}
	c->size = size;
	c->used = 0;
	if (a->chunks && size == need) { /* it will be full: the present one goes on */
		c->next = a->chunks->next;
		a->chunks->next = c;
	} else {
		c->next = a->chunks;
		a->chunks = c;
	}
	a->charged += charge;
	ARENA_HIDE(c->data, c->size);
	return c;
}

static uint8_t *
refuse(struct arena *a)
{
	a->refused = true;
	return NULL;
}

/* n octets as they are, and behind them up to the alignment. */
static uint8_t *
arena_cut(struct arena *a, size_t n)
{
	struct chunk *c = a->chunks;
	size_t need;
	uint8_t *p;

	if (n > SIZE_MAX / 2) {
		a->budget->refusals++;
		return refuse(a);
	}
	need = ((n ? n : 1) + ARENA_GAP + ALIGN - 1) / ALIGN * ALIGN;
	if (a->max && (need > a->max || a->used > a->max - need)) {
		a->budget->refusals++;
		return refuse(a);
	}
	if (!c || c->size - c->used < need) {
		c = chunk_add(a, need);
		if (!c)
			return refuse(a);
	}
	p = c->data + c->used;
	c->used += need;
	a->used += need;
	ARENA_SHOW(p, n);
	return p;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	uint8_t *p = arena_cut(a, n);

	return p ? memset(p, 0, n) : NULL;
}

struct slice
arena_dup(struct arena *a, struct slice s)
{
	uint8_t *p = s.n < SIZE_MAX ? arena_cut(a, s.n + 1) : NULL;

	if (!p)
		return (struct slice){ NULL, 0 };
	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return (struct slice){ p, s.n };
}

const char *
arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
	char small[PRINTF_BUFFER], *p = NULL;
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(small, sizeof small, fmt, ap);
	if (n >= 0)
		p = (char *)arena_cut(a, (size_t)n + 1);
	if (p && (size_t)n < sizeof small)
		memcpy(p, small, (size_t)n + 1);
	else if (p)
		vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	return p ? p : "";
}

const char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	const char *s;
	va_list ap;

	va_start(ap, fmt);
	s = arena_vprintf(a, fmt, ap);
	va_end(ap);
	return s;
}
