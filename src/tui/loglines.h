/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * loglines - what mail servers write into their logs when the thing happens that
 * a finding or a result tells of: words to search for.
 */
#ifndef SMTPSCOPE_TUI_LOGLINES_H
#define SMTPSCOPE_TUI_LOGLINES_H

#include "smtp/smtp.h"

struct output;

/* "sending side: postfix/smtp "while sending message body"; exim ..." for the check; false, and
 * nothing, when no line is known. */
bool loglines_check(struct output *, const struct check_info *);
/* The same for what became of a message, in the log of the sending side. */
bool loglines_result(struct output *, const struct smtp_transaction *);
/* The check of the i-th line, NULL behind the last: so that a test can look for each. */
const char *loglines_id(size_t i);

#endif
