/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * engine - the table of all checks, and running them over a session.  What they report is
 * made in finding.c, and ordered and graded in grading.c.
 */
#include <stdlib.h>
#include "base/mem.h"
#include "smtp/checks/check.h"
#include "smtp/checks/cascade.h"
#include "smtp/checks/grading.h"
#include "smtp/checks.h"

enum { CHECKS_MAX = 192 };

static const struct check *const tables[] = { checks_capture, checks_quality, checks_transport,
	checks_loss, checks_greeting, checks_foreign, checks_opening, checks_tls_port, checks_hello,
	checks_offer, checks_vanished, checks_cmdline, checks_command, checks_address,
	checks_lost_place, checks_parameter, checks_parameter_syntax, checks_order, checks_group,
	checks_sequence, checks_stall, checks_reply_due, checks_reply, checks_reply_form,
	checks_refusal, checks_data, checks_ending, checks_refused, checks_message, checks_smuggle,
	checks_size, checks_eod, checks_resent, checks_bdat, checks_auth, checks_login, checks_tls,
	checks_starttls, checks_handshake, checks_lmtp, checks_extension, checks_closing,
	checks_after_close, checks_leaving, checks_timeout, checks_behaviour, checks_patterns };

enum { TABLES = sizeof tables / sizeof tables[0] };

size_t
checks_count(void)
{
	size_t n = 0, i;
	const struct check *c;

	for (i = 0; i < TABLES; i++)
		for (c = tables[i]; c->info.id != NULL; c++)
			n++;
	return n;
}

const struct check_info *
checks_nth(size_t n)
{
	size_t i;
	const struct check *c;

	for (i = 0; i < TABLES; i++)
		for (c = tables[i]; c->info.id != NULL; c++)
			if (n-- == 0)
				return &c->info;
	return NULL;
}

const struct check_info *
checks_find(const char *id)
{
	size_t i;
	const struct check *c;

	for (i = 0; i < TABLES; i++)
		for (c = tables[i]; c->info.id != NULL; c++)
			if (strcmp(c->info.id, id) == 0)
				return &c->info;
	return NULL;
}

bool
checks_need_tcp(const struct check_info *info)
{
	const struct check *c;
	size_t i;

	for (i = 0; i < TABLES; i++)
		for (c = tables[i]; c->info.id != NULL; c++)
			if (&c->info == info)
				return c->needs_tcp;
	return false;
}

size_t
checks_position(const struct check_info *info)
{
	size_t n = 0, i;
	const struct check *c;

	for (i = 0; i < TABLES; i++)
		for (c = tables[i]; c->info.id != NULL; c++, n++)
			if (&c->info == info)
				return n;
	return n;
}

/* ---- running ---- */

/* The order of lines is how somebody wrote the dialogue down. */
static void
weaken(struct smtp_session *s, const struct check *k)
{
	struct finding *f;

	STAILQ_FOREACH (f, &s->findings, link)
		if (f->check == &k->info)
			lower_to(f, CONF_PROBABLE);
}

/*
 * Which reply answers which command is a guess where frames may hide whole lines: nobody is
 * accused on such grounds.  What one line says alone (passwords in clear) holds.
 */
static void
doubt_cut_lines(struct smtp_session *s)
{
	struct finding *f;

	STAILQ_FOREACH (f, &s->findings, link) {
		if (f->check->phase == 'A' || f->check->kind == CHECK_TRANSPORT ||
		    f->check->kind == CHECK_SECURITY)
			continue;
		lower_to(f, CONF_POSSIBLE);
		f->severity = SEV_NOTE;
	}
}

/*
 * Octets came twice with different content: who said what is not known, be it an attempt to
 * deceive, or captures of two connections read as one.  Severities stay, or such an attempt could
 * hide a fault.
 */
static void
doubt_conflicts(struct smtp_session *s)
{
	struct finding *f;

	if (s->stream->half[0].conflicts == 0 && s->stream->half[1].conflicts == 0)
		return;
	STAILQ_FOREACH (f, &s->findings, link)
		if (f->check->phase != 'A' && f->check->kind != CHECK_TRANSPORT)
			lower_to(f, CONF_POSSIBLE);
}

/* The checks that have a say about sessions of one sort, by what they want to be called for. */
struct hooks {
	bool made;
	struct row {
		const struct check *check;
		unsigned position; /* in the catalogue */
	} session[CHECKS_MAX], unit[CHECKS_MAX], reply[CHECKS_MAX], body[CHECKS_MAX],
	    tx[CHECKS_MAX];
	unsigned nsession, nunit, nreply, nbody, ntx;
};

/* A check that has filled its share is not asked again: what it finds would only be counted. */
#define RUN(list, call)                                                                            \
	for (i = 0; i < h->n##list; i++) {                                                         \
		if (c->said[h->list[i].position] >= FINDINGS_PER_CHECK)                            \
			continue;                                                                  \
		c->check = h->list[i].check;                                                       \
		c->position = h->list[i].position;                                                 \
		c->check->call;                                                                    \
	}

static void
run_hooks(struct check_ctx *c, const struct hooks *h)
{
	struct smtp_unit *u;
	struct smtp_reply *r;
	struct smtp_body *b;
	struct smtp_transaction *t;
	unsigned i;

	RUN(session, session(c));
	STAILQ_FOREACH (u, &c->s->units, link)
		RUN(unit, unit(c, u));
	STAILQ_FOREACH (r, &c->s->replies, link)
		if (!(r->flags & REPLY_UNJUDGED))
			RUN(reply, reply(c, r));
	STAILQ_FOREACH (b, &c->s->bodies, link)
		RUN(body, body(c, b));
	STAILQ_FOREACH (t, &c->s->transactions, link)
		RUN(tx, tx(c, t));
}

/* What decides which checks have a say about a session (applies()). */
enum sort {
	SORT_TRANSCRIPT = 1,
	SORT_CAPTURE_ONLY = 2,
	SORT_FOREIGN = 4,
	SORT_AGAIN = 8,
	SORTS = 16
};

struct checks_plan {
	struct hooks hooks[SORTS];
};

struct checks_plan *
checks_plan_new(void)
{
	return xcalloc(1, sizeof(struct checks_plan));
}

void
checks_plan_free(struct checks_plan *plan)
{
	free(plan);
}

static void
hook(struct hooks *h, const struct check *k, unsigned position)
{
	struct row row = { k, position };

	if (k->session != NULL)
		h->session[h->nsession++] = row;
	if (k->unit != NULL)
		h->unit[h->nunit++] = row;
	if (k->reply != NULL)
		h->reply[h->nreply++] = row;
	if (k->body != NULL)
		h->body[h->nbody++] = row;
	if (k->tx != NULL)
		h->tx[h->ntx++] = row;
}

static bool
is_across(const struct check_info *info)
{
	const struct check *c;
	size_t i;

	for (i = 0; i < TABLES; i++)
		for (c = tables[i]; c->info.id != NULL; c++)
			if (&c->info == info)
				return c->across;
	return false;
}

/* Copies of the findings that the session's frames alone do not give (recall.h). */
static void
set_across_aside(struct smtp_session *s)
{
	const struct finding *f;
	unsigned place = 0;
	struct recalled *r;

	STAILQ_FOREACH (f, &s->findings, link) {
		if (is_across(f->check) && (r = arena_alloc(s->verdict, sizeof *r)) != NULL) {
			r->place = place;
			r->finding = *f;
			STAILQ_INSERT_TAIL(&s->across, r, link);
		}
		place++;
	}
}

/* The same findings in the same places, when the session is analysed once more. */
static void
put_across_back(struct smtp_session *s)
{
	struct finding *f, *before = NULL;
	const struct recalled *r;
	unsigned place = 0;

	if (s->recall->across == NULL)
		return;
	STAILQ_FOREACH (r, s->recall->across, link) {
		f = arena_alloc(s->verdict, sizeof *f);
		if (f == NULL)
			return;
		*f = r->finding;
		for (; place < r->place; place++) {
			struct finding *next =
			    before ? STAILQ_NEXT(before, link) : STAILQ_FIRST(&s->findings);

			if (next == NULL)
				break;
			before = next;
		}
		if (before == NULL)
			STAILQ_INSERT_HEAD(&s->findings, f, link);
		else
			STAILQ_INSERT_AFTER(&s->findings, before, f, link);
		before = f;
		place++;
	}
}

static bool
budget_gap(const struct smtp_session *s)
{
	const struct smtp_gap *g;

	STAILQ_FOREACH (g, &s->gaps, link)
		if (g->reason == REASON_BUDGET)
			return true;
	return false;
}

/* Where something was not kept for lack of memory, only the state of the capture is judged: what
 * seems absent may only be unseen. */
static unsigned
sort_of(const struct smtp_session *s)
{
	bool lacking =
	    s->limited || s->stream->refused_octets || s->stream->ledger.refused || budget_gap(s);

	return (s->stream->transcript ? SORT_TRANSCRIPT : 0) | (lacking ? SORT_CAPTURE_ONLY : 0) |
	    (s->foreign ? SORT_FOREIGN : 0) | (s->recall ? SORT_AGAIN : 0);
}

/* Does this check have a say about sessions of this sort? */
static bool
applies(unsigned sort, const struct check *k)
{
	if (k->needs_tcp && (sort & SORT_TRANSCRIPT))
		return false;
	if (k->across && (sort & SORT_AGAIN))
		return false; /* see put_across_back() */
	if (k->info.phase == 'A')
		return true;
	if (sort & SORT_CAPTURE_ONLY)
		return false;
	return !(sort & SORT_FOREIGN) || k->any_protocol || k->info.phase == 'M';
}

static const struct hooks *
hooks_for(struct checks_plan *plan, unsigned sort)
{
	struct hooks *h = &plan->hooks[sort];
	const struct check *k;
	unsigned position = 0;
	size_t i;

	if (h->made)
		return h;
	for (i = 0; i < TABLES; i++)
		for (k = tables[i]; k->info.id != NULL; k++, position++)
			if (applies(sort, k) && position < CHECKS_MAX)
				hook(h, k, position);
	h->made = true;
	return h;
}

void
checks_run(struct analysis *a)
{
	struct check_ctx c = { .a = a, .s = a->s };
	uint8_t said[CHECKS_MAX] = { 0 };
	const struct check *k;
	size_t i;

	c.said = said;
	if (a->s->app == APP_UNKNOWN && a->s->nunits == 0 && a->s->nreplies == 0 &&
	    STAILQ_EMPTY(&a->s->gaps) &&
	    a->s->stream->half[0].octets + a->s->stream->half[1].octets == 0 &&
	    a->s->stream->midstream)
		return;
	run_hooks(&c, hooks_for(a->plan, sort_of(a->s)));
	if (a->s->recall != NULL)
		put_across_back(a->s);
	else if (c.across)
		set_across_aside(a->s);
	if (a->s->stream->transcript)
		for (i = 0; i < TABLES; i++)
			for (k = tables[i]; k->info.id != NULL; k++)
				if (k->by_lines != NULL)
					weaken(a->s, k);
	if (a->s->lines_cut)
		doubt_cut_lines(a->s);
	doubt_conflicts(a->s);
	cascade(a->s);
	findings_grade(a->s, a->wishes);
	findings_sort(a->s);
	findings_count(a->s);
}
