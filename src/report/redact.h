/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * redact - other names for people and hosts, the same one each time within a run:
 * user1@host1.example, client1, server1.
 *
 * Works on raw octets, before they are escaped.  What is hidden cannot be got
 * back from the report; secrets of AUTH never come this far.
 */
#ifndef SMTPSCOPE_REPORT_REDACT_H
#define SMTPSCOPE_REPORT_REDACT_H

#include "model/run.h"
#include "smtp/smtp.h"

struct output;
struct redactor;

enum {
	REDACT_NAMES_MAX = 65536, /* names told apart; the rest share one */
	REDACT_NAME_TEXT = 40     /* "server18446744073709551615" and the like */
};

/* `what': enum redact_part; 0: everything passes as it is. */
struct redactor *redactor_new(unsigned what);
/* Names that the operator gave to addresses, for reports to people; the names stay the caller's. */
void redactor_names(struct redactor *, const struct address_name *, size_t n);
void redactor_free(struct redactor *);
unsigned redactor_what(const struct redactor *);
/* Names that did not get a number of their own. */
uint64_t redactor_shared(const struct redactor *);

/*
 * Learns what this session calls its people and hosts, so that a bare "jim" in a reply is known
 * for the recipient.  What was learned from another session is forgotten; the numbers stay.
 */
void redact_learn(struct redactor *, const struct smtp_session *);
void redact_text(struct redactor *, struct output *, struct slice);
/* What is known to be a mail address or a path without its brackets, whatever it is made of. */
void redact_address(struct redactor *, struct output *, struct slice);
/* "client1", or the address itself when hosts are shown. */
void redact_ip(struct redactor *, char out[IPADDR_TEXT_MAX], const struct ipaddr *);
/* "network1", or "192.0.2.0/24". */
void redact_network(
    struct redactor *, char out[IPADDR_TEXT_MAX], const struct ipaddr *, unsigned prefix);
/* For a report that is written without regard to names: where to write about this session (NULL:
 * none), `o' itself if nothing is hidden; and what was written there, redacted, to `o'. */
struct output *redact_capture(struct redactor *, struct output *o, const struct smtp_session *);
void redact_release(struct redactor *, struct output *o, struct output *captured);
/* May the line be a piece of a message?  Then its text is hidden with the messages. */
bool redact_is_private(const struct redactor *, const struct smtp_unit *);

/* -- the same without a redactor; `what': enum redact_part (redact_private.c) -- */

bool redact_hides_line(unsigned what, const struct smtp_unit *);
bool redact_hides_reply(unsigned what, const struct smtp_reply *);
/* The sentences of the finding, raw; what they quote is left out if it may be a message's text. */
void redact_detail(
    unsigned what, struct output *, const struct smtp_session *, const struct finding *);

/* -- for redact_text.c -- */

enum redact_kind { NAME_USER, NAME_HOST, NAME_CLIENT, NAME_SERVER, NAME_ADDRESS, NAME_NETWORK };

/* What the word stands for in this session; false: it was not learned. */
bool redact_word(struct redactor *, char out[REDACT_NAME_TEXT], struct slice word);
/* The same for the beginning of one, as reports cut what is long. */
bool redact_cut_word(struct redactor *, char out[REDACT_NAME_TEXT], struct slice word);
void redact_mailbox(struct redactor *, char out[REDACT_NAME_TEXT], struct slice address);
void redact_host(struct redactor *, char out[REDACT_NAME_TEXT], struct slice host);

#endif
