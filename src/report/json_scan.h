/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json_scan - which octets a JSON string can hold as they are.  Private to json.c.
 */
#ifndef SMTPSCOPE_REPORT_JSON_SCAN_H
#define SMTPSCOPE_REPORT_JSON_SCAN_H

#include "base/slice.h"

/* Octets at the start of s that stand for themselves, whole characters. */
size_t json_plain(struct slice);
/* Octets of the character at the start of s, which is not empty, and its code point (for one
 * below U+10000); 0: no UTF-8. */
size_t json_odd(struct slice, uint32_t *code_point);

#endif
