/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan_make - the spans of a session: its lines by what the dissector made of
 * them, headers of messages and handshakes by the octets that were kept.
 */
#include "base/budget.h"
#include "base/mem.h"
#include "export/plan_span.h"
#include "export/raw.h"
#include "export/wording.h"

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
	plan_shrink(p);
	if (!p->refused)
		return p;
	plan_free(p);
	return NULL;
}
