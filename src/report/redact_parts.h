/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * redact_parts - what the files that look for names in a text share: which octets
 * words are made of, and the search for mail addresses.
 */
#ifndef SMTPSCOPE_REPORT_REDACT_PARTS_H
#define SMTPSCOPE_REPORT_REDACT_PARTS_H

#include "report/redact.h"

/* Part of a name: letters, digits, the marks between them, all of UTF-8. */
static inline bool
redact_is_word(uint8_t c)
{
	int l = ascii_lower(c);

	return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
	    c == '.' || c >= 0x80;
}

/* May stand in a local part as well (RFC 5322 3.2.3); the apostrophe only within it. */
static inline bool
redact_is_atext(uint8_t c)
{
	return c && (redact_is_word(c) || strchr("!#$%&*+/=?^{|}~'", c));
}

static inline bool
redact_is_mark(uint8_t c)
{
	return c == '.' || c == '-' || c == '_';
}

/* A mailbox at the start of s; returns the octets that were dealt with, 0: there is none. */
size_t redact_put_mailbox(struct redactor *, struct output *, struct slice);
/* A path in angle brackets at the start of s whose local part is no word, escaped octets for one,
 * or of which only the beginning is there.  Its closing bracket is left. */
size_t redact_put_path(struct redactor *, struct output *, struct slice);

#endif
