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

#include "model/finding.h"
#include "smtp/dialogue.h"
#include "smtp/message.h"
#include "smtp/recall.h"

struct arena;
struct tls_side;
struct peers;

enum smtp_app { APP_UNKNOWN, APP_SMTP, APP_LMTP, APP_TLS };

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

enum smtp_tls_via {
	TLS_NONE,
	TLS_STARTTLS,
	TLS_IMPLICIT,
	TLS_JOINED /* it had begun before the capture did */
};

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

/* Replies that the unit is owed and that were not seen, by the pairing by meaning. */
static inline uint32_t
smtp_unanswered(const struct smtp_unit *u)
{
	if (u->owes > 1)
		return u->owes > u->nreplies ? u->owes - u->nreplies : 0;
	return u->owes && !u->meant;
}

const struct smtp_verb *smtp_verb_find(struct slice word); /* never NULL: the UNKNOWN row */
const struct smtp_verb *smtp_verb_row(enum smtp_verb_id);
const char *smtp_unit_name(const struct smtp_unit *); /* "RCPT", "end of data", "greeting" */
const char *smtp_unit_kind_name(enum smtp_unit_kind); /* "end-of-data" as in the records */
const char *smtp_result_name(enum smtp_result);
const char *smtp_closure_name(enum smtp_closure);
const char *smtp_app_name(enum smtp_app);
const char *smtp_tls_via_name(unsigned); /* "none", "starttls"; NULL: no enum smtp_tls_via */
/* A keyword of the EHLO reply, letters of either case; NULL: not offered. */
const struct smtp_extension *smtp_ehlo_find(const struct smtp_ehlo *, const char *keyword);
/* The label of RFC 5321 4.2.3 for a code ("Requested mail action okay, completed"), or NULL. */
const char *smtp_code_label(uint16_t code);

#endif
