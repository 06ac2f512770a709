/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * across - the parts of checks that compare a session with earlier ones.
 *
 * Each topic has two halves beside each other: what is kept of a session when it has
 * ended (*_learn), and what a later session is held against.  The first may only write
 * to the tables of peers.h, the second only read them, so that a live display can ask
 * as often as it likes.  Time is that of the capture; "before" means an earlier frame.
 */
#ifndef SMTPSCOPE_SMTP_CHECKS_ACROSS_H
#define SMTPSCOPE_SMTP_CHECKS_ACROSS_H

#include "smtp/checks/check.h"
#include "smtp/peers.h"

void resent_learn(struct peers *, const struct smtp_session *);   /* resent.c */
void greylist_learn(struct peers *, const struct smtp_session *); /* greylist.c */
void visit_learn(struct peers *, const struct smtp_session *);    /* across.c */
void offers_learn(struct peers *, const struct smtp_session *);   /* across_tls.c */
void fallback_learn(struct peers *, const struct smtp_session *); /* across_tls.c */

/* Called by the checks of these names, when the session alone shows nothing. */
void greylisting_across(struct check_ctx *, struct smtp_transaction *);
void auth_bruteforce_across(struct check_ctx *);
void harvest_across(struct check_ctx *);
void starttls_vanished_across(struct check_ctx *);
void starttls_fallback_across(struct check_ctx *);

/* A walk over the units: the AUTH in progress, and who it names (auth.c). */
struct login {
	const struct smtp_unit *auth; /* NULL: none */
	struct slice user;            /* LOGIN names the user one line before the password */
};

void login_step(struct login *, const struct smtp_unit *);
bool login_refused(const struct smtp_unit *);
bool refuses_address(const struct smtp_reply *); /* patterns.c */
bool is_starttls(const struct smtp_unit *);      /* starttls.c */
bool mail_in_clear(const struct smtp_session *, const struct smtp_unit *);
bool keyword_masked(const struct smtp_ehlo *);

/* The memo keys of this session's client, and of its server as that client sees it. */
struct memo_key client_key(const struct peers *, const struct smtp_session *);
struct memo_key server_key(const struct peers *, const struct smtp_session *);

#endif
