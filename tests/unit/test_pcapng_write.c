/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_pcapng_write - what is written as pcapng is read back the same: frames of
 * every length modulo four, times of every kind, interfaces, comments up to and
 * beyond what fits; and a written file cut at every octet never yields a frame
 * that was not in it.
 */
#include "test_capture_files.h"

#include "base/mem.h"
#include "base/sbuf.h"
#include "capture/pcapng_write.h"

struct sink {
	struct sbuf o;
	int blocks;
	int fail_at; /* block that cannot be written; 0: none */
};

static bool
take(void *ctx, struct slice block)
{
	struct sink *s = ctx;

	if (++s->blocks == s->fail_at)
		return false;
	if (block.n % 4 != 0)
		fail_msg("block %d: got %zu octets, want a multiple of 4", s->blocks, block.n);
	return sbuf_add(&s->o, block);
}

static const char *
label(void *ctx, uint32_t source)
{
	(void)ctx;
	return source ? "odd" : NULL;
}

static struct pcapng_writer *
open_writer(struct sink *s, int digits)
{
	const struct pcapng_writer_config cfg = {
		.put = take, .ctx = s, .snaplen = 262144, .digits = digits, .label = label
	};
	struct pcapng_writer *w = pcapng_writer_new(&cfg);

	*s = (struct sink){ .blocks = 0 };
	sbuf_init(&s->o, (size_t)16 << 20, NULL);
	assert_true(pcapng_write_section(w, slice_str("a section"), "test"));
	return w;
}

static const struct frame_row {
	const char *name;
	int64_t ts;
	int dlt;
	uint32_t source;
	uint32_t wirelen;
	size_t n;
	size_t interfaces; /* described by then, with six digits */
} frame_rows[] = {
	{ "empty", 1000, 1, 0, 0, 0, 1 },
	{ "one octet", 2000, 1, 0, 1, 1, 1 },
	{ "two octets", 3000, 1, 0, 9, 2, 1 },
	{ "three octets", 4000, 1, 0, 3, 3, 1 },
	{ "four octets", 5000, 1, 0, 4, 4, 1 },
	{ "another source", 6000, 1, 1, 5, 5, 2 },
	{ "another link type", 7000, 276, 0, 60, 60, 3 },
	{ "raw IP: DLT and LINKTYPE differ", 8000, 12, 0, 7, 7, 4 },
	{ "finer than microseconds", 8001, 1, 0, 7, 7, 5 },
	{ "before 1970", -1000, 1, 0, 7, 7, 6 },
	{ "before 1970, finer", -1, 1, 0, 7, 7, 7 },
	{ "far in the future", INT64_C(9223372036854775000), 1, 0, 7, 7, 7 },
	{ "the last time of all", INT64_MAX, 1, 0, 7, 7, 7 },
	{ "long before 1970", INT64_C(-9223372036000000000), 1, 0, 7, 7, 7 },
	{ "the first one again", 9000, 1, 0, 7, 7, 7 },
};

static struct packet
packet_of(const struct frame_row *row, size_t i)
{
	static uint8_t octets[64];

	memset(octets, (int)(0x41 + i), sizeof octets);
	return (struct packet){ .frame = i + 1,
		.ts = row->ts,
		.dlt = row->dlt,
		.source = row->source,
		.wirelen = row->wirelen,
		.data = slice_of(octets, row->n) };
}

static void
write_rows(struct pcapng_writer *w, const struct slice *comments, size_t n)
{
	struct error err = { "" };
	struct packet pkt;
	size_t i;

	for (i = 0; i < COUNT(frame_rows); i++) {
		pkt = packet_of(&frame_rows[i], i);
		if (!pcapng_write_frame(w, &pkt, comments, n, &err))
			fail_msg("%s: got \"%s\"", frame_rows[i].name, err.text);
	}
}

static void
expect_frame(const struct frame_row *row, size_t i, const struct packet *got)
{
	struct packet want = packet_of(row, i);

	if (got->ts != row->ts)
		fail_msg("%s: got time %lld, want %lld", row->name, (long long)got->ts,
		    (long long)row->ts);
	/* pcapng has one number for the two raw link types. */
	if (got->dlt != row->dlt)
		fail_msg("%s: got link type %d, want %d", row->name, got->dlt, row->dlt);
	if (got->wirelen != row->wirelen || !slice_eq(got->data, want.data))
		fail_msg("%s: got %zu of %u octets, want %zu of %u", row->name, got->data.n,
		    got->wirelen, row->n, row->wirelen);
}

static void
test_round_trip(void **state)
{
	const struct slice comments[] = { slice_str("first"), slice_str("2nd"), slice_str("") };
	struct folder folder;
	char path[2 * PATH_LEN];
	int digits;

	(void)state;
	folder_make(&folder);
	for (digits = 6; digits <= 9; digits += 3) {
		struct sink s;
		struct pcapng_writer *w = open_writer(&s, digits);
		struct capture_stats stats = { .dropped_interface = 7, .dropped_kernel = 5 }, got;
		struct capture *c;
		struct error err;
		size_t i;

		write_rows(w, comments, COUNT(comments));
		assert_true(pcapng_write_statistics(w, &stats, 9000));
		folder_save(&folder, "x", s.o.p, s.o.n, path);
		c = open_one(path, (struct capture_config){ .files = NULL });
		for (i = 0; i < COUNT(frame_rows); i++) {
			struct packet pkt = next_packet(c, frame_rows[i].name);
			struct slice text;
			size_t at = 0;

			expect_frame(&frame_rows[i], i, &pkt);
			assert_true(packet_comment(&pkt, &at, &text));
			assert_true(slice_eq(text, comments[0]));
			assert_true(packet_comment(&pkt, &at, &text));
			assert_true(slice_eq(text, comments[1]));
			assert_false(packet_comment(&pkt, &at, &text));
		}
		assert_int_equal(next_end(c, &err), CAPTURE_EOF);
		capture_stats(c, &got);
		assert_int_equal(got.dropped_interface, 7);
		assert_int_equal(got.dropped_kernel, 5);
		/* The section, the statistics, the frames; the rest are interfaces. */
		if (digits == 6)
			assert_int_equal(
			    s.blocks, 2 + COUNT(frame_rows) + frame_rows[i - 1].interfaces);
		assert_int_equal(pcapng_comments_cut(w), 0);
		close_capture(c);
		pcapng_writer_free(w);
		sbuf_fini(&s.o);
	}
	folder_remove(&folder);
}

static void
test_every_cut(void **state)
{
	const struct slice comment = slice_str("a comment");
	struct folder folder;
	char path[2 * PATH_LEN];
	struct sink s;
	struct pcapng_writer *w = open_writer(&s, 6);
	size_t n;

	(void)state;
	write_rows(w, &comment, 1);
	pcapng_writer_free(w);
	folder_make(&folder);
	for (n = 0; n < s.o.n; n++) {
		struct capture_config cfg = { .nfiles = 1 };
		const char *name = folder_save(&folder, "x", s.o.p, n, path);
		struct error err = { "" };
		struct capture *c;
		struct packet pkt;
		size_t i = 0;

		cfg.files = &name;
		c = capture_open(&cfg, &err);
		while (c && capture_next(c, &pkt, &err) == CAPTURE_PACKET) {
			assert_true(i < COUNT(frame_rows));
			expect_frame(&frame_rows[i], i, &pkt);
			i++;
		}
		assert_true(i < COUNT(frame_rows));
		capture_close(c, &err);
	}
	sbuf_fini(&s.o);
	folder_remove(&folder);
}

/* A file with one frame and n comments: read back, and counted what was left out. */
static void
expect_comments(const char *name, struct slice text, size_t n, size_t want, uint64_t cut)
{
	struct sink s;
	struct pcapng_writer *w = open_writer(&s, 6);
	struct slice *texts = xcalloc(n, sizeof *texts), said;
	struct packet pkt = packet_of(&frame_rows[0], 0), got;
	struct error err = { "" };
	struct folder folder;
	char path[2 * PATH_LEN];
	struct capture *c;
	size_t at = 0, i;

	for (i = 0; i < n; i++)
		texts[i] = text;
	assert_true(pcapng_write_frame(w, &pkt, texts, n, &err));
	folder_make(&folder);
	folder_save(&folder, "x", s.o.p, s.o.n, path);
	c = open_one(path, (struct capture_config){ .files = NULL });
	got = next_packet(c, name);
	for (i = 0; packet_comment(&got, &at, &said); i++)
		if (said.n != want || memcmp(said.p, text.p, want) != 0)
			fail_msg(
			    "%s: comment %zu: got %zu octets, want %zu", name, i, said.n, want);
	if (i != (want ? n - (n > 1 ? cut : 0) : 0))
		fail_msg("%s: got %zu comments of %zu", name, i, n);
	if (pcapng_comments_cut(w) != cut)
		fail_msg("%s: got %llu cut, want %llu", name,
		    (unsigned long long)pcapng_comments_cut(w), (unsigned long long)cut);
	close_capture(c);
	folder_remove(&folder);
	pcapng_writer_free(w);
	sbuf_fini(&s.o);
	free(texts);
}

static void
test_long_comments(void **state)
{
	enum { LONG = 70000 };
	uint8_t *text = xmalloc(LONG);

	(void)state;
	memset(text, 'x', LONG);
	expect_comments("none", slice_of(text, 0), 1, 0, 0);
	expect_comments("one octet", slice_of(text, 1), 1, 1, 0);
	expect_comments("all that fits", slice_of(text, 65535), 1, 65535, 0);
	expect_comments("one octet more", slice_of(text, 65536), 1, 65535, 1);
	expect_comments("far more", slice_of(text, LONG), 1, 65535, 1);
	/* 64 of them are four octets short of 4 MiB less 60. */
	expect_comments("as many as fit", slice_of(text, 65535), 64, 65535, 0);
	expect_comments("one too many", slice_of(text, 65535), 66, 65535, 2);
	/* A character of two octets at the end is not cut in half. */
	text[65534] = 0xc3;
	text[65535] = 0xa9;
	expect_comments("a character across the end", slice_of(text, LONG), 1, 65534, 1);
	free(text);
}

static void
test_limits(void **state)
{
	struct sink s;
	struct pcapng_writer *w = open_writer(&s, 6);
	struct packet pkt = packet_of(&frame_rows[0], 0);
	struct error err = { "" };
	uint32_t i;

	(void)state;
	for (i = 0; i < PCAPNG_INTERFACES_MAX; i++) {
		pkt.source = i;
		assert_true(pcapng_write_frame(w, &pkt, NULL, 0, &err));
	}
	pkt.source = i;
	assert_false(pcapng_write_frame(w, &pkt, NULL, 0, &err));
	assert_non_null(strstr(err.text, "interfaces"));
	pkt.source = 0;
	assert_true(pcapng_write_frame(w, &pkt, NULL, 0, &err));
	pcapng_writer_free(w);
	sbuf_fini(&s.o);
}

/* Behind a block that could not be written nothing is written. */
static void
test_failure(void **state)
{
	struct packet pkt = packet_of(&frame_rows[0], 0);
	struct capture_stats stats = { .dropped_kernel = 1 };
	struct error err = { "" };
	int at;

	(void)state;
	for (at = 2; at < 5; at++) {
		struct sink s;
		struct pcapng_writer *w = open_writer(&s, 6);
		bool ok = true;

		s.fail_at = at;
		ok = pcapng_write_frame(w, &pkt, NULL, 0, &err) && ok;
		ok = pcapng_write_frame(w, &pkt, NULL, 0, &err) && ok;
		ok = pcapng_write_statistics(w, &stats, 0) && ok;
		if (ok || s.blocks != at)
			fail_msg("block %d fails: got %s, %d blocks asked", at,
			    ok ? "true" : "false", s.blocks);
		pcapng_writer_free(w);
		sbuf_fini(&s.o);
	}
}

/* Names: the octets as the specification has them (4.5). */
static void
test_names(void **state)
{
	static const uint8_t four[] = { 192, 0, 2, 1 }, six[16] = { 0x20, 1, 0xd, 0xb8 };
	static const struct pcapng_name names[] = { { 4, four, "mx" }, { 6, six, "far" } };
	static const uint8_t want[] = { 4, 0, 0, 0, 52, 0, 0, 0, 1, 0, 7, 0, 192, 0, 2, 1, 'm', 'x',
		0, 0, 2, 0, 20, 0, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 'f', 'a',
		'r', 0, 0, 0, 0, 0, 52, 0, 0, 0 };
	struct sink s;
	struct pcapng_writer *w = open_writer(&s, 6);

	(void)state;
	sbuf_clear(&s.o);
	assert_true(pcapng_write_names(w, names, 0));
	assert_int_equal(s.o.n, 0);
	assert_true(pcapng_write_names(w, names, COUNT(names)));
	assert_int_equal(s.o.n, sizeof want);
	assert_memory_equal(s.o.p, want, sizeof want);
	pcapng_writer_free(w);
	sbuf_fini(&s.o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_long_comments),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_failure),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
