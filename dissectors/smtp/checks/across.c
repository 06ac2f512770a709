/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * across - what is kept of a session that has ended; and habits that show only over
 * several sessions of a client: guessed passwords, searches for addresses.
 *
 * What one client did within ten minutes is counted over its last PEER_VISITS
 * sessions.  Such a burst is reported once; it is over after ten quiet minutes.
 */
#include "smtp/checks/across.h"
#include "smtp/checks.h"

#define SECOND     INT64_C(1000000000)
#define BURST      (600 * SECOND)
#define GREY_LEAST (60 * SECOND)
#define GREY_MOST  (5 * 86400 * SECOND) /* RFC 5321 4.5.4.1: clients give up by then */

struct memo_key
client_key(const struct peers *p, const struct smtp_session *s)
{
	return peers_client_key(p, &smtp_half(s, DIR_CLIENT)->ep.addr);
}

struct memo_key
server_key(const struct peers *p, const struct smtp_session *s)
{
	return peers_server_key(
	    p, &smtp_half(s, DIR_CLIENT)->ep.addr, &smtp_half(s, DIR_SERVER)->ep);
}

void
checks_remember(struct peers *p, const struct smtp_session *s)
{
	offers_learn(p, s);
	fallback_learn(p, s);
	resent_learn(p, s);
	greylist_learn(p, s);
	visit_learn(p, s);
}

static void
visit_user(const struct peers *p, struct peer_visit *v, struct slice user)
{
	uint64_t h = user.n ? peers_hash(p, user) : 0;

	if (v->user == 0)
		v->user = h;
	else if (h != 0 && h != v->user)
		v->users = true;
}

/* Where a walk over the units of a session stands. */
struct walk {
	struct login login;
	struct peer_visit v;
};

static void
visit_step(const struct peers *p, struct walk *w, const struct smtp_unit *u)
{
	struct peer_visit *v = &w->v;

	login_step(&w->login, u);
	if (login_refused(u)) {
		if (v->failures++ == 0)
			v->login_frame = u->meant->first.frame;
		visit_user(p, v, w->login.user);
		v->ts = u->meant->first.ts;
	}
	if (u->kind == UNIT_COMMAND && u->verb->id == VERB_RCPT && u->meant != NULL) {
		v->asked++;
		v->ts = u->meant->first.ts;
		if (refuses_address(u->meant) && v->unknown++ == 0)
			v->rcpt_frame = u->meant->first.frame;
	}
}

static struct peer_visit
visit_of(const struct peers *p, const struct smtp_session *s)
{
	const struct smtp_unit *u;
	struct walk w = { 0 };

	STAILQ_FOREACH (u, &s->units, link)
		visit_step(p, &w, u);
	return w.v;
}

static bool
several_users(const struct peer_visit *a, const struct peer_visit *b)
{
	return a->users || b->users || (a->user != 0 && b->user != 0 && a->user != b->user);
}

struct burst {
	struct peer_visit sum;
	unsigned sessions; /* earlier ones in it */
	uint64_t login_frames[PEER_VISITS], rcpt_frames[PEER_VISITS];
	bool logins_told, harvest_told;
};

static bool
near(int64_t a, int64_t b)
{
	return a - b <= BURST && b - a <= BURST;
}

/* What the client did in earlier sessions within ten minutes of `ts'. */
static void
burst_before(const struct peers *p, const struct smtp_session *s, int64_t ts, struct burst *b)
{
	const struct peer_client *k = peers_client(p, client_key(p, s));
	unsigned i;

	*b = (struct burst){ 0 };
	if (k == NULL)
		return;
	b->logins_told = k->logins_told != 0 && near(ts, k->logins_told);
	b->harvest_told = k->harvest_told != 0 && near(ts, k->harvest_told);
	for (i = 0; i < PEER_VISITS; i++) {
		const struct peer_visit *v = &k->visit[(k->next + i) % PEER_VISITS];

		if (v->ts == 0 || !near(ts, v->ts))
			continue;
		b->login_frames[b->sessions] = v->login_frame;
		b->rcpt_frames[b->sessions++] = v->rcpt_frame;
		b->sum.asked += v->asked;
		b->sum.unknown += v->unknown;
		b->sum.failures += v->failures;
		b->sum.users = several_users(&b->sum, v);
		if (v->user != 0)
			b->sum.user = v->user;
	}
}

enum { LOGINS_MANY = 5, LOGINS_HERE = 3, RCPTS_MANY = 10, RCPTS_SHARE = 80 };

static bool
harvests(uint32_t asked, uint32_t unknown)
{
	return asked >= RCPTS_MANY && (uint64_t)unknown * 100 >= (uint64_t)asked * RCPTS_SHARE;
}

void
visit_learn(struct peers *p, const struct smtp_session *s)
{
	struct peer_visit v = visit_of(p, s);
	struct peer_client *k;
	struct burst b;

	if (v.asked == 0 && v.failures == 0)
		return;
	burst_before(p, s, v.ts, &b);
	k = peers_learn_client(p, client_key(p, s));
	k->visit[k->next] = v;
	k->next = (k->next + 1) % PEER_VISITS;
	if (v.failures > 0 &&
	    (b.logins_told || v.failures >= LOGINS_HERE ||
	        b.sum.failures + v.failures >= LOGINS_MANY))
		k->logins_told = v.ts;
	if (v.unknown > 0 &&
	    (b.harvest_told || harvests(v.asked, v.unknown) ||
	        harvests(b.sum.asked + v.asked, b.sum.unknown + v.unknown)))
		k->harvest_told = v.ts;
}

static void
relate_all(struct finding *f, const uint64_t *frames, unsigned n)
{
	while (n-- > 0)
		relate(f, frames[n]); /* the latest first: there may be more than fit */
}

/* The refused login that makes it five within ten minutes. */
void
auth_bruteforce_across(struct check_ctx *c)
{
	const struct smtp_unit *u;
	struct walk w = { 0 };
	struct finding *f;
	struct burst b;

	if (c->s->peers == NULL)
		return;
	STAILQ_FOREACH (u, &c->s->units, link) {
		visit_step(c->s->peers, &w, u);
		if (!login_refused(u))
			continue;
		burst_before(c->s->peers, c->s, w.v.ts, &b);
		if (b.logins_told || b.sum.failures == 0 ||
		    b.sum.failures + w.v.failures < LOGINS_MANY)
			continue;
		f = report_reply(c, u->meant,
		    "%u logins of this client failed within ten minutes, %u of them in earlier "
		    "connections; %s. Later ones are not reported again.",
		    b.sum.failures + w.v.failures, b.sum.failures,
		    several_users(&w.v, &b.sum)          ? "several user names were tried" :
		        w.v.user == 0 && b.sum.user == 0 ? "no user name can be told" :
		                                           "all for one user name");
		relate_all(f, b.login_frames, b.sessions);
		return;
	}
}

/* The refused recipient with which the search is plain. */
void
harvest_across(struct check_ctx *c)
{
	const struct smtp_unit *u;
	struct peer_visit all;
	struct walk w = { 0 };
	struct finding *f;
	struct burst b;

	if (c->s->peers == NULL)
		return;
	all = visit_of(c->s->peers, c->s);
	burst_before(c->s->peers, c->s, all.ts, &b);
	if (b.harvest_told || b.sum.unknown == 0 ||
	    !harvests(b.sum.asked + all.asked, b.sum.unknown + all.unknown))
		return;
	STAILQ_FOREACH (u, &c->s->units, link) {
		visit_step(c->s->peers, &w, u);
		if (u->verb->id != VERB_RCPT || !refuses_address(u->meant) ||
		    b.sum.asked + w.v.asked < RCPTS_MANY)
			continue;
		f = report_unit(c, u,
		    "%u of %u recipients that this client asked for within ten minutes, in %u "
		    "connections, were refused as unknown; this one is \"%.*s\". Later ones are "
		    "not "
		    "reported again.",
		    b.sum.unknown + all.unknown, b.sum.asked + all.asked, b.sessions + 1,
		    TEXT(u->arg));
		lower_to(f, CONF_PROBABLE); /* the purpose is not on the wire */
		relate_all(f, b.rcpt_frames, b.sessions);
		return;
	}
}
