/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * header - a line scanner over the first octets of a message.
 *
 * Of each header field only the name is collected, until it tells what the field is:
 * the trace fields, which every attempt to send may change, stay out of the hash of
 * what the message is and have one of their own: when that is equal too, both copies
 * come from the same queue.
 */
#define XXH_INLINE_ALL
#include <xxhash.h>
#include "base/arena.h"
#include "smtp/header.h"

enum line { LINE_START, LINE_NAME, LINE_KEPT, LINE_TRACE, LINE_ID, LINE_TEXT };

enum { NAME_MAX_LEN = 16 };

struct header_scan {
	enum line at;
	enum line before; /* what a continuation line continues */
	size_t left;      /* octets still to look at */
	bool hole;
	uint8_t name[NAME_MAX_LEN];
	size_t nname;
	uint8_t id[MESSAGE_ID_MAX];
	size_t nid;
	enum { ID_NONE, ID_OPEN, ID_WHOLE } has_id;
	XXH64_state_t text, trace;
};

struct header_scan *
header_new(struct arena *a)
{
	return arena_alloc(a, sizeof(struct header_scan));
}

void
header_begin(struct header_scan *h)
{
	h->at = LINE_START;
	h->before = LINE_KEPT;
	h->left = HEADER_READ;
	h->hole = false;
	h->nname = h->nid = 0;
	h->has_id = ID_NONE;
	XXH64_reset(&h->text, 0);
	XXH64_reset(&h->trace, 0);
}

bool
header_wants(const struct header_scan *h)
{
	return h->left > 0 && !h->hole;
}

/* Fields that a sender may write anew with every attempt (RFC 5321 4.4, RFC 5322 3.6.1,
 * RFC 6376 3.5). */
static bool
changes(struct slice name)
{
	static const char *const names[] = { "Received", "Date", "Return-Path", "DKIM-Signature" };
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (slice_caseeq(name, names[i]))
			return true;
	return false;
}

/* The name is over, or longer than any that matters. */
static void
named(struct header_scan *h)
{
	struct slice name = slice_of(h->name, h->nname);

	while (name.n > 0 && (name.p[name.n - 1] == ' ' || name.p[name.n - 1] == '\t'))
		name.n--;
	if (changes(name)) {
		XXH64_update(&h->trace, h->name, h->nname);
		h->at = LINE_TRACE;
		return;
	}
	XXH64_update(&h->text, h->name, h->nname);
	h->at = slice_caseeq(name, "Message-ID") && h->has_id == ID_NONE ? LINE_ID : LINE_KEPT;
}

/* The first word in angle brackets. */
static void
take_id(struct header_scan *h, struct slice t)
{
	size_t i;

	for (i = 0; i < t.n && h->has_id != ID_WHOLE; i++) {
		if (t.p[i] == '<') {
			h->has_id = ID_OPEN;
			h->nid = 0;
		}
		if (h->has_id != ID_OPEN || t.p[i] <= ' ')
			continue;
		if (h->nid == MESSAGE_ID_MAX) {
			h->has_id = ID_NONE; /* no end in sight */
			return;
		}
		h->id[h->nid++] = t.p[i];
		if (t.p[i] == '>')
			h->has_id = ID_WHOLE;
	}
}

/* Octets up to the end of this line or of what there is; returns how many. */
static size_t
rest_of_line(struct header_scan *h, struct slice t)
{
	const uint8_t *lf = memchr(t.p, '\n', t.n);
	size_t n = lf ? (size_t)(lf - t.p) + 1 : t.n;

	t.n = n;
	XXH64_update(h->at == LINE_TRACE ? &h->trace : &h->text, t.p, t.n);
	if (h->at == LINE_ID)
		take_id(h, t);
	if (lf != NULL) {
		h->before = h->at;
		h->at = LINE_START;
	}
	return n;
}

/* The first octet of a line: what is the line? */
static void
begin_line(struct header_scan *h, uint8_t c)
{
	if (c == ' ' || c == '\t') {
		h->at = h->before;
	} else if (c == '\r' || c == '\n') {
		h->at = LINE_TEXT; /* the header is over */
		if (h->left > TEXT_READ)
			h->left = TEXT_READ;
	} else {
		h->at = LINE_NAME;
		h->nname = 0;
	}
}

/* Octets of a name; returns how many. */
static size_t
take_name(struct header_scan *h, struct slice t)
{
	size_t i;

	for (i = 0; i < t.n; i++) {
		if (t.p[i] == ':' || t.p[i] == '\r' || t.p[i] == '\n' || h->nname == NAME_MAX_LEN) {
			named(h);
			break;
		}
		h->name[h->nname++] = t.p[i];
	}
	return i;
}

void
header_feed(struct header_scan *h, struct slice t)
{
	size_t n;

	for (; t.n > 0 && header_wants(h); t = slice_from(t, n)) {
		if (t.n > h->left)
			t.n = h->left;
		n = 0;
		switch (h->at) {
		case LINE_START:
			begin_line(h, t.p[0]);
			break;
		case LINE_NAME:
			n = take_name(h, t);
			break;
		case LINE_KEPT:
		case LINE_TRACE:
		case LINE_ID:
			n = rest_of_line(h, t);
			break;
		case LINE_TEXT:
			n = t.n;
			XXH64_update(&h->text, t.p, n);
			break;
		}
		h->left -= n;
	}
}

void
header_gap(struct header_scan *h)
{
	h->hole |= h->left > 0;
}

void
header_end(struct header_scan *h, struct arena *a, struct smtp_body *b)
{
	if (h->has_id == ID_WHOLE && b->message_id.n == 0)
		b->message_id = arena_dup(a, slice_of(h->id, h->nid));
	if (h->hole || h->left == HEADER_READ)
		return;
	b->text_hash = XXH64_digest(&h->text);
	b->trace_hash = XXH64_digest(&h->trace);
}
