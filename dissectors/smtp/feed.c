/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * feed - one direction's octets on their way into the tokenizer, and which
 * segment carried each of them.
 *
 * An event's octets are read where they are; only what a tokenizer leaves unread
 * is copied into `buf'.  `runs' always covers what is unread.
 */
#include <stdlib.h>
#include "base/mem.h"
#include "smtp/parser.h"

void
feed_init(struct feed *f, struct budget *budget)
{
	memset(f, 0, sizeof *f);
	sbuf_init(&f->buf, HOLD_MAX + LINE_MAX_LEN, budget);
}

void
feed_fini(struct feed *f)
{
	sbuf_fini(&f->buf);
	free(f->runs);
	f->runs = NULL;
	f->nruns = f->caprun = 0;
}

static void
run_add(struct feed *f, const struct stream_event *ev)
{
	const struct ledger_seg *g = ev->seg;
	struct run_mark *r;

	if (f->nruns == f->caprun) {
		f->caprun = f->caprun ? f->caprun * 2 : 4;
		f->runs = xreallocarray(f->runs, f->caprun, sizeof *f->runs);
	}
	r = &f->runs[f->nruns++];
	r->off = ev->off;
	r->mark = (struct smtp_mark){ g->frame, g->ts, g->ack, g->off, g->len };
	r->at_frame = ev->at ? ev->at->frame : g->frame;
	r->at_ts = ev->at ? ev->at->ts : g->ts;
}

/* False: no room to keep the octets; the caller gives the session up. */
bool
feed_push(struct feed *f, const struct stream_event *ev)
{
	if (f->buf.n == 0 && f->nruns == 0)
		f->off = ev->off;
	run_add(f, ev);
	if (f->buf.n == 0) {
		f->view = ev->data;
		return true;
	}
	if (!sbuf_add(&f->buf, ev->data))
		return false;
	f->view = sbuf_slice(&f->buf);
	return true;
}

/* The run that holds the octet at `off'; NULL only when nothing was ever pushed. */
const struct run_mark *
feed_run(const struct feed *f, int64_t off)
{
	size_t i = f->nruns;

	while (i > 1 && f->runs[i - 1].off > off)
		i--;
	return i ? &f->runs[i - 1] : NULL;
}

static void
runs_drop(struct feed *f)
{
	size_t i = 0;

	while (i + 1 < f->nruns && f->runs[i + 1].off <= f->off)
		i++;
	if (i > 0) {
		memmove(f->runs, f->runs + i, (f->nruns - i) * sizeof *f->runs);
		f->nruns -= i;
	}
}

void
feed_consume(struct feed *f, size_t n)
{
	f->off += (int64_t)n;
	if (f->buf.n > 0) {
		sbuf_drop(&f->buf, n);
		f->view = sbuf_slice(&f->buf);
	} else {
		f->view = slice_from(f->view, n);
	}
	if (f->nruns > 1)
		runs_drop(f);
}

void
feed_skip(struct feed *f, int64_t to)
{
	sbuf_clear(&f->buf);
	f->view = (struct slice){ NULL, 0 };
	f->off = to;
	f->nruns = 0;
}

/* The event's octets go away with the call: what was left unread is copied.  False: no room. */
bool
feed_end(struct feed *f)
{
	bool kept = true;

	if (f->buf.n == 0 && f->view.n > 0)
		kept = sbuf_add(&f->buf, f->view);
	f->view = sbuf_slice(&f->buf);
	if (f->view.n == 0)
		f->nruns = 0;
	return kept;
}

/* Fills in where a line of `len' octets at the feed's position was carried. */
void
line_locate(const struct feed *f, struct smtp_line *l, size_t len)
{
	const struct run_mark *first = feed_run(f, f->off);
	const struct run_mark *last = feed_run(f, f->off + (int64_t)len - (len > 0));

	l->off = f->off;
	l->len = (uint32_t)len;
	if (first == NULL)
		return;
	l->first = first->mark;
	l->last = last->mark;
	/* Whole in order only when the last of its octets was. */
	l->at_frame = first->at_frame > last->at_frame ? first->at_frame : last->at_frame;
	l->at_ts = first->at_frame > last->at_frame ? first->at_ts : last->at_ts;
}

/* What is odd about the octets of a line, ending included. */
void
line_flags(struct smtp_line *l, struct slice whole)
{
	size_t i, n = whole.n;

	if (n > 0 && whole.p[n - 1] == '\n') {
		n--;
		if (n > 0 && whole.p[n - 1] == '\r')
			n--;
		else
			l->flags |= LINE_BARE_LF;
	}
	for (i = 0; i < n; i++) {
		uint8_t c = whole.p[i];

		if (c >= 0x80)
			l->flags |= LINE_8BIT;
		else if (c == '\r')
			l->flags |= LINE_BARE_CR;
		else if (c == 0)
			l->flags |= LINE_NUL;
		else if ((c < 0x20 && c != '\t') || c == 0x7f)
			l->flags |= LINE_CONTROL;
	}
}
