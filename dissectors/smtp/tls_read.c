/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tls_read - hands the octets of a side that speaks TLS to the record parser and
 * copies what it found into the session.
 *
 * The state of a side is made with its first TLS octet, in the session's arena; the
 * hello that it may hold is given back by tls_fini().
 */
#include "smtp/parser.h"
#include "tls/tls.h"

static struct tls_side *
side_of(struct parser *p, enum stream_dir d)
{
	struct tls_side *t = p->tls[d];

	if (t != NULL || p->dead)
		return t;
	t = arena_alloc(p->s->arena, sizeof *t);
	if (t == NULL) {
		parser_limit(p, "memory of the session");
		return NULL;
	}
	tls_side_init(t, p->budget);
	p->s->tls.side[d] = p->tls[d] = t;
	return t;
}

static void
publish(struct smtp_tls *tls)
{
	unsigned d;

	for (d = 0; d < 2; d++) {
		const struct tls_side *t = tls->side[d];

		if (t == NULL)
			continue;
		*(d == DIR_CLIENT ? &tls->client_frame : &tls->server_frame) = t->first.frame;
		*(d == DIR_CLIENT ? &tls->client_hello : &tls->server_hello) = t->hello.frame != 0;
		tls->application_data[d] = t->data_records > 0;
		if (t->alert.at.frame != 0 && tls->alert_frame == 0) {
			tls->alert_frame = t->alert.at.frame;
			tls->alert_level = t->alert.level;
			tls->alert = t->alert.description;
			tls->alert_dir = (uint8_t)d;
		}
	}
}

void
tls_read(struct parser *p, enum stream_dir d, size_t n)
{
	struct feed *f = &p->feed[d];
	struct tls_side *t = side_of(p, d);
	size_t at = 0, i, upto;

	if (t == NULL)
		return;
	for (i = 0; i < f->nruns && at < n; i++) {
		const struct run_mark *r = &f->runs[i], *next = i + 1 < f->nruns ? r + 1 : NULL;

		if (next != NULL && next->off <= f->off + (int64_t)at)
			continue;
		upto = next == NULL || next->off - f->off >= (int64_t)n ?
		    n :
		    (size_t)(next->off - f->off);
		tls_side_feed(t, slice_of(f->view.p + at, upto - at),
		    (struct tls_place){ r->mark.frame, r->mark.ts });
		at = upto;
	}
	publish(&p->s->tls);
}

void
tls_gap(struct parser *p, enum stream_dir d, uint64_t n)
{
	struct tls_side *t = side_of(p, d);

	if (t != NULL)
		tls_side_gap(t, n);
}

void
tls_fini(struct parser *p)
{
	tls_side_fini(p->tls[DIR_CLIENT]);
	tls_side_fini(p->tls[DIR_SERVER]);
}
