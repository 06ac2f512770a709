/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unit tests of header: which Message-ID is found, which differences two copies of a
 * message may have, and that no split of the input changes anything.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/budget.h"
#include "smtp/header.h"

#define FROM "From: alice@example.org\r\n"
#define ID   "Message-ID: <1@example.org>\r\n"

struct text {
	struct budget budget;
	struct arena *arena;
	struct header_scan *scan;
	struct smtp_body body;
};

static void
begin(struct text *t)
{
	memset(t, 0, sizeof *t);
	t->arena = arena_new(&t->budget, 0);
	t->scan = header_new(t->arena);
	assert_non_null(t->scan);
	header_begin(t->scan);
}

/* In pieces of `step' octets. */
static void
feed(struct text *t, struct slice s, size_t step)
{
	size_t n;

	for (; s.n > 0; s = slice_from(s, n)) {
		n = s.n < step ? s.n : step;
		header_feed(t->scan, slice_of(s.p, n));
	}
}

static void
end(struct text *t)
{
	header_end(t->scan, t->arena, &t->body);
}

static void
fini(struct text *t)
{
	arena_free(t->arena);
	assert_int_equal(t->budget.used, 0);
}

static void
test_message_id(void **state)
{
	static const struct row {
		const char *name, *text, *id;
	} rows[] = {
		{ "plain", FROM ID "\r\ntext\r\n", "<1@example.org>" },
		{ "first line", ID FROM "\r\ntext\r\n", "<1@example.org>" },
		{ "letters of either case", "MESSAGE-id: <a@b>\r\n\r\n", "<a@b>" },
		{ "folded", "Message-ID:\r\n <a@b>\r\n\r\n", "<a@b>" },
		{ "folded with a tab", FROM "Message-ID:\r\n\t<a@b>\r\n\r\n", "<a@b>" },
		{ "blank before the colon", "Message-ID : <a@b>\r\n\r\n", "<a@b>" },
		{ "words around it", "Message-ID: see <a@b> there\r\n\r\n", "<a@b>" },
		{ "two, the first counts", "Message-ID: <a@b>\r\n" ID "\r\n", "<a@b>" },
		{ "bare LF", "From: a\nMessage-ID: <a@b>\n\ntext\n", "<a@b>" },
		{ "in the text", FROM "\r\n" ID, "" },
		{ "another field", "X-Message-ID: <a@b>\r\n\r\n", "" },
		{ "longer name", "Message-ID-Hash: <a@b>\r\n\r\n", "" },
		{ "no brackets", "Message-ID: a@b\r\n\r\n", "" },
		{ "never closed", "Message-ID: <a@b\r\n\r\n", "" },
		{ "continuation at the start", " <a@b>\r\n" FROM "\r\n", "" },
		{ "nothing", "", "" },
		{ "no header", "This is no header\r\n", "" },
	};
	size_t i, step;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		for (step = 1; step < 40; step++) {
			struct text t;

			begin(&t);
			feed(&t, slice_str(rows[i].text), step);
			end(&t);
			if (!slice_eq(t.body.message_id, slice_str(rows[i].id)))
				fail_msg("%s, pieces of %zu: got \"%.*s\", want \"%s\"",
				    rows[i].name, step, (int)t.body.message_id.n,
				    (const char *)t.body.message_id.p, rows[i].id);
			fini(&t);
		}
	}
}

static void
test_hashes(void **state)
{
	static const char plain[] = FROM ID "\r\ntext\r\n";
	static const struct row {
		const char *name, *text;
		bool same_text, same_trace;
	} rows[] = {
		{ "the same", FROM ID "\r\ntext\r\n", true, true },
		{ "other text", FROM ID "\r\nText\r\n", false, true },
		{ "other field", "From: bob@example.org\r\n" ID "\r\ntext\r\n", false, true },
		{ "a trace field", "Received: from a by b;\r\n\tMon\r\n" FROM ID "\r\ntext\r\n",
		    true, false },
		{ "a date", FROM "date: Mon\r\n" ID "\r\ntext\r\n", true, false },
		{ "a signature", "DKIM-Signature: v=1;\r\n b=x\r\n" FROM ID "\r\ntext\r\n", true,
		    false },
		{ "its name in the text", FROM ID "\r\nDate: text\r\n", false, true },
		{ "a name that begins so", FROM "Date-X: Mon\r\n" ID "\r\ntext\r\n", false, true },
	};
	struct text a, b;
	size_t i, step;

	(void)state;
	begin(&a);
	feed(&a, slice_str(plain), sizeof plain);
	end(&a);
	assert_int_not_equal(a.body.text_hash, 0);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		for (step = 1; step < 40; step++) {
			begin(&b);
			feed(&b, slice_str(rows[i].text), step);
			end(&b);
			if ((a.body.text_hash == b.body.text_hash) != rows[i].same_text ||
			    (a.body.trace_hash == b.body.trace_hash) != rows[i].same_trace)
				fail_msg("%s, pieces of %zu: got text %d trace %d, want %d and %d",
				    rows[i].name, step, a.body.text_hash == b.body.text_hash,
				    a.body.trace_hash == b.body.trace_hash, rows[i].same_text,
				    rows[i].same_trace);
			fini(&b);
		}
	}
	fini(&a);
}

static void
test_limits(void **state)
{
	static uint8_t line[MESSAGE_ID_MAX + 40];
	struct text t;
	size_t i;

	(void)state;
	begin(&t); /* a Message-ID without end */
	memset(line, 'x', sizeof line);
	feed(&t, slice_str("Message-ID: <"), 100);
	feed(&t, slice_of(line, sizeof line), 7);
	feed(&t, slice_str(">\r\n\r\n"), 100);
	end(&t);
	assert_int_equal(t.body.message_id.n, 0);
	fini(&t);

	begin(&t); /* an endless header */
	for (i = 0; i < 2 * HEADER_READ && header_wants(t.scan); i += 10)
		feed(&t, slice_str("X-Y: abc\r\n"), 3);
	assert_int_equal(i, (HEADER_READ + 9) / 10 * 10);
	feed(&t, slice_str(ID), 100);
	end(&t);
	assert_int_equal(t.body.message_id.n, 0);
	assert_int_not_equal(t.body.text_hash, 0);
	fini(&t);

	begin(&t); /* text behind the header */
	feed(&t, slice_str(FROM "\r\n"), 100);
	for (i = 0; header_wants(t.scan); i++)
		feed(&t, slice_str("x"), 1);
	assert_int_equal(i, TEXT_READ - 2); /* the blank line counts */
	fini(&t);
}

static void
test_hole(void **state)
{
	struct text t;

	(void)state;
	begin(&t);
	feed(&t, slice_str(ID FROM), 100);
	header_gap(t.scan);
	assert_false(header_wants(t.scan));
	feed(&t, slice_str("Message-ID: <other@b>\r\n\r\n"), 100);
	end(&t);
	assert_true(slice_eq(t.body.message_id, slice_str("<1@example.org>")));
	assert_int_equal(t.body.text_hash, 0);
	fini(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_message_id),
		cmocka_unit_test(test_hashes), cmocka_unit_test(test_limits),
		cmocka_unit_test(test_hole) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
