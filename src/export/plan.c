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
#include "export/plan.h"
#include "export/raw.h"
#include "export/wording.h"

enum { SPANS_MIN = 32, TEXT_MIN = 1024 };

struct span {
	int64_t off;
	size_t n;
	size_t at; /* in `text' */
};

struct side { /* what one half of the stream sent */
	struct endpoint ep;
	uint32_t base_seq; /* of offset 0 */
	bool base_known;
	int64_t next;   /* offset behind the last segment that was replaced */
	int64_t sealed; /* octets from here on stay; -1: none */
	int64_t blank;  /* ... become zeros; -1: none */
	uint64_t conflict_frame;
	struct span *span; /* sorted, none overlaps */
	size_t n, cap;
};

struct plan {
	struct budget *budget;
	struct aliases *aliases;
	struct side side[2]; /* by enum stream_dir of the stream */
	uint8_t *text;       /* of the spans */
	size_t ntext, captext;
	bool refused;
};

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

/* A span with a copy of the text, to be worded anew; NULL: refused, or nothing to be done. */
static uint8_t *
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

static int
compare_spans(const void *x, const void *y)
{
	const struct span *a = x, *b = y;

	if (a->off != b->off)
		return a->off < b->off ? -1 : 1;
	return (a->at > b->at) - (a->at < b->at);
}

/* Of two that overlap the first one stays whole. */
static void
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

/* -- making ------------------------------------------------------------------------------ */

/* Without the mask at its end, behind which the secret is as long as it was. */
static struct slice
unmasked(const struct smtp_unit *u)
{
	struct slice t = u->line.text;

	while (u->flags & UNIT_MASKED && t.n > 0 && t.p[t.n - 1] == '*')
		t.n--;
	return t;
}

/* The octets of a line as they came, if they were kept; else the text that was. */
static struct slice
as_sent(struct slice raw, int64_t off, struct slice text)
{
	if (off >= 0 && (uint64_t)off < raw.n && text.n <= raw.n - (size_t)off)
		return slice_of(raw.p + off, text.n);
	return text;
}

/* The masked end of a line.  What was no base64 is none afterwards. */
static void
plan_response(
    struct plan *p, unsigned half, const struct smtp_unit *u, int64_t off, struct slice raw)
{
	int64_t end = u->line.off + u->line.len;
	struct side *d = &p->side[half];
	size_t before = p->ntext;
	uint8_t *copy;

	if (u->line.flags & LINE_NOT_BASE64) {
		span_add(p, half, off, slice_str("*"));
		return;
	}
	if (off < 0 || off >= end || (uint64_t)end > raw.n)
		return;
	raw = slice_of(raw.p + off, (size_t)(end - off));
	while (raw.n > 0 && raw.p[raw.n - 1] <= ' ')
		raw.n--;
	copy = span_add(p, half, off, raw);
	if (copy && !plan_secret(p->aliases, u->user, copy, raw.n)) {
		p->ntext = before;
		d->n--;
	}
}

static void
plan_units(struct plan *p, const struct smtp_session *s, struct slice raw)
{
	unsigned half = DIR_CLIENT ^ s->flip;
	const struct smtp_unit *u;
	struct slice text;
	uint8_t *copy;

	STAILQ_FOREACH (u, &s->units, link) {
		if (u->kind == UNIT_GREETING || u->kind == UNIT_EOD || u->line.flags & LINE_GAP)
			continue;
		text = unmasked(u);
		copy = span_add(p, half, u->line.off, as_sent(raw, u->line.off, text));
		if (copy)
			wording_unit(p->aliases, u, copy, text.n);
		if (u->flags & UNIT_MASKED)
			plan_response(p, half, u, u->line.off + (int64_t)text.n, raw);
	}
}

static void
plan_replies(struct plan *p, const struct smtp_session *s, struct slice raw)
{
	unsigned half = DIR_SERVER ^ s->flip;
	const struct smtp_reply *r;
	const struct smtp_unit *u;
	bool offers;
	uint8_t *copy;
	uint32_t i;

	STAILQ_FOREACH (r, &s->replies, link) {
		u = r->meant ? r->meant : r->unit;
		offers = u && u->verb && (u->verb->id == VERB_EHLO || u->verb->id == VERB_LHLO);
		for (i = 0; i < r->nkept; i++) {
			if (r->lines[i].flags & LINE_GAP)
				continue;
			copy = span_add(p, half, r->lines[i].off,
			    as_sent(raw, r->lines[i].off, r->lines[i].text));
			if (copy)
				wording_reply(
				    p->aliases, copy, r->lines[i].text.n, offers && i > 0);
		}
	}
}

/* A command within a message, behind a dot that may have ended it. */
static void
plan_smuggled(struct plan *p, unsigned half, const struct body_dot *dot)
{
	struct smtp_unit u = { .kind = UNIT_COMMAND };
	uint8_t *copy = dot->next ? span_add(p, half, dot->next_off, dot->next_text) : NULL;
	size_t i;

	if (!copy)
		return;
	for (i = 0; i < dot->next_text.n && dot->next_text.p[i] > ' '; i++)
		;
	u.verb = smtp_verb_find(slice_of(dot->next_text.p, i));
	wording_unit(p->aliases, &u, copy, dot->next_text.n);
}

/* A last line that reads like a command is told from text: a chunk may be too long by it. */
static void
plan_tail(struct plan *p, unsigned half, const struct smtp_body *b)
{
	struct slice tail = slice_of(b->tail, b->ntail);
	struct smtp_unit u = { .kind = UNIT_COMMAND };
	uint8_t *copy;
	size_t i = tail.n, n;

	while (i > 0 && (tail.p[i - 1] == '\r' || tail.p[i - 1] == '\n'))
		i--;
	tail.n = i;
	while (i > 0 && tail.p[i - 1] != '\n')
		i--;
	tail = slice_from(tail, i);
	for (n = 0; n < tail.n && tail.p[n] > ' '; n++)
		;
	u.verb = smtp_verb_find(slice_of(tail.p, n));
	if (u.verb->id == VERB_UNKNOWN || u.verb->id == VERB_X)
		return;
	copy = span_add(p, half, b->end - b->ntail + (int64_t)i, tail);
	if (copy)
		wording_unit(p->aliases, &u, copy, tail.n);
}

static void
plan_bodies(struct plan *p, const struct smtp_session *s, struct slice raw)
{
	unsigned half = DIR_CLIENT ^ s->flip, i;
	const struct smtp_body *b;
	struct slice text;
	uint8_t *copy;
	size_t k;

	STAILQ_FOREACH (b, &s->bodies, link) {
		for (i = 0; i < b->ndots; i++)
			plan_smuggled(p, half, &b->dots[i]);
		if (b->bdat)
			plan_tail(p, half, b);
		if (b->off < 0 || (uint64_t)b->off >= raw.n || b->end <= b->off)
			continue;
		text = slice_from(raw, (size_t)b->off);
		if (text.n > (size_t)(b->end - b->off))
			text.n = (size_t)(b->end - b->off);
		/* Commands between the chunks of BDAT. */
		for (k = 0; k < p->side[half].n; k++)
			if (p->side[half].span[k].off > b->off &&
			    p->side[half].span[k].off - b->off < (int64_t)text.n)
				text.n = (size_t)(p->side[half].span[k].off - b->off);
		copy = span_add(p, half, b->off, text);
		if (!copy)
			continue;
		/* Only the header is worth its memory. */
		text.n = wording_header(p->aliases, copy, text.n);
		p->ntext = p->side[half].span[p->side[half].n - 1].at + text.n;
		p->side[half].span[p->side[half].n - 1].n = text.n;
		if (text.n == 0)
			p->side[half].n--;
	}
}

static void
plan_sealed(struct plan *p, unsigned half, int64_t start, struct slice raw)
{
	struct side *d = &p->side[half];
	struct slice text = slice_of(NULL, 0);
	uint8_t *copy;
	bool sealed = false;
	size_t n = 0;

	if (start < 0)
		return;
	if ((uint64_t)start < raw.n)
		text = slice_from(raw, (size_t)start);
	copy = span_add(p, half, start, text);
	if (copy) {
		n = plan_tls(p->aliases, copy, text.n, &sealed);
		p->ntext -= text.n - n;
		d->span[d->n - 1].n = n;
	}
	*(sealed ? &d->sealed : &d->blank) = start + (int64_t)n;
}

/* What a proxy said lies in front of the first line. */
static void
plan_front(struct plan *p, unsigned half, bool client, struct slice raw)
{
	struct side *d = &p->side[half];
	int64_t end = (int64_t)raw.n;
	uint8_t *copy;
	size_t i;

	for (i = 0; i < d->n; i++)
		if (d->span[i].off < end)
			end = d->span[i].off;
	copy = end > 0 ? span_add(p, half, 0, slice_of(raw.p, (size_t)end)) : NULL;
	if (!copy || plan_proxy(p->aliases, copy, (size_t)end, client))
		return;
	p->ntext = d->span[--d->n].at;
}

struct plan *
plan_new(
    struct budget *budget, struct aliases *aliases, struct raw *raw, const struct smtp_session *s)
{
	unsigned half, client = DIR_CLIENT ^ s->flip;
	struct slice octets[2] = { raw_octets(raw, s->stream, DIR_CLIENT),
		raw_octets(raw, s->stream, DIR_SERVER) };
	struct plan *p;

	if (!budget_take(budget, sizeof *p))
		return NULL;
	p = xcalloc(1, sizeof *p);
	p->budget = budget;
	p->aliases = aliases;
	for (half = 0; half < 2; half++) {
		const struct stream_half *h = &s->stream->half[half];

		p->side[half] = (struct side){ .ep = h->ep,
			.base_seq = h->base_seq,
			.base_known = h->base_known,
			.sealed = -1,
			.blank = -1,
			.conflict_frame = h->conflict_frame };
	}
	plan_units(p, s, octets[client]);
	plan_replies(p, s, octets[!client]);
	plan_bodies(p, s, octets[client]);
	for (half = 0; half < 2; half++) {
		if (s->tunnel || half == client)
			plan_front(p, half, half == client, octets[half]);
		plan_sealed(p, half, s->tls.start[half ^ s->flip], octets[half]);
		spans_settle(&p->side[half]);
	}
	if (!p->refused)
		return p;
	plan_free(p);
	return NULL;
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

static void
apply_rule(const struct side *d, int64_t off, uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		int64_t at = off + (int64_t)i;

		if (d->blank >= 0 && at >= d->blank)
			p[i] = 0;
		else if (d->sealed < 0 || at < d->sealed)
			p[i] = wording_octet(p[i]);
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
