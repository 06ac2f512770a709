/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * link - one row per link type.
 *
 * To add one: a row, and a function if none of the layers begins like it.
 * Numbers are those of saved captures and of libpcap's DLT_ values on the
 * systems where they differ; they are written out because pcap/dlt.h gives
 * DLT_RAW and DLT_LOOP other values on other systems.
 */
#include "decode/layer.h"

enum {
	ARPHRD_GRE = 778, /* the protocol field is GRE's */
	ARPHRD_NETLINK = 824,
	SLL_LLC = 4, /* instead of an ethertype: 802.2 LLC follows */
	SLL_HEADER = 16,
	SLL2_HEADER = 20,
	NFLOG_PAYLOAD = 9,
	PKTAP_HEADER = 12 /* as much of it as is needed here */
};

/* Address families as the systems that write these captures number them. */
static const struct family_row {
	uint32_t family;
	layer_fn *layer;
} families[] = {
	{ 2, layer_ip4 }, { 10, layer_ip6 }, /* Linux */
	{ 23, layer_ip6 },                   /* Windows */
	{ 24, layer_ip6 },                   /* NetBSD, OpenBSD, BSD/OS */
	{ 26, layer_ip6 },                   /* illumos */
	{ 28, layer_ip6 },                   /* FreeBSD, DragonFly */
	{ 30, layer_ip6 },                   /* macOS */
};

/* Byte order of the capturing host, or of the network: small numbers tell. */
static enum decode_status
layer_family(struct descent *d)
{
	struct cursor h = layer_header(d, 4);
	uint32_t family = cur_be32(&h);
	size_t i;

	if (!cur_ok(&h))
		return layer_short(d);
	if (family > UINT16_MAX)
		family = __builtin_bswap32(family);
	for (i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (families[i].family == family)
			return layer_enter(d, families[i].layer);
	return DECODE_NOT_TCP;
}

static enum decode_status
sll_payload(struct descent *d, uint16_t device, uint16_t protocol)
{
	if (device == ARPHRD_NETLINK)
		return DECODE_NOT_TCP;
	if (protocol == SLL_LLC && device != ARPHRD_GRE)
		return layer_enter(d, layer_llc);
	return layer_by_ethertype(d, protocol);
}

static enum decode_status
layer_sll(struct descent *d)
{
	struct cursor h = layer_header(d, SLL_HEADER);
	uint16_t device, protocol;

	cur_be16(&h); /* direction */
	device = cur_be16(&h);
	cur_take(&h, 10); /* address length, address */
	protocol = cur_be16(&h);
	if (!cur_ok(&h))
		return layer_short(d);
	return sll_payload(d, device, protocol);
}

static enum decode_status
layer_sll2(struct descent *d)
{
	struct cursor h = layer_header(d, SLL2_HEADER);
	uint16_t protocol = cur_be16(&h), device;

	cur_take(&h, 6); /* reserved, interface index */
	device = cur_be16(&h);
	if (!cur_ok(&h))
		return layer_short(d);
	return sll_payload(d, device, protocol);
}

/*
 * Type-length-value fields in the byte order of the capturing host, until the
 * one that holds the packet.  Types are below 256: the order shows in them.
 */
static enum decode_status
layer_nflog(struct descent *d)
{
	struct cursor h = layer_header(d, 4);
	uint8_t family = cur_u8(&h), version = cur_u8(&h);
	uint16_t len, type;

	if (!cur_ok(&h))
		return layer_short(d);
	if (version != 0)
		return DECODE_MALFORMED;
	if (family != 2 && family != 10) /* another hook: ARP, bridge */
		return DECODE_NOT_TCP;
	while (d->wire > 0) {
		h = layer_header(d, 4);
		len = layer_le16(&h);
		type = layer_le16(&h);
		if (!cur_ok(&h))
			return layer_short(d);
		if (type > UINT8_MAX) {
			type = __builtin_bswap16(type);
			len = __builtin_bswap16(len);
		}
		if (len < 4)
			return DECODE_MALFORMED;
		if (type == NFLOG_PAYLOAD) {
			if (len - 4u < d->wire)
				layer_bound(d, len - 4u);
			return layer_enter(d, layer_ip);
		}
		if (!layer_skip(d, (len - 1u) & ~3u))
			return layer_short(d);
	}
	return DECODE_NOT_TCP;
}

/* macOS: a header that names the link type of what follows. */
static enum decode_status
layer_pktap(struct descent *d)
{
	struct cursor h = layer_header(d, PKTAP_HEADER);
	uint32_t len = layer_le32(&h);
	const struct link_type *link;

	layer_le32(&h); /* record type */
	link = link_type_find((int)(layer_le32(&h) & INT32_MAX));
	if (!cur_ok(&h))
		return layer_short(d);
	if (len < PKTAP_HEADER)
		return DECODE_MALFORMED;
	if (!layer_skip(d, len - PKTAP_HEADER))
		return layer_short(d);
	return link ? layer_nest(d, link->layer) : DECODE_UNKNOWN_LINK;
}

/* One octet tells the direction. */
static enum decode_status
layer_ppp_direction(struct descent *d)
{
	return layer_skip(d, 1) ? layer_enter(d, layer_ppp) : layer_short(d);
}

static enum decode_status
layer_hdlc_direction(struct descent *d)
{
	return layer_skip(d, 1) ? layer_enter(d, layer_hdlc) : layer_short(d);
}

static const struct link_type link_types[] = {
	{ 1, "EN10MB", layer_ethernet },
	{ 113, "LINUX_SLL", layer_sll },
	{ 276, "LINUX_SLL2", layer_sll2 },
	{ 0, "NULL", layer_family },
	{ 108, "LOOP", layer_family },
	{ 12, "RAW", layer_ip },
	{ 101, "RAW", layer_ip }, /* in saved captures */
	{ 14, "RAW", layer_ip },  /* OpenBSD */
	{ 228, "IPV4", layer_ip4 },
	{ 229, "IPV6", layer_ip6 },
	{ 9, "PPP", layer_ppp },
	{ 50, "PPP_SERIAL", layer_ppp },
	{ 51, "PPP_ETHER", layer_pppoe },
	{ 204, "PPP_WITH_DIR", layer_ppp_direction },
	{ 104, "C_HDLC", layer_hdlc },
	{ 205, "C_HDLC_WITH_DIR", layer_hdlc_direction },
	{ 105, "IEEE802_11", layer_wifi },
	{ 127, "IEEE802_11_RADIO", layer_radiotap },
	{ 239, "NFLOG", layer_nflog },
	{ 258, "PKTAP", layer_pktap },
};

const struct link_type *
link_type_find(int dlt)
{
	size_t i;

	for (i = 0; i < sizeof(link_types) / sizeof(link_types[0]); i++)
		if (link_types[i].dlt == dlt)
			return &link_types[i];
	return NULL;
}

const char *
decode_link_name(int dlt)
{
	const struct link_type *link = link_type_find(dlt);

	return link ? link->name : NULL;
}
