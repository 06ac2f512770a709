/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transcript - a pasted SMTP dialogue, read as if it were a capture.
 *
 * transcript_line.c cuts the text into lines, transcript_mark.c tells whose line
 * it is, transcript_talk.c makes dialogues of them - transcript_table.c of tables
 * of frames -, and transcript.c frames that a capture of such a dialogue would have
 * held.  Private to src/capture.
 */
#ifndef SMTPSCOPE_CAPTURE_TRANSCRIPT_H
#define SMTPSCOPE_CAPTURE_TRANSCRIPT_H

#include <stdio.h>
#include "base/sbuf.h"
#include "capture/capture.h"

struct transcript;

/*
 * NULL: the text is no dialogue; some of it was read then.  The stream is
 * borrowed.  A dialogue has a mark on two lines and a 220, HELO, EHLO or LHLO
 * within the first 256 KiB.
 */
struct transcript *transcript_new(FILE *);
/* ts, wirelen, dlt, data and `transcript' are set, and source_frame is the number of the line.
 * False at the end of the text. */
bool transcript_next(struct transcript *, struct packet *);
/* Adds the lines that were cut, and those that belong to no dialogue. */
void transcript_stats(const struct transcript *, struct capture_stats *);
int transcript_dlt(void);
void transcript_free(struct transcript *); /* accepts NULL */

/* -- transcript_line.c ------------------------------------------------------------------ */

enum {
	TEXT_LINE_MAX = 1 << 20,  /* octets kept of a line */
	TEXT_AHEAD_MAX = 1 << 18, /* octets looked through for a dialogue */
};

struct text {
	FILE *fp;
	struct sbuf ahead; /* read to find out what it is; given again as lines */
	size_t given;      /* of `ahead' */
	struct sbuf line;  /* the present one */
	uint64_t number;   /* of it, from 1 */
	uint64_t cut;      /* lines longer than TEXT_LINE_MAX */
};

void text_init(struct text *, FILE *);
void text_fini(struct text *);
/* Reads one more line into `ahead': the line, or an empty slice without address at the end or
 * when there is no room. */
struct slice text_ahead(struct text *);
/* The next line without its line break; false at the end.  Borrowed until the next call. */
bool text_next(struct text *, struct slice *);

/* -- transcript_mark.c ------------------------------------------------------------------ */

enum talk_side { SIDE_CLIENT, SIDE_SERVER };

struct mark {
	enum talk_side side;
	bool tls;          /* the mark says that the line went through TLS */
	struct slice text; /* behind the mark and one blank */
};

/*
 * Whose line is it?  `styles' are the kinds of marks that are known to be used
 * in this text; a new one is believed, and added, when the line looks like SMTP.
 */
bool mark_find(struct slice line, unsigned *styles, struct mark *);
/* Like a command with a verb that everybody knows, or a reply with its code. */
bool mark_is_smtp(enum talk_side, struct slice text);
/* The code of a reply line, or 0; *more: lines of the same reply follow. */
unsigned mark_code(struct slice text, bool *more);
struct slice mark_trim(struct slice);               /* without blanks on either side */
bool mark_contains(struct slice, const char *word); /* letters of either case */
/* "<...>", "(...)", "[...]", "=== ..." or "*** ...": about the dialogue, not of it. */
bool mark_is_remark(struct slice text);
/* Does a remark say that the connection ended, and by whom? */
bool mark_is_close(struct slice text, enum talk_side *by, bool *reset);
/* The number behind a word: "[message text, 57920 octets": 57920.  False: there is none. */
bool mark_number(struct slice text, const char *word, uint64_t *);
/* The same, with blanks between the two. */
bool mark_blank_number(struct slice, const char *word, uint64_t *);

/* -- transcript_talk.c ------------------------------------------------------------------ */

enum talk_kind {
	TALK_OPEN,   /* a dialogue begins; `whole': with its greeting */
	TALK_OCTETS, /* a side sent `text' */
	TALK_FILL,   /* a side sent `n' octets in `lines' lines that the transcript does not show */
	TALK_LOST,   /* a side sent `n' octets that were seen by nobody */
	TALK_ACK,    /* a side has received all that the other one said */
	TALK_CLOSE   /* a side closed; `reset': with a RST */
};

struct talk_step {
	enum talk_kind kind;
	enum talk_side side;
	uint64_t line;
	bool whole, reset;
	uint16_t port;     /* OPEN: the server's */
	uint64_t n, lines; /* FILL, LOST; OCTETS: n more of the same segment that nobody has */
	bool unaware;      /* OCTETS: sent before the last octet of the other side had come */
	struct slice text; /* borrowed until the next call */
};

struct talk;

struct talk *talk_new(FILE *);
/* Reads ahead; false: it is no dialogue. */
bool talk_is_dialogue(struct talk *);
bool talk_next(struct talk *, struct talk_step *);
void talk_stats(const struct talk *, struct capture_stats *);
void talk_free(struct talk *);

#endif
