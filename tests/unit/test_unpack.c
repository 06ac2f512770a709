/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_unpack - compressed captures read whole: from files and pipes, in several
 * members, with what may and may not follow them, and within the limits.
 */
#include "test_unpack_pack.h"

/* One member, and every division in two; the members end where they may. */
static void
test_members(void **state)
{
	const struct packer *p;
	struct octets o = { .big = false };
	struct folder folder;
	struct outcome r;
	size_t at;

	(void)state;
	put_capture(&o);
	folder_make(&folder);
	for (p = packers; p->name; p++) {
		for (at = 0; at <= o.n; at += at < 200 ? 1 : 97) {
			struct octets packed = { .big = false };

			put_member(&packed, p, &o, 0, at);
			put_member(&packed, p, &o, at, at); /* an empty one */
			put_member(&packed, p, &o, at, o.n);
			r = read_octets(&folder, &packed, packed.n, at % 2);
			expect_all(p->name, &r);
		}
	}
	folder_remove(&folder);
}

/* What is inside is looked at like a plain file. */
static void
test_contents(void **state)
{
	static const struct row {
		const char *octets;
		size_t n;
		const char *want;
	} rows[] = {
		{ "", 0, ": is empty (0 bytes when decompressed from " },
		{ "hello", 5, ": is not a pcap or pcapng capture but text, " },
		{ "\xd4\xc3\xb2\xa1", 4, ": ends inside the file header, after 4 of 24 bytes; " },
		{ "\x0a\x0d\x0d\x0a", 4, ": ends inside its header (offset 0): " },
		{ "BZh9", 4, ": is compressed twice, with bzip2 inside " },
		{ "\x1f\x8b\x08", 3, ": is compressed twice, with gzip inside " },
	};
	const struct packer *p;
	const struct row *r;
	struct folder folder;
	struct outcome got;

	(void)state;
	folder_make(&folder);
	for (p = packers; p->name; p++) {
		for (r = rows; r < rows + COUNT(rows); r++) {
			struct octets o = { .big = false }, packed = { .big = false };

			put_octets(&o, r->octets, r->n);
			put_member(&packed, p, &o, 0, o.n);
			got = read_octets(&folder, &packed, packed.n, false);
			if (!strstr(got.err.text, r->want))
				fail_msg(
				    "%s: got \"%s\", want \"%s\"", p->name, got.err.text, r->want);
		}
	}
	folder_remove(&folder);
}

static void
test_what_follows(void **state)
{
	const struct packer *p;
	struct octets o = { .big = false };
	struct folder folder;
	struct outcome r;

	(void)state;
	put_capture(&o);
	folder_make(&folder);
	for (p = packers; p->name; p++) {
		struct octets packed = { .big = false };

		put_member(&packed, p, &o, 0, o.n);
		put_zeros(&packed, 512);
		r = read_octets(&folder, &packed, packed.n, false);
		if (p->padding)
			expect_all(p->name, &r);
		packed.n -= 511;
		put_octets(&packed, "garbage", 7);
		r = read_octets(&folder, &packed, packed.n, false);
		if (r.frames != FRAMES || r.status != CAPTURE_ERROR || r.truncated ||
		    !strstr(r.err.text, ": cannot be read after frame 24 (offset ") ||
		    !strstr(r.err.text, " when decompressed): the "))
			fail_msg("%s: got %u frames, \"%s\"", p->name, r.frames, r.err.text);
	}
	folder_remove(&folder);
}

#ifdef HAVE_ZSTD
/* A frame may ask for a window of up to 128 MiB. */
static void
test_zstd_window(void **state)
{
	static const struct row {
		const char *name;
		uint8_t window; /* octet of the frame header */
		const char *want;
	} rows[] = {
		{ "128 MiB", (27 - 10) << 3, ": is not a pcap or pcapng capture" },
		{ "256 MiB", (28 - 10) << 3,
		    "the zstd data cannot be decompressed: Frame requires" },
		{ "largest", 0xff, "the zstd data cannot be decompressed: Frame requires" },
	};
	const struct row *r;
	struct folder folder;
	struct outcome got;

	(void)state;
	folder_make(&folder);
	for (r = rows; r < rows + COUNT(rows); r++) {
		struct octets o = { .big = false };

		put_octets(&o, "\x28\xb5\x2f\xfd\0", 5);
		put_number(&o, r->window, 1);
		put_octets(&o, "\x29\0\0hello", 8); /* the last block, raw, 5 octets */
		got = read_octets(&folder, &o, o.n, false);
		if (!strstr(got.err.text, r->want))
			fail_msg("%s: got \"%s\", want \"%s\"", r->name, got.err.text, r->want);
	}
	folder_remove(&folder);
}

/* As pzstd(1) writes. */
static void
test_zstd_skippable(void **state)
{
	const struct packer p = { "zstd", pack_zstd, 12, false };
	struct octets o = { .big = false }, packed = { .big = false };
	struct folder folder;
	struct outcome r;

	(void)state;
	put_capture(&o);
	put_octets(&packed, "\x50\x2a\x4d\x18\4\0\0\0abcd", 12);
	put_member(&packed, &p, &o, 0, o.n);
	folder_make(&folder);
	r = read_octets(&folder, &packed, packed.n, false);
	expect_all("skippable frame", &r);
	folder_remove(&folder);
}
#endif

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_contents),
		cmocka_unit_test(test_what_follows),
#ifdef HAVE_ZSTD
		cmocka_unit_test(test_zstd_window),
		cmocka_unit_test(test_zstd_skippable),
#endif
	};

	if (!packers[0].name)
		return 77; /* built without all of the libraries: skipped */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
