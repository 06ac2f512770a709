/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * across_tls - TLS over several sessions: an offer that one client saw and does not
 * see any more, and mail in clear soon after TLS had failed.
 *
 * Only lists in clear count, only of the same server address and port, and only a
 * server that greets with the same host name is expected to offer the same.
 */
#include "smtp/checks/across.h"
#include "tls/tls.h"

#define SECOND INT64_C(1000000000)

/* ---- what is kept ---- */

/* The host name behind the code of an accepting greeting; 0: none was seen. */
static uint64_t
banner_hash(const struct peers *p, const struct smtp_session *s)
{
	const struct smtp_unit *u = STAILQ_FIRST(&s->units);
	struct slice t;
	size_t n;

	if (u == NULL || u->kind != UNIT_GREETING || u->meant == NULL || u->meant->code != 220 ||
	    !list_whole(u->meant))
		return 0;
	t = slice_from(reply_text(u->meant), 4);
	for (n = 0; n < t.n && t.p[n] > ' '; n++)
		;
	return n ? peers_hash(p, slice_of(t.p, n)) : 0;
}

/* The state was reset by TLS or by a proxy: another list is in force behind it. */
static bool
anew(const struct smtp_unit *u)
{
	return u->meant != NULL && u->meant->code == 220 &&
	    (is_starttls(u) || (u->kind == UNIT_COMMAND && u->verb->id == VERB_XCLIENT));
}

/* The first EHLO list in clear, which nothing that the client did has changed; or NULL. */
static const struct smtp_ehlo *
first_list(const struct smtp_session *s)
{
	const struct smtp_ehlo *e = STAILQ_FIRST(&s->ehlos);
	const struct smtp_unit *u;

	if (e == NULL || e->unit->verb->id != VERB_EHLO || !in_clear(s, e->unit) ||
	    e->unit->ctx.authenticated || (e->unit->flags & (UNIT_GUESSED | UNIT_IN_TEXT)) ||
	    (e->reply->flags & REPLY_AFTER_GAP) || !list_whole(e->reply))
		return NULL;
	STAILQ_FOREACH (u, &s->units, link) {
		if (u == e->unit)
			return e;
		if (anew(u))
			return NULL;
	}
	return NULL;
}

static unsigned
offers_of(const struct smtp_session *s)
{
	const struct smtp_ehlo *e;
	unsigned offers = 0;

	STAILQ_FOREACH (e, &s->ehlos, link) {
		if (smtp_ehlo_find(e, "PIPECONNECT") || smtp_ehlo_find(e, "X_PIPE_CONNECT"))
			offers |= PEER_PIPECONNECT;
		if (smtp_ehlo_find(e, "STARTTLS"))
			offers |= PEER_STARTTLS;
		if (smtp_ehlo_find(e, "AUTH"))
			offers |= PEER_AUTH;
	}
	return offers;
}

void
offers_learn(struct peers *p, const struct smtp_session *s)
{
	unsigned offers = offers_of(s);
	const struct smtp_ehlo *e = first_list(s);
	uint64_t banner = e != NULL ? banner_hash(p, s) : 0;
	struct peer_server *k;

	if (offers == 0 && peers_server(p, server_key(p, s)) == NULL)
		return;
	k = peers_learn_server(p, server_key(p, s));
	k->offers |= offers;
	if (banner == 0 || e->reply->first.frame < k->starttls_frame)
		return;
	if (smtp_ehlo_find(e, "STARTTLS") != NULL) {
		k->starttls_frame = e->reply->first.frame;
		k->starttls_ts = e->reply->first.ts;
		k->banner = banner;
	} else if (banner == k->banner) {
		k->starttls_frame = 0; /* told once */
	}
}

/* Everything between the 220 and the close was seen, and no handshake among it. */
static bool
handshake_failed(const struct smtp_session *s)
{
	const struct smtp_unit *st = tls_agreed_by(s);

	return st != NULL && !s->stream->midstream && !s->one_sided && !s->limited && !has_gap(s) &&
	    s->gap_octets[0] + s->gap_octets[1] == 0 && s->tls.client_frame != 0 &&
	    (s->close[0] != NULL || s->close[1] != NULL) &&
	    !tls_complete(s->tls.side[DIR_CLIENT], s->tls.side[DIR_SERVER]);
}

static const struct smtp_unit *
refused_starttls(const struct smtp_session *s)
{
	const struct smtp_unit *u;

	STAILQ_FOREACH (u, &s->units, link)
		if (is_starttls(u) && u->meant != NULL && u->meant->code >= 400 &&
		    !(u->flags & (UNIT_GUESSED | UNIT_IN_TEXT)))
			return u;
	return NULL;
}

/* The name in the first EHLO or HELO in clear; 0: none. */
static uint64_t
hello_hash(const struct peers *p, const struct smtp_session *s)
{
	const struct smtp_unit *u;

	STAILQ_FOREACH (u, &s->units, link)
		if (says_hello(u) && in_clear(s, u))
			return u->arg.n ? peers_hash(p, first_word(u->arg)) : 0;
	return 0;
}

static bool
any_mail_in_clear(const struct smtp_session *s)
{
	const struct smtp_unit *u;

	STAILQ_FOREACH (u, &s->units, link)
		if (mail_in_clear(s, u))
			return true;
	return false;
}

void
fallback_learn(struct peers *p, const struct smtp_session *s)
{
	const struct smtp_unit *refused = refused_starttls(s);
	uint64_t hello = hello_hash(p, s);
	struct peer_server *k;

	if (any_mail_in_clear(s)) { /* told once, by this session */
		if (peers_server(p, server_key(p, s)) != NULL)
			peers_learn_server(p, server_key(p, s))->failed_frame = 0;
		return;
	}
	if (hello == 0 || (refused == NULL && !handshake_failed(s)))
		return;
	k = peers_learn_server(p, server_key(p, s));
	k->failed_hello = hello;
	k->failed_code = refused != NULL ? refused->meant->code : 0;
	k->failed_frame = refused != NULL ? refused->meant->first.frame : s->tls.client_frame;
	/* A client comes back when it is done with this connection. */
	k->failed_ts = s->close[DIR_CLIENT] != NULL ? s->close[DIR_CLIENT]->ts : s->stream->last_ts;
}

/* ---- what a later session is held against ---- */

void
starttls_vanished_across(struct check_ctx *c)
{
	const int64_t day = 86400 * SECOND;
	const struct smtp_ehlo *e = first_list(c->s);
	const struct peer_server *k;
	struct finding *f;
	uint64_t banner;

	if (c->s->peers == NULL || e == NULL || smtp_ehlo_find(e, "STARTTLS") || keyword_masked(e))
		return;
	k = peers_server(c->s->peers, server_key(c->s->peers, c->s));
	banner = banner_hash(c->s->peers, c->s);
	if (k == NULL || k->starttls_frame == 0 || banner == 0 ||
	    k->starttls_frame >= c->s->stream->first_frame ||
	    e->reply->first.ts - k->starttls_ts > day)
		return;
	f = report_reply(c, e->reply,
	    "This server offered STARTTLS to this client in frame %llu, %s before, and does "
	    "not "
	    "offer it now%s.",
	    (unsigned long long)k->starttls_frame,
	    seconds_text(c, (double)(e->reply->first.ts - k->starttls_ts) / 1e9),
	    banner == k->banner ? "" :
	                          "; it greets with another name, as the members of a farm do");
	if (banner != k->banner)
		f->severity = SEV_NOTE;
	lower_to(f, CONF_PROBABLE); /* a server may have its reasons */
	relate(f, k->starttls_frame);
}

void
starttls_fallback_across(struct check_ctx *c)
{
	const struct peer_server *k;
	const struct smtp_unit *u;
	struct finding *f;

	if (c->s->peers == NULL)
		return;
	k = peers_server(c->s->peers, server_key(c->s->peers, c->s));
	if (k == NULL || k->failed_frame == 0 || k->failed_frame >= c->s->stream->first_frame ||
	    k->failed_hello != hello_hash(c->s->peers, c->s))
		return;
	STAILQ_FOREACH (u, &c->s->units, link) {
		if (is_starttls(u))
			return;
		if (!mail_in_clear(c->s, u))
			continue;
		if (u->line.first.ts - k->failed_ts > 60 * SECOND)
			return;
		f = report_unit(c, u,
		    "%s (frame %llu), and %s after the end of that connection the same client "
		    "sends mail in clear.",
		    k->failed_code ? check_text(c, "STARTTLS was refused with %u", k->failed_code) :
		                     "TLS failed during its handshake",
		    (unsigned long long)k->failed_frame,
		    seconds_text(c, (double)(u->line.first.ts - k->failed_ts) / 1e9));
		lower_to(f, CONF_PROBABLE); /* one address and name may stand for several clients */
		relate(f, k->failed_frame);
		return;
	}
}
