/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ip6 - the IPv6 header and its extension headers (RFC 8200 3, 4), and AH.
 *
 * Extension headers are walked one by one, at most IP6_EXT_MAX of them.  A
 * payload length of 0 is a jumbogram (RFC 2675) or segmentation offload: the
 * length of the frame counts.  With a routing header that is not used up, the
 * destination is the last one on the way (RFC 8200 8.1), so that a connection
 * keeps its addresses and its checksum along the route.
 */
#include "decode/layer.h"

enum {
	IP6_HEADER = 40,
	IP6_MAX = 65535,
	IP6_EXT_MAX = 16,
	IP6_NO_NEXT = 59,
	ROUTE_SOURCE = 0,  /* RFC 5095 */
	ROUTE_MOBILE = 2,  /* RFC 6275 6.4 */
	ROUTE_SEGMENT = 4, /* RFC 8754 2 */
	ROUTE_FIXED = 8    /* octets before the first address */
};

enum decode_status
layer_ip6(struct descent *d)
{
	struct segment *s = d->seg;
	struct cursor h = layer_header(d, IP6_HEADER);
	uint32_t first;
	uint16_t len;
	uint8_t next;

	if (!cur_ok(&h))
		return layer_short(d);
	first = cur_be32(&h);
	len = cur_be16(&h);
	next = cur_u8(&h);
	s->ttl = cur_u8(&h);
	if (first >> 28 != 6)
		return DECODE_MALFORMED;
	s->src.addr.family = s->dst.addr.family = 6;
	memcpy(s->src.addr.b, cur_take(&h, 16).p, 16);
	memcpy(s->dst.addr.b, cur_take(&h, 16).p, 16);
	s->ip_id = 0;
	d->ext = 0;
	d->no_length = false;
	if (len)
		layer_bound(d, len);
	else if (next != IP6_NO_NEXT && layer_offload_length(d) == DECODE_MALFORMED)
		return DECODE_MALFORMED;
	return layer_by_protocol(d, next);
}

/* On to the next header, unless there were too many. */
static enum decode_status
extension_next(struct descent *d, uint8_t next)
{
	if (++d->ext > IP6_EXT_MAX) {
		d->stats->depth_exceeded++;
		return DECODE_NOT_TCP;
	}
	return layer_by_protocol(d, next);
}

/* Any extension header that begins with next header and length in 8 octets. */
enum decode_status
layer_ip6_options(struct descent *d)
{
	struct cursor h = layer_header(d, 2);
	uint8_t next = cur_u8(&h), len = cur_u8(&h);

	if (!cur_ok(&h) || !layer_skip(d, len * 8u + 6))
		return layer_short(d);
	return extension_next(d, next);
}

/* The final destination in a routing header's address list; {NULL, 0}: none. */
static struct slice
route_end(struct slice list, uint8_t type, uint8_t last)
{
	size_t n = list.n / 16;

	if (n == 0)
		return (struct slice){ NULL, 0 };
	switch (type) {
	case ROUTE_SOURCE:
	case ROUTE_MOBILE:
		return slice_of(list.p + (n - 1) * 16, 16);
	case ROUTE_SEGMENT: /* listed backwards, options may follow */
		return last < n ? slice_of(list.p, 16) : (struct slice){ NULL, 0 };
	default:
		return (struct slice){ NULL, 0 };
	}
}

enum decode_status
layer_ip6_routing(struct descent *d)
{
	struct cursor h = layer_header(d, ROUTE_FIXED);
	uint8_t next = cur_u8(&h), len = cur_u8(&h), type = cur_u8(&h), left = cur_u8(&h);
	uint8_t last = cur_u8(&h);
	struct slice end;

	if (!cur_ok(&h))
		return layer_short(d);
	h = layer_header(d, len * 8u);
	if (!cur_ok(&h))
		return layer_short(d);
	end = route_end(cur_take(&h, cur_left(&h)), type, last);
	if (left > 0 && end.n)
		memcpy(d->seg->dst.addr.b, end.p, 16);
	return extension_next(d, next);
}

enum decode_status
layer_ip6_fragment(struct descent *d)
{
	struct cursor h = layer_header(d, 8);
	uint8_t next = cur_u8(&h);
	struct ip_fragment frag = { .max = IP6_MAX, .protocol = next };
	uint16_t off;

	cur_u8(&h);
	off = cur_be16(&h);
	frag.id = cur_be32(&h);
	if (!cur_ok(&h))
		return layer_short(d);
	if (++d->ext > IP6_EXT_MAX) {
		d->stats->depth_exceeded++;
		return DECODE_NOT_TCP;
	}
	frag.off = off & 0xfff8;
	frag.more = off & 1;
	if (frag.off == 0 && !frag.more) /* atomic, RFC 6946 */
		return layer_by_protocol(d, next);
	return layer_fragment(d, &frag);
}

/* RFC 4302 2.2: the length counts 4 octets, less two. */
enum decode_status
layer_ah(struct descent *d)
{
	struct cursor h = layer_header(d, 12);
	uint8_t next = cur_u8(&h), len = cur_u8(&h);

	if (!cur_ok(&h))
		return layer_short(d);
	if (len < 1)
		return DECODE_MALFORMED;
	if (!layer_skip(d, (len - 1) * 4u))
		return layer_short(d);
	return extension_next(d, next);
}
