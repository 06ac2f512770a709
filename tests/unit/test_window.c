/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_window - what is counted of a window, compared with what the filter lists that
 * stands behind each number, over sessions that look random; and with rows that come,
 * change and go between two portions of a count.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/budget.h"
#include "base/error.h"
#include "base/timefmt.h"
#include "filter/filter.h"
#include "report/incident.h"
#include "smtp/checks.h"
#include "test_store_rows.h"
#include "tls/tls.h"
#include "tui/window.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define GAP_NS   (2 * NS_PER_S) /* between the beginnings of two sessions */

enum { SESSIONS = 6000 /* more than three hours, several portions */ };

/* A run that goes on. */
struct stage {
	struct budget budget;
	struct store *store;
	struct report_config cfg;
	struct redactor *redactor;
	struct incidents *incidents;
	struct window *window;
	int64_t newest;
	uint64_t n; /* sessions so far */
	bool none_open;
};

static void
open_stage(struct stage *s)
{
	*s = (struct stage){ .newest = 0 };
	s->store = store_new(&s->budget);
	s->redactor = redactor_new(0);
	s->incidents = incidents_new(&s->cfg, s->redactor, false);
	s->window = window_new(s->store, s->incidents);
}

static void
close_stage(struct stage *s)
{
	window_free(s->window);
	incidents_free(s->incidents);
	redactor_free(s->redactor);
	store_free(s->store);
	assert_int_equal(s->budget.used, 0);
}

/* Session number i, as it is while it is open or at its end. */
static void
put(struct stage *s, uint64_t i, bool open)
{
	static const uint16_t versions[] = { TLS_SSL2, TLS_SSL3, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3,
		0x7f12 };
	struct tls_side side = { .version = versions[i % COUNT(versions)] };
	struct fake f;

	if (i % 11 == 0)
		fake_plain(&f, i);
	else
		fake_session(&f, i);
	f.stream.first_ts += (int64_t)i * GAP_NS;
	f.stream.last_ts += (int64_t)i * GAP_NS;
	f.stream.transcript = i % 97 == 5;
	f.finding[0].ts = f.finding[1].ts = f.stream.last_ts;
	f.finding[0].culprit = CULPRIT_CLIENT;
	f.finding[1].culprit = CULPRIT_SERVER;
	f.s.tls.via = i % 4;
	side.hello.frame = i % 3;
	f.s.tls.side[DIR_SERVER] = &side;
	if (open)
		f.stream.last_ts = f.stream.first_ts;
	if (f.stream.last_ts > s->newest)
		s->newest = f.stream.last_ts;
	store_put(s->store, &f.s, open);
	if (!open)
		incidents_session(s->incidents, &f.s);
}

/* One in seven stays open, unless none is to. */
static void
grow(struct stage *s, uint64_t n)
{
	for (; n; n--, s->n++)
		put(s, s->n, !s->none_open && s->n % 7 == 2);
}

/* -- counting by hand ------------------------------------------------------------------- */

/* Rows that the filter lists. */
static uint64_t
listed(const struct stage *s, const char *filter, const char *clause)
{
	struct error err = { "" };
	char text[300];
	struct filter *f;
	size_t column, i;
	uint64_t n = 0;

	snprintf(text, sizeof text, "%s%s", filter, clause);
	f = filter_compile(text, &column, &err);
	if (!f)
		fail_msg("\"%s\": column %zu: %s", text, column, err.text);
	for (i = 0; i < store_count(s->store); i++)
		n += !(store_at(s->store, i)->flags & ROW_TRANSCRIPT) &&
		    filter_match(f, s->store, store_at(s->store, i));
	filter_free(f);
	return n;
}

static void expect(const struct stage *, const char *clause, uint64_t got, const char *fmt, ...)
    __attribute__((__format__(printf, 4, 5)));

static void
expect(const struct stage *s, const char *clause, uint64_t got, const char *fmt, ...)
{
	char filter[200];
	uint64_t want;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(filter, sizeof filter, fmt, ap);
	va_end(ap);
	want = listed(s, filter, clause);
	if (got != want)
		fail_msg("%s%s: got %" PRIu64 ", want %" PRIu64, filter, clause, got, want);
}

/* Every number of a session, also that of whole windows, and the tables of peers. */
static void
expect_rows(const struct stage *s, const struct window_counts *c)
{
	uint64_t sessions = 0, open = 0, messages = 0, with = 0, all = 0, bad = 0, want_bad = 0;
	size_t i;

	for (i = 0; i < store_count(s->store); i++) {
		const struct session_row *r = store_at(s->store, i);

		if ((r->flags & ROW_TRANSCRIPT) ||
		    (!(r->flags & ROW_OPEN) && r->last_ts < c->since))
			continue;
		sessions++;
		open += (r->flags & ROW_OPEN) != 0;
		messages += r->transactions;
		with += r->transactions > 0;
		want_bad += (r->flags & ROW_TROUBLE) != 0;
	}
	assert_int_equal(c->sessions, sessions);
	assert_int_equal(c->open, open);
	assert_int_equal(c->messages, messages);
	assert_int_equal(c->with_messages, with);
	assert_int_equal(c->tally.others, 0);
	for (i = 0; i < c->tally.n[DIR_SERVER]; i++) {
		all += c->tally.v[DIR_SERVER][i].all;
		bad += c->tally.v[DIR_SERVER][i].bad;
	}
	assert_int_equal(all, sessions);
	assert_int_equal(bad, want_bad);
}

static void
expect_words(const struct stage *s, const struct window_counts *c, const char *clause)
{
	static const char *const classes[WINDOW_CLASSES] = { "no-code", "1yz", "2yz", "3yz", "4yz",
		"5yz", "other", "missing" };
	static const char *const versions[] = { "ssl2", "ssl3", "1.0", "1.1", "1.2", "1.3" };
	unsigned i;

	for (i = 0; i < RUN_RESULTS; i++)
		expect(s, clause, c->results[i], "results = %s",
		    smtp_result_name((enum smtp_result)i));
	for (i = 0; i < RUN_CLOSURES; i++)
		expect(s, clause, c->closures[i], "closure = %s",
		    smtp_closure_name((enum smtp_closure)i));
	for (i = 0; i < WINDOW_CLASSES; i++)
		expect(s, clause, c->classes[i], "class = %s", classes[i]);
	for (i = 0; i < WINDOW_VIAS; i++)
		expect(s, clause, c->tls[i], "session.tls = %s", smtp_tls_via_name(i));
	for (i = 0; i < COUNT(versions); i++)
		expect(s, clause, c->versions[i], "tls.version = %s", versions[i]);
	expect(s, clause, c->tls_failed, "tls.failed");
	for (i = 0; i < checks_count(); i++)
		if (c->findings[i] || i % 16 == 0)
			expect(
			    s, clause, c->findings[i], "finding.counted = %s", checks_nth(i)->id);
}

/* How many incidents there were to look at. */
static size_t
expect_incidents(const struct stage *s, const struct window_counts *c, const char *clause)
{
	char net[IPADDR_TEXT_MAX];
	size_t n, i, looked = 0;
	const struct incident *const *v = incidents_ranked(s->incidents, &n);

	for (i = 0; i < n; i++) {
		if (!incident_is_serious(v[i]) || v[i]->transcript)
			continue;
		looked++;
		ipaddr_text(net, &v[i]->net);
		expect(s, clause, window_incident_sessions(c, v[i]),
		    "finding.counted = %s and %s = %s/%u", v[i]->check->id,
		    v[i]->culprit == CULPRIT_CLIENT ? "client" : "server", net, v[i]->prefix);
	}
	return looked;
}

/* Counts to the end, and compares everything. */
static const struct window_counts *
count(struct stage *s)
{
	const struct window_counts *c;
	char clause[WINDOW_CLAUSE_MAX];

	window_begin(s->window, s->newest);
	while (window_work(s->window, 0))
		;
	c = window_counts(s->window);
	assert_non_null(c);
	window_clause(c, clause);
	expect_rows(s, c);
	expect_words(s, c, clause);
	assert_in_range(expect_incidents(s, c, clause), 4, INCIDENTS_MAX);
	return c;
}

/* -- tests ------------------------------------------------------------------------------ */

static void
test_counts(void **state)
{
	static const struct {
		const char *name;
		int64_t ns;
	} rows[] = { { "1h", 3600 * NS_PER_S }, { "15m", 900 * NS_PER_S }, { "5m", 300 * NS_PER_S },
		{ "1m", 60 * NS_PER_S } };
	const struct window_counts *c;
	uint64_t before = UINT64_MAX;
	struct stage s;
	size_t i;

	(void)state;
	open_stage(&s);
	grow(&s, SESSIONS);
	for (i = 0; i < COUNT(rows); i++) {
		assert_string_equal(window_name(WINDOW_HOUR + i), rows[i].name);
		window_choose(s.window, (enum window_choice)(WINDOW_HOUR + i));
		assert_null(window_counts(s.window));
		c = count(&s);
		assert_int_equal(c->since, s.newest - rows[i].ns);
		/* A shorter window has fewer sessions, and not only those that are open. */
		assert_true(c->sessions < before && c->sessions > c->open && c->open > 0);
		before = c->sessions;
	}
	/* And back: rows that were of no use for the short one are for the long one. */
	window_choose(s.window, WINDOW_HOUR);
	count(&s);
	window_choose(s.window, WINDOW_ALL);
	window_begin(s.window, s.newest);
	assert_false(window_is_busy(s.window) || window_work(s.window, 0));
	assert_null(window_counts(s.window));
	close_stage(&s);
}

/* Live: sessions come and end; what was counted stays until it has been counted anew. */
static void
test_live(void **state)
{
	const struct window_counts *c;
	struct stage s;
	int64_t since;
	uint64_t i;

	(void)state;
	open_stage(&s);
	grow(&s, SESSIONS);
	window_choose(s.window, WINDOW_15_MIN);
	since = count(&s)->since;
	for (i = 0; i < 20; i++) {
		grow(&s, 1500);
		put(&s, 2 + 7 * i, false); /* long open, now over, long ago */
		assert_true(window_is_old(s.window));
		window_begin(s.window, s.newest);
		/* Not after one portion; until then the old numbers are whole. */
		if (i == 0) {
			assert_true(window_work(s.window, 0));
			assert_true(window_is_busy(s.window));
			assert_int_equal(window_counts(s.window)->since, since);
		}
		c = count(&s);
		assert_true(c->since > since);
		since = c->since;
		assert_false(window_is_old(s.window));
	}
	/* The clock of a capture may jump back, for all that is known of it. */
	s.newest -= 3600 * NS_PER_S;
	count(&s);
	close_stage(&s);
}

/* Rows that make room take their numbers with them, also in the middle of a count. */
static void
test_evicted(void **state)
{
	struct stage s;
	uint64_t evicted;
	int i;

	(void)state;
	open_stage(&s);
	s.budget.limit = 3 << 20;
	grow(&s, SESSIONS);
	window_choose(s.window, WINDOW_5_MIN);
	count(&s);
	for (i = 0; i < 5; i++) {
		window_begin(s.window, s.newest);
		assert_true(window_work(s.window, 0));
		evicted = store_evicted(s.store);
		while (store_evicted(s.store) == evicted)
			grow(&s, 1);
		count(&s);
	}
	assert_true(store_evicted(s.store) > 0);
	close_stage(&s);
}

/* None is open: those at the front need not be looked at again, until the window is a longer one or
 * the user clears the list. */
static void
test_front(void **state)
{
	struct stage s;

	(void)state;
	open_stage(&s);
	s.none_open = true;
	grow(&s, SESSIONS);
	window_choose(s.window, WINDOW_MIN);
	count(&s);
	count(&s);
	window_choose(s.window, WINDOW_HOUR);
	count(&s);
	s.newest -= 3600 * NS_PER_S;
	count(&s);
	grow(&s, SESSIONS);
	window_begin(s.window, s.newest);
	assert_true(window_work(s.window, 0));
	assert_int_equal(store_clear_ended(s.store), 2 * SESSIONS);
	grow(&s, 3 * SESSIONS);
	count(&s);
	close_stage(&s);
}

/* No row at all; none with a time. */
static void
test_none(void **state)
{
	const struct window_counts *c;
	struct stage s;

	(void)state;
	open_stage(&s);
	window_choose(s.window, WINDOW_MIN);
	window_begin(s.window, 0);
	assert_false(window_work(s.window, 0));
	c = window_counts(s.window);
	assert_int_equal(c->sessions, 0);
	assert_int_equal(c->since, -60 * NS_PER_S);
	put(&s, 5, true);
	assert_true(store_at(s.store, 0)->flags & ROW_TRANSCRIPT);
	window_begin(s.window, INT64_MIN);
	assert_false(window_work(s.window, 0));
	assert_int_equal(window_counts(s.window)->sessions, 0);
	close_stage(&s);
}

/* What two windows have in common of a command. */
static void
test_clause(void **state)
{
	static const char command[] = "filter results = delivered";
	struct window_counts c = { .since = INT64_C(1768485599123456789) };
	char text[200] = "filter results = delivered";

	(void)state;
	assert_int_equal(window_clause_at(command), sizeof command - 1);
	window_clause(&c, text + strlen(text));
	assert_string_equal(text,
	    "filter results = delivered and (open or flow.end >= "
	    "2026-01-15T13:59:59.123456789Z)");
	assert_int_equal(window_clause_at(text), sizeof command - 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_live),
		cmocka_unit_test(test_evicted),
		cmocka_unit_test(test_front),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_clause),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
