/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_decode - every link type, tag and tunnel around the same TCP segment,
 * each also cut at every octet and with octets changed; names and addresses.
 */
#include "base/budget.h"
#include "decode/decode.h"
#include "test_decode_check.h"
#include "test_decode_frame.h"

#define MACS   "020000000001020000000002 "
#define TCP4   "ip4=06 tcp=5 pay "
#define TCP6   "ip6=06 tcp=5 pay "
#define SRC4   "192.0.2.1:1025"
#define DST4   "198.51.100.2:25"
#define SRC6   "[2001:db8::1]:1025"
#define DST6   "[2001:db8::2]:25"
#define SNAP   "aaaa03 000000 "
#define WIFI   "0000 020000000001 020000000002 020000000003 1000 "
#define FINAL6 "20010db8000000000000000000000009 "

struct row {
	const char *name;
	int dlt;
	const char *text;
	int issues;
	const char *dst; /* NULL: DST4 or DST6 */
};

/* clang-format off */
static const struct row segments[] = {
	{ "ethernet ipv4", 1, MACS "0800 " TCP4, 0, NULL },
	{ "ethernet ipv6", 1, MACS "86dd " TCP6, 0, NULL },
	{ "802.1q", 1, MACS "8100 0064 0800 " TCP4, 0, NULL },
	{ "802.1ad, 802.1q", 1, MACS "88a8 0064 8100 0065 86dd " TCP6, 0, NULL },
	{ "old qinq", 1, MACS "9100 0064 9100 0065 8100 0066 0800 " TCP4, 0, NULL },
	{ "llc snap", 1, MACS "len " SNAP "0800 " TCP4 "end 0000", 0, NULL },
	{ "llc snap in a vlan", 1, MACS "8100 0064 len " SNAP "0800 " TCP4, 0, NULL },
	{ "802.1h", 1, MACS "len aaaa03 0000f8 0800 " TCP4, 0, NULL },
	{ "llc ip", 1, MACS "len 060603 " TCP4, 0, NULL },
	{ "large llc", 1, MACS "8870 " SNAP "0800 " TCP4, 0, NULL },
	{ "mpls ipv4", 1, MACS "8847 000640ff 0006 41 ff " TCP4, 0, NULL },
	{ "mpls multicast ipv6", 1, MACS "8848 000641ff " TCP6, 0, NULL },
	{ "mpls ethernet, control word", 1, MACS "8847 000641ff 00000001 " MACS "0800 " TCP4, 0, NULL },
	{ "mpls ethernet", 1, MACS "8847 000641ff " MACS "86dd " TCP6, 0, NULL },
	{ "mpls ethernet, high address", 1, MACS "8847 000641ff fe" "0000000001020000000002 0800 " TCP4,
	    0, NULL },
	{ "pppoe", 1, MACS "8864 1100 0001 len 0021 " TCP4 "end 00000000", 0, NULL },
	{ "pppoe ipv6 in a vlan", 1, MACS "8100 0007 8864 1100 0001 len 0057 " TCP6, 0, NULL },
	{ "pppoe, ip length 0", 1, MACS "8864 1100 0001 len 0021 nolen " TCP4 "end 0000",
	    ISSUE_OFFLOAD_LENGTH, NULL },
	{ "padding is no payload", 1, MACS "0800 " TCP4 "end 000000000000", 0, NULL },
	{ "padding is no payload, ipv6", 1, MACS "86dd " TCP6 "end 0000", 0, NULL },
	{ "sll", 113, "0000 0001 0006 0200000000010000 0800 " TCP4, 0, NULL },
	{ "sll vlan", 113, "0004 0001 0006 0200000000010000 8100 0064 86dd " TCP6, 0, NULL },
	{ "sll llc", 113, "0000 0001 0006 0200000000010000 0004 " SNAP "0800 " TCP4, 0, NULL },
	{ "sll gre device", 113, "0000 030a 0004 0a00000100000000 6558 " MACS "0800 " TCP4, 0, NULL },
	{ "sll2", 276, "0800 0000 00000002 0001 00 06 0200000000010000 " TCP4, 0, NULL },
	{ "sll2 ipv6", 276, "86dd 0000 00000002 0304 04 00 0000000000000000 " TCP6, 0, NULL },
	{ "null little-endian", 0, "02000000 " TCP4, 0, NULL },
	{ "null big-endian", 0, "00000002 " TCP4, 0, NULL },
	{ "null linux ipv6", 0, "0a000000 " TCP6, 0, NULL },
	{ "null windows ipv6", 0, "17000000 " TCP6, 0, NULL },
	{ "null bsd ipv6", 0, "18000000 " TCP6, 0, NULL },
	{ "null illumos ipv6", 0, "0000001a " TCP6, 0, NULL },
	{ "null freebsd ipv6", 0, "1c000000 " TCP6, 0, NULL },
	{ "null macos ipv6", 0, "1e000000 " TCP6, 0, NULL },
	{ "loop", 108, "00000002 " TCP4, 0, NULL },
	{ "loop little-endian", 108, "18000000 " TCP6, 0, NULL },
	{ "raw 12", 12, TCP4, 0, NULL },
	{ "raw 101", 101, TCP6, 0, NULL },
	{ "raw 14", 14, TCP4, 0, NULL },
	{ "ipv4", 228, TCP4, 0, NULL },
	{ "ipv6", 229, TCP6, 0, NULL },
	{ "ppp framed", 9, "ff03 0021 " TCP4, 0, NULL },
	{ "ppp bare", 9, "0057 " TCP6, 0, NULL },
	{ "ppp compressed protocol", 9, "21 " TCP4, 0, NULL },
	{ "ppp framed, compressed protocol", 9, "ff03 57 " TCP6, 0, NULL },
	{ "ppp mpls", 9, "ff03 0281 000641ff " TCP4, 0, NULL },
	{ "ppp that is cisco hdlc", 9, "0f00 0800 " TCP4, 0, NULL },
	{ "ppp serial", 50, "ff03 0021 " TCP4, 0, NULL },
	{ "ppp serial multicast hdlc", 50, "8f00 86dd " TCP6, 0, NULL },
	{ "ppp ether", 51, "1100 0001 len 0021 " TCP4, 0, NULL },
	{ "ppp with direction", 204, "01 ff03 0021 " TCP4, 0, NULL },
	{ "cisco hdlc", 104, "0f00 0800 " TCP4, 0, NULL },
	{ "cisco hdlc with direction", 205, "00 0f00 86dd " TCP6, 0, NULL },
	{ "802.11 data", 105, "0801 " WIFI SNAP "0800 " TCP4, 0, NULL },
	{ "802.11 qos", 105, "8801 " WIFI "0000 " SNAP "86dd " TCP6, 0, NULL },
	{ "802.11 qos, htc", 105, "8881 " WIFI "0000 00000000 " SNAP "0800 " TCP4, 0, NULL },
	{ "802.11 four addresses", 105, "0803 " WIFI "020000000004 " SNAP "0800 " TCP4, 0, NULL },
	{ "802.11 qos, four addresses, htc", 105,
	    "8883 " WIFI "020000000004 0000 00000000 " SNAP "0800 " TCP4, 0, NULL },
	{ "802.11 a-msdu", 105, "8801 " WIFI "8000 " MACS "len " SNAP "0800 " TCP4 "end "
	    "00000000" MACS "0004 00000000", 0, NULL },
	{ "802.11 a-msdu, ip length 0", 105, "8801 " WIFI "8000 " MACS "len " SNAP "0800 nolen " TCP4
	    "end 00000000", ISSUE_OFFLOAD_LENGTH, NULL },
	{ "radiotap, no flags", 127, "0000 0900 04000000 02 0801 " WIFI SNAP "0800 " TCP4, 0, NULL },
	{ "radiotap, time, flags, padding", 127, "0000 1100 03000000 0000000000000000 20 8801 " WIFI
	    "0000 0000 " SNAP "0800 " TCP4, 0, NULL },
	{ "radiotap, two maps", 127, "0000 1900 03000080 00000000 00000000 0000000000000000 20 8801 "
	    WIFI "0000 0000 " SNAP "0800 " TCP4 "end 00000000", 0, NULL },
	{ "nflog little-endian", 239, "02000000 0800 0100 08000100 0700 0a00 6c6f00 00 3400 0900 "
	    TCP4, 0, NULL },
	{ "nflog big-endian", 239, "0a000000 0008 0001 08000100 0048 0009 " TCP6, 0, NULL },
	{ "pktap", 258, "10000000 01000000 01000000 00000000 " MACS "0800 " TCP4, 0, NULL },
	{ "gre", 12, "out4=2f 0000 0800 " TCP4, 0, NULL },
	{ "gre checksum, key, sequence", 12, "out4=2f b000 86dd 00000000 00000001 00000002 " TCP6,
	    0, NULL },
	{ "gre routing", 12, "out4=2f 4000 0800 00000000 0800 0004 0a000001 00000000 " TCP4, 0, NULL },
	{ "gre bridge", 229, "out6=2f 2000 6558 00000001 " MACS "8100 0001 0800 " TCP4, 0, NULL },
	{ "gre pptp", 12, "out4=2f 3081 880b len 0001 00000001 00000001 21 " TCP4, 0, NULL },
	{ "erspan i", 12, "out4=2f 0000 88be " MACS "0800 " TCP4, 0, NULL },
	{ "erspan ii", 12, "out4=2f 1000 88be 00000001 1001000100000000 " MACS "0800 " TCP4, 0, NULL },
	{ "erspan iii", 12, "out4=2f 1000 22eb 00000001 2001000100000000 00000000 " MACS "0800 " TCP4,
	    0, NULL },
	{ "erspan iii with subheader", 12, "out4=2f 1000 22eb 00000001 2001000100000000 00000001 "
	    "0000000000000000 " MACS "86dd " TCP6, 0, NULL },
	{ "erspan iii ip", 12, "out4=2f 1000 22eb 00000001 2001000100000000 00000800 " TCP6, 0, NULL },
	{ "ip in ip", 12, "out4=04 " TCP4, 0, NULL },
	{ "6in4", 12, "out4=29 " TCP6, 0, NULL },
	{ "4in6", 12, "out6=04 " TCP4, 0, NULL },
	{ "etherip", 12, "out4=61 3000 " MACS "0800 " TCP4, 0, NULL },
	{ "mpls in ip", 12, "out4=89 000641ff " TCP4, 0, NULL },
	{ "ethernet in srv6", 12, "out6=8f " MACS "0800 " TCP4, 0, NULL },
	{ "vxlan", 1, MACS "0800 out4=11 udp=12b5 08000000 00002a00 " MACS "0800 " TCP4, 0, NULL },
	{ "vxlan, linux port", 12, "out6=11 udp=2118 08000000 00002a00 " MACS "86dd " TCP6, 0, NULL },
	{ "geneve", 12, "out4=11 udp=17c1 0000 6558 00002a00 " MACS "0800 " TCP4, 0, NULL },
	{ "geneve with options, ip", 12, "out4=11 udp=17c1 0240 86dd 00002a00 0000000000000000 " TCP6,
	    0, NULL },
	{ "tzsp", 12, "out4=11 udp=9090 0100 0001 00 0a0101 01 " MACS "0800 " TCP4, 0, NULL },
	{ "tzsp 802.11", 12, "out4=11 udp=9090 0100 0012 01 0801 " WIFI SNAP "0800 " TCP4, 0, NULL },
	{ "gre in udp", 12, "out4=11 udp=1292 0000 0800 " TCP4, 0, NULL },
	{ "mpls in udp", 12, "out4=11 udp=19eb 000641ff " TCP4, 0, NULL },
	{ "ah", 12, "ip4=33 06 04 0000 00000001 00000001 000000000000000000000000 tcp=5 pay", 0, NULL },
	{ "ipv6 hop-by-hop, destination", 12, "ip6=00 3c 00 0502000001 00 06 01 "
	    "0000000000000000000000000000 tcp=5 pay", 0, NULL },
	{ "ipv6 atomic fragment", 12, "ip6=2c 06 00 0000 00000007 tcp=5 pay", 0, NULL },
	{ "ipv6 routing, type 0", 12, "ip6=2b 06 02 00 01 00000000 " FINAL6 "final tcp=5 pay", 0,
	    "[2001:db8::9]:25" },
	{ "ipv6 segment routing", 12, "ip6=2b 06 04 04 01 01000000 " FINAL6 "final "
	    "fd000000000000000000000000000007 tcp=5 pay", 0, "[2001:db8::9]:25" },
	{ "ipv6 routing, used up", 12, "ip6=2b 06 02 00 00 00000000 " FINAL6 "tcp=5 pay", 0, NULL },
	{ "eight deep", 1, MACS "8100 0001 8100 0001 8100 0001 8100 0001 8100 0001 "
	    "8847 000640ff 000641ff 00000000 " MACS "0800 " TCP4, 0, NULL },
};

/* clang-format on */

static void
check_segment(const struct row *row, const struct frame *f, const struct segment *s, size_t n)
{
	bool v4 = f->b[f->ip] >> 4 == 4;
	size_t end = n < f->payload + 8 ? n : f->payload + 8, got = end - f->payload;
	char text[ENDPOINT_TEXT_MAX];

	endpoint_text(text, &s->src);
	check_text(row->name, "source", text, v4 ? SRC4 : SRC6);
	endpoint_text(text, &s->dst);
	check_text(row->name, "destination", text, row->dst ? row->dst : v4 ? DST4 : DST6);
	check_num(row->name, "sequence number", s->seq, 1000);
	check_num(row->name, "acknowledgement", s->ack, 2000);
	check_num(row->name, "flags", s->flags, TCP_PSH | TCP_ACK);
	check_num(row->name, "window", s->win, 1024);
	check_num(row->name, "payload on the wire", s->wire_len, 8);
	check_num(row->name, "payload captured", s->payload.n, got);
	check_num(row->name, "issues", s->issues, row->issues | (got < 8 ? ISSUE_SNAPLEN : 0));
	check_num(row->name, "ttl", s->ttl, 64);
	check_num(row->name, "ip id", s->ip_id, v4 ? 0x1234 : 0);
	check_num(row->name, "first frame", s->first_frame, 7);
	assert_memory_equal(s->payload.p, f->b + f->payload, got);
}

struct look {
	const struct row *row;
	const struct frame *f;
	size_t n;
};

static void
look_segment(const struct segment *s, const void *ctx)
{
	const struct look *l = ctx;

	check_segment(l->row, l->f, s, l->n);
}

static void
test_segments(void **state)
{
	struct budget budget = { 0 };
	struct decoder *dec = decoder_new(&budget);
	struct frame *f = malloc(sizeof(*f));
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT(segments); i++) {
		const struct row *row = &segments[i];

		frame_build(f, row->text);
		for (n = 0; n <= f->n; n++) {
			struct look l = { row, f, n };
			bool whole = n >= f->payload;
			enum decode_status got;

			got = decode_guarded(dec, row->dlt, f->b, n, f->n, look_segment, &l);
			check_status(row->name, n, got, whole ? DECODE_SEGMENT : DECODE_CUT);
			/* a frame that ends there, rather than one that was cut */
			got = decode_guarded(dec, row->dlt, f->b, n, n, NULL, NULL);
			if (!whole)
				check_nothing(row->name, n, got);
		}
	}
	assert_int_equal(budget.used, 0);
	free(f);
	decoder_free(dec);
}

/* No octet that follows a legal beginning makes the decoder read too far. */
static void
test_noise(void **state)
{
	struct budget budget = { .limit = 1 << 20 };
	struct decoder *dec = decoder_new(&budget);
	struct frame *f = malloc(sizeof(*f));
	uint64_t seed = 1;
	size_t i, at;
	int round;

	(void)state;
	for (i = 0; i < COUNT(segments); i++) {
		for (round = 0; round < 400; round++) {
			frame_build(f, segments[i].text);
			for (int k = 0; k <= round % 4; k++) {
				seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407;
				at = (seed >> 33) % f->n;
				f->b[at] = (uint8_t)(seed >> 56);
			}
			decode_guarded(dec, segments[i].dlt, f->b, f->n, f->n, NULL, NULL);
		}
	}
	decoder_free(dec);
	assert_int_equal(budget.used, 0);
	free(f);
}

static void
test_names(void **state)
{
	(void)state;
	assert_string_equal(decode_link_name(1), "EN10MB");
	assert_string_equal(decode_link_name(276), "LINUX_SLL2");
	assert_null(decode_link_name(147));
	assert_null(decode_link_name(-1));
}

static void
test_text(void **state)
{
	static const struct {
		struct endpoint e;
		const char *text;
	} rows[] = {
		{ { { 4, { 192, 0, 2, 1 } }, 25 }, "192.0.2.1:25" },
		{ { { 4, { 255, 255, 255, 255 } }, 65535 }, "255.255.255.255:65535" },
		{ { { 6, { 0 } }, 0 }, "[::]:0" },
		{ { { 6, { 0x20, 1, 0xd, 0xb8, [15] = 1 } }, 587 }, "[2001:db8::1]:587" },
		{ { { 6, { [10] = 0xff, 0xff, 192, 0, 2, 1 } }, 25 }, "[::ffff:192.0.2.1]:25" },
		{ { { 6,
		        { 0x20, 1, 0xd, 0xb8, 0xab, 0xcd, 0xab, 0xcd, 0xab, 0xcd, 0xab, 0xcd, 0xab,
		            0xcd, 0xab, 0xcd } },
		      65535 },
		    "[2001:db8:abcd:abcd:abcd:abcd:abcd:abcd]:65535" },
	};
	char text[ENDPOINT_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		endpoint_text(text, &rows[i].e);
		check_text(rows[i].text, "text", text, rows[i].text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_segments),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
