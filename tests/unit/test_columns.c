/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_columns - a search leaves out the columns that cannot have the word; so what a
 * column says it is made of has to be true of all it ever writes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/budget.h"
#include "base/error.h"
#include "base/output.h"
#include "report/reporter.h"
#include "test_store_rows.h"
#include "tui/columns.h"

/* Numbers of every length, also those that are no real ones. */
static void
stretch(struct session_row *r, unsigned i)
{
	r->number = i % 3 ? (uint64_t)i << i % 50 : 0;
	r->first_ts = i % 7 ? (int64_t)((uint64_t)i << i % 60) : -INT64_C(5000000000);
	r->last_ts = r->first_ts + (int64_t)((uint64_t)i << i % 54);
	r->wait = i % 5 ? (int64_t)((uint64_t)i << i % 57) : -1;
	r->octets[0] = (uint64_t)i << i % 56;
	r->transactions = i << i % 20;
	r->rcpts = i << i % 22;
	r->ep[0].port = (uint16_t)(i * 7);
	if (i % 2)
		r->ep[i % 4 / 2].addr = (struct ipaddr){ 6,
			{ (uint8_t)i, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, (uint8_t)(i >> 3) } };
}

static void
check_text(const struct column *c, const struct column_context *x)
{
	struct output *out = output_memory();
	struct error ignored;
	struct slice text, one;
	size_t i;

	column_text(c, out, x);
	text = output_slice(out);
	for (i = 0; i < text.n; i++) {
		one = slice_of(text.p + i, 1);
		if (!column_may_have(c, x->cfg, one))
			fail_msg("%s: \"%.*s\" has an octet that it is not made of", c->name,
			    (int)text.n, (const char *)text.p);
	}
	output_close(out, &ignored);
}

static void
test_made_of(void **state)
{
	static const enum time_style times[] = { TIME_RELATIVE, TIME_EPOCH, TIME_DATE, TIME_DAY };
	struct budget b = { 0 };
	struct store *s = store_new(&b);
	struct session_row row;
	struct fake f;
	unsigned i;
	size_t k;

	(void)state;
	for (i = 0; i < 3000; i++) {
		struct column_context x = { s, NULL, &row, times[i % 4] };

		fake_session(&f, i);
		row = *store_put(s, &f.s, i % 9 == 0);
		stretch(&row, i);
		for (k = 0; column_at(k); k++)
			check_text(column_at(k), &x);
	}
	store_free(s);
}

static void
test_left_out(void **state)
{
	static const struct address_name name = { .name = "mail" };
	static const struct report_config named = { .names = &name, .nnames = 1 };
	static const struct {
		const char *column, *word;
		const struct report_config *cfg;
		bool want;
	} rows[] = {
		{ "number", "17", NULL, true },
		{ "number", "x", NULL, false },
		{ "number", "1x", NULL, false },
		{ "octets", "4M", NULL, true },
		{ "client", "2001:DB8", NULL, true },
		{ "client", "mail", NULL, false },
		{ "client", "mail", &named, true },
		{ "server", "]:25", NULL, true },
		{ "cause", "\x01", NULL, true },
		{ "sender", "<>", NULL, true },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct column *c = column_at((size_t)column_find(rows[i].column));

		if (column_may_have(c, rows[i].cfg, slice_str(rows[i].word)) != rows[i].want)
			fail_msg("%s, %s: want %d", rows[i].column, rows[i].word, rows[i].want);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_made_of),
		cmocka_unit_test(test_left_out) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
