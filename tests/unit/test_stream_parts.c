/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_stream_parts - coverage, recent octets and the list of pieces against
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
#include "base/timefmt.h"
#include "stream/coverage.h"
#include "stream/reassembler.h"
#include "stream/recent.h"
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
		{ "in order", 0, 10, { 0, 0, 10, 10 }, 10, 0 },
		{ "ahead", 20, 10, { 10, 0, 5, 10 }, 30, 1 },
		{ "again", 20, 10, { 0, 0, 0, 0 }, 30, 1 },
		{ "middle of the hole", 13, 4, { 0, 4, 4, 0 }, 30, 2 },
		{ "more than a hole", 8, 6, { 0, 3, 3, 0 }, 30, 1 },
		{ "rest, and new", 15, 25, { 0, 3, 3, 10 }, 40, 0 },
		{ "below all", -5, 5, { 0, 0, 0, 0 }, 40, 0 },
	};
	struct coverage c = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct coverage_result got = coverage_add(&c, rows[i].off, rows[i].len, 25);

		if (memcmp(&got, &rows[i].want, sizeof(got)) != 0 || c.high != rows[i].high ||
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

static void
test_recent(void **state)
{
	struct budget b = { 0 };
	struct recent r = { 0 };
	uint8_t data[3 * RECENT_MAX];
	uint32_t x = 3, i;
	int64_t off = 0;

	(void)state;
	for (i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)rnd(&x, 256);
	while (off < (int64_t)sizeof(data)) {
		size_t n = 1 + rnd(&x, 3000), lo = (size_t)off, len;
		uint8_t copy[4000];

		if (n > sizeof(data) - (size_t)off)
			n = sizeof(data) - (size_t)off;
		recent_add(&r, &b, off, slice_of(data + off, n), false);
		off += (int64_t)n;
		assert_true(r.hi == off && r.hi - r.lo <= RECENT_MAX);
		lo = lo > 2000 ? lo - 2000 : 0;
		len = (size_t)off - lo < sizeof(copy) ? (size_t)off - lo : sizeof(copy);
		memcpy(copy, data + lo, len);
		assert_false(recent_differs(&r, (int64_t)lo, slice_of(copy, len), false));
		copy[len / 2] ^= 1;
		assert_true(recent_differs(&r, (int64_t)lo, slice_of(copy, len), false));
		assert_false(recent_differs(&r, (int64_t)lo, slice_of(copy, len), true));
	}
	assert_false(recent_differs(&r, 0, slice_of("\1\2\3", 3), false));
	recent_fini(&r, &b);
	assert_int_equal(b.used, 0);
	b.limit = RECENT_FIRST * 4; /* less than half of it, and no more */
	recent_add(&r, &b, off, slice_of(data, 5000), false);
	assert_true(b.used <= b.limit);
	recent_add(&r, &b, off + 5000, slice_of(data, 100), false);
	assert_false(recent_differs(&r, off + 5000, slice_of(data, 100), false));
	recent_fini(&r, &b);
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
		cmocka_unit_test(test_coverage_overflow),
		cmocka_unit_test(test_recent),
		cmocka_unit_test(test_seglist),
		cmocka_unit_test(test_junk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
