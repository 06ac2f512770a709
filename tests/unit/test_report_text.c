/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unit tests of the reports for people: the TCP line, folding, wrapping, cut and
 * escaped text, findings printed once, the live display.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/error.h"
#include "base/mem.h"
#include "report/common.h"
#include "report/tcpline.h"
#include "test_report_scene.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static void
want_text(const char *name, const char *got, const char *want)
{
	if (strcmp(got, want) != 0)
		fail_msg("%s: got \"%s\", want \"%s\"", name, got, want);
}

/* How often `part' stands in the report. */
static void
want_times(const char *name, const char *report, const char *part, unsigned want)
{
	const char *p = report;
	unsigned got = 0;

	while ((p = strstr(p, part)) != NULL) {
		got++;
		p += strlen(part);
	}
	if (got != want)
		fail_msg(
		    "%s: got %u times \"%s\", want %u, in:\n%s", name, got, part, want, report);
}

static void
test_flags(void **state)
{
	static const struct {
		const char *name;
		unsigned flags;
		const char *want;
	} rows[] = {
		{ "none", 0, "......" },
		{ "ack fin", TCP_ACK | TCP_FIN, ".A...F" },
		{ "syn", TCP_SYN, "....S." },
		{ "rst ack", TCP_RST | TCP_ACK, ".A.R.." },
		{ "all", 0xff, "UAPRSF" },
		{ "ecn only", TCP_ECE | TCP_CWR, "......" },
	};
	char got[TCP_FLAGS_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		tcp_flags_text(got, rows[i].flags);
		want_text(rows[i].name, got, rows[i].want);
	}
}

static const struct tcp_row {
	const char *name;
	uint32_t base, peer_base;
	bool base_known, peer_known;
	uint64_t bad_checksums; /* of ten segments */
	struct ledger_seg seg;
	const char *want;
} tcp_rows[] = {
	{ "published FIN", 1417586500, 136770355, true, true, 1,
	    { .flags = TCP_ACK | TCP_FIN, .off = 99, .ack = 1072, .win = 967, .kind = KIND_EMPTY },
	    ".A...F, len: 0, seq:1417586599-1417586599, ack: 136771427, win: 967" },
	{ "SYN is one below octet 0", 1000, 0, true, false, 1,
	    { .flags = TCP_SYN, .ack = LEDGER_NO_ACK, .win = 1024, .kind = KIND_EMPTY },
	    "....S., len: 0, seq:       999-999, ack: 0, win: 1024" },
	{ "end wraps", 4294967290u, 5, true, true, 1,
	    { .flags = TCP_ACK, .off = 0, .len = 10, .ack = 0, .win = 1, .kind = KIND_NEW },
	    ".A...., len: 10, seq:4294967290-4, ack:         5, win: 1" },
	{ "offset beyond 2^32", 1, 2, true, true, 1,
	    { .flags = TCP_ACK,
	        .off = INT64_C(0x100000001),
	        .len = 1,
	        .ack = INT64_C(0x200000003),
	        .win = 1 },
	    ".A...., len: 1, seq:         2-3, ack:         5, win: 1" },
	{ "negative offset", 3, 2, true, true, 1,
	    { .flags = TCP_ACK,
	        .off = -5,
	        .len = 5,
	        .ack = 0,
	        .win = 1,
	        .kind = KIND_RETRANSMISSION },
	    ".A...., len: 5, seq:4294967294-3, ack:         2, win: 1  [retransmission]" },
	{ "bases unknown", 3, 2, false, false, 1,
	    { .flags = TCP_ACK, .off = 0, .ack = 7, .win = 9, .kind = KIND_EMPTY },
	    ".A...., len: 0, seq: ?, ack: ?, win: 9" },
	{ "zero window and checksum", 0, 0, true, true, 1,
	    { .flags = TCP_ACK, .ack = 7, .kind = KIND_EMPTY, .issues = ISSUE_TCP_CHECKSUM },
	    ".A...., len: 0, seq:         0-0, ack:         7, win: 0  "
	    "[zero window, bad TCP checksum]" },
	{ "checksums computed by the card", 0, 0, true, true, 6,
	    { .flags = TCP_ACK, .ack = 7, .win = 1, .issues = ISSUE_TCP_CHECKSUM },
	    ".A...., len: 0, seq:         0-0, ack:         7, win: 1" },
	{ "RST has no window", 0, 0, true, true, 1,
	    { .flags = TCP_RST, .ack = LEDGER_NO_ACK, .kind = KIND_EMPTY },
	    "...R.., len: 0, seq:         0-0, ack: 0, win: 0" },
};

static void
test_tcp_line(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(tcp_rows); i++) {
		const struct tcp_row *row = &tcp_rows[i];
		struct output *o = output_memory();
		struct stream st = { .id = 1 };
		struct error err;

		st.half[0].base_seq = row->base;
		st.half[0].base_known = row->base_known;
		st.half[0].packets = 10;
		st.half[0].bad_checksums = row->bad_checksums;
		st.half[1].base_seq = row->peer_base;
		st.half[1].base_known = row->peer_known;
		tcp_line(o, &st, &row->seg);
		want_text(row->name, (const char *)output_slice(o).p, row->want);
		output_close(o, &err);
	}
}

static void
test_numbers(void **state)
{
	static const struct {
		uint64_t n;
		const char *want;
	} rows[] = { { 0, "0" }, { 999, "999" }, { 1000, "1,000" }, { 57920, "57,920" },
		{ 1234567, "1,234,567" }, { UINT64_MAX, "18,446,744,073,709,551,615" } };
	char got[NUMBER_TEXT_MAX];
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		want_text(rows[i].want, common_number(got, rows[i].n), rows[i].want);
}

static void
test_cut(void **state)
{
	static const struct {
		const char *name, *in;
		size_t columns;
		const char *want;
	} rows[] = {
		{ "fits", "abc", 3, "abc" },
		{ "cut", "abcd", 3, "abc..." },
		{ "not inside a character", "ab\xc3\xa9z", 3, "ab\xc3\xa9..." },
		{ "escape sequence", "\033[31mred", 40, "\\x1b[31mred" },
		{ "escaped octets are four columns", "\001\002\003", 8, "\\x01\\x02..." },
		{ "bidi override", "a\xe2\x80\xaez", 40, "a\\xe2\\x80\\xaez" },
		{ "invalid UTF-8", "a\xff\xfez", 40, "a\\xff\\xfez" },
		{ "only continuation octets", "\x80\x80\x80\x80", 40, "\\x80\\x80\\x80\\x80" },
		{ "line feed", "a\nb", 40, "a\\nb" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct output *o = output_memory();
		struct error err;

		common_cut(o, slice_str(rows[i].in), rows[i].columns);
		want_text(rows[i].name, (const char *)output_slice(o).p, rows[i].want);
		output_close(o, &err);
	}
}

static void
test_wrap(void **state)
{
	char word[80], text[400] = "", want[400];
	struct output *o = output_memory();
	struct error err;

	(void)state;
	memset(word, 'w', 58);
	memcpy(word + 58, " ", 2);
	strcat(strcat(strcat(text, word), word), "end\x1b of\nlines");
	common_wrap(o, slice_str(text), 10, 4);
	memset(want, 0, sizeof want);
	memset(want, 'w', 58);
	strcat(want, "\n    ");
	memset(want + strlen(want), 'w', 58);
	strcat(want, " end\\x1b of\n    lines");
	want_text("two words of 58 columns", (const char *)output_slice(o).p, want);
	output_close(o, &err);
}

/* The published failure, frame by frame. */
static void
test_mid_data(void **state)
{
	static const char *const parts[] = {
		"  3076     0.001000  192.0.2.10 >>> 198.51.100.25  SMTP\n",
		"        Data - message text, its beginning not seen, 536 bytes\n",
		"        Data - continued from frame 3076, 536 bytes\n",
		"        .AP..., len: 536, seq: 136771427-136771963, ack:1417586500, win: 8192\n",
		"        Rsp: 552 Message exceeds fixed maximum message size (64K), 54 bytes\n",
		"        ** error (certain) test-first: 552 left before the end of data\n"
		"           RFC 5321 4.3.1; RFC 821 4.2\n"
		"           what it means: the message is not delivered\n"
		"           what to do: read on until the end of data\n"
		"           see also: frame 3080\n"
		"  3082 ",
		"        ** error (certain) test-first: 421 left before the end of data\n"
		"  3083     0.008000  198.51.100.25 >>> 192.0.2.10  TCP\n"
		"        .A...F, len: 0, seq:1417586599-1417586599, ack: 136771427, win: 967\n"
		"        ** warning (certain) test-second (consequence of test-first in frame "
		"3081)\n",
		"  server closed first (FIN, frame 3083); half-closed, no FIN of the client was captured; ",
		"  findings: 2 errors; worst: error test-first in frame 3081\n\n",
	};
	struct scene *sc = xcalloc(1, sizeof *sc);
	char *report;
	size_t i;

	(void)state;
	scene_mid_data(sc);
	report = scene_report(&reporter_text, &scene_config, &sc->s, NULL);
	for (i = 0; i < COUNT(parts); i++)
		want_times("552 in mid-data", report, parts[i], 1);
	free(report);
	free(sc);
}

/* 20 segments of text, each but the last acknowledged; frames 2 to 40. */
static void
fold_scene(struct scene *sc)
{
	struct smtp_unit *data;

	scene_init(sc, 1);
	data = scene_command(sc, "DATA");
	scene_text(sc, 20, 1000)->eod = scene_command(sc, ".");
	(void)data;
}

static void
test_fold(void **state)
{
	static const struct {
		const char *name;
		uint64_t finding; /* frame, 0: none */
		unsigned verbose;
		const char *want[2]; /* lines that must be there once */
		unsigned folds;
	} rows[] = {
		{ "no finding", 0, 0,
		    { "... 38 frames folded: 19,000 octets of message text (-v shows them)\n" },
		    1 },
		{ "verbose", 0, 1, { "    40 " }, 0 },
		/* 19 to 23 stay */
		{ "finding in the middle", 21, 0,
		    { "... 16 frames folded: 8,000 octets", "... 17 frames folded: 9,000 octets" },
		    2 },
		/* 3 to 5 are too few to fold, 6 to 10 stay */
		{ "short run before a finding", 8, 0,
		    { "     3 ", "... 30 frames folded: 15,000 octets" }, 1 },
		{ "finding in the last frame", 41, 0, { "... 36 frames folded" }, 1 },
	};
	struct scene *sc = xcalloc(1, sizeof *sc);
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		struct report_config cfg = scene_config;
		char *report;

		cfg.verbose = rows[i].verbose;
		fold_scene(sc);
		if (rows[i].finding)
			scene_finding(sc, &scene_check, rows[i].finding, "x");
		report = scene_report(&reporter_text, &cfg, &sc->s, NULL);
		want_times(rows[i].name, report, "folded:", rows[i].folds);
		for (k = 0; k < 2 && rows[i].want[k]; k++)
			want_times(rows[i].name, report, rows[i].want[k], 1);
		free(report);
	}
	free(sc);
}

/* No octet of the wire reaches a terminal as it is. */
static void
test_hostile(void **state)
{
	static const char evil[] = "550 \033]0;owned\007\xc2\x9b\x80\xff\r\n\t\xe2\x80\xae";
	const struct reporter_ops *const people[] = { &reporter_text, &reporter_transcript };
	struct scene *sc = xcalloc(1, sizeof *sc);
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT(people); i++) {
		struct report_config cfg = scene_config;
		struct smtp_transaction *t = &sc->tx[0];
		struct finding *f;
		char *report;

		cfg.verbose = 1;
		scene_init(sc, 1);
		t->mail = scene_command(sc, evil + 4);
		t->final = scene_reply(sc, evil, NULL);
		t->sender = slice_str(evil);
		t->queue_id = evil;
		STAILQ_INSERT_TAIL(&sc->s.transactions, t, link);
		sc->s.auth_mechanism = evil;
		f = scene_finding(sc, &scene_check, 2, evil);
		f->table = evil;
		report = scene_report(people[i], &cfg, &sc->s, NULL);
		for (k = 0; report[k]; k++)
			if (((unsigned char)report[k] < 0x20 && report[k] != '\n') ||
			    (unsigned char)report[k] >= 0x7f)
				fail_msg("%s: got octet %02x at %zu, want none such",
				    people[i]->name, (unsigned char)report[k], k);
		want_times(people[i]->name, report, "\\x1b]0;owned\\x07\\xc2\\x9b\\x80\\xff", 8);
		free(report);
	}
	free(sc);
}

/* A live session: nothing twice, nothing lost, each line behind its number. */
static void
test_live(void **state)
{
	struct report_config cfg = scene_config;
	struct scene *sc = xcalloc(1, sizeof *sc);
	struct output *o = output_memory();
	void *t = xcalloc(1, reporter_text.size);
	const char *report, *p;
	struct error err;
	size_t all, i;

	(void)state;
	cfg.live = true;
	scene_mid_data(sc);
	scene_finding(sc, &scene_other_check, 3084, "not proved")->confidence = CONF_PROBABLE;
	scene_finding(sc, &scene_other_check, 3084, "proved behind it");
	scene_finding(sc, &scene_other_check, 3084, "proved as well");
	reporter_text.begin(t, o, &cfg);
	all = sc->stream.ledger.n;
	for (i = 1; i <= all; i++) {
		sc->stream.ledger.n = i;
		sc->s.seen[DIR_SERVER] = i < 7 ? 0 : 99;
		reporter_text.changed(t, o, &sc->s);
		if (i == 6)
			want_times(
			    "not interpreted yet", (const char *)output_slice(o).p, "3081", 0);
	}
	want_times("probable finding waits", (const char *)output_slice(o).p, "not proved", 0);
	reporter_text.session(t, o, &sc->s);
	report = (const char *)output_slice(o).p;
	want_times("heading", report, "#1 Session 1:", 1);
	want_times("frames", report, " >>> ", 10);
	want_times("first finding", report, "552 left before", 1);
	want_times("second finding", report, "421 left before", 1);
	want_times("probable finding", report, "test-second, frame 3084: not proved", 1);
	want_times("certain one behind it", report, "proved behind it", 1);
	want_times("another certain one", report, "proved as well", 1);
	want_times("consequence", report, "test-second (consequence of", 1);
	want_times("summary", report, "#1 Summary of session 1:", 1);
	for (p = report; *p; p = strchr(p, '\n') + 1)
		if (strncmp(p, "#1", 2) != 0)
			fail_msg("line without number: %s", p);
	reporter_text.fini(t);
	free(t);
	output_close(o, &err);
	free(sc);
}

/* Live folding: the same frames are folded as in a saved session. */
static void
test_live_fold(void **state)
{
	struct report_config cfg = scene_config;
	struct scene *sc = xcalloc(1, sizeof *sc);
	struct output *o = output_memory();
	void *t = xcalloc(1, reporter_text.size);
	struct error err;
	size_t all, i;

	(void)state;
	cfg.live = true;
	fold_scene(sc);
	reporter_text.begin(t, o, &cfg);
	all = sc->stream.ledger.n;
	for (i = 1; i <= all; i++) {
		sc->stream.ledger.n = i;
		reporter_text.changed(t, o, &sc->s);
	}
	want_times("first frame at once", (const char *)output_slice(o).p, "     1     0.0", 1);
	want_times("all frames", (const char *)output_slice(o).p,
	    "... 38 frames folded: 19,000 octets of message text", 1);
	/* The connection goes away without a last word. */
	reporter_text.fini(t);
	free(t);
	output_close(o, &err);
	free(sc);
}

static void
test_quiet(void **state)
{
	const struct reporter_ops *const people[] = { &reporter_text, &reporter_transcript };
	struct scene *sc = xcalloc(1, sizeof *sc);
	struct report_config cfg = scene_config;
	size_t i;

	(void)state;
	cfg.quiet = true;
	for (i = 0; i < COUNT(people); i++) {
		char *report;

		scene_mid_data(sc);
		report = scene_report(people[i], &cfg, &sc->s, NULL);
		want_times("no frames", report, ">>>", 0);
		want_times("finding with its frame", report,
		    "** error (certain) test-first, frame 3081: 552 left", 1);
		free(report);
		cfg.severity = SEV_ERROR;
		fold_scene(sc);
		scene_finding(sc, &scene_other_check, 8, "only a warning");
		report = scene_report(people[i], &cfg, &sc->s, NULL);
		want_text("nothing at or above the severity", report, "");
		free(report);
	}
	free(sc);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_tcp_line),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_mid_data),
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_live),
		cmocka_unit_test(test_live_fold),
		cmocka_unit_test(test_quiet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
