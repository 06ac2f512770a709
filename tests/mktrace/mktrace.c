/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mktrace - the command.
 *
 *	mktrace FILE.trace OUT.pcap     make the capture
 *	mktrace --headers FILE.trace    print the headers, labels replaced by frames
 *	mktrace --random SEED           print the text of a random trace
 *
 * "-" stands for standard input or output.  Exit 0, 1 for a fault in the trace, 2 for
 * wrong use, 3 for the environment.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mktrace.h"

static int
trouble(const char *file)
{
	fprintf(stderr, "mktrace: %s: %s\n", file, strerror(errno));
	return 3;
}

static bool
read_all(const char *file, struct mk_buf *text)
{
	FILE *f = strcmp(file, "-") == 0 ? stdin : fopen(file, "rb");
	char part[4096];
	size_t n;
	bool ok;

	if (f == NULL)
		return false;
	while ((n = fread(part, 1, sizeof part, f)) > 0)
		mk_buf_add(text, part, n);
	ok = !ferror(f);
	if (f != stdin)
		fclose(f);
	mk_buf_u8(text, 0);
	return ok;
}

static bool
write_all(const char *file, const struct mk_buf *b)
{
	FILE *f = strcmp(file, "-") == 0 ? stdout : fopen(file, "wb");
	bool ok;

	if (f == NULL)
		return false;
	ok = fwrite(b->p, 1, b->n, f) == b->n;
	if (f == stdout)
		return fflush(f) == 0 && ok;
	return fclose(f) == 0 && ok;
}

static int
run(const char *in, const char *out)
{
	struct mk_trace *t = mk_alloc(sizeof *t);
	struct mk_buf text = { 0 }, pcap = { 0 }, heads = { 0 };
	int rc = 0;

	if (!read_all(in, &text)) {
		rc = trouble(in);
	} else if (memchr(text.p, '\0', text.n - 1) != NULL) {
		fprintf(stderr, "%s: a NUL octet in the text (write \\0)\n", in);
		rc = 1;
	} else if (!mk_trace_run(t, in, (const char *)text.p, &pcap) ||
	    !mk_trace_headers(t, &heads)) {
		fprintf(stderr, "%s\n", t->error);
		rc = 1;
	} else if (!write_all(out ? out : "-", out ? &pcap : &heads)) {
		rc = trouble(out ? out : "standard output");
	}
	mk_trace_fini(t);
	free(t);
	mk_buf_fini(&text);
	mk_buf_fini(&pcap);
	mk_buf_fini(&heads);
	return rc;
}

static int
random_text(const char *arg)
{
	struct mk_buf text = { 0 };
	uint64_t seed;
	int rc = 0;

	if (!mk_text_number(arg, UINT64_MAX, &seed)) {
		fprintf(stderr, "mktrace: \"%s\" is not a seed\n", arg);
		return 2;
	}
	mk_random_script(&text, seed);
	if (!write_all("-", &text))
		rc = trouble("standard output");
	mk_buf_fini(&text);
	return rc;
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--random") == 0)
		return random_text(argv[2]);
	if (argc == 3 && strcmp(argv[1], "--headers") == 0)
		return run(argv[2], NULL);
	if (argc == 3 && (argv[1][0] != '-' || argv[1][1] == '\0'))
		return run(argv[1], argv[2]);
	fputs(
	    "usage: mktrace FILE.trace OUT.pcap | --headers FILE.trace | --random SEED\n", stderr);
	return 2;
}
