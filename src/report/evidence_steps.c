/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * evidence_steps - the frames of a session that show a finding, and what the
 * frames between them were.
 *
 * Chosen by weight: the frame of the finding, the frames it names, their
 * neighbours, then what opens, closes or carries a line of the dialogue.  Of
 * equal weight the nearest to the finding stay.  At most EVIDENCE_STEPS frames
 * are kept; a fold between two of them tells how many frames and octets it
 * stands for.
 */
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/output.h"
#include "report/common.h"
#include "report/evidence.h"
#include "report/frame.h"
#include "report/redact.h"

enum {
	NEAR_ANCHOR = 3, /* frames kept on each side of the finding's */
	NEAR_RELATED = 1,
	TEXT_LINES = 6 /* of a message that may be shown */
};

enum weight { WEIGHT_ANCHOR, WEIGHT_NEAR, WEIGHT_RELATED, WEIGHT_TURN, WEIGHT_BESIDE, WEIGHT_NONE };

struct candidate {
	size_t i; /* in the ledger */
	enum weight weight;
	size_t distance; /* from the anchor */
};

struct build {
	struct evidence *e;
	const struct smtp_session *s;
	const struct report_config *cfg;
	struct redactor *r;
	struct frame_view view;
	unsigned lines; /* kept in all */
};

/* The record of a frame, or the one behind it; n: none. */
static size_t
record_at(const struct ledger *l, uint64_t frame)
{
	size_t lo = 0, hi = l->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (l->seg[mid].last_frame >= frame)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

static bool
record_holds(const struct ledger_seg *g, uint64_t frame)
{
	return frame >= g->frame && frame <= g->last_frame;
}

/* -- which frames ----------------------------------------------------------------------- */

/* Opens or closes the connection, or carries the first octet of a command or a reply. */
static bool
is_turn(const struct build *b, const struct ledger_seg *g)
{
	const struct pieces *v = &b->view.pieces[smtp_role(b->s, g)];
	const struct piece *piece, *end = v->p + v->n;

	if (g->flags & (TCP_SYN | TCP_FIN | TCP_RST))
		return true;
	if (g->len == 0 || g->kind == KIND_RETRANSMISSION || g->kind == KIND_KEEPALIVE)
		return false;
	for (piece = pieces_at(v, g->off); piece && piece < end && piece->off < g->off + g->len;
	     piece++)
		if (piece->off >= g->off &&
		    (piece->kind == PIECE_LINE || piece->kind == PIECE_REPLY))
			return true;
	return false;
}

static void
lower_weight(uint8_t *weight, size_t n, size_t at, size_t near, enum weight w)
{
	size_t i, to = at + near < n ? at + near + 1 : n;

	for (i = at > near ? at - near : 0; i < to; i++)
		if (weight[i] > w)
			weight[i] = (uint8_t)w;
}

/* The weights of all records; returns the anchor's. */
static size_t
weigh(const struct build *b, const struct finding *f, uint8_t *weight)
{
	const struct ledger *l = &b->s->stream->ledger;
	size_t anchor = record_at(l, f->frame), i, at;
	unsigned k;

	for (i = 0; i < l->n; i++)
		weight[i] = is_turn(b, &l->seg[i]) ? WEIGHT_TURN : WEIGHT_NONE;
	if (anchor < l->n) {
		lower_weight(weight, l->n, anchor, NEAR_ANCHOR, WEIGHT_NEAR);
		weight[anchor] = WEIGHT_ANCHOR;
	}
	for (k = 0; k < f->nframes && k < FINDING_MAX_FRAMES; k++) {
		at = record_at(l, f->frames[k]);
		if (at == l->n || !record_holds(&l->seg[at], f->frames[k]))
			continue;
		lower_weight(weight, l->n, at, NEAR_RELATED, WEIGHT_BESIDE);
		lower_weight(weight, l->n, at, 0, WEIGHT_RELATED);
	}
	for (k = 0; k < b->e->nmarks; k++) {
		at = record_at(l, b->e->mark[k].frame);
		if (at < l->n && record_holds(&l->seg[at], b->e->mark[k].frame))
			lower_weight(weight, l->n, at, 0, WEIGHT_RELATED);
	}
	return anchor;
}

static int
candidate_compare(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight < y->weight ? -1 : 1;
	if (x->distance != y->distance)
		return x->distance < y->distance ? -1 : 1;
	return x->i < y->i ? -1 : x->i > y->i;
}

/* keep[i]: the record is to be shown. */
static void
choose(const struct build *b, const struct finding *f, uint8_t *keep)
{
	const struct ledger *l = &b->s->stream->ledger;
	struct candidate *v = xreallocarray(NULL, l->n, sizeof *v);
	size_t anchor = weigh(b, f, keep), i, n = 0;

	for (i = 0; i < l->n; i++)
		if (keep[i] != WEIGHT_NONE)
			v[n++] = (struct candidate){ i, (enum weight)keep[i],
				i > anchor ? i - anchor : anchor - i };
	qsort(v, n, sizeof *v, candidate_compare);
	memset(keep, 0, l->n);
	for (i = 0; i < n && i < EVIDENCE_STEPS; i++)
		keep[v[i].i] = 1;
	/* A fold of one frame would be no shorter. */
	for (i = 1; i + 1 < l->n; i++)
		if (keep[i - 1] == 1 && !keep[i] && keep[i + 1] == 1 && l->seg[i].count == 1)
			keep[i] = 2;
	free(v);
}

/* -- what they carry -------------------------------------------------------------------- */

static void
add_line(struct build *b, struct step *p, struct slice text, bool remark, size_t word)
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
add_remark(struct build *b, struct step *p, const char *fmt, ...)
{
	char text[STEP_TEXT];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	add_line(b, p, slice_str(text), true, 0);
}

static void
add_unit(struct build *b, struct step *p, const struct smtp_unit *u)
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

/* The text is hidden if it may quote a message, or be a challenge with a host's name in it. */
static bool
is_reply_hidden(const struct build *b, const struct smtp_reply *r)
{
	return (r->unit && redact_is_private(b->r, r->unit)) ||
	    (r->meant && redact_is_private(b->r, r->meant)) ||
	    (r->code == 334 && redactor_what(b->r) & (REDACT_HOSTS | REDACT_ADDRESSES));
}

static void
add_reply(struct build *b, struct step *p, const struct smtp_reply *r)
{
	uint32_t i;

	if (is_reply_hidden(b, r)) {
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
add_message(struct build *b, struct step *p, const struct smtp_body *body)
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
add_piece(struct build *b, struct step *p, const struct piece *piece, int64_t from, int64_t to)
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
add_lines(struct build *b, struct step *p, const struct ledger_seg *g)
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

static void
add_step(struct build *b, const struct finding *f, const struct ledger_seg *g)
{
	struct step *p = &b->e->step[b->e->nsteps++];
	const struct stream_half *from, *to;
	unsigned i;

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
	p->seq_known = from->base_known && !b->e->transcript;
	p->seq = from->base_seq + (uint32_t)(g->flags & TCP_SYN ? g->off - 1 : g->off);
	p->end = p->seq + g->len;
	p->ack_known = g->ack != LEDGER_NO_ACK && to->base_known && !b->e->transcript;
	p->ack = to->base_seq + (uint32_t)g->ack;
	p->retransmission = g->kind == KIND_RETRANSMISSION;
	p->lost = g->len && !b->e->transcript && to->seen && g->off + g->len > from->acked;
	if (record_holds(g, f->frame))
		p->mark = STEP_ANCHOR;
	for (i = 0; i < f->nframes && i < FINDING_MAX_FRAMES && p->mark == STEP_PLAIN; i++)
		if (record_holds(g, f->frames[i]))
			p->mark = STEP_RELATED;
	add_lines(b, p, g);
}

static void
add_fold(struct build *b, const struct ledger_seg *g)
{
	struct evidence *e = b->e;
	struct step *p = e->nsteps ? &e->step[e->nsteps - 1] : NULL;

	if (!p || p->kind != STEP_FOLD) {
		p = &e->step[e->nsteps++];
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
steps_build(struct evidence *e, const struct smtp_session *s, const struct finding *f,
    const struct report_config *cfg, struct redactor *r)
{
	const struct ledger *l = &s->stream->ledger;
	struct build b = { .e = e, .s = s, .cfg = cfg, .r = r };
	uint8_t *keep;
	size_t i;

	if (l->n == 0)
		return;
	frame_view_set(&b.view, cfg, s);
	keep = xmalloc(l->n);
	choose(&b, f, keep);
	/* Between any two frames there may be a fold. */
	e->step = xcalloc(2 * EVIDENCE_STEPS + 1, sizeof *e->step);
	for (i = 0; i < l->n; i++) {
		/* Of a transcript only what was said is evidence. */
		if (s->stream->transcript && l->seg[i].len == 0)
			continue;
		if (keep[i])
			add_step(&b, f, &l->seg[i]);
		else
			add_fold(&b, &l->seg[i]);
	}
	if (e->nsteps)
		e->step = xreallocarray(e->step, e->nsteps, sizeof *e->step);
	free(keep);
	frame_view_fini(&b.view);
}
