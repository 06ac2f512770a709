/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * row - what is kept of a session when the session itself is gone: enough to
 * list, sort and filter it, and to find its frames again.
 *
 * A row has a fixed size; its texts are references into the pool of its store.
 */
#ifndef SMTPSCOPE_STORE_ROW_H
#define SMTPSCOPE_STORE_ROW_H

#include "model/run.h"
#include "smtp/smtp.h"

/* A text in the pool of a store; 0: none. */
typedef uint32_t pool_ref;

struct pool;

enum { ROW_CHECK_WORDS = RUN_CHECKS_MAX / 64, ROW_NO_CAUSE = 255 };

enum row_flag {
	ROW_OPEN = 1,      /* the connection had not ended when the row was made */
	ROW_MIDSTREAM = 2, /* its start was not captured */
	ROW_GAPS = 4,      /* octets are missing */
	ROW_ONE_SIDED = 8, /* one direction was not captured */
	ROW_TLS = 16,      /* TLS from some point on */
	ROW_TLS_IMPLICIT = 32,
	ROW_TLS_FAILED = 64,   /* an alert, or no application data */
	ROW_LIMITED = 128,     /* a part of it was not kept */
	ROW_TAGGED = 256,      /* by the user */
	ROW_CUT = 512,         /* a text of the row is not whole, or was not kept */
	ROW_TLS_JOINED = 2048, /* TLS had begun before the capture did */
	ROW_TROUBLE = 4096,    /* a warning, an error, or a message that was not delivered */
	ROW_TRANSCRIPT = 1024  /* of a transcript: frames are lines; times, addresses made up */
};

/* What a session had of replies: bits. */
enum row_class {
	CLASS_NO_CODE, /* a line that does not begin with a code from 100 to 999 */
	CLASS_1YZ,
	CLASS_2YZ,
	CLASS_3YZ,
	CLASS_4YZ,
	CLASS_5YZ,
	CLASS_OTHER,  /* 600 to 999 */
	CLASS_MISSING /* something was owed a reply that was not seen */
};

/* Members of one size stand together, so that a million rows waste nothing. */
struct session_row {
	uint64_t number; /* smtp_session.number, from 1; 0: open and unreported */
	uint64_t stream; /* stream.id */
	uint64_t first_frame, last_frame;
	int64_t first_ts, last_ts; /* ns */
	uint64_t position;         /* where reading it again begins (stream.first_position) */
	uint64_t octets[2];        /* payload, by role of the sender */
	int64_t wait;              /* longest wait for a reply, ns; -1: none known */
	struct endpoint ep[2];     /* by SMTP role; not in the pool: a copy of a row is enough
	                            * to find its frames, whatever became of the store */
	uint32_t source;           /* input of the first frame */
	uint32_t lead;             /* frames that `position' lies before the first one: they
	                            * brought fragments of it; 0 nearly always */
	uint32_t packets[2];       /* by role of the sender */
	uint32_t retransmissions;  /* of both sides */
	uint32_t commands, replies;
	uint32_t transactions, rcpts, accepted; /* rcpts: RCPT commands in all transactions */
	pool_ref found;                /* the first of all refs: store_findings() reads it */
	pool_ref helo, banner;         /* argument of the last EHLO; greeting without its code */
	pool_ref sender;               /* of the first transaction; "<>": the null path */
	pool_ref senders;              /* of all, blanks between them; the same if there is one */
	pool_ref rcpt;                 /* recipients of all transactions, blanks between them */
	pool_ref queue_id, message_id; /* of the last transaction that has one */
	pool_ref last_reply;           /* last line of the last reply that decided something; the
	                                * last of all refs */
	uint16_t counted[3];           /* findings that are no consequence, by enum severity */
	uint16_t flags;                /* enum row_flag */
	uint16_t results;              /* bits by enum smtp_result: all that its transactions had */
	uint16_t tls_version;          /* that the server chose (enum tls_version); 0: unknown */
	uint8_t app, closure;          /* enum smtp_app, smtp_closure */
	uint8_t end_reason;            /* enum stream_reason of its end; REASON_NONE: ROW_OPEN */
	uint8_t result;                /* enum smtp_result: the worst of its transactions;
	                                * RESULT_UNKNOWN if there is none */
	int8_t worst;                  /* enum severity; -1: none */
	uint8_t confidence;            /* of `cause', enum confidence */
	uint8_t cause;                 /* position of the check that explains it best; 255: none */
	uint8_t classes;               /* bits by enum row_class */
};

/* Fills the row, and puts its texts into the pool (pool.h).  False when a text was not kept for
 * lack of room; the rest of the row is right all the same.  `old': the row that it replaces, whose
 * texts are used again where they are the same; NULL: none. */
bool row_fill(struct session_row *, struct pool *, const struct smtp_session *, bool open,
    const struct session_row *old);
/* How bad a result is for the mail: grows from delivered to lost. */
unsigned row_badness(enum smtp_result);

#endif
