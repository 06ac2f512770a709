/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mem - allocation that succeeds or ends the program.
 *
 * For the few small objects whose number the user decides (options, inputs,
 * tables).  There is nothing sensible to do without them, so failure is one
 * line on standard error and exit status 2.  A size of zero or a product that
 * overflows is a mistake of the caller and ends the program too.
 *
 * The caller owns what is returned and frees it with free(3).
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/mem.h"

enum { EXIT_NO_MEMORY = 2, LARGE_PAGE = 2 << 20 };

static void mem_die(const char *what, size_t size) __attribute__((__noreturn__));

static void
mem_die(const char *what, size_t size)
{
	fprintf(stderr, "smtpscope: out of memory: %s of %zu octets failed\n", what, size);
	exit(EXIT_NO_MEMORY);
}

void *
xmalloc(size_t size)
{
	void *p = size ? malloc(size) : NULL;

	if (!p)
		mem_die("allocation", size);
	return p;
}

void *
xcalloc(size_t n, size_t size)
{
	void *p = n && size ? calloc(n, size) : NULL;

	if (!p)
		mem_die("allocation", size && n > SIZE_MAX / size ? SIZE_MAX : n * size);
	return p;
}

void *
xreallocarray(void *old, size_t n, size_t size)
{
	void *p;

	if (n == 0 || size == 0 || n > SIZE_MAX / size)
		mem_die("reallocation", n && size ? SIZE_MAX : 0);
	p = realloc(old, n * size);
	if (!p)
		mem_die("reallocation", n * size);
	return p;
}

void *
xlarge(size_t n, size_t size)
{
	size_t all;
	void *p;

	if (__builtin_mul_overflow(n, size, &all) || all < 2 * LARGE_PAGE ||
	    all > SIZE_MAX - LARGE_PAGE)
		return xreallocarray(NULL, n, size);
	p = aligned_alloc(LARGE_PAGE, (all + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE);
	if (!p)
		mem_die("allocation", all);
#ifdef MADV_HUGEPAGE
	/* A wish. */
	(void)madvise(p, all, MADV_HUGEPAGE);
#endif
	return p;
}

char *
xstrdup(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(xmalloc(n), s, n);
}

/* At most n octets of s, which need not end in a NUL. */
char *
xstrndup(const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *copy = xmalloc(len + 1);

	memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *
xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		mem_die("formatting", 0);
	s = xmalloc((size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(s, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return s;
}
