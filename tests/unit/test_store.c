/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_store - rows out of sessions, texts kept once, updates, tags, eviction, clearing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/budget.h"
#include "smtp/checks.h"
#include "store/listing.h"
#include "test_store_rows.h"

static void
check_text(const struct store *s, pool_ref ref, const char *want)
{
	struct slice got = store_text(s, ref);

	if (!slice_eq(got, slice_str(want)))
		fail_msg("got \"%.*s\", want \"%s\"", (int)got.n, (const char *)got.p, want);
}

static void
test_row(void **state)
{
	struct budget b = { 0 };
	struct store *s = store_new(&b);
	const struct session_row *r;
	struct fake f;

	(void)state;
	fake_session(&f, 3);
	r = store_put(s, &f.s, false);
	assert_non_null(r);
	assert_int_equal(r->number, 4);
	assert_int_equal(r->stream, 4);
	assert_int_equal(r->first_frame, 61);
	assert_int_equal(r->last_ts - r->first_ts, f.stream.last_ts - f.stream.first_ts);
	assert_memory_equal(&r->ep[1], &f.stream.half[1].ep, sizeof r->ep[1]);
	assert_int_equal(r->octets[0], f.stream.half[0].octets);
	assert_int_equal(r->transactions, 1);
	assert_int_equal(r->rcpts, 2);
	assert_int_equal(r->result, RESULT_DELIVERED);
	assert_int_equal(r->worst, SEV_ERROR);
	assert_int_equal(r->cause, checks_position(checks_find("reply-mid-data")));
	assert_int_equal(r->confidence, CONF_PROBABLE);
	assert_true(store_found(s, r, checks_position(checks_find("body-bare-newline"))));
	assert_false(store_found(s, r, checks_position(checks_find("session-421"))));
	assert_false(store_found(s, r, RUN_CHECKS_MAX));
	assert_int_equal(r->wait, 20000000);
	assert_int_equal(r->flags, ROW_TROUBLE);
	check_text(s, r->banner, "mx.near.example ESMTP Exim 4.98");
	check_text(s, r->helo, f.helo);
	check_text(s, r->sender, f.sender);
	check_text(s, r->queue_id, f.queue_id);
	check_text(s, r->message_id, f.message_id);
	check_text(s, r->last_reply, f.reply);
	assert_int_equal(r->sender, r->senders);
	assert_ptr_equal(store_find(s, 4), r);
	assert_null(store_find(s, 5));
	store_free(s);
	assert_int_equal(b.used, 0);
}

/* The worst of two results; the null path; a second sender. */
static void
test_two_transactions(void **state)
{
	static struct smtp_transaction second;
	struct budget b = { 0 };
	struct store *s = store_new(&b);
	const struct session_row *r;
	struct fake f;

	(void)state;
	fake_session(&f, 100);
	f.tx.result = RESULT_DELIVERED;
	second = (struct smtp_transaction){ .sender = slice_str("b@example.org"),
		.result = RESULT_DEFERRED };
	STAILQ_INIT(&second.rcpts);
	STAILQ_INSERT_TAIL(&f.s.transactions, &second, link);
	r = store_put(s, &f.s, true);
	assert_int_equal(r->result, RESULT_DEFERRED);
	assert_int_equal(r->flags, ROW_OPEN | ROW_TROUBLE);
	check_text(s, r->sender, "<>");
	check_text(s, r->senders, "<> b@example.org");
	store_free(s);
}

/* The cause: no consequence; the severest, then the most certain, then the earliest. */
static void
test_cause(void **state)
{
	static const struct {
		const char *name;
		enum severity sev[2];
		enum confidence conf[2];
		bool follows;
		unsigned want;
	} rows[] = {
		{ "severest", { SEV_NOTE, SEV_WARNING }, { CONF_CERTAIN, CONF_POSSIBLE }, false,
		    1 },
		{ "surest", { SEV_ERROR, SEV_ERROR }, { CONF_POSSIBLE, CONF_CERTAIN }, false, 1 },
		{ "earliest", { SEV_ERROR, SEV_ERROR }, { CONF_CERTAIN, CONF_CERTAIN }, false, 0 },
		{ "consequence", { SEV_NOTE, SEV_ERROR }, { CONF_POSSIBLE, CONF_CERTAIN }, true,
		    0 },
	};
	struct budget b = { 0 };
	struct store *s = store_new(&b);
	struct fake f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct session_row *r;
		unsigned n;

		fake_session(&f, 3);
		for (n = 0; n < 2; n++) {
			f.finding[n].severity = rows[i].sev[n];
			f.finding[n].confidence = rows[i].conf[n];
		}
		f.finding[1].parent = rows[i].follows ? &f.finding[0] : NULL;
		r = store_put(s, &f.s, false);
		if (r->cause != f.finding[rows[i].want].position)
			fail_msg("%s: got %u", rows[i].name, r->cause);
	}
	assert_int_equal(store_count(s), 1);
	store_free(s);
}

static void
test_equal_texts(void **state)
{
	struct budget b = { 0 };
	struct store *s = store_new(&b);
	pool_ref banner[2];
	struct fake f;
	unsigned i;

	(void)state;
	for (i = 0; i < 2; i++) {
		fake_session(&f, 1 + i);
		banner[i] = store_put(s, &f.s, false)->banner;
	}
	assert_int_equal(banner[0], banner[1]);
	store_free(s);
}

/* An open session that is put again and again, each time with another last reply. */
static void
test_update(void **state)
{
	struct budget b = { 0 };
	struct store *s = store_new(&b);
	struct session_row *r;
	uint64_t generation;
	struct fake f;
	unsigned i;

	(void)state;
	for (i = 0; i < 200000; i++) {
		fake_session(&f, 7);
		snprintf(f.reply, sizeof f.reply, "250 2.0.0 Ok: queued as %u", i);
		f.final_line.text = slice_str(f.reply);
		generation = store_generation(s);
		r = store_put(s, &f.s, i < 199999);
		assert_non_null(r);
		assert_true(store_generation(s) > generation);
		if (i == 0)
			store_tag(s, r, true);
	}
	assert_int_equal(store_count(s), 1);
	assert_int_equal(r->flags, ROW_TAGGED);
	check_text(s, r->last_reply, "250 2.0.0 Ok: queued as 199999");
	/* 6 MB of replies have gone through. */
	assert_true(b.peak < 3 << 20);
	store_tag(s, r, false);
	assert_int_equal(r->flags, 0);
	store_free(s);
	assert_int_equal(b.used, 0);
}

/* A text is cut where the pool's limit is, and the row says so. */
static void
test_long_text(void **state)
{
	static char text[70000];
	struct budget b = { 0 };
	struct store *s = store_new(&b);
	const struct session_row *r;
	struct fake f;

	(void)state;
	memset(text, 'x', sizeof text);
	fake_session(&f, 1);
	f.hello.arg = slice_of(text, sizeof text);
	r = store_put(s, &f.s, false);
	assert_int_equal(store_text(s, r->helo).n, 4000);
	assert_int_equal(r->flags, ROW_CUT);
	store_free(s);
}

/* The texts and numbers of a row still are those of its session. */
static void
check_row(struct store *s, const struct session_row *r)
{
	struct fake f;

	fake_session(&f, r->stream - 1);
	assert_int_equal(r->first_frame, f.stream.first_frame);
	check_text(s, r->message_id, f.message_id);
	check_text(s, r->helo, f.helo);
	check_text(s, r->last_reply, f.reply);
	assert_ptr_equal(store_find(s, r->stream), r);
}

static void
test_evict(void **state)
{
	enum { ROWS = 60000 };
	struct budget b = { .limit = 4 << 20 };
	struct store *s = store_new(&b);
	size_t i, errors = 0, open = 0, tagged = 0;
	const struct session_row *r;
	struct fake f;

	(void)state;
	for (i = 0; i < ROWS; i++) {
		fake_session(&f, i);
		r = store_put(s, &f.s, i == 9);
		assert_non_null(r);
		assert_int_equal(r->stream, i + 1);
		if (i == 10)
			store_tag(s, store_find(s, 11), true);
		assert_true(b.used <= b.limit - b.limit / 8);
	}
	assert_int_equal(store_count(s) + store_evicted(s), ROWS);
	assert_in_range(store_count(s), 4000, ROWS - 1);
	assert_int_equal(store_memory(s), b.used);
	for (i = 0; i < store_count(s); i++) {
		r = store_at(s, i);
		check_row(s, r);
		assert_false(r->flags & ROW_CUT);
		errors += r->worst == SEV_ERROR;
		open += (r->flags & ROW_OPEN) != 0;
		tagged += (r->flags & ROW_TAGGED) != 0;
		if (i)
			assert_true(r->stream > store_at(s, i - 1)->stream);
	}
	/* 600 sessions have an error; the other rows made room before them. */
	assert_int_equal(errors, ROWS / 100);
	assert_int_equal(open, 1);
	assert_int_equal(tagged, 1);
	store_free(s);
	assert_int_equal(b.used, 0);
}

/* A million sessions have to fit into the 512M of the terminal interface (browse.c). */
static void
test_memory_per_row(void **state)
{
	enum { ROWS = 100000, MOST = 380 }; /* octets: 448M of 512M, an eighth less, by a million */
	struct budget b = { 0 };
	struct store *s = store_new(&b);
	struct fake f;
	size_t i;

	(void)state;
	for (i = 0; i < ROWS; i++) {
		fake_session(&f, i);
		assert_non_null(store_put(s, &f.s, false));
	}
	if (b.used / ROWS > MOST)
		fail_msg("got %zu octets a row, want %d at most", (size_t)b.used / ROWS, MOST);
	store_free(s);
}

/* Nothing but errors: then the oldest go. */
static void
test_evict_oldest(void **state)
{
	enum { ROWS = 30000 };
	struct budget b = { .limit = 4 << 20 };
	struct store *s = store_new(&b);
	struct fake f;
	size_t i;

	(void)state;
	for (i = 0; i < ROWS; i++) {
		fake_session(&f, 3 + 100 * i);
		assert_non_null(store_put(s, &f.s, false));
	}
	assert_true(store_evicted(s) > 0);
	assert_int_equal(store_count(s) + store_evicted(s), ROWS);
	for (i = 0; i < store_count(s); i++)
		assert_int_equal(store_at(s, i)->stream, 4 + 100 * (store_evicted(s) + i));
	store_free(s);
}

/* Others have taken all: a put fails, is counted, and works again later. */
static void
test_no_room(void **state)
{
	struct budget b = { .limit = 4 << 20 };
	struct store *s = store_new(&b);
	struct fake f;

	(void)state;
	assert_true(budget_take(&b, 4 << 20));
	fake_session(&f, 1);
	assert_null(store_put(s, &f.s, false));
	assert_int_equal(store_evicted(s), 1);
	budget_give(&b, 3 << 20);
	assert_non_null(store_put(s, &f.s, false));
	assert_int_equal(store_count(s), 1);
	store_clear(s);
	assert_int_equal(store_count(s), 0);
	assert_int_equal(store_evicted(s), 1);
	assert_null(store_find(s, 2));
	assert_non_null(store_put(s, &f.s, false));
	check_row(s, store_at(s, 0));
	store_free(s);
	assert_int_equal(b.used, 1 << 20);
}

/* Those that have ended go; open ones keep order, texts and tag, and are all that is listed. */
static void
test_clear_ended(void **state)
{
	enum { ROWS = 3000 };
	struct budget b = { 0 };
	struct store *s = store_new(&b);
	struct listing *l = listing_new(s);
	const struct session_row *r;
	struct fake f;
	size_t i, full;

	(void)state;
	assert_int_equal(store_clear_ended(s), 0);
	for (i = 0; i < ROWS; i++) {
		fake_session(&f, i);
		assert_non_null(store_put(s, &f.s, i % 10 == 7));
		if (i % 20 == 7 || i % 20 == 8)
			store_tag(s, store_find(s, i + 1), true);
	}
	while (listing_work(l, 1000000))
		;
	full = store_memory(s);
	assert_int_equal(store_clear_ended(s), ROWS - ROWS / 10);
	assert_int_equal(store_cleared(s), ROWS - ROWS / 10);
	assert_int_equal(store_evicted(s), 0);
	assert_int_equal(store_count(s), ROWS / 10);
	assert_true(store_memory(s) < full / 2);
	assert_int_equal(listing_count(l), ROWS / 10);
	for (i = 0; i < ROWS / 10; i++) {
		r = store_at(s, i);
		assert_int_equal(r->stream, 10 * i + 8);
		assert_ptr_equal(store_find(s, r->stream), r);
		assert_int_equal(
		    r->flags & (ROW_OPEN | ROW_TAGGED), i % 2 ? ROW_OPEN : ROW_OPEN | ROW_TAGGED);
		fake_session(&f, 10 * i + 7);
		check_text(s, r->helo, f.helo);
		assert_int_equal(listing_find(l, r->stream), i);
	}
	assert_null(store_find(s, 9));
	/* The first one ends; its row is the same, until it is cleared as well. */
	fake_session(&f, 7);
	assert_ptr_equal(store_put(s, &f.s, false), store_at(s, 0));
	assert_int_equal(store_clear_ended(s), 1);
	assert_int_equal(store_clear_ended(s), 0);
	assert_int_equal(store_cleared(s), ROWS - ROWS / 10 + 1);
	while (listing_work(l, 1000000))
		;
	assert_int_equal(listing_count(l), ROWS / 10 - 1);
	listing_free(l);
	store_free(s);
	assert_int_equal(b.used, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_row),
		cmocka_unit_test(test_two_transactions),
		cmocka_unit_test(test_cause),
		cmocka_unit_test(test_equal_texts),
		cmocka_unit_test(test_update),
		cmocka_unit_test(test_long_text),
		cmocka_unit_test(test_evict),
		cmocka_unit_test(test_memory_per_row),
		cmocka_unit_test(test_evict_oldest),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_clear_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
