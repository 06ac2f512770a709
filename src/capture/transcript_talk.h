/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transcript_talk - the state of a text that is read as dialogues.  Shared by
 * transcript_talk.c, which reads lines, transcript_say.c, which knows what a line
 * of the client or the server means, transcript_table.c, which reads tables of
 * frames, and transcript_queue.c, which keeps the steps that cannot be told yet.
 */
#ifndef SMTPSCOPE_CAPTURE_TRANSCRIPT_TALK_H
#define SMTPSCOPE_CAPTURE_TRANSCRIPT_TALK_H

#include "base/queue.h"
#include "capture/transcript.h"

struct queued {
	STAILQ_ENTRY(queued) link;
	struct talk_step step;
	struct sbuf text;
};
STAILQ_HEAD(queue, queued);

/* A marked line that may go on below. */
struct held {
	bool any;
	bool folded;      /* its last part ends in a blank, where a mail program folds */
	size_t width;     /* of its last part, as it stands in the text */
	struct mark mark; /* whose text is in: */
	struct sbuf text;
	uint64_t line;
};

enum {
	TABLE_NAME = 80,     /* octets of a name in a table; a longer one is prose */
	TABLE_TEXT_LINE = 72 /* octets in a line of message text that a table does not show */
};

struct table_name {
	uint8_t text[TABLE_NAME];
	size_t n;
};

/* A table of frames that is being read; see transcript_table.c. */
struct table {
	bool any;
	bool side_known;           /* who is the client */
	bool remark;               /* inside one that takes several lines */
	bool shown;                /* the further lines of the last reply are shown, too */
	unsigned sender, client;   /* whose frame it is, and who the client is: of name[] */
	bool text;                 /* the client's last octets were message text */
	bool over;                 /* the end of data was the last that the client sent */
	size_t settled;            /* steps in the queue that stand above the present frame */
	uint64_t lines;            /* of the last reply that follow */
	uint64_t left;             /* octets of them */
	uint64_t carry;            /* an octet of message text too few for a line */
	struct table_name name[2]; /* in the order in which they were seen */
	bool numbered;             /* numbers of the present frame were given */
	bool seen[2];              /* there was a frame of it, by name */
	bool placed[2];            /* next[] is known, by name */
	uint32_t next[2];          /* sequence number behind the octets seen so far */
};

struct talk {
	struct text text;
	unsigned styles; /* kinds of marks that are in use */
	struct held held;
	struct queue queue;
	size_t nqueue, octets;
	struct queued *last;    /* given out, to be freed by the next call */
	struct queued *opening; /* the dialogue's OPEN, while it is not complete */
	struct queued *refusal; /* a refusal that came inside a message, or behind it? */
	uint64_t ignored;       /* lines that belong to no dialogue */
	bool own;               /* a report of this program: what has no mark is a finding */
	bool blank;             /* the line before was empty */
	bool ended;             /* the text has */

	/* The dialogue. */
	bool open, closed;
	struct talk_step close; /* a report may tell afterwards of octets that were lost before */
	bool port_known;        /* of the server: its report told */
	bool server_seen, client_seen;
	bool more;       /* the reply goes on */
	bool asked_220;  /* a command was sent that a 220 accepts */
	bool data_asked; /* DATA was sent */
	bool data;       /* message text is being sent */
	bool data_shown; /* ... and some of it was in the text */
	bool chunk;      /* octets of a chunk may follow */
	unsigned code;   /* of the last reply line */
	uint64_t line;   /* last line of it */
	struct table table;
};

/* -- transcript_queue.c ----------------------------------------------------------------- */

/* A step at the end of the queue, or in front of another one.  The text is copied. */
struct queued *talk_push(struct talk *, struct queued *before, struct talk_step, struct slice);
void talk_push_octets(struct talk *, enum talk_side, uint64_t line, struct slice);
/* The same of a line as it was written. */
void talk_push_line(struct talk *, enum talk_side, uint64_t line, struct slice);
/* May the first step be given out? */
bool talk_ready(const struct talk *);
/* The first step, to be freed with queued_free(); there must be one. */
struct queued *talk_pop(struct talk *);
/* The step behind the first n; NULL: there are no more. */
struct queued *talk_step_at(const struct talk *, size_t n);
/* Drops all steps behind the first n, and tells how many. */
size_t talk_drop_from(struct talk *, size_t n);
void queued_free(struct queued *); /* accepts NULL */

/* -- transcript_row.c ------------------------------------------------------------------- */

struct row_head {
	struct slice from, to; /* the names of the two sides */
};

enum row_part {
	PART_NONE,
	PART_REPLY,   /* of the server */
	PART_MORE,    /* further octets of the reply before */
	PART_COMMAND, /* of the client */
	PART_END,     /* the end of data */
	PART_TEXT,    /* message text, which is not shown */
	PART_FOLDED,  /* frames that were left out */
	PART_LOST,    /* not captured when the table was made */
	PART_FLAGS,   /* the line of numbers */
	PART_SKIP     /* what another line tells as well, or nobody can read */
};

struct row_said {
	struct slice text; /* as far as it is shown */
	uint64_t octets;   /* with all that is not shown; 0: not told */
	uint64_t lines;    /* of the same reply that follow */
	bool whole;        /* the first line is shown to its end */
};

/* "3081 Target >>> IMC SMTP", with or without times. */
bool row_head(struct slice, struct row_head *);
/* What a line below a head is; *rest: what stands behind the word that says so. */
enum row_part row_part(struct slice, struct slice *rest);
/* "250 2.1.5 Ok, 14 bytes (to RCPT after 6 ms)" */
struct row_said row_said(struct slice);
/* Takes what this program says of a line off its end. */
void row_remark(struct row_said *);
/* The code of a reply of which only the meaning is shown (RFC 821 4.2.2), or 0. */
unsigned row_code(struct slice);
/* Octets of message text in the frames that "... 92 frames folded" stands for. */
uint64_t row_folded(struct slice);

/* -- transcript_table.c ----------------------------------------------------------------- */

/* The lines of a text one after the other: true at one below the head of a frame that says
 * something.  *head: the last one was such a head; false before the first. */
bool table_begins(struct slice line, bool *head);
bool table_is_head(struct slice);
/* Takes a line without blanks around it if it belongs to a table of frames. */
bool table_line(struct talk *, struct slice, uint64_t line);

/* -- transcript_say.c ------------------------------------------------------------------- */

void talk_begin(struct talk *, bool tls, uint64_t line);
void talk_close(struct talk *, enum talk_side by, bool reset, uint64_t line);
void talk_end(struct talk *);
bool talk_goes_on(const struct talk *, enum talk_side);
/* A whole line of one side, without its mark. */
void talk_say(struct talk *, const struct mark *, struct slice, uint64_t line);
/* A line of message text that has no mark. */
void talk_say_text(struct talk *, struct slice, uint64_t line);

#endif
