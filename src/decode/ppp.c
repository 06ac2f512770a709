/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ppp - PPP in HDLC-like framing or bare, Cisco HDLC, PPPoE session.
 *
 * PPP may leave out address and control (ff 03) and the first octet of the
 * protocol field (RFC 1661 6.5, 6.6); both forms are told apart by their
 * octets, since ff is no protocol and a protocol's first octet is even.
 */
#include "decode/layer.h"

static const struct ppp_row {
	uint16_t protocol;
	bool nests;
	layer_fn *layer;
} ppp_protocols[] = {
	{ 0x0021, false, layer_ip4 },
	{ 0x0057, false, layer_ip6 },
	{ 0x0281, true, layer_mpls },
	{ 0x0283, true, layer_mpls },
};

static enum decode_status
by_ppp_protocol(struct descent *d, uint16_t protocol)
{
	const struct ppp_row *row;
	size_t i;

	for (i = 0; i < sizeof(ppp_protocols) / sizeof(ppp_protocols[0]); i++) {
		row = &ppp_protocols[i];
		if (row->protocol == protocol)
			return row->nests ? layer_nest(d, row->layer) : layer_enter(d, row->layer);
	}
	return DECODE_NOT_TCP;
}

/* Address, control, ethertype. */
enum decode_status
layer_hdlc(struct descent *d)
{
	struct cursor h = layer_header(d, 4);
	uint16_t type;

	cur_be16(&h);
	type = cur_be16(&h);
	if (!cur_ok(&h))
		return layer_short(d);
	return layer_by_ethertype(d, type);
}

enum decode_status
layer_ppp(struct descent *d)
{
	struct cursor peek = d->body, h;
	uint8_t first = cur_u8(&peek);
	uint16_t protocol;

	if (first == 0x0f || first == 0x8f) /* Cisco HDLC: unicast, multicast */
		return layer_enter(d, layer_hdlc);
	if (first == 0xff) {
		h = layer_header(d, 2);
		if (!cur_ok(&h))
			return layer_short(d);
		if (cur_be16(&h) != 0xff03)
			return DECODE_MALFORMED;
	}
	h = layer_header(d, 1);
	protocol = cur_u8(&h);
	if (cur_ok(&h) && !(protocol & 1)) {
		h = layer_header(d, 1);
		protocol = (uint16_t)(protocol << 8 | cur_u8(&h));
	}
	if (!cur_ok(&h))
		return layer_short(d);
	return by_ppp_protocol(d, protocol);
}

enum decode_status
layer_pppoe(struct descent *d)
{
	struct cursor h = layer_header(d, 6);
	uint8_t version = cur_u8(&h), code = cur_u8(&h);
	uint16_t len;

	cur_be16(&h); /* session id */
	len = cur_be16(&h);
	if (!cur_ok(&h))
		return layer_short(d);
	if (version != 0x11)
		return DECODE_MALFORMED;
	if (code != 0) /* discovery stage */
		return DECODE_NOT_TCP;
	if (len < d->wire)
		layer_bound(d, len);
	return layer_enter(d, layer_ppp);
}
