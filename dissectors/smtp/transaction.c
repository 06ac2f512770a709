/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transaction - mail transactions: which units belong to one, and where it ends.
 *
 * A transaction begins with a MAIL that the server could answer and ends with the
 * reply to the end of data, a reset or the end of the connection.  What became of
 * its message is judged there and then (outcome.c).
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
			judge_outcome(a, t, false);
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
			judge_outcome(a, t, false);
			return NULL;
		}
		break;
	case VERB_RSET:
	case VERB_HELO:
	case VERB_EHLO:
	case VERB_LHLO:
		if (t != NULL && (unit_class(u) == 2 || u->verb->id == VERB_RSET)) {
			judge_outcome(a, t, false);
			return NULL;
		}
		break;
	case VERB_QUIT:
		if (t != NULL) {
			tx_touch(t, u);
			judge_outcome(a, t, false);
			return NULL;
		}
		break;
	case VERB_STARTTLS:
	case VERB_XCLIENT:
		if (t != NULL && u->meant != NULL && u->meant->code == 220) {
			judge_outcome(a, t, false);
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
		judge_outcome(a, t, false);
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
			judge_outcome(a, t, false); /* its end lies in a hole */
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
				judge_outcome(a, t, false);
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
	judge_outcome(a, t, true);
	if (a->s->epoch != t->mail->epoch && t->eod == NULL)
		t->result = t->believed = RESULT_UNKNOWN;
}
