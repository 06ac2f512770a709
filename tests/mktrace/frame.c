/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * frame - wraps a TCP segment into IP and a link layer, with right checksums
 * (RFC 1071; RFC 9293 3.1 for the pseudo header, RFC 8200 8.1 for the one of IPv6).
 *
 * Fragments follow RFC 791 and RFC 8200 4.5.  A label names the frame that completes
 * the segment, which is the last fragment.
 */
#include <string.h>

#include "mktrace.h"

enum { ETHERTYPE_IPV4 = 0x0800, ETHERTYPE_IPV6 = 0x86dd };
enum { ETHERTYPE_VLAN = 0x8100, ETHERTYPE_QINQ = 0x88a8 };
enum { PROTO_TCP = 6, PROTO_FRAGMENT = 44 };

struct frame_link { /* a row per link type: writes the header in front of IP */
	const char *name;
	uint32_t dlt;
	void (*head)(struct mk_buf *, const struct mk_link *, const struct mk_segment *);
};

static unsigned
ether_type(const struct mk_segment *s)
{
	return s->src->family == 4 ? ETHERTYPE_IPV4 : ETHERTYPE_IPV6;
}

static void
mac_of(struct mk_buf *b, enum mk_side side)
{
	static const uint8_t mac[2][6] = { { 0x02, 0, 0x5e, 0, 0, 0x0c },
		{ 0x02, 0, 0x5e, 0, 0, 0x05 } };

	mk_buf_add(b, mac[side], 6);
}

static void
head_ethernet(struct mk_buf *b, const struct mk_link *l, const struct mk_segment *s)
{
	mac_of(b, s->side == MK_CLIENT ? MK_SERVER : MK_CLIENT);
	mac_of(b, s->side);
	if (l->vlan[1]) {
		mk_buf_be16(b, ETHERTYPE_QINQ);
		mk_buf_be16(b, l->vlan[0]);
		mk_buf_be16(b, ETHERTYPE_VLAN);
		mk_buf_be16(b, l->vlan[1]);
	} else if (l->vlan[0]) {
		mk_buf_be16(b, ETHERTYPE_VLAN);
		mk_buf_be16(b, l->vlan[0]);
	}
	mk_buf_be16(b, ether_type(s));
}

/* BSD loopback: the family in the byte order of the capturing host; IPv6 as on macOS. */
static void
head_null(struct mk_buf *b, const struct mk_link *l, const struct mk_segment *s)
{
	(void)l;
	mk_buf_le32(b, s->src->family == 4 ? 2 : 30);
}

static void
head_loop(struct mk_buf *b, const struct mk_link *l, const struct mk_segment *s)
{
	(void)l;
	mk_buf_be32(b, s->src->family == 4 ? 2 : 30);
}

static void
head_raw(struct mk_buf *b, const struct mk_link *l, const struct mk_segment *s)
{
	(void)b;
	(void)l;
	(void)s;
}

/* Linux "any": seen from the server's host, the client's packets come in. */
static void
head_sll(struct mk_buf *b, const struct mk_link *l, const struct mk_segment *s)
{
	(void)l;
	mk_buf_be16(b, s->side == MK_CLIENT ? 0 : 4);
	mk_buf_be16(b, 1);
	mk_buf_be16(b, 6);
	mac_of(b, s->side);
	mk_buf_be16(b, 0);
	mk_buf_be16(b, ether_type(s));
}

static void
head_sll2(struct mk_buf *b, const struct mk_link *l, const struct mk_segment *s)
{
	(void)l;
	mk_buf_be16(b, ether_type(s));
	mk_buf_be16(b, 0);
	mk_buf_be32(b, 2);
	mk_buf_be16(b, 1);
	mk_buf_u8(b, s->side == MK_CLIENT ? 0 : 4);
	mk_buf_u8(b, 6);
	mac_of(b, s->side);
	mk_buf_be16(b, 0);
}

static const struct frame_link links[] = {
	{ "EN10MB", 1, head_ethernet },
	{ "NULL", 0, head_null },
	{ "LOOP", 108, head_loop },
	{ "RAW", 101, head_raw },
	{ "SLL", 113, head_sll },
	{ "SLL2", 276, head_sll2 },
};

enum { NLINKS = sizeof links / sizeof links[0] };

bool
mk_frame_dlt(const char *name, uint32_t *dlt)
{
	size_t i;

	for (i = 0; i < NLINKS; i++)
		if (strcmp(links[i].name, name) == 0) {
			*dlt = links[i].dlt;
			return true;
		}
	return false;
}

static uint32_t
sum_add(uint32_t sum, const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		sum += i & 1 ? p[i] : (uint32_t)p[i] << 8;
	return sum;
}

static unsigned
sum_fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum & 0xffff;
}

static size_t
addr_len(const struct mk_segment *s)
{
	return s->src->family == 4 ? 4 : 16;
}

static void
build_tcp(struct mk_buf *b, const struct mk_link *l, const struct mk_segment *s)
{
	size_t hlen = 20 + s->nopts;
	uint32_t sum;
	unsigned check;

	mk_buf_be16(b, s->src->port);
	mk_buf_be16(b, s->dst->port);
	mk_buf_be32(b, s->seq);
	mk_buf_be32(b, s->ack);
	mk_buf_u8(b, (unsigned)(hlen / 4 << 4));
	mk_buf_u8(b, s->flags);
	mk_buf_be16(b, s->win);
	mk_buf_be16(b, 0);
	mk_buf_be16(b, s->urp);
	mk_buf_add(b, s->opts, s->nopts);
	mk_buf_add(b, s->data, s->n);
	sum = sum_add(0, s->src->b, addr_len(s));
	sum = sum_add(sum, s->dst->b, addr_len(s));
	sum += PROTO_TCP + (uint32_t)(b->n >> 16) + (uint32_t)(b->n & 0xffff);
	check = sum_fold(sum_add(sum, b->p, b->n));
	if (l->badsum)
		check ^= 0x5a5a;
	b->p[16] = (uint8_t)(check >> 8);
	b->p[17] = (uint8_t)check;
}

struct fragment {
	size_t off, n; /* of the IP payload */
	bool more, only;
};

static void
ip4_head(
    struct mk_buf *b, const struct mk_link *l, const struct mk_segment *s, const struct fragment *f)
{
	size_t at = b->n;
	unsigned check;

	mk_buf_u8(b, 0x45);
	mk_buf_u8(b, 0);
	mk_buf_be16(b, (unsigned)(20 + f->n));
	mk_buf_be16(b, s->ip_id);
	mk_buf_be16(
	    b, (f->only ? 0x4000u : 0u) | (f->more ? 0x2000u : 0u) | (unsigned)(f->off / 8));
	mk_buf_u8(b, l->ttl);
	mk_buf_u8(b, PROTO_TCP);
	mk_buf_be16(b, 0);
	mk_buf_add(b, s->src->b, 4);
	mk_buf_add(b, s->dst->b, 4);
	check = sum_fold(sum_add(0, b->p + at, 20));
	b->p[at + 10] = (uint8_t)(check >> 8);
	b->p[at + 11] = (uint8_t)check;
}

static void
ip6_head(
    struct mk_buf *b, const struct mk_link *l, const struct mk_segment *s, const struct fragment *f)
{
	mk_buf_be32(b, 0x60000000);
	mk_buf_be16(b, (unsigned)(f->n + (f->only ? 0 : 8)));
	mk_buf_u8(b, f->only ? PROTO_TCP : PROTO_FRAGMENT);
	mk_buf_u8(b, l->ttl);
	mk_buf_add(b, s->src->b, 16);
	mk_buf_add(b, s->dst->b, 16);
	if (f->only)
		return;
	mk_buf_u8(b, PROTO_TCP);
	mk_buf_u8(b, 0);
	mk_buf_be16(b, (unsigned)f->off | (f->more ? 1u : 0u));
	mk_buf_be32(b, s->ip_id);
}

static void
send_packet(struct mk_trace *t, const struct mk_link *l, const struct mk_segment *s,
    const struct mk_buf *tcp, const struct fragment *f, int label)
{
	struct mk_buf b = { 0 };
	size_t i;

	for (i = 0; i < NLINKS; i++)
		if (links[i].dlt == l->dlt)
			links[i].head(&b, l, s);
	if (s->src->family == 4)
		ip4_head(&b, l, s, f);
	else
		ip6_head(&b, l, s, f);
	mk_buf_add(&b, tcp->p + f->off, f->n);
	while (l->pad && b.n < 60)
		mk_buf_u8(&b, 0);
	mk_pcap_frame(t, &b, l, f->more ? -1 : label);
	mk_buf_fini(&b);
}

void
mk_frame_send(struct mk_trace *t, const struct mk_link *l, const struct mk_segment *s, int label)
{
	struct mk_buf tcp = { 0 };
	struct fragment f = { 0, 0, false, true };
	size_t most;

	build_tcp(&tcp, l, s);
	most = l->frag && tcp.n > l->frag ? (l->frag < 8 ? 8 : l->frag / 8 * 8) : tcp.n;
	f.only = most == tcp.n;
	for (; f.off < tcp.n; f.off += f.n) {
		f.n = tcp.n - f.off < most ? tcp.n - f.off : most;
		f.more = f.off + f.n < tcp.n;
		send_packet(t, l, s, &tcp, &f, label);
	}
	mk_buf_fini(&tcp);
}
