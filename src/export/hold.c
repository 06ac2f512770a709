/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * hold - a queue of copies.  Nothing overtakes a fragment that waits.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/queue.h"
#include "export/hold.h"

struct held {
	STAILQ_ENTRY(held) link;
	struct packet pkt;
	size_t at, n, off; /* of its fragment, as in struct hidden */
	uint64_t whole;    /* it waits for this frame; 0: for nothing */
	uint8_t octets[];
};

struct hold {
	STAILQ_HEAD(, held) queue;
	size_t octets;
	uint64_t empty;
	struct held *given; /* by the last hold_next() */
};

struct hold *
hold_new(void)
{
	struct hold *h = xcalloc(1, sizeof *h);

	STAILQ_INIT(&h->queue);
	return h;
}

void
hold_free(struct hold *h)
{
	struct held *e;

	if (!h)
		return;
	while ((e = STAILQ_FIRST(&h->queue))) {
		STAILQ_REMOVE_HEAD(&h->queue, link);
		free(e);
	}
	free(h->given);
	free(h);
}

void
hold_add(struct hold *h, const struct packet *pkt, const struct hidden *hidden, uint64_t whole)
{
	struct held *e = xcalloc(1, sizeof *e + pkt->data.n);

	e->pkt = *pkt;
	if (pkt->data.n)
		memcpy(e->octets, pkt->data.p, pkt->data.n);
	e->pkt.data.p = e->octets;
	e->whole = hidden->fragment ? whole : 0;
	e->at = hidden->at;
	e->n = hidden->n;
	e->off = hidden->off;
	h->octets += pkt->data.n;
	STAILQ_INSERT_TAIL(&h->queue, e, link);
}

void
hold_fill(struct hold *h, uint64_t whole, struct slice datagram)
{
	struct held *e;

	STAILQ_FOREACH (e, &h->queue, link) {
		if (e->whole != whole)
			continue;
		e->whole = 0;
		if (e->off < datagram.n && e->at + e->n <= e->pkt.data.n)
			memcpy(e->octets + e->at, datagram.p + e->off,
			    e->n < datagram.n - e->off ? e->n : datagram.n - e->off);
	}
}

const struct packet *
hold_next(struct hold *h, bool all)
{
	struct held *e = STAILQ_FIRST(&h->queue);

	free(h->given);
	h->given = NULL;
	if (!e || (e->whole && !all && h->octets <= HOLD_OCTETS))
		return NULL;
	h->empty += e->whole != 0;
	STAILQ_REMOVE_HEAD(&h->queue, link);
	h->octets -= e->pkt.data.n;
	h->given = e;
	return &e->pkt;
}

uint64_t
hold_empty(const struct hold *h)
{
	return h->empty;
}
