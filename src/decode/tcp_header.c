/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tcp_header - the TCP header, its options and its checksum (RFC 9293 3.1).
 *
 * The checksum is judged only when the whole segment was captured.  A sum that
 * covers the pseudo-header alone (left to the card by the sending host) counts
 * as wrong like any other; the reader of the issue decides what it means.
 */
#include <arpa/inet.h>

#include "decode/checksum.h"
#include "decode/layer.h"

enum { TCP_HEADER = 20, TCP_PROTOCOL = 6, WSCALE_MAX = 14, USUAL_OPTIONS = 0x0101080a };

enum option_kind {
	OPTION_END = 0,
	OPTION_NOP = 1,
	OPTION_MSS = 2,
	OPTION_WSCALE = 3,
	OPTION_SACK_PERMITTED = 4,
	OPTION_SACK = 5,
	OPTION_TIMESTAMPS = 8
};

/* Octets of an option with its kind and length; 0: any. */
static const uint8_t option_size[] = {
	[OPTION_MSS] = 4,
	[OPTION_WSCALE] = 3,
	[OPTION_SACK_PERMITTED] = 2,
	[OPTION_TIMESTAMPS] = 10,
};

/* SACK blocks, RFC 2018 3. */
static bool
read_sack(struct tcp_options *opt, struct cursor *c)
{
	size_t n = cur_left(c) / 8;

	if (cur_left(c) % 8 || n == 0 || n > sizeof(opt->sack) / sizeof(opt->sack[0]))
		return false;
	for (opt->nsack = 0; opt->nsack < n; opt->nsack++) {
		opt->sack[opt->nsack][0] = cur_be32(c);
		opt->sack[opt->nsack][1] = cur_be32(c);
	}
	return true;
}

static void
read_timestamps(struct tcp_options *opt, struct cursor *c)
{
	opt->timestamps = true;
	opt->tsval = cur_be32(c);
	opt->tsecr = cur_be32(c);
}

/* The value of one option; false when it has the wrong size. */
static bool
read_option(struct tcp_options *opt, uint8_t kind, struct cursor v)
{
	size_t size = kind < sizeof(option_size) ? option_size[kind] : 0;

	if (size && cur_left(&v) != size - 2)
		return false;
	switch (kind) {
	case OPTION_MSS:
		opt->mss = cur_be16(&v);
		break;
	case OPTION_WSCALE: /* RFC 7323 2.3: a larger shift counts as 14 */
		opt->wscale = cur_u8(&v);
		if (opt->wscale > WSCALE_MAX)
			opt->wscale = WSCALE_MAX;
		break;
	case OPTION_SACK_PERMITTED:
		opt->sack_permitted = true;
		break;
	case OPTION_SACK:
		return read_sack(opt, &v);
	case OPTION_TIMESTAMPS:
		read_timestamps(opt, &v);
		break;
	default: /* none of ours */
		break;
	}
	return true;
}

/* False when an option runs past the header or contradicts its kind. */
static bool
read_each_option(struct tcp_options *opt, struct cursor c)
{
	struct cursor value;
	uint8_t kind, len;

	while (cur_left(&c) > 0) {
		kind = cur_u8(&c);
		if (kind == OPTION_END)
			return true;
		if (kind == OPTION_NOP)
			continue;
		len = cur_u8(&c);
		if (!cur_ok(&c) || len < 2)
			return false;
		value = cur_sub(&c, len - 2u);
		if (!cur_ok(&value) || !read_option(opt, kind, value))
			return false;
	}
	return true;
}

static bool
read_options(struct tcp_options *opt, struct cursor c)
{
	struct cursor usual = c;

	opt->mss = 0;
	opt->wscale = 255;
	opt->nsack = 0;
	opt->sack_permitted = opt->timestamps = false;
	opt->tsval = opt->tsecr = 0;
	/* Two no-operations and time stamps, as nearly every segment has (RFC 7323 A). */
	if (cur_left(&c) == 12 && cur_be32(&usual) == USUAL_OPTIONS) {
		read_timestamps(opt, &usual);
		return true;
	}
	return read_each_option(opt, c);
}

/* RFC 9293 3.1; RFC 8200 8.1 with its 32-bit length does for both families, as the octets
 * behind an IPv4 address are 0.  `sum': of the whole segment, n octets. */
static bool
checksum_verifies(const struct segment *s, uint64_t sum, size_t n)
{
	uint32_t pseudo[8];
	size_t i;

	memcpy(pseudo, s->src.addr.b, 16);
	memcpy(pseudo + 4, s->dst.addr.b, 16);
	for (i = 0; i < 8; i += 4)
		sum += (uint64_t)pseudo[i] + pseudo[i + 1] + pseudo[i + 2] + pseudo[i + 3];
	return checksum_good(sum + htonl((uint32_t)n) + htonl(TCP_PROTOCOL));
}

/* The octets of the segment from the header to the end, all of which were captured. */
static void
judge_checksum(struct segment *s, struct slice header)
{
	uint64_t sum = 0;

	if (s->payload.n) {
		sum = checksum_add(0, s->payload);
		s->payload_sum = checksum_of_payload(sum);
	}
	sum = checksum_add_words(sum, header);
	if (!checksum_verifies(s, sum, header.n + s->payload.n))
		s->issues |= ISSUE_TCP_CHECKSUM;
}

enum decode_status
layer_tcp(struct descent *d)
{
	struct segment *s = d->seg;
	const uint8_t *start = d->body.p;
	bool captured = cur_left(&d->body) == d->wire;
	struct cursor h = layer_header(d, TCP_HEADER);
	size_t len;

	if (!cur_ok(&h))
		return layer_short(d);
	s->src.port = cur_be16(&h);
	s->dst.port = cur_be16(&h);
	s->seq = cur_be32(&h);
	s->ack = cur_be32(&h);
	len = (cur_u8(&h) >> 4) * 4u;
	s->flags = cur_u8(&h);
	s->win = cur_be16(&h);
	cur_be16(&h); /* checksum */
	s->urp = cur_be16(&h);
	if (len < TCP_HEADER)
		return DECODE_MALFORMED;
	h = layer_header(d, len - TCP_HEADER);
	if (!cur_ok(&h))
		return layer_short(d);
	if (!read_options(&s->opt, h))
		s->issues |= ISSUE_TCP_OPTION;
	s->payload = slice_of(d->body.p, cur_left(&d->body));
	s->wire_len = (uint32_t)d->wire;
	if ((s->flags & TCP_URG) && s->urp > 0 && s->urp <= s->wire_len)
		s->issues |= ISSUE_URGENT;
	if (!captured)
		s->issues |= ISSUE_SNAPLEN;
	else
		judge_checksum(s, slice_of(start, len));
	return DECODE_SEGMENT;
}
