/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ladder_session - the ladder of a whole session.
 *
 * What is folded is what the other views fold (folding.h).  Everything that is drawn is copied,
 * so that a picture can be put together when the sessions are gone; behind the number of steps
 * that the caller allows, all other frames are one fold, below which their findings stand.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "report/folding.h"
#include "report/ladder.h"
#include "report/step.h"

struct build {
	struct ladder *l;
	struct step_source from;
	size_t cap;
};

static struct step *
add_step(struct build *b)
{
	struct ladder *l = b->l;

	if (l->nsteps == b->cap) {
		b->cap = b->cap ? 2 * b->cap : 32;
		l->own_step = xreallocarray(l->own_step, b->cap, sizeof *l->own_step);
	}
	l->own_step[l->nsteps] = (struct step){ .kind = STEP_FRAME };
	return &l->own_step[l->nsteps++];
}

static void
add_fold(struct build *b, const struct fold *fold, struct step *into)
{
	const struct ledger_seg *g;

	for (g = fold->first; g <= fold->last; g++)
		step_fold(into, &b->from, g);
	if (fold->again)
		into->bulk = "data sent again";
}

/* Two folds that follow one another are told as one only behind the last step. */
static void
add_steps(struct build *b, struct folding *f, size_t most)
{
	struct step *rest = NULL;
	struct fold fold;

	while (folding_next(f, &fold)) {
		if (b->l->nsteps == most && !rest)
			rest = add_step(b);
		if (rest) {
			add_fold(b, &fold, rest);
		} else if (fold.first != fold.last) {
			add_fold(b, &fold, add_step(b));
		} else {
			struct step *p = add_step(b);

			b->from.lines = 0;
			step_fill(p, &b->from, fold.first);
			p->mark = fold.mark == KEEP_NAMED ? STEP_RELATED : STEP_PLAIN;
		}
		folding_shown(f, &fold);
	}
}

static void
add_marks(struct ladder *l, const struct smtp_session *s, const struct report_config *cfg)
{
	const struct finding *f;
	size_t n = 0, i;

	STAILQ_FOREACH (f, &s->findings, link)
		n += common_shown(cfg, f);
	l->own_mark = xcalloc(n ? n : 1, sizeof *l->own_mark);
	STAILQ_FOREACH (f, &s->findings, link) {
		if (!common_shown(cfg, f))
			continue;
		l->own_mark[l->nmarks++] =
		    (struct effect){ f->check, f->severity, f->confidence, f->frame };
		for (i = 0; i < l->nsteps && f->severity > SEV_NOTE; i++)
			if (l->own_step[i].kind == STEP_FRAME && f->frame >= l->own_step[i].frame &&
			    f->frame <= l->own_step[i].last_frame)
				l->own_step[i].mark = STEP_ANCHOR;
	}
}

void
ladder_session(struct ladder *l, const struct smtp_session *s, const struct report_config *cfg,
    struct redactor *r, size_t most)
{
	struct build b = { .l = l, .from = { .s = s, .cfg = cfg, .r = r } };
	struct endpoint ep[2] = { smtp_half(s, DIR_CLIENT)->ep, smtp_half(s, DIR_SERVER)->ep };
	struct folding f;

	*l = (struct ladder){ .session = s->number,
		.transcript = s->stream->transcript,
		.start = s->stream->first_ts };
	ladder_names(l, ep, r);
	folding_init(&f, cfg, s, false);
	b.from.view = f.view; /* owned by the folding */
	add_steps(&b, &f, most);
	folding_fini(&f);
	add_marks(l, s, cfg);
	l->step = l->own_step;
	l->mark = l->own_mark;
}

void
ladder_fini(struct ladder *l)
{
	size_t i;

	for (i = 0; l->own_step && i < l->nsteps; i++)
		step_fini(&l->own_step[i]);
	free(l->own_step);
	free(l->own_mark);
	*l = (struct ladder){ .nsteps = 0 };
}
