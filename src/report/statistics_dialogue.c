/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * statistics_dialogue - the codes that commands were answered with, and how long the
 * answers took.
 *
 * Both go by the pairing by meaning: a reply counts for the unit it fits, and a unit
 * whose reply was lost has none.  The wait is that of the capture: from the last octet of
 * the unit to the first of its reply, as they passed the capture point; the greeting
 * waits from the SYN.  A reply that left before its unit was whole is counted, not
 * measured, and so is one whose pairing rests on what was not captured.
 *
 * Both tables have a fixed size; a histogram is made for the units that occur.
 */
#include <stdio.h>

#include "base/mem.h"
#include "report/common.h"
#include "report/histogram.h"
#include "report/statistics.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* -- replies ---------------------------------------------------------------------------- */

enum { CODES = 1000, NO_REPLY = CODES };

struct replies {
	/* By unit, then code; 0: no code at all; NO_REPLY: the unit got none. */
	uint64_t n[STATISTIC_UNITS][CODES + 1];
};

static unsigned
answered(const struct smtp_reply *r)
{
	if (!r->meant && !statistic_is_sure(r))
		return STATISTIC_UNPAIRED;
	if (!r->meant && r->flags & REPLY_MID_DATA)
		return STATISTIC_TEXT;
	return statistic_unit(r->meant);
}

static void
replies_session(void *state, const struct table_sink *sink, const struct smtp_session *s)
{
	struct replies *v = state;
	const struct smtp_reply *r;
	const struct smtp_unit *u;

	(void)sink;
	STAILQ_FOREACH (r, &s->replies, link)
		v->n[answered(r)][r->code < CODES ? r->code : 0]++;
	STAILQ_FOREACH (u, &s->units, link)
		v->n[statistic_unit(u)][NO_REPLY] += smtp_unanswered(u);
}

static void
put_reply(struct table *t, unsigned unit, unsigned code, uint64_t n, uint64_t total)
{
	const char *meaning = code < CODES ? smtp_code_label((uint16_t)code) : NULL;

	table_text(t, statistic_unit_name(unit));
	if (code == NO_REPLY || code == 0)
		table_none(t);
	else
		table_number(t, code);
	table_number(t, n);
	table_share(t, n, total);
	if (code == NO_REPLY)
		meaning = "(no reply was seen)";
	else if (code == 0)
		meaning = "(no code)";
	table_text(t, meaning);
}

static void
replies_end(void *state, const struct table_sink *sink, const struct run *run)
{
	static const struct table_column columns[] = {
		{ "unit", "to", COLUMN_TEXT, 0, false },
		{ "code", "code", COLUMN_NUMBER, 0, false },
		{ "replies", "replies", COLUMN_NUMBER, 0, false },
		{ "share", "share", COLUMN_SHARE, 0, false },
		{ "meaning", "meaning", COLUMN_TEXT, 0, false },
	};
	const struct replies *v = state;
	struct table *t = table_new(sink, "replies", columns, COUNT(columns), false);
	uint64_t all = 0, total;
	size_t i;
	unsigned code;

	(void)run;
	for (i = 0; i < STATISTIC_UNITS; i++) {
		unsigned unit = statistic_unit_nth(i);

		total = 0;
		for (code = 0; code <= NO_REPLY; code++)
			total += v->n[unit][code];
		for (code = 0; code <= NO_REPLY; code++)
			if (v->n[unit][code])
				put_reply(t, unit, code, v->n[unit][code], total);
		all += total;
	}
	if (!all)
		table_remark(sink, "none");
	table_end(t);
}

const struct statistic statistic_replies = {
	.name = "replies",
	.summary = "the codes that each command was answered with",
	.heading = "Replies by what they answer",
	.size = sizeof(struct replies),
	.session = replies_session,
	.end = replies_end,
};

/* -- classes ---------------------------------------------------------------------------- */

enum { CODES_SHOWN = 4 };

/* "250 (4,370), 220 (3,000)": the codes of a class, the most frequent first. */
static void
put_codes(struct table *t, const uint64_t *n, unsigned class)
{
	char text[CODES_SHOWN * 32] = "", number[NUMBER_TEXT_MAX];
	unsigned shown[CODES_SHOWN], i, k, code, best;
	size_t used = 0;

	for (i = 0; i < CODES_SHOWN; i++) {
		best = CODES;
		for (code = class * 100; code < class * 100 + 100; code++) {
			for (k = 0; k < i && shown[k] != code; k++)
				;
			if (k == i && n[code] && (best == CODES || n[code] > n[best]))
				best = code;
		}
		if (best == CODES)
			break;
		shown[i] = best;
		used += (size_t)snprintf(text + used, sizeof text - used, "%s%u (%s)",
		    i ? ", " : "", best, common_number(number, n[best]));
	}
	table_text(t, text);
}

static void
classes_end(void *state, const struct table_sink *sink, const struct run *run)
{
	static const struct table_column columns[] = {
		{ "class", "class", COLUMN_TEXT, 0, false },
		{ "replies", "replies", COLUMN_NUMBER, 0, false },
		{ "share", "share", COLUMN_SHARE, 0, false },
		{ "codes", "most frequent", COLUMN_TEXT, 0, false },
	};
	static const char *const names[] = { "no code", "1yz", "2yz", "3yz", "4yz", "5yz", "6yz",
		"7yz", "8yz", "9yz" };
	const struct replies *v = state;
	uint64_t n[CODES + 1] = { 0 }, class[COUNT(names)] = { 0 }, all = 0;
	struct table *t = table_new(sink, "classes", columns, COUNT(columns), false);
	unsigned unit, code;
	size_t i;

	(void)run;
	for (unit = 0; unit < STATISTIC_UNITS; unit++)
		for (code = 0; code <= NO_REPLY; code++)
			n[code] += v->n[unit][code];
	for (code = 0; code < CODES; code++) {
		class[code / 100] += n[code];
		all += n[code];
	}
	for (i = 0; i < COUNT(names); i++) {
		if (!class[i])
			continue;
		table_text(t, names[i]);
		table_number(t, class[i]);
		table_share(t, class[i], all);
		if (i)
			put_codes(t, n, (unsigned)i);
		else
			table_none(t);
	}
	if (n[NO_REPLY]) {
		table_text(t, "never came");
		table_number(t, n[NO_REPLY]);
		table_none(t);
		table_none(t);
	}
	if (!all && !n[NO_REPLY])
		table_remark(sink, "none");
	table_end(t);
}

const struct statistic statistic_classes = {
	.name = "classes",
	.summary = "replies by their first digit, and the most frequent codes",
	.heading = "Replies by class",
	.size = sizeof(struct replies),
	.session = replies_session,
	.end = classes_end,
};

/* -- latency ---------------------------------------------------------------------------- */

struct latency {
	struct latency_row {
		struct histogram time;
		uint64_t early, unsure, no_time;
	} row[STATISTIC_UNITS];
};

/* Where the wait begins; false: it was not captured. */
static bool
wait_start(const struct smtp_session *s, const struct smtp_unit *u, int64_t *ts)
{
	*ts = u->kind == UNIT_GREETING ? s->stream->first_ts : u->last.ts;
	return u->kind == UNIT_GREETING ? s->stream->handshake : u->last.frame != 0;
}

static void
latency_reply(struct latency_row *row, const struct smtp_session *s, const struct smtp_reply *r)
{
	int64_t start;

	if (!statistic_is_sure(r) || (r->meant->flags & UNIT_AFTER_GAP))
		row->unsure++;
	else if (s->stream->transcript || !r->first.frame || !wait_start(s, r->meant, &start))
		row->no_time++;
	else if (r->first.ts < start)
		row->early++;
	else
		histogram_add(&row->time, common_since(r->first.ts, start));
}

static void
latency_session(void *state, const struct table_sink *sink, const struct smtp_session *s)
{
	struct latency *v = state;
	const struct smtp_reply *r;

	(void)sink;
	STAILQ_FOREACH (r, &s->replies, link)
		if (r->meant)
			latency_reply(&v->row[statistic_unit(r->meant)], s, r);
}

static void
put_latency(struct table *t, unsigned unit, const struct latency_row *row)
{
	static const unsigned quantiles[] = { 500, 900, 950, 990 };
	const struct histogram *h = &row->time;
	size_t i;

	table_text(t, statistic_unit_name(unit));
	table_number(t, h->n);
	if (h->n)
		table_time(t, h->least);
	else
		table_none(t);
	for (i = 0; i < COUNT(quantiles); i++) {
		if (h->n)
			table_time(t, histogram_quantile(h, quantiles[i]));
		else
			table_none(t);
	}
	if (h->n)
		table_time(t, h->greatest);
	else
		table_none(t);
	table_number(t, row->early);
	table_number(t, row->unsure);
	table_number(t, row->no_time);
}

static void
latency_end(void *state, const struct table_sink *sink, const struct run *run)
{
	static const struct table_column columns[] = {
		{ "unit", "reply to", COLUMN_TEXT, 0, false },
		{ "replies", "replies", COLUMN_NUMBER, 0, false },
		{ "min", "least", COLUMN_DURATION, 0, false },
		{ "p50", "p50", COLUMN_DURATION, 0, false },
		{ "p90", "p90", COLUMN_DURATION, 0, false },
		{ "p95", "p95", COLUMN_DURATION, 0, false },
		{ "p99", "p99", COLUMN_DURATION, 0, false },
		{ "max", "most", COLUMN_DURATION, 0, false },
		{ "early", "early", COLUMN_NUMBER, 0, true },
		{ "unsure", "unsure", COLUMN_NUMBER, 0, true },
		{ "no_time", "no time", COLUMN_NUMBER, 0, true },
	};
	const struct latency *v = state;
	struct table *t = table_new(sink, "latency", columns, COUNT(columns), false);
	bool any = false;
	size_t i;

	(void)run;
	for (i = 0; i < STATISTIC_UNITS; i++) {
		unsigned unit = statistic_unit_nth(i);
		const struct latency_row *row = &v->row[unit];

		if (!row->time.n && !row->early && !row->unsure && !row->no_time)
			continue;
		put_latency(t, unit, row);
		any = true;
	}
	table_end(t);
	table_remark(
	    sink, "%s", any ? "p50 to p99 are within 1.6 % of the exact time" : "no reply");
}

static void
latency_fini(void *state)
{
	struct latency *v = state;
	size_t i;

	for (i = 0; i < STATISTIC_UNITS; i++)
		histogram_fini(&v->row[i].time);
}

const struct statistic statistic_latency = {
	.name = "latency",
	.summary = "how long each reply took, by what it answers",
	.heading = "Waits for replies",
	.size = sizeof(struct latency),
	.session = latency_session,
	.end = latency_end,
	.fini = latency_fini,
};
