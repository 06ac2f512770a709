/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase J: how the TLS handshake went, as far as its records show from outside.
 * Phase B: TLS on one side and clear text on the other.
 *
 * Behind ServerHello TLS 1.3 hides its alerts; then only the sizes of records and
 * the close are left, and nothing that rests on them is called certain.
 */
#include "smtp/checks/check.h"
#include "tls/tls.h"

#define SECOND INT64_C(1000000000)

static const char *
cause_of(uint8_t alert)
{
	static const struct {
		uint8_t alert;
		const char *text;
	} rows[] = { { 40, "the two sides have no cipher suite in common" },
		{ 42, "the certificate is broken or its signature wrong" },
		{ 43, "the kind of certificate is not supported" },
		{ 44, "the certificate was revoked" }, { 45, "the certificate has expired" },
		{ 46, "the certificate was not accepted" },
		{ 48, "the certificate's issuer is not trusted" },
		{ 49, "the certificate is good but access is denied" },
		{ 51, "a signature or Finished did not verify: keys or the message were altered" },
		{ 70, "no version of TLS in common" },
		{ 71, "what was offered is too weak for the other side" },
		{ 80, "the program failed inside; see its log" },
		{ 86, "a client fell back to an older version without need" },
		{ 112, "the server does not know the name asked for" },
		{ 116, "a client certificate is required" } };
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].alert == alert)
			return rows[i].text;
	return "see the log of the side that sent it";
}

/* "offered up to TLS 1.3 and 30 suites, asked for mx.example.net; the server chose TLS 1.2" */
static const char *
hellos(struct check_ctx *c)
{
	const struct tls_side *cl = c->s->tls.side[DIR_CLIENT], *v = c->s->tls.side[DIR_SERVER];

	if (cl == NULL || cl->hello.frame == 0)
		return "no ClientHello was sent";
	return check_text(c, "the client offered up to %s and %u suites%s%s; %s",
	    tls_version_name(cl->version), cl->nciphers, cl->sni[0] ? ", asking for " : "", cl->sni,
	    v == NULL || v->hello.frame == 0 ? "no ServerHello came" :
	                                       check_text(c, "the server chose %s and suite 0x%04x",
	                                           tls_version_name(v->version), v->cipher));
}

static void
relate_hellos(const struct smtp_session *s, struct finding *f)
{
	const struct tls_side *cl = s->tls.side[DIR_CLIENT], *v = s->tls.side[DIR_SERVER];

	relate(f, cl != NULL ? cl->hello.frame : 0);
	relate(f, v != NULL ? v->hello.frame : 0);
}

static bool
failed_by_alert(struct check_ctx *c)
{
	const struct smtp_tls *tls = &c->s->tls;
	const struct tls_side *t = tls->alert_frame ? tls->side[tls->alert_dir] : NULL;
	struct finding *f;

	/* A warning is not the end of the handshake, and close_notify is not its failure. */
	if (t == NULL || tls->alert == 0 || tls->alert == 90 ||
	    (tls->alert_level != 2 && !c->a->over))
		return false;
	f = report_frame(c, tls->alert_frame, t->alert.at.ts,
	    "The %s ended the handshake with %s (alert %u): %s; %s.",
	    tls->alert_dir == DIR_CLIENT ? "client" : "server", tls_alert_name(tls->alert),
	    tls->alert, cause_of(tls->alert), hellos(c));
	relate_hellos(c->s, f);
	return true;
}

/* The server answers the ClientHello with a refusal in clear. */
static bool
failed_in_clear(struct check_ctx *c)
{
	const struct smtp_reply *r;
	struct finding *f;

	if (c->s->tls.client_frame == 0 || c->s->tls.via != TLS_STARTTLS)
		return false;
	STAILQ_FOREACH (r, &c->s->replies, link) {
		if (r->code < 400 || r->first.ack == LEDGER_NO_ACK ||
		    r->first.ack <= c->s->tls.start[DIR_CLIENT])
			continue;
		f = report_reply(c, r,
		    "The server answered the ClientHello in clear with \"%.*s\"; %s.",
		    TEXT(reply_text(r)), hellos(c));
		f->culprit = CULPRIT_SERVER;
		relate_hellos(c->s, f);
		return true;
	}
	return false;
}

/* An encrypted record too short for a Finished, and nothing behind it: most likely an alert. */
static bool
short_record(const struct tls_side *t)
{
	return t != NULL &&
	    ((t->last_type == 23 && t->last_len < TLS_FINISHED_MIN) ||
	        (t->last_type == 21 && t->last_len > 2));
}

static const struct ledger_seg *
first_end(const struct smtp_session *s)
{
	const struct ledger_seg *a = first_close(s, DIR_CLIENT), *b = first_close(s, DIR_SERVER);

	if (a == NULL || b == NULL)
		return a != NULL ? a : b;
	return a->frame < b->frame ? a : b;
}

static void
failed_by_close(struct check_ctx *c)
{
	const struct tls_side *cl = c->s->tls.side[DIR_CLIENT], *v = c->s->tls.side[DIR_SERVER];
	const struct ledger_seg *g = first_end(c->s);
	bool by_server, thirteen = v != NULL && v->version == TLS_1_3;
	struct finding *f;

	if (g == NULL)
		return;
	by_server = smtp_role(c->s, g) == DIR_SERVER;
	f = report_frame(c, g->frame, g->ts,
	    "The %s closed with %s before the handshake was complete; %s%s.",
	    by_server ? "server" : "client", g->flags & TCP_RST ? "RST" : "FIN", hellos(c),
	    short_record(by_server ? v : cl) ?
	        check_text(c, "; its last record, of %u octets, is most likely an encrypted alert",
	            (by_server ? v : cl)->last_len) :
	        "");
	if (cl == NULL) {
		f->severity = SEV_WARNING; /* it was not even tried */
		f->culprit = by_server ? CULPRIT_SERVER : CULPRIT_CLIENT;
	}
	if (thirteen)
		lower_to(f, CONF_PROBABLE);
	relate(f, short_record(by_server ? v : cl) ? (by_server ? v : cl)->last.frame : 0);
	relate_hellos(c->s, f);
}

static void
tls_handshake_failed(struct check_ctx *c)
{
	const struct tls_side *cl = c->s->tls.side[DIR_CLIENT], *v = c->s->tls.side[DIR_SERVER];
	const struct smtp_unit *st = tls_agreed_by(c->s);
	struct finding *f;

	if ((st == NULL && c->s->tls.via != TLS_IMPLICIT) || c->s->stream->midstream ||
	    c->s->one_sided || c->s->limited || tls_complete(cl, v))
		return;
	if (failed_by_alert(c) || failed_in_clear(c))
		return;
	/* Clear text behind the 220 is another matter, and holes may hide the end of the handshake.
	 */
	if ((st != NULL && c->s->tls.start[DIR_CLIENT] < 0) || has_gap(c->s) ||
	    (cl != NULL && (cl->lost || cl->foreign.frame)) ||
	    (v != NULL && (v->lost || v->foreign.frame)) ||
	    c->s->gap_octets[0] + c->s->gap_octets[1] > 0)
		return;
	if (c->a->over) {
		failed_by_close(c);
	} else if (cl != NULL && v == NULL && c->s->stream->last_ts - cl->hello.ts >= 30 * SECOND) {
		f = report_frame(c, cl->first.frame, cl->first.ts,
		    "No answer to the ClientHello for %.0f s.",
		    (double)(c->s->stream->last_ts - cl->first.ts) / 1e9);
		lower_to(f, CONF_PROBABLE);
	}
}

static void
tls_old_version(struct check_ctx *c)
{
	const struct tls_side *v = c->s->tls.side[DIR_SERVER];
	const char *weak;
	struct finding *f;
	bool old;

	if (v == NULL || v->hello.frame == 0)
		return;
	old = v->version != 0 && v->version < TLS_1_2;
	weak = v->hello_cut ? NULL : tls_cipher_weakness(v->cipher);
	if (!old && weak == NULL)
		return;
	f = report_frame(c, v->hello.frame, v->hello.ts,
	    "The server chose %s%s and suite 0x%04x%s%s.", tls_version_name(v->version),
	    old ? ", which is no longer to be used," : "", v->cipher, weak ? ": " : "",
	    weak ? weak : "");
	/* Between mail servers TLS without certificates is better than none (RFC 7435). */
	if (!old && strcmp(weak, "anonymous") == 0)
		f->severity = SEV_NOTE;
	relate_hellos(c->s, f);
}

/* The client speaks TLS, the server does not. */
static void
client_alone(struct check_ctx *c)
{
	const struct tls_side *cl = c->s->tls.side[DIR_CLIENT];
	const struct smtp_reply *r = STAILQ_FIRST(&c->s->replies), *n;
	struct finding *f;

	for (n = r; n != NULL; n = STAILQ_NEXT(n, link))
		if (n->first.ack != LEDGER_NO_ACK && n->first.ack > c->s->tls.start[DIR_CLIENT])
			r = n;
	f = report_frame(c, cl->first.frame, cl->first.ts,
	    "The client begins a TLS handshake without STARTTLS, and the server speaks SMTP in "
	    "clear "
	    "(\"%.*s\")%s%s.",
	    TEXT(reply_text(r)), cl->sni[0] ? "; the client asks for " : "", cl->sni);
	relate(f, r->first.frame);
	relate(f, STAILQ_FIRST(&c->s->replies)->first.frame);
}

static void
server_alone(struct check_ctx *c)
{
	const struct tls_side *v = c->s->tls.side[DIR_SERVER];
	const struct smtp_unit *u;
	struct finding *f;

	f = report_frame(c, v->first.frame, v->first.ts,
	    "The server answers with a TLS record%s where the client speaks SMTP in clear: this "
	    "port "
	    "expects TLS from the first octet.",
	    v->alert.at.frame ? check_text(c, " (alert %s)", tls_alert_name(v->alert.description)) :
	                        "");
	f->culprit = CULPRIT_CLIENT;
	STAILQ_FOREACH (u, &c->s->units, link)
		relate(f, u->line.first.frame);
}

/* Port 465: a client without TLS waits for the banner, and the server for a ClientHello. */
static void
both_wait(struct check_ctx *c)
{
	const struct stream *st = c->s->stream;
	const struct ledger_seg *g = first_end(c->s);
	int64_t until = g != NULL ? g->ts : st->last_ts;
	struct finding *f;

	if (smtp_half(c->s, DIR_SERVER)->ep.port != 465 || !st->handshake ||
	    st->half[0].octets + st->half[1].octets > 0 || until - st->first_ts < 10 * SECOND)
		return;
	f = report_frame(c, g != NULL ? g->frame : st->last_frame, until,
	    "Neither side said a word for %.0f s: it seems that the client waits for a greeting "
	    "and the "
	    "server for a ClientHello.",
	    (double)(until - st->first_ts) / 1e9);
	lower_to(f, CONF_POSSIBLE);
}

static void
tls_port_mismatch(struct check_ctx *c)
{
	const struct smtp_tls *tls = &c->s->tls;

	/* STARTTLS may stand in a hole. */
	if (c->s->stream->midstream || c->s->one_sided || has_gap(c->s) ||
	    tls_agreed_by(c->s) != NULL)
		return;
	if (tls->via == TLS_IMPLICIT && tls->side[DIR_CLIENT] != NULL &&
	    tls->side[DIR_SERVER] == NULL) {
		if (!STAILQ_EMPTY(&c->s->replies))
			client_alone(c);
	} else if (tls->via == TLS_NONE && tls->side[DIR_SERVER] != NULL) {
		server_alone(c);
	} else {
		both_wait(c);
	}
}

const struct check checks_tls_port[] = {
	{ .info = { .id = "tls-port-mismatch",
	      .title = "TLS where plaintext is expected, or the reverse",
	      .phase = 'B',
	      .culprit = CULPRIT_EITHER,
	      .kind = CHECK_INTEROP,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 8314 3.3; RFC 3207 4",
	      .what = "One side speaks TLS from the first octet and the other speaks SMTP in "
	              "clear, or on "
	              "port 465 both wait for each other.",
	      .why = "No mail passes until the client's settings are changed.",
	      .proof = "A ClientHello without STARTTLS on one side, replies in clear on the other.",
	      .fakes = "A handshake that succeeds: then this port speaks TLS, whatever its number.",
	      .remedy = "Client: choose \"SSL/TLS\" for port 465 and \"STARTTLS\" for 587 and "
	                "25." },
	    .needs_tcp = true,
	    .any_protocol = true,
	    .session = tls_port_mismatch },
	{ .info = { .id = NULL } }
};

const struct check checks_handshake[] = {
	{ .info = { .id = "tls-handshake-failed",
	      .title = "TLS negotiation failed",
	      .phase = 'J',
	      .culprit = CULPRIT_EITHER,
	      .kind = CHECK_INTEROP,
	      .severity = SEV_ERROR,
	      .tier = TIER_CORE,
	      .refs = "RFC 3207 6; RFC 8446 6.2; RFC 5246 7.2.2",
	      .what = "An alert, a refusal in clear or a close before both sides had finished the "
	              "handshake.",
	      .why = "No mail passes through this connection; the client tries again, in clear "
	             "perhaps.",
	      .proof =
	          "An alert in clear, or the end of the connection without the records that end a "
	          "handshake.",
	      .fakes = "Holes in the capture; TLS 1.3, whose alerts are encrypted: its records are "
	               "judged "
	               "by size, and that is never certain.",
	      .remedy = "The alert names the cause: versions, cipher suites, the certificate or "
	                "its name." },
	    .needs_tcp = true,
	    .session = tls_handshake_failed },
	{ .info = { .id = "tls-old-version",
	      .title = "TLS < 1.2 or weak suite negotiated",
	      .phase = 'J',
	      .culprit = CULPRIT_EITHER,
	      .kind = CHECK_SECURITY,
	      .severity = SEV_WARNING,
	      .tier = TIER_SECOND,
	      .refs = "RFC 8996 4; RFC 8996 5; RFC 9325 3.1.1; RFC 9325 4.1; RFC 7465 2",
	      .what =
	          "A ServerHello that chooses TLS 1.1 or older, or a cipher suite that is broken.",
	      .why = "The encryption can be undone by those who want to.",
	      .proof = "Version and suite in the ServerHello.",
	      .fakes =
	          "TLS 1.3 writes 1.2 in the old field: supported_versions counts. Suites without "
	          "certificate between mail servers are only noted.",
	      .remedy = "Update the older side; until then this is still better than clear text." },
	    .needs_tcp = true,
	    .session = tls_old_version },
	{ .info = { .id = NULL } }
};
