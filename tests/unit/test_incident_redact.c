/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unit tests of redaction: what is hidden, what is left, and that a name is
 * called the same wherever it stands.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/error.h"
#include "base/mem.h"
#include "report/redact.h"
#include "test_report_scene.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* Client 192.0.2.10, server 198.51.100.25; jim.smith+lists@big-bank.example to
 * ann@mx7.shop.example. */
static void
learn(struct redactor *r)
{
	struct scene *sc = xcalloc(1, sizeof *sc);
	struct smtp_unit greeting = { .kind = UNIT_GREETING };

	scene_init(sc, 1);
	greeting.reply = scene_reply(sc, "220 mx7.shop.example ESMTP", NULL);
	STAILQ_INSERT_TAIL(&sc->s.units, &greeting, link);
	scene_command(sc, "EHLO LAPTOP-17");
	sc->tx[0].sender = slice_str("jim.smith+lists@big-bank.example");
	sc->rcpt[0].addr = slice_str("ann@mx7.shop.example");
	STAILQ_INSERT_TAIL(&sc->tx[0].rcpts, &sc->rcpt[0], link);
	STAILQ_INSERT_TAIL(&sc->s.transactions, &sc->tx[0], link);
	redact_learn(r, &sc->s);
	free(sc);
}

static const struct redact_row {
	const char *name;
	unsigned what;
	const char *in, *want;
} redact_rows[] = {
	{ "off", 0, "a@b.example from 192.0.2.10", "a@b.example from 192.0.2.10" },
	{ "address", REDACT_ALL, "<a@b.example>", "<user1@host1.example>" },
	{ "same address again", REDACT_ALL, "a@b.example A@B.Example",
	    "user1@host1.example user1@host1.example" },
	{ "two at one host", REDACT_ALL, "a@b.example,c@b.example",
	    "user1@host1.example,user2@host1.example" },
	{ "addresses only", REDACT_ADDRESSES, "a@b.example b.example 10.0.0.1",
	    "user1@b.example b.example 10.0.0.1" },
	{ "hosts only", REDACT_HOSTS, "a@b.example", "a@host1.example" },
	{ "the postmaster has no other name", REDACT_ALL, "postmaster@b.example",
	    "postmaster@host1.example" },
	{ "null path", REDACT_ALL, "MAIL FROM:<> SIZE=12", "MAIL FROM:<> SIZE=12" },
	{ "quoted local part", REDACT_ALL, "<\"a b\\\"@c\"@d.example>", "<user1@host1.example>" },
	{ "address literal", REDACT_ALL, "a@[192.0.2.10]", "user1@host1.example" },
	{ "literal of the client", REDACT_ALL, "EHLO [192.0.2.10]", "EHLO [client1]" },
	{ "IPv6 literal", REDACT_ALL, "[IPv6:2001:db8::1]:25", "[IPv6:address1]:25" },
	{ "IPv6 in a sentence", REDACT_ALL, "from 2001:db8::25.", "from address1." },
	{ "both sides", REDACT_ALL, "198.51.100.25 192.0.2.10 203.0.113.5",
	    "server1 client1 address1" },
	{ "octets 65 and 97 are no letters", REDACT_ALL, "10.65.0.1 10.97.0.1",
	    "address1 address2" },
	{ "no address", REDACT_ALL, "12:34:56 a:b 1.2.3", "12:34:56 a:b 1.2.3" },
	{ "section of an RFC", REDACT_ALL, "RFC 5321 4.1.1.4", "RFC 5321 4.1.1.4" },
	{ "section on the next line", REDACT_ALL, "RFC 5321\n    4.1.1.4",
	    "RFC 5321\n    4.1.1.4" },
	{ "challenge", REDACT_ALL, "S> 334 PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2U+\n",
	    "S> 334 [hidden]\n" },
	{ "prompt", REDACT_ALL, "334 Go on", "334 Go on" },
	{ "looks like a section", REDACT_ALL, "code 5321 4.1.1.4", "code 5321 address1" },
	{ "enhanced status", REDACT_ALL, "250 2.1.5 Ok", "250 2.1.5 Ok" },
	{ "host", REDACT_ALL, "Hello mail.b.example, you", "Hello host1.example, you" },
	{ "host behind a code", REDACT_ALL, "250-mx.b.example\n250 SIZE",
	    "250-host1.example\n250 SIZE" },
	{ "host behind a code in a transcript", REDACT_ALL, "S> 250-mx.b.example hi",
	    "S> 250-host1.example hi" },
	{ "time", REDACT_ALL, "2026-01-15T12:00:00.000000Z", "2026-01-15T12:00:00.000000Z" },
	{ "host that begins like a code", REDACT_ALL, "203-0-113-9.dial.b.example",
	    "host1.example" },
	{ "host with a dot behind", REDACT_ALL, "at b.example.", "at host1.example." },
	{ "host with a dot before", REDACT_ALL, ">.b.example", ">.host1.example" },
	{ "host in UTF-8", REDACT_ALL, "b\xc3\xbc.example", "host1.example" },
	{ "learned local part", REDACT_ALL, "no such user Ann here", "no such user user1 here" },
	{ "learned local part with a tag", REDACT_ALL, "(jim.smith+lists)", "(user1)" },
	{ "learned host without a domain", REDACT_ALL, "Hello laptop-17", "Hello host1.example" },
	{ "first label of a host", REDACT_ALL, "mx7 says no", "host1.example says no" },
	{ "name of a company", REDACT_ALL, "rejected by big-bank policy",
	    "rejected by host1.example policy" },
	{ "word and address are one name", REDACT_ALL, "ann is ann@mx7.shop.example",
	    "user1 is user1@host1.example" },
	{ "not part of a word", REDACT_ALL, "annual report", "annual report" },
	{ "subject", REDACT_ALL, "\"Subject: a secret\" and more",
	    "\"Subject: [hidden]\" and more" },
	{ "subject may be shown", REDACT_HOSTS, "Subject: no secret", "Subject: no secret" },
	{ "octets that are no text", REDACT_ALL, "\xff\xfe@\x01 x@", "\xff\xfe@\x01 x@" },
	{ "an at sign alone", REDACT_ALL, "@ @@ a@ @b", "@ @@ a@ @b" },
};

static void
test_texts(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(redact_rows); i++) {
		const struct redact_row *row = &redact_rows[i];
		struct redactor *r = redactor_new(row->what);
		struct output *o = output_memory();
		struct error err;
		const char *got;

		learn(r);
		redact_text(r, o, slice_str(row->in));
		got = (const char *)output_slice(o).p;
		if (strcmp(got, row->want) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"", row->name, got, row->want);
		output_close(o, &err);
		redactor_free(r);
	}
}

/* What one session calls its people is forgotten with it; the numbers stay. */
static void
test_sessions(void **state)
{
	struct redactor *r = redactor_new(REDACT_ALL);
	struct scene *other = xcalloc(1, sizeof *other);
	struct output *o = output_memory();
	struct error err;
	const char *got, *want = "user1@host1.example user1; ann user1@host1.example";

	(void)state;
	learn(r);
	redact_text(r, o, slice_str("ann@mx7.shop.example ann; "));
	scene_init(other, 1);
	redact_learn(r, &other->s);
	redact_text(r, o, slice_str("ann ann@mx7.shop.example"));
	got = (const char *)output_slice(o).p;
	if (strcmp(got, want) != 0)
		fail_msg("sessions: got \"%s\", want \"%s\"", got, want);
	output_close(o, &err);
	redactor_free(r);
	free(other);
}

/* The table is full: names are still hidden, and it is told. */
static void
test_full(void **state)
{
	struct redactor *r = redactor_new(REDACT_ALL);
	struct output *o = output_memory();
	struct error err;
	char text[64];
	uint32_t i;

	(void)state;
	for (i = 0; i < REDACT_NAMES_MAX; i++) {
		snprintf(text, sizeof text, "h%" PRIu32 ".b.example ", i);
		redact_text(r, o, slice_str(text));
	}
	if (redactor_shared(r) != 0)
		fail_msg("full: got %" PRIu64 " shared names, want none", redactor_shared(r));
	output_close(o, &err);
	o = output_memory();
	redact_text(r, o, slice_str("one.more.example h7.b.example x@one.more.example"));
	if (strcmp((const char *)output_slice(o).p,
	        "host-other.example host8.example user-other@host-other.example") != 0)
		fail_msg("full: got \"%s\"", (const char *)output_slice(o).p);
	if (redactor_shared(r) != 3)
		fail_msg("full: got %" PRIu64 " shared names, want 3", redactor_shared(r));
	output_close(o, &err);
	redactor_free(r);
}

static const struct private_row {
	const char *name;
	unsigned what;
	const char *line;
	bool want;
} private_rows[] = {
	{ "a command", REDACT_ALL, "MAIL FROM:<a@b.example>", false },
	{ "without an argument", REDACT_ALL, "DATA", false },
	{ "an argument too many", REDACT_ALL, "DATA and the rest of the line", true },
	{ "an unknown verb", REDACT_ALL, "FOOBAR", false },
	{ "a line of text", REDACT_ALL, "Dear Sir or Madam", true },
	{ "a header field", REDACT_ALL, "X-Secret: yes", true },
	{ "a private command", REDACT_ALL, "XFOO bar", false },
	{ "text may be shown", REDACT_HOSTS, "Dear Sir or Madam", false },
};

static void
test_private(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(private_rows); i++) {
		const struct private_row *row = &private_rows[i];
		struct redactor *r = redactor_new(row->what);
		struct scene *sc = xcalloc(1, sizeof *sc);
		bool got;

		scene_init(sc, 1);
		got = redact_is_private(r, scene_command(sc, row->line));
		if (got != row->want)
			fail_msg("%s: got %d, want %d", row->name, got, row->want);
		free(sc);
		redactor_free(r);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_sessions),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_private),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
