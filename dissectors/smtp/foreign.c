/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * foreign - is this connection another protocol that only uses the port?
 *
 * Judged by the first line of each side, and only while no HELO, EHLO, LHLO or
 * MAIL was accepted: a session that once was SMTP stays SMTP.  TLS is told apart
 * elsewhere.
 */
#include "smtp/analyse.h"

enum { BINARY_MIN = 8, BINARY_PERCENT = 30 };

struct sign {
	const char *start, *protocol;
};

/* First octets of a server that is no SMTP server. */
static const struct sign banners[] = { { "HTTP/1.", "HTTP" }, { "SSH-", "SSH" }, { "+OK", "POP3" },
	{ "* OK", "IMAP" }, { "* PREAUTH", "IMAP" }, { "RFB 0", "VNC" }, { "AMQP", "AMQP" },
	{ "<?xml", "XMPP" } };

/* ... and of a client. */
static const struct sign openings[] = { { "SSH-", "SSH" }, { "AMQP", "AMQP" },
	{ "<?xml", "XMPP" } };

static const char *
sign_of(const struct sign *signs, size_t n, struct slice text)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (slice_caseprefix(text, signs[i].start))
			return signs[i].protocol;
	return NULL;
}

static bool
is_binary(struct slice t)
{
	size_t i, odd = 0;

	for (i = 0; i < t.n; i++)
		odd += (t.p[i] < 0x20 && t.p[i] != '\t' && t.p[i] != '\r' && t.p[i] != '\n') ||
		    t.p[i] >= 0x7f;
	return t.n >= BINARY_MIN && odd * 100 > t.n * BINARY_PERCENT;
}

/* A TPKT header (RFC 1006 6): version 3, a zero, a length that holds at least itself. */
static bool
is_tpkt(struct slice t)
{
	return t.n >= 5 && t.p[0] == 3 && t.p[1] == 0 && (t.p[2] << 8 | t.p[3]) >= 7 &&
	    (t.p[2] << 8 | t.p[3]) < 1024;
}

static bool
was_smtp(const struct smtp_session *s)
{
	const struct smtp_unit *u;

	STAILQ_FOREACH (u, &s->units, link) {
		switch (u->verb->id) {
		case VERB_HELO:
		case VERB_EHLO:
		case VERB_LHLO:
		case VERB_MAIL:
			if (unit_class(u) == 2)
				return true;
			break;
		default:
			break;
		}
	}
	return false;
}

static const struct smtp_unit *
first_words(const struct smtp_session *s)
{
	const struct smtp_unit *u = STAILQ_FIRST(&s->units);

	if (u != NULL && u->kind == UNIT_GREETING)
		u = STAILQ_NEXT(u, link);
	return u != NULL && u->line.off == 0 &&
	        (u->kind == UNIT_GARBAGE || u->kind == UNIT_COMMAND) ?
	    u :
	    NULL;
}

/* FTP and POP3 clients log in by USER and PASS; their 220 alone says nothing. */
static bool
logs_in(const struct smtp_unit *u)
{
	const struct smtp_unit *next = u != NULL ? STAILQ_NEXT(u, link) : NULL;

	return next != NULL && slice_caseprefix(u->line.text, "USER ") &&
	    (slice_caseprefix(next->line.text, "PASS ") ||
	        slice_caseprefix(next->line.text, "QUIT"));
}

static void
found(struct smtp_session *s, const char *protocol, enum stream_dir who, const struct smtp_mark *m)
{
	s->foreign = protocol;
	s->foreign_by = who;
	s->foreign_at = *m;
	s->app = APP_UNKNOWN;
}

void
judge_protocol(struct analysis *a)
{
	struct smtp_session *s = a->s;
	const struct smtp_reply *r = STAILQ_FIRST(&s->replies);
	const struct smtp_unit *u = first_words(s);
	const char *name = NULL;

	s->foreign = NULL;
	if (s->stream->midstream || s->tls.via != TLS_NONE || was_smtp(s))
		return;
	if (r != NULL && r->off == 0 && r->nkept > 0 && (r->flags & REPLY_GARBAGE)) {
		name = sign_of(banners, sizeof banners / sizeof banners[0], r->lines[0].text);
		if (name == NULL && is_binary(r->lines[0].text))
			name = "binary";
		if (name != NULL) {
			found(s, name, DIR_SERVER, &r->first);
			return;
		}
	}
	if (u == NULL)
		return;
	name = sign_of(openings, sizeof openings / sizeof openings[0], u->line.text);
	if (name == NULL && is_tpkt(u->line.text))
		name = "RDP";
	if (name == NULL && is_binary(u->line.text))
		name = "binary";
	if (name == NULL && logs_in(u))
		name = "FTP or POP3";
	if (name != NULL)
		found(s, name, DIR_CLIENT, &u->line.first);
}
