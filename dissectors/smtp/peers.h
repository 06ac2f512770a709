/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * peers - what earlier sessions of this run left behind for the judgement of later
 * ones, in bounded memory (about 4 MB when all of it is in use).
 *
 * Four memo tables (memo.h): servers as one client saw them, clients, messages that
 * may come again, and refusals for the time being.  A session is learnt once, when it
 * has ended; so a session knows of those that ended before it.  Nothing here is text:
 * addresses and names are kept as keyed hashes.  What is forgotten makes a later
 * judgement more careful, never bolder.
 */
#ifndef SMTPSCOPE_SMTP_PEERS_H
#define SMTPSCOPE_SMTP_PEERS_H

#include "base/slice.h"
#include "decode/decode.h"
#include "smtp/memo.h"

enum peer_offer {
	PEER_PIPECONNECT = 1, /* early pipelining: EHLO and more before the greeting (Exim) */
	PEER_STARTTLS = 2,
	PEER_AUTH = 4
};

/* A server (address and port) as one client address saw it. */
struct peer_server {
	struct memo memo;
	unsigned offers;         /* enum peer_offer, of all sessions */
	uint64_t starttls_frame; /* last EHLO reply in clear with STARTTLS; 0: none, or the last
	                          * list in clear had none */
	int64_t starttls_ts;
	uint64_t banner;       /* host name in the greeting of that session */
	uint64_t failed_frame; /* TLS was wanted and did not come about; 0: never */
	int64_t failed_ts;
	uint64_t failed_hello; /* the name that client gave */
	uint16_t failed_code;  /* of the refusal of STARTTLS; 0: the handshake failed */
};

/* What one session of a client did that counts over sessions. */
struct peer_visit {
	int64_t ts;                       /* of the last of it */
	uint32_t asked;                   /* recipients */
	uint32_t unknown;                 /* of them refused as unknown */
	uint32_t failures;                /* logins refused */
	uint64_t user;                    /* first user name tried */
	bool users;                       /* more than one */
	uint64_t login_frame, rcpt_frame; /* the first refusals */
};
enum { PEER_VISITS = 16 };

struct peer_client {
	struct memo memo;
	struct peer_visit visit[PEER_VISITS]; /* a ring: the last ones */
	unsigned next;
	int64_t logins_told, harvest_told; /* last time that was reported; 0: not */
};

enum peer_fate {
	FATE_IN_DOUBT, /* the server had all of it and no trustworthy reply came */
	FATE_TOO_LATE, /* accepted when the client had already left */
	FATE_ACCEPTED
};

/* The last attempt of one client to pass one message to one recipient. */
struct peer_message {
	struct memo memo;
	struct endpoint server;
	enum peer_fate fate;
	bool sure; /* nothing about it was inferred */
	uint64_t mail_frame;
	uint64_t eod_frame;
	int64_t eod_ts;
	uint64_t reply_frame; /* 0: none */
	uint64_t left_frame;  /* first close of the connection; 0: none */
	uint64_t text, trace; /* hashes of its head (struct smtp_body) */
};

/* The first refusal for the time being of a sender and a recipient from one network. */
struct peer_refusal {
	struct memo memo;
	uint64_t frame; /* 0: it has been accepted, or refused for good, since */
	int64_t ts;
	uint32_t tries; /* it was put off again */
	uint16_t code;
	bool limit; /* only the number of recipients was too high */
};

/* What became of all that was put off. */
struct peers_put_off {
	uint64_t total;    /* senders and recipients */
	uint64_t accepted; /* later */
	uint64_t refused;  /* later, for good */
	uint64_t again;    /* put off again, and nothing else since */
	uint64_t waiting;  /* not tried again */
	int64_t since;     /* ns; when the first of those that wait was put off */
};

struct peers;

struct peers *peers_new(uint64_t seed);
void peers_free(struct peers *);                /* accepts NULL */
uint64_t peers_forgotten(const struct peers *); /* entries that made room for others */

/* A name as the tables know it, in the spelling on the wire.  Never 0. */
uint64_t peers_hash(const struct peers *, struct slice);

struct memo_key peers_server_key(
    const struct peers *, const struct ipaddr *client, const struct endpoint *server);
struct memo_key peers_client_key(const struct peers *, const struct ipaddr *client);
/* `ident': its Message-ID, or a hash of its text. */
struct memo_key peers_message_key(const struct peers *, const struct ipaddr *client,
    struct slice sender, struct slice rcpt, struct slice ident);
/* The client's /24 or /64 counts; an empty recipient stands for a refused MAIL. */
struct memo_key peers_refusal_key(
    const struct peers *, const struct ipaddr *client, struct slice sender, struct slice rcpt);

/* What is known; borrowed until something is learnt.  NULL: nothing. */
const struct peer_server *peers_server(const struct peers *, struct memo_key);
const struct peer_client *peers_client(const struct peers *, struct memo_key);
const struct peer_message *peers_message(const struct peers *, struct memo_key);
const struct peer_refusal *peers_refusal(const struct peers *, struct memo_key);
/* The entry to write to; zeroed when it is new.  Never NULL. */
struct peer_server *peers_learn_server(struct peers *, struct memo_key);
struct peer_client *peers_learn_client(struct peers *, struct memo_key);
struct peer_message *peers_learn_message(struct peers *, struct memo_key);
struct peer_refusal *peers_learn_refusal(struct peers *, struct memo_key);

/* Where total, accepted and refused are counted as sessions end; the rest is 0. */
struct peers_put_off *peers_tally(struct peers *);
/* All of it.  Entries that made room are in `total' alone. */
struct peers_put_off peers_put_off(const struct peers *);

#endif
