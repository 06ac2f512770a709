/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * csv - quoting, and the apostrophe in front of formulas.
 *
 * Text from the wire is chosen by strangers, and a table of it is opened in a
 * spreadsheet by somebody with rights.  Quotes do not help there: a quoted field is
 * calculated as well (CWE-1236).  The apostrophe makes it text.  Control characters
 * need no care here, because they have been escaped before.
 */
#include "base/error.h"
#include "base/escape.h"
#include "base/output.h"
#include "report/csv.h"

static bool
is_formula(struct slice s)
{
	/* In UTF-8: fullwidth =, +, - and @, which some spreadsheets read like the others. */
	static const char *const wide[] = { "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
		"\xef\xbc\xa0" };
	size_t i;

	while (s.n && s.p[0] == ' ')
		s = slice_from(s, 1);
	if (s.n == 0)
		return false;
	for (i = 0; i < sizeof wide / sizeof wide[0]; i++)
		if (s.n >= 3 && memcmp(s.p, wide[i], 3) == 0)
			return true;
	return strchr("=+-@", s.p[0]) != NULL;
}

/* RFC 4180 2, rules 6 and 7; blanks count, and some readers drop them where nothing is quoted. */
static bool
needs_quotes(struct slice s)
{
	size_t i;

	for (i = 0; i < s.n; i++)
		if (strchr("\",\r\n", s.p[i]))
			return true;
	return s.n && (s.p[0] == ' ' || s.p[s.n - 1] == ' ');
}

void
csv_field(struct output *o, struct slice text)
{
	struct output *escaped = output_memory();
	struct error err;
	struct slice s;
	bool formula, quoted;
	size_t i;

	escape_text(escaped, text);
	s = output_slice(escaped);
	formula = is_formula(s);
	quoted = formula || needs_quotes(s);
	if (quoted)
		out_putc(o, '"');
	if (formula)
		out_putc(o, '\'');
	for (i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			out_putc(o, '"');
		out_putc(o, s.p[i]);
	}
	if (quoted)
		out_putc(o, '"');
	output_close(escaped, &err);
}

void
csv_end(struct output *o)
{
	out_puts(o, "\r\n");
}
