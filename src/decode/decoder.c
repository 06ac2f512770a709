/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decoder - one frame in, at most one TCP segment out.
 *
 * Starts at the row of the link type and runs the layers until one of them
 * ends the descent; then counts the frame under exactly one outcome.  The
 * segment borrows from the packet, or from the defragmenter's buffers, which
 * live until the next call.  No allocation except for fragments.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "decode/defrag.h"
#include "decode/layer.h"

struct decoder {
	struct decode_stats stats;
	struct defrag *defrag;
};

struct decoder *
decoder_new(struct budget *budget)
{
	struct decoder *dec = xcalloc(1, sizeof(*dec));

	dec->defrag = defrag_new(budget);
	return dec;
}

void
decoder_free(struct decoder *dec)
{
	if (!dec)
		return;
	defrag_free(dec->defrag);
	free(dec);
}

static void
count_outcome(struct decode_stats *st, enum decode_status status, const struct segment *seg)
{
	switch (status) {
	case DECODE_SEGMENT:
		st->segments++;
		st->bad_tcp_checksum += !!(seg->issues & ISSUE_TCP_CHECKSUM);
		st->snaplen_cut += !!(seg->issues & ISSUE_SNAPLEN);
		return;
	case DECODE_NOT_TCP:
		st->not_tcp++;
		return;
	case DECODE_FRAGMENT:
		st->fragments++;
		return;
	case DECODE_MALFORMED:
		st->malformed++;
		return;
	case DECODE_CUT:
		st->cut++;
		return;
	case DECODE_UNKNOWN_LINK:
		st->unknown_link++;
		return;
	}
}

/* Every field that a layer may leave as it is; the others are set by layer_tcp(). */
static void
segment_begin(struct segment *seg, const struct packet *pkt)
{
	seg->pkt = pkt;
	seg->first_frame = pkt->frame;
	seg->first_position = pkt->position;
	seg->nfragments = 0;
	seg->ip_id = 0;
	seg->issues = 0;
	seg->payload_sum = 0;
}

enum decode_status
decoder_packet(struct decoder *dec, const struct packet *pkt, struct segment *seg)
{
	const struct link_type *link = link_type_find(pkt->dlt);
	struct descent d = {
		.stats = &dec->stats,
		.defrag = dec->defrag,
		.pkt = pkt,
		.seg = seg,
		.body = cur_from(pkt->data),
		.wire = pkt->wirelen > pkt->data.n ? pkt->wirelen : pkt->data.n,
	};
	enum decode_status status = DECODE_UNKNOWN_LINK;
	layer_fn *layer;

	segment_begin(seg, pkt);
	defrag_release(dec->defrag);
	for (layer = link ? link->layer : NULL; layer; layer = d.next) {
		d.next = NULL;
		status = layer(&d);
	}
	count_outcome(&dec->stats, status, seg);
	return status;
}

void
decoder_stats(const struct decoder *dec, struct decode_stats *out)
{
	struct defrag_stats ds;

	defrag_stats(dec->defrag, &ds);
	*out = dec->stats;
	out->fragments_expired = ds.expired;
	out->fragments_refused = ds.refused;
	out->fragments_pending = ds.pending;
}
