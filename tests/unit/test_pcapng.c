/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_pcapng - pcapng as files have it: every kind of block in both byte orders,
 * interfaces that differ, several sections, and losses.  A cut at every octet is
 * in test_pcapng_cut, what is malformed in test_pcapng_refuse.
 */
#include "test_pcapng_blocks.h"

struct want {
	uint64_t frame;
	int64_t ts;
	size_t caplen;
	uint32_t wirelen;
	int dlt, fill;
};

static struct capture *
open_octets(const struct folder *folder, const struct octets *o, const char *filter)
{
	char path[2 * PATH_LEN];

	return open_one(folder_save(folder, "x", o->p, o->n, path),
	    (struct capture_config){ .filter = filter });
}

static void
expect_frames(struct capture *c, const struct want *want, size_t n)
{
	char name[32];
	size_t i, k;

	for (i = 0; i < n; i++) {
		struct packet got;

		snprintf(name, sizeof name, "frame %zu", i + 1);
		got = next_packet(c, name);
		if (got.frame != want[i].frame || got.ts != want[i].ts ||
		    got.data.n != want[i].caplen || got.wirelen != want[i].wirelen ||
		    got.dlt != want[i].dlt)
			fail_msg("%s: got number %d ts %lld caplen %zu wirelen %u dlt %d, want %d "
			         "%lld %zu %u %d",
			    name, (int)got.frame, (long long)got.ts, got.data.n, got.wirelen,
			    got.dlt, (int)want[i].frame, (long long)want[i].ts, want[i].caplen,
			    want[i].wirelen, want[i].dlt);
		for (k = 0; k < got.data.n; k++)
			if (got.data.p[k] != want[i].fill)
				fail_msg("%s: octet %zu: got %02x, want %02x", name, k,
				    got.data.p[k], (unsigned)want[i].fill);
	}
}

static void
expect_eof(struct capture *c)
{
	struct error err;

	if (next_end(c, &err) != CAPTURE_EOF)
		fail_msg("got \"%s\", want the end", err.text);
}

/* Three interfaces of different link type, snap length and resolution. */
static void
put_three_interfaces(struct octets *o)
{
	put_section(o);
	put_interface(o, &(struct interface_form){ 1, 100, -1, 0 });
	put_interface(o, &(struct interface_form){ 101, 0, 9, 0 });
	put_interface(o, &(struct interface_form){ 113, 65535, 0x80 | 20, 1000 });
	put_enhanced(o, 0, 1000001, 10, 0x11, -1);
	put_enhanced(o, 1, UINT64_C(5000000123), 11, 0x22, 3);
	put_enhanced(o, 2, UINT64_C(3) << 19, 0, 0, -1);
	put_old_packet(o, 1, 0xffff, UINT64_C(6000000000), 13, 0x44);
	put_simple(o, 120, 100, 0x55);
	put_simple(o, 7, 7, 0x66);
	put_enhanced(o, 0, 2, 200, 0x77, -1); /* more than the snap length */
}

static const struct want three_want[] = {
	{ 1, INT64_C(1000001000), 10, 15, 1, 0x11 },
	{ 2, INT64_C(5000000123), 11, 16, 12, 0x22 },
	{ 3, INT64_C(1001500000000), 0, 5, 113, 0 },
	{ 4, INT64_C(6000000000), 13, 18, 12, 0x44 },
	{ 5, INT64_C(6000000000), 100, 120, 1, 0x55 },
	{ 6, INT64_C(6000000000), 7, 7, 1, 0x66 },
	{ 7, INT64_C(2000), 200, 205, 1, 0x77 },
};

static void
test_three_interfaces(void **state)
{
	struct folder folder;
	struct capture *c;
	int big;

	(void)state;
	folder_make(&folder);
	for (big = 0; big < 2; big++) {
		struct octets o = { .big = big };

		put_three_interfaces(&o);
		c = open_octets(&folder, &o, NULL);
		expect_frames(c, three_want, COUNT(three_want));
		expect_eof(c);
		expect_eof(c); /* and stays so */
		close_capture(c);
		stdin_pipe(o.p, o.n);
		c = open_one("-", (struct capture_config){ .files = NULL });
		expect_frames(c, three_want, COUNT(three_want));
		expect_eof(c);
		close_capture(c);
	}
	folder_remove(&folder);
}

/* A section has its own byte order and its own interfaces. */
static void
test_sections(void **state)
{
	static const struct want want[] = {
		{ 1, INT64_C(1000), 4, 9, 1, 0xa1 },
		{ 2, INT64_C(2), 5, 10, 12, 0xa2 },
		{ 3, INT64_C(3000), 6, 11, 113, 0xa3 },
	};
	struct octets o = { .big = true };
	struct folder folder;
	struct capture *c;

	(void)state;
	put_section(&o);
	put_plain_interface(&o);
	put_enhanced(&o, 0, 1, 4, 0xa1, -1);
	o.big = false;
	put_section(&o);
	put_interface(&o, &(struct interface_form){ 101, 0, 9, 0 });
	put_enhanced(&o, 0, 2, 5, 0xa2, -1);
	o.big = true;
	put_section(&o); /* no interface, no frame */
	put_section(&o);
	put_interface(&o, &(struct interface_form){ 113, 0, -1, 0 });
	put_enhanced(&o, 0, 3, 6, 0xa3, -1);
	folder_make(&folder);
	c = open_octets(&folder, &o, NULL);
	expect_frames(c, want, COUNT(want));
	expect_eof(c);
	close_capture(c);
	folder_remove(&folder);
}

/* Blocks without frames are passed over; those that Wireshark numbers have a number. */
static void
test_other_blocks(void **state)
{
	static const struct want want[] = {
		{ 3, INT64_C(1000), 4, 9, 1, 0xb1 },
		{ 4, INT64_C(2000), 4, 9, 1, 0xb2 },
		{ 8, INT64_C(3000), 4, 9, 1, 0xb3 },
	};
	struct octets o = { .big = false };
	struct folder folder;
	struct capture *c;

	(void)state;
	put_section(&o);
	put_other(&o, BLOCK_NAMES, 10);
	put_other(&o, BLOCK_CUSTOM, 40);
	put_plain_interface(&o);
	put_other(&o, 0x40000bad, 9);
	put_enhanced(&o, 0, 1, 4, 0xb1, -1);
	put_other(&o, BLOCK_NAMES, 0);
	put_other(&o, BLOCK_SECRETS, 1000);
	put_other(&o, 0x7fff1234, 40000); /* unknown */
	put_enhanced(&o, 0, 2, 4, 0xb2, -1);
	put_other(&o, 9, 20); /* an entry of a system's journal */
	put_other(&o, 0x204, 20);
	put_other(&o, 0x216, 20);
	put_enhanced(&o, 0, 3, 4, 0xb3, -1);
	put_other(&o, BLOCK_CUSTOM, 4);
	folder_make(&folder);
	c = open_octets(&folder, &o, NULL);
	expect_frames(c, want, COUNT(want));
	expect_eof(c);
	close_capture(c);
	folder_remove(&folder);
}

/* The resolution that a file states, not what its times happen to need. */
static void
test_digits(void **state)
{
	static const struct row {
		const char *name;
		int resolution, digits;
	} rows[] = {
		{ "default", -1, 6 },
		{ "microseconds", 6, 6 },
		{ "milliseconds", 3, 6 },
		{ "nanoseconds", 9, 9 },
		{ "2^-19 s", 0x80 | 19, 6 },
		{ "2^-20 s", 0x80 | 20, 9 },
	};
	const struct row *r;
	struct folder folder;
	struct capture *c;
	int big, got;

	(void)state;
	folder_make(&folder);
	for (r = rows; r < rows + COUNT(rows); r++) {
		for (big = 0; big < 2; big++) {
			struct octets o = { .big = big };

			put_section(&o);
			put_interface(&o, &(struct interface_form){ 1, 0, r->resolution, 0 });
			c = open_octets(&folder, &o, NULL);
			got = capture_time_digits(c);
			if (got != r->digits)
				fail_msg("%s: got %d digits, want %d", r->name, got, r->digits);
			close_capture(c);
		}
	}
	folder_remove(&folder);
}

static void
expect_losses(struct capture *c, const char *name, uint64_t interface, uint64_t kernel)
{
	struct capture_stats stats;

	capture_stats(c, &stats);
	if (stats.dropped_interface != interface || stats.dropped_kernel != kernel)
		fail_msg("%s: got %d %d, want %d %d", name, (int)stats.dropped_interface,
		    (int)stats.dropped_kernel, (int)interface, (int)kernel);
}

/* Counters of statistics run on; those of frames are differences. */
static void
test_losses(void **state)
{
	struct folder folder;
	struct capture *c;
	int big;

	(void)state;
	folder_make(&folder);
	for (big = 0; big < 2; big++) {
		struct octets o = { .big = big };

		put_section(&o);
		put_plain_interface(&o);
		put_plain_interface(&o);
		put_enhanced(&o, 0, 1, 4, 0, 6);
		put_old_packet(&o, 0, 1, 2, 4, 0);
		put_old_packet(&o, 0, 0xffff, 3, 4, 0); /* unknown */
		put_statistics(&o, 0, 2, 3);            /* 5 of the 7 */
		put_statistics(&o, 1, -1, 40);
		put_statistics(&o, 1, 10, 50);
		put_statistics(&o, 1, 9, 49); /* out of order */
		put_statistics(&o, 1, -1, -1);
		put_enhanced(&o, 0, 4, 4, 0, -1);
		put_section(&o);
		put_plain_interface(&o);
		put_statistics(&o, 0, 100, 200);
		put_enhanced(&o, 0, 5, 4, 0, -1);
		c = open_octets(&folder, &o, NULL);
		next_packet(c, "first");
		expect_losses(c, "first", 0, 6);
		next_packet(c, "second");
		next_packet(c, "third");
		expect_losses(c, "third", 0, 7);
		next_packet(c, "fourth");
		expect_losses(c, "fourth", 12, 55);
		next_packet(c, "fifth");
		expect_losses(c, "fifth", 112, 255);
		expect_losses(c, "asked again", 112, 255);
		expect_eof(c);
		close_capture(c);
	}
	folder_remove(&folder);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_three_interfaces),
		cmocka_unit_test(test_sections),
		cmocka_unit_test(test_other_blocks),
		cmocka_unit_test(test_digits),
		cmocka_unit_test(test_losses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
