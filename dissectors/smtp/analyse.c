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

void
smtp_analyse(struct smtp_session *s, struct budget *budget)
{
	const struct stream_half *c = &s->stream->half[0], *v = &s->stream->half[1];
	struct analysis a = { .s = s };

	(void)budget;
	arena_reset(s->verdict);
	STAILQ_INIT(&s->ehlos);
	STAILQ_INIT(&s->transactions);
	STAILQ_INIT(&s->findings);
	s->ntransactions = 0;
	s->counted[0] = s->counted[1] = s->counted[2] = 0;
	s->worst = -1;
	s->one_sided = one_sided(s);
	a.over = c->fin_frame || v->fin_frame || c->rst_frame || v->rst_frame;
	a.interrupted = !a.over;
	align(&a);
	follow_state(&a);
	judge_protocol(&a);
	judge_closure(&a);
	close_transactions(&a);
	checks_run(&a);
}
