/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * column_words - what each column says of a session.  Private to columns.c.
 */
#ifndef SMTPSCOPE_TUI_COLUMN_WORDS_H
#define SMTPSCOPE_TUI_COLUMN_WORDS_H

#include "tui/columns.h"

struct check_info;

/* Each writes its text, raw. */
void text_number(struct output *, const struct column_context *);
void text_start(struct output *, const struct column_context *);
void text_client(struct output *, const struct column_context *);
void text_server(struct output *, const struct column_context *);
void text_tls(struct output *, const struct column_context *);
void text_transactions(struct output *, const struct column_context *);
void text_rcpts(struct output *, const struct column_context *);
void text_octets(struct output *, const struct column_context *);
void text_duration(struct output *, const struct column_context *);
void text_wait(struct output *, const struct column_context *);
void text_closure(struct output *, const struct column_context *);
void text_severity(struct output *, const struct column_context *);
void text_result(struct output *, const struct column_context *);
void text_cause(struct output *, const struct column_context *);
void text_check(struct output *, const struct column_context *);
void text_sender(struct output *, const struct column_context *);
void text_flags(struct output *, const struct column_context *);
/* There may have been mail, but encrypted. */
bool mail_is_hidden(const struct session_row *);
/* The check of the finding that explains the session best; NULL: there is none. */
const struct check_info *cause_of(const struct session_row *);

#endif
