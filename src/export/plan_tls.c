/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * plan_tls - what is readable in a TLS handshake (RFC 8446 4 and 5.1, RFC 5246 7.4).
 *
 * Hellos stay, as the checks read them, but for the name in server_name
 * (RFC 6066 3).  Every other message in clear becomes zeros behind its header:
 * certificates and the names of authorities are among them.  A hello that does
 * not fit into one record becomes zeros as well.
 */
#include "export/plan.h"
#include "export/wording.h"

enum {
	RECORD_HEAD = 5,
	MESSAGE_HEAD = 4,
	CHANGE_CIPHER_SPEC = 20,
	ALERT = 21,
	HANDSHAKE = 22,
	APPLICATION_DATA = 23,
	CLIENT_HELLO = 1,
	SERVER_HELLO = 2,
	SERVER_NAME = 0,
	RECORD_MAX = 16384 + 2048
};

/* Of a handshake, from record to record. */
struct handshake {
	uint8_t head[MESSAGE_HEAD];
	size_t nhead;
	size_t left;  /* octets of the message to come, which become zeros */
	bool changed; /* ChangeCipherSpec was seen */
};

static void
hide_name(struct aliases *a, uint8_t *ext, size_t n)
{
	/* Length of the list, then type and length of each name. */
	size_t at = 2, len;

	while (at + 3 <= n) {
		len = (size_t)ext[at + 1] << 8 | ext[at + 2];
		at += 3;
		if (len > n - at)
			len = n - at;
		wording_words(a, ext + at, len, false);
		at += len;
	}
}

/* False: its form is not known, and nothing was changed. */
static bool
hide_in_hello(struct aliases *a, uint8_t *p, size_t n)
{
	struct cursor c = cur_from(slice_of(p, n));
	size_t at, len;
	uint16_t type;

	cur_take(&c, 2 + 32); /* version, random */
	cur_take(&c, cur_u8(&c));
	cur_take(&c, cur_be16(&c)); /* cipher suites */
	cur_take(&c, cur_u8(&c));
	if (!cur_ok(&c))
		return false;
	cur_be16(&c);
	while (cur_ok(&c) && cur_left(&c) >= 4) {
		type = cur_be16(&c);
		len = cur_be16(&c);
		at = n - cur_left(&c);
		if (len > cur_left(&c))
			return false;
		cur_take(&c, len);
		if (type == SERVER_NAME)
			hide_name(a, p + at, len);
	}
	return true;
}

/* A message that is whole in the record, and is a hello. */
static bool
keep_hello(struct aliases *a, uint8_t *p, size_t n)
{
	size_t len = (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];

	if (len > n - MESSAGE_HEAD)
		return false;
	if (p[0] == SERVER_HELLO)
		return true;
	return p[0] == CLIENT_HELLO && hide_in_hello(a, p + MESSAGE_HEAD, len);
}

static void
hide_messages(struct aliases *a, struct handshake *h, uint8_t *p, size_t n)
{
	size_t len;

	while (n > 0) {
		if (h->left) {
			len = h->left < n ? h->left : n;
			memset(p, 0, len);
			h->left -= len;
		} else if (h->nhead == 0 && n >= MESSAGE_HEAD && keep_hello(a, p, n)) {
			len = MESSAGE_HEAD + ((size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3]);
		} else {
			len = 1;
			h->head[h->nhead++] = p[0];
			if (h->nhead == MESSAGE_HEAD) {
				h->left =
				    (size_t)h->head[1] << 16 | (size_t)h->head[2] << 8 | h->head[3];
				h->nhead = 0;
			}
		}
		p += len;
		n -= len;
	}
}

/* Behind ChangeCipherSpec only the second hello of TLS 1.3 is in clear. */
static void
hide_record(struct aliases *a, struct handshake *h, uint8_t *p, size_t n)
{
	if (!h->changed)
		hide_messages(a, h, p, n);
	else if (n > MESSAGE_HEAD && p[0] == CLIENT_HELLO &&
	    ((size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3]) == n - MESSAGE_HEAD &&
	    !keep_hello(a, p, n))
		memset(p, 0, n);
}

size_t
plan_tls(struct aliases *a, uint8_t *p, size_t n, bool *sealed)
{
	struct handshake h = { .nhead = 0 };
	size_t at = 0, len, have;

	*sealed = false;
	while (n - at >= RECORD_HEAD) {
		len = (size_t)p[at + 3] << 8 | p[at + 4];
		if (p[at] < CHANGE_CIPHER_SPEC || p[at] > APPLICATION_DATA || p[at + 1] != 3 ||
		    len > RECORD_MAX)
			return at;
		if (p[at] == APPLICATION_DATA) {
			*sealed = true;
			return at;
		}
		have = len < n - at - RECORD_HEAD ? len : n - at - RECORD_HEAD;
		h.changed |= p[at] == CHANGE_CIPHER_SPEC;
		if (p[at] == HANDSHAKE)
			hide_record(a, &h, p + at + RECORD_HEAD, have);
		at += RECORD_HEAD + have;
		if (have < len) /* the rest of this record was not seen */
			break;
	}
	*sealed = h.changed;
	return at;
}
