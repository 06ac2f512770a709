/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_stream - the tracker with the native engine, one row per behaviour.
 * test_stream_script.h explains the language of the rows.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "test_stream_script.h"

static const struct script_row rows[] = {
	{ "in order", HANDSHAKE "S '220';C 'EHLO';S '250';CF;SF;C",
	    "open S0'220'#4 C0'EHLO'#5 S3'250'#6 C4-fin#7 S6-fin#8 end(closed)",
	    "handshake=1 midstream=0 byseq=1 C.octets=4 S.octets=6 streams=1 gaps=0" },
	{ "fin with data", HANDSHAKE "C 'QUIT';SF '221';CF;S",
	    "open C0'QUIT'#4 S0'221'#5 S3-fin#5 C4-fin#6 end(closed)", NULL },
	{ "half close, then data", HANDSHAKE "CF 'a';S 'b';S 'c';SF;C",
	    "open C0'a'#4 C1-fin#4 S0'b'#5 S1'c'#6 S2-fin#7 end(closed)", NULL },
	{ "out of order", HANDSHAKE "C @3 'def';C @0 'abc';S",
	    "open C0'abc'#5 C3'def'#4@5 end(eof)", "C.out_of_order=1 gaps=0" },
	{ "out of order twice", HANDSHAKE "C @6 'ghi';C @3 'def';C @0 'abc';S",
	    "open C0'abc'#6 C3'def'#5@6 C6'ghi'#4@6 end(eof)", NULL },
	{ "retransmission", HANDSHAKE "C 'abc';C @0 'abc';S", "open C0'abc'#4 end(eof)",
	    "C.retransmissions=1 C.conflicts=0 late=0" },
	{ "retransmission, other boundaries", HANDSHAKE "C 'abcd';C @2 'cdefgh';C @8 'i'",
	    "open C0'abcd'#4 C4'efgh'#5 C8'i'#6 end(eof)", "C.retransmissions=1 C.conflicts=0" },
	{ "retransmission, other content", HANDSHAKE "C 'abc';C @0 'aXc'",
	    "open C0'abc'#4 end(eof)", "C.conflicts=1 C.conflict_frame=5" },
	{ "overlap, other content, delivered: cannot be told", HANDSHAKE "C 'abcd';C @2 'XXef'",
	    "open C0'abcd'#4 C4'ef'#5 end(eof)", "C.conflicts=0" },
	{ "two segments as one, the same", HANDSHAKE "C 'abc';C 'def';C @0 'abcdef'",
	    "open C0'abc'#4 C3'def'#5 end(eof)", "C.conflicts=0 C.retransmissions=1" },
	{ "two segments as one, other content",
	    HANDSHAKE "C 'abc';C 'def';C @0 'abcdXf';C @3 'def'",
	    "open C0'abc'#4 C3'def'#5 end(eof)", "C.conflicts=1 C.conflict_frame=6" },
	{ "one segment in pieces, other content", HANDSHAKE "C 'abcdef';C @0 'aXc';C @3 'def'",
	    "open C0'abcdef'#4 end(eof)", "C.conflicts=1 C.conflict_frame=6" },
	{ "three copies, the odd one counts", HANDSHAKE "C 'abc';C @0 'aXc';C @0 'abc'",
	    "open C0'abc'#4 end(eof)", "C.conflicts=1 C.conflict_frame=5" },
	{ "overlap, other content, held: the first wins",
	    HANDSHAKE "C @3 'def';C @2 'XXXX';C @0 'abX'",
	    "open C0'ab'#6 C2'X'#5@6 C3'def'#4@6 end(eof)", "C.conflicts=1 C.conflict_frame=5" },
	{ "a bad copy held loses to a good one", HANDSHAKE "C @3 'dXf' bad;C @3 'def';C @0 'abc'",
	    "open C0'abc'#6 C3'def'#5@6 end(eof)", "C.conflicts=0 C.bad_checksums=1" },
	{ "a bad copy is carved", HANDSHAKE "C @3 'dXXXh' bad;C @4 'efg';C @0 'abc'",
	    "open C0'abc'#6 C3'd'#4@6 C4'efg'#5@6 C7'h'#4@6 end(eof)", "C.conflicts=0" },
	{ "a bad copy after a good one", HANDSHAKE "C 'abc';C @0 'aXc' bad;S",
	    "open C0'abc'#4 end(eof)", "C.conflicts=0" },
	{ "all checksums bad (offload)", HANDSHAKE "C 'abc' bad;C @0 'aXc' bad;S",
	    "open C0'abc'#4 end(eof)", "C.conflicts=1 C.bad_checksums=2" },
	{ "one octet at a time", HANDSHAKE "C 'a';C 'b';C 'c';C 'd';S",
	    "open C0'a'#4 C1'b'#5 C2'c'#6 C3'd'#7 end(eof)", NULL },

	{ "lost segment: gap after 3 segments", HANDSHAKE "C @3 'def';S ^6;S;C;S;C 'ghi'",
	    "open C0-gap3(lost)#5@8 C3'def'#4@8 C6'ghi'#9 end(eof)",
	    "gaps=1 gap_octets=3 C.gap_octets=3" },
	{ "lost segment: not before", HANDSHAKE "C @3 'def';S ^6;S;C;C @0 'abc'",
	    "open C0'abc'#8 C3'def'#4@8 end(eof)", "gaps=0" },
	{ "lost segment: gap after 200 ms", HANDSHAKE "C @3 'def';S ^6;C +200",
	    "open C0-gap3(lost)#5@6 C3'def'#4@6 end(eof)", NULL },
	{ "lost segment: gap by tick", HANDSHAKE "C @3 'def';S ^6;tick +250",
	    "open C0-gap3(lost)#5 C3'def'#4@5 end(eof)", NULL },
	{ "late octets", HANDSHAKE "C @3 'def';S ^6;S;C;S;C @0 'abc';C @6 'g'",
	    "open C0-gap3(lost)#5@8 C3'def'#4@8 C6'g'#10 end(eof)", "late=3" },
	{ "never acknowledged either", HANDSHAKE "C @3 'def';S ^0;S ^0;S ^0;S ^0;S ^0",
	    "open C0-gap3(network)#4@9 C3'def'#4@9 end(eof)", "C.gap_octets=0 gap_octets=3" },
	{ "tail lost, acknowledged", HANDSHAKE "C 'abc';S ^9;S ^9;S ^9;S ^9;C @9 'j'",
	    "open C0'abc'#4 C3-gap6(lost)#5@8 C9'j'#9 end(eof)", NULL },
	{ "a wild acknowledgement is taken back",
	    HANDSHAKE "C 'abc';S ^900000;S ^3;S ^3;S ^3;S ^3;C 'def'",
	    "open C0'abc'#4 C3'def'#10 end(eof)", "gaps=0" },
	{ "two holes", HANDSHAKE "C @2 'c';C @4 'e';S ^5;S;S;S",
	    "open C0-gap2(lost)#6@9 C2'c'#4@9 C3-gap1(lost)#6@9 C4'e'#5@9 end(eof)", "gaps=2" },
	{ "unseen FIN is no gap", HANDSHAKE "C 'abc';S ^4;SF ^4;C;S;C;S",
	    "open C0'abc'#4 S0-fin#6 end(eof)", "gaps=0" },
	{ "one octet lost, more behind", HANDSHAKE "C 'abc';S ^4;S ^4;S;S;S;C @4 'e';S;S;S;S",
	    "open C0'abc'#4 C3-gap1(lost)#11@14 C4'e'#10@14 end(eof)", "gaps=1" },

	{ "answer before question", HANDSHAKE "S '250' ^4;C 'EHLO' ^0;S",
	    "open C0'EHLO'#5 S0'250'#4 end(eof)", NULL },
	{ "answer without its question", HANDSHAKE "S '250' ^4;S ^4;C ^3;S ^4;S",
	    "open C0-gap4(lost)#4@7 S0'250'#4 end(eof)", NULL },
	{ "FIN before the data it acknowledges", HANDSHAKE "SF '221' ^4;C 'QUIT' ^0;CF",
	    "open C0'QUIT'#5 S0'221'#4 S3-fin#4 C4-fin#6 end(eof)", NULL },
	{ "each waits for the other", HANDSHAKE "C 'a' ^1;S 'b' ^1;C;S;C;S",
	    "open C0'a'#4 S0'b'#5 end(eof)", NULL },

	{ "sequence numbers wrap", "CS n4294966290;SSA;C;C 'abcd' x3;C 'efg'",
	    "open C0'abcdabcdabcd'#4 C12'efg'#5 end(eof)", NULL },
	{ "TFO: data on the SYN", "CS 'abc';SSA ^3;C;C 'def';S",
	    "open C0'abc'#1 C3'def'#4 end(eof)", "handshake=1" },
	{ "TFO refused, sent again", "CS 'abc';SSA ^0;C @0 'abc';C 'def';S",
	    "open C0'abc'#1 C3'def'#4 end(eof)", "C.retransmissions=1" },
	{ "simultaneous open", "CS;SS;CSA;SSA;C 'a';S 'b'", "open C0'a'#5 S0'b'#6 end(eof)",
	    "handshake=1 C.retransmissions=0 streams=1" },
	{ "SYN-ACK before SYN", "SSA ^0;CS;C;S '220'", "open S0'220'#4 end(eof)",
	    "midstream=0 handshake=1 byseq=1 streams=1" },
	{ "SYN repeated", "CS;CS +1000;SSA;C", "open end(eof)",
	    "C.retransmissions=1 rtt_server=-1" },
	{ "refused connection", "CS;SRA ^0", "open S0-rst#2 end(reset)",
	    "C.syn=1 S.rst_frame=2 S.syn=0" },
	{ "refused, tried again with the same number", "CS;SRA ^0;CS;SSA;C;S 'a'",
	    "open S0-rst#2 S0'a'#6 end(eof)", "streams=1" },

	{ "ports used again", HANDSHAKE "C 'a';CS n100000;SSA n5000;C;C 'b'",
	    "open C0'a'#4 end(reused) 2:open 2:C0'b'#8 2:end(eof)", "streams=2" },
	{ "ports used again after close", HANDSHAKE "CF;SF;C;CS n100000;SSA n5000;C;C 'b'",
	    "open C0-fin#4 S0-fin#5 end(closed) 2:open 2:C0'b'#10 2:end(eof)", "streams=2" },
	{ "linger: late segments belong to the old one", HANDSHAKE "CF;SF;C;S +1000;SF @0;CR @1",
	    "open C0-fin#4 S0-fin#5 C1-rst#9 end(closed)", "streams=1 S.retransmissions=1" },
	{ "linger ends after 60 s", HANDSHAKE "CF;SF;C;C l1 +59000;C l1 +2000;C l1 +2000",
	    "open C0-fin#4 S0-fin#5 2:open end(closed) 2:end(eof)", NULL },
	{ "data behind the FIN", HANDSHAKE "CF 'abc';C @3 'xyz'",
	    "open C0'abc'#4 C3-fin#4 end(eof)", "late=3" },
	{ "FIN with a hole before it", HANDSHAKE "CF @3 'def';S ^7;S;S;S",
	    "open C0-gap3(lost)#5@8 C3'def'#4@8 C6-fin#4@8 end(eof)", NULL },
	{ "FIN, never filled", HANDSHAKE "C 'a';CF @5;S ^1",
	    "open C0'a'#4 C1-gap4(network)#6 C5-fin#5@6 end(eof)", NULL },

	{ "RST, next expected", HANDSHAKE "C 'abc';CR", "open C0'abc'#4 C3-rst#5 end(reset)",
	    NULL },
	{ "RST in window", HANDSHAKE "C 'abc';CR @1000", "open C0'abc'#4 C1000-rst#5 end(reset)",
	    NULL },
	{ "RST out of window", HANDSHAKE "C 'abc';CR @90000;C 'def'",
	    "open C0'abc'#4 C3'def'#6 end(eof)", "rst_ignored=1 C.rst_frame=0" },
	{ "RST while octets are missing", HANDSHAKE "C @3 'def';CR @6;S ^0;S ^0;S ^0;S ^0",
	    "open C0-gap3(network)#4@8 C3'def'#4@8 C6-rst#5@8 end(reset)", NULL },
	{ "RST captured before the last data", HANDSHAKE "C @0 'abc';C @6 'ghi';CR @9;C @3 'def'",
	    "open C0'abc'#4 C3'def'#7 C6'ghi'#5@7 C9-rst#6@7 end(reset)", NULL },
	{ "RST with a text", HANDSHAKE "C 'abc';CR 'go-away'", "open C0'abc'#4 C3-rst#5 end(reset)",
	    NULL },

	{ "keep-alives", HANDSHAKE "C 'abc';S;C @2;S;C @2 'c';S;C 'def'",
	    "open C0'abc'#4 C3'def'#10 end(eof)",
	    "C.keepalives=2 C.retransmissions=0 C.conflicts=0" },
	{ "keep-alive with garbage", HANDSHAKE "C 'abc';S;C @2 'Z';S", "open C0'abc'#4 end(eof)",
	    "C.keepalives=1 C.conflicts=0" },
	{ "closed window and probe",
	    HANDSHAKE "C 'abc';S w0;C 'd';S w0 ^3;C @3 'd';S w900 ^4;C 'e'",
	    "open C0'abc'#4 C3'd'#6 C4'e'#10 end(eof)", "S.zero_windows=2 probes=2" },
	{ "window scale", "CS k7;SSA k14;C w10;S w10", "open end(eof)", "C.wscale=7 S.wscale=14" },
	{ "window scale of one side only", "CS k7;SSA;C w10;S w10", "open end(eof)",
	    "C.wscale=0 S.wscale=0" },

	{ "joined in mid-stream", "C 'abc';S 'xyz';C 'def'",
	    "open C0'abc'#1 S0'xyz'#2 C3'def'#3 end(eof)", "midstream=1 C.wscale=255" },
	{ "mid-stream, server first", "S 'xyz';C 'abc'", "open S0'xyz'#1 C0'abc'#2 end(eof)",
	    "byseq=0" },
	{ "mid-stream, acknowledged first", "C ^5 'abc';S @0 'hello'",
	    "open C0'abc'#1 S0'hello'#2 end(eof)", NULL },
	{ "mid-stream, keep-alive first", "C @-1;S ^0;C 'abc' @0;S", "open C0'abc'#3 end(eof)",
	    "gaps=0" },
	{ "mid-stream, older octets", "C @10 'abc';C @5 'older';C @13 'd'",
	    "open C0'abc'#1 C3'd'#3 end(eof)", NULL },
	{ "lone RST", "CR", "open C0-rst#1 end(reset)", NULL },
	{ "one side only",
	    "CS;C ^0;C 'EHLO' ^3;C 'MAIL' ^9;C 'RCPT' ^12;C 'x' ^15;C 'y' ^15;C ^15;C ^15",
	    "open S0-gap3(lost)#3@6 C0'EHLO'#3 S3-gap6(lost)#4@7 C4'MAIL'#4 "
	    "S9-gap3(lost)#5@8 C8'RCPT'#5 S12-gap3(lost)#6@9 C12'x'#6 C13'y'#7 end(eof)",
	    "S.gap_octets=15" },

	{ "cut by the snap length", HANDSHAKE "C 'abc' *10;C 'def'",
	    "open C0'abc'#4 C3-gap7(snaplen)#4 C10'def'#5 end(eof)", "C.gap_octets=7" },
	{ "cut, out of order", HANDSHAKE "C @3 'd' *3;C @0 'abc'",
	    "open C0'abc'#5 C3'd'#4@5 C4-gap2(snaplen)#4@5 end(eof)", NULL },
	{ "cut, then whole", HANDSHAKE "C @3 'd' *3;C @3 'def';C @0 'abc'",
	    "open C0'abc'#6 C3'd'#4@6 C4'ef'#5@6 end(eof)", "C.conflicts=0" },
	{ "time goes backwards", HANDSHAKE "C 'a' +-5;C 'b' +-50", "open C0'a'#4 C1'b'#5 end(eof)",
	    "clock_steps=2 clock_frame=4" },
	{ "idle", HANDSHAKE "C l1 +3599000;C l1 +2000;C l1 +2000",
	    "open 2:open end(idle) 2:end(eof)", NULL },
	{ "a wild time stamp ends nothing", HANDSHAKE "C 'a' +999999999;C 'b' +-999999999;C 'c'",
	    "open C0'a'#4 C1'b'#5 C2'c'#6 end(eof)", "streams=1" },
};

static void
test_rows(void **state)
{
	struct script script = { 0 };
	int failed = 0;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		failed += script_check(&script, &rows[i]);
	assert_int_equal(failed, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
