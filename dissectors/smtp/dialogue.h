/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dialogue - what two sides of SMTP say: units, which owe a reply, and replies, each
 * with its lines and with the segments that carried it.
 *
 * Part of the model (smtp.h), which owns it all; texts are escaped when shown.
 * Offsets are those of the stream layer (ledger.h).
 */
#ifndef SMTPSCOPE_SMTP_DIALOGUE_H
#define SMTPSCOPE_SMTP_DIALOGUE_H

#include "base/queue.h"
#include "base/slice.h"
#include "stream/stream.h"

struct smtp_body;
struct smtp_ehlo;
struct smtp_reply;
struct smtp_transaction;
struct smtp_unit;

/* Where one octet was: a copy of what the ledger says of the segment that carried it first. */
struct smtp_mark {
	uint64_t frame;  /* 0: unknown (not captured) */
	int64_t ts;      /* ns */
	int64_t ack;     /* offset of the other side received by the sender, or LEDGER_NO_ACK */
	int64_t seg_off; /* offset of the first octet of that segment */
	uint32_t seg_len;
};

/* Had the sender of the octet at `m' received everything below `off'? (T2; its negation is T1:
 * the proof that it had not) */
static inline bool
smtp_mark_knows(const struct smtp_mark *m, int64_t off)
{
	return m->ack != LEDGER_NO_ACK && m->ack >= off;
}

enum smtp_verb_id {
	VERB_UNKNOWN,
	VERB_HELO,
	VERB_EHLO,
	VERB_LHLO,
	VERB_MAIL,
	VERB_RCPT,
	VERB_DATA,
	VERB_BDAT,
	VERB_BURL,
	VERB_RSET,
	VERB_NOOP,
	VERB_VRFY,
	VERB_EXPN,
	VERB_HELP,
	VERB_QUIT,
	VERB_STARTTLS,
	VERB_AUTH,
	VERB_ETRN,
	VERB_ATRN,
	VERB_TURN,
	VERB_SEND,
	VERB_SOML,
	VERB_SAML,
	VERB_XCLIENT,
	VERB_XFORWARD,
	VERB_XEXCH50,
	VERB_XLINK2STATE,
	VERB_XANONYMOUSTLS,
	VERB_XEXPS,
	VERB_X /* any other word that begins with X */
};

enum smtp_verb_flag {
	VERB_GROUP_FREE = 1,  /* may stand anywhere in a pipelined group (RFC 2920 3.1) */
	VERB_GROUP_LAST = 2,  /* only last in a group */
	VERB_WAITS = 4,       /* what follows it depends on its reply */
	VERB_NO_ARGUMENT = 8, /* an argument is a syntax error */
	VERB_REQUIRED = 16,   /* every server implements it (RFC 5321 4.5.1) */
	VERB_EXTENSION = 32   /* needs an EHLO keyword */
};

struct smtp_verb {
	char name[16];
	enum smtp_verb_id id;
	unsigned flags;       /* enum smtp_verb_flag */
	uint16_t positive[6]; /* 2yz and 3yz codes that fit it, 0-terminated */
	const char *keyword;  /* EHLO keyword that offers it, or NULL */
	const char *ref;      /* "RFC 5321 4.1.1.2" */
};

enum smtp_line_flag {
	LINE_BARE_LF = 1, /* ended by LF without CR */
	LINE_BARE_CR = 2, /* a CR inside that no LF follows */
	LINE_NUL = 4,
	LINE_CONTROL = 8, /* C0 other than HT, or DEL */
	LINE_8BIT = 16,
	LINE_CUT = 32,           /* longer than we keep; len is the true length */
	LINE_GAP = 64,           /* octets in it were not captured */
	LINE_UNTERMINATED = 128, /* never ended: the stream or its next line came first */
	LINE_NOT_BASE64 = 256,   /* an AUTH response that is no base64 (RFC 4954 4) */
	LINE_ODD_CODE = 512      /* three digits outside [2-5][0-5][0-9] (RFC 5321 4.2) */
};

struct smtp_line {
	int64_t off;                  /* first octet */
	uint32_t len;                 /* octets with the line ending */
	uint16_t flags;               /* enum smtp_line_flag */
	uint16_t code;                /* server lines: three digits, or 0 */
	char separator;               /* server lines: ' ', '-', or 0 for none */
	struct smtp_mark first, last; /* segments of the first and of the last octet */
	uint64_t at_frame;            /* frame during which the line was whole in order */
	int64_t at_ts;
	struct slice text; /* without the line ending; secrets are masked already */
};

enum smtp_unit_kind {
	UNIT_GREETING, /* the server owes a banner */
	UNIT_COMMAND,
	UNIT_EOD,    /* end of data: CRLF.CRLF */
	UNIT_CHUNK,  /* BDAT with its octets */
	UNIT_SASL,   /* a line of an AUTH exchange */
	UNIT_GARBAGE /* a line in command mode that is no command */
};

enum smtp_unit_flag {
	UNIT_AFTER_GAP = 1, /* in the first epoch after a hole: pairing resumed there */
	UNIT_EARLY = 2,     /* its first octet left before the reply to its predecessor arrived */
	UNIT_SAME_SEGMENT = 4,  /* shares its first octet's segment with its predecessor */
	UNIT_MASKED = 8,        /* the text holds a secret and was masked */
	UNIT_IN_TEXT = 16,      /* parsed as a command because the server was proved to end the
	                         * message at a non-standard dot */
	UNIT_GUESSED = 32,      /* mode was inferred, not seen (reply to DATA missing) */
	UNIT_BAD_CHUNK = 64,    /* BDAT whose size cannot be parsed: no chunk follows */
	UNIT_CHUNK_SHORT = 128, /* the stream ended inside the chunk */
	UNIT_AFTER_FIN = 256,   /* its segment acknowledges the server's FIN */
	UNIT_PASSWORD = 512,    /* the masked text is a password or a bearer token */
	UNIT_GUESSABLE = 1024   /* ... or a digest that a password can be tried against */
};

/* What was in force when a unit's turn came (from the replies), and what its sender knew. */
struct smtp_context {
	const struct smtp_ehlo *ehlo;  /* EHLO reply in force for the sender; NULL: none */
	const struct smtp_ehlo *offer; /* the same by order alone: also when its sender had not
	                                * received it yet */
	bool hello_open;               /* the last HELO, EHLO or LHLO before it has no answer */
	bool caps_known;    /* false: mid-stream, gap, or inside TLS: nothing is "not offered" */
	bool greeted;       /* an accepted HELO/EHLO/LHLO precedes */
	bool greeted_known; /* false: cannot be told */
	bool tls;           /* inside TLS */
	bool authenticated;
	const struct smtp_unit *mail; /* MAIL that opened the transaction in progress, or NULL */
	const struct smtp_unit *any_mail; /* last MAIL sent since the transaction was reset */
	bool state_known;                 /* false after a gap: an open transaction may be unseen */
	uint32_t rcpt_sent;               /* in this transaction, before this unit */
	uint32_t rcpt_accepted;           /* ... of them accepted, by their replies */
	uint32_t rcpt_known_refused;      /* ... of them refused, all of which the sender had
	                                   * received; else 0 */
	bool data_failed;                 /* a BDAT of this transaction was refused */
	bool bdat_seen;                   /* this transaction has used BDAT */
	bool bdat_last;                   /* ... and its LAST */
	/* Since MAIL, RSET or a greeting: the chunk marked LAST, and the first refused one. */
	const struct smtp_unit *last_chunk, *failed_chunk;
	const struct smtp_unit *quit; /* QUIT that precedes, or NULL */
};

struct smtp_unit {
	STAILQ_ENTRY(smtp_unit) link;
	const struct smtp_unit *prev; /* the one before it, of whatever epoch; NULL: the first */
	uint32_t index;               /* 0-based in the session */
	enum smtp_unit_kind kind;
	const struct smtp_verb *verb; /* COMMAND and CHUNK; the row UNKNOWN when no verb fits */
	struct smtp_line line;        /* its line; of EOD the dot, of GREETING nothing */
	struct slice arg;             /* behind the verb, within line.text */
	int64_t end;                  /* end of the whole unit (CHUNK: of its octets) */
	struct smtp_mark last;        /* segment of the octet before `end' */
	uint64_t at_frame;            /* frame during which the unit was whole */
	int64_t at_ts;
	uint32_t epoch;           /* grows with every gap; units of different epochs do not mix */
	unsigned flags;           /* enum smtp_unit_flag */
	uint32_t owes;            /* replies owed: 1; LMTP end of data: accepted recipients */
	uint32_t recipients;      /* end of data, last CHUNK: recipients accepted by then */
	struct smtp_reply *reply; /* by count: what a counting client takes for the answer */
	struct smtp_reply *meant; /* by meaning; differs from `reply' only where it costs less */
	uint32_t nreplies;        /* by meaning, LMTP */
	struct smtp_transaction *tx; /* transaction it belongs to, or NULL */
	uint32_t group;              /* units sent without waiting share a number, from 1 */
	uint64_t chunk_size;         /* CHUNK: octets announced */
	bool chunk_last;             /* CHUNK: LAST */
	struct slice user;      /* AUTH and SASL: who logs in, where the text told; else empty */
	struct smtp_body *body; /* EOD, last CHUNK: the message it ends; DATA: the one it opens */
	struct smtp_context ctx;
};
STAILQ_HEAD(smtp_units, smtp_unit);

enum smtp_reply_flag {
	REPLY_GARBAGE = 1,      /* no reply line at all; code is 0 */
	REPLY_CODE_DIFFERS = 2, /* a line carries another code than the first */
	REPLY_OPEN = 4,         /* the last line seen says that more follow */
	REPLY_BARE_LF = 8,      /* a line ended without CR */
	REPLY_MID_DATA = 16,    /* left before the end of data had been received */
	REPLY_UNSOLICITED = 32, /* answers no unit */
	REPLY_EARLY = 64,       /* left before its own unit had been received whole */
	REPLY_AFTER_GAP = 128,
	REPLY_LINE_LONG = 256,   /* a line passes 512 octets */
	REPLY_UNJUDGED = 512,    /* after a gap, before pairing resumed */
	REPLY_SELF_ENDED = 1024, /* an unfinished multi-line reply closed by the next one */
	REPLY_CUT = 4096,        /* its end was cut by the snap length */
	REPLY_SWAPPED = 2048     /* its place and that of another reply are exchanged */
};

struct smtp_reply {
	STAILQ_ENTRY(smtp_reply) link;
	uint32_t index;
	uint16_t code;          /* of the last line kept; 0: garbage */
	uint16_t first_code;    /* of the first line */
	uint16_t enhanced[3];   /* RFC 3463; [0] == 0: absent */
	uint32_t nlines, nkept; /* seen; in lines[] */
	struct smtp_line *lines;
	int64_t off, end; /* octets in the server's direction */
	struct smtp_mark first, last;
	uint64_t at_frame; /* frame during which it was whole */
	int64_t at_ts;
	uint32_t epoch;
	unsigned flags;          /* enum smtp_reply_flag */
	struct smtp_unit *unit;  /* by count, or NULL */
	struct smtp_unit *meant; /* by meaning, or NULL */
	struct smtp_body *body;  /* MID_DATA: the message it interrupts */
};
STAILQ_HEAD(smtp_replies, smtp_reply);

struct smtp_extension {
	struct slice keyword; /* as sent */
	struct slice params;  /* behind the blank */
};

struct smtp_ehlo { /* an accepted EHLO or LHLO */
	STAILQ_ENTRY(smtp_ehlo) link;
	const struct smtp_unit *unit;
	const struct smtp_reply *reply;
	struct smtp_extension *ext;
	unsigned next;
};
STAILQ_HEAD(smtp_ehlos, smtp_ehlo);

#endif
