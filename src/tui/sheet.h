/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sheet - a document being built about one session: what the builders share.
 * Private to the builders.
 *
 * Every text passes through here, so that nothing is shown that is to be hidden.
 * Texts from the wire stay raw: the canvas escapes them.
 */
#ifndef SMTPSCOPE_TUI_SHEET_H
#define SMTPSCOPE_TUI_SHEET_H

#include "report/common.h"
#include "report/redact.h"
#include "tui/build.h"

struct output;

struct sheet {
	struct doc *doc;
	const struct smtp_session *s; /* NULL: about a run */
	const struct build_options *opt;
	struct report_config cfg;  /* the run's, with the view's style of time */
	struct redactor *redactor; /* hides nothing unless that is wanted */
	/* Of the lines to come. */
	uint64_t frame;
	const struct finding *finding;
	const struct smtp_rcpt *rcpt; /* found last, by sheet_answered() */
};

/* `hide': enum redact_part. */
void sheet_init(struct sheet *, struct doc *, const struct smtp_session *,
    const struct build_options *, unsigned hide);
void sheet_fini(struct sheet *);

/* -- lines ------------------------------------------------------------------------------ */

/* Begins a line; enum doc_flag. */
void sheet_line(struct sheet *, unsigned flags);
void sheet_blank(struct sheet *);
void sheet_text(struct sheet *, enum style, struct slice);
void sheet_str(struct sheet *, enum style, const char *);
/* What was written into memory; closes it. */
void sheet_take(struct sheet *, enum style, struct output *);
/* Takes it only if it fits into `room' columns; false: it did not. */
bool sheet_take_if(struct sheet *, enum style, struct output *, int room);
/* A text in which nothing is to be hidden any more, cut to `room' columns. */
void sheet_cut(struct sheet *, enum style, struct slice, int room);
/* Columns that the text takes. */
int sheet_columns(const struct sheet *, struct slice);

/* How a paragraph is set. */
struct sheet_par {
	unsigned flags;   /* of its first line */
	const char *lead; /* begins every line; NULL: nothing */
	enum style lead_style;
	const char *label; /* in front of the first line's text; NULL: none */
	enum style label_style;
	bool own;   /* words of ours: nothing in them is to be hidden */
	int indent; /* blanks between lead and text; behind the first line more by `hang' */
	int hang;
	int lines; /* at most; 0: all of them */
};

/* The text broken at blanks and LF. */
void sheet_wrap(struct sheet *, const struct sheet_par *, enum style, struct slice);
/* Lines that it takes. */
int sheet_lines(const struct sheet *, const struct sheet_par *, struct slice);
/* What was written into memory, in the same way; closes it. */
void sheet_wrap_take(struct sheet *, const struct sheet_par *, enum style, struct output *);
/* The text on the last line from where it is, and on lines that begin at the column. */
void sheet_flow(struct sheet *, enum style, struct slice, int column);
/* Lines as they are, cut at the edge: a small table. */
void sheet_table(struct sheet *, const struct sheet_par *, enum style, const char *lines);

/* -- words ------------------------------------------------------------------------------ */

enum style sheet_severity(enum severity);
/* The finding that explains the session best: the most severe, then the most certain, then the
 * first.  NULL: none. */
const struct finding *sheet_cause(const struct smtp_session *);
/* "session 12: 192.0.2.1:1084 > 198.51.100.25:25" */
void sheet_session(struct sheet *);
/* The upper line of every view of a session, and one about the session as a whole. */
void sheet_title(struct sheet *title, const char *view);
/* Has somebody acknowledged it? */
bool sheet_acked(const struct sheet *, const struct finding *);
/* "error (certain) reply-mid-data", and the title of the check if there is room.  Lines, the
 * first of them an anchor. */
void sheet_finding_head(struct sheet *, const struct sheet_par *, const struct finding *);
/* "(to RCPT <bob@example.net>)"; nothing where it goes without saying. */
void sheet_answered(struct output *, struct sheet *, const struct smtp_reply *);
/* The findings that are shown, by frame, causes before what follows from them. */
struct sheet_findings {
	const struct finding **v; /* owned */
	size_t n, next;
	const struct finding **effects; /* owned: those with a cause, by cause */
	size_t neffects;
};
void sheet_findings_init(struct sheet_findings *, const struct sheet *);
/* The next one of this frame or an earlier one; NULL: none. */
const struct finding *sheet_finding_upto(struct sheet_findings *, uint64_t frame);
/* What follows from this one, the first of *n; NULL: nothing. */
const struct finding *const *sheet_effects(
    const struct sheet_findings *, const struct finding *cause, size_t *n);
void sheet_findings_fini(struct sheet_findings *);
/* The frames that the finding names, in the order of the capture. */
void sheet_evidence(struct sheet *, const struct finding *);
/* How the session ended, below everything else. */
void sheet_ending(struct sheet *);
/* The time of a frame in a column of its own, as the view wants it. */
void sheet_time(struct sheet *, int64_t ts, int64_t previous);
/* Columns that sheet_time() takes, with the blanks behind it. */
int sheet_time_columns(const struct sheet *);
/* Horizontal and vertical strokes. */
const char *sheet_bar(const struct sheet *);

#endif
