/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_pcapng_value - times in every resolution, against exact arithmetic, and
 * link types, against libpcap's own table.
 */
#include <pcap/pcap.h>

#include "test_capture_files.h"
#include "capture/pcapng.h"

static void
test_time(void **state)
{
	static const struct row {
		const char *name;
		uint64_t ticks;
		int resolution;
		int64_t offset, want;
	} rows[] = {
		{ "seconds", 7, 0, 0, INT64_C(7000000000) },
		{ "milliseconds", 7, 3, 0, 7000000 },
		{ "microseconds", UINT64_C(1795309482841353), 6, 0, INT64_C(1795309482841353000) },
		{ "nanoseconds", UINT64_C(1795309482841353001), 9, 0,
		    INT64_C(1795309482841353001) },
		{ "picoseconds round down", UINT64_C(1999999), 12, 0, 1999 },
		{ "10^-19 s", UINT64_MAX, 19, 0, INT64_C(1844674407) },
		{ "10^-28 s", UINT64_MAX, 28, 0, 1 },
		{ "10^-29 s", UINT64_MAX, 29, 0, 0 },
		{ "10^-127 s", UINT64_MAX, 127, 0, 0 },
		{ "2^0 s", 3, 0x80, 0, INT64_C(3000000000) },
		{ "2^-1 s", 3, 0x81, 0, INT64_C(1500000000) },
		{ "2^-20 s", (UINT64_C(5) << 20) + 1, 0x80 | 20, 0, INT64_C(5000000953) },
		{ "2^-32 s", UINT64_MAX, 0x80 | 32, 0, INT64_C(4294967295999999999) },
		{ "2^-33 s", UINT64_MAX, 0x80 | 33, 0, INT64_C(2147483647999999999) },
		{ "2^-63 s", UINT64_MAX, 0x80 | 63, 0, INT64_C(1999999999) },
		{ "2^-64 s", UINT64_MAX, 0x80 | 64, 0, 999999999 },
		{ "2^-93 s", UINT64_MAX, 0x80 | 93, 0, 1 },
		{ "2^-94 s", UINT64_MAX, 0x80 | 94, 0, 0 },
		{ "2^-127 s", UINT64_MAX, 0xff, 0, 0 },
		{ "offset", 1500000, 6, 100, INT64_C(101500000000) },
		{ "before 1970", 1500000, 6, -100, INT64_C(-98500000000) },
		{ "largest", UINT64_MAX, 6, 0, INT64_MAX },
		{ "largest seconds", UINT64_MAX, 0, 0, INT64_MAX },
		{ "largest seconds, offset back", UINT64_MAX, 0, INT64_MIN, INT64_MAX },
		{ "largest offset", UINT64_C(1) << 62, 0, INT64_MAX, INT64_MAX },
		{ "smallest offset", 0, 6, INT64_MIN, INT64_MIN },
		{ "at the limit", UINT64_C(9223372036854775807), 9, 0, INT64_MAX },
		{ "beyond the limit", UINT64_C(9223372036854775808), 9, 0, INT64_MAX },
	};
	const struct row *r;
	int64_t got;

	(void)state;
	for (r = rows; r < rows + COUNT(rows); r++) {
		got = pcapng_time(r->ticks, (uint8_t)r->resolution, r->offset);
		if (got != r->want)
			fail_msg(
			    "%s: got %lld, want %lld", r->name, (long long)got, (long long)r->want);
	}
}

#ifdef __SIZEOF_INT128__
/* ticks / (base ^ power) in nanoseconds, rounded down, without thought for speed. */
static int64_t
exact_time(uint64_t ticks, int resolution)
{
	unsigned __int128 v = (unsigned __int128)ticks * 1000000000;
	int base = resolution & 0x80 ? 2 : 10, power;

	for (power = resolution & 0x7f; power > 0; power--)
		v /= (unsigned)base;
	return v > INT64_MAX ? INT64_MAX : (int64_t)v;
}

static void
test_time_exact(void **state)
{
	uint64_t ticks = 1;
	int resolution, i;
	int64_t got, want;

	(void)state;
	for (resolution = 0; resolution < 256; resolution++) {
		for (i = 0; i < 500; i++) {
			ticks =
			    ticks * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
			got = pcapng_time(ticks >> i % 64, (uint8_t)resolution, 0);
			want = exact_time(ticks >> i % 64, resolution);
			if (got != want)
				fail_msg("%llu in %02x: got %lld, want %lld",
				    (unsigned long long)(ticks >> i % 64), (unsigned)resolution,
				    (long long)got, (long long)want);
		}
	}
}
#endif

/* libpcap translates the link type of a pcap header in the same way. */
static void
test_link_types(void **state)
{
	char reason[PCAP_ERRBUF_SIZE];
	int linktype, want, got;
	pcap_t *p;

	(void)state;
	for (linktype = 0; linktype < 1000; linktype++) {
		struct octets o = { .big = false };

		put_pcap_header(&o, MAGIC_US, linktype, 65535);
		p = pcap_fopen_offline(fmemopen(o.p, o.n, "r"), reason);
		if (!p)
			fail_msg("link type %d: libpcap: %s", linktype, reason);
		want = pcap_datalink(p);
		pcap_close(p);
		got = pcapng_linktype_dlt((uint16_t)linktype);
		if (got != want)
			fail_msg("link type %d: got %d, want %d", linktype, got, want);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_time),
#ifdef __SIZEOF_INT128__
		cmocka_unit_test(test_time_exact),
#endif
		cmocka_unit_test(test_link_types),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
