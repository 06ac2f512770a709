/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_stream_parts - coverage, repeated octets and the list of pieces against
 * plain models of them; and segments without any sense against the tracker.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/budget.h"
#include "base/error.h"
#include "base/mem.h"
#include "base/timefmt.h"
#include "decode/checksum.h"
#include "stream/coverage.h"
#include "stream/reassembler.h"
#include "stream/recent.h"
#include "stream/repeat.h"
#include "stream/seglist.h"

static uint32_t
rnd(uint32_t *x, uint32_t n)
{
	*x ^= *x << 13;
	*x ^= *x >> 17;
	*x ^= *x << 5;
	return *x % n;
}

static void
test_coverage(void **state)
{
	static const struct {
		const char *name;
		int64_t off, len;
		struct coverage_result want;
		int64_t high;
		unsigned holes;
	} rows[] = {
		/* one after the other, delivery at 25 */
		{ "in order", 0, 10, { 0, 0, 10, 10, false }, 10, 0 },
		{ "ahead", 20, 10, { 10, 0, 5, 10, false }, 30, 1 },
		{ "again", 20, 10, { 0, 0, 0, 0, false }, 30, 1 },
		{ "middle of the hole", 13, 4, { 0, 4, 4, 0, false }, 30, 2 },
		{ "more than a hole", 8, 6, { 0, 3, 3, 0, false }, 30, 1 },
		{ "rest, and new", 15, 25, { 0, 3, 3, 10, false }, 40, 0 },
		{ "below all", -5, 5, { 0, 0, 0, 0, false }, 40, 0 },
	};
	struct coverage c = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct coverage_result got = coverage_add(&c, rows[i].off, rows[i].len, 25);

		if (got.ahead != rows[i].want.ahead || got.filled != rows[i].want.filled ||
		    got.late != rows[i].want.late || got.fresh != rows[i].want.fresh ||
		    got.unsure != rows[i].want.unsure || c.high != rows[i].high ||
		    c.n != rows[i].holes)
			fail_msg("%s: got %lld %lld %lld %lld high %lld holes %u, "
			         "want %lld %lld %lld %lld high %lld holes %u",
			    rows[i].name, (long long)got.ahead, (long long)got.filled,
			    (long long)got.late, (long long)got.fresh, (long long)c.high, c.n,
			    (long long)rows[i].want.ahead, (long long)rows[i].want.filled,
			    (long long)rows[i].want.late, (long long)rows[i].want.fresh,
			    (long long)rows[i].high, rows[i].holes);
	}
}

/* Against a bitmap, as long as no hole had to be forgotten. */
static void
test_coverage_random(void **state)
{
	uint32_t x = 1, run;

	(void)state;
	for (run = 0; run < 500; run++) {
		struct coverage c = { 0 };
		uint8_t seen[512] = { 0 };
		int64_t high = 0;
		int step, i;

		for (step = 0; step < 20 && c.n < COVERAGE_HOLES - 1; step++) {
			int64_t off = rnd(&x, 400), len = 1 + rnd(&x, 60), fresh = 0;
			struct coverage_result got = coverage_add(&c, off, len, 0);

			for (i = (int)off; i < off + len; i++) {
				fresh += !seen[i];
				seen[i] = 1;
			}
			high = off + len > high ? off + len : high;
			assert_int_equal(got.filled + got.fresh, fresh);
			assert_int_equal(got.late, 0);
			assert_int_equal(c.high, high);
		}
	}
}

/* More holes than are kept: what comes for a forgotten one is not called a repeat. */
static void
test_coverage_forgotten(void **state)
{
	struct coverage c = { 0 };
	int64_t i;

	(void)state;
	assert_false(coverage_add(&c, 0, 10, 0).unsure);
	for (i = 1; i <= COVERAGE_HOLES + 2; i++)
		assert_int_equal(coverage_add(&c, i * 20, 10, 0).ahead, 10);
	assert_int_equal(c.n, COVERAGE_HOLES);
	assert_true(coverage_add(&c, 10, 10, 0).unsure); /* the lowest two holes are forgotten */
	assert_true(coverage_add(&c, 30, 10, 0).unsure);
	assert_int_equal(coverage_add(&c, 50, 10, 0).filled, 10); /* the third is not */
	assert_false(coverage_add(&c, 50, 10, 0).unsure);
	assert_false(coverage_add(&c, 0, 10, 0).unsure);
}

/* Random holes without end: the list stays in order and in its bounds. */
static void
test_coverage_overflow(void **state)
{
	struct coverage c = { 0 };
	uint32_t x = 7;
	int step;

	(void)state;
	for (step = 0; step < 20000; step++) {
		unsigned i;

		coverage_add(&c, (int64_t)rnd(&x, 4000) - 100 + step / 8, 1 + rnd(&x, 50), 0);
		assert_true(c.n <= COVERAGE_HOLES);
		for (i = 0; i < c.n; i++) {
			assert_true(c.hole[i].lo < c.hole[i].hi);
			assert_true(i == 0 || c.hole[i - 1].hi < c.hole[i].lo);
			assert_true(c.hole[i].hi <= c.high);
		}
	}
}

enum { REPEAT_OCTETS = 4000 };

/* Segment off .. off + len - 1 of `data' as the ledger has it. */
static struct ledger_seg
copy_of(const uint8_t *data, int64_t off, uint32_t len, bool bad)
{
	return (struct ledger_seg){ .off = off,
		.len = len,
		.count = 1,
		.issues = bad ? ISSUE_TCP_CHECKSUM : 0,
		.kind = KIND_NEW,
		.sum = checksum_of_payload(checksum_add(0, slice_of(data + off, len))) };
}

static void
expect_repeat(const char *name, const struct ledger *l, const struct ledger_seg *g, bool want)
{
	bool got = repeat_judge(l, g) == REPEAT_DIFFERS;

	if (got != want)
		fail_msg("%s, octets %lld to %lld: got %s, want %s", name, (long long)g->off,
		    (long long)(g->off + g->len - 1), got ? "other" : "the same",
		    want ? "other" : "the same");
}

/* Random segments, then a random run of them again: as one, changed in an octet, damaged. */
static void
repeat_run(uint32_t *x, bool bad)
{
	struct budget b = { 0 };
	struct ledger l;
	uint8_t data[REPEAT_OCTETS];
	int64_t bound[REPEAT_OCTETS + 1], off = 0;
	struct ledger_seg g;
	uint32_t i, n = 0, from, parts, len;

	ledger_init(&l, &b);
	for (i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)rnd(x, 256);
	while (off + 100 < REPEAT_OCTETS) {
		len = 1 + rnd(x, 100);
		g = copy_of(data, off, len, bad);
		bound[n++] = off;
		ledger_add(&l, &g);
		off += len;
	}
	bound[n] = off;
	from = rnd(x, n);
	parts = 1 + rnd(x, n - from < REPEAT_PARTS ? n - from : REPEAT_PARTS);
	len = (uint32_t)(bound[from + parts] - bound[from]);
	g = copy_of(data, bound[from], len, bad);
	expect_repeat("a run again", &l, &g, false);
	data[bound[from] + rnd(x, len)] ^= (uint8_t)(1 + rnd(x, 255));
	g = copy_of(data, bound[from], len, bad);
	expect_repeat("a run with another octet", &l, &g, true);
	g.off++;
	expect_repeat("other boundaries", &l, &g, false);
	g.off--;
	g.issues ^= ISSUE_TCP_CHECKSUM;
	expect_repeat("the other quality", &l, &g, false);
	ledger_fini(&l);
	assert_int_equal(b.used, 0);
}

/* One segment, repeated in pieces of which one has another octet: the last one shows it. */
static void
pieces_run(uint32_t *x, bool change)
{
	struct budget b = { 0 };
	struct ledger l;
	uint8_t data[REPEAT_OCTETS];
	uint32_t i, n = 2 + rnd(x, REPEAT_PARTS - 2), at = 0, len;
	struct ledger_seg g;

	ledger_init(&l, &b);
	for (i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)rnd(x, 256);
	g = copy_of(data, 0, 1000, false);
	ledger_add(&l, &g);
	if (change)
		data[rnd(x, 1000)] ^= 0x20;
	for (i = 0; i < n; i++, at += len) {
		len = i == n - 1 ? 1000 - at : 1 + rnd(x, 100);
		g = copy_of(data, at, len, false);
		expect_repeat("a piece", &l, &g, change && i == n - 1);
		ledger_add(&l, &g);
	}
	ledger_fini(&l);
}

enum { RECENT_OCTETS = 4 * RECENT_MAX };

/* Segments of random lengths, some repeated with others between; `data' is the truth. */
static void
test_recent(void **state)
{
	uint32_t x = 5, run, i;

	(void)state;
	for (run = 0; run < 20; run++) {
		struct budget b = { 0 };
		struct recent *r = recent_new(&b);
		uint8_t *data = xmalloc(RECENT_OCTETS);
		size_t end = 0, from, n;

		for (i = 0; i < RECENT_OCTETS; i++)
			data[i] = (uint8_t)rnd(&x, 256);
		while (end < RECENT_OCTETS) {
			from = end - (end ? rnd(&x, end < 100 ? (uint32_t)end : 100) : 0);
			n = 1 + rnd(&x, run % 2 ? 60000 : 1500);
			if (from + n > RECENT_OCTETS)
				n = RECENT_OCTETS - from;
			recent_add(r, (int64_t)from, slice_of(data + from, n));
			end = from + n > end ? from + n : end;
			n = 1 + rnd(&x, end < 3000 ? (uint32_t)end : 3000);
			from = end - n;
			assert_false(recent_differs(r, (int64_t)from, slice_of(data + from, n)));
			data[end - 1 - rnd(&x, (uint32_t)n)] ^= 0x55;
			assert_true(recent_differs(r, (int64_t)from, slice_of(data + from, n)));
			memcpy(data + from, r->octets + r->n - n, n);
		}
		assert_false(recent_differs(r, (int64_t)end, slice_of(data, 10)));
		/* Behind a hole nothing is known of what came before it. */
		recent_add(r, (int64_t)end + 10, slice_of(data, 10));
		assert_false(recent_differs(r, (int64_t)end - 10, slice_of(data, 10)));
		recent_free(r, &b);
		assert_int_equal(b.used, 0);
		free(data);
	}
}

/* Without memory nothing is kept. */
static void
test_recent_refused(void **state)
{
	struct budget b = { .limit = 100 };

	(void)state;
	assert_null(recent_new(&b));
	assert_int_equal(b.refusals, 1);
	recent_free(NULL, &b);
}

static void
test_repeat(void **state)
{
	uint32_t x = 3, run;

	(void)state;
	for (run = 0; run < 2000; run++) {
		repeat_run(&x, run & 1);
		pieces_run(&x, run & 1);
	}
}

/* What the sum is never asked about. */
static void
test_repeat_silent(void **state)
{
	static const struct {
		const char *name;
		struct ledger_seg before, now;
		bool want;
	} rows[] = {
		{ "differs", { .len = 5, .count = 1, .sum = 7 }, { .len = 5, .count = 1, .sum = 8 },
		    true },
		{ "cut before", { .len = 5, .count = 1 }, { .len = 5, .count = 1, .sum = 8 },
		    false },
		{ "cut now", { .len = 5, .count = 1, .sum = 7 }, { .len = 5, .count = 1 }, false },
		{ "the other side", { .len = 5, .count = 1, .sum = 7, .dir = DIR_SERVER },
		    { .len = 5, .count = 1, .sum = 8 }, false },
		{ "a folded run", { .len = 5, .count = 2, .sum = 7 },
		    { .len = 5, .count = 1, .sum = 8 }, false },
		{ "a keep-alive", { .len = 5, .count = 1, .sum = 7, .kind = KIND_KEEPALIVE },
		    { .len = 5, .count = 1, .sum = 8 }, false },
		{ "damaged beside a good one", { .len = 5, .count = 1, .sum = 7 },
		    { .len = 5, .count = 1, .sum = 8, .issues = ISSUE_TCP_CHECKSUM }, false },
	};
	struct budget b = { 0 };
	struct ledger l;
	struct ledger_seg plain = { .count = 1 };
	size_t i;
	int k;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ledger_init(&l, &b);
		expect_repeat(rows[i].name, &l, &rows[i].now, false);
		ledger_add(&l, &rows[i].before);
		expect_repeat(rows[i].name, &l, &rows[i].now, rows[i].want);
		for (k = 0; k < REPEAT_LOOKBACK; k++)
			ledger_add(&l, &plain);
		expect_repeat("too long ago", &l, &rows[i].now, false);
		ledger_fini(&l);
	}
	assert_int_equal(b.used, 0);
}

/* First arrival wins among equals, the better copy otherwise: against a table per octet. */
static void
test_seglist(void **state)
{
	uint32_t x = 11, run;

	(void)state;
	for (run = 0; run < 500; run++) {
		struct budget b = { 0 };
		struct seglist l;
		uint8_t owner[200] = { 0 }, best[200] = { 0 };
		struct piece *p;
		uint64_t frame;
		int64_t last = -1;
		size_t i, held = 0;

		seglist_init(&l);
		for (frame = 1; frame <= 12; frame++) {
			struct ledger_seg rec = { .frame = frame };
			uint8_t data[64];
			int64_t off = rnd(&x, 120), n = 1 + rnd(&x, 60);
			struct seg_part part = { off, off + n, (enum seg_quality)rnd(&x, 3), { 0 },
				&rec };

			memset(data, (int)frame, sizeof(data));
			if (part.quality != QUALITY_CUT)
				part.data = slice_of(data, (size_t)n);
			seglist_improve(&l, &b, &part);
			assert_true(seglist_insert(&l, &b, SIZE_MAX, &part));
			for (i = (size_t)off; i < (size_t)(off + n); i++)
				if (!owner[i] || best[i] < part.quality) {
					owner[i] = (uint8_t)frame;
					best[i] = (uint8_t)part.quality;
				}
		}
		for (p = seglist_first(&l); p; p = TAILQ_NEXT(p, link)) {
			assert_true(p->off >= last && p->off < p->end);
			last = p->end;
			held += (size_t)(p->end - p->off);
			for (i = (size_t)p->off; i < (size_t)p->end; i++) {
				assert_int_equal(p->rec.frame, owner[i]);
				if (p->p)
					assert_int_equal(p->p[(int64_t)i - p->off], owner[i]);
			}
		}
		for (i = 0; i < sizeof(owner); i++)
			held -= owner[i] != 0;
		assert_int_equal(held, 0);
		seglist_fini(&l, &b);
		assert_int_equal(b.used, 0);
	}
}

struct junk_sink {
	int64_t told[8192][2];
	uint64_t opened, ended;
	uint32_t random;
};

static void
on_event(void *ctx, const struct stream_event *ev)
{
	struct junk_sink *j = ctx;

	assert_in_range(ev->stream->id, 1, 8191);
	j->opened += ev->type == STREAM_OPEN;
	j->ended += ev->type == STREAM_END;
	if (ev->type != STREAM_OPEN && ev->type != STREAM_END)
		assert_true(ev->seg && ev->at);
	if (ev->type == STREAM_DATA || ev->type == STREAM_GAP) {
		int64_t want = j->told[ev->stream->id][ev->dir];

		if (ev->off != want || ev->len == 0)
			fail_msg("stream %llu side %d frame %llu type %d: got offset %lld length "
			         "%llu, want offset %lld",
			    (unsigned long long)ev->stream->id, ev->dir,
			    (unsigned long long)ev->at->frame, ev->type, (long long)ev->off,
			    (unsigned long long)ev->len, (long long)want);
		j->told[ev->stream->id][ev->dir] += (int64_t)ev->len;
	}
	if (rnd(&j->random, 5000) == 0)
		ev->stream->muted = true;
}

/* Numbers that make trouble, mostly near each other. */
static uint32_t
odd_number(uint32_t *x)
{
	static const uint32_t base[] = { 0, 1000, 1000, 1000, 0x7fffffff, 0x80000000, 0xffffff00 };
	uint32_t n = base[rnd(x, 7)];

	return n + rnd(x, rnd(x, 10) ? 300 : 100000);
}

static void
junk(const struct reassembler_ops *engine, uint32_t seed, uint64_t memory)
{
	static const uint8_t data[4096] = "junk";
	struct budget b = { .limit = memory };
	struct junk_sink *j = calloc(1, sizeof(*j));
	struct error err = { "" };
	struct tracker_config cfg = { .engine = engine,
		.budget = &b,
		.max_streams = 20,
		.max_ooo = 20000,
		.sink = { on_event, j, seed % 2 } };
	struct tracker_stats stats;
	struct tracker *t = tracker_new(&cfg, &err);
	uint32_t x = j->random = seed;
	int64_t ts = 0;
	uint64_t i;

	if (!t)
		fail_msg("%s", err.text);
	for (i = 1; i <= 6000; i++) {
		struct packet pkt = { .frame = i, .ts = ts, .source_frame = i };
		uint8_t family = rnd(&x, 4) ? 4 : 6;
		struct endpoint a = { { family, { 10 } }, (uint16_t)rnd(&x, 6) },
		                z = { { family, { 10 } }, (uint16_t)rnd(&x, 3) };
		struct segment g = { .pkt = &pkt,
			.src = a,
			.dst = z,
			.seq = odd_number(&x),
			.ack = odd_number(&x),
			.win = (uint16_t)rnd(&x, 3),
			.ttl = 1,
			.opt = { .wscale = rnd(&x, 2) ? 255 : (uint8_t)rnd(&x, 255) } };

		if (rnd(&x, 2)) {
			g.src = z;
			g.dst = a;
		}
		g.flags = rnd(&x, 4) ? TCP_ACK : (uint8_t)rnd(&x, 256);
		if (rnd(&x, 2)) {
			g.wire_len = rnd(&x, rnd(&x, 3) ? 50 : 4096);
			g.payload =
			    slice_of(data, rnd(&x, 5) ? g.wire_len : rnd(&x, g.wire_len + 1));
		}
		if (g.wire_len && g.payload.n == g.wire_len)
			g.payload_sum = (uint16_t)(1 + rnd(&x, 2));
		if (rnd(&x, 6) == 0)
			g.issues = ISSUE_TCP_CHECKSUM;
		tracker_segment(t, &g);
		ts += rnd(&x, 50) ? rnd(&x, 1000000) :
		                    (int64_t)rnd(&x, 200) * NS_PER_S - 3 * NS_PER_S;
		if (rnd(&x, 100) == 0)
			tracker_tick(t, ts);
		if (memory)
			assert_true(b.used <= memory);
	}
	tracker_finish(t);
	tracker_stats(t, &stats);
	assert_int_equal(stats.open_streams, 0);
	assert_int_equal(stats.streams, j->opened);
	assert_int_equal(stats.streams, j->ended);
	tracker_free(t);
	assert_int_equal(b.used, 0);
	free(j);
}

static void
test_junk(void **state)
{
	const struct reassembler_ops *const *engine;
	uint32_t seed;

	(void)state;
	for (engine = reassemblers; *engine; engine++)
		for (seed = 1; seed <= 12; seed++) {
			junk(*engine, seed, 0);
			junk(*engine, seed, 200000);
			junk(*engine, seed, 60000);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_coverage),
		cmocka_unit_test(test_coverage_random),
		cmocka_unit_test(test_coverage_forgotten),
		cmocka_unit_test(test_coverage_overflow),
		cmocka_unit_test(test_recent),
		cmocka_unit_test(test_recent_refused),
		cmocka_unit_test(test_repeat),
		cmocka_unit_test(test_repeat_silent),
		cmocka_unit_test(test_seglist),
		cmocka_unit_test(test_junk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
