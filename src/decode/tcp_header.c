/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tcp_header - the TCP header, its options and its checksum (RFC 9293 3.1).
 *
 * The checksum is judged only when the whole segment was captured.  A sum that
 * covers the pseudo-header alone (left to the card by the sending host) counts
 * as wrong like any other; the reader of the issue decides what it means.
 */
#include "decode/checksum.h"
#include "decode/layer.h"

enum { TCP_HEADER = 20, TCP_PROTOCOL = 6, WSCALE_MAX = 14 };

enum option_kind {
	OPTION_END = 0,
	OPTION_NOP = 1,
	OPTION_MSS = 2,
	OPTION_WSCALE = 3,
	OPTION_SACK_PERMITTED = 4,
	OPTION_SACK = 5,
	OPTION_TIMESTAMPS = 8
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

/* The value of one option; false when it has the wrong size. */
static bool
read_option(struct tcp_options *opt, uint8_t kind, struct cursor v)
{
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
		opt->timestamps = true;
		opt->tsval = cur_be32(&v);
		opt->tsecr = cur_be32(&v);
		break;
	default: /* none of ours, any size */
		return true;
	}
	return cur_ok(&v) && cur_left(&v) == 0;
}

/* False when an option runs past the header or contradicts its kind. */
static bool
read_options(struct tcp_options *opt, struct cursor c)
{
	struct tcp_options good;
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
		good = *opt;
		if (!cur_ok(&value) || !read_option(&good, kind, value))
			return false;
		*opt = good;
	}
	return true;
}

/* RFC 9293 3.1; RFC 8200 8.1 with its 32-bit length does for both families. */
static bool
checksum_verifies(const struct segment *s, struct slice whole)
{
	size_t alen = s->src.addr.family == 4 ? 4 : 16;
	uint32_t n = (uint32_t)whole.n;
	uint8_t tail[8] = { (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n,
		0, 0, 0, TCP_PROTOCOL };
	uint64_t sum = checksum_add(0, slice_of(s->src.addr.b, alen));

	sum = checksum_add(sum, slice_of(s->dst.addr.b, alen));
	sum = checksum_add(sum, slice_of(tail, sizeof(tail)));
	return checksum_good(checksum_add(sum, whole));
}

enum decode_status
layer_tcp(struct descent *d)
{
	struct segment *s = d->seg;
	struct slice whole = { d->body.p, cur_left(&d->body) };
	bool captured = whole.n == d->wire;
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
	else if (!checksum_verifies(s, whole))
		s->issues |= ISSUE_TCP_CHECKSUM;
	return DECODE_SEGMENT;
}
