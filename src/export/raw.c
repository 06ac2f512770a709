/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * raw - buffers of connections in a hash table by the number of the stream.
 *
 * Charged to the budget.  What it refuses is not there, and is hidden by the
 * strictest rule then.
 */
#include <stdlib.h>

#include "base/budget.h"
#include "base/mem.h"
#include "base/sbuf.h"
#include "export/raw.h"

enum { BUCKETS = 4096 };

struct connection {
	struct connection *next;
	uint64_t id;
	struct sbuf side[2]; /* by enum stream_dir of the stream */
	bool closed[2];      /* something was refused: nothing is added behind it */
};

struct raw {
	struct budget *budget;
	struct connection *bucket[BUCKETS];
};

struct raw *
raw_new(struct budget *budget)
{
	struct raw *r = xcalloc(1, sizeof *r);

	r->budget = budget;
	return r;
}

static void
connection_free(struct raw *r, struct connection *c)
{
	sbuf_fini(&c->side[0]);
	sbuf_fini(&c->side[1]);
	budget_give(r->budget, sizeof *c);
	free(c);
}

void
raw_free(struct raw *r)
{
	struct connection *c;
	size_t i;

	for (i = 0; r && i < BUCKETS; i++) {
		while ((c = r->bucket[i])) {
			r->bucket[i] = c->next;
			connection_free(r, c);
		}
	}
	free(r);
}

static struct connection **
place_of(struct raw *r, uint64_t id)
{
	struct connection **at = &r->bucket[id % BUCKETS];

	while (*at && (*at)->id != id)
		at = &(*at)->next;
	return at;
}

static struct connection *
connection_get(struct raw *r, uint64_t id)
{
	struct connection **at = place_of(r, id), *c = *at;

	if (c || !budget_take(r->budget, sizeof *c))
		return c;
	c = *at = xcalloc(1, sizeof *c);
	c->id = id;
	sbuf_init(&c->side[0], RAW_MAX, r->budget);
	sbuf_init(&c->side[1], RAW_MAX, r->budget);
	return c;
}

/* What lies in front of it and is missing becomes zeros.  False: refused. */
static bool
add(struct sbuf *b, int64_t off, struct slice s)
{
	static const uint8_t zeros[256];
	size_t n;

	while (b->n < (size_t)off) {
		n = (size_t)off - b->n < sizeof zeros ? (size_t)off - b->n : sizeof zeros;
		if (!sbuf_add(b, slice_of(zeros, n)))
			return false;
	}
	if (b->n != (size_t)off) /* it was there */
		return true;
	if (s.n > RAW_MAX - b->n)
		s.n = RAW_MAX - b->n;
	return sbuf_add(b, s);
}

void
raw_event(struct raw *r, const struct stream_event *ev)
{
	struct connection *c;

	if (ev->type != STREAM_DATA || ev->off < 0 || ev->off >= RAW_MAX || ev->stream->muted)
		return;
	c = connection_get(r, ev->stream->id);
	if (c && !c->closed[ev->dir] && !add(&c->side[ev->dir], ev->off, ev->data))
		c->closed[ev->dir] = true;
}

void
raw_forget(struct raw *r, const struct stream *st)
{
	struct connection **at = place_of(r, st->id), *c = *at;

	if (!c)
		return;
	*at = c->next;
	connection_free(r, c);
}

struct slice
raw_octets(struct raw *r, const struct stream *st, enum stream_dir dir)
{
	const struct connection *c = *place_of(r, st->id);

	return c ? sbuf_slice(&c->side[dir]) : slice_of(NULL, 0);
}
