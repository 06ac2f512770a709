/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json - values to text, without a tree in between.
 *
 * A library that builds a tree for each record and then prints it was measured
 * to take more than four times as long; the records are written in one pass and
 * never changed, so a tree has no other use here.
 *
 * What has to be escaped, json_scan.c tells.
 */
#include "base/output.h"
#include "base/timefmt.h"
#include "report/base64.h"
#include "report/json.h"
#include "report/json_scan.h"

/*
 * Most tokens are a few octets: they are gathered, because a call of the output
 * for each would cost more than all the rest.
 */
static void
put_through(struct json *j)
{
	out_write(j->o, slice_of(j->buf, j->n));
	j->written += j->n;
	j->n = 0;
}

/* Room for n octets, at most JSON_BUFFER, at the end of what was gathered. */
static char *
room(struct json *j, size_t n)
{
	if (n > sizeof j->buf - j->n)
		put_through(j);
	return j->buf + j->n;
}

static void
put(struct json *j, const void *p, size_t n)
{
	if (n > sizeof j->buf) {
		put_through(j);
		out_write(j->o, slice_of(p, n));
		return;
	}
	if (n)
		memcpy(room(j, n), p, n);
	j->n += n;
}

static void
put_char(struct json *j, char c)
{
	*room(j, 1) = c;
	j->n++;
}

void
json_init(struct json *j, struct output *o)
{
	j->o = o;
	j->comma = false;
	j->written = 0;
	j->n = 0;
}

uint64_t
json_mark(const struct json *j)
{
	return j->written + j->n;
}

struct slice
json_since(const struct json *j, uint64_t mark)
{
	size_t at = (size_t)(mark - j->written);

	return mark < j->written ? slice_of(j->buf, 0) : slice_of(j->buf + at, j->n - at);
}

void
json_members(struct json *j, struct slice s)
{
	put(j, s.p, s.n);
}

/* The largest integer that every reader of JSON keeps exact (RFC 8259 6). */
#define JSON_INTEGER_MAX (UINT64_C(1) << 53)

static void
put_digits(struct json *j, uint64_t v, unsigned width)
{
	char text[24];
	size_t i = sizeof text, n;

	if (v < 10 && width == 1) {
		put_char(j, (char)('0' + v));
		return;
	}
	do {
		text[--i] = (char)('0' + v % 10);
		v /= 10;
	} while (v || sizeof text - i < width);
	n = sizeof text - i;
	memcpy(room(j, n), text + i, n);
	j->n += n;
}

void
json_key(struct json *j, struct slice key)
{
	char *p = room(j, key.n + 4);
	bool comma = j->comma;

	*p = ',';
	j->n += comma;
	j->comma = true;
	if (!key.p)
		return;
	p += comma;
	*p++ = '"';
	memcpy(p, key.p, key.n);
	p += key.n;
	*p++ = '"';
	*p = ':';
	j->n += key.n + 3;
}

/* The key of a sibling. */
static void
put_key(struct json *j, const char *key, const char *suffix)
{
	if (j->comma)
		put_char(j, ',');
	j->comma = true;
	put_char(j, '"');
	put(j, key, strlen(key));
	put(j, suffix, strlen(suffix));
	put(j, "\":", 2);
}

void
json_put_open(struct json *j, char bracket)
{
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
json_put_uint(struct json *j, uint64_t v)
{
	put_digits(j, v < JSON_INTEGER_MAX ? v : JSON_INTEGER_MAX, 1);
}

void
json_put_bool(struct json *j, bool v)
{
	put(j, v ? "true" : "false", v ? 4 : 5);
}

void
json_put_seconds(struct json *j, int64_t ns, int digits)
{
	uint64_t v = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;
	uint64_t frac = v % (uint64_t)NS_PER_S;

	if (ns < 0)
		put_char(j, '-');
	put_digits(j, v / (uint64_t)NS_PER_S, 1);
	put_char(j, '.');
	if (digits == 9)
		put_digits(j, frac, 9);
	else
		put_digits(j, frac / (uint64_t)NS_PER_US, 6);
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
put_odd(struct json *j, uint8_t first, size_t n, uint32_t code_point)
{
	static const char letters[] = "\bb\ff\nn\rr\tt\"\"\\\\";
	static const char hex[] = "0123456789abcdef";
	char text[5] = { '\\', '\\', 'x', hex[first >> 4], hex[first & 15] };
	size_t i;

	if (n == 0) {
		put(j, text, sizeof text);
		return;
	}
	for (i = 0; n == 1 && letters[i]; i += 2) {
		if (letters[i] == (char)first) {
			put_char(j, '\\');
			put_char(j, letters[i + 1]);
			return;
		}
	}
	put_unicode(j, code_point);
}

/* A string with its quotes.  Returns whether every octet was UTF-8. */
static bool
put_string(struct json *j, struct slice s)
{
	bool valid = true;
	uint32_t code_point;
	size_t n;

	put_char(j, '"');
	for (;;) {
		n = json_plain(s);
		put(j, s.p, n);
		s = slice_from(s, n);
		if (s.n == 0)
			break;
		n = json_odd(s, &code_point);
		put_odd(j, s.p[0], n, code_point);
		valid = valid && n;
		s = slice_from(s, n ? n : 1);
	}
	put_char(j, '"');
	return valid;
}

void
json_put_text(struct json *j, struct slice s)
{
	put_string(j, s);
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
	json_key_text(j, key);
	if (!put_string(j, s)) {
		put_key(j, key, "_b64");
		put_base64(j, s);
	}
	if (cut) {
		put_key(j, key, "_truncated");
		json_put_bool(j, true);
	}
}

void
json_wires(struct json *j, const char *key, const struct slice *v, size_t n)
{
	bool cut = false, valid = true;
	size_t i;

	json_key_text(j, key);
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
	if (cut) {
		put_key(j, key, "_truncated");
		json_put_bool(j, true);
	}
}
