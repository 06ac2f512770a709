/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_plan_tls - TLS handshakes with another name and without certificates, of
 * every length, in front of a guard page.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "export/plan.h"
#include "guarded.h"

/* A ClientHello for "mx.example", its record split off nowhere. */
static const uint8_t client[] = { 22, 3, 1, 0, 68, 1, 0, 0, 64, 3, 3, /* random */ 1, 2, 3, 4, 5, 6,
	7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30,
	31, 32, /* session */ 0, /* ciphers */ 0, 2, 0x13, 1, /* compression */ 1, 0,
	/* extensions */ 0, 19, 0, 0, 0, 15, 0, 13, 0, 0, 10, 'm', 'x', '.', 'e', 'x', 'a', 'm',
	'p', 'l', 'e', /* and what is no part of them */ 0, 0, 20, 3, 3, 0, 1, 1, 23, 3, 3, 0, 2, 9,
	9 };

/* A Certificate and a ServerHelloDone, cut into records within the first. */
static const uint8_t server[] = { 22, 3, 3, 0, 7, 11, 0, 0, 6, 'a', 'b', 'c', 22, 3, 3, 0, 7, 'd',
	'e', 'f', 14, 0, 0, 0, 20, 3, 3, 0, 1, 1, 22, 3, 3, 0, 3, 7, 7, 7, 23, 3, 3, 0, 1, 9 };
static const uint8_t server_want[] = { 22, 3, 3, 0, 7, 11, 0, 0, 6, 0, 0, 0, 22, 3, 3, 0, 7, 0, 0,
	0, 14, 0, 0, 0, 20, 3, 3, 0, 1, 1, 22, 3, 3, 0, 3, 7, 7, 7, 23, 3, 3, 0, 1, 9 };

static bool
holds(const uint8_t *p, size_t n, const char *text)
{
	return slice_contains(slice_of(p, n), text);
}

static void
test_name(void **state)
{
	struct aliases *a = aliases_new();
	uint8_t octets[sizeof client];
	bool sealed;
	size_t n;

	(void)state;
	memcpy(octets, client, sizeof client);
	n = plan_tls(a, octets, sizeof octets, &sealed);
	assert_int_equal(n, sizeof client - 7); /* up to the encrypted record */
	assert_true(sealed);
	assert_false(holds(octets, sizeof octets, "example"));
	assert_true(holds(octets, sizeof octets, "oo.ooooooo"));
	assert_memory_equal(octets, client, 57);
	aliases_free(a);
}

static void
test_certificate(void **state)
{
	struct aliases *a = aliases_new();
	uint8_t octets[sizeof server];
	bool sealed;

	(void)state;
	memcpy(octets, server, sizeof server);
	assert_int_equal(plan_tls(a, octets, sizeof octets, &sealed), sizeof server - 6);
	assert_true(sealed);
	assert_memory_equal(octets, server_want, sizeof server);
	aliases_free(a);
}

/* What is cut is never said to be followed by encrypted octets before it is. */
static void
test_cuts(void **state)
{
	static const struct {
		struct slice in;
		size_t sealed; /* octets from which it is known */
	} rows[] = { { { client, sizeof client }, sizeof client - 13 + 5 },
		{ { server, sizeof server }, 29 } };
	size_t i, n;

	(void)state;
	for (i = 0; i < 2; i++) {
		for (n = 0; n <= rows[i].in.n; n++) {
			uint8_t *g = guarded_copy(rows[i].in.p, n);
			struct aliases *a = aliases_new();
			bool sealed;

			if (plan_tls(a, g, n, &sealed) > n)
				fail_msg("row %zu, %zu octets: read beyond them", i, n);
			if (sealed != (n >= rows[i].sealed))
				fail_msg("row %zu, %zu octets: got sealed %d", i, n, sealed);
			aliases_free(a);
			guarded_free(g, n);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_name),
		cmocka_unit_test(test_certificate),
		cmocka_unit_test(test_cuts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
