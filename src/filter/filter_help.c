/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * filter_help - what a person is told of the language: the fields, the names that
 * complete what was typed, and the place of a mistake.
 */
#include "base/output.h"
#include "filter/fields.h"
#include "filter/filter.h"

enum { NAME_COLUMN = 44, TYPE_COLUMN = 56, LINE_WIDTH = 100, POINT_BEFORE = 50, POINT_WIDTH = 70 };

/* "session.closure" is also "closure", where no other field is; NULL: not, or `also' says so. */
static const char *
short_name(const struct field *f)
{
	const char *dot = strchr(f->name, '.');

	unsigned i;

	if (!dot || field_find(slice_str(dot + 1)) != f)
		return NULL;
	for (i = 0; i < FIELD_NAMES && f->also[i]; i++)
		if (strcmp(f->also[i], dot + 1) == 0)
			return NULL;
	return dot + 1;
}

/* The names of a field: first the one of the records; NULL behind the last. */
static const char *
name_at(const struct field *f, unsigned i)
{
	const char *brief = short_name(f);

	if (i == 0)
		return f->name;
	if (brief && i == 1)
		return brief;
	i -= brief ? 2 : 1;
	return i < FIELD_NAMES ? f->also[i] : NULL;
}

/* What the words of a field take on a line. */
static size_t
words_width(const struct field *f)
{
	size_t n = 1;
	unsigned i;

	for (i = 0; f->word && f->word(i); i++)
		n += strlen(f->word(i)) + 2;
	return n;
}

/* The words behind the meaning, or below it in lines of their own. */
static void
put_words(struct output *o, const struct field *f)
{
	size_t used = TYPE_COLUMN + strlen(f->help);
	unsigned i;

	if (!f->word)
		return;
	out_putc(o, ':');
	if (used + words_width(f) > LINE_WIDTH)
		used = LINE_WIDTH;
	for (i = 0; f->word(i); i++) {
		out_puts(o, i ? "," : "");
		used += strlen(f->word(i)) + 2;
		if (used > LINE_WIDTH) {
			out_printf(o, "\n%*s", TYPE_COLUMN, "");
			used = TYPE_COLUMN + strlen(f->word(i)) + 2;
		}
		out_printf(o, " %s", f->word(i));
	}
}

static void
put_field(struct output *o, const struct field *f)
{
	size_t used = 2;
	const char *name;
	unsigned i;

	out_puts(o, "  ");
	for (i = 0; (name = name_at(f, i)) != NULL; i++) {
		out_printf(o, "%s%s", i ? ", " : "", name);
		used += strlen(name) + (i ? 2 : 0);
	}
	if (used >= NAME_COLUMN) {
		out_putc(o, '\n');
		used = 0;
	}
	out_printf(o, "%*s%-*s%s", (int)(NAME_COLUMN - used), "", TYPE_COLUMN - NAME_COLUMN,
	    field_type_name(f), f->help);
	put_words(o, f);
	out_putc(o, '\n');
}

void
filter_help(struct output *o)
{
	const struct field *f;
	size_t i;

	out_puts(o,
	    "A filter chooses sessions: FIELD OP VALUE, with and, or, not and ( ) between.\n\n"
	    "  severity >= warning and rcpt ~ \"@example.net\"\n"
	    "  host in (192.0.2.0/24, 2001:db8::/32) and not result = delivered\n"
	    "  finding in (reply-mid-data, pipelined-commands-lost) or duration > 5m\n\n"
	    "  = !=            equal, or not; letters of either case are the same\n"
	    "  < <= > >=       numbers, sizes, durations, times and levels\n"
	    "  ~ !~            texts: the value is a part of it; * any octets, ^ the\n"
	    "                  beginning, $ the end, \\ before these as they are\n"
	    "  in (A, B)       equal to one of them; 25..587 is a range\n"
	    "  && || !         and, or, not\n"
	    "  \"...\" '...'     a value with blanks or signs in it\n"
	    "  word            alone: a part of any text, finding, result or closure\n\n"
	    "Where a field has several values, = and ~ are true if one of them fits.\n"
	    "!= and !~ are the opposite of that.  What is not known fits nothing.\n\nFields\n");
	for (i = 0; (f = field_at(i)) != NULL; i++)
		put_field(o, f);
}

const char *
filter_complete(const char *prefix, size_t i)
{
	const struct field *f;
	const char *name;
	size_t k;
	unsigned n;

	for (k = 0; (f = field_at(k)) != NULL; k++)
		for (n = 0; (name = name_at(f, n)) != NULL; n++)
			if (slice_caseprefix(slice_str(name), prefix) && i-- == 0)
				return name;
	return NULL;
}

/* Octets of a character in UTF-8 that follow its first one take no column. */
static bool
is_continuation(uint8_t c)
{
	return (c & 0xc0) == 0x80;
}

void
filter_point(struct output *o, const char *text, size_t column, unsigned indent)
{
	struct slice s = slice_str(text);
	size_t at = column ? column - 1 : 0, from, end, i, columns = 0;

	if (at > s.n)
		at = s.n;
	for (from = at, i = 0; from > 0 && i < POINT_BEFORE; i++)
		from--;
	while (from > 0 && from < s.n && is_continuation(s.p[from]))
		from--;
	end = from + POINT_WIDTH < s.n ? from + POINT_WIDTH : s.n;
	while (end < s.n && is_continuation(s.p[end]))
		end++;
	out_printf(o, "%*s%s", (int)indent, "", from ? "..." : "");
	for (i = from; i < end; i++) {
		/* One column each, whatever it is. */
		bool control = s.p[i] < ' ' || s.p[i] == 127;

		out_putc(o, control ? '?' : s.p[i]);
		columns += i < at && !is_continuation(s.p[i]);
	}
	out_printf(
	    o, "%s\n%*s^\n", end < s.n ? "..." : "", (int)(indent + columns + (from ? 3 : 0)), "");
}
