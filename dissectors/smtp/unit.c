/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * unit - a line of the client becomes a unit: a command, a BDAT chunk, a response
 * of an AUTH exchange, or a line that is none of them.
 *
 * The secrets of AUTH are masked here, before anything is kept.  Behind a hole in
 * the capture only a line that can be nothing but a command is taken for one, and
 * pairing resumes where the client is seen to have read all that the server sent.
 */
#include <stdio.h>
#include "smtp/parser.h"
#include "smtp/sasl.h"

static const char mask[] = "****";

void
parser_limit(struct parser *p, const char *what)
{
	p->dead = true;
	p->s->limited = true;
	if (p->s->limit == NULL)
		p->s->limit = what;
	p->mode = p->server_mode = MODE_OPAQUE;
	p->body = NULL;
	p->open = NULL;
}

/* A new unit at the end of the queue of those that are owed a reply. */
struct smtp_unit *
client_unit(struct parser *p, enum smtp_unit_kind kind, int64_t off)
{
	struct smtp_session *s = p->s;
	struct smtp_unit *u;

	if (p->dead)
		return NULL;
	u = s->nunits < UNITS_MAX ? arena_alloc(s->arena, sizeof *u) : NULL;
	if (u == NULL) {
		parser_limit(
		    p, s->nunits < UNITS_MAX ? "memory of the session" : "commands of the session");
		return NULL;
	}
	u->kind = kind;
	u->index = s->nunits++;
	u->verb = smtp_verb_row(VERB_UNKNOWN);
	u->line.off = off;
	u->end = off;
	u->owes = 1;
	u->epoch = p->epoch;
	if (off < p->text_until)
		u->flags |= UNIT_IN_TEXT;
	STAILQ_INSERT_TAIL(&s->units, u, link);
	if (p->head == NULL)
		p->head = u;
	return u;
}

static void
unit_line(struct parser *p, struct smtp_unit *u, struct slice line)
{
	u->line.flags |= line.n > LINE_KEEP ? LINE_CUT : 0;
	u->line.text =
	    arena_dup(p->s->arena, slice_of(line.p, line.n < LINE_KEEP ? line.n : LINE_KEEP));
	if (u->line.text.p == NULL && line.n > 0)
		parser_limit(p, "memory of the session");
}

struct slice
line_without_eol(struct slice whole)
{
	if (whole.n > 0 && whole.p[whole.n - 1] == '\n')
		whole.n--;
	if (whole.n > 0 && whole.p[whole.n - 1] == '\r')
		whole.n--;
	return whole;
}

static bool
is_word(struct slice w)
{
	size_t i;

	for (i = 0; i < w.n; i++) {
		int c = ascii_lower(w.p[i]);

		if (!(c >= 'a' && c <= 'z') && !(i > 0 && ((c >= '0' && c <= '9') || c == '-')))
			return false;
	}
	return w.n >= 3 && w.n <= 16;
}

/* Verb and argument of a command line (RFC 5321 4.1.1: the verb ends at a blank). */
static void
unit_split(struct smtp_unit *u)
{
	struct slice t = u->line.text, word = t;
	const uint8_t *sp;
	size_t i;

	for (i = 0; i < t.n && t.p[i] != ' ' && t.p[i] != '\t'; i++)
		;
	word.n = i;
	u->verb = smtp_verb_find(word);
	if (u->verb->id == VERB_UNKNOWN && !is_word(word))
		u->kind = UNIT_GARBAGE;
	sp = t.p + i;
	while (i < t.n && (*sp == ' ' || *sp == '\t')) {
		sp++;
		i++;
	}
	u->arg = slice_of(sp, t.n - i);
}

/* Who pastes a dialogue writes "****" or "<base64>" in place of the secret. */
static bool
is_garbled(const struct parser *p, struct slice secret)
{
	return !p->s->stream->transcript && !sasl_base64(secret);
}

/* AUTH PLAIN secret: the response is cut out of the text that is kept. */
static void
mask_auth(struct parser *p, struct smtp_unit *u)
{
	struct slice mech = u->arg, text;
	size_t i;

	p->auth = u;
	p->auth_step = 0;
	for (i = 0; i < mech.n && mech.p[i] != ' ' && mech.p[i] != '\t'; i++)
		;
	if (i >= mech.n)
		return;
	p->auth_step = 1;
	if (mech.n - i == 2 && mech.p[i + 1] == '=')
		return;
	text = slice_from(mech, i + 1);
	mech.n = i;
	sasl_look(p->s->arena, u, mech, 0, text);
	if (!(u->line.flags & LINE_CUT) && is_garbled(p, text))
		u->line.flags |= LINE_NOT_BASE64;
	text = slice_str(arena_printf(
	    p->s->arena, "%s %.*s %s", u->verb->name, (int)mech.n, (const char *)mech.p, mask));
	memset((void *)(uintptr_t)u->line.text.p, 0, u->line.text.n);
	u->line.text = text;
	u->flags |= UNIT_MASKED;
	unit_split(u);
}

/* BDAT size and LAST (RFC 3030 2).  False: no size that can be trusted. */
static bool
chunk_args(struct smtp_unit *u)
{
	struct slice a = u->arg;
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < a.n && a.p[i] >= '0' && a.p[i] <= '9'; i++) {
		if (n > (uint64_t)INT64_MAX / 10 - 1)
			return false;
		n = n * 10 + (uint64_t)(a.p[i] - '0');
	}
	if (i == 0 || (i < a.n && a.p[i] != ' ' && a.p[i] != '\t'))
		return false;
	while (i < a.n && (a.p[i] == ' ' || a.p[i] == '\t'))
		i++;
	a = slice_from(a, i);
	u->chunk_last = slice_caseeq(a, "LAST");
	if (a.n > 0 && !u->chunk_last)
		return false;
	u->chunk_size = n;
	return true;
}

void
unit_chunk_over(struct parser *p)
{
	struct smtp_unit *u = p->chunk;

	p->mode = MODE_COMMAND;
	p->chunk = NULL;
	if (u == NULL)
		return;
	if (p->body != NULL && u->chunk_last && u->verb->id == VERB_BDAT) {
		p->body->eod = u;
		body_finish(p);
		p->body = NULL;
	}
}

void
unit_chunk_begin(struct parser *p, struct smtp_unit *u, uint64_t size)
{
	u->chunk_size = size;
	u->kind = UNIT_CHUNK;
	u->end = u->line.off + u->line.len + (int64_t)size;
	if (u->verb->id == VERB_BDAT) {
		if (p->body == NULL || !p->body->bdat)
			body_begin(p, u, u->line.off + u->line.len, true);
		u->body = p->body;
	}
	/* A server that does not know BDAT may read the chunk as commands.  In a transcript its
	 * octets are made up. */
	if (u->verb->id == VERB_BDAT && !p->chunking && p->synced && !p->alt_on &&
	    !p->s->stream->transcript) {
		p->alt_on = true;
		p->alt_off = u->line.off + u->line.len;
		p->alt_chunk = u;
		sbuf_clear(&p->alt);
	}
	p->chunk = u;
	p->chunk_left = size;
	p->mode = MODE_CHUNK;
	if (size == 0)
		unit_chunk_over(p);
}

/* BURL url LAST (RFC 4468 3.2). */
static bool
ends_in_last(struct slice arg)
{
	while (arg.n > 0 && arg.p[arg.n - 1] == ' ')
		arg.n--;
	return arg.n > 5 && slice_caseeq(slice_from(arg, arg.n - 5), " LAST");
}

/* What the command means for how to read on. */
static void
command_begin(struct parser *p, struct smtp_unit *u)
{
	switch (u->verb->id) {
	case VERB_AUTH:
	case VERB_XEXPS:
		mask_auth(p, u);
		break;
	case VERB_LHLO:
		p->lmtp = true;
		if (p->s->app != APP_TLS)
			p->s->app = APP_LMTP;
		break;
	case VERB_BURL:
		u->chunk_last = ends_in_last(u->arg);
		break;
	case VERB_BDAT:
		if (chunk_args(u))
			unit_chunk_begin(p, u, u->chunk_size);
		else
			u->flags |= UNIT_BAD_CHUNK;
		return;
	default:
		break;
	}
	if (u->verb->flags & VERB_WAITS) {
		p->waiting = u;
		p->mode = MODE_HOLD;
	}
}

static void
unit_finish(struct smtp_unit *u)
{
	u->end = u->line.off + u->line.len;
	u->last = u->line.last;
	u->at_frame = u->line.at_frame;
	u->at_ts = u->line.at_ts;
}

/* The header of the PROXY protocol, sent by load balancers, is owed no reply. */
static bool
proxy_header(const struct parser *p, struct slice line)
{
	return p->s->nunits <= 1 && p->feed[DIR_CLIENT].off == 0 &&
	    slice_caseprefix(line, "PROXY ");
}

/* Behind a hole, pairing resumes where the client is seen to have read all that the server sent. */
void
unit_resume(struct parser *p, struct smtp_unit *u)
{
	if (p->synced)
		return;
	u->flags |= UNIT_AFTER_GAP;
	if (smtp_mark_knows(&u->line.first, smtp_half(p->s, DIR_SERVER)->delivered)) {
		p->synced = true;
		p->head = u;
	}
}

struct slice
line_first_word(struct slice line)
{
	size_t i;

	for (i = 0; i < line.n && line.p[i] > ' '; i++)
		;
	return slice_of(line.p, i);
}

static bool
form_fits(const struct smtp_verb *v, struct slice line)
{
	switch (v->id) {
	case VERB_MAIL:
		return slice_caseprefix(line, "MAIL FROM:");
	case VERB_RCPT:
		return slice_caseprefix(line, "RCPT TO:");
	case VERB_DATA:
	case VERB_RSET:
	case VERB_QUIT:
	case VERB_NOOP:
	case VERB_STARTTLS:
		return line.n == strlen(v->name);
	case VERB_HELO:
	case VERB_EHLO:
	case VERB_LHLO:
	case VERB_AUTH:
	case VERB_BDAT:
		return line.n > strlen(v->name) + 1 && memchr(line.p + 5, ' ', line.n - 5) == NULL;
	default:
		return false;
	}
}

/* Where a line may be message text, more than the word is asked for. */
const struct smtp_verb *
line_command(struct slice line)
{
	const struct smtp_verb *v = smtp_verb_find(line_first_word(line));

	return form_fits(v, line) ? v : NULL;
}

void
unit_from_command(struct parser *p, struct slice whole)
{
	struct feed *f = &p->feed[DIR_CLIENT];
	struct slice line = line_without_eol(whole);
	const struct smtp_unit *before = STAILQ_LAST(&p->s->units, smtp_unit, link);
	struct smtp_unit *u;

	if (proxy_header(p, line))
		return;
	if (!p->synced && !line_command(line))
		return; /* behind a hole: could be the middle of anything */
	u = client_unit(p, UNIT_COMMAND, f->off);
	if (u == NULL)
		return;
	line_locate(f, &u->line, whole.n);
	line_flags(&u->line, whole);
	if (p->cut_end > 0 && p->cut_end == f->off)
		u->line.flags |= LINE_GAP; /* its start may lie in what was cut */
	if (whole.n >= LINE_MAX_LEN && whole.p[whole.n - 1] != '\n')
		u->line.flags |= LINE_CUT;
	unit_line(p, u, line);
	unit_split(u);
	if (u->verb->id == VERB_UNKNOWN)
		sasl_mask_stray(p->s->arena, u, line,
		    before && (before->verb->id == VERB_AUTH || before->flags & UNIT_MASKED));
	unit_finish(u);
	if (u->line.first.ack != LEDGER_NO_ACK && smtp_half(p->s, DIR_SERVER)->fin_off >= 0 &&
	    u->line.first.ack > smtp_half(p->s, DIR_SERVER)->fin_off)
		u->flags |= UNIT_AFTER_FIN;
	unit_resume(p, u);
	command_begin(p, u);
}

/* One line of an AUTH exchange: base64, "*" to cancel, or empty (RFC 4954 4). */
void
unit_from_sasl(struct parser *p, struct slice whole)
{
	struct feed *f = &p->feed[DIR_CLIENT];
	struct slice line = line_without_eol(whole);
	struct smtp_unit *u = client_unit(p, UNIT_SASL, f->off);

	if (u == NULL)
		return;
	u->verb = smtp_verb_row(VERB_AUTH);
	line_locate(f, &u->line, whole.n);
	line_flags(&u->line, whole);
	if (line.n == 0 || slice_caseeq(line, "*") || slice_caseeq(line, "=")) {
		unit_line(p, u, line);
	} else {
		if (is_garbled(p, line))
			u->line.flags |= LINE_NOT_BASE64;
		if (p->auth != NULL)
			sasl_look(p->s->arena, u, sasl_mechanism(p->auth), p->auth_step, line);
		u->line.text = slice_str(mask);
		u->flags |= UNIT_MASKED;
	}
	p->auth_step++;
	unit_finish(u);
	p->waiting = u;
	p->mode = MODE_HOLD;
}
