/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_wording - lines with other names in them: as long, of the same form, and
 * with the words that checks look for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "export/wording.h"
#include "export/wording_table.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

enum form { WORDS, PLAIN, UNIT, REPLY, OFFER, HEADER, OCTETS };

static const struct row {
	enum form form;
	const char *in, *want;
} rows[] = {
	/* Words of everybody stay where they stand alone. */
	{ PLAIN, "queued as 4XyZ", "queued as 1OoO" },
	{ WORDS, "queued as 4XyZ", "oooooo oo 1OoO" },
	{ PLAIN, "try again in 300 seconds", "try again in 300 seconds" },
	{ PLAIN, "call 5551234", "oooo 1111111" },
	{ PLAIN, "mail.shop.example", "oooo.oooa.ooooooo" },
	{ PLAIN, "non-existent 5.1.1 HTTP/1.1", "ooo-oooooooo 5.1.1 HTTP/1.1" },
	{ PLAIN, "SCRAM-SHA-256", "SCRAM-SHA-256" },
	{ PLAIN, "a-192-0-2-1.dyn.example", "o-111-2-3-4.ooa.ooooooo" },
	/* The same name is the same each time, whatever the case of its letters. */
	{ WORDS, "Ann ann ANN bob", "Ooo ooo OOO ooa" },
	{ WORDS, "<ann@x7.example>", "<ooo@x1.ooooooo>" },
	/* Addresses become addresses of the same length. */
	{ PLAIN, "[192.0.2.10]", "[0.1.100.10]" },
	{ PLAIN, "[IPv6:2001:db8::25]", "[IPv6:3fff::1:1111]" },
	{ PLAIN, "127.0.0.1 ::1", "127.0.0.1 ::1" },
	{ PLAIN, "at 12:00:00", "at 12:00:00" },
	/* UTF-8 stays UTF-8. */
	{ WORDS, "j\xc3\xbcrgen", "o\xc3\xa9oooo" },
	{ WORDS, "\xe2\x82\xac \xf0\x9f\x93\xa7", "\xe2\xa9\xa9 \xf0\xa9\xa9\xa9" },
	/* Commands. */
	{ UNIT, "EHLO mx.example.net", "EHLO oo.ooooooo.ooo" },
	{ UNIT, "MAIL FROM:<ann@example.net> SIZE=1234 BODY=8BITMIME",
	    "MAIL FROM:<ooo@ooooooo.ooa> SIZE=1234 BODY=8BITMIME" },
	{ UNIT, "RCPT TO:<\"a b\"@example.net> ORCPT=rfc822;a+2Bb@example.net",
	    "RCPT TO:<\"o a\"@ooooooo.ooo> ORCPT=rfc822;o+2Ba@ooooooo.ooo" },
	{ UNIT, "RCPT TO:<Postmaster>", "RCPT TO:<Postmaster>" },
	{ UNIT, "RCPT TO:<postmaster@example.net>", "RCPT TO:<oooooooooo@ooooooo.ooo>" },
	{ UNIT, "BDAT 4096 LAST", "BDAT 4096 LAST" },
	{ UNIT, "XSTAT ann", "XOOOO ooo" },
	{ UNIT, "GET /ann HTTP/1.1", "GET /ooo HTTP/1.1" },
	{ UNIT, "XCLIENT NAME=mx.example.net ADDR=192.0.2.10",
	    "XCLIENT NAME=oo.ooooooo.ooo ADDR=0.1.100.10" },
	/* Replies. */
	{ REPLY, "220 mx.example.net ESMTP Postfix", "220 oo.ooooooo.ooo ESMTP Ooooooa" },
	{ REPLY, "550 5.1.1 <ann@example.net>: User unknown",
	    "550 5.1.1 <ooo@ooooooo.ooa>: User unknown" },
	{ REPLY, "451-4.7.1 Greylisted, see http://x.example/?ann",
	    "451-4.7.1 Greylisted, see http://x.ooooooo/?ooo" },
	{ OFFER, "250-SIZE 52428800", "250-SIZE 52428800" },
	{ OFFER, "250 XXXXXXXA", "250 XXXXXXXA" },
	{ OFFER, "250-SECRETBOX 77777", "250-OOOOOOOOO 11111" },
	/* Messages. */
	{ HEADER, "Subject: Hi Bob\r\nMessage-ID: <1.ann@example.net>\r\nX-Ann: 1\r\n\r\nHi",
	    "Subject: xx xxx\r\nMessage-ID: <1.ooo@ooooooo.ooa>\r\nxxxxxx x\r\n\r\nHi" },
	{ OCTETS, "Hi, Bob.\t=20\r\n..", "xxx xxx.\t=xx\r\n.." },
};

static void
reword(struct aliases *a, const struct row *row, uint8_t *text, size_t n)
{
	struct smtp_unit u = { .kind = UNIT_COMMAND };
	size_t i;

	switch (row->form) {
	case WORDS:
	case PLAIN:
		wording_words(a, text, n, row->form == PLAIN);
		break;
	case UNIT:
		for (i = 0; i < n && text[i] > ' '; i++)
			;
		u.verb = smtp_verb_find(slice_of(text, i));
		wording_unit(a, &u, text, n);
		break;
	case REPLY:
	case OFFER:
		wording_reply(a, text, n, row->form == OFFER);
		break;
	case HEADER:
		wording_header(a, text, n);
		break;
	case OCTETS:
		for (i = 0; i < n; i++)
			text[i] = wording_octet(text[i]);
		break;
	}
}

static void
test_rows(void **state)
{
	uint8_t text[256];
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct aliases *a = aliases_new();

		n = strlen(rows[i].in);
		memcpy(text, rows[i].in, n);
		reword(a, &rows[i], text, n);
		if (strlen(rows[i].want) != n || memcmp(text, rows[i].want, n) != 0)
			fail_msg("\"%s\": got \"%.*s\", want \"%s\"", rows[i].in, (int)n, text,
			    rows[i].want);
		aliases_free(a);
	}
}

/* Every cut of every row is worked on within its bounds, which a guard octet shows. */
static void
test_cuts(void **state)
{
	uint8_t text[256];
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		for (n = 0; n <= strlen(rows[i].in); n++) {
			struct aliases *a = aliases_new();

			memcpy(text, rows[i].in, n);
			text[n] = '#';
			reword(a, &rows[i], text, n);
			if (text[n] != '#')
				fail_msg("\"%s\": writes behind %zu octets", rows[i].in, n);
			aliases_free(a);
		}
	}
}

static void
test_table(void **state)
{
	size_t n, i;
	const char *const *words = wording_table(&n);

	(void)state;
	for (i = 1; i < n; i++)
		if (strcmp(words[i - 1], words[i]) >= 0)
			fail_msg("\"%s\" stands in front of \"%s\"", words[i - 1], words[i]);
	for (i = 0; i < n; i++)
		if (strspn(words[i], "abcdefghijklmnopqrstuvwxyz0123456789") != strlen(words[i]))
			fail_msg("\"%s\" cannot be found", words[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_cuts),
		cmocka_unit_test(test_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
