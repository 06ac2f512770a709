/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unit tests of sasl: which response of which mechanism names the user or holds a
 * secret, and what counts as base64.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/budget.h"
#include "smtp/sasl.h"

static const struct row {
	const char *name, *mechanism;
	unsigned step;
	const char *response, *user;
	unsigned flags;
} rows[] = {
	{ "PLAIN", "PLAIN", 0, "AGFsaWNlAHNlY3JldA==", "alice", UNIT_PASSWORD },
	{ "PLAIN for another", "plain", 0, "Ym9iAGFsaWNlAHNlY3JldA==", "alice", UNIT_PASSWORD },
	{ "PLAIN without NUL", "PLAIN", 0, "YWxpY2U=", "", UNIT_PASSWORD },
	{ "LOGIN, user", "LOGIN", 0, "YWxpY2U=", "alice", 0 },
	{ "LOGIN, password", "LOGIN", 1, "c2VjcmV0", "", UNIT_PASSWORD },
	{ "XOAUTH2", "XOAUTH2", 0, "dXNlcj1hbGljZUBleGFtcGxlLm9yZwFhdXRoPUJlYXJlciB4AQE=",
	    "alice@example.org", UNIT_PASSWORD },
	{ "OAUTHBEARER", "OAUTHBEARER", 0, "bixhPWFsaWNlLAFhdXRoPUJlYXJlciB4AQE=", "alice",
	    UNIT_PASSWORD },
	{ "CRAM-MD5", "CRAM-MD5", 0,
	    "YWxpY2UgMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", "alice", UNIT_GUESSABLE },
	{ "CRAM-MD5, too short", "CRAM-MD5", 0, "YWxpY2U=", "", UNIT_GUESSABLE },
	{ "NTLM, first", "NTLM", 0, "TlRMTVNTUAABAAAA", "", 0 },
	{ "no base64", "PLAIN", 0, "this is not base64!", "", 0 },
	{ "another mechanism", "SCRAM-SHA-256", 0, "biwsbj11c2VyLHI9eA==", "", 0 },
	{ "nothing", "PLAIN", 0, "", "", UNIT_PASSWORD },
};

static void
test_look(void **state)
{
	struct budget budget = { 0 };
	struct arena *arena = arena_new(&budget, 0);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *r = &rows[i];
		struct smtp_unit u = { 0 };

		sasl_look(arena, &u, slice_str(r->mechanism), r->step, slice_str(r->response));
		if (!slice_eq(u.user, slice_str(r->user)) || u.flags != r->flags)
			fail_msg("%s: got \"%.*s\" and %u, want \"%s\" and %u", r->name,
			    (int)u.user.n, (const char *)u.user.p, u.flags, r->user, r->flags);
	}
	arena_free(arena);
	assert_int_equal(budget.used, 0);
}

static void
test_base64(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} texts[] = { { "", true }, { "YQ==", true }, { "YWI=", true }, { "YWJj", true },
		{ "YQ=", false }, { "=AAA", false }, { "AAA=BBB=", false }, { "YQ===", false },
		{ "Y Q=", false }, { "====", false } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (sasl_base64(slice_str(texts[i].text)) != texts[i].good)
			fail_msg("\"%s\": got %d, want %d", texts[i].text, !texts[i].good,
			    texts[i].good);
}

static void
test_mechanism(void **state)
{
	struct smtp_unit u = { .arg = slice_str("PLAIN ****") };

	(void)state;
	assert_true(slice_eq(sasl_mechanism(&u), slice_str("PLAIN")));
	u.arg = slice_str("LOGIN");
	assert_true(slice_eq(sasl_mechanism(&u), slice_str("LOGIN")));
	u.arg = slice_str("");
	assert_int_equal(sasl_mechanism(&u).n, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_look),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_mechanism),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
