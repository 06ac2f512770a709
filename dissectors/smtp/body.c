/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * body - a message on the wire: where it begins and ends, and which segments it is in.
 *
 * Only CRLF.CRLF ends the text (RFC 5321 4.1.1.4), which body_scan.c looks for.
 * Every lone dot between other breaks is kept as a body_dot: a server that takes
 * one for the end opens the door to smuggled commands, so the text behind it is
 * looked at once the message is over.
 */
#include "smtp/header.h"
#include "smtp/parser.h"

void
body_begin(struct parser *p, struct smtp_unit *opener, int64_t off, bool bdat)
{
	struct smtp_body *b = arena_alloc(p->s->arena, sizeof *b);

	memset(&p->scan, 0, sizeof p->scan);
	p->scan.state = TEXT_BOL;
	p->scan.before = BREAK_CRLF; /* that of the DATA line counts as the first */
	p->body = b;
	if (b == NULL) {
		parser_limit(p, "memory of the session");
		return;
	}
	b->opener = opener;
	b->bdat = bdat;
	b->off = b->end = off;
	if (opener != NULL && opener->body == NULL)
		opener->body = b;
	STAILQ_INSERT_TAIL(&p->s->bodies, b, link);
	if (p->header == NULL)
		p->header = header_new(p->s->arena);
	if (p->header != NULL)
		header_begin(p->header);
	p->alt_on = false;
	p->alt_chunk = NULL;
	sbuf_clear(&p->alt);
}

static void
keep_tail(struct smtp_body *b, struct slice read)
{
	size_t n = read.n < BODY_TAIL ? read.n : BODY_TAIL, old = BODY_TAIL - n;

	if (old > b->ntail)
		old = b->ntail;
	memmove(b->tail, b->tail + b->ntail - old, old);
	memcpy(b->tail + old, read.p + read.n - n, n);
	b->ntail = (unsigned)(old + n);
}

static void
note_read(struct parser *p, struct slice read, const struct run_mark *first)
{
	struct smtp_body *b = p->body;
	const struct run_mark *last;

	if (read.n == 0)
		return;
	last = feed_run(&p->feed[DIR_CLIENT], p->feed[DIR_CLIENT].off + (int64_t)read.n - 1);
	if (b->first.frame == 0 && first != NULL)
		b->first = first->mark;
	if (last != NULL && last->mark.frame != b->last.frame) {
		b->frames++;
		b->last = last->mark;
	}
	b->end += (int64_t)read.n;
	keep_tail(b, read);
	if (p->header != NULL && header_wants(p->header))
		header_feed(p->header, read);
	if (p->keep_text && b->text.n == 0)
		b->text = arena_dup(
		    p->s->arena, slice_of(read.p, read.n < LINE_KEEP ? read.n : LINE_KEEP));
}

/*
 * A segment behind a hole that begins with a lone dot, and with nothing or a
 * command behind it: nearly always the end of data, so it is read as such, marked
 * as a guess.
 */
static void
behind_hole(struct parser *p, struct slice in)
{
	struct slice rest = slice_from(in, 3);
	size_t i;

	p->scan.after_hole = false;
	if (p->body->bdat || in.n < 3 || memcmp(in.p, ".\r\n", 3) != 0)
		return;
	for (i = 0; i < rest.n && rest.p[i] > ' '; i++)
		;
	if (rest.n > 0 && smtp_verb_find(slice_of(rest.p, i))->id == VERB_UNKNOWN)
		return;
	p->scan.state = TEXT_BOL;
	p->scan.before = BREAK_CRLF;
	p->body->guessed = true;
}

size_t
body_feed(struct parser *p, struct slice in, bool *end)
{
	const struct feed *f = &p->feed[DIR_CLIENT];
	const struct run_mark *r, *next;
	size_t read = 0;

	*end = false;
	if (p->body == NULL)
		return in.n;
	if (p->scan.after_hole && in.n > 0)
		behind_hole(p, in);
	while (read < in.n && !*end) {
		int64_t off = f->off + (int64_t)read;
		size_t n = in.n - read;

		/* Octets held back may come from several segments. */
		r = feed_run(f, off);
		next = r && r + 1 < f->runs + f->nruns ? r + 1 : NULL;
		if (next != NULL && (uint64_t)(next->off - off) < n)
			n = (size_t)(next->off - off);
		read += body_scan(p, slice_of(in.p + read, n), off, r, end);
	}
	note_read(p, slice_of(in.p, read), feed_run(f, f->off));
	return read;
}

void
body_gap(struct parser *p, uint64_t len)
{
	if (p->body == NULL)
		return;
	body_line_unfinished(p);
	p->body->missing += len;
	p->body->end += (int64_t)len;
	if (p->header != NULL)
		header_gap(p->header);
	p->scan.state = TEXT_LOST; /* what the hole ended with cannot be told */
	p->scan.before = BREAK_NONE;
	p->scan.after_hole = true;
}

/* The first line that is a command, at most 200 octets behind a dot. */
static void
dot_next(struct parser *p, struct body_dot *d)
{
	int64_t at = d->end - p->alt_off;
	const struct smtp_verb *verb;
	const struct ledger_seg *g;
	struct slice text, line;
	const uint8_t *lf;
	size_t skip;

	if (d->next != NULL || at < 0 || (uint64_t)at >= p->alt.n)
		return;
	text = slice_from(sbuf_slice(&p->alt), (size_t)at);
	if (text.n > 200)
		text.n = 200;
	for (; text.n > 0; text = slice_from(text, skip)) {
		lf = memchr(text.p, '\n', text.n);
		if (lf == NULL)
			return;
		skip = (size_t)(lf - text.p) + 1;
		line = slice_of(text.p, skip - 1);
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		verb = line_command(line);
		if (verb == NULL)
			continue;
		g = ledger_carrier(&p->s->stream->ledger,
		    (enum stream_dir)(DIR_CLIENT ^ p->s->flip), p->alt_off + (text.p - p->alt.p));
		d->next = verb->name;
		d->next_off = p->alt_off + (text.p - p->alt.p);
		d->next_ack = g ? g->ack : LEDGER_NO_ACK;
		d->next_text = arena_dup(p->s->arena, line);
		d->next_frame = g ? g->frame : d->mark.frame;
		return;
	}
}

void
body_finish(struct parser *p)
{
	unsigned i;

	if (p->body == NULL)
		return;
	body_line_unfinished(p);
	if (p->header != NULL)
		header_end(p->header, p->s->arena, p->body);
	for (i = 0; i < p->body->ndots; i++)
		dot_next(p, &p->body->dots[i]);
}
