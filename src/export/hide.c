/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hide - starts with zeros and copies what is known: headers as hide_header.c makes
 * them, and the payload as planned.  So padding and trailers, and what no layer
 * reads, is gone.
 *
 * Checksums are corrected by the difference of the sums (RFC 1624): what was
 * wrong stays wrong by as much.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "decode/checksum.h"
#include "decode/layout.h"
#include "export/hide.h"
#include "export/hide_header.h"

enum {
	FRAME_MAX = 262144,
	DATAGRAM_MAX = 65536,
	IP4_CHECKSUM = 10,
	UDP_CHECKSUM = 6,
	GRE_CHECKSUM = 4,
	TCP_CHECKSUM = 16
};

struct hide {
	struct aliases *aliases;
	struct layout_reader *reader;
	struct layout layout;
	uint8_t *octets;   /* FRAME_MAX */
	uint8_t *datagram; /* DATAGRAM_MAX */
};

struct hide *
hide_new(struct budget *budget, struct aliases *aliases)
{
	struct hide *h = xcalloc(1, sizeof *h);

	h->aliases = aliases;
	h->reader = layout_new(budget);
	h->octets = xmalloc(FRAME_MAX);
	h->datagram = xmalloc(DATAGRAM_MAX);
	return h;
}

void
hide_free(struct hide *h)
{
	if (!h)
		return;
	layout_free(h->reader);
	free(h->octets);
	free(h->datagram);
	free(h);
}

/* -- checksums --------------------------------------------------------------------------- */

struct sums {
	uint64_t before, after;
};

/* Corrects the field by what the sums differ. */
static void
correct(uint8_t *field, struct sums s, bool never_zero)
{
	uint16_t ck;
	uint64_t sum;

	memcpy(&ck, field, 2);
	sum = (uint64_t)ck + checksum_fold(s.before) + (UINT16_MAX - checksum_fold(s.after));
	ck = checksum_fold(sum);
	if (ck == 0 && never_zero)
		ck = UINT16_MAX;
	memcpy(field, &ck, 2);
}

static void
sums_add(struct sums *s, const uint8_t *before, const uint8_t *after, size_t n)
{
	s->before = checksum_add(s->before, slice_of(before, n));
	s->after = checksum_add(s->after, slice_of(after, n));
}

/* Where octets were and where they are to be: of a frame, or of a datagram. */
struct area {
	const uint8_t *in;
	uint8_t *out;
};

/* The addresses of the IP header that holds part i, as its pseudo-header has them. */
static void
sums_addresses(
    struct sums *s, const struct layout *l, size_t i, struct area frame, struct area here)
{
	size_t at;

	while (i > 0 && l->part[i].kind != LAYOUT_IP4 && l->part[i].kind != LAYOUT_IP6)
		i--;
	at = l->part[i].off;
	if (i < l->outer)
		here = frame;
	if (l->part[i].kind == LAYOUT_IP4)
		sums_add(s, here.in + at + IP4_ADDRESSES, here.out + at + IP4_ADDRESSES, 8);
	else if (l->part[i].kind == LAYOUT_IP6)
		sums_add(s, here.in + at + IP6_ADDRESSES, here.out + at + IP6_ADDRESSES, 32);
}

/* TCP: the last destination may be in a routing header. */
static void
sums_endpoints(struct sums *s, struct aliases *a, const struct segment *seg)
{
	struct ipaddr src = seg->src.addr, dst = seg->dst.addr;

	alias_ip(a, &src);
	alias_ip(a, &dst);
	sums_add(s, seg->src.addr.b, src.b, 16);
	sums_add(s, seg->dst.addr.b, dst.b, 16);
}

/* From the innermost header outwards, as the outer sums hold the inner ones. */
static void
correct_all(struct hide *h, const struct segment *seg, struct area frame, struct area datagram)
{
	const struct layout *l = &h->layout;
	const struct layout_part *part;
	struct area here;
	struct sums s;
	uint8_t *out;
	size_t i;

	for (i = l->n; i-- > 0;) {
		part = &l->part[i];
		here = i < l->outer ? frame : datagram;
		out = here.out + part->off;
		s = (struct sums){ 0, 0 };
		sums_add(&s, here.in + part->off, out,
		    part->kind == LAYOUT_IP4 ? part->len : part->end - part->off);
		if (part->kind == LAYOUT_IP4 && part->len >= IP4_HEADER) {
			correct(out + IP4_CHECKSUM, s, false);
		} else if (part->kind == LAYOUT_TCP && part->len >= TCP_HEADER) {
			sums_endpoints(&s, h->aliases, seg);
			correct(out + TCP_CHECKSUM, s, false);
		} else if (part->kind == LAYOUT_UDP && part->len >= 8 &&
		    (out[UDP_CHECKSUM] | out[UDP_CHECKSUM + 1])) {
			sums_addresses(&s, l, i, frame, here);
			correct(out + UDP_CHECKSUM, s, true);
		} else if (part->kind == LAYOUT_GRE && part->len >= 8 && out[0] & 0x80) {
			correct(out + GRE_CHECKSUM, s, false);
		}
	}
}

/* -- frames ------------------------------------------------------------------------------ */

static void
copy_headers(struct hide *h, struct area frame, struct area datagram)
{
	const struct layout *l = &h->layout;
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct layout_part *part = &l->part[i];
		struct area here = i < l->outer ? frame : datagram;

		memcpy(here.out + part->off, here.in + part->off, part->len);
		hide_header(h->aliases, part, here.out + part->off);
	}
}

/* Where in the frame its fragment is, and where that belongs. */
static void
find_fragment(const struct layout *l, const uint8_t *in, struct hidden *out)
{
	const struct layout_part *part = &l->part[l->outer - 1];
	const uint8_t *p = in + part->off;

	out->fragment = true;
	out->at = part->off + part->len;
	out->n = part->end > out->at ? part->end - out->at : 0;
	out->off = part->kind == LAYOUT_IP4 ? ((size_t)(p[6] & 31) << 8 | p[7]) * 8 :
	                                      ((size_t)p[2] << 8 | p[3]) & 0xfff8;
}

struct hidden
hide_frame(struct hide *h, struct packet *pkt, struct plan *plan)
{
	struct layout *l = &h->layout;
	struct area frame = { pkt->data.p, h->octets }, datagram = { NULL, h->datagram };
	struct hidden result = { .bare = false };
	struct segment seg;

	if (pkt->data.n > FRAME_MAX)
		pkt->data.n = FRAME_MAX;
	layout_read(h->reader, pkt, &seg, l);
	datagram.in = l->datagram.p;
	memset(h->octets, 0, pkt->data.n);
	memset(h->datagram, 0, l->datagram.n);
	copy_headers(h, frame, datagram);
	if (l->fragment && l->outer > 0)
		find_fragment(l, pkt->data.p, &result);
	result.bare = l->nested || l->n == LAYOUT_PARTS ||
	    (l->status != DECODE_SEGMENT && !(l->fragment && l->status == DECODE_FRAGMENT));
	if (l->status == DECODE_SEGMENT && !result.bare && seg.payload.n) {
		struct area here = l->datagram.n ? datagram : frame;
		uint8_t *payload = here.out + (seg.payload.p - here.in);

		memcpy(payload, seg.payload.p, seg.payload.n);
		plan_apply(plan, &seg, payload, seg.payload.n);
	}
	correct_all(h, &seg, frame, datagram);
	if (l->datagram.n && !result.bare)
		result.whole = slice_of(h->datagram, l->datagram.n);
	pkt->data.p = h->octets;
	return result;
}
