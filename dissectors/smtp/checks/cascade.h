/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cascade - one cause, one headline: findings that only follow from another one
 * of the same session are hung under it and not counted.
 */
#ifndef SMTPSCOPE_SMTP_CHECKS_CASCADE_H
#define SMTPSCOPE_SMTP_CHECKS_CASCADE_H

struct smtp_session;

void cascade(struct smtp_session *);

#endif
