/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tests of the spool: frames come back as they were, at their positions; what the ring has
 * overwritten is known to be gone; a full disk makes it smaller, and nothing else.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "capture/spool.h"

enum { FRAMES = 5000, LENGTH_MAX = 3000 };

struct row {
	const char *name;
	uint64_t size;    /* of the ring */
	uint64_t on_disk; /* what files may have, octets; 0: no limit */
	size_t frames, longest;
	bool all_kept;
};

static const struct row rows[] = {
	{ "everything fits", 64 << 20, 0, 2000, 1500, true },
	{ "nothing is written yet", 64 << 20, 0, 10, 100, true },
	{ "the ring wraps many times", 1 << 17, 0, FRAMES, 1500, false },
	{ "records lie across its end", 100003, 0, FRAMES, LENGTH_MAX, false },
	{ "empty frames", 1 << 16, 0, FRAMES, 1, false },
	{ "the disk is full", 64 << 20, 700001, FRAMES, 1500, false },
	{ "the disk is full in the middle of a record", 64 << 20, 524288 + 7, FRAMES, LENGTH_MAX,
	    false },
};

/* A frame of which every octet is told by its number. */
static struct packet
frame(uint8_t *octets, uint64_t number, size_t longest)
{
	size_t n = (number * 7919) % longest, i;

	for (i = 0; i < n; i++)
		octets[i] = (uint8_t)(number * 31 + i);
	return (struct packet){ .frame = number,
		.ts = (int64_t)number * 1000 - 7,
		.wirelen = (uint32_t)n + 3,
		.dlt = (int)(number % 5),
		.source = (uint32_t)(number % 3),
		.source_frame = number / 2,
		.transcript = number % 11 == 0,
		.data = slice_of(octets, n) };
}

static void
same_frame(const char *name, const struct packet *got, uint64_t number, size_t longest)
{
	uint8_t octets[LENGTH_MAX];
	struct packet want = frame(octets, number, longest);
	const char *differs = NULL;

	if (got->frame != want.frame)
		differs = "number";
	else if (got->ts != want.ts || got->wirelen != want.wirelen || got->dlt != want.dlt)
		differs = "header";
	else if (got->source != want.source || got->source_frame != want.source_frame ||
	    got->transcript != want.transcript)
		differs = "source";
	else if (!slice_eq(got->data, want.data))
		differs = "text";
	if (differs)
		fail_msg(
		    "%s: frame %llu: got another %s", name, (unsigned long long)number, differs);
}

/* Frames one after the other from this one on, as reopening a session reads them. */
static void
read_on(const struct row *r, struct spool *s, uint64_t position, uint64_t number, size_t count)
{
	struct error err = { "" };
	struct packet pkt;

	spool_seek(s, position);
	while (count-- > 0 && number <= r->frames) {
		assert_int_equal(spool_next(s, &pkt, &err), SPOOL_OK);
		same_frame(r->name, &pkt, number++, r->longest);
	}
}

static void
limit_files(uint64_t octets)
{
	struct rlimit limit;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = octets ? octets : limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static size_t
count_kept(const struct row *r, struct spool *s, const uint64_t *position)
{
	struct error err = { "" };
	enum spool_status status;
	struct packet pkt;
	size_t i, kept = 0;

	for (i = 1; i <= r->frames; i++) {
		spool_seek(s, position[i]);
		status = spool_next(s, &pkt, &err);
		if (status == SPOOL_OK) {
			same_frame(r->name, &pkt, i, r->longest);
			kept++;
		} else if (status != SPOOL_GONE || kept) {
			fail_msg("%s: frame %zu: got %d behind %zu that were kept", r->name, i,
			    (int)status, kept);
		}
	}
	return kept;
}

static void
run_row(const struct row *r)
{
	uint64_t *position = calloc(r->frames + 2, sizeof *position);
	uint8_t octets[LENGTH_MAX];
	struct error err = { "" };
	struct spool *s = spool_new(r->size, &err);
	struct spool_stats st;
	struct packet pkt;
	size_t i, kept;

	assert_non_null(position);
	assert_non_null(s);
	limit_files(r->on_disk);
	for (i = 1; i <= r->frames; i++) {
		pkt = frame(octets, i, r->longest);
		position[i] = spool_position(s);
		if (!spool_add(s, &pkt))
			fail_msg("%s: frame %zu was refused", r->name, i);
		if (i % 97 == 0) /* somebody looks back while it is written */
			read_on(r, s, position[i - 3], i - 3, 4);
	}
	limit_files(0);
	spool_stats(s, &st);
	kept = count_kept(r, s, position);
	if ((kept == r->frames) != r->all_kept || kept < 10)
		fail_msg("%s: got %zu of %zu frames", r->name, kept, r->frames);
	assert_true((st.overwritten != 0) == !r->all_kept);
	assert_int_equal(st.frames, r->frames);
	assert_int_equal(st.refused, 0);
	assert_true(
	    r->on_disk ? st.size <= r->on_disk && st.size > r->on_disk / 2 : st.size == r->size);
	assert_null(spool_failure(s));
	read_on(r, s, position[r->frames - kept + 1], r->frames - kept + 1, kept);
	assert_int_equal(spool_next(s, &pkt, &err), SPOOL_END);
	spool_free(s);
	free(position);
}

static void
test_rows(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		run_row(&rows[i]);
}

/* Not one octet can be written: frames are refused and counted, and positions say so. */
static void
test_no_disk(void **state)
{
	static uint8_t octets[200000];
	struct packet pkt = { .frame = 1, .data = slice_of(octets, sizeof octets) };
	struct error err = { "" };
	struct spool *s = spool_new(1 << 20, &err);
	struct spool_stats st;
	int i;

	(void)state;
	assert_non_null(s);
	limit_files(1);
	for (i = 0; i < 10; i++)
		(void)spool_add(s, &pkt);
	limit_files(0);
	spool_stats(s, &st);
	assert_non_null(spool_failure(s));
	assert_true(spool_position(s) == CAPTURE_NO_POSITION);
	assert_int_equal(st.frames + st.refused, 10);
	assert_int_equal(st.frames, 0);
	spool_seek(s, 0);
	assert_int_equal(spool_next(s, &pkt, &err), SPOOL_GONE);
	spool_free(s);
}

/* A frame longer than the ring, and positions that never were. */
static void
test_odd(void **state)
{
	static uint8_t octets[100000];
	struct packet pkt = { .frame = 1, .data = slice_of(octets, sizeof octets) }, got;
	struct error err = { "" };
	struct spool *s = spool_new(1, &err); /* the least there is */
	struct spool_stats st;

	(void)state;
	assert_non_null(s);
	assert_false(spool_add(s, &pkt));
	pkt.data.n = 1000;
	assert_true(spool_add(s, &pkt));
	spool_stats(s, &st);
	assert_int_equal(st.refused, 1);
	spool_seek(s, 1);
	assert_int_equal(spool_next(s, &got, &err), SPOOL_GONE);
	spool_seek(s, 1 << 30);
	assert_int_equal(spool_next(s, &got, &err), SPOOL_GONE);
	spool_seek(s, CAPTURE_NO_POSITION);
	assert_int_equal(spool_next(s, &got, &err), SPOOL_GONE);
	spool_seek(s, 0);
	assert_int_equal(spool_next(s, &got, &err), SPOOL_OK);
	assert_int_equal(got.data.n, 1000);
	spool_free(s);
}

/* No name is left behind, and the folders are tried in turn. */
static void
test_folders(void **state)
{
	struct error err = { "" };
	struct spool *s;

	(void)state;
	assert_int_equal(setenv("TMPDIR", "/nowhere/at/all", 1), 0);
	s = spool_new(1 << 20, &err);
	assert_non_null(s);
	spool_free(s);
	assert_int_equal(setenv("TMPDIR", "relative", 1), 0);
	s = spool_new(1 << 20, &err);
	assert_non_null(s);
	spool_free(s);
	unsetenv("TMPDIR");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_no_disk),
		cmocka_unit_test(test_odd),
		cmocka_unit_test(test_folders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
