/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan - how the octets of one session are replaced, by their place in the
 * stream: so a retransmission is replaced like the original, whatever frames
 * they came in.
 */
#ifndef SMTPSCOPE_EXPORT_PLAN_H
#define SMTPSCOPE_EXPORT_PLAN_H

#include "export/alias.h"
#include "smtp/smtp.h"

struct budget;
struct plan;
struct raw;

/* NULL: no memory. */
struct plan *plan_new(struct budget *, struct aliases *, struct raw *, const struct smtp_session *);
void plan_free(struct plan *); /* accepts NULL; gives back what was charged */

/* Replaces the payload of a segment of the session, in place. */
void plan_apply(struct plan *, const struct segment *, uint8_t *payload, size_t n);

/* -- plan_proxy.c -- */

/* What one side of a proxy's handshake said; false: it is none, and was not changed. */
bool plan_proxy(struct aliases *, uint8_t *p, size_t n, bool client);

/* -- plan_secret.c -- */

/* A response in base64; false: it is none, and was not changed. */
bool plan_secret(struct aliases *, struct slice user, uint8_t *p, size_t n);

/* -- plan_tls.c -- */

/*
 * The clear part of a handshake, at the start of octets in order: certificates become zeros,
 * the name of the server another one.  Returns the octets that were looked at; *sealed: what
 * follows them is encrypted.
 */
size_t plan_tls(struct aliases *, uint8_t *p, size_t n, bool *sealed);

#endif
