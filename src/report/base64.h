/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * base64 - RFC 4648 4, with padding.
 */
#ifndef SMTPSCOPE_REPORT_BASE64_H
#define SMTPSCOPE_REPORT_BASE64_H

#include "base/slice.h"

struct output;

#define BASE64_LEN(n) (((n) + 2) / 3 * 4)

/* Exactly BASE64_LEN(s.n) characters; no NUL. */
void base64_text(char *out, struct slice s);
void base64_put(struct output *, struct slice);

#endif
