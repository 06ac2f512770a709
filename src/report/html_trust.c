/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html_trust - the end of the page: what the checks look for, and how far the
 * capture and this report of it can be trusted.
 *
 * Every check that the page names is explained in it, so that it needs no manual.
 */
#include <inttypes.h>

#include "base/output.h"
#include "report/html.h"
#include "report/trust.h"

void
html_explanations(struct html_page *p)
{
	size_t i, k;

	if (!p->cited.n)
		return;
	out_puts(p->o,
	    "<section id=\"checks\" aria-labelledby=\"checks-head\">\n"
	    "<h2 id=\"checks-head\">The checks</h2>\n");
	for (i = 0; i < p->cited.n; i++) {
		const struct check_info *c = p->cited.check[i];
		const struct {
			const char *label, *text;
		} rows[] = { { "Looks for", c->what }, { "Why it matters", c->why },
			{ "What proves it", c->proof }, { "What looks alike", c->fakes },
			{ "What to do", c->remedy }, { "Sources", c->refs } };

		out_printf(p->o,
		    "<details id=\"check-%s\" open>\n<summary><code>%s</code>: ", c->id, c->id);
		html_str(p->o, c->title);
		out_puts(p->o, "</summary>\n<dl class=\"todo\">\n");
		for (k = 0; k < sizeof rows / sizeof rows[0]; k++) {
			if (!rows[k].text || !*rows[k].text)
				continue;
			out_printf(p->o, "<dt>%s</dt><dd>", rows[k].label);
			html_str(p->o, rows[k].text);
			out_puts(p->o, "</dd>\n");
		}
		out_puts(p->o, "</dl>\n</details>\n");
	}
	out_puts(p->o, "</section>\n");
}

static void
put_rows(struct html_page *p, const struct incident_losses *lost, const struct run *run)
{
	struct trust_row rows[TRUST_ROWS_MAX];
	size_t i, n = trust_rows(rows, run);
	struct output *words;

	for (i = 0; i < n; i++) {
		words = output_memory();
		trust_put(words, &rows[i]);
		out_puts(p->o, "<li>");
		html_words(p->o, words);
		out_puts(p->o, "</li>\n");
	}
	for (i = 0; i <= SEV_ERROR; i++)
		if (lost->findings[i])
			out_printf(p->o,
			    "<li>%" PRIu64 " findings (%s) had no room in the tables</li>\n",
			    lost->findings[i], severity_name((enum severity)i));
	if (redactor_shared(p->r))
		out_puts(p->o,
		    "<li>there were more names than can be told apart; some are called "
		    "<q>-other</q></li>\n");
	if (run->error) {
		out_puts(p->o, "<li>the input ended early: ");
		words = output_memory();
		redact_text(p->r, words, slice_str(run->error));
		html_words(p->o, words);
		out_puts(p->o, "</li>\n");
	}
	if (n == 0 && !run->error)
		out_puts(p->o,
		    "<li>nothing was dropped, cut or missing, and no limit was reached"
		    "</li>\n");
}

void
html_trust(struct html_page *p, const struct incident_losses *lost, const struct run *run)
{
	out_puts(p->o,
	    "<section id=\"trust\" aria-labelledby=\"trust-head\">\n"
	    "<h2 id=\"trust-head\">How far this report can be trusted</h2>\n<ul>\n");
	put_rows(p, lost, run);
	out_puts(p->o, "<li>not looked at: ");
	common_count(p->o, run->other_connections, "connection");
	out_puts(p->o, " without SMTP</li>\n");
	if (redactor_what(p->r))
		out_puts(p->o,
		    "<li>names and addresses are replaced, each by the same word "
		    "throughout (<code>--redact=none</code> shows them)</li>\n");
	out_puts(p->o, "</ul>\n</section>\n");
}
