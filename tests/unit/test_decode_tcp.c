/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_decode_tcp - what IP and TCP headers say, and what is made of it:
 * checksums, lengths, options, what the snap length took.
 */
#include "base/budget.h"
#include "decode/checksum.h"
#include "decode/decode.h"
#include "test_decode_check.h"
#include "test_decode_frame.h"

struct row {
	const char *name;
	const char *text; /* raw IP */
	size_t poke_at;   /* 0: nothing */
	uint16_t poke;    /* put there */
	size_t cut;       /* octets captured; 0: all */
	uint32_t wirelen; /* 0: the frame's length */
	enum decode_status status;
	int issues;
	uint32_t wire_len;
	size_t captured;
};

#define GOOD DECODE_SEGMENT
#define BAD  DECODE_MALFORMED, 0, 0, 0

/* In a raw IPv4 frame: total length at 2, header checksum at 10, TCP checksum at 36. */
/* clang-format off */
static const struct row rows[] = {
	{ "v4", "ip4=06 tcp=5 pay", 0, 0, 0, 0, GOOD, 0, 8, 8 },
	{ "v6", "ip6=06 tcp=5 pay", 0, 0, 0, 0, GOOD, 0, 8, 8 },
	{ "v4, no payload", "ip4=06 tcp=5", 0, 0, 0, 0, GOOD, 0, 0, 0 },
	{ "v4, odd payload", "ip4=06 tcp=5 fill=1", 0, 0, 0, 0, GOOD, 0, 1, 1 },
	{ "v6, payload of 7", "ip6=06 tcp=5 fill=7", 0, 0, 0, 0, GOOD, 0, 7, 7 },
	{ "v4, payload of 1460", "ip4=06 tcp=5 fill=1460", 0, 0, 0, 0, GOOD, 0, 1460, 1460 },
	{ "v4, largest", "ip4=06 tcp=5 fill=65495", 0, 0, 0, 0, GOOD, 0, 65495, 65495 },
	{ "v6, largest", "ip6=06 tcp=5 fill=65515", 0, 0, 0, 0, GOOD, 0, 65515, 65515 },
	{ "v4, tcp checksum", "ip4=06 tcp=5 pay", 36, 0x1234, 0, 0, GOOD, ISSUE_TCP_CHECKSUM, 8, 8 },
	{ "v4, tcp checksum 0", "ip4=06 tcp=5 pay", 36, 0, 0, 0, GOOD, ISSUE_TCP_CHECKSUM, 8, 8 },
	{ "v4, pseudo-header only", "ip4=06 tcp=5 pay", 36, 0xec59, 0, 0, GOOD, ISSUE_TCP_CHECKSUM,
	    8, 8 },
	{ "v4, octet of payload", "ip4=06 tcp=5 pay", 44, 0x4646, 0, 0, GOOD, ISSUE_TCP_CHECKSUM,
	    8, 8 },
	{ "v6, tcp checksum", "ip6=06 tcp=5 pay", 56, 0x1234, 0, 0, GOOD, ISSUE_TCP_CHECKSUM, 8, 8 },
	{ "v4, ip checksum", "ip4=06 tcp=5 pay", 10, 0x1234, 0, 0, GOOD, ISSUE_IP_CHECKSUM, 8, 8 },
	{ "v4, source address", "ip4=06 tcp=5 pay", 14, 0x0202, 0, 0, GOOD,
	    ISSUE_IP_CHECKSUM | ISSUE_TCP_CHECKSUM, 8, 8 },
	{ "v4, options", "ip4=06 ihl=6 01010100 tcp=5 pay", 0, 0, 0, 0, GOOD, 0, 8, 8 },
	{ "v4, 40 octets of options", "ip4=06 ihl=15 fill=40 tcp=5 pay", 0, 0, 0, 0, GOOD, 0, 8, 8 },
	{ "v4, header of 4 words", "ip4=06 ihl=4 tcp=5 pay", 0, 0, 0, 0, BAD },
	{ "v4, header longer than all", "ip4=06 ihl=15 tcp=5 pay", 0, 0, 0, 0, BAD },
	{ "v4, total below header", "ip4=06 tcp=5 pay", 2, 19, 0, 0, BAD },
	{ "v4, total inside tcp header", "ip4=06 tcp=5 pay", 2, 39, 0, 0, BAD },
	{ "v4, total behind the frame", "ip4=06 tcp=5 pay", 2, 256, 0, 0, GOOD,
	    ISSUE_IP_CHECKSUM | ISSUE_SNAPLEN, 216, 8 },
	{ "tcp header of 4 words", "ip4=06 tcp=4 pay", 0, 0, 0, 0, BAD },
	{ "tcp header of 0 words", "ip6=06 tcp=0 pay", 0, 0, 0, 0, BAD },
	{ "tcp header longer than all", "ip4=06 tcp=8 pay", 0, 0, 0, 0, BAD },
	{ "payload cut", "ip4=06 tcp=5 fill=100", 0, 0, 90, 0, GOOD, ISSUE_SNAPLEN, 100, 50 },
	{ "payload cut, wrong checksum", "ip4=06 tcp=5 fill=100", 36, 0, 90, 0, GOOD, ISSUE_SNAPLEN,
	    100, 50 },
	{ "payload cut to nothing", "ip6=06 tcp=5 fill=100", 0, 0, 60, 0, GOOD, ISSUE_SNAPLEN, 100,
	    0 },
	{ "options cut", "ip4=06 tcp=6 020405b4 pay", 0, 0, 43, 0, DECODE_CUT, 0, 0, 0 },
	{ "v4, offload", "nolen ip4=06 tcp=5 fill=100", 0, 0, 0, 0, GOOD, ISSUE_OFFLOAD_LENGTH, 100,
	    100 },
	{ "v6, offload", "nolen ip6=06 tcp=5 fill=100", 0, 0, 0, 0, GOOD, ISSUE_OFFLOAD_LENGTH, 100,
	    100 },
	{ "v4, offload above 64 KiB", "nolen ip4=06 tcp=5 fill=100000", 0, 0, 0, 0, GOOD,
	    ISSUE_OFFLOAD_LENGTH, 100000, 100000 },
	{ "v6, offload above 64 KiB", "nolen ip6=06 tcp=5 fill=200001", 0, 0, 0, 0, GOOD,
	    ISSUE_OFFLOAD_LENGTH, 200001, 200001 },
	{ "v6, offload, wrong checksum", "nolen ip6=06 tcp=5 fill=100000", 56, 0x1234, 0, 0, GOOD,
	    ISSUE_OFFLOAD_LENGTH | ISSUE_TCP_CHECKSUM, 100000, 100000 },
	{ "v6, jumbogram", "nolen ip6=00 06 00 c2 04 00014000 tcp=5 fill=81892", 0, 0, 0, 0, GOOD,
	    ISSUE_OFFLOAD_LENGTH, 81892, 81892 },
	{ "v4, offload, cut", "nolen ip4=06 tcp=5 fill=100", 0, 0, 90, 0, GOOD,
	    ISSUE_OFFLOAD_LENGTH | ISSUE_SNAPLEN, 100, 50 },
	{ "v4, offload of 4 GB", "nolen ip4=06 tcp=5 fill=100", 0, 0, 0, UINT32_MAX, BAD },
	{ "v6, offload of 4 GB", "nolen ip6=06 tcp=5 fill=100", 0, 0, 0, UINT32_MAX, BAD },
	{ "v4, offload and fragment", "nolen ip4=06 tcp=5 fill=4", 6, 0x2000, 0, 0, BAD },
	{ "wire shorter than captured", "ip4=06 tcp=5 pay", 0, 0, 0, 1, GOOD, 0, 8, 8 },
	{ "16 extension headers", "ip6=3c 3c00000000000000 3c00000000000000 3c00000000000000 "
	    "3c00000000000000 3c00000000000000 3c00000000000000 3c00000000000000 3c00000000000000 "
	    "3c00000000000000 3c00000000000000 3c00000000000000 3c00000000000000 3c00000000000000 "
	    "3c00000000000000 3c00000000000000 0600000000000000 tcp=5 pay", 0, 0, 0, 0, GOOD, 0, 8, 8 },
	{ "17 extension headers", "ip6=3c 3c00000000000000 3c00000000000000 3c00000000000000 "
	    "3c00000000000000 3c00000000000000 3c00000000000000 3c00000000000000 3c00000000000000 "
	    "3c00000000000000 3c00000000000000 3c00000000000000 3c00000000000000 3c00000000000000 "
	    "3c00000000000000 3c00000000000000 3c00000000000000 0600000000000000 tcp=5 pay",
	    0, 0, 0, 0, DECODE_NOT_TCP, 0, 0, 0 },
	{ "extension header longer than all", "ip6=3c 06ff000000000000 tcp=5 pay", 0, 0, 0, 0, BAD },
	{ "routing header longer than all", "ip6=2b 06ff000000000000 tcp=5 pay", 0, 0, 0, 0, BAD },
};

static const struct option_row {
	const char *name;
	const char *text;
	bool issue;
	struct tcp_options want;
} option_rows[] = {
	{ "none", "tcp=5 pay", false, { .wscale = 255 } },
	{ "syn of linux", "tcp=a 020405b4 0402 080a 00000064 000000c8 01 030307 pay", false,
	    { 1460, 7, 0, true, true, 100, 200, { { 0 } } } },
	{ "sack", "tcp=8 0101 050a 00000001 00000002 pay", false,
	    { .wscale = 255, .nsack = 1, .sack = { { 1, 2 } } } },
	{ "four sack blocks", "tcp=f 0522 00000001 00000002 00000003 00000004 00000005 00000006 "
	    "ffffffff 00000000 0101 00000000 pay", false, { .wscale = 255, .nsack = 4,
	    .sack = { { 1, 2 }, { 3, 4 }, { 5, 6 }, { UINT32_MAX, 0 } } } },
	{ "end of list", "tcp=6 00020405 pay", false, { .wscale = 255 } },
	{ "unknown kinds", "tcp=8 1e06aabbccdd fd02 1304 0000 pay", false, { .wscale = 255 } },
	{ "shift of 200", "tcp=6 0303c8 00 pay", false, { .wscale = 14 } },
	{ "length 0", "tcp=6 02000405 pay", true, { .wscale = 255 } },
	{ "length 1", "tcp=6 01010301 pay", true, { .wscale = 255 } },
	{ "kind without length", "tcp=6 01010102 pay", true, { .wscale = 255 } },
	{ "runs past the header", "tcp=6 0101020a pay", true, { .wscale = 255 } },
	{ "mss of 3 octets", "tcp=7 0203050303070000 pay", true, { .wscale = 255 } },
	{ "sack of 7", "tcp=8 0509 0000000100000002 0000 pay", true, { .wscale = 255 } },
	{ "sack of 12", "tcp=9 050e 00000001 00000002 00000003 0000 pay", true, { .wscale = 255 } },
	{ "sack of none", "tcp=6 0502 0000 pay", true, { .wscale = 255 } },
	{ "timestamp of 9", "tcp=8 0809 00000001000002 000000 pay", true, { .wscale = 255 } },
	{ "good before bad", "tcp=7 020405b4 0400 0000 pay", true, { .mss = 1460, .wscale = 255 } },
};
/* clang-format on */

/* RFC 1071 1, octet by octet; 0: none. */
static uint16_t
slow_sum(struct slice s)
{
	uint32_t sum = 0;
	uint16_t word;
	size_t i;

	for (i = 0; i < s.n; i++) {
		uint8_t pair[2] = { 0, 0 };

		pair[i & 1] = s.p[i];
		memcpy(&word, pair, 2);
		sum += word;
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return (uint16_t)(s.n && sum == 0 ? 0xffff : sum);
}

static void
run_row(struct decoder *dec, struct frame *f, const struct row *row)
{
	struct packet pkt = { .frame = 1, .dlt = 12 };
	struct segment seg;
	uint8_t *copy;

	frame_build(f, row->text);
	if (row->poke_at) {
		f->b[row->poke_at] = (uint8_t)(row->poke >> 8);
		f->b[row->poke_at + 1] = (uint8_t)row->poke;
	}
	pkt.data.n = row->cut ? row->cut : f->n;
	pkt.wirelen = row->wirelen ? row->wirelen : (uint32_t)f->n;
	pkt.data.p = copy = guarded_copy(f->b, pkt.data.n);
	check_num(row->name, "status", decoder_packet(dec, &pkt, &seg), row->status);
	if (row->status == DECODE_SEGMENT) {
		check_num(row->name, "issues", seg.issues, (uint64_t)row->issues);
		check_num(row->name, "payload on the wire", seg.wire_len, row->wire_len);
		check_num(row->name, "payload captured", seg.payload.n, row->captured);
		check_num(row->name, "sum of the payload", seg.payload_sum,
		    seg.issues & ISSUE_SNAPLEN ? 0 : slow_sum(seg.payload));
	}
	guarded_free(copy, pkt.data.n);
}

static void
test_headers(void **state)
{
	struct budget budget = { 0 };
	struct decoder *dec = decoder_new(&budget);
	struct frame *f = malloc(sizeof(*f));
	struct decode_stats st;
	uint64_t bad_ip = 0, bad_tcp = 0, snaplen = 0;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		run_row(dec, f, &rows[i]);
		bad_tcp += !!(rows[i].issues & ISSUE_TCP_CHECKSUM);
		snaplen += !!(rows[i].issues & ISSUE_SNAPLEN);
		bad_ip += !!(rows[i].issues & ISSUE_IP_CHECKSUM);
	}
	decoder_stats(dec, &st);
	check_num("all", "bad tcp checksums", st.bad_tcp_checksum, bad_tcp);
	check_num("all", "cut payloads", st.snaplen_cut, snaplen);
	/* one frame with a poked length and one with a poked fragment field are malformed */
	check_num("all", "bad ip checksums", st.bad_ip_checksum, bad_ip + 2);
	free(f);
	decoder_free(dec);
}

static void
check_options(const char *row, const struct tcp_options *got, const struct tcp_options *want)
{
	size_t i;

	check_num(row, "mss", got->mss, want->mss);
	check_num(row, "window scale", got->wscale, want->wscale);
	check_num(row, "sack permitted", got->sack_permitted, want->sack_permitted);
	check_num(row, "timestamps", got->timestamps, want->timestamps);
	check_num(row, "tsval", got->tsval, want->tsval);
	check_num(row, "tsecr", got->tsecr, want->tsecr);
	check_num(row, "sack blocks", got->nsack, want->nsack);
	for (i = 0; i < want->nsack; i++) {
		check_num(row, "sack left", got->sack[i][0], want->sack[i][0]);
		check_num(row, "sack right", got->sack[i][1], want->sack[i][1]);
	}
}

static void
test_options(void **state)
{
	struct budget budget = { 0 };
	struct decoder *dec = decoder_new(&budget);
	struct frame *f = malloc(sizeof(*f));
	struct packet pkt = { .frame = 1, .dlt = 12 };
	struct segment seg;
	char text[512];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(option_rows); i++) {
		const struct option_row *row = &option_rows[i];

		snprintf(text, sizeof(text), "ip4=06 %s", row->text);
		frame_build(f, text);
		pkt.data = slice_of(f->b, f->n);
		pkt.wirelen = (uint32_t)f->n;
		check_num(row->name, "status", decoder_packet(dec, &pkt, &seg), DECODE_SEGMENT);
		check_num(row->name, "issues", seg.issues, row->issue ? ISSUE_TCP_OPTION : 0);
		check_num(row->name, "payload", seg.payload.n, 8);
		check_options(row->name, &seg.opt, &row->want);
	}
	free(f);
	decoder_free(dec);
}

/* Every length and alignment, octets that carry and octets that do not. */
static void
test_sum(void **state)
{
	static const uint8_t steps[] = { 0, 1, 37, 255 };
	size_t k, n, at, i;

	(void)state;
	for (k = 0; k < sizeof(steps); k++)
		for (n = 1; n < 200; n++)
			for (at = 0; at < 4; at++) {
				uint8_t b[204], *copy;
				struct slice s;

				for (i = 0; i < sizeof(b); i++)
					b[i] = (uint8_t)(steps[k] * i);
				if (steps[k] == 255)
					memset(b, 255, sizeof(b));
				copy = guarded_copy(b, n + at);
				s = slice_of(copy + at, n);
				check_num("run", "sum", checksum_of_payload(checksum_add(0, s)),
				    slow_sum(s));
				guarded_free(copy, n + at);
			}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_sum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
