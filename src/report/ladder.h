/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ladder - a piece of evidence as a sequence diagram: client left, server right,
 * time downwards.  As text, as Mermaid source, as SVG.
 *
 *	--->  payload   ...>  none   ===>  several commands or replies
 *	---x  never acknowledged
 */
#ifndef SMTPSCOPE_REPORT_LADDER_H
#define SMTPSCOPE_REPORT_LADDER_H

#include "report/evidence.h"

struct output;

struct ladder {
	const struct evidence *e;
	char name[2][IPADDR_TEXT_MAX]; /* by role */
	char address[2]
	            [IPADDR_TEXT_MAX]; /* of one that is called otherwise and not hidden, or "" */
};

/* The names are those that the report uses. */
void ladder_init(struct ladder *, const struct evidence *, struct redactor *);
/* Commands or replies in the frame, as the label counts them. */
unsigned ladder_parts(const struct step *);
/* What the frame is, in few words; raw octets. */
void ladder_label(struct output *, const struct step *);
/* "14 frames, 7,504 octets of message text" */
void ladder_fold(struct output *, const struct step *);

/* The findings that belong below this frame, from *next on; NULL: no more. */
const struct effect *ladder_mark(const struct evidence *, size_t step, unsigned *next);

void ladder_text(struct output *, const struct ladder *);
void ladder_mermaid(struct output *, const struct ladder *);
void ladder_svg(struct output *, const struct ladder *);
/* The dialogue as "C>" and "S>" lines with frame numbers. */
void ladder_excerpt(struct output *, const struct evidence *);

#endif
