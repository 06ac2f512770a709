/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_stream_random - both engines against the truth.  A seeded generator cuts
 * a known octet stream into segments, reorders and repeats them, and remembers
 * which frame carried each octet first.  Whatever happens, an engine may only
 * deliver the true octet, once, in order, from that frame; without loss it must
 * deliver all of them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <config.h>

#include "base/budget.h"
#include "base/error.h"
#include "base/timefmt.h"
#include "decode/checksum.h"
#include "stream/reassembler.h"

enum { OCTETS = 4000, BURST = 12, RUNS = 300 };

struct piece_of {
	int64_t off;
	uint32_t len;
};

struct world {
	const struct reassembler_ops *engine;
	uint32_t seed, random;
	bool lossy; /* drop segments, and mix the sides in time */
	struct tracker *tracker;
	uint64_t frame; /* number of the frame in hand */
	int64_t ts;
	uint32_t isn[2];
	int64_t sent[2], told[2];  /* by the sides, to the sink */
	int64_t acked[2];          /* by the latest burst of the other side */
	uint64_t first[2][OCTETS]; /* frame that carried each octet first; 0: none */
	uint64_t gap_octets, ends, fins;
	int failed;
};

static uint32_t
rnd(struct world *w, uint32_t n)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 17;
	w->random ^= w->random << 5;
	return w->random % n;
}

static uint8_t
octet_at(const struct world *w, int dir, int64_t off)
{
	uint64_t x = ((uint64_t)w->seed << 33) ^ (uint64_t)(off * 2 + dir) * 0x9e3779b97f4a7c15u;

	return (uint8_t)(x >> 29);
}

static void
wrong(struct world *w, const char *what, int dir, int64_t got, int64_t want)
{
	if (w->failed++ == 0)
		print_error("%s, seed %u%s, side %d: %s: got %lld, want %lld\n", w->engine->name,
		    w->seed, w->lossy ? ", lossy" : "", dir, what, (long long)got, (long long)want);
}

static void
on_data(struct world *w, const struct stream_event *ev)
{
	size_t i;

	for (i = 0; i < ev->data.n; i++) {
		int64_t off = ev->off + (int64_t)i;

		if (off >= OCTETS || ev->data.p[i] != octet_at(w, ev->dir, off)) {
			wrong(w, "octet at offset", ev->dir, ev->data.p[i],
			    octet_at(w, ev->dir, off));
			return;
		}
		if (ev->seg->frame != w->first[ev->dir][off])
			wrong(w, "frame", ev->dir, (int64_t)ev->seg->frame,
			    (int64_t)w->first[ev->dir][off]);
	}
}

static void
on_event(void *ctx, const struct stream_event *ev)
{
	struct world *w = ctx;
	int dir;

	w->ends += ev->type == STREAM_END;
	w->fins += ev->type == STREAM_FIN;
	if (ev->type == STREAM_END)
		for (dir = 0; dir < 2; dir++)
			if (ev->stream->half[dir].conflicts)
				wrong(w, "conflicts", dir, (int64_t)ev->stream->half[dir].conflicts,
				    0);
	if (ev->type != STREAM_DATA && ev->type != STREAM_GAP)
		return;
	if (ev->off != w->told[ev->dir])
		wrong(w, "next offset", ev->dir, ev->off, w->told[ev->dir]);
	w->told[ev->dir] = ev->off + (int64_t)ev->len;
	if (ev->type == STREAM_DATA)
		on_data(w, ev);
	else
		w->gap_octets += ev->len;
}

/* One frame: octets off .. off + len - 1 of a side. */
static void
put(struct world *w, int dir, uint8_t flags, int64_t off, uint32_t len)
{
	uint8_t data[OCTETS];
	struct packet pkt = { .frame = ++w->frame, .ts = w->ts, .source_frame = w->frame };
	struct endpoint host[2] = { { { 4, { 10, 0, 0, 1 } }, 40000 },
		{ { 4, { 10, 0, 0, 2 } }, 25 } };
	struct segment g = { .pkt = &pkt,
		.first_frame = pkt.frame,
		.src = host[dir],
		.dst = host[!dir],
		.wire_len = len,
		.win = 65000,
		.flags = flags,
		.ttl = 64,
		.opt = { .wscale = 255 },
		.payload = { data, len } };
	uint32_t i;

	g.seq = w->isn[dir] + (uint32_t)off + !(flags & TCP_SYN);
	g.ack = flags & TCP_ACK ? w->isn[!dir] + 1 + (uint32_t)w->acked[!dir] : 0;
	for (i = 0; i < len; i++) {
		data[i] = octet_at(w, dir, off + i);
		if (w->first[dir][off + i] == 0)
			w->first[dir][off + i] = w->frame;
	}
	if (len)
		g.payload_sum = checksum_of_payload(checksum_add(0, g.payload));
	tracker_segment(w->tracker, &g);
	w->ts += 100 * NS_PER_US;
}

/* Cut new octets into segments, add repeats, shuffle within a small distance. */
static int
make_burst(struct world *w, int dir, struct piece_of *p)
{
	int n = 0, i;

	while (n < BURST / 2 && w->sent[dir] < OCTETS) {
		uint32_t len = 1 + rnd(w, rnd(w, 3) ? 60 : 700);

		if (len > OCTETS - w->sent[dir])
			len = (uint32_t)(OCTETS - w->sent[dir]);
		p[n++] = (struct piece_of){ w->sent[dir], len };
		w->sent[dir] += len;
		if (rnd(w, 4) == 0)
			break;
	}
	for (i = rnd(w, 4); i > 0 && w->sent[dir] > 0; i--) {
		uint32_t back = 1 + rnd(w, w->sent[dir] < 300 ? (uint32_t)w->sent[dir] : 300);

		p[n++] = (struct piece_of){ w->sent[dir] - back, 1 + rnd(w, back) };
	}
	for (i = 0; i + 1 < n; i++) {
		int j = i + (int)rnd(w, n - i < 4 ? (uint32_t)(n - i) : 4);
		struct piece_of t = p[i];

		p[i] = p[j];
		p[j] = t;
	}
	return n;
}

static void
converse(struct world *w)
{
	struct piece_of p[BURST];
	int dir = DIR_SERVER, i, n;

	put(w, DIR_CLIENT, TCP_SYN, 0, 0);
	put(w, DIR_SERVER, TCP_SYN | TCP_ACK, 0, 0);
	put(w, DIR_CLIENT, TCP_ACK, 0, 0);
	while (w->sent[0] < OCTETS || w->sent[1] < OCTETS) {
		n = make_burst(w, dir, p);
		for (i = 0; i < n; i++)
			if (!w->lossy || rnd(w, 5))
				put(w, dir, TCP_ACK | TCP_PSH, p[i].off, p[i].len);
			else
				w->frame++;
		/* A lossy capture shows acknowledgements early, late or never. */
		if (!w->lossy || rnd(w, 3))
			w->acked[dir] = w->sent[dir];
		dir = !dir;
	}
	w->acked[0] = w->sent[0];
	w->acked[1] = w->sent[1];
	put(w, DIR_CLIENT, TCP_ACK, OCTETS, 0);
	put(w, DIR_SERVER, TCP_ACK, OCTETS, 0);
	put(w, DIR_CLIENT, TCP_FIN | TCP_ACK, OCTETS, 0);
	w->acked[0]++;
	put(w, DIR_SERVER, TCP_FIN | TCP_ACK, OCTETS, 0);
	w->acked[1]++;
	put(w, DIR_CLIENT, TCP_ACK, OCTETS + 1, 0);
}

static int
run(const struct reassembler_ops *engine, uint32_t seed, bool lossy)
{
	struct world *w = calloc(1, sizeof(*w));
	struct budget budget = { 0 };
	struct error err = { "" };
	struct tracker_config cfg = { .engine = engine,
		.budget = &budget,
		.max_streams = 8,
		.sink = { on_event, w, false } };
	int failed;

	w->engine = engine;
	w->seed = seed;
	w->random = seed * 2654435761u + 1;
	w->lossy = lossy;
	w->ts = NS_PER_S;
	w->isn[0] = seed % 3 ? rnd(w, UINT32_MAX) : UINT32_MAX - rnd(w, OCTETS);
	w->isn[1] = rnd(w, UINT32_MAX);
	w->tracker = tracker_new(&cfg, &err);
	assert_non_null(w->tracker);
	converse(w);
	tracker_finish(w->tracker);
	tracker_free(w->tracker);
	if (w->told[0] != OCTETS || w->told[1] != OCTETS)
		wrong(
		    w, "octets told", w->told[0] == OCTETS, w->told[w->told[0] == OCTETS], OCTETS);
	if (!lossy && w->gap_octets)
		wrong(w, "octets in gaps", 0, (int64_t)w->gap_octets, 0);
	if (w->ends != 1 || w->fins != 2)
		wrong(w, "END and FIN", 0, (int64_t)(w->ends * 10 + w->fins), 12);
	if (budget.used)
		wrong(w, "budget at the end", 0, (int64_t)budget.used, 0);
	failed = w->failed;
	free(w);
	return failed;
}

static void
test_random(void **state)
{
	int failed = 0;
	uint32_t seed;

	(void)state;
	for (seed = 1; seed <= RUNS; seed++) {
		failed += run(&reassembler_native_ops, seed, false) != 0;
		failed += run(&reassembler_native_ops, seed, true) != 0;
#ifdef HAVE_LIBNIDS
		failed += run(&reassembler_nids_ops, seed, false) != 0;
		failed += run(&reassembler_nids_ops, seed, true) != 0;
#endif
	}
	assert_int_equal(failed, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
