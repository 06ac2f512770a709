/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text_state - what the annotated trace remembers of a session between two calls.
 *
 * A saved session is shown in one go; a live one frame by frame, so its state is
 * kept in a table by stream id until the session ends.
 */
#ifndef SMTPSCOPE_REPORT_TEXT_STATE_H
#define SMTPSCOPE_REPORT_TEXT_STATE_H

#include "report/finding_text.h"
#include "report/frame.h"

/* A finding is made anew by every analysis: it is known again by these. */
struct shown_finding {
	const struct check_info *check;
	uint64_t frame;
	bool consequence;
};

/* Frames that wait to be told in one line. */
struct fold {
	uint64_t frames, octets;
	const char *what; /* "message text" */
};

struct text_session {
	struct text_session *next; /* in the table */
	uint64_t id;               /* of the stream */
	bool headed;               /* the heading has been printed */
	uint64_t last_frame;       /* last frame dealt with; 0: none */
	struct frame_walk walk;
	struct fold fold;
	struct explained explained;
	struct shown_finding *shown; /* printed while live */
	size_t nshown, capshown;
};

enum { TEXT_BUCKETS = 4096 }; /* stream ids are consecutive: chains stay short */

struct text_table {
	struct text_session **bucket; /* NULL until the first live session */
};

/* Made when it is not there yet. */
struct text_session *text_table_get(struct text_table *, uint64_t id);
/* Taken out of the table; NULL: not there.  The caller frees it. */
struct text_session *text_table_take(struct text_table *, uint64_t id);
void text_table_fini(struct text_table *);

void text_session_fini(struct text_session *);
/* Findings like this one (check, frame, consequence or not) that were printed. */
size_t text_session_shown(const struct text_session *, const struct finding *);
void text_session_add_shown(struct text_session *, const struct finding *);

#endif
