/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase G, message sizes: what the server offered (SIZE in its EHLO reply), what the
 * client declared (SIZE= on MAIL) and what it sent.  The size of a message is
 * counted without transparency dots and without the end mark (RFC 1870 5); a hole
 * makes the number sent a lower bound.
 */
#include "smtp/checks/check.h"

/* The advertised limit; 0: none, or not told. */
static uint64_t
limit_of(const struct smtp_ehlo *e)
{
	const struct smtp_extension *x = smtp_ehlo_find(e, "SIZE");
	uint64_t n = 0;
	size_t i;

	if (x == NULL || x->params.n == 0 || x->params.n > 18)
		return 0;
	for (i = 0; i < x->params.n; i++) {
		if (x->params.p[i] < '0' || x->params.p[i] > '9')
			return 0;
		n = n * 10 + (uint64_t)(x->params.p[i] - '0');
	}
	return n;
}

/* Offset on the wire of the message's octet number n; dots doubled before it are not counted. */
static int64_t
wire_offset(const struct smtp_body *b, uint64_t n)
{
	const struct smtp_unit *u;
	int64_t at = b->off;

	if (!b->bdat)
		return b->off + (int64_t)n;
	for (u = b->opener; u != NULL; u = STAILQ_NEXT(u, link)) {
		if (u->kind != UNIT_CHUNK || u->body != b)
			continue;
		at = u->line.off + u->line.len;
		if (n < u->chunk_size)
			return at + (int64_t)n;
		n -= u->chunk_size;
	}
	return at;
}

static struct finding *
at_octet(struct check_ctx *c, const struct smtp_body *b, uint64_t n, const char *detail)
{
	const struct ledger_seg *g = ledger_carrier(
	    &c->s->stream->ledger, (enum stream_dir)(DIR_CLIENT ^ c->s->flip), wire_offset(b, n));

	return report_frame(c, g ? g->frame : b->last.frame, g ? g->ts : b->last.ts, "%s", detail);
}

/* (a) More than the server takes. */
static bool
over_the_limit(struct check_ctx *c, const struct smtp_transaction *t, uint64_t sent)
{
	const struct smtp_ehlo *e;
	struct finding *f;
	uint64_t limit;

	if (!offer_known(c->s, t->mail, &e) || (limit = limit_of(e)) == 0)
		return false;
	if (sent > limit) {
		f = at_octet(c, t->body, limit,
		    check_text(c,
		        "The server takes %llu octets at most; %llu were sent%s, and this frame "
		        "passes the limit.",
		        (unsigned long long)limit, (unsigned long long)sent,
		        t->has_size ?
		            check_text(c, ", %llu declared", (unsigned long long)t->size_declared) :
		            ""));
	} else if (t->has_size && t->size_declared > limit) {
		f = report_unit(c, t->mail,
		    "MAIL declares %llu octets; the server takes %llu at most.",
		    (unsigned long long)t->size_declared, (unsigned long long)limit);
		if (unit_class(t->mail) >= 4)
			f->severity =
			    SEV_NOTE; /* refused before anything was sent: what SIZE is for */
	} else {
		return false;
	}
	f->culprit = CULPRIT_CLIENT;
	relate(f, t->mail->line.first.frame);
	relate(f, e->reply->first.frame);
	if (t->final != NULL)
		relate(f, t->final->first.frame);
	return true;
}

static bool
about_space(const struct smtp_reply *r)
{
	static const char *const words[] = { "quota", "full", "space", "storage", "mailbox" };
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (text_contains(reply_text(r), words[i]))
			return true;
	return false;
}

static void
size_exceeded(struct check_ctx *c, struct smtp_transaction *t)
{
	uint64_t sent = t->body ? t->body->octets : 0;
	struct finding *f;

	if (t->body != NULL && t->body->guessed)
		return;
	if (over_the_limit(c, t, sent) || !t->has_size || t->size_declared == 0 || t->body == NULL)
		return;
	if (sent > t->size_declared) {
		f = at_octet(c, t->body, t->size_declared,
		    check_text(c,
		        "MAIL declares %llu octets, %llu were sent. That is allowed (RFC 1870 "
		        "6.3), but the server may refuse the message afterwards.",
		        (unsigned long long)t->size_declared, (unsigned long long)sent));
		f->culprit = CULPRIT_CLIENT;
		f->severity = SEV_NOTE;
		relate(f, t->mail->line.first.frame);
	} else if (t->eod != NULL && t->eod->meant != NULL && t->eod->meant->code == 552 &&
	    !c->s->stream->transcript /* which seldom has the whole text */ &&
	    unit_class(t->mail) == 2 && t->body->missing == 0 && !about_space(t->eod->meant)) {
		f = report_reply(c, t->eod->meant,
		    "Refused as too big although MAIL had declared %llu octets, which the server "
		    "accepted, and only %llu were sent.",
		    (unsigned long long)t->size_declared, (unsigned long long)sent);
		f->culprit = CULPRIT_SERVER;
		f->severity = SEV_NOTE;
		relate(f, t->mail->line.first.frame);
	}
}

const struct check checks_size[] = {
	{ .info = { .id = "size-exceeded",
	      .title = "SIZE limit, declaration and reality disagree",
	      .phase = 'G',
	      .culprit = CULPRIT_EITHER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 1870 3; RFC 1870 4; RFC 1870 6.1; RFC 1870 6.2; RFC 1870 6.3",
	      .what = "A message or its declared size above the limit the server advertises. As "
	              "notes: more sent than declared, and a message of accepted size refused as "
	              "too big.",
	      .why = "The whole message travels only to be refused; many a refusal in mid-message "
	             "has this cause.",
	      .proof =
	          "The SIZE keyword in force, SIZE= on MAIL and the octets counted in the capture.",
	      .fakes =
	          "SIZE without a number or with 0 is no limit; a full mailbox also earns 552.",
	      .remedy = "Client: set the limit of this destination, so that the author hears of "
	                "it at once." },
	    .tx = size_exceeded },
	{ .info = { .id = NULL } }
};
