/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * buf - growing octet buffers for mktrace.  Numbers are written octet by octet, so
 * the result does not depend on the byte order of the machine.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mktrace.h"

void *
mk_alloc(size_t n)
{
	void *p = calloc(1, n ? n : 1);

	if (p == NULL) {
		fputs("mktrace: out of memory\n", stderr);
		exit(3);
	}
	return p;
}

void
mk_buf_add(struct mk_buf *b, const void *p, size_t n)
{
	if (n == 0)
		return;
	if (n > b->cap - b->n) {
		size_t cap = b->cap ? b->cap : 256;
		uint8_t *q;

		while (cap - b->n < n)
			cap *= 2;
		q = mk_alloc(cap);
		if (b->n)
			memcpy(q, b->p, b->n);
		free(b->p);
		b->p = q;
		b->cap = cap;
	}
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

void
mk_buf_u8(struct mk_buf *b, unsigned v)
{
	uint8_t o = (uint8_t)v;

	mk_buf_add(b, &o, 1);
}

void
mk_buf_be16(struct mk_buf *b, unsigned v)
{
	mk_buf_u8(b, v >> 8);
	mk_buf_u8(b, v);
}

void
mk_buf_be32(struct mk_buf *b, uint32_t v)
{
	mk_buf_be16(b, v >> 16);
	mk_buf_be16(b, v & 0xffff);
}

void
mk_buf_le16(struct mk_buf *b, unsigned v)
{
	mk_buf_u8(b, v);
	mk_buf_u8(b, v >> 8);
}

void
mk_buf_le32(struct mk_buf *b, uint32_t v)
{
	mk_buf_le16(b, v & 0xffff);
	mk_buf_le16(b, v >> 16);
}

void
mk_buf_printf(struct mk_buf *b, const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (n > 0)
		mk_buf_add(b, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

void
mk_buf_fini(struct mk_buf *b)
{
	free(b->p);
	*b = (struct mk_buf){ 0 };
}
