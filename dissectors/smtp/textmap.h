/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * textmap - where the lines of a run of message text end, as one bit for each octet,
 * and whether there is anything odd in it.
 *
 * Sixty-four octets at a time: most of a capture is message text, and this is the
 * only look at all of it.
 */
#ifndef SMTPSCOPE_SMTP_TEXTMAP_H
#define SMTPSCOPE_SMTP_TEXTMAP_H

#include "base/slice.h"

enum { TEXTMAP_MAX = 4096, TEXTMAP_WORD = 64 };

struct textmap {
	size_t n;                                /* octets that were looked at */
	uint64_t lf[TEXTMAP_MAX / TEXTMAP_WORD]; /* bit i % 64 of word i / 64: octet i is LF */
};

/*
 * Maps the first TEXTMAP_MAX octets, or all.  True: they are plain, that is every CR is
 * followed by LF, every LF preceded by CR, and no octet is 8-bit, NUL or another control
 * than HT.  A LF at the start or a CR at the end makes them not plain.
 */
bool textmap_plain(struct textmap *, struct slice);

/* The first LF at or behind octet `at'; n: there is none. */
static inline size_t
textmap_lf(const struct textmap *m, size_t at)
{
	size_t word = at / TEXTMAP_WORD, words = (m->n + TEXTMAP_WORD - 1) / TEXTMAP_WORD;
	uint64_t w;

	if (at >= m->n)
		return m->n;
	w = m->lf[word] >> (at % TEXTMAP_WORD);
	if (w)
		return at + (size_t)__builtin_ctzll(w);
	while (++word < words)
		if (m->lf[word])
			return word * TEXTMAP_WORD + (size_t)__builtin_ctzll(m->lf[word]);
	return m->n;
}

/* For the tests: the same with older instructions, and without those of one processor. */
bool textmap_plain_sse2(struct textmap *, struct slice);
bool textmap_plain_portable(struct textmap *, struct slice);

#endif
