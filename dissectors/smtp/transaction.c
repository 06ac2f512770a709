/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transaction - mail transactions and what became of the message.
 *
 * A transaction begins with a MAIL that the server could answer and ends with the
 * reply to the end of data, a reset or the end of the connection.  What is unsure
 * is called unsure: `in-doubt' when the server's TCP had the end of data and no
 * trustworthy reply came, `unknown' when the capture does not show the end.
 */
#include "smtp/analyse.h"

static struct smtp_transaction *
tx_begin(struct analysis *a, struct smtp_unit *mail)
{
	struct smtp_transaction *t = arena_alloc(a->s->verdict, sizeof *t);
	struct slice v;
	size_t i;

	if (t == NULL)
		return NULL;
	t->index = a->s->ntransactions++;
	t->mail = mail;
	t->wait = -1;
	t->first_frame = mail->line.first.frame;
	t->last_frame = mail->last.frame;
	STAILQ_INIT(&t->rcpts);
	unit_path(mail, &t->sender);
	if (unit_param(mail, "SIZE", &v)) {
		for (i = 0; i < v.n && i < 19 && v.p[i] >= '0' && v.p[i] <= '9'; i++)
			t->size_declared = t->size_declared * 10 + (uint64_t)(v.p[i] - '0');
		t->has_size = i > 0 && i == v.n;
	}
	STAILQ_INSERT_TAIL(&a->s->transactions, t, link);
	return t;
}

static void
tx_touch(struct smtp_transaction *t, const struct smtp_unit *u)
{
	if (u->last.frame > t->last_frame)
		t->last_frame = u->last.frame;
	if (u->meant != NULL && u->meant->last.frame > t->last_frame)
		t->last_frame = u->meant->last.frame;
}

static void
tx_rcpt(struct analysis *a, struct smtp_transaction *t, struct smtp_unit *u)
{
	struct smtp_rcpt *r = arena_alloc(a->s->verdict, sizeof *r);

	if (r == NULL)
		return;
	r->unit = u;
	unit_path(u, &r->addr);
	r->reply = u->meant;
	r->accepted = unit_class(u) == 2;
	t->nrcpt++;
	t->naccepted += r->accepted;
	t->nrefused += r->reply != NULL && r->reply->code >= 400;
	STAILQ_INSERT_TAIL(&t->rcpts, r, link);
}

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

static bool
id_octet(uint8_t c)
{
	return c > ' ' && c < 0x7f && c != ';' && c != ',' && c != ']';
}

/* The word that begins at `from', or the one that ends in front of it. */
static const char *
id_word(struct analysis *a, struct slice t, size_t from, bool in_front, bool cut)
{
	size_t end = from;

	if (in_front)
		while (from > 0 && id_octet(t.p[from - 1]))
			from--;
	else
		while (end < t.n && id_octet(t.p[end]))
			end++;
	if (cut && end == t.n)
		return NULL; /* what follows was not captured */
	return end > from ?
	    arena_printf(a->s->verdict, "%.*s", (int)(end - from), (const char *)t.p + from) :
	    NULL;
}

/* The name that the server gave the message, by what servers write around it. */
static const char *
queue_id(struct analysis *a, const struct smtp_reply *r)
{
	static const struct {
		const char *text;
		bool in_front; /* the name stands before the text */
	} marks[] = { { "queued as ", false }, { " id=", false },
		{ "Message accepted for delivery: ", false }, { "Ok: queued ", false },
		{ " Message accepted for delivery", true }, { "[InternalId=", false },
		{ " - gsmtp", true } };
	struct slice t;
	size_t i, k;
	bool cut;

	if (r == NULL || r->nkept == 0)
		return NULL;
	t = r->lines[0].text;
	cut = (r->lines[0].flags & (LINE_GAP | LINE_CUT)) ||
	    (r->nlines == 1 && (r->flags & REPLY_CUT));
	for (k = 0; k < sizeof marks / sizeof marks[0]; k++)
		for (i = 0; i + strlen(marks[k].text) <= t.n; i++)
			if (slice_caseprefix(slice_from(t, i), marks[k].text))
				return id_word(a, t,
				    i + (marks[k].in_front ? 0 : strlen(marks[k].text)),
				    marks[k].in_front, cut);
	return NULL;
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

static void
tx_end(struct analysis *a, struct smtp_transaction *t, bool at_end)
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
		t->queue_id = queue_id(a, t->final);
}

/* Does this MAIL open a record?  Not when it was refused inside another transaction, or for its
 * form. */
static bool
opens(const struct smtp_transaction *open, const struct smtp_unit *u)
{
	struct slice path;
	unsigned class = unit_class(u);

	if (class >= 4 && open != NULL)
		return false;
	return !(class >= 4 && u->meant->code == 501 && !unit_path(u, &path));
}

static struct smtp_transaction *
command(struct analysis *a, struct smtp_transaction *t, struct smtp_unit *u)
{
	switch (u->verb->id) {
	case VERB_MAIL:
		if (!opens(t, u))
			return t;
		if (t != NULL)
			tx_end(a, t, false);
		t = tx_begin(a, u);
		break;
	case VERB_RCPT:
		if (t != NULL)
			tx_rcpt(a, t, u);
		break;
	case VERB_BDAT: /* without a size that can be read: no chunk follows */
		if (t != NULL && t->data == NULL)
			t->data = u;
		break;
	case VERB_DATA:
	case VERB_BURL:
		if (t != NULL) {
			t->data = u;
			t->body = u->body;
		}
		if (t != NULL && u->verb->id == VERB_BURL && u->chunk_last) {
			t->eod = u;
			u->tx = t;
			tx_touch(t, u);
			tx_end(a, t, false);
			return NULL;
		}
		break;
	case VERB_RSET:
	case VERB_HELO:
	case VERB_EHLO:
	case VERB_LHLO:
		if (t != NULL && (unit_class(u) == 2 || u->verb->id == VERB_RSET)) {
			tx_end(a, t, false);
			return NULL;
		}
		break;
	case VERB_QUIT:
		if (t != NULL) {
			tx_touch(t, u);
			tx_end(a, t, false);
			return NULL;
		}
		break;
	case VERB_STARTTLS:
	case VERB_XCLIENT:
		if (t != NULL && u->meant != NULL && u->meant->code == 220) {
			tx_end(a, t, false);
			return NULL;
		}
		break;
	default:
		return t;
	}
	if (t != NULL) {
		u->tx = t;
		tx_touch(t, u);
	}
	return t;
}

static struct smtp_transaction *
chunk(struct analysis *a, struct smtp_transaction *t, struct smtp_unit *u)
{
	if (t == NULL || u->verb->id != VERB_BDAT)
		return t;
	u->tx = t;
	t->bdat = true;
	tx_touch(t, u);
	if (t->data == NULL || unit_class(t->data) < 4)
		t->data = u; /* the first refused chunk decides */
	if (t->body == NULL)
		t->body = u->body;
	if (u->chunk_last && !(u->flags & UNIT_CHUNK_SHORT)) {
		t->eod = unit_class(t->data) >= 4 ? t->data : u;
		tx_end(a, t, false);
		return NULL;
	}
	return t;
}

void
close_transactions(struct analysis *a)
{
	struct smtp_transaction *t = NULL;
	struct smtp_unit *u;

	STAILQ_FOREACH (u, &a->s->units, link) {
		u->tx = NULL;
		if (t != NULL && u->epoch != t->mail->epoch && u->kind != UNIT_EOD &&
		    !a->s->one_sided &&
		    (a->s->gap_octets[DIR_CLIENT] > 0 || u->verb->id == VERB_MAIL)) {
			tx_end(a, t, false); /* its end lies in a hole */
			t->result = t->believed = RESULT_UNKNOWN;
			t = NULL;
		}
		switch (u->kind) {
		case UNIT_COMMAND:
			t = command(a, t, u);
			break;
		case UNIT_CHUNK:
			t = chunk(a, t, u);
			break;
		case UNIT_EOD:
			if (t != NULL) {
				u->tx = t;
				t->eod = u;
				t->body = u->body;
				tx_touch(t, u);
				tx_end(a, t, false);
				t = NULL;
			}
			break;
		case UNIT_SASL:
		case UNIT_GREETING:
		case UNIT_GARBAGE:
			break;
		}
	}
	if (t == NULL)
		return;
	t->cut_off = true;
	tx_end(a, t, true);
	if (a->s->epoch != t->mail->epoch && t->eod == NULL)
		t->result = t->believed = RESULT_UNKNOWN;
}
