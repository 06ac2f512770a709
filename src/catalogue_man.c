/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * catalogue_man - the table of checks as a manual page, smtpscope-checks(7).
 *
 * The texts of the table become mdoc text lines: a backslash and a hyphen are
 * escaped, and no line begins with a control character, so that no text can
 * become a macro.
 */
#include <config.h>

#include <string.h>

#include "base/output.h"
#include "catalogue.h"
#include "smtp/checks.h"

enum { LINE_WIDTH = 76 };

static void
put_word(struct output *out, const char *word, size_t n, bool first)
{
	size_t i;

	if (first && (word[0] == '.' || word[0] == '\''))
		out_puts(out, "\\&");
	for (i = 0; i < n; i++) {
		if (word[i] == '\\')
			out_puts(out, "\\e");
		else if (word[i] == '-')
			out_puts(out, "\\-");
		else
			out_putc(out, word[i]);
	}
}

/* A sentence begins on a line of its own, as mdoc wants it. */
static void
put_text(struct output *out, const char *text)
{
	size_t n, column = 0;

	while (*(text += strspn(text, " \n")) != '\0') {
		n = strcspn(text, " \n");
		if (column > 0)
			out_putc(out, column + 1 + n > LINE_WIDTH ? '\n' : ' ');
		if (column + 1 + n > LINE_WIDTH)
			column = 0;
		put_word(out, text, n, column == 0);
		column += n + 1;
		text += n;
		if (strchr(".;?", text[-1]) && *text) {
			out_putc(out, '\n');
			column = 0;
		}
	}
	if (column > 0)
		out_putc(out, '\n');
}

static void
put_part(struct output *out, const char *title, const char *text)
{
	if (!text || text[0] == '\0')
		return;
	out_printf(out, ".It Sy %s\n", title);
	put_text(out, text);
}

static void
put_check(struct output *out, const struct check_info *c)
{
	out_puts(out, ".Ss ");
	put_text(out, c->id);
	put_text(out, c->title);
	out_puts(out, ".Bl -tag -width indent\n");
	out_printf(out, ".It Sy Severity\n%s; kind: %s; culprit: %s\n", severity_name(c->severity),
	    check_kind_name(c->kind), culprit_name(c->culprit));
	put_part(out, "What", c->what);
	put_part(out, "Why", c->why);
	put_part(out, "Proof", c->proof);
	put_part(out, "Alike", c->fakes);
	put_part(out, "Remedy", c->remedy);
	put_part(out, "Sources", c->refs);
	out_puts(out, ".El\n");
}

void
catalogue_man(struct output *out)
{
	size_t i;

	/* The date is that of the release's texts, not of the build: builds are reproducible. */
	out_puts(out,
	    ".\\\" SPDX-License-Identifier: GPL-3.0-or-later\n"
	    ".\\\" Made by smtpscope --man-checks from the table of checks.\n"
	    ".Dd November 22, 2026\n.Dt SMTPSCOPE-CHECKS 7\n.Os\n"
	    ".Sh NAME\n.Nm smtpscope-checks\n.Nd what smtpscope can find\n"
	    ".Sh DESCRIPTION\n");
	out_printf(out,
	    ".Xr smtpscope 1\n" PACKAGE_VERSION " knows %zu checks.\n"
	    "A check speaks only where its proof holds.\n"
	    "The severity given here is the usual one; a finding may lower or raise it,\n"
	    "and says how sure it is: certain, probable or possible.\n"
	    ".Sh CHECKS\n",
	    checks_count());
	for (i = 0; i < checks_count(); i++)
		put_check(out, checks_nth(i));
	out_puts(out, ".Sh SEE ALSO\n.Xr smtpscope 1 ,\n.Xr smtpscope-jsonl 5\n");
}
