/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_decode_other - frames that hold no TCP segment, or one that cannot be
 * had: other protocols, contradictions, nesting too deep.
 */
#include "base/budget.h"
#include "decode/decode.h"
#include "test_decode_check.h"
#include "test_decode_frame.h"

#define MACS "020000000001020000000002 "
#define TCP4 "ip4=06 tcp=5 pay "
#define TCP6 "ip6=06 tcp=5 pay "
#define SNAP "aaaa03 000000 "
#define WIFI "0000 020000000001 020000000002 020000000003 1000 "

/* clang-format off */
static const struct other {
	const char *name;
	int dlt;
	const char *text;
	enum decode_status status;
} others[] = {
	{ "arp", 1, MACS "0806 0001", DECODE_NOT_TCP },
	{ "macsec", 1, MACS "88e5 00000000", DECODE_NOT_TCP },
	{ "spanning tree", 1, MACS "len 424203 0000", DECODE_NOT_TCP },
	{ "snap of another house", 1, MACS "len aaaa03 00000c 2000", DECODE_NOT_TCP },
	{ "neither type nor length", 1, MACS "05dd 0000", DECODE_NOT_TCP },
	{ "llc length of 2", 1, MACS "0002 aaaa03 000000 0800 " TCP4, DECODE_MALFORMED },
	{ "ethertype ipv4, version 6", 1, MACS "0800 " TCP6, DECODE_MALFORMED },
	{ "ethertype ipv6, version 4", 1, MACS "86dd " TCP4, DECODE_MALFORMED },
	{ "pppoe discovery", 1, MACS "8863 1109 0000 0000", DECODE_NOT_TCP },
	{ "pppoe, discovery code", 1, MACS "8864 1109 0000 0000", DECODE_NOT_TCP },
	{ "pppoe version", 1, MACS "8864 2100 0000 len 0021 " TCP4, DECODE_MALFORMED },
	{ "mpls channel", 1, MACS "8847 000641ff 10000021 " TCP4, DECODE_NOT_TCP },
	{ "mpls of something", 1, MACS "8847 000641ff 00000000 fill=40", DECODE_NOT_TCP },
	{ "sll netlink", 113, "0000 0338 0000 0000000000000000 0800 " TCP4, DECODE_NOT_TCP },
	{ "null appletalk", 0, "10000000 " TCP4, DECODE_NOT_TCP },
	{ "raw version 5", 12, "50000000", DECODE_MALFORMED },
	{ "ppp lcp", 9, "ff03 c021 01010004", DECODE_NOT_TCP },
	{ "ppp control", 9, "ff00 0021 " TCP4, DECODE_MALFORMED },
	{ "802.11 beacon", 105, "8000 " WIFI, DECODE_NOT_TCP },
	{ "802.11 null function", 105, "4801 " WIFI, DECODE_NOT_TCP },
	{ "802.11 protected", 105, "0841 " WIFI SNAP "0800 " TCP4, DECODE_NOT_TCP },
	{ "802.11 more fragments", 105, "0805 " WIFI SNAP "0800 " TCP4, DECODE_NOT_TCP },
	{ "802.11 second fragment", 105, "0801 0000 020000000001 020000000002 020000000003 1100 "
	    SNAP "0800 " TCP4, DECODE_NOT_TCP },
	{ "radiotap, bad fcs", 127, "0000 0900 02000000 40 0801 " WIFI SNAP "0800 " TCP4,
	    DECODE_MALFORMED },
	{ "radiotap version", 127, "0100 0800 00000000 0801 " WIFI SNAP "0800 " TCP4,
	    DECODE_MALFORMED },
	{ "radiotap length", 127, "0000 0700 00000000 0801 " WIFI SNAP "0800 " TCP4,
	    DECODE_MALFORMED },
	{ "nflog bridge", 239, "07000000 3400 0900 " TCP4, DECODE_NOT_TCP },
	{ "nflog field of 3", 239, "02000000 0300 0900 " TCP4, DECODE_MALFORMED },
	{ "nflog without packet", 239, "02000000 0800 0100 08000100", DECODE_NOT_TCP },
	{ "pktap of an unknown link", 258, "0c000000 01000000 ff7f0000 " TCP4, DECODE_UNKNOWN_LINK },
	{ "pktap header length", 258, "0b000000 01000000 01000000 " TCP4, DECODE_MALFORMED },
	{ "unknown link", 147, TCP4, DECODE_UNKNOWN_LINK },
	{ "icmp that quotes tcp", 12, "ip4=01 0304 0000 00000000 " TCP4, DECODE_NOT_TCP },
	{ "udp", 12, "ip4=11 udp=0035 fill=20", DECODE_NOT_TCP },
	{ "vxlan port, other bits", 12, "out4=11 udp=12b5 00000000 00002a00 " MACS "0800 " TCP4,
	    DECODE_NOT_TCP },
	{ "geneve version", 12, "out4=11 udp=17c1 4000 0800 00002a00 " TCP4, DECODE_NOT_TCP },
	{ "gre version 2", 12, "out4=2f 0002 0800 " TCP4, DECODE_NOT_TCP },
	{ "pptp acknowledgement", 12, "out4=2f 2081 880b 0000 0001 00000001", DECODE_NOT_TCP },
	{ "gre route without end", 12, "out4=2f 4000 0800 00000000 0800 0004 0a000001",
	    DECODE_MALFORMED },
	{ "etherip version", 12, "out4=61 4000 " MACS "0800 " TCP4, DECODE_MALFORMED },
	{ "ipv6 headers in ipv4", 12, "ip4=3c 06 00 000000000000 tcp=5 pay", DECODE_NOT_TCP },
	{ "ah length", 12, "ip4=33 06 00 0000 00000001 00000001 tcp=5 pay", DECODE_MALFORMED },
	{ "ipv6 no next header", 12, "ip6=3b fill=8", DECODE_NOT_TCP },
	{ "esp", 12, "ip4=32 00000001 00000001 fill=40", DECODE_NOT_TCP },
	{ "nine deep", 1, MACS "8100 0001 8100 0001 8100 0001 8100 0001 8100 0001 8100 0001 8847 000640ff "
	    "000641ff 00000000 " MACS "0800 " TCP4, DECODE_NOT_TCP },
};
/* clang-format on */

static void
test_others(void **state)
{
	struct budget budget = { 0 };
	struct decoder *dec = decoder_new(&budget);
	struct frame *f = malloc(sizeof(*f));
	struct decode_stats st;
	enum decode_status got;
	uint64_t frames = 0;
	size_t i, n;

	(void)state;
	for (i = 0; i < COUNT(others); i++) {
		frame_build(f, others[i].text);
		got = decode_guarded(dec, others[i].dlt, f->b, f->n, f->n, NULL, NULL);
		check_status(others[i].name, f->n, got, others[i].status);
		for (n = 0; n < f->n; n++) {
			got = decode_guarded(dec, others[i].dlt, f->b, n, f->n, NULL, NULL);
			check_nothing(others[i].name, n, got);
		}
		frames += f->n + 1;
	}
	decoder_stats(dec, &st);
	check_num("all", "outcomes",
	    st.segments + st.not_tcp + st.fragments + st.malformed + st.cut + st.unknown_link,
	    frames);
	assert_true(st.depth_exceeded > 0);
	free(f);
	decoder_free(dec);
}

static void
test_aggregate(void **state)
{
	struct budget budget = { 0 };
	struct decoder *dec = decoder_new(&budget);
	struct frame *f = malloc(sizeof(*f));
	struct decode_stats st;

	(void)state;
	frame_build(f, "8801 " WIFI "8000 " MACS "len " SNAP "0800 " TCP4);
	decode_guarded(dec, 105, f->b, f->n, f->n, NULL, NULL);
	decoder_stats(dec, &st);
	assert_int_equal(st.aggregates, 0);
	frame_build(f, "8801 " WIFI "8000 " MACS "len " SNAP "0800 " TCP4 "end 0000" MACS "0040");
	decode_guarded(dec, 105, f->b, f->n, f->n, NULL, NULL);
	decoder_stats(dec, &st);
	assert_int_equal(st.aggregates, 1);
	free(f);
	decoder_free(dec);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_aggregate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
