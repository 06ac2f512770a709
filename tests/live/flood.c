/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * flood - puts the frames of a capture on an interface at an even rate, and says whether
 * another capture has them all.
 *
 *	flood -i INTERFACE -r RATE FILE	sends every frame once, RATE in a second
 *	flood -c FILE SAVED		0: the same frames in the same order; times may differ
 *
 * Frames leave in bursts of a millisecond.  Who is late catches up, so the rate is kept on
 * average, and a busy machine makes the bursts larger, which is worse for who captures.
 * Prints one line, "sent N frames in S s"; a frame that the interface does not take is tried
 * again, and what it never takes is an error.
 */
#include <errno.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { NS_PER_TICK = 1000000, TRIES = 1000 };

static void __attribute__((__noreturn__)) die(const char *what, const char *why)
{
	fprintf(stderr, "flood: %s: %s\n", what, why);
	exit(2);
}

static pcap_t *
open_file(const char *name)
{
	char err[PCAP_ERRBUF_SIZE];
	pcap_t *p = pcap_open_offline(name, err);

	if (!p)
		die(name, err);
	return p;
}

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void
send_frame(pcap_t *out, const struct pcap_pkthdr *h, const u_char *octets)
{
	const struct timespec moment = { 0, NS_PER_TICK / 10 };
	int i;

	for (i = 0; i < TRIES; i++) {
		if (pcap_inject(out, octets, h->caplen) == (int)h->caplen)
			return;
		if (errno != ENOBUFS && errno != EAGAIN)
			break;
		nanosleep(&moment, NULL);
	}
	die("sending", pcap_geterr(out));
}

static int
flood(const char *interface, double rate, const char *name)
{
	char err[PCAP_ERRBUF_SIZE];
	pcap_t *in = open_file(name), *out = pcap_open_live(interface, 64, 0, 1, err);
	int64_t start = now(), next = start;
	struct pcap_pkthdr *h;
	const u_char *octets;
	uint64_t sent = 0;

	if (!out)
		die(interface, err);
	while (pcap_next_ex(in, &h, &octets) == 1) {
		while ((double)sent >= rate * 1e-9 * (double)(now() - start)) {
			struct timespec until;

			next += NS_PER_TICK;
			until.tv_sec = next / INT64_C(1000000000);
			until.tv_nsec = next % INT64_C(1000000000);
			clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
		}
		send_frame(out, h, octets);
		sent++;
	}
	printf("sent %" PRIu64 " frames in %.2f s\n", sent, 1e-9 * (double)(now() - start));
	pcap_close(in);
	pcap_close(out);
	return 0;
}

static int
compare(const char *name, const char *saved)
{
	pcap_t *in = open_file(name), *out = open_file(saved);
	struct pcap_pkthdr *h, *g;
	const u_char *a, *b;
	uint64_t n = 0, more = 0;
	int status = 0;

	while (pcap_next_ex(in, &h, &a) == 1) {
		if (pcap_next_ex(out, &g, &b) != 1) {
			more++;
			continue;
		}
		n++;
		if (h->len != g->len || h->caplen != g->caplen || memcmp(a, b, h->caplen) != 0) {
			fprintf(
			    stderr, "flood: frame %" PRIu64 " of %s is another one\n", n, saved);
			status = 1;
			break;
		}
	}
	if (more || (status == 0 && pcap_next_ex(out, &g, &b) == 1)) {
		fprintf(stderr, "flood: %s has %s frames than %s (%" PRIu64 " fewer)\n", saved,
		    more ? "fewer" : "more", name, more);
		status = 1;
	}
	pcap_close(in);
	pcap_close(out);
	return status;
}

int
main(int argc, char **argv)
{
	const char *interface = NULL;
	double rate = 0;
	int c;

	while ((c = getopt(argc, argv, "i:r:c")) != -1) {
		if (c == 'i')
			interface = optarg;
		else if (c == 'r')
			rate = atof(optarg);
		else if (c != 'c')
			return 2;
	}
	if (interface && rate > 0 && argc - optind == 1)
		return flood(interface, rate, argv[optind]);
	if (!interface && argc - optind == 2)
		return compare(argv[optind], argv[optind + 1]);
	fputs("usage: flood -i INTERFACE -r RATE FILE | flood -c FILE SAVED\n", stderr);
	return 2;
}
