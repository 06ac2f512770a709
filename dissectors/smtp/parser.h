/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * parser - the living side of a session: octets in, units and replies out.
 *
 * The client's stream is read as the server's replies decide (RFC 5321 3.3): after
 * DATA, AUTH or STARTTLS the tokenizer stops until that unit's reply is complete,
 * then reads on as the server will.  Octets that arrive meanwhile wait in feed.buf
 * (at most HOLD_MAX; beyond that the mode is guessed and everything so read is
 * marked UNIT_GUESSED).
 */
#ifndef SMTPSCOPE_SMTP_PARSER_H
#define SMTPSCOPE_SMTP_PARSER_H

#include "base/arena.h"
#include "base/budget.h"
#include "base/sbuf.h"
#include "smtp/smtp.h"

enum {
	HOLD_MAX = 256 * 1024,    /* octets of one side kept unread */
	LINE_KEEP = 4096,         /* octets of a line kept */
	LINE_MAX_LEN = 64 * 1024, /* a longer line is closed with LINE_CUT */
	REPLY_KEEP = 1000,        /* lines of one reply kept */
	UNITS_MAX = 100000,       /* units and replies of one session kept */
	SESSION_MAX = 32 << 20,   /* octets one session may hold */
	PENDING_LOOK = 64,        /* units without reply that are looked at for one reply */
	ALT_MAX = 64 * 1024       /* octets kept behind a non-standard dot */
};

enum parse_mode {
	MODE_COMMAND,
	MODE_HOLD, /* the reply to `waiting' decides how to read on */
	MODE_PEEK, /* 2yz to DATA: the next octets decide (text or command) */
	MODE_DATA,
	MODE_CHUNK,
	MODE_SASL,     /* one line answers the 334 */
	MODE_TLS_WAIT, /* TLS was agreed: the next octets are a record, or plaintext */
	MODE_TLS,
	MODE_OPAQUE /* nothing more can be read */
};

/* Which segment carried the octets from `off' on, up to the next run. */
struct run_mark {
	int64_t off;
	struct smtp_mark mark;
	uint64_t at_frame;
	int64_t at_ts;
};

struct feed {
	struct sbuf buf;       /* octets not read yet */
	int64_t off;           /* offset of the next octet to read */
	struct run_mark *runs; /* sorted by off; covers everything unread */
	size_t nruns, caprun;
	bool skip_to_lf; /* after a hole: the rest of a line is worthless */
	bool line_has_gap;
	struct slice view; /* octets being read now: buf or the event's own */
};

/* Where message text stands between line breaks (body_scan.c). */
enum break_kind { BREAK_NONE, BREAK_CRLF, BREAK_LF, BREAK_CR };
/* TEXT_LOST: behind a hole or a start in mid-stream; a LF here may have had its CR. */
enum text_state { TEXT_IN_LINE, TEXT_CR, TEXT_BOL, TEXT_DOT, TEXT_DOT_CR, TEXT_LOST };

struct body_scan {
	enum text_state state;
	enum break_kind before; /* line break in front of the dot or of this line */
	bool nul;               /* a NUL stands beside the dot */
	bool after_hole;        /* the next octet is the first behind a hole */
	bool stuffed;           /* this line's first dot is not message text */
	uint64_t line_len;      /* octets of this line so far */
	int64_t dot_off;
	struct smtp_mark dot_mark;
	uint64_t frames[5]; /* that carried CR, LF, dot, CR, LF of the last break and dot */
};

enum tunnel {
	TUNNEL_UNKNOWN, /* the client has not said anything yet */
	TUNNEL_NONE,
	TUNNEL_HTTP, /* CONNECT (RFC 9110 9.3.6) */
	TUNNEL_SOCKS4,
	TUNNEL_SOCKS5, /* RFC 1928 */
	TUNNEL_REFUSED
};

/* TLS joined late: what is known of a side's first octets. */
enum joined {
	JOINED_ASK,    /* nothing, or too little */
	JOINED_RECORD, /* they are one record so far, and wait to be read */
	JOINED_NO      /* they are read as SMTP, or it has been found out that they are TLS */
};

struct parser {
	STAILQ_ENTRY(parser) link; /* among the finished ones (analyst.c) */
	struct stream *kept;       /* the session's stream, once the tracker's is gone; owned */
	struct smtp_session *s;
	struct budget *budget;
	struct feed feed[2];         /* by role */
	enum parse_mode mode;        /* of the client's stream */
	enum parse_mode server_mode; /* MODE_COMMAND, MODE_TLS_WAIT, MODE_TLS, MODE_OPAQUE */
	struct smtp_unit *waiting;   /* MODE_HOLD: unit whose reply decides */
	struct smtp_unit *auth;      /* AUTH whose exchange goes on, or NULL */
	unsigned auth_step;          /* responses of it read so far */
	struct smtp_unit *chunk;     /* MODE_CHUNK */
	uint64_t chunk_left;
	struct smtp_body *body; /* message in transfer, or NULL */
	struct body_scan scan;
	struct header_scan *header; /* of that message; NULL: none yet, or no memory */
	int64_t cut_end;            /* behind the last frame of the client that was cut; 0: none */
	struct smtp_reply *open;    /* multi-line reply in progress */
	struct smtp_unit *head;     /* oldest unit without its replies, or NULL */
	enum joined joined[2];      /* by role */
	uint32_t epoch;
	bool synced; /* replies can be paired */
	bool lmtp;
	bool keep_text;
	uint32_t accepted; /* recipients accepted in this transaction */
	struct sbuf alt;   /* client octets from alt_off on: behind a non-standard dot */
	int64_t alt_off;
	bool alt_on;
	struct smtp_unit
	    *alt_chunk;          /* the octets of this chunk, not offered, are in `alt'; or NULL */
	bool chunking;           /* the last list of extensions had CHUNKING */
	enum tunnel tunnel;      /* what stands in front of the SMTP dialogue */
	unsigned tunnel_step[2]; /* messages of its handshake read, by role */
	struct tls_side *tls[2]; /* records of each role; NULL: none came */
	int64_t text_until;      /* units below this offset were read out of message text */
	bool dead;               /* a limit was hit: nothing more is read */
	TAILQ_ENTRY(parser) by_change; /* the dissector's: those with news */
	bool changed;                  /* it is among them */
};

/* Message text; returns the octets read, *end when the end of data was among them. */
size_t body_feed(struct parser *, struct slice, bool *end);
void body_begin(struct parser *, struct smtp_unit *opener, int64_t off, bool bdat);
void body_gap(struct parser *, uint64_t len);
/* Looks behind each non-standard dot for commands; called when the message is over. */
void body_finish(struct parser *);
/* body_scan.c: reads on in message text, octets of one segment from offset `off' on.  Returns how
 * many it read, at least one of them; *end: CRLF.CRLF was among them. */
size_t body_scan(struct parser *, struct slice, int64_t off, const struct run_mark *, bool *end);
/* The text stops inside a line, which is text as far as it goes. */
void body_line_unfinished(struct parser *);

/* The client's tokenizer. */
void client_read(struct parser *);
void client_gap(struct parser *, const struct smtp_gap *);
/* No reply to `waiting' will come: read what waits as its look suggests. */
void client_guess(struct parser *);
void client_eof(struct parser *);
/* MODE_PEEK: leaves it if what waits is enough to tell text from a command. */
void client_peek(struct parser *);
void client_after_reply(struct parser *, struct smtp_unit *, struct smtp_reply *);
struct smtp_unit *client_unit(struct parser *, enum smtp_unit_kind, int64_t off);
/* The verb of a line that is a command beyond doubt, its form included; NULL: it is not. */
const struct smtp_verb *line_command(struct slice line);
/* The server was proved to end the message at this dot: read what follows as commands. */
void client_rewind(struct parser *, struct body_dot *);
/* The server was proved not to take this chunk for one: read its octets as commands. */
void client_rewind_chunk(struct parser *, struct smtp_unit *);

/* unit.c: lines of the client.  `whole' has its line ending. */
struct slice line_without_eol(struct slice whole);
struct slice line_first_word(struct slice line);
void unit_from_command(struct parser *, struct slice whole);
void unit_from_sasl(struct parser *, struct slice whole);
/* The octets behind this unit are a chunk: BDAT, or the text that XEXCH50 announces. */
void unit_chunk_begin(struct parser *, struct smtp_unit *, uint64_t size);
void unit_chunk_over(struct parser *);
void unit_resume(struct parser *, struct smtp_unit *);

/* The server's tokenizer. */
void server_read(struct parser *);
void server_gap(struct parser *, const struct smtp_gap *);
void server_eof(struct parser *);
/* The peer has gone on although the last line or reply never ended: end it. */
void server_settle(struct parser *, int64_t ack);

/* Pairing while the connection lives, good enough to know how to read on. */
void pair_reply(struct parser *, struct smtp_reply *);
bool unit_plausible(const struct smtp_unit *, uint16_t code);
/* "353" to a whole message: a reply for each recipient follows, and one for all (PRDR). */
bool unit_is_prdr(const struct smtp_unit *, const struct smtp_reply *);
bool unit_self_marking(const struct smtp_unit *, uint16_t code);
bool reply_received(const struct smtp_unit *, const struct smtp_reply *);

/* tunnel.c: reads the handshake of a proxy in front of SMTP.  True while it wants more. */
bool tunnel_client(struct parser *);
bool tunnel_server(struct parser *);

/* tls_read.c: the next n octets of this role's feed are TLS; n of them are missing; the end. */
void tls_read(struct parser *, enum stream_dir, size_t n);
void tls_gap(struct parser *, enum stream_dir, uint64_t n);
void tls_fini(struct parser *);

/* joined.c: may the first octets of this role be records of TLS?  True: they wait for more.
 * Sets the modes when they are. */
bool joined_waits(struct parser *, enum stream_dir);
/* Before a hole: what waits is TLS, or is read. */
void joined_gap(struct parser *, const struct smtp_gap *);
/* Reads what waits. */
void joined_give_up(struct parser *, enum stream_dir);

/* feed.c */
void feed_init(struct feed *, struct budget *);
void feed_fini(struct feed *);
bool feed_push(struct feed *, const struct stream_event *);
const struct run_mark *feed_run(const struct feed *, int64_t off);
void feed_consume(struct feed *, size_t n);
void feed_skip(struct feed *, int64_t to); /* drops what is unread up to `to' */
bool feed_end(struct feed *);              /* keeps what the event left unread; false: no room */
void line_locate(const struct feed *, struct smtp_line *, size_t len);
void line_flags(struct smtp_line *, struct slice whole);

void parser_limit(struct parser *, const char *what);
STAILQ_HEAD(parsers, parser);

#endif
