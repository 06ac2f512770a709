/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * document - the run as one JSON object: sessions, incidents, statistics.
 *
 * Sessions are written as they end and nothing of them is kept, so they come
 * first; SESSIONS_MAX are told, and MESSAGES_MAX of each one's messages, the
 * rest is counted.  Everything of a session is in -T jsonl.  Names, times and
 * statistics are those of the records, smtpscope-jsonl(5).
 */
#include <stdlib.h>

#include "base/error.h"
#include "base/output.h"
#include "report/document.h"
#include "report/finding_text.h"
#include "report/reporter.h"

enum { SESSIONS_MAX = 10000, MESSAGES_MAX = 100 };

void
document_wire(struct document *d, const char *key, struct slice s)
{
	struct output *o = output_memory();
	struct error err;

	redact_text(d->redactor, o, s);
	json_wire(&d->w.j, key, output_slice(o));
	output_close(o, &err);
}

static void
put_address(struct document *d, const char *key, struct slice address)
{
	struct output *o = output_memory();
	struct error err;

	redact_address(d->redactor, o, address);
	json_wire(&d->w.j, key, output_slice(o));
	output_close(o, &err);
}

void
document_ip(struct document *d, const char *key, const struct ipaddr *addr)
{
	char text[IPADDR_TEXT_MAX];

	redact_ip(d->redactor, text, addr);
	json_text(&d->w.j, key, text);
}

static void
document_begin(void *state, struct output *o, const struct report_config *cfg)
{
	struct document *d = state;
	struct json *j = &d->w.j;

	d->w.cfg = cfg;
	json_init(j, o);
	d->redactor = redactor_new(cfg->redact);
	d->w.redactor = redactor_what(d->redactor) ? d->redactor : NULL;
	d->incidents = incidents_new(cfg, d->redactor, true);
	json_open(j, NULL, '{');
	json_text(j, "schema", "smtpscope-report/1");
	json_open(j, "sessions", '[');
}

/* -- sessions --------------------------------------------------------------------------- */

static void
put_peer(struct document *d, const struct smtp_session *s, enum stream_dir role)
{
	const struct endpoint *e = &smtp_half(s, role)->ep;
	struct json *j = &d->w.j;

	json_open(j, common_role(role), '{');
	if (!s->stream->transcript) {
		document_ip(d, "ip", &e->addr);
		json_uint(j, "port", e->port);
	}
	json_uint(j, "octets", smtp_half(s, role)->octets);
	json_close(j, '}');
}

static void
put_message(struct document *d, const struct smtp_transaction *t)
{
	const struct smtp_rcpt *to = STAILQ_FIRST(&t->rcpts);
	struct json *j = &d->w.j;

	json_open(j, NULL, '{');
	put_address(d, "mail_from", t->sender);
	if (to)
		put_address(d, "first_rcpt", to->addr);
	json_uint(j, "rcpt_cnt", t->nrcpt);
	json_uint(j, "accepted_cnt", t->naccepted);
	json_text(j, "result", smtp_result_name(t->result));
	if (t->believed != t->result)
		json_text(j, "believed", smtp_result_name(t->believed));
	json_text(j, "fate", mail_fate_name(mail_fate(t)));
	if (t->queue_id)
		document_wire(d, "queue_id", slice_str(t->queue_id));
	json_close(j, '}');
}

static void
put_messages(struct document *d, const struct smtp_session *s)
{
	const struct smtp_transaction *t;
	struct json *j = &d->w.j;
	uint64_t n = 0;

	json_open(j, "messages", '[');
	STAILQ_FOREACH (t, &s->transactions, link)
		if (n++ < MESSAGES_MAX)
			put_message(d, t);
	json_close(j, ']');
	if (n > MESSAGES_MAX)
		json_uint(j, "messages_left_out", n - MESSAGES_MAX);
}

static void
put_findings(struct document *d, const struct smtp_session *s)
{
	struct explained listed = { NULL, 0, 0 };
	const struct finding *f;
	struct json *j = &d->w.j;

	if (s->worst >= SEV_NOTE && s->worst <= SEV_ERROR)
		json_text(j, "severity", severity_name((enum severity)s->worst));
	json_open(j, "findings", '[');
	STAILQ_FOREACH (f, &s->findings, link)
		if (common_shown(d->w.cfg, f) && explained_first(&listed, f->check))
			json_text(j, NULL, f->check->id);
	json_close(j, ']');
	explained_fini(&listed);
}

static void
document_session(void *state, struct output *o, const struct smtp_session *s)
{
	struct document *d = state;
	struct json *j = &d->w.j;

	(void)o;
	incidents_session(d->incidents, s);
	if (d->sessions == SESSIONS_MAX) {
		d->left_out++;
		return;
	}
	d->sessions++;
	if (redactor_what(d->redactor))
		redact_learn(d->redactor, s);
	json_open(j, NULL, '{');
	json_uint(j, "number", s->number);
	if (!s->stream->transcript) {
		jsonl_time(&d->w, "start", s->stream->first_ts);
		jsonl_time(&d->w, "end", s->stream->last_ts);
	}
	json_uint(j, "first_frame", s->stream->first_frame);
	json_uint(j, "last_frame", s->stream->last_frame);
	json_text(j, "app_proto", smtp_app_name(s->app));
	put_peer(d, s, DIR_CLIENT);
	put_peer(d, s, DIR_SERVER);
	json_text(j, "closure", smtp_closure_name(s->closure));
	if (s->phase)
		json_text(j, "phase", s->phase);
	put_findings(d, s);
	put_messages(d, s);
	json_close(j, '}');
}

/* -- the end ---------------------------------------------------------------------------- */

static void
put_left_out(struct document *d)
{
	const struct incident_losses *lost = incidents_losses(d->incidents);
	struct json *j = &d->w.j;
	unsigned i;

	json_open(j, "left_out", '{');
	json_uint(j, "sessions", d->left_out);
	json_open(j, "findings", '{');
	for (i = 0; i <= SEV_ERROR; i++)
		json_uint(j, severity_name((enum severity)i), lost->findings[i]);
	json_close(j, '}');
	json_uint(j, "names", redactor_shared(d->redactor));
	json_close(j, '}');
}

static void
document_end(void *state, struct output *o, const struct run *run)
{
	struct document *d = state;
	const struct incident *const *v;
	struct json *j = &d->w.j;
	size_t n, i;

	(void)o;
	json_close(j, ']');
	json_open(j, "incidents", '[');
	v = incidents_ranked(d->incidents, &n);
	for (i = 0; i < n; i++)
		document_incident(d, v[i], i + 1);
	json_close(j, ']');
	put_left_out(d);
	json_bool(j, "redacted", redactor_what(d->redactor) != 0);
	jsonl_stats_object(&d->w, run);
	json_close(j, '}');
	json_line_end(j);
}

static void
document_fini(void *state)
{
	struct document *d = state;

	incidents_free(d->incidents);
	redactor_free(d->redactor);
	free(d->w.slices);
}

const struct reporter_ops reporter_document = {
	.name = "json",
	.summary = "sessions, incidents and statistics as one JSON object",
	.size = sizeof(struct document),
	.begin = document_begin,
	.session = document_session,
	.end = document_end,
	.fini = document_fini,
};
