/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dissector - chooses the connections that are SMTP, finds out who is who, and
 * hands finished sessions on.
 *
 * A connection on an SMTP port is a session at once.  On any other port it is
 * read until it shows a 220 and a HELO, EHLO, LHLO or MAIL, or something that is
 * no SMTP; then the stream is muted.
 *
 * Finished sessions are judged at once or, if cfg.background is set, by the thread
 * of the analyst.  What that touches - the peers, the verdict and its budget, the
 * sink - belongs to it alone until dissector_finish().
 */
#include <stdlib.h>
#include "base/mem.h"
#include "base/arena.h"
#include "smtp/analyst.h"
#include "smtp/checks.h"
#include "smtp/dissector.h"
#include "smtp/peers.h"
#include "smtp/session.h"

struct dissector {
	struct dissector_config cfg;
	uint64_t reported; /* sessions that have a number */
	uint64_t others;   /* connections that were no SMTP */
	struct peers *peers;
	struct checks_plan *plan;
	struct arena *verdict; /* of the session being judged, once it has ended */
	struct budget verdict_budget;
	struct analyst *analyst;      /* NULL: sessions are judged at once */
	TAILQ_HEAD(, parser) changed; /* with `lazy': those with news */
	struct parser *last;          /* with `recall': of the session given out; NULL: none */
};

static void judge_ended(void *dissector, struct parser *);

static void
relieve(void *dissector)
{
	struct dissector *d = dissector;

	analyst_drain(d->analyst);
}

struct dissector *
dissector_new(const struct dissector_config *cfg)
{
	struct dissector *d = xcalloc(1, sizeof *d);

	d->cfg = *cfg;
	TAILQ_INIT(&d->changed);
	if (cfg->recall == NULL)
		d->peers = peers_new(cfg->hash_seed);
	d->plan = checks_plan_new();
	d->verdict_budget.limit = cfg->verdict_limit;
	d->verdict = arena_new(&d->verdict_budget, SESSION_MAX);
	if (cfg->background && (d->analyst = analyst_new(judge_ended, d)) != NULL) {
		cfg->budget->relieve = relieve;
		cfg->budget->relieve_ctx = d;
	}
	return d;
}

void
dissector_settle(struct dissector *d)
{
	if (d->analyst != NULL)
		analyst_drain(d->analyst);
}

void
dissector_finish(struct dissector *d)
{
	if (d->analyst != NULL)
		d->cfg.budget->relieve = NULL;
	analyst_free(d->analyst);
	d->analyst = NULL;
}

void
dissector_free(struct dissector *d)
{
	if (d == NULL)
		return;
	dissector_finish(d);
	parser_free(d->last);
	peers_free(d->peers);
	arena_free(d->verdict);
	checks_plan_free(d->plan);
	free(d);
}

uint64_t
dissector_forgotten(const struct dissector *d)
{
	return d->peers != NULL ? peers_forgotten(d->peers) : 0;
}

struct peers_put_off
dissector_put_off(const struct dissector *d)
{
	return d->peers != NULL ? peers_put_off(d->peers) : (struct peers_put_off){ 0 };
}

uint64_t
dissector_other_connections(const struct dissector *d)
{
	return d->others;
}

static bool
port_listed(const struct dissector *d, uint16_t port)
{
	const uint16_t *p;

	for (p = d->cfg.ports; *p != 0; p++)
		if (*p == port)
			return true;
	return false;
}

static bool
on_port(const struct dissector *d, const struct stream *st)
{
	return port_listed(d, st->half[DIR_CLIENT].ep.port) ||
	    port_listed(d, st->half[DIR_SERVER].ep.port);
}

/* No SYN told who is who: the first octets, unless exactly one port does. */
static void
decide_roles(struct dissector *d, struct parser *p, const struct stream_event *ev)
{
	const struct stream *st = ev->stream;
	struct slice t = ev->data, word;
	bool server_like, client_like;
	size_t i;

	if (p->s->roles_certain)
		return;
	p->s->roles_certain = true;
	if (st->roles_by_syn)
		return;
	p->s->role_by_evidence = true;
	if (port_listed(d, st->half[DIR_CLIENT].ep.port) !=
	    port_listed(d, st->half[DIR_SERVER].ep.port))
		return; /* the tracker put the listed port on the server's side */
	server_like = t.n >= 4 && t.p[0] >= '2' && t.p[0] <= '5' && t.p[1] >= '0' &&
	    t.p[1] <= '5' && t.p[2] >= '0' && t.p[2] <= '9' && (t.p[3] == ' ' || t.p[3] == '-');
	for (i = 0; i < t.n && t.p[i] > ' '; i++)
		;
	word = slice_of(t.p, i);
	client_like = smtp_verb_find(word)->id != VERB_UNKNOWN;
	if ((server_like && ev->dir == DIR_CLIENT) || (client_like && ev->dir == DIR_SERVER))
		p->s->flip = 1;
}

static void
note_change(struct dissector *d, struct parser *p, bool changed)
{
	if (p->changed == changed)
		return;
	if (changed)
		TAILQ_INSERT_TAIL(&d->changed, p, by_change);
	else
		TAILQ_REMOVE(&d->changed, p, by_change);
	p->changed = changed;
}

static void
drop(struct dissector *d, struct stream *st)
{
	note_change(d, st->user, false);
	parser_free(st->user);
	st->user = NULL;
	st->muted = true;
	d->others++;
}

static unsigned
earlier_offers(const struct smtp_session *s)
{
	const struct peer_server *k = peers_server(s->peers,
	    peers_server_key(
	        s->peers, &smtp_half(s, DIR_CLIENT)->ep.addr, &smtp_half(s, DIR_SERVER)->ep));

	return k != NULL ? k->offers : 0;
}

/* What the analysis is to know beside the frames. */
static void
introduce(struct dissector *d, struct smtp_session *s)
{
	s->recall = d->cfg.recall;
	if (s->recall != NULL) {
		s->earlier_offers = s->recall->earlier_offers;
		return;
	}
	/* The addresses of transcripts are made up. */
	s->peers = s->stream->transcript ? NULL : d->peers;
	s->earlier_offers = s->peers ? earlier_offers(s) : 0;
}

static void
name_session(struct dissector *d, struct smtp_session *s)
{
	if (s->number == 0)
		s->number = d->cfg.recall != NULL ? d->cfg.recall->number : ++d->reported;
	if (s->app == APP_UNKNOWN && s->tls.via >= TLS_IMPLICIT && s->tls.start[DIR_SERVER] >= 0)
		s->app = APP_TLS;
	else if (s->app == APP_UNKNOWN && s->nunits + s->nreplies > 1)
		s->app = APP_SMTP;
}

static void
judge(struct dissector *d, struct smtp_session *s)
{
	introduce(d, s);
	smtp_analyse(s, d->plan, &(struct check_wishes){ d->cfg.grades, d->cfg.suppressions });
}

static void
judge_ended(void *dissector, struct parser *p)
{
	struct dissector *d = dissector;
	struct smtp_session *s = p->s;
	struct arena *own = s->verdict;

	s->verdict = d->verdict;
	judge(d, s);
	if (s->peers != NULL)
		checks_remember(d->peers, s);
	d->cfg.sink.ended(d->cfg.sink.ctx, s);
	s->verdict = own;
}

static void
report_open(struct dissector *d, struct smtp_session *s)
{
	name_session(d, s);
	judge(d, s);
	d->cfg.sink.changed(d->cfg.sink.ctx, s);
}

/* To the analyst if there is one, and memory to keep the stream by. */
static void
report_ended(struct dissector *d, struct stream *st, struct parser *p)
{
	name_session(d, p->s);
	if (d->analyst != NULL && (p->kept = stream_keep(st, d->cfg.budget)) != NULL) {
		p->s->stream = p->kept;
		analyst_give(d->analyst, p);
		return;
	}
	if (d->analyst != NULL)
		analyst_drain(d->analyst);
	if (d->cfg.recall != NULL && d->last == NULL &&
	    (p->kept = stream_keep(st, d->cfg.budget))) {
		p->s->stream = p->kept;
		d->last = p;
	}
	judge_ended(d, p);
	if (d->last != p)
		parser_free(p);
}

static void
opened(struct dissector *d, struct stream *st)
{
	struct parser *p = parser_new(st, d->cfg.budget, d->cfg.keep_text);

	st->user = p;
	if (p == NULL)
		st->muted = true;
}

static bool
wanted(struct dissector *d, const struct stream *st, const struct parser *p)
{
	return on_port(d, st) || parser_evidence(p) > 0;
}

static void
ended(struct dissector *d, struct stream *st)
{
	struct parser *p = st->user;

	note_change(d, p, false);
	st->user = NULL;
	if (wanted(d, st, p)) {
		report_ended(d, st, p);
		return;
	}
	d->others++;
	parser_free(p);
}

void
dissector_refresh(struct dissector *d)
{
	struct parser *p;

	while ((p = TAILQ_FIRST(&d->changed)) != NULL) {
		note_change(d, p, false);
		if (wanted(d, p->s->stream, p))
			report_open(d, p->s);
	}
}

bool
dissector_look(struct dissector *d, struct stream *st)
{
	struct parser *p = st->user;

	if (p == NULL || !wanted(d, st, p))
		return false;
	st->user = NULL;
	parser_free(d->last);
	d->last = p;
	report_open(d, p->s);
	return true;
}

void
dissector_event(void *ctx, const struct stream_event *ev)
{
	struct dissector *d = ctx;
	struct stream *st = ev->stream;
	struct parser *p = st->user;

	if (ev->type == STREAM_OPEN) {
		opened(d, st);
		return;
	}
	if (p == NULL)
		return;
	if (ev->type == STREAM_DATA)
		decide_roles(d, p, ev);
	parser_event(p, ev);
	if (ev->type == STREAM_END) {
		ended(d, st);
		return;
	}
	if (ev->type == STREAM_DATA && !on_port(d, st) && parser_evidence(p) < 0) {
		drop(d, st);
		return;
	}
	if (!d->cfg.live || d->cfg.sink.changed == NULL || ev->type != STREAM_SEGMENT)
		return;
	if (d->cfg.lazy)
		note_change(d, p, true);
	else if (wanted(d, st, p))
		report_open(d, p->s);
}
