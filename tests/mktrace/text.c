/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text - what stands in a .trace file becomes octets: escapes, hexadecimal, numbers,
 * durations, and the filler that stands for the text of a message.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mktrace.h"

static int
hex_digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool
mk_text_unescape(struct mk_buf *b, const char *text, size_t n)
{
	static const char from[] = "rnt0\\", to[] = "\r\n\t\0\\";
	size_t i;

	for (i = 0; i < n; i++) {
		const char *at;

		if (text[i] != '\\') {
			mk_buf_u8(b, (unsigned char)text[i]);
			continue;
		}
		if (++i == n)
			return false;
		if (text[i] == 'x') {
			int hi = i + 1 < n ? hex_digit(text[i + 1]) : -1;
			int lo = i + 2 < n ? hex_digit(text[i + 2]) : -1;

			if (hi < 0 || lo < 0)
				return false;
			mk_buf_u8(b, (unsigned)(hi * 16 + lo));
			i += 2;
			continue;
		}
		at = memchr(from, text[i], sizeof from - 1);
		if (at == NULL)
			return false;
		mk_buf_u8(b, (unsigned char)to[at - from]);
	}
	return true;
}

bool
mk_text_hex(struct mk_buf *b, const char *text, size_t n)
{
	size_t i = 0;

	while (i < n) {
		int hi, lo;

		if (text[i] == ' ' || text[i] == '\t') {
			i++;
			continue;
		}
		hi = hex_digit(text[i]);
		lo = i + 1 < n ? hex_digit(text[i + 1]) : -1;
		if (hi < 0 || lo < 0)
			return false;
		mk_buf_u8(b, (unsigned)(hi * 16 + lo));
		i += 2;
	}
	return true;
}

/*
 * Lines of 72 octets, each with its own number, so that two captures of different
 * text never look alike.  No line starts with a dot or a verb.
 */
void
mk_text_filler(struct mk_buf *b, unsigned *line, size_t n, bool open)
{
	static const char words[] = "the quick brown fox jumps over the lazy dog and runs away ";

	while (n > 0) {
		char text[80];
		size_t len = n < 72 ? n : 72, i, keep;

		/* A rest of one octet could not hold its CRLF: leave two or more. */
		if (n - len == 1)
			len--;
		keep = open && len == n ? len : len - (len >= 2 ? 2 : len);
		snprintf(text, sizeof text, "%05u ", ++*line % 100000);
		for (i = 6; i < keep; i++)
			text[i] = words[(i - 6) % (sizeof words - 1)];
		mk_buf_add(b, text, keep);
		if (keep < len)
			mk_buf_add(b, &"\r\n"[2 - (len - keep)], len - keep);
		n -= len;
	}
}

bool
mk_text_number(const char *s, uint64_t max, uint64_t *v)
{
	*v = 0;
	if (*s == '\0')
		return false;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9')
			return false;
		if (*v > (max - (uint64_t)(*s - '0')) / 10)
			return false;
		*v = *v * 10 + (uint64_t)(*s - '0');
	}
	return true;
}

bool
mk_text_duration(const char *s, int64_t *ns)
{
	static const struct {
		const char *suffix;
		int64_t ns;
	} units[] = { { "", 1000000 }, { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 } };
	bool minus = *s == '-';
	int64_t whole = 0, part = 0, scale = 1;
	size_t i;

	if (minus)
		s++;
	if (*s < '0' || *s > '9')
		return false;
	for (; *s >= '0' && *s <= '9'; s++) {
		whole = whole * 10 + (*s - '0');
		if (whole > 10000000)
			return false;
	}
	if (*s == '.')
		for (s++; *s >= '0' && *s <= '9' && scale < 1000000; s++) {
			part = part * 10 + (*s - '0');
			scale *= 10;
		}
	for (i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (strcmp(s, units[i].suffix) != 0)
			continue;
		*ns = whole * units[i].ns + part * units[i].ns / scale;
		*ns = minus ? -*ns : *ns;
		return true;
	}
	return false;
}
