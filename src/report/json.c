/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json - values to text, without a tree in between.
 *
 * A library that builds a tree for each record and then prints it was measured
 * to take more than four times as long; the records are written in one pass and
 * never changed, so a tree has no other use here.
 *
 * Escapes: what RFC 8259 7 demands, and what a terminal would obey or hide:
 * DEL, C1, characters that change the direction of text or have no width.  A
 * JSON reader sees the same characters.
 */
#include "base/escape.h"
#include "base/output.h"
#include "base/timefmt.h"
#include "report/base64.h"
#include "report/json.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/*
 * Most tokens are a few octets: they are gathered, because a call of the output
 * for each would cost more than all the rest.
 */
static void
put_through(struct json *j)
{
	out_write(j->o, slice_of(j->buf, j->n));
	j->n = 0;
}

static void
put(struct json *j, const void *p, size_t n)
{
	if (n > sizeof j->buf - j->n) {
		put_through(j);
		if (n > sizeof j->buf) {
			out_write(j->o, slice_of(p, n));
			return;
		}
	}
	if (n)
		memcpy(j->buf + j->n, p, n);
	j->n += n;
}

static void
put_char(struct json *j, char c)
{
	put(j, &c, 1);
}

static void
put_literal(struct json *j, const char *s)
{
	put(j, s, strlen(s));
}

void
json_init(struct json *j, struct output *o)
{
	j->o = o;
	j->comma = false;
	j->n = 0;
}

/* The largest integer that every reader of JSON keeps exact (RFC 8259 6). */
#define JSON_INTEGER_MAX (UINT64_C(1) << 53)

static void
put_digits(struct json *j, uint64_t v, unsigned width)
{
	char text[24];
	size_t i = sizeof text;

	do {
		text[--i] = (char)('0' + v % 10);
		v /= 10;
	} while (v || sizeof text - i < width);
	put(j, text + i, sizeof text - i);
}

static void
put_key(struct json *j, const char *key, const char *suffix)
{
	if (j->comma)
		put_char(j, ',');
	j->comma = true;
	if (!key)
		return;
	put_char(j, '"');
	put_literal(j, key);
	put_literal(j, suffix);
	put(j, "\":", 2);
}

void
json_open(struct json *j, const char *key, char bracket)
{
	put_key(j, key, "");
	put_char(j, bracket);
	j->comma = false;
}

void
json_close(struct json *j, char bracket)
{
	put_char(j, bracket);
	j->comma = true;
}

void
json_line_end(struct json *j)
{
	put_char(j, '\n');
	put_through(j);
	j->comma = false;
}

void
json_uint(struct json *j, const char *key, uint64_t v)
{
	put_key(j, key, "");
	put_digits(j, v < JSON_INTEGER_MAX ? v : JSON_INTEGER_MAX, 1);
}

static void
put_bool(struct json *j, const char *key, const char *suffix, bool v)
{
	put_key(j, key, suffix);
	put_literal(j, v ? "true" : "false");
}

void
json_bool(struct json *j, const char *key, bool v)
{
	put_bool(j, key, "", v);
}

void
json_seconds(struct json *j, const char *key, int64_t ns, int digits)
{
	uint64_t v = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
	uint64_t frac = v % (uint64_t)NS_PER_S;

	put_key(j, key, "");
	if (ns < 0)
		put_char(j, '-');
	put_digits(j, v / (uint64_t)NS_PER_S, 1);
	put_char(j, '.');
	if (digits == 9)
		put_digits(j, frac, 9);
	else
		put_digits(j, frac / (uint64_t)NS_PER_US, 6);
}

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

static void
put_unicode(struct json *j, uint32_t c)
{
	static const char hex[] = "0123456789abcdef";
	char text[6] = { '\\', 'u', hex[c >> 12 & 15], hex[c >> 8 & 15], hex[c >> 4 & 15],
		hex[c & 15] };

	put(j, text, sizeof text);
}

/* One character that cannot stand as it is.  `n': its octets, 0: not UTF-8. */
static void
put_odd(struct json *j, const uint8_t *p, size_t n)
{
	static const char letters[] = "\bb\ff\nn\rr\tt\"\"\\\\";
	static const char hex[] = "0123456789abcdef";
	char text[5] = { '\\', '\\', 'x', hex[p[0] >> 4], hex[p[0] & 15] };
	size_t i;

	if (n == 0) {
		put(j, text, sizeof text);
		return;
	}
	for (i = 0; n == 1 && letters[i]; i += 2) {
		if (letters[i] == (char)p[0]) {
			put_char(j, '\\');
			put_char(j, letters[i + 1]);
			return;
		}
	}
	put_unicode(j, code_point(p, n));
}

/* A string with its quotes.  Returns whether every octet was UTF-8. */
static bool
put_string(struct json *j, struct slice s)
{
	bool valid = true;
	size_t run = 0, n;

	put_char(j, '"');
	while (run < s.n) {
		uint8_t c = s.p[run];

		if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
			run++;
			continue;
		}
		n = utf8_length(slice_from(s, run));
		if (n == 4 || (n > 1 && !is_hidden(code_point(s.p + run, n)))) {
			run += n;
			continue;
		}
		put(j, s.p, run);
		put_odd(j, s.p + run, n);
		valid = valid && n;
		s = slice_from(s, run + (n ? n : 1));
		run = 0;
	}
	put(j, s.p, s.n);
	put_char(j, '"');
	return valid;
}

void
json_text(struct json *j, const char *key, const char *text)
{
	put_key(j, key, "");
	put_string(j, slice_str(text));
}

/* Cut to the limit, not inside a character. */
static struct slice
limited(struct slice s, bool *cut)
{
	size_t n = JSON_VALUE_MAX, back;

	if (s.n <= JSON_VALUE_MAX)
		return s;
	*cut = true;
	for (back = 1; back <= 3 && (s.p[n] & 0xc0) == 0x80; back++)
		n--;
	/* The character may not be one: then its octets are as good as any. */
	if ((s.p[n] & 0xc0) == 0x80)
		n = JSON_VALUE_MAX;
	return slice_of(s.p, n);
}

static void
put_base64(struct json *j, struct slice s)
{
	put_char(j, '"');
	put_through(j);
	base64_put(j->o, s);
	put_char(j, '"');
}

void
json_wire(struct json *j, const char *key, struct slice s)
{
	bool cut = false;

	s = limited(s, &cut);
	put_key(j, key, "");
	if (!put_string(j, s)) {
		put_key(j, key, "_b64");
		put_base64(j, s);
	}
	if (cut)
		put_bool(j, key, "_truncated", true);
}

void
json_wires(struct json *j, const char *key, const struct slice *v, size_t n)
{
	bool cut = false, valid = true;
	size_t i;

	put_key(j, key, "");
	put_char(j, '[');
	for (i = 0; i < n; i++) {
		if (i)
			put_char(j, ',');
		valid = put_string(j, limited(v[i], &cut)) && valid;
	}
	put_char(j, ']');
	if (!valid) {
		put_key(j, key, "_b64");
		put_char(j, '[');
		for (i = 0; i < n; i++) {
			if (i)
				put_char(j, ',');
			put_base64(j, limited(v[i], &cut));
		}
		put_char(j, ']');
	}
	if (cut)
		put_bool(j, key, "_truncated", true);
}
