/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * align - which reply answers which unit, decided with the whole session known.
 *
 * By count: first in, first out, the only matching a client may use (RFC 2920
 * 3.1), except that a reply is not given to a unit that its segment had not
 * acknowledged.  By meaning: the cheapest order-preserving matching, computed
 * only where counting gives an impossible pair, a reply too many or a unit too
 * few.  It replaces counting only where it is strictly cheaper.
 *
 * Costs: a plausible pair 0, an implausible one 3, a unit without reply 4, a
 * reply without unit 4; a 421 costs nothing and frees the units behind it; a pair
 * against acknowledgement numbers is impossible.
 */
#include "smtp/analyse.h"

enum {
	COST_IMPLAUSIBLE = 30,
	COST_UNANSWERED = 40,
	COST_SURPLUS = 40,
	COST_BLIND = 35,
	COST_SWAPPED = 20,
	COST_TEXT = 1, /* breaks ties only */
	COST_NEVER = 1 << 20,
	WINDOW_MAX = 600
};

struct window {
	struct smtp_unit *u[WINDOW_MAX]; /* a unit that owes k replies stands here k times */
	struct smtp_reply *r[WINDOW_MAX];
	size_t nu, nr;
	bool closed; /* the connection ended behind it: units may be called unanswered */
};

static bool
text_has(const struct smtp_reply *r, const char *word)
{
	size_t n = strlen(word), i;
	struct slice t;

	if (r->nkept == 0)
		return false;
	t = r->lines[0].text;
	for (i = 4; i + n <= t.n; i++)
		if (slice_caseprefix(slice_from(t, i), word))
			return true;
	return false;
}

/* Text that names the command: -1 for this unit, +1 for another, 0 says nothing. */
int
align_text(const struct smtp_unit *u, const struct smtp_reply *r)
{
	static const struct {
		const char *word;
		enum smtp_verb_id id;
		bool eod;
	} hints[] = { { "queued", VERB_DATA, true }, { "accepted for delivery", VERB_DATA, true },
		{ "reset", VERB_RSET, false }, { "flushed", VERB_RSET, false },
		{ "sender", VERB_MAIL, false }, { "originator", VERB_MAIL, false },
		{ "recipient", VERB_RCPT, false }, { "noop", VERB_NOOP, false } };
	size_t i;

	for (i = 0; i < sizeof hints / sizeof hints[0]; i++) {
		bool fits;

		if (!text_has(r, hints[i].word))
			continue;
		fits = hints[i].eod ?
		    u->kind == UNIT_EOD || (u->kind == UNIT_CHUNK && u->chunk_last) :
		    u->kind == UNIT_COMMAND && u->verb->id == hints[i].id;
		return fits ? -1 : 1;
	}
	if (r->enhanced[0] == 2 && r->enhanced[1] == 1 && u->kind == UNIT_COMMAND) {
		if (r->enhanced[2] == 0)
			return u->verb->id == VERB_MAIL ? -1 : 1;
		if (r->enhanced[2] == 5)
			return u->verb->id == VERB_RCPT ? -1 : 1;
	}
	return 0;
}

static int
pair_cost(const struct smtp_unit *u, const struct smtp_reply *r)
{
	if (!reply_received(u, r) && !unit_self_marking(u, r->code)) {
		/* Only a blind answer to a command of which nothing had arrived. */
		if (u->kind != UNIT_COMMAND || r->first.ack > u->line.off ||
		    !unit_plausible(u, r->code))
			return COST_NEVER;
		return COST_BLIND;
	}
	if (r->code == 421)
		return 0;
	if (r->code == 0)
		return COST_IMPLAUSIBLE / 2;
	return (unit_plausible(u, r->code) ? 0 : COST_IMPLAUSIBLE) + COST_TEXT +
	    COST_TEXT * align_text(u, r);
}

/* The cheapest matching; fills match[i] = reply of unit i or -1.  Returns its cost. */
static int
cheapest(const struct window *w, int *cost, short *match)
{
	size_t nu = w->nu, nr = w->nr, i, j, cols = nr + 1;

	for (i = nu + 1; i-- > 0;) {
		for (j = nr + 1; j-- > 0;) {
			int best = COST_NEVER * 2, c;

			if (i == nu && j == nr)
				best = 0;
			if (j < nr) {
				c = cost[i * cols + j + 1] +
				    (w->r[j]->code == 421 ? 0 : COST_SURPLUS);
				best = c < best ? c : best;
			}
			if (i < nu) {
				bool after421 = j > 0 && w->r[j - 1]->code == 421;

				c = cost[(i + 1) * cols + j] + (after421 ? 0 : COST_UNANSWERED);
				best = c < best ? c : best;
			}
			if (i < nu && j < nr) {
				c = pair_cost(w->u[i], w->r[j]) + cost[(i + 1) * cols + j + 1];
				best = c < best ? c : best;
			}
			cost[i * cols + j] = best;
		}
	}
	for (i = j = 0; i < nu;) {
		int here = cost[i * cols + j];
		bool after421 = j > 0 && w->r[j - 1]->code == 421;

		if (j < nr && here == pair_cost(w->u[i], w->r[j]) + cost[(i + 1) * cols + j + 1]) {
			match[i++] = (short)j++;
		} else if (here == cost[(i + 1) * cols + j] + (after421 ? 0 : COST_UNANSWERED)) {
			match[i++] = -1;
		} else {
			j++;
		}
	}
	return cost[0];
}

static int
count_cost(const struct window *w)
{
	size_t i, paired = 0;
	int cost = 0;
	bool after421 = false;

	for (i = 0; i < w->nu; i++) {
		const struct smtp_reply *r = w->u[i]->reply;

		if (i > 0 && w->u[i] == w->u[i - 1]) /* LMTP: counted by their number */
			r = paired < w->nr ? w->r[paired] : NULL;
		if (r == NULL) {
			cost += after421 ? 0 : COST_UNANSWERED;
			continue;
		}
		paired++;
		after421 |= r->code == 421;
		cost += pair_cost(w->u[i], r);
	}
	for (i = 0; i < w->nr; i++)
		if (w->r[i]->unit == NULL && w->r[i]->code != 421)
			cost += COST_SURPLUS;
	return cost;
}

static void
apply(struct window *w, const short *match)
{
	size_t i;

	for (i = 0; i < w->nr; i++)
		w->r[i]->meant = NULL;
	for (i = 0; i < w->nu; i++)
		w->u[i]->meant = NULL, w->u[i]->nreplies = 0;
	for (i = 0; i < w->nu; i++) {
		if (match[i] < 0)
			continue;
		w->r[match[i]]->meant = w->u[i];
		if (w->u[i]->meant == NULL)
			w->u[i]->meant = w->r[match[i]];
		w->u[i]->nreplies++;
	}
}

/* Two replies that are both impossible where they stand and fit when exchanged. */
static bool
find_swapped(const struct window *w, struct smtp_unit **first, struct smtp_unit **second)
{
	size_t i, j;

	for (i = 0; i < w->nu; i++) {
		struct smtp_unit *a = w->u[i];

		if (a->reply == NULL || unit_plausible(a, a->reply->code) || a->reply->code == 0)
			continue;
		for (j = i + 1; j < w->nu; j++) {
			struct smtp_unit *b = w->u[j];

			if (b->reply == NULL || unit_plausible(b, b->reply->code) ||
			    !unit_plausible(a, b->reply->code) ||
			    !unit_plausible(b, a->reply->code) || !reply_received(b, a->reply))
				continue;
			*first = a;
			*second = b;
			return true;
		}
	}
	return false;
}

static void
exchange(struct smtp_unit *a, struct smtp_unit *b)
{
	a->meant = b->reply;
	b->meant = a->reply;
	a->meant->meant = a;
	b->meant->meant = b;
	a->meant->flags |= REPLY_SWAPPED;
	b->meant->flags |= REPLY_SWAPPED;
}

static void
by_meaning(struct analysis *a, struct window *w)
{
	size_t cells = (w->nu + 1) * (w->nr + 1);
	struct smtp_unit *first, *second;
	int *cost, counted, best;
	short *match;

	if (w->nu == 0)
		return;
	cost = arena_alloc(a->s->verdict, cells * sizeof *cost);
	match = arena_alloc(a->s->verdict, w->nu * sizeof *match);
	if (cost == NULL || match == NULL)
		return;
	counted = count_cost(w);
	best = cheapest(w, cost, match);
	if (find_swapped(w, &first, &second) &&
	    counted - 2 * COST_IMPLAUSIBLE + COST_SWAPPED < best)
		exchange(first, second);
	else if (best + COST_IMPLAUSIBLE / 3 <= counted)
		apply(w, match);
}

static bool
pair_is_sound(const struct smtp_unit *u)
{
	return u->nreplies >= u->owes && u->reply != NULL && unit_plausible(u, u->reply->code);
}

/* The client had read everything before it sent u, and all was in order: a fresh start. */
static bool
sync_point(const struct smtp_unit *before, const struct smtp_unit *u)
{
	return before == NULL ||
	    (pair_is_sound(before) && smtp_mark_knows(&u->line.first, before->reply->end));
}

/* Units and replies of one epoch: both lists are in order of epoch, so each is walked once. */
struct stretch {
	struct smtp_unit *u;  /* its first unit, or what lies behind it */
	struct smtp_reply *r; /* its first reply, or what lies behind it */
	uint32_t epoch;
};

/* By count.  Returns the unit before which the trouble's window begins, or NULL: no trouble. */
static struct smtp_unit *
by_count(const struct analysis *a, const struct stretch *t)
{
	struct smtp_unit *u = t->u, *prev = NULL, *fresh = NULL, *from = NULL;
	struct smtp_reply *r;
	bool trouble = false;

	for (r = t->r; r != NULL && r->epoch == t->epoch; r = STAILQ_NEXT(r, link)) {
		if (r->flags & REPLY_UNJUDGED)
			continue;
		while (u != NULL && u->epoch == t->epoch && u->nreplies >= u->owes) {
			prev = u;
			u = STAILQ_NEXT(u, link);
		}
		if (u == NULL || u->epoch != t->epoch ||
		    (!reply_received(u, r) && !unit_self_marking(u, r->code))) {
			trouble |= !(r->flags & REPLY_MID_DATA) && r->code != 421;
			if (trouble && from == NULL)
				from = fresh ? fresh : t->u;
			continue;
		}
		if (u->nreplies == 0 && !trouble && sync_point(prev, u))
			fresh = u;
		r->unit = r->meant = u;
		if (u->reply == NULL)
			u->reply = u->meant = r;
		u->nreplies++;
		if (!unit_plausible(u, r->code)) {
			trouble = true;
			if (from == NULL)
				from = fresh;
		}
	}
	for (u = t->u; u != NULL && u->epoch == t->epoch && !trouble; u = STAILQ_NEXT(u, link))
		if (u->nreplies < u->owes && a->over)
			trouble = true, from = fresh;
	return !trouble ? NULL : from != NULL ? from : t->u;
}

static void
fill_window(struct window *w, const struct stretch *t, struct smtp_unit *from)
{
	int64_t start = from->reply != NULL ? from->reply->off : INT64_MIN;
	struct smtp_unit *u;
	struct smtp_reply *r;
	uint32_t i;

	w->nu = w->nr = 0;
	for (u = from; u != NULL && u->epoch == t->epoch && w->nu < WINDOW_MAX;
	     u = STAILQ_NEXT(u, link))
		for (i = 0; i < u->owes && w->nu < WINDOW_MAX; i++)
			w->u[w->nu++] = u;
	for (r = t->r; r != NULL && r->epoch == t->epoch && w->nr < WINDOW_MAX;
	     r = STAILQ_NEXT(r, link))
		if (!(r->flags & (REPLY_UNJUDGED | REPLY_MID_DATA)) && r->off >= start)
			w->r[w->nr++] = r;
}

static void
forget(struct smtp_session *s)
{
	struct smtp_unit *u;
	struct smtp_reply *r;

	STAILQ_FOREACH (u, &s->units, link) {
		u->reply = u->meant = NULL;
		u->nreplies = 0;
	}
	STAILQ_FOREACH (r, &s->replies, link) {
		r->unit = r->meant = NULL;
		r->flags &= ~(unsigned)REPLY_SWAPPED;
	}
}

void
align(struct analysis *a)
{
	struct stretch t = { STAILQ_FIRST(&a->s->units), STAILQ_FIRST(&a->s->replies), 0 };
	struct window *w = NULL;
	struct smtp_unit *from;

	forget(a->s);
	while (t.u != NULL) {
		t.epoch = t.u->epoch;
		while (t.r != NULL && t.r->epoch < t.epoch)
			t.r = STAILQ_NEXT(t.r, link);
		from = by_count(a, &t);
		if (from != NULL && w == NULL)
			w = arena_alloc(a->s->verdict, sizeof *w);
		if (from != NULL && w != NULL) {
			fill_window(w, &t, from);
			by_meaning(a, w);
		}
		while (t.u != NULL && t.u->epoch == t.epoch)
			t.u = STAILQ_NEXT(t.u, link);
	}
}
