/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The map of message text: all ways to make it agree on random text of every length up
 * to some blocks, and with the definition of plain text, spelt out octet by octet.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "smtp/textmap.h"
#include "guarded.h"

static uint32_t
next_random(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 16;
}

static bool
plain_by_rule(const uint8_t *c, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		bool behind_cr = i > 0 && c[i - 1] == '\r';

		if ((c[i] == '\n') != behind_cr)
			return false;
		if (c[i] >= 0x80 || (c[i] < 0x20 && c[i] != '\t' && c[i] != '\r' && c[i] != '\n'))
			return false;
	}
	return n == 0 || c[n - 1] != '\r';
}

static void
check_one(const uint8_t *c, size_t n)
{
	static const struct {
		const char *name;
		bool (*plain)(struct textmap *, struct slice);
	} ways[] = { { "best", textmap_plain }, { "sse2", textmap_plain_sse2 },
		{ "portable", textmap_plain_portable } };
	size_t m = n < TEXTMAP_MAX ? n : TEXTMAP_MAX, w, i, lf;
	bool want = plain_by_rule(c, m);
	struct textmap map;

	for (w = 0; w < sizeof ways / sizeof ways[0]; w++) {
		if (ways[w].plain(&map, slice_of(c, n)) != want || map.n != m)
			fail_msg("%s, %zu octets: got plain %d, n %zu, want %d, %zu", ways[w].name,
			    n, !want, map.n, want, m);
		for (i = 0; i <= m; i++) {
			for (lf = i; lf < m && c[lf] != '\n'; lf++)
				;
			if (textmap_lf(&map, i) != lf)
				fail_msg("%s, %zu octets, from %zu: got LF at %zu, want %zu",
				    ways[w].name, n, i, textmap_lf(&map, i), lf);
		}
	}
}

/* Text in front of a guard page; one octet in some is put wrong. */
static void
test_random(void **state)
{
	static const uint8_t odd[] = { 0, '\n', '\r', 0x7f, 0x80, 0xff, 0x1b, '\t', '.', 0x1f };
	uint32_t seed = 1;
	uint8_t text[400];
	size_t n, i;
	unsigned turn;

	(void)state;
	for (n = 0; n < sizeof text; n++) {
		for (turn = 0; turn < 12; turn++) {
			uint8_t *copy;

			for (i = 0; i < n; i++)
				text[i] = (uint8_t)(' ' + next_random(&seed) % 94);
			for (i = 0; i + 1 < n; i += 1 + next_random(&seed) % 70)
				memcpy(text + i, "\r\n", 2);
			if (n && turn % 3)
				text[next_random(&seed) % n] = odd[next_random(&seed) % sizeof odd];
			copy = guarded_copy(text, n);
			check_one(copy, n);
			guarded_free(copy, n);
		}
	}
}

static void
test_limit(void **state)
{
	uint8_t *text = malloc(TEXTMAP_MAX + 10);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', TEXTMAP_MAX + 10);
	memcpy(text + TEXTMAP_MAX - 2, "\r\n", 2);
	check_one(text, TEXTMAP_MAX + 10);
	memcpy(text + TEXTMAP_MAX - 1, "\r\n", 2);
	check_one(text, TEXTMAP_MAX + 10);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
