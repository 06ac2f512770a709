/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_pcapng_links - what a file of several link types does to filters and -w.
 */
#include "test_pcapng_blocks.h"

static struct capture *
open_octets(const struct folder *folder, const struct octets *o, struct capture_config cfg)
{
	char path[2 * PATH_LEN];

	return open_one(folder_save(folder, "x", o->p, o->n, path), cfg);
}

/* TCP from port 25, 40 octets of IPv4, behind `skip' octets of a link header. */
static void
put_tcp(struct octets *o, uint32_t interface, const void *link, size_t skip)
{
	static const uint8_t ip[40] = { 0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, [12] = 192, 0, 2,
		1, [16] = 192, 0, 2, 2, [20] = 0, 25, 0x80, 0, [32] = 0x50, 0x10 };
	struct octets body = { .big = false };

	put_number(&body, interface, 4);
	put_number(&body, 0, 8);
	put_number(&body, sizeof ip + skip, 4);
	put_number(&body, sizeof ip + skip, 4);
	put_octets(&body, link, skip);
	put_octets(&body, ip, sizeof ip);
	put_block(o, BLOCK_ENHANCED, &body);
}

static void
put_mixed(struct octets *o)
{
	static const uint8_t ether[14] = { [12] = 8, 0 }, other[14] = { [12] = 8, 6 };
	static const uint8_t cooked[16] = { [14] = 8, 0 };

	put_section(o);
	put_interface(o, &(struct interface_form){ 1, 0, -1, 0 });
	put_interface(o, &(struct interface_form){ 101, 0, -1, 0 });
	put_interface(o, &(struct interface_form){ 113, 0, -1, 0 });
	put_interface(o, &(struct interface_form){ 1, 0, 9, 0 });
	put_interface(o, &(struct interface_form){ 147, 0, 9, 0 }); /* without a frame */
	put_tcp(o, 0, ether, sizeof ether);
	put_tcp(o, 3, other, sizeof other);
	put_tcp(o, 1, "", 0);
	put_tcp(o, 2, cooked, sizeof cooked);
	put_tcp(o, 3, ether, sizeof ether);
	put_tcp(o, 1, ether, sizeof ether); /* as raw IP, it is none */
}

/* Each frame is filtered by its own link type. */
static void
test_filter(void **state)
{
	static const struct filter_row {
		const char *filter;
		uint64_t frames[4]; /* that pass */
		const char *error;
	} cases[] = {
		{ "tcp port 25", { 1, 3, 4, 5 }, NULL },
		{ "not tcp", { 2, 6 }, NULL },
		{ "tcp port 26", { 0 }, NULL },
		{ "ether proto 0x806", { 2 }, NULL },
		{ "ether host 00:00:00:00:00:00", { 1, 2 }, "frame 3 cannot be filtered: filter" },
	};
	const struct filter_row *r;
	struct folder folder;
	struct octets o = { .big = false };
	struct capture *c;
	struct error err;
	size_t i;

	(void)state;
	put_mixed(&o);
	folder_make(&folder);
	for (r = cases; r < cases + COUNT(cases); r++) {
		c = open_octets(&folder, &o, (struct capture_config){ .filter = r->filter });
		for (i = 0; i < COUNT(r->frames) && r->frames[i]; i++)
			assert_int_equal(next_packet(c, r->filter).frame, r->frames[i]);
		if (next_end(c, &err) != (r->error ? CAPTURE_ERROR : CAPTURE_EOF))
			fail_msg("%s: got \"%s\"", r->filter, err.text);
		if (r->error && !strstr(err.text, r->error))
			fail_msg("%s: got \"%s\", want \"%s\"", r->filter, err.text, r->error);
		close_capture(c);
	}
	folder_remove(&folder);
}

/* No frame of a later link type can match: that is no error. */
static void
test_filter_rejects(void **state)
{
	struct octets o = { .big = false };
	struct folder folder;
	struct capture *c;
	struct error err;

	(void)state;
	put_section(&o);
	put_plain_interface(&o);
	put_interface(&o, &(struct interface_form){ 229, 0, -1, 0 }); /* IPv6 only */
	put_tcp(&o, 1, "", 0);
	put_tcp(&o, 0, "\0\0\0\0\0\0\0\0\0\0\0\0\x08\0", 14);
	folder_make(&folder);
	c = open_octets(&folder, &o, (struct capture_config){ .filter = "ip and tcp" });
	assert_int_equal(next_packet(c, "of Ethernet").frame, 2);
	assert_int_equal(next_end(c, &err), CAPTURE_EOF);
	close_capture(c);
	folder_remove(&folder);
}

static void
test_write(void **state)
{
	struct octets o = { .big = false };
	char path[2 * PATH_LEN];
	struct folder folder;
	struct capture *c;
	struct error err;

	(void)state;
	put_mixed(&o);
	folder_make(&folder);
	snprintf(path, sizeof path, "%s/out", folder.path);
	c = open_octets(&folder, &o, (struct capture_config){ .write = path });
	next_packet(c, "first");
	next_packet(c, "second");
	assert_int_equal(next_end(c, &err), CAPTURE_ERROR);
	if (!strstr(err.text, "frame 3 has link type RAW, the frames before it EN10MB"))
		fail_msg("got \"%s\"", err.text);
	close_capture(c);
	c = open_one(path, (struct capture_config){ .files = NULL });
	assert_int_equal(next_packet(c, "saved").data.n, 54);
	assert_int_equal(next_packet(c, "saved").data.n, 54);
	assert_int_equal(next_end(c, &err), CAPTURE_EOF);
	close_capture(c);
	folder_remove(&folder);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filter),
		cmocka_unit_test(test_filter_rejects),
		cmocka_unit_test(test_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
