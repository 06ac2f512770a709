/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_pcapng_refuse - pcapng that contradicts itself is named, with its offset,
 * after the frames before it; and the limits of what a file can make us keep.
 */
#include "test_pcapng_blocks.h"

#define SHB      "\x0a\x0d\x0d\x0a\x1c\0\0\0"
#define SHB_END  "\xff\xff\xff\xff\xff\xff\xff\xff\x1c\0\0\0"
#define LE_MAGIC "\x4d\x3c\x2b\x1a"

static const struct row {
	const char *name;
	const char *octets;
	size_t n;
	const char *want;
} rows[] = {
#define ROW(name, octets, want)                                                                    \
	{                                                                                          \
		name, octets, sizeof(octets) - 1, want                                             \
	}
	ROW("length below the least", "\6\0\0\0\x08\0\0\0",
	    "enhanced packet block: impossible length 8"),
	ROW("length zero", "\x34\x12\0\0\0\0\0\0", "block: impossible length 0"),
	ROW("odd length", "\x34\x12\0\0\x0e\0\0\0\0\0\0\0\0\0", "block: impossible length 14"),
	ROW("length above the limit", "\x34\x12\0\0\x04\0\0\1",
	    "block: impossible length 16777220"),
	ROW("lengths differ", "\x34\x12\0\0\x10\0\0\0\0\0\0\0\x14\0\0\0",
	    "block: its length is 16 at its beginning and 20 at its end"),
	ROW("byte-order magic", SHB "\x4d\x3c\x2b\x1b\1\0\0\0" SHB_END,
	    "section header block: unknown byte-order magic 1295788827"),
	ROW("version", SHB LE_MAGIC "\2\0\0\0" SHB_END,
	    "section header block: has version 2.0, and only 1.0 is known"),
	ROW("minor version", SHB LE_MAGIC "\1\0\1\0" SHB_END,
	    "section header block: has version 1.1, and only 1.0 is known"),
	ROW("short section header", "\x0a\x0d\x0d\x0a\x10\0\0\0" LE_MAGIC "\x10\0\0\0",
	    "section header block: is too short"),
	ROW("section header of twelve octets", "\x0a\x0d\x0d\x0a\x0c\0\0\0" LE_MAGIC,
	    "section header block: its length is 12 at its beginning and "),
	ROW("short description", "\1\0\0\0\x10\0\0\0\1\0\0\0\x10\0\0\0",
	    "interface description block: is too short"),
	ROW("option beyond the block",
	    "\1\0\0\0\x1c\0\0\0\1\0\0\0\0\0\0\0\2\0\5\0\0\0\0\0\x1c\0\0\0",
	    "interface description block: has a broken option"),
	ROW("resolution of two octets",
	    "\1\0\0\0\x1c\0\0\0\1\0\0\0\0\0\0\0\x09\0\2\0\0\0\0\0\x1c\0\0\0",
	    "interface description block: has a broken option"),
	ROW("offset of four octets",
	    "\1\0\0\0\x1c\0\0\0\1\0\0\0\0\0\0\0\x0e\0\4\0\0\0\0\0\x1c\0\0\0",
	    "interface description block: has a broken option"),
	ROW("short enhanced packet", "\6\0\0\0\x1c\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x1c\0\0\0",
	    "enhanced packet block: is too short"),
	ROW("interface not described",
	    "\6\0\0\0\x20\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x20\0\0\0",
	    "enhanced packet block: is of interface 1, and the section has described 1 so far"),
	ROW("frame longer than its block",
	    "\6\0\0\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1\0\0\0\x20\0\0\0",
	    "enhanced packet block: a frame of 1 octets is said to be in 0"),
	ROW("largest captured length",
	    "\6\0\0\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xff\xff\xff\xff\1\0\0\0\x20\0\0\0",
	    "enhanced packet block: a frame of 4294967295 octets is said to be in 0"),
	ROW("short packet", "\2\0\0\0\x10\0\0\0\0\0\0\0\x10\0\0\0", "packet block: is too short"),
	ROW("packet of no interface", "\2\0\0\0\x10\0\0\0\2\0\0\0\x10\0\0\0",
	    "packet block: is of interface 2, "),
	ROW("short simple packet", "\3\0\0\0\x0c\0\0\0\x0c\0\0\0",
	    "simple packet block: is too short"),
	ROW("simple packet without its octets", "\3\0\0\0\x14\0\0\0\5\0\0\0\0\0\0\0\x14\0\0\0",
	    "simple packet block: a frame of 5 octets is said to be in 4"),
	ROW("statistics of no interface", "\5\0\0\0\x18\0\0\0\7\0\0\0\0\0\0\0\0\0\0\0\x18\0\0\0",
	    "interface statistics block: is of interface 7, "),
};

static struct capture *
open_octets(const struct folder *folder, const struct octets *o, struct capture_config cfg)
{
	char path[2 * PATH_LEN];

	return open_one(folder_save(folder, "x", o->p, o->n, path), cfg);
}

static void
test_malformed(void **state)
{
	const struct row *r;
	struct capture_stats stats;
	struct folder folder;
	struct capture *c;
	struct error err;
	char place[64];
	size_t begin;

	(void)state;
	folder_make(&folder);
	for (r = rows; r < rows + COUNT(rows); r++) {
		struct octets o = { .big = false };

		put_section(&o);
		put_plain_interface(&o);
		put_enhanced(&o, 0, 1, 9, 0, -1);
		begin = o.n;
		put_octets(&o, r->octets, r->n);
		put_enhanced(&o, 0, 2, 9, 0, -1); /* out of reach */
		c = open_octets(&folder, &o, (struct capture_config){ .files = NULL });
		next_packet(c, r->name);
		if (next_end(c, &err) != CAPTURE_ERROR)
			fail_msg("%s: got no error", r->name);
		snprintf(
		    place, sizeof place, ": cannot be read after frame 1 (offset %zu): ", begin);
		if (!strstr(err.text, place) || !strstr(err.text, r->want))
			fail_msg(
			    "%s: got \"%s\", want \"%s%s\"", r->name, err.text, place, r->want);
		assert_int_equal(next_end(c, &err), CAPTURE_EOF);
		capture_stats(c, &stats);
		assert_false(stats.truncated_input);
		close_capture(c);
	}
	folder_remove(&folder);
}

/* The same before the first interface: such a file is not opened. */
static void
test_malformed_header(void **state)
{
	struct capture_config cfg = { .nfiles = 1 };
	const char *file, *place;
	const struct row *r;
	struct folder folder;
	char path[2 * PATH_LEN];
	struct error err;
	size_t len;

	(void)state;
	folder_make(&folder);
	cfg.files = &file;
	for (r = rows; r < rows + COUNT(rows); r++) {
		struct octets o = { .big = false };

		/* Of descriptions, of which there is none yet, another text is due. */
		len = strcspn(r->want, ":");
		put_section(&o);
		place = ": its header cannot be read (offset 28): ";
		put_octets(&o, r->octets, r->n);
		put_plain_interface(&o);
		file = folder_save(&folder, "x", o.p, o.n, path);
		err.text[0] = '\0';
		if (capture_open(&cfg, &err))
			fail_msg("%s: was opened", r->name);
		if (!strstr(err.text, place) ||
		    strncmp(strstr(err.text, place) + strlen(place), r->want, len) != 0)
			fail_msg("%s: got \"%s\"", r->name, err.text);
	}
	folder_remove(&folder);
}

/* Options that only counters depend on may be broken: the frames are there. */
static void
test_tolerated(void **state)
{
	struct octets o = { .big = false }, body = { .big = false };
	struct capture_stats stats;
	struct folder folder;
	struct capture *c;
	struct error err;

	(void)state;
	put_section(&o);
	put_plain_interface(&o);
	put_zeros(&body, 12);
	put_number(&body, 3, 4);
	put_number(&body, 3, 4);
	put_octets(&body, "abc\0", 4);
	put_number(&body, 4, 2); /* a count of drops that has no room */
	put_number(&body, 8, 2);
	put_number(&body, UINT32_MAX, 4);
	put_block(&o, BLOCK_ENHANCED, &body);
	body.n = 0;
	put_zeros(&body, 12);
	put_option(&body, 5, "1234", 4);
	put_option_u64(&body, 7, UINT64_MAX);
	put_number(&body, 5, 2);
	put_number(&body, UINT16_MAX, 2);
	put_block(&o, BLOCK_STATISTICS, &body);
	put_enhanced(&o, 0, 1, 3, 0, INT64_MAX);
	put_enhanced(&o, 0, 1, 3, 0, INT64_MAX);
	put_enhanced(&o, 0, 1, 3, 0, INT64_MAX);
	folder_make(&folder);
	c = open_octets(&folder, &o, (struct capture_config){ .files = NULL });
	assert_int_equal(next_packet(c, "first").data.n, 3);
	next_packet(c, "second");
	next_packet(c, "third");
	next_packet(c, "fourth");
	assert_int_equal(next_end(c, &err), CAPTURE_EOF);
	capture_stats(c, &stats);
	assert_true(stats.dropped_kernel == UINT64_MAX);
	assert_true(stats.dropped_interface == 0);
	close_capture(c);
	folder_remove(&folder);
}

/* Saved in parts, because `struct octets' does not hold it. */
static FILE *
large_begin(const struct folder *folder, char path[2 * PATH_LEN])
{
	struct octets o = { .big = false };
	FILE *fp;

	put_section(&o);
	put_plain_interface(&o);
	folder_save(folder, "x", o.p, o.n, path);
	fp = fopen(path, "a");
	assert_non_null(fp);
	return fp;
}

static void
large_add(FILE *fp, const struct octets *o)
{
	assert_int_equal(fwrite(o->p, 1, o->n, fp), o->n);
}

/* Of a frame longer than any snap length of libpcap's the rest is not seen. */
static void
test_long_frame(void **state)
{
	enum { LEN = 300000 };
	struct octets head = { .big = false }, tail = { .big = false };
	uint8_t *octets = calloc(1, LEN);
	struct folder folder;
	char path[2 * PATH_LEN];
	struct capture *c;
	struct packet pkt;
	struct error err;
	FILE *fp;

	(void)state;
	assert_non_null(octets);
	folder_make(&folder);
	fp = large_begin(&folder, path);
	put_number(&head, BLOCK_ENHANCED, 4);
	put_number(&head, LEN + 32, 4);
	put_zeros(&head, 12);
	put_number(&head, LEN, 4);
	put_number(&head, LEN, 4);
	put_number(&tail, LEN + 32, 4);
	put_enhanced(&tail, 0, 1, 7, 0, -1);
	octets[262143] = 0x99;
	large_add(fp, &head);
	assert_int_equal(fwrite(octets, 1, LEN, fp), LEN);
	large_add(fp, &tail);
	assert_int_equal(fclose(fp), 0);
	c = open_one(path, (struct capture_config){ .files = NULL });
	pkt = next_packet(c, "long");
	assert_int_equal(pkt.data.n, 262144);
	assert_int_equal(pkt.wirelen, LEN);
	assert_int_equal(pkt.data.p[262143], 0x99);
	assert_int_equal(next_packet(c, "short").data.n, 7);
	assert_int_equal(next_end(c, &err), CAPTURE_EOF);
	close_capture(c);
	free(octets);
	folder_remove(&folder);
}

static void
test_many_interfaces(void **state)
{
	struct octets o = { .big = false }, frame = { .big = false };
	struct folder folder;
	char path[2 * PATH_LEN];
	struct capture *c;
	struct error err;
	FILE *fp;
	int i;

	(void)state;
	folder_make(&folder);
	fp = large_begin(&folder, path);
	put_interface(&o, &(struct interface_form){ 113, 0, 9, 0 });
	for (i = 1; i < 65536; i++)
		large_add(fp, &o);
	put_enhanced(&frame, 65535, 5, 8, 0, -1);
	large_add(fp, &frame);
	large_add(fp, &o);
	assert_int_equal(fclose(fp), 0);
	c = open_one(path, (struct capture_config){ .files = NULL });
	assert_int_equal(next_packet(c, "of the last").dlt, 113);
	assert_int_equal(next_end(c, &err), CAPTURE_ERROR);
	if (!strstr(err.text, "the section has more than 65536 interfaces"))
		fail_msg("got \"%s\"", err.text);
	close_capture(c);
	folder_remove(&folder);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_malformed_header),
		cmocka_unit_test(test_tolerated),
		cmocka_unit_test(test_long_frame),
		cmocka_unit_test(test_many_interfaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
