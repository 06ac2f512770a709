/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * statistics_mail - the sessions one by one, what became of their messages, and how
 * they ended.
 *
 * The list of sessions is written as they end and keeps nothing.  Results are a fixed
 * number.  Ways to end are combinations of a closure, who it was, and a phase, of which
 * the dissector knows a few dozen; CLOSURES_MAX bounds them whatever it may learn.
 */
#include "base/output.h"
#include "report/common.h"
#include "report/redact.h"
#include "report/statistics.h"
#include "report/tally.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* -- sessions --------------------------------------------------------------------------- */

struct sessions {
	struct table *table;
};

/* clang-format off */
static const struct table_column session_columns[] = {
	{ "number", "no.", COLUMN_NUMBER, 5, false },
	{ "start", "start", COLUMN_TIME, 20, false },
	{ "duration", "lasted", COLUMN_DURATION, 8, false },
	{ "client_ip", "client", COLUMN_TEXT, 15, false },
	{ "client_port", NULL, COLUMN_NUMBER, 0, false },
	{ "server_ip", "server", COLUMN_TEXT, 15, false },
	{ "server_port", NULL, COLUMN_NUMBER, 0, false },
	{ "app_proto", NULL, COLUMN_TEXT, 0, false },
	{ "first_frame", NULL, COLUMN_NUMBER, 0, false },
	{ "last_frame", NULL, COLUMN_NUMBER, 0, false },
	{ "octets_client", NULL, COLUMN_NUMBER, 0, false },
	{ "octets_server", NULL, COLUMN_NUMBER, 0, false },
	{ "messages", "mail", COLUMN_NUMBER, 4, false },
	{ "result", "result", COLUMN_TEXT, 17, false },
	{ "closure", "closure", COLUMN_TEXT, 12, false },
	{ "closed_by", NULL, COLUMN_TEXT, 0, false },
	{ "phase", NULL, COLUMN_TEXT, 0, false },
	{ "tls", NULL, COLUMN_TEXT, 0, false },
	{ "errors", NULL, COLUMN_NUMBER, 0, false },
	{ "warnings", NULL, COLUMN_NUMBER, 0, false },
	{ "notes", NULL, COLUMN_NUMBER, 0, false },
	{ "severity", "worst", COLUMN_TEXT, 7, false },
	{ "finding", "finding", COLUMN_TEXT, 0, false },
};
/* clang-format on */

static void
sessions_begin(void *state, const struct table_sink *sink)
{
	struct sessions *v = state;

	table_heading(sink, "Sessions");
	v->table = table_new(sink, "sessions", session_columns, COUNT(session_columns), true);
}

static void
put_peer(struct table *t, const struct table_sink *sink, const struct smtp_session *s,
    enum stream_dir role)
{
	const struct endpoint *e = &smtp_half(s, role)->ep;
	char text[IPADDR_TEXT_MAX];
	struct peers peers;

	/* What a transcript has is made up. */
	if (s->stream->transcript) {
		table_none(t);
		table_none(t);
		return;
	}
	redact_ip(sink->redactor, text, &e->addr);
	common_peers(&peers, sink->cfg, s);
	if (sink->form == TABLE_TEXT && peers.named[role])
		table_text(t, peers.name[role]);
	else
		table_text(t, text);
	table_number(t, e->port);
}

/* The result of all messages, if there is one. */
static const char *
common_result(const struct smtp_session *s)
{
	const struct smtp_transaction *tx = STAILQ_FIRST(&s->transactions);
	enum smtp_result first;

	if (!tx)
		return NULL;
	first = tx->result;
	STAILQ_FOREACH (tx, &s->transactions, link)
		if (tx->result != first)
			return "mixed";
	return smtp_result_name(first);
}

static void
put_findings(struct table *t, const struct table_sink *sink, const struct smtp_session *s)
{
	const struct finding *f = statistic_cause(s);

	table_number(t, s->counted[SEV_ERROR]);
	table_number(t, s->counted[SEV_WARNING]);
	table_number(t, s->counted[SEV_NOTE]);
	if (f && !common_shown(sink->cfg, f))
		f = NULL;
	table_text(t, f ? severity_name(f->severity) : NULL);
	table_text(t, f ? f->check->id : NULL);
}

static void
sessions_session(void *state, const struct table_sink *sink, const struct smtp_session *s)
{
	struct sessions *v = state;
	const struct stream *st = s->stream;
	struct table *t = v->table;

	table_number(t, s->number);
	if (st->transcript) {
		table_none(t);
		table_none(t);
	} else {
		table_time(t, st->first_ts);
		table_time(t, common_since(st->last_ts, st->first_ts));
	}
	put_peer(t, sink, s, DIR_CLIENT);
	put_peer(t, sink, s, DIR_SERVER);
	table_text(t, smtp_app_name(s->app));
	table_number(t, st->first_frame);
	table_number(t, st->last_frame);
	table_number(t, smtp_half(s, DIR_CLIENT)->octets);
	table_number(t, smtp_half(s, DIR_SERVER)->octets);
	table_number(t, s->ntransactions);
	table_text(t, common_result(s));
	table_text(t, smtp_closure_name(s->closure));
	table_text(t, s->closed_by);
	table_text(t, s->phase);
	table_text(t, smtp_tls_via_name(s->tls.via));
	put_findings(t, sink, s);
}

static void
sessions_end(void *state, const struct table_sink *sink, const struct run *run)
{
	struct sessions *v = state;

	if (run->sessions == 0)
		table_remark(sink, "none");
	table_end(v->table);
	v->table = NULL;
}

const struct statistic statistic_sessions = {
	.name = "sessions",
	.summary = "every session: when, who, what became of it",
	.size = sizeof(struct sessions),
	.begin = sessions_begin,
	.session = sessions_session,
	.end = sessions_end,
};

/* -- results ---------------------------------------------------------------------------- */

struct results {
	struct result_row {
		uint64_t messages, recipients, accepted, octets, misled;
	} row[RUN_RESULTS];
};

static void
results_session(void *state, const struct table_sink *sink, const struct smtp_session *s)
{
	struct results *v = state;
	const struct smtp_transaction *tx;

	(void)sink;
	STAILQ_FOREACH (tx, &s->transactions, link) {
		struct result_row *r = &v->row[tx->result];

		r->messages++;
		r->recipients += tx->nrcpt;
		r->accepted += tx->naccepted;
		r->octets += tx->body ? tx->body->octets : 0;
		r->misled += tx->believed != tx->result;
	}
}

static void
results_end(void *state, const struct table_sink *sink, const struct run *run)
{
	static const struct table_column columns[] = {
		{ "result", "result", COLUMN_TEXT, 0, false },
		{ "messages", "messages", COLUMN_NUMBER, 0, false },
		{ "share", "share", COLUMN_SHARE, 0, false },
		{ "recipients", "recipients", COLUMN_NUMBER, 0, false },
		{ "accepted", "accepted", COLUMN_NUMBER, 0, false },
		{ "octets", "octets", COLUMN_NUMBER, 0, false },
		{ "misled", "client misled", COLUMN_NUMBER, 0, true },
	};
	const struct results *v = state;
	struct table *t = table_new(sink, "results", columns, COUNT(columns), false);
	uint64_t total = 0;
	unsigned i;

	(void)run;
	for (i = 0; i < RUN_RESULTS; i++)
		total += v->row[i].messages;
	if (!total)
		table_remark(sink, "no message");
	for (i = 0; i < RUN_RESULTS; i++) {
		const struct result_row *r = &v->row[i];

		if (!r->messages)
			continue;
		table_text(t, smtp_result_name((enum smtp_result)i));
		table_number(t, r->messages);
		table_share(t, r->messages, total);
		table_number(t, r->recipients);
		table_number(t, r->accepted);
		table_number(t, r->octets);
		table_number(t, r->misled);
	}
	table_end(t);
}

const struct statistic statistic_results = {
	.name = "results",
	.summary = "what became of the messages",
	.heading = "Results of the messages",
	.size = sizeof(struct results),
	.session = results_session,
	.end = results_end,
};

/* -- closures --------------------------------------------------------------------------- */

enum { CLOSURES_MAX = 512, PHASE_MAX = 80 };

struct closure_row {
	enum smtp_closure closure;
	const char *closed_by; /* constant, or NULL */
	char phase[PHASE_MAX];
	uint64_t sessions;
};

struct closures {
	struct tally *tally; /* of struct closure_row */
	uint64_t sessions, others;
};

static void
closures_begin(void *state, const struct table_sink *sink)
{
	struct closures *v = state;

	(void)sink;
	v->tally = tally_new(CLOSURES_MAX, sizeof(struct closure_row));
}

static void
closures_session(void *state, const struct table_sink *sink, const struct smtp_session *s)
{
	struct closures *v = state;
	struct closure_row *row, key = { .closure = s->closure, .closed_by = s->closed_by };
	char text[PHASE_MAX + 24];
	int n;

	(void)sink;
	v->sessions++;
	snprintf(key.phase, sizeof key.phase, "%s", s->phase ? s->phase : "");
	n = snprintf(text, sizeof text, "%02u %s %s", (unsigned)s->closure,
	    s->closed_by ? s->closed_by : "-", key.phase);
	row = tally_get(v->tally, slice_of(text, (size_t)n));
	if (!row) {
		v->others++;
		return;
	}
	key.sessions = row->sessions + 1;
	*row = key;
}

static int
by_sessions(const void *a, const void *b)
{
	const struct closure_row *x = a, *y = b;

	return (x->sessions < y->sessions) - (x->sessions > y->sessions);
}

static void
closures_end(void *state, const struct table_sink *sink, const struct run *run)
{
	static const struct table_column columns[] = {
		{ "closure", "closure", COLUMN_TEXT, 0, false },
		{ "closed_by", "closed by", COLUMN_TEXT, 0, false },
		{ "phase", "phase", COLUMN_TEXT, 0, false },
		{ "sessions", "sessions", COLUMN_NUMBER, 0, false },
		{ "share", "share", COLUMN_SHARE, 0, false },
	};
	const struct closures *v = state;
	struct table *t = table_new(sink, "closures", columns, COUNT(columns), false);
	size_t i;

	(void)run;
	if (!v->sessions)
		table_remark(sink, "no session");
	tally_sort(v->tally, by_sessions);
	for (i = 0; i < tally_count(v->tally); i++) {
		const struct closure_row *r = tally_at(v->tally, i, NULL);

		table_text(t, smtp_closure_name(r->closure));
		table_text(t, r->closed_by);
		table_text(t, r->phase[0] ? r->phase : NULL);
		table_number(t, r->sessions);
		table_share(t, r->sessions, v->sessions);
	}
	if (v->others) {
		table_text(t, "(others)");
		table_none(t);
		table_none(t);
		table_number(t, v->others);
		table_share(t, v->others, v->sessions);
	}
	table_end(t);
}

static void
closures_fini(void *state)
{
	struct closures *v = state;

	tally_free(v->tally);
}

const struct statistic statistic_closures = {
	.name = "closures",
	.summary = "how the sessions ended, by whom, doing what",
	.heading = "How the sessions ended",
	.size = sizeof(struct closures),
	.begin = closures_begin,
	.session = closures_session,
	.end = closures_end,
	.fini = closures_fini,
};
