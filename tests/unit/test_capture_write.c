/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_capture_write - what -w saves is read back the same, and what it cannot
 * save is an error.
 */

#include "test_capture_files.h"

struct job {
	struct folder folder;
	char in[2 * PATH_LEN], out[2 * PATH_LEN];
};

static void
job_begin(struct job *job, const struct octets *o)
{
	folder_make(&job->folder);
	folder_save(&job->folder, "in", o->p, o->n, job->in);
	snprintf(job->out, sizeof job->out, "%s/out", job->folder.path);
}

/* The octets of the file that was written. */
static size_t
job_result(const struct job *job, uint8_t *p, size_t size)
{
	FILE *fp = fopen(job->out, "r");
	size_t n;

	assert_non_null(fp);
	n = fread(p, 1, size, fp);
	fclose(fp);
	return n;
}

/* A file in the machine's byte order comes back octet for octet. */
static void
test_round_trip(void **state)
{
	static const struct row {
		const char *name;
		uint32_t magic;
		uint32_t s, frac;
		int linktype;
	} rows[] = {
		{ "microseconds", MAGIC_US, 1000000000, 999999, 1 },
		{ "nanoseconds", MAGIC_NS, 1000000000, 999999999, 1 },
		{ "another link type", MAGIC_US, 1000000000, 0, 276 },
		{ "after 2038", MAGIC_US, 0xf0000000, 5, 1 },
	};
	static uint8_t got[65536];
	const struct row *r;

	(void)state;
	for (r = rows; r < rows + COUNT(rows); r++) {
		const uint16_t one = 1;
		struct octets o = { .big = *(const uint8_t *)&one == 0 };
		struct capture *c;
		struct error err;
		struct job job;
		uint32_t i;
		size_t n;

		put_pcap_header(&o, r->magic, r->linktype, 262144);
		for (i = 0; i < 5; i++)
			put_record(&o, r->s + i, r->frac, 20 * i, 30 * i, (int)i);
		job_begin(&job, &o);
		c = open_one(job.in, (struct capture_config){ .write = job.out });
		for (i = 0; i < 5; i++)
			next_packet(c, r->name);
		assert_int_equal(next_end(c, &err), CAPTURE_EOF);
		close_capture(c);
		n = job_result(&job, got, sizeof got);
		if (n != o.n || memcmp(got, o.p, n) != 0)
			fail_msg("%s: got %zu octets, want the same %zu", r->name, n, o.n);
		folder_remove(&job.folder);
	}
}

/* Only what is handed out is saved. */
static void
test_selection(void **state)
{
	struct octets o = { .big = false };
	struct capture *c;
	struct error err;
	struct job job;
	uint32_t i;

	(void)state;
	put_pcap_header(&o, MAGIC_US, 1, 65535);
	for (i = 0; i < 9; i++)
		put_record(&o, i, 0, 20, 20, (int)i % 3);
	job_begin(&job, &o);
	c = open_one(job.in,
	    (struct capture_config){
	        .write = job.out, .filter = "ether[0] = 1", .max_packets = 2 });
	next_packet(c, "first");
	next_packet(c, "second");
	assert_int_equal(next_end(c, &err), CAPTURE_EOF);
	close_capture(c);
	c = open_one(job.out, (struct capture_config){ .files = NULL });
	assert_int_equal(next_packet(c, "saved first").ts, INT64_C(1000000000));
	assert_int_equal(next_packet(c, "saved second").ts, INT64_C(4000000000));
	assert_int_equal(next_end(c, &err), CAPTURE_EOF);
	close_capture(c);
	folder_remove(&job.folder);
}

static void
test_two_link_types(void **state)
{
	struct octets ether = { .big = false }, raw = { .big = false };
	char other[2 * PATH_LEN];
	const char *files[2];
	struct capture_config cfg = { .files = files, .nfiles = 2 };
	struct error err = { "" };
	struct capture *c;
	struct job job;

	(void)state;
	put_pcap_header(&ether, MAGIC_US, 1, 65535);
	put_record(&ether, 1, 0, 20, 20, 0);
	put_pcap_header(&raw, MAGIC_US, 101, 65535);
	put_record(&raw, 2, 0, 20, 20, 0);
	job_begin(&job, &ether);
	files[0] = job.in;
	files[1] = folder_save(&job.folder, "raw", raw.p, raw.n, other);
	cfg.write = job.out;
	c = capture_open(&cfg, &err);
	assert_non_null(c);
	next_packet(c, "of the first type");
	assert_int_equal(next_end(c, &err), CAPTURE_ERROR);
	if (!strstr(err.text, "frame 2 has link type RAW") || !strstr(err.text, "EN10MB"))
		fail_msg("got \"%s\"", err.text);
	err.text[0] = '\0';
	assert_int_equal(capture_close(c, &err), 0); /* it was told already */
	assert_string_equal(err.text, "");
	folder_remove(&job.folder);
}

/* At once if the buffer is full, at the end at the latest; and only once. */
static void
test_disk_full(void **state)
{
	static const struct row {
		const char *name;
		uint32_t frames;
		bool late;
	} rows[] = { { "few", 3, true }, { "many", 40, false } };
	const struct row *r;

	(void)state;
	if (access("/dev/full", W_OK) != 0)
		skip();
	for (r = rows; r < rows + COUNT(rows); r++) {
		struct octets o = { .big = false };
		struct error err = { "" }, again = { "" };
		enum capture_status status;
		struct packet pkt;
		struct capture *c;
		struct job job;
		uint32_t i;
		int closed;

		put_pcap_header(&o, MAGIC_US, 1, 65535);
		for (i = 0; i < r->frames; i++)
			put_record(&o, i, 0, 1000, 1000, 0);
		job_begin(&job, &o);
		c = open_one(job.in, (struct capture_config){ .write = "/dev/full" });
		while ((status = capture_next(c, &pkt, &err)) == CAPTURE_PACKET)
			;
		assert_int_equal(status, r->late ? CAPTURE_EOF : CAPTURE_ERROR);
		closed = capture_close(c, r->late ? &err : &again);
		assert_int_equal(closed, r->late ? -1 : 0);
		assert_string_equal(again.text, "");
		if (!strstr(err.text, "/dev/full: writing failed: No space left on device"))
			fail_msg("%s: got \"%s\"", r->name, err.text);
		folder_remove(&job.folder);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_selection),
		cmocka_unit_test(test_two_link_types),
		cmocka_unit_test(test_disk_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
