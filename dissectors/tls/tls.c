/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tls - the record layer (RFC 8446 5.1, RFC 5246 6.2) and the two hellos.
 *
 * A record header is gathered octet by octet; bodies are looked at as they come
 * and not kept.  Handshake messages may span records (RFC 8446 5.1), so their
 * headers have a reader of their own inside that of the records.
 */
#include <stdio.h>
#include "tls/tls.h"

enum { RECORD_MAX = 16384 + 2048 }; /* RFC 5246 6.2.3: the longest encrypted record */

enum content { CONTENT_CHANGE = 20, CONTENT_ALERT = 21, CONTENT_HANDSHAKE = 22, CONTENT_DATA = 23 };

enum handshake { HANDSHAKE_CLIENT_HELLO = 1, HANDSHAKE_SERVER_HELLO = 2 };

enum extension { EXTENSION_SNI = 0, EXTENSION_ALPN = 16, EXTENSION_VERSIONS = 43 };

void
tls_side_init(struct tls_side *t, struct budget *budget)
{
	memset(t, 0, sizeof *t);
	sbuf_init(&t->kept, TLS_KEEP_MAX, budget);
}

void
tls_side_fini(struct tls_side *t)
{
	if (t != NULL)
		sbuf_fini(&t->kept);
}

/* Drafts of TLS 1.3 count as it; anything else out of the range (RFC 8701) as nothing. */
static uint16_t
known_version(uint16_t v)
{
	if ((v >> 8) == 0x7f)
		return TLS_1_3;
	return v >= TLS_SSL3 && v <= TLS_1_3 ? v : 0;
}

static void
read_sni(struct tls_side *t, struct cursor c)
{
	struct slice name;

	cur_be16(&c); /* length of the list */
	if (cur_u8(&c) != 0)
		return; /* no host name (RFC 6066 3) */
	name = cur_take(&c, cur_be16(&c));
	if (cur_ok(&c) && name.n < sizeof t->sni)
		memcpy(t->sni, name.p, name.n);
}

static void
read_alpn(struct tls_side *t, struct cursor c)
{
	size_t n = 0;

	cur_be16(&c);
	while (cur_left(&c) > 0) {
		struct slice name = cur_take(&c, cur_u8(&c));

		if (!cur_ok(&c) || n + name.n + 2 > sizeof t->alpn)
			return;
		if (n > 0)
			t->alpn[n++] = ',';
		memcpy(t->alpn + n, name.p, name.n);
		n += name.n;
		t->alpn[n] = '\0';
	}
}

static void
read_versions(struct tls_side *t, struct cursor c, bool client)
{
	uint16_t v;

	if (client)
		cur_u8(&c);
	while (cur_left(&c) >= 2) {
		v = known_version(cur_be16(&c));
		if (v > t->version)
			t->version = v;
		if (!client)
			break;
	}
}

static void
read_extensions(struct tls_side *t, struct cursor *c, bool client)
{
	cur_be16(c);
	while (cur_ok(c) && cur_left(c) >= 4) {
		uint16_t type = cur_be16(c);
		struct cursor body = cur_sub(c, cur_be16(c));

		if (!cur_ok(&body)) {
			t->hello_cut = true;
			return;
		}
		if (type == EXTENSION_SNI && client)
			read_sni(t, body);
		else if (type == EXTENSION_ALPN)
			read_alpn(t, body);
		else if (type == EXTENSION_VERSIONS)
			read_versions(t, body, client);
	}
}

static void
read_hello(struct tls_side *t)
{
	struct cursor c = cur_from(sbuf_slice(&t->kept));
	bool client = t->message[0] == HANDSHAKE_CLIENT_HELLO;
	uint16_t version = known_version(cur_be16(&c)), n;

	if (t->hello.frame != 0)
		return; /* behind a HelloRetryRequest: the same again */
	t->hello = t->message_at;
	cur_take(&c, 32); /* random */
	cur_take(&c, cur_u8(&c));
	if (client) {
		n = cur_be16(&c);
		cur_take(&c, n);
		t->nciphers = n / 2;
		cur_take(&c, cur_u8(&c));
	} else {
		n = cur_be16(&c);
		cur_u8(&c);
		if (cur_ok(&c))
			t->cipher = n;
	}
	t->version = version;
	if (!cur_ok(&c))
		t->hello_cut = true;
	else if (cur_left(&c) > 0)
		read_extensions(t, &c, client);
}

static void
message_done(struct tls_side *t)
{
	if (t->collecting)
		read_hello(t);
	t->collecting = false;
	t->nmessage = 0;
	sbuf_fini(&t->kept);
	sbuf_init(&t->kept, TLS_KEEP_MAX, t->kept.budget);
}

static void
message_begin(struct tls_side *t)
{
	t->message_left =
	    (uint32_t)t->message[1] << 16 | (uint32_t)t->message[2] << 8 | t->message[3];
	t->collecting =
	    t->message[0] == HANDSHAKE_CLIENT_HELLO || t->message[0] == HANDSHAKE_SERVER_HELLO;
	if (t->message_left == 0)
		message_done(t);
}

static void
handshake_octets(struct tls_side *t, struct slice in, struct tls_place at)
{
	size_t n;

	while (in.n > 0) {
		if (t->nmessage < sizeof t->message) {
			if (t->nmessage == 0)
				t->message_at = at;
			t->message[t->nmessage++] = in.p[0];
			in = slice_from(in, 1);
			if (t->nmessage == sizeof t->message)
				message_begin(t);
			continue;
		}
		n = in.n < t->message_left ? in.n : t->message_left;
		if (t->collecting && !sbuf_add(&t->kept, slice_of(in.p, n))) {
			t->hello_cut = true;
			read_hello(t);
			t->collecting = false;
		}
		t->message_left -= (uint32_t)n;
		in = slice_from(in, n);
		if (t->message_left == 0)
			message_done(t);
	}
}

/* An encrypted alert is longer than the two octets of one in clear. */
static void
alert_octets(struct tls_side *t, struct slice in, struct tls_place at)
{
	size_t i;

	if (t->last_len != 2 || t->alert.at.frame != 0)
		return;
	for (i = 0; i < in.n; i++) {
		if (t->alert_octets++ == 0)
			t->alert.level = in.p[i];
		else
			t->alert.description = in.p[i];
		if (t->alert_octets == 2)
			t->alert.at = at;
	}
}

static void
body_octets(struct tls_side *t, struct slice in, struct tls_place at)
{
	if (t->type == CONTENT_HANDSHAKE && !t->changed)
		handshake_octets(t, in, at);
	else if (t->type == CONTENT_ALERT)
		alert_octets(t, in, at);
	t->left -= (uint32_t)in.n;
}

static void
record_begin(struct tls_side *t, uint16_t len, struct tls_place at)
{
	t->left = len;
	t->records++;
	t->last_type = t->type;
	t->last_len = len;
	t->last = at;
	if (t->first.frame == 0)
		t->first = at;
	switch (t->type) {
	case CONTENT_CHANGE:
		t->changed = true;
		break;
	case CONTENT_HANDSHAKE:
		t->sealed |= t->changed;
		break;
	case CONTENT_DATA:
		t->data_records++;
		t->data_octets += len;
		t->last_data = at;
		if (len > t->data_longest)
			t->data_longest = len;
		break;
	default:
		break;
	}
}

/* The hello of SSL 2, which clients also sent to offer TLS (RFC 5246 E.2). */
static bool
sslv2_hello(struct tls_side *t, struct tls_place at)
{
	struct cursor c = cur_from(slice_of(t->head, t->nhead));
	uint16_t len = cur_be16(&c) & 0x7fff;

	if (t->records > 0 || !(t->head[0] & 0x80) || cur_u8(&c) != HANDSHAKE_CLIENT_HELLO ||
	    len < 9)
		return false;
	t->version = cur_be16(&c);
	if (t->version != TLS_SSL2 && known_version(t->version) == 0)
		return false;
	t->type = 0;
	record_begin(t, len, at);
	t->left = len - 3U;
	t->hello = at;
	return true;
}

static void
foreign(struct tls_side *t, struct slice rest, struct tls_place at)
{
	size_t n = t->nhead, room = sizeof t->foreign_text - 1;

	t->foreign = at;
	memcpy(t->foreign_text, t->head, n);
	if (rest.n > room - n)
		rest.n = room - n;
	if (rest.n > 0)
		memcpy(t->foreign_text + n, rest.p, rest.n);
}

/* A whole header is in t->head; false: it is none. */
static bool
header_done(struct tls_side *t, struct tls_place at)
{
	struct cursor c = cur_from(slice_of(t->head, sizeof t->head));
	uint8_t type = cur_u8(&c);
	uint16_t version = cur_be16(&c), len = cur_be16(&c);

	if (sslv2_hello(t, at))
		return true;
	if (type < CONTENT_CHANGE || type > 24 || version >> 8 != 3 || len > RECORD_MAX)
		return false;
	t->type = type;
	record_begin(t, len, at);
	return true;
}

void
tls_side_feed(struct tls_side *t, struct slice in, struct tls_place at)
{
	size_t n;

	t->octets += in.n;
	while (in.n > 0 && !t->lost && t->foreign.frame == 0) {
		if (t->left == 0) {
			t->head[t->nhead++] = in.p[0];
			in = slice_from(in, 1);
			if (t->nhead < sizeof t->head)
				continue;
			if (!header_done(t, at))
				foreign(t, in, at);
			t->nhead = 0;
			continue;
		}
		n = in.n < t->left ? in.n : t->left;
		body_octets(t, slice_of(in.p, n), at);
		in = slice_from(in, n);
	}
}

void
tls_side_gap(struct tls_side *t, uint64_t n)
{
	if (t->nhead > 0 || n > t->left) {
		t->lost = true;
		return;
	}
	t->left -= (uint32_t)n;
	if (t->type != CONTENT_HANDSHAKE || t->changed)
		return;
	/* Where the next handshake message begins is unknown; records go on. */
	if (t->collecting && t->nmessage == sizeof t->message) {
		t->hello_cut = true;
		read_hello(t);
	}
	t->collecting = false;
	t->nmessage = sizeof t->message;
	t->message_left = UINT32_MAX;
}

bool
tls_complete(const struct tls_side *client, const struct tls_side *server)
{
	if (client == NULL || server == NULL)
		return false;
	/* Behind a HelloRetryRequest ChangeCipherSpec stands in front of the hellos, too. */
	if (server->version != TLS_1_3)
		return client->sealed && server->sealed;
	return server->data_records > 0 && client->data_longest >= TLS_FINISHED_MIN;
}
