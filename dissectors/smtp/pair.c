/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pair - which unit a reply answers, while the connection lives.
 *
 * First in, first out (RFC 5321 4.2, RFC 2920 3.1), with two additions: a reply
 * cannot answer what its segment had not acknowledged, and a code that only one
 * kind of unit can earn (354, 334, 220 to STARTTLS) finds that unit although
 * others before it lack their replies.  This decides how to read on; the final
 * pairing, by count and by meaning, is made at the end (align.c).
 */
#include "smtp/parser.h"

/*
 * Had the server received what it answers when the reply's first octet left?  Of a
 * BDAT that is its line: a reply inside the chunk is early, but it is the chunk's.
 */
bool
reply_received(const struct smtp_unit *u, const struct smtp_reply *r)
{
	int64_t end = u->kind == UNIT_CHUNK ? u->line.off + u->line.len : u->end;

	return u->kind == UNIT_GREETING || r->first.ack == LEDGER_NO_ACK || r->first.ack >= end;
}

static bool
listed(const uint16_t *codes, uint16_t code)
{
	size_t i;

	for (i = 0; i < 6 && codes[i] != 0; i++)
		if (codes[i] == code)
			return true;
	return false;
}

/*
 * Can this code be an answer to this unit?  4yz and 5yz fit everything; a
 * positive code that belongs to other units only does not.
 */
bool
unit_plausible(const struct smtp_unit *u, uint16_t code)
{
	static const uint16_t elsewhere[] = { 354, 334, 235, 221, 220, 211 };
	bool odd = false;
	size_t i;

	if (code >= 400 || code < 200)
		return code != 0;
	for (i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++)
		odd |= code == elsewhere[i];
	switch (u->kind) {
	case UNIT_GREETING:
		return code == 220;
	case UNIT_EOD:
		return code / 100 == 2 ? !odd : code == 353;
	case UNIT_CHUNK:
		return code / 100 == 2 ? !odd : code == 353 && u->chunk_last;
	case UNIT_SASL:
		return code == 334 || code == 235;
	case UNIT_GARBAGE:
		return !odd;
	case UNIT_COMMAND:
		break;
	}
	switch (u->verb->id) {
	case VERB_UNKNOWN:
	case VERB_X:
	case VERB_HELP:
		return code / 100 == 2 && code != 221;
	case VERB_DATA:
	case VERB_QUIT:
	case VERB_STARTTLS:
	case VERB_XANONYMOUSTLS:
	case VERB_AUTH:
	case VERB_XEXPS:
	case VERB_XEXCH50:
		return listed(u->verb->positive, code);
	default:
		return code / 100 == 2 && (!odd || listed(u->verb->positive, code));
	}
}

bool
unit_is_prdr(const struct smtp_unit *u, const struct smtp_reply *r)
{
	return r != NULL && r->code == 353 && u->recipients > 0 &&
	    (u->kind == UNIT_EOD || (u->kind == UNIT_CHUNK && u->chunk_last));
}

/* Is this a code that this unit, and hardly any other, can earn? */
bool
unit_self_marking(const struct smtp_unit *u, uint16_t code)
{
	switch (code) {
	case 354:
		return u->kind == UNIT_COMMAND &&
		    (u->verb->id == VERB_DATA || u->verb->id == VERB_XEXCH50);
	case 334:
	case 235:
		return u->kind == UNIT_SASL || u->verb->id == VERB_AUTH ||
		    u->verb->id == VERB_XEXPS;
	case 220:
		return u->verb->id == VERB_STARTTLS || u->verb->id == VERB_XANONYMOUSTLS;
	default:
		return false;
	}
}

static struct smtp_unit *
pending_from(struct smtp_unit *u)
{
	while (u != NULL && u->nreplies >= u->owes)
		u = STAILQ_NEXT(u, link);
	return u;
}

/* The unit that this reply answers, or NULL. */
static struct smtp_unit *
choose(struct parser *p, const struct smtp_reply *r)
{
	struct smtp_unit *u, *head = p->head = pending_from(p->head);
	unsigned n = 0;

	if (head == NULL)
		return NULL;
	if (reply_received(head, r) && (unit_plausible(head, r->code) || r->code == 0))
		return head;
	for (u = head; u != NULL && n < PENDING_LOOK; u = pending_from(STAILQ_NEXT(u, link)), n++)
		if (unit_self_marking(u, r->code))
			return u;
	return reply_received(head, r) ? head : NULL;
}

static void
count_recipients(struct parser *p, const struct smtp_unit *u, const struct smtp_reply *r)
{
	if (u->kind != UNIT_COMMAND || r->code / 100 != 2)
		return;
	switch (u->verb->id) {
	case VERB_RCPT:
		p->accepted++;
		break;
	case VERB_MAIL:
	case VERB_RSET:
	case VERB_LHLO:
		p->accepted = 0;
		break;
	default:
		break;
	}
}

static void
note_offer(struct parser *p, const struct smtp_unit *u, const struct smtp_reply *r)
{
	uint32_t i;

	if (u->kind != UNIT_COMMAND || r->code != 250 ||
	    (u->verb->id != VERB_EHLO && u->verb->id != VERB_LHLO && u->verb->id != VERB_HELO))
		return;
	p->chunking = false;
	for (i = 1; i < r->nkept; i++)
		p->chunking |= slice_caseprefix(slice_from(r->lines[i].text, 4), "CHUNKING");
}

/* The last message whose text held a dot that this reply may answer. */
static struct body_dot *
bait(struct parser *p, const struct smtp_reply *r)
{
	struct smtp_body *b = p->body;
	unsigned i;

	if (!p->alt_on || r->code / 100 != 2 || r->code == 221)
		return NULL;
	if (b == NULL)
		b = STAILQ_LAST(&p->s->bodies, smtp_body, link);
	if (b == NULL || b->bdat)
		return NULL;
	for (i = 0; i < b->ndots; i++)
		if (!b->dots[i].proved && r->first.ack >= b->dots[i].end)
			return &b->dots[i];
	return NULL;
}

/*
 * A refusal inside the text proves nothing by itself.  But when the client went on
 * with a command directly behind a lone dot, knowing the refusal, and the server
 * answers that, both took the dot for the end.
 */
static struct body_dot *
refused_bait(struct parser *p, const struct smtp_reply *answer)
{
	const struct smtp_reply *r = p->body ? p->body->refusal : NULL;
	struct body_dot *d;
	unsigned i;

	if (!p->alt_on || r == NULL || answer->code < 200)
		return NULL;
	body_finish(p);
	for (i = 0; i < p->body->ndots; i++) {
		d = &p->body->dots[i];
		if (d->next != NULL && d->next_off == d->end && r->first.ack >= d->end &&
		    d->next_ack >= r->end && answer->first.ack > d->end)
			return d;
	}
	return NULL;
}

/*
 * A message with a hole, and a reply that knows all of it: the end of data was in
 * the hole, or the server spoke too early.  Which, cannot be told: the end is
 * assumed, and everything that rests on it is marked as a guess.
 */
static bool
end_in_hole(struct parser *p, struct smtp_reply *r)
{
	struct feed *f = &p->feed[DIR_CLIENT];
	struct smtp_unit *u;

	if (p->body == NULL || p->body->missing == 0 || r->first.ack == LEDGER_NO_ACK ||
	    r->first.ack < f->off || r->code / 100 == 3 || r->code == 0)
		return false;
	u = client_unit(p, UNIT_EOD, f->off);
	if (u == NULL)
		return false;
	u->verb = smtp_verb_row(VERB_DATA);
	u->line.text = slice_str(".");
	u->line.first = u->line.last = u->last = p->body->last;
	u->at_frame = u->line.at_frame = p->body->last.frame;
	u->at_ts = u->line.at_ts = p->body->last.ts;
	u->flags |= UNIT_GUESSED;
	u->body = p->body;
	p->body->eod = u;
	p->body = NULL;
	p->mode = MODE_COMMAND;
	u->reply = r;
	u->nreplies = 1;
	r->unit = u;
	return true;
}

/* A chunk that was refused as an unknown command, and a reply that nothing but its octets can have
 * earned. */
static bool
chunk_was_commands(const struct parser *p, const struct smtp_reply *r)
{
	const struct smtp_unit *u = p->alt_chunk;

	return p->alt_on && u != NULL && u->reply != NULL && u->reply != r &&
	    (u->reply->code == 500 || u->reply->code == 502) && r->code != 421 && r->code != 0 &&
	    r->first.ack != LEDGER_NO_ACK && r->first.ack > u->line.off + u->line.len;
}

static void
unsolicited(struct parser *p, struct smtp_reply *r)
{
	struct body_dot *d = bait(p, r);

	if (end_in_hole(p, r))
		return;
	if (chunk_was_commands(p, r)) {
		client_rewind_chunk(p, p->alt_chunk);
		return;
	}
	if (d == NULL)
		d = refused_bait(p, r);
	if (d != NULL) {
		client_rewind(p, d);
		return;
	}
	if (p->body != NULL ||
	    (p->mode == MODE_COMMAND && p->head != NULL && p->head->kind == UNIT_EOD))
		r->flags |= REPLY_MID_DATA;
	if (r->flags & REPLY_MID_DATA)
		r->body = p->body ? p->body : p->head->body;
	if ((r->flags & REPLY_MID_DATA) && r->body != NULL && r->body->mid == NULL)
		r->body->mid = r;
	if (p->body != NULL && p->body->refusal == NULL && r->code >= 400 && r->code != 421)
		p->body->refusal = r;
	r->flags |= REPLY_UNSOLICITED;
}

/* Has the client sent octets that the server had not received when the reply left? */
static bool
in_flight(const struct parser *p, const struct smtp_reply *r)
{
	return r->first.ack != LEDGER_NO_ACK && p->feed[DIR_CLIENT].off > 0 &&
	    r->first.ack < p->feed[DIR_CLIENT].off + (int64_t)p->feed[DIR_CLIENT].view.n;
}

static struct smtp_mark
first_mark(const struct parser *p)
{
	const struct ledger *l = &p->s->stream->ledger;
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct ledger_seg *g = &l->seg[i];

		if (smtp_role(p->s, g) == DIR_CLIENT && g->len > 0)
			return (struct smtp_mark){ g->frame, g->ts, g->ack, g->off, g->len };
	}
	return (struct smtp_mark){ 0 };
}

/* Behind a hole: a 354 or a greeting-like reply may tell where we are. */
static bool
resume(struct parser *p, struct smtp_reply *r)
{
	struct smtp_unit *last = STAILQ_LAST(&p->s->units, smtp_unit, link);

	if (r->code == 354 && p->mode == MODE_HOLD && p->waiting == last && last != NULL &&
	    reply_received(last, r)) {
		p->synced = true;
		p->head = last;
		last->flags |= UNIT_AFTER_GAP;
		return true;
	}
	if (r->code >= 400 && p->s->nunits == 0 && p->mode == MODE_COMMAND && in_flight(p, r)) {
		/* Joined in mid-message: text that is no command, and a refusal while more of it
		 * is on its way. */
		body_begin(p, NULL, 0, false);
		if (!p->dead) {
			p->body->guessed = true;
			p->body->first = first_mark(p);
			p->body->end = p->feed[DIR_CLIENT].off;
			p->mode = MODE_DATA;
			p->scan.state = TEXT_LOST;
			p->synced = true;
			unsolicited(p, r);
			return false;
		}
	}
	if (r->code == 354 && p->mode == MODE_COMMAND && p->feed[DIR_CLIENT].skip_to_lf) {
		/* DATA itself was in the hole: what comes next is text. */
		p->feed[DIR_CLIENT].skip_to_lf = false;
		body_begin(p, NULL, p->feed[DIR_CLIENT].off, false);
		if (!p->dead) {
			p->body->guessed = true;
			p->mode = MODE_DATA;
			p->synced = true;
		}
	}
	return false;
}

/* A chunk may be read before the recipients in its group are answered; its reply comes behind
 * theirs. */
static void
last_chunk_owes(const struct parser *p, struct smtp_unit *u)
{
	if (u->kind != UNIT_CHUNK || !u->chunk_last || u->nreplies != 1)
		return;
	u->recipients = p->accepted;
	if (p->lmtp && u->verb->id == VERB_BDAT)
		u->owes = p->accepted ? p->accepted : 1;
}

void
pair_reply(struct parser *p, struct smtp_reply *r)
{
	struct smtp_unit *u;

	r->epoch = p->epoch;
	if (!p->synced && !resume(p, r)) {
		if (!(r->flags & REPLY_MID_DATA))
			r->flags |= REPLY_UNJUDGED;
		return;
	}
	u = choose(p, r);
	if (u == NULL) {
		unsolicited(p, r);
		return;
	}
	r->unit = u;
	if (u->reply == NULL)
		u->reply = r;
	u->nreplies++;
	last_chunk_owes(p, u);
	if (unit_is_prdr(u, r) && u->nreplies == 1)
		u->owes = u->recipients + 2; /* this one, one for each recipient, one for all */
	if (u->flags & UNIT_AFTER_GAP)
		r->flags |= REPLY_AFTER_GAP;
	if (r->first.ack != LEDGER_NO_ACK && r->first.ack < u->end && u->kind != UNIT_GREETING)
		r->flags |= REPLY_EARLY;
	count_recipients(p, u, r);
	note_offer(p, u, r);
	client_after_reply(p, u, r);
}
