/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase G, what the text of a message is made of: line endings, NUL, 8-bit octets,
 * long lines, dots.  The parser counted them and kept the first of each (body_scan.c);
 * here the offer and the envelope decide what was allowed.  Text sent as
 * BINARYMIME may hold anything.
 */
#include "smtp/checks/check.h"

/* The MAIL of this message, or NULL when it was not captured. */
static const struct smtp_unit *
mail_of(const struct smtp_body *b)
{
	return b->opener ? b->opener->ctx.any_mail : NULL;
}

static bool
body_is(const struct smtp_body *b, const char *value)
{
	const struct smtp_unit *mail = mail_of(b);
	struct slice v;

	return mail != NULL && unit_param(mail, "BODY", &v) && slice_caseeq(v, value);
}

/* Octets that only text is forbidden to hold: of a chunk without its MAIL nothing is known. */
static bool
is_text(const struct smtp_body *b)
{
	if (b->bdat && mail_of(b) == NULL)
		return false;
	return !body_is(b, "BINARYMIME");
}

static void
graded(struct finding *f, const struct smtp_body *b)
{
	if (b->guessed)
		lower_to(f, CONF_POSSIBLE);
	if (b->opener != NULL)
		relate(f, b->opener->line.first.frame);
}

static void
bare_newline(struct check_ctx *c, struct smtp_body *b)
{
	const struct body_fact *first = &b->bare_lf;
	struct finding *f;

	if ((b->bare_lf.count == 0 && b->bare_cr.count == 0) || !is_text(b))
		return;
	if (first->count == 0 || (b->bare_cr.count > 0 && b->bare_cr.off < first->off))
		first = &b->bare_cr;
	f = report_frame(c, first->frame, first->ts,
	    "Of %llu lines %llu end in LF without CR, %llu in CR without LF, and %llu in CRLF; "
	    "the first of the odd ones ends at offset %lld of the message.",
	    (unsigned long long)b->lines, (unsigned long long)b->bare_lf.count,
	    (unsigned long long)b->bare_cr.count, (unsigned long long)b->crlf,
	    (long long)(first->off - b->off));
	graded(f, b);
}

static void
body_nul(struct check_ctx *c, struct smtp_body *b)
{
	const struct body_fact *first = b->nul.count ? &b->nul : &b->control;
	struct finding *f;

	if (first->count == 0 || !is_text(b))
		return;
	f = report_frame(c, first->frame, first->ts,
	    "%llu NUL and %llu other control characters; the first %s stands at offset %lld of "
	    "the message.",
	    (unsigned long long)b->nul.count, (unsigned long long)b->control.count,
	    b->nul.count ? "NUL" : "one", (long long)(first->off - b->off));
	if (b->nul.count == 0)
		f->severity = SEV_NOTE;
	graded(f, b);
}

/* The server gave the length of a line as its reason. */
static bool
refused_for_length(const struct smtp_body *b)
{
	const struct smtp_reply *r = b->eod ? b->eod->meant : NULL;

	return r != NULL && (r->code == 500 || r->code == 552 || r->code == 554) &&
	    text_contains(reply_text(r), "line");
}

static void
line_too_long(struct check_ctx *c, struct smtp_body *b)
{
	struct finding *f;

	if (b->long_line.count == 0 || !is_text(b))
		return;
	f = report_frame(c, b->long_line.frame, b->long_line.ts,
	    "Lines of more than 1000 octets: %llu of %llu; the longest %s %llu.",
	    (unsigned long long)b->long_line.count, (unsigned long long)b->lines,
	    b->longest > 1000 ? "has" : "seen whole has", (unsigned long long)b->longest);
	if (refused_for_length(b)) {
		f->severity = SEV_WARNING;
		relate(f, b->eod->meant->first.frame);
	}
	graded(f, b);
}

static void
eightbit(struct check_ctx *c, struct smtp_body *b)
{
	const struct smtp_unit *u = b->opener, *mail = mail_of(b);
	const struct smtp_ehlo *offer;
	struct slice v;
	struct finding *f;

	if (b->eightbit.count == 0 || mail == NULL || body_is(b, "8BITMIME") ||
	    body_is(b, "BINARYMIME") || unit_param(mail, "SMTPUTF8", &v) ||
	    !offer_known(c->s, u, &offer))
		return;
	f = report_frame(c, b->eightbit.frame, b->eightbit.ts,
	    "%s above 127, the first at offset %lld of the message; %s.",
	    count_text(c, b->eightbit.count, "octet"), (long long)(b->eightbit.off - b->off),
	    smtp_ehlo_find(offer, "8BITMIME") ?
	        "8BITMIME is offered, but MAIL has no BODY=8BITMIME" :
	        offer == NULL ? "nothing is offered after HELO" :
	                        "8BITMIME is not offered");
	if (smtp_ehlo_find(offer, "8BITMIME") != NULL)
		f->severity = SEV_NOTE;
	graded(f, b);
	relate(f, mail->line.first.frame);
	if (offer != NULL)
		relate(f, offer->reply->first.frame);
}

static void
dot_unstuffed(struct check_ctx *c, struct smtp_body *b)
{
	struct finding *f;

	if (b->unstuffed.count == 0 || b->bdat)
		return;
	f = report_frame(c, b->unstuffed.frame, b->unstuffed.ts,
	    "Lines that begin with one dot and other text behind it: %llu, the first at offset "
	    "%lld of the message. The server takes that dot away.",
	    (unsigned long long)b->unstuffed.count, (long long)(b->unstuffed.off - b->off));
	graded(f, b);
}

const struct check checks_message[] = {
	{ .info = { .id = "body-bare-newline",
	      .title = "Bare LF or bare CR in message text",
	      .phase = 'G',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 2.3.8; RFC 3030 3",
	      .what = "LF without CR before it, or CR without LF behind it, in message text.",
	      .why = "Some servers refuse such mail, others change it, which breaks signatures; it "
	             "is also what smuggling of commands is built on.",
	      .proof = "The octets themselves.",
	      .fakes = "CR and LF in two segments; BINARYMIME; a LF directly behind a hole.",
	      .remedy = "Make the sender write CRLF at the end of every line." },
	    .body = bare_newline },
	{ .info = { .id = "body-nul",
	      .title = "NUL or other control bytes in the message",
	      .phase = 'G',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 4.1.1.4",
	      .what = "Octets of value 0 in message text; other control characters give a note.",
	      .why = "Programs that take NUL for the end of a string cut the message there, and "
	             "filters may see another text than the reader.",
	      .proof = "The octets themselves.",
	      .fakes = "BINARYMIME; tab, line ends, and ESC, which ISO-2022 character sets need.",
	      .remedy = "Encode the content as base64 or quoted-printable." },
	    .body = body_nul },
	{ .info = { .id = "text-line-too-long",
	      .title = "Line > 1000 octets",
	      .phase = 'G',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_NOTE,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 4.5.3.1.6",
	      .what = "A line of the message longer than 1000 octets with its CRLF.",
	      .why = "Servers may split or refuse it; splitting breaks signatures and attachments.",
	      .proof = "Octet 1001 of the line is in the named frame. A warning when the server "
	               "refused the message for it.",
	      .fakes = "The dot added for transparency is not counted; BINARYMIME.",
	      .remedy = "Encode long lines as base64 or quoted-printable." },
	    .body = line_too_long },
	{ .info = { .id = "8bit-without-8bitmime",
	      .title = "8-bit text without the extension",
	      .phase = 'G',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 2.4; RFC 6152 3",
	      .what =
	          "Octets above 127 in message text, and no 8BITMIME in force; a note when it is "
	          "offered and only not asked for.",
	      .why = "Mostly it works, but a relay may clear the eighth bit or refuse the message.",
	      .proof = "The octets, the EHLO reply in force and the parameters of MAIL.",
	      .fakes = "An EHLO reply that was not captured; SMTPUTF8; BINARYMIME.",
	      .remedy = "Send BODY=8BITMIME where it is offered, and encode the text where not." },
	    .body = eightbit },
	{ .info = { .id = "dot-unstuffed",
	      .title = "Line starts with a single dot followed by text",
	      .phase = 'G',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 4.5.2",
	      .what = "A line of the message that begins with exactly one dot.",
	      .why = "The server removes it: the text arrives changed. A line of a dot alone "
	             "would have ended the message.",
	      .proof = "A client that doubles the dots can never send such a line.",
	      .fakes = "BDAT, where dots are not doubled. The opposite fault, dots that a client "
	               "doubles in BDAT, cannot be told from text that has \"...\" in it.",
	      .remedy = "Make the sender double the dot at the start of a line." },
	    .by_lines = "",
	    .body = dot_unstuffed },
	{ .info = { .id = NULL } }
};
