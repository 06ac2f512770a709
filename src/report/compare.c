/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compare - which sessions are compared with which.
 *
 * A session is a model of what is right only if nothing was found in it that is more
 * than a note, and if the capture holds its beginning and both directions without a
 * hole: what is missing could be the fault.
 *
 * Of the sessions without a fault the one is chosen that says the same for longest, is
 * answered the same for longest, and whose circumstances differ least: the fewer
 * differences there are, the more each of them tells.  Before a fault has been seen, the
 * first dialogues of different shape are kept; from then on, each session without it is
 * measured against it.  A server that always fails is compared with another one.
 *
 * There are COMPARE_SERVERS places; when they are in use, a server with a fault takes
 * that of the one with the fewest sessions among those without.  A cohort with a graver
 * fault takes the place of a lesser one.  What found no place is counted.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "report/common.h"
#include "report/compare_parts.h"
#include "report/redact.h"
#include "report/statistics.h"
#include "smtp/checks.h"

struct server {
	struct endpoint ep;
	bool transcript; /* all sessions of transcripts are one server: addresses are made up */
	struct cohort good;
	struct cohort bad[COMPARE_FAULTS];
	unsigned nbad;
};

struct comparisons {
	const struct report_config *cfg;
	struct redactor *redactor;
	struct server *server[COMPARE_SERVERS]; /* owned */
	unsigned nservers;
	struct compare_losses losses;
	struct pair pair[COMPARE_SERVERS * COMPARE_FAULTS];
	size_t npairs;
	uint64_t unmatched; /* when the pairs were made */
};

struct comparisons *
comparisons_new(const struct report_config *cfg, struct redactor *r)
{
	struct comparisons *v = xcalloc(1, sizeof *v);

	v->cfg = cfg;
	v->redactor = r;
	return v;
}

static void
server_free(struct server *s)
{
	unsigned i;

	for (i = 0; i < s->nbad; i++)
		cohort_clear(&s->bad[i]);
	cohort_clear(&s->good);
	free(s);
}

void
comparisons_free(struct comparisons *v)
{
	unsigned i;

	if (!v)
		return;
	for (i = 0; i < v->nservers; i++)
		server_free(v->server[i]);
	free(v);
}

/* -- places ----------------------------------------------------------------------------- */

static uint64_t
server_sessions(const struct server *s)
{
	uint64_t n = s->good.sessions;
	unsigned i;

	for (i = 0; i < s->nbad; i++)
		n += s->bad[i].sessions;
	return n;
}

/* The place of a server without fault, cleared; NULL: there is none to give away. */
static struct server *
server_evict(struct comparisons *v)
{
	unsigned i, least = COMPARE_SERVERS;

	for (i = 0; i < v->nservers; i++)
		if (!v->server[i]->nbad &&
		    (least == COMPARE_SERVERS ||
		        server_sessions(v->server[i]) < server_sessions(v->server[least])))
			least = i;
	if (least == COMPARE_SERVERS)
		return NULL;
	v->losses.servers += server_sessions(v->server[least]);
	cohort_clear(&v->server[least]->good);
	memset(v->server[least], 0, sizeof *v->server[least]);
	return v->server[least];
}

static struct server *
server_get(struct comparisons *v, const struct smtp_session *s, bool fault)
{
	const struct endpoint *ep = &smtp_half(s, DIR_SERVER)->ep;
	bool transcript = s->stream->transcript;
	struct server *found;
	unsigned i;

	for (i = 0; i < v->nservers; i++) {
		found = v->server[i];
		if (found->transcript == transcript &&
		    (transcript ||
		        (found->ep.port == ep->port && ipaddr_same(&found->ep.addr, &ep->addr))))
			return found;
	}
	if (v->nservers < COMPARE_SERVERS)
		found = v->server[v->nservers++] = xcalloc(1, sizeof *found);
	else
		found = fault ? server_evict(v) : NULL;
	if (found) {
		found->ep = *ep;
		found->transcript = transcript;
	}
	return found;
}

/* Below 0: x is the graver fault. */
static int
fault_compare(enum severity xs, enum confidence xc, enum severity ys, enum confidence yc)
{
	if (xs != ys)
		return xs > ys ? -1 : 1;
	return xc == yc ? 0 : xc > yc ? -1 : 1;
}

static struct cohort *
cohort_get(struct comparisons *v, struct server *server, const struct finding *f)
{
	struct cohort *c, *least = &server->bad[0];
	unsigned i;

	for (i = 0; i < server->nbad; i++) {
		c = &server->bad[i];
		if (c->check == f->check)
			return c;
		if (fault_compare(c->severity, c->confidence, least->severity, least->confidence) >
		    0)
			least = c;
	}
	if (server->nbad < COMPARE_FAULTS) {
		c = &server->bad[server->nbad++];
	} else if (fault_compare(f->severity, f->confidence, least->severity, least->confidence) <
	    0) {
		v->losses.faults += least->sessions;
		c = least;
		cohort_clear(c);
	} else {
		return NULL;
	}
	c->check = f->check;
	c->severity = f->severity;
	c->confidence = f->confidence;
	return c;
}

/* -- models ----------------------------------------------------------------------------- */

/* A session without fault, for the faults that the server has shown before. */
static void
add_models(struct comparisons *v, struct server *server, const struct smtp_session *s)
{
	unsigned i;

	for (i = 0; i < server->nbad; i++) {
		struct cohort *c = &server->bad[i];
		const struct sample *bad = c->sample[0];

		if (c->model &&
		    !closeness_better(
		        closeness_of_session(bad, s), closeness_of_sample(bad, c->model)))
			continue;
		sample_free(c->model);
		c->model = sample_new(s, NULL, v->redactor);
	}
}

/* -- counting --------------------------------------------------------------------------- */

/* Another shape of dialogue tells more than one more session of the same. */
static void
add_good_sample(struct comparisons *v, struct cohort *c, const struct smtp_session *s)
{
	uint64_t shape = sample_shape(s);
	unsigned i;

	for (i = 0; i < c->nsamples; i++)
		if (c->sample[i]->shape == shape)
			return;
	if (c->nsamples < COMPARE_SHAPES)
		c->sample[c->nsamples++] = sample_new(s, NULL, v->redactor);
}

static void
add_bad_sample(
    struct comparisons *v, struct cohort *c, const struct smtp_session *s, const struct finding *f)
{
	if (c->nsamples &&
	    fault_compare(f->severity, f->confidence, c->severity, c->confidence) >= 0)
		return;
	if (c->nsamples)
		sample_free(c->sample[0]);
	c->sample[0] = sample_new(s, f, v->redactor);
	c->nsamples = 1;
	c->severity = f->severity;
	c->confidence = f->confidence;
}

/* Can it serve as a model? */
static bool
is_whole(const struct smtp_session *s)
{
	if (STAILQ_EMPTY(&s->units) || s->limited || s->gap_octets[0] || s->gap_octets[1])
		return false;
	if (s->stream->transcript)
		return true;
	return s->stream->handshake && !s->one_sided && s->closure != CLOSURE_CAPTURE_END;
}

void
comparisons_session(struct comparisons *v, const struct smtp_session *s)
{
	const struct finding *f = statistic_cause(s);
	bool fault = f && f->severity >= SEV_WARNING && common_shown(v->cfg, f);
	struct server *server;
	struct cohort *c;

	/* A warning that is not to be seen still spoils a model. */
	if (!fault && ((f && f->severity >= SEV_WARNING) || !is_whole(s))) {
		v->losses.incomplete++;
		return;
	}
	server = server_get(v, s, fault);
	if (!server) {
		v->losses.servers++;
		return;
	}
	c = fault ? cohort_get(v, server, f) : &server->good;
	if (!c) {
		v->losses.faults++;
		return;
	}
	cohort_add(c, s);
	if (fault)
		add_bad_sample(v, c, s, f);
	else
		add_good_sample(v, c, s);
	if (!fault)
		add_models(v, server, s);
}

/* -- choosing --------------------------------------------------------------------------- */

static void
pair_consider(struct pair *p, const struct sample *v, const struct cohort *of)
{
	if (p->good) {
		struct closeness x = closeness_of_sample(p->bad, v);
		struct closeness y = closeness_of_sample(p->bad, p->good);

		/* Of equal ones the first, which does not depend on what was kept where. */
		if (closeness_better(y, x) ||
		    (!closeness_better(x, y) && p->good->session <= v->session))
			return;
	}
	p->good = v;
	p->without = of;
}

static void
pair_try(struct pair *p, const struct cohort *good)
{
	unsigned i;

	for (i = 0; i < good->nsamples; i++)
		pair_consider(p, good->sample[i], good);
}

static bool
pair_make(
    const struct comparisons *v, struct pair *p, const struct server *s, const struct cohort *bad)
{
	unsigned i;

	*p = (struct pair){ .server = s->ep, .with = bad, .bad = bad->sample[0] };
	pair_try(p, &s->good);
	if (bad->model)
		pair_consider(p, bad->model, &s->good);
	if (p->good)
		return true;
	p->other_server = true;
	for (i = 0; i < v->nservers; i++)
		pair_try(p, &v->server[i]->good);
	/* A model that says something else from the start is none. */
	return p->good && closeness_of_sample(p->bad, p->good).units > 1;
}

static int
by_rank(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int order = fault_compare(
	    x->with->severity, x->with->confidence, y->with->severity, y->with->confidence);

	if (order)
		return order;
	if (x->other_server != y->other_server)
		return x->other_server ? 1 : -1;
	if (x->with->sessions != y->with->sessions)
		return x->with->sessions > y->with->sessions ? -1 : 1;
	return x->bad->session < y->bad->session ? -1 : x->bad->session > y->bad->session;
}

const struct pair *
comparisons_pairs(struct comparisons *v, size_t *n)
{
	unsigned i, k;

	v->npairs = 0;
	v->losses.unmatched = 0;
	for (i = 0; i < v->nservers; i++) {
		const struct server *s = v->server[i];

		for (k = 0; k < s->nbad; k++) {
			if (pair_make(v, &v->pair[v->npairs], s, &s->bad[k]))
				v->npairs++;
			else
				v->losses.unmatched++;
		}
	}
	qsort(v->pair, v->npairs, sizeof v->pair[0], by_rank);
	*n = v->npairs;
	return v->pair;
}

const struct compare_losses *
comparisons_losses(const struct comparisons *v)
{
	return &v->losses;
}
