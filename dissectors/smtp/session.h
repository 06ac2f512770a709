/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * session - life of one session: from the first event of a stream to the
 * finished model.
 */
#ifndef SMTPSCOPE_SMTP_SESSION_H
#define SMTPSCOPE_SMTP_SESSION_H

#include "smtp/parser.h"

/* NULL: no memory.  `flip': the stream's DIR_CLIENT is the SMTP server. */
struct parser *parser_new(const struct stream *, struct budget *, bool keep_text);
void parser_event(struct parser *, const struct stream_event *);
void parser_free(struct parser *);
/* Does what was read so far look like SMTP?  1 yes, 0 not yet told, -1 no. */
int parser_evidence(const struct parser *);

/* Pairs, follows, judges: fills everything that smtp.h calls made by the analysis.  May be
 * called again when more has come; what it made before is gone then.  The wishes are
 * those of the operator. */
struct checks_plan;
struct suppressions;
struct check_wishes {
	const enum check_grade *grades; /* by position in the table of checks; NULL: all usual */
	const struct suppressions *suppressions; /* of single peers; NULL: none */
};
void smtp_analyse(struct smtp_session *, struct checks_plan *, const struct check_wishes *);

#endif
