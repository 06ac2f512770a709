/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_decode_fraglimit - what fragments may cost: time, datagrams, octets,
 * budget; and fragments that were not captured whole.
 */
#include "base/timefmt.h"
#include "test_decode_bench.h"

static void
test_time(void **state)
{
	static const struct {
		const char *name;
		int64_t first, second;
		uint64_t expired;
	} rows[] = {
		{ "30 s", 0, 30 * NS_PER_S, 0 },
		{ "more than 30 s", 0, 30 * NS_PER_S + 1, 1 },
		{ "backwards", 30 * NS_PER_S, 0, 0 },
		{ "across 1970", -NS_PER_S, 28 * NS_PER_S, 0 },
		{ "from one end of time to the other", INT64_MIN, INT64_MAX, 1 },
		{ "and back", INT64_MAX, INT64_MIN, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct bench *b = bench_new(BENCH4);
		struct piece first = { .len = 64, .more = true, .ts = rows[i].first };
		struct piece second = { .off = 64, .len = 56, .ts = rows[i].second };

		b->row = rows[i].name;
		check_num(rows[i].name, "first", bench_send(b, &first), DECODE_FRAGMENT);
		check_num(rows[i].name, "second", bench_send(b, &second),
		    rows[i].expired ? DECODE_FRAGMENT : DECODE_SEGMENT);
		bench_check_stats(b, rows[i].expired, 0, rows[i].expired);
		bench_free(b);
	}
}

static void
test_cut(void **state)
{
	struct bench *b = bench_new(BENCH4);
	struct piece first = { .len = 64, .more = true }, last = { .off = 64, .len = 56 };

	(void)state;
	assert_int_equal(bench_send_cut(b, &first, 1), DECODE_CUT);
	bench_check_stats(b, 0, 0, 0);
	assert_int_equal(bench_send_cut(b, &first, 0), DECODE_FRAGMENT);
	assert_int_equal(bench_send_cut(b, &last, 20), DECODE_CUT);
	assert_int_equal(bench_send_cut(b, &last, 0), DECODE_SEGMENT);
	bench_check_whole(b, 2, 0);
	bench_free(b);
}

static void
test_limits(void **state)
{
	struct piece first = { .len = 64, .more = true }, last = { .off = 64, .len = 56 };
	struct piece far = { .off = 65000, .len = 64, .more = true };
	struct bench *b = bench_new(BENCH4);
	int i;

	(void)state;
	b->row = "more datagrams than are remembered";
	for (i = 0; i < 300; i++, b->id++)
		assert_int_equal(bench_send(b, &first), DECODE_FRAGMENT);
	bench_check_stats(b, 0, 300 - 256, 256);
	b->id--; /* the newest is still there, the oldest is not */
	assert_int_equal(bench_send(b, &last), DECODE_SEGMENT);
	b->id -= 299;
	assert_int_equal(bench_send(b, &last), DECODE_FRAGMENT);
	bench_free(b);

	b = bench_new(BENCH6);
	b->row = "more octets than are held";
	for (i = 0; i < 200; i++, b->id++)
		assert_int_equal(bench_send(b, &far), DECODE_FRAGMENT);
	assert_true(b->budget.peak <= 4 << 20);
	assert_true(b->budget.peak > 3 << 20);
	bench_free(b);

	b = bench_new(BENCH4);
	b->row = "no budget at all";
	b->budget.limit = 1;
	assert_int_equal(bench_send(b, &first), DECODE_FRAGMENT);
	bench_check_stats(b, 0, 1, 0);
	bench_free(b);

	b = bench_new(BENCH4);
	b->row = "budget ends while a datagram grows";
	b->budget.limit = 16 << 10;
	assert_int_equal(bench_send(b, &first), DECODE_FRAGMENT);
	assert_int_equal(bench_send(b, &far), DECODE_FRAGMENT);
	bench_check_stats(b, 0, 1, 0);
	bench_free(b);
}

/* Anything at all: nothing is lost from the count, nothing stays allocated. */
static void
test_noise(void **state)
{
	struct bench *b = bench_new(BENCH4);
	uint64_t seed = 7;
	int i;

	(void)state;
	b->row = "noise";
	b->budget.limit = 256 << 10;
	for (i = 0; i < 20000; i++) {
		struct piece p = { 0 };

		seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
		p.off = (uint32_t)(seed >> 60) < 15 ? (uint32_t)(seed >> 50 & 15) * 8 :
		                                      (uint32_t)(seed >> 40 & 0x1fff) * 8;
		p.len = (uint32_t)(seed >> 36 & 15) * 8;
		p.more = seed >> 35 & 1;
		p.other = (seed >> 30 & 15) == 0;
		p.ts = (int64_t)i * NS_PER_MS * 10;
		b->id = (uint32_t)(seed >> 24 & 31);
		bench_send(b, &p);
	}
	bench_free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
