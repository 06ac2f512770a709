/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase D: the paths of MAIL and RCPT.
 *
 * What a server accepted was good enough for it: a fault in its form is a note
 * then, a warning otherwise.
 */
#include "smtp/checks/check.h"
#include "smtp/mailbox.h"

enum { LOCAL_MAX = 64, DOMAIN_MAX = 255, PATH_MAX_OCTETS = 256 };

static bool
has_path(const struct smtp_unit *u)
{
	return u->kind == UNIT_COMMAND && (u->verb->id == VERB_MAIL || u->verb->id == VERB_RCPT) &&
	    !(u->flags & (UNIT_IN_TEXT | UNIT_GUESSED)) &&
	    !(u->line.flags & (LINE_GAP | LINE_CUT | LINE_UNTERMINATED));
}

/* "FROM:" or "TO:" without blanks and brackets: what stands before the path. */
static const char *
word_fault(const struct smtp_unit *u)
{
	const char *word = u->verb->id == VERB_MAIL ? "FROM" : "TO";
	size_t n = strlen(word);

	if (!slice_caseprefix(u->arg, word))
		return u->verb->id == VERB_MAIL ? "\"FROM:\" is missing" : "\"TO:\" is missing";
	while (n < u->arg.n && (u->arg.p[n] == ' ' || u->arg.p[n] == '\t'))
		n++; /* path-space speaks of blanks */
	return n < u->arg.n && u->arg.p[n] == ':' ? NULL : "the colon is missing";
}

static bool
bracketed(const struct smtp_unit *u, struct slice path)
{
	return path.p > u->arg.p && path.p[-1] == '<';
}

/* Brackets, and what follows them. */
static const char *
bracket_fault(const struct smtp_unit *u, struct slice path)
{
	const uint8_t *end = u->line.text.p + u->line.text.n, *next = path.p + path.n;

	if (!bracketed(u, path))
		return memchr(path.p, '<', (size_t)(end - path.p)) != NULL ?
		    "text stands before the angle brackets" :
		    "the path has no angle brackets";
	if (next >= end || *next != '>')
		return "the angle bracket is not closed";
	if (next + 1 < end && next[1] != ' ' && next[1] != '\t')
		return "no blank stands between the path and what follows";
	return NULL;
}

static const char *
path_fault(const struct smtp_session *s, const struct smtp_unit *u, struct slice path, bool *mild)
{
	struct mailbox m;
	const char *fault;

	if (path.n == 0)
		return u->verb->id == VERB_MAIL ? NULL : "the forward path is empty";
	mailbox_split(path, &m);
	/* Archives of mailing lists hide addresses in this way. */
	if (s->stream->transcript && text_contains(path, "...@"))
		return NULL;
	if (u->verb->id == VERB_RCPT && m.route.n == 0 && m.domain.n == 0 &&
	    slice_caseeq(path, "Postmaster"))
		return NULL;
	fault = mailbox_fault(&m);
	if (fault != NULL) {
		/* Local delivery knows its users without a domain. */
		*mild = s->app == APP_LMTP && m.domain.n == 0 && m.local.n == path.n;
		return fault;
	}
	*mild = true; /* has to be accepted, but should not be generated */
	return m.route.n > 0 ? "the path holds a source route" : NULL;
}

static void
path_syntax(struct check_ctx *c, struct smtp_unit *u)
{
	const char *fault;
	struct slice path;
	struct finding *f;
	bool mild = false;

	if (!has_path(u))
		return;
	fault = word_fault(u);
	if (fault == NULL)
		fault = unit_path(u, &path) ? bracket_fault(u, path) : "there is no path";
	if (fault == NULL)
		fault = path_fault(c->s, u, path, &mild);
	if (fault == NULL)
		return;
	f = report_unit(c, u, "\"%.*s\": %s%s.", TEXT(u->line.text), fault,
	    u->meant == NULL ? "" : check_text(c, "; the server answered %u", u->meant->code));
	/* Where the reply was not captured, it may have been a 250. */
	if (mild || unit_class(u) == 2 ||
	    (u->meant == NULL && (has_gap(c->s) || c->s->one_sided || !c->a->over)))
		f->severity = SEV_NOTE;
	if (u->meant != NULL)
		relate(f, u->meant->first.frame);
}

static void
path_too_long(struct check_ctx *c, struct smtp_unit *u)
{
	struct slice path;
	struct mailbox m;
	struct finding *f;

	if (!has_path(u) || !unit_path(u, &path))
		return;
	mailbox_split(path, &m);
	if (m.local.n <= LOCAL_MAX && m.domain.n <= DOMAIN_MAX && path.n + 2 <= PATH_MAX_OCTETS)
		return;
	f = report_unit(c, u,
	    "%s: the local part has %zu octets, the domain %zu, the path with its brackets %zu; "
	    "servers have to take 64, 255 and 256.",
	    smtp_unit_name(u), m.local.n, m.domain.n, path.n + 2);
	if (u->meant != NULL)
		relate(f, u->meant->first.frame);
}

/* ---- addresses outside ASCII ---- */

static bool
beyond_ascii(struct slice t)
{
	size_t i;

	for (i = 0; i < t.n; i++)
		if (t.p[i] >= 0x80)
			return true;
	return false;
}

/* Length of the UTF-8 sequence at the start (RFC 3629 4); 0: none. */
static size_t
utf8_sequence(struct slice t)
{
	size_t n, i;

	if (t.p[0] < 0x80)
		return 1;
	n = t.p[0] >= 0xc2 && t.p[0] <= 0xdf ? 2 :
	    (t.p[0] & 0xf0) == 0xe0          ? 3 :
	    t.p[0] >= 0xf0 && t.p[0] <= 0xf4 ? 4 :
	                                       0;
	if (n == 0 || n > t.n)
		return 0;
	for (i = 1; i < n; i++)
		if ((t.p[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

static bool
is_utf8(struct slice t)
{
	size_t n;

	for (; t.n > 0; t = slice_from(t, n)) {
		n = utf8_sequence(t);
		if (n == 0)
			return false;
	}
	return true;
}

/* The parameter SMTPUTF8 on the MAIL that this command belongs to; true when that is not known. */
static bool
asked_for_utf8(const struct smtp_unit *u)
{
	const struct smtp_unit *mail = u->verb->id == VERB_MAIL ? u : u->ctx.any_mail;
	struct slice value;

	if (u->verb->id == VERB_VRFY)
		return unit_param(u, "SMTPUTF8", &value) || text_contains(u->arg, " SMTPUTF8");
	return mail == NULL || unit_param(mail, "SMTPUTF8", &value);
}

static void
address_utf8(struct check_ctx *c, struct smtp_unit *u)
{
	const struct smtp_ehlo *offer;
	struct slice path;
	struct finding *f;
	bool missing;

	if (u->kind == UNIT_COMMAND && u->verb->id == VERB_VRFY &&
	    !(u->flags & (UNIT_IN_TEXT | UNIT_GUESSED)))
		path = u->arg;
	else if (!has_path(u) || !unit_path(u, &path))
		return;
	if (!beyond_ascii(path))
		return;
	missing = offer_known(c->s, u, &offer) && smtp_ehlo_find(offer, "SMTPUTF8") == NULL;
	if (!missing && asked_for_utf8(u))
		return;
	f = report_unit(c, u, "The address \"%.*s\" holds octets above 127%s; %s%s.", TEXT(path),
	    is_utf8(path) ? "" : " that are not even UTF-8 (Latin-1, perhaps)",
	    missing ? "the server does not offer SMTPUTF8" : "MAIL did not ask for SMTPUTF8",
	    u->meant != NULL ? check_text(c, ", and answered %u", u->meant->code) : "");
	if (u->meant != NULL)
		relate(f, u->meant->first.frame);
	if (missing && offer != NULL)
		relate(f, offer->reply->first.frame);
}

const struct check checks_address[] = {
	{ .info = { .id = "path-syntax",
	      .title = "MAIL/RCPT path malformed",
	      .phase = 'D',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs =
	          "RFC 5321 4.1.2; RFC 5321 4.1.3; RFC 5321 4.1.1.2; RFC 5321 4.1.1.3; RFC 5321 C",
	      .what = "A path without angle brackets, or one whose mailbox, domain or literal "
	              "breaks the "
	              "grammar.",
	      .why = "Strict servers answer 501 or 553, and the mail bounces.",
	      .proof = "The command line itself; it is a note where the server accepted it.",
	      .fakes = "Quoted local parts, <> as sender and <Postmaster> are right. A source "
	               "route has to "
	               "be accepted and is only noted.",
	      .remedy = "Write \"<local-part@domain>\" and nothing else before the parameters." },
	    .unit = path_syntax },
	{ .info = { .id = "path-too-long",
	      .title = "Local-part > 64, domain > 255, path > 256",
	      .phase = 'D',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_NOTE,
	      .tier = TIER_SECOND,
	      .refs = "RFC 5321 4.5.3.1.1; RFC 5321 4.5.3.1.2; RFC 5321 4.5.3.1.3",
	      .what = "An address longer than what every server has to take.",
	      .why = "A server may refuse it; most do not.",
	      .proof = "The lengths.",
	      .fakes = "Senders rewritten for bounces pass 64 octets every day: a note only.",
	      .remedy = "Shorten the address if deliveries fail." },
	    .unit = path_too_long },
	{ .info = { .id = "address-utf8",
	      .title = "Non-ASCII address without SMTPUTF8",
	      .phase = 'D',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_ERROR,
	      .tier = TIER_CORE,
	      .refs = "RFC 6531 3.2; RFC 6531 3.4; RFC 5321 2.4",
	      .what = "Octets above 127 in the path of MAIL, RCPT or VRFY, while the server does "
	              "not offer "
	              "SMTPUTF8 or MAIL did not ask for it.",
	      .why = "The address cannot be delivered to in this way, or is mangled.",
	      .proof = "The octets, and the EHLO reply in force or the MAIL command.",
	      .fakes = "An EHLO reply that was not captured proves no lack of the offer.",
	      .remedy = "Send such mail by hosts that offer SMTPUTF8, or use an ASCII address." },
	    .unit = address_utf8 },
	{ .info = { .id = NULL } }
};
