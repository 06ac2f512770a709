/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan - spans of octets that were worded anew, and a rule for all others.
 *
 * Made when the session has been analysed: each line of commands and replies is
 * a span with its new text, and so are the headers of messages and the clear part
 * of a TLS handshake, as far as their octets were kept (raw.h).  Every other octet
 * becomes what wording_octet() makes of it.  Behind the handshake octets are
 * encrypted and stay; where that cannot be told they become zeros.
 *
 * A segment that brought other octets than the one before it, at the same place,
 * would not any longer: in the first such frame letters are changed once more.
 *
 * Owns its spans; everything is charged to the budget.
 */
#include <stdlib.h>

#include "base/budget.h"
#include "base/mem.h"
#include "export/plan_span.h"
#include "export/wording.h"

enum { SPANS_MIN = 32, TEXT_MIN = 1024 };

/* -- spans ------------------------------------------------------------------------------- */

/* Room for n octets of text, or NULL. */
static uint8_t *
text_room(struct plan *p, size_t n)
{
	size_t cap = p->captext ? p->captext : TEXT_MIN;

	while (cap < p->ntext + n)
		cap *= 2;
	if (cap > p->captext) {
		if (!budget_take(p->budget, cap - p->captext))
			return NULL;
		p->text = xreallocarray(p->text, cap, 1);
		p->captext = cap;
	}
	return p->text + p->ntext;
}

uint8_t *
span_add(struct plan *p, unsigned half, int64_t off, struct slice text)
{
	struct side *d = &p->side[half];
	size_t cap = d->cap ? 2 * d->cap : SPANS_MIN;
	uint8_t *copy;

	if (text.n == 0 || off < 0 || p->refused)
		return NULL;
	if (d->n == d->cap) {
		if (!budget_take(p->budget, (cap - d->cap) * sizeof *d->span)) {
			p->refused = true;
			return NULL;
		}
		d->span = xreallocarray(d->span, cap, sizeof *d->span);
		d->cap = cap;
	}
	copy = text_room(p, text.n);
	if (!copy) {
		p->refused = true;
		return NULL;
	}
	memcpy(copy, text.p, text.n);
	d->span[d->n++] = (struct span){ off, text.n, p->ntext };
	p->ntext += text.n;
	return copy;
}

void
plan_shrink(struct plan *p)
{
	struct side *d;

	budget_give(p->budget, p->captext - p->ntext);
	p->captext = p->ntext;
	p->text = xreallocarray(p->text, p->ntext ? p->ntext : 1, 1);
	for (d = p->side; d < p->side + 2; d++) {
		budget_give(p->budget, (d->cap - d->n) * sizeof *d->span);
		d->cap = d->n;
		d->span = xreallocarray(d->span, d->n ? d->n : 1, sizeof *d->span);
	}
}

static int
compare_spans(const void *x, const void *y)
{
	const struct span *a = x, *b = y;

	if (a->off != b->off)
		return a->off < b->off ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

void
spans_settle(struct side *d)
{
	int64_t end = INT64_MIN;
	size_t i, n = 0, cut;

	if (d->n)
		qsort(d->span, d->n, sizeof *d->span, compare_spans);
	for (i = 0; i < d->n; i++) {
		struct span s = d->span[i];

		if (s.off + (int64_t)s.n <= end)
			continue;
		if (s.off < end) {
			cut = (size_t)(end - s.off);
			s.off += (int64_t)cut;
			s.at += cut;
			s.n -= cut;
		}
		end = s.off + (int64_t)s.n;
		d->span[n++] = s;
	}
	d->n = n;
}

void
plan_free(struct plan *p)
{
	struct side *d;

	if (!p)
		return;
	for (d = p->side; d < p->side + 2; d++) {
		budget_give(p->budget, d->cap * sizeof *d->span);
		free(d->span);
	}
	budget_give(p->budget, p->captext + sizeof *p);
	free(p->text);
	free(p);
}

/* -- use --------------------------------------------------------------------------------- */

/* The offset of a segment; the last one tells where in a long stream the number belongs. */
static int64_t
offset_of(struct side *d, const struct segment *seg, size_t n)
{
	uint32_t seq = seg->seq + (seg->flags & TCP_SYN ? 1 : 0);
	uint32_t near = d->base_seq + (uint32_t)d->next;
	int64_t off = d->next + (int32_t)(seq - near);

	if (off + (int64_t)n > d->next)
		d->next = off + (int64_t)n;
	return off;
}

/* A verb with an X in front is a private one (RFC 5321 4.1.5): no other line may become that. */
static uint8_t
line_start(uint8_t c)
{
	uint8_t hidden = wording_octet(c);

	return hidden == 'x' && ascii_lower(c) != 'x' ? 'n' : hidden;
}

static void
apply_rule(const struct side *d, int64_t off, uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		int64_t at = off + (int64_t)i;

		if (d->blank >= 0 && at >= d->blank)
			p[i] = 0;
		else if (d->sealed < 0 || at < d->sealed)
			p[i] = i == 0 || p[i - 1] == '\n' ? line_start(p[i]) : wording_octet(p[i]);
	}
}

static void
apply_spans(const struct plan *p, const struct side *d, int64_t off, uint8_t *octets, size_t n)
{
	size_t low = 0, high = d->n, middle;
	int64_t end = off + (int64_t)n, from, to;

	while (low < high) { /* the first that ends behind `off' */
		middle = low + (high - low) / 2;
		if (d->span[middle].off + (int64_t)d->span[middle].n <= off)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < d->n && d->span[low].off < end; low++) {
		const struct span *s = &d->span[low];

		from = s->off > off ? s->off : off;
		to = s->off + (int64_t)s->n < end ? s->off + (int64_t)s->n : end;
		memcpy(
		    octets + (from - off), p->text + s->at + (from - s->off), (size_t)(to - from));
	}
}

/* Other letters than the rest of the stream has. */
static void
change_letters(uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (ascii_lower(p[i]) >= 'a' && ascii_lower(p[i]) <= 'z')
			p[i] = p[i] == 'y' ? 'z' : 'y';
}

void
plan_apply(struct plan *p, const struct segment *seg, uint8_t *payload, size_t n)
{
	const struct endpoint *ep = &p->side[0].ep;
	bool first = ep->port == seg->src.port && ep->addr.family == seg->src.addr.family &&
	    memcmp(ep->addr.b, seg->src.addr.b, sizeof ep->addr.b) == 0;
	struct side *d = &p->side[first ? 0 : 1];
	int64_t off;

	if (!d->base_known) {
		memset(payload, 0, n);
		return;
	}
	off = offset_of(d, seg, n);
	apply_rule(d, off, payload, n);
	apply_spans(p, d, off, payload, n);
	if (d->conflict_frame && d->conflict_frame == seg->pkt->frame)
		change_letters(payload, n);
}
