/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loadgen - a large realistic SMTP capture for measurements.
 *
 *	loadgen -o FILE [-j FILE.json] (-b OCTETS | -n SESSIONS) [-s SEED] [-v PLANTED]
 *	        [-m OCTETS]
 *
 * About 200 sessions run at a time and take turns at random.  A quarter of them
 * is IPv6; clients work in lock-step, with PIPELINING or with BDAT; message sizes
 * are log-normal between 2 kB and 200 kB, or at most OCTETS; some recipients and
 * messages are refused.
 * Apart from PLANTED violations of each kind in violations[] (dialogue.c), the dialogues are
 * lawful.  The JSON file lists the planted ones with their frames, and totals.
 * The same arguments always give the same capture.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "dialogue.h"

enum { CONCURRENT = 200 };

static void
make_pool(struct load *l)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ,-";
	size_t i, j;

	for (i = 0; i < POOL_LINES; i++) {
		char *line = l->pool + i * LINE;

		for (j = 0; j < LINE - 2; j++)
			line[j] = letters[wire_below(&l->wire, sizeof letters - 1)];
		/* RFC 5321 4.5.2: a line that begins with a dot gets another one. */
		if (wire_below(&l->wire, 400) == 0)
			line[0] = line[1] = '.';
		line[LINE - 2] = '\r';
		line[LINE - 1] = '\n';
	}
}

static void
run(struct load *l, uint64_t octets, uint64_t sessions)
{
	struct session *active = calloc(CONCURRENT, sizeof *active);
	size_t n = 0, i;

	if (!active)
		abort();
	for (;;) {
		bool more = sessions ? l->started < sessions : l->wire.octets < octets;

		if (more && n < CONCURRENT && (n == 0 || wire_below(&l->wire, 8) == 0))
			dialogue_begin(l, &active[n++]);
		if (n == 0)
			break;
		i = wire_below(&l->wire, (uint32_t)n);
		if (!dialogue_turn(l, &active[i]))
			active[i] = active[--n];
		l->wire.now += wire_below(&l->wire, 200);
	}
	free(active);
}

static void
print_totals(const struct load *l)
{
	const struct wire *w = &l->wire;
	FILE *f = l->json;
	int i;

	fputs("\n  ],\n  \"planted_by_check\": {", f);
	for (i = 1; i < NVIOLATIONS; i++)
		fprintf(f, "%s\"%s\": %" PRIu64, i > 1 ? ", " : "", violations[i], l->planted[i]);
	fprintf(f,
	    "},\n  \"octets\": %" PRIu64 ",\n  \"frames\": %" PRIu64 ",\n  \"swapped\": %" PRIu64
	    ",\n  \"retransmitted\": %" PRIu64,
	    w->octets, w->frames, w->swapped, w->retransmitted);
	fprintf(f,
	    ",\n  \"sessions\": %" PRIu64 ",\n  \"ipv6\": %" PRIu64 ",\n  \"lock_step\": %" PRIu64
	    ",\n  \"pipelining\": %" PRIu64 ",\n  \"chunking\": %" PRIu64,
	    l->started, l->v6, l->styles[LOCK_STEP], l->styles[PIPELINING], l->styles[CHUNKING]);
	fprintf(f,
	    ",\n  \"delivered\": %" PRIu64 ",\n  \"rejected\": %" PRIu64
	    ",\n  \"aborted\": %" PRIu64 ",\n  \"recipients\": %" PRIu64
	    ",\n  \"recipients_refused\": %" PRIu64 "\n}\n",
	    l->delivered, l->rejected, l->aborted, l->recipients, l->recipients_refused);
}

static uint64_t
number(const char *text)
{
	char *end;
	unsigned long long v;

	errno = 0;
	v = strtoull(text, &end, 10);
	if (errno || end == text || *end || *text == '-') {
		fprintf(stderr, "loadgen: \"%s\" is no number\n", text);
		exit(2);
	}
	return v;
}

static int
usage(void)
{
	fputs("usage: loadgen -o FILE [-j FILE.json] (-b OCTETS | -n SESSIONS) [-s SEED] "
	      "[-v PLANTED] [-m OCTETS]\n",
	    stderr);
	return 2;
}

static void
die(const char *path)
{
	fprintf(stderr, "loadgen: %s: %s\n", path, strerror(errno));
	exit(1);
}

int
main(int argc, char **argv)
{
	const char *path = NULL, *json = "/dev/null";
	uint64_t octets = 0, sessions = 0, seed = 1, planted = 5;
	struct load l = { .started = 0 };
	int c;

	while ((c = getopt(argc, argv, "o:j:b:n:s:v:m:")) != -1) {
		switch (c) {
		case 'o':
			path = optarg;
			break;
		case 'j':
			json = optarg;
			break;
		case 'b':
			octets = number(optarg);
			break;
		case 'n':
			sessions = number(optarg);
			break;
		case 's':
			seed = number(optarg);
			break;
		case 'v':
			planted = number(optarg);
			break;
		case 'm':
			l.octets_max = number(optarg);
			break;
		default:
			return usage();
		}
	}
	if (!path || optind != argc || !octets == !sessions)
		return usage();
	if (!wire_open(&l.wire, path, seed))
		die(path);
	l.json = fopen(json, "w");
	if (!l.json)
		die(json);
	l.pool = malloc((size_t)POOL_LINES * LINE);
	if (!l.pool)
		die("memory");
	l.planted_max = planted;
	make_pool(&l);
	fprintf(l.json, "{\n  \"seed\": %" PRIu64 ",\n  \"planted\": [", seed);
	run(&l, octets, sessions);
	print_totals(&l);
	free(l.pool);
	if (ferror(l.json) | fclose(l.json))
		die(json);
	if (!wire_close(&l.wire))
		die(path);
	return 0;
}
