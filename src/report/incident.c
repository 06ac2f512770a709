/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * incident - the table of incidents: one entry for each check, side and network,
 * fed with one session after the other.
 *
 * The key is the culprit's network: the /24 or /64 of clients, the address of a
 * server, the server's network where the path or nobody in particular is to
 * blame.  There are INCIDENTS_MAX entries at most; when they are in use, a new
 * one takes the place of the least important if it is more important itself.
 * What is left out is counted.
 *
 * A session costs nothing here unless it has findings.  Evidence is copied only
 * when it is better than what is there: most certain first, then the session of
 * which the capture holds most.  Strangers choose the keys, so the hash is keyed.
 */
#include <stdlib.h>
#include <xxhash.h>

#include "base/mem.h"
#include "report/common.h"
#include "report/incident.h"
#include "smtp/checks.h"

#define INCIDENT_SEED UINT64_C(0x696e636964656e74)

enum { BUCKETS = 512 };

struct incidents {
	const struct report_config *cfg;
	struct redactor *redactor;
	bool evidence;
	struct incident *bucket[BUCKETS];
	struct incident *all[INCIDENTS_MAX]; /* owned */
	size_t n;
	size_t kept[SEV_ERROR + 1];  /* of them, by severity */
	uint64_t sessions, messages; /* seen; marks of what has been counted */
	uint64_t mail[MAIL_FATES];   /* met by a serious incident */
	struct incident_losses losses;
	struct timeline timeline;
};

struct key {
	const struct check_info *check;
	enum culprit culprit;
	struct ipaddr net;
	unsigned prefix;
};

struct incidents *
incidents_new(const struct report_config *cfg, struct redactor *r, bool evidence)
{
	struct incidents *v = xcalloc(1, sizeof *v);

	v->cfg = cfg;
	v->redactor = r;
	v->evidence = evidence;
	return v;
}

void
incidents_free(struct incidents *v)
{
	size_t i;

	if (!v)
		return;
	for (i = 0; i < v->n; i++) {
		evidence_free(v->all[i]->evidence);
		free(v->all[i]);
	}
	free(v);
}

/* -- the table -------------------------------------------------------------------------- */

static void
mask(struct ipaddr *a, unsigned prefix)
{
	unsigned i;

	for (i = prefix / 8; i < sizeof a->b; i++)
		a->b[i] = 0;
}

static struct key
key_of(const struct smtp_session *s, const struct finding *f)
{
	enum stream_dir side = f->culprit == CULPRIT_CLIENT ? DIR_CLIENT : DIR_SERVER;
	struct key k = { .check = f->check, .culprit = f->culprit };
	bool six;

	k.net = smtp_half(s, side)->ep.addr;
	six = k.net.family == 6;
	k.prefix = six ? 128 : 32;
	if (f->culprit == CULPRIT_CLIENT || f->culprit == CULPRIT_PATH)
		k.prefix = six ? 64 : 24;
	mask(&k.net, k.prefix);
	return k;
}

static size_t
key_bucket(const struct key *k)
{
	uint8_t octets[2 + sizeof k->net.b] = { k->net.family, (uint8_t)k->culprit };
	uint64_t check = checks_position(k->check);

	memcpy(octets + 2, k->net.b, sizeof k->net.b);
	return XXH3_64bits_withSeed(octets, sizeof octets, INCIDENT_SEED ^ check) % BUCKETS;
}

static struct incident *
incident_find(const struct incidents *v, const struct key *k)
{
	struct incident *inc;

	for (inc = v->bucket[key_bucket(k)]; inc; inc = inc->next)
		if (inc->check == k->check && inc->culprit == k->culprit &&
		    inc->net.family == k->net.family &&
		    memcmp(inc->net.b, k->net.b, sizeof k->net.b) == 0)
			return inc;
	return NULL;
}

static void
incident_unlink(struct incidents *v, const struct incident *inc)
{
	struct key k = { inc->check, inc->culprit, inc->net, inc->prefix };
	struct incident **p;

	for (p = &v->bucket[key_bucket(&k)]; *p != inc; p = &(*p)->next)
		;
	*p = inc->next;
}

static bool
is_harmful(const struct incident *inc)
{
	return incident_is_serious(inc) && (inc->fate[MAIL_LOST] || inc->fate[MAIL_IN_DOUBT]);
}

/* Below 0: `x' comes first.  The first frame makes the order one of the input alone. */
static int
incident_compare(const struct incident *x, const struct incident *y)
{
	int tells;

	if (is_harmful(x) != is_harmful(y))
		return is_harmful(x) ? -1 : 1;
	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	tells = check_tells(y->check, y->severity) - check_tells(x->check, x->severity);
	if (tells != 0)
		return tells;
	if (x->sessions != y->sessions)
		return x->sessions > y->sessions ? -1 : 1;
	if (x->confidence != y->confidence)
		return x->confidence > y->confidence ? -1 : 1;
	if (x->findings != y->findings)
		return x->findings > y->findings ? -1 : 1;
	if (x->first_frame != y->first_frame)
		return x->first_frame < y->first_frame ? -1 : 1;
	return x->check != y->check && checks_position(x->check) < checks_position(y->check) ? -1 :
	                                                                                       1;
}

/* A cleared entry: a new one, or that of the least important; NULL: this finding is no more
 * important than any that is kept. */
static struct incident *
incident_room(struct incidents *v, const struct finding *f)
{
	struct incident *least;
	int lower = SEV_NOTE;
	size_t i;

	if (v->n < INCIDENTS_MAX)
		return v->all[v->n++] = xcalloc(1, sizeof *least);
	while (lower < (int)f->severity && v->kept[lower] == 0)
		lower++;
	if (lower >= (int)f->severity)
		return NULL;
	least = v->all[0];
	for (i = 1; i < v->n; i++)
		if (incident_compare(least, v->all[i]) < 0)
			least = v->all[i];
	if (is_harmful(least) || least->severity >= f->severity)
		return NULL;
	v->losses.findings[least->severity] += least->findings;
	v->kept[least->severity]--;
	incident_unlink(v, least);
	evidence_free(least->evidence);
	memset(least, 0, sizeof *least);
	return least;
}

static struct incident *
incident_get(struct incidents *v, const struct smtp_session *s, const struct finding *f)
{
	struct key k = key_of(s, f);
	struct incident *inc = incident_find(v, &k);
	size_t bucket;

	if (inc)
		return inc;
	inc = incident_room(v, f);
	if (!inc) {
		v->losses.findings[f->severity] += f->count ? f->count : 1;
		return NULL;
	}
	v->kept[f->severity]++;
	bucket = key_bucket(&k);
	inc->check = k.check;
	inc->culprit = k.culprit;
	inc->net = k.net;
	inc->prefix = k.prefix;
	inc->transcript = s->stream->transcript;
	inc->severity = f->severity;
	inc->confidence = f->confidence;
	inc->first_ts = inc->last_ts = f->ts;
	inc->first_frame = inc->last_frame = f->frame;
	inc->score = -1;
	inc->next = v->bucket[bucket];
	v->bucket[bucket] = inc;
	return inc;
}

/* -- counting --------------------------------------------------------------------------- */

static void
add_pair(struct incident *inc, const struct smtp_session *s)
{
	const struct endpoint *client = &smtp_half(s, DIR_CLIENT)->ep;
	const struct endpoint *server = &smtp_half(s, DIR_SERVER)->ep;
	unsigned i;

	for (i = 0; i < inc->npairs; i++) {
		struct incident_pair *p = &inc->pair[i];

		if (ipaddr_same(&p->ip[DIR_CLIENT], &client->addr) &&
		    ipaddr_same(&p->ip[DIR_SERVER], &server->addr) && p->port == server->port) {
			p->sessions++;
			return;
		}
	}
	if (inc->npairs == INCIDENT_PAIRS) {
		inc->other_sessions++;
		return;
	}
	inc->pair[inc->npairs++] =
	    (struct incident_pair){ { client->addr, server->addr }, server->port, 1 };
}

static void
add_session(struct incident *inc, const struct smtp_session *s, const struct finding *f)
{
	inc->sessions++;
	add_pair(inc, s);
	if (inc->nsightings < INCIDENT_SIGHTINGS)
		inc->sighting[inc->nsightings++] = (struct sighting){
			.session = s->number,
			.frame = f->frame,
			.ts = f->ts,
			.confidence = f->confidence,
			.ip = { smtp_half(s, DIR_CLIENT)->ep.addr,
			    smtp_half(s, DIR_SERVER)->ep.addr },
		};
}

static void
add_finding(struct incidents *v, struct incident *inc, const struct smtp_session *s,
    const struct finding *f)
{
	inc->findings += f->count ? f->count : 1;
	if (f->severity > inc->severity) {
		v->kept[inc->severity]--;
		v->kept[f->severity]++;
		inc->severity = f->severity;
	}
	if (f->confidence > inc->confidence)
		inc->confidence = f->confidence;
	if (f->ts < inc->first_ts)
		inc->first_ts = f->ts;
	if (f->ts > inc->last_ts)
		inc->last_ts = f->ts;
	if (f->frame < inc->first_frame)
		inc->first_frame = f->frame;
	if (f->frame > inc->last_frame)
		inc->last_frame = f->frame;
	if (inc->session_mark != v->sessions) {
		inc->session_mark = v->sessions;
		add_session(inc, s, f);
	}
}

static void
add_evidence(struct incidents *v, struct incident *inc, const struct smtp_session *s,
    const struct finding *f)
{
	int score = evidence_score(s, f) + (int)f->severity * 1000;

	if (!v->evidence || score <= inc->score)
		return;
	evidence_free(inc->evidence);
	inc->evidence = evidence_new(s, f, v->cfg, v->redactor, incident_is_serious(inc));
	inc->score = score;
}

/* A message counts once for each incident that it met. */
static void
add_messages(struct incidents *v, const struct smtp_session *s)
{
	const struct smtp_transaction *t;
	const struct finding *f;

	STAILQ_FOREACH (t, &s->transactions, link) {
		bool serious = false;

		v->messages++;
		STAILQ_FOREACH (f, &s->findings, link) {
			struct incident *inc;
			struct key k;

			if (f->parent || !common_shown(v->cfg, f) || !evidence_hits(f, t))
				continue;
			k = key_of(s, f);
			inc = incident_find(v, &k);
			if (!inc || inc->message_mark == v->messages)
				continue;
			inc->message_mark = v->messages;
			serious = serious || f->severity > SEV_NOTE;
			inc->messages++;
			inc->fate[mail_fate(t)]++;
			inc->results[t->result]++;
		}
		v->mail[mail_fate(t)] += serious;
	}
}

void
incidents_session(struct incidents *v, const struct smtp_session *s)
{
	const struct finding *f;
	struct incident *inc;

	v->sessions++;
	timeline_add(&v->timeline, s->stream->first_ts, (unsigned)(s->worst + 1));
	if (STAILQ_EMPTY(&s->findings))
		return;
	STAILQ_FOREACH (f, &s->findings, link) {
		if (f->parent || !common_shown(v->cfg, f))
			continue;
		inc = incident_get(v, s, f);
		if (!inc)
			continue;
		add_finding(v, inc, s, f);
		add_evidence(v, inc, s, f);
	}
	add_messages(v, s);
}

/* -- results ---------------------------------------------------------------------------- */

static int
by_rank(const void *a, const void *b)
{
	const struct incident *const *x = a, *const *y = b;

	return *x == *y ? 0 : incident_compare(*x, *y);
}

const struct incident *const *
incidents_ranked(struct incidents *v, size_t *n)
{
	*n = v->n;
	qsort(v->all, v->n, sizeof v->all[0], by_rank);
	return (const struct incident *const *)v->all;
}

const struct incident_losses *
incidents_losses(const struct incidents *v)
{
	return &v->losses;
}

const uint64_t *
incidents_mail(const struct incidents *v)
{
	return v->mail;
}

const struct timeline *
incidents_timeline(const struct incidents *v)
{
	return &v->timeline;
}
