/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_mailbox - the grammar of mailboxes, domains and address literals.
 *
 * Every row lies against a guard page, so that a read behind its end fails.  A
 * row names a piece of the expected phrase; none means that the text is right.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "smtp/mailbox.h"
#include "guarded.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TEXT(s)  s, sizeof(s) - 1

struct row {
	const char *in;
	size_t n;
	const char *fault; /* part of the phrase; NULL: none */
};

static void
expect(const struct row *row, const char *what, const char *got)
{
	if (row->fault == NULL ? got != NULL : got == NULL || strstr(got, row->fault) == NULL)
		fail_msg("%s \"%.*s\": got \"%s\", want \"%s\"", what, (int)row->n, row->in,
		    got ? got : "no fault", row->fault ? row->fault : "no fault");
}

static const struct row mailboxes[] = {
	{ TEXT("alice@example.org"), NULL },
	{ TEXT("a.b+c=d/e@x"), NULL },
	{ TEXT("o'neil!#$%&*?^_`{|}~-@example.org"), NULL },
	{ TEXT("\"a b@c\"@example.org"), NULL },
	{ TEXT("\"a\\\"b\"@example.org"), NULL },
	{ TEXT("\"\"@example.org"), NULL },
	{ TEXT("alice@[192.0.2.1]"), NULL },
	{ TEXT("alice@[IPv6:2001:db8::1]"), NULL },
	{ TEXT("gr\xc3\xbc\xc3\x9f@b\xc3\xbc"
	       "cher.example"),
	    NULL },
	{ TEXT("@relay.example:alice@example.org"), NULL },
	{ TEXT("alice"), "no \"@\"" },
	{ TEXT("alice@"), "nothing stands behind" },
	{ TEXT("@example.org"), "local part is empty" },
	{ TEXT("@"), "local part is empty" },
	{ TEXT(".alice@x"), "begins or ends with a dot" },
	{ TEXT("alice.@x"), "begins or ends with a dot" },
	{ TEXT("a..b@x"), "two dots" },
	{ TEXT("a b@x"), "blank" },
	{ TEXT("a(b)@x"), "needs quotes" },
	{ TEXT("\"a@x"), "not closed" },
	{ TEXT("\"a\\"), "too early" },
	{ TEXT("\"a\"b@x"), "text follows" },
	{ TEXT("\"a\nb\"@x"), "control character" },
	{ TEXT("a@b@c"), "no letter, digit or hyphen" },
	{ TEXT("a@x..y"), "empty label" },
	{ TEXT("a@x.y."), "ends in a dot" },
	{ TEXT("a@."), "empty label" },
	{ TEXT("a@-x.y"), "hyphen" },
	{ TEXT("a@x-.y"), "hyphen" },
	{ TEXT("a@x_y"), "\"_\"" },
	{ TEXT("a@[192.0.2.1"), "not closed by" },
	{ TEXT("a@[192.0.2.256]"), "no valid address" },
	{ TEXT("a@[2001:db8::1]"), "lacks the tag" },
	{ TEXT("a@[IPv6:192.0.2.1]"), "no valid IPv6" },
	{ TEXT("a@[]"), "no valid address" },
	{ TEXT("a@["), "not closed by" },
	{ TEXT("a@[1.2.3.4\0]"), "no valid address" },
};

static const struct row hosts[] = {
	{ TEXT("mx.example.net"), NULL },
	{ TEXT("mx.example.net ESMTP ready"), NULL },
	{ TEXT("localhost"), NULL },
	{ TEXT("[192.0.2.25] hello"), NULL },
	{ TEXT("aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg.x"), NULL },
	{ TEXT("aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg.x"),
	    "longer than 63" },
	{ TEXT(""), "empty" },
	{ TEXT(" mx.example.net"), "empty" },
	{ TEXT("***"), "no letter" },
	{ TEXT("mail_host.example.net"), "\"_\"" },
};

static const struct {
	const char *in;
	bool is;
} addresses[] = { { "192.0.2.1", true }, { "2001:db8::1", true }, { "::", true },
	{ "192.0.2", false }, { "192.0.2.1 ", false }, { "example.org", false }, { "", false },
	{ "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000", false } };

static void
test_mailboxes(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(mailboxes); i++) {
		const struct row *row = &mailboxes[i];
		uint8_t *copy = guarded_copy(row->in, row->n);
		struct mailbox m;

		mailbox_split(slice_of(copy, row->n), &m);
		expect(row, "mailbox", mailbox_fault(&m));
		guarded_free(copy, row->n);
	}
}

static void
test_hosts(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(hosts); i++) {
		const struct row *row = &hosts[i];
		uint8_t *copy = guarded_copy(row->in, row->n);

		expect(row, "host", host_fault(slice_of(copy, row->n)));
		guarded_free(copy, row->n);
	}
}

static void
test_addresses(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(addresses); i++)
		if (is_ip_address(slice_str(addresses[i].in)) != addresses[i].is)
			fail_msg("\"%s\": got %d, want %d", addresses[i].in, !addresses[i].is,
			    addresses[i].is);
	assert_false(is_ip_address(slice_of(NULL, 0)));
}

/* The parts of a path, and that every beginning of one can be taken apart. */
static void
test_parts(void **state)
{
	static const char path[] = "@a.example,@b.example:\"x@y\\\"\"@[IPv6:2001:db8::1]";
	struct mailbox m;
	size_t i;

	(void)state;
	mailbox_split(slice_str(path), &m);
	assert_true(slice_eq(m.route, slice_str("@a.example,@b.example")));
	assert_true(slice_eq(m.local, slice_str("\"x@y\\\"\"")));
	assert_true(slice_eq(m.domain, slice_str("[IPv6:2001:db8::1]")));
	for (i = 0; i < sizeof path - 1; i++) {
		uint8_t *copy = guarded_copy(path, i);

		mailbox_split(slice_of(copy, i), &m);
		if (mailbox_fault(&m) == NULL)
			fail_msg("the first %zu octets: got no fault, want one", i);
		guarded_free(copy, i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_mailboxes),
		cmocka_unit_test(test_hosts), cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_parts) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
