/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_filter - which rows an expression chooses.  The session of every row of the
 * table is the same one (see the_session()); what it is not is told by the rows that
 * do not match.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/budget.h"
#include "base/error.h"
#include "filter/filter.h"
#include "test_store_rows.h"
#include "tls/tls.h"

/*
 * Number 104, client 203.0.113.9:40112, server 2001:db8::25 port 25; 2026-11-22
 * 03:11:02.5 UTC and 5 minutes long; two messages, the second one deferred.
 */
static void
the_session(struct fake *f)
{
	static const struct endpoint client = { { 4, { 203, 0, 113, 9 } }, 40112 };
	static const struct endpoint server = {
		{ 6, { 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x25 } }, 25
	};
	static struct smtp_transaction second;
	static struct smtp_rcpt to;

	fake_session(f, 103);
	f->stream.half[0].ep = client;
	f->stream.half[1].ep = server;
	f->stream.half[0].octets = 20480;
	f->stream.half[1].octets = 0;
	f->stream.half[0].retransmissions = 7;
	f->stream.first_ts = INT64_C(1795317062500000000);
	f->stream.last_ts = f->stream.first_ts + INT64_C(300000000000);
	f->banner.first.ts = f->stream.first_ts + 300000000;
	f->hello.arg = slice_str("MX1.Example.ORG");
	f->tx.sender = slice_str("alice@example.org");
	f->rcpt[0].addr = slice_str("bob@far.example.net");
	f->rcpt[1].addr = slice_str("carol@Other.example.net");
	f->tx.result = RESULT_DELIVERED;
	second = (struct smtp_transaction){ .mail = &f->mail, .result = RESULT_DEFERRED };
	f->mail.arg = slice_str("FROM:<>");
	to = (struct smtp_rcpt){ .addr = slice_str("a*b@third.example") };
	STAILQ_INIT(&second.rcpts);
	STAILQ_INSERT_TAIL(&second.rcpts, &to, link);
	second.nrcpt = 1;
	STAILQ_INSERT_TAIL(&f->s.transactions, &second, link);
	f->s.closure = CLOSURE_SERVER_FIN;
	f->s.tls.via = TLS_STARTTLS;
	f->s.tls.application_data[0] = true;
	/* Findings: body-bare-newline (warning, certain), reply-mid-data (error, probable). */
}

static const struct {
	const char *text;
	bool want;
} rows[] = {
	/* numbers */
	{ "number = 104", true },
	{ "flow.number != 104", false },
	{ "session in (1, 2, 104)", true },
	{ "session not in (1, 2, 104)", false },
	{ "number = 100..104", true },
	{ "number in (1..5, 90..103)", false },
	{ "number > 103 and number >= 104 and number < 105 and number <= 104", true },
	{ "number > 104 or number < 104", false },
	{ "frame = 2065", true },
	{ "frame = 2060", false },
	{ "first_frame = 2061 and last_frame = 2080", true },
	{ "tx_cnt = 2 and messages = 2", true },
	{ "rcpts = 3 and accepted = 2", true },
	{ "retrans >= 7", true },
	{ "errors = 1 and warnings = 1 and notes = 0", true },
	{ "code = 250", true },
	{ "code >= 400", false },
	/* sizes and durations */
	{ "octets = 20k", true },
	{ "octets > 20K", false },
	{ "bytes_toserver >= 20000 and bytes_toclient = 0", true },
	{ "octets < 1M", true },
	{ "duration = 5m", true },
	{ "duration = 300", true },
	{ "duration >= 299.999s", true },
	{ "duration > 5min", false },
	{ "duration = 4m60s", true },
	{ "wait = 300ms", true },
	{ "wait < 0.3", false },
	/* times */
	{ "start = 2026-11-22", true },
	{ "start > 2026-11-22", false },
	{ "start >= 2026-11-22", true },
	{ "start < 2026-11-22", false },
	{ "start <= 2026-11-22", true },
	{ "start = 2026-11-22T03:11", true },
	{ "start = 2026-11-22T03:11:02Z", true },
	{ "start = 2026-11-22T03:11:02.5", true },
	{ "start = 2026-11-22T03:11:02.4", false },
	{ "start = \"2026-11-22 03:11\"", true },
	{ "start = 03:11", true },
	{ "start = 03:00..03:15", true },
	{ "start > 03:11", false },
	{ "start >= 03:11", true },
	{ "end = 03:16", true },
	{ "start = 1795317062", true },
	{ "start = 1795317061..1795317063", true },
	{ "start in (2026-11-21, 2026-11-22)", true },
	/* addresses */
	{ "host = 203.0.113.9", true },
	{ "host = 203.0.113.0/24", true },
	{ "host = 203.0.112.0/23", true },
	{ "host = 203.0.112.0/24", false },
	{ "host = 0.0.0.0/0", true },
	{ "host != 203.0.113.9", false },
	{ "client = 203.0.113.9 and src_ip = 203.0.113.9", true },
	{ "server = 203.0.113.9", false },
	{ "server = 2001:db8::/32", true },
	{ "server = 2001:db8::25", true },
	{ "server = 2001:db8::26/127", false },
	{ "server in (192.0.2.1, ::/0)", true },
	{ "client = ::/0", false },
	{ "client ~ 203.0.", true },
	{ "host ~ \"db8::25$\"", true },
	{ "port = 25 and port = 40112", true },
	{ "src_port = 25", false },
	{ "dest_port in (24, 25, 465, 587)", true },
	{ "port != 25", false },
	/* words and levels */
	{ "app = smtp", true },
	{ "app_proto in (tls, lmtp)", false },
	{ "closure = server-fin", true },
	{ "session.closure != Server-FIN", false },
	{ "result = deferred", true },
	{ "results = delivered and results in (deferred, lost)", true },
	{ "results != lost", true },
	{ "class = 2yz and reply.class != 5yz", true },
	{ "class in (4yz, no-code)", false },
	{ "trouble", true },
	{ "not result = delivered", true },
	{ "severity = error", true },
	{ "severity >= warning", true },
	{ "severity < error", false },
	{ "severity != none", true },
	{ "confidence = probable", true },
	{ "finding.confidence >= certain", false },
	{ "tls.via = starttls and session.tls != none", true },
	{ "tls.version > ssl2", false },
	{ "tls.version != 1.2", true },
	/* flags */
	{ "tls", true },
	{ "open", false },
	{ "not tagged", true },
	{ "encrypted = yes and midstream = no", true },
	{ "tls.failed", false },
	{ "gaps or one_sided or limited or cut", false },
	/* findings */
	{ "finding = reply-mid-data", true },
	{ "findings in (session-421, body-bare-newline)", true },
	{ "finding = session-421", false },
	{ "finding != reply-mid-data", false },
	{ "finding ~ mid-data", true },
	{ "finding ~ ^tcp-", false },
	{ "finding !~ ^tcp-", true },
	{ "finding = none", false },
	{ "finding = any", true },
	{ "kind = violation", true },
	{ "finding.kind = transport", false },
	{ "finding.counted = reply-mid-data", true },
	{ "counted = none", false },
	{ "cause = reply-mid-data", true },
	{ "cause = body-bare-newline", false },
	{ "cause = none", false },
	/* texts */
	{ "helo = mx1.example.org", true },
	{ "helo = mx1.example", false },
	{ "helo ~ EXAMPLE", true },
	{ "helo ~ ^mx1 and helo ~ org$ and helo ~ ^mx1*org$", true },
	{ "helo ~ ^example", false },
	{ "helo ~ example$", false },
	{ "helo ~ ^mx1*mx1", false },
	{ "banner ~ \"far.example ESMTP\"", true },
	{ "banner !~ exim", true },
	{ "from = alice@example.org", true },
	{ "from = ALICE@EXAMPLE.ORG", true },
	{ "from = <>", true },
	{ "from = \"<>\"", true },
	{ "from = bob@far.example.net", false },
	{ "from != alice@example.org", false },
	{ "from.domain = example.org", true },
	{ "from.domain = ample.org", false },
	{ "rcpt = carol@other.example.net", true },
	{ "rcpt in (x@y, bob@far.example.net)", true },
	{ "rcpt ~ @far*net$", true },
	{ "rcpt ~ ^bob@*third", false },
	{ "rcpt = a*b@third.example", true },
	{ "rcpt = axb@third.example", false },
	{ "rcpt ~ a\\*b", true },
	{ "rcpt ~ b\\*b", false },
	{ "rcpt.domain in (third.example)", true },
	{ "to.domain ~ example", true },
	{ "reply ~ queued", true },
	{ "qid ~ ^4X", true },
	{ "qid = \"\"", false },
	{ "message_id ~ @mx.example.org", true },
	/* words alone */
	{ "alice", true },
	{ "ALICE@", true },
	{ "mallory", false },
	{ "'far.example ESMTP'", true },
	{ "mid-data", true },
	{ "server-fin", true },
	{ "deferred", true },
	{ "rejected", false },
	{ "203.0.113.", true },
	{ "203.0.114.", false },
	{ "203.0.113.0/24", true },
	{ "203.0.114.0/24", false },
	{ "\"open\"", false },
	/* and, or, not */
	{ "tls and alice or mallory", true },
	{ "mallory and tls or alice", true },
	{ "mallory and (tls or alice)", false },
	{ "mallory or tls and open", false },
	{ "not mallory and not open", true },
	{ "not (mallory or open)", true },
	{ "not not tls", true },
	{ "!open&&!mallory||open", true },
	{ "!!!tls", false },
	{ "NOT mallory AND tls Or open", true },
	{ "host=203.0.113.9&&port=25", true },
	{ "((((tls))))", true },
};

static void
test_rows(void **state)
{
	struct budget b = { 0 };
	struct store *s = store_new(&b);
	const struct session_row *r;
	struct error err;
	struct fake f;
	uint64_t used;
	size_t i;

	(void)state;
	the_session(&f);
	r = store_put(s, &f.s, false);
	used = b.used;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct filter *filter = filter_compile(rows[i].text, NULL, &err);

		if (!filter)
			fail_msg("%s: %s", rows[i].text, err.text);
		else if (filter_match(filter, s, r) != rows[i].want)
			fail_msg("%s: want %d", rows[i].text, rows[i].want);
		filter_free(filter);
	}
	assert_int_equal(b.used, used);
	store_free(s);
}

/* A session of which little is known: nothing fits, and the opposite is true. */
static void
test_unknown(void **state)
{
	static const struct {
		const char *text;
		bool want;
	} little[] = {
		{ "result = unknown", false },
		{ "result != delivered", true },
		{ "confidence >= possible", false },
		{ "cause = none and finding = none", true },
		{ "finding = any", false },
		{ "kind != security", true },
		{ "wait >= 0", false },
		{ "wait < 1h", false },
		{ "code < 999", false },
		{ "closure = quit", false },
		{ "closure != quit", true },
		{ "from = \"\" and rcpt = '' and helo = ''", true },
		{ "from ~ a", false },
		{ "from.domain !~ a", true },
		{ "severity = none", true },
		{ "severity >= note", false },
		{ "open", true },
		{ "number = 0..9", false },
		{ "quit", false },
	};
	struct budget b = { 0 };
	struct store *s = store_new(&b);
	const struct session_row *r;
	struct error err;
	struct fake f;
	size_t i;

	(void)state;
	fake_plain(&f, 0);
	f.s.number = 0;
	r = store_put(s, &f.s, true);
	for (i = 0; i < sizeof little / sizeof little[0]; i++) {
		struct filter *filter = filter_compile(little[i].text, NULL, &err);

		assert_non_null(filter);
		if (filter_match(filter, s, r) != little[i].want)
			fail_msg("%s: want %d", little[i].text, little[i].want);
		filter_free(filter);
	}
	store_free(s);
}

/* A million times a usual filter: counted in rows, so that a slow machine does not matter; that
 * rows are told apart is what fails here when the work is skipped. */
static void
test_many(void **state)
{
	enum { ROWS = 20000 };
	struct budget b = { 0 };
	struct store *s = store_new(&b);
	struct filter *filter;
	size_t i, matches = 0, want = 0;
	struct error err;
	struct fake f;

	(void)state;
	filter = filter_compile("severity >= warning and rcpt ~ @far", NULL, &err);
	for (i = 0; i < ROWS; i++) {
		fake_session(&f, i);
		matches += filter_match(filter, s, store_put(s, &f.s, false));
		want += i % 10 == 3;
	}
	assert_int_equal(matches, want);
	filter_free(filter);
	store_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
