/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase D: the parameters of MAIL and RCPT, and commands of extensions.
 *
 * A parameter belongs to an extension; only what the EHLO reply in force offers
 * may be used (RFC 5321 2.2, 4.1.1.3).  Where that reply is not known, nothing is
 * said about offers.
 */
#include "smtp/checks/check.h"
#include "smtp/checks/parameter.h"

/* clang-format off */
static const struct parameter parameters[] = {
	{ "SIZE",        "SIZE",          NULL,         ON_MAIL,           VALUE_DIGITS },
	{ "BODY",        "8BITMIME",      "BINARYMIME", ON_MAIL,           VALUE_BODY },
	{ "AUTH",        "AUTH",          NULL,         ON_MAIL,           VALUE_ANY },
	{ "RET",         "DSN",           NULL,         ON_MAIL,           VALUE_RET },
	{ "ENVID",       "DSN",           NULL,         ON_MAIL,           VALUE_ENVID },
	{ "NOTIFY",      "DSN",           NULL,         ON_RCPT,           VALUE_NOTIFY },
	{ "ORCPT",       "DSN",           NULL,         ON_RCPT,           VALUE_ORCPT },
	{ "SMTPUTF8",    "SMTPUTF8",      NULL,         ON_MAIL,           VALUE_NONE },
	{ "BY",          "DELIVERBY",     NULL,         ON_MAIL,           VALUE_BY },
	{ "HOLDFOR",     "FUTURERELEASE", NULL,         ON_MAIL,           VALUE_DIGITS },
	{ "HOLDUNTIL",   "FUTURERELEASE", NULL,         ON_MAIL,           VALUE_ANY },
	{ "MT-PRIORITY", "MT-PRIORITY",   NULL,         ON_MAIL,           VALUE_PRIORITY },
	{ "RRVS",        "RRVS",          NULL,         ON_RCPT,           VALUE_ANY },
	{ "REQUIRETLS",  "REQUIRETLS",    NULL,         ON_MAIL,           VALUE_NONE },
	{ "MTRK",        "MTRK",          NULL,         ON_MAIL,           VALUE_ANY },
	{ "SUBMITTER",   "SUBMITTER",     NULL,         ON_MAIL,           VALUE_ANY },
	{ "SOLICIT",     "NO-SOLICITING", NULL,         ON_MAIL,           VALUE_ANY },
	{ "TRANSID",     "CHECKPOINT",    NULL,         ON_MAIL,           VALUE_ANY },
	{ "CONPERM",     "CONPERM",       NULL,         ON_MAIL,           VALUE_ANY },
	{ "CONNEG",      "CONNEG",        NULL,         ON_RCPT,           VALUE_ANY },
	{ "PRDR",        "PRDR",          NULL,         ON_MAIL,           VALUE_NONE },
	{ "XVERP",       "XVERP",         NULL,         ON_MAIL,           VALUE_ANY },
	{ "XOORG",       "XOORG",         NULL,         ON_MAIL,           VALUE_ANY },
	{ "XSHADOW",     "XSHADOW",       NULL,         ON_MAIL | ON_RCPT, VALUE_ANY },
	{ "XRDST",       "XRDST",         NULL,         ON_RCPT,           VALUE_ANY }
};
/* clang-format on */

const struct parameter *
parameter_find(struct slice name)
{
	size_t i;

	for (i = 0; i < sizeof parameters / sizeof parameters[0]; i++)
		if (slice_caseeq(name, parameters[i].name))
			return &parameters[i];
	return NULL;
}

/* The next word of the parameters, taken from the front. */
bool
parameter_next(struct slice *rest, struct slice *name, struct slice *value)
{
	const uint8_t *eq;
	struct slice word;
	size_t i;

	while (rest->n > 0 && (rest->p[0] == ' ' || rest->p[0] == '\t'))
		*rest = slice_from(*rest, 1);
	if (rest->n == 0)
		return false;
	for (i = 0; i < rest->n && rest->p[i] != ' ' && rest->p[i] != '\t'; i++)
		;
	word = slice_of(rest->p, i);
	*rest = slice_from(*rest, i);
	eq = memchr(word.p, '=', word.n);
	*name = eq != NULL ? slice_of(word.p, (size_t)(eq - word.p)) : word;
	*value = eq != NULL ? slice_from(word, name->n + 1) : slice_of(NULL, 0);
	return true;
}

static bool
sound(const struct smtp_unit *u)
{
	return !(u->flags & (UNIT_IN_TEXT | UNIT_GUESSED | UNIT_BAD_CHUNK)) &&
	    !(u->line.flags & (LINE_GAP | LINE_CUT | LINE_UNTERMINATED));
}

bool
takes_parameters(const struct smtp_unit *u)
{
	return u->kind == UNIT_COMMAND && (u->verb->id == VERB_MAIL || u->verb->id == VERB_RCPT) &&
	    sound(u);
}

bool
same_word(struct slice a, struct slice b)
{
	size_t i;

	for (i = 0; i < a.n && i < b.n; i++)
		if (ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
			return false;
	return a.n == b.n;
}

/* A parameter that we do not know may belong to an extension of the same name. */
static bool
in_offer(const struct smtp_ehlo *offer, struct slice name)
{
	const struct parameter *p = parameter_find(name);
	unsigned i;

	if (p != NULL)
		return smtp_ehlo_find(offer, p->keyword) != NULL ||
		    (p->other != NULL && smtp_ehlo_find(offer, p->other) != NULL);
	for (i = 0; offer != NULL && i < offer->next; i++)
		if (same_word(offer->ext[i].keyword, name))
			return true;
	return false;
}

bool
parameters_offered(const struct smtp_unit *u)
{
	struct slice rest, name, value;
	unsigned n = 0;

	if (!takes_parameters(u) || !u->ctx.caps_known)
		return false;
	for (rest = unit_params(u); parameter_next(&rest, &name, &value); n++)
		if (parameter_find(name) == NULL || !in_offer(u->ctx.ehlo, name))
			return false;
	return n > 0;
}

/* ---- what was not offered ---- */

/* An EHLO without an answer may have offered anything. */
static bool
offer_complete(
    const struct smtp_session *s, const struct smtp_unit *u, const struct smtp_ehlo **offer)
{
	if (!offer_known(s, u, offer) || u->ctx.hello_open || u->ctx.tls || s->tls.via != TLS_NONE)
		return false;
	return *offer == NULL ||
	    !((*offer)->reply->flags & (REPLY_CUT | REPLY_AFTER_GAP | REPLY_OPEN));
}

static bool
offer_masked(const struct smtp_ehlo *offer)
{
	unsigned i;

	for (i = 0; offer != NULL && i < offer->next; i++)
		if (masked_keyword(offer->ext[i].keyword))
			return true;
	return false;
}

static void
finish(struct check_ctx *c, struct finding *f, const struct smtp_unit *u,
    const struct smtp_ehlo *offer)
{
	if (offer_masked(offer))
		f->culprit = CULPRIT_PATH; /* the server may have offered it */
	if (u->meant != NULL)
		relate(f, u->meant->first.frame);
	if (offer != NULL)
		relate(f, offer->reply->first.frame);
	if (has_gap(c->s))
		lower_to(f, CONF_PROBABLE);
}

/* Commands of extensions; BDAT, AUTH and private ones have checks of their own. */
static bool
command_of_extension(const struct smtp_unit *u)
{
	return u->kind == UNIT_COMMAND &&
	    (u->verb->id == VERB_STARTTLS || u->verb->id == VERB_ETRN || u->verb->id == VERB_ATRN ||
	        u->verb->id == VERB_BURL) &&
	    sound(u);
}

static void
parameter_unadvertised(struct check_ctx *c, struct smtp_unit *u)
{
	const struct smtp_ehlo *offer;
	struct slice rest, name, value;
	struct finding *f;

	if (!command_of_extension(u) && !takes_parameters(u))
		return;
	if (u->ctx.quit != NULL || !offer_complete(c->s, u, &offer))
		return;
	if (command_of_extension(u)) {
		if (smtp_ehlo_find(offer, u->verb->keyword) == NULL)
			finish(c,
			    report_unit(c, u, "%s, which %s.", smtp_unit_name(u),
			        offer ? "the EHLO reply in force does not offer" :
			                "nothing offers without an EHLO"),
			    u, offer);
		return;
	}
	for (rest = unit_params(u); parameter_next(&rest, &name, &value);) {
		bool clear = slice_caseeq(name, "REQUIRETLS");

		if (slice_caseeq(name, "BODY") && slice_caseeq(value, "BINARYMIME"))
			continue; /* bdat-unadvertised */
		if (in_offer(offer, name) && !clear)
			continue;
		f = report_unit(c, u, "%s uses the parameter %.*s, %s.", smtp_unit_name(u),
		    TEXT(name),
		    clear && in_offer(offer, name) ?
		        "which has no meaning without TLS (RFC 8689 2)" :
		        offer ? "whose extension the EHLO reply in force does not offer" :
		                "but nothing is offered without an EHLO");
		if (parameter_find(name) == NULL)
			lower_to(f, CONF_PROBABLE); /* some keyword may define it */
		finish(c, f, u, offer);
		return;
	}
}

const struct check checks_parameter[] = {
	{ .info = { .id = "parameter-unadvertised",
	      .title = "MAIL/RCPT parameter of an extension not offered",
	      .phase = 'D',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 4.1.1.3; RFC 5321 4.1.1.11; RFC 5321 2.2; RFC 8689 2",
	      .what = "A parameter of MAIL or RCPT, or a command of an extension such as STARTTLS "
	              "or ETRN, "
	              "that the EHLO reply in force does not offer; REQUIRETLS in clear text.",
	      .why = "The server answers 555, 501 or 502, and the mail may bounce.",
	      .proof = "The EHLO reply was captured whole and lacks the keyword, or the session "
	               "was opened "
	               "with HELO.",
	      .fakes =
	          "An EHLO reply in a capture hole or inside TLS; keywords that a firewall "
	          "overwrote "
	          "(the path is the culprit then); a private parameter of an offered extension.",
	      .remedy = "Make the client look at the EHLO reply of this connection, not at a "
	                "remembered one." },
	    .by_lines = "",
	    .unit = parameter_unadvertised },
	{ .info = { .id = NULL } }
};
