/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * server - the server's stream as replies (RFC 5321 4.2).
 *
 * A reply is complete at its first line without "-" behind the code.  Servers
 * also send lines that never end and replies that never finish; they are ended
 * here once the client is seen to have gone on and the server to have answered
 * that (acknowledgement numbers again), so that one such fault does not shift
 * everything behind it.
 */
#include "smtp/parser.h"

static bool
digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* Code and separator of a reply line; code 0 when it is none. */
static void
line_code(struct smtp_line *l)
{
	struct slice t = l->text;

	if (t.n < 3 || !digit(t.p[0]) || !digit(t.p[1]) || !digit(t.p[2]))
		return;
	if (t.n > 3 && t.p[3] != ' ' && t.p[3] != '-')
		return;
	if (t.p[0] < '2' || t.p[0] > '5' || t.p[1] > '5')
		/* Outside the grammar, but counting clients take any three digits. */
		l->flags |= LINE_ODD_CODE;
	l->code = (uint16_t)((t.p[0] - '0') * 100 + (t.p[1] - '0') * 10 + (t.p[2] - '0'));
	l->separator = t.n > 3 ? (char)t.p[3] : 0;
}

/* Enhanced status code at the start of the text (RFC 3463 2). */
static void
enhanced(struct smtp_reply *r, struct slice t)
{
	uint16_t v[3] = { 0 };
	size_t i = 4, k;
	unsigned digits;

	for (k = 0; k < 3; k++) {
		for (digits = 0; i < t.n && digit(t.p[i]) && digits < 3; i++, digits++)
			v[k] = (uint16_t)(v[k] * 10 + (t.p[i] - '0'));
		if (digits == 0 || (k < 2 && (i >= t.n || t.p[i++] != '.')))
			return;
	}
	if ((i < t.n && t.p[i] != ' ' && t.p[i] != '\t') || (v[0] != 2 && v[0] != 4 && v[0] != 5))
		return;
	memcpy(r->enhanced, v, sizeof v);
}

static struct smtp_reply *
reply_new(struct parser *p)
{
	struct smtp_session *s = p->s;
	struct smtp_reply *r;

	if (p->dead)
		return NULL;
	r = s->nreplies < UNITS_MAX ? arena_alloc(s->arena, sizeof *r) : NULL;
	if (r == NULL) {
		parser_limit(p,
		    s->nreplies < UNITS_MAX ? "memory of the session" : "replies of the session");
		return NULL;
	}
	r->index = s->nreplies++;
	r->epoch = p->epoch;
	STAILQ_INSERT_TAIL(&s->replies, r, link);
	return r;
}

/* Room for one more line: doubled in the arena, the old array is left there. */
static struct smtp_line *
reply_slot(struct parser *p, struct smtp_reply *r)
{
	struct smtp_line *grown;

	if (r->nkept >= REPLY_KEEP)
		return NULL;
	if ((r->nkept & (r->nkept - 1)) == 0) {
		grown = arena_alloc(p->s->arena, (r->nkept ? r->nkept * 2 : 1) * sizeof *grown);
		if (grown == NULL) {
			parser_limit(p, "memory of the session");
			return NULL;
		}
		if (r->nkept)
			memcpy(grown, r->lines, r->nkept * sizeof *grown);
		r->lines = grown;
	}
	return &r->lines[r->nkept++];
}

static void
reply_complete(struct parser *p, struct smtp_reply *r)
{
	p->open = NULL;
	pair_reply(p, r);
}

static void
reply_add(struct parser *p, struct smtp_reply *r, const struct smtp_line *l)
{
	struct smtp_line *slot = reply_slot(p, r);

	if (slot != NULL)
		*slot = *l;
	if (r->nlines++ == 0) {
		r->off = l->off;
		r->first = l->first;
		r->first_code = r->code = l->code;
		if (l->code == 0)
			r->flags |= REPLY_GARBAGE;
		enhanced(r, l->text);
	} else {
		if (l->code != r->first_code)
			r->flags |= REPLY_CODE_DIFFERS;
		if (l->code != 0)
			r->code = l->code; /* the last line counts for most clients */
	}
	if (l->flags & (LINE_BARE_LF | LINE_BARE_CR))
		r->flags |= REPLY_BARE_LF;
	if (l->len > 512)
		r->flags |= REPLY_LINE_LONG;
	r->end = l->off + l->len;
	r->last = l->last;
	r->at_frame = l->at_frame;
	r->at_ts = l->at_ts;
}

/*
 * Has the client, knowing every server octet below `end', sent a unit that the
 * server had received when a segment with `ack' left?  Then what stood open at
 * `end' was over for both sides.
 */
static bool
gone_on(const struct parser *p, int64_t end, int64_t ack)
{
	const struct smtp_unit *u;
	unsigned n = 0;

	if (ack == LEDGER_NO_ACK)
		return false;
	for (u = p->head; u != NULL && n < PENDING_LOOK; u = STAILQ_NEXT(u, link), n++) {
		if (u->epoch == p->epoch && u->line.len > 0 && u->reply == NULL &&
		    smtp_mark_knows(&u->line.first, end) && u->end <= ack)
			return true;
	}
	return false;
}

/* A line of another segment and code, impossible for what the open reply answers and right for the
 * next unit, which the server had received. */
static bool
answers_next(const struct parser *p, const struct smtp_reply *r, const struct smtp_line *l)
{
	const struct smtp_unit *head = p->head, *next = head ? STAILQ_NEXT(head, link) : NULL;

	return next != NULL && l->code != 0 && l->code != r->first_code &&
	    l->first.frame != r->last.frame && !unit_plausible(head, l->code) &&
	    unit_plausible(next, l->code) && l->first.ack >= next->end;
}

static void
take_line(struct parser *p, struct smtp_line *l)
{
	struct smtp_reply *r = p->open;

	if (r != NULL && (gone_on(p, r->end, l->first.ack) || answers_next(p, r, l))) {
		r->flags |= REPLY_OPEN | REPLY_SELF_ENDED;
		reply_complete(p, r);
		r = NULL;
	}
	if (r == NULL && (r = reply_new(p)) == NULL)
		return;
	reply_add(p, r, l);
	if (p->dead)
		return;
	if (l->separator == '-' && l->code != 0) {
		p->open = r;
		return;
	}
	/* A line without a code inside a multi-line reply belongs to it. */
	if (l->code == 0 && p->open == r && r->nlines > 1)
		return;
	reply_complete(p, r);
}

static void
line_new(struct parser *p, size_t n)
{
	struct feed *f = &p->feed[DIR_SERVER];
	struct slice whole = slice_of(f->view.p, n), t = whole;
	struct smtp_line l = { 0 };

	line_locate(f, &l, n);
	line_flags(&l, whole);
	if (t.n > 0 && t.p[t.n - 1] == '\n')
		t.n--;
	else
		l.flags |= LINE_UNTERMINATED;
	if (t.n > 0 && t.p[t.n - 1] == '\r')
		t.n--;
	if (t.n > LINE_KEEP) {
		l.flags |= LINE_CUT;
		t.n = LINE_KEEP;
	}
	l.text = arena_dup(p->s->arena, t);
	if (l.text.p == NULL && t.n > 0) {
		parser_limit(p, "memory of the session");
		return;
	}
	line_code(&l);
	feed_consume(f, n);
	if (f->line_has_gap) {
		/* Behind a hole: only a line that looks like a reply is taken for one. */
		f->line_has_gap = false;
		if (l.code == 0)
			return;
	}
	take_line(p, &l);
}

void
server_settle(struct parser *p, int64_t ack)
{
	struct feed *f = &p->feed[DIR_SERVER];

	if (p->server_mode == MODE_COMMAND && f->view.n > 0 && !f->skip_to_lf &&
	    p->joined[DIR_SERVER] == JOINED_NO && gone_on(p, f->off + (int64_t)f->view.n, ack))
		line_new(p, f->view.n);
}

/* An alert or a handshake record where a reply is due: the server expects TLS on this port. */
static bool
tls_record(const struct feed *f)
{
	struct slice v = f->view;

	return v.n >= 3 && (v.p[0] == 0x15 || v.p[0] == 0x16) && v.p[1] == 3 && v.p[2] < 5 &&
	    !f->skip_to_lf;
}

static bool
tls_starts(struct parser *p)
{
	struct feed *f = &p->feed[DIR_SERVER];
	uint8_t c = f->view.p[0];

	if (c >= 0x14 && c <= 0x17) {
		p->server_mode = MODE_TLS;
		if (p->mode == MODE_HOLD || p->mode == MODE_PEEK)
			p->mode =
			    MODE_TLS_WAIT; /* a command in clear behind STARTTLS: never answered */
		p->s->tls.start[DIR_SERVER] = f->off;
		p->open = NULL;
		p->head = NULL; /* plaintext behind STARTTLS is never answered */
		p->s->epoch = ++p->epoch;
		return true;
	}
	return false;
}

void
server_read(struct parser *p)
{
	struct feed *f = &p->feed[DIR_SERVER];
	const uint8_t *lf;
	size_t n;

	if (joined_waits(p, DIR_SERVER) || tunnel_server(p))
		return;
	while (f->view.n > 0) {
		if (p->server_mode == MODE_TLS || p->server_mode == MODE_OPAQUE) {
			if (p->server_mode == MODE_TLS)
				tls_read(p, DIR_SERVER, f->view.n);
			feed_consume(f, f->view.n);
			break;
		}
		if ((p->server_mode == MODE_TLS_WAIT || p->s->tls.via == TLS_IMPLICIT ||
		        tls_record(f)) &&
		    tls_starts(p))
			continue;
		if (p->server_mode == MODE_TLS_WAIT)
			p->s->tls.start[DIR_SERVER] = -1;
		lf = memchr(f->view.p, '\n', f->view.n);
		if (lf == NULL && f->view.n < LINE_MAX_LEN)
			break;
		n = lf ? (size_t)(lf - f->view.p) + 1 : f->view.n;
		if (f->skip_to_lf) {
			f->skip_to_lf = lf == NULL;
			feed_consume(f, n);
			continue;
		}
		line_new(p, n);
		if (lf == NULL)
			f->skip_to_lf = true;
	}
	p->s->seen[DIR_SERVER] = f->off;
}

/* A frame cut by the snap length inside a reply: what was lost is taken for the rest of it. */
static bool
cut_reply(struct parser *p, const struct smtp_gap *g)
{
	struct feed *f = &p->feed[DIR_SERVER];
	struct smtp_reply *r;

	if (f->view.n > 0)
		line_new(p, f->view.n);
	r = p->open;
	if (r == NULL && f->view.n == 0 && STAILQ_EMPTY(&p->s->replies))
		return false;
	if (r == NULL)
		r = STAILQ_LAST(&p->s->replies, smtp_reply, link);
	r->flags |= REPLY_AFTER_GAP | REPLY_CUT;
	r->end += (int64_t)g->len;
	if (p->open != NULL)
		reply_complete(p, r);
	feed_skip(f, g->off + (int64_t)g->len);
	p->s->seen[DIR_SERVER] = f->off;
	return true;
}

void
server_gap(struct parser *p, const struct smtp_gap *g)
{
	struct feed *f = &p->feed[DIR_SERVER];

	joined_gap(p, g);
	if (g->reason == REASON_SNAPLEN && p->server_mode == MODE_COMMAND && !f->skip_to_lf &&
	    cut_reply(p, g))
		return;
	if (p->open != NULL && p->server_mode == MODE_COMMAND)
		p->open->flags |= REPLY_UNJUDGED;
	p->open = NULL;
	feed_skip(f, g->off + (int64_t)g->len);
	p->s->seen[DIR_SERVER] = f->off;
	if (p->server_mode == MODE_TLS_WAIT)
		p->server_mode = MODE_TLS;
	if (p->server_mode == MODE_TLS)
		tls_gap(p, DIR_SERVER, g->len);
	if (p->server_mode != MODE_COMMAND)
		return;
	f->line_has_gap = true;
	client_guess(p);
	p->synced = false;
	p->head = NULL;
	p->s->epoch = ++p->epoch;
}

void
server_eof(struct parser *p)
{
	struct feed *f = &p->feed[DIR_SERVER];

	joined_give_up(p, DIR_SERVER);
	if (f->view.n > 0 && p->server_mode == MODE_COMMAND && !f->skip_to_lf)
		line_new(p, f->view.n);
	if (p->open != NULL) {
		p->open->flags |= REPLY_OPEN;
		reply_complete(p, p->open);
	}
	p->s->seen[DIR_SERVER] = f->off;
}
