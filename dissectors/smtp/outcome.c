/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outcome - what became of a message, once its transaction is over.
 *
 * What is unsure is called unsure: `in-doubt' when the server's TCP had the end of
 * data and no trustworthy reply came, `unknown' when the capture does not show the
 * end.  Beside the result stands what a client that counts replies must believe.
 */
#include "smtp/analyse.h"

enum { MID_REPLIES = 64 }; /* looked at for one message */

/* Replies that came while the text of this message was still being sent. */
static const struct smtp_reply *
mid_data_reply(const struct smtp_body *b, unsigned class)
{
	const struct smtp_reply *r = b->mid;
	unsigned n;

	for (n = 0; r != NULL && n < MID_REPLIES; n++, r = STAILQ_NEXT(r, link))
		if ((r->flags & REPLY_MID_DATA) && r->body == b && r->code / 100 == class &&
		    r->code != 421)
			return r;
	return NULL;
}

static const struct smtp_reply *
mid_data_refusal(const struct smtp_body *b)
{
	const struct smtp_reply *r = mid_data_reply(b, 5);

	return r != NULL ? r : mid_data_reply(b, 4);
}

static enum smtp_result
by_code(uint16_t code)
{
	return code >= 500 ? RESULT_REJECTED : code >= 400 ? RESULT_DEFERRED : RESULT_DELIVERED;
}

static bool
acked(const struct analysis *a, const struct smtp_unit *u)
{
	return smtp_half(a->s, DIR_CLIENT)->acked >= u->end;
}

/* LMTP: each recipient has its own reply (RFC 2033 4.2); PRDR: so it has, from `r' on. */
static enum smtp_result
by_recipient(const struct analysis *a, struct smtp_transaction *t, const struct smtp_unit *eod,
    const struct smtp_reply *r)
{
	struct smtp_rcpt *c;
	unsigned ok = 0, answered = 0, hard = 0;

	STAILQ_FOREACH (c, &t->rcpts, link) {
		if (!c->accepted)
			continue;
		while (r != NULL && r->meant != eod)
			r = STAILQ_NEXT(r, link);
		if (r == NULL)
			break;
		c->final = r;
		answered++;
		ok += r->code / 100 == 2;
		hard += r->code >= 500;
		r = STAILQ_NEXT(r, link);
	}
	if (answered < t->naccepted)
		return a->interrupted ? RESULT_UNKNOWN : RESULT_IN_DOUBT;
	if (ok == 0)
		return hard ? RESULT_REJECTED : RESULT_DEFERRED;
	return ok < t->nrcpt ? RESULT_DELIVERED_IN_PART : RESULT_DELIVERED;
}

/* The last reply to this unit. */
static const struct smtp_reply *
last_reply_to(const struct smtp_unit *u)
{
	const struct smtp_reply *r, *last = u->meant;
	uint32_t n = u->nreplies;

	for (r = last; r != NULL && n > 0; r = STAILQ_NEXT(r, link)) {
		if (r->meant != u)
			continue;
		last = r;
		n--;
	}
	return last;
}

/* PRDR: the replies for the recipients hold unless the last one, for all, is a refusal. */
static enum smtp_result
by_recipient_and_all(
    const struct analysis *a, struct smtp_transaction *t, const struct smtp_unit *eod)
{
	const struct smtp_reply *all = last_reply_to(eod);

	if (eod->nreplies < eod->owes)
		return a->interrupted ? RESULT_UNKNOWN : RESULT_IN_DOUBT;
	t->final = all;
	if (all->code >= 400)
		return by_code(all->code);
	return by_recipient(a, t, eod, STAILQ_NEXT(eod->meant, link));
}

/* All recipients refused: the hardest answer decides. */
static bool
recipients_refused(const struct smtp_transaction *t, enum smtp_result *out)
{
	const struct smtp_rcpt *c;

	if (t->nrcpt == 0 || t->naccepted > 0)
		return false;
	*out = RESULT_DEFERRED;
	STAILQ_FOREACH (c, &t->rcpts, link) {
		if (c->reply == NULL || c->reply->code < 400)
			return false;
		if (c->reply->code >= 500)
			*out = RESULT_REJECTED;
	}
	return true;
}

/* One positive reply for the end of data and a RSET behind it, and its text does not say whose. */
static bool
reset_may_own(const struct analysis *a, const struct smtp_unit *e)
{
	const struct smtp_unit *n = STAILQ_NEXT(e, link);

	return n != NULL && n->group == e->group && n->kind == UNIT_COMMAND &&
	    n->verb->id == VERB_RSET && n->meant == NULL && a->over && n->epoch == a->s->epoch &&
	    align_text(e, e->meant) >= 0;
}

static enum smtp_result
after_end(struct analysis *a, struct smtp_transaction *t)
{
	const struct smtp_unit *e = t->eod;
	const struct smtp_reply *r = e->meant,
	                        *refused = t->body ? mid_data_refusal(t->body) : NULL;
	bool lmtp = a->s->app == APP_LMTP;
	enum smtp_result refusal;

	t->final = r;
	if (r != NULL && e->at_ts && r->first.ts >= e->at_ts)
		t->wait = r->first.ts - e->at_ts;
	if (t->body != NULL && mid_data_reply(t->body, 2) != NULL && (r == NULL || r->code < 400))
		return RESULT_IN_DOUBT;
	if (r == NULL) {
		if (refused != NULL) {
			t->final = refused;
			return RESULT_REJECTED_MID_DATA;
		}
		if (!a->over)
			return RESULT_UNKNOWN;
		return acked(a, e) ? RESULT_IN_DOUBT : RESULT_LOST;
	}
	if (r->code == 0)
		return RESULT_IN_DOUBT;
	if (r->code == 421)
		return RESULT_DEFERRED;
	if (lmtp && t->naccepted > 0)
		return by_recipient(a, t, e, r);
	if (unit_is_prdr(e, r) && t->naccepted > 0)
		return by_recipient_and_all(a, t, e);
	if (recipients_refused(t, &refusal))
		return r->code >= 400 ? refusal : RESULT_REJECTED; /* accepted for nobody */
	if (r->code >= 400)
		return by_code(r->code);
	if (r->code / 100 != 2 || reset_may_own(a, e))
		return RESULT_IN_DOUBT;
	return t->nrefused > 0 ? RESULT_DELIVERED_IN_PART : RESULT_DELIVERED;
}

static bool
server_left_first(const struct analysis *a)
{
	return a->s->closed_by != NULL && strcmp(a->s->closed_by, "server") == 0;
}

static enum smtp_result
inside_text(struct analysis *a, struct smtp_transaction *t)
{
	const struct smtp_reply *refused = mid_data_refusal(t->body);

	if (refused != NULL) {
		t->final = refused;
		return RESULT_REJECTED_MID_DATA;
	}
	if (t->body->missing > 0 || !a->over)
		return RESULT_UNKNOWN;
	return server_left_first(a) ? RESULT_LOST : RESULT_ABORTED;
}

static enum smtp_result
without_text(struct analysis *a, struct smtp_transaction *t, bool at_end)
{
	enum smtp_result r;

	if (t->mail->meant != NULL && t->mail->meant->code >= 400) {
		t->final = t->mail->meant;
		return by_code(t->mail->meant->code);
	}
	if (recipients_refused(t, &r)) {
		t->final = STAILQ_LAST(&t->rcpts, smtp_rcpt, link)->reply;
		return r;
	}
	if (t->data != NULL && t->data->meant != NULL && t->data->meant->code >= 400) {
		t->final = t->data->meant;
		return by_code(t->data->meant->code);
	}
	if (at_end && !a->over)
		return RESULT_UNKNOWN;
	return RESULT_ABORTED;
}

/* What a client that counts takes for the answer: the first reply behind 354, even if it came
 * before the end of data. */
static enum smtp_result
believed(const struct smtp_transaction *t)
{
	const struct smtp_reply *r = t->body ? mid_data_refusal(t->body) : NULL;

	if (t->eod == NULL)
		return t->result;
	if (r != NULL)
		return t->result == RESULT_REJECTED_MID_DATA ? t->result : by_code(r->code);
	if (t->eod->reply != t->eod->meant && t->eod->reply != NULL)
		return by_code(t->eod->reply->code);
	return t->result;
}

void
judge_outcome(struct analysis *a, struct smtp_transaction *t, bool at_end)
{
	if (a->s->one_sided)
		t->result = RESULT_UNKNOWN;
	else if (t->eod != NULL)
		t->result = after_end(a, t);
	else if (t->body != NULL && !t->bdat)
		t->result = inside_text(a, t);
	else if (t->bdat && t->data != NULL && at_end && t->mail->meant != NULL &&
	    unit_class(t->data) < 4)
		t->result = !a->over     ? RESULT_UNKNOWN :
		    server_left_first(a) ? RESULT_LOST :
		                           RESULT_ABORTED;
	else
		t->result = without_text(a, t, at_end);
	t->believed = believed(t);
	if (t->result == RESULT_DELIVERED || t->result == RESULT_DELIVERED_IN_PART)
		t->queue_id = find_queue_id(a, t->final);
}
