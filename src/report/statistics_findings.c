/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * statistics_findings - what was found how often, by the severity and the confidence
 * that the findings were given.
 *
 * Findings that only follow from another one have a column of their own and are in no
 * other.  What --severity leaves out of reports is left out here.
 */
#include <inttypes.h>

#include "report/common.h"
#include "report/statistics.h"
#include "smtp/checks.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

enum { SEVERITIES = SEV_ERROR + 1, CONFIDENCES = CONF_CERTAIN + 1 };

struct findings_row {
	uint64_t findings, occurrences, consequences, sessions;
	uint64_t mark; /* the session that was counted last */
};

struct findings_table {
	struct findings_row row[RUN_CHECKS_MAX][SEVERITIES][CONFIDENCES];
	uint64_t seen, below; /* sessions; findings that --severity leaves out */
};

static void
findings_session(void *state, const struct table_sink *sink, const struct smtp_session *s)
{
	struct findings_table *v = state;
	const struct finding *f;

	v->seen++;
	STAILQ_FOREACH (f, &s->findings, link) {
		size_t i = checks_position(f->check);
		struct findings_row *row;

		if (i >= RUN_CHECKS_MAX)
			continue;
		if (!common_shown(sink->cfg, f)) {
			v->below++;
			continue;
		}
		row = &v->row[i][f->severity][f->confidence];
		if (f->parent) {
			row->consequences++;
			continue;
		}
		row->findings++;
		row->occurrences += f->count ? f->count : 1;
		if (row->mark != v->seen)
			row->sessions++;
		row->mark = v->seen;
	}
}

static void
put_row(struct table *t, const struct check_info *c, unsigned sev, unsigned conf,
    const struct findings_row *row)
{
	table_text(t, severity_name((enum severity)sev));
	table_text(t, confidence_name((enum confidence)conf));
	table_number(t, row->findings);
	table_number(t, row->sessions);
	table_number(t, row->occurrences);
	table_number(t, row->consequences);
	table_text(t, c->id);
	table_text(t, c->title);
}

static void
findings_end(void *state, const struct table_sink *sink, const struct run *run)
{
	static const struct table_column columns[] = {
		{ "severity", "severity", COLUMN_TEXT, 0, false },
		{ "confidence", "confidence", COLUMN_TEXT, 0, false },
		{ "findings", "findings", COLUMN_NUMBER, 0, false },
		{ "sessions", "sessions", COLUMN_NUMBER, 0, false },
		{ "occurrences", "times", COLUMN_NUMBER, 0, false },
		{ "consequences", "consequences", COLUMN_NUMBER, 0, true },
		{ "id", "id", COLUMN_TEXT, 0, false },
		{ "title", NULL, COLUMN_TEXT, 0, false },
	};
	const struct findings_table *v = state;
	struct table *t = table_new(sink, "findings", columns, COUNT(columns), false);
	size_t i, n = checks_count();
	int sev, conf;
	bool any = false;

	(void)run;
	for (sev = SEV_ERROR; sev >= SEV_NOTE; sev--) {
		for (i = 0; i < n && i < RUN_CHECKS_MAX; i++) {
			for (conf = CONF_CERTAIN; conf >= CONF_POSSIBLE; conf--) {
				const struct findings_row *row = &v->row[i][sev][conf];

				if (!row->findings && !row->consequences)
					continue;
				put_row(t, checks_nth(i), (unsigned)sev, (unsigned)conf, row);
				any = true;
			}
		}
	}
	table_end(t);
	if (!any)
		table_remark(sink, "none");
	if (v->below)
		table_remark(sink, "%" PRIu64 " more are below --severity", v->below);
}

const struct statistic statistic_findings = {
	.name = "findings",
	.summary = "what was found, how sure, how often, in how many sessions",
	.heading = "Findings",
	.size = sizeof(struct findings_table),
	.session = findings_session,
	.end = findings_end,
};
