/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_decode_frag - IP datagrams from fragments: every order, in tunnels too,
 * duplicates, overlaps, lengths that contradict each other, keys.
 */
#include "base/timefmt.h"
#include "test_decode_bench.h"

enum { PIECES = 8 };

/* The k-th order of n things. */
static void
permutation(size_t *out, size_t n, size_t k)
{
	size_t left[PIECES], i, j;

	for (i = 0; i < n; i++)
		left[i] = i;
	for (i = n; i > 0; i--) {
		j = k % i;
		k /= i;
		out[n - i] = left[j];
		left[j] = left[i - 1];
	}
}

static void
test_orders(void **state)
{
	static const char *const texts[] = {
		"ip4=06 tcp=5 fill=97",
		"ip6=06 tcp=5 fill=98",
		"out4=2f 0000 0800 ip4=06 tcp=5 fill=99",
		"out6=04 ip4=06 tcp=5 fill=100",
		("out4=11 udp=12b5 0800000000002a00 "
		 "0200000000010200000000020800 ip4=06 tcp=5 fill=101"),
	};
	static const uint32_t starts[] = { 0, 24, 32, 56, 80 };
	size_t i, k, j, order[5];

	(void)state;
	for (i = 0; i < COUNT(texts); i++) {
		struct bench *b = bench_new(texts[i]);
		uint32_t body = (uint32_t)b->f.n - (b->f.b[0] >> 4 == 4 ? 20 : 40);

		for (k = 0; k < 120; k++) {
			b->id++;
			permutation(order, 5, k);
			for (j = 0; j < 5; j++) {
				size_t at = order[j];
				const struct piece p = {
					.off = starts[at],
					.len = (at < 4 ? starts[at + 1] : body) - starts[at],
					.more = at < 4,
				};

				check_num(texts[i], "status", bench_send(b, &p),
				    j < 4 ? DECODE_FRAGMENT : DECODE_SEGMENT);
			}
			bench_check_whole(b, b->pkt.frame - 4, 0);
			assert_memory_equal(
			    b->seg.payload.p, b->f.b + b->f.n - b->seg.wire_len, b->seg.wire_len);
			bench_check_stats(b, 0, 0, 0);
		}
		bench_free(b);
	}
}

#define KEPT  DECODE_FRAGMENT
#define WHOLE DECODE_SEGMENT
#define BAD   DECODE_MALFORMED

#define MORE  true
#define LAST  false
#define OTHER true
#define SAME  false

/* clang-format off */
#define P(off, len, more, other, want) \
	{ off, len, more, other, want, 0, 1 }
#define AT(off, len, more, other, want, time, first_frame) \
	{ off, len, more, other, want, time, first_frame }

/* Pieces end with one of length 0 unless it is meant (`want' is BAD). */
static const struct overlap_row {
	const char *name;
	struct piece p[PIECES];
	int issues;
	uint64_t pending;
} overlaps[] = {
	{ "a duplicate", { P(0, 64, MORE, SAME, KEPT), P(0, 64, MORE, SAME, KEPT),
	    P(64, 56, LAST, SAME, WHOLE) }, 0, 0 },
	{ "the last one twice", { P(64, 56, LAST, SAME, KEPT), P(64, 56, LAST, SAME, KEPT),
	    P(0, 64, MORE, SAME, WHOLE) }, 0, 0 },
	{ "overlap, same content", { P(0, 64, MORE, SAME, KEPT), P(32, 48, MORE, SAME, KEPT),
	    P(72, 48, LAST, SAME, WHOLE) }, 0, 0 },
	{ "a duplicate with other content", { P(0, 64, MORE, SAME, KEPT),
	    P(0, 64, MORE, OTHER, KEPT), P(64, 56, LAST, SAME, WHOLE) },
	    ISSUE_FRAGMENT_OVERLAP, 0 },
	{ "overlap with other content, later", { P(0, 64, MORE, SAME, KEPT),
	    P(64, 40, MORE, SAME, KEPT), P(56, 16, MORE, OTHER, KEPT),
	    P(104, 16, LAST, SAME, WHOLE) }, ISSUE_FRAGMENT_OVERLAP, 0 },
	{ "other content first", { P(64, 16, MORE, OTHER, KEPT), P(0, 80, MORE, SAME, KEPT),
	    P(80, 40, LAST, SAME, WHOLE) }, ISSUE_FRAGMENT_OVERLAP | ISSUE_TCP_CHECKSUM, 0 },
	{ "conflict in the last octets", { P(112, 8, LAST, SAME, KEPT),
	    P(104, 16, LAST, OTHER, KEPT), P(0, 104, MORE, SAME, WHOLE) },
	    ISSUE_FRAGMENT_OVERLAP | ISSUE_TCP_CHECKSUM, 0 },
	{ "whole one covers what was there", { P(24, 8, MORE, SAME, KEPT),
	    P(0, 120, MORE, SAME, KEPT), P(112, 8, LAST, SAME, WHOLE) }, 0, 0 },
	{ "end inside what was seen", { P(0, 64, MORE, SAME, KEPT), P(16, 24, LAST, SAME, BAD),
	    P(64, 56, LAST, SAME, WHOLE) }, ISSUE_FRAGMENT_OVERLAP, 0 },
	{ "more behind the end", { P(64, 56, LAST, SAME, KEPT), P(120, 8, MORE, SAME, BAD),
	    P(0, 64, MORE, SAME, WHOLE) }, ISSUE_FRAGMENT_OVERLAP, 0 },
	{ "two ends", { P(64, 56, LAST, SAME, KEPT), P(64, 48, LAST, SAME, BAD),
	    P(64, 64, LAST, SAME, BAD), P(0, 64, MORE, SAME, WHOLE) },
	    ISSUE_FRAGMENT_OVERLAP, 0 },
	{ "not a multiple of 8", { P(0, 63, MORE, SAME, BAD) }, 0, 0 },
	{ "empty", { P(64, 0, MORE, SAME, BAD), P(64, 0, LAST, SAME, BAD) }, 0, 0 },
	{ "behind 65535", { P(65528, 16, MORE, SAME, BAD), P(65528, 9, LAST, SAME, BAD) },
	    0, 0 },
	{ "after completion", { P(0, 64, MORE, SAME, KEPT), P(64, 56, LAST, SAME, WHOLE),
	    AT(64, 56, LAST, SAME, KEPT, NS_PER_S, 1), AT(0, 64, MORE, OTHER, KEPT, NS_PER_S, 1) },
	    0, 0 },
	{ "same identification later", { P(0, 64, MORE, SAME, KEPT),
	    P(64, 56, LAST, SAME, WHOLE), AT(0, 64, MORE, SAME, KEPT, NS_PER_S + 1, 1),
	    AT(64, 56, LAST, SAME, WHOLE, NS_PER_S + 1, 3) }, 0, 0 },
	{ "a hole", { P(0, 64, MORE, SAME, KEPT), P(72, 48, LAST, SAME, KEPT) }, 0, 1 },
	{ "the first is missing", { P(8, 56, MORE, SAME, KEPT), P(64, 56, LAST, SAME, KEPT) },
	    0, 1 },
};
/* clang-format on */

static void
test_overlaps(void **state)
{
	size_t i, j;
	enum decode_status v;

	(void)state;
	for (i = 0; i < 2 * COUNT(overlaps); i++) {
		const struct overlap_row *row = &overlaps[i / 2];
		struct bench *b = bench_new(i % 2 ? BENCH6 : BENCH4);

		b->row = row->name;
		for (j = 0; j < PIECES; j++) {
			if (row->p[j].len == 0 && row->p[j].want != BAD)
				break;
			v = bench_send(b, &row->p[j]);
			check_num(row->name, "status", v, row->p[j].want);
			if (v == DECODE_SEGMENT)
				bench_check_whole(b, row->p[j].first_frame, row->issues);
		}
		bench_check_stats(b, 0, 0, row->pending);
		bench_free(b);
	}
}

/* Pieces of different datagrams do not mix, wherever their keys are hashed to. */
static void
test_keys(void **state)
{
	static const struct {
		const char *name;
		size_t at;
	} rows[] = { { "identification", 0 }, { "protocol", 9 }, { "source", 14 },
		{ "destination", 18 } };
	const struct piece first = { .len = 64, .more = true }, last = { .off = 64, .len = 56 };
	uint32_t i, k;

	(void)state;
	for (i = 0; i < 20 * COUNT(rows); i++) {
		struct bench *b = bench_new(BENCH4);
		size_t at = rows[i / 20].at;

		b->row = rows[i / 20].name;
		b->id = 1000 * i;
		check_num(b->row, "first", bench_send(b, &first), DECODE_FRAGMENT);
		for (k = 1; k < 200; k++) {
			b->id ^= at ? 0 : k;
			b->f.b[at] ^= at ? k : 0;
			check_num(b->row, "other", bench_send(b, &last), DECODE_FRAGMENT);
			b->id ^= at ? 0 : k;
			b->f.b[at] ^= at ? k : 0;
		}
		check_num(b->row, "last", bench_send(b, &last), DECODE_SEGMENT);
		bench_check_whole(b, 1, 0);
		bench_check_stats(b, 0, 0, 199);
		bench_free(b);
	}
}

/* RFC 8200 4.5: only the first fragment tells what the payload is. */
static void
test_next_header(void **state)
{
	struct bench *b = bench_new(BENCH6);
	struct piece first = { .len = 64, .more = true }, last = { .off = 64, .len = 56 };

	(void)state;
	b->f.b[6] = 17;
	assert_int_equal(bench_send(b, &last), DECODE_FRAGMENT);
	b->f.b[6] = 6;
	assert_int_equal(bench_send(b, &first), DECODE_SEGMENT);
	bench_check_whole(b, 1, 0);
	bench_free(b);
}

/* A datagram in fragments of which one carried a wrong header checksum. */
static void
test_issues(void **state)
{
	struct bench *b = bench_new(BENCH4);
	struct piece first = { .len = 64, .more = true }, last = { .off = 64, .len = 56 };
	uint8_t frame[84];

	(void)state;
	bench_header(b, frame, &first);
	memcpy(frame + 20, b->f.b + 20, 64);
	frame[10] ^= 1;
	b->pkt.frame = 1;
	b->pkt.wirelen = sizeof(frame);
	b->pkt.data = slice_of(frame, sizeof(frame));
	assert_int_equal(decoder_packet(b->dec, &b->pkt, &b->seg), DECODE_FRAGMENT);
	assert_int_equal(bench_send(b, &last), DECODE_SEGMENT);
	bench_check_whole(b, 1, ISSUE_IP_CHECKSUM);
	bench_free(b);
}

/* Fragments of a tunnel's datagram whose payload is a fragment again. */
static void
test_nested(void **state)
{
	struct bench *b = bench_new("out4=04 ip4=06 tcp=5 fill=100");
	struct piece outer_first = { .len = 80, .more = true },
	             outer_last = { .off = 80, .len = 60 };
	struct piece inner_last = { .off = 64, .len = 56 };
	uint8_t *inner = b->f.b + 20;

	(void)state;
	/* the inner datagram becomes its own first fragment: 20 + 64 octets */
	inner[2] = 0;
	inner[3] = 84;
	inner[6] = 0x20;
	bench_ip4_checksum(inner);
	assert_int_equal(bench_send(b, &outer_first), DECODE_FRAGMENT);
	assert_int_equal(bench_send(b, &outer_last), DECODE_FRAGMENT);
	memmove(b->f.b, inner, b->f.n -= 20);
	b->f.ip = 0;
	assert_int_equal(bench_send(b, &inner_last), DECODE_SEGMENT);
	bench_check_whole(b, 1, 0);
	bench_free(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_orders),
		cmocka_unit_test(test_overlaps),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_next_header),
		cmocka_unit_test(test_issues),
		cmocka_unit_test(test_nested),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
