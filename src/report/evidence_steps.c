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

#include "base/mem.h"
#include "report/keep.h"
#include "report/step.h"

enum {
	NEAR_ANCHOR = 3, /* frames kept on each side of the finding's */
	NEAR_RELATED = 1
};

enum weight { WEIGHT_ANCHOR, WEIGHT_NEAR, WEIGHT_RELATED, WEIGHT_TURN, WEIGHT_BESIDE, WEIGHT_NONE };

struct candidate {
	size_t i; /* in the ledger */
	enum weight weight;
	size_t distance; /* from the anchor */
};

struct build {
	struct evidence *e;
	struct step_source from;
};

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
	const struct pieces *v = &b->from.view.pieces[smtp_role(b->from.s, g)];
	const struct piece *piece;

	if (g->flags & (TCP_SYN | TCP_FIN | TCP_RST))
		return true;
	if (g->len == 0 || g->kind == KIND_RETRANSMISSION || g->kind == KIND_KEEPALIVE)
		return false;
	for (piece = pieces_at(v, g->off);
	     piece && piece < v->p + v->n && piece->off < g->off + g->len; piece++)
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
	const struct ledger *l = &b->from.s->stream->ledger;
	size_t anchor = keep_record(l, f->frame), i, at;
	unsigned k;

	for (i = 0; i < l->n; i++)
		weight[i] = is_turn(b, &l->seg[i]) ? WEIGHT_TURN : WEIGHT_NONE;
	if (anchor < l->n) {
		lower_weight(weight, l->n, anchor, NEAR_ANCHOR, WEIGHT_NEAR);
		weight[anchor] = WEIGHT_ANCHOR;
	}
	for (k = 0; k < f->nframes && k < FINDING_MAX_FRAMES; k++) {
		at = keep_record(l, f->frames[k]);
		if (at == l->n || !record_holds(&l->seg[at], f->frames[k]))
			continue;
		lower_weight(weight, l->n, at, NEAR_RELATED, WEIGHT_BESIDE);
		lower_weight(weight, l->n, at, 0, WEIGHT_RELATED);
	}
	for (k = 0; k < b->e->nagain; k++) {
		at = keep_record(l, b->e->again[k].frame);
		if (at < l->n && record_holds(&l->seg[at], b->e->again[k].frame))
			lower_weight(weight, l->n, at, 0, WEIGHT_RELATED);
	}
	for (k = 0; k < b->e->nmarks; k++) {
		at = keep_record(l, b->e->mark[k].frame);
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
	const struct ledger *l = &b->from.s->stream->ledger;
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

static void
add_step(struct build *b, const struct finding *f, const struct ledger_seg *g)
{
	struct step *p = &b->e->step[b->e->nsteps++];
	unsigned i;

	step_fill(p, &b->from, g);
	if (record_holds(g, f->frame))
		p->mark = STEP_ANCHOR;
	for (i = 0; i < f->nframes && i < FINDING_MAX_FRAMES && p->mark == STEP_PLAIN; i++)
		if (record_holds(g, f->frames[i]))
			p->mark = STEP_RELATED;
	for (i = 0; i < b->e->nagain && p->mark == STEP_PLAIN; i++)
		if (record_holds(g, b->e->again[i].frame))
			p->mark = STEP_RELATED;
}

static void
add_fold(struct build *b, const struct ledger_seg *g)
{
	struct evidence *e = b->e;
	struct step *p = e->nsteps ? &e->step[e->nsteps - 1] : NULL;

	if (!p || p->kind != STEP_FOLD)
		p = &e->step[e->nsteps++];
	step_fold(p, &b->from, g);
}

void
steps_build(struct evidence *e, const struct smtp_session *s, const struct finding *f,
    const struct report_config *cfg, struct redactor *r)
{
	const struct ledger *l = &s->stream->ledger;
	struct build b = { .e = e, .from = { .s = s, .cfg = cfg, .r = r } };
	uint8_t *keep;
	size_t i;

	if (l->n == 0)
		return;
	frame_view_set(&b.from.view, cfg, s);
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
	frame_view_fini(&b.from.view);
}
