/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_stream_limits - the tracker under limits and options, and with libnids.
 * test_stream_script.h explains the language of the rows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <config.h>

#include "base/timefmt.h"
#include "stream/flow.h"
#include "test_stream_script.h"

#define MS NS_PER_MS
static const uint16_t mail_ports[] = { 25, 50000, 0 };

/* Rows with limits and options of their own. */
static const struct limit_row {
	struct script script;
	int flows, extra; /* memory for so many connections and octets; both 0: any */
	struct script_row row;
} limit_rows[] = {
	{ { .mute = true }, 0, 0,
	    { "muted", HANDSHAKE "C @3 'def';S ^6 'xyz';C 'abc';S;S;S;SF;CF;S", "open end(closed)",
	        "C.octets=6" } },
	{ { .want_segments = true }, 0, 0,
	    { "segments wanted", "CS;SSA;C 'a'", "open Cseg#1 Sseg#2 C0'a'#3 Cseg#3 end(eof)",
	        NULL } },
	{ { .cfg.strict_checksum = true }, 0, 0,
	    { "bad checksums dropped", HANDSHAKE "C 'aXc' bad;C @0 'abc';S",
	        "open C0'abc'#5 end(eof)", "strict_dropped=1 C.bad_checksums=0" } },
	{ { .cfg.reorder_segments = 1 }, 0, 0,
	    { "reorder_segments 1", HANDSHAKE "C @3 'def';S ^6;S",
	        "open C0-gap3(lost)#5@6 C3'def'#4@6 end(eof)", NULL } },
	{ { .cfg.max_ooo = 300 }, 0, 0,
	    { "max_ooo gives up the first hole", HANDSHAKE "C @2 'c';C @4 'e';C @6 'g';C @0 'ab'",
	        "open C0-gap2(budget)#4@6 C2'c'#4@6 C3-gap1(network)#5@7 C4'e'#5@7 "
	        "C5-gap1(network)#6@7 C6'g'#6@7 end(eof)",
	        "late=2" } },
	{ { .cfg.max_ooo = 300 }, 0, 0,
	    { "max_ooo, the new segment is the lowest",
	        HANDSHAKE "C @4 'e';C @6 'g';C @2 'c';C @0 'ab'",
	        "open C0-gap2(budget)#6 C2'c'#6 C3-gap1(network)#4@7 C4'e'#4@7 "
	        "C5-gap1(network)#5@7 C6'g'#5@7 end(eof)",
	        "late=2" } },
	{ { .cfg.max_ooo = 100 }, 0, 0,
	    { "max_ooo less than a segment", HANDSHAKE "C @2 'c';C 'd'",
	        "open C0-gap2(budget)#4 C2'c'#4 C3'd'#5 end(eof)", NULL } },
	{ { .isn = { 0 } }, 1, 4600,
	    { "no memory for a copy", HANDSHAKE "C @3 'd' x9000;C 'e'",
	        "open C0-gap3(budget)#4 C3'd{9000}'#4 C9003'e'#5 end(eof)", "late=0 refused=0" } },
	{ { .isn = { 0 } }, 1, 4600,
	    { "no memory to hold an event", HANDSHAKE "S 'd' x9000 ^4;C 'EHLO' ^0",
	        "open S0'd{9000}'#4 C0'EHLO'#5 end(eof)", "refused=0" } },
	{ { .isn = { 0 } }, 0, 300,
	    { "no memory for a connection", "CS;SSA;C", "", "refused_segments=3 streams=0" } },
	{ { .isn = { 0 } }, 1, 1000,
	    { "memory for one connection", "CS;C l1;C l2",
	        "open end(budget) 2:open 2:end(budget) 3:open 3:end(eof)", "evicted=2" } },
	{ { .isn = { 0 } }, 0, -2000,
	    { "no memory at all", "CS",
	        "error: no memory for the table of connections, raise --max-memory", NULL } },
	{ { .cfg.max_streams = 2 }, 0, 0,
	    { "max_streams ends the longest idle", "C;C l1;C;C l2",
	        "open 2:open 2:end(budget) 3:open end(eof) 3:end(eof)", "evicted=1" } },
	{ { .cfg.max_streams = 2 }, 0, 0,
	    { "max_streams ends closed ones first", "C;C l1;CR l1;C l2",
	        "open 2:open 2:C0-rst#3 2:end(reset) 3:open end(eof) 3:end(eof)", "evicted=0" } },
	{ { .cfg.linger_ns = 2000 * MS }, 0, 0,
	    { "live: END after 2 s", HANDSHAKE "CR;tick +1000;tick +1500",
	        "open C0-rst#4 end(reset)", NULL } },
	{ { .cfg.idle_ns = 5000 * MS }, 0, 0,
	    { "live: idle", HANDSHAKE "tick +4000;tick +1500", "open end(idle)", NULL } },
	{ { .cfg.ports = mail_ports, .port = { 24, 50000 } }, 0, 0,
	    { "roles by port", "C 'abc'", "open C0'abc'#1 end(eof)", "byseq=0" } },
	{ { .cfg.ports = mail_ports, .port = { 25, 50000 } }, 0, 0,
	    { "roles: both ports known, the lower serves", "C 'abc'", "open S0'abc'#1 end(eof)",
	        NULL } },
	{ { .cfg.ports = mail_ports, .port = { 4000, 5000 } }, 0, 0,
	    { "roles: neither known, the lower serves", "C 'abc'", "open S0'abc'#1 end(eof)",
	        NULL } },
	{ { .isn = { 4294967290u, 4294967295u } }, 0, 0,
	    { "beyond 4 GiB",
	        HANDSHAKE
	        "C 'a';S;"
	        "C @1000000000 'b';S;S;S;S;C @2000000000 'c';S;S;S;S;C @3000000000 'd';S;S;S;S;"
	        "C @4000000000 'e';S;S;S;S;C @5000000000 'f';S;S;S;S;C @4999999999 'X';C 'g'",
	        "open C0'a'#4 C1-gap999999999(lost)#7@10 C1000000000'b'#6@10 "
	        "C1000000001-gap999999999(lost)#12@15 C2000000000'c'#11@15 "
	        "C2000000001-gap999999999(lost)#17@20 C3000000000'd'#16@20 "
	        "C3000000001-gap999999999(lost)#22@25 C4000000000'e'#21@25 "
	        "C4000000001-gap999999999(lost)#27@30 C5000000000'f'#26@30 "
	        "C5000000001'g'#32 end(eof)",
	        "late=1" } },
};

static void
test_limits(void **state)
{
	int failed = 0;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(limit_rows) / sizeof(limit_rows[0]); i++) {
		const struct limit_row *l = &limit_rows[i];
		struct budget budget = { 0 };
		struct script script = l->script;

		if (l->flows || l->extra)
			budget.limit = 1024 * sizeof(void *) +
			    (size_t)l->flows * sizeof(struct flow) + (size_t)l->extra;
		script.cfg.budget = &budget;
		failed += script_check(&script, &l->row);
	}
	assert_int_equal(failed, 0);
}

#ifdef HAVE_LIBNIDS
/* What libnids cannot do is said, not hidden. */
static const struct script_row nids_rows[] = {
	{ "in order", HANDSHAKE "S '220';C 'EHLO';S '250';CF;SF;C",
	    "open S0'220'#4 C0'EHLO'#5 S3'250'#6 C4-fin#7 S6-fin#8 end(closed)", "skipped=0" },
	{ "out of order", HANDSHAKE "C @6 'ghi';C @3 'def';C @0 'abc';S",
	    "open C0'abc'#6 C3'def'#5@6 C6'ghi'#4@6 end(eof)", "skipped=0" },
	{ "lost, then stalled", HANDSHAKE "C @3 'def';S ^6;S;C;S;C 'ghi';S;S;S",
	    "open C0-gap3(lost)#5@8 C3-gap3(engine)#4@8 C6-gap3(engine)#9@12 end(eof)",
	    "C.gap_octets=3" },
	{ "lost, never acknowledged", HANDSHAKE "C @3 'def';C 'ghi'",
	    "open C0-gap3(network)#4@5 C3-gap3(engine)#4@5 C6-gap3(engine)#5 end(eof)", NULL },
	{ "joined in mid-stream", "C 'abc';S ^3;S;S;S", "open C0-gap3(engine)#1@5 end(eof)",
	    "skipped=1 C.gap_octets=0" },
	{ "cut by the snap length", HANDSHAKE "C 'abc' *10;S;S;S;S",
	    "open C0-gap10(engine)#4@8 end(eof)", "skipped=1" },
	{ "URG, FIN and RST stay with the tracker", HANDSHAKE "CF 'abc';S 'x';SF;CR @4",
	    "open C0'abc'#4 C3-fin#4 S0'x'#5 S1-fin#6 C4-rst#7 end(reset)", "skipped=0" },
	{ "ports used again", HANDSHAKE "C 'a';CS n100000;SSA n5000;C;C 'b'",
	    "open C0'a'#4 end(reused) 2:open 2:C0'b'#8 2:end(eof)", "skipped=0" },
	{ "window scale does not matter", "CS k7;SSA k7;C w1;S w1;C 'a' x30000;C 'b' x40000;S",
	    "open C0'a{30000}'#5 C30000'b{32768}'#6 C62768'b{7232}'#6 end(eof)", "skipped=0" },
};

static void
test_nids_rows(void **state)
{
	struct script script = { .cfg.engine = &reassembler_nids_ops, .cfg.max_streams = 64 };
	int failed = 0;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(nids_rows) / sizeof(nids_rows[0]); i++)
		failed += script_check(&script, &nids_rows[i]);
	assert_int_equal(failed, 0);
}

/* All of libnids is global. */
static void
test_nids_once(void **state)
{
	struct budget b = { 0 };
	struct error err = { "" };
	struct tracker_config cfg = {
		.engine = &reassembler_nids_ops, .budget = &b, .max_streams = 8
	};
	struct tracker *t = tracker_new(&cfg, &err);

	(void)state;
	assert_non_null(t);
	assert_null(tracker_new(&cfg, &err));
	assert_string_not_equal(err.text, "");
	tracker_free(t);
	assert_int_equal(b.used, 0);
}
#endif

/* More closed connections than may linger: the oldest end, in order. */
static void
test_linger_limit(void **state)
{
	struct script script = { 0 };
	struct script_result *r = malloc(sizeof(*r));
	char *steps = malloc(64 * 1100), *p = steps;
	int i;

	(void)state;
	for (i = 0; i < 1100; i++)
		p += sprintf(p, "CR l%d;", i);
	script_run(&script, steps, r);
	assert_int_equal(r->stats.streams, 1100);
	assert_int_equal(r->stats.evicted, 0);
	if (!strstr(r->events, "1025:C0-rst#1025 end(reset) 1026:open"))
		fail_msg("after 1025 resets stream 1 has not ended: %.300s",
		    strstr(r->events, "1025:open"));
	assert_int_equal(r->leaked, 0);
	free(steps);
	free(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_linger_limit),
#ifdef HAVE_LIBNIDS
		cmocka_unit_test(test_nids_rows),
		cmocka_unit_test(test_nids_once),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
