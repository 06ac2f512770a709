/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * udp - the tunnels that run over UDP, found by destination port.
 *
 * A port proves nothing, so each of them checks its fixed bits; what fails is
 * some other protocol and no fault.
 */
#include "decode/layer.h"

static layer_fn layer_vxlan, layer_geneve, layer_tzsp;

static const struct port_row {
	uint16_t port;
	layer_fn *layer;
} ports[] = {
	{ 4789, layer_vxlan },                      /* RFC 7348 */
	{ 8472, layer_vxlan },                      /* Linux before there was a number */
	{ 6081, layer_geneve },                     /* RFC 8926 */
	{ 37008, layer_tzsp }, { 4754, layer_gre }, /* RFC 8086 */
	{ 6635, layer_mpls },                       /* RFC 7510 */
};

enum decode_status
layer_udp(struct descent *d)
{
	struct cursor h = layer_header(d, 8);
	uint16_t port, len;
	size_t i;

	cur_be16(&h); /* source port */
	port = cur_be16(&h);
	len = cur_be16(&h);
	if (!cur_ok(&h))
		return layer_short(d);
	for (i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		if (ports[i].port != port)
			continue;
		if (len >= 8 && len - 8u < d->wire) /* 0: segmentation offload */
			layer_bound(d, len - 8u);
		return layer_nest(d, ports[i].layer);
	}
	return DECODE_NOT_TCP;
}

static enum decode_status
layer_vxlan(struct descent *d)
{
	struct cursor h = layer_header(d, 8);
	uint8_t flags = cur_u8(&h);

	if (!cur_ok(&h))
		return layer_short(d);
	return flags & 0x08 ? layer_enter(d, layer_ethernet) : DECODE_NOT_TCP;
}

static enum decode_status
layer_geneve(struct descent *d)
{
	struct cursor h = layer_header(d, 8);
	uint8_t first = cur_u8(&h);
	uint16_t type;

	cur_u8(&h); /* control, critical options */
	type = cur_be16(&h);
	if (!cur_ok(&h))
		return layer_short(d);
	if (first >> 6 != 0) /* version */
		return DECODE_NOT_TCP;
	if (!layer_skip(d, (first & 63) * 4u))
		return layer_short(d);
	return layer_by_ethertype(d, type);
}

/* TaZmen Sniffer Protocol: version, type, encapsulation, tagged fields. */
static enum decode_status
layer_tzsp(struct descent *d)
{
	enum { TAG_PADDING = 0, TAG_END = 1, ETHERNET = 1, WIFI = 0x12 };
	struct cursor h = layer_header(d, 4);
	uint8_t version = cur_u8(&h), type = cur_u8(&h), tag, len;
	uint16_t inside = cur_be16(&h);

	if (!cur_ok(&h))
		return layer_short(d);
	if (version != 1 || type > 1) /* a received packet, or one to send */
		return DECODE_NOT_TCP;
	do {
		h = layer_header(d, 1);
		tag = cur_u8(&h);
		if (tag > TAG_END) {
			h = layer_header(d, 1);
			len = cur_u8(&h);
			layer_skip(d, len);
		}
		if (!cur_ok(&d->body))
			return layer_short(d);
	} while (tag != TAG_END);
	if (inside == ETHERNET)
		return layer_enter(d, layer_ethernet);
	return inside == WIFI ? layer_enter(d, layer_wifi) : DECODE_NOT_TCP;
}
