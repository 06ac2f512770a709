/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_unpack_damage - compressed captures cut at every octet, and with every
 * octet damaged.  A frame that is handed out is right, or an error follows.
 */
#include "test_unpack_pack.h"

/* What has come is shown, and nothing of what has not; the sentence tells the cut. */
static void
test_every_cut(void **state)
{
	const struct packer *p;
	struct octets o = { .big = false };
	struct folder folder;
	struct outcome r;
	unsigned most;
	size_t half, end, n;
	char want[64];

	(void)state;
	put_capture(&o);
	half = o.n;
	for (n = FRAMES / 2 + 1; n <= FRAMES; n++)
		half -= 16 + 40 + n;
	folder_make(&folder);
	for (p = packers; p->name; p++) {
		struct octets packed = { .big = false };

		put_member(&packed, p, &o, 0, half);
		end = packed.n;
		put_member(&packed, p, &o, half, o.n);
		for (n = most = 0; n < packed.n; n++) {
			r = read_octets(&folder, &packed, n, n % 2);
			if (r.wrong || r.frames < most)
				fail_msg(
				    "%s, %zu octets: got %u right frames, wrong %d, want %u at "
				    "least",
				    p->name, n, r.frames, r.wrong, most);
			most = r.frames;
			if (n == end) {
				if (r.status != CAPTURE_EOF || r.frames != FRAMES / 2)
					fail_msg("%s: got \"%s\" after a whole member", p->name,
					    r.err.text);
				continue;
			}
			if (r.status != CAPTURE_ERROR || (r.frames && !r.truncated))
				fail_msg("%s, %zu octets: got status %d truncated %d \"%s\"",
				    p->name, n, r.status, r.truncated, r.err.text);
			snprintf(want, sizeof want, "the %s data end too early", p->name);
			if (n >= 4 && !strstr(r.err.text, want))
				fail_msg("%s, %zu octets: got \"%s\", want \"%s\"", p->name, n,
				    r.err.text, want);
		}
		r = read_octets(&folder, &packed, packed.n, false);
		expect_all(p->name, &r);
	}
	folder_remove(&folder);
}

/* No octet can be changed so that wrong frames pass without an error. */
static void
test_every_octet_damaged(void **state)
{
	static const uint8_t changes[] = { 0x01, 0x80, 0xff };
	const struct packer *p;
	struct octets o = { .big = false };
	struct folder folder;
	struct outcome r;
	size_t n, k, told;

	(void)state;
	put_capture(&o);
	folder_make(&folder);
	for (p = packers; p->name; p++) {
		struct octets packed = { .big = false };

		put_member(&packed, p, &o, 0, o.n);
		for (n = told = 0; n < packed.n; n++) {
			for (k = 0; k < sizeof changes; k++) {
				packed.p[n] ^= changes[k];
				r = read_octets(&folder, &packed, packed.n, false);
				packed.p[n] ^= changes[k];
				if (r.status == CAPTURE_EOF && (r.wrong || r.frames != FRAMES))
					fail_msg("%s, octet %zu ^ %02x: got %u frames and no error",
					    p->name, n, changes[k], r.frames);
				told += strstr(r.err.text, "cannot be decompressed") != NULL;
			}
		}
		if (told < packed.n)
			fail_msg("%s: got %zu texts about damage, want more", p->name, told);
	}
	folder_remove(&folder);
}

/*
 * Much more comes out than goes in, so the libraries could unpack all of it in
 * one call; of what was in front of the damage nothing may be lost.
 */
static void
test_late_damage(void **state)
{
	enum { LEN = 1000, RECORDS = 1000, ROOM = 1 << 21 };
	const struct packer *p;
	uint8_t *plain = malloc(ROOM), *out = malloc(ROOM);
	struct folder folder;
	struct outcome r;
	size_t n;
	unsigned i;

	(void)state;
	assert_true(plain && out);
	folder_make(&folder);
	for (p = packers; p->name; p++) {
		struct octets o = { .big = false }, packed = { .big = false };

		put_pcap_header(&o, MAGIC_US, 1, 65535);
		memcpy(plain, o.p, n = o.n);
		for (i = 1; i <= RECORDS; i++) {
			o.n = 0;
			put_record(&o, i, 0, LEN, LEN, (int)i & 0xff);
			memcpy(plain + n, o.p, o.n);
			n += o.n;
		}
		put_octets(&packed, out, p->pack(plain, n, out, ROOM));
		for (i = 0; i < 4; i++)
			packed.p[packed.n - p->damage + i] ^= 0xff;
		r = read_octets(&folder, &packed, packed.n, false);
		if (r.status != CAPTURE_ERROR || r.all < RECORDS * 17 / 20)
			fail_msg("%s: got %u frames, status %d \"%s\"", p->name, r.all, r.status,
			    r.err.text);
	}
	free(plain);
	free(out);
	folder_remove(&folder);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_cut),
		cmocka_unit_test(test_every_octet_damaged),
		cmocka_unit_test(test_late_damage),
	};

	if (!packers[0].name)
		return 77; /* built without all of the libraries: skipped */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
