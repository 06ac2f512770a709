/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * query - questions about a session that several checks ask.
 */
#include "base/timefmt.h"
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
	return smtp_half(s, DIR_CLIENT)->acked >= u->end;
}

bool
server_closed_first(const struct smtp_session *s)
{
	return s->closed_by != NULL && s->close[DIR_SERVER] != NULL &&
	    strcmp(s->closed_by, "server") == 0;
}

bool
client_closed_first(const struct smtp_session *s)
{
	return s->closed_by != NULL && s->close[DIR_CLIENT] != NULL &&
	    strcmp(s->closed_by, "client") == 0;
}

/* A unit that was not answered before the 421 is not answered after it. */
bool
after_421(const struct smtp_session *s, const struct smtp_unit *u)
{
	return s->first_421 != NULL && (u->meant == NULL || u->meant->off >= s->first_421->off);
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

const char *
seconds_text(struct check_ctx *c, double seconds)
{
	char text[TIME_TEXT_MAX];

	if (seconds >= 0.1 || seconds <= 0)
		return check_text(c, seconds < 1000 ? "%.3g s" : "%.0f s", seconds);
	time_duration(text, (int64_t)(seconds * 1e9));
	return check_text(c, "%s", text);
}

double
waited(const struct smtp_session *s, const struct smtp_unit *u)
{
	return (double)(s->stream->last_ts - u->at_ts) / 1e9;
}

const struct smtp_unit *
quit_of(const struct smtp_session *s)
{
	return s->quit;
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

uint32_t
absolute_seq(const struct smtp_session *s, enum stream_dir role, int64_t off)
{
	return smtp_half(s, role)->base_seq + (uint32_t)off;
}

bool
text_contains(struct slice t, const char *word)
{
	return slice_contains(t, word);
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
list_whole(const struct smtp_reply *r)
{
	return !(r->flags & (REPLY_CUT | REPLY_OPEN | REPLY_UNJUDGED)) && r->nkept == r->nlines;
}

bool
not_offered(const struct smtp_unit *u, const char *keyword)
{
	const struct smtp_ehlo *e = u->ctx.ehlo;

	return u->ctx.caps_known && (e == NULL || list_whole(e->reply)) &&
	    smtp_ehlo_find(e, keyword) == NULL;
}

bool
offer_known(const struct smtp_session *s, const struct smtp_unit *u, const struct smtp_ehlo **offer)
{
	const struct smtp_reply *r;

	*offer = NULL;
	if (u == NULL || !u->ctx.caps_known || u->ctx.hello_open || s->one_sided)
		return false;
	*offer = u->ctx.offer;
	r = *offer != NULL ? (*offer)->reply : NULL;
	return r == NULL || (!(r->flags & REPLY_CUT) && r->nlines == r->nkept);
}

bool
speaks_lmtp(const struct smtp_session *s)
{
	return s->lmtp;
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
	unsigned n = 0;

	/* A server that leaves out hundreds in a row has not gone on. */
	for (u = STAILQ_NEXT(u, link); u != NULL && n < 500; u = STAILQ_NEXT(u, link), n++)
		if (u->meant != NULL && u->verb->id != VERB_QUIT)
			return u;
	return NULL;
}

bool
ends_message(const struct smtp_unit *u)
{
	return u->kind == UNIT_EOD ||
	    (u->kind == UNIT_CHUNK && u->chunk_last && u->verb->id == VERB_BDAT &&
	        !(u->flags & UNIT_CHUNK_SHORT));
}

bool
has_gap(const struct smtp_session *s)
{
	const struct smtp_gap *g;

	if (s->limited || s->lines_cut || s->stream->refused_octets || s->stream->ledger.refused)
		return true;
	STAILQ_FOREACH (g, &s->gaps, link)
		if (g->reason != REASON_SNAPLEN)
			return true;
	return false;
}

bool
unseen_before(const struct smtp_session *s, const struct smtp_unit *u)
{
	const struct smtp_gap *g;

	STAILQ_FOREACH (g, &s->gaps, link)
		if (g->off < (g->dir == DIR_CLIENT ? u->line.off : u->line.first.ack))
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
	if (s->stream->transcript)
		return !u->ctx.tls;
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

static bool
ever_pipelined(const struct smtp_session *s)
{
	const struct smtp_unit *u;

	STAILQ_FOREACH (u, &s->units, link)
		if (u->flags & (UNIT_EARLY | UNIT_SAME_SEGMENT))
			return true;
	return false;
}

enum confidence
had_read(const struct smtp_session *s, const struct smtp_unit *u, const struct smtp_reply *r)
{
	const struct ledger *l = &s->stream->ledger;
	int64_t acked = 0;
	uint32_t room = 0;
	size_t i;

	if (not_offered(u, "PIPELINING"))
		return CONF_CERTAIN;
	for (i = 0; i < l->n && l->seg[i].frame < u->line.first.frame; i++) {
		const struct ledger_seg *g = &l->seg[i];

		if (smtp_role(s, g) == DIR_SERVER) {
			acked = g->ack > acked ? g->ack : acked;
			room = g->win;
		} else if (g->len == 0 && g->ack != LEDGER_NO_ACK && g->ack >= r->end &&
		    acked >= u->line.off && room >= u->line.first.seg_len) {
			return CONF_CERTAIN;
		}
	}
	return ever_pipelined(s) ? CONF_POSSIBLE : CONF_CERTAIN;
}

bool
says_hello(const struct smtp_unit *u)
{
	return u->kind == UNIT_COMMAND &&
	    (u->verb->id == VERB_HELO || u->verb->id == VERB_EHLO || u->verb->id == VERB_LHLO) &&
	    !(u->flags & (UNIT_IN_TEXT | UNIT_GUESSED)) &&
	    !(u->line.flags & (LINE_GAP | LINE_CUT | LINE_UNTERMINATED));
}

bool
masked_keyword(struct slice k)
{
	size_t i;

	for (i = 0; i < k.n && k.p[i] == 'X'; i++)
		;
	return i >= 3 && (i == k.n || (i + 1 == k.n && k.p[i] >= 'A' && k.p[i] <= 'Z'));
}

struct slice
first_word(struct slice t)
{
	size_t i;

	for (i = 0; i < t.n && t.p[i] != ' ' && t.p[i] != '\t'; i++)
		;
	return slice_of(t.p, i);
}

struct slice
trimmed(struct slice t)
{
	while (t.n > 0 && (t.p[t.n - 1] == ' ' || t.p[t.n - 1] == '\t'))
		t.n--;
	return t;
}

bool
unreadable(const struct smtp_session *s)
{
	return s->tls.start[DIR_CLIENT] >= 0 || s->tls.start[DIR_SERVER] >= 0 || s->one_sided ||
	    s->limited || s->app == APP_UNKNOWN || s->app == APP_TLS;
}

const char *
role_name(enum stream_dir role)
{
	return role == DIR_CLIENT ? "client" : "server";
}

bool
captured_twice(const struct ledger *l, size_t at)
{
	enum { NEAR = 64 }; /* records; a bound for captures without clock */
	const struct ledger_seg *g = &l->seg[at], *e;
	size_t i;

	for (i = at; i-- > 0 && at - i <= NEAR && g->ts - l->seg[i].ts <= 1000000;) {
		e = &l->seg[i];
		if (e->dir == g->dir && e->off == g->off && e->len == g->len && e->ack == g->ack &&
		    e->ip_id == g->ip_id)
			return true;
	}
	return false;
}
