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

/* `many': the label is a noun and gets its plural. */
static void
put_figure(struct output *o, const char *class, const char *label, bool many, uint64_t n)
{
	char text[NUMBER_TEXT_MAX];

	out_printf(o, "<li class=\"%s\"><strong>%s</strong> %s%s</li>\n", class,
	    common_number(text, n), label, many && n != 1 ? "s" : "");
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
	put_figure(p->o, "plain", "session", true, run->sessions);
	put_figure(p->o, "plain", "message", true, run->transactions);
	put_figure(p->o, run->by_severity[SEV_ERROR] ? "error" : "plain", "error", true,
	    run->by_severity[SEV_ERROR]);
	put_figure(p->o, run->by_severity[SEV_WARNING] ? "warning" : "plain", "warning", true,
	    run->by_severity[SEV_WARNING]);
	for (i = 0; i <= MAIL_LATE; i++)
		if (mail[i])
			put_figure(p->o, i <= MAIL_IN_DOUBT ? "error" : "warning",
			    mail_fate_name((enum mail_fate)i), false, mail[i]);
	out_puts(p->o, "</ul>\n");
	if (run->capture.packets) {
		out_puts(p->o, "<p class=\"facts\">");
		common_count(p->o, run->capture.packets, common_read(run));
		if (run->capture.packets > run->capture.text_frames) {
			out_puts(p->o, " from ");
			incident_time(p->o, run->first_ts);
			out_puts(p->o, " to ");
			incident_time(p->o, run->last_ts);
		}
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
	    common_number(text, inc->findings), inc->evidence->session, place_name(inc->transcript),
	    inc->evidence->frame);
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
	html_explanations(&p);
	html_trust(&p, incidents_losses(h->incidents), run);
	out_puts(o,
	    "</main>\n<footer>Made by smtpscope " PACKAGE_VERSION
	    " from the capture alone: no name was looked up, nothing was "
	    "loaded.</footer>\n<script>");
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
