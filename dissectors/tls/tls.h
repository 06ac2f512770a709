/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tls - one side of a TLS connection as its records show it: what was offered or
 * chosen, alerts in clear, and how far the handshake came.  Nothing is decrypted.
 *
 * Octets may come in pieces of any size.  At most TLS_KEEP_MAX octets of a hello
 * are kept, charged to the budget, and only until it has been read.  A hole that
 * hides where the next record begins sets `lost'; octets that are no record set
 * `foreign'; both end the reading, and what was found before stays true.
 */
#ifndef SMTPSCOPE_TLS_TLS_H
#define SMTPSCOPE_TLS_TLS_H

#include "base/sbuf.h"
#include "base/slice.h"

struct budget;

enum {
	TLS_KEEP_MAX = 16384, /* octets of one hello */
	TLS_NAME_MAX = 256,
	TLS_TEXT_MAX = 64,
	TLS_FINISHED_MIN = 40 /* a TLS 1.3 Finished record is longer, an alert shorter (RFC 8446
	                       * 4.4.4, 5.2): 4 + 32 + 1 octets and a tag of 8 at least */
};

enum tls_version { TLS_SSL2 = 0x0002, TLS_SSL3 = 0x0300, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3 };

struct tls_place {
	uint64_t frame; /* 0: it was not seen */
	int64_t ts;
};

struct tls_alert {
	struct tls_place at;
	uint8_t level; /* 1 warning, 2 fatal */
	uint8_t description;
};

struct tls_side {
	/* What was seen. */
	uint64_t octets, records;
	struct tls_place first;  /* first record */
	struct tls_place hello;  /* ClientHello or ServerHello, its first octet */
	bool hello_cut;          /* its end is missing: an extension may be unseen */
	uint16_t version;        /* the highest offered, or the one chosen; 0: unknown */
	uint16_t cipher;         /* chosen (server) */
	uint16_t nciphers;       /* offered (client) */
	char sni[TLS_NAME_MAX];  /* client; "": none */
	char alpn[TLS_TEXT_MAX]; /* offered or chosen, "," between; "": none */
	struct tls_alert alert;  /* first one in clear */
	bool changed;            /* ChangeCipherSpec */
	bool sealed;             /* a handshake record behind it: Finished, up to TLS 1.2 */
	uint64_t data_records;   /* encrypted records: data, and handshake of TLS 1.3 */
	uint64_t data_octets;
	uint32_t data_longest;
	struct tls_place last_data;
	uint8_t last_type; /* of the last record */
	uint32_t last_len;
	struct tls_place last;
	struct tls_place foreign;        /* octets that are no record */
	char foreign_text[TLS_TEXT_MAX]; /* their beginning */
	bool lost;

	/* How far the reading is. */
	uint8_t head[5], nhead;
	uint8_t type;
	uint32_t left;                /* octets of the record to come */
	uint8_t message[4], nmessage; /* header of a handshake message */
	uint32_t message_left;
	bool collecting; /* the message is a hello: it goes to `kept' */
	uint8_t alert_octets;
	struct sbuf kept;
	struct tls_place message_at;
};

void tls_side_init(struct tls_side *, struct budget *);
void tls_side_fini(struct tls_side *);
void tls_side_feed(struct tls_side *, struct slice, struct tls_place);
/* `n' octets were not captured. */
void tls_side_gap(struct tls_side *, uint64_t n);

/* Did both sides come to the end of the handshake, as far as can be told from outside? */
bool tls_complete(const struct tls_side *client, const struct tls_side *server);

const char *tls_version_name(uint16_t); /* "TLS 1.2" */
const char *tls_alert_name(uint8_t);    /* "handshake_failure" */
/* "TLS_AES_256_GCM_SHA384", or NULL: none that mail servers usually choose. */
const char *tls_cipher_name(uint16_t);
/* Why the suite is weak ("RC4", "anonymous", ...), or NULL. */
const char *tls_cipher_weakness(uint16_t);

#endif
