/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * layout - the descent of decoder.c with a note at every step.
 *
 * A step whose octets are no part of the frame is in a datagram put together from
 * fragments; offsets count from its start then.  Has a memory for fragments of its own, so that
 * it can read the frames that a decoder has read.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "decode/defrag.h"
#include "decode/layer.h"
#include "decode/layout.h"

struct layout_reader {
	struct decode_stats stats; /* counted, as every layer wants to, and not told */
	struct defrag *defrag;
};

struct layout_reader *
layout_new(struct budget *budget)
{
	struct layout_reader *r = xcalloc(1, sizeof(*r));

	r->defrag = defrag_new(budget);
	return r;
}

void
layout_free(struct layout_reader *r)
{
	if (!r)
		return;
	defrag_free(r->defrag);
	free(r);
}

/* The first layer of these link types is known to link.c alone. */
static enum layout_kind
kind_of_link(int dlt)
{
	switch (dlt) {
	case 113:
		return LAYOUT_SLL;
	case 276:
		return LAYOUT_SLL2;
	case 239:
		return LAYOUT_NFLOG;
	case 258:
		return LAYOUT_PKTAP;
	default:
		return LAYOUT_OTHER;
	}
}

static enum layout_kind
kind_of(layer_fn *layer)
{
	static const struct row {
		layer_fn *layer;
		enum layout_kind kind;
	} rows[] = {
		{ layer_ethernet, LAYOUT_ETHERNET },
		{ layer_wifi, LAYOUT_WIFI },
		{ layer_ip4, LAYOUT_IP4 },
		{ layer_ip6, LAYOUT_IP6 },
		{ layer_ip6_options, LAYOUT_IP6_OPTIONS },
		{ layer_ip6_routing, LAYOUT_IP6_ROUTING },
		{ layer_ip6_fragment, LAYOUT_IP6_FRAGMENT },
		{ layer_gre, LAYOUT_GRE },
		{ layer_udp, LAYOUT_UDP },
		{ layer_tcp, LAYOUT_TCP },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].layer == layer)
			return rows[i].kind;
	return LAYOUT_OTHER;
}

static uint16_t
octets16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/* The header of a fragment whose datagram is whole by it: the descent is in that already. */
static void
note_last_fragment(struct layout *l, struct layout_part *part, const uint8_t *start, size_t end)
{
	part->len = part->kind == LAYOUT_IP4 ? (start[0] & 15) * 4u : 8;
	part->end = l->n ? l->part[l->n - 1].end : end;
	if (part->kind == LAYOUT_IP4 && part->off + octets16(start + 2) < part->end)
		part->end = part->off + octets16(start + 2);
}

/* `area': the octets that the descent was in. */
static void
note(struct layout *l, const struct descent *d, struct slice area, const uint8_t *start,
    enum layout_kind kind)
{
	struct layout_part *part = &l->part[l->n];

	*part = (struct layout_part){ .kind = kind, .off = (size_t)(start - area.p) };
	if (d->body.p < area.p || d->body.p > area.p + area.n) {
		note_last_fragment(l, part, start, area.n);
	} else {
		part->len = (size_t)(d->body.p - start);
		part->end = (size_t)(d->body.end - area.p);
	}
	l->n++;
}

/* Are the octets to come in another place: a datagram? */
static bool
moved(const struct descent *d, struct slice area)
{
	return d->next && (d->body.p < area.p || d->body.p > area.p + area.n);
}

void
layout_read(
    struct layout_reader *r, const struct packet *pkt, struct segment *seg, struct layout *l)
{
	const struct link_type *link = link_type_find(pkt->dlt);
	enum layout_kind kind = kind_of_link(pkt->dlt);
	struct descent d = {
		.stats = &r->stats,
		.defrag = r->defrag,
		.pkt = pkt,
		.seg = seg,
		.body = cur_from(pkt->data),
		.wire = pkt->wirelen > pkt->data.n ? pkt->wirelen : pkt->data.n,
	};
	struct slice area = pkt->data;
	layer_fn *layer;

	l->status = DECODE_UNKNOWN_LINK;
	l->fragment = l->nested = false;
	l->n = l->outer = 0;
	l->datagram = slice_of(NULL, 0);
	*seg = (struct segment){ .pkt = pkt, .first_frame = pkt->frame };
	defrag_release(r->defrag);
	for (layer = link ? link->layer : NULL; layer; layer = d.next) {
		const uint8_t *start = d.body.p;

		d.next = NULL;
		l->status = layer(&d);
		if (kind == LAYOUT_OTHER)
			kind = kind_of(layer);
		if (l->n < LAYOUT_PARTS && !l->nested)
			note(l, &d, area, start, kind);
		kind = LAYOUT_OTHER;
		if (!moved(&d, area))
			continue;
		l->nested = l->fragment;
		l->fragment = true;
		l->outer = l->n;
		area = l->datagram = slice_of(d.body.p, cur_left(&d.body));
	}
	l->nested |= l->fragment && l->status == DECODE_FRAGMENT;
	l->fragment |= l->status == DECODE_FRAGMENT;
	if (l->datagram.n == 0)
		l->outer = l->n;
}
