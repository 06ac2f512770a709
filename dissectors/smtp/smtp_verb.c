/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * smtp_verb - the commands we know: where they may stand in a pipelined group,
 * which positive codes fit them, and who defined them.
 *
 * RFC 2920 3.1: RSET, MAIL, SEND, SOML, SAML and RCPT may stand anywhere in a
 * group; EHLO, DATA, VRFY, EXPN, TURN, QUIT and NOOP only last; commands of
 * extensions only last unless their specification says otherwise.  HELO, HELP
 * and ETRN are treated like the latter, as Exim and Postfix do.  Any 4yz or 5yz
 * reply fits any command and is not listed.
 */
#include "smtp/smtp.h"

#define LAST   VERB_GROUP_LAST
#define FREE   VERB_GROUP_FREE
#define WAITS  VERB_WAITS
#define NO_ARG VERB_NO_ARGUMENT
#define REQ    VERB_REQUIRED
#define EXT    VERB_EXTENSION

/* clang-format off */
/* Row n holds the verb whose id is n. */
static const struct smtp_verb verbs[] = {
	{ "",         VERB_UNKNOWN,  LAST, { 0 }, NULL, "RFC 5321 4.2.4" },
	{ "HELO",     VERB_HELO,     LAST | REQ, { 250 }, NULL, "RFC 5321 4.1.1.1" },
	{ "EHLO",     VERB_EHLO,     LAST | REQ, { 250 }, NULL, "RFC 5321 4.1.1.1" },
	{ "LHLO",     VERB_LHLO,     LAST, { 250 }, NULL, "RFC 2033 4.1" },
	{ "MAIL",     VERB_MAIL,     FREE | REQ, { 250 }, NULL, "RFC 5321 4.1.1.2" },
	{ "RCPT",     VERB_RCPT,     FREE | REQ, { 250, 251, 252 }, NULL, "RFC 5321 4.1.1.3" },
	{ "DATA",     VERB_DATA,     LAST | REQ | WAITS | NO_ARG, { 354 }, NULL, "RFC 5321 4.1.1.4" },
	{ "BDAT",     VERB_BDAT,     FREE | EXT, { 250 }, "CHUNKING", "RFC 3030 2" },
	{ "BURL",     VERB_BURL,     LAST | EXT, { 250 }, "BURL", "RFC 4468 3.2" },
	{ "RSET",     VERB_RSET,     FREE | REQ | NO_ARG, { 250, 220 }, NULL, "RFC 5321 4.1.1.5" },
	{ "NOOP",     VERB_NOOP,     LAST | REQ, { 250 }, NULL, "RFC 5321 4.1.1.9" },
	{ "VRFY",     VERB_VRFY,     LAST | REQ, { 250, 251, 252 }, NULL, "RFC 5321 4.1.1.6" },
	{ "EXPN",     VERB_EXPN,     LAST, { 250, 252 }, NULL, "RFC 5321 4.1.1.7" },
	{ "HELP",     VERB_HELP,     LAST, { 211, 214, 250 }, NULL, "RFC 5321 4.1.1.8" },
	{ "QUIT",     VERB_QUIT,     LAST | REQ | NO_ARG, { 221 }, NULL, "RFC 5321 4.1.1.10" },
	{ "STARTTLS", VERB_STARTTLS, LAST | WAITS | NO_ARG | EXT, { 220 }, "STARTTLS", "RFC 3207 4" },
	{ "AUTH",     VERB_AUTH,     LAST | WAITS | EXT, { 235, 334 }, "AUTH", "RFC 4954 4" },
	{ "ETRN",     VERB_ETRN,     LAST | EXT, { 250, 251, 252, 253 }, "ETRN", "RFC 1985 5" },
	{ "ATRN",     VERB_ATRN,     LAST | EXT, { 250 }, "ATRN", "RFC 2645 5.2" },
	{ "TURN",     VERB_TURN,     LAST, { 250 }, NULL, "RFC 821 3.8" },
	{ "SEND",     VERB_SEND,     FREE, { 250 }, NULL, "RFC 821 3.4" },
	{ "SOML",     VERB_SOML,     FREE, { 250 }, NULL, "RFC 821 3.4" },
	{ "SAML",     VERB_SAML,     FREE, { 250 }, NULL, "RFC 821 3.4" },
	{ "XCLIENT",  VERB_XCLIENT,  LAST | WAITS | EXT, { 220, 250 }, "XCLIENT", "Postfix XCLIENT" },
	{ "XFORWARD", VERB_XFORWARD, FREE | EXT, { 250 }, "XFORWARD", "Postfix XFORWARD" },
	{ "XEXCH50",  VERB_XEXCH50,  LAST | WAITS | EXT, { 354, 250 }, "XEXCH50", "Exchange" },
	{ "X-LINK2STATE", VERB_XLINK2STATE, LAST | EXT, { 200, 250 }, "X-LINK2STATE", "Exchange" },
	{ "X-ANONYMOUSTLS", VERB_XANONYMOUSTLS, LAST | WAITS | EXT, { 220 }, "X-ANONYMOUSTLS", "Exchange" },
	{ "X-EXPS",   VERB_XEXPS,    LAST | WAITS | EXT, { 235, 334 }, "X-EXPS", "Exchange" },
	{ "X",        VERB_X,        LAST, { 200, 211, 214, 220, 250, 0 }, NULL, "RFC 5321 4.1.5" }
};
/* clang-format on */

const struct smtp_verb *
smtp_verb_row(enum smtp_verb_id id)
{
	return &verbs[id];
}

const struct smtp_verb *
smtp_verb_find(struct slice word)
{
	size_t i;

	for (i = VERB_HELO; i < VERB_X; i++)
		if (slice_caseeq(word, verbs[i].name))
			return &verbs[i];
	if (word.n > 1 && ascii_lower(word.p[0]) == 'x')
		return &verbs[VERB_X];
	return &verbs[VERB_UNKNOWN];
}
