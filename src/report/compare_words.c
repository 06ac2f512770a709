/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compare_words - in what two cohorts differ, and the words for it.
 */
#include "report/compare.h"

static const struct {
	const char *text;
	bool needs_tcp; /* cannot be told from a transcript */
} traits[TRAITS] = {
	[TRAIT_EHLO] = { "the client says EHLO", false },
	[TRAIT_PIPELINES] = { "commands are pipelined", true },
	[TRAIT_SAME_SEGMENT] = { "several commands share a segment", true },
	[TRAIT_QUIT_EARLY] = { "QUIT is sent without waiting for the reply before it", false },
	[TRAIT_EOD_SPLIT] = { "the end of data is spread over segments", true },
	[TRAIT_OFFERS_PIPELINING] = { "the server offers PIPELINING", false },
	[TRAIT_OFFERS_SIZE] = { "the server offers SIZE", false },
	[TRAIT_OFFERS_CHUNKING] = { "the server offers CHUNKING", false },
	[TRAIT_OFFERS_8BITMIME] = { "the server offers 8BITMIME", false },
	[TRAIT_OFFERS_STARTTLS] = { "the server offers STARTTLS", false },
	[TRAIT_OFFERS_AUTH] = { "the server offers AUTH", false },
	[TRAIT_OFFERS_DSN] = { "the server offers DSN", false },
	[TRAIT_OFFERS_SMTPUTF8] = { "the server offers SMTPUTF8", false },
	[TRAIT_TLS] = { "TLS", false },
	[TRAIT_AUTH] = { "AUTH", false },
	[TRAIT_BDAT] = { "BDAT", false },
	[TRAIT_RETRANSMISSIONS] = { "segments were sent again", true },
	[TRAIT_IPV6] = { "IPv6", true },
};

static const char *const measures[MEASURES] = {
	[MEASURE_GROUP] = "commands sent without waiting, at most",
	[MEASURE_MESSAGE] = "octets of the largest message",
	[MEASURE_RECIPIENTS] = "recipients of a message, at most",
	[MEASURE_TRANSACTIONS] = "messages in a session",
};

const char *
trait_text(enum trait t)
{
	return traits[t].text;
}

const char *
measure_text(enum measure m)
{
	return measures[m];
}

double
pair_contrast(const struct pair *p, enum trait t)
{
	const struct cohort *a = p->with, *b = p->without;
	double x = (double)a->traits[t] / (double)a->sessions;
	double y = (double)b->traits[t] / (double)b->sessions;

	if (traits[t].needs_tcp && (a->transcripts || b->transcripts))
		return 0;
	return x < y ? y - x : x - y;
}

bool
pair_measures_differ(const struct pair *p, enum measure m)
{
	return p->with->least[m] != p->without->least[m] || p->with->most[m] != p->without->most[m];
}

bool
pair_answer(const struct pair *p, struct sample_answer *bad, struct sample_answer *good)
{
	unsigned i;

	for (i = 0; i < p->bad->nanswers && i < p->good->nanswers; i++) {
		*bad = p->bad->answer[i];
		*good = p->good->answer[i];
		if (strcmp(bad->unit, good->unit) != 0)
			return false;
		if (bad->code != good->code)
			return true;
	}
	return false;
}
