/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compare_cohort - counting the sessions of a cohort, and how like another one a session
 * is: the same commands for longest, the same answers for longest, the fewest
 * circumstances that differ, the same client.
 */
#include <string.h>

#include "report/compare_parts.h"
#include "report/statistics.h"

void
cohort_clear(struct cohort *c)
{
	unsigned i;

	for (i = 0; i < c->nsamples; i++)
		sample_free(c->sample[i]);
	sample_free(c->model);
	memset(c, 0, sizeof *c);
}

static void
add_client(struct cohort *c, const struct smtp_session *s)
{
	const struct ipaddr *ip = &smtp_half(s, DIR_CLIENT)->ep.addr;
	unsigned i;

	for (i = 0; i < c->nclients && i < COMPARE_CLIENTS; i++)
		if (ipaddr_same(&c->client[i], ip))
			return;
	if (c->nclients < COMPARE_CLIENTS)
		c->client[c->nclients++] = *ip;
	else
		c->nclients = COMPARE_CLIENTS + 1;
}

void
cohort_add(struct cohort *c, const struct smtp_session *s)
{
	uint32_t traits = sample_traits(s);
	uint64_t measures[MEASURES];
	unsigned i;

	sample_measures(s, measures);
	for (i = 0; i < MEASURES; i++) {
		if (!c->sessions || measures[i] < c->least[i])
			c->least[i] = measures[i];
		if (measures[i] > c->most[i])
			c->most[i] = measures[i];
	}
	for (i = 0; i < TRAITS; i++)
		c->traits[i] += traits >> i & 1;
	c->sessions++;
	c->transcripts += s->stream->transcript;
	if (!s->stream->transcript)
		add_client(c, s);
}

static unsigned
different_traits(uint32_t a, uint32_t b)
{
	return (unsigned)__builtin_popcount(a ^ b);
}

struct closeness
closeness_of_sample(const struct sample *bad, const struct sample *v)
{
	struct closeness c = { .traits = different_traits(bad->traits, v->traits) };
	bool same = true;
	unsigned i;

	for (i = 0; i < bad->nanswers && i < v->nanswers; i++) {
		if (strcmp(bad->answer[i].unit, v->answer[i].unit) != 0)
			break;
		same = same && bad->answer[i].code == v->answer[i].code;
		c.answers += same;
	}
	c.units = i;
	c.client = ipaddr_same(&bad->ep[DIR_CLIENT].addr, &v->ep[DIR_CLIENT].addr);
	return c;
}

struct closeness
closeness_of_session(const struct sample *bad, const struct smtp_session *s)
{
	struct closeness c = { .traits = different_traits(bad->traits, sample_traits(s)) };
	const struct smtp_unit *u;
	bool same = true;

	STAILQ_FOREACH (u, &s->units, link) {
		const struct sample_answer *a = &bad->answer[c.units];

		if (c.units == bad->nanswers ||
		    strcmp(a->unit, statistic_unit_name(statistic_unit(u))) != 0)
			break;
		same = same && a->code == (u->meant ? u->meant->code : 0);
		c.answers += same;
		c.units++;
	}
	c.client = ipaddr_same(&bad->ep[DIR_CLIENT].addr, &smtp_half(s, DIR_CLIENT)->ep.addr);
	return c;
}

bool
closeness_better(struct closeness x, struct closeness y)
{
	if (x.units != y.units)
		return x.units > y.units;
	if (x.answers != y.answers)
		return x.answers > y.answers;
	if (x.traits != y.traits)
		return x.traits < y.traits;
	return x.client && !y.client;
}
