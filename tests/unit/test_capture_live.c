/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_capture_live - the loopback interface, and interrupts of a capture that
 * waits.  What needs the right to capture is skipped without it.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>

#include "test_capture_files.h"

enum {
	PROBES = 60,
	SLACK_NS = 1000000 /* frames of two interfaces may be this far out of order */
};

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000) + ts.tv_nsec / 1000000;
}

/* Skips the test when this user may not capture. */
static struct capture *
open_loopback(struct capture_config cfg)
{
	static const char *const lo[] = { "lo", "lo" };
	struct error err = { "" };
	struct capture *c;

	cfg.interfaces = lo;
	if (!cfg.ninterfaces)
		cfg.ninterfaces = 1;
	c = capture_open(&cfg, &err);
	if (c)
		return c;
	if (!strstr(err.text, "no permission to capture"))
		fail_msg("got \"%s\"", err.text);
	print_message("no live capture here: %s\n", err.text);
	skip();
	return NULL;
}

/* A UDP socket on the loopback interface that sends to itself; its port. */
static int
probe_socket(struct sockaddr_in *self)
{
	socklen_t len = sizeof *self;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	*self = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)self, sizeof *self), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)self, &len), 0);
	return fd;
}

/*
 * A child that sends datagrams of 1 to PROBES octets, over several of the blocks
 * in which the kernel hands frames over.
 */
static pid_t
send_probes(int fd, const struct sockaddr_in *self)
{
	static const struct timespec pause = { .tv_nsec = 2000000 };
	uint8_t octets[PROBES] = { 0 };
	pid_t pid = fork();
	size_t i;

	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	for (i = 1; i <= PROBES; i++) {
		if (sendto(fd, octets, i, 0, (const struct sockaddr *)self, sizeof *self) < 0)
			_exit(1);
		nanosleep(&pause, NULL);
	}
	_exit(0);
}

/* The datagrams are found again, in order, once per capture. */
static void
expect_probes(size_t ninterfaces)
{
	struct sockaddr_in self;
	int fd = probe_socket(&self), status_of_child;
	int64_t end = now_ms() + 5000, last = 0;
	size_t got = 0, want = PROBES * ninterfaces;
	struct capture_stats stats;
	struct error err = { "" };
	enum capture_status status;
	struct packet pkt;
	struct capture *c;
	char filter[64];
	pid_t child;

	snprintf(filter, sizeof filter, "udp dst port %d", ntohs(self.sin_port));
	c = open_loopback((struct capture_config){ .ninterfaces = ninterfaces, .filter = filter });
	assert_true(capture_is_live(c));
	child = send_probes(fd, &self);
	while (got < want && now_ms() < end) {
		status = capture_next(c, &pkt, &err);
		if (status == CAPTURE_AGAIN)
			continue;
		if (status != CAPTURE_PACKET)
			fail_msg("got status %d \"%s\"", status, err.text);
		assert_int_equal(pkt.frame, ++got);
		assert_true(pkt.source < ninterfaces);
		assert_int_equal(pkt.wirelen, 14 + 20 + 8 + pkt.source_frame);
		assert_int_equal(pkt.data.n, pkt.wirelen);
		assert_int_equal(pkt.dlt, 1);
		if (pkt.ts < last - SLACK_NS)
			fail_msg("frame %zu: got a time %lld ns before the last", got,
			    (long long)(last - pkt.ts));
		last = pkt.ts;
	}
	assert_int_equal(got, want);
	capture_stats(c, &stats);
	assert_true(stats.received >= want);
	assert_int_equal(stats.dropped_kernel, 0);
	assert_int_equal(stats.packets, want);
	close_capture(c);
	close(fd);
	assert_int_equal(waitpid(child, &status_of_child, 0), child);
	assert_int_equal(status_of_child, 0);
}

static void
test_loopback(void **state)
{
	(void)state;
	expect_probes(1);
}

static void
test_two_interfaces(void **state)
{
	(void)state;
	expect_probes(2);
}

/* Without frames there is a chance to do something else, ten times a second. */
static void
test_again(void **state)
{
	struct capture *c =
	    open_loopback((struct capture_config){ .filter = "udp port 9 and host 192.0.2.1" });
	int64_t begin = now_ms(), took;
	struct error err;
	int i;

	(void)state;
	for (i = 0; i < 3; i++)
		assert_int_equal(next_end(c, &err), CAPTURE_AGAIN);
	took = now_ms() - begin;
	if (took < 150 || took > 3000)
		fail_msg("three empty calls: got %d ms, want about 300", (int)took);
	capture_break(c);
	assert_int_equal(next_end(c, &err), CAPTURE_EOF);
	close_capture(c);
}

static void
test_no_such_interface(void **state)
{
	static const char *const name[] = { "nosuch0" };
	struct capture_config cfg = { .interfaces = name, .ninterfaces = 1 };
	struct error err = { "" };

	(void)state;
	assert_null(capture_open(&cfg, &err));
	if (strncmp(err.text, "nosuch0: no such interface; there are: ", 39) != 0 &&
	    strncmp(err.text, "nosuch0: no permission to capture; ", 35) != 0)
		fail_msg("got \"%s\"", err.text);
	cfg.buffer_kib = UINT32_MAX;
	assert_null(capture_open(&cfg, &err));
	assert_string_equal(err.text, "nosuch0: snapshot length and buffer must be below 2 GiB");
}

/* The one global of these tests: what a signal handler can reach. */
static struct capture *interrupted;

static void
on_alarm(int signal)
{
	(void)signal;
	capture_break(interrupted);
}

/* A pipe that stays open and silent, in the middle of a record, is no trap. */
static void
test_break_pipe(void **state)
{
	struct itimerval timer = { .it_value.tv_usec = 50000 };
	struct sigaction action = { .sa_handler = on_alarm };
	struct octets o = { .big = false };
	struct capture_stats stats;
	struct error err;
	struct capture *c;
	int fds[2];
	int64_t begin;

	(void)state;
	put_pcap_header(&o, MAGIC_US, 1, 65535);
	put_record(&o, 1, 0, 10, 10, 0);
	put_record(&o, 2, 0, 10, 10, 0);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(write(fds[1], o.p, o.n - 3), o.n - 3);
	assert_true(dup2(fds[0], STDIN_FILENO) >= 0);
	close(fds[0]);
	c = open_one("-", (struct capture_config){ .files = NULL });
	next_packet(c, "whole record");
	interrupted = c;
	action.sa_flags = SA_RESTART; /* the flag must do, EINTR may not come */
	sigaction(SIGALRM, &action, NULL);
	begin = now_ms();
	setitimer(ITIMER_REAL, &timer, NULL);
	assert_int_equal(next_end(c, &err), CAPTURE_EOF);
	assert_true(now_ms() - begin < 3000);
	assert_string_equal(err.text, "");
	capture_stats(c, &stats);
	assert_false(stats.truncated_input);
	assert_int_equal(stats.packets, 1);
	signal(SIGALRM, SIG_DFL);
	close_capture(c);
	close(fds[1]);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_loopback),
		cmocka_unit_test(test_two_interfaces),
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_no_such_interface),
		cmocka_unit_test(test_break_pipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
