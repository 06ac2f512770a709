/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pattern - what "~" and words alone look for in texts.
 *
 * Letters of either case are the same.  "*" stands for any octets, "^" in front for
 * the beginning of the text, "$" behind for its end; a backslash takes the meaning
 * from the octet behind it.  Nothing nests and nothing is tried twice: the leftmost
 * place of each piece is the right one, so that the time is at most the length of
 * the text times that of the longest piece.  That is why these are no regular
 * expressions: the texts come from strangers.
 */
#include "base/mem.h"
#include "filter/expr.h"

static void
grow_octets(struct expr *e)
{
	e->capoctets = e->capoctets ? e->capoctets * 2 : 64;
	e->octets = xreallocarray(e->octets, e->capoctets, 1);
}

static void
add_octet(struct expr *e, uint8_t c)
{
	if (e->noctets == e->capoctets)
		grow_octets(e);
	e->octets[e->noctets++] = (uint8_t)ascii_lower(c);
}

static struct piece *
add_piece(struct expr *e, struct pattern *p)
{
	if (e->npieces == e->cappieces) {
		e->cappieces = e->cappieces ? e->cappieces * 2 : 8;
		e->piece = xreallocarray(e->piece, e->cappieces, sizeof *e->piece);
	}
	/* A piece without octets points there, too. */
	if (!e->octets)
		grow_octets(e);
	e->piece[e->npieces] = (struct piece){ (uint32_t)e->noctets, 0, 0 };
	p->n++;
	return &e->piece[e->npieces++];
}

static bool
is_letter(uint8_t c)
{
	return c >= 'a' && c <= 'z';
}

/* How seldom an octet is in replies, mailboxes and ids: its place among those that are not. */
static size_t
rarity(uint8_t c)
{
	static const char common[] = "0123456789e.abcdosmxi-trl@nfpghu kqyw<>b:vz=j";
	const char *at = c ? strchr(common, c) : NULL;

	return at ? (size_t)(at - common) : sizeof common;
}

static void
choose_pivots(struct expr *e, const struct pattern *p)
{
	const uint8_t *lower;
	struct piece *piece;
	size_t i;
	uint32_t k;

	for (i = 0; i < p->n; i++) {
		piece = &e->piece[p->first + i];
		lower = e->octets + piece->from;
		for (k = 1; k < piece->n; k++)
			if (rarity(lower[k]) > rarity(lower[piece->pivot]))
				piece->pivot = k;
	}
}

void
pattern_make(struct expr *e, struct pattern *p, struct slice word, bool whole)
{
	struct piece *piece;
	size_t i = 0;

	*p = (struct pattern){ .first = (uint32_t)e->npieces, .at_start = whole, .at_end = whole };
	piece = add_piece(e, p);
	if (!whole && word.n && word.p[0] == '^') {
		p->at_start = true;
		i++;
	}
	for (; i < word.n; i++) {
		if (!whole && word.p[i] == '*') {
			piece = add_piece(e, p);
			continue;
		}
		if (!whole && word.p[i] == '$' && i + 1 == word.n) {
			p->at_end = true;
			continue;
		}
		if (word.p[i] == '\\' && i + 1 < word.n)
			i++;
		add_octet(e, word.p[i]);
		piece->n++;
	}
	choose_pivots(e, p);
}

void
pattern_word(struct expr *e, struct pattern *p, struct slice word)
{
	struct piece *piece;
	size_t i;

	*p = (struct pattern){ .first = (uint32_t)e->npieces };
	piece = add_piece(e, p);
	for (i = 0; i < word.n; i++)
		add_octet(e, word.p[i]);
	piece->n = (uint32_t)word.n;
	choose_pivots(e, p);
}

static inline bool
fits(const uint8_t *text, const uint8_t *lower, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (ascii_lower(text[i]) != lower[i])
			return false;
	return true;
}

/* At the end of a text it mostly is, and mostly in small letters. */
static bool
ends(struct slice text, const uint8_t *lower, size_t n)
{
	const uint8_t *end = text.p + text.n - n;

	return (n > 0 && memcmp(end, lower, n) == 0) || fits(end, lower, n);
}

/* The next place of an octet in [p, end), or `end'. */
static const uint8_t *
next_octet(const uint8_t *p, const uint8_t *end, int c)
{
	const uint8_t *at = p < end ? memchr(p, c, (size_t)(end - p)) : NULL;

	return at ? at : end;
}

void
finder_init(struct finder *f, const struct expr *e, const struct piece *piece, struct slice text)
{
	*f = (struct finder){ text, piece, e->octets + piece->from, NULL, NULL };
}

/* Goes from pivot to pivot; a letter has two forms, of which each is looked for anew only when it
 * is passed. */
size_t
finder_next(struct finder *f, size_t at)
{
	const struct piece *piece = f->piece;
	const uint8_t *p, *end = f->text.p + f->text.n - (piece->n - piece->pivot) + 1;
	int c;

	if (piece->n == 0)
		return at;
	if (f->text.n - at < piece->n)
		return SIZE_MAX;
	c = f->lower[piece->pivot];
	for (p = f->text.p + at + piece->pivot;; p++) {
		if (!f->small || f->small < p)
			f->small = next_octet(p, end, c);
		if (!f->large || f->large < p)
			f->large =
			    is_letter((uint8_t)c) ? next_octet(p, end, c - ('a' - 'A')) : end;
		p = f->small < f->large ? f->small : f->large;
		if (p == end)
			return SIZE_MAX;
		if (fits(p - piece->pivot, f->lower, piece->n))
			return (size_t)(p - piece->pivot - f->text.p);
	}
}

static size_t
find(const struct expr *e, const struct piece *piece, struct slice text, size_t at)
{
	struct finder f;

	finder_init(&f, e, piece, text);
	return finder_next(&f, at);
}

bool
pattern_match(const struct expr *e, const struct pattern *p, struct slice text)
{
	const struct piece *piece = e->piece + p->first;
	const uint8_t *lower;
	size_t at = 0, i;

	if (!text.n)
		text = slice_str("");
	for (i = 0; i < p->n; i++) {
		lower = e->octets + piece[i].from;
		if (piece[i].n > text.n - at)
			return false;
		/* The last piece at the end of the text, the first one at its beginning. */
		if (i + 1 == p->n && p->at_end) {
			if (i == 0 && p->at_start && piece[i].n != text.n)
				return false;
			return ends(text, lower, piece[i].n);
		}
		if (i == 0 && p->at_start)
			at = fits(text.p, lower, piece[i].n) ? 0 : SIZE_MAX;
		else
			at = find(e, &piece[i], text, at);
		if (at == SIZE_MAX)
			return false;
		at += piece[i].n;
	}
	return true;
}
