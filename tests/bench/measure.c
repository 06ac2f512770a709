/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * measure - run a command; write its wall time and peak memory.
 *
 *	measure FILE COMMAND [ARGUMENT ...]
 *
 * Appends "SECONDS KIB" to FILE and ends with the command's status, or with 127
 * when it could not be run or was killed.  Small on purpose: the kernel counts the
 * memory of the process that calls exec as the command's, so a launcher that is
 * large itself would be measured too.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int
main(int argc, char **argv)
{
	struct rusage usage;
	double start, wall;
	int status;
	pid_t child;
	FILE *out;

	if (argc < 3) {
		fputs("usage: measure FILE COMMAND [ARGUMENT ...]\n", stderr);
		return 127;
	}
	start = seconds();
	child = fork();
	if (child == 0) {
		execvp(argv[2], argv + 2);
		fprintf(stderr, "measure: %s: %s\n", argv[2], strerror(errno));
		_exit(127);
	}
	if (child < 0 || wait4(child, &status, 0, &usage) != child) {
		perror("measure");
		return 127;
	}
	wall = seconds() - start;
	out = fopen(argv[1], "a");
	if (!out || fprintf(out, "%.4f %ld\n", wall, usage.ru_maxrss) < 0 || fclose(out) != 0) {
		fprintf(stderr, "measure: %s: %s\n", argv[1], strerror(errno));
		return 127;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 127;
}
