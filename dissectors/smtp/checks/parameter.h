/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * parameter - what is known of the parameters of MAIL and RCPT: one table, and how
 * to walk through those of a command.
 */
#ifndef SMTPSCOPE_SMTP_CHECKS_PARAMETER_H
#define SMTPSCOPE_SMTP_CHECKS_PARAMETER_H

#include "smtp/smtp.h"

/* Which commands take a parameter, and what its value has to look like. */
enum { ON_MAIL = 1, ON_RCPT = 2 };
enum value {
	VALUE_ANY,
	VALUE_NONE,
	VALUE_DIGITS,
	VALUE_NOTIFY,
	VALUE_ORCPT,
	VALUE_RET,
	VALUE_ENVID,
	VALUE_BODY,
	VALUE_PRIORITY,
	VALUE_BY
};

struct parameter {
	const char *name, *keyword, *other; /* either keyword offers it */
	unsigned on;
	enum value value;
};

const struct parameter *parameter_find(struct slice name); /* NULL: not known */
/* Takes the next "NAME=VALUE" from the front of *rest; value.p is NULL without "=". */
bool parameter_next(struct slice *rest, struct slice *name, struct slice *value);
/* MAIL or RCPT, of which the whole line was captured and read as a command. */
bool takes_parameters(const struct smtp_unit *);
bool same_word(struct slice, struct slice); /* letters of either case */

#endif
