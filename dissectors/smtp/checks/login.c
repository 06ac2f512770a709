/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase I: whether AUTH came when it may come, and whether the lines of its exchange
 * have the form they must have (RFC 4954 4).
 */
#include "smtp/checks/check.h"
#include "smtp/sasl.h"

static bool
same_word(struct slice a, struct slice b)
{
	size_t i;

	for (i = 0; i < a.n && i < b.n; i++)
		if (ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
			return false;
	return a.n == b.n;
}

/* The mechanism is among those of the AUTH keyword; servers repeat it as "AUTH=". */
static bool
mechanism_listed(const struct smtp_ehlo *e, struct slice mechanism)
{
	struct slice list, word;
	unsigned i;

	for (i = 0; i < e->next; i++) {
		if (!slice_caseeq(e->ext[i].keyword, "AUTH"))
			continue;
		for (list = e->ext[i].params; list.n > 0; list = slice_from(list, word.n + 1)) {
			for (word = slice_of(list.p, 0);
			     word.n < list.n && list.p[word.n] > ' ' && list.p[word.n] != '=';
			     word.n++)
				;
			if (same_word(word, mechanism))
				return true;
		}
	}
	return false;
}

static const char *
out_of_order(struct check_ctx *c, const struct smtp_unit *u, bool hello)
{
	const struct smtp_context *x = &u->ctx;
	struct slice mechanism = sasl_mechanism(u);

	if (x->authenticated)
		return "although an earlier AUTH had succeeded in this session";
	if (x->mail != NULL && x->state_known)
		return "inside a mail transaction";
	if (x->greeted_known && !x->greeted && !hello)
		return "before EHLO";
	if (mechanism.n > 0 && offered(u, "AUTH") && !(x->ehlo->reply->flags & REPLY_CUT) &&
	    !mechanism_listed(x->ehlo, mechanism))
		return check_text(
		    c, "with the mechanism %.*s, which the server does not list", TEXT(mechanism));
	return NULL;
}

static void
misplaced(struct check_ctx *c, const struct smtp_unit *u, bool hello)
{
	const char *how = out_of_order(c, u, hello);
	struct finding *f;

	if (how == NULL)
		return;
	f = report_unit(c, u, "The client sent AUTH %s; the server answered %s.", how,
	    u->meant ? check_text(c, "%u", u->meant->code) : "nothing");
	relate(f, u->meant ? u->meant->first.frame : 0);
	if (u->ctx.ehlo != NULL && !u->ctx.authenticated && u->ctx.mail == NULL)
		relate(f, u->ctx.ehlo->reply->first.frame);
}

static void
auth_sequence(struct check_ctx *c)
{
	const struct smtp_unit *u;
	bool hello = false; /* one was sent, accepted or not */

	if (c->s->one_sided)
		return;
	STAILQ_FOREACH (u, &c->s->units, link) {
		hello |= u->verb->id == VERB_EHLO || u->verb->id == VERB_LHLO ||
		    u->verb->id == VERB_HELO;
		if (u->kind == UNIT_COMMAND && u->verb->id == VERB_AUTH &&
		    !(u->flags & (UNIT_GUESSED | UNIT_IN_TEXT)))
			misplaced(c, u, hello);
	}
}

static void
client_line(struct check_ctx *c, const struct smtp_unit *u)
{
	struct finding *f;

	if (u->line.flags & (LINE_CUT | LINE_GAP))
		return;
	if (u->line.flags & LINE_NOT_BASE64) {
		f = report_unit(c, u,
		    "The client's response of %s is no base64; the server answered %s. The "
		    "text is not shown.",
		    count_text(c, u->line.len, "octet"),
		    u->meant ? check_text(c, "%u", u->meant->code) : "nothing");
		f->culprit = CULPRIT_CLIENT;
		relate(f, u->meant ? u->meant->first.frame : 0);
	} else if (u->kind == UNIT_SASL && u->line.len > 12288) {
		f = report_unit(c, u,
		    "A response of %u octets; RFC 4954 4 holds 12288 to be enough.", u->line.len);
		f->culprit = CULPRIT_CLIENT;
		f->severity = SEV_NOTE;
	}
}

static void
cancelled(struct check_ctx *c, const struct smtp_unit *u)
{
	struct finding *f;

	if (u->meant == NULL || u->meant->code == 501 || u->meant->code == 421 ||
	    u->meant->code == 0 || (u->meant->flags & REPLY_UNJUDGED))
		return;
	f = report_reply(c, u->meant,
	    "The client cancelled AUTH with \"*\" (%s %llu); the answer is "
	    "%u where it must be 501%s.",
	    PLACE(c), (unsigned long long)u->line.first.frame, u->meant->code,
	    u->meant->code == 235 ? ": the server lets in whom it could not identify" : "");
	f->culprit = CULPRIT_SERVER;
	f->severity = u->meant->code == 235 ? SEV_ERROR : SEV_NOTE;
	relate(f, u->line.first.frame);
}

/* "334 GSSAPI supported" and "334 NTLM supported": old Microsoft servers, and their clients cope.
 */
static void
challenge(struct check_ctx *c, const struct smtp_reply *r)
{
	struct slice t = slice_from(reply_text(r), 4);
	struct finding *f;

	if (r->code != 334 || (r->flags & REPLY_CUT) || r->nkept == 0 ||
	    (r->lines[0].flags & (LINE_CUT | LINE_GAP)))
		return;
	while (t.n > 0 && t.p[t.n - 1] == ' ')
		t.n--;
	if (r->nlines == 1 && sasl_base64(t))
		return;
	f = report_reply(c, r,
	    "The challenge \"%.*s\" is no base64; nothing else may stand behind 334.", TEXT(t));
	f->culprit = CULPRIT_SERVER;
	if (text_contains(t, "supported"))
		f->severity = SEV_NOTE;
	relate(f, r->meant->line.first.frame);
}

static void
auth_exchange(struct check_ctx *c, struct smtp_unit *u)
{
	bool auth = u->kind == UNIT_COMMAND && u->verb->id == VERB_AUTH;

	if ((!auth && u->kind != UNIT_SASL) || (u->flags & (UNIT_GUESSED | UNIT_IN_TEXT)))
		return;
	client_line(c, u);
	if (u->kind == UNIT_SASL && slice_caseeq(u->line.text, "*"))
		cancelled(c, u);
	if (u->meant != NULL)
		challenge(c, u->meant);
}

const struct check checks_login[] = {
	{ .info = { .id = "auth-sequence",
	      .title = "AUTH at a forbidden moment",
	      .phase = 'I',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 4954 4; RFC 4954 3",
	      .what =
	          "AUTH after a login that succeeded, inside a transaction, before EHLO, or with a "
	          "mechanism that is not listed.",
	      .why = "The server has to refuse it (503, 504); the login fails although the "
	             "password may "
	             "be right.",
	      .proof = "The replies before it.",
	      .fakes = "A new attempt after a failure is right; STARTTLS starts anew.",
	      .remedy = "Correct the client." },
	    .by_lines = "",
	    .session = auth_sequence },
	{ .info = { .id = "auth-exchange",
	      .title = "SASL exchange malformed",
	      .phase = 'I',
	      .culprit = CULPRIT_EITHER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 4954 4",
	      .what = "A response or challenge that is no base64, a cancelled exchange that is not "
	              "answered 501, a response of great length.",
	      .why = "The mechanism fails with strict peers; a 235 to \"*\" lets anybody in.",
	      .proof = "The line, of which only its length is shown when it is a secret.",
	      .fakes =
	          "An empty challenge is right; \"334 GSSAPI supported\" of old servers is noted.",
	      .remedy = "Correct the side that is named." },
	    .unit = auth_exchange },
	{ .info = { .id = NULL } }
};
