/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unit tests of what statistics are made of: the error of histograms, fields of CSV,
 * tallies at their limit, the three forms of a table, the argument of -z.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/error.h"
#include "base/output.h"
#include "report/csv.h"
#include "report/histogram.h"
#include "report/redact.h"
#include "report/reporter.h"
#include "report/statistics.h"
#include "report/table.h"
#include "report/tally.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static void
want_output(const char *name, struct output *o, const char *want)
{
	const char *got = (const char *)output_slice(o).p;
	struct error err;

	if (strcmp(got, want) != 0)
		fail_msg("%s: got \"%s\", want \"%s\"", name, got, want);
	output_close(o, &err);
}

/* -- histogram -------------------------------------------------------------------------- */

/* Buckets follow each other without a hole, and none is wider than 1/32 of its least value. */
static void
test_buckets(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i + 1 < HISTOGRAM_BUCKETS; i++) {
		uint64_t low = histogram_low(i), high = histogram_high(i);

		if (histogram_bucket(low) != i || histogram_bucket(high) != i)
			fail_msg("bucket %zu: its ends %ju and %ju are in buckets %zu and %zu", i,
			    (uintmax_t)low, (uintmax_t)high, histogram_bucket(low),
			    histogram_bucket(high));
		if (histogram_bucket(high + 1) != i + 1)
			fail_msg("bucket %zu: got %zu behind its end, want the next", i,
			    histogram_bucket(high + 1));
		if ((high - low) * 32 > low && high != low)
			fail_msg("bucket %zu: %ju to %ju is too wide", i, (uintmax_t)low,
			    (uintmax_t)high);
	}
	assert_int_equal(histogram_bucket(INT64_MAX), HISTOGRAM_BUCKETS - 1);
}

/* The values 1 to n, times a factor, so that the exact quantile is known. */
static void
test_quantiles(void **state)
{
	static const struct {
		const char *name;
		int64_t n, factor;
	} rows[] = { { "one", 1, 12345678 }, { "two", 2, 1000 }, { "ten", 10, 7 },
		{ "thousand", 1000, 1000000 }, { "uneven", 1237, 999983 },
		{ "near the end of the range", 7, INT64_MAX / 7 } };
	static const unsigned parts[] = { 1, 10, 500, 900, 950, 990, 999, 1000 };
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct histogram h = { 0 };
		int64_t v;

		for (v = rows[i].n; v >= 1; v--)
			histogram_add(&h, v * rows[i].factor);
		assert_int_equal(h.n, rows[i].n);
		assert_int_equal(h.least, rows[i].factor);
		assert_int_equal(h.greatest, rows[i].n * rows[i].factor);
		for (k = 0; k < COUNT(parts); k++) {
			int64_t rank = (rows[i].n * parts[k] + 999) / 1000;
			int64_t want = rank * rows[i].factor;
			int64_t got = histogram_quantile(&h, parts[k]);

			if (got - want > want / 64 || want - got > want / 64)
				fail_msg("%s, %u thousandths: got %jd, want %jd within 1/64",
				    rows[i].name, parts[k], (intmax_t)got, (intmax_t)want);
		}
		histogram_fini(&h);
	}
}

static void
test_histogram_edges(void **state)
{
	struct histogram h = { 0 };

	(void)state;
	assert_int_equal(histogram_quantile(&h, 500), 0);
	histogram_add(&h, -5);
	histogram_add(&h, INT64_MAX);
	assert_int_equal(h.least, 0);
	assert_int_equal(histogram_quantile(&h, 500), 0);
	assert_true(histogram_quantile(&h, 990) == INT64_MAX);
	histogram_fini(&h);
}

/* -- CSV -------------------------------------------------------------------------------- */

static void
test_csv(void **state)
{
	static const struct {
		const char *name, *field, *want;
	} rows[] = {
		{ "plain", "quit", "quit" },
		{ "empty", "", "" },
		{ "comma", "a,b", "\"a,b\"" },
		{ "quotes", "say \"hi\"", "\"say \"\"hi\"\"\"" },
		{ "line break", "a\r\nb", "a\\r\\nb" },
		{ "blank at the end", "a ", "\"a \"" },
		{ "formula", "=1+1", "\"'=1+1\"" },
		{ "plus", "+41", "\"'+41\"" },
		{ "minus", "-1", "\"'-1\"" },
		{ "at", "@SUM(A1)", "\"'@SUM(A1)\"" },
		{ "behind blanks", "  =A1", "\"'  =A1\"" },
		{ "a tab is escaped first", "\t=A1", "\\t=A1" },
		{ "with quotes in it", "=HYPERLINK(\"x\",\"y\")",
		    "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"" },
		{ "fullwidth",
		    "\xef\xbc\x9d"
		    "A1",
		    "\"'\xef\xbc\x9d"
		    "A1\"" },
		{ "inside", "a=b", "a=b" },
		{ "an address", "<a@example.org>", "<a@example.org>" },
		{ "terminal", "\033[2J", "\\x1b[2J" },
		{ "no UTF-8", "\xff", "\\xff" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct output *o = output_memory();

		csv_field(o, slice_str(rows[i].field));
		want_output(rows[i].name, o, rows[i].want);
	}
}

/* -- tally ------------------------------------------------------------------------------ */

static int
by_number(const void *a, const void *b)
{
	const unsigned *x = a, *y = b;

	return (*x < *y) - (*x > *y);
}

static void
test_tally(void **state)
{
	static const char *const words[] = { "b", "a", "c", "a", "d", "b", "a", "", "a" };
	struct tally *t = tally_new(4, sizeof(unsigned));
	struct output *o = output_memory();
	unsigned refused = 0;
	struct slice key;
	size_t i;

	(void)state;
	tally_sort(t, by_number); /* nothing yet */
	for (i = 0; i < COUNT(words); i++) {
		unsigned *n = tally_get(t, slice_str(words[i]));

		if (n)
			++*n;
		else
			refused++;
	}
	assert_int_equal(tally_count(t), 4);
	assert_int_equal(refused, 1);
	tally_sort(t, by_number);
	for (i = 0; i < tally_count(t); i++) {
		const unsigned *n = tally_at(t, i, &key);

		out_printf(o, "%.*s%u ", (int)key.n, (const char *)key.p, *n);
	}
	want_output("by value, then by key", o, "a4 b2 c1 d1 ");
	tally_free(t);
	tally_free(NULL);
}

/* -- tables ----------------------------------------------------------------------------- */

static void
fill(const struct table_sink *sink, bool flows)
{
	static const struct table_column columns[] = {
		{ "what", "what", COLUMN_TEXT, 0, false },
		{ "hidden", NULL, COLUMN_NUMBER, 0, false },
		{ "n", "count", COLUMN_NUMBER, 0, false },
		{ "never", "never", COLUMN_NUMBER, 0, true },
		{ "took", "took", COLUMN_DURATION, 0, false },
		{ "share", "share", COLUMN_SHARE, 0, false },
		{ "at", "at", COLUMN_TIME, 0, false },
		{ "text", "text", COLUMN_TEXT, 0, false },
	};
	struct table *t = table_new(sink, "test", columns, COUNT(columns), flows);

	table_text(t, "first");
	table_number(t, 7);
	table_number(t, 1234567);
	table_number(t, 0);
	table_time(t, 1500000);
	table_share(t, 1, 3);
	table_time(t, INT64_C(1768478400123456000));
	table_wire(t, slice_of("=\xff\"\n", 4));
	table_text(t, NULL);
	table_none(t);
	table_number(t, 0);
	table_number(t, 0);
	table_none(t);
	table_share(t, 0, 0);
	table_none(t);
	table_text(t, "last");
	table_end(t);
}

static void
test_table(void **state)
{
	static const struct report_config cfg = { .digits = 6 };
	static const struct {
		const char *name;
		enum table_form form;
		bool flows;
		const char *want;
	} rows[] = {
		{ "text", TABLE_TEXT, false,
		    "  what       count    took   share                    at  text\n"
		    "  first  1,234,567  1.5 ms  33.3 %  2026-01-15T12:00:00Z  =\\xff\"\\n\n"
		    "  -              0       -   0.0 %                     -  last\n" },
		{ "flowing text", TABLE_TEXT, true,
		    "  what  count  never  took  share  at  text\n"
		    "  first  1,234,567      0  1.5 ms  33.3 %  2026-01-15T12:00:00Z  =\\xff\"\\n\n"
		    "  -         0      0     -  0.0 %   -  last\n" },
		{ "CSV", TABLE_CSV, false,
		    "what,hidden,n,never,took,share,at,text\r\n"
		    "first,7,1234567,0,0.001500,0.333333,2026-01-15T12:00:00.123456Z,"
		    "\"'=\\xff\"\"\\n\"\r\n"
		    ",,0,0,,0.000000,,last\r\n" },
		{ "records", TABLE_JSONL, false,
		    "{\"schema\":\"smtpscope/1\",\"event_type\":\"statistics\",\"statistics\":"
		    "{\"name\":\"test\",\"what\":\"first\",\"hidden\":7,\"n\":1234567,\"never\":0,"
		    "\"took\":0.001500,\"share\":0.333333,\"at\":\"2026-01-15T12:00:00.123456Z\","
		    "\"text\":\"=\\\\xff\\\"\\n\",\"text_b64\":\"Pf8iCg==\"}}\n"
		    "{\"schema\":\"smtpscope/1\",\"event_type\":\"statistics\",\"statistics\":"
		    "{\"name\":\"test\",\"n\":0,\"never\":0,\"share\":0.000000,\"text\":\"last\"}}"
		    "\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct output *o = output_memory();
		struct table_sink sink = { o, rows[i].form, &cfg, redactor_new(0) };

		fill(&sink, rows[i].flows);
		redactor_free(sink.redactor);
		want_output(rows[i].name, o, rows[i].want);
	}
}

/* -- the argument of -z ----------------------------------------------------------------- */

static void
test_argument(void **state)
{
	static const struct {
		const char *list;
		uint32_t want; /* 0: refused */
		const char *says;
	} rows[] = {
		{ "sessions", 1, NULL },
		{ "results,sessions", 3, NULL },
		{ "sessions,sessions", 1, NULL },
		{ "session", 0, "is no statistic: give a list of sessions, results" },
		{ "", 0, "or help" },
		{ "sessions,", 0, "or help" },
		{ "gzip", 0, "tcpdump's -z" },
		{ "/usr/bin/xz", 0, "tcpdump's -z" },
		{ "gzip -9", 0, "tcpdump's -z" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct error err = { "" };
		uint32_t set = 0;
		int rc = statistics_parse(rows[i].list, &set, &err);

		if ((rc == 0) != (rows[i].want != 0) || (rc == 0 && set != rows[i].want))
			fail_msg(
			    "\"%s\": got %d and %x, want %x", rows[i].list, rc, set, rows[i].want);
		if (rows[i].says && !strstr(err.text, rows[i].says))
			fail_msg("\"%s\": got \"%s\", want \"%s\" in it", rows[i].list, err.text,
			    rows[i].says);
	}
	assert_ptr_equal(statistics_format(&reporter_csv), &reporter_csv);
	assert_string_equal(statistics_format(&reporter_text)->name, "text");
	assert_null(statistics_format(&reporter_html));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buckets),
		cmocka_unit_test(test_quantiles),
		cmocka_unit_test(test_histogram_edges),
		cmocka_unit_test(test_csv),
		cmocka_unit_test(test_tally),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_argument),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
