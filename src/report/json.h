/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json - a writer of one-line JSON objects, straight to the output.
 *
 * Keys and the order of fields are the caller's; commas, escapes, the limits of
 * numbers and the siblings of odd values are made here.  Balanced calls of
 * json_open() and json_close() make a valid text, whatever the octets.
 */
#ifndef SMTPSCOPE_REPORT_JSON_H
#define SMTPSCOPE_REPORT_JSON_H

#include "base/slice.h"

struct output;

enum {
	JSON_VALUE_MAX = 4096, /* octets of one value from the wire */
	JSON_BUFFER = 4096
};

struct json {
	struct output *o;
	bool comma; /* something stands before the next value */
	size_t n;   /* octets in buf that are not in the output yet */
	char buf[JSON_BUFFER];
};

void json_init(struct json *, struct output *);

/* `key' is NULL inside an array. */
void json_open(struct json *, const char *key, char bracket);
void json_close(struct json *, char bracket);
/* After the last json_close() of a record: it is in the output then. */
void json_line_end(struct json *);
void json_uint(struct json *, const char *key, uint64_t); /* at most 2^53 */
void json_bool(struct json *, const char *key, bool);
/* Seconds with 6 or 9 digits. */
void json_seconds(struct json *, const char *key, int64_t ns, int digits);
/* Text of ours: not cut, no siblings. */
void json_text(struct json *, const char *key, const char *);
/* Octets from the wire.  Those that are no UTF-8 become \xHH, and KEY_b64 has the exact octets;
 * a value that is too long is cut, and KEY_truncated is true. */
void json_wire(struct json *, const char *key, struct slice);
/* An array of such values, with the same siblings: KEY_b64 is an array as long. */
void json_wires(struct json *, const char *key, const struct slice *, size_t n);

#endif
