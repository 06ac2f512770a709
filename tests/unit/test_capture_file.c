/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_capture_file - one saved capture: every form of pcap, values that are
 * odd but legal, and a cut at every octet.  test_pcapng has the same for pcapng.
 */
#include "test_capture_files.h"

static const struct form {
	const char *name;
	uint32_t magic;
	bool big;
	size_t record; /* octets of a record header */
	int64_t unit;  /* nanoseconds per unit of the fraction */
} forms[] = {
	{ "microseconds", MAGIC_US, false, 16, 1000 },
	{ "microseconds, other byte order", MAGIC_US, true, 16, 1000 },
	{ "nanoseconds", MAGIC_NS, false, 16, 1 },
	{ "nanoseconds, other byte order", MAGIC_NS, true, 16, 1 },
	{ "long records", MAGIC_LONG, false, 24, 1000 },
};

static void
put_form_record(struct octets *o, const struct form *f, uint32_t s, uint32_t len, int fill)
{
	struct octets record = { .big = o->big };

	put_record(&record, s, 123456, len, len + 5, fill);
	put_octets(o, record.p, 16);
	put_number(o, 0, (int)f->record - 16);
	put_octets(o, record.p + 16, len);
}

static void
expect_packet(const char *name, const struct packet *got, const struct packet *want, int fill)
{
	size_t i;

	if (got->frame != want->frame || got->source_frame != want->source_frame ||
	    got->ts != want->ts || got->wirelen != want->wirelen || got->data.n != want->data.n ||
	    got->dlt != want->dlt)
		fail_msg(
		    "%s: got frame %d (%d) ts %lld wirelen %u caplen %zu dlt %d, want frame %d "
		    "(%d) ts %lld wirelen %u caplen %zu dlt %d",
		    name, (int)got->frame, (int)got->source_frame, (long long)got->ts, got->wirelen,
		    got->data.n, got->dlt, (int)want->frame, (int)want->source_frame,
		    (long long)want->ts, want->wirelen, want->data.n, want->dlt);
	for (i = 0; i < got->data.n; i++)
		if (got->data.p[i] != fill)
			fail_msg("%s: frame %d octet %zu: got %02x, want %02x", name,
			    (int)got->frame, i, got->data.p[i], fill);
}

static void
test_forms(void **state)
{
	const struct form *f;
	struct folder folder;
	char path[2 * PATH_LEN];
	struct error err;
	uint32_t i;

	(void)state;
	folder_make(&folder);
	for (f = forms; f < forms + COUNT(forms); f++) {
		struct octets o = { .big = f->big };
		struct capture *c;

		put_pcap_header(&o, f->magic, 1, 65535);
		for (i = 1; i <= 3; i++)
			put_form_record(&o, f, i, 10 * i, (int)i);
		folder_save(&folder, "x", o.p, o.n, path);
		c = open_one(path, (struct capture_config){ .files = NULL });
		for (i = 1; i <= 3; i++) {
			struct packet got = next_packet(c, f->name);

			expect_packet(f->name, &got,
			    &(struct packet){ .frame = i,
			        .source_frame = i,
			        .ts = i * INT64_C(1000000000) + 123456 * f->unit,
			        .wirelen = 10 * i + 5,
			        .dlt = 1,
			        .data.n = 10 * i },
			    (int)i);
		}
		assert_int_equal(next_end(c, &err), CAPTURE_EOF);
		assert_int_equal(next_end(c, &err), CAPTURE_EOF); /* and stays so */
		assert_false(capture_is_live(c));
		assert_int_equal(capture_time_digits(c), f->unit == 1 ? 9 : 6);
		assert_string_equal(capture_source_name(c, 0), path);
		close_capture(c);
	}
	folder_remove(&folder);
}

/* The octets up to `n' as a file or on standard input: what comes of it? */
static void
expect_cut(size_t n, const char *path, const size_t *ends, size_t nends)
{
	struct capture *c = open_one(path, (struct capture_config){ .files = NULL });
	const char *label = strcmp(path, "-") == 0 ? "standard input" : path;
	char want[PATH_LEN * 2 + 128], name[64];
	struct capture_stats stats;
	struct error err;
	size_t i;
	bool cut;

	snprintf(name, sizeof name, "%zu octets", n);
	for (i = 1; i < nends && ends[i] <= n; i++)
		assert_int_equal(next_packet(c, name).source_frame, i);
	cut = ends[i - 1] != n;
	if (next_end(c, &err) != (cut ? CAPTURE_ERROR : CAPTURE_EOF))
		fail_msg("%s: cut %d, got \"%s\"", name, cut, err.text);
	snprintf(
	    want, sizeof want, "%s: cut after frame %zu (offset %zu): ", label, i - 1, ends[i - 1]);
	if (cut && strncmp(err.text, want, strlen(want)) != 0)
		fail_msg("%s: got \"%s\", want \"%s...\"", name, err.text, want);
	assert_int_equal(next_end(c, &err), CAPTURE_EOF);
	capture_stats(c, &stats);
	assert_int_equal(stats.truncated_input, cut);
	assert_int_equal(stats.packets, i - 1);
	close_capture(c);
}

/* Every length of file from the end of `ends[0]' on; ends[] are ends of records. */
static void
expect_every_cut(const struct octets *o, const size_t *ends, size_t nends)
{
	struct folder folder;
	char path[2 * PATH_LEN];
	size_t n;

	folder_make(&folder);
	for (n = ends[0]; n <= o->n; n++) {
		folder_save(&folder, "x", o->p, n, path);
		expect_cut(n, path, ends, nends);
		stdin_pipe(o->p, n);
		expect_cut(n, "-", ends, nends);
	}
	folder_remove(&folder);
}

static void
test_cut_pcap(void **state)
{
	const struct form *f;

	(void)state;
	for (f = forms; f < forms + COUNT(forms); f++) {
		struct octets o = { .big = f->big };
		size_t ends[4], i;

		put_pcap_header(&o, f->magic, 1, 65535);
		ends[0] = o.n;
		for (i = 1; i <= 3; i++) {
			put_form_record(&o, f, 1, 7 * (uint32_t)i, 0x5a);
			ends[i] = o.n;
		}
		expect_every_cut(&o, ends, COUNT(ends));
	}
}

/* Values no capture program writes, but a file can hold. */
static void
expect_odd_records(int dlt, struct error *err)
{
	static const struct row {
		const char *name;
		uint32_t s, frac, caplen, len;
		struct packet want;
	} rows[] = {
		{ "fraction of two seconds", 5, 2000000, 4, 4,
		    { .ts = INT64_C(7000000000), .wirelen = 4, .data.n = 4 } },
		{ "largest fraction", 5, INT32_MAX, 4, 4,
		    { .ts = INT64_C(2152483647000), .wirelen = 4, .data.n = 4 } },
		{ "captured more than there was", 5, 0, 9, 4,
		    { .ts = INT64_C(5000000000), .wirelen = 9, .data.n = 9 } },
		{ "empty frame", 5, 0, 0, 0, { .ts = INT64_C(5000000000) } },
		{ "longer than the snap length", 5, 0, 200, 200,
		    { .ts = INT64_C(5000000000), .wirelen = 200, .data.n = 100 } },
		{ "largest length", 5, 0, 3, UINT32_MAX,
		    { .ts = INT64_C(5000000000), .wirelen = UINT32_MAX, .data.n = 3 } },
	};
	struct octets o = { .big = false };
	struct capture_stats stats;
	struct folder folder;
	char path[2 * PATH_LEN];
	struct capture *c;
	size_t i;

	put_pcap_header(&o, MAGIC_US, dlt, 100);
	for (i = 0; i < COUNT(rows); i++)
		put_record(&o, rows[i].s, rows[i].frac, rows[i].caplen, rows[i].len, 0x33);
	put_record(&o, 5, 0, 0, 0, 0);
	o.p[o.n - 5] = 0x7f; /* an absurd captured length */
	folder_make(&folder);
	c = open_one(
	    folder_save(&folder, "x", o.p, o.n, path), (struct capture_config){ .files = NULL });
	for (i = 0; i < COUNT(rows); i++) {
		struct packet got = next_packet(c, rows[i].name), want = rows[i].want;

		want.frame = want.source_frame = i + 1;
		want.dlt = dlt;
		expect_packet(rows[i].name, &got, &want, 0x33);
	}
	assert_int_equal(next_end(c, err), CAPTURE_ERROR);
	if (!strstr(err->text, ": cannot be read after frame 6 (offset "))
		fail_msg("absurd length: got \"%s\"", err->text);
	capture_stats(c, &stats);
	assert_int_equal(stats.time_backwards, 1);
	assert_int_equal(stats.bytes, 4 + 4 + 9 + 0 + 100 + 3);
	close_capture(c);
	folder_remove(&folder);
}

/* Ethernet is read by pcapfile.c, a private link type by libpcap: they say the same. */
static void
test_odd_records(void **state)
{
	struct error ours, theirs;
	const char *a, *b;

	(void)state;
	expect_odd_records(1, &ours);
	expect_odd_records(147, &theirs);
	a = strstr(ours.text, ": cannot");
	b = strstr(theirs.text, ": cannot");
	if (strcmp(a, b) != 0)
		fail_msg("absurd length: got \"%s\", want \"%s\"", a, b);
}

/* The same of a file that is cut, at every octet of a record. */
static void
test_cut_says_the_same(void **state)
{
	char path[2 * PATH_LEN], text[2][512];
	struct folder folder;
	struct error err;
	size_t n;
	int k;

	(void)state;
	folder_make(&folder);
	for (n = 25; n < 24 + 16 + 9; n++) {
		for (k = 0; k < 2; k++) {
			struct octets o = { .big = false };
			struct capture *c;

			put_pcap_header(&o, MAGIC_US, k ? 147 : 1, 65535);
			put_record(&o, 1, 2, 9, 9, 0x44);
			c = open_one(folder_save(&folder, "x", o.p, n, path),
			    (struct capture_config){ .files = NULL });
			assert_int_equal(next_end(c, &err), CAPTURE_ERROR);
			snprintf(text[k], sizeof text[k], "%s", err.text);
			close_capture(c);
		}
		if (strcmp(text[0], text[1]) != 0)
			fail_msg("%zu octets: got \"%s\", want \"%s\"", n, text[0], text[1]);
	}
	folder_remove(&folder);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_cut_pcap),
		cmocka_unit_test(test_odd_records),
		cmocka_unit_test(test_cut_says_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
