/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_capture_merge - many captures as one sequence: order, numbers, limits,
 * and what is saved of it with -w.
 */
#include "test_capture_files.h"

enum { FILES_MAX = 20 };

struct set {
	struct folder folder;
	char paths[FILES_MAX][2 * PATH_LEN];
	const char *names[FILES_MAX];
	size_t n;
};

/* One more file: records at these seconds, filled with the index of the file. */
static void
set_add(struct set *set, uint32_t magic, int linktype, const uint32_t *times, size_t n, size_t cut)
{
	struct octets o = { .big = set->n % 2 };
	char name[16], path[2 * PATH_LEN];
	size_t i;

	put_pcap_header(&o, magic, linktype, 1000);
	for (i = 0; i < n; i++)
		put_record(&o, times[i], (uint32_t)i, 30, 60, (int)set->n);
	snprintf(name, sizeof name, "%zu", set->n);
	folder_save(&set->folder, name, o.p, o.n - cut, path);
	strcpy(set->paths[set->n], path);
	set->names[set->n] = set->paths[set->n];
	set->n++;
}

static struct capture *
set_open(const struct set *set, struct capture_config cfg)
{
	struct error err = { "" };
	struct capture *c;

	cfg.files = set->names;
	cfg.nfiles = set->n;
	c = capture_open(&cfg, &err);
	if (!c)
		fail_msg("got error \"%s\"", err.text);
	return c;
}

static void
set_begin(struct set *set)
{
	set->n = 0;
	folder_make(&set->folder);
}

static void
test_two(void **state)
{
	static const uint32_t first[] = { 1, 3, 3, 9 }, second[] = { 2, 3, 4 };
	static const struct want {
		uint32_t s, source, source_frame;
		int dlt;
	} want[] = {
		{ 1, 0, 1, 1 },
		{ 2, 1, 1, 12 },
		{ 3, 1, 2, 12 }, /* 1 us earlier than the next one */
		{ 3, 0, 2, 1 },
		{ 3, 0, 3, 1 },
		{ 4, 1, 3, 12 },
		{ 9, 0, 4, 1 },
	};
	struct capture_stats stats;
	struct capture *c;
	struct error err;
	struct set set;
	size_t i;

	(void)state;
	set_begin(&set);
	set_add(&set, MAGIC_US, 1, first, COUNT(first), 0);
	set_add(&set, MAGIC_NS, 101, second, COUNT(second), 0);
	c = set_open(&set, (struct capture_config){ .first_frame = 100 });
	for (i = 0; i < COUNT(want); i++) {
		struct packet got = next_packet(c, "two files");

		if (got.frame != 100 + i || got.ts / 1000000000 != want[i].s ||
		    got.source != want[i].source || got.source_frame != want[i].source_frame ||
		    got.dlt != want[i].dlt || got.data.p[0] != want[i].source)
			fail_msg("row %zu: got frame %d at %d s, %u/%d dlt %d octet %d", i,
			    (int)got.frame, (int)(got.ts / 1000000000), got.source,
			    (int)got.source_frame, got.dlt, got.data.p[0]);
	}
	assert_int_equal(next_end(c, &err), CAPTURE_EOF);
	assert_string_equal(capture_source_name(c, 1), set.names[1]);
	assert_string_equal(capture_source_name(c, 2), "?");
	capture_stats(c, &stats);
	assert_int_equal(stats.packets, 7);
	assert_int_equal(stats.bytes, 7 * 30);
	assert_int_equal(stats.time_backwards, 0);
	close_capture(c);
	folder_remove(&set.folder);
}

/* Equal times keep the order of the command line, however many inputs. */
static void
test_stable(void **state)
{
	static const uint32_t times[] = { 7, 7, 8 };
	struct capture *c;
	struct error err;
	struct set set;
	size_t i;

	(void)state;
	set_begin(&set);
	while (set.n < FILES_MAX)
		set_add(&set, MAGIC_US, 1, times, COUNT(times), 0);
	c = set_open(&set, (struct capture_config){ .files = NULL });
	for (i = 0; i < COUNT(times) * FILES_MAX; i++) {
		struct packet got = next_packet(c, "equal times");

		assert_int_equal(got.source, i % FILES_MAX);
		assert_int_equal(got.source_frame, i / FILES_MAX + 1);
		assert_int_equal(got.data.p[29], got.source);
	}
	assert_int_equal(next_end(c, &err), CAPTURE_EOF);
	close_capture(c);
	folder_remove(&set.folder);
}

/* Many files of many lengths come out sorted, each with its own order kept. */
static void
test_many(void **state)
{
	uint32_t times[40], t, seed = 12345, seen[FILES_MAX] = { 0 };
	int64_t last = 0;
	struct capture *c;
	struct error err;
	struct set set;
	size_t total = 0, i;

	(void)state;
	set_begin(&set);
	while (set.n < FILES_MAX) {
		size_t n = set.n * 2; /* the first one is empty */

		for (i = 0, t = 0; i < n; i++) {
			seed = seed * 1103515245 + 12345;
			times[i] = t += seed >> 16 & 7;
		}
		set_add(&set, MAGIC_US, 1, times, n, 0);
		total += n;
	}
	c = set_open(&set, (struct capture_config){ .files = NULL });
	for (i = 1; i <= total; i++) {
		struct packet got = next_packet(c, "many files");

		assert_true(got.ts >= last);
		assert_int_equal(got.frame, i);
		assert_int_equal(got.source_frame, ++seen[got.source]);
		last = got.ts;
	}
	assert_int_equal(next_end(c, &err), CAPTURE_EOF);
	close_capture(c);
	folder_remove(&set.folder);
}

/* The order inside a file is kept even where its times run backwards. */
static void
test_backwards(void **state)
{
	static const uint32_t first[] = { 5, 2, 6 }, second[] = { 4, 5 };
	static const uint32_t want[] = { 4, 5, 2, 5, 6 };
	struct capture_stats stats;
	struct capture *c;
	struct set set;
	size_t i;

	(void)state;
	set_begin(&set);
	set_add(&set, MAGIC_US, 1, first, COUNT(first), 0);
	set_add(&set, MAGIC_US, 1, second, COUNT(second), 0);
	c = set_open(&set, (struct capture_config){ .files = NULL });
	for (i = 0; i < COUNT(want); i++)
		assert_int_equal(next_packet(c, "backwards").ts / 1000000000, want[i]);
	capture_stats(c, &stats);
	assert_int_equal(stats.time_backwards, 1);
	close_capture(c);
	folder_remove(&set.folder);
}

/* A cut file ends alone; the others are read on, and the error comes last. */
static void
test_cut_inputs(void **state)
{
	static const uint32_t first[] = { 1, 2, 3 }, second[] = { 1, 8, 9 };
	struct capture_stats stats;
	size_t ncut, i;

	(void)state;
	for (ncut = 1; ncut <= 2; ncut++) {
		struct capture *c;
		struct error err;
		struct set set;
		char want[3 * PATH_LEN];

		set_begin(&set);
		set_add(&set, MAGIC_US, 1, first, COUNT(first), 1);
		set_add(&set, MAGIC_US, 1, second, COUNT(second), ncut == 2);
		c = set_open(&set, (struct capture_config){ .files = NULL });
		for (i = 0; i < 6 - ncut; i++)
			next_packet(c, "cut inputs");
		assert_int_equal(next_end(c, &err), CAPTURE_ERROR);
		snprintf(want, sizeof want, "%s%s: cut after frame 2 (offset 116): ",
		    ncut == 2 ? "2 inputs could not be read to their end, the first: " : "",
		    set.names[0]);
		if (strncmp(err.text, want, strlen(want)) != 0)
			fail_msg("%zu cut: got \"%s\", want \"%s...\"", ncut, err.text, want);
		assert_int_equal(next_end(c, &err), CAPTURE_EOF);
		capture_stats(c, &stats);
		assert_true(stats.truncated_input);
		close_capture(c);
		folder_remove(&set.folder);
	}
}

/* Dropped frames keep their numbers; the limit counts the others. */
static void
test_filter_and_limit(void **state)
{
	static const struct row {
		const char *name, *filter;
		uint64_t first, max;
		uint64_t want[5]; /* frames, then 0 */
	} rows[] = {
		{ "all", NULL, 0, 0, { 1, 2, 3, 4 } },
		{ "first frame", NULL, 51, 0, { 51, 52, 53, 54 } },
		{ "limit", NULL, 0, 3, { 1, 2, 3 } },
		{ "limit beyond the end", NULL, 0, 9, { 1, 2, 3, 4 } },
		{ "filter", "ether[0] = 1", 0, 0, { 2, 4 } },
		{ "filter and first frame", "ether[0] = 1", 11, 0, { 12, 14 } },
		{ "filter and limit", "ether[0] = 1", 0, 1, { 2 } },
		{ "nothing passes", "ether[0] = 7", 0, 0, { 0 } },
		{ "wire length", "greater 61", 0, 0, { 0 } },
	};
	static const uint32_t first[] = { 1, 3 }, second[] = { 2, 4 };
	const struct row *r;
	struct set set;

	(void)state;
	set_begin(&set);
	set_add(&set, MAGIC_US, 1, first, COUNT(first), 0);
	set_add(&set, MAGIC_US, 1, second, COUNT(second), 0);
	for (r = rows; r < rows + COUNT(rows); r++) {
		struct capture *c = set_open(&set,
		    (struct capture_config){
		        .filter = r->filter, .first_frame = r->first, .max_packets = r->max });
		struct capture_stats stats;
		struct error err;
		size_t i;

		for (i = 0; r->want[i]; i++) {
			uint64_t got = next_packet(c, r->name).frame;

			if (got != r->want[i])
				fail_msg("%s: got frame %d, want %d", r->name, (int)got,
				    (int)r->want[i]);
		}
		if (next_end(c, &err) != CAPTURE_EOF)
			fail_msg("%s: no end after %zu frames: \"%s\"", r->name, i, err.text);
		capture_stats(c, &stats);
		assert_int_equal(stats.packets, i);
		close_capture(c);
	}
	folder_remove(&set.folder);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two),
		cmocka_unit_test(test_stable),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_backwards),
		cmocka_unit_test(test_cut_inputs),
		cmocka_unit_test(test_filter_and_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
