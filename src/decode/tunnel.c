/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tunnel - GRE (RFC 2784, 2890, the routing field of RFC 1701, and version 1
 * of RFC 2637), ERSPAN inside it, and EtherIP (RFC 3378).
 */
#include "decode/layer.h"

enum {
	GRE_CHECKSUM = 0x8000,
	GRE_ROUTING = 0x4000,
	GRE_KEY = 0x2000,
	GRE_SEQUENCE = 0x1000,
	GRE_ACK = 0x0080, /* version 1 only */
	GRE_VERSION = 0x0007,
	GRE_PPP = 0x880b
};

/* Source route entries up to the one without family and length. */
static bool
skip_routes(struct descent *d)
{
	struct cursor h;
	uint16_t family;
	uint8_t len;

	for (;;) {
		h = layer_header(d, 4);
		family = cur_be16(&h);
		cur_u8(&h); /* offset */
		len = cur_u8(&h);
		if (!cur_ok(&h) || !layer_skip(d, len))
			return false;
		if (family == 0 && len == 0)
			return true;
	}
}

/* Enhanced GRE, RFC 2637 4.1: PPP packets and bare acknowledgements. */
static enum decode_status
enhanced_gre(struct descent *d, uint16_t flags, uint16_t type)
{
	struct cursor h = layer_header(d, 4);
	uint16_t len = cur_be16(&h);
	size_t more = (flags & GRE_SEQUENCE ? 4u : 0) + (flags & GRE_ACK ? 4u : 0);

	if (!cur_ok(&h) || !layer_skip(d, more))
		return layer_short(d);
	if (type != GRE_PPP || !(flags & GRE_KEY))
		return DECODE_MALFORMED;
	if (!(flags & GRE_SEQUENCE) || len == 0)
		return DECODE_NOT_TCP;
	if (len < d->wire)
		layer_bound(d, len);
	return layer_by_ethertype(d, type);
}

enum decode_status
layer_gre(struct descent *d)
{
	struct cursor h = layer_header(d, 4);
	uint16_t flags = cur_be16(&h), type = cur_be16(&h);
	size_t skip = 0;

	if (!cur_ok(&h))
		return layer_short(d);
	if ((flags & GRE_VERSION) == 1)
		return enhanced_gre(d, flags, type);
	if (flags & GRE_VERSION)
		return DECODE_NOT_TCP;
	if (flags & (GRE_CHECKSUM | GRE_ROUTING)) /* the two share four octets */
		skip += 4;
	if (flags & GRE_KEY)
		skip += 4;
	if (flags & GRE_SEQUENCE)
		skip += 4;
	if (!layer_skip(d, skip) || (flags & GRE_ROUTING && !skip_routes(d)))
		return layer_short(d);
	d->gre_sequence = flags & GRE_SEQUENCE;
	return layer_by_ethertype(d, type);
}

/*
 * draft-foschiano-erspan 4: type I has no header, II has 8 octets, III has 12
 * and perhaps 8 more.  I and II share an ethertype; only II is numbered.
 */
enum decode_status
layer_erspan(struct descent *d)
{
	struct cursor h;
	uint16_t first, last;

	if (!d->gre_sequence)
		return layer_enter(d, layer_ethernet);
	h = layer_header(d, 8);
	first = cur_be16(&h);
	if (!cur_ok(&h))
		return layer_short(d);
	if (first >> 12 == 1)
		return layer_enter(d, layer_ethernet);
	if (first >> 12 != 2)
		return DECODE_NOT_TCP;
	h = layer_header(d, 4);
	cur_be16(&h);
	last = cur_be16(&h);
	if (!cur_ok(&h) || !layer_skip(d, last & 1 ? 8 : 0))
		return layer_short(d);
	switch (last >> 10 & 31) { /* kind of frame */
	case 0:
		return layer_enter(d, layer_ethernet);
	case 2:
		return layer_enter(d, layer_ip);
	default:
		return DECODE_NOT_TCP;
	}
}

enum decode_status
layer_etherip(struct descent *d)
{
	struct cursor h = layer_header(d, 2);
	uint16_t version = cur_be16(&h);

	if (!cur_ok(&h))
		return layer_short(d);
	return version == 0x3000 ? layer_enter(d, layer_ethernet) : DECODE_MALFORMED;
}
