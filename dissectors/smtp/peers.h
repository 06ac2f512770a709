/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * peers - what a server has offered to a client earlier in this run, in bounded
 * memory.
 *
 * A table of fixed size in which a newer pair may push out an older one: what is
 * forgotten only makes a later judgement more careful.
 */
#ifndef SMTPSCOPE_SMTP_PEERS_H
#define SMTPSCOPE_SMTP_PEERS_H

#include "decode/decode.h"

enum peer_offer {
	PEER_PIPECONNECT = 1, /* early pipelining: EHLO and more before the greeting (Exim) */
	PEER_STARTTLS = 2,
	PEER_AUTH = 4
};

struct peers;

struct peers *peers_new(void);
void peers_free(struct peers *); /* accepts NULL */
/* Offers seen so far from this server (address and port) to this client (address). */
unsigned peers_offers(const struct peers *, const struct ipaddr *client, const struct endpoint *server);
void peers_learn(struct peers *, const struct ipaddr *client, const struct endpoint *server,
    unsigned offers);

#endif
