/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * check - how a check is written: one row in the table of its phase and one
 * function.  The manual page, --list-checks and --explain come from the row.
 *
 * A check reads the finished model and reports; it keeps nothing.  The engine
 * grades: a finding is `certain' only when nothing about its place is inferred.
 */
#ifndef SMTPSCOPE_SMTP_CHECKS_CHECK_H
#define SMTPSCOPE_SMTP_CHECKS_CHECK_H

#include "smtp/analyse.h"

struct check;

/* Findings that are kept of one check in one session. */
enum { FINDINGS_PER_CHECK = 100 };

struct check_ctx {
	struct analysis *a;
	struct smtp_session *s;
	const struct check *check; /* the row being run */
	unsigned position;         /* its place in the catalogue */
	bool across;               /* a check that is `across' has reported something */
	uint8_t *said;             /* findings of each check in this session so far, by position */
};

struct check {
	struct check_info info;
	bool once;      /* further instances in a session are folded into the first */
	bool needs_tcp; /* rests on segments, times or closes: silent in a transcript */
	/* Not NULL: rests on acknowledgement numbers, or on what came before. In a transcript the
	 * order of the lines stands for them, and lines may have been left out, so it is probable
	 * at most; if not empty, this is what is said of the line. */
	const char *by_lines;
	bool across;       /* holds the session against earlier ones (s->peers), too */
	bool any_protocol; /* runs on sessions that turned out to be no SMTP, too */
	/* What the engine calls it for; NULL: not. */
	void (*unit)(struct check_ctx *, struct smtp_unit *);
	void (*reply)(struct check_ctx *, struct smtp_reply *);
	void (*body)(struct check_ctx *, struct smtp_body *);
	void (*tx)(struct check_ctx *, struct smtp_transaction *);
	void (*session)(struct check_ctx *);
};

/* One table per phase, ended by a row without id; listed once in engine.c. */
extern const struct check checks_capture[], checks_opening[], checks_command[], checks_order[],
    checks_group[], checks_stall[], checks_reply_due[], checks_reply[], checks_reply_form[],
    checks_refusal[], checks_data[], checks_ending[], checks_refused[], checks_message[],
    checks_smuggle[], checks_size[], checks_eod[], checks_resent[], checks_bdat[], checks_auth[],
    checks_tls[], checks_lmtp[], checks_extension[], checks_closing[], checks_after_close[],
    checks_behaviour[];

extern const struct check checks_greeting[], checks_foreign[], checks_hello[], checks_offer[],
    checks_cmdline[], checks_address[], checks_lost_place[], checks_parameter[],
    checks_parameter_syntax[], checks_sequence[];
extern const struct check checks_quality[], checks_transport[], checks_loss[], checks_login[],
    checks_starttls[], checks_handshake[], checks_tls_port[], checks_vanished[], checks_leaving[],
    checks_timeout[], checks_patterns[];

/*
 * The only ways to make a finding.  `fmt' makes its detail: plain sentences that
 * name octets and numbers.  Wire text may be put in as it is ("%.*s"); it is
 * escaped when shown.  Never NULL: a finding that cannot be stored is a dummy.
 */
struct finding *report_frame(struct check_ctx *, uint64_t frame, int64_t ts, const char *fmt, ...)
    __attribute__((__format__(printf, 4, 5)));
struct finding *report_unit(struct check_ctx *, const struct smtp_unit *, const char *fmt, ...)
    __attribute__((__format__(printf, 3, 4)));
struct finding *report_reply(struct check_ctx *, const struct smtp_reply *, const char *fmt, ...)
    __attribute__((__format__(printf, 3, 4)));
/* "120 s", "4.02 s", "79 us": seconds, smaller units where the number would not say much. */
const char *seconds_text(struct check_ctx *, double seconds);
/* A related frame; 0 and repeats are ignored. */
void relate(struct finding *, uint64_t frame);
void lower_to(struct finding *, enum confidence); /* at most this confidence */
const char *check_text(struct check_ctx *, const char *fmt, ...)
    __attribute__((__format__(printf, 2, 3)));
/* "1 octet", "2 octets". */
const char *count_text(struct check_ctx *, uint64_t n, const char *noun);

/* The grade of what is said about this unit or reply, from its epoch and flags. */
enum confidence unit_confidence(const struct smtp_session *, const struct smtp_unit *);
enum confidence reply_confidence(const struct smtp_session *, const struct smtp_reply *);

/* ---- questions that several checks ask (query.c) ---- */

/* First FIN or RST of this side, or NULL. */
const struct ledger_seg *first_close(const struct smtp_session *, enum stream_dir role);
/* Frame in which this side acknowledged everything of the other below `off'; 0: none. */
uint64_t acked_frame(const struct smtp_session *, enum stream_dir role, int64_t off);
/* The server's TCP had the whole unit, proved by a later segment of it. */
bool unit_acked(const struct smtp_session *, const struct smtp_unit *);
/* The server closed (FIN or RST) before the client did. */
bool server_closed_first(const struct smtp_session *);
bool client_closed_first(const struct smtp_session *);
/* Did a 421 come before this unit's turn (so that it needs no answer)? */
bool after_421(const struct smtp_session *, const struct smtp_unit *);
/* A 4yz or 5yz directly before the server's close, within a second; or NULL. */
const struct smtp_reply *parting_refusal(const struct smtp_session *);
/* Seconds from the unit to the end of what was seen of the connection. */
double waited(const struct smtp_session *, const struct smtp_unit *);
/* QUIT was sent by then, or NULL. */
const struct smtp_unit *quit_of(const struct smtp_session *);
/* The last segment of a side that acknowledges anything; LEDGER_NO_ACK: none. */
int64_t last_ack(const struct smtp_session *, enum stream_dir role, uint64_t before_frame);
/* The sequence number of an offset of this side, as Wireshark shows it without relative numbers. */
uint32_t absolute_seq(const struct smtp_session *, enum stream_dir role, int64_t off);
bool text_contains(struct slice, const char *word); /* letters of either case */
struct slice reply_text(const struct smtp_reply *); /* first line, with its code; NULL: "" */
bool offered(const struct smtp_unit *, const char *keyword);     /* known to be in force */
bool not_offered(const struct smtp_unit *, const char *keyword); /* known not to be */
bool list_whole(const struct smtp_reply *); /* to EHLO: every keyword was captured and kept */
/* The EHLO reply that judges what this unit may use: the last one to a greeting before it, even
 * when the client had not waited for it; NULL behind HELO.  False: cannot be told. */
bool offer_known(const struct smtp_session *, const struct smtp_unit *, const struct smtp_ehlo **);
/* The message ended here: end of data, or a whole LAST chunk. */
bool ends_message(const struct smtp_unit *);
/* LHLO was accepted, or the greeting says LMTP. */
bool speaks_lmtp(const struct smtp_session *);
/* The server refused the session in its greeting. */
bool greeting_refused(const struct smtp_session *);
/* The first unit behind this one that is no QUIT and has its reply, or NULL. */
const struct smtp_unit *answered_after(const struct smtp_unit *);
/* Any hole that is no snap-length cut, in either direction, or something not kept for lack of
 * memory: what is absent may only be unseen. */
bool has_gap(const struct smtp_session *);
/* Octets of either side that were not captured, cut ones too, lie before this unit: a command may
 * have stood there. */
bool unseen_before(const struct smtp_session *, const struct smtp_unit *);
bool private_address(const struct ipaddr *);
bool says_hello(const struct smtp_unit *); /* a HELO, EHLO or LHLO whose line is whole */
bool masked_keyword(struct slice);         /* "XXXA": what a firewall writes over a keyword */
/* How sure it is that the program that wrote `u' had read r, which its TCP had.  With PIPELINING,
 * octets wait for a window or (Nagle) an acknowledgement, and leave with the ack of what came
 * meanwhile.  Certain: nothing was in flight, r was there, and nothing was sent; or the client
 * sends no second command before it has read the reply to the first, in the whole session. */
enum confidence had_read(
    const struct smtp_session *, const struct smtp_unit *u, const struct smtp_reply *r);
struct slice first_word(struct slice);
struct slice trimmed(struct slice); /* without the blanks at its end */
/* MAIL or RCPT has parameters, and the EHLO reply in force offers all of them (parameter.c). */
bool parameters_offered(const struct smtp_unit *);
bool loopback_address(const struct ipaddr *);
/* Both ends are on one host, or both in private networks. */
bool on_loopback(const struct smtp_session *);
bool in_private(const struct smtp_session *);
/* The unit's octets crossed the wire in clear. */
bool in_clear(const struct smtp_session *, const struct smtp_unit *);
/* The accepted STARTTLS (220), or NULL. */
const struct smtp_unit *tls_agreed_by(const struct smtp_session *);
/* Opaque, or not SMTP as far as can be told: its end says nothing about SMTP. */
bool unreadable(const struct smtp_session *);
const char *role_name(enum stream_dir); /* "client" */
/* The same packet captured twice (mirrored ports, two VLANs), not sent twice. */
bool captured_twice(const struct ledger *, size_t at);
/* The ledger's record of a frame, or NULL. */
const struct ledger_seg *segment_of(const struct smtp_session *, uint64_t frame);

#define TEXT(s) (int)((s).n > 120 ? 120 : (s).n), (const char *)(s).p /* for "%.*s" */
/* What the number of a place is that of: "frame", "line". */
#define PLACE(c) place_name((c)->s->stream->transcript)

#endif
