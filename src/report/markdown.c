/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * markdown - the incident report for trackers and mailing lists.
 *
 * Written when the run has ended: until then the incidents are gathered.  The
 * most harmful SECTIONS_MAX incidents are told in full, the rest of them in
 * table rows, remarks only there.  Paragraphs are not wrapped: some trackers
 * show every line end.
 */
#include <inttypes.h>

#include "base/error.h"
#include "base/output.h"
#include "base/timefmt.h"
#include "report/common.h"
#include "report/compare.h"
#include "report/incident.h"
#include "report/markdown.h"
#include "report/reporter.h"
#include "report/trust.h"

enum { SECTIONS_MAX = 20, ROWS_MAX = 100, SHORT_MAX = 3 };

struct markdown {
	const struct report_config *cfg;
	struct redactor *redactor;
	struct incidents *incidents;
	struct comparisons *comparisons;
};

static void
markdown_begin(void *state, struct output *o, const struct report_config *cfg)
{
	struct markdown *m = state;

	(void)o;
	m->cfg = cfg;
	m->redactor = redactor_new(cfg->redact);
	redactor_names(m->redactor, cfg->names, cfg->nnames);
	m->incidents = incidents_new(cfg, m->redactor, true);
	m->comparisons = comparisons_new(cfg, m->redactor);
}

static void
markdown_session(void *state, struct output *o, const struct smtp_session *s)
{
	struct markdown *m = state;

	(void)o;
	incidents_session(m->incidents, s);
	comparisons_session(m->comparisons, s);
}

/* -- tables of incidents ---------------------------------------------------------------- */

static void
put_incident_row(struct markdown_page *p, const struct incident *inc, size_t number)
{
	char text[NUMBER_TEXT_MAX];
	struct output *words = output_memory();

	out_puts(p->o, "| ");
	if (number)
		out_printf(p->o, "%zu | ", number);
	out_printf(
	    p->o, "%s, %s | ", severity_name(inc->severity), confidence_name(inc->confidence));
	markdown_str(p, inc->check->title);
	out_printf(p->o, " (`%s`) | ", inc->check->id);
	markdown_culprit(p, inc);
	out_puts(p->o, " | ");
	if (inc->transcript) {
		out_printf(
		    p->o, "line %" PRIu64 " | line %" PRIu64, inc->first_frame, inc->last_frame);
	} else {
		markdown_time(p, inc->first_ts);
		out_puts(p->o, " | ");
		markdown_time(p, inc->last_ts);
	}
	out_printf(p->o, " | %s | ", common_number(text, inc->sessions));
	incident_mail(words, inc->fate, "none under way");
	markdown_words(p, words);
	out_puts(p->o, " |\n");
}

static void
put_incident_table(struct markdown_page *p, const struct incident *const *v, size_t n)
{
	size_t i;

	out_puts(p->o,
	    "| # | severity | what | at fault | first seen (UTC) | last seen | sessions "
	    "| mail |\n|--:|---|---|---|---|---|--:|---|\n");
	for (i = 0; i < n && i < ROWS_MAX; i++)
		put_incident_row(p, v[i], i + 1);
	if (n > ROWS_MAX)
		out_printf(p->o, "\n%zu more incidents are not shown.\n", n - ROWS_MAX);
	out_putc(p->o, '\n');
}

static void
put_remarks(struct markdown_page *p, const struct incident *const *v, size_t n)
{
	char text[NUMBER_TEXT_MAX];
	size_t i;

	if (n == 0)
		return;
	out_puts(p->o,
	    "## Remarks\n\nLawful or harmless, but worth knowing.\n\n"
	    "| what | who | sessions | times | for example | there |\n"
	    "|---|---|--:|--:|---|---|\n");
	for (i = 0; i < n && i < ROWS_MAX; i++) {
		const struct incident *inc = v[i];

		out_puts(p->o, "| ");
		markdown_str(p, inc->check->title);
		out_printf(p->o, " (`%s`) | ", inc->check->id);
		markdown_culprit(p, inc);
		out_printf(p->o, " | %s", common_number(text, inc->sessions));
		out_printf(p->o, " | %s | session %" PRIu64 ", %s %" PRIu64 " | ",
		    common_number(text, inc->findings), inc->evidence->session,
		    place_name(inc->transcript), inc->evidence->frame);
		markdown_text(p->o, inc->evidence->detail);
		out_puts(p->o, " |\n");
	}
	if (n > ROWS_MAX)
		out_printf(p->o, "\n%zu more remarks are not shown.\n", n - ROWS_MAX);
	out_putc(p->o, '\n');
}

/* -- the whole -------------------------------------------------------------------------- */

static void
put_short(struct markdown_page *p, const struct incident *const *v, size_t n)
{
	size_t i;

	for (i = 0; i < n && i < SHORT_MAX; i++) {
		struct output *words = output_memory();

		out_printf(p->o, "%zu. **", i + 1);
		markdown_str(p, v[i]->check->title);
		out_puts(p->o, "**; at fault: ");
		markdown_culprit(p, v[i]);
		out_printf(p->o, ", %s, %s %" PRIu64 ". Mail: ", confidence_name(v[i]->confidence),
		    place_name(v[i]->transcript), v[i]->evidence->frame);
		incident_mail(words, v[i]->fate, "none under way");
		markdown_words(p, words);
		out_puts(p->o, ".\n");
	}
	if (n)
		out_putc(p->o, '\n');
}

static void
put_trust(struct markdown_page *p, const struct markdown *m, const struct run *run)
{
	const struct incident_losses *lost = incidents_losses(m->incidents);
	struct trust_row rows[TRUST_ROWS_MAX];
	size_t i, n = trust_rows(rows, run);
	struct output *words;

	out_puts(p->o, "## How far this report can be trusted\n\n");
	for (i = 0; i < n; i++) {
		words = output_memory();
		trust_put(words, &rows[i]);
		out_puts(p->o, "- ");
		markdown_words(p, words);
		out_putc(p->o, '\n');
	}
	for (i = 0; i <= SEV_ERROR; i++)
		if (lost->findings[i])
			out_printf(p->o, "- %" PRIu64 " findings (%s) had no room in the tables\n",
			    lost->findings[i], severity_name((enum severity)i));
	if (redactor_shared(m->redactor))
		out_puts(p->o,
		    "- there were more names than can be told apart; some are called "
		    "\"-other\"\n");
	if (run->error) {
		out_puts(p->o, "- the input ended early: ");
		words = output_memory();
		redact_text(m->redactor, words, slice_str(run->error));
		markdown_words(p, words);
		out_putc(p->o, '\n');
	}
	if (n == 0 && !run->error)
		out_puts(p->o, "- nothing was dropped, cut or missing, and no limit was reached\n");
	out_puts(p->o, "- read: ");
	common_count(p->o, run->capture.packets, common_read(run));
	if (run->capture.packets > run->capture.text_frames) {
		out_puts(p->o, " from ");
		markdown_time(p, run->first_ts);
		out_puts(p->o, " to ");
		markdown_time(p, run->last_ts);
	}
	out_puts(p->o, ", ");
	common_count(p->o, run->other_connections, "connection");
	out_puts(p->o, " without SMTP\n");
	if (redactor_what(m->redactor))
		out_puts(p->o,
		    "- names and addresses are replaced, each by the same word throughout "
		    "(`--redact=none` shows them)\n");
}

static void
markdown_end(void *state, struct output *o, const struct run *run)
{
	struct markdown *m = state;
	struct markdown_page p = { .o = o, .r = m->redactor, .cfg = m->cfg };
	const struct incident *const *v;
	size_t n, serious = 0, i;
	struct output *words = output_memory();

	p.v = v = incidents_ranked(m->incidents, &n);
	while (serious < n && incident_is_serious(v[serious]))
		serious++;
	out_puts(o, "# SMTP incident report\n\n");
	incident_lede(words, m->incidents, serious, run);
	markdown_words(&p, words);
	out_puts(o, "\n\n");
	put_short(&p, v, serious);
	if (serious)
		put_incident_table(&p, v, serious);
	for (i = 0; i < serious && i < SECTIONS_MAX; i++)
		markdown_incident(&p, i);
	if (serious > SECTIONS_MAX)
		out_printf(o, "Incidents %d to %zu are told in the table only.\n\n",
		    SECTIONS_MAX + 1, serious);
	compare_markdown(m->comparisons, o, m->cfg, m->redactor);
	put_remarks(&p, v + serious, n - serious);
	put_trust(&p, m, run);
}

static void
markdown_fini(void *state)
{
	struct markdown *m = state;

	incidents_free(m->incidents);
	comparisons_free(m->comparisons);
	redactor_free(m->redactor);
}

const struct reporter_ops reporter_markdown = {
	.name = "markdown",
	.summary = "incident report for trackers and mailing lists",
	.size = sizeof(struct markdown),
	.redact = REDACT_ALL,
	.begin = markdown_begin,
	.session = markdown_session,
	.end = markdown_end,
	.fini = markdown_fini,
};
