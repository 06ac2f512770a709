/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * markdown_text - the one place where text becomes Markdown.
 *
 * Every mark with a meaning gets a backslash (CommonMark 0.31, 2.4).  Trackers
 * notify people at "@name" and link "#12", "https://..." and "www...." although no
 * mark is left there: the "@", "#", "://" and the dot are put into a code span,
 * which they leave alone.  Angle brackets and the ampersand become entities: mail
 * programs show HTML without Markdown, too.
 *
 * A block of code is fenced with more backticks than its text has in a row.
 */
#include "base/error.h"
#include "base/escape.h"
#include "base/output.h"
#include "report/markdown_text.h"

enum { FENCE_MIN = 3 };

static bool
is_letter(uint8_t c)
{
	int l = ascii_lower(c);

	return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '_' || c >= 0x80;
}

/* Octets at i that make a link of what stands around them. */
static size_t
link_mark(struct slice s, size_t i)
{
	static const char scheme[] = "://";

	if (s.n - i >= 3 && memcmp(s.p + i, scheme, 3) == 0)
		return 3;
	return s.p[i] == '.' && i >= 3 && slice_caseeq(slice_of(s.p + i - 3, 3), "www") &&
	    (i == 3 || !is_letter(s.p[i - 4]));
}

static void
put_char(struct output *o, uint8_t c, uint8_t before)
{
	if (c == '\n')
		out_putc(o, ' ');
	else if (c == '<')
		out_puts(o, "&lt;");
	else if (c == '>')
		out_puts(o, "&gt;");
	else if (c == '&')
		out_puts(o, "&amp;");
	else if ((c == '@' || c == '#') && !is_letter(before))
		out_printf(o, "`%c`", c);
	else {
		if (c < 0x80 && strchr("\\`*_[]|~#", c))
			out_putc(o, '\\');
		out_putc(o, c);
	}
}

void
markdown_text(struct output *o, struct slice text)
{
	struct output *escaped = output_memory();
	struct error err;
	struct slice s;
	size_t i, n;

	escape_detail(escaped, text);
	s = output_slice(escaped);
	for (i = 0; i < s.n; i += n) {
		n = link_mark(s, i);
		if (n) {
			out_printf(o, "`%.*s`", (int)n, (const char *)s.p + i);
			continue;
		}
		n = 1;
		put_char(o, s.p[i], i ? s.p[i - 1] : ' ');
	}
	output_close(escaped, &err);
}

void
markdown_block(struct output *o, const char *language, struct output *content)
{
	struct slice s = output_slice(content);
	size_t i, run = 0, fence = FENCE_MIN;
	struct error err;

	for (i = 0; i < s.n; i++) {
		run = s.p[i] == '`' ? run + 1 : 0;
		if (run >= fence)
			fence = run + 1;
	}
	for (i = 0; i < fence; i++)
		out_putc(o, '`');
	out_printf(o, "%s\n", language);
	out_write(o, s);
	if (s.n && s.p[s.n - 1] != '\n')
		out_putc(o, '\n');
	for (i = 0; i < fence; i++)
		out_putc(o, '`');
	out_putc(o, '\n');
	output_close(content, &err);
}
