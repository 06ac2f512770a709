/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ip4 - the IPv4 header (RFC 791 3.1).
 *
 * The total length ends the datagram: what the link put behind it is padding.
 * Options are skipped.  A wrong header checksum is an issue, not a reason to
 * drop: sending hosts that offload it show it all the time.
 */
#include "decode/checksum.h"
#include "decode/layer.h"

enum { IP4_HEADER = 20, IP4_MAX = 65535, IP4_MORE = 0x2000, IP4_OFFSET = 0x1fff };

struct ip4_header {
	size_t len; /* with options */
	uint16_t total, id, frag;
	uint8_t version, ttl, protocol;
};

static bool
read_header(struct descent *d, struct ip4_header *h)
{
	struct segment *s = d->seg;
	struct cursor c = layer_header(d, IP4_HEADER);
	uint8_t first;

	if (!cur_ok(&c))
		return false;
	first = cur_u8(&c);
	cur_u8(&c); /* differentiated services */
	h->version = first >> 4;
	h->len = (first & 15) * 4u;
	h->total = cur_be16(&c);
	h->id = cur_be16(&c);
	h->frag = cur_be16(&c);
	h->ttl = cur_u8(&c);
	h->protocol = cur_u8(&c);
	cur_be16(&c); /* checksum */
	s->src.addr = (struct ipaddr){ .family = 4 };
	s->dst.addr = (struct ipaddr){ .family = 4 };
	memcpy(s->src.addr.b, cur_take(&c, 4).p, 4);
	memcpy(s->dst.addr.b, cur_take(&c, 4).p, 4);
	s->ttl = h->ttl;
	s->ip_id = h->id;
	return true;
}

static enum decode_status
fragment(struct descent *d, const struct ip4_header *h)
{
	struct ip_fragment frag = {
		.id = h->id,
		.off = (h->frag & IP4_OFFSET) * 8u,
		.max = (uint32_t)(IP4_MAX - h->len),
		.more = h->frag & IP4_MORE,
		.key = h->protocol,
		.protocol = h->protocol,
	};

	return layer_fragment(d, &frag);
}

enum decode_status
layer_ip4(struct descent *d)
{
	struct cursor start = d->body;
	struct ip4_header h;

	if (!read_header(d, &h))
		return layer_short(d);
	if (h.version != 4 || h.len < IP4_HEADER || (h.total && h.total < h.len))
		return DECODE_MALFORMED;
	if (!layer_skip(d, h.len - IP4_HEADER))
		return layer_short(d);
	if (!checksum_good(checksum_add_words(0, cur_take(&start, h.len)))) {
		d->seg->issues |= ISSUE_IP_CHECKSUM;
		d->stats->bad_ip_checksum++;
	}
	d->ext = 0;
	d->no_length = false;
	if (h.total)
		layer_bound(d, h.total - h.len);
	else if (layer_offload_length(d) == DECODE_MALFORMED)
		return DECODE_MALFORMED;
	if (h.frag & (IP4_MORE | IP4_OFFSET))
		return fragment(d, &h);
	return layer_by_protocol(d, h.protocol);
}

/* Either version, as the first nibble says. */
enum decode_status
layer_ip(struct descent *d)
{
	struct cursor peek = d->body;
	uint8_t first = cur_u8(&peek);

	if (!cur_ok(&peek))
		return layer_short(d);
	if (first >> 4 == 4)
		return layer_enter(d, layer_ip4);
	if (first >> 4 == 6)
		return layer_enter(d, layer_ip6);
	return DECODE_MALFORMED;
}
