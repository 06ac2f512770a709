/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * jsonl_flow - the record flow: one for each session, its last.
 */
#include <stdio.h>

#include "report/finding_text.h"
#include "report/jsonl.h"
#include "tls/tls.h"

static void
put_flow(struct jsonl *w)
{
	const struct smtp_session *s = w->s;
	const struct stream_half *client = smtp_half(s, DIR_CLIENT);
	const struct stream_half *server = smtp_half(s, DIR_SERVER);
	const struct stream *st = s->stream;
	struct json *j = &w->j;

	json_open(j, "flow", '{');
	json_uint(j, "number", s->number);
	if (st->transcript)
		json_bool(j, "transcript", true);
	jsonl_time(w, "start", st->first_ts);
	jsonl_time(w, "end", st->last_ts);
	json_seconds(j, "duration", common_since(st->last_ts, st->first_ts), w->cfg->digits);
	json_uint(j, "pkts_toserver", client->packets);
	json_uint(j, "pkts_toclient", server->packets);
	json_uint(j, "bytes_toserver", client->octets);
	json_uint(j, "bytes_toclient", server->octets);
	json_uint(j, "first_frame", st->first_frame);
	json_uint(j, "last_frame", st->last_frame);
	json_uint(j, "tx_cnt", s->ntransactions);
	json_close(j, '}');
}

static void
put_tcp(struct jsonl *w)
{
	const struct smtp_session *s = w->s;
	const struct stream_half *client = smtp_half(s, DIR_CLIENT);
	const struct stream_half *server = smtp_half(s, DIR_SERVER);
	const struct stream *st = s->stream;
	struct json *j = &w->j;

	json_open(j, "tcp", '{');
	json_bool(j, "handshake", st->handshake);
	json_bool(j, "midstream", st->midstream);
	json_uint(j, "retrans_toserver", client->retransmissions);
	json_uint(j, "retrans_toclient", server->retransmissions);
	json_uint(j, "gap_bytes_toserver", s->gap_octets[DIR_CLIENT]);
	json_uint(j, "gap_bytes_toclient", s->gap_octets[DIR_SERVER]);
	if (st->rtt_server >= 0 && st->rtt_client >= 0)
		json_uint(
		    j, "rtt_us", ((uint64_t)st->rtt_server + (uint64_t)st->rtt_client) / 1000);
	/* The size of segments to the server is what the server announced. */
	if (server->mss)
		json_uint(j, "mss_toserver", server->mss);
	if (client->mss)
		json_uint(j, "mss_toclient", client->mss);
	json_uint(j, "fin_toserver_frame", client->fin_frame);
	json_uint(j, "fin_toclient_frame", server->fin_frame);
	json_uint(j, "rst_toserver_frame", client->rst_frame);
	json_uint(j, "rst_toclient_frame", server->rst_frame);
	if (w->cfg->engine)
		json_text(j, "engine", w->cfg->engine);
	json_close(j, '}');
}

/* What is found by one walk along the units. */
struct names {
	const struct smtp_unit *helo, *greeting;
	uint64_t commands;
};

static struct names
find_names(const struct smtp_session *s)
{
	struct names names = { NULL, NULL, 0 };
	const struct smtp_unit *u;

	STAILQ_FOREACH (u, &s->units, link) {
		names.commands += u->kind == UNIT_COMMAND || u->kind == UNIT_CHUNK;
		if (u->kind == UNIT_GREETING)
			names.greeting = u;
		else if (u->verb &&
		    (u->verb->id == VERB_HELO || u->verb->id == VERB_EHLO ||
		        u->verb->id == VERB_LHLO))
			names.helo = u;
	}
	return names;
}

/* The keyword lines of the last accepted EHLO. */
static void
put_extensions(struct jsonl *w)
{
	const struct smtp_ehlo *e, *last = NULL;
	struct slice *v;
	unsigned i;

	STAILQ_FOREACH (e, &w->s->ehlos, link)
		last = e;
	if (!last)
		return;
	v = jsonl_slices(w, last->next);
	for (i = 0; i < last->next; i++) {
		const struct smtp_extension *x = &last->ext[i];

		v[i] = x->keyword;
		/* Both are parts of the same line: the parameters end it. */
		if (x->params.n && x->params.p > x->keyword.p)
			v[i].n = (size_t)(x->params.p + x->params.n - x->keyword.p);
	}
	jsonl_wires(w, "extensions", v, last->next);
}

static void
put_verdict(struct jsonl *w)
{
	const struct smtp_session *s = w->s;
	struct explained listed = { NULL, 0, 0 };
	const struct finding *f;
	struct json *j = &w->j;

	if (s->worst >= SEV_NOTE && s->worst <= SEV_ERROR)
		json_text(j, "severity", severity_name((enum severity)s->worst));
	json_open(j, "findings", '[');
	STAILQ_FOREACH (f, &s->findings, link)
		if (common_shown(w->cfg, f) && explained_first(&listed, f->check))
			json_text(j, NULL, f->check->id);
	json_close(j, ']');
	explained_fini(&listed);
}

/* From the first to the last octet of both sides: nothing was missed. */
static bool
is_complete(const struct smtp_session *s)
{
	const struct stream_half *client = smtp_half(s, DIR_CLIENT);
	const struct stream_half *server = smtp_half(s, DIR_SERVER);
	bool reset = client->rst_frame || server->rst_frame;

	return s->stream->handshake && (reset || (client->fin_frame && server->fin_frame)) &&
	    !s->gap_octets[0] && !s->gap_octets[1] && !s->limited && !s->one_sided &&
	    !s->stream->refused_octets;
}

static void
put_session(struct jsonl *w)
{
	const struct smtp_session *s = w->s;
	struct names names = find_names(s);
	const struct smtp_reply *banner = names.greeting ? names.greeting->reply : NULL;
	struct json *j = &w->j;

	json_open(j, "session", '{');
	if (names.helo)
		jsonl_wire(w, "helo", names.helo->arg);
	if (banner)
		jsonl_wire(w, "banner", common_reply_text(banner));
	put_extensions(w);
	json_text(j, "closure", smtp_closure_name(s->closure));
	if (s->closed_by)
		json_text(j, "closed_by", s->closed_by);
	if (s->phase)
		json_text(j, "phase", s->phase);
	put_verdict(w);
	json_bool(j, "complete", is_complete(s));
	if (s->capture_point)
		json_text(j, "capture_point", s->capture_point);
	json_bool(j, "roles_certain", s->roles_certain);
	if (s->limited)
		json_text(j, "limited", s->limit ? s->limit : "yes");
	json_text(j, "tls", smtp_tls_via_name(s->tls.via));
	if (s->auth_mechanism) {
		json_open(j, "auth", '{');
		jsonl_wire(w, "mechanism", slice_str(s->auth_mechanism));
		json_text(j, "result", s->auth_result ? s->auth_result : "unknown");
		json_close(j, '}');
	}
	json_uint(j, "commands", names.commands);
	json_uint(j, "replies", s->nreplies);
	if (banner && banner->first.frame && s->stream->handshake && !s->stream->transcript)
		json_seconds(j, "time_to_banner",
		    common_since(banner->first.ts, s->stream->first_ts), w->cfg->digits);
	json_close(j, '}');
}

/* "1.3"; the versions that have another name are written out. */
static const char *
version_number(uint16_t version)
{
	const char *name = tls_version_name(version);

	return strncmp(name, "TLS ", 4) == 0 ? name + 4 : name;
}

static void
put_cipher(struct json *j, uint16_t suite)
{
	const char *name = tls_cipher_name(suite);
	char number[8];

	snprintf(number, sizeof(number), "0x%04x", suite);
	json_text(j, "cipher", name ? name : number);
}

/* What was asked for, and what was chosen. */
static void
put_tls_hello(struct jsonl *w, const struct smtp_tls *tls)
{
	const struct tls_side *client = tls->side[DIR_CLIENT], *server = tls->side[DIR_SERVER];
	struct json *j = &w->j;

	if (server && server->hello.frame && server->version) {
		json_text(j, "version", version_number(server->version));
		put_cipher(j, server->cipher);
		if (server->alpn[0])
			jsonl_wire(w, "alpn", slice_str(server->alpn));
	}
	if (client && client->hello.frame && client->version) {
		json_text(j, "offered_version", version_number(client->version));
		json_uint(j, "offered_ciphers", client->nciphers);
		if (client->sni[0])
			jsonl_wire(w, "sni", slice_str(client->sni));
		if (client->alpn[0])
			jsonl_wire(w, "offered_alpn", slice_str(client->alpn));
	}
}

static void
put_tls(struct jsonl *w)
{
	const struct smtp_tls *tls = &w->s->tls;
	struct json *j = &w->j;

	if (tls->via == TLS_NONE)
		return;
	json_open(j, "tls", '{');
	json_text(j, "via", smtp_tls_via_name(tls->via));
	json_bool(j, "decrypted", false);
	json_bool(j, "client_hello", tls->client_hello);
	json_bool(j, "server_hello", tls->server_hello);
	json_uint(j, "client_frame", tls->client_frame);
	json_uint(j, "server_frame", tls->server_frame);
	put_tls_hello(w, tls);
	if (tls->alert_frame) {
		json_uint(j, "alert", tls->alert);
		json_text(j, "alert_name", tls_alert_name(tls->alert));
		json_uint(j, "alert_level", tls->alert_level);
		json_uint(j, "alert_frame", tls->alert_frame);
		json_text(j, "alert_by", common_role((enum stream_dir)tls->alert_dir));
	}
	json_close(j, '}');
}

void
jsonl_flow(struct jsonl *w)
{
	jsonl_record(w, "flow", w->s->stream->first_frame, w->s->stream->first_ts);
	put_flow(w);
	if (!w->s->stream->transcript)
		put_tcp(w);
	put_session(w);
	put_tls(w);
	jsonl_record_end(w);
}
