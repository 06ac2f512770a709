/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ether - Ethernet, its tags, 802.2 LLC with SNAP, and MPLS labels.
 *
 * A type field of at most 1500 is a length (IEEE 802.3 3.2.6): an LLC header
 * follows, and octets behind that length are padding.
 */
#include "decode/layer.h"

enum {
	ETHER_LENGTH_MAX = 1500,
	LLC_SNAP = 0xaa,
	LLC_IP = 0x06,
	LLC_UI = 0x03,
	MAC_PAIR = 12, /* two addresses: the octets before the type */
	CONTROL_WORD = 4
};

static enum decode_status
type_or_length(struct descent *d, uint16_t type)
{
	if (type > ETHER_LENGTH_MAX)
		return layer_by_ethertype(d, type);
	if (type < d->wire)
		layer_bound(d, type);
	return layer_enter(d, layer_llc);
}

enum decode_status
layer_ethernet(struct descent *d)
{
	struct cursor h = layer_header(d, MAC_PAIR + 2);

	if (!cur_ok(&h))
		return layer_short(d);
	cur_take(&h, MAC_PAIR);
	return type_or_length(d, cur_be16(&h));
}

enum decode_status
layer_vlan(struct descent *d)
{
	struct cursor h = layer_header(d, 4);

	if (!cur_ok(&h))
		return layer_short(d);
	cur_be16(&h); /* priority and VLAN id */
	return type_or_length(d, cur_be16(&h));
}

enum decode_status
layer_llc(struct descent *d)
{
	struct cursor h = layer_header(d, 3);
	uint8_t dsap = cur_u8(&h), ssap = cur_u8(&h), control = cur_u8(&h);
	uint32_t oui;
	uint16_t type;

	if (!cur_ok(&h))
		return layer_short(d);
	if (control != LLC_UI || dsap != ssap)
		return DECODE_NOT_TCP;
	if (dsap == LLC_IP)
		return layer_enter(d, layer_ip4);
	if (dsap != LLC_SNAP)
		return DECODE_NOT_TCP;
	h = layer_header(d, 5);
	oui = (uint32_t)cur_u8(&h) << 16;
	oui |= cur_be16(&h);
	type = cur_be16(&h);
	if (!cur_ok(&h))
		return layer_short(d);
	/* RFC 1042, and the bridge tunnel encapsulation of IEEE 802.1H */
	if (oui != 0 && oui != 0x0000f8)
		return DECODE_NOT_TCP;
	return layer_by_ethertype(d, type);
}

/* The ethertype that would stand `skip' octets further on if Ethernet began there. */
static bool
looks_like_ethernet(const struct descent *d, size_t skip)
{
	struct cursor c = d->body;
	uint16_t type;

	cur_take(&c, skip + MAC_PAIR);
	type = cur_be16(&c);
	return cur_ok(&c) && layer_ethertype_known(type);
}

/*
 * An Ethernet pseudowire (RFC 4448) has a control word or not, and nothing in
 * the frame says which: the place where a known type stands decides.
 */
static enum decode_status
pseudowire(struct descent *d)
{
	if (looks_like_ethernet(d, CONTROL_WORD)) {
		layer_skip(d, CONTROL_WORD);
		return layer_nest(d, layer_ethernet);
	}
	if (looks_like_ethernet(d, 0))
		return layer_nest(d, layer_ethernet);
	if (cur_left(&d->body) < CONTROL_WORD + MAC_PAIR + 2)
		return layer_short(d);
	return DECODE_NOT_TCP;
}

/* One label; the first nibble behind the last one tells IP (RFC 4928 3). */
enum decode_status
layer_mpls(struct descent *d)
{
	struct cursor h = layer_header(d, 4);
	uint32_t entry = cur_be32(&h);
	struct cursor peek;
	uint8_t first;

	if (!cur_ok(&h))
		return layer_short(d);
	if (!(entry & 0x100))
		return layer_nest(d, layer_mpls);
	peek = d->body;
	first = cur_u8(&peek);
	if (!cur_ok(&peek))
		return layer_short(d);
	switch (first >> 4) {
	case 4:
		return layer_enter(d, layer_ip4);
	case 6:
		return layer_enter(d, layer_ip6);
	case 1: /* associated channel, RFC 4385 5 */
		return DECODE_NOT_TCP;
	default:
		return pseudowire(d);
	}
}
