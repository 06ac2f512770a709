/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transcript_talk - the state of a text that is read as dialogues.  Shared by
 * transcript_talk.c, which reads lines, transcript_say.c, which knows what a line
 * of the client or the server means, and transcript_queue.c, which keeps the
 * steps that cannot be told yet.
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
void queued_free(struct queued *); /* accepts NULL */

/* -- transcript_say.c ------------------------------------------------------------------- */

void talk_begin(struct talk *, bool tls, uint64_t line);
void talk_close(struct talk *, enum talk_side by, bool reset, uint64_t line);
void talk_end(struct talk *);
/* A whole line of one side, without its mark. */
void talk_say(struct talk *, const struct mark *, struct slice, uint64_t line);
/* A line of message text that has no mark. */
void talk_say_text(struct talk *, struct slice, uint64_t line);

#endif
