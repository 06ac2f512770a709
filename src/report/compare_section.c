/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compare_section - the comparison as a section of the incident reports: nothing where
 * there is nothing to compare.  The gravest PAIRS_MAX pairs are shown; -z compare shows
 * the others.
 */
#include "base/error.h"
#include "base/output.h"
#include "report/compare.h"
#include "report/html_text.h"
#include "report/markdown_text.h"

enum { PAIRS_MAX = 3 };

static const char lede[] =
    "Sessions of the same server, or of a similar one, went differently. On the left one with "
    "the fault, on the right the most similar one without; what stands in one row is the same "
    "step, and a mark between them shows what differs. What differs around them is a hint "
    "and no proof.";

/* Lines of text for a block of code; the caller closes it. */
static struct output *
pairs_text(const struct pair *pairs, size_t n, const struct report_config *cfg, struct redactor *r)
{
	struct report_config plain = *cfg;
	struct output *o = output_memory();
	size_t i;

	plain.color = false;
	for (i = 0; i < n && i < PAIRS_MAX; i++) {
		out_puts(o, i ? "\n" : "");
		pair_text(o, &plain, r, &pairs[i], i + 1);
	}
	if (n > PAIRS_MAX)
		out_printf(o, "\nand %zu more (-z compare -v shows them)\n", n - PAIRS_MAX);
	return o;
}

void
compare_markdown(
    struct comparisons *v, struct output *o, const struct report_config *cfg, struct redactor *r)
{
	size_t n;
	const struct pair *pairs = comparisons_pairs(v, &n);

	if (n == 0)
		return;
	out_printf(o, "## With the fault, and without\n\n%s\n\n", lede);
	markdown_block(o, "text", pairs_text(pairs, n, cfg, r));
	out_putc(o, '\n');
}

void
compare_html(
    struct comparisons *v, struct output *o, const struct report_config *cfg, struct redactor *r)
{
	size_t n;
	const struct pair *pairs = comparisons_pairs(v, &n);
	struct output *text;
	struct error err;

	if (n == 0)
		return;
	text = pairs_text(pairs, n, cfg, r);
	out_puts(o,
	    "<section id=\"compare\" aria-labelledby=\"compare-head\">\n"
	    "<h2 id=\"compare-head\">With the fault, and without</h2>\n<p>");
	html_str(o, lede);
	out_puts(o,
	    "</p>\n<pre tabindex=\"0\" role=\"group\" "
	    "aria-label=\"Two dialogues side by side\">");
	html_text(o, output_slice(text));
	out_puts(o, "</pre>\n</section>\n");
	output_close(text, &err);
}
