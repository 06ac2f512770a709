/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dialogue - one SMTP session of the load, as a sequence of turns.
 *
 * A turn writes the frames of one exchange or of one burst of message text, so
 * that the turns of many sessions interleave.  Apart from the session's planted
 * violation everything in it is lawful.
 */
#ifndef SMTPSCOPE_BENCH_DIALOGUE_H
#define SMTPSCOPE_BENCH_DIALOGUE_H

#include "wire.h"

enum violation { NO_VIOLATION, REPLY_MID_DATA, COMMANDS_LOST, CLOSE_UNANNOUNCED, RESET_MID_DATA };
enum { NVIOLATIONS = 5 };

enum style { LOCK_STEP, PIPELINING, CHUNKING, NSTYLES };
enum stage { CONNECT, GREETING, ENVELOPE, TEXT, CHUNK, QUIT, CLOSE, NSTAGES };

struct session {
	struct wire_conn conn;
	uint64_t number; /* from 0 */
	enum stage stage;
	enum style style;
	enum violation violation;
	unsigned messages; /* still to send */
	bool refused;      /* this message is, after its end */
	bool replied;      /* REPLY_MID_DATA: the early reply has been sent */
	uint32_t line;     /* first line of the message in the pool */
	uint32_t sent, lines;
};

struct load {
	struct wire wire;
	FILE *json;                    /* list of what was planted, then totals */
	char *pool;                    /* POOL_LINES lines of LINE octets */
	uint64_t started;              /* sessions */
	uint64_t chosen[NVIOLATIONS];  /* sessions that are to have one */
	uint64_t planted[NVIOLATIONS]; /* ... and had it */
	uint64_t planted_max;          /* of each kind */
	uint64_t octets_max;           /* of a message; 0: 200 kB */
	uint64_t listed;               /* planted in all */
	uint64_t styles[NSTYLES], v6;
	uint64_t delivered, rejected, aborted; /* transactions by end */
	uint64_t recipients, recipients_refused;
};

enum {
	LINE = 78,         /* octets of a text line, with its CRLF */
	POOL_LINES = 20000 /* different text lines; a message starts anywhere in them */
};

/* Ids of the checks that are expected to speak at the planted frame. */
extern const char *const violations[NVIOLATIONS];

void dialogue_begin(struct load *, struct session *);
/* One turn; false when the session is over. */
bool dialogue_turn(struct load *, struct session *);

#endif
