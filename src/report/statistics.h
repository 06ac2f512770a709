/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * statistics - tables about the whole run (-z), in place of a report on its sessions.
 *
 * A statistic is a row of a table: it is fed with finished sessions and prints at the
 * end.  What it keeps is bounded, whatever the input; what it left out is a row of its
 * output.
 */
#ifndef SMTPSCOPE_REPORT_STATISTICS_H
#define SMTPSCOPE_REPORT_STATISTICS_H

#include "report/table.h"
#include "smtp/smtp.h"

struct error;
struct output;
struct redactor;
struct reporter_ops;

struct statistic {
	const char *name;    /* "latency": a word of the argument of -z */
	const char *summary; /* one line for -z help */
	const char *heading; /* above the table as text */
	size_t size;         /* of the private state, zeroed before begin() */
	void (*begin)(void *, const struct table_sink *); /* may be NULL */
	/* A session ended and has been analysed; borrowed for the call.  May be NULL. */
	void (*session)(void *, const struct table_sink *, const struct smtp_session *);
	void (*end)(void *, const struct table_sink *, const struct run *);
	void (*fini)(void *); /* may be NULL: frees what the state owns */
};

/* NULL behind the last. */
const struct statistic *statistics_nth(size_t);
/* Sets in `set' the bits of the statistics that are named in "NAME[,NAME...]".  0, or -1 with the
 * error set. */
int statistics_parse(const char *list, uint32_t *set, struct error *);
/* The format that prints statistics in the form of this one; NULL: it has none. */
const struct reporter_ops *statistics_format(const struct reporter_ops *);
/* One line for each, for -z help. */
void statistics_help(struct output *);

/* Statistics beside something else: fed with sessions as they end, printed at any time and as often
 * as wanted.  What is borrowed has to live as long. */
struct statistics;
/* `names': those of the rows, commas between them; no statistic that flows. */
struct statistics *statistics_new(
    const char *names, const struct report_config *, struct redactor *);
void statistics_free(struct statistics *); /* accepts NULL */
void statistics_session(struct statistics *, const struct smtp_session *);
/* Writes a table of the set as text, without its heading; false: the name is none of the set. */
bool statistics_print(struct statistics *, const char *name, struct output *, const struct run *);

/* -- the rows, and what their files share ------------------------------------------------ */

extern const struct statistic statistic_sessions, statistic_results, statistic_closures,
    statistic_classes, statistic_replies, statistic_findings, statistic_peers, statistic_latency,
    statistic_tls, statistic_capture, statistic_compare;

/* What owes a reply, as statistics tell it apart: each verb, and what is no command. */
enum statistic_unit {
	STATISTIC_GREETING = VERB_X + 1,
	STATISTIC_EOD,
	STATISTIC_SASL,
	STATISTIC_GARBAGE,
	STATISTIC_TEXT,     /* the reply left in the middle of a message */
	STATISTIC_NOTHING,  /* the reply answers nothing */
	STATISTIC_UNPAIRED, /* next to a hole in the capture: it cannot be told what it answers */
	STATISTIC_UNITS
};

/* A verb (enum smtp_verb_id) or one of the above; NULL: nothing. */
unsigned statistic_unit(const struct smtp_unit *);
const char *statistic_unit_name(unsigned);
/* The i-th unit in the order of a session; i < STATISTIC_UNITS. */
unsigned statistic_unit_nth(size_t i);
/* The worst finding that is no consequence, the surest and first of those; NULL: none. */
const struct finding *statistic_cause(const struct smtp_session *);
/* May the pairing of this reply be counted on?  Not next to a hole in the capture. */
bool statistic_is_sure(const struct smtp_reply *);

#endif
