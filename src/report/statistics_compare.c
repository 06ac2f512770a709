/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * statistics_compare - the comparison of sessions with and without a fault, as a
 * statistic: the dialogues side by side for people, the differences as rows for machines.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/output.h"
#include "report/common.h"
#include "report/compare.h"
#include "report/redact.h"
#include "report/statistics.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

enum { SHOWN_MAX = 10 };

struct compare {
	struct comparisons *comparisons;
};

static void
compare_begin(void *state, const struct table_sink *sink)
{
	struct compare *v = state;

	v->comparisons = comparisons_new(sink->cfg, sink->redactor);
}

static void
compare_session(void *state, const struct table_sink *sink, const struct smtp_session *s)
{
	struct compare *v = state;

	(void)sink;
	comparisons_session(v->comparisons, s);
}

/* -- text ------------------------------------------------------------------------------- */

static void
put_losses(const struct table_sink *sink, const struct compare_losses *l)
{
	const struct {
		uint64_t n;
		const char *text;
	} rows[] = {
		{ l->unmatched, "kinds of fault have nothing like them without one" },
		{ l->incomplete, "sessions are not there whole, and no model" },
		{ l->servers, "sessions are of servers for which there was no room" },
		{ l->faults, "sessions have faults for which there was no room" },
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		if (rows[i].n)
			table_remark(sink, "not compared: %" PRIu64 " %s", rows[i].n, rows[i].text);
}

static void
put_texts(const struct table_sink *sink, const struct pair *pairs, size_t n)
{
	size_t i, shown = n > SHOWN_MAX && !sink->cfg->verbose ? SHOWN_MAX : n;

	for (i = 0; i < shown; i++) {
		out_puts(sink->o, i ? "\n" : "");
		pair_text(sink->o, sink->cfg, sink->redactor, &pairs[i], i + 1);
	}
	if (n == 0)
		table_remark(sink, "nothing to compare");
	else
		table_remark(
		    sink, "* where they part, < and > on one side only, | differs behind it");
	if (n > shown)
		table_remark(sink, "and %zu more (-v shows them)", n - shown);
}

/* -- rows ------------------------------------------------------------------------------- */

/* The columns that all rows of a pair share. */
static void
put_pair(struct table *t, const struct table_sink *sink, const struct pair *p)
{
	char text[IPADDR_TEXT_MAX];

	if (p->bad->transcript) {
		table_none(t);
		table_none(t);
	} else {
		redact_ip(sink->redactor, text, &p->server.addr);
		table_text(t, text);
		table_number(t, p->server.port);
	}
	table_text(t, p->with->check->id);
	table_text(t, severity_name(p->with->severity));
	table_text(t, confidence_name(p->with->confidence));
	table_number(t, p->with->sessions);
	table_number(t, p->without->sessions);
	table_text(t, p->other_server ? "other" : "same");
	table_number(t, p->bad->session);
	table_number(t, p->good->session);
}

static void
put_answer(struct table *t, const struct table_sink *sink, const struct pair *p)
{
	struct sample_answer bad, good;

	if (!pair_answer(p, &bad, &good))
		return;
	put_pair(t, sink, p);
	table_text(t, "answer");
	table_text(t, bad.unit);
	table_number(t, bad.code);
	table_number(t, good.code);
	table_none(t);
	table_none(t);
}

static void
put_rows(struct table *t, const struct table_sink *sink, const struct pair *p)
{
	unsigned i;

	put_answer(t, sink, p);
	for (i = 0; i < TRAITS; i++) {
		if (pair_contrast(p, (enum trait)i) <= 0)
			continue;
		put_pair(t, sink, p);
		table_text(t, "trait");
		table_text(t, trait_text((enum trait)i));
		table_number(t, p->with->traits[i]);
		table_number(t, p->without->traits[i]);
		table_none(t);
		table_none(t);
	}
	for (i = 0; i < MEASURES; i++) {
		if (!pair_measures_differ(p, (enum measure)i))
			continue;
		put_pair(t, sink, p);
		table_text(t, "measure");
		table_text(t, measure_text((enum measure)i));
		table_number(t, p->with->least[i]);
		table_number(t, p->without->least[i]);
		table_number(t, p->with->most[i]);
		table_number(t, p->without->most[i]);
	}
}

static void
put_table(const struct table_sink *sink, const struct pair *pairs, size_t n)
{
	static const struct table_column columns[] = {
		{ "server_ip", "", COLUMN_TEXT, 0, false },
		{ "server_port", "", COLUMN_NUMBER, 0, false },
		{ "id", "", COLUMN_TEXT, 0, false },
		{ "severity", "", COLUMN_TEXT, 0, false },
		{ "confidence", "", COLUMN_TEXT, 0, false },
		{ "sessions_with", "", COLUMN_NUMBER, 0, false },
		{ "sessions_without", "", COLUMN_NUMBER, 0, false },
		{ "server_without", "", COLUMN_TEXT, 0, false },
		{ "example_with", "", COLUMN_NUMBER, 0, false },
		{ "example_without", "", COLUMN_NUMBER, 0, false },
		{ "kind", "", COLUMN_TEXT, 0, false },
		{ "what", "", COLUMN_TEXT, 0, false },
		{ "with", "", COLUMN_NUMBER, 0, false },
		{ "without", "", COLUMN_NUMBER, 0, false },
		{ "with_most", "", COLUMN_NUMBER, 0, false },
		{ "without_most", "", COLUMN_NUMBER, 0, false },
	};
	struct table *t = table_new(sink, "compare", columns, COUNT(columns), false);
	size_t i;

	for (i = 0; i < n; i++)
		put_rows(t, sink, &pairs[i]);
	table_end(t);
}

static void
compare_end(void *state, const struct table_sink *sink, const struct run *run)
{
	struct compare *v = state;
	const struct pair *pairs;
	size_t n;

	(void)run;
	pairs = comparisons_pairs(v->comparisons, &n);
	if (sink->form != TABLE_TEXT) {
		put_table(sink, pairs, n);
		return;
	}
	put_texts(sink, pairs, n);
	put_losses(sink, comparisons_losses(v->comparisons));
}

static void
compare_fini(void *state)
{
	struct compare *v = state;

	comparisons_free(v->comparisons);
}

const struct statistic statistic_compare = {
	.name = "compare",
	.summary = "sessions with a fault beside similar ones without",
	.heading = "With a fault, and without",
	.size = sizeof(struct compare),
	.begin = compare_begin,
	.session = compare_session,
	.end = compare_end,
	.fini = compare_fini,
};
