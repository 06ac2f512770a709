/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analyse - a run of the program over octets in memory: options, pipeline, report to
 * /dev/null.  In one thread, with little memory, so that the limits are reached, too.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/error.h"
#include "fuzz.h"
#include "pipeline.h"

static void
die(const char *what)
{
	perror(what);
	abort();
}

static int
file_of(const uint8_t *octets, size_t n)
{
	int fd = memfd_create("fuzz", 0);
	ssize_t done;

	if (fd < 0)
		die("memfd_create");
	while (n > 0) {
		done = write(fd, octets, n);
		if (done < 0 && errno != EINTR)
			die("write");
		octets += done > 0 ? done : 0;
		n -= done > 0 ? (size_t)done : 0;
	}
	return fd;
}

static void
run(struct options *o)
{
	enum capture_status status = CAPTURE_PACKET;
	enum exit_status exit_status;
	struct error err = { "" };
	struct pipeline *p = pipeline_new(o, &exit_status, &err);

	if (!p)
		return;
	while (status == CAPTURE_PACKET || status == CAPTURE_AGAIN)
		status = pipeline_step(p, 64, &err);
	pipeline_finish(p);
	if (pipeline_close(p, &err) != 0)
		abort(); /* /dev/null takes everything */
}

void
fuzz_analyse(const uint8_t *octets, size_t n, unsigned form)
{
	static const char *const forms[] = { "jsonl", "text", "transcript", "html", "markdown",
		"json", "sarif" };
	char name[32], format[32];
	char *argv[] = { (char *)"smtpscope", (char *)"-N", (char *)"-v", (char *)"--threads=1",
		(char *)"--max-memory=4M", (char *)"--show-text", (char *)"-o", (char *)"/dev/null",
		(char *)"-T", format, (char *)"-r", name, NULL };
	struct options o;
	struct error err = { "" };
	int fd = file_of(octets, n);

	snprintf(name, sizeof name, "/dev/fd/%d", fd);
	snprintf(format, sizeof format, "%s", forms[form % (sizeof forms / sizeof forms[0])]);
	if (options_parse(&o, sizeof argv / sizeof argv[0] - 1, argv, &err) != 0) {
		fprintf(stderr, "%s\n", err.text);
		abort();
	}
	run(&o);
	options_fini(&o);
	close(fd);
}
