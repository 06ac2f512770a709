/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reopen_rows - a hash table of rows by their two endpoints, whichever of them sends.
 * Owns the table only.
 */
#include <pcap/dlt.h>
#include <stdlib.h>
#include <xxhash.h>

#include "base/mem.h"
#include "reopen_rows.h"

struct row_set {
	const struct session_row *const *row;
	size_t n, nbuckets;
	size_t *bucket, *next; /* index of a row plus 1; 0: none */
	struct session_row range;
};

static bool
same_endpoint(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && a->addr.family == b->addr.family &&
	    memcmp(a->addr.b, b->addr.b, sizeof a->addr.b) == 0;
}

bool
row_has(const struct session_row *row, const struct segment *seg)
{
	uint64_t frame = seg->pkt->frame;

	if (frame < row->first_frame || frame > row->last_frame)
		return false;
	if (same_endpoint(&seg->src, &row->ep[0]))
		return same_endpoint(&seg->dst, &row->ep[1]);
	return same_endpoint(&seg->src, &row->ep[1]) && same_endpoint(&seg->dst, &row->ep[0]);
}

/*
 * An IPv4 packet in Ethernet that is a whole one, no fragment, and carries TCP: its addresses
 * are those of the segment.  With fewer octets than two headers it is left to the decoder.
 */
bool
row_never_has(const struct session_row *row, const struct packet *pkt)
{
	enum { ETHER = 14, HEADERS = ETHER + 20, FRAGMENT = 0x3fff };
	const struct ipaddr *a = &row->ep[0].addr, *b = &row->ep[1].addr;
	struct cursor c = cur_from(pkt->data);
	const uint8_t *addr;

	if (pkt->dlt != DLT_EN10MB || pkt->data.n < HEADERS || a->family != 4)
		return false;
	cur_take(&c, 12);
	if (cur_be16(&c) != 0x0800 || cur_u8(&c) >> 4 != 4)
		return false;
	cur_take(&c, 5);
	if (cur_be16(&c) & FRAGMENT)
		return false;
	cur_u8(&c);
	if (cur_u8(&c) != 6)
		return false;
	cur_be16(&c);
	addr = cur_take(&c, 8).p;
	return !(memcmp(addr, a->b, 4) == 0 && memcmp(addr + 4, b->b, 4) == 0) &&
	    !(memcmp(addr, b->b, 4) == 0 && memcmp(addr + 4, a->b, 4) == 0);
}

static uint64_t
hash_endpoint(const struct endpoint *e)
{
	return XXH3_64bits_withSeed(e->addr.b, sizeof e->addr.b, e->port);
}

/* The same for both directions. */
static size_t
place(const struct row_set *s, const struct endpoint *a, const struct endpoint *b)
{
	return (hash_endpoint(a) + hash_endpoint(b)) & (s->nbuckets - 1);
}

/* Reading begins at the earliest frame, which may be a fragment of the first of a row. */
static void
widen(struct session_row *range, const struct session_row *row)
{
	if (row->first_frame - row->lead < range->first_frame - range->lead) {
		range->first_frame = row->first_frame;
		range->first_ts = row->first_ts;
		range->lead = row->lead;
		range->position = row->position;
	}
	if (row->last_frame > range->last_frame) {
		range->last_frame = row->last_frame;
		range->last_ts = row->last_ts;
	}
}

struct row_set *
row_set_new(const struct session_row *const *row, size_t n)
{
	struct row_set *s = xcalloc(1, sizeof *s);
	size_t i, at;

	s->row = row;
	s->n = n;
	for (s->nbuckets = 16; s->nbuckets < n;)
		s->nbuckets *= 2;
	s->bucket = xcalloc(s->nbuckets, sizeof *s->bucket);
	s->next = xcalloc(n + 1, sizeof *s->next);
	s->range.first_frame = UINT64_MAX;
	for (i = 0; i < n; i++) {
		at = place(s, &row[i]->ep[0], &row[i]->ep[1]);
		s->next[i] = s->bucket[at];
		s->bucket[at] = i + 1;
		widen(&s->range, row[i]);
	}
	return s;
}

void
row_set_free(struct row_set *s)
{
	if (!s)
		return;
	free(s->bucket);
	free(s->next);
	free(s);
}

bool
row_set_has(const struct row_set *s, const struct segment *seg)
{
	size_t i = s->bucket[place(s, &seg->src, &seg->dst)];

	while (i && !row_has(s->row[i - 1], seg))
		i = s->next[i - 1];
	return i != 0;
}

const struct session_row *
row_set_range(const struct row_set *s)
{
	return &s->range;
}
