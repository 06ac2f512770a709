/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * comment - texts for people who open the file in another program.
 *
 * A comment about a finding begins with words that a display filter can ask for:
 * the program, the check, severity, confidence.  Octets of the wire in it are
 * escaped, as in every report.
 */
#include <inttypes.h>

#include "base/error.h"
#include "base/escape.h"
#include "base/output.h"
#include "export/comment.h"
#include "report/common.h"
#include "report/summary.h"

/* Comments have no lines of their own in lists of frames. */
static void
put_line(struct output *o, const char *text)
{
	struct output *escaped = output_memory();
	struct error ignored;
	struct slice s;
	size_t i;

	escape_detail(escaped, slice_str(text));
	s = output_slice(escaped);
	for (i = 0; i < s.n; i++)
		out_putc(o, s.p[i] == '\n' ? ' ' : s.p[i]);
	output_close(escaped, &ignored);
}

void
comment_finding(struct output *o, const struct finding *f, const struct report_config *cfg)
{
	/* The sentences quote what was said. */
	bool whole = f->detail && *f->detail && !cfg->redact;

	out_printf(o, "smtpscope %s %s %s: ", f->check->id, severity_name(f->severity),
	    confidence_name(f->confidence));
	put_line(o, whole ? f->detail : f->check->title);
	if (f->count > 1)
		out_printf(o, " (%" PRIu32 " times)", f->count);
	if (f->parent)
		out_printf(o, " (consequence of %s in frame %" PRIu64 ")", f->parent->check->id,
		    f->parent->frame);
	else if (f->check->refs && *f->check->refs)
		out_printf(o, " [%s]", f->check->refs);
}

void
comment_section(struct output *o, const struct comment_section *c)
{
	struct report_config cfg = *c->report;
	struct run run = *c->run;

	cfg.color = false;
	cfg.verbose = 0;
	if (cfg.redact && run.error) /* it names the file */
		run.error = "see the report";
	out_puts(o, "Written by smtpscope: the frames of ");
	common_count(o, c->sessions, "SMTP session");
	out_puts(o, ", findings as comments on their frames.\n");
	if (c->frames < run.capture.packets) {
		common_count(o, run.capture.packets - c->frames, "frame");
		out_puts(o,
		    " of other traffic left out, so frames have other numbers than in the "
		    "source.\nNumbers within comments are those of the source.\n");
	}
	if (cfg.redact)
		out_puts(o,
		    "Redacted: names, addresses and texts are replaced by others of the "
		    "same length.\n");
	summary_run(o, &cfg, &run);
}
