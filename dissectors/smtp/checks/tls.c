/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase J: octets in clear where STARTTLS had promised none (RFC 3207 4).
 *
 * Who put them there and knowing what is told by acknowledgement numbers: a client
 * that had not received the 220 injected them or was made to; one that had goes on
 * without TLS.  Blank lines are left alone.
 */
#include "smtp/checks/check.h"

/* The first line in clear behind STARTTLS whose sender did, or did not, know the 220. */
static const struct smtp_unit *
clear_unit(const struct smtp_session *s, const struct smtp_unit *starttls, bool knowing)
{
	const struct smtp_unit *u;

	for (u = STAILQ_NEXT(starttls, link); u != NULL; u = STAILQ_NEXT(u, link)) {
		if (u->line.text.n == 0 || !in_clear(s, u) || u->line.first.ack == LEDGER_NO_ACK)
			continue;
		if (unit_knows(u, starttls->meant) == knowing)
			return u;
	}
	return NULL;
}

static void
early_hello(struct check_ctx *c, const struct smtp_unit *starttls)
{
	const struct smtp_session *s = c->s;
	const struct ledger_seg *g =
	    s->tls.client_frame ? segment_of(s, s->tls.client_frame) : NULL;
	struct finding *f;

	if (g == NULL || g->ack == LEDGER_NO_ACK || g->ack >= starttls->meant->end || g->count > 1)
		return;
	f = report_frame(c, g->frame, g->ts,
	    "An early ClientHello: it left before the 220 to STARTTLS (frame %llu) had been "
	    "received.",
	    (unsigned long long)starttls->meant->first.frame);
	f->severity = SEV_NOTE;
	relate(f, starttls->meant->first.frame);
}

static void
starttls_command_injection(struct check_ctx *c)
{
	const struct smtp_unit *st = tls_agreed_by(c->s), *u;
	struct finding *f;

	if (st == NULL || c->s->one_sided)
		return;
	u = clear_unit(c->s, st, false);
	if (u == NULL) {
		early_hello(c, st);
		return;
	}
	f = report_unit(c, u,
	    "Octets in clear behind STARTTLS: \"%.*s\" left with %lld octets of the server "
	    "received; the "
	    "220 ends at %lld. A server that keeps them executes them inside TLS.",
	    TEXT(u->line.text), (long long)u->line.first.ack, (long long)st->meant->end);
	relate(f, st->line.first.frame);
	relate(f, st->meant->first.frame);
	relate(f, c->s->tls.client_frame);
}

static void
starttls_response_injection(struct check_ctx *c)
{
	const struct smtp_unit *st = tls_agreed_by(c->s);
	const struct smtp_reply *r;
	struct finding *f;

	if (st == NULL || c->s->one_sided)
		return;
	for (r = STAILQ_NEXT(st->meant, link); r != NULL; r = STAILQ_NEXT(r, link)) {
		/* A server that gives up waiting for the handshake may say so in clear. */
		if (r->code == 421 ||
		    (r->code >= 400 && r->first.ts - st->meant->last.ts > INT64_C(1000000000)))
			continue;
		if (r->first.ack == LEDGER_NO_ACK || r->first.ack > st->end ||
		    (r->meant != NULL && r->meant->index <= st->index))
			continue;
		f = report_reply(c, r,
		    "\"%.*s\" follows the 220 to STARTTLS in clear, and its sender had received "
		    "nothing "
		    "behind STARTTLS (ack %lld, STARTTLS ends at %lld): a client that keeps it "
		    "takes it for "
		    "an answer given inside TLS.",
		    TEXT(reply_text(r)), (long long)r->first.ack, (long long)st->end);
		relate(f, st->meant->first.frame);
		relate(f, c->s->tls.server_frame);
		return;
	}
}

/* The client speaks TLS and the server answers in clear, and not with a refusal. */
static const struct smtp_reply *
clear_answer(const struct smtp_session *s, const struct smtp_unit *st)
{
	const struct smtp_reply *r;

	if (s->tls.client_frame == 0)
		return NULL;
	for (r = STAILQ_NEXT(st->meant, link); r != NULL; r = STAILQ_NEXT(r, link))
		if (r->first.ack > s->tls.start[DIR_CLIENT] && r->code >= 200 && r->code < 400)
			return r;
	return NULL;
}

static void
starttls_plaintext_after(struct check_ctx *c)
{
	const struct smtp_unit *st = tls_agreed_by(c->s), *u;
	const struct smtp_reply *r;
	struct finding *f;

	if (st == NULL || c->s->one_sided)
		return;
	u = clear_unit(c->s, st, true);
	if (u != NULL) {
		f = report_unit(c, u,
		    "The client had received the 220 to STARTTLS (frame %llu) and goes on in clear "
		    "with "
		    "\"%.*s\"; the server answers %s.",
		    (unsigned long long)st->meant->first.frame, TEXT(u->line.text),
		    u->meant ? check_text(c, "%u in clear", u->meant->code) : "nothing");
		f->culprit = CULPRIT_CLIENT;
		if (u->verb->id == VERB_QUIT)
			f->severity = SEV_WARNING; /* nothing was exposed */
		relate(f, st->meant->first.frame);
		relate(f, u->meant ? u->meant->first.frame : 0);
		return;
	}
	r = clear_answer(c->s, st);
	if (r == NULL)
		return;
	f = report_reply(c, r, "The server answers the client's TLS handshake in clear: \"%.*s\".",
	    TEXT(reply_text(r)));
	f->culprit = CULPRIT_SERVER;
	relate(f, c->s->tls.client_frame);
	relate(f, st->meant->first.frame);
}

const struct check checks_tls[] = {
	{ .info = { .id = "starttls-command-injection",
	      .title = "Plaintext bytes behind STARTTLS",
	      .phase = 'J',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_SECURITY,
	      .severity = SEV_ERROR,
	      .tier = TIER_CORE,
	      .refs = "RFC 3207 4; RFC 3207 4.2; RFC 2920 3.1; CVE-2011-0411",
	      .what = "Lines in clear behind STARTTLS, sent before its 220 had been received.",
	      .why = "An attacker puts them there: a server that does not throw its input away "
	             "executes "
	             "them as if they had come through TLS.",
	      .proof = "The segment of the line acknowledges less than the end of the 220.",
	      .fakes = "A ClientHello that comes early, which is noted; a blank line.",
	      .remedy = "Server: update it; it has to drop what it has read before the "
	                "handshake. Client: find out where the lines came from." },
	    .needs_tcp = true,
	    .session = starttls_command_injection },
	{ .info = { .id = "starttls-response-injection",
	      .title = "Server plaintext behind the 220",
	      .phase = 'J',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_SECURITY,
	      .severity = SEV_ERROR,
	      .tier = TIER_CORE,
	      .refs = "RFC 3207 4.2; RFC 3207 6; CVE-2021-38371",
	      .what = "More reply lines in clear behind the 220 to STARTTLS, without a command for "
	              "them.",
	      .why = "Somebody on the way feeds the client answers that it will read as if they "
	             "had come "
	             "through TLS.",
	      .proof = "The lines acknowledge nothing of the client behind STARTTLS.",
	      .fakes =
	          "A 220 of several lines; a server that gives up waiting (421 or a late refusal).",
	      .remedy = "Client: update it; it has to drop what it has read before the "
	                "handshake. Server: look for a proxy on the path." },
	    .needs_tcp = true,
	    .session = starttls_response_injection },
	{ .info = { .id = "starttls-plaintext-after",
	      .title = "SMTP continues in clear after 220",
	      .phase = 'J',
	      .culprit = CULPRIT_EITHER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_ERROR,
	      .tier = TIER_CORE,
	      .refs = "RFC 3207 4",
	      .what = "STARTTLS was accepted, and a side that knew it goes on without TLS.",
	      .why = "TLS was agreed and is not in use: treat what follows as exposed.",
	      .proof = "The clear octets acknowledge the 220, or answer the ClientHello.",
	      .fakes = "A refusal in clear after a handshake that failed; QUIT alone is a warning.",
	      .remedy =
	          "Correct the side that is named; look for a proxy that ends TLS on one side." },
	    .needs_tcp = true,
	    .session = starttls_plaintext_after },
	{ .info = { .id = NULL } }
};
