/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * client - how the client's stream is read on, by the modes of parser.h.  What a
 * reply does to the mode is in client_mode.c, lines become units in unit.c, and
 * message text is scanned in body_scan.c.
 */
#include "smtp/parser.h"

static void
data_end(struct parser *p)
{
	struct feed *f = &p->feed[DIR_CLIENT];
	struct smtp_unit *u = client_unit(p, UNIT_EOD, p->scan.dot_off);
	const struct run_mark *r = feed_run(f, f->off - 1);

	if (u == NULL)
		return;
	u->verb = smtp_verb_row(VERB_DATA);
	u->line.len = 3;
	u->line.text = slice_str(".");
	u->line.first = p->scan.dot_mark;
	u->end = f->off;
	if (r != NULL) {
		u->line.last = u->last = r->mark;
		u->at_frame = u->line.at_frame = r->at_frame;
		u->at_ts = u->line.at_ts = r->at_ts;
	}
	u->recipients = p->accepted;
	if (p->lmtp)
		u->owes = p->accepted ? p->accepted : 1;
	u->body = p->body;
	p->body->eod = u;
	body_finish(p);
	if (p->body->guessed)
		u->flags |= UNIT_GUESSED;
	unit_resume(p, u);
	p->body = NULL;
	p->accepted = 0;
	p->mode = MODE_COMMAND;
}

/* The first line behind a hole is the rest of one, unless a segment begins with it and it can be
 * nothing but a command. */
static bool
starts_afresh(const struct parser *p, struct slice whole)
{
	const struct feed *f = &p->feed[DIR_CLIENT];
	const struct run_mark *r = feed_run(f, f->off);

	return p->mode == MODE_COMMAND && r != NULL && r->mark.seg_off == f->off &&
	    line_command(line_without_eol(whole));
}

/* One whole line, if there is one; 0 while it is not. */
static size_t
read_line(struct parser *p, void (*take)(struct parser *, struct slice))
{
	struct feed *f = &p->feed[DIR_CLIENT];
	const uint8_t *lf = f->view.n ? memchr(f->view.p, '\n', f->view.n) : NULL;
	size_t n = lf ? (size_t)(lf - f->view.p) + 1 : 0;

	if (n == 0) {
		if (f->view.n < LINE_MAX_LEN)
			return 0;
		n = f->view.n; /* an endless line: kept in part, the rest is skipped */
	}
	if (!f->skip_to_lf || (lf != NULL && starts_afresh(p, slice_of(f->view.p, n))))
		take(p, slice_of(f->view.p, n));
	f->skip_to_lf = lf == NULL;
	return n;
}

static void
alt_keep(struct parser *p, struct slice read)
{
	int64_t skip;

	if (!p->alt_on || p->alt.n >= ALT_MAX)
		return;
	skip = p->alt_off + (int64_t)p->alt.n - p->feed[DIR_CLIENT].off;
	if (skip < (int64_t)read.n)
		sbuf_add(&p->alt, slice_from(read, skip > 0 ? (size_t)skip : 0));
}

static size_t
read_data(struct parser *p)
{
	bool end;
	size_t n = body_feed(p, p->feed[DIR_CLIENT].view, &end);

	if (end) {
		/* The unit's place is computed from where the feed stands. */
		alt_keep(p, slice_of(p->feed[DIR_CLIENT].view.p, n));
		feed_consume(&p->feed[DIR_CLIENT], n);
		data_end(p);
		return 0;
	}
	return n;
}

static size_t
read_chunk(struct parser *p)
{
	struct feed *f = &p->feed[DIR_CLIENT];
	size_t n = f->view.n < p->chunk_left ? f->view.n : (size_t)p->chunk_left;
	const struct run_mark *r;
	bool end;

	if (p->body != NULL && p->chunk->verb->id == VERB_BDAT)
		body_feed(p, slice_of(f->view.p, n), &end);
	p->chunk_left -= n;
	r = feed_run(f, f->off + (int64_t)n - (n > 0));
	if (r != NULL && p->chunk != NULL) {
		p->chunk->last = r->mark;
		p->chunk->at_frame = r->at_frame;
		p->chunk->at_ts = r->at_ts;
	}
	if (p->chunk_left == 0)
		unit_chunk_over(p);
	return n;
}

/* TLS was agreed: a record begins with 22; anything else is plaintext where none may be. */
static size_t
read_tls_wait(struct parser *p)
{
	struct feed *f = &p->feed[DIR_CLIENT];

	if (f->view.p[0] == 0x16 || f->view.p[0] == 0x80) {
		p->mode = MODE_TLS;
		p->s->tls.start[DIR_CLIENT] = f->off;
		return 0;
	}
	p->s->tls.start[DIR_CLIENT] = -1;
	return read_line(p, unit_from_command);
}

static size_t
read_once(struct parser *p)
{
	struct feed *f = &p->feed[DIR_CLIENT];

	switch (p->mode) {
	case MODE_COMMAND:
		/* A TLS record where a command is due: implicit TLS, or a client set up wrongly. */
		if (f->view.n >= 3 && f->view.p[0] == 0x16 && f->view.p[1] == 3 &&
		    f->view.p[2] < 5 && !f->skip_to_lf) {
			p->mode = MODE_TLS;
			p->s->tls.via = p->s->tls.via == TLS_NONE ? TLS_IMPLICIT : p->s->tls.via;
			p->s->tls.start[DIR_CLIENT] = f->off;
			return 0;
		}
		return read_line(p, unit_from_command);
	case MODE_SASL:
		return read_line(p, unit_from_sasl);
	case MODE_DATA:
		return read_data(p);
	case MODE_CHUNK:
		return read_chunk(p);
	case MODE_TLS_WAIT:
		return read_tls_wait(p);
	case MODE_HOLD:
	case MODE_PEEK:
		return 0;
	case MODE_TLS:
		tls_read(p, DIR_CLIENT, f->view.n);
		break;
	case MODE_OPAQUE:
		break;
	}
	return f->view.n;
}

void
client_read(struct parser *p)
{
	struct feed *f = &p->feed[DIR_CLIENT];
	size_t before, n;

	if (joined_waits(p, DIR_CLIENT) || tunnel_client(p))
		return;
	while (f->view.n > 0) {
		enum parse_mode mode = p->mode;

		before = f->view.n;
		if (mode == MODE_PEEK)
			client_peek(p);
		n = p->mode == mode ? read_once(p) : 0;
		if (n > 0) {
			alt_keep(p, slice_of(f->view.p, n));
			feed_consume(f, n);
		}
		if (f->view.n == before && p->mode == mode)
			break;
	}
	if (p->mode == MODE_HOLD && f->view.n >= HOLD_MAX)
		client_guess(p);
	p->s->seen[DIR_CLIENT] = f->off;
}

/* A frame cut by the snap length: its start is a command, its lost end nearly always that line's.
 */
static void
cut_line(struct parser *p, const struct smtp_gap *g)
{
	struct feed *f = &p->feed[DIR_CLIENT];
	struct smtp_unit *u;

	unit_from_command(p, f->view);
	u = STAILQ_LAST(&p->s->units, smtp_unit, link);
	if (u != NULL && u->line.off == f->off) {
		u->line.flags |= LINE_GAP | LINE_CUT;
		u->line.len += (uint32_t)g->len;
		u->flags |= UNIT_AFTER_GAP;
		if (u->kind != UNIT_CHUNK)
			u->end = u->line.off + u->line.len;
	}
	feed_skip(f, g->off + (int64_t)g->len);
	p->cut_end = f->off;
	p->s->seen[DIR_CLIENT] = f->off;
}

void
client_gap(struct parser *p, const struct smtp_gap *g)
{
	struct feed *f = &p->feed[DIR_CLIENT];

	joined_gap(p, g);
	if (g->reason == REASON_SNAPLEN && p->mode == MODE_COMMAND && f->view.n > 0 &&
	    !f->skip_to_lf) {
		cut_line(p, g);
		return;
	}
	client_guess(p);
	feed_skip(f, g->off + (int64_t)g->len);
	p->s->seen[DIR_CLIENT] = f->off;
	switch (p->mode) {
	case MODE_DATA:
		body_gap(p, g->len);
		return;
	case MODE_CHUNK:
		body_gap(p, p->body ? (g->len < p->chunk_left ? g->len : p->chunk_left) : 0);
		if (g->len <= p->chunk_left) {
			p->chunk_left -= g->len;
			if (p->chunk_left == 0)
				unit_chunk_over(p);
			return;
		}
		p->chunk_left = 0;
		unit_chunk_over(p);
		break;
	case MODE_TLS_WAIT: /* what the hole hid may have been the first record */
		p->mode = MODE_TLS;
		tls_gap(p, DIR_CLIENT, g->len);
		return;
	case MODE_TLS:
		tls_gap(p, DIR_CLIENT, g->len);
		return;
	case MODE_OPAQUE:
		return;
	default:
		break;
	}
	p->mode = MODE_COMMAND;
	p->waiting = NULL;
	f->skip_to_lf = true;
	p->synced = false;
	p->head = NULL;
	p->s->epoch = ++p->epoch;
	p->alt_on = false;
	p->alt_chunk = NULL;
}

/* The connection is over: what waits is read as far as it goes. */
void
client_eof(struct parser *p)
{
	struct feed *f = &p->feed[DIR_CLIENT];
	struct slice rest;

	joined_give_up(p, DIR_CLIENT);
	client_guess(p);
	if (p->mode == MODE_PEEK) {
		p->mode = MODE_COMMAND;
		client_read(p);
	}
	rest = f->view;
	if (rest.n > 0 && p->mode == MODE_COMMAND && !f->skip_to_lf && p->synced) {
		struct smtp_unit *u;

		unit_from_command(p, rest);
		u = STAILQ_LAST(&p->s->units, smtp_unit, link);
		if (u != NULL && u->line.off == f->off)
			u->line.flags |= LINE_UNTERMINATED;
	}
	if (p->chunk != NULL)
		p->chunk->flags |= UNIT_CHUNK_SHORT;
	body_finish(p);
	p->s->seen[DIR_CLIENT] = f->off + (int64_t)rest.n;
}
