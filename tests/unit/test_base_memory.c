/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_base_memory - who may take how much: budget, arena, sbuf.
 *
 * What is refused leaves no trace: the budget is as before but for the count
 * of refusals, and it is zero when all is freed.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/budget.h"
#include "base/sbuf.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void
test_budget(void **state)
{
	static const struct row {
		const char *name;
		uint64_t limit, used;
		size_t take;
		bool want;
	} rows[] = {
		{ "no limit", 0, 0, SIZE_MAX, true },
		{ "exactly full", 100, 60, 40, true },
		{ "one too many", 100, 60, 41, false },
		{ "more than the limit", 100, 0, 101, false },
		{ "no wrap around", 100, 100, SIZE_MAX, false },
		{ "nothing of a full one", 100, 100, 0, true },
	};
	const struct row *r;

	(void)state;
	for (r = rows; r < rows + COUNT(rows); r++) {
		struct budget b = { .limit = r->limit, .used = r->used };
		bool got = budget_take(&b, r->take);

		if (got != r->want || b.refusals != !r->want)
			fail_msg("%s: got %d and %d refusals, want %d", r->name, got,
			    (int)b.refusals, r->want);
		assert_true(b.used == r->used + (got ? r->take : 0));
	}
}

/* Aligned, zeroed, apart from each other, and not changed by later ones. */
static void
test_arena_alloc(void **state)
{
	enum { N = 3000 };
	struct budget b = { .limit = 0 };
	struct arena *a = arena_new(&b, 0);
	static const uint8_t zero[300];
	uint8_t *p[N];
	size_t i, n;

	(void)state;
	assert_int_equal(b.used, 0);
	for (i = 0; i < N; i++) {
		n = i % sizeof zero;
		p[i] = arena_alloc(a, n);
		assert_non_null(p[i]);
		assert_int_equal((uintptr_t)p[i] % _Alignof(max_align_t), 0);
		assert_memory_equal(p[i], zero, n);
		memset(p[i], (int)(i & 0xff), n);
	}
	for (i = 0; i < N; i++)
		for (n = 0; n < i % sizeof zero; n++)
			assert_int_equal(p[i][n], i & 0xff);
	assert_true(arena_used(a) >= N / 300 * (299 * 300 / 2));
	assert_true(b.used >= arena_used(a));
	assert_true(b.used < 2 * arena_used(a)); /* chunks do not waste more than half */
	arena_free(a);
	assert_int_equal(b.used, 0);
	arena_free(NULL);
}

static void
test_arena_large(void **state)
{
	struct budget b = { .limit = 0 };
	struct arena *a = arena_new(&b, 0);
	uint8_t *small = arena_alloc(a, 16), *next;
	uint64_t before;

	(void)state;
	assert_non_null(arena_alloc(a, 1000000));
	before = b.used;
	next = arena_alloc(a, 16); /* the chunk before is not given up */
	assert_non_null(next);
	assert_true(next > small && next < small + 1024);
	assert_true(b.used == before);
	assert_null(arena_alloc(a, SIZE_MAX));
	assert_null(arena_alloc(a, SIZE_MAX - 8));
	assert_int_equal(b.refusals, 2);
	arena_free(a);
	assert_int_equal(b.used, 0);
}

static void
test_arena_refusals(void **state)
{
	struct budget b = { .limit = 20000 };
	struct arena *a = arena_new(&b, 4096), *other = arena_new(&b, 0);
	uint64_t used;
	size_t n = 0;

	(void)state;
	while (arena_alloc(a, 100))
		n++;
	assert_true(n > 20 && n <= 40); /* `max' */
	assert_true(arena_used(a) <= 4096);
	assert_int_equal(b.refusals, 1);
	while (arena_alloc(other, 100))
		assert_true(b.used <= b.limit);
	assert_int_equal(b.refusals, 2);
	assert_true(b.used > b.limit - 512); /* the rest is used, in small chunks */
	used = b.used;
	assert_null(arena_dup(other, slice_of("x", SIZE_MAX)).p);
	assert_int_equal(arena_dup(other, slice_of(NULL, 5000)).n, 0);
	assert_string_equal(arena_printf(other, "%5000d", 1), "");
	assert_true(b.used == used);
	arena_free(a);
	assert_non_null(arena_alloc(other, 100));
	arena_free(other);
	assert_int_equal(b.used, 0);
	assert_true(b.peak <= b.limit);
}

static void
test_arena_text(void **state)
{
	struct budget b = { .limit = 0 };
	struct arena *a = arena_new(&b, 0);
	struct slice s = arena_dup(a, slice_of("EHLO\0x", 6)),
	             none = arena_dup(a, slice_of(NULL, 0));

	(void)state;
	assert_int_equal(s.n, 6);
	assert_memory_equal(s.p, "EHLO\0x", 7); /* and a NUL */
	assert_int_equal(none.n, 0);
	assert_non_null(none.p);
	assert_int_equal(none.p[0], 0);
	assert_string_equal(arena_printf(a, "%d of %s", 3, "five"), "3 of five");
	assert_int_equal(strlen(arena_printf(a, "%3000d", 1)), 3000);
	arena_free(a);
}

static void
test_arena_reset(void **state)
{
	struct budget b = { .limit = 0 };
	struct arena *a = arena_new(&b, 0);
	static const uint8_t zero[64];
	int round, i;

	(void)state;
	arena_reset(a); /* nothing there yet */
	for (round = 0; round < 3; round++) {
		assert_int_equal(arena_used(a), 0);
		for (i = 0; i < 500; i++) {
			uint8_t *p = arena_alloc(a, sizeof zero);

			assert_memory_equal(p, zero, sizeof zero);
			memset(p, 0xaa, sizeof zero);
		}
		memset(arena_alloc(a, 200000), 0xaa, 200000);
		arena_reset(a);
		assert_true(b.used > 0 && b.used <= 70000); /* one chunk, and not the large one */
	}
	arena_free(a);
	assert_int_equal(b.used, 0);
}

static void
test_sbuf(void **state)
{
	struct budget b = { .limit = 1000 };
	struct sbuf s;
	int i;

	(void)state;
	sbuf_init(&s, 100, &b);
	assert_true(sbuf_add(&s, slice_of(NULL, 0)));
	for (i = 0; i < 25; i++)
		assert_true(sbuf_add(&s, slice_str("abcd")));
	assert_int_equal(s.n, 100);
	assert_int_equal(s.cap, 100);
	assert_int_equal(b.used, s.cap);
	assert_false(sbuf_add(&s, slice_str("e")));
	assert_true(s.full);
	assert_int_equal(s.n, 100);
	sbuf_drop(&s, 3);
	assert_int_equal(sbuf_slice(&s).n, 97);
	assert_memory_equal(sbuf_slice(&s).p, "dabcd", 5);
	assert_true(s.full);                           /* sticky */
	assert_false(sbuf_add(&s, slice_str("abcd"))); /* all or nothing */
	assert_int_equal(s.n, 97);
	sbuf_drop(&s, 1000);
	assert_int_equal(s.n, 0);
	sbuf_clear(&s);
	assert_false(s.full);
	assert_int_equal(b.used, 100);
	sbuf_fini(&s);
	assert_int_equal(b.used, 0);
	assert_int_equal(b.refusals, 0);
}

static void
test_sbuf_budget(void **state)
{
	struct budget b = { .limit = 150 };
	uint8_t octets[120] = { 0 };
	struct sbuf s;

	(void)state;
	sbuf_init(&s, SIZE_MAX, &b);
	assert_true(sbuf_add(&s, slice_of(octets, 100)));
	/* Doubling is too much, what is needed is not. */
	assert_true(sbuf_add(&s, slice_of(octets, 50)));
	assert_int_equal(b.used, 150);
	assert_false(sbuf_add(&s, slice_of(octets, 1)));
	assert_true(s.full);
	assert_int_equal(b.refusals, 1);
	assert_int_equal(s.n, 150);
	sbuf_fini(&s);
	assert_int_equal(b.used, 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_arena_alloc),
		cmocka_unit_test(test_arena_large),
		cmocka_unit_test(test_arena_refusals),
		cmocka_unit_test(test_arena_text),
		cmocka_unit_test(test_arena_reset),
		cmocka_unit_test(test_sbuf),
		cmocka_unit_test(test_sbuf_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
