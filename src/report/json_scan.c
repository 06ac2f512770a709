/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_scan - finds what a JSON string cannot hold as it is.
 *
 * That is what RFC 8259 7 demands to be escaped, and what a terminal would obey
 * or hide: DEL, C1, characters that change the direction of text or have no
 * width.  A JSON reader sees the same characters.
 *
 * Nearly everything is plain ASCII: it is looked at eight octets at a time.
 */
#include "base/escape.h"
#include "report/json_scan.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* Octets of the UTF-8 character at the start of s, 0 if it is not well-formed. */
static size_t
utf8_length(struct slice s)
{
	static const uint8_t by_high_bits[16] = { 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 2, 2, 3, 4 };
	size_t n = by_high_bits[s.p[0] >> 4];

	return n && n <= s.n && utf8_valid(slice_of(s.p, n)) ? n : 0;
}

/* Valid characters that are escaped all the same; all below U+10000. */
static bool
is_hidden(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} rows[] = { { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x61c, 0x61c }, { 0x180e, 0x180e },
		{ 0x200b, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfeff, 0xfeff },
		{ 0xfff9, 0xfffb } };
	size_t i;

	for (i = 0; i < COUNT(rows); i++)
		if (c >= rows[i].first && c <= rows[i].last)
			return true;
	return false;
}

static uint32_t
code_point(const uint8_t *p, size_t n)
{
	if (n == 2)
		return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
	if (n == 3)
		return (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
	return p[0];
}

/* Is an octet of the eight a control, a quote, a backslash, DEL or above? */
static bool
has_odd(uint64_t v)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
	uint64_t quote = v ^ ones * '"', backslash = v ^ ones * '\\';
	uint64_t odd = v | (v + ones); /* 0x7f and above */

	odd |= (v - ones * 0x20) & ~v;
	odd |= (quote - ones) & ~quote;
	odd |= (backslash - ones) & ~backslash;
	return odd & high;
}

/* ASCII at the start of s that stands for itself. */
static size_t
plain_run(struct slice s)
{
	size_t n = 0;
	uint64_t v;

	for (; s.n - n >= sizeof v; n += sizeof v) {
		memcpy(&v, s.p + n, sizeof v);
		if (has_odd(v))
			break;
	}
	if (n && n < s.n && s.n - n < sizeof v) { /* the last of them, some for the second time */
		memcpy(&v, s.p + s.n - sizeof v, sizeof v);
		if (!has_odd(v))
			return s.n;
	}
	while (n < s.n && s.p[n] >= 0x20 && s.p[n] < 0x7f && s.p[n] != '"' && s.p[n] != '\\')
		n++;
	return n;
}

size_t
json_plain(struct slice s)
{
	size_t run = plain_run(s), n;

	while (run < s.n) {
		n = utf8_length(slice_from(s, run));
		if (n < 2 || (n < 4 && is_hidden(code_point(s.p + run, n))))
			break;
		run += n;
		run += plain_run(slice_from(s, run));
	}
	return run;
}

size_t
json_odd(struct slice s, uint32_t *code)
{
	size_t n = utf8_length(s);

	*code = n ? code_point(s.p, n) : 0;
	return n;
}
