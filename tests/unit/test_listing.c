/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_listing - what is shown, compared with what a plain sort of all rows shows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/budget.h"
#include "base/mem.h"
#include "store/listing.h"
#include "test_store_rows.h"

/* Client, then port; the words are read by hand here, not by the code under test. */
static int
compare_endpoints(const struct endpoint *a, const struct endpoint *b)
{
	int c;

	if (a->addr.family != b->addr.family)
		return a->addr.family - b->addr.family;
	c = memcmp(a->addr.b, b->addr.b, sizeof a->addr.b);
	return c ? c : a->port - b->port;
}

static int
compare_texts(const struct store *s, pool_ref a, pool_ref b)
{
	struct slice x = store_text(s, a), y = store_text(s, b);
	size_t i;

	if (!a || !b)
		return (a == 0) - (b == 0);
	for (i = 0; i < x.n && i < y.n; i++)
		if (ascii_lower(x.p[i]) != ascii_lower(y.p[i]))
			return ascii_lower(x.p[i]) - ascii_lower(y.p[i]);
	return x.n < y.n ? -1 : x.n > y.n;
}

static int
compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int
compare_rows(const struct store *s, enum sort_key key, const struct session_row *a,
    const struct session_row *b)
{
	switch (key) {
	case SORT_NUMBER:
		return compare_numbers(a->number - 1, b->number - 1);
	case SORT_START:
		return a->first_ts < b->first_ts ? -1 : a->first_ts > b->first_ts;
	case SORT_CLIENT:
		return compare_endpoints(&a->ep[0], &b->ep[0]);
	case SORT_SERVER:
		return compare_endpoints(&a->ep[1], &b->ep[1]);
	case SORT_SEVERITY:
		if (a->worst != b->worst || a->worst < 0)
			return a->worst - b->worst;
		return (int)a->counted[a->worst] - (int)b->counted[b->worst];
	case SORT_RESULT:
		if (!a->transactions || !b->transactions)
			return (int)a->transactions - (int)b->transactions;
		return (int)row_badness(a->result) - (int)row_badness(b->result);
	case SORT_CLOSURE:
		return (a->flags & ROW_OPEN ? -1 : a->closure) -
		    (b->flags & ROW_OPEN ? -1 : b->closure);
	case SORT_DURATION:
		return compare_numbers(
		    (uint64_t)(a->last_ts - a->first_ts), (uint64_t)(b->last_ts - b->first_ts));
	case SORT_OCTETS:
		return compare_numbers(a->octets[0] + a->octets[1], b->octets[0] + b->octets[1]);
	case SORT_TRANSACTIONS:
		return compare_numbers(a->transactions, b->transactions);
	case SORT_RCPTS:
		return compare_numbers(a->rcpts, b->rcpts);
	case SORT_SENDER:
		return compare_texts(s, a->sender, b->sender);
	case SORT_HELO:
		return compare_texts(s, a->helo, b->helo);
	case SORT_KEYS:
		break;
	}
	return 0;
}

static bool
match_flagged(const struct filter *f, const struct store *s, const struct session_row *r)
{
	(void)f, (void)s;
	return r->stream % 3 == 0 || (r->flags & ROW_TAGGED);
}

static const struct filter some = { .match = match_flagged };

/* Complete, in order, each row once, and none that the filter hides. */
static void
check_listing(
    struct store *s, struct listing *l, enum sort_key key, bool reverse, const struct filter *f)
{
	size_t n = listing_count(l), i, members = 0;
	const struct session_row *a, *b;
	int c;

	for (i = 0; i < store_count(s); i++)
		members += !f || f->match(f, s, store_at(s, i));
	assert_int_equal(n, members);
	for (i = 0; i < n; i++) {
		b = listing_at(l, i);
		assert_true(!f || f->match(f, s, b));
		if (i == 0)
			continue;
		a = listing_at(l, i - 1);
		c = compare_rows(s, key, a, b);
		/* Equal ones in the order of the store; a row twice would break this. */
		if (c == 0)
			c = compare_numbers(a->stream, b->stream);
		if (reverse ? c <= 0 : c >= 0)
			fail_msg("column %d, row %zu of %zu", (int)key, i, n);
	}
	for (i = 0; i < n; i += n / 3 + 1)
		assert_int_equal(listing_find(l, listing_at(l, i)->stream), i);
	assert_int_equal(listing_find(l, UINT64_MAX), n);
}

static void
put_rows(struct store *s, size_t from, size_t to)
{
	struct fake f;

	for (; from < to; from++) {
		if (from % 11)
			fake_session(&f, from);
		else
			fake_plain(&f, from);
		assert_non_null(store_put(s, &f.s, false));
	}
}

static void
test_columns(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 300, 40000 };
	size_t i;
	int key;

	(void)state;
	for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct budget b = { 0 };
		struct store *s = store_new(&b);
		struct listing *l = listing_new(s);

		put_rows(s, 0, sizes[i]);
		for (key = 0; key < 2 * SORT_KEYS; key++) {
			enum sort_key column = (enum sort_key)(key % SORT_KEYS);
			bool down = key >= SORT_KEYS;

			listing_filter(l, down ? &some : NULL);
			listing_sort(l, column, down);
			assert_false(listing_work(l, INT64_MAX));
			check_listing(s, l, column, down, down ? &some : NULL);
		}
		listing_free(l);
		store_free(s);
	}
}

/* Those that are shown get the tag, whatever the order; a filter that asks for it follows. */
static void
test_tag(void **state)
{
	struct budget b = { 0 };
	struct store *s = store_new(&b);
	struct listing *l = listing_new(s);
	size_t i;

	(void)state;
	put_rows(s, 0, 5000);
	listing_tag(l, true);
	listing_filter(l, &some);
	listing_sort(l, SORT_SENDER, true);
	assert_false(listing_work(l, INT64_MAX));
	listing_tag(l, true);
	assert_false(listing_work(l, INT64_MAX));
	check_listing(s, l, SORT_SENDER, true, &some);
	for (i = 0; i < store_count(s); i++)
		assert_int_equal((store_at(s, i)->flags & ROW_TAGGED) != 0,
		    some.match(&some, s, store_at(s, i)));
	store_untag_all(s);
	for (i = 0; i < store_count(s); i++)
		assert_false(store_at(s, i)->flags & ROW_TAGGED);
	listing_free(l);
	store_free(s);
}

/*
 * However little time it gets, the work ends; and a call is a small part of it.
 * The bound is the number of portions, not the clock's.
 */
static void
test_portions(void **state)
{
	enum { ROWS = 100000, MOST = 2000, LEAST = 30 };
	struct budget b = { 0 };
	struct store *s = store_new(&b);
	struct listing *l = listing_new(s);
	size_t calls;
	int key;

	(void)state;
	put_rows(s, 0, ROWS);
	for (key = 0; key < SORT_KEYS; key++) {
		listing_sort(l, (enum sort_key)key, false);
		listing_filter(l, NULL);
		for (calls = 0; listing_work(l, 0); calls++)
			assert_true(calls < MOST);
		if (calls < LEAST)
			fail_msg("column %d: %zu portions", key, calls);
		check_listing(s, l, (enum sort_key)key, false, NULL);
	}
	listing_free(l);
	store_free(s);
}

/* The old order is shown until the new one is there. */
static void
test_old_order_stays(void **state)
{
	struct budget b = { 0 };
	struct store *s = store_new(&b);
	struct listing *l = listing_new(s);

	(void)state;
	put_rows(s, 0, 20000);
	assert_false(listing_work(l, INT64_MAX));
	listing_sort(l, SORT_OCTETS, false);
	assert_true(listing_work(l, 0));
	check_listing(s, l, SORT_NUMBER, false, NULL);
	assert_false(listing_work(l, INT64_MAX));
	check_listing(s, l, SORT_OCTETS, false, NULL);
	listing_sort(l, SORT_OCTETS, true);
	check_listing(s, l, SORT_OCTETS, true, NULL);
	listing_free(l);
	store_free(s);
}

/* Rows that come, change, are tagged and evicted, between portions of work. */
static void
test_life(void **state)
{
	struct budget b = { .limit = 6 << 20 };
	struct store *s = store_new(&b);
	struct listing *l = listing_new(s);
	size_t next = 0, round, i, at;
	struct fake f;

	(void)state;
	for (round = 0; round < 400; round++) {
		enum sort_key key = (enum sort_key)(round / 25 % SORT_KEYS);
		const struct filter *filter = round / 50 % 2 ? &some : NULL;
		bool down = round % 7 == 0;

		if (round % 25 == 0) {
			listing_filter(l, filter);
			listing_sort(l, key, down);
		}
		listing_sort(l, key, down);
		put_rows(s, next, next + round % 97);
		next += round % 97;
		for (i = 0; i < round % 31 && store_count(s); i++) {
			at = (round * 7919 + i * 104729) % store_count(s);
			fake_session(&f, store_at(s, at)->stream - 1);
			f.stream.half[0].octets = round * 1000 + i;
			store_put(s, &f.s, i % 2);
			store_tag(s, store_at(s, at), i % 3 == 0);
		}
		if (round % 3) {
			listing_work(l, 0);
			for (i = 0; i < listing_count(l); i += 100)
				assert_true(listing_at(l, i)->stream <= next);
			continue;
		}
		assert_false(listing_work(l, INT64_MAX));
		check_listing(s, l, key, down, filter);
	}
	assert_true(store_evicted(s) > 0);
	store_clear(s);
	assert_int_equal(listing_count(l), 0);
	store_free(s);
	assert_int_equal(listing_count(l), 0);
	assert_false(listing_work(l, INT64_MAX));
	listing_free(l);
}

/* Long texts with the same beginning. */
static void
test_long_prefixes(void **state)
{
	struct budget b = { 0 };
	struct store *s = store_new(&b);
	struct listing *l = listing_new(s);
	struct fake f;
	unsigned i;

	(void)state;
	for (i = 0; i < 5000; i++) {
		fake_session(&f, i);
		snprintf(f.helo, sizeof f.helo, "the-same-beginning-for-all-of-them-%u.example",
		    (i * 7919) % 1500);
		f.hello.arg = slice_str(f.helo);
		store_put(s, &f.s, false);
	}
	listing_sort(l, SORT_HELO, false);
	assert_false(listing_work(l, INT64_MAX));
	check_listing(s, l, SORT_HELO, false, NULL);
	listing_free(l);
	store_free(s);
}

/* Two at once on columns of texts: only one of them may write ranks. */
static void
test_two_listings(void **state)
{
	struct budget b = { 0 };
	struct store *s = store_new(&b);
	struct listing *l[2] = { listing_new(s), listing_new(s) };
	bool more;

	(void)state;
	put_rows(s, 0, 20000);
	listing_sort(l[0], SORT_SENDER, false);
	listing_sort(l[1], SORT_HELO, true);
	do {
		more = listing_work(l[0], 0);
		more = listing_work(l[1], 0) || more;
	} while (more);
	check_listing(s, l[0], SORT_SENDER, false, NULL);
	check_listing(s, l[1], SORT_HELO, true, NULL);
	listing_free(l[0]);
	listing_free(l[1]);
	store_free(s);
	assert_int_equal(b.used, 0);
}

/* Others have taken all that the sort needs: rows make room, and what is left is in order. */
static void
test_no_room_to_sort(void **state)
{
	struct budget b = { .limit = 8 << 20 };
	struct store *s = store_new(&b);
	struct listing *l = listing_new(s);
	uint64_t others;

	(void)state;
	put_rows(s, 0, 10000);
	assert_false(listing_work(l, INT64_MAX));
	others = b.limit - b.used - 1000;
	assert_true(budget_take(&b, others));
	listing_sort(l, SORT_HELO, false);
	assert_false(listing_work(l, INT64_MAX));
	assert_in_range(store_count(s), 5000, 9999);
	assert_int_equal(store_count(s) + store_evicted(s), 10000);
	check_listing(s, l, SORT_HELO, false, NULL);
	listing_free(l);
	store_free(s);
	assert_int_equal(b.used, others);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns),
		cmocka_unit_test(test_tag),
		cmocka_unit_test(test_portions),
		cmocka_unit_test(test_old_order_stays),
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_long_prefixes),
		cmocka_unit_test(test_two_listings),
		cmocka_unit_test(test_no_room_to_sort),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
