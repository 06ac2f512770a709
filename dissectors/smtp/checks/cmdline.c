/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase D: command lines as lines - their ends, lengths and octets.
 *
 * Message text and lines whose start or end was not captured are not judged.
 */
#include "smtp/checks/check.h"

enum { LINE_LIMIT = 512, AUTH_LIMIT = 12288, ENDLESS = 2048 };

static bool
whole_line(const struct smtp_unit *u)
{
	return (u->kind == UNIT_COMMAND || u->kind == UNIT_CHUNK || u->kind == UNIT_GARBAGE ||
	           u->kind == UNIT_SASL) &&
	    u->line.len > 0 && !(u->flags & (UNIT_IN_TEXT | UNIT_GUESSED)) &&
	    !(u->line.flags & LINE_GAP);
}

static void
bare_lf(struct check_ctx *c, struct smtp_unit *u)
{
	struct finding *f;
	bool lf;

	/* Of a line without an end, the LF may still be to come. */
	if (!whole_line(u) || !(u->line.flags & (LINE_BARE_LF | LINE_BARE_CR)) ||
	    (u->line.flags & LINE_UNTERMINATED))
		return;
	lf = (u->line.flags & LINE_BARE_LF) != 0;
	f = report_unit(c, u, "\"%.*s\" %s.", TEXT(u->line.text),
	    lf ? "ends in LF without CR" : "holds a CR that no LF follows");
	if (f->count == 1 && lf) {
		f->frame = u->line.last.frame;
		f->ts = u->line.last.ts;
	}
}

/* ---- length ---- */

/* What an extension adds to the length of one command, in octets. */
struct allowance {
	const char *keyword;
	enum smtp_verb_id verb;
	unsigned octets;
};

/* clang-format off */
static const struct allowance allowances[] = {
	{ "SIZE",          VERB_MAIL, 26 },  /* RFC 1870 */
	{ "8BITMIME",      VERB_MAIL, 17 },  /* RFC 6152 */
	{ "BINARYMIME",    VERB_MAIL, 17 },
	{ "AUTH",          VERB_MAIL, 500 }, /* RFC 4954 3 */
	{ "DSN",           VERB_MAIL, 116 }, /* RET and ENVID of 100 characters (RFC 3461 4.3, 4.4) */
	{ "DSN",           VERB_RCPT, 534 }, /* NOTIFY, and ORCPT of 500 (RFC 3461 4.1, 4.2) */
	{ "SMTPUTF8",      VERB_MAIL, 10 },  /* RFC 6531 3.1 */
	{ "REQUIRETLS",    VERB_MAIL, 11 },  /* RFC 8689 2 */
	{ "DELIVERBY",     VERB_MAIL, 17 },
	{ "FUTURERELEASE", VERB_MAIL, 34 },
	{ "MT-PRIORITY",   VERB_MAIL, 15 },
	{ "RRVS",          VERB_RCPT, 60 },
	{ "XVERP",         VERB_MAIL, 10 }
};
/* clang-format on */

static bool
is_auth(const struct smtp_unit *u)
{
	return u->kind == UNIT_SASL || u->verb->id == VERB_AUTH || u->verb->id == VERB_XEXPS;
}

/* RFC 5321 4.5.3.1.4, and what the offered extensions add to this command; where the offer is not
 * known, every extension counts. */
static unsigned
allowed_length(const struct smtp_session *s, const struct smtp_unit *u)
{
	const struct smtp_ehlo *offer;
	bool known = offer_known(s, u, &offer);
	unsigned n = LINE_LIMIT;
	size_t i;

	if (is_auth(u))
		return u->kind == UNIT_SASL ? AUTH_LIMIT : LINE_LIMIT;
	for (i = 0; i < sizeof allowances / sizeof allowances[0]; i++)
		if (allowances[i].verb == u->verb->id &&
		    (!known || smtp_ehlo_find(offer, allowances[i].keyword) != NULL))
			n += allowances[i].octets;
	return n;
}

static void
line_too_long(struct check_ctx *c, struct smtp_unit *u)
{
	const struct ledger_seg *g;
	struct finding *f;
	unsigned limit;

	if (!whole_line(u) || u->line.len <= LINE_LIMIT)
		return;
	limit = allowed_length(c->s, u);
	if (u->line.len <= limit || ((u->line.flags & LINE_UNTERMINATED) && u->line.len <= ENDLESS))
		return;
	f = report_unit(c, u, "A %s line of %u octets%s; %u are allowed%s. It begins \"%.*s\".",
	    is_auth(u) ? "AUTH" : smtp_unit_name(u), u->line.len,
	    u->line.flags & LINE_UNTERMINATED ? ", without an end" : "", limit,
	    limit == LINE_LIMIT || is_auth(u) ? "" : " (512 and what the extensions add)",
	    (int)(u->line.text.n > 40 ? 40 : u->line.text.n), (const char *)u->line.text.p);
	g = ledger_carrier(
	    &c->s->stream->ledger, (enum stream_dir)(DIR_CLIENT ^ c->s->flip), u->line.off + limit);
	if (f->count == 1 && g != NULL) {
		f->frame = g->frame;
		f->ts = g->ts;
		relate(f, u->line.first.frame);
	}
	/* Long tokens are sent in this way every day, and most servers take them. */
	if (is_auth(u) && f->count == 1 && (u->meant == NULL || u->meant->code != 500))
		f->severity = SEV_NOTE;
	if (u->meant != NULL)
		relate(f, u->meant->first.frame);
}

/* ---- octets ---- */

/* Octets above 127 may stand in an address (address-utf8 judges those) and behind VRFY and EXPN. */
static bool
may_be_utf8(const struct smtp_unit *u)
{
	return u->verb->id == VERB_MAIL || u->verb->id == VERB_RCPT || u->verb->id == VERB_VRFY ||
	    u->verb->id == VERB_EXPN;
}

static bool
odd(uint8_t c)
{
	return (c < 0x20 && c != '\t' && c != '\r') || c >= 0x7f;
}

static void
control_char(struct check_ctx *c, struct smtp_unit *u)
{
	struct finding *f;
	size_t at;
	unsigned bad = u->line.flags & (LINE_NUL | LINE_CONTROL);

	if (!may_be_utf8(u))
		bad |= u->line.flags & LINE_8BIT;
	if (!whole_line(u) || u->kind == UNIT_SASL || bad == 0)
		return;
	for (at = 0; at < u->line.text.n && !odd(u->line.text.p[at]); at++)
		;
	f = report_unit(c, u, "%s, 0x%02x at octet %zu of the %s line%s.",
	    bad & LINE_NUL         ? "A NUL" :
	        bad & LINE_CONTROL ? "A control character" :
	                             "An octet above 127",
	    at < u->line.text.n ? u->line.text.p[at] : 0u, at, smtp_unit_name(u),
	    unit_class(u) == 5 ? "; the server refused it" : "");
	if (u->meant != NULL)
		relate(f, u->meant->first.frame);
}

const struct check checks_cmdline[] = {
	{ .info = { .id = "command-bare-lf",
	      .title = "Command line not ended by CRLF",
	      .phase = 'D',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 2.3.8; RFC 5321 4.1.1",
	      .what = "A command line ended by LF alone, or with a CR inside that no LF follows.",
	      .why = "Strict servers wait for CRLF until their time-out, or refuse; lenient and "
	             "strict "
	             "hosts in one path disagree where a command ends.",
	      .proof =
	          "The octets of the line; it is reported once for a connection, with a count.",
	      .fakes = "CR and LF in different segments; lines with octets missing in the capture.",
	      .remedy =
	          "Make the client end every line with CR LF; hand-written health checks often do "
	          "not." },
	    .once = true,
	    .unit = bare_lf },
	{ .info = { .id = "command-line-too-long",
	      .title = "Command line over the limit",
	      .phase = 'D',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 4.5.3.1.4; RFC 4954 3; RFC 4954 4; RFC 3461 4.2; RFC 3461 4.4; "
	              "RFC 6531 3.1; RFC 8689 2",
	      .what =
	          "A command line longer than 512 octets and what the offered extensions add "
	          "to that command. A response of an AUTH exchange may have 12288; AUTH with an "
	          "initial response 512, beyond which it is noted unless the server answers 500.",
	      .why =
	          "Servers refuse or cut it; often it is message text or a chunk that is read as a "
	          "command, or an attack.",
	      .proof = "The length of the line by sequence numbers; where the EHLO reply is "
	               "unknown, all "
	               "extensions count.",
	      .fakes = "BDAT octets, which are no line; lines with a hole in the capture.",
	      .remedy = "See what the line holds: it tells which program lost its place." },
	    .once = true,
	    .unit = line_too_long },
	{ .info = { .id = "command-control-char",
	      .title = "NUL, control or 8-bit bytes in a command",
	      .phase = 'D',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 2.4; RFC 5321 4.1.2; RFC 6531 3.2",
	      .what = "A NUL, another control character, or an octet above 127 outside an address.",
	      .why = "A fuzzer, an injection, or a client that is in the wrong mode; programs in "
	             "the path "
	             "may read such a line differently.",
	      .proof = "The octets of the line, read as a command in a synchronised dialogue.",
	      .fakes = "Addresses in UTF-8; message text after a hole in the capture.",
	      .remedy = "Client: find the program that sends it. Server: refuse such a line "
	                "with 501 or 500." },
	    .once = true,
	    .unit = control_char },
	{ .info = { .id = NULL } }
};
