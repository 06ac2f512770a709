/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transcript_queue - steps of a dialogue that later lines may still change.
 *
 * Whether a dialogue begins with its greeting, and whether a refusal came in the
 * middle of a message, is known a few lines later.  Such a step holds up those
 * behind it, and so does what the present frame of a table said, of which its next
 * lines may show more; but no more than QUEUE_STEPS of them and QUEUE_OCTETS octets; then
 * it is taken as it stands.  A step owns its text: the octets that the line stood
 * for, with the line break that it had on the wire.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "capture/transcript_talk.h"

enum { QUEUE_STEPS = 128, QUEUE_OCTETS = 4 << 20, LINE_OCTETS = TEXT_LINE_MAX + 2 };

struct queued *
talk_push(struct talk *t, struct queued *before, struct talk_step step, struct slice text)
{
	struct queued *q = xcalloc(1, sizeof *q), *at, *prev = NULL;

	q->step = step;
	sbuf_init(&q->text, text.n, NULL);
	(void)sbuf_add(&q->text, text);
	t->nqueue++;
	t->octets += text.n;
	STAILQ_FOREACH (at, &t->queue, link) {
		if (at == before)
			break;
		prev = at;
	}
	if (prev)
		STAILQ_INSERT_AFTER(&t->queue, prev, q, link);
	else
		STAILQ_INSERT_HEAD(&t->queue, q, link);
	return q;
}

void
talk_push_octets(struct talk *t, enum talk_side side, uint64_t line, struct slice text)
{
	struct talk_step step = { .kind = TALK_OCTETS, .side = side, .line = line };

	talk_push(t, NULL, step, text);
}

bool
talk_ready(const struct talk *t)
{
	const struct queued *first = STAILQ_FIRST(&t->queue);

	if (!first)
		return false;
	return t->ended || t->nqueue >= QUEUE_STEPS || t->octets >= QUEUE_OCTETS ||
	    (first != t->opening && first != t->refusal && (!t->table.any || t->table.settled > 0));
}

struct queued *
talk_pop(struct talk *t)
{
	struct queued *q = STAILQ_FIRST(&t->queue);

	STAILQ_REMOVE_HEAD(&t->queue, link);
	t->nqueue--;
	t->octets -= q->text.n;
	t->table.settled -= t->table.settled > 0;
	if (q == t->opening)
		t->opening = NULL;
	if (q == t->refusal)
		t->refusal = NULL;
	return q;
}

struct queued *
talk_step_at(const struct talk *t, size_t n)
{
	struct queued *q = STAILQ_FIRST(&t->queue);

	while (q && n-- > 0)
		q = STAILQ_NEXT(q, link);
	return q;
}

size_t
talk_drop_from(struct talk *t, size_t n)
{
	struct queued *q;
	size_t dropped = 0;

	while ((q = talk_step_at(t, n)) != NULL) {
		STAILQ_REMOVE(&t->queue, q, queued, link);
		t->nqueue--;
		t->octets -= q->text.n;
		if (q == t->opening)
			t->opening = NULL;
		if (q == t->refusal)
			t->refusal = NULL;
		queued_free(q);
		dropped++;
	}
	return dropped;
}

void
queued_free(struct queued *q)
{
	if (q)
		sbuf_fini(&q->text);
	free(q);
}

/* -- octets of a line ------------------------------------------------------------------- */

/* <CRLF>, <CR> and <LF> are how people write line breaks that matter. */
static void
add_breaks(struct sbuf *out, struct slice s)
{
	static const struct {
		const char *token, *octets;
	} rows[] = { { "<CRLF>", "\r\n" }, { "<CR>", "\r" }, { "<LF>", "\n" } };
	enum { ROWS = sizeof rows / sizeof rows[0] };
	size_t i;

	while (s.n) {
		for (i = 0; i < ROWS && !slice_caseprefix(s, rows[i].token); i++)
			;
		(void)sbuf_add(out, i < ROWS ? slice_str(rows[i].octets) : slice_of(s.p, 1));
		s = slice_from(s, i < ROWS ? strlen(rows[i].token) : 1);
	}
	if (out->n == 0 || out->p[out->n - 1] != '\n')
		(void)sbuf_add(out, slice_str("\r\n"));
}

static int
hex_digit(uint8_t c)
{
	static const char digits[] = "0123456789abcdef";
	const char *p = c ? strchr(digits, ascii_lower(c)) : NULL;

	return p ? (int)(p - digits) : -1;
}

/* What base/escape.c did to a line. */
static void
add_unescaped(struct sbuf *out, struct slice s)
{
	static const char letters[] = "nrt", octets[] = "\n\r\t";
	const char *letter;
	uint8_t octet;

	for (; s.n; s = slice_from(s, 1)) {
		octet = s.p[0];
		if (octet == '\\' && s.n >= 2) {
			s = slice_from(s, 1);
			octet = s.p[0];
			letter = octet ? strchr(letters, octet) : NULL;
			if (letter)
				octet = (uint8_t)octets[letter - letters];
			if (octet == 'x' && s.n >= 3 && hex_digit(s.p[1]) >= 0 &&
			    hex_digit(s.p[2]) >= 0) {
				octet = (uint8_t)(hex_digit(s.p[1]) << 4 | hex_digit(s.p[2]));
				s = slice_from(s, 2);
			}
		}
		(void)sbuf_add(out, slice_of(&octet, 1));
	}
	(void)sbuf_add(out, slice_str("\r\n"));
}

void
talk_push_line(struct talk *t, enum talk_side side, uint64_t line, struct slice text)
{
	struct sbuf octets;

	sbuf_init(&octets, LINE_OCTETS, NULL);
	if (t->own) {
		add_unescaped(&octets, text);
	} else if (side == SIDE_CLIENT) {
		add_breaks(&octets, text);
	} else {
		(void)sbuf_add(&octets, text);
		(void)sbuf_add(&octets, slice_str("\r\n"));
	}
	talk_push_octets(t, side, line, sbuf_slice(&octets));
	sbuf_fini(&octets);
}
