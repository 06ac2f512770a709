/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * community_id - the flow hash that other tools print too, version 1, seed 0.
 */
#ifndef SMTPSCOPE_REPORT_COMMUNITY_ID_H
#define SMTPSCOPE_REPORT_COMMUNITY_ID_H

#include "decode/decode.h"

enum { COMMUNITY_ID_MAX = 31, SHA1_LEN = 20 }; /* "1:" + 28 characters + NUL */

/* TCP between the two; the same in both directions. */
void community_id(char out[COMMUNITY_ID_MAX], const struct endpoint *, const struct endpoint *);
/* FIPS 180-4.  Only for this identifier: SHA-1 proves nothing. */
void community_sha1(uint8_t out[SHA1_LEN], struct slice message);

#endif
