/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * document_incident - one incident with its evidence as a JSON object.
 *
 * The texts of the evidence are redacted already.
 */
#include <stdio.h>

#include "base/timefmt.h"
#include "report/document.h"
#include "report/tcpline.h"

static const char *const gate_names[GATES] = {
	[GATE_HANDSHAKE] = "handshake",
	[GATE_BOTH_SIDES] = "both_directions",
	[GATE_NO_GAP] = "no_gap",
	[GATE_KEPT] = "no_limit",
	[GATE_CHECKSUMS] = "checksums",
	[GATE_CLOCK] = "clock",
	[GATE_END] = "end",
};

/* A key without blanks: "in_doubt". */
static const char *const fate_keys[MAIL_FATES] = {
	[MAIL_LOST] = "lost",
	[MAIL_IN_DOUBT] = "in_doubt",
	[MAIL_REFUSED] = "refused",
	[MAIL_LATE] = "late",
	[MAIL_UNSENT] = "not_sent",
	[MAIL_PART] = "delivered_in_part",
	[MAIL_TAKEN] = "delivered",
	[MAIL_UNKNOWN] = "unknown",
};

static void
put_mail(struct json *j, const struct incident *inc)
{
	unsigned i;

	json_uint(j, "messages", inc->messages);
	json_open(j, "mail", '{');
	for (i = 0; i < MAIL_FATES; i++)
		json_uint(j, fate_keys[i], inc->fate[i]);
	json_close(j, '}');
}

static void
put_pairs(struct document *d, const struct incident *inc)
{
	struct json *j = &d->w.j;
	unsigned i;

	json_open(j, "pairs", '[');
	for (i = 0; i < inc->npairs && !inc->transcript; i++) {
		json_open(j, NULL, '{');
		document_ip(d, "client_ip", &inc->pair[i].ip[DIR_CLIENT]);
		document_ip(d, "server_ip", &inc->pair[i].ip[DIR_SERVER]);
		json_uint(j, "server_port", inc->pair[i].port);
		json_uint(j, "sessions", inc->pair[i].sessions);
		json_close(j, '}');
	}
	json_close(j, ']');
	if (inc->other_sessions)
		json_uint(j, "other_sessions", inc->other_sessions);
	json_open(j, "seen", '[');
	for (i = 0; i < inc->nsightings; i++) {
		const struct sighting *s = &inc->sighting[i];

		json_open(j, NULL, '{');
		json_uint(j, "session", s->session);
		json_uint(j, "frame", s->frame);
		jsonl_time(&d->w, "time", s->ts);
		json_text(j, "confidence", confidence_name(s->confidence));
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
put_step(struct document *d, const struct step *p)
{
	static const char *const marks[] = {
		[STEP_PLAIN] = "none", [STEP_RELATED] = "related", [STEP_ANCHOR] = "anchor"
	};
	char flags[TCP_FLAGS_TEXT_MAX];
	struct json *j = &d->w.j;
	unsigned i;

	json_open(j, NULL, '{');
	json_uint(j, "frame", p->frame);
	json_uint(j, "last_frame", p->last_frame);
	jsonl_time(&d->w, "time", p->ts);
	if (p->kind == STEP_FOLD) {
		json_uint(j, "frames", p->frames);
		json_uint(j, "octets", p->octets);
		json_close(j, '}');
		return;
	}
	json_text(j, "from", common_role(p->role));
	tcp_flags_text(flags, p->flags);
	json_text(j, "flags", flags);
	if (p->seq_known) {
		json_uint(j, "seq", p->seq);
		json_uint(j, "next_seq", step_next_seq(p));
	}
	if (p->ack_known)
		json_uint(j, "ack", p->ack);
	json_uint(j, "octets", p->len);
	json_uint(j, "window", p->win);
	json_bool(j, "retransmission", p->retransmission);
	json_bool(j, "never_acknowledged", p->lost);
	json_text(j, "mark", marks[p->mark]);
	json_open(j, "lines", '[');
	for (i = 0; i < p->nlines; i++) {
		json_open(j, NULL, '{');
		json_wire(j, p->line[i].remark ? "remark" : "text", p->line[i].text);
		json_close(j, '}');
	}
	json_close(j, ']');
	if (p->more)
		json_uint(j, "lines_left_out", p->more);
	json_close(j, '}');
}

static void
put_effects(struct json *j, const char *key, const struct effect *v, unsigned n)
{
	unsigned i;

	json_open(j, key, '[');
	for (i = 0; i < n; i++) {
		json_open(j, NULL, '{');
		json_text(j, "id", v[i].check->id);
		json_text(j, "severity", severity_name(v[i].severity));
		json_text(j, "confidence", confidence_name(v[i].confidence));
		json_uint(j, "frame", v[i].frame);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
put_gates(struct json *j, const struct evidence *e)
{
	unsigned i;

	if (e->transcript)
		return;
	json_open(j, "gates", '{');
	for (i = 0; i < GATES; i++)
		json_bool(j, gate_names[i], e->gates >> i & 1);
	json_close(j, '}');
	if (e->point)
		json_text(j, "capture_point", e->point);
}

static void
put_again(struct json *j, const struct evidence *e)
{
	unsigned i;

	if (!e->nagain)
		return;
	json_open(j, "again", '[');
	for (i = 0; i < e->nagain; i++) {
		json_open(j, NULL, '{');
		json_uint(j, "frame", e->again[i].frame);
		json_text(j, "confidence", confidence_name(e->again[i].confidence));
		json_uint(j, "count", e->again[i].count);
		json_wire(j, "detail", e->again[i].detail);
		json_close(j, '}');
	}
	json_close(j, ']');
	if (e->more_again)
		json_uint(j, "again_left_out", e->more_again);
}

static void
put_evidence(struct document *d, const struct evidence *e)
{
	struct json *j = &d->w.j;
	unsigned i;
	size_t k;

	json_open(j, "evidence", '{');
	json_uint(j, "session", e->session);
	json_text(j, "confidence", confidence_name(e->confidence));
	json_uint(j, "frame", e->frame);
	json_open(j, "frames", '[');
	for (i = 0; i < e->nframes; i++)
		json_uint(j, NULL, e->frames[i]);
	json_close(j, ']');
	json_wire(j, "detail", e->detail);
	put_again(j, e);
	if (e->table.n)
		json_wire(j, "table", e->table);
	put_gates(j, e);
	if (e->helo.n)
		json_wire(j, "helo", e->helo);
	if (e->banner.n)
		json_wire(j, "banner", e->banner);
	json_wire(j, "ending", e->ending);
	json_wires(j, "messages", e->message, e->nmessages);
	if (e->more_messages)
		json_uint(j, "messages_left_out", e->more_messages);
	put_effects(j, "consequences", e->effect, e->neffects);
	if (e->more_effects)
		json_uint(j, "consequences_left_out", e->more_effects);
	put_effects(j, "findings", e->mark, e->nmarks);
	json_open(j, "steps", '[');
	for (k = 0; k < e->nsteps; k++)
		put_step(d, &e->step[k]);
	json_close(j, ']');
	json_close(j, '}');
}

static void
put_advice(struct json *j, const struct incident *inc)
{
	struct slice own = inc->evidence->remedy;
	struct advice rows[ADVICE_MAX];
	size_t i, n;

	n = incident_advice(
	    rows, inc, own.n ? own : slice_str(inc->check->remedy ? inc->check->remedy : ""));
	json_open(j, "advice", '[');
	for (i = 0; i < n; i++) {
		json_open(j, NULL, '{');
		json_text(j, "side", rows[i].side);
		json_wire(j, "text", rows[i].text);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void
put_culprit(struct document *d, const struct incident *inc)
{
	struct json *j = &d->w.j;
	char text[IPADDR_TEXT_MAX];

	json_text(j, "culprit", culprit_name(inc->culprit));
	if (inc->transcript)
		return;
	if (inc->culprit == CULPRIT_CLIENT || inc->culprit == CULPRIT_PATH) {
		redact_network(d->redactor, text, &inc->net, inc->prefix);
		json_text(j, "network", text);
	} else {
		document_ip(d, "server_ip", &inc->net);
	}
}

void
document_incident(struct document *d, const struct incident *inc, size_t rank)
{
	const struct check_info *c = inc->check;
	struct json *j = &d->w.j;

	json_open(j, NULL, '{');
	json_uint(j, "rank", rank);
	json_text(j, "id", c->id);
	json_text(j, "title", c->title);
	json_text(j, "severity", severity_name(inc->severity));
	json_text(j, "confidence", confidence_name(inc->confidence));
	json_text(j, "kind", check_kind_name(c->kind));
	put_culprit(d, inc);
	jsonl_time(&d->w, "first_time", inc->first_ts);
	jsonl_time(&d->w, "last_time", inc->last_ts);
	json_uint(j, "first_frame", inc->first_frame);
	json_uint(j, "last_frame", inc->last_frame);
	json_uint(j, "findings", inc->findings);
	json_uint(j, "sessions", inc->sessions);
	put_mail(j, inc);
	put_pairs(d, inc);
	put_advice(j, inc);
	if (c->refs)
		json_text(j, "refs", c->refs);
	put_evidence(d, inc->evidence);
	json_close(j, '}');
}
