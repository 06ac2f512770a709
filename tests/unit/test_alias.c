/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_alias - other addresses: as long as text, of the same class, no two the
 * same, and no address the one it stands for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <arpa/inet.h>
#include <cmocka.h>

#include "export/alias.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static struct ipaddr
address(const char *text)
{
	struct ipaddr a = { .family = strchr(text, ':') ? 6 : 4 };

	assert_int_equal(inet_pton(a.family == 4 ? AF_INET : AF_INET6, text, a.b), 1);
	return a;
}

static const struct row {
	const char *in, *want;
} rows[] = {
	{ "1.2.3.4", "0.1.1.0" },
	{ "12.2.3.4", "0.1.10.0" },
	{ "192.0.2.10", "0.1.100.10" },
	{ "198.51.100.25", "240.10.100.10" },
	{ "203.113.100.255", "240.100.100.100" },
	{ "10.0.0.1", "10.1.1.0" },
	{ "172.16.100.1", "10.100.100.0" },
	{ "192.168.100.200", "192.168.101.100" },
	{ "10.1.1.7", "10.1.2.0" }, /* not itself */
	{ "fd00::1", "fd00::2" },
	{ "127.0.0.53", "127.0.0.53" },
	{ "::1", "::1" },
	{ "::", "::" },
	{ "2a00:1::5", "100::1111" },
	{ "2001:db8::25", "3fff::1:1111" },
	{ "fe80::1", "fd00::1" },
	{ "fe80::1:2:3:4", "fd00::11:1111" },
	{ "2001:db8:1111:2222:3333:4444:5555:6666", "3fff:111:1111:1111:1111:1111:1111:1111" },
};

static void
test_rows(void **state)
{
	char text[IPADDR_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct aliases *a = aliases_new();
		struct ipaddr addr = address(rows[i].in);

		alias_ip(a, &addr);
		ipaddr_text(text, &addr);
		if (strlen(rows[i].in) != strlen(text))
			fail_msg("%s: got \"%s\", which has another length", rows[i].in, text);
		if (strcmp(rows[i].want, text) != 0 && rows[i].want[0] != '?')
			fail_msg("%s: got \"%s\", want \"%s\"", rows[i].in, text, rows[i].want);
		aliases_free(a);
	}
}

/* Of each length many addresses: no two get the same, each gets its own again. */
static void
test_many(void **state)
{
	enum { MANY = 400 };
	static char seen[MANY][IPADDR_TEXT_MAX];
	char text[IPADDR_TEXT_MAX];
	unsigned i, k;
	size_t f;

	(void)state;
	for (f = 0; f < 3; f++) {
		struct aliases *a = aliases_new();

		for (i = 0; i < MANY; i++) {
			struct ipaddr addr, again;

			if (f < 2)
				snprintf(text, sizeof text, f ? "192.168.1%u.1%u" : "20.1.%u.%u",
				    i / 20 + 10, i % 20 + 10);
			else
				snprintf(
				    text, sizeof text, "2a02:%x::%x", i / 20 + 10, i % 20 + 10);
			addr = again = address(text);
			alias_ip(a, &addr);
			alias_ip(a, &again);
			ipaddr_text(seen[i], &addr);
			if (memcmp(&addr, &again, sizeof addr) != 0)
				fail_msg("%s: got another address the second time", text);
			if (strcmp(seen[i], text) == 0)
				fail_msg("%s: got itself", text);
			for (k = 0; k < i; k++)
				if (strcmp(seen[i], seen[k]) == 0)
					fail_msg(
					    "%s: got \"%s\", which another has", text, seen[i]);
		}
		assert_int_equal(aliases_shared(a), 0);
		aliases_free(a);
	}
}

/* What is spelt in two letters comes to an end, and is counted from there. */
static void
test_shared(void **state)
{
	struct aliases *a = aliases_new();
	char word[8];
	unsigned i;

	(void)state;
	for (i = 0; i < 30; i++) {
		snprintf(word, sizeof word, "%c", i < 26 ? 'a' + (int)i : '0' + (int)i - 26);
		if (word[0] != 'x')
			alias_word(a, (uint8_t *)word, 1);
	}
	/* Of 29 words of one character each, letters have 25 names and digits 10. */
	assert_true(aliases_shared(a) > 0);
	aliases_free(a);
}

static void
test_mac(void **state)
{
	uint8_t one[6] = { 0x00, 0x1b, 0x21, 1, 2, 3 }, two[6] = { 0x01, 0x00, 0x5e, 1, 2, 3 },
	        all[6] = { 255, 255, 255, 255, 255, 255 }, again[6] = { 0x00, 0x1b, 0x21, 1, 2, 3 };
	struct aliases *a = aliases_new();

	(void)state;
	alias_mac(a, one);
	alias_mac(a, two);
	alias_mac(a, all);
	alias_mac(a, again);
	assert_memory_equal(one, "\x02\0\0\0\0\1", 6);
	assert_memory_equal(two, "\x03\0\0\0\0\2", 6);
	assert_memory_equal(all, "\xff\xff\xff\xff\xff\xff", 6);
	assert_memory_equal(again, one, 6);
	aliases_free(a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_shared),
		cmocka_unit_test(test_mac),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
