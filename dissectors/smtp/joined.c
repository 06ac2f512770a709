/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * joined - TLS that had begun before the capture did: told by its records, as its
 * handshake was not seen.
 *
 * A side that was joined in mid-stream, and of which nothing has been read, waits as long
 * as what it sent may be records (RFC 8446 5.1, RFC 5246 6.2.1).  Two that fit are enough:
 * one behind the other, or one of each side.  No line of SMTP begins with such octets.
 * What turns out to be something else is read as if it had not waited.
 */
#include "smtp/parser.h"

enum { RECORD_HEADER = 5, RECORD_MAX = (1 << 14) + 2048 };

/* Do all the octets belong to records?  *n: of which this many are known by their length. */
static bool
are_records(struct slice s, unsigned *n, size_t *beyond)
{
	size_t len;

	for (*n = 0, *beyond = 0; s.n > 0; s = slice_from(s, RECORD_HEADER + len)) {
		if (s.p[0] < 20 || s.p[0] > 23 || (s.n > 1 && s.p[1] != 3) ||
		    (s.n > 2 && (s.p[2] < 1 || s.p[2] > 4)))
			return false;
		if (s.n < RECORD_HEADER)
			return true;
		len = (size_t)s.p[3] << 8 | s.p[4];
		if (len == 0 || len > RECORD_MAX)
			return false;
		++*n;
		if (s.n < RECORD_HEADER + len) {
			*beyond = RECORD_HEADER + len - s.n;
			return true;
		}
	}
	return true;
}

/* A code that was read: this side spoke in clear. */
static bool
spoke(const struct parser *p)
{
	const struct smtp_reply *r;

	STAILQ_FOREACH (r, &p->s->replies, link)
		if (r->code != 0)
			return true;
	return p->s->nunits > 0;
}

static void
begin(struct parser *p)
{
	unsigned d;

	p->s->tls.via = TLS_JOINED;
	for (d = 0; d < 2; d++) {
		/* Of a side that was read already it is not known where a record begins. */
		enum parse_mode mode = p->joined[d] == JOINED_NO ? MODE_OPAQUE : MODE_TLS;

		p->s->tls.start[d] = p->feed[d].off;
		p->joined[d] = JOINED_NO;
		*(d == DIR_CLIENT ? &p->mode : &p->server_mode) = mode;
	}
	p->open = NULL;
}

bool
joined_waits(struct parser *p, enum stream_dir d)
{
	enum stream_dir peer = d == DIR_CLIENT ? DIR_SERVER : DIR_CLIENT;
	unsigned n;
	size_t beyond;

	if (p->joined[d] == JOINED_NO || p->feed[d].view.n == 0)
		return false;
	if (!p->s->stream->midstream || p->s->stream->transcript || spoke(p) ||
	    !are_records(p->feed[d].view, &n, &beyond)) {
		p->joined[d] = JOINED_NO;
		return false;
	}
	if (n > 0)
		p->joined[d] = JOINED_RECORD;
	if (n < 2 && (n == 0 || p->joined[peer] != JOINED_RECORD))
		return true;
	begin(p);
	return false;
}

void
joined_gap(struct parser *p, const struct smtp_gap *g)
{
	unsigned n;
	size_t beyond;

	if (p->joined[g->dir] == JOINED_RECORD && !spoke(p) &&
	    are_records(p->feed[g->dir].view, &n, &beyond) && beyond == g->len)
		begin(p); /* the snap length cut the record, and nothing else */
	joined_give_up(p, g->dir);
}

void
joined_give_up(struct parser *p, enum stream_dir d)
{
	p->joined[d] = JOINED_NO;
	if (p->feed[d].view.n == 0)
		return;
	if (d == DIR_CLIENT)
		client_read(p);
	else
		server_read(p);
}
