/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wire - see wire.h.
 *
 * A frame is built in a buffer on the stack and written through stdio, whose
 * error flag is asked once, at the end.  The largest frame is Ethernet, IPv6,
 * a TCP header with 20 octets of options and one MSS of payload.
 */
#include <string.h>
#include "wire.h"

enum {
	ETHER_LEN = 14,
	IP4_LEN = 20,
	IP6_LEN = 40,
	TCP_LEN = 20,
	SYN_OPTIONS = 20,  /* MSS, SACK permitted, time stamps, window scale */
	DATA_OPTIONS = 12, /* NOP, NOP, time stamps */
	MSS_OFFERED_4 = 1460,
	MSS_OFFERED_6 = 1440,
	FRAME_MAX = 1514
};

struct frame {
	uint8_t b[FRAME_MAX];
	size_t n;
};

static void
put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void
put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v);
}

static void
le32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	p[2] = (uint8_t)(v >> 16);
	p[3] = (uint8_t)(v >> 24);
}

/* splitmix64: one multiplication chain, every seed is a good one. */
static uint64_t
next_random(struct wire *w)
{
	uint64_t z = w->random += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint32_t
wire_below(struct wire *w, uint32_t n)
{
	return (uint32_t)((next_random(w) >> 32) * n >> 32);
}

double
wire_unit(struct wire *w)
{
	return (double)(next_random(w) >> 11) / 9007199254740992.0;
}

size_t
wire_mss(const struct wire_conn *c)
{
	return (c->v6 ? MSS_OFFERED_6 : MSS_OFFERED_4) - DATA_OPTIONS;
}

/* The Internet checksum over big-endian words (RFC 1071), not yet folded. */
static uint64_t
sum_of(const uint8_t *p, size_t n)
{
	uint64_t sum = 0;

	for (; n >= 2; p += 2, n -= 2)
		sum += (uint32_t)p[0] << 8 | p[1];
	if (n)
		sum += (uint32_t)p[0] << 8;
	return sum;
}

static uint32_t
folded(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint32_t)~sum & 0xffff;
}

/* Returns the sum over the pseudo header, without the TCP length. */
static uint64_t
put_ip(uint8_t *p, struct wire_conn *c, enum wire_side from, size_t tcp_len)
{
	struct wire_side_state *src = &c->side[from];
	const struct wire_side_state *dst = &c->side[!from];
	enum { PROTO_TCP = 6, TTL = 64 };

	if (c->v6) {
		put32(p, 6u << 28);
		put16(p + 4, (uint32_t)tcp_len);
		p[6] = PROTO_TCP;
		p[7] = TTL;
		memcpy(p + 8, src->addr, 16);
		memcpy(p + 24, dst->addr, 16);
		return sum_of(p + 8, 32) + PROTO_TCP;
	}
	put16(p, 0x4500);
	put16(p + 2, (uint32_t)(IP4_LEN + tcp_len));
	put16(p + 4, src->ip_id++);
	put16(p + 6, 0x4000); /* don't fragment */
	p[8] = TTL;
	p[9] = PROTO_TCP;
	put16(p + 10, 0);
	memcpy(p + 12, src->addr, 4);
	memcpy(p + 16, dst->addr, 4);
	put16(p + 10, folded(sum_of(p, IP4_LEN)));
	return sum_of(p + 12, 8) + PROTO_TCP;
}

static size_t
put_options(uint8_t *p, const struct wire_conn *c, bool syn, uint32_t tsval, uint32_t tsecr)
{
	if (syn) {
		put16(p, 0x0204);
		put16(p + 2, c->v6 ? MSS_OFFERED_6 : MSS_OFFERED_4);
		put16(p + 4, 0x0402);
		put16(p + 6, 0x080a);
		put32(p + 8, tsval);
		put32(p + 12, tsecr);
		put32(p + 16, 0x01030307);
		return SYN_OPTIONS;
	}
	put32(p, 0x0101080a);
	put32(p + 4, tsval);
	put32(p + 8, tsecr);
	return DATA_OPTIONS;
}

static void
build(struct frame *f, const struct wire *w, struct wire_conn *c, enum wire_side from, uint32_t seq,
    unsigned flags, const char *data, size_t n)
{
	static const uint8_t mac[2][6] = { { 2, 0, 0, 0, 0, 0x10 }, { 2, 0, 0, 0, 0, 0x25 } };
	struct wire_side_state *src = &c->side[from];
	struct wire_side_state *dst = &c->side[!from];
	size_t ip_len = c->v6 ? IP6_LEN : IP4_LEN;
	uint8_t *tcp = f->b + ETHER_LEN + ip_len;
	uint32_t tsval = (uint32_t)(w->now / 1000) + src->clock;
	size_t options = flags & WIRE_SYN ? SYN_OPTIONS : DATA_OPTIONS;
	size_t tcp_len = TCP_LEN + options + n;
	uint64_t sum;

	memcpy(f->b, mac[!from], 6);
	memcpy(f->b + 6, mac[from], 6);
	put16(f->b + 12, c->v6 ? 0x86dd : 0x0800);
	sum = put_ip(f->b + ETHER_LEN, c, from, tcp_len) + tcp_len;
	put16(tcp, src->port);
	put16(tcp + 2, dst->port);
	put32(tcp + 4, seq);
	put32(tcp + 8, flags & WIRE_ACK ? src->got : 0);
	tcp[12] = (uint8_t)((TCP_LEN + options) / 4 << 4);
	tcp[13] = (uint8_t)flags;
	put16(tcp + 14, flags & WIRE_SYN ? 64240 : 502); /* 502 << 7 is about the same */
	put32(tcp + 16, 0);
	put_options(tcp + TCP_LEN, c, flags & WIRE_SYN, tsval, flags & WIRE_ACK ? src->echo : 0);
	if (n)
		memcpy(tcp + TCP_LEN + options, data, n);
	put16(tcp + 16, folded(sum + sum_of(tcp, tcp_len)));
	f->n = ETHER_LEN + ip_len + tcp_len;
	dst->echo = tsval;
}

static void
write_frame(struct wire *w, const struct frame *f)
{
	uint8_t head[16];

	w->now += 1 + wire_below(w, 60);
	le32(head, (uint32_t)(w->now / 1000000));
	le32(head + 4, (uint32_t)(w->now % 1000000));
	le32(head + 8, (uint32_t)f->n);
	le32(head + 12, (uint32_t)f->n);
	fwrite(head, sizeof head, 1, w->file);
	fwrite(f->b, f->n, 1, w->file);
	w->octets += sizeof head + f->n;
	w->frames++;
}

void
wire_control(struct wire *w, struct wire_conn *c, enum wire_side from, unsigned flags)
{
	struct frame f;

	build(&f, w, c, from, c->side[from].seq, flags, NULL, 0);
	write_frame(w, &f);
	if (flags & (WIRE_SYN | WIRE_FIN))
		c->side[from].seq++;
	c->side[!from].got = c->side[from].seq;
	c->side[from].owed = 0;
}

void
wire_handshake(struct wire *w, struct wire_conn *c)
{
	wire_control(w, c, SIDE_CLIENT, WIRE_SYN);
	wire_control(w, c, SIDE_SERVER, WIRE_SYN | WIRE_ACK);
	wire_control(w, c, SIDE_CLIENT, WIRE_ACK);
}

/* Data of `from' up to its seq has arrived in `segments' more segments: RFC 9293 3.8.6.3. */
static void
delayed_ack(struct wire *w, struct wire_conn *c, enum wire_side from, unsigned segments)
{
	struct wire_side_state *peer = &c->side[!from];

	peer->got = c->side[from].seq;
	peer->owed += segments;
	if (peer->owed >= 2)
		wire_control(w, c, !from, WIRE_ACK);
}

void
wire_send(struct wire *w, struct wire_conn *c, enum wire_side from, const char *data, size_t n,
    bool disturb)
{
	struct wire_side_state *side = &c->side[from];
	struct frame f, held;
	bool have_held = false;
	size_t len;

	for (; n; data += len, n -= len) {
		uint32_t luck = disturb ? wire_below(w, 1000) : 1000;
		bool last;

		len = n < wire_mss(c) ? n : wire_mss(c);
		last = len == n;
		build(&f, w, c, from, side->seq, WIRE_ACK | (last ? WIRE_PSH : 0), data, len);
		side->seq += (uint32_t)len;
		side->owed = 0;
		if (!have_held && !last && luck < 5) {
			held = f;
			have_held = true;
			w->swapped++;
			continue;
		}
		write_frame(w, &f);
		if (have_held) {
			write_frame(w, &held);
			have_held = false;
			delayed_ack(w, c, from, 2);
			continue;
		}
		if (luck >= 5 && luck < 10) {
			build(&f, w, c, from, side->seq - (uint32_t)len,
			    WIRE_ACK | (last ? WIRE_PSH : 0), data, len);
			write_frame(w, &f);
			w->retransmitted++;
		}
		delayed_ack(w, c, from, 1);
	}
}

void
wire_puts(struct wire *w, struct wire_conn *c, enum wire_side from, const char *text)
{
	wire_send(w, c, from, text, strlen(text), false);
}

bool
wire_open(struct wire *w, const char *path, uint64_t seed)
{
	uint8_t head[24] = { 0 };

	memset(w, 0, sizeof *w);
	w->random = seed;
	w->now = 1600000000 * INT64_C(1000000);
	w->file = fopen(path, "wb");
	if (!w->file)
		return false;
	setvbuf(w->file, NULL, _IOFBF, 1 << 20);
	le32(head, 0xa1b2c3d4);
	head[4] = 2; /* version 2.4 */
	head[6] = 4;
	le32(head + 16, 262144);
	le32(head + 20, 1); /* LINKTYPE_ETHERNET */
	fwrite(head, sizeof head, 1, w->file);
	w->octets = sizeof head;
	return true;
}

bool
wire_close(struct wire *w)
{
	bool good = !ferror(w->file);

	return fclose(w->file) == 0 && good;
}
