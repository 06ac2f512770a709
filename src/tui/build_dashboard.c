/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * build_dashboard - the whole run on one screen: incidents, what became of the
 * mail, how sessions ended, findings, who is in trouble, when, and how far the
 * numbers can be trusted (board_tables.c, board_time.c).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/output.h"
#include "base/timefmt.h"
#include "report/incident.h"
#include "smtp/checks.h"
#include "tui/board.h"

enum {
	TOP = 8,      /* checks shown, */
	INCIDENTS = 8 /* ... and incidents, unless unfolded */
};

/* Enter on the line goes to the list, of the sessions where the finding is counted. */
static void
link_check(struct board *b, const struct check_info *check)
{
	char command[BOARD_COMMAND_MAX];

	snprintf(command, sizeof command, "filter finding.counted = %s%s", check->id, b->clause);
	doc_link(b->h.doc, command);
}

/* The same, of the side that the incident is about.  A filter is shown, so it has no address where
 * addresses are hidden; those of a transcript are made up. */
static void
link_incident(struct board *b, const struct incident *inc)
{
	char command[BOARD_COMMAND_MAX], net[IPADDR_TEXT_MAX], prefix[16] = "";

	if (inc->transcript || (b->h.cfg.redact & REDACT_HOSTS)) {
		link_check(b, inc->check);
		return;
	}
	ipaddr_text(net, &inc->net);
	if (inc->prefix < (inc->net.family == 6 ? 128 : 32))
		snprintf(prefix, sizeof prefix, "/%u", inc->prefix);
	snprintf(command, sizeof command, "filter finding.counted = %s and %s = %s%s%s",
	    inc->check->id, inc->culprit == CULPRIT_CLIENT ? "client" : "server", net, prefix,
	    b->clause);
	doc_link(b->h.doc, command);
}

/* -- incidents -------------------------------------------------------------------------- */

/* Who, how often, when, and what it did to the mail; of a window the last is not known. */
static void
tell_incident(struct board *b, struct output *o, const struct incident *inc)
{
	char number[NUMBER_TEXT_MAX];

	incident_culprit(o, b->h.redactor, inc);
	out_puts(o, "; ");
	common_count(
	    o, b->counts ? window_incident_sessions(b->counts, inc) : inc->sessions, "session");
	if (b->counts)
		out_printf(
		    o, "; whole capture: %s that ended", common_number(number, inc->sessions));
	if (!inc->transcript) {
		out_puts(o, ", ");
		incident_time(o, inc->first_ts);
		if (inc->last_ts / NS_PER_S != inc->first_ts / NS_PER_S) {
			out_puts(o, " to ");
			incident_time(o, inc->last_ts);
		}
	}
	if (b->counts)
		return;
	out_puts(o, "; mail: ");
	incident_mail(o, inc->fate, "none under way");
}

static void
put_incident(struct board *b, const struct incident *inc, size_t rank)
{
	struct output *o = output_memory();
	struct sheet_par par = { .indent = 5, .own = true };
	struct error err;

	/* The frame makes sense in the input of the run only; Enter lists the sessions. */
	b->h.frame = inc->first_frame;
	sheet_line(&b->h, DOC_ANCHOR);
	link_incident(b, inc);
	doc_printf(b->h.doc, STYLE_PLAIN, "%3zu. ", rank);
	doc_printf(b->h.doc, sheet_severity(inc->severity), "%s (%s) ",
	    severity_name(inc->severity), confidence_name(inc->confidence));
	sheet_str(&b->h, STYLE_HEADER, inc->check->id);
	sheet_str(&b->h, STYLE_PLAIN, "  ");
	sheet_cut(&b->h, STYLE_PLAIN, slice_str(inc->check->title),
	    b->h.opt->width -
	        (int)(11 + strlen(severity_name(inc->severity)) +
	            strlen(confidence_name(inc->confidence)) + strlen(inc->check->id)));
	tell_incident(b, o, inc);
	sheet_wrap(&b->h, &par, STYLE_PLAIN, output_slice(o));
	link_incident(b, inc);
	output_close(o, &err);
	b->h.frame = 0;
}

/* A serious one that sessions of the window met, if it is about these. */
static bool
is_met(const struct board *b, const struct incident *inc)
{
	return incident_is_serious(inc) &&
	    (!b->counts || window_incident_sessions(b->counts, inc) > 0);
}

static void
put_incidents(struct board *b)
{
	size_t n, i, shown = 0, serious = 0;
	const struct incident *const *v = incidents_ranked(b->run->incidents, &n);
	const struct incident_losses *lost = incidents_losses(b->run->incidents);

	for (i = 0; i < n; i++)
		serious += is_met(b, v[i]);
	doc_table(b->h.doc);
	sheet_line(&b->h, DOC_HEAD);
	sheet_str(&b->h, STYLE_HEADER,
	    b->counts ? "INCIDENTS of these sessions, the most harmful of the capture first" :
	                "INCIDENTS, the most harmful first");
	for (i = 0; i < n; i++) {
		if (!is_met(b, v[i]))
			continue;
		if (shown == INCIDENTS && !b->h.opt->unfold)
			break;
		put_incident(b, v[i], ++shown);
	}
	if (serious == 0) {
		sheet_line(&b->h, 0);
		sheet_str(&b->h, STYLE_GOOD, " none");
	}
	if (serious > shown) {
		sheet_line(&b->h, DOC_FOLD);
		doc_printf(b->h.doc, STYLE_DIM, "     %zu more", serious - shown);
	}
	if (lost->findings[SEV_ERROR] || lost->findings[SEV_WARNING]) {
		sheet_line(&b->h, 0);
		doc_printf(b->h.doc, STYLE_WARNING,
		    "     findings of no incident, for lack of room: %" PRIu64,
		    lost->findings[SEV_ERROR] + lost->findings[SEV_WARNING]);
	}
}

/* -- findings --------------------------------------------------------------------------- */

struct counted {
	size_t check;
	int severity;
	uint64_t n;
};

static int
by_severity(const void *a, const void *b)
{
	const struct counted *x = a, *y = b;

	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return x->check < y->check ? -1 : x->check > y->check;
}

static void
put_finding(struct board *b, const struct counted *v)
{
	const struct check_info *c = checks_nth(v->check);
	char number[NUMBER_TEXT_MAX];

	sheet_line(&b->h, 0);
	link_check(b, c);
	doc_printf(b->h.doc, sheet_severity((enum severity)v->severity), " %-7s",
	    severity_name((enum severity)v->severity));
	doc_printf(b->h.doc, STYLE_PLAIN, " %9s  ", common_number(number, v->n));
	sheet_str(&b->h, STYLE_HEADER, c->id);
	doc_column(b->h.doc, 48, 2);
	sheet_cut(&b->h, STYLE_PLAIN, slice_str(c->title), b->h.opt->width - 50);
}

/* How often the check was counted, and the worst severity that it was given.  Rows do not have the
 * severity: of a window it is that of the whole capture, or what the operator wants of it while the
 * sessions that have it are open. */
static struct counted
count_check(const struct board *b, size_t check)
{
	const enum check_grade *grades = b->h.cfg.grades;
	const uint64_t *n = b->run->run->findings[check];
	struct counted c = { .check = check, .severity = -1 };
	int sev;

	for (sev = SEV_NOTE; sev <= SEV_ERROR; sev++) {
		c.n += n[sev];
		c.severity = n[sev] ? sev : c.severity;
	}
	if (!b->counts)
		return c;
	c.n = b->counts->findings[check];
	if (c.severity < 0)
		c.severity = (int)severity_graded(
		    checks_nth(check)->severity, grades ? grades[check] : GRADE_USUAL);
	return c;
}

static void
put_findings(struct board *b)
{
	struct counted v[RUN_CHECKS_MAX];
	size_t n = 0, i;

	sheet_blank(&b->h);
	doc_table(b->h.doc);
	sheet_line(&b->h, DOC_HEAD);
	sheet_str(&b->h, STYLE_HEADER, b->counts ? "FINDINGS, sessions" : "FINDINGS");
	for (i = 0; i < checks_count() && i < RUN_CHECKS_MAX; i++) {
		struct counted c = count_check(b, i);

		if (c.n && c.severity >= (int)b->h.cfg.severity)
			v[n++] = c;
	}
	qsort(v, n, sizeof *v, by_severity);
	for (i = 0; i < n && (i < TOP || b->h.opt->unfold); i++)
		put_finding(b, &v[i]);
	if (i < n) {
		sheet_line(&b->h, DOC_FOLD);
		doc_printf(b->h.doc, STYLE_DIM, " and %zu more checks", n - i);
	} else if (n == 0) {
		sheet_line(&b->h, 0);
		sheet_str(&b->h, STYLE_GOOD, " none");
	}
}

/* -- the view --------------------------------------------------------------------------- */

static void
put_title(struct board *b)
{
	const struct run *run = b->run->run;
	struct output *o = output_memory();
	char number[NUMBER_TEXT_MAX], text[TIME_TEXT_MAX];

	sheet_line(&b->h, DOC_HEAD);
	sheet_str(&b->h, STYLE_TITLE, "Dashboard  ");
	sheet_text(&b->h, STYLE_TITLE, slice_str(b->run->source ? b->run->source : ""));
	sheet_str(&b->h, STYLE_TITLE, b->run->live ? "  LIVE" : "");
	if (run->capture.packets > run->capture.text_frames) {
		doc_printf(b->h.doc, STYLE_PLAIN, "  ");
		incident_time(o, run->first_ts);
		time_duration(text, common_since(run->last_ts, run->first_ts));
		out_printf(o, ", %s", text);
	}
	sheet_take(&b->h, STYLE_PLAIN, o);
	if (b->windowed) {
		board_window_title(b);
		return;
	}
	sheet_line(&b->h, DOC_HEAD);
	o = output_memory();
	common_count(o, run->sessions, "session");
	out_printf(o, ", %s open, ", common_number(number, run->tracker.open_streams));
	common_count(o, run->transactions, "message");
	out_puts(o, ", ");
	common_count(o, run->capture.packets, "frame");
	out_puts(o, ", ");
	common_count(o, run->capture.bytes, "octet");
	sheet_take(&b->h, STYLE_PLAIN, o);
}

/* What can be counted of a window, too. */
static void
put_sessions(struct board *b)
{
	put_incidents(b);
	board_results(b);
	put_findings(b);
	if (!b->windowed)
		return;
	board_window_dialogue(b);
	board_peers(b);
}

/* Above the numbers that a window has not. */
static void
put_heading(struct board *b)
{
	struct output *o = output_memory();

	if (doc_count(b->h.doc))
		sheet_blank(&b->h);
	sheet_line(&b->h, DOC_HEAD);
	sheet_str(&b->h, STYLE_TITLE, "WHOLE CAPTURE");
	out_puts(o, "  ");
	common_count(o, b->run->run->sessions, "session");
	out_puts(o, " ended, ");
	common_count(o, b->run->run->capture.packets, "frame");
	out_puts(o, ", ");
	common_count(o, b->run->run->capture.bytes, "octet");
	sheet_take(&b->h, STYLE_PLAIN, o);
}

void
build_dashboard(struct doc *title, struct doc *body, const struct build_run *run,
    const struct build_options *opt)
{
	struct board b = { .run = run };

	b.windowed = opt->window && window_chosen(opt->window) != WINDOW_ALL;
	b.counts = b.windowed ? window_counts(opt->window) : NULL;
	if (b.counts)
		window_clause(b.counts, b.clause);
	sheet_init(&b.h, title, NULL, opt, 0);
	put_title(&b);
	b.h.doc = body;
	doc_ascii(body, opt->ascii);
	if (!b.windowed || b.counts)
		put_sessions(&b);
	if (b.windowed)
		put_heading(&b);
	board_statistics(&b);
	if (!b.windowed)
		board_peers(&b);
	board_timeline(&b);
	board_trust(&b);
	sheet_fini(&b.h);
}
