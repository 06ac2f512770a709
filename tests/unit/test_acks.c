/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_acks - what was acknowledged is known to the next run, is nobody else's to read, and
 * never costs a file that was not understood.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/error.h"
#include "tui/acks.h"

struct place {
	char home[64], folder[128], file[160];
};

static const struct endpoint ends[2] = {
	{ { 4, { 192, 0, 2, 1 } }, 1084 },
	{ { 4, { 198, 51, 100, 25 } }, 25 },
};
static const struct endpoint turned[2] = {
	{ { 4, { 198, 51, 100, 25 } }, 25 },
	{ { 4, { 192, 0, 2, 1 } }, 1084 },
};

static struct acks_session
session(int64_t ts)
{
	return (struct acks_session){ ends, ts };
}

static void
make_place(struct place *p)
{
	strcpy(p->home, "/tmp/test_acks.XXXXXX");
	assert_non_null(mkdtemp(p->home));
	snprintf(p->folder, sizeof p->folder, "%s/.local/state/smtpscope", p->home);
	snprintf(p->file, sizeof p->file, "%s/acknowledged", p->folder);
}

static void
clear_place(struct place *p)
{
	char path[128];

	unlink(p->file);
	rmdir(p->folder);
	snprintf(path, sizeof path, "%s/.local/state", p->home);
	rmdir(path);
	snprintf(path, sizeof path, "%s/.local", p->home);
	rmdir(path);
	if (rmdir(p->home) != 0)
		fail_msg("%s: something is left in it", p->home);
}

static void
set(struct acks *a, int64_t ts, const char *check, bool on)
{
	struct acks_session s = session(ts);
	struct error err = { "" };

	if (acks_set(a, &s, check, on, &err) != 0)
		fail_msg("%s: got %s, want no error", check, err.text);
}

static bool
has(const struct acks *a, int64_t ts, const char *check)
{
	struct acks_session s = session(ts);

	return acks_has(a, &s, check);
}

static void
test_again(void **state)
{
	struct acks_session other = { turned, 17 };
	struct place p;
	struct stat st;
	struct acks *a, *b;

	(void)state;
	make_place(&p);
	a = acks_new(NULL, p.home);
	assert_false(has(a, 17, "reply-mid-data"));
	set(a, 17, "reply-mid-data", true);
	set(a, 17, "reply-mid-data", true);
	assert_int_equal(stat(p.file, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(stat(p.folder, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	b = acks_new(NULL, p.home);
	assert_true(has(b, 17, "reply-mid-data"));
	assert_true(acks_has(b, &other, "reply-mid-data"));
	assert_false(has(b, 18, "reply-mid-data"));
	assert_false(has(b, 17, "path-space"));
	/* Two runs at a time. */
	set(b, 18, "path-space", true);
	set(a, 17, "reply-mid-data", false);
	assert_true(has(a, 18, "path-space"));
	assert_false(has(a, 17, "reply-mid-data"));
	acks_free(a);
	acks_free(b);
	a = acks_new(p.home, "/nonexistent");
	assert_false(has(a, 18, "path-space"));
	acks_free(a);
	a = acks_new("relative", p.home);
	assert_true(has(a, 18, "path-space"));
	acks_free(a);
	clear_place(&p);
}

/* Files that are not written over; what is acknowledged holds for the run all the same. */
static void
test_unfit(void **state)
{
	static const struct {
		const char *name, *text, *want;
	} rows[] = {
		{ "no line of ours", "# ours?\nset theme dark\n", ":2: this is no ack" },
		{ "more behind the time", "a 1:x 5 6\n", ":1: this is no ack" },
		{ "a very long line",
		    "#\na 1:"
		    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx 5\n",
		    ":2: this is no ack" },
		{ "octets", "\033[31m\377\n", ":1: this is no ack" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct acks_session s = session(5);
		struct error err = { "" };
		struct place p;
		struct stat st;
		struct acks *a;
		FILE *file;

		make_place(&p);
		a = acks_new(NULL, p.home);
		set(a, 1, "a", true);
		file = fopen(p.file, "w");
		assert_non_null(file);
		fputs(rows[i].text, file);
		fclose(file);
		assert_int_equal(acks_set(a, &s, "b", true, &err), -1);
		if (!strstr(err.text, rows[i].want))
			fail_msg(
			    "%s: got \"%s\", want \"%s\"", rows[i].name, err.text, rows[i].want);
		assert_true(has(a, 1, "a"));
		assert_true(has(a, 5, "b"));
		assert_int_equal(stat(p.file, &st), 0);
		if ((size_t)st.st_size != strlen(rows[i].text))
			fail_msg("%s: the file was changed", rows[i].name);
		acks_free(a);
		clear_place(&p);
	}
}

/* The oldest make room. */
static void
test_limit(void **state)
{
	struct place p;
	struct acks *a;
	FILE *file;
	int i;

	(void)state;
	make_place(&p);
	a = acks_new(NULL, p.home);
	set(a, 0, "zero", true);
	file = fopen(p.file, "w");
	assert_non_null(file);
	for (i = 0; i < ACKS_MAX; i++)
		fprintf(file, "check 1:abc %d\n", i);
	fclose(file);
	set(a, 7, "new", true);
	acks_free(a);
	a = acks_new(NULL, p.home);
	assert_true(has(a, 7, "new"));
	assert_false(has(a, 0, "zero"));
	acks_free(a);
	clear_place(&p);
}

static void
test_nowhere(void **state)
{
	struct acks_session s = session(5);
	struct acks *a = acks_new(NULL, NULL);
	struct error err = { "" };

	(void)state;
	assert_int_equal(acks_set(a, &s, "b", true, &err), -1);
	assert_non_null(strstr(err.text, "no home"));
	assert_true(has(a, 5, "b"));
	acks_free(a);
	assert_false(acks_has(NULL, &s, "b"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_unfit),
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
