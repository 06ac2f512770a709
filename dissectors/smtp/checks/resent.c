/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase G: a message that was sent before, and may have been taken then.
 *
 * Kept of each message and recipient: how the last attempt of this client ended.  An
 * attempt is known again by sender, recipient and Message-ID, or by the hash of its
 * text where it has none.  Messages are relayed and filtered, too: so the same client
 * has to send it to the same server, or octet for octet the same (a relay adds a
 * trace field, RFC 5321 4.4), and only after the connection of the first attempt was
 * closed.
 *
 * Sessions come in the order in which they end.  When the first attempt lingers until
 * the second one is over, it is the first that tells.
 */
#include "smtp/checks/across.h"

#define KEPT_FOR (INT64_C(5) * 86400 * 1000000000) /* RFC 5321 4.5.4.1: clients give up by then */

enum { RCPT_LEARNT = 16, RCPT_ASKED = 64 };

/* The first FIN or RST of either side; 0: none. */
static uint64_t
left_frame(const struct smtp_session *s)
{
	const struct ledger_seg *a = first_close(s, DIR_CLIENT), *b = first_close(s, DIR_SERVER);

	if (a == NULL || b == NULL)
		return a != NULL ? a->frame : b != NULL ? b->frame : 0;
	return a->frame < b->frame ? a->frame : b->frame;
}

/* Accepted when the client had already closed, and it answered by RST or not at all. */
static bool
too_late(const struct smtp_session *s, const struct smtp_transaction *t)
{
	const struct ledger_seg *g = first_close(s, DIR_CLIENT);

	if (g == NULL || t->final == NULL || t->final->first.frame <= g->frame)
		return false;
	return smtp_half(s, DIR_CLIENT)->rst_frame != 0 ||
	    acked_frame(s, DIR_CLIENT, t->final->end) == 0;
}

/* False: this attempt says nothing about copies. */
static bool
fate_of(const struct smtp_session *s, const struct smtp_transaction *t, enum peer_fate *fate)
{
	if (t->eod == NULL || t->body == NULL || t->body->guessed || t->body->opener == NULL ||
	    (t->eod->flags & (UNIT_GUESSED | UNIT_IN_TEXT)) || s->one_sided)
		return false;
	if (t->result == RESULT_IN_DOUBT)
		*fate = FATE_IN_DOUBT;
	else if (t->result == RESULT_DELIVERED || t->result == RESULT_DELIVERED_IN_PART)
		*fate = too_late(s, t) ? FATE_TOO_LATE : FATE_ACCEPTED;
	else
		return false;
	return true;
}

/* What names the message: its Message-ID, else a hash of its text.  Empty: cannot be told. */
static struct slice
identity(const struct smtp_body *b)
{
	if (b->message_id.n > 0)
		return b->message_id;
	return b->text_hash ? slice_of(&b->text_hash, sizeof b->text_hash) : slice_str("");
}

static struct memo_key
message_key(const struct peers *p, const struct smtp_session *s, const struct smtp_transaction *t,
    struct slice rcpt)
{
	return peers_message_key(
	    p, &smtp_half(s, DIR_CLIENT)->ep.addr, t->sender, rcpt, identity(t->body));
}

/* LMTP answers for each recipient (RFC 2033 4.2).  False: this one was refused. */
static bool
fate_for(const struct smtp_rcpt *r, enum peer_fate of_all, enum peer_fate *fate)
{
	*fate = of_all;
	if (!r->accepted || (r->final != NULL && r->final->code / 100 != 2))
		return false;
	if (r->final != NULL && of_all == FATE_IN_DOUBT)
		*fate = FATE_ACCEPTED;
	return true;
}

static void
learn(struct peers *p, const struct smtp_session *s, const struct smtp_transaction *t,
    enum peer_fate of_all)
{
	enum peer_fate fate;
	struct peer_message *m;
	const struct smtp_rcpt *r;
	unsigned n = 0;

	STAILQ_FOREACH (r, &t->rcpts, link) {
		if (!fate_for(r, of_all, &fate) || n++ >= RCPT_LEARNT)
			continue;
		m = peers_learn_message(p, message_key(p, s, t, r->addr));
		m->server = smtp_half(s, DIR_SERVER)->ep;
		m->fate = fate;
		m->sure = unit_confidence(s, t->eod) == CONF_CERTAIN;
		m->mail_frame = t->mail->line.first.frame;
		m->eod_frame = t->eod->line.first.frame;
		m->eod_ts = t->eod->at_ts;
		m->reply_frame = fate != FATE_IN_DOUBT && t->final ? t->final->first.frame : 0;
		m->left_frame = left_frame(s);
		m->text = t->body->text_hash;
		m->trace = t->body->trace_hash;
	}
}

void
resent_learn(struct peers *p, const struct smtp_session *s)
{
	const struct smtp_transaction *t;
	enum peer_fate fate;

	if (has_gap(s))
		return;
	STAILQ_FOREACH (t, &s->transactions, link)
		if (fate_of(s, t, &fate) && identity(t->body).n > 0)
			learn(p, s, t, fate);
}

static bool
same_endpoint(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && a->addr.family == b->addr.family &&
	    memcmp(a->addr.b, b->addr.b, sizeof a->addr.b) == 0;
}

/* Is one of the two attempts a repetition of the other, not a relayed message? */
static bool
repeats(
    const struct smtp_session *s, const struct smtp_transaction *t, const struct peer_message *m)
{
	int64_t apart = t->eod->at_ts - m->eod_ts;

	if (apart > KEPT_FOR || -apart > KEPT_FOR)
		return false;
	return same_endpoint(&m->server, &smtp_half(s, DIR_SERVER)->ep) ||
	    (m->text != 0 && m->text == t->body->text_hash && m->trace == t->body->trace_hash);
}

/* How sure it is that it is the same message. */
static void
grade(
    struct finding *f, const struct smtp_transaction *t, const struct peer_message *m, bool proved)
{
	if (m->text == 0 || t->body->text_hash != m->text)
		lower_to(f, CONF_POSSIBLE); /* the same Message-ID in front of another text */
	if (!m->sure || !proved)
		lower_to(f, CONF_PROBABLE);
}

static const char *
named(struct check_ctx *c, const struct smtp_transaction *t, const struct smtp_rcpt *r)
{
	return check_text(c, "from \"%.*s\" to \"%.*s\"%s", TEXT(t->sender), TEXT(r->addr),
	    t->body->message_id.n ?
	        check_text(c, " with the Message-ID %.*s", TEXT(t->body->message_id)) :
	        " with the same text");
}

/* This is the repetition of an attempt that may have passed. */
static bool
second(struct check_ctx *c, const struct smtp_transaction *t, const struct smtp_rcpt *r,
    enum peer_fate fate, const struct peer_message *m)
{
	struct finding *f;

	if (m->fate == FATE_ACCEPTED || m->left_frame == 0 ||
	    m->left_frame >= t->mail->line.first.frame)
		return false;
	f = report_unit(c, t->eod,
	    "The message %s was sent before: its end of data in frame %llu, %s earlier, %s. "
	    "This "
	    "time the answer is %s.",
	    named(c, t, r), (unsigned long long)m->eod_frame,
	    seconds_text(c, (double)(t->eod->at_ts - m->eod_ts) / 1e9),
	    m->fate == FATE_TOO_LATE ?
	        check_text(c, "was accepted in frame %llu when the client had already left",
	            (unsigned long long)m->reply_frame) :
	        "reached the server's TCP and got no trustworthy reply",
	    fate == FATE_IN_DOUBT ? "in doubt as well" : check_text(c, "%u", t->final->code));
	grade(f, t, m, m->fate == FATE_TOO_LATE && fate != FATE_IN_DOUBT);
	relate(f, m->eod_frame);
	relate(f, m->reply_frame);
	relate(f, t->final != NULL ? t->final->first.frame : 0);
	return true;
}

/* The repetition was over first. */
static bool
first(struct check_ctx *c, const struct smtp_transaction *t, const struct smtp_rcpt *r,
    enum peer_fate fate, const struct peer_message *m)
{
	uint64_t left = left_frame(c->s);
	struct finding *f;

	if (fate == FATE_ACCEPTED || left == 0 || m->mail_frame <= left)
		return false;
	f = report_unit(c, t->eod,
	    "The message %s was sent again %s later (end of data in frame %llu), although this "
	    "attempt may have passed: %s.",
	    named(c, t, r), seconds_text(c, (double)(m->eod_ts - t->eod->at_ts) / 1e9),
	    (unsigned long long)m->eod_frame,
	    fate == FATE_TOO_LATE ? "it was accepted when the client had already left" :
	                            "the server's TCP had all of it");
	grade(f, t, m, fate == FATE_TOO_LATE && m->fate == FATE_ACCEPTED);
	relate(f, m->eod_frame);
	relate(f, m->reply_frame);
	return true;
}

static void
message_resent(struct check_ctx *c, struct smtp_transaction *t)
{
	const struct peer_message *m;
	const struct smtp_rcpt *r;
	enum peer_fate of_all, fate;
	unsigned n = 0;

	if (c->s->peers == NULL || !fate_of(c->s, t, &of_all) || identity(t->body).n == 0)
		return;
	STAILQ_FOREACH (r, &t->rcpts, link) {
		if (!fate_for(r, of_all, &fate) || n++ >= RCPT_ASKED)
			continue;
		m = peers_message(c->s->peers, message_key(c->s->peers, c->s, t, r->addr));
		if (m != NULL && repeats(c->s, t, m) &&
		    (second(c, t, r, fate, m) || first(c, t, r, fate, m)))
			return;
	}
}

const struct check checks_resent[] = {
	{ .info = { .id = "message-resent",
	      .title = "Same message sent again after an in-doubt end",
	      .phase = 'G',
	      .culprit = CULPRIT_EITHER,
	      .kind = CHECK_INTEROP,
	      .severity = SEV_ERROR,
	      .tier = TIER_SECOND,
	      .refs = "RFC 1047; RFC 5321 4.5.3.2.6",
	      .what =
	          "A message that this client sent before to the same recipient, when the server "
	          "had all of it and the client never learnt whether it was taken.",
	      .why = "The recipient most likely has two copies.",
	      .proof = "Same client, sender and recipient, same Message-ID or text, and a new "
	               "connection behind the end of the old one.",
	      .fakes =
	          "Repetitions after a 4yz; copies for other recipients; relays and filters, which "
	          "send to another server and add a trace field; the same packets captured at "
	          "two places.",
	      .remedy =
	          "Server: answer the end of data at once. Client: wait ten minutes for it." },
	    .across = true,
	    .needs_tcp = true,
	    .tx = message_resent },
	{ .info = { .id = NULL } }
};
