/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * checks - the catalogue: what the program can find, in one table.
 */
#ifndef SMTPSCOPE_SMTP_CHECKS_H
#define SMTPSCOPE_SMTP_CHECKS_H

#include "model/finding.h"

struct output;
struct peers;
struct smtp_session;

size_t checks_count(void);
const struct check_info *checks_nth(size_t);          /* in catalogue order */
const struct check_info *checks_find(const char *id); /* NULL: no such check */
/* Silent in a transcript, which has no packets? */
bool checks_need_tcp(const struct check_info *);
size_t checks_position(const struct check_info *);

/* Which checks have a say about which sessions, worked out once; not for two threads at a time. */
struct checks_plan;
struct checks_plan *checks_plan_new(void);
void checks_plan_free(struct checks_plan *); /* accepts NULL */

/* Keeps of a session that has ended, and was analysed, what checks hold later ones against. */
void checks_remember(struct peers *, const struct smtp_session *);

#endif
