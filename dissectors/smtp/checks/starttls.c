/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase J: mail in clear although the server offers TLS, or after it refused it.
 * Phase C: an offer that was there and is gone.
 *
 * Offers are compared within one connection here, and with those of earlier
 * connections in across_tls.c.
 */
#include "smtp/checks/across.h"

bool
is_starttls(const struct smtp_unit *u)
{
	return u->kind == UNIT_COMMAND &&
	    (u->verb->id == VERB_STARTTLS || u->verb->id == VERB_XANONYMOUSTLS);
}

bool
mail_in_clear(const struct smtp_session *s, const struct smtp_unit *u)
{
	return u->kind == UNIT_COMMAND && u->verb->id == VERB_MAIL && in_clear(s, u) &&
	    !(u->flags & (UNIT_GUESSED | UNIT_IN_TEXT));
}

static const struct smtp_unit *
login_of(const struct smtp_session *s)
{
	const struct smtp_unit *u;

	STAILQ_FOREACH (u, &s->units, link)
		if (u->kind == UNIT_COMMAND &&
		    (u->verb->id == VERB_AUTH || u->verb->id == VERB_XEXPS))
			return u;
	return NULL;
}

/* Mail in clear before any STARTTLS. */
static void
starttls_not_used(struct check_ctx *c)
{
	const struct smtp_unit *u, *login = login_of(c->s);
	bool submission = smtp_half(c->s, DIR_SERVER)->ep.port == 587;
	struct finding *f;

	if (on_loopback(c->s))
		return;
	STAILQ_FOREACH (u, &c->s->units, link) {
		if (is_starttls(u))
			return;
		if (!mail_in_clear(c->s, u) || !offered(u, "STARTTLS"))
			continue;
		if (login == NULL && u->meant != NULL && u->meant->code == 530)
			continue; /* the server insists on TLS: no mail passes */
		f = report_unit(c, u,
		    "The server offers STARTTLS (%s %llu), and the client sends mail in "
		    "clear%s.",
		    PLACE(c), (unsigned long long)u->ctx.ehlo->reply->first.frame,
		    login != NULL  ? ", its login included" :
		        submission ? " on the submission port" :
		                     "");
		if (f->count > 1)
			continue;
		if (login != NULL || submission)
			f->severity = SEV_WARNING;
		relate(f, u->ctx.ehlo->reply->first.frame);
		relate(f, login != NULL ? login->line.first.frame : 0);
	}
}

static void
starttls_refused_continue(struct check_ctx *c)
{
	const struct smtp_unit *u, *st = NULL;
	struct finding *f;

	if (tls_agreed_by(c->s) != NULL)
		return;
	starttls_fallback_across(c);
	STAILQ_FOREACH (u, &c->s->units, link) {
		if (is_starttls(u))
			st = u;
		if (st == NULL || unit_class(st) < 4 || !mail_in_clear(c->s, u) ||
		    !unit_knows(u, st->meant))
			continue;
		f = report_unit(c, u,
		    "STARTTLS was refused with \"%.*s\" (%s %llu); the client sends the mail in "
		    "clear.",
		    TEXT(reply_text(st->meant)), PLACE(c),
		    (unsigned long long)st->meant->first.frame);
		if (f->count > 1)
			continue;
		relate(f, st->meant->first.frame);
		relate(f, st->line.first.frame);
	}
}

/* The state was reset between the two lists: they need not agree. */
static bool
started_anew(const struct smtp_unit *from, const struct smtp_unit *to)
{
	for (; from != NULL && from != to; from = STAILQ_NEXT(from, link))
		if (from->meant != NULL && from->meant->code == 220 &&
		    (is_starttls(from) || from->verb->id == VERB_XCLIENT))
			return true;
	return false;
}

/* A keyword of X characters only: a device on the path has overwritten it. */
bool
keyword_masked(const struct smtp_ehlo *e)
{
	unsigned i;
	size_t k;

	for (i = 0; i < e->next; i++) {
		for (k = 0; k < e->ext[i].keyword.n && ascii_lower(e->ext[i].keyword.p[k]) == 'x';
		     k++)
			;
		if (k >= 4)
			return true;
	}
	return false;
}

static void
vanished(
    struct check_ctx *c, const struct smtp_ehlo *e, const struct smtp_ehlo *n, const char *keyword)
{
	struct finding *f;

	if (smtp_ehlo_find(e, keyword) == NULL || smtp_ehlo_find(n, keyword) != NULL)
		return;
	f = report_reply(c, n->reply, "%s was offered in %s %llu and is not in this list.", keyword,
	    PLACE(c), (unsigned long long)e->reply->first.frame);
	if (strcmp(keyword, "STARTTLS") == 0)
		f->severity = SEV_ERROR;
	lower_to(f, CONF_PROBABLE); /* a server may have its reasons */
	relate(f, e->reply->first.frame);
}

static void
starttls_vanished(struct check_ctx *c)
{
	const struct smtp_ehlo *e, *n;

	starttls_vanished_across(c);
	STAILQ_FOREACH (e, &c->s->ehlos, link) {
		n = STAILQ_NEXT(e, link);
		if (n == NULL || e->unit->epoch != n->unit->epoch || !in_clear(c->s, n->unit) ||
		    started_anew(e->unit, n->unit) || n->unit->ctx.authenticated ||
		    keyword_masked(n) || !list_whole(e->reply) || !list_whole(n->reply))
			continue;
		vanished(c, e, n, "STARTTLS");
		vanished(c, e, n, "AUTH");
	}
}

const struct check checks_vanished[] = {
	{ .info = { .id = "starttls-vanished",
	      .title = "STARTTLS/AUTH offered once, gone later or elsewhere",
	      .phase = 'C',
	      .culprit = CULPRIT_PATH,
	      .kind = CHECK_SECURITY,
	      .severity = SEV_WARNING,
	      .tier = TIER_LATER,
	      .refs = "RFC 3207 6; RFC 3207 4.2",
	      .what = "Two EHLO replies in clear of one connection, of which the second lacks "
	              "STARTTLS or AUTH; or a server that offered STARTTLS to this client in an "
	              "earlier connection and does not now.",
	      .why = "Taking the offer out of the reply is how TLS is stripped.",
	      .proof = "Both lists were captured whole.",
	      .fakes =
	          "Lists behind STARTTLS, XCLIENT or a login may differ; members of a farm greet "
	          "with other names, which is only noted; a server that was set up anew.",
	      .remedy =
	          "Compare with a capture at the server; look for a device that rewrites SMTP." },
	    .across = true,
	    .needs_tcp = true,
	    .session = starttls_vanished },
	{ .info = { .id = NULL } }
};

const struct check checks_starttls[] = {
	{ .info = { .id = "starttls-not-used",
	      .title = "STARTTLS offered but mail sent in clear",
	      .phase = 'J',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_SECURITY,
	      .severity = SEV_NOTE,
	      .tier = TIER_CORE,
	      .refs = "RFC 3207 6; RFC 8314",
	      .what = "MAIL in clear to a server whose EHLO reply offers STARTTLS.",
	      .why = "Everybody on the way can read the mail, and the login if there is one.",
	      .proof = "The offer and the MAIL behind it.",
	      .fakes =
	          "Connections within one host; a MAIL that the server refuses for want of TLS "
	          "(530).",
	      .remedy = "Turn TLS on in the client." },
	    .by_lines = "",
	    .once = true,
	    .session = starttls_not_used },
	{ .info = { .id = "starttls-refused-continue",
	      .title = "STARTTLS failed, client fell back to clear",
	      .phase = 'J',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_SECURITY,
	      .severity = SEV_WARNING,
	      .tier = TIER_SECOND,
	      .refs = "RFC 3207 4; RFC 3207 6",
	      .what =
	          "STARTTLS was refused and the client, knowing it, sent the mail in clear; or it "
	          "did so in a new connection within a minute after TLS had failed.",
	      .why = "TLS that is used only when it works can be turned off by anybody on the way.",
	      .proof =
	          "The refusal, and MAIL acknowledging it; in a new connection the same addresses "
	          "and the same name in EHLO.",
	      .fakes =
	          "A client that tries again and succeeds; several clients behind one address.",
	      .remedy =
	          "Server: find out why it refuses. Client: require TLS where the mail must be private." },
	    .across = true,
	    .by_lines = "",
	    .once = true,
	    .session = starttls_refused_continue },
	{ .info = { .id = NULL } }
};
