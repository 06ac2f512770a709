/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * output - where a report goes: a file or memory, with one sticky error.
 *
 * A file output is a stdio stream with a buffer of its own.  For standard output
 * the stream is over a duplicate of descriptor 1, so that it can be closed, and
 * the result of that looked at, like any other.  A memory output
 * is an sbuf without a budget, for tests and for text that is measured before
 * it is printed.  The first failure is kept, every later write is dropped, and
 * output_close() tells: a report is whole or its loss is announced.
 *
 * The program ignores SIGPIPE, so a reader that went away shows as EPIPE.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/output.h"
#include "base/sbuf.h"

enum {
	OUTPUT_BUFFER = 65536, /* octets; a terminal gets every line at once */
	PRINTF_BUFFER = 512    /* texts up to this length need no allocation */
};

struct output {
	FILE *fp;               /* NULL: memory */
	char *path;             /* how messages call it; NULL for memory */
	char *buffer;           /* of fp, freed after it */
	struct sbuf mem;        /* used if fp is NULL */
	int error;              /* errno of the first failure, 0: none */
	void (*before)(void *); /* NULL: nobody wants to know of writes */
	void *ctx;              /* its */
};

static FILE *
stdout_stream(void)
{
	int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0), saved;
	FILE *fp = fd < 0 ? NULL : fdopen(fd, "w");

	if (fd >= 0 && !fp) {
		saved = errno;
		close(fd);
		errno = saved;
	}
	return fp;
}

struct output *
output_open(const char *path, struct error *err)
{
	bool is_stdout = strcmp(path, "-") == 0;
	const char *label = is_stdout ? "standard output" : path;
	FILE *fp = is_stdout ? stdout_stream() : fopen(path, "we");
	struct output *o;

	if (!fp) {
		error_set(err, "%s: cannot be opened for writing: %s", label, strerror(errno));
		return NULL;
	}
	o = xcalloc(1, sizeof *o);
	o->fp = fp;
	o->path = xstrdup(label);
	o->buffer = xmalloc(OUTPUT_BUFFER);
	setvbuf(fp, o->buffer, isatty(fileno(fp)) ? _IOLBF : _IOFBF, OUTPUT_BUFFER);
	return o;
}

struct output *
output_memory(void)
{
	struct output *o = xcalloc(1, sizeof *o);

	sbuf_init(&o->mem, SIZE_MAX / 2, NULL);
	return o;
}

void
output_before(struct output *o, void (*before)(void *), void *ctx)
{
	o->before = before;
	o->ctx = ctx;
}

static void
output_fail(struct output *o, int error)
{
	if (!o->error)
		o->error = error ? error : EIO;
}

void
out_write(struct output *o, struct slice s)
{
	if (o->error || s.n == 0)
		return;
	if (!o->fp) {
		if (!sbuf_add(&o->mem, s))
			output_fail(o, ENOMEM);
		return;
	}
	if (o->before)
		o->before(o->ctx);
	errno = 0;
	if (fwrite_unlocked(s.p, 1, s.n, o->fp) != s.n)
		output_fail(o, errno);
}

void
out_puts(struct output *o, const char *s)
{
	out_write(o, slice_str(s));
}

void
out_putc(struct output *o, int c)
{
	uint8_t octet = (uint8_t)c;

	if (o->error || !o->fp || o->before) {
		out_write(o, slice_of(&octet, 1));
		return;
	}
	errno = 0;
	if (putc_unlocked(octet, o->fp) == EOF)
		output_fail(o, errno);
}

static void __attribute__((__format__(printf, 2, 0)))
output_vprintf(struct output *o, const char *fmt, va_list ap)
{
	char small[PRINTF_BUFFER], *large;
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(small, sizeof small, fmt, ap);
	if (n < 0) {
		output_fail(o, errno);
	} else if ((size_t)n < sizeof small) {
		out_write(o, slice_of(small, (size_t)n));
	} else if (!(large = malloc((size_t)n + 1))) {
		output_fail(o, ENOMEM);
	} else {
		vsnprintf(large, (size_t)n + 1, fmt, again);
		out_write(o, slice_of(large, (size_t)n));
		free(large);
	}
	va_end(again);
}

void
out_printf(struct output *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	output_vprintf(o, fmt, ap);
	va_end(ap);
}

void
out_flush(struct output *o)
{
	if (o->error || !o->fp)
		return;
	errno = 0;
	if (fflush(o->fp) != 0)
		output_fail(o, errno);
}

bool
out_failed(const struct output *o)
{
	return o->error != 0;
}

void
out_clear(struct output *o)
{
	sbuf_clear(&o->mem);
}

struct slice
output_slice(struct output *o)
{
	static const uint8_t nul[1] = { 0 };
	struct slice text;

	/* The NUL behind the text is not part of it. */
	if (o->fp || !sbuf_add(&o->mem, slice_of(nul, 1)))
		return slice_of(nul, 0);
	text = slice_of(o->mem.p, --o->mem.n);
	return text;
}

int
output_close(struct output *o, struct error *err)
{
	int failed;

	if (!o)
		return 0;
	out_flush(o);
	errno = 0;
	if (o->fp && fclose(o->fp) != 0)
		output_fail(o, errno);
	failed = o->error && o->error != EPIPE;
	if (failed)
		error_set(err, "%s: writing failed: %s", o->path ? o->path : "report in memory",
		    strerror(o->error));
	sbuf_fini(&o->mem);
	free(o->path);
	free(o->buffer);
	free(o);
	return failed ? -1 : 0;
}
