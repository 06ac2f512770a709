/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wording - lines of a dialogue with other names in them: as long as they were,
 * of the same form, and with the words of the protocol as they were.
 *
 * What is not known to be a word of SMTP, or of what servers say to everybody,
 * is replaced: too much rather than too little.
 */
#ifndef SMTPSCOPE_EXPORT_WORDING_H
#define SMTPSCOPE_EXPORT_WORDING_H

#include "export/alias.h"
#include "smtp/smtp.h"

/* Words become other words, IP addresses other addresses.  `plain': words that say nothing about
 * anybody stay. */
void wording_words(struct aliases *, uint8_t *text, size_t n, bool plain);
/* The text of a line of the client. */
void wording_unit(struct aliases *, const struct smtp_unit *, uint8_t *text, size_t n);
/* A line of a reply; `offers': it answers EHLO or LHLO, and is not the first one. */
void wording_reply(struct aliases *, uint8_t *text, size_t n, bool offers);
/* The header at the start of a message, up to the empty line: returns its length.  Names of usual
 * fields stay, and so do the marks in Message-ID; all other text is struck out. */
size_t wording_header(struct aliases *, uint8_t *text, size_t n);
/* Whatever its context: visible characters become x, full stops, blanks, line breaks, "=" and
 * control characters stay. */
uint8_t wording_octet(uint8_t c);

#endif
