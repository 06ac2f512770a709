/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * message - message text on the wire, and what became of it: bodies and transactions.
 *
 * Part of the model (smtp.h), which owns it all.  Octets of messages are counted, not
 * kept, but for a few at the end and what a reporter asks for.
 */
#ifndef SMTPSCOPE_SMTP_MESSAGE_H
#define SMTPSCOPE_SMTP_MESSAGE_H

#include "smtp/dialogue.h"

struct body_fact { /* something in message text, and where it was first */
	uint64_t count;
	int64_t off;
	uint64_t frame;
	int64_t ts;
};

/* A lone dot between two line breaks of which one is not CRLF (RFC 5321 4.1.1.4). */
struct body_dot {
	const char *form;      /* "LF.LF" ... */
	int64_t off;           /* of the dot */
	int64_t end;           /* behind its line break */
	struct smtp_mark mark; /* segment of the dot */
	const char *next;      /* command found at the start of the text behind it, or NULL */
	uint64_t next_frame;
	int64_t next_off; /* of that command */
	int64_t next_ack; /* what its sender had received, or LEDGER_NO_ACK */
	struct slice next_text;
	bool proved; /* the server took it for the end of data */
};
enum { BODY_DOTS = 4, BODY_TAIL = 16 };

struct smtp_body {
	STAILQ_ENTRY(smtp_body) link;
	struct smtp_unit *opener; /* DATA or the first BDAT; NULL when not captured */
	struct smtp_unit *eod;    /* its end, or NULL */
	struct smtp_reply *mid;   /* first reply that came inside it (REPLY_MID_DATA), or NULL */
	bool bdat;
	bool guessed;            /* data mode was inferred */
	int64_t off, end;        /* of the text on the wire; end: behind what was seen so far */
	struct smtp_mark first;  /* first octet */
	struct smtp_mark last;   /* last octet seen */
	uint64_t octets;         /* of the message: dots unstuffed, without the end mark */
	uint64_t lines, longest; /* octets of the longest line with its ending */
	uint64_t missing;        /* octets in gaps */
	uint64_t frames;         /* segments that carried it */
	struct body_fact bare_lf, bare_cr, nul, control, eightbit, long_line, unstuffed;
	uint64_t crlf; /* line endings that are right */
	struct body_dot dots[BODY_DOTS];
	unsigned ndots;
	uint8_t tail[BODY_TAIL]; /* last octets seen */
	unsigned ntail;
	const struct smtp_reply *refusal; /* the first 4yz or 5yz, 421 apart, inside the text */
	uint64_t eod_frames;              /* distinct segments that the CRLF.CRLF was spread over */
	const char *eod_split;            /* "CRLF|.CRLF" or NULL */
	struct slice text;                /* the text itself, only when asked for (bounded) */
	struct slice message_id;          /* with its angle brackets; empty: none seen */
	/* Of its first 4 kB (header.c): without the fields that every attempt writes anew, and of
	 * these fields alone; text_hash 0: not known. */
	uint64_t text_hash, trace_hash;
};
STAILQ_HEAD(smtp_bodies, smtp_body);

enum smtp_result {
	RESULT_DELIVERED,
	RESULT_DELIVERED_IN_PART,
	RESULT_REJECTED,
	RESULT_DEFERRED,
	RESULT_REJECTED_MID_DATA,
	RESULT_ABORTED,
	RESULT_LOST,
	RESULT_IN_DOUBT,
	RESULT_UNKNOWN
};

struct smtp_rcpt {
	STAILQ_ENTRY(smtp_rcpt) link;
	const struct smtp_unit *unit;
	struct slice addr;              /* as on the wire, between the angle brackets */
	const struct smtp_reply *reply; /* to RCPT; NULL: none */
	const struct smtp_reply *final; /* LMTP: to the end of data */
	bool accepted;
};

struct smtp_transaction {
	STAILQ_ENTRY(smtp_transaction) link;
	uint32_t index;
	const struct smtp_unit *mail;
	struct slice sender; /* as on the wire, between the angle brackets */
	STAILQ_HEAD(, smtp_rcpt) rcpts;
	uint32_t nrcpt, naccepted, nrefused; /* sent; answered 2yz; answered 4yz or 5yz */
	struct smtp_body *body;              /* NULL: no message text was sent */
	const struct smtp_unit *data;        /* DATA, BDAT or BURL that carried the message */
	const struct smtp_unit *eod;         /* end of data or LAST chunk */
	const struct smtp_reply *final;      /* reply that decided it */
	uint64_t size_declared;              /* SIZE= on MAIL */
	bool has_size;
	bool bdat;
	bool cut_off; /* the end of the connection ended it, no command did */
	enum smtp_result result;
	enum smtp_result believed; /* by count; differs from `result' only with by-meaning */
	uint64_t first_frame, last_frame;
	int64_t wait;         /* ns, end of data to its reply; -1 unknown */
	const char *queue_id; /* from the final reply's text, or NULL */
};
STAILQ_HEAD(smtp_transactions, smtp_transaction);

#endif
