/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * greylist - a refusal for the time being, and the success of the same sender and
 * recipient in a later session from the same network (/24 or /64).
 *
 * The first refusal stands until it is followed by a success, or by a refusal for
 * good.  A MAIL that was refused is kept without a recipient.  Recipients beyond
 * the server's limit are kept, too: nothing is to be said of their success, but
 * the run tells how many of all were not tried again (RFC 5321 4.5.3.1.10).
 */
#include "smtp/checks/across.h"

#define SECOND     INT64_C(1000000000)
#define GREY_LEAST (60 * SECOND)
#define GREY_MOST  (5 * 86400 * SECOND) /* RFC 5321 4.5.4.1: clients give up by then */

enum { GREY_RCPTS = 16 }; /* of one transaction */

/* A full mailbox, or trouble of the mail system (RFC 3463 3.3, 3.4). */
static bool
lacks_room(const struct smtp_reply *r)
{
	return r->enhanced[0] == 4 &&
	    ((r->enhanced[1] == 2 && r->enhanced[2] == 2) || r->enhanced[1] == 3);
}

/* A 4yz that a policy may have given: not the end of a session, nor want of room. */
static bool
puts_off(const struct smtp_reply *r)
{
	return r != NULL && r->code / 100 == 4 && r->code != 421 && r->code != 452 &&
	    r->code != 454 && !lacks_room(r) && !text_contains(reply_text(r), "full") &&
	    !text_contains(reply_text(r), "quota") && !text_contains(reply_text(r), "too many") &&
	    !text_contains(reply_text(r), "rate limit");
}

/* Too many recipients for one message (RFC 5321 4.5.3.1.10; RFC 3463 3.6). */
static bool
beyond_limit(const struct smtp_reply *r)
{
	return (r->code == 452 || r->code == 552) &&
	    ((r->enhanced[0] != 0 && r->enhanced[1] == 5 && r->enhanced[2] == 3) ||
	        text_contains(reply_text(r), "too many recipients"));
}

/* What decided about this recipient; NULL: nothing that is known. */
static const struct smtp_reply *
decided_by(const struct smtp_transaction *t, const struct smtp_rcpt *r)
{
	if (!r->accepted)
		return r->reply;
	return r->final != NULL ? r->final : t->final != NULL ? t->final : r->reply;
}

static struct memo_key
grey_key(
    const struct peers *p, const struct smtp_session *s, struct slice sender, struct slice rcpt)
{
	return peers_refusal_key(p, &smtp_half(s, DIR_CLIENT)->ep.addr, sender, rcpt);
}

/* What was put off is tried again. */
static void
tried_again(struct peers *p, struct peer_refusal *g, const struct smtp_reply *r, bool put_off)
{
	if (put_off) {
		g->tries++;
	} else if (r->code / 100 == 2) {
		g->frame = 0;
		peers_tally(p)->accepted++;
	} else if (r->code / 100 == 5) {
		g->frame = 0;
		peers_tally(p)->refused++;
	}
}

static void
grey_one(struct peers *p, struct memo_key k, const struct smtp_reply *r)
{
	const struct peer_refusal *known = peers_refusal(p, k);
	struct peer_refusal *g;
	bool limit, put_off;

	if (r == NULL || (r->flags & (REPLY_UNJUDGED | REPLY_UNSOLICITED)))
		return;
	limit = beyond_limit(r);
	put_off = limit || puts_off(r);
	if (known != NULL && known->frame != 0 && r->first.ts - known->ts < GREY_MOST) {
		tried_again(p, peers_learn_refusal(p, k), r, put_off);
		return; /* the first refusal stands */
	}
	if (!put_off)
		return;
	g = peers_learn_refusal(p, k);
	g->frame = r->first.frame;
	g->ts = r->first.ts;
	g->tries = 0;
	g->code = r->code;
	g->limit = limit;
	peers_tally(p)->total++;
}

void
greylist_learn(struct peers *p, const struct smtp_session *s)
{
	const struct smtp_transaction *t;
	const struct smtp_rcpt *r;
	unsigned n;

	STAILQ_FOREACH (t, &s->transactions, link) {
		grey_one(p, grey_key(p, s, t->sender, slice_str("")), t->mail->meant);
		n = 0;
		STAILQ_FOREACH (r, &t->rcpts, link)
			if (n++ < GREY_RCPTS)
				grey_one(p, grey_key(p, s, t->sender, r->addr), decided_by(t, r));
	}
}

static bool
passed(struct check_ctx *c, const struct smtp_transaction *t, struct slice rcpt,
    const struct smtp_reply *r)
{
	const struct peer_refusal *g;
	struct finding *f;

	if (r == NULL || r->code / 100 != 2)
		return false;
	g = peers_refusal(c->s->peers, grey_key(c->s->peers, c->s, t->sender, rcpt));
	if (g == NULL || g->frame == 0 || g->limit || g->frame >= c->s->stream->first_frame ||
	    r->first.ts - g->ts < GREY_LEAST || r->first.ts - g->ts > GREY_MOST)
		return false;
	f = report_reply(c, r,
	    "Accepted now, %s after \"%.*s\"%s%.*s%s was put off with %u (frame %llu).",
	    seconds_text(c, (double)(r->first.ts - g->ts) / 1e9), TEXT(t->sender),
	    rcpt.n ? " to \"" : "", TEXT(rcpt), rcpt.n ? "\"" : "", g->code,
	    (unsigned long long)g->frame);
	lower_to(f, CONF_PROBABLE); /* the reason of the refusal may have gone by itself */
	relate(f, g->frame);
	return true;
}

void
greylisting_across(struct check_ctx *c, struct smtp_transaction *t)
{
	const struct smtp_rcpt *r;
	unsigned n = 0;

	if (c->s->peers == NULL || passed(c, t, slice_str(""), t->mail->meant))
		return;
	STAILQ_FOREACH (r, &t->rcpts, link)
		if (n++ < GREY_RCPTS && passed(c, t, r->addr, decided_by(t, r)))
			return;
}
