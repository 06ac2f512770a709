/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * query - questions about a session that several checks ask.
 */
#include "smtp/checks/check.h"

const struct ledger_seg *
first_close(const struct smtp_session *s, enum stream_dir role)
{
	return s->close[role];
}

uint64_t
acked_frame(const struct smtp_session *s, enum stream_dir role, int64_t off)
{
	const struct ledger_seg *g =
	    ledger_acked(&s->stream->ledger, (enum stream_dir)((unsigned)role ^ s->flip), off);

	return g ? g->frame : 0;
}

bool
unit_acked(const struct smtp_session *s, const struct smtp_unit *u)
{
	return acked_frame(s, DIR_SERVER, u->end) != 0;
}

bool
server_closed_first(const struct smtp_session *s)
{
	return s->closed_by != NULL && strcmp(s->closed_by, "server") == 0;
}

bool
client_closed_first(const struct smtp_session *s)
{
	return s->closed_by != NULL && strcmp(s->closed_by, "client") == 0;
}

bool
after_421(const struct smtp_session *s, const struct smtp_unit *u)
{
	const struct smtp_reply *r;

	STAILQ_FOREACH (r, &s->replies, link) {
		if (r->code != 421)
			continue;
		/* A unit that was not answered before the 421 is not answered after it. */
		if (u->meant == NULL || u->meant->off >= r->off)
			return true;
	}
	return false;
}

const struct smtp_reply *
parting_refusal(const struct smtp_session *s)
{
	const struct smtp_reply *r = STAILQ_LAST(&s->replies, smtp_reply, link);
	const struct ledger_seg *g = first_close(s, DIR_SERVER);

	if (r == NULL || g == NULL || !server_closed_first(s) || r->code < 400)
		return NULL;
	return g->ts - r->last.ts <= INT64_C(1000000000) ? r : NULL;
}

double
waited(const struct smtp_session *s, const struct smtp_unit *u)
{
	return (double)(s->stream->last_ts - u->at_ts) / 1e9;
}

const struct smtp_unit *
quit_of(const struct smtp_session *s)
{
	const struct smtp_unit *u;

	STAILQ_FOREACH (u, &s->units, link)
		if (u->kind == UNIT_COMMAND && u->verb->id == VERB_QUIT)
			return u;
	return NULL;
}

int64_t
last_ack(const struct smtp_session *s, enum stream_dir role, uint64_t before_frame)
{
	const struct ledger *l = &s->stream->ledger;
	int64_t ack = LEDGER_NO_ACK;
	size_t i;

	for (i = 0; i < l->n && l->seg[i].frame < before_frame; i++)
		if (smtp_role(s, &l->seg[i]) == role && l->seg[i].ack > ack)
			ack = l->seg[i].ack;
	return ack;
}

bool
text_contains(struct slice t, const char *word)
{
	size_t n = strlen(word), i;

	for (i = 0; i + n <= t.n; i++)
		if (slice_caseprefix(slice_from(t, i), word))
			return true;
	return false;
}

struct slice
reply_text(const struct smtp_reply *r)
{
	return r != NULL && r->nkept ? r->lines[0].text : slice_str("");
}

bool
offered(const struct smtp_unit *u, const char *keyword)
{
	return u->ctx.caps_known && smtp_ehlo_find(u->ctx.ehlo, keyword) != NULL;
}

bool
not_offered(const struct smtp_unit *u, const char *keyword)
{
	return u->ctx.caps_known && smtp_ehlo_find(u->ctx.ehlo, keyword) == NULL;
}

static const struct smtp_ehlo *
ehlo_of(const struct smtp_session *s, const struct smtp_unit *u)
{
	const struct smtp_ehlo *e;

	STAILQ_FOREACH (e, &s->ehlos, link)
		if (e->unit == u)
			return e;
	return NULL;
}

bool
offer_known(const struct smtp_session *s, const struct smtp_unit *u, const struct smtp_ehlo **offer)
{
	const struct smtp_unit *v;
	bool known = true;

	*offer = NULL;
	if (u == NULL || !u->ctx.caps_known || s->one_sided)
		return false;
	STAILQ_FOREACH (v, &s->units, link) {
		if (v == u)
			break;
		if (v->kind != UNIT_COMMAND || (v->verb->id != VERB_HELO && v->verb->id != VERB_EHLO &&
						   v->verb->id != VERB_LHLO))
			continue;
		known = v->meant != NULL;
		if (unit_class(v) != 2)
			continue;
		*offer = ehlo_of(s, v);
		if (*offer != NULL)
			known = !(v->meant->flags & REPLY_CUT) && v->meant->nlines == v->meant->nkept;
	}
	return known;
}

bool
speaks_lmtp(const struct smtp_session *s)
{
	const struct smtp_unit *u;

	STAILQ_FOREACH (u, &s->units, link) {
		if (u->kind == UNIT_GREETING && u->meant != NULL && text_contains(reply_text(u->meant), "LMTP"))
			return true;
		if (u->kind == UNIT_COMMAND && u->verb->id == VERB_LHLO && unit_class(u) == 2)
			return true;
	}
	return false;
}

bool
greeting_refused(const struct smtp_session *s)
{
	const struct smtp_unit *u = STAILQ_FIRST(&s->units);

	return u != NULL && u->kind == UNIT_GREETING && u->meant != NULL && u->meant->code >= 400;
}

const struct smtp_unit *
answered_after(const struct smtp_unit *u)
{
	for (u = STAILQ_NEXT(u, link); u != NULL; u = STAILQ_NEXT(u, link))
		if (u->meant != NULL && u->verb->id != VERB_QUIT)
			return u;
	return NULL;
}

bool
ends_message(const struct smtp_unit *u)
{
	return u->kind == UNIT_EOD || (u->kind == UNIT_CHUNK && u->chunk_last && u->verb->id == VERB_BDAT &&
					  !(u->flags & UNIT_CHUNK_SHORT));
}

bool
has_gap(const struct smtp_session *s)
{
	const struct smtp_gap *g;

	if (s->limited || s->stream->refused_octets || s->stream->ledger.refused)
		return true;
	STAILQ_FOREACH (g, &s->gaps, link)
		if (g->reason != REASON_SNAPLEN)
			return true;
	return false;
}

bool
private_address(const struct ipaddr *a)
{
	const uint8_t *b = a->b;

	if (a->family == 4)
		return b[0] == 127 || b[0] == 10 || (b[0] == 172 && (b[1] & 0xf0) == 16) ||
		    (b[0] == 192 && b[1] == 168) || (b[0] == 169 && b[1] == 254);
	if ((b[0] & 0xfe) == 0xfc || (b[0] == 0xfe && (b[1] & 0xc0) == 0x80))
		return true;
	return memcmp(b, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16) == 0;
}

bool
loopback_address(const struct ipaddr *a)
{
	if (a->family == 4)
		return a->b[0] == 127;
	return memcmp(a->b, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16) == 0;
}

bool
on_loopback(const struct smtp_session *s)
{
	return loopback_address(&s->stream->half[0].ep.addr) &&
	    loopback_address(&s->stream->half[1].ep.addr);
}

bool
in_private(const struct smtp_session *s)
{
	return private_address(&s->stream->half[0].ep.addr) &&
	    private_address(&s->stream->half[1].ep.addr);
}

bool
in_clear(const struct smtp_session *s, const struct smtp_unit *u)
{
	return s->tls.client_frame == 0 || u->line.off < s->tls.start[DIR_CLIENT];
}

const struct smtp_unit *
tls_agreed_by(const struct smtp_session *s)
{
	const struct smtp_unit *u;

	STAILQ_FOREACH (u, &s->units, link)
		if (u->kind == UNIT_COMMAND &&
		    (u->verb->id == VERB_STARTTLS || u->verb->id == VERB_XANONYMOUSTLS) &&
		    u->meant != NULL && u->meant->code == 220)
			return u;
	return NULL;
}

const struct ledger_seg *
segment_of(const struct smtp_session *s, uint64_t frame)
{
	const struct ledger *l = &s->stream->ledger;
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->seg[i].frame <= frame && frame <= l->seg[i].last_frame)
			return &l->seg[i];
	return NULL;
}
