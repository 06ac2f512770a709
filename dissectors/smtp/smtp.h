/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * smtp - the model of one SMTP, LMTP or TLS session.
 *
 * Built in two steps.  While the connection lives, the parser makes units (what
 * owes a reply), replies and message bodies from the streams, each with the
 * frames and acknowledgement numbers that carried it.  When it ends (or, live,
 * on demand) the analysis pairs them, follows the state, closes transactions and
 * runs the checks.  Reporters and checks only read.
 *
 * Offsets are those of the stream layer (ledger.h).  Causality rests on one
 * rule: a segment acknowledges what its sender had received; so an octet at or
 * above mark.ack of the other direction was unknown when that segment left.
 */
#ifndef SMTPSCOPE_SMTP_SMTP_H
#define SMTPSCOPE_SMTP_SMTP_H

#include "base/queue.h"
#include "base/slice.h"
#include "model/finding.h"
#include "smtp/recall.h"
#include "stream/stream.h"

struct arena;
struct smtp_unit;
struct smtp_reply;
struct smtp_transaction;
struct smtp_ehlo;
struct tls_side;
struct peers;

/* Where one octet was: a copy of what the ledger says of the segment that carried it first. */
struct smtp_mark {
	uint64_t frame;  /* 0: unknown (not captured) */
	int64_t ts;      /* ns */
	int64_t ack;     /* offset of the other side received by the sender, or LEDGER_NO_ACK */
	int64_t seg_off; /* offset of the first octet of that segment */
	uint32_t seg_len;
};

enum smtp_app { APP_UNKNOWN, APP_SMTP, APP_LMTP, APP_TLS };

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

enum smtp_closure {
	CLOSURE_QUIT,
	CLOSURE_QUIT_NO_WAIT,
	CLOSURE_CLIENT_FIN,
	CLOSURE_SERVER_FIN,
	CLOSURE_HALF_CLOSED,
	CLOSURE_CLIENT_RST,
	CLOSURE_SERVER_RST,
	CLOSURE_SIMULTANEOUS,
	CLOSURE_IDLE,
	CLOSURE_REFUSED,
	CLOSURE_NO_ANSWER,
	CLOSURE_REUSED,
	CLOSURE_CAPTURE_END
};

struct smtp_gap {
	STAILQ_ENTRY(smtp_gap) link;
	enum stream_dir dir; /* whose octets are missing (SMTP role) */
	int64_t off;
	uint64_t len;
	enum stream_reason reason;
	uint64_t frame; /* first frame behind the hole, or the one that acknowledged it */
	int64_t ts;
	uint64_t before_frame; /* last frame of that side before the hole; 0: none */
	const char *phase;     /* what the dialogue was doing */
};
STAILQ_HEAD(smtp_gaps, smtp_gap);

enum smtp_tls_via { TLS_NONE, TLS_STARTTLS, TLS_IMPLICIT };

struct smtp_tls {
	enum smtp_tls_via via;
	int64_t start[2];                    /* offset where TLS begins, by role; -1: not */
	uint64_t client_frame, server_frame; /* first TLS records; 0: none */
	bool client_hello, server_hello;
	uint8_t alert_level, alert; /* first alert in clear */
	uint64_t alert_frame;       /* 0: none */
	uint8_t alert_dir;
	bool application_data[2];       /* encrypted application records were seen */
	const struct tls_side *side[2]; /* what the records of each role told; NULL: none came */
};

struct smtp_session {
	const struct stream *stream;
	unsigned flip;         /* 1: the stream's DIR_CLIENT is the SMTP server */
	struct arena *arena;   /* owns everything reachable from here but the findings */
	struct arena *verdict; /* owns what the analysis makes; reset when it runs again */
	uint64_t number;       /* of the reported sessions, from 1; 0 while unreported */
	enum smtp_app app;
	bool role_by_evidence; /* roles inferred from the text, not from a SYN */
	bool roles_certain;
	bool limited;      /* something was not kept: a limit was hit */
	const char *limit; /* which, or NULL */
	struct smtp_units units;
	struct smtp_replies replies;
	struct smtp_bodies bodies;
	struct smtp_gaps gaps;
	uint32_t nunits, nreplies;
	uint32_t epoch; /* the present one: what is older lies before a hole */
	struct smtp_tls tls;
	const char
	    *foreign; /* another protocol, by its first octets ("HTTP", "binary"); NULL: no */
	enum stream_dir foreign_by; /* whose octets tell */
	struct smtp_mark foreign_at;
	unsigned earlier_offers; /* enum peer_offer: seen from this server to this client before */
	const struct peers *peers;        /* what earlier sessions left; NULL: not to be compared */
	const struct smtp_recall *recall; /* analysed once more: what the first time told beside the
	                                   * frames; NULL: this is the first time */
	const char *tunnel;    /* "SOCKS5", "HTTP CONNECT": SMTP runs inside it; NULL: no */
	uint64_t tunnel_frame; /* where the client asked for it */
	bool ended;            /* the last event has come */
	bool shown;            /* a live report has begun to tell of it (set by the program) */
	enum stream_reason end_reason;
	int64_t seen[2]; /* end of what was parsed, by role */

	/* Made by the analysis. */
	struct smtp_ehlos ehlos;
	struct smtp_transactions transactions;
	uint32_t ntransactions;
	const struct smtp_unit *quit;       /* the first QUIT, or NULL */
	const struct smtp_unit *answered;   /* the last unit but QUIT that has a reply, or NULL */
	const struct smtp_reply *first_421; /* or NULL */
	const struct ledger_seg *close[2];  /* first FIN or RST, by role; NULL: none */
	enum smtp_closure closure;
	const char *closed_by;      /* "client", "server", "both", or NULL */
	const char *phase;          /* what was going on when it ended */
	const char *capture_point;  /* "near the client", ..., "unknown" */
	const char *auth_mechanism; /* NULL: no AUTH */
	const char *auth_result;    /* "accepted", "refused", "aborted", "unknown" */
	bool lmtp;                  /* the greeting or an accepted LHLO says so */
	bool one_sided;             /* one direction was not captured */
	bool lines_cut;             /* the snap length may have cut whole commands or replies off */
	uint64_t gap_octets[2];     /* by role */
	struct findings findings;   /* in order of frame */
	struct recalled_list across; /* copies of those of checks that compare sessions */
	struct finding spare;        /* takes what there was no memory to keep */
	uint32_t counted[3];         /* findings by severity that are no consequence */
	uint32_t suppressed;         /* findings that the operator does not want, and what follows
	                              * from them; they are not in the list */
	uint32_t regraded;           /* findings that have the severity the operator wants */
	int worst;                   /* enum severity of the worst counted finding; -1: none */
};

/* The half of the stream that plays this role. */
static inline const struct stream_half *
smtp_half(const struct smtp_session *s, enum stream_dir role)
{
	return &s->stream->half[(unsigned)role ^ s->flip];
}

/* The SMTP role of a ledger segment's sender. */
static inline enum stream_dir
smtp_role(const struct smtp_session *s, const struct ledger_seg *g)
{
	return (enum stream_dir)(g->dir ^ s->flip);
}

/* Had the sender of the octet at `m' received everything below `off'? (T2; its negation is T1:
 * the proof that it had not) */
static inline bool
smtp_mark_knows(const struct smtp_mark *m, int64_t off)
{
	return m->ack != LEDGER_NO_ACK && m->ack >= off;
}

const struct smtp_verb *smtp_verb_find(struct slice word); /* never NULL: the UNKNOWN row */
const struct smtp_verb *smtp_verb_row(enum smtp_verb_id);
const char *smtp_unit_name(const struct smtp_unit *); /* "RCPT", "end of data", "greeting" */
const char *smtp_unit_kind_name(enum smtp_unit_kind); /* "end-of-data" as in the records */
const char *smtp_result_name(enum smtp_result);
const char *smtp_closure_name(enum smtp_closure);
const char *smtp_app_name(enum smtp_app);
/* A keyword of the EHLO reply, letters of either case; NULL: not offered. */
const struct smtp_extension *smtp_ehlo_find(const struct smtp_ehlo *, const char *keyword);
/* The label of RFC 5321 4.2.3 for a code ("Requested mail action okay, completed"), or NULL. */
const char *smtp_code_label(uint16_t code);

#endif
