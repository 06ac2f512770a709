/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * layout - where in a frame its headers are, for those who change them.
 */
#ifndef SMTPSCOPE_DECODE_LAYOUT_H
#define SMTPSCOPE_DECODE_LAYOUT_H

#include "decode/decode.h"

struct budget;
struct layout_reader;

enum layout_kind {
	LAYOUT_OTHER, /* a tag, a label, the header of a tunnel */
	LAYOUT_ETHERNET,
	LAYOUT_SLL,
	LAYOUT_SLL2,
	LAYOUT_NFLOG,
	LAYOUT_PKTAP,
	LAYOUT_WIFI,
	LAYOUT_IP4,
	LAYOUT_IP6,
	LAYOUT_IP6_OPTIONS,
	LAYOUT_IP6_ROUTING,
	LAYOUT_IP6_FRAGMENT,
	LAYOUT_GRE,
	LAYOUT_UDP,
	LAYOUT_TCP
};

struct layout_part {
	enum layout_kind kind;
	size_t off, len; /* octets in front of the header, and of it; zero octets: it was cut */
	size_t end;      /* behind the captured octets of what it holds */
};

/* Every layer counts towards a limit in the decoder: there are never more of them. */
enum { LAYOUT_PARTS = 64 };

struct layout {
	enum decode_status status;
	bool fragment; /* the frame holds a part of an IP datagram: part[outer - 1] is its header */
	struct layout_part part[LAYOUT_PARTS];
	size_t n;
	size_t outer;          /* parts in the frame; those behind them are in `datagram' */
	struct slice datagram; /* put together from fragments, the last one in this frame; valid
	                        * until the next layout_read() */
	bool nested;           /* there were fragments within it: nothing is told of these */
};

struct layout_reader *layout_new(struct budget *);
void layout_free(struct layout_reader *); /* accepts NULL */
/* As decoder_packet(), and tells where it read. */
void layout_read(struct layout_reader *, const struct packet *, struct segment *, struct layout *);

#endif
