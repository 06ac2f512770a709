/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * layer - one frame's way down through its headers.
 *
 * Each header has a function that reads it from the front of `body', leaves
 * `body' behind it and either names the next layer (descent.next) or ends the
 * descent with a status.  The loop is in decoder.c; nothing recurses.
 *
 * Invariant: cur_left(&body) <= wire.  `wire' is what the enclosing headers say
 * is there, so a header that is missing was cut by the snap length when less
 * than `wire' was captured, and is a contradiction otherwise (layer_short()).
 */
#ifndef SMTPSCOPE_DECODE_LAYER_H
#define SMTPSCOPE_DECODE_LAYER_H

#include "base/slice.h"
#include "decode/decode.h"

struct defrag;
struct descent;

typedef enum decode_status layer_fn(struct descent *);

struct descent {
	struct decode_stats *stats;
	struct defrag *defrag;
	const struct packet *pkt;
	struct segment *seg; /* filled on the way */
	struct cursor body;  /* captured octets of this layer */
	size_t wire;         /* octets of this layer on the wire */
	unsigned depth;      /* tags, labels, tunnels so far */
	unsigned ext;        /* IPv6 extension headers since the IP header */
	bool no_length;      /* the innermost IP header left its length at 0 */
	bool gre_sequence;   /* the GRE header had a sequence number (ERSPAN) */
	bool wifi_padded;    /* radiotap: the 802.11 header is padded to 4 octets */
	layer_fn *next;      /* NULL: the descent ends with the status returned */
};

/* The next n octets as a cursor of their own; it fails when they are not there. */
static inline struct cursor
layer_header(struct descent *d, size_t n)
{
	struct cursor h = cur_sub(&d->body, n);

	if (!h.fail)
		d->wire -= n;
	return h;
}

static inline bool
layer_skip(struct descent *d, size_t n)
{
	struct cursor h = layer_header(d, n);

	return cur_ok(&h);
}

/* What follows is n octets long, whatever lies behind it in the frame. */
static inline void
layer_bound(struct descent *d, size_t n)
{
	if (n < cur_left(&d->body))
		d->body.end = d->body.p + n;
	d->wire = n;
}

/* The status for a header that is not all there. */
static inline enum decode_status
layer_short(const struct descent *d)
{
	return cur_left(&d->body) < d->wire ? DECODE_CUT : DECODE_MALFORMED;
}

/* Go on with `fn'.  The status is not looked at then. */
static inline enum decode_status
layer_enter(struct descent *d, layer_fn *fn)
{
	d->next = fn;
	return DECODE_NOT_TCP;
}

static inline uint16_t
layer_le16(struct cursor *c)
{
	return __builtin_bswap16(cur_be16(c));
}

static inline uint32_t
layer_le32(struct cursor *c)
{
	return __builtin_bswap32(cur_be32(c));
}

/* One more tag, label or tunnel; ends the descent when there are too many. */
enum decode_status layer_nest(struct descent *, layer_fn *);

/* By number: the layer behind, or the end when it carries no TCP. */
enum decode_status layer_by_ethertype(struct descent *, uint16_t type);
enum decode_status layer_by_protocol(struct descent *, uint8_t protocol);
bool layer_ethertype_known(uint16_t type);

/*
 * The rest of the body is a fragment of an IP payload.  Goes on with the whole
 * payload when this fragment completes it.
 */
struct ip_fragment {
	uint32_t id;
	uint32_t off;     /* octets */
	uint32_t max;     /* octets of payload that an IP datagram can have here */
	bool more;        /* not the last one */
	uint8_t key;      /* protocol as part of the key; 0 for IPv6 (RFC 8200 4.5) */
	uint8_t protocol; /* of the payload, believed from the first fragment only */
};
enum decode_status layer_fragment(struct descent *, const struct ip_fragment *);

/* IP length 0 comes from segmentation offload: the frame's own length counts. */
enum decode_status layer_offload_length(struct descent *);

/* ether.c, ppp.c, wifi.c */
layer_fn layer_ethernet, layer_vlan, layer_llc, layer_mpls;
layer_fn layer_pppoe, layer_ppp, layer_hdlc;
layer_fn layer_wifi, layer_radiotap;
/* ip4.c, ip6.c */
layer_fn layer_ip, layer_ip4, layer_ip6;
layer_fn layer_ip6_options, layer_ip6_routing, layer_ip6_fragment, layer_ah;
/* tunnel.c, udp.c */
layer_fn layer_gre, layer_erspan, layer_etherip;
layer_fn layer_udp;
/* tcp_header.c */
layer_fn layer_tcp;

/* link.c */
struct link_type {
	int dlt;
	const char *name; /* without LINKTYPE_ or DLT_ */
	layer_fn *layer;
};
const struct link_type *link_type_find(int dlt); /* NULL: none */

#endif
