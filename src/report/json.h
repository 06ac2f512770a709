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
	bool comma;       /* something stands before the next value */
	uint64_t written; /* octets that are in the output */
	size_t n;         /* octets in buf that are not in the output yet */
	char buf[JSON_BUFFER];
};

void json_init(struct json *, struct output *);
void json_close(struct json *, char bracket);
/* After the last json_close() of a record: it is in the output then. */
void json_line_end(struct json *);

/* What was written since json_mark(), as long as it is in the buffer; else empty. */
uint64_t json_mark(const struct json *);
struct slice json_since(const struct json *, uint64_t mark);
/* Whole members of an object, as json_since() gave them. */
void json_members(struct json *, struct slice);

/* A key, and a value without one.  Keys are ours, and much shorter than the buffer. */
void json_key(struct json *, struct slice key); /* NULL inside an array */
void json_put_open(struct json *, char bracket);
void json_put_uint(struct json *, uint64_t);
void json_put_bool(struct json *, bool);
void json_put_seconds(struct json *, int64_t ns, int digits);
void json_put_text(struct json *, struct slice);

/*
 * Both at once.  Inline, so that the length of a key is known when it is compiled.
 * `key' is NULL inside an array.
 */
static inline void
json_key_text(struct json *j, const char *key)
{
	json_key(j, slice_of(key, key ? strlen(key) : 0));
}

static inline void
json_open(struct json *j, const char *key, char bracket)
{
	json_key_text(j, key);
	json_put_open(j, bracket);
}

/* At most 2^53. */
static inline void
json_uint(struct json *j, const char *key, uint64_t v)
{
	json_key_text(j, key);
	json_put_uint(j, v);
}

static inline void
json_bool(struct json *j, const char *key, bool v)
{
	json_key_text(j, key);
	json_put_bool(j, v);
}

/* Seconds with 6 or 9 digits. */
static inline void
json_seconds(struct json *j, const char *key, int64_t ns, int digits)
{
	json_key_text(j, key);
	json_put_seconds(j, ns, digits);
}

/* Text of ours: not cut, no siblings. */
static inline void
json_text(struct json *j, const char *key, const char *text)
{
	json_key_text(j, key);
	json_put_text(j, slice_str(text));
}

/* Octets from the wire.  Those that are no UTF-8 become \xHH, and KEY_b64 has the exact octets;
 * a value that is too long is cut, and KEY_truncated is true. */
void json_wire(struct json *, const char *key, struct slice);
/* An array of such values, with the same siblings: KEY_b64 is an array as long. */
void json_wires(struct json *, const char *key, const struct slice *, size_t n);

#endif
