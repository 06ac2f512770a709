/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unit tests of memo and peers: what is learnt is found, what is pushed out is the
 * oldest and counted, and keys differ where they have to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "smtp/peers.h"

struct entry {
	struct memo memo;
	int value;
};

static void
learn(struct memo_table *t, uint64_t lo, uint64_t hi, int value)
{
	struct entry *e = memo_claim(t, (struct memo_key){ lo, hi });

	e->value = value;
}

static void
want(const struct memo_table *t, uint64_t lo, uint64_t hi, int value)
{
	const struct entry *e = memo_find(t, (struct memo_key){ lo, hi });
	int got = e != NULL ? e->value : -1;

	if (got != value)
		fail_msg("key %llu.%llu: got %d, want %d", (unsigned long long)lo,
		    (unsigned long long)hi, got, value);
}

static void
test_memo(void **state)
{
	struct memo_table t;
	int i;

	(void)state;
	memo_init(&t, sizeof(struct entry), 2);
	want(&t, 0, 0, -1);
	learn(&t, 0, 0, 10); /* a key of zeros is one like any other */
	want(&t, 0, 0, 10);
	for (i = 1; i < MEMO_WAYS; i++)
		learn(&t, (uint64_t)i * 2, 7, 10 + i);
	learn(&t, 1, 7, 99); /* the other set */
	assert_int_equal(t.pushed, 0);
	learn(&t, 0, 0, 20); /* learnt anew: no longer the oldest */
	learn(&t, 100, 7, 30);
	assert_int_equal(t.pushed, 1);
	want(&t, 2, 7, -1);
	want(&t, 0, 0, 20);
	want(&t, 4, 7, 12);
	want(&t, 100, 7, 30);
	want(&t, 100, 8, -1); /* the same place, another key */
	want(&t, 1, 7, 99);
	learn(&t, 200, 7, 31);
	want(&t, 4, 7, -1);
	assert_int_equal(t.pushed, 2);
	memo_fini(&t);
}

/* What a place held before does not show through. */
static void
test_memo_clean(void **state)
{
	struct memo_table t;
	struct entry *e;
	uint64_t i;

	(void)state;
	memo_init(&t, sizeof(struct entry), 1);
	for (i = 0; i < 1000; i++) {
		e = memo_claim(&t, (struct memo_key){ i, i });
		assert_int_equal(e->value, 0);
		e->value = 1;
	}
	assert_int_equal(t.pushed, 1000 - MEMO_WAYS);
	memo_fini(&t);
}

static struct ipaddr
ip4(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	return (struct ipaddr){ .family = 4, .b = { a, b, c, d } };
}

static struct memo_key
refusal(const struct peers *p, struct ipaddr a, const char *sender, const char *rcpt)
{
	return peers_refusal_key(p, &a, slice_str(sender), slice_str(rcpt));
}

static void
test_keys(void **state)
{
	static const struct row {
		const char *name;
		uint8_t last[2];
		const char *sender, *rcpt;
		bool same;
	} rows[] = {
		{ "same", { 2, 10 }, "a@x", "b@y", true },
		{ "same network", { 2, 77 }, "a@x", "b@y", true },
		{ "next network", { 3, 10 }, "a@x", "b@y", false },
		{ "another sender", { 2, 10 }, "c@x", "b@y", false },
		{ "another recipient", { 2, 10 }, "a@x", "c@y", false },
		{ "cut elsewhere", { 2, 10 }, "a@xb", "@y", false },
		{ "no recipient", { 2, 10 }, "a@x", "", false },
	};
	struct peers *p = peers_new(1), *q = peers_new(2);
	struct memo_key k = refusal(p, ip4(192, 0, 2, 10), "a@x", "b@y"), o;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *r = &rows[i];

		o = refusal(p, ip4(192, 0, r->last[0], r->last[1]), r->sender, r->rcpt);
		if ((o.lo == k.lo && o.hi == k.hi) != r->same)
			fail_msg("%s: got %s, want %s", r->name, r->same ? "another" : "the same",
			    r->same ? "the same" : "another");
	}
	o = refusal(q, ip4(192, 0, 2, 10), "a@x", "b@y");
	assert_true(o.lo != k.lo); /* the seed counts */
	peers_free(p);
	peers_free(q);
	peers_free(NULL);
}

/* Texts of any length fit into a key, and all of each counts. */
static void
test_long_texts(void **state)
{
	static uint8_t a[5000], b[5000];
	struct peers *p = peers_new(1);
	struct ipaddr addr = ip4(192, 0, 2, 10);
	struct memo_key k, o;
	size_t n;

	(void)state;
	memset(a, 'x', sizeof a);
	for (n = 1; n <= sizeof a; n = n < 200 ? n + 1 : n + 1600) {
		memset(b, 'x', sizeof b);
		b[n - 1] = 'y';
		k = peers_message_key(p, &addr, slice_of(a, n), slice_of(a, n), slice_of(a, n));
		o = peers_message_key(p, &addr, slice_of(a, n), slice_of(a, n), slice_of(b, n));
		if (k.lo == o.lo && k.hi == o.hi)
			fail_msg("%zu octets: got the same key, want another", n);
	}
	peers_free(p);
}

static void
test_tables(void **state)
{
	struct endpoint server = { ip4(198, 51, 100, 25), 25 },
	                other = { ip4(198, 51, 100, 25), 587 };
	struct ipaddr client = ip4(192, 0, 2, 10);
	struct peers *p = peers_new(1);
	struct memo_key k = peers_server_key(p, &client, &server);

	(void)state;
	assert_null(peers_server(p, k));
	peers_learn_server(p, k)->offers = PEER_STARTTLS;
	assert_int_equal(peers_server(p, k)->offers, PEER_STARTTLS);
	assert_null(peers_server(p, peers_server_key(p, &client, &other)));
	assert_null(peers_client(p, peers_client_key(p, &client)));
	assert_int_equal(peers_forgotten(p), 0);
	assert_int_not_equal(peers_hash(p, slice_str("")), 0);
	peers_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_memo),
		cmocka_unit_test(test_memo_clean), cmocka_unit_test(test_keys),
		cmocka_unit_test(test_long_texts), cmocka_unit_test(test_tables) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
