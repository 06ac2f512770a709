/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * summary_run - the last block of a report for people: totals, findings by
 * check, and how far the numbers can be trusted.
 *
 * Everything that was dropped, refused or could not be read has a counter in
 * struct run; each counter that is not zero gets its line here.
 */
#include <inttypes.h>

#include "base/escape.h"
#include "base/output.h"
#include "base/timefmt.h"
#include "report/summary.h"
#include "smtp/checks.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static void
put_totals(struct output *o, const struct run *run)
{
	char number[NUMBER_TEXT_MAX], text[TIME_TEXT_MAX];

	out_puts(o, "Run: ");
	common_count(o, run->sessions, "session");
	out_puts(o, ", ");
	common_count(o, run->transactions, "message");
	out_puts(o, "; ");
	common_count(o, run->other_connections, "other TCP connection");
	out_puts(o, "\n  ");
	common_count(o, run->capture.packets, "frame");
	out_printf(o, ", %s octets", common_number(number, run->capture.bytes));
	if (run->capture.packets) {
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

			if (!run->findings[i] || c->severity != (enum severity)sev)
				continue;
			out_puts(o, "    ");
			common_color(o, cfg, common_severity_color(c->severity));
			out_printf(o, "%-7s", severity_name(c->severity));
			common_color(o, cfg, COLOR_NONE);
			out_printf(o, " %8" PRIu64 "  %s: %s\n", run->findings[i], c->id, c->title);
		}
	}
}

struct trouble {
	uint64_t n;
	const char *noun, *text;
};

static void
put_troubles(struct output *o, const struct run *run)
{
	const struct capture_stats *c = &run->capture;
	const struct decode_stats *d = &run->decode;
	const struct tracker_stats *t = &run->tracker;
	const struct trouble rows[] = {
		{ c->dropped_kernel, "frame", "dropped by the kernel: the capture was too slow" },
		{ c->dropped_interface, "frame", "dropped by the interface" },
		{ c->time_backwards, "frame", "stamped earlier than the frame before it" },
		{ d->malformed, "frame", "with a header that contradicts itself" },
		{ d->cut, "frame", "with a header cut by the snap length" },
		{ d->unknown_link, "frame", "of a link type that is not known" },
		{ d->depth_exceeded, "frame", "with tunnels nested too deep" },
		{ d->snaplen_cut, "frame", "with a payload cut by the snap length" },
		{ d->fragments_expired, "IP datagram", "of which fragments are missing" },
		{ d->fragments_refused, "IP fragment", "dropped for lack of memory" },
		{ d->bad_ip_checksum, "frame", "with a bad IP checksum" },
		{ d->bad_tcp_checksum, "frame", "with a bad TCP checksum" },
		{ t->strict_dropped, "frame", "ignored for its checksum, as asked" },
		{ t->engine_skipped, "segment", "that this reassembly engine cannot follow" },
		{ t->gaps, "gap", "in the TCP streams" },
		{ t->gap_octets, "octet", "missing in them" },
		{ t->late_octets, "octet", "came after they had been given up" },
		{ t->refused_octets, "octet", "dropped for lack of memory" },
		{ t->evicted, "connection", "ended early by a limit" },
		{ run->limited_sessions, "session", "not kept whole because of a limit" },
	};
	bool any = false;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		if (!rows[i].n)
			continue;
		out_puts(o, any ? "    " : "  how far this can be trusted:\n    ");
		common_count(o, rows[i].n, rows[i].noun);
		out_printf(o, " %s\n", rows[i].text);
		any = true;
	}
	if (c->truncated_input)
		out_printf(o, "%s    an input file ends inside a record\n",
		    any ? "" : "  how far this can be trusted:\n");
}

void
summary_run(struct output *o, const struct report_config *cfg, const struct run *run)
{
	char number[NUMBER_TEXT_MAX];

	put_totals(o, run);
	put_row(o, "  messages: ", result_name, run->results, RUN_RESULTS);
	put_row(o, "  closures: ", closure_name, run->closures, RUN_CLOSURES);
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
