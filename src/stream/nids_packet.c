/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * nids_packet - see nids_packet.h.  A SYN carries a window scale of 14, the
 * largest there is (RFC 7323 2.3), so that with a window of 65535 libnids takes
 * everything within 1 GiB.  libnids wants a right IP checksum whatever its
 * settings; the TCP checksum it is told to leave alone.
 */
#include "stream/nids_packet.h"

enum { IP_HEADER = 20, TCP_HEADER = 20, SYN_OPTION = 4 };

static void
put16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void
put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v & 0xffff);
}

/* RFC 1071, over a header of 20 octets whose own sum is 0. */
static uint16_t
ip_sum(const uint8_t *p)
{
	uint32_t sum = 0;
	int i;

	for (i = 0; i < IP_HEADER; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

size_t
nids_packet(
    uint8_t p[NIDS_PACKET_MAX], const struct segment *seg, uint32_t seq, struct slice payload)
{
	bool syn = seg->flags & TCP_SYN;
	size_t header = TCP_HEADER + (syn ? SYN_OPTION : 0);
	size_t total = IP_HEADER + header + payload.n;
	uint8_t *tcp = p + IP_HEADER;

	memset(p, 0, IP_HEADER + header);
	p[0] = 0x45;
	put16(p + 2, total);
	p[8] = 64; /* TTL */
	p[9] = 6;  /* TCP */
	memcpy(p + 12, seg->src.addr.b, 4);
	memcpy(p + 16, seg->dst.addr.b, 4);
	put16(p + 10, ip_sum(p));
	put16(tcp, seg->src.port);
	put16(tcp + 2, seg->dst.port);
	put32(tcp + 4, seq);
	put32(tcp + 8, seg->ack);
	tcp[12] = (uint8_t)(header / 4 << 4);
	tcp[13] = seg->flags & (TCP_SYN | TCP_ACK | TCP_PSH);
	put16(tcp + 14, 65535);
	if (syn)
		memcpy(tcp + TCP_HEADER, "\003\003\016\001", SYN_OPTION); /* shift 14, NOP */
	if (payload.n)
		memcpy(tcp + header, payload.p, payload.n);
	return total;
}
