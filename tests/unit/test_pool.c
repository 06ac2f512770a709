/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_pool - texts kept, gone through, and packed: what stays is found under its new
 * reference, what was interned still is, and nothing else is left.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "store/pool.h"

enum { TEXTS = 20000 };

/* Text number i: four octets make it another one than all others. */
static struct slice
text_of(uint8_t buf[POOL_TEXT_MAX], unsigned i)
{
	size_t n = 4 + (i * 2654435761u >> 7) % (i % 97 ? 60 : POOL_TEXT_MAX - 4), k;

	for (k = 0; k < n; k++)
		buf[k] = (uint8_t)(i >> (k % 4 * 8));
	return slice_of(buf, n);
}

static size_t
count_texts(const struct pool *p)
{
	pool_ref ref;
	size_t n = 0;

	for (ref = pool_next(p, 0); ref; ref = pool_next(p, ref))
		n++;
	return n;
}

static void
check_all(const struct pool *p, const pool_ref *ref)
{
	uint8_t buf[POOL_TEXT_MAX];
	unsigned i;

	for (i = 0; i < TEXTS; i++)
		if (ref[i] && !slice_eq(pool_text(p, ref[i]), text_of(buf, i)))
			fail_msg("text %u at %u is not what was put", i, ref[i]);
}

static void
exchange(struct pool *p, pool_ref *ref)
{
	struct pool_plan *plan = pool_plan_new(p);
	unsigned i;

	for (i = 0; i < TEXTS; i++)
		ref[i] = pool_moved(p, plan, ref[i]);
	pool_pack(p, plan);
}

/* Of the texts every `keep'-th stays; 0: none. */
static void
pack_some(unsigned keep)
{
	struct budget b = { 0 };
	struct room room = { .budget = &b };
	pool_ref *ref = calloc(TEXTS, sizeof *ref);
	uint8_t buf[POOL_TEXT_MAX];
	bool refused = false;
	size_t before, wanted = 0;
	struct pool p;
	unsigned i;

	pool_init(&p, &room);
	for (i = 0; i < TEXTS; i++)
		ref[i] = i % 3 ? pool_add(&p, text_of(buf, i), &refused) :
		                 pool_intern(&p, text_of(buf, i), &refused);
	assert_false(refused);
	assert_int_equal(count_texts(&p), TEXTS);
	check_all(&p, ref);
	before = p.nchunks;
	for (i = 0; i < TEXTS; i++) {
		if (keep == 0 || i % keep)
			ref[i] = 0;
		pool_mark(&p, ref[i]);
		pool_mark(&p, ref[i]); /* two rows have it */
		wanted += ref[i] != 0;
	}
	exchange(&p, ref);
	check_all(&p, ref);
	assert_int_equal(count_texts(&p), wanted);
	assert_true(p.nchunks <= (keep ? before / keep + 2 : 1));
	assert_int_equal(p.packs, 1);
	for (i = 0; i < TEXTS; i += 3)
		if (ref[i])
			assert_int_equal(pool_intern(&p, text_of(buf, i), &refused), ref[i]);
	/* What comes now does not overwrite what was kept. */
	for (i = 0; i < TEXTS; i++)
		if (!ref[i])
			ref[i] = pool_add(&p, text_of(buf, i), &refused);
	check_all(&p, ref);
	pool_fini(&p);
	assert_int_equal(b.used, 0);
	free(ref);
}

static void
test_pack(void **state)
{
	static const unsigned keep[] = { 0, 1, 2, 3, 7, 1000, TEXTS };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof keep / sizeof keep[0]; i++)
		pack_some(keep[i]);
}

static void
test_empty(void **state)
{
	struct budget b = { 0 };
	struct room room = { .budget = &b };
	struct pool p;

	(void)state;
	pool_init(&p, &room);
	assert_int_equal(pool_next(&p, 0), 0);
	pool_pack(&p, pool_plan_new(&p));
	assert_int_equal(pool_next(&p, 0), 0);
	pool_fini(&p);
	assert_int_equal(b.used, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_pack),
		cmocka_unit_test(test_empty) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
