/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Unit tests of the transcript: turns, pipelined groups, message text, gaps,
 * TLS, how the connection ended; and of the summary of a run.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/mem.h"
#include "test_report_scene.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static void
want_part(const char *name, const char *report, const char *part)
{
	if (!strstr(report, part))
		fail_msg("%s: got\n%s\nwant in it\n%s", name, report, part);
}

/* Four commands in one segment, two replies, then the server closes. */
static void
test_group(void **state)
{
	static const char *const lines[] = { "MAIL FROM:<sender@example.com>",
		"RCPT TO:<receiver@example.com>", "RSET", "QUIT" };
	struct scene *sc = xcalloc(1, sizeof *sc);
	struct smtp_unit *u[4];
	char *report;
	size_t i;

	(void)state;
	scene_init(sc, 10);
	for (i = 0; i < COUNT(lines); i++) {
		u[i] = scene_command(sc, lines[i]);
		u[i]->line.first.frame = u[i]->line.last.frame = u[i]->at_frame = 10;
		u[i]->group = 1;
	}
	scene_reply(sc, "250 2.1.0 Sender OK", u[0]);
	scene_reply(sc, "221 2.0.0 Service closing transmission channel", u[1]);
	scene_segment(sc, DIR_SERVER, 0, TCP_ACK | TCP_FIN);
	scene_finding(sc, &scene_check, 15, "two replies are missing")->table =
	    "unit  by count\nRCPT  221";
	report = scene_report(&reporter_transcript, &scene_config, &sc->s, NULL);
	want_part("group", report,
	    "      10  <connection requested>\n"
	    "\n"
	    "          C> MAIL FROM:<sender@example.com>\n"
	    "          C> RCPT TO:<receiver@example.com>\n"
	    "          C> RSET\n"
	    "          C> QUIT\n"
	    "          (4 commands in 1 segment, answered by 2 replies)\n"
	    "\n"
	    "      14  S> 250 2.1.0 Sender OK\n"
	    "      15  S> 221 2.0.0 Service closing transmission channel\n"
	    "          ** error (certain) test-first: two replies are missing\n"
	    "               unit  by count\n"
	    "               RCPT  221\n"
	    "             RFC 5321 4.3.1; RFC 821 4.2\n");
	want_part("close", report,
	    "\n"
	    "      16  <Server closes: FIN>\n"
	    "          <server closed while 2 replies were expected>\n");
	free(report);
	free(sc);
}

static void
test_text_and_gap(void **state)
{
	static const char text[] = "Subject: x\r\n\r\nbody \033[31m\r\n";
	struct smtp_gap gap = { .dir = DIR_CLIENT, .len = 1431, .frame = 3 };
	struct scene *sc = xcalloc(1, sizeof *sc);
	struct report_config cfg = scene_config;
	struct smtp_body *b;
	char *report;

	(void)state;
	scene_init(sc, 1);
	scene_command(sc, "DATA");
	b = scene_text(sc, 2, 100);
	b->text = slice_str(text);
	STAILQ_INSERT_TAIL(&sc->s.gaps, &gap, link);
	b->eod = scene_command(sc, ".");
	scene_segment(sc, DIR_CLIENT, 0, TCP_RST);
	report = scene_report(&reporter_transcript, &cfg, &sc->s, NULL);
	want_part("text is told by its size", report,
	    "       2  C> [message text, 200 octets in 2 lines, frames 2-4]\n");
	want_part("gap", report, "       3  <1431 octets of the client were not captured>\n");
	want_part("reset", report, "<Client resets: RST>\n");
	if (strstr(report, "Subject"))
		fail_msg("got message text without having asked: %s", report);
	free(report);
	cfg.show_text = true;
	report = scene_report(&reporter_transcript, &cfg, &sc->s, NULL);
	want_part("text on request", report,
	    "C> Subject: x\n          C> \n          C> body \\x1b[31m\n");
	free(report);
	free(sc);
}

static void
test_tls(void **state)
{
	const struct reporter_ops *const people[] = { &reporter_text, &reporter_transcript };
	static const char *const want[] = { "  TLS\n        TLS - 517 bytes\n",
		"<TLS from here, opaque>\n" };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(people); i++) {
		struct scene *sc = xcalloc(1, sizeof *sc);
		char *report;

		scene_init(sc, 1);
		scene_command(sc, "STARTTLS");
		sc->s.tls.via = TLS_STARTTLS;
		sc->s.tls.start[DIR_CLIENT] = sc->next_off[DIR_CLIENT];
		sc->s.tls.start[DIR_SERVER] = sc->next_off[DIR_SERVER];
		sc->s.tls.client_frame = 2;
		scene_segment(sc, DIR_CLIENT, 517, TCP_ACK | TCP_PSH);
		report = scene_report(people[i], &scene_config, &sc->s, NULL);
		want_part(people[i]->name, report, want[i]);
		free(report);
		free(sc);
	}
}

/* Each counter of a loss that is not zero has its line; none without a loss. */
static void
test_run(void **state)
{
	struct run run = { .sessions = 2, .transactions = 1 };
	char *report;

	(void)state;
	run.results[RESULT_IN_DOUBT] = 1;
	run.closures[CLOSURE_SERVER_FIN] = 2;
	report = scene_report(&reporter_text, &scene_config, NULL, &run);
	want_part("sessions", report, "Run: 2 sessions, 1 message; 0 other TCP connections\n");
	want_part("results", report, "  messages: in-doubt 1\n");
	want_part("closures", report, "  closures: server-fin 2\n");
	if (strstr(report, "trusted"))
		fail_msg("got doubts, want none: %s", report);
	free(report);
	run.capture.dropped_kernel = 12;
	run.tracker.gap_octets = 5840;
	run.capture.truncated_input = true;
	run.error = "x.pcap: cut\033";
	report = scene_report(&reporter_text, &scene_config, NULL, &run);
	want_part("kernel", report,
	    "  how far this can be trusted:\n    12 frames dropped by the kernel");
	want_part("gaps", report, "    5,840 octets missing in them\n");
	want_part("cut", report, "    an input file ends inside a record\n");
	want_part("error", report, "  the input ended early: x.pcap: cut\\x1b\n");
	free(report);
}

static void
test_find(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; reporters[i]; i++)
		assert_ptr_equal(reporter_find(reporters[i]->name), reporters[i]);
	assert_ptr_equal(reporters[0], &reporter_text);
	assert_null(reporter_find("xml"));
	assert_null(reporter_find(""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_group),
		cmocka_unit_test(test_text_and_gap),
		cmocka_unit_test(test_tls),
		cmocka_unit_test(test_run),
		cmocka_unit_test(test_find),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
