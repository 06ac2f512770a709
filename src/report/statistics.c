/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * statistics - the table of statistics, and the reporters that run them.
 *
 * There is one reporter for each form; they differ in nothing but that.  Statistics are
 * printed in the order of the table, whatever the order they were asked for in.  The
 * records end with the record stats, and the text with how far it can be trusted, as in
 * every report.  CSV has one table alone, because a reader takes the first line for the
 * names of all others.
 *
 * tcpdump knows -z as well, for something else: arguments that look like that are told
 * apart.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/output.h"
#include "report/jsonl.h"
#include "report/redact.h"
#include "report/reporter.h"
#include "report/statistics.h"
#include "report/trust.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static const struct statistic *const statistics[] = {
	&statistic_sessions,
	&statistic_results,
	&statistic_closures,
	&statistic_classes,
	&statistic_replies,
	&statistic_findings,
	&statistic_peers,
	&statistic_latency,
	&statistic_tls,
	&statistic_capture,
	&statistic_compare,
};

_Static_assert(COUNT(statistics) <= 32, "a bit for each");

struct running {
	struct table_sink sink;
	struct jsonl records;
	void *state[COUNT(statistics)]; /* owned; NULL: not wanted */
	unsigned printed;
};

const struct statistic *
statistics_nth(size_t i)
{
	return i < COUNT(statistics) ? statistics[i] : NULL;
}

void
statistics_help(struct output *o)
{
	size_t i;

	for (i = 0; i < COUNT(statistics); i++)
		out_printf(o, "%-10s %s\n", statistics[i]->name, statistics[i]->summary);
}

/* -- the argument ----------------------------------------------------------------------- */

/* tcpdump(8) runs the argument of its -z on every file that -C or -G has finished. */
static bool
is_command(const char *text)
{
	static const char *const commands[] = { "gzip", "bzip2", "xz", "zstd", "lz4", "pigz",
		"compress" };
	size_t i;

	for (i = 0; i < COUNT(commands); i++)
		if (strcmp(text, commands[i]) == 0)
			return true;
	return strpbrk(text, "/ ") != NULL;
}

static int
unknown(const char *name, struct error *err)
{
	struct output *o;
	struct error ignored;
	size_t i;

	if (is_command(name)) {
		error_set(err,
		    "\"%s\" is no statistic; to run a command on finished files is tcpdump's -z",
		    name);
		return -1;
	}
	o = output_memory();
	for (i = 0; i < COUNT(statistics); i++)
		out_printf(o, "%s%s", i ? ", " : "", statistics[i]->name);
	error_set(err, "\"%s\" is no statistic: give a list of %s, or help", name,
	    (const char *)output_slice(o).p);
	output_close(o, &ignored);
	return -1;
}

int
statistics_parse(const char *list, uint32_t *set, struct error *err)
{
	char *copy, *rest, *name;
	int rc = 0;
	size_t i;

	if (is_command(list))
		return unknown(list, err);
	copy = rest = xstrdup(list);
	while (rc == 0 && (name = strsep(&rest, ",")) != NULL) {
		for (i = 0; i < COUNT(statistics) && strcmp(statistics[i]->name, name) != 0; i++)
			;
		if (i < COUNT(statistics))
			*set |= UINT32_C(1) << i;
		else
			rc = unknown(name, err);
	}
	free(copy);
	return rc;
}

/* -- the units of the dialogue ---------------------------------------------------------- */

unsigned
statistic_unit(const struct smtp_unit *u)
{
	if (!u)
		return STATISTIC_NOTHING;
	switch (u->kind) {
	case UNIT_GREETING:
		return STATISTIC_GREETING;
	case UNIT_COMMAND:
	case UNIT_CHUNK:
		return u->verb->id;
	case UNIT_EOD:
		return STATISTIC_EOD;
	case UNIT_SASL:
		return STATISTIC_SASL;
	case UNIT_GARBAGE:
		break;
	}
	return STATISTIC_GARBAGE;
}

const char *
statistic_unit_name(unsigned unit)
{
	static const char *const names[STATISTIC_UNITS] = {
		[VERB_UNKNOWN] = "unknown command",
		[VERB_X] = "private command",
		[STATISTIC_GREETING] = "greeting",
		[STATISTIC_EOD] = "end of data",
		[STATISTIC_SASL] = "AUTH response",
		[STATISTIC_GARBAGE] = "no command",
		[STATISTIC_TEXT] = "(in mid-data)",
		[STATISTIC_NOTHING] = "(nothing)",
		[STATISTIC_UNPAIRED] = "(not paired)",
	};

	return names[unit] ? names[unit] : smtp_verb_row((enum smtp_verb_id)unit)->name;
}

unsigned
statistic_unit_nth(size_t i)
{
	static const uint8_t order[] = { STATISTIC_GREETING, VERB_HELO, VERB_EHLO, VERB_LHLO,
		VERB_XCLIENT, VERB_XFORWARD, VERB_STARTTLS, VERB_XANONYMOUSTLS, VERB_XEXPS,
		VERB_AUTH, STATISTIC_SASL, VERB_MAIL, VERB_SEND, VERB_SOML, VERB_SAML, VERB_RCPT,
		VERB_DATA, STATISTIC_EOD, VERB_BDAT, VERB_BURL, VERB_XEXCH50, VERB_RSET, VERB_NOOP,
		VERB_VRFY, VERB_EXPN, VERB_HELP, VERB_ETRN, VERB_ATRN, VERB_TURN, VERB_XLINK2STATE,
		VERB_QUIT, VERB_X, VERB_UNKNOWN, STATISTIC_GARBAGE, STATISTIC_TEXT,
		STATISTIC_NOTHING, STATISTIC_UNPAIRED };

	_Static_assert(COUNT(order) == STATISTIC_UNITS, "every unit has its place");
	return order[i];
}

const struct finding *
statistic_cause(const struct smtp_session *s)
{
	const struct finding *f, *worst = NULL;

	STAILQ_FOREACH (f, &s->findings, link) {
		if (!f->parent && finding_explains(f, worst))
			worst = f;
	}
	return worst;
}

bool
statistic_is_sure(const struct smtp_reply *r)
{
	return !(r->flags & (REPLY_AFTER_GAP | REPLY_UNJUDGED | REPLY_CUT));
}

/* -- the reporters ---------------------------------------------------------------------- */

static void
running_begin(struct running *v, const struct table_sink *sink, uint32_t set)
{
	size_t i;

	v->sink = *sink;
	for (i = 0; i < COUNT(statistics); i++) {
		if (!(set & UINT32_C(1) << i))
			continue;
		v->state[i] = xcalloc(1, statistics[i]->size ? statistics[i]->size : 1);
		if (statistics[i]->begin)
			statistics[i]->begin(v->state[i], &v->sink);
	}
}

static void
report_begin(
    struct running *v, struct output *o, const struct report_config *cfg, enum table_form form)
{
	const struct table_sink sink = { o, form, cfg, redactor_new(cfg->redact) };

	v->records.cfg = cfg;
	json_init(&v->records.j, o);
	/* CSV without a wish: the sessions. */
	running_begin(v, &sink, cfg->statistics ? cfg->statistics : 1);
}

static void
begin_text(void *state, struct output *o, const struct report_config *cfg)
{
	report_begin(state, o, cfg, TABLE_TEXT);
}

static void
begin_jsonl(void *state, struct output *o, const struct report_config *cfg)
{
	report_begin(state, o, cfg, TABLE_JSONL);
}

static void
begin_csv(void *state, struct output *o, const struct report_config *cfg)
{
	report_begin(state, o, cfg, TABLE_CSV);
}

static void
running_session(void *state, struct output *o, const struct smtp_session *s)
{
	struct running *v = state;
	size_t i;

	(void)o;
	if (redactor_what(v->sink.redactor))
		redact_learn(v->sink.redactor, s);
	for (i = 0; i < COUNT(statistics); i++)
		if (v->state[i] && statistics[i]->session)
			statistics[i]->session(v->state[i], &v->sink, s);
}

static void
put_trust(struct output *o, const struct run *run)
{
	struct trust_row rows[TRUST_ROWS_MAX];
	size_t i, n = trust_rows(rows, run);

	for (i = 0; i < n; i++) {
		out_puts(o, i ? "  " : "\nHow far this can be trusted\n  ");
		trust_put(o, &rows[i]);
		out_putc(o, '\n');
	}
}

static void
running_end(void *state, struct output *o, const struct run *run)
{
	struct running *v = state;
	size_t i;

	for (i = 0; i < COUNT(statistics); i++) {
		if (!v->state[i])
			continue;
		/* What flows has its heading already. */
		if (statistics[i]->heading) {
			if (v->printed)
				table_heading(&v->sink, "");
			table_heading(&v->sink, statistics[i]->heading);
		}
		v->printed++;
		statistics[i]->end(v->state[i], &v->sink, run);
	}
	if (v->sink.form == TABLE_TEXT)
		put_trust(o, run);
	else if (v->sink.form == TABLE_JSONL)
		jsonl_stats(&v->records, run);
}

static void
free_states(struct running *v)
{
	size_t i;

	for (i = 0; i < COUNT(statistics); i++) {
		if (v->state[i] && statistics[i]->fini)
			statistics[i]->fini(v->state[i]);
		free(v->state[i]);
	}
}

static void
running_fini(void *state)
{
	struct running *v = state;

	free_states(v);
	redactor_free(v->sink.redactor);
}

#define STATISTICS_FORM(function)                                                                  \
	.size = sizeof(struct running), .begin = (function), .session = running_session,           \
	.end = running_end, .fini = running_fini

static const struct reporter_ops statistics_text = {
	.name = "text", .summary = "statistics as text", STATISTICS_FORM(begin_text)
};
static const struct reporter_ops statistics_jsonl = {
	.name = "jsonl", .summary = "statistics as JSON records", STATISTICS_FORM(begin_jsonl)
};
const struct reporter_ops reporter_csv = { .name = "csv",
	.summary = "a row for each session, or a statistic (-z), as CSV",
	STATISTICS_FORM(begin_csv) };

const struct reporter_ops *
statistics_format(const struct reporter_ops *format)
{
	static const struct reporter_ops *const forms[] = { &statistics_text, &statistics_jsonl,
		&reporter_csv };
	size_t i;

	for (i = 0; i < COUNT(forms); i++)
		if (strcmp(forms[i]->name, format->name) == 0)
			return forms[i];
	return NULL;
}

/* -- beside something else -------------------------------------------------------------- */

struct statistics {
	struct running v;
};

struct statistics *
statistics_new(const char *names, const struct report_config *cfg, struct redactor *redactor)
{
	const struct table_sink sink = { NULL, TABLE_TEXT, cfg, redactor };
	struct statistics *s = xcalloc(1, sizeof *s);
	struct error ignored;
	uint32_t set = 0;
	int rc = statistics_parse(names, &set, &ignored);

	assert(rc == 0);
	(void)rc;
	running_begin(&s->v, &sink, set);
	return s;
}

void
statistics_free(struct statistics *s)
{
	if (s)
		free_states(&s->v);
	free(s);
}

void
statistics_session(struct statistics *s, const struct smtp_session *session)
{
	running_session(&s->v, NULL, session);
}

bool
statistics_print(struct statistics *s, const char *name, struct output *o, const struct run *run)
{
	size_t i;

	for (i = 0; i < COUNT(statistics); i++) {
		if (!s->v.state[i] || strcmp(statistics[i]->name, name) != 0)
			continue;
		s->v.sink.o = o;
		statistics[i]->end(s->v.state[i], &s->v.sink, run);
		return true;
	}
	return false;
}
