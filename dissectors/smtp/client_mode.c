/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * client_mode - how the client's octets go on behind a unit that waits for its reply
 * (DATA, AUTH, STARTTLS and their kin): by that reply, and by their own look where
 * it was not or cannot be seen.  What is read on a guess is marked as guessed.
 */
#include "smtp/parser.h"
#include "smtp/sasl.h"

static bool
looks_like_header(struct slice line)
{
	size_t i;

	if (line.n == 0)
		return true;
	for (i = 0; i < line.n && line.p[i] > ' ' && line.p[i] < 0x7f && line.p[i] != ':'; i++)
		;
	return i > 0 && i < line.n && line.p[i] == ':' &&
	    (i + 1 == line.n || line.p[i + 1] == ' ' || line.p[i + 1] == '\t');
}

/* 250 to DATA: text if the next line is none of our commands (both sides agree then). */
void
client_peek(struct parser *p)
{
	struct feed *f = &p->feed[DIR_CLIENT];
	const uint8_t *lf = f->view.n ? memchr(f->view.p, '\n', f->view.n) : NULL;
	size_t n = lf ? (size_t)(lf - f->view.p) : f->view.n;

	if (lf == NULL && f->view.n < 512)
		return;
	if (smtp_verb_find(line_first_word(slice_of(f->view.p, n)))->id != VERB_UNKNOWN) {
		p->mode = MODE_COMMAND;
		return;
	}
	body_begin(p, p->waiting, f->off, false);
	if (p->dead)
		return;
	p->body->guessed = (p->waiting->flags & UNIT_GUESSED) != 0;
	p->mode = MODE_DATA;
}

/* No reply to `waiting' was or will be seen: its look says what the text is. */
void
client_guess(struct parser *p)
{
	struct feed *f = &p->feed[DIR_CLIENT];
	const uint8_t *lf = f->view.n ? memchr(f->view.p, '\n', f->view.n) : NULL;
	struct smtp_unit *u = p->waiting;
	struct slice line;

	if (p->mode != MODE_HOLD || u == NULL)
		return;
	line = line_without_eol(slice_of(f->view.p, lf ? (size_t)(lf - f->view.p) + 1 : f->view.n));
	u->flags |= UNIT_GUESSED;
	p->mode = MODE_COMMAND;
	if (f->view.n == 0) {
		if (u->verb->id == VERB_DATA)
			p->mode = MODE_PEEK; /* the next octets will tell */
		return;
	}
	switch (u->verb->id) {
	case VERB_DATA:
		if (looks_like_header(line) ||
		    (lf != NULL && smtp_verb_find(line_first_word(line))->id == VERB_UNKNOWN)) {
			body_begin(p, u, f->off, false);
			if (!p->dead) {
				p->body->guessed = true;
				p->mode = MODE_DATA;
			}
		}
		break;
	case VERB_AUTH:
	case VERB_XEXPS:
		if (sasl_base64(line))
			p->mode = MODE_SASL;
		break;
	case VERB_STARTTLS:
	case VERB_XANONYMOUSTLS:
		if (f->view.p[0] == 0x16)
			p->mode = MODE_TLS_WAIT;
		break;
	default:
		break;
	}
	client_read(p);
}

static void
tls_agreed(struct parser *p, struct smtp_unit *u, struct smtp_reply *r)
{
	p->s->tls.via = TLS_STARTTLS;
	if (p->s->stream->transcript)
		return; /* which goes on with what was said inside TLS */
	p->mode = p->server_mode = MODE_TLS_WAIT;
	p->s->tls.start[DIR_CLIENT] = u->end;
	p->s->tls.start[DIR_SERVER] = r->end;
}

/* XEXCH50 was accepted: octets of the length that its argument begins with follow. */
static void
blob_begin(struct parser *p, struct smtp_unit *u)
{
	struct smtp_unit *blob = client_unit(p, UNIT_CHUNK, u->end);
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < u->arg.n && u->arg.p[i] >= '0' && u->arg.p[i] <= '9' && n < 1 << 30; i++)
		n = n * 10 + (uint64_t)(u->arg.p[i] - '0');
	if (blob != NULL) {
		blob->verb = u->verb;
		unit_chunk_begin(p, blob, n);
	}
}

/* The reply that `waiting' waited for has come: how do the client's octets go on? */
void
client_after_reply(struct parser *p, struct smtp_unit *u, struct smtp_reply *r)
{
	unsigned class = r->code / 100;

	if (u == NULL || p->waiting != u || p->mode != MODE_HOLD)
		return;
	p->mode = MODE_COMMAND;
	switch (u->verb->id) {
	case VERB_DATA:
		if (class == 3) {
			body_begin(p, u, u->end, false);
			if (!p->dead)
				p->mode = MODE_DATA;
		} else if (class == 2) {
			p->mode = MODE_PEEK;
		}
		break;
	case VERB_XEXCH50:
		if (class == 3)
			blob_begin(p, u);
		break;
	case VERB_AUTH:
	case VERB_XEXPS:
		if (r->code == 334)
			p->mode = MODE_SASL;
		break;
	case VERB_STARTTLS:
	case VERB_XANONYMOUSTLS:
		if (r->code == 220)
			tls_agreed(p, u, r);
		break;
	case VERB_TURN:
	case VERB_ATRN:
		if (class == 2) /* the roles are swapped from here */
			p->mode = p->server_mode = MODE_OPAQUE;
		break;
	default:
		break;
	}
	if (p->mode != MODE_PEEK)
		p->waiting = u->verb->id == VERB_DATA ? u : NULL;
	client_read(p);
}
