/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase I: AUTH (RFC 4954) - what was given away, and the order and form of the
 * exchange.  Secrets were masked when they were read; only user names are shown.
 */
#include "smtp/checks/across.h"
#include "smtp/sasl.h"

static bool
is_auth(const struct smtp_unit *u)
{
	return u->kind == UNIT_COMMAND && (u->verb->id == VERB_AUTH || u->verb->id == VERB_XEXPS);
}

void
login_step(struct login *l, const struct smtp_unit *u)
{
	if (is_auth(u)) {
		l->auth = u;
		l->user = slice_str("");
	} else if (l->auth != NULL && l->auth->epoch != u->epoch) {
		l->auth = NULL;
	}
	if (u->user.n > 0)
		l->user = u->user;
}

static void
cleartext(struct check_ctx *c, const struct smtp_unit *u, const struct login *l)
{
	struct finding *f;

	f = report_unit(c, u,
	    u->flags & UNIT_PASSWORD ?
	        "The secret%s crossed the network in clear (AUTH %.*s)%s. It is masked here." :
	        "The response%s crossed the network in clear (AUTH %.*s)%s: passwords can be tried "
	        "against it, and the server proved nothing.",
	    l->user.n ? check_text(c, " of user \"%.*s\"", TEXT(l->user)) : "",
	    TEXT(sasl_mechanism(l->auth)),
	    offered(l->auth, "STARTTLS") ? " although STARTTLS was offered" : "");
	if (f->count > 1)
		return;
	if (u->line.last.frame != u->line.first.frame)
		relate(f, u->line.last.frame);
	relate(f, l->auth->line.first.frame);
	if (!(u->flags & UNIT_PASSWORD))
		f->severity = SEV_NOTE;
	else if (on_loopback(c->s))
		f->severity = SEV_WARNING;
}

/* Passwords first, so that the finding speaks of the worst. */
static void
auth_cleartext(struct check_ctx *c)
{
	static const unsigned kinds[] = { UNIT_PASSWORD, UNIT_GUESSABLE };
	const struct smtp_unit *u;
	size_t i;

	for (i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		struct login l = { 0 };

		STAILQ_FOREACH (u, &c->s->units, link) {
			login_step(&l, u);
			if ((u->flags & kinds[i]) && !(u->flags & UNIT_IN_TEXT) && l.auth != NULL &&
			    in_clear(c->s, u))
				cleartext(c, u, &l);
		}
	}
}

/* The line of an EHLO reply that offers a mechanism with the password in it. */
static const struct smtp_line *
plain_offer(const struct smtp_reply *r)
{
	uint32_t i;

	for (i = 1; i < r->nkept; i++) {
		struct slice t = slice_from(r->lines[i].text, 4);

		if (slice_caseprefix(t, "AUTH") && t.n > 4 && (t.p[4] == ' ' || t.p[4] == '=') &&
		    (text_contains(t, " PLAIN") || text_contains(t, " LOGIN") ||
		        text_contains(t, "=PLAIN") || text_contains(t, "=LOGIN")))
			return &r->lines[i];
	}
	return NULL;
}

static void
auth_offered_in_clear(struct check_ctx *c)
{
	const struct smtp_ehlo *e;
	const struct smtp_line *l;
	struct finding *f;

	STAILQ_FOREACH (e, &c->s->ehlos, link) {
		l = in_clear(c->s, e->unit) ? plain_offer(e->reply) : NULL;
		if (l == NULL)
			continue;
		f = report_frame(c, l->first.frame, l->first.ts,
		    "The server offers \"%.*s\" before TLS; STARTTLS is %s offered.", TEXT(l->text),
		    smtp_ehlo_find(e, "STARTTLS") ? "also" : "not");
		f->confidence = reply_confidence(c->s, e->reply);
		if (in_private(c->s))
			f->severity = SEV_NOTE;
		return;
	}
}

bool
login_refused(const struct smtp_unit *u)
{
	return (is_auth(u) || u->kind == UNIT_SASL) && u->meant != NULL &&
	    (u->meant->code == 535 || u->meant->code == 534 || u->meant->code == 454);
}

static bool
same_user(struct slice a, struct slice b)
{
	return a.n == 0 || b.n == 0 || slice_eq(a, b);
}

static void
auth_bruteforce(struct check_ctx *c)
{
	enum { MANY = 3, SURELY = 5 };
	const struct smtp_unit *u, *third = NULL;
	struct slice user = slice_str("");
	struct login l = { 0 };
	unsigned failures = 0;
	bool several = false;
	struct finding *f;

	STAILQ_FOREACH (u, &c->s->units, link) {
		login_step(&l, u);
		if (!login_refused(u))
			continue;
		several |= !same_user(user, l.user);
		if (user.n == 0)
			user = l.user;
		if (++failures == MANY)
			third = u;
	}
	if (third == NULL) {
		auth_bruteforce_across(c);
		return;
	}
	f = report_reply(c, third->meant, "%u logins failed in this connection; %s%s.", failures,
	    several    ? "several user names were tried, the first one \"" :
	        user.n ? "all for \"" :
	                 "no user name can be told",
	    user.n ? check_text(c, "%.*s\"", TEXT(user)) : "");
	if (!several && failures < SURELY)
		f->severity = SEV_NOTE; /* a wrong password in a client that keeps trying */
}

static uint16_t
server_port(const struct smtp_session *s)
{
	return smtp_half(s, DIR_SERVER)->ep.port;
}

static void
submission_without_auth(struct check_ctx *c, struct smtp_transaction *t)
{
	const struct smtp_rcpt *r;
	struct finding *f;

	if (server_port(c->s) != 587 || t->mail->ctx.authenticated || !in_clear(c->s, t->mail) ||
	    c->s->stream->midstream || has_gap(c->s) || unit_class(t->mail) != 2)
		return;
	STAILQ_FOREACH (r, &t->rcpts, link) {
		if (!r->accepted || r->unit->ctx.authenticated)
			continue;
		f = report_reply(c, r->reply,
		    "The submission port accepted the recipient \"%.*s\" of \"%.*s\" without AUTH.",
		    TEXT(r->addr), TEXT(t->sender));
		relate(f, t->mail->line.first.frame);
		lower_to(f, CONF_PROBABLE); /* the address may be trusted */
		if (in_private(c->s))
			f->severity = SEV_NOTE;
		return;
	}
}

const struct check checks_auth[] = {
	{ .info = { .id = "auth-cleartext",
	      .title = "Password sent in the clear",
	      .phase = 'I',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_SECURITY,
	      .severity = SEV_ERROR,
	      .tier = TIER_CORE,
	      .refs = "RFC 4954 4; RFC 8314",
	      .what = "AUTH with a password or a token in it, outside TLS.",
	      .why = "Everybody on the way can read it and log in with it.",
	      .proof = "The response of PLAIN, LOGIN or a bearer mechanism stands in the capture.",
	      .fakes =
	          "A name without a password; challenge and response mechanisms, which are only "
	          "noted; connections within one host, which are a warning.",
	      .remedy =
	          "Client: change the password, and use TLS. Server: offer AUTH inside TLS only." },
	    .by_lines = "",
	    .once = true,
	    .session = auth_cleartext },
	{ .info = { .id = "auth-offered-in-clear",
	      .title = "Plaintext mechanisms advertised before TLS",
	      .phase = 'I',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_SECURITY,
	      .severity = SEV_WARNING,
	      .tier = TIER_SECOND,
	      .refs = "RFC 4954 4",
	      .what = "PLAIN or LOGIN in the AUTH line of an EHLO reply outside TLS.",
	      .why = "Clients take the offer and send their password in clear.",
	      .proof = "The line itself.",
	      .fakes = "Both ends in private networks, which is only noted.",
	      .remedy = "Offer AUTH only after STARTTLS." },
	    .by_lines = "",
	    .session = auth_offered_in_clear },
	{ .info = { .id = "auth-bruteforce",
	      .title = "Repeated failed logins",
	      .phase = 'I',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_SECURITY,
	      .severity = SEV_WARNING,
	      .tier = TIER_SECOND,
	      .refs = "RFC 4954 6",
	      .what = "Three or more logins refused in one connection, or five of one client "
	              "address within ten minutes.",
	      .why = "Somebody tries passwords, or a client was set up with a wrong one.",
	      .proof = "The refusals (535, 534, 454) and the user names before them.",
	      .fakes = "One user name and few attempts: noted as a wrong password.",
	      .remedy = "Server: slow the source down or block it. Client: check the account." },
	    .across = true,
	    .session = auth_bruteforce },
	{ .info = { .id = "submission-without-auth",
	      .title = "Mail accepted on 587/465 without AUTH",
	      .phase = 'I',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_SECURITY,
	      .severity = SEV_WARNING,
	      .tier = TIER_LATER,
	      .refs = "RFC 6409 4.3",
	      .what = "A recipient accepted on port 587, in clear, before any 235.",
	      .why = "Anybody may be able to send mail through this server.",
	      .proof =
	          "The whole dialogue up to the recipient is in the capture and holds no login.",
	      .fakes = "Servers that trust addresses; TLS, behind which AUTH is not seen.",
	      .remedy = "Require AUTH on the submission port." },
	    .by_lines = "",
	    .once = true,
	    .tx = submission_without_auth },
	{ .info = { .id = NULL } }
};
