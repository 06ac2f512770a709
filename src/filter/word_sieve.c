/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * word_sieve - a sieve (sieve.h) without a filter around it.
 *
 * Owns the word, and the 128 KiB of the sieve.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "filter/sieve.h"

struct word_sieve {
	struct expr expr; /* of the pattern alone */
	struct pattern pattern;
	struct sieve sieve;
};

struct word_sieve *
word_sieve_new(struct slice word)
{
	struct word_sieve *w = xcalloc(1, sizeof *w);

	pattern_word(&w->expr, &w->pattern, word);
	w->expr.sieve = &w->sieve;
	w->pattern.sieve = 1;
	return w;
}

void
word_sieve_free(struct word_sieve *w)
{
	if (!w)
		return;
	sieve_fini(&w->sieve);
	free(w->expr.piece);
	free(w->expr.octets);
	free(w);
}

bool
word_sieve_work(struct word_sieve *w, const struct store *s)
{
	return sieve_work(&w->sieve, &w->expr, &w->pattern, s);
}

bool
word_sieve_passes(const struct word_sieve *w, const struct store *s, pool_ref ref)
{
	return sieve_passes(sieve_of(&w->expr, &w->pattern, s), ref);
}
