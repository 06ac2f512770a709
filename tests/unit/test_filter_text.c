/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_filter_text - expressions that are wrong, and any octets at all: an error in
 * a column that exists, or a filter; never more.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/budget.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/output.h"
#include "filter/filter.h"
#include "test_store_rows.h"

static const struct {
	const char *text;
	size_t column;
	const char *want; /* a part of the error */
} rows[] = {
	{ "", 1, "empty" },
	{ "   ", 1, "empty" },
	{ "severty >= warning", 1, "do you mean severity?" },
	{ "rcpt.domian = x", 1, "do you mean rcpt.domain?" },
	{ "tls and xyzzy = 3", 9, "there is no field \"xyzzy\"" },
	{ "severity >= wraning", 13, "none, note, warning, error" },
	{ "severity", 9, "needs a comparison" },
	{ "closure = quti", 11, "quit-no-wait" },
	{ "closure < quit", 11, "has no order" },
	{ "rcpt < a", 8, "=, !=, ~, !~ or in" },
	{ "number ~ 3", 10, "is no text" },
	{ "kind ~ sec", 8, "is no text" },
	{ "finding = reply-mid-dat", 11, "do you mean reply-mid-data?" },
	{ "finding = zzzzzzzz", 11, "--list-checks" },
	{ "finding ~ zzzzzzzz", 11, "no id fits" },
	{ "kind = bad", 8, "no kind" },
	{ "open = maybe", 8, "neither yes nor no" },
	{ "number = ten", 10, "is no number" },
	{ "number = 10k", 10, "is no number" },
	{ "number = 5..1", 10, "is no number" },
	{ "number = 1..", 10, "is no number" },
	{ "number = -1", 10, "is no number" },
	{ "number = 99999999999999999999", 10, "is no number" },
	{ "octets > 9999999999999999999G", 10, "is no size" },
	{ "octets > 10q", 10, "is no size" },
	{ "duration > 5x", 12, "is no duration" },
	{ "duration > s", 12, "is no duration" },
	{ "duration > 1m3", 12, "is no duration" },
	{ "duration > 999999999999999999d", 12, "is no duration" },
	{ "start > 2026-02-29", 9, "is no time" },
	{ "start > 2026-13-01", 9, "is no time" },
	{ "start > 2026-11-22T24:00", 9, "is no time" },
	{ "start > 03:61", 9, "is no time" },
	{ "start > 9999-01-01", 9, "is no time" },
	{ "start > 2026-11-22T", 9, "is no time" },
	{ "start = 03:11..2026-11-22", 9, "is no time" },
	{ "host = 192.0.2.0/33", 8, "is no address" },
	{ "host = 2001:db8::/129", 8, "is no address" },
	{ "host = 192.0.2.1/", 8, "is no address" },
	{ "host = 192.0.2", 8, "is no address" },
	{ "host = mx.example.org", 8, "is no address" },
	{ "a b", 3, "before \"b\"" },
	{ "a and", 6, "missing at the end" },
	{ "and a", 1, "before \"and\"" },
	{ "(a", 3, "\")\"" },
	{ "a)", 2, "before \")\"" },
	{ "()", 2, "a field or a word" },
	{ "not", 4, "a field or a word" },
	{ "host in", 8, "\"(\"" },
	{ "host in (", 10, "a value" },
	{ "host in ()", 10, "a value" },
	{ "host in (::1", 13, "\",\" or \")\"" },
	{ "host in (::1,)", 14, "a value" },
	{ "host not = ::1", 10, "\"in\"" },
	{ "host = = ::1", 8, "a value" },
	{ "number =", 9, "a value" },
	{ "\"abc", 1, "quote" },
	{ "'a\\'", 1, "quote" },
	{ "\"\"", 1, "empty" },
	{ "a & b", 3, "\"and\"" },
	{ "a | b", 3, "\"or\"" },
	{ "a\001b", 2, "control" },
};

static void
test_errors(void **state)
{
	size_t i, column;
	struct error err;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		column = 0;
		if (filter_compile(rows[i].text, &column, &err))
			fail_msg("%s: no error", rows[i].text);
		if (column != rows[i].column || !strstr(err.text, rows[i].want))
			fail_msg("%s: column %zu: %s", rows[i].text, column, err.text);
	}
}

/* Compiles, and matches if that succeeds. */
static bool
try_filter(const char *text, const struct store *s, const struct session_row *r)
{
	size_t column = 0;
	struct error err = { "" };
	struct filter *f = filter_compile(text, &column, &err);

	if (f) {
		filter_match(f, s, r);
		filter_free(f);
		return true;
	}
	if (column < 1 || column > strlen(text) + 1 || !err.text[0])
		fail_msg("%s: column %zu: \"%s\"", text, column, err.text);
	return false;
}

/* A copy that ends where its memory ends, as the sanitizer or valgrind sees. */
static bool
try_part(const char *text, size_t n, const struct store *s, const struct session_row *r)
{
	char *copy = xstrndup(text, n);
	bool good = try_filter(copy, s, r);

	free(copy);
	return good;
}

static void
test_prefixes(void **state)
{
	static const char *const texts[] = {
		"severity >= warning and rcpt ~ \"@example.net\"",
		"host in (192.0.2.0/24, 2001:db8::/32) and not result = delivered",
		"finding in (reply-mid-data, pipelined-commands-lost) or duration > 1m30.5s",
		"(start >= 2026-11-22T03:11:02.5Z || start = 03:00..04:00) && !open",
		"octets > 10k and from != <> or 'a \\' b' and \"a \\\" b\" and ^x*y$",
		"cause != none and finding !~ ^tcp- and kind in (violation, security)",
		"tls.version not in (1.2, 1.3) and code = 500..599 and 192.0.2.0/24",
	};
	struct budget b = { 0 };
	struct store *s = store_new(&b);
	const struct session_row *r;
	struct fake f;
	size_t i, n;

	(void)state;
	fake_session(&f, 3);
	r = store_put(s, &f.s, false);
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		assert_true(try_filter(texts[i], s, r));
		for (n = 0; n < strlen(texts[i]); n++) {
			try_part(texts[i], n, s, r);
			try_part(texts[i] + n, strlen(texts[i]) - n, s, r);
		}
	}
	store_free(s);
}

/* Tokens in any order; the same ones every time. */
static void
test_random(void **state)
{
	static const char *const tokens[] = { "and", "or", "not", "in", "(", ")", ",", "=",
		"!=", "<", "<=", ">", ">=", "~", "!~", "&&", "||", "!", "host", "rcpt", "severity",
		"finding", "duration", "start", "octets", "open", "cause", "192.0.2.0/24", "::1",
		"warning", "reply-mid-data", "5s", "10k", "03:11", "2026-11-22", "\"x y\"", "'",
		"\"", "\\", "*", "^", "$", "^*$", "a*b*c", "<>", "1..9", "..", "\xc3\xa4", "\xff",
		"&", "|", "@", "none", "any" };
	enum { TOKENS = sizeof tokens / sizeof tokens[0], ROUNDS = 40000 };
	struct budget b = { 0 };
	struct store *s = store_new(&b);
	const struct session_row *r;
	uint32_t seed = 1;
	unsigned round, good = 0;
	struct fake f;

	(void)state;
	fake_session(&f, 3);
	r = store_put(s, &f.s, false);
	for (round = 0; round < ROUNDS; round++) {
		char text[200];
		size_t n = 0, i, count = 1 + round % 9;

		for (i = 0; i < count; i++) {
			seed = seed * 1664525 + 1013904223;
			n += (size_t)snprintf(text + n, sizeof text - n, "%s%s",
			    tokens[(seed >> 8) % TOKENS], seed >> 31 ? " " : "");
		}
		good += try_filter(text, s, r);
	}
	/* Otherwise nothing but the first token has been looked at. */
	assert_in_range(good, ROUNDS / 100, ROUNDS / 2);
	store_free(s);
}

static void
test_octets(void **state)
{
	struct budget b = { 0 };
	struct store *s = store_new(&b);
	const struct session_row *r;
	uint32_t seed = 7;
	struct fake f;
	unsigned round;

	(void)state;
	fake_session(&f, 3);
	r = store_put(s, &f.s, false);
	for (round = 0; round < 20000; round++) {
		char text[24];
		size_t i;

		for (i = 0; i < sizeof text - 1; i++) {
			seed = seed * 1664525 + 1013904223;
			text[i] = (char)(seed >> 24);
		}
		text[round % sizeof text] = '\0';
		text[sizeof text - 1] = '\0';
		try_filter(text, s, r);
	}
	store_free(s);
}

/* `n' times the same, then the end. */
static char *
repeated(const char *what, size_t n, const char *end)
{
	size_t len = strlen(what), i;
	char *text = xmalloc(n * len + strlen(end) + 1);

	for (i = 0; i < n; i++)
		memcpy(text + i * len, what, len);
	memcpy(text + n * len, end, strlen(end) + 1);
	return text;
}

static void
test_limits(void **state)
{
	static const struct {
		const char *name, *what;
		size_t n;
		const char *end, *want; /* NULL: it is right */
	} cases[] = {
		{ "deep", "(", 65, "a", "nested too deep" },
		{ "very deep", "(", 4000, "", "nested too deep" },
		{ "many not", "not ", 1000, "open", NULL },
		{ "deep not", "!(", 65, "open", "nested too deep" },
		{ "long", "a or ", 1000, "b", "longer than 4096" },
		{ "many or", "open or ", 500, "open", NULL },
		{ "many and", "open and ", 450, "open", NULL },
		{ "stars", "*", 4000, "", NULL },
	};
	struct budget b = { 0 };
	struct store *s = store_new(&b);
	const struct session_row *r;
	struct fake f;
	size_t i;

	(void)state;
	fake_session(&f, 3);
	r = store_put(s, &f.s, false);
	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *text = repeated(cases[i].what, cases[i].n, cases[i].end);
		size_t column = 0;
		struct error err = { "" };
		struct filter *filter = filter_compile(text, &column, &err);

		if (cases[i].want ? filter || !strstr(err.text, cases[i].want) : !filter)
			fail_msg("%s: %s", cases[i].name, err.text);
		if (filter)
			filter_match(filter, s, r);
		assert_true(column <= strlen(text) + 1);
		filter_free(filter);
		free(text);
	}
	store_free(s);
}

/* The filter says the same of every row whether it has looked at the texts before or not. */
static void
check_prepared(struct store *s, const char *const *texts, size_t n, bool wants_all)
{
	struct filter *plain, *prepared;
	struct error err;
	size_t i, k;

	for (i = 0; i < n; i++) {
		plain = filter_compile(texts[i], NULL, &err);
		prepared = filter_compile(texts[i], NULL, &err);
		assert_non_null(prepared);
		while (prepared->prepare(prepared, s))
			;
		for (k = 0; k < 300 && wants_all; k++) {
			struct fake f;

			fake_session(&f, 100000 + i * 1000 + k);
			store_put(s, &f.s, false);
		}
		for (k = 0; k < store_count(s); k++)
			if (filter_match(plain, s, store_at(s, k)) !=
			    filter_match(prepared, s, store_at(s, k)))
				fail_msg("%s: row %zu", texts[i], k);
		filter_free(plain);
		filter_free(prepared);
	}
}

static void
test_prepared(void **state)
{
	static const char *const texts[] = { "box77", "BOX77*@far", "nowhere", "e", "example",
		"rcpt ~ \"^box4*@other\"", "rcpt ~ box123@", "from.domain = example.org",
		"rcpt != box1@far.example.net", "helo ~ mx1*org$", "qid ~ 4x0",
		"message_id ~ \"<0\"", "not (reply ~ queued or reply ~ again)",
		"greeting ~ EXIM or from = '<>'", "helo = ''",
		"a1 or b2 or c3 or d4 or e5 or f6 or a7 or b8 or c9 or d0" };
	enum { N = sizeof texts / sizeof texts[0] };
	struct budget b = { .limit = 4 << 20 };
	struct store *s = store_new(&b);
	struct fake f;
	size_t i;

	(void)state;
	check_prepared(s, texts, N, false);
	for (i = 0; i < 5000; i++) {
		fake_session(&f, i);
		store_put(s, &f.s, false);
	}
	check_prepared(s, texts, N, false);
	/* Rows come, and some make room: all references change. */
	check_prepared(s, texts, N, true);
	for (i = 5000; i < 12000; i++) {
		fake_session(&f, i);
		store_put(s, &f.s, false);
	}
	assert_true(store_evicted(s) > 0);
	check_prepared(s, texts, N, true);
	store_clear(s);
	check_prepared(s, texts, N, true);
	store_free(s);
}

/* A pattern that would cost a backtracking matcher the age of the universe. */
static void
test_pattern_cost(void **state)
{
	struct budget b = { 0 };
	struct store *s = store_new(&b);
	char *text = repeated("a", 3000, ""), *stars = repeated("*a", 1000, "*b");
	char *filter_text = xasprintf("helo ~ %s", stars);
	struct filter *filter;
	struct error err;
	struct fake f;

	(void)state;
	fake_session(&f, 3);
	f.hello.arg = slice_str(text);
	filter = filter_compile(filter_text, NULL, &err);
	assert_non_null(filter);
	assert_false(filter_match(filter, s, store_put(s, &f.s, false)));
	filter_free(filter);
	free(filter_text);
	free(stars);
	free(text);
	store_free(s);
}

static void
test_point(void **state)
{
	static const struct {
		const char *text;
		size_t column;
		const char *want;
	} points[] = {
		{ "a b", 3, "  a b\n    ^\n" },
		{ "\xc3\xa4 b", 4, "  \xc3\xa4 b\n    ^\n" },
		{ "a", 2, "  a\n   ^\n" },
		{ "a", 9, "  a\n   ^\n" },
		{ "\033[31m", 1, "  ?[31m\n  ^\n" },
		{ "", 1, "  \n  ^\n" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof points / sizeof points[0]; i++) {
		struct output *o = output_memory();
		struct error err;

		filter_point(o, points[i].text, points[i].column, 2);
		assert_string_equal((const char *)output_slice(o).p, points[i].want);
		output_close(o, &err);
	}
}

/* Of a long filter the part around the mistake, in less than 80 columns. */
static void
test_point_long(void **state)
{
	char *text = repeated("abc or ", 100, "x");
	struct output *o = output_memory();
	struct error err;
	const char *s, *end;

	(void)state;
	filter_point(o, text, 351, 2);
	s = (const char *)output_slice(o).p;
	end = strchr(s, '\n');
	assert_non_null(end);
	assert_in_range(end - s, 70, 80);
	assert_memory_equal(s, "  ...", 5);
	assert_memory_equal(end - 3, "...", 3);
	/* The caret stands below octet 350, an "a". */
	assert_int_equal(s[strchr(end, '^') - end - 1], text[350]);
	output_close(o, &err);
	free(text);
}

static void
test_complete(void **state)
{
	size_t i, n = 0;
	const char *name;
	struct error err;

	(void)state;
	assert_string_equal(filter_complete("sev", 0), "severity");
	assert_null(filter_complete("sev", 1));
	assert_null(filter_complete("xyzzy", 0));
	assert_non_null(filter_complete("tls.", 0));
	/* Every name is one that the parser knows: alone it is a flag or needs a comparison. */
	for (i = 0; (name = filter_complete("", i)) != NULL; i++, n++) {
		char text[100];
		struct filter *f;

		snprintf(text, sizeof text, "%s = ''", name);
		f = filter_compile(text, NULL, &err);
		if (!f)
			assert_null(strstr(err.text, "there is no field"));
		filter_free(f);
	}
	assert_true(n > 60);
}

/* Lines fit a terminal of 100 columns, and every field is there. */
static void
test_help(void **state)
{
	struct output *o = output_memory();
	struct error err;
	const char *s, *end;

	(void)state;
	filter_help(o);
	s = (const char *)output_slice(o).p;
	assert_non_null(strstr(s, "session.closure, closure"));
	assert_non_null(strstr(s, "delivered-in-part"));
	for (; (end = strchr(s, '\n')) != NULL; s = end + 1)
		if (end - s > 100)
			fail_msg("%.*s", (int)(end - s), s);
	output_close(o, &err);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_octets),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_prepared),
		cmocka_unit_test(test_pattern_cost),
		cmocka_unit_test(test_point),
		cmocka_unit_test(test_point_long),
		cmocka_unit_test(test_complete),
		cmocka_unit_test(test_help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
