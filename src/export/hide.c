/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hide - starts with zeros and copies what is known: headers field by field where
 * they name somebody, else as they are, and the payload as planned.  So padding
 * and trailers, and what no layer reads, is gone.
 *
 * Checksums are corrected by the difference of the sums (RFC 1624): what was
 * wrong stays wrong by as much.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "decode/checksum.h"
#include "decode/layout.h"
#include "export/hide.h"

enum {
	FRAME_MAX = 262144,
	DATAGRAM_MAX = 65536,
	MAC = 6,
	SLL_LENGTH = 4,
	SLL_ADDRESS = 6,
	SLL2_LENGTH = 10, /* in 16 bits with the octet before it */
	SLL2_ADDRESS = 12,
	NFLOG_HEAD = 4,
	NFLOG_PAYLOAD = 9,
	PKTAP_KNOWN = 12,
	IP4_HEADER = 20,
	IP4_CHECKSUM = 10,
	IP4_ADDRESSES = 12,
	IP6_HEADER = 40,
	IP6_ADDRESSES = 8,
	ROUTE_ADDRESSES = 8,
	ROUTE_SEGMENT = 4,
	UDP_CHECKSUM = 6,
	GRE_CHECKSUM = 4,
	TCP_HEADER = 20,
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

/* -- headers: `p' is a copy of one, `n' octets long --------------------------------------- */

static void
hide_macs(struct aliases *a, uint8_t *p, size_t n, size_t first, unsigned count)
{
	for (; count > 0 && first + MAC <= n; count--, first += MAC)
		alias_mac(a, p + first);
}

/* Linux cooked: eight octets, of which as many are used as the length says. */
static void
hide_cooked(struct aliases *a, uint8_t *p, size_t n, size_t length, size_t address)
{
	if (n < address + 8)
		return;
	if (p[length + 1] == MAC)
		alias_mac(a, p + address);
	else
		memset(p + address, 0, MAC);
	memset(p + address + MAC, 0, 2);
}

/* Type, length, value in the order of the host; only the heads are kept. */
static void
hide_nflog(uint8_t *p, size_t n)
{
	size_t at = NFLOG_HEAD, len, type;

	while (at + 4 <= n) {
		len = (size_t)p[at] | (size_t)p[at + 1] << 8;
		type = (size_t)p[at + 2] | (size_t)p[at + 3] << 8;
		if (type > UINT8_MAX) {
			len = (size_t)p[at] << 8 | p[at + 1];
			type >>= 8;
		}
		if (len < 4 || type == NFLOG_PAYLOAD)
			return;
		len = (len + 3) & ~(size_t)3;
		memset(p + at + 4, 0, (len < n - at ? len : n - at) - 4);
		at += len;
	}
}

static void
hide_wifi(struct aliases *a, uint8_t *p, size_t n)
{
	hide_macs(a, p, n, 4, 3);
	if (n >= 30 && (p[1] & 3) == 3) /* to and from the distribution system */
		hide_macs(a, p, n, 24, 1);
}

static void
hide_address(struct aliases *a, uint8_t *p, uint8_t family)
{
	struct ipaddr addr = { .family = family };

	memcpy(addr.b, p, family == 4 ? 4 : 16);
	alias_ip(a, &addr);
	memcpy(p, addr.b, family == 4 ? 4 : 16);
}

static void
hide_ip4(struct aliases *a, uint8_t *p, size_t n)
{
	hide_address(a, p + IP4_ADDRESSES, 4);
	hide_address(a, p + IP4_ADDRESSES + 4, 4);
	memset(p + IP4_HEADER, 1, n - IP4_HEADER); /* options: there may be addresses */
}

static void
hide_ip6(struct aliases *a, uint8_t *p, size_t n)
{
	(void)n;
	hide_address(a, p + IP6_ADDRESSES, 6);
	hide_address(a, p + IP6_ADDRESSES + 16, 6);
}

static void
hide_route(struct aliases *a, uint8_t *p, size_t n)
{
	size_t at = ROUTE_ADDRESSES, left = (n - at) / 16;

	if (p[2] == ROUTE_SEGMENT && left > p[4] + 1u)
		left = p[4] + 1u;
	for (; left > 0; left--, at += 16)
		hide_address(a, p + at, 6);
	memset(p + at, 0, n - at);
}

/* Options that are not read here may hold anything. */
static void
hide_tcp_options(uint8_t *p, size_t n)
{
	static const bool known[] = {
		[0] = true, [1] = true, [2] = true, [3] = true, [4] = true, [5] = true, [8] = true
	};
	size_t at = TCP_HEADER, len;

	while (at + 1 < n && p[at] != 0) {
		if (p[at] == 1) {
			at++;
			continue;
		}
		len = p[at + 1];
		if (len < 2 || len > n - at)
			return;
		if (p[at] >= sizeof known || !known[p[at]])
			memset(p + at + 2, 0, len - 2);
		at += len;
	}
}

static void
hide_header(struct aliases *a, const struct layout_part *part, uint8_t *p)
{
	static const size_t least[] = { [LAYOUT_IP4] = IP4_HEADER,
		[LAYOUT_IP6] = IP6_HEADER,
		[LAYOUT_IP6_OPTIONS] = 2,
		[LAYOUT_IP6_ROUTING] = ROUTE_ADDRESSES,
		[LAYOUT_TCP] = TCP_HEADER };
	size_t n = part->len;

	if (n < least[part->kind]) { /* cut */
		memset(p, 0, n);
		return;
	}
	switch (part->kind) {
	case LAYOUT_ETHERNET:
		hide_macs(a, p, n, 0, 2);
		break;
	case LAYOUT_SLL:
		hide_cooked(a, p, n, SLL_LENGTH, SLL_ADDRESS);
		break;
	case LAYOUT_SLL2:
		hide_cooked(a, p, n, SLL2_LENGTH, SLL2_ADDRESS);
		break;
	case LAYOUT_NFLOG:
		hide_nflog(p, n);
		break;
	case LAYOUT_PKTAP:
		if (n > PKTAP_KNOWN)
			memset(p + PKTAP_KNOWN, 0, n - PKTAP_KNOWN);
		break;
	case LAYOUT_WIFI:
		hide_wifi(a, p, n);
		break;
	case LAYOUT_IP4:
		hide_ip4(a, p, n);
		break;
	case LAYOUT_IP6:
		hide_ip6(a, p, n);
		break;
	case LAYOUT_IP6_OPTIONS:
		memset(p + 2, 0, n - 2);
		break;
	case LAYOUT_IP6_ROUTING:
		hide_route(a, p, n);
		break;
	case LAYOUT_TCP:
		hide_tcp_options(p, n);
		break;
	case LAYOUT_GRE:
	case LAYOUT_IP6_FRAGMENT:
	case LAYOUT_UDP:
	case LAYOUT_OTHER:
		break;
	}
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
