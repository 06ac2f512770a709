/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase C: what the client calls itself, and what it is refused although offered.
 */
#include "smtp/checks/check.h"
#include "smtp/mailbox.h"

enum { HOST_MAX = 255 }; /* octets of a domain (RFC 5321 4.5.3.1.2) */

static bool
has_8bit(struct slice t)
{
	size_t i;

	for (i = 0; i < t.n; i++)
		if (t.p[i] >= 0x80)
			return true;
	return false;
}

/* "my_pc.example.org", "mx.example.org.": against the grammar of RFC 5321 4.1.2, yet names that
 * hosts have, and that most servers take. */
static bool
host_like(struct slice name)
{
	uint8_t plain[HOST_MAX];
	size_t i;

	if (name.n > 1 && name.p[name.n - 1] == '.')
		name.n--;
	if (name.n > HOST_MAX)
		return false;
	for (i = 0; i < name.n; i++)
		plain[i] = name.p[i] == '_' ? 'x' : name.p[i];
	return domain_fault(slice_of(plain, name.n)) == NULL;
}

/* The rule that the argument breaks, or NULL; *note: it is one that peers live with. */
static const char *
argument_fault(const struct smtp_unit *u, bool *note)
{
	struct slice arg = trimmed(u->arg), name = first_word(arg);
	const char *fault;

	*note = false;
	if (name.n == 0)
		return "the host name is missing";
	if (has_8bit(name))
		return "a host name here has to be ASCII (RFC 6531 3.7.1)";
	if (name.p[0] == '[') {
		fault = literal_fault(name);
		if (fault != NULL)
			return fault;
		*note = true;
		if (u->verb->id == VERB_HELO)
			return "HELO takes a domain, not an address literal";
		return name.n < arg.n ? "text follows the address literal" : NULL;
	}
	if (is_ip_address(name))
		return "an address has to stand in brackets";
	fault = domain_fault(name);
	*note = fault == NULL || (unit_class(u) == 2 && host_like(name));
	if (fault != NULL)
		return fault;
	if (name.n < arg.n)
		return "text follows the host name";
	return memchr(name.p, '.', name.n) == NULL ? "the name is not fully qualified" : NULL;
}

static void
ehlo_argument(struct check_ctx *c, struct smtp_unit *u)
{
	const char *fault;
	struct finding *f;
	bool note;

	if (!says_hello(u))
		return;
	fault = argument_fault(u, &note);
	if (fault == NULL)
		return;
	f = report_unit(c, u, "\"%.*s\": %s%s.", TEXT(u->line.text), fault,
	    unit_class(u) == 5 ? "; the server refused it" : "");
	if (note)
		f->severity = SEV_NOTE;
	if (u->meant != NULL)
		relate(f, u->meant->first.frame);
}

/* The keyword that promises this command. */
static const char *
promise_of(const struct smtp_verb *v)
{
	switch (v->id) {
	case VERB_HELP:
	case VERB_VRFY:
	case VERB_EXPN:
	case VERB_TURN:
	case VERB_SEND:
	case VERB_SOML:
	case VERB_SAML:
		return v->name;
	default:
		return v->keyword;
	}
}

static bool
sound_command(const struct smtp_unit *u)
{
	return (u->kind == UNIT_COMMAND || u->kind == UNIT_CHUNK) && u->line.len <= 512 &&
	    !(u->flags & (UNIT_BAD_CHUNK | UNIT_CHUNK_SHORT | UNIT_IN_TEXT | UNIT_GUESSED)) &&
	    !(u->line.flags &
	        (LINE_BARE_LF | LINE_BARE_CR | LINE_NUL | LINE_CONTROL | LINE_8BIT | LINE_CUT |
	            LINE_GAP | LINE_UNTERMINATED)) &&
	    (u->arg.n > 0 || !(u->verb->id == VERB_AUTH || u->verb->id == VERB_ETRN));
}

static void
capability_refused(struct check_ctx *c, struct smtp_unit *u)
{
	const char *keyword = promise_of(u->verb);
	struct finding *f;

	if (u->meant != NULL && u->meant->code == 555 && parameters_offered(u) && !has_gap(c->s)) {
		f = report_reply(c, u->meant,
		    "The EHLO reply offers every parameter of \"%.*s\", which is answered "
		    "\"%.*s\".",
		    TEXT(u->line.text), TEXT(reply_text(u->meant)));
		lower_to(f, CONF_PROBABLE); /* a value may be what it does not take */
		relate(f, u->line.first.frame);
		relate(f, u->ctx.ehlo->reply->first.frame);
		return;
	}
	if (keyword == NULL || u->meant == NULL ||
	    (u->meant->code != 500 && u->meant->code != 502) || !sound_command(u) ||
	    !offered(u, keyword) || has_gap(c->s))
		return;
	f = report_reply(c, u->meant, "The EHLO reply offers %s; %s is answered \"%.*s\".", keyword,
	    smtp_unit_name(u), TEXT(reply_text(u->meant)));
	if (u->reply != u->meant)
		lower_to(f, CONF_PROBABLE);
	relate(f, u->line.first.frame);
	relate(f, u->ctx.ehlo->reply->first.frame);
}

const struct check checks_hello[] = {
	{ .info = { .id = "ehlo-argument",
	      .title = "HELO/EHLO argument missing or invalid",
	      .phase = 'C',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 4.1.1.1; RFC 5321 4.1.2; RFC 5321 4.1.3; RFC 5321 2.3.5; RFC 6531 "
	              "3.7.1",
	      .what =
	          "A HELO, EHLO or LHLO without a host name, or with one that breaks the "
	          "grammar. A name without a dot, or a literal behind HELO, is only noted; so is "
	          "one that is wrong by an underscore or a dot at its end alone, if the server "
	          "took it.",
	      .why = "Many servers refuse such clients, at once or at RCPT.",
	      .proof = "The command line itself.",
	      .fakes = "A line that was cut by the capture.",
	      .remedy = "Set the client's host name to its full name in the DNS, or use an address "
	                "literal "
	                "in brackets." },
	    .unit = ehlo_argument },
	{ .info = { .id = "ehlo-capability-refused",
	      .title = "Advertised extension answered \"not implemented\"",
	      .phase = 'C',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_SECOND,
	      .refs = "RFC 5321 4.2.4",
	      .what = "A command that the EHLO reply in force offers, answered 500 or 502.",
	      .why = "The client relies on the offer, and its mail or its login fails.",
	      .proof = "The list in force, the well-formed command and its reply.",
	      .fakes = "501, 503, 504, 530 and 454, which speak of this use of the command; a list "
	               "that was "
	               "replaced since.",
	      .remedy =
	          "Take the keyword out of the server's list, or tell the client to ignore it." },
	    .unit = capability_refused },
	{ .info = { .id = NULL } }
};
