/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sasl - what the lines of an AUTH exchange give away (RFC 4954 4).
 */
#ifndef SMTPSCOPE_SMTP_SASL_H
#define SMTPSCOPE_SMTP_SASL_H

#include "base/arena.h"
#include "smtp/smtp.h"

/* Sets u->user, UNIT_PASSWORD and UNIT_GUESSABLE from the response number `step' (from 0). */
void sasl_look(struct arena *, struct smtp_unit *, struct slice mechanism, unsigned step,
    struct slice response);
/* Whole groups of four, "=" at the end only. */
bool sasl_base64(struct slice);
/*
 * A line that is no known command may hold a secret all the same: "AUTH=PLAIN secret", a blank
 * before AUTH, or responses that go on although AUTH was refused (`behind': the unit before has to
 * do with AUTH).  Then the secret in u->line.text becomes "****", with UNIT_MASKED.
 */
void sasl_mask_stray(struct arena *, struct smtp_unit *u, struct slice line, bool behind);
/* The mechanism that an AUTH command names; empty when it names none. */
struct slice sasl_mechanism(const struct smtp_unit *auth);

#endif
