/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * window - what the sessions of the last minutes add up to.
 *
 * A session is in a window if it is open, or if its last packet came at or after the
 * window's beginning, which is counted back from the newest packet of the capture.  A
 * filter can say the same (window_clause()).  Sessions of transcripts have no times and
 * are in no window; rows that the store has evicted or cleared are in none any more.
 *
 * A million rows are counted in portions; what was counted before is kept until the new
 * numbers are complete, so that nobody sees some of both.  A window ends before its store.
 */
#ifndef SMTPSCOPE_TUI_WINDOW_H
#define SMTPSCOPE_TUI_WINDOW_H

#include "tui/tally.h"

struct incident;
struct incidents;
struct window;

/* How long it may be, in the order in which a key goes through them. */
enum window_choice { WINDOW_ALL, WINDOW_HOUR, WINDOW_15_MIN, WINDOW_5_MIN, WINDOW_MIN };

enum {
	WINDOW_CHOICES = WINDOW_MIN + 1,
	WINDOW_CLASSES = CLASS_MISSING + 1,
	WINDOW_VIAS = 4,     /* enum smtp_tls_via */
	WINDOW_VERSIONS = 7, /* window_version() */
	WINDOW_CLAUSE_MAX = 80
};

/* Sessions each, but for `messages'. */
struct window_counts {
	int64_t since;     /* ns: its beginning */
	uint64_t sessions; /* open ones as well */
	uint64_t open;
	uint64_t messages;                /* transactions of all of them */
	uint64_t with_messages;           /* sessions that have one */
	uint64_t results[RUN_RESULTS];    /* by enum smtp_result: one of its messages has it */
	uint64_t closures[RUN_CLOSURES];  /* by enum smtp_closure; of those that are not open */
	uint64_t classes[WINDOW_CLASSES]; /* by enum row_class: it has such a reply */
	uint64_t tls[WINDOW_VIAS];
	uint64_t tls_failed;
	uint64_t versions[WINDOW_VERSIONS];
	uint64_t findings[RUN_CHECKS_MAX]; /* by position: it has one that is no consequence */
	struct tally tally;                /* of the peers */
	struct window_incident *incident;  /* private to window.c */
	size_t nincidents;
};

/* Both are borrowed; incidents NULL: none are counted. */
struct window *window_new(struct store *, struct incidents *);
void window_free(struct window *); /* accepts NULL */

/* Forgets what was counted. */
void window_choose(struct window *, enum window_choice);
enum window_choice window_chosen(const struct window *);
/* Begins to count back from `newest' (ns), unless all is chosen or a count is under way. */
void window_begin(struct window *, int64_t newest);
/* Counts for about so long, one portion at least; false: no count is under way (any more). */
bool window_work(struct window *, int64_t ns);
bool window_is_busy(const struct window *);
/* Of the last count that is complete; NULL: of this choice there is none yet.  Borrowed until
 * one of the functions above. */
const struct window_counts *window_counts(const struct window *);
/* Have rows come or changed since that count began? */
bool window_is_old(const struct window *);

/* Sessions that have the finding of the incident, at the side that it is about. */
uint64_t window_incident_sessions(const struct window_counts *, const struct incident *);
/* "15m"; NULL: there are no more. */
const char *window_name(size_t choice);
/* "last 15 min" */
const char *window_title(enum window_choice);
/* Place of the version (enum tls_version) in versions[]; the last one takes all others. */
size_t window_version(uint16_t tls_version);
/* " and (open or flow.end >= 2026-11-22T03:11:02.114000000Z)", to go behind a filter. */
void window_clause(const struct window_counts *, char out[WINDOW_CLAUSE_MAX]);
/* Octets of a command in front of such a clause, or all: what two windows have in common. */
size_t window_clause_at(const char *command);

#endif
