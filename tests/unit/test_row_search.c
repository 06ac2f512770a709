/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_row_search - a search finds the rows in whose lines a plain look finds the text, and
 * no others; before it is prepared and after.
 *
 * Half of the needles are cut out of lines, so that there is something to be found.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/budget.h"
#include "base/error.h"
#include "base/output.h"
#include "report/reporter.h"
#include "test_store_rows.h"
#include "tui/row_search.h"
#include "tui/search.h"

enum { ROWS = 1500 };

static const char *const layouts[] = {
	"number,start,client,server,severity,result,end,duration,octets,tx,rcpt,sender,helo",
	"tls,cause,check,seen,wait,recipients,banner,queue-id,message-id,reply,sender",
	"cause",
	"helo,sender",
};

static struct store *
rows_of_all_kinds(struct budget *b)
{
	struct store *s = store_new(b);
	struct session_row *r;
	struct fake f;
	size_t i;

	for (i = 0; i < ROWS; i++) {
		if (i % 11)
			fake_session(&f, i);
		else
			fake_plain(&f, i);
		r = store_put(s, &f.s, i % 13 == 0);
		r->flags |= i % 17 == 0 ? ROW_TLS : 0;
		r->flags |= i % 34 == 0 ? ROW_TLS_FAILED : 0;
		r->flags |= i % 19 == 0 ? ROW_GAPS : 0;
		r->flags |= i % 38 == 0 ? ROW_ONE_SIDED : 0;
	}
	return s;
}

static bool
plain_has(const struct column_layout *l, const struct column_context *x, struct slice needle)
{
	struct output *out = output_memory();
	struct error ignored;
	bool has;

	row_line(l, out, x);
	has = search_find(output_slice(out), 0, needle).n > 0;
	output_close(out, &ignored);
	return has;
}

/* Rows that have it. */
static size_t
check(const struct column_layout *l, struct column_context *x, struct store *s, struct slice needle)
{
	struct row_search *search = row_search_new(l, x, needle);
	size_t found = 0, i;
	unsigned prepared;
	bool has;

	for (prepared = 0; prepared < 2; prepared++) {
		while (prepared && row_search_prepare(search))
			continue;
		for (i = 0; i < store_count(s); i++) {
			x->row = store_at(s, i);
			has = plain_has(l, x, needle);
			found += has;
			if (row_search_has(search, x->row) != has)
				fail_msg("\"%.*s\" in row %zu: want %d (prepared: %u)",
				    (int)needle.n, (const char *)needle.p, i, has, prepared);
		}
	}
	row_search_free(search);
	return found / 2;
}

static struct column_layout
layout_of(const char *names)
{
	struct column_layout l = { .n = 0 };
	const char *bad;
	size_t n;

	assert_true(column_choose(&l, names, &bad, &n));
	return l;
}

static void
test_words(void **state)
{
	static const char *const words[] = { "nowhere", "sender", "user1", "USER1", "User1",
		"<user", "1@example.org>", "<>", "warn", "ERROR", "error", "quit", "open",
		"delivered", "no mail", "mail", "impl", "fail", "late", "in tls", "gaps", "1side", "bare",
		"Please try", "Try again", "try  again", "again ", " again", "ok: queued",
		"queued as 4X", "  ", " ", "-", "7", "17", "192.0.2.", "2001:db8", ":25",
		"mx1.example.org  ", "Postfix", "mail.far", "body-bare", "\xff", "far.example" };
	static const struct address_name name = { { 4, { 198, 51, 100, 3 } }, "relay" };
	static const struct report_config named = { .names = &name, .nnames = 1 };
	struct budget b = { 0 };
	struct store *s = rows_of_all_kinds(&b);
	struct column_context x = { .store = s };
	size_t i, k, found = 0;

	(void)state;
	for (i = 0; i < sizeof layouts / sizeof layouts[0]; i++) {
		struct column_layout l = layout_of(layouts[i]);

		for (k = 0; k < sizeof words / sizeof words[0]; k++)
			found += check(&l, &x, s, slice_str(words[k])) > 0;
		x.cfg = i == 0 ? &named : NULL;
		assert_int_equal(check(&l, &x, s, slice_str("relay")) > 0, i == 0);
		x.cfg = NULL;
	}
	assert_true(found > 60);
	store_free(s);
}

/* Parts of lines, some of them with a letter that is not so there. */
static void
test_cut_out(void **state)
{
	struct budget b = { 0 };
	struct store *s = rows_of_all_kinds(&b);
	struct column_context x = { .store = s };
	struct error ignored;
	unsigned i;

	(void)state;
	srand(1);
	for (i = 0; i < 120; i++) {
		struct column_layout l = layout_of(layouts[i % 4]);
		struct output *out = output_memory();
		struct slice line;
		size_t from, n;
		uint8_t part[24];

		x.row = store_at(s, (size_t)rand() % ROWS);
		row_line(&l, out, &x);
		line = output_slice(out);
		if (line.n) {
			from = (size_t)rand() % line.n;
			n = 1 + (size_t)rand() % sizeof part;
			n = n < line.n - from ? n : line.n - from;
			memcpy(part, line.p + from, n);
			if (i % 3 == 0)
				part[n / 2] ^= 0x20;
			if (check(&l, &x, s, slice_of(part, n)) == 0 && i % 3)
				fail_msg("\"%.*s\" was there", (int)n, (const char *)part);
		}
		output_close(out, &ignored);
	}
	store_free(s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_words),
		cmocka_unit_test(test_cut_out) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
