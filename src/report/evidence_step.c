/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * evidence_step - one frame as it is shown: who sent it, its TCP numbers, what
 * its octets are.
 *
 * Texts are copied, redacted if the source says so, and otherwise raw.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/output.h"
#include "report/redact.h"
#include "report/step.h"

enum { TEXT_LINES = 6 /* of a message that may be shown */ };

static void
add_line(struct step_source *b, struct step *p, struct slice text, bool remark, size_t word)
{
	struct step_line *line;

	if (p->nlines == STEP_LINES || b->lines == EVIDENCE_LINES) {
		p->more++;
		return;
	}
	p->line = xreallocarray(p->line, p->nlines + 1, sizeof *p->line);
	line = &p->line[p->nlines++];
	line->remark = remark;
	line->word = (unsigned)word;
	line->text = evidence_text(b->r, text, STEP_TEXT);
	b->lines++;
}

static void __attribute__((__format__(printf, 3, 4)))
add_remark(struct step_source *b, struct step *p, const char *fmt, ...)
{
	char text[STEP_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	add_line(b, p, slice_str(text), true, 0);
}

static void
add_unit(struct step_source *b, struct step *p, const struct smtp_unit *u)
{
	size_t word = u->kind == UNIT_COMMAND || u->kind == UNIT_CHUNK ? strlen(u->verb->name) : 0;

	if (u->kind == UNIT_EOD)
		word = u->line.text.n;
	if (!redact_is_private(b->r, u)) {
		add_line(b, p, u->line.text, false, word < u->line.text.n ? word : u->line.text.n);
		return;
	}
	if (u->verb && u->verb->id != VERB_UNKNOWN)
		add_remark(b, p, "[%s with %zu octets that are hidden]", u->verb->name, u->arg.n);
	else
		add_remark(b, p, "[line of %zu octets, hidden]", u->line.text.n);
}

static void
add_reply(struct step_source *b, struct step *p, const struct smtp_reply *r)
{
	uint32_t i;

	if (redact_hides_reply(redactor_what(b->r), r)) {
		add_remark(b, p, "%03u [text hidden]", r->code);
		return;
	}
	for (i = 0; i < r->nkept; i++)
		add_line(b, p, r->lines[i].text, false, r->lines[i].code ? 3 : 0);
	if (r->nlines > r->nkept)
		add_remark(b, p, "[%lu more lines]", (unsigned long)(r->nlines - r->nkept));
}

/* The first lines of a message, where it begins and may be shown. */
static void
add_message(struct step_source *b, struct step *p, const struct smtp_body *body)
{
	struct slice rest = body->text;
	unsigned i;

	if (!b->cfg->show_text || redactor_what(b->r) & REDACT_BODY)
		return;
	for (i = 0; i < TEXT_LINES && rest.n; i++) {
		const uint8_t *lf = memchr(rest.p, '\n', rest.n);
		size_t n = lf ? (size_t)(lf - rest.p) : rest.n;

		add_line(b, p, slice_of(rest.p, n && rest.p[n - 1] == '\r' ? n - 1 : n), false, 0);
		rest = slice_from(rest, n + 1);
	}
}

static void
add_piece(
    struct step_source *b, struct step *p, const struct piece *piece, int64_t from, int64_t to)
{
	bool begins = piece->off >= from;
	int64_t off = begins ? piece->off : from;
	unsigned long n = (unsigned long)((piece->end < to ? piece->end : to) - off);

	switch (piece->kind) {
	case PIECE_LINE:
		if (begins)
			add_unit(b, p, piece->unit);
		break;
	case PIECE_REPLY:
		if (begins)
			add_reply(b, p, piece->reply);
		break;
	case PIECE_CHUNK:
		add_remark(b, p, "[BDAT chunk, %lu octets]", n);
		break;
	case PIECE_TEXT:
		if (begins && piece_start(piece) == piece->off)
			add_message(b, p, piece->body);
		add_remark(b, p, "[message text, %lu octets]", n);
		break;
	case PIECE_TLS:
		add_remark(b, p, "[TLS, %lu octets]", n);
		break;
	case PIECE_GAP:
		break;
	}
}

static void
add_lines(struct step_source *b, struct step *p, const struct ledger_seg *g)
{
	const struct pieces *v = &b->view.pieces[p->role];
	const struct piece *piece, *end = v->p + v->n;
	int64_t to = g->off + g->len;

	if (g->len == 0)
		return;
	if (g->kind == KIND_RETRANSMISSION || g->kind == KIND_KEEPALIVE || g->kind == KIND_PROBE) {
		add_remark(b, p, "[%s, %lu octet%s]",
		    g->kind == KIND_KEEPALIVE ? "keep-alive" :
		        g->kind == KIND_PROBE ? "window probe" :
		                                "sent again",
		    (unsigned long)g->len, g->len == 1 ? "" : "s");
		return;
	}
	for (piece = pieces_at(v, g->off); piece && piece < end && piece->off < to; piece++)
		add_piece(b, p, piece, g->off, to);
	/* A part of a line that began in an earlier frame. */
	if (p->nlines == 0 && p->more == 0)
		add_remark(b, p, "[continued, %lu octets]", (unsigned long)g->len);
}

void
step_fill(struct step *p, struct step_source *b, const struct ledger_seg *g)
{
	const struct stream_half *from, *to;
	bool transcript = b->s->stream->transcript;

	p->kind = STEP_FRAME;
	p->role = smtp_role(b->s, g);
	from = smtp_half(b->s, p->role);
	to = smtp_half(b->s, p->role == DIR_CLIENT ? DIR_SERVER : DIR_CLIENT);
	p->frame = g->frame;
	p->last_frame = g->last_frame;
	p->ts = g->ts;
	p->flags = g->flags;
	p->len = g->len;
	p->win = g->win;
	p->seq_known = from->base_known && !transcript;
	p->seq = from->base_seq + (uint32_t)(g->flags & TCP_SYN ? g->off - 1 : g->off);
	p->end = p->seq + g->len;
	p->ack_known = g->ack != LEDGER_NO_ACK && to->base_known && !transcript;
	p->ack = to->base_seq + (uint32_t)g->ack;
	p->retransmission = g->kind == KIND_RETRANSMISSION;
	p->lost = g->len && !transcript && to->seen && g->off + g->len > from->acked;
	add_lines(b, p, g);
}

void
step_fold(struct step *p, const struct step_source *b, const struct ledger_seg *g)
{
	if (p->frames == 0) {
		p->kind = STEP_FOLD;
		p->frame = g->frame;
		p->ts = g->ts;
	}
	p->last_frame = g->last_frame;
	p->frames += g->count;
	p->octets += g->len;
	if (!p->bulk)
		p->bulk = frame_bulk_name(&b->view, g);
}

void
step_fini(struct step *p)
{
	unsigned k;

	for (k = 0; k < p->nlines; k++)
		evidence_text_free(p->line[k].text);
	free(p->line);
}
