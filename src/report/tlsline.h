/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tlsline - what the records of a TLS connection tell from outside, for people.
 */
#ifndef SMTPSCOPE_REPORT_TLSLINE_H
#define SMTPSCOPE_REPORT_TLSLINE_H

#include "smtp/smtp.h"

struct output;

/* "by STARTTLS: TLS 1.3, TLS_AES_256_GCM_SHA384; name asked for: mx.example.net"; only where
 * the session has TLS.  What was not captured is left out or said to be missing. */
void tls_line(struct output *, const struct smtp_session *);
/* Was the server's choice captured? */
bool tls_chosen(const struct smtp_session *);
/* "TLS 1.3, TLS_AES_256_GCM_SHA384"; nothing where it was not captured. */
void tls_choice(struct output *, const struct smtp_session *);

#endif
