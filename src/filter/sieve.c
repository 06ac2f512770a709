/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sieve - see sieve.h.
 *
 * The octets between the texts are searched like them: what is found there lets a text
 * pass that need not, and that is all.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "filter/sieve.h"

enum {
	HITS_MAX = 1 << (SIEVE_BITS - 3), /* more of them, and chance would let too many pass */
	PIECE_MIN = 2,                    /* a single letter is nearly everywhere */
	PORTION = 1 << 20                 /* octets looked at in one portion */
};

static const struct piece *
longest_piece(const struct expr *e, const struct pattern *p)
{
	const struct piece *best = &e->piece[p->first];
	uint32_t i;

	for (i = 1; i < p->n; i++)
		if (e->piece[p->first + i].n > best->n)
			best = &e->piece[p->first + i];
	return best;
}

static void
begin(struct sieve *s, const struct store *store)
{
	if (!s->bit)
		s->bit = xcalloc((1 << SIEVE_BITS) / 64, sizeof *s->bit);
	else
		memset(s->bit, 0, (1 << SIEVE_BITS) / 8);
	s->epoch = store_text_epoch(store);
	s->next = 0;
	s->hits = 0;
	s->useless = false;
}

static void
look(struct sieve *s, const struct store *store, const struct store_texts *t, struct finder *f)
{
	pool_ref text = t->first, next = store_text_next(store, text);
	size_t at = 0;

	while ((at = finder_next(f, at)) != SIZE_MAX) {
		/* The text that begins last before it. */
		while (next && next <= t->first + at) {
			text = next;
			next = store_text_next(store, text);
		}
		s->bit[sieve_place(text) / 64] |= UINT64_C(1) << (sieve_place(text) % 64);
		s->hits++;
		if (!next || next - t->first >= t->octets.n || s->hits > HITS_MAX)
			return;
		at = next - t->first;
	}
}

bool
sieve_work(
    struct sieve *s, const struct expr *e, const struct pattern *p, const struct store *store)
{
	const struct piece *piece = longest_piece(e, p);
	struct store_texts t;
	struct finder f;
	size_t done = 0;

	if (piece->n < PIECE_MIN)
		return false;
	if (!s->bit || s->epoch != store_text_epoch(store))
		begin(s, store);
	while (!s->useless && done < PORTION) {
		if (!store_texts(store, s->next, &t))
			return false;
		finder_init(&f, e, piece, t.octets);
		look(s, store, &t, &f);
		s->next = t.end;
		s->useless = s->hits > HITS_MAX;
		done += t.octets.n;
	}
	return !s->useless;
}

void
sieve_fini(struct sieve *s)
{
	free(s->bit);
}
