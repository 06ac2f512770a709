/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_base_text - what leaves the program as text: escaped octets, times,
 * durations, and sentences of errors.
 *
 * Every escaped input lies against a guard page.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/error.h"
#include "base/escape.h"
#include "base/output.h"
#include "base/timefmt.h"
#include "guarded.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define TEXT(s)  s, sizeof(s) - 1

/* The input from a page's end through the escaper, as a string in `out'. */
static void
escaped(
    void (*escape)(struct output *, struct slice), const void *in, size_t n, char *out, size_t size)
{
	struct output *o = output_memory();
	uint8_t *copy = guarded_copy(in, n);
	struct error err;
	struct slice s;

	escape(o, slice_of(copy, n));
	s = output_slice(o);
	assert_true(s.n < size);
	memcpy(out, s.p, s.n);
	out[s.n] = '\0';
	guarded_free(copy, n);
	assert_int_equal(output_close(o, &err), 0);
}

static void
expect_text(const char *name, const char *got, const char *want)
{
	if (strcmp(got, want) != 0)
		fail_msg("%s: got \"%s\", want \"%s\"", name, got, want);
}

static const struct escape_row {
	const char *name;
	const char *in;
	size_t n;
	const char *want;
	const char *detail; /* escape_detail(); NULL: the same */
	bool valid;         /* utf8_valid() */
} escape_rows[] = {
	{ "empty", TEXT(""), "", NULL, true },
	{ "ascii", TEXT("250-mx.example ~!"), "250-mx.example ~!", NULL, true },
	{ "line ends", TEXT("a\r\nb\tc"), "a\\r\\nb\\tc", "a\\r\nb\\tc", true },
	{ "backslash", TEXT("a\\r"), "a\\\\r", "a\\r", true },
	{ "nul", TEXT("a\0b"), "a\\x00b", NULL, true },
	{ "terminal sequence", TEXT("\x1b]0;x\x07\x1b[2J"), "\\x1b]0;x\\x07\\x1b[2J", NULL, true },
	{ "del", TEXT("\x7f"), "\\x7f", NULL, true },
	{ "two octets", TEXT("\xc3\xbc"), "\xc3\xbc", NULL, true },
	{ "three octets", TEXT("\xe2\x82\xac"), "\xe2\x82\xac", NULL, true },
	{ "four octets", TEXT("\xf0\x9f\x93\xa7"), "\xf0\x9f\x93\xa7", NULL, true },
	{ "first of two", TEXT("\xc2\xa0"), "\xc2\xa0", NULL, true },
	{ "last of three", TEXT("\xef\xbf\xbd"), "\xef\xbf\xbd", NULL, true },
	{ "last code point", TEXT("\xf4\x8f\xbf\xbd"), "\xf4\x8f\xbf\xbd", NULL, true },
	{ "before the surrogates", TEXT("\xed\x9f\xbf"), "\xed\x9f\xbf", NULL, true },
	{ "surrogate", TEXT("\xed\xa0\x80"), "\\xed\\xa0\\x80", NULL, false },
	{ "overlong slash", TEXT("\xc0\xaf"), "\\xc0\\xaf", NULL, false },
	{ "overlong of three", TEXT("\xe0\x9f\xbf"), "\\xe0\\x9f\\xbf", NULL, false },
	{ "overlong of four", TEXT("\xf0\x8f\xbf\xbf"), "\\xf0\\x8f\\xbf\\xbf", NULL, false },
	{ "beyond the last", TEXT("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80", NULL, false },
	{ "no such lead", TEXT("\xf5\x80\xff"), "\\xf5\\x80\\xff", NULL, false },
	{ "lone continuation", TEXT("a\x80z"), "a\\x80z", NULL, false },
	{ "cut two", TEXT("a\xc3"), "a\\xc3", NULL, false },
	{ "cut three", TEXT("a\xe2\x82"), "a\\xe2\\x82", NULL, false },
	{ "cut four", TEXT("\xf0\x9f\x93"), "\\xf0\\x9f\\x93", NULL, false },
	{ "valid behind a cut one", TEXT("\xe2\x82\xc3\xbc"), "\\xe2\\x82\xc3\xbc", NULL, false },
	{ "ascii behind a cut one",
	    TEXT("\xf0\x9f"
	         "ab"),
	    "\\xf0\\x9f"
	    "ab",
	    NULL, false },
	{ "c1",
	    TEXT("\xc2\x9b"
	         "31m"),
	    "\\xc2\\x9b31m", NULL, true },
	{ "soft hyphen",
	    TEXT("a\xc2\xad"
	         "b"),
	    "a\\xc2\\xadb", NULL, true },
	{ "arabic letter mark", TEXT("\xd8\x9c"), "\\xd8\\x9c", NULL, true },
	{ "arabic letter", TEXT("\xd8\xa7"), "\xd8\xa7", NULL, true },
	{ "zero width space", TEXT("\xe2\x80\x8b"), "\\xe2\\x80\\x8b", NULL, true },
	{ "hair space", TEXT("\xe2\x80\x8a"), "\xe2\x80\x8a", NULL, true },
	{ "right-to-left mark", TEXT("\xe2\x80\x8f"), "\\xe2\\x80\\x8f", NULL, true },
	{ "hyphen", TEXT("\xe2\x80\x90"), "\xe2\x80\x90", NULL, true },
	{ "line separator", TEXT("\xe2\x80\xa8"), "\\xe2\\x80\\xa8", NULL, true },
	{ "right-to-left override", TEXT("\xe2\x80\xae"), "\\xe2\\x80\\xae", NULL, true },
	{ "narrow space", TEXT("\xe2\x80\xaf"), "\xe2\x80\xaf", NULL, true },
	{ "isolate", TEXT("\xe2\x81\xa6"), "\\xe2\\x81\\xa6", NULL, true },
	{ "end of isolate", TEXT("\xe2\x81\xa9"), "\\xe2\\x81\\xa9", NULL, true },
	{ "superscript zero", TEXT("\xe2\x81\xb0"), "\xe2\x81\xb0", NULL, true },
	{ "byte order mark", TEXT("\xef\xbb\xbf"), "\\xef\\xbb\\xbf", NULL, true },
	{ "tag", TEXT("\xf3\xa0\x81\xa1"), "\\xf3\\xa0\\x81\\xa1", NULL, true },
};

static void
test_escape(void **state)
{
	const struct escape_row *r;
	char got[128];
	uint8_t *copy;

	(void)state;
	for (r = escape_rows; r < escape_rows + COUNT(escape_rows); r++) {
		escaped(escape_text, r->in, r->n, got, sizeof got);
		expect_text(r->name, got, r->want);
		escaped(escape_detail, r->in, r->n, got, sizeof got);
		expect_text(r->name, got, r->detail ? r->detail : r->want);
		copy = guarded_copy(r->in, r->n);
		if (utf8_valid(slice_of(copy, r->n)) != r->valid)
			fail_msg("%s: got valid %d, want %d", r->name, !r->valid, r->valid);
		guarded_free(copy, r->n);
	}
}

/* What may come out, whatever goes in: printable ASCII and well-formed UTF-8. */
static void
test_escape_every_octet(void **state)
{
	char got[64];
	uint8_t in[2];
	unsigned a, b;
	size_t i;

	(void)state;
	for (a = 0; a < 256; a++) {
		for (b = 0; b < 256; b++) {
			in[0] = (uint8_t)a;
			in[1] = (uint8_t)b;
			escaped(escape_text, in, 2, got, sizeof got);
			assert_true(utf8_valid(slice_str(got)));
			for (i = 0; got[i]; i++)
				if ((uint8_t)got[i] < 0x20 || got[i] == 0x7f)
					fail_msg(
					    "octets %02x %02x: got control %02x", a, b, got[i]);
			if (a >= 0x20 && a < 0x7f && a != '\\')
				assert_int_equal(got[0], (int)a);
		}
	}
}

/* Hidden text can only be undone by the reader if no two inputs look the same. */
static void
test_escape_is_unambiguous(void **state)
{
	char real[32], written[32];

	(void)state;
	escaped(escape_text, "\x1b", 1, real, sizeof real);
	escaped(escape_text, "\\x1b", 4, written, sizeof written);
	assert_string_equal(real, "\\x1b");
	assert_string_equal(written, "\\\\x1b");
}

static const struct time_row {
	const char *name;
	int64_t ns;
	int digits;
	const char *rfc3339, *clock;
} time_rows[] = {
	{ "epoch", 0, 6, "1970-01-01T00:00:00.000000Z", "00:00:00.000000" },
	{ "cut, not rounded", 1999999999, 6, "1970-01-01T00:00:01.999999Z", "00:00:01.999999" },
	{ "nanoseconds", 1999999999, 9, "1970-01-01T00:00:01.999999999Z", "00:00:01.999999999" },
	{ "before 1970", -1, 9, "1969-12-31T23:59:59.999999999Z", "23:59:59.999999999" },
	{ "before 1970, cut", -1, 6, "1969-12-31T23:59:59.999999Z", "23:59:59.999999" },
	{ "a whole second before", -NS_PER_S, 6, "1969-12-31T23:59:59.000000Z", "23:59:59.000000" },
	{ "leap day", INT64_C(951782400) * NS_PER_S, 6, "2000-02-29T00:00:00.000000Z",
	    "00:00:00.000000" },
	{ "no leap day in 2100", INT64_C(4107542400) * NS_PER_S, 6, "2100-03-01T00:00:00.000000Z",
	    "00:00:00.000000" },
	{ "last second of a year", INT64_C(1798761599) * NS_PER_S, 6, "2026-12-31T23:59:59.000000Z",
	    "23:59:59.000000" },
	{ "beyond 32 bits", INT64_C(4294967296) * NS_PER_S, 6, "2106-02-07T06:28:16.000000Z",
	    "06:28:16.000000" },
	{ "last", INT64_MAX, 9, "2262-04-11T23:47:16.854775807Z", "23:47:16.854775807" },
	{ "first", INT64_MIN, 9, "1677-09-21T00:12:43.145224192Z", "00:12:43.145224192" },
};

static void
test_time(void **state)
{
	const struct time_row *r;
	char got[TIME_TEXT_MAX];

	(void)state;
	for (r = time_rows; r < time_rows + COUNT(time_rows); r++) {
		time_rfc3339(got, r->ns, r->digits);
		expect_text(r->name, got, r->rfc3339);
		time_of_day(got, r->ns, r->digits);
		expect_text(r->name, got, r->clock);
	}
}

static const struct duration_row {
	int64_t ns;
	const char *want;
} duration_rows[] = {
	{ 0, "0 ns" },
	{ 999, "999 ns" },
	{ 1000, "1 us" },
	{ 1234, "1.23 us" },
	{ 1235, "1.24 us" },
	{ 999499, "999 us" },
	{ 999500, "1 ms" },
	{ 12000000, "12 ms" },
	{ 23110000, "23.1 ms" },
	{ 23150000, "23.2 ms" },
	{ 999600000, "1 s" },
	{ 1001000000, "1 s" },
	{ 1010000000, "1.01 s" },
	{ 4020000000, "4.02 s" },
	{ 31200000000, "31.2 s" },
	{ 59940000000, "59.9 s" },
	{ 59960000000, "1 min 0 s" },
	{ 60000000000, "1 min 0 s" },
	{ 300400000000, "5 min 0 s" },
	{ 300500000000, "5 min 1 s" },
	{ 3599400000000, "59 min 59 s" },
	{ 3599500000000, "1 h 0 min" },
	{ 5400000000000, "1 h 30 min" },
	{ 86370000000000, "1 d 0 h" },
	{ 93600000000000, "1 d 2 h" },
	{ -12000000, "-12 ms" },
	{ -300000000000, "-5 min 0 s" },
	{ INT64_MAX, "106752 d 0 h" }, /* 23 h 47 min, rounded */
	{ INT64_MIN, "-106752 d 0 h" },
};

static void
test_duration(void **state)
{
	const struct duration_row *r;
	char got[TIME_TEXT_MAX], name[32];

	(void)state;
	for (r = duration_rows; r < duration_rows + COUNT(duration_rows); r++) {
		time_duration(got, r->ns);
		snprintf(name, sizeof name, "%lld ns", (long long)r->ns);
		expect_text(name, got, r->want);
	}
}

static void
test_error(void **state)
{
	struct error err;
	char longer[2 * sizeof err.text];

	(void)state;
	error_set(&err, "%s, line %d", "reason", 7);
	error_prefix(&err, "%s", "x.pcap");
	assert_string_equal(err.text, "x.pcap: reason, line 7");
	error_set(&err, "again: %s", err.text); /* an argument may be the text itself */
	assert_string_equal(err.text, "again: x.pcap: reason, line 7");

	memset(longer, 'a', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	error_set(&err, "%s", longer);
	assert_int_equal(strlen(err.text), sizeof err.text - 1);
	assert_string_equal(err.text + sizeof err.text - 5, "a...");
	error_prefix(&err, "p");
	assert_int_equal(strlen(err.text), sizeof err.text - 1);
	assert_string_equal(err.text + sizeof err.text - 5, "a...");
	assert_memory_equal(err.text, "p: aaa", 6);
	longer[sizeof err.text - 1] = '\0'; /* fits exactly */
	error_set(&err, "%s", longer);
	assert_string_equal(err.text, longer);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escape),
		cmocka_unit_test(test_escape_every_octet),
		cmocka_unit_test(test_escape_is_unambiguous),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_duration),
		cmocka_unit_test(test_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
