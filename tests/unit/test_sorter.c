/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_sorter - keys of every shape put in order, compared with what qsort() makes of them.
 *
 * Item i has the keys at key[i * DEPTHS]; the plain order asks for all of them as far as
 * sorter.h says they count, and for the place in which the item was added.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/mem.h"
#include "store/sorter.h"

enum { DEPTHS = 4, MOST = 70000 };

struct item {
	uint64_t key[DEPTHS];
	uint32_t at;
};

static uint64_t
mix(uint64_t *state)
{
	uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* -- shapes of keys: the i-th of n ---------------------------------------------------------- */

static uint64_t
any(uint64_t r, size_t i, size_t n)
{
	(void)i, (void)n;
	return r;
}

static uint64_t
few_values(uint64_t r, size_t i, size_t n)
{
	(void)i, (void)n;
	return 1 + r % 7;
}

static uint64_t
equal(uint64_t r, size_t i, size_t n)
{
	(void)r, (void)i, (void)n;
	return UINT64_C(0x4142434445464748);
}

static uint64_t
upwards(uint64_t r, size_t i, size_t n)
{
	(void)r, (void)n;
	return 1000 + i / 3;
}

static uint64_t
downwards(uint64_t r, size_t i, size_t n)
{
	(void)r;
	return 1 + (n - i) * 1000;
}

/* Small ones, and one that is far away from them, at either end. */
static uint64_t
outlier(uint64_t r, size_t i, size_t n)
{
	return i == n / 2 ? UINT64_MAX : i == n / 3 ? 0 : UINT64_C(1) << 40 | r % 5000;
}

/* As many of each length. */
static uint64_t
skewed(uint64_t r, size_t i, size_t n)
{
	(void)i, (void)n;
	return r >> (r & 63);
}

/* Nothing behind half of them. */
static uint64_t
ending(uint64_t r, size_t i, size_t n)
{
	(void)i, (void)n;
	return (r % 3) << 8 | (r >> 32 & 1);
}

static uint64_t (*const shapes[])(uint64_t r, size_t i, size_t n) = { any, few_values, equal,
	upwards, downwards, outlier, skewed, ending };

/* -- both orders ------------------------------------------------------------------------- */

static uint64_t
key_of(const void *ctx, uint32_t row, unsigned depth)
{
	const struct item *item = ctx;

	assert_true(depth < DEPTHS);
	assert_true(depth == 0 || (item[row].key[depth - 1] & SORTER_MORE));
	return item[row].key[depth];
}

static int
plain(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	unsigned d;

	for (d = 0; d < DEPTHS; d++) {
		if (x->key[d] != y->key[d])
			return x->key[d] < y->key[d] ? -1 : 1;
		if (!(x->key[d] & 0xff))
			break;
	}
	return x->at < y->at ? -1 : x->at > y->at;
}

static void
make_items(struct item *item, size_t n, size_t which, uint64_t *state)
{
	size_t i;
	unsigned d;

	for (i = 0; i < n; i++) {
		item[i].at = (uint32_t)i;
		/* Deeper keys of another shape. */
		for (d = 0; d < DEPTHS; d++)
			item[i].key[d] = shapes[(which + d * 3) % (sizeof shapes / sizeof *shapes)](
			    mix(state), i, n);
	}
}

static void
check(struct item *item, size_t n, const char *how, size_t which)
{
	const struct sorter_keys keys = { key_of, NULL, item, DEPTHS };
	struct sorter *s = sorter_new(&keys, n);
	struct item *want = xreallocarray(NULL, n + 1, sizeof *want);
	uint32_t *got, *few = xreallocarray(NULL, n + 1, sizeof *few);
	size_t i, made;

	for (i = 0; i < n; i++) {
		sorter_add(s, (uint32_t)i, item[i].key[0]);
		few[i] = (uint32_t)i;
		want[i] = item[i];
	}
	qsort(want, n, sizeof *want, plain);
	while (sorter_work(s))
		continue;
	got = sorter_take(s, &made);
	assert_int_equal(made, n);
	sorter_few(&keys, few, n);
	for (i = 0; i < n; i++) {
		if (got[i] != want[i].at || few[i] != want[i].at)
			fail_msg("%s %zu, %zu items: place %zu has %u and %u, not %u", how, which,
			    n, i, got[i], few[i], want[i].at);
		if (i > 0 && sorter_compare(&keys, got[i - 1], got[i]) > 0)
			fail_msg("%s %zu, %zu items: %zu compares as more", how, which, n, i - 1);
	}
	free(few);
	free(got);
	free(want);
	sorter_free(s);
}

static void
test_shapes(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 15, 16, 17, 18, 33, 500, 5000, MOST };
	struct item *item = xreallocarray(NULL, MOST, sizeof *item);
	uint64_t seed = 1;
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		for (k = 0; k < sizeof shapes / sizeof shapes[0]; k++) {
			make_items(item, sizes[i], k, &seed);
			check(item, sizes[i], "shape", k);
		}
	}
	free(item);
}

/* Many small ones, whatever their keys. */
static void
test_random(void **state)
{
	struct item *item = xreallocarray(NULL, 300, sizeof *item);
	uint64_t seed = 2;
	size_t i, n;

	(void)state;
	for (i = 0; i < 3000; i++) {
		n = mix(&seed) % 300;
		make_items(item, n, mix(&seed) % 8, &seed);
		check(item, n, "random", i);
	}
	free(item);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_random) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
