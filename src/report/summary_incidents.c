/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * summary_incidents - the incidents of the run in a few lines each, for the end
 * of the annotated trace.  Nothing is printed where nothing is wrong.
 */
#include <inttypes.h>

#include "base/error.h"
#include "base/output.h"
#include "base/timefmt.h"
#include "report/common.h"
#include "report/incident.h"
#include "report/summary.h"

enum { SHOWN_MAX = 10, INDENT = 6 };

static void
put_advice(struct output *o, const struct incident *inc)
{
	struct advice rows[ADVICE_MAX];
	size_t i, n;

	n = incident_advice(rows, inc, slice_str(inc->check->remedy ? inc->check->remedy : ""));
	for (i = 0; i < n; i++) {
		out_printf(o, "%*s%s: ", INDENT, "", rows[i].side);
		common_wrap(
		    o, rows[i].text, (unsigned)strlen(rows[i].side) + INDENT + 2, INDENT + 2);
		out_putc(o, '\n');
	}
}

static void
put_incident(struct output *o, const struct report_config *cfg, struct redactor *r,
    const struct incident *inc, size_t number)
{
	const char *unit = place_name(inc->transcript);

	out_printf(o, "  %2zu. ", number);
	common_color(o, cfg, common_severity_color(inc->severity));
	out_puts(o, severity_name(inc->severity));
	common_color(o, cfg, COLOR_NONE);
	out_printf(o, " (%s) %s: %s\n%*s", confidence_name(inc->confidence), inc->check->id,
	    inc->check->title, INDENT, "");
	incident_culprit(o, r, inc);
	out_puts(o, "; ");
	common_count(o, inc->sessions, "session");
	if (inc->first_frame == inc->last_frame)
		out_printf(o, ", %s %" PRIu64, unit, inc->first_frame);
	else
		out_printf(
		    o, ", %ss %" PRIu64 " to %" PRIu64, unit, inc->first_frame, inc->last_frame);
	if (!inc->transcript) {
		out_puts(o, ", ");
		incident_time(o, inc->first_ts);
		/* Times are told to the second. */
		if (inc->last_ts / NS_PER_S != inc->first_ts / NS_PER_S) {
			out_puts(o, " to ");
			incident_time(o, inc->last_ts);
		}
	}
	out_puts(o, "; mail: ");
	incident_mail(o, inc->fate, "none under way");
	out_putc(o, '\n');
	put_advice(o, inc);
}

void
summary_incidents(struct output *o, const struct report_config *cfg, struct redactor *r,
    struct incidents *incidents)
{
	const struct incident *const *v;
	size_t n, i;

	v = incidents_ranked(incidents, &n);
	for (i = 0; i < n && incident_is_serious(v[i]); i++) {
		if (i == 0)
			out_puts(o, "\nIncidents, the most harmful first:\n");
		if (i < SHOWN_MAX)
			put_incident(o, cfg, r, v[i], i + 1);
	}
	if (i > SHOWN_MAX)
		out_printf(o, "  and %zu more (-T markdown or html tells them)\n", i - SHOWN_MAX);
}
