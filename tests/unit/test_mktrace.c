/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_mktrace - the maker of our captures: its numbers, its errors, its checksums,
 * and that the same text gives the same octets.  The frames are read back by a small
 * reader of their own, for Ethernet and IPv4 only.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mktrace.h"

#define OPEN "open 192.0.2.1:1000 192.0.2.2:25 isn=1000,2000\n"

struct frame {
	uint32_t seq, ack, sec, usec, orig;
	uint8_t flags;
	uint16_t win;
	char payload[128];
	size_t n;
	bool good; /* both checksums */
};

struct made {
	struct mk_trace *t;
	struct mk_buf pcap, heads;
	struct frame f[64];
	size_t n;
	bool ok;
};

static uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint32_t
le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint32_t
sum(uint32_t s, const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		s += i % 2 ? p[i] : (uint32_t)p[i] << 8;
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return s;
}

static void
read_frame(struct frame *f, const uint8_t *p, size_t n)
{
	size_t hlen, tcp = n - 34;
	uint32_t s;

	if (n < 54)
		return;
	s = sum(0, p + 26, 8) + 6 + (uint32_t)tcp;
	f->good = sum(0, p + 14, 20) == 0xffff && sum(s, p + 34, tcp) == 0xffff;
	f->seq = be32(p + 38);
	f->ack = be32(p + 42);
	hlen = (size_t)(p[46] >> 4) * 4;
	f->flags = p[47];
	f->win = (uint16_t)(p[48] << 8 | p[49]);
	f->n = tcp - hlen < sizeof f->payload ? tcp - hlen : sizeof f->payload;
	memcpy(f->payload, p + 34 + hlen, f->n);
}

static void
make(struct made *m, const char *text)
{
	size_t at = 24;

	memset(m, 0, sizeof *m);
	m->t = mk_alloc(sizeof *m->t);
	m->ok = mk_trace_run(m->t, "t", text, &m->pcap) && mk_trace_headers(m->t, &m->heads);
	while (m->ok && at + 16 <= m->pcap.n && m->n < 64) {
		struct frame *f = &m->f[m->n++];
		size_t len = le32(m->pcap.p + at + 8);

		f->sec = le32(m->pcap.p + at);
		f->usec = le32(m->pcap.p + at + 4);
		f->orig = le32(m->pcap.p + at + 12);
		read_frame(f, m->pcap.p + at + 16, len);
		at += 16 + len;
	}
}

static void
unmake(struct made *m)
{
	mk_trace_fini(m->t);
	free(m->t);
	mk_buf_fini(&m->pcap);
	mk_buf_fini(&m->heads);
}

/* Numbers of the last frame of each conversation. */
static const struct {
	const char *name, *text;
	size_t frames;
	uint32_t seq, ack;
	unsigned flags;
	const char *payload;
} numbers[] = {
	{ "handshake", OPEN, 3, 1001, 2001, MK_ACK, "" },
	{ "line", OPEN "S> hi\n", 4, 2001, 1001, MK_ACK | MK_PSH, "hi\r\n" },
	{ "raw", OPEN "S> hi\nC: a\\x41\\r\\n\\\\\n", 5, 1001, 2005, MK_ACK | MK_PSH, "aA\r\n\\" },
	{ "block", OPEN "C{\n\ta\n\n\tb\n}\n", 4, 1001, 2001, MK_ACK | MK_PSH, "a\r\n\r\nb\r\n" },
	{ "ack", OPEN "S> hi\nC.\n", 5, 1001, 2005, MK_ACK, "" },
	{ "late", OPEN "S> hi\nS> ho\nC(late)> x\n", 6, 1001, 2005, MK_ACK | MK_PSH, "x\r\n" },
	{ "late=2", OPEN "S> hi\nS> ho\nC(late=2).\n", 6, 1001, 2001, MK_ACK, "" },
	{ "hold", OPEN "S> hi\nC(hold)> x\n", 5, 1001, 2001, MK_ACK | MK_PSH, "x\r\n" },
	{ "ack=-1", OPEN "S> hi\nC(ack=-1).\n", 5, 1001, 2004, MK_ACK, "" },
	{ "ack=7", OPEN "S> hi\nC(ack=7).\n", 5, 1001, 7, MK_ACK, "" },
	{ "seq=-1", OPEN "C> hi\nC(seq=-1).\n", 5, 1004, 2001, MK_ACK, "" },
	{ "drop", OPEN "S(drop)> hi\nC.\n", 4, 1001, 2005, MK_ACK, "" },
	{ "lost", OPEN "S(lost)> hi\nS> ho\nC.\n", 6, 1001, 2001, MK_ACK, "" },
	{ "repaired", OPEN "S(lost)> hi\nS> ho\nS again 2\nC.\n", 7, 1001, 2009, MK_ACK, "" },
	{ "again", OPEN "S> hi\nC.\nS again\n", 6, 2001, 1001, MK_ACK | MK_PSH, "hi\r\n" },
	{ "fin", OPEN "C fin\nS.\n", 5, 2001, 1002, MK_ACK, "" },
	{ "fin on data", OPEN "C(fin)> x\n", 4, 1001, 2001, MK_ACK | MK_PSH | MK_FIN, "x\r\n" },
	{ "rst", OPEN "S(noack) rst\n", 4, 2001, 0, MK_RST, "" },
	{ "close", OPEN "close S\n", 6, 2002, 1002, MK_ACK, "" },
	{ "swap", OPEN "swap\nS> a\nS> b\n", 5, 2001, 1001, MK_ACK | MK_PSH, "a\r\n" },
	{ "held to the end", OPEN "hold 9\nS> a\nS> b\n", 5, 2001, 1001, MK_ACK | MK_PSH, "a\r\n" },
	{ "dup", OPEN "S> a\ndup\n", 5, 2001, 1001, MK_ACK | MK_PSH, "a\r\n" },
	{ "at-most", OPEN "C at-most 2\nC> ab\n", 5, 1003, 2001, MK_ACK | MK_PSH, "\r\n" },
	{ "midstream", "open 192.0.2.1:1 192.0.2.2:25 midstream isn=5,9\nC> a\n", 1, 5, 9,
	    MK_ACK | MK_PSH, "a\r\n" },
	{ "wrap", "open 192.0.2.1:1 192.0.2.2:25 isn=4294967294,9\nC> a\nC> b\n", 5, 2, 10,
	    MK_ACK | MK_PSH, "b\r\n" },
	{ "named",
	    "open 192.0.2.1:1 192.0.2.2:25 as=a isn=5,9\nopen 192.0.2.1:2 192.0.2.2:25\na.C> x\n",
	    7, 6, 10, MK_ACK | MK_PSH, "x\r\n" },
};

static void
test_numbers(void **state)
{
	struct made m;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
		const struct frame *f;
		size_t k, n = strlen(numbers[i].payload);

		make(&m, numbers[i].text);
		if (!m.ok || m.n != numbers[i].frames)
			fail_msg("%s: got %zu frames (%s), want %zu", numbers[i].name, m.n,
			    m.t->error, numbers[i].frames);
		f = &m.f[m.n - 1];
		if (f->seq != numbers[i].seq || f->ack != numbers[i].ack)
			fail_msg("%s: got seq %u ack %u, want %u %u", numbers[i].name, f->seq,
			    f->ack, numbers[i].seq, numbers[i].ack);
		if (f->flags != numbers[i].flags)
			fail_msg("%s: got flags %#x, want %#x", numbers[i].name, f->flags,
			    numbers[i].flags);
		if (f->n != n || memcmp(f->payload, numbers[i].payload, n) != 0)
			fail_msg("%s: got payload \"%.*s\", want \"%s\"", numbers[i].name,
			    (int)f->n, f->payload, numbers[i].payload);
		for (k = 0; k < m.n; k++)
			if (!m.f[k].good)
				fail_msg(
				    "%s: got a bad checksum in frame %zu", numbers[i].name, k + 1);
		unmake(&m);
	}
}

static const struct {
	const char *name, *text, *error;
} errors[] = {
	{ "no statement", "bogus\n", "t:1: no such statement: \"bogus\"" },
	{ "no connection", "\nC> a\n", "t:2: no such connection is open" },
	{ "address", "open 192.0.2.1 192.0.2.2:25\n",
	    "t:1: open CLIENT:PORT SERVER:PORT: no such pair of addresses" },
	{ "families", "open 192.0.2.1:1 [2001:db8::1]:25\n",
	    "t:1: open CLIENT:PORT SERVER:PORT: no such pair of addresses" },
	{ "option", OPEN "open 192.0.2.1:1 192.0.2.2:25 mss=x\n",
	    "t:2: open: wrong option or value \"mss=x\"" },
	{ "escape", OPEN "C: \\q\n", "t:2: wrong escape" },
	{ "hex", OPEN "C hex 0g\n", "t:2: wrong hexadecimal" },
	{ "block", OPEN "C{\n\ta\n", "t:2: block without its \"}\"" },
	{ "empty", OPEN "C:\n", "t:2: nothing to send (a bare ACK is written \"C.\")" },
	{ "modifier", OPEN "C(foo).\n", "t:2: no setting \"foo\"" },
	{ "parenthesis", OPEN "C(drop.\n", "t:2: no closing parenthesis" },
	{ "label twice", OPEN "C(@a).\nC(@a).\n", "t:3: label \"a\" twice" },
	{ "no label", "fires: x@a error certain\n" OPEN, "t:1: no label \"a\"" },
	{ "label unseen", "fires: x@a error certain\n" OPEN "C(@a drop).\n",
	    "t:1: label \"a\" names a frame not captured" },
	{ "header late", OPEN "fires: x@1 error certain\n",
	    "t:2: a header must come before the first statement" },
	{ "again", OPEN "S again 5\n", "t:2: again: that side has not sent so many segments" },
	{ "dlt late", OPEN "set dlt=RAW\n",
	    "t:2: dlt: unknown name, or not before the first frame" },
	{ "wait", "wait x\n", "t:1: wait TIME, for instance 250ms or 5s" },
	{ "dup", "dup\n", "t:1: dup before the first frame" },
};

static void
test_errors(void **state)
{
	struct made m;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof errors / sizeof errors[0]; i++) {
		make(&m, errors[i].text);
		if (m.ok || strcmp(m.t->error, errors[i].error) != 0)
			fail_msg("%s: got \"%s\", want \"%s\"", errors[i].name, m.t->error,
			    errors[i].error);
		unmake(&m);
	}
}

static const struct {
	const char *name, *text, *want;
} headers[] = {
	{ "label", "fires: x@a error certain\n" OPEN "C(@a).\n", "fires: x@4 error certain\n" },
	{ "numbers stay", "fires: x@7 * *\n" OPEN, "fires: x@7 * *\n" },
	{ "star", "fires: x@* * *\n" OPEN, "fires: x@* * *\n" },
	{ "first frame", "options: --first-frame=100\nfires: x@a\n" OPEN "C(@a).\n",
	    "options: --first-frame=100\nfires: x@103\n" },
	{ "swapped", "fires: x@a\n" OPEN "swap\nC(@a).\nS.\n", "fires: x@5\n" },
	{ "fragments", "fires: x@a\n" OPEN "C(@a frag=16)> abcdefgh\n", "fires: x@5\n" },
	{ "text is kept", "silent: a@b c\n" OPEN, "silent: a@b c\n" },
};

static void
test_headers(void **state)
{
	struct made m;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof headers / sizeof headers[0]; i++) {
		make(&m, headers[i].text);
		mk_buf_u8(&m.heads, 0);
		if (!m.ok || strcmp((char *)m.heads.p, headers[i].want) != 0)
			fail_msg("%s: got \"%s\" (%s), want \"%s\"", headers[i].name,
			    (char *)m.heads.p, m.t->error, headers[i].want);
		unmake(&m);
	}
}

static void
test_time(void **state)
{
	struct made m;
	size_t i;

	(void)state;
	make(&m,
	    "open 192.0.2.1:1 192.0.2.2:25 rtt=40ms at=server\nwait 1500ms\nS> a\nclock -2s\nS> "
	    "b\n");
	assert_true(m.ok);
	assert_int_equal(m.n, 5);
	assert_int_equal(m.f[1].usec - m.f[0].usec, 1000);
	assert_int_equal(m.f[2].usec - m.f[1].usec, 39000);
	assert_int_equal(m.f[3].sec - m.f[2].sec, 1);
	assert_true(m.f[4].sec < m.f[3].sec);
	unmake(&m);
	/* Without "clock" time runs forward whatever is held back. */
	make(&m, OPEN "hold 5\nS> a\nC.\nC.\nC.\nC.\nC.\nC.\n");
	for (i = 1; i < m.n; i++)
		if (m.f[i].sec * 1000000ull + m.f[i].usec <
		    m.f[i - 1].sec * 1000000ull + m.f[i - 1].usec)
			fail_msg("frame %zu: got an earlier time than frame %zu", i + 1, i);
	unmake(&m);
}

static void
test_frames(void **state)
{
	struct made m;

	(void)state;
	make(&m, OPEN "C(cut=60)> 0123456789\nC(badsum)> x\nC(win=7).\nS(seq=+9)> y\n");
	assert_true(m.ok);
	assert_int_equal(m.f[3].orig, 66);
	assert_int_equal(m.f[3].n, 6);
	assert_false(m.f[4].good);
	assert_int_equal(m.f[5].win, 7);
	assert_int_equal(m.f[6].seq, 2010);
	unmake(&m);
}

/* Filler: exactly so many octets, whole lines, no dot at a line start, no bare LF. */
static void
test_filler(void **state)
{
	size_t n, i;

	(void)state;
	for (n = 2; n < 400; n++) {
		struct mk_buf b = { 0 };
		unsigned line = 99998;

		mk_text_filler(&b, &line, n, false);
		if (b.n != n || memcmp(b.p + n - 2, "\r\n", 2) != 0)
			fail_msg("filler %zu: got %zu octets, want them to end with CRLF", n, b.n);
		for (i = 0; i < n; i++)
			if ((b.p[i] == '\n') != (i > 0 && b.p[i - 1] == '\r') || b.p[i] == '.')
				fail_msg("filler %zu: got a wrong octet at %zu", n, i);
		mk_buf_fini(&b);
	}
}

static const struct {
	const char *text;
	bool ok;
	int64_t ns;
} durations[] = { { "5", true, 5000000 }, { "5ms", true, 5000000 }, { "1.5s", true, 1500000000 },
	{ "20us", true, 20000 }, { "-2s", true, -2000000000 }, { "", false, 0 }, { "5m", false, 0 },
	{ "s", false, 0 }, { "99999999999s", false, 0 } };

static void
test_durations(void **state)
{
	size_t i;
	int64_t ns;

	(void)state;
	for (i = 0; i < sizeof durations / sizeof durations[0]; i++) {
		bool ok = mk_text_duration(durations[i].text, &ns);

		if (ok != durations[i].ok || (ok && ns != durations[i].ns))
			fail_msg("duration \"%s\": got %d %lld, want %d %lld", durations[i].text,
			    ok, (long long)ns, durations[i].ok, (long long)durations[i].ns);
	}
}

static void
test_random_repeats(void **state)
{
	uint64_t seed;

	(void)state;
	for (seed = 1; seed <= 30; seed++) {
		struct mk_buf a = { 0 }, b = { 0 };
		struct made m, m2;

		mk_random_script(&a, seed);
		mk_random_script(&b, seed);
		mk_buf_u8(&a, 0);
		mk_buf_u8(&b, 0);
		assert_string_equal(a.p, b.p);
		make(&m, (const char *)a.p);
		make(&m2, (const char *)b.p);
		if (!m.ok || m.pcap.n != m2.pcap.n || memcmp(m.pcap.p, m2.pcap.p, m.pcap.n) != 0)
			fail_msg("seed %d: got two captures or \"%s\"", (int)seed, m.t->error);
		unmake(&m);
		unmake(&m2);
		mk_buf_fini(&a);
		mk_buf_fini(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_filler),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_random_repeats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
