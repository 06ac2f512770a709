/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * window - see window.h.
 *
 * Rows stand in the order in which sessions became known, not in that of their ends: all
 * are looked at, but for those at the front that are over and ended before the window,
 * which only moves on.  A row may change while others are counted; it counts once, as it
 * was then.  When rows go the others have other places, and the count begins anew.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "base/timefmt.h"
#include "report/common.h"
#include "report/incident.h"
#include "smtp/checks.h"
#include "tls/tls.h"
#include "tui/window.h"

enum { PORTION = 1024 /* rows between two looks at the clock */ };

_Static_assert((int)TLS_JOINED < WINDOW_VIAS && (int)RESULT_UNKNOWN < RUN_RESULTS &&
        (int)CLOSURE_CAPTURE_END < RUN_CLOSURES,
    "every value has its place");

#define CLAUSE " and (open or flow.end >= "
#define MINUTE (60 * NS_PER_S)

/* What a session needs to have for the incident, as the filter of its line asks for it. */
struct window_incident {
	size_t check;
	enum culprit culprit;
	struct ipaddr net;
	unsigned prefix;
	uint64_t sessions;
};

struct window {
	struct store *store;
	struct incidents *incidents;
	enum window_choice choice;
	struct window_counts *done, *making; /* owned; NULL: none */
	size_t next;                         /* row to be looked at next */
	size_t first;        /* rows before it are over, and ended before `first_since' */
	int64_t first_since; /* ns */
	uint64_t gone;       /* gone() when `next' and `first' were right */
	uint64_t generation; /* of the store when the last count began */
};

static const struct {
	const char *name, *title;
	int64_t ns;
} choices[WINDOW_CHOICES] = {
	[WINDOW_ALL] = { "all", "whole capture", 0 },
	[WINDOW_HOUR] = { "1h", "last hour", 60 * MINUTE },
	[WINDOW_15_MIN] = { "15m", "last 15 min", 15 * MINUTE },
	[WINDOW_5_MIN] = { "5m", "last 5 min", 5 * MINUTE },
	[WINDOW_MIN] = { "1m", "last minute", MINUTE },
};

/* -- making and ending ------------------------------------------------------------------ */

static void
free_counts(struct window_counts *c)
{
	if (!c)
		return;
	tally_fini(&c->tally);
	free(c->incident);
	free(c);
}

struct window *
window_new(struct store *store, struct incidents *incidents)
{
	struct window *w = xcalloc(1, sizeof *w);

	w->store = store;
	w->incidents = incidents;
	return w;
}

static void
forget(struct window *w)
{
	free_counts(w->making);
	free_counts(w->done);
	w->making = w->done = NULL;
}

void
window_free(struct window *w)
{
	if (!w)
		return;
	forget(w);
	free(w);
}

void
window_choose(struct window *w, enum window_choice choice)
{
	forget(w);
	w->choice = choice;
}

enum window_choice
window_chosen(const struct window *w)
{
	return w->choice;
}

const struct window_counts *
window_counts(const struct window *w)
{
	return w->done;
}

bool
window_is_busy(const struct window *w)
{
	return w->making != NULL;
}

bool
window_is_old(const struct window *w)
{
	return !w->done || store_generation(w->store) != w->generation;
}

/* -- what a session adds ---------------------------------------------------------------- */

/* One bit of the set, one place of the counts. */
static void
add_bits(uint64_t *counts, size_t n, unsigned bits)
{
	size_t i;

	for (i = 0; i < n; i++)
		counts[i] += bits >> i & 1;
}

size_t
window_version(uint16_t version)
{
	static const uint16_t known[WINDOW_VERSIONS - 1] = { TLS_SSL2, TLS_SSL3, TLS_1_0, TLS_1_1,
		TLS_1_2, TLS_1_3 };
	size_t i;

	for (i = 0; i < WINDOW_VERSIONS - 1 && known[i] != version; i++)
		;
	return i;
}

/* How TLS began, as the field session.tls tells it. */
static enum smtp_tls_via
via_of(const struct session_row *r)
{
	if (!(r->flags & ROW_TLS))
		return TLS_NONE;
	if (r->flags & ROW_TLS_JOINED)
		return TLS_JOINED;
	return r->flags & ROW_TLS_IMPLICIT ? TLS_IMPLICIT : TLS_STARTTLS;
}

static bool
in_net(const struct ipaddr *a, const struct window_incident *inc)
{
	unsigned octets = inc->prefix / 8, bits = inc->prefix % 8;

	return a->family == inc->net.family && memcmp(a->b, inc->net.b, octets) == 0 &&
	    (bits == 0 || (a->b[octets] ^ inc->net.b[octets]) >> (8 - bits) == 0);
}

static void
add_findings(struct window_counts *c, const struct store *store, const struct session_row *r)
{
	uint64_t bits[ROW_CHECK_WORDS];
	size_t i;

	if (!r->found)
		return;
	store_counted(store, r, bits);
	for (i = 0; i < RUN_CHECKS_MAX; i++)
		c->findings[i] += bits[i / 64] >> (i % 64) & 1;
	for (i = 0; i < c->nincidents; i++) {
		struct window_incident *inc = &c->incident[i];
		enum stream_dir side = inc->culprit == CULPRIT_CLIENT ? DIR_CLIENT : DIR_SERVER;

		inc->sessions += (bits[inc->check / 64] >> (inc->check % 64) & 1) &&
		    in_net(&r->ep[side].addr, inc);
	}
}

static void
add_row(struct window_counts *c, const struct store *store, const struct session_row *r)
{
	c->sessions++;
	c->open += (r->flags & ROW_OPEN) != 0;
	c->messages += r->transactions;
	c->with_messages += r->transactions != 0;
	add_bits(c->results, RUN_RESULTS, r->results);
	add_bits(c->classes, WINDOW_CLASSES, r->classes);
	c->closures[r->closure] += !(r->flags & ROW_OPEN);
	c->tls[via_of(r)]++;
	c->tls_failed += (r->flags & ROW_TLS_FAILED) != 0;
	c->versions[window_version(r->tls_version)] += r->tls_version != 0;
	add_findings(c, store, r);
	tally_row(&c->tally, r);
}

/* -- counting --------------------------------------------------------------------------- */

static void
copy_incidents(struct window_counts *c, struct incidents *all)
{
	size_t n = 0, i;
	const struct incident *const *v = all ? incidents_ranked(all, &n) : NULL;

	c->incident = xcalloc(n + 1, sizeof *c->incident);
	for (i = 0; i < n; i++) {
		size_t check = checks_position(v[i]->check);

		if (!incident_is_serious(v[i]) || v[i]->transcript || check >= RUN_CHECKS_MAX)
			continue;
		c->incident[c->nincidents++] =
		    (struct window_incident){ check, v[i]->culprit, v[i]->net, v[i]->prefix, 0 };
	}
}

/* Another number when the rows have other places. */
static uint64_t
gone(const struct store *s)
{
	return store_evicted(s) + store_cleared(s);
}

/* The count under way begins at the first row that can be in the window. */
static void
begin_again(struct window *w, int64_t since)
{
	free_counts(w->making);
	w->making = xcalloc(1, sizeof *w->making);
	w->making->since = since;
	tally_begin(&w->making->tally);
	copy_incidents(w->making, w->incidents);
	if (since < w->first_since || w->gone != gone(w->store) || w->first > store_count(w->store))
		w->first = 0;
	w->first_since = since;
	w->gone = gone(w->store);
	w->generation = store_generation(w->store);
	w->next = w->first;
}

void
window_begin(struct window *w, int64_t newest)
{
	if (w->choice != WINDOW_ALL && !w->making)
		begin_again(w, common_since(newest, choices[w->choice].ns));
}

static void
look_at(struct window *w, size_t i)
{
	const struct session_row *r = store_at(w->store, i);
	bool open = r->flags & ROW_OPEN, late = r->last_ts >= w->making->since;

	if (!open && !late && w->first == i)
		w->first = i + 1;
	if ((open || late) && !(r->flags & ROW_TRANSCRIPT))
		add_row(w->making, w->store, r);
}

static void
finish(struct window *w)
{
	tally_order(&w->making->tally);
	free_counts(w->done);
	w->done = w->making;
	w->making = NULL;
}

static int64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

bool
window_work(struct window *w, int64_t ns)
{
	int64_t began = now_ns();
	size_t end;

	if (!w->making)
		return false;
	if (w->gone != gone(w->store) || w->next > store_count(w->store))
		begin_again(w, w->making->since);
	do {
		end = store_count(w->store) - w->next < PORTION ? store_count(w->store) :
		                                                  w->next + PORTION;
		while (w->next < end)
			look_at(w, w->next++);
		if (end == store_count(w->store)) {
			finish(w);
			return false;
		}
	} while (now_ns() - began < ns);
	return true;
}

/* -- words ------------------------------------------------------------------------------ */

uint64_t
window_incident_sessions(const struct window_counts *c, const struct incident *inc)
{
	size_t check = checks_position(inc->check), i;

	for (i = 0; i < c->nincidents; i++) {
		const struct window_incident *v = &c->incident[i];

		if (v->check == check && v->culprit == inc->culprit && v->prefix == inc->prefix &&
		    ipaddr_same(&v->net, &inc->net))
			return v->sessions;
	}
	return 0;
}

const char *
window_name(size_t choice)
{
	return choice < WINDOW_CHOICES ? choices[choice].name : NULL;
}

const char *
window_title(enum window_choice choice)
{
	return choices[choice].title;
}

void
window_clause(const struct window_counts *c, char out[WINDOW_CLAUSE_MAX])
{
	char time[TIME_TEXT_MAX];

	time_rfc3339(time, c->since, 9);
	snprintf(out, WINDOW_CLAUSE_MAX, CLAUSE "%s)", time);
}

size_t
window_clause_at(const char *command)
{
	const char *at = strstr(command, CLAUSE);

	return at ? (size_t)(at - command) : strlen(command);
}
