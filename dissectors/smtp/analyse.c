/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analyse - the order of the steps from a parsed session to a judged one.
 */
#include "base/arena.h"
#include "smtp/session.h"
#include "smtp/analyse.h"

/* Octets one way only, while the other side's acknowledgements advance or it is not seen at all. */
static bool
one_sided(const struct smtp_session *s)
{
	unsigned d;

	for (d = 0; d < 2; d++) {
		const struct stream_half *h = &s->stream->half[d], *o = &s->stream->half[!d];

		if (h->data_packets >= 3 && o->data_packets == 0 && (!o->seen || o->gap_octets > 0))
			return true;
	}
	return false;
}

/* "LMTP" in the greeting, or an accepted LHLO as the first or the last of its kind. */
static bool
says_lmtp(const struct smtp_session *s)
{
	const struct smtp_unit *u = STAILQ_FIRST(&s->units);
	const struct smtp_ehlo *first = STAILQ_FIRST(&s->ehlos);

	if (u != NULL && u->kind == UNIT_GREETING && u->meant != NULL && u->meant->nkept > 0 &&
	    slice_contains(u->meant->lines[0].text, "LMTP"))
		return true;
	return first != NULL &&
	    (first->unit->verb->id == VERB_LHLO ||
	        STAILQ_LAST(&s->ehlos, smtp_ehlo, link)->unit->verb->id == VERB_LHLO);
}

/* What many checks ask for, found in one walk. */
static void
find_landmarks(struct analysis *a)
{
	struct smtp_session *s = a->s;
	struct smtp_unit *u;
	const struct smtp_reply *r;

	s->quit = s->answered = NULL;
	s->first_421 = NULL;
	a->unanswered = NULL;
	STAILQ_FOREACH (u, &s->units, link) {
		bool quit = u->kind == UNIT_COMMAND && u->verb->id == VERB_QUIT;

		if (quit && s->quit == NULL)
			s->quit = u;
		if (u->meant != NULL && u->verb->id != VERB_QUIT)
			s->answered = u;
		if (u->meant == NULL && a->unanswered == NULL)
			a->unanswered = u;
	}
	STAILQ_FOREACH (r, &s->replies, link)
		if (r->code == 421 && s->first_421 == NULL)
			s->first_421 = r;
}

void
smtp_analyse(struct smtp_session *s, struct checks_plan *plan, const struct check_wishes *wishes)
{
	const struct stream_half *c = &s->stream->half[0], *v = &s->stream->half[1];
	struct analysis a = { .s = s, .plan = plan, .wishes = wishes };

	arena_reset(s->verdict);
	STAILQ_INIT(&s->ehlos);
	STAILQ_INIT(&s->transactions);
	STAILQ_INIT(&s->findings);
	STAILQ_INIT(&s->across);
	s->ntransactions = 0;
	s->counted[0] = s->counted[1] = s->counted[2] = 0;
	s->suppressed = s->regraded = 0;
	s->worst = -1;
	s->one_sided = one_sided(s);
	a.over = c->fin_frame || v->fin_frame || c->rst_frame || v->rst_frame;
	a.interrupted = !a.over;
	align(&a);
	find_landmarks(&a);
	follow_state(&a);
	s->lmtp = says_lmtp(s);
	judge_protocol(&a);
	find_cuts(&a);
	judge_closure(&a);
	close_transactions(&a);
	judge_cuts(&a);
	checks_run(&a);
	if (!arena_refused(s->verdict))
		return;
	s->limited = true;
	if (s->limit == NULL)
		s->limit = "memory for what is found out about it";
}
