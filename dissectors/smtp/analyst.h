/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * analyst - a second thread that judges finished sessions in the order in which
 * they ended, while the first reads on.
 *
 * A session belongs to one thread at a time: handed over whole by analyst_give(),
 * judged, and given back to be freed by the thread that made it, so that neither
 * the budget nor anything else is shared.
 */
#ifndef SMTPSCOPE_SMTP_ANALYST_H
#define SMTPSCOPE_SMTP_ANALYST_H

#include "smtp/parser.h"

struct analyst;

/* NULL: no thread can be had. */
struct analyst *analyst_new(void (*judge)(void *ctx, struct parser *), void *ctx);
/* Takes over the session; waits while ANALYST_PENDING of them are on their way. */
void analyst_give(struct analyst *, struct parser *);
/* Waits until every session has been judged, and frees them. */
void analyst_drain(struct analyst *);
void analyst_free(struct analyst *); /* drains; accepts NULL */

#endif
