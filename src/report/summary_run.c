/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * summary_run - the last block of a report for people: totals, findings by
 * check, and how far the numbers can be trusted.
 *
 * Everything that was dropped, refused or could not be read has a counter in
 * struct run; each counter that is not zero gets its line here (trust.c).
 */
#include <inttypes.h>

#include "base/escape.h"
#include "base/output.h"
#include "base/timefmt.h"
#include "report/summary.h"
#include "report/trust.h"
#include "smtp/checks.h"

static void
put_totals(struct output *o, const struct run *run)
{
	char number[NUMBER_TEXT_MAX], text[TIME_TEXT_MAX];

	out_puts(o, "Run: ");
	common_count(o, run->sessions, "session");
	if (run->hidden_sessions)
		out_printf(
		    o, " of %s", common_number(number, run->sessions + run->hidden_sessions));
	out_puts(o, ", ");
	common_count(o, run->transactions, "message");
	out_puts(o, "; ");
	common_count(o, run->other_connections, "other TCP connection");
	out_puts(o, "\n  ");
	common_count(o, run->capture.packets, common_read(run));
	out_printf(o, ", %s octets", common_number(number, run->capture.bytes));
	if (run->capture.packets > run->capture.text_frames) {
		time_duration(text, common_since(run->last_ts, run->first_ts));
		out_printf(o, ", %s", text);
	}
	out_putc(o, '\n');
}

static void
put_row(struct output *o, const char *label, const char *(*name)(unsigned), const uint64_t *v,
    unsigned n)
{
	char number[NUMBER_TEXT_MAX];
	bool any = false;
	unsigned i;

	for (i = 0; i < n; i++) {
		if (!v[i])
			continue;
		out_printf(o, "%s%s %s", any ? ", " : label, name(i), common_number(number, v[i]));
		any = true;
	}
	if (any)
		out_putc(o, '\n');
}

static const char *
result_name(unsigned i)
{
	return smtp_result_name((enum smtp_result)i);
}

static const char *
closure_name(unsigned i)
{
	return smtp_closure_name((enum smtp_closure)i);
}

/* What was refused for the time being, and how long one could see whether it was tried again. */
static void
put_put_off(struct output *o, const struct run *run)
{
	const struct {
		const char *words;
		uint64_t n;
	} rows[] = { { "accepted later", run->put_off.accepted },
		{ "refused later", run->put_off.refused }, { "put off again", run->put_off.again },
		{ "not tried again", run->put_off.waiting } };
	char number[NUMBER_TEXT_MAX], text[TIME_TEXT_MAX];
	size_t i;

	/* Sessions that the filter hides are in these numbers. */
	if (!run->put_off.total || run->display_filter)
		return;
	out_puts(o, "  put off with 4yz: ");
	out_printf(o, "%s %s", common_number(number, run->put_off.total),
	    run->put_off.total == 1 ? "sender or recipient" : "senders or recipients");
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].n)
			out_printf(o, ", %s %s", rows[i].words, common_number(number, rows[i].n));
	if (run->put_off.waiting) {
		time_duration(text, common_since(run->last_ts, run->put_off.since));
		out_printf(o, " (the capture goes on for %s behind the first of these)", text);
	}
	out_putc(o, '\n');
}

static void
put_findings(struct output *o, const struct report_config *cfg, const struct run *run)
{
	static const char *const nouns[] = { "note", "warning", "error" };
	size_t i, n = checks_count();
	bool any = false;
	int sev;

	out_puts(o, "  findings: ");
	for (sev = SEV_ERROR; sev >= SEV_NOTE; sev--) {
		if (!run->by_severity[sev])
			continue;
		out_puts(o, any ? ", " : "");
		common_count(o, run->by_severity[sev], nouns[sev]);
		any = true;
	}
	out_puts(o, any ? "\n" : "none\n");
	for (sev = SEV_ERROR; sev >= (int)cfg->severity; sev--) {
		for (i = 0; i < n && i < RUN_CHECKS_MAX; i++) {
			const struct check_info *c = checks_nth(i);

			if (!run->findings[i][sev])
				continue;
			out_puts(o, "    ");
			common_color(o, cfg, common_severity_color((enum severity)sev));
			out_printf(o, "%-7s", severity_name((enum severity)sev));
			common_color(o, cfg, COLOR_NONE);
			out_printf(
			    o, " %8" PRIu64 "  %s: %s\n", run->findings[i][sev], c->id, c->title);
		}
	}
}

static void
put_troubles(struct output *o, const struct run *run)
{
	struct trust_row rows[TRUST_ROWS_MAX];
	size_t i, n = trust_rows(rows, run);

	for (i = 0; i < n; i++) {
		out_puts(o, i ? "    " : "  how far this can be trusted:\n    ");
		trust_put(o, &rows[i]);
		out_putc(o, '\n');
	}
}

void
summary_run(struct output *o, const struct report_config *cfg, const struct run *run)
{
	char number[NUMBER_TEXT_MAX];

	put_totals(o, run);
	/* It may name what is to be hidden. */
	if (run->display_filter && !cfg->redact) {
		out_puts(o, "  display filter: ");
		escape_text(o, slice_str(run->display_filter));
		out_putc(o, '\n');
	}
	put_row(o, "  messages: ", result_name, run->results, RUN_RESULTS);
	put_row(o, "  closures: ", closure_name, run->closures, RUN_CLOSURES);
	put_put_off(o, run);
	put_findings(o, cfg, run);
	put_troubles(o, run);
	if (run->error) {
		out_puts(o, "  the input ended early: ");
		escape_text(o, slice_str(run->error));
		out_putc(o, '\n');
	}
	if (cfg->verbose)
		out_printf(o, "  memory: %s octets at most in buffers\n",
		    common_number(number, run->memory_peak));
}
