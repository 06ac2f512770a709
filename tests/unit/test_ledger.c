/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_ledger - what the ledger remembers, and what it may forget.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/budget.h"
#include "decode/decode.h"
#include "stream/ledger.h"

static struct ledger_seg
seg(uint64_t frame, enum stream_dir dir, int64_t off, uint32_t len, int64_t ack)
{
	return (struct ledger_seg){ .frame = frame,
		.last_frame = frame,
		.off = off,
		.len = len,
		.ack = ack,
		.win = 1000,
		.count = 1,
		.dir = (uint8_t)dir,
		.flags = TCP_ACK,
		.kind = len ? KIND_NEW : KIND_EMPTY };
}

static void
test_queries(void **state)
{
	struct budget b = { 0 };
	struct ledger l;
	const struct ledger_seg in[] = {
		seg(1, DIR_CLIENT, 0, 10, 0),
		seg(2, DIR_SERVER, 0, 5, 4),
		seg(3, DIR_CLIENT, 0, 10, 5),
		seg(4, DIR_SERVER, 5, 0, 10),
		seg(5, DIR_CLIENT, 10, 0, LEDGER_NO_ACK),
	};
	static const struct {
		const char *name;
		bool acked;
		enum stream_dir dir;
		int64_t off;
		uint64_t want; /* frame; 0: none */
	} rows[] = {
		{ "acked 4", true, DIR_SERVER, 4, 2 },
		{ "acked 5", true, DIR_SERVER, 5, 4 },
		{ "acked 10", true, DIR_SERVER, 10, 4 },
		{ "acked 11", true, DIR_SERVER, 11, 0 },
		{ "no ACK flag proves nothing", true, DIR_CLIENT, 6, 0 },
		{ "carrier of 0: the first copy", false, DIR_CLIENT, 0, 1 },
		{ "carrier of 9", false, DIR_CLIENT, 9, 1 },
		{ "carrier of 10", false, DIR_CLIENT, 10, 0 },
		{ "carrier below 0", false, DIR_CLIENT, -1, 0 },
		{ "carrier of the other side", false, DIR_SERVER, 4, 2 },
	};
	size_t i;

	(void)state;
	ledger_init(&l, &b);
	for (i = 0; i < sizeof(in) / sizeof(in[0]); i++)
		assert_non_null(ledger_add(&l, &in[i]));
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct ledger_seg *g = rows[i].acked ?
		    ledger_acked(&l, rows[i].dir, rows[i].off) :
		    ledger_carrier(&l, rows[i].dir, rows[i].off);
		uint64_t got = g ? g->frame : 0;

		if (got != rows[i].want)
			fail_msg("%s: got frame %llu, want %llu", rows[i].name,
			    (unsigned long long)got, (unsigned long long)rows[i].want);
	}
	ledger_fini(&l);
	assert_int_equal(b.used, 0);
}

/* A bulk transfer: every octet keeps a carrier, no proof becomes stronger than it was. */
static void
test_fold_bulk(void **state)
{
	struct budget b = { 0 };
	struct ledger l;
	uint64_t frame = 0, frames = 20000, count = 0;
	int64_t off;
	size_t i;

	(void)state;
	ledger_init(&l, &b);
	l.max = 1024;
	while (frame < frames) {
		struct ledger_seg data, ack;

		frame++;
		data = seg(frame, DIR_CLIENT, (int64_t)(frame - 1) / 2 * 100, 100, 7);
		assert_non_null(ledger_add(&l, &data));
		frame++;
		ack = seg(frame, DIR_SERVER, 7, 0, (int64_t)frame / 2 * 100);
		assert_non_null(ledger_add(&l, &ack));
	}
	assert_true(l.n <= l.max);
	for (i = 0; i < l.n; i++) {
		count += l.seg[i].count;
		assert_true(i == 0 || l.seg[i - 1].frame < l.seg[i].frame);
	}
	assert_int_equal(count, frames);
	assert_int_equal(l.refused, 0);
	/* Frames without a record of their own, and those that have one. */
	for (count = 0, i = 0; i < l.n; i++)
		count += l.seg[i].count == 1;
	assert_int_equal(count + l.folded, frames);
	for (off = 0; off < (int64_t)frames / 2 * 100; off += 50) {
		uint64_t carried = (uint64_t)off / 100 * 2 + 1;
		uint64_t acked = (uint64_t)(off + 99) / 100 * 2;
		const struct ledger_seg *g = ledger_carrier(&l, DIR_CLIENT, off);

		if (!g || carried < g->frame || carried > g->last_frame)
			fail_msg("octet %lld: got no carrier or another, want frame %llu",
			    (long long)off, (unsigned long long)carried);
		g = ledger_acked(&l, DIR_SERVER, off);
		if (g && g->frame < acked)
			fail_msg("octet %lld: got acknowledged in frame %llu, want %llu or later",
			    (long long)off, (unsigned long long)g->frame,
			    (unsigned long long)acked);
	}
	ledger_fini(&l);
	assert_int_equal(b.used, 0);
}

static const struct keep_row {
	const char *name;
	uint8_t flags, kind;
	uint16_t issues;
	uint32_t win;
	bool kept;
} keep_rows[] = {
	{ "data", TCP_ACK, KIND_NEW, 0, 1000, false },
	{ "retransmission", TCP_ACK, KIND_RETRANSMISSION, 0, 1000, false },
	{ "keep-alive", TCP_ACK, KIND_KEEPALIVE, 0, 1000, false },
	{ "SYN", TCP_SYN, KIND_EMPTY, 0, 1000, true },
	{ "FIN", TCP_FIN | TCP_ACK, KIND_EMPTY, 0, 1000, true },
	{ "RST", TCP_RST, KIND_EMPTY, 0, 1000, true },
	{ "closed window", TCP_ACK, KIND_EMPTY, 0, 0, true },
	{ "probe", TCP_ACK, KIND_PROBE, 0, 1000, true },
	{ "issue", TCP_ACK, KIND_NEW, ISSUE_TCP_CHECKSUM, 1000, true },
	{ "overlap", TCP_ACK, KIND_OVERLAP, 0, 1000, true },
};

/* One special frame among plain ones: does it keep its record? */
static void
test_fold_keeps(void **state)
{
	size_t i, k;

	(void)state;
	for (k = 0; k < sizeof(keep_rows) / sizeof(keep_rows[0]); k++) {
		const struct keep_row *row = &keep_rows[k];
		struct budget b = { 0 };
		struct ledger l;
		bool kept = false;

		ledger_init(&l, &b);
		l.max = 64;
		for (i = 0; i < 200; i++) {
			struct ledger_seg g =
			    seg(i + 1, DIR_CLIENT, (int64_t)i * 10, i == 20 ? 1 : 10, 0);

			if (i == 20) {
				g.flags = row->flags;
				g.kind = row->kind;
				g.issues = row->issues;
				g.win = row->win;
			}
			assert_non_null(ledger_add(&l, &g));
		}
		for (i = 0; i < l.n; i++)
			kept |= l.seg[i].frame == 21 && l.seg[i].count == 1;
		if (kept != row->kept)
			fail_msg("%s: got %s, want %s", row->name, kept ? "kept" : "folded",
			    row->kept ? "kept" : "folded");
		ledger_fini(&l);
	}
}

/* Nothing but frames that must stay: full, then refused, and cheap about it. */
static void
test_full(void **state)
{
	struct budget b = { .limit = 64 * sizeof(struct ledger_seg) };
	struct ledger l;
	uint64_t i;

	(void)state;
	ledger_init(&l, &b);
	l.max = 32;
	for (i = 1; i <= 100; i++) {
		struct ledger_seg g = seg(i, DIR_CLIENT, 0, 0, 0);

		g.flags = TCP_RST;
		assert_int_equal(ledger_add(&l, &g) != NULL, i <= 32);
	}
	assert_int_equal(l.n, 32);
	assert_int_equal(l.refused, 68);
	ledger_fini(&l);
	assert_int_equal(b.used, 0);

	/* Disordered data goes when the room is needed. */
	ledger_init(&l, &b);
	l.max = 32;
	for (i = 1; i <= 100; i++) {
		struct ledger_seg g = seg(i, DIR_CLIENT, (int64_t)i * 20, 10, 0);

		g.kind = KIND_AHEAD;
		assert_non_null(ledger_add(&l, &g));
	}
	assert_int_equal(l.n + l.folded, 100);
	ledger_fini(&l);

	/* The budget refuses before the maximum. */
	b.limit = 40 * sizeof(struct ledger_seg);
	ledger_init(&l, &b);
	for (i = 1; i <= 100; i++) {
		struct ledger_seg g = seg(i, DIR_CLIENT, 0, 0, 0);

		assert_int_equal(ledger_add(&l, &g) != NULL, i <= 32);
	}
	assert_int_equal(l.refused, 68);
	ledger_fini(&l);
	assert_int_equal(b.used, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_queries),
		cmocka_unit_test(test_fold_bulk),
		cmocka_unit_test(test_fold_keeps),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
