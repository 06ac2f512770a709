/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html - the incident report as one file that stands alone: no network, no
 * file beside it, and a script only for what is as well without it.
 *
 * Made in memory when the run has ended and written in one go.  Incidents are
 * told in full, the most harmful first, until SECTIONS_MAX of them or PAGE_MAX
 * octets are reached; the tables name ROWS_MAX; what is left out is counted.
 *
 * The Content-Security-Policy lets a browser load nothing and run nothing but the
 * script of html_script.c, so that even a hole in html_text() would do no more than
 * to look wrong.
 */
#include <config.h>

#include <inttypes.h>

#include "base/error.h"
#include "base/output.h"
#include "report/compare.h"
#include "report/html.h"
#include "report/reporter.h"
#include "report/trust.h"

enum { SECTIONS_MAX = 20, ROWS_MAX = 100, PAGE_MAX = 1500000 };

struct html {
	const struct report_config *cfg;
	struct redactor *redactor;
	struct incidents *incidents;
	struct comparisons *comparisons;
};

static void
html_begin(void *state, struct output *o, const struct report_config *cfg)
{
	struct html *h = state;

	(void)o;
	h->cfg = cfg;
	h->redactor = redactor_new(cfg->redact);
	redactor_names(h->redactor, cfg->names, cfg->nnames);
	h->incidents = incidents_new(cfg, h->redactor, true);
	h->comparisons = comparisons_new(cfg, h->redactor);
}

static void
html_session(void *state, struct output *o, const struct smtp_session *s)
{
	struct html *h = state;

	(void)o;
	incidents_session(h->incidents, s);
	comparisons_session(h->comparisons, s);
}

/* -- the head of the page --------------------------------------------------------------- */

static void
put_preamble(struct output *o)
{
	out_puts(o,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	    "style-src 'unsafe-inline'; script-src 'sha256-");
	out_puts(o, html_script_digest);
	out_puts(o,
	    "'; base-uri 'none'; form-action 'none'\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n"
	    "<meta name=\"referrer\" content=\"no-referrer\">\n"
	    "<meta name=\"generator\" content=\"smtpscope " PACKAGE_VERSION "\">\n"
	    "<title>SMTP incident report</title>\n<style>");
	out_puts(o, html_style);
	out_puts(o,
	    "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the "
	    "incidents</a>\n");
}

static void
put_figure(struct output *o, const char *class, const char *label, uint64_t n)
{
	char text[NUMBER_TEXT_MAX];

	out_printf(o, "<li class=\"%s\"><strong>%s</strong> %s</li>\n", class,
	    common_number(text, n), label);
}

static void
put_header(struct html_page *p, const struct html *h, size_t serious, const struct run *run)
{
	const uint64_t *mail = incidents_mail(h->incidents);
	struct output *words = output_memory();
	unsigned i;

	out_puts(p->o, "<header>\n<h1>SMTP incident report</h1>\n<p class=\"lede\">");
	incident_lede(words, h->incidents, serious, run);
	html_words(p->o, words);
	out_puts(p->o, "</p>\n<ul class=\"figures\">\n");
	put_figure(p->o, "plain", "sessions", run->sessions);
	put_figure(p->o, "plain", "messages", run->transactions);
	put_figure(p->o, run->by_severity[SEV_ERROR] ? "error" : "plain", "errors",
	    run->by_severity[SEV_ERROR]);
	put_figure(p->o, run->by_severity[SEV_WARNING] ? "warning" : "plain", "warnings",
	    run->by_severity[SEV_WARNING]);
	for (i = 0; i <= MAIL_LATE; i++)
		if (mail[i])
			put_figure(p->o, i <= MAIL_IN_DOUBT ? "error" : "warning",
			    mail_fate_name((enum mail_fate)i), mail[i]);
	out_puts(p->o, "</ul>\n");
	if (run->capture.packets) {
		out_printf(
		    p->o, "<p class=\"facts\">%" PRIu64 " frames from ", run->capture.packets);
		incident_time(p->o, run->first_ts);
		out_puts(p->o, " to ");
		incident_time(p->o, run->last_ts);
		out_puts(p->o, "</p>\n");
	}
	out_puts(p->o, "</header>\n");
}

/* -- tables ----------------------------------------------------------------------------- */

static void
put_times(struct html_page *p, const struct incident *inc)
{
	if (inc->transcript) {
		out_printf(p->o, "<td>line %" PRIu64 "</td><td>line %" PRIu64 "</td>",
		    inc->first_frame, inc->last_frame);
		return;
	}
	out_puts(p->o, "<td class=\"nowrap\">");
	incident_time(p->o, inc->first_ts);
	out_puts(p->o, "</td><td class=\"nowrap\">");
	incident_time(p->o, inc->last_ts);
	out_puts(p->o, "</td>");
}

static void
put_incident_row(struct html_page *p, const struct incident *inc, size_t i, bool linked)
{
	char text[NUMBER_TEXT_MAX];

	out_printf(p->o, "<tr><th scope=\"row\" class=\"num\">%zu</th><td>", i + 1);
	html_badge(p->o, inc->severity, inc->confidence);
	out_puts(p->o, "</td><td class=\"anywhere\">");
	if (linked)
		out_printf(p->o, "<a href=\"#incident-%zu\">", i + 1);
	html_str(p->o, inc->check->title);
	if (linked)
		out_puts(p->o, "</a>");
	out_puts(p->o, "</td><td>");
	html_culprit(p, inc);
	out_puts(p->o, "</td>");
	put_times(p, inc);
	out_printf(p->o, "<td class=\"num\">%s</td><td>", common_number(text, inc->sessions));
	html_mail(p, inc);
	out_puts(p->o, "</td></tr>\n");
}

/* `told': how many of them have a section. */
static void
put_incidents(struct html_page *p, size_t n, size_t told)
{
	size_t i;

	if (n == 0)
		return;
	out_puts(p->o,
	    "<section id=\"incidents\" aria-labelledby=\"incidents-head\">\n"
	    "<h2 id=\"incidents-head\">Incidents</h2>\n<div class=\"scroll\" "
	    "tabindex=\"0\" role=\"group\" aria-label=\"Incidents\">\n<table>\n<caption>"
	    "The most harmful first; times are UTC</caption>\n<thead><tr>"
	    "<th scope=\"col\" class=\"num\">#</th><th scope=\"col\">severity</th>"
	    "<th scope=\"col\">what</th><th scope=\"col\">at fault</th>"
	    "<th scope=\"col\">first seen</th><th scope=\"col\">last seen</th>"
	    "<th scope=\"col\" class=\"num\">sessions</th><th scope=\"col\">mail</th>"
	    "</tr></thead>\n<tbody>\n");
	for (i = 0; i < n && i < ROWS_MAX; i++)
		put_incident_row(p, p->v[i], i, i < told);
	out_puts(p->o, "</tbody>\n</table>\n</div>\n");
	if (n > ROWS_MAX)
		out_printf(p->o, "<p>%zu more incidents are not shown.</p>\n", n - ROWS_MAX);
	if (told < n)
		out_printf(p->o, "<p>The first %zu are told in full below.</p>\n", told);
	out_puts(p->o, "</section>\n");
}

static void
put_remark(struct html_page *p, const struct incident *inc)
{
	char text[NUMBER_TEXT_MAX];

	out_puts(p->o, "<tr><th scope=\"row\">");
	html_str(p->o, inc->check->title);
	out_puts(p->o, " (");
	html_check(p, inc->check);
	out_puts(p->o, ")</th><td>");
	html_culprit(p, inc);
	out_printf(p->o, "</td><td class=\"num\">%s</td>", common_number(text, inc->sessions));
	out_printf(p->o,
	    "<td class=\"num\">%s</td><td class=\"nowrap\">session %" PRIu64 ", %s %" PRIu64
	    "</td><td class=\"anywhere\">",
	    common_number(text, inc->findings), inc->evidence->session,
	    inc->transcript ? "line" : "frame", inc->evidence->frame);
	html_text(p->o, inc->evidence->detail);
	out_puts(p->o, "</td></tr>\n");
}

static void
put_remarks(struct html_page *p, size_t from, size_t n)
{
	size_t i;

	if (from == n)
		return;
	out_puts(p->o,
	    "<section id=\"remarks\" aria-labelledby=\"remarks-head\">\n"
	    "<h2 id=\"remarks-head\">Remarks</h2>\n<div class=\"scroll\" tabindex=\"0\" "
	    "role=\"group\" aria-label=\"Remarks\">\n<table>\n<caption>Lawful or harmless, "
	    "but worth knowing</caption>\n<thead><tr><th scope=\"col\">what</th>"
	    "<th scope=\"col\">who</th><th scope=\"col\" class=\"num\">sessions</th>"
	    "<th scope=\"col\" class=\"num\">times</th><th scope=\"col\">for example</th>"
	    "<th scope=\"col\">there</th></tr></thead>\n<tbody>\n");
	for (i = from; i < n && i < from + ROWS_MAX; i++)
		put_remark(p, p->v[i]);
	out_puts(p->o, "</tbody>\n</table>\n</div>\n");
	if (n - from > ROWS_MAX)
		out_printf(p->o, "<p>%zu more remarks are not shown.</p>\n", n - from - ROWS_MAX);
	out_puts(p->o, "</section>\n");
}

/* -- explanations and trust ------------------------------------------------------------- */

static void
put_explanations(struct html_page *p)
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
put_trust_rows(struct html_page *p, const struct html *h, const struct run *run)
{
	const struct incident_losses *lost = incidents_losses(h->incidents);
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
	if (redactor_shared(h->redactor))
		out_puts(p->o,
		    "<li>there were more names than can be told apart; some are called "
		    "<q>-other</q></li>\n");
	if (run->error) {
		out_puts(p->o, "<li>the input ended early: ");
		words = output_memory();
		redact_text(h->redactor, words, slice_str(run->error));
		html_words(p->o, words);
		out_puts(p->o, "</li>\n");
	}
	if (n == 0 && !run->error)
		out_puts(p->o,
		    "<li>nothing was dropped, cut or missing, and no limit was reached"
		    "</li>\n");
}

static void
put_trust(struct html_page *p, const struct html *h, const struct run *run)
{
	out_puts(p->o,
	    "<section id=\"trust\" aria-labelledby=\"trust-head\">\n"
	    "<h2 id=\"trust-head\">How far this report can be trusted</h2>\n<ul>\n");
	put_trust_rows(p, h, run);
	out_printf(p->o, "<li>%" PRIu64 " connections were no SMTP and were not looked at</li>\n",
	    run->other_connections);
	if (redactor_what(h->redactor))
		out_puts(p->o,
		    "<li>names and addresses are replaced, each by the same word "
		    "throughout (<code>--redact=none</code> shows them)</li>\n");
	out_puts(p->o, "</ul>\n</section>\n");
}

/* -- the whole -------------------------------------------------------------------------- */

/* The sections of the most harmful incidents into `all'; returns their number. */
static size_t
make_sections(struct html_page *p, struct output *all, size_t serious)
{
	struct output *page = p->o;
	struct error err;
	size_t i;

	for (i = 0; i < serious && i < SECTIONS_MAX; i++) {
		p->o = output_memory();
		html_incident(p, i);
		if (output_slice(all).n + output_slice(p->o).n > PAGE_MAX) {
			output_close(p->o, &err);
			break;
		}
		out_write(all, output_slice(p->o));
		output_close(p->o, &err);
	}
	p->o = page;
	return i;
}

static void
html_end(void *state, struct output *o, const struct run *run)
{
	struct html *h = state;
	struct html_page p = { .o = o, .r = h->redactor, .cfg = h->cfg };
	struct output *sections = output_memory();
	size_t n, serious = 0, told;
	struct error err;

	p.v = incidents_ranked(h->incidents, &n);
	while (serious < n && incident_is_serious(p.v[serious]))
		serious++;
	told = make_sections(&p, sections, serious);
	put_preamble(o);
	put_header(&p, h, serious, run);
	out_puts(o, "<main id=\"main\">\n");
	put_incidents(&p, serious, told);
	if (run->sessions > 1) {
		out_puts(o,
		    "<section id=\"timeline\" aria-labelledby=\"timeline-head\">\n"
		    "<h2 id=\"timeline-head\">The run</h2>\n");
		html_timeline(o, incidents_timeline(h->incidents));
		out_puts(o, "</section>\n");
	}
	out_write(o, output_slice(sections));
	compare_html(h->comparisons, o, h->cfg, h->redactor);
	put_remarks(&p, serious, n);
	put_explanations(&p);
	put_trust(&p, h, run);
	out_puts(o,
	    "</main>\n<footer>Made by smtpscope " PACKAGE_VERSION
	    " from the capture alone: no name was looked up, nothing was loaded.</footer>\n<script>");
	out_puts(o, html_script);
	out_puts(o, "</script>\n</body>\n</html>\n");
	output_close(sections, &err);
	explained_fini(&p.cited);
}

static void
html_fini(void *state)
{
	struct html *h = state;

	incidents_free(h->incidents);
	comparisons_free(h->comparisons);
	redactor_free(h->redactor);
}

const struct reporter_ops reporter_html = {
	.name = "html",
	.summary = "incident report as one page that stands alone",
	.size = sizeof(struct html),
	.redact = REDACT_ALL,
	.begin = html_begin,
	.session = html_session,
	.end = html_end,
	.fini = html_fini,
};
