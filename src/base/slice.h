/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * slice - a borrowed run of octets; cursor - the only way to read packet octets.
 *
 * A cursor never passes its end.  A read beyond it returns 0 and sets `fail';
 * the failure is sticky, so a decoder reads a whole header and asks cur_ok()
 * once.  Neither type owns memory.
 */
#ifndef SMTPSCOPE_BASE_SLICE_H
#define SMTPSCOPE_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
	const uint8_t *p; /* may be NULL when n is 0 */
	size_t n;         /* octets */
};

struct cursor {
	const uint8_t *p;   /* next octet */
	const uint8_t *end; /* one past the last */
	bool fail;          /* a read went past the end */
};

static inline struct slice
slice_of(const void *p, size_t n)
{
	return (struct slice){ p, n };
}

static inline struct slice
slice_str(const char *s)
{
	return (struct slice){ (const uint8_t *)s, strlen(s) };
}

static inline bool
slice_eq(struct slice a, struct slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* ASCII only, whatever the locale. */
static inline int
ascii_lower(int c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static inline bool
slice_caseeq(struct slice a, const char *s)
{
	size_t i;

	for (i = 0; i < a.n; i++)
		if (s[i] == '\0' || ascii_lower(a.p[i]) != ascii_lower((unsigned char)s[i]))
			return false;
	return s[i] == '\0';
}

/* Does `a' begin with the word `s', letters of either case? */
static inline bool
slice_caseprefix(struct slice a, const char *s)
{
	size_t n = strlen(s);

	return a.n >= n && slice_caseeq(slice_of(a.p, n), s);
}

/* Does the word `s' stand anywhere in `a', letters of either case? */
static inline bool
slice_contains(struct slice a, const char *s)
{
	size_t n = strlen(s), i;
	int first = ascii_lower((unsigned char)s[0]);

	for (i = 0; i + n <= a.n; i++)
		if (ascii_lower(a.p[i]) == first && slice_caseeq((struct slice){ a.p + i, n }, s))
			return true;
	return false;
}

/* The rest after the first n octets; empty when there are fewer. */
static inline struct slice
slice_from(struct slice a, size_t n)
{
	return n >= a.n ? (struct slice){ a.p ? a.p + a.n : NULL, 0 } :
	                  (struct slice){ a.p + n, a.n - n };
}

static inline struct cursor
cur_from(struct slice s)
{
	return (struct cursor){ s.p, s.p ? s.p + s.n : s.p, false };
}

static inline size_t
cur_left(const struct cursor *c)
{
	return (size_t)(c->end - c->p);
}

static inline bool
cur_ok(const struct cursor *c)
{
	return !c->fail;
}

/* Take n octets, or none at all. */
static inline struct slice
cur_take(struct cursor *c, size_t n)
{
	struct slice s = { c->p, 0 };

	if (c->fail || n > cur_left(c)) {
		c->fail = true;
		return s;
	}
	s.n = n;
	c->p += n;
	return s;
}

static inline uint8_t
cur_u8(struct cursor *c)
{
	struct slice s = cur_take(c, 1);

	return s.n ? s.p[0] : 0;
}

static inline uint16_t
cur_be16(struct cursor *c)
{
	struct slice s = cur_take(c, 2);

	return s.n ? (uint16_t)(s.p[0] << 8 | s.p[1]) : 0;
}

static inline uint32_t
cur_be32(struct cursor *c)
{
	struct slice s = cur_take(c, 4);

	return s.n ?
	    (uint32_t)s.p[0] << 24 | (uint32_t)s.p[1] << 16 | (uint32_t)s.p[2] << 8 | s.p[3] :
	    0;
}

/* A cursor over the next n octets; the parent moves past them. */
static inline struct cursor
cur_sub(struct cursor *c, size_t n)
{
	struct cursor sub = cur_from(cur_take(c, n));

	sub.fail = c->fail;
	return sub;
}

#endif
