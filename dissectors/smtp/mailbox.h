/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mailbox - the grammar of domains, address literals, mailboxes and paths
 * (RFC 5321 4.1.2 and 4.1.3).
 *
 * Each function returns NULL where the text keeps the grammar, else a phrase that
 * says what breaks it and can follow "the path is wrong:".  Octets above 127 pass
 * as RFC 6531 3.3 lets them; whether they were allowed is another question.
 */
#ifndef SMTPSCOPE_SMTP_MAILBOX_H
#define SMTPSCOPE_SMTP_MAILBOX_H

#include "base/slice.h"

struct mailbox {
	struct slice route;  /* "@a,@b" of a source route, without the colon; empty: none */
	struct slice local;  /* as written, quotes included */
	struct slice domain; /* or address literal with its brackets; empty: no "@" */
};

const char *domain_fault(struct slice);
const char *literal_fault(struct slice); /* with its brackets */
/* Takes a path, as it stands between the angle brackets, apart. */
void mailbox_split(struct slice path, struct mailbox *);
/* A mailbox without a domain is a fault here; the caller knows about <> and <Postmaster>. */
const char *mailbox_fault(const struct mailbox *);
/* The domain or literal at the start of a greeting or of an EHLO reply (RFC 5321 4.2, 4.1.1.1). */
const char *host_fault(struct slice text);
bool is_ip_address(struct slice); /* IPv4 or IPv6, without brackets */

#endif
