/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analysis - the steps that turn a parsed session into a judged one.  Each fills
 * its part of smtp_session; the order is that of smtp_analyse().
 */
#ifndef SMTPSCOPE_SMTP_ANALYSE_H
#define SMTPSCOPE_SMTP_ANALYSE_H

#include "base/arena.h"
#include "smtp/parser.h"

struct analysis {
	struct smtp_session *s;
	bool over;                    /* a FIN or RST was seen: what is unanswered stays so */
	struct smtp_unit *unanswered; /* the first unit without a reply by meaning; NULL: none */
	bool interrupted;             /* the capture ended first */
	struct checks_plan *plan;
	const struct check_wishes *wishes;
};

void align(struct analysis *);
int align_text(const struct smtp_unit *, const struct smtp_reply *);
void follow_state(struct analysis *);       /* state.c: contexts, EHLO lists, groups */
void close_transactions(struct analysis *); /* transaction.c */
/* outcome.c: what became of the message of t, which is over; at_end: by the end of the session. */
void judge_outcome(struct analysis *, struct smtp_transaction *t, bool at_end);
/* queue_id.c: the name that this reply gives the message, NULL: none; in the session's verdict. */
const char *find_queue_id(struct analysis *, const struct smtp_reply *);
void find_cuts(struct analysis *);      /* cut.c: do frames hide lines? */
void judge_cuts(struct analysis *);     /* ... which outcomes are unknown then */
void judge_protocol(struct analysis *); /* foreign.c: is it SMTP at all? */
void judge_closure(struct analysis *);  /* closure.c */
void checks_run(struct analysis *);     /* checks/engine.c */

/* Had the sender of u received this whole reply when u's first octet left? (T2) */
static inline bool
unit_knows(const struct smtp_unit *u, const struct smtp_reply *r)
{
	return r != NULL && smtp_mark_knows(&u->line.first, r->end);
}

/* First digit of the answer by meaning; 0: none. */
static inline unsigned
unit_class(const struct smtp_unit *u)
{
	return u != NULL && u->meant != NULL ? u->meant->code / 100 : 0;
}

/* The text between the angle brackets of MAIL or RCPT, or what stands there instead; empty for <>.
 * False when there is no path at all. */
bool unit_path(const struct smtp_unit *, struct slice *);
/* The value of a MAIL or RCPT parameter; false: absent. */
bool unit_param(const struct smtp_unit *, const char *name, struct slice *value);
/* What stands behind the path: the parameters. */
struct slice unit_params(const struct smtp_unit *);

#endif
