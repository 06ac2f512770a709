/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * repeat - retransmissions compared by the Internet checksum of their octets.
 *
 * Different sums are different octets.  Equal sums are taken for equal octets: a
 * sum that happens to fit hides a difference, which is the price of keeping two
 * octets of a segment instead of all.
 *
 * Sums add up over neighbours, so what is compared need not have the same
 * boundaries: a segment with the run of older ones that makes up the same
 * octets, and a run of repeats with the one older segment that they repeat
 * piece by piece.  Any other overlap leaves open which octets a sum stands for;
 * recent.c judges those.
 *
 * A copy with a bad TCP checksum says nothing beside a good one: it was damaged
 * on the way.  Where all are bad the sending host left the sums to its card, and
 * they compare like good ones.
 *
 * The search goes over the last REPEAT_LOOKBACK records, at most once for
 * every part, and only for retransmissions.
 */
#include "decode/decode.h"
#include "stream/repeat.h"

/* The records of one direction and quality that stand for octets. */
struct copies {
	const struct ledger_seg *first, *end;
	uint8_t dir;
	bool bad;
};

static bool
is_bad(const struct ledger_seg *g)
{
	return g->issues & ISSUE_TCP_CHECKSUM;
}

/* The octet of a keep-alive is garbage as often as not (RFC 1122 4.2.3.6). */
static bool
is_copy(const struct ledger_seg *p, uint8_t dir)
{
	return p->sum != 0 && p->dir == dir && p->count == 1 && p->kind != KIND_EMPTY &&
	    p->kind != KIND_KEEPALIVE;
}

static int64_t
end_of(const struct ledger_seg *g)
{
	return g->off + g->len;
}

/* One's complement, RFC 1071 2; 65535 stands for 0. */
static uint16_t
sum_add(uint16_t a, uint16_t b)
{
	uint32_t sum = (uint32_t)a + b;

	return (uint16_t)((sum & UINT16_MAX) + (sum >> 16));
}

/* The sum of octets that begin `off' octets behind others (RFC 1071 2B: odd ones swap). */
static uint16_t
sum_behind(uint16_t sum, int64_t off)
{
	return off & 1 ? __builtin_bswap16(sum) : sum;
}

/* The first copy that begins at `off' and ends at `upto' or before, or NULL. */
static const struct ledger_seg *
copy_at(const struct copies *c, int64_t off, int64_t upto)
{
	const struct ledger_seg *p;

	for (p = c->first; p < c->end; p++)
		if (p->off == off && is_copy(p, c->dir) && is_bad(p) == c->bad && end_of(p) <= upto)
			return p;
	return NULL;
}

/* The first copy that ends at `end' and begins below `off', or NULL. */
static const struct ledger_seg *
copy_around(const struct copies *c, int64_t off, int64_t end)
{
	const struct ledger_seg *p;

	for (p = c->first; p < c->end; p++)
		if (p->off < off && end_of(p) == end && is_copy(p, c->dir) && is_bad(p) == c->bad)
			return p;
	return NULL;
}

/* The sum of off .. upto - 1 from whole copies, or 0 if they do not make it up. */
static uint16_t
sum_of_run(const struct copies *c, int64_t off, int64_t upto)
{
	int64_t at = off;
	uint16_t sum = 0;
	unsigned parts;

	for (parts = 0; at < upto && parts < REPEAT_PARTS; parts++) {
		const struct ledger_seg *p = copy_at(c, at, upto);

		if (!p)
			return 0;
		sum = sum_add(sum, sum_behind(p->sum, at - off));
		at = end_of(p);
	}
	return at == upto ? sum : 0;
}

/* Has a good copy of any octet of `g' been seen? */
static bool
good_copy_beside(const struct copies *c, const struct ledger_seg *g)
{
	const struct ledger_seg *p;

	for (p = c->first; p < c->end; p++)
		if (is_copy(p, c->dir) && !is_bad(p) && p->off < end_of(g) && end_of(p) > g->off)
			return true;
	return false;
}

/* The same octets in one earlier copy. */
static const struct ledger_seg *
same_copy(const struct copies *c, const struct ledger_seg *g)
{
	const struct ledger_seg *p;

	for (p = c->first; p < c->end; p++)
		if (p->off == g->off && p->len == g->len && is_copy(p, c->dir) &&
		    is_bad(p) == c->bad)
			return p;
	return NULL;
}

static enum repeat_verdict
verdict(bool differs)
{
	return differs ? REPEAT_DIFFERS : REPEAT_SAME;
}

enum repeat_verdict
repeat_judge(const struct ledger *l, const struct ledger_seg *g)
{
	size_t skip = l->n > REPEAT_LOOKBACK ? l->n - REPEAT_LOOKBACK : 0;
	struct copies c = { l->seg + skip, l->seg + l->n, g->dir, is_bad(g) };
	const struct ledger_seg *p;
	uint16_t sum;

	if (l->n == 0 || !is_copy(g, g->dir) || (c.bad && good_copy_beside(&c, g)))
		return REPEAT_SAME;
	p = same_copy(&c, g);
	if (p)
		return verdict(p->sum != g->sum);
	sum = sum_of_run(&c, g->off, end_of(g));
	if (sum)
		return verdict(sum != g->sum);
	/* The last piece of an older segment that is repeated in pieces? */
	p = copy_around(&c, g->off, end_of(g));
	if (!p)
		return REPEAT_UNKNOWN;
	c.first = p + 1;
	sum = sum_of_run(&c, p->off, g->off);
	if (!sum)
		return REPEAT_UNKNOWN;
	return verdict(sum_add(sum, sum_behind(g->sum, g->off - p->off)) != p->sum);
}
