/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * layer - which header follows which number, and the steps that several layers
 * share: nesting, IP fragments, lengths of zero.
 *
 * The tables are searched from the top; what mail travels in comes first.
 */
#include "decode/defrag.h"
#include "decode/layer.h"

/* More than any offload engine hands over in one piece (Linux: 512 KiB). */
enum { OFFLOAD_MAX = 1 << 20 };

struct type_row {
	uint16_t type;
	bool nests; /* counts towards DECODE_MAX_DEPTH */
	layer_fn *layer;
};

static const struct type_row ethertypes[] = {
	{ 0x0800, false, layer_ip4 }, { 0x86dd, false, layer_ip6 },
	{ 0x8100, true, layer_vlan }, /* 802.1Q */
	{ 0x88a8, true, layer_vlan }, /* 802.1ad */
	{ 0x9100, true, layer_vlan }, /* QinQ before 802.1ad */
	{ 0x9200, true, layer_vlan }, { 0x9300, true, layer_vlan },
	{ 0x8847, true, layer_mpls },                                /* RFC 3032 5 */
	{ 0x8848, true, layer_mpls }, { 0x8864, true, layer_pppoe }, /* RFC 2516 4, session stage */
	{ 0x880b, true, layer_ppp },                                 /* in GRE, RFC 2637 4.1 */
	{ 0x6558, true, layer_ethernet },                            /* in GRE and Geneve */
	{ 0x88be, true, layer_erspan },                              /* types I and II */
	{ 0x22eb, true, layer_erspan },                              /* type III */
	{ 0x8870, true, layer_llc }, /* LLC frames longer than 1500 octets */
};

struct protocol_row {
	uint8_t protocol;
	bool nests;
	bool ip6_only; /* an extension header */
	layer_fn *layer;
};

static const struct protocol_row protocols[] = {
	{ 6, false, false, layer_tcp }, { 17, false, false, layer_udp },
	{ 47, true, false, layer_gre }, { 4, true, false, layer_ip4 },
	{ 41, true, false, layer_ip6 }, { 44, false, true, layer_ip6_fragment },
	{ 0, false, true, layer_ip6_options },  /* hop-by-hop */
	{ 60, false, true, layer_ip6_options }, /* destination */
	{ 43, false, true, layer_ip6_routing },
	{ 135, false, true, layer_ip6_options }, /* mobility */
	{ 139, false, true, layer_ip6_options }, /* HIP */
	{ 140, false, true, layer_ip6_options }, /* shim6 */
	{ 51, false, false, layer_ah }, { 97, true, false, layer_etherip },
	{ 137, true, false, layer_mpls },     /* RFC 4023 3 */
	{ 143, true, false, layer_ethernet }, /* RFC 8986 4.9 */
};

enum decode_status
layer_nest(struct descent *d, layer_fn *fn)
{
	if (d->depth == DECODE_MAX_DEPTH) {
		d->stats->depth_exceeded++;
		return DECODE_NOT_TCP;
	}
	d->depth++;
	return layer_enter(d, fn);
}

static const struct type_row *
ethertype_find(uint16_t type)
{
	size_t i;

	for (i = 0; i < sizeof(ethertypes) / sizeof(ethertypes[0]); i++)
		if (ethertypes[i].type == type)
			return &ethertypes[i];
	return NULL;
}

bool
layer_ethertype_known(uint16_t type)
{
	return ethertype_find(type) != NULL;
}

enum decode_status
layer_by_ethertype(struct descent *d, uint16_t type)
{
	const struct type_row *row = ethertype_find(type);

	if (!row)
		return DECODE_NOT_TCP;
	return row->nests ? layer_nest(d, row->layer) : layer_enter(d, row->layer);
}

enum decode_status
layer_by_protocol(struct descent *d, uint8_t protocol)
{
	const struct protocol_row *row;
	size_t i;

	for (i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++) {
		row = &protocols[i];
		if (row->protocol != protocol)
			continue;
		if (row->ip6_only && d->seg->src.addr.family != 6)
			return DECODE_NOT_TCP;
		return row->nests ? layer_nest(d, row->layer) : layer_enter(d, row->layer);
	}
	return DECODE_NOT_TCP;
}

enum decode_status
layer_fragment(struct descent *d, const struct ip_fragment *frag)
{
	struct segment *s = d->seg;
	struct defrag_piece piece = {
		.src = &s->src.addr,
		.dst = &s->dst.addr,
		.ip = *frag,
		.frame = s->first_frame,
		.position = s->first_position,
		.frames = s->nfragments ? s->fragments : &d->pkt->frame,
		.nframes = s->nfragments ? s->nfragments : 1,
		.ts = d->pkt->ts,
		.issues = s->issues,
		.ttl = s->ttl,
		.data = { d->body.p, cur_left(&d->body) },
	};
	struct defrag_whole whole;

	/* without a length, padding cannot be told from data */
	if (d->no_length)
		return DECODE_MALFORMED;
	if (piece.data.n < d->wire)
		return DECODE_CUT;
	switch (defrag_add(d->defrag, &piece, &whole)) {
	case DEFRAG_BAD:
		return DECODE_MALFORMED;
	case DEFRAG_HELD:
		return DECODE_FRAGMENT;
	case DEFRAG_WHOLE:
		break;
	}
	d->body = cur_from(whole.data);
	d->wire = whole.data.n;
	s->first_frame = whole.first_frame;
	s->first_position = whole.first_position;
	s->fragments = whole.frames;
	s->nfragments = whole.nframes;
	s->issues |= whole.issues;
	s->ttl = whole.ttl;
	return layer_by_protocol(d, whole.protocol);
}

enum decode_status
layer_offload_length(struct descent *d)
{
	if (d->wire > OFFLOAD_MAX)
		return DECODE_MALFORMED;
	d->seg->issues |= ISSUE_OFFLOAD_LENGTH;
	d->no_length = true;
	return DECODE_SEGMENT;
}
