/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ladder - frames as a sequence diagram: client left, server right, time downwards.  As text,
 * as Mermaid source, as SVG.
 *
 *	--->  payload   ...>  none   ===>  several commands or replies
 *	---x  never acknowledged
 *
 * The frames are those of a piece of evidence, which is borrowed, or those of a whole session,
 * which are owned: ladder_fini() is for both.
 */
#ifndef SMTPSCOPE_REPORT_LADDER_H
#define SMTPSCOPE_REPORT_LADDER_H

#include "report/evidence.h"

struct output;

struct ladder {
	const struct evidence *e; /* NULL: of a whole session */
	uint64_t session;         /* its number */
	bool transcript;          /* frames are lines of a text */
	int64_t start;            /* of the session */
	const struct step *step;
	size_t nsteps;
	const struct effect *mark; /* findings that are shown where they are */
	unsigned nmarks;
	char name[2][IPADDR_TEXT_MAX]; /* by role */
	char address[2]
	            [IPADDR_TEXT_MAX]; /* of one that is called otherwise and not hidden, or "" */
	struct step *own_step;         /* of a whole session */
	struct effect *own_mark;
};

/* The names are those that the report uses. */
void ladder_init(struct ladder *, const struct evidence *, struct redactor *);
/* All of the session, runs folded; behind `most' steps (1 at least) the rest is one fold.  Frames
 * of findings are marked.  The session is not needed any more afterwards. */
void ladder_session(struct ladder *, const struct smtp_session *, const struct report_config *,
    struct redactor *, size_t most);
void ladder_fini(struct ladder *);
/* Sets the names. */
void ladder_names(struct ladder *, const struct endpoint ep[2], struct redactor *);
/* Commands or replies in the frame, as the label counts them. */
unsigned ladder_parts(const struct step *);
/* What the frame is, in few words; raw octets. */
void ladder_label(struct output *, const struct step *);
/* "14 frames, 7,504 octets of message text" */
void ladder_fold(struct output *, const struct ladder *, const struct step *);

/* The findings that belong below this frame, from *next on; NULL: no more. */
const struct effect *ladder_mark(const struct ladder *, size_t step, unsigned *next);

void ladder_text(struct output *, const struct ladder *);
/* Ends, and says so, before it is longer than what draws it takes (MERMAID_MAX octets). */
enum { MERMAID_MAX = 48000 };
void ladder_mermaid(struct output *, const struct ladder *);
enum { SVG_WIDTH = 860 };
void ladder_svg(struct output *, const struct ladder *);
/* The same as a part of a larger picture, from this height on; returns where it ends.  Plain
 * elements of SVG, for the caller's <svg> and style sheet. */
int ladder_svg_rows(struct output *, const struct ladder *, int top);
/* The dialogue as "C>" and "S>" lines with frame numbers. */
void ladder_excerpt(struct output *, const struct ladder *);

#endif
