/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase M: connections that never close, how QUIT is answered and waited for,
 * sessions that end inside an envelope, and resets that do not come from whom they
 * seem to come.
 */
#include "smtp/checks/check.h"

static void
idle_open(struct check_ctx *c)
{
	const struct stream *st = c->s->stream;
	const struct smtp_unit *u = STAILQ_LAST(&c->s->units, smtp_unit, link);
	struct finding *f;

	if (c->a->over || !c->s->ended || st->half[0].octets + st->half[1].octets == 0)
		return;
	f = report_frame(c, st->last_frame, st->last_ts,
	    "No FIN and no RST was captured: the connection was open when the capture ended%s%s.",
	    u != NULL && u->meant == NULL ? "; the last unit, " : "",
	    u != NULL && u->meant == NULL ?
	        check_text(c, "%s, had no reply yet", smtp_unit_name(u)) :
	        "");
	f->confidence = CONF_CERTAIN;
}

static void
quit_unanswered(struct check_ctx *c)
{
	const struct smtp_unit *quit = quit_of(c->s);
	const struct ledger_seg *g = first_close(c->s, DIR_SERVER);
	struct finding *f;

	if (quit == NULL || quit->meant != NULL || g == NULL || !server_closed_first(c->s) ||
	    unreadable(c->s) || has_gap(c->s) || (quit->flags & (UNIT_GUESSED | UNIT_IN_TEXT)))
		return;
	if (!unit_acked(c->s, quit) || g->ack == LEDGER_NO_ACK || g->ack < quit->end ||
	    after_421(c->s, quit))
		return; /* QUIT into a session that was over */
	f = report_frame(c, g->frame, g->ts,
	    "The server closed after it had received QUIT (frame %llu) and sent no 221.",
	    (unsigned long long)quit->line.first.frame);
	relate(f, quit->line.first.frame);
	relate(f, acked_frame(c->s, DIR_SERVER, quit->end));
}

static const struct smtp_reply *
farewell(const struct smtp_session *s, const struct smtp_unit *quit)
{
	const struct smtp_reply *r = quit->meant;

	if (r != NULL)
		return r->code == 221 ? r : NULL;
	STAILQ_FOREACH (r, &s->replies, link)
		if (r->code == 221)
			return r;
	return NULL;
}

/* A server that answers commands behind its own 221. */
static void
answers_after(struct check_ctx *c, const struct smtp_reply *bye)
{
	const struct smtp_reply *r = STAILQ_NEXT(bye, link);
	struct finding *f;

	if (r == NULL || r->meant == NULL || r->meant->ctx.quit == NULL)
		return;
	f = report_reply(c, r, "The server goes on answering behind its 221 (%s %llu): \"%.*s\".",
	    PLACE(c), (unsigned long long)bye->first.frame, TEXT(reply_text(r)));
	f->culprit = CULPRIT_SERVER;
	relate(f, bye->first.frame);
}

static void
quit_not_awaited(struct check_ctx *c)
{
	const struct smtp_unit *quit = quit_of(c->s);
	const struct ledger_seg *g = first_close(c->s, DIR_CLIENT);
	const struct smtp_reply *bye;
	bool knows;
	struct finding *f;

	if (quit == NULL || unreadable(c->s))
		return;
	bye = farewell(c->s, quit);
	if (bye != NULL)
		answers_after(c, bye);
	if (g == NULL || server_closed_first(c->s) || g->off < quit->end)
		return;
	knows = bye != NULL && g->ack != LEDGER_NO_ACK && g->ack >= bye->end;
	if (knows && !(g->flags & TCP_RST))
		return;
	f = report_frame(c, g->frame, g->ts,
	    bye == NULL ?
	        "The client closed with %s behind QUIT; no 221 was seen." :
	        knows ?
	        "The client closed with %s after the 221: harmless." :
	        "The client closed with %s behind QUIT without waiting for the 221: harmless.",
	    g->flags & TCP_RST ? "RST" : "FIN");
	relate(f, quit->line.first.frame);
	relate(f, bye != NULL ? bye->first.frame : 0);
}

/* The TTL of this side's frames but resets; 0 when they differ or are too few. */
static unsigned
steady_ttl(const struct smtp_session *s, enum stream_dir role)
{
	const struct ledger *l = &s->stream->ledger;
	unsigned ttl = 0, n = 0;
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct ledger_seg *g = &l->seg[i];

		if (smtp_role(s, g) != role || (g->flags & TCP_RST))
			continue;
		if (n++ == 0)
			ttl = g->ttl;
		else if (g->ttl != ttl)
			return 0;
	}
	return n >= 3 ? ttl : 0;
}

/*
 * New data of the same host behind its reset: then somebody else had sent that.  What the
 * network held back had left before the reset: octets below a FIN, or a segment that comes
 * soon and knows of nothing that the peer has sent since.
 */
static const struct ledger_seg *
lives_on(const struct smtp_session *s, const struct ledger_seg *rst)
{
	const struct ledger *l = &s->stream->ledger;
	int64_t fin = s->stream->half[rst->dir].fin_off, known = 0;
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct ledger_seg *g = &l->seg[i];

		if (g->frame < rst->frame && g->dir != rst->dir && g->off + g->len > known)
			known = g->off + g->len;
		if (g->frame > rst->frame && g->dir == rst->dir && g->len > 0 &&
		    g->kind == KIND_NEW && !(g->flags & TCP_RST) && (fin < 0 || g->off >= fin) &&
		    (g->ts - rst->ts > INT64_C(1000000000) || g->ack > known))
			return g;
	}
	return NULL;
}

static void
reset_forged(struct check_ctx *c)
{
	enum { TTL_STEP = 5 };
	const struct ledger *l = &c->s->stream->ledger;
	const struct ledger_seg *rst = NULL, *more;
	unsigned ttl, own;
	struct finding *f;
	size_t i;

	for (i = 0; i < l->n && rst == NULL; i++)
		if (l->seg[i].flags & TCP_RST)
			rst = &l->seg[i];
	if (rst == NULL || i < 2)
		return;
	more = lives_on(c->s, rst);
	own = rst->ttl;
	ttl = steady_ttl(c->s, smtp_role(c->s, rst));
	if (more == NULL &&
	    (ttl == 0 || own == 0 || (own > ttl ? own - ttl : ttl - own) <= TTL_STEP))
		return;
	/* Address translators and load balancers reset what was idle for long. */
	if (more == NULL && rst->ts - l->seg[i - 2].ts > INT64_C(60000000000))
		return;
	f = report_frame(c, rst->frame, rst->ts, "The RST bears the %s's address%s%s.",
	    smtp_role(c->s, rst) == DIR_CLIENT ? "client" : "server",
	    ttl != 0 && own != ttl ?
	        check_text(c, ", but a TTL of %u where its other frames have %u", own, ttl) :
	        "",
	    more ? check_text(c, ", which goes on sending in frame %llu",
	               (unsigned long long)more->frame) :
	           "");
	lower_to(f, more != NULL ? CONF_PROBABLE : CONF_POSSIBLE);
	relate(f, more ? more->frame : 0);
}

/* The envelope that was open when the connection ended, or NULL. */
static const struct smtp_transaction *
open_envelope(const struct smtp_session *s)
{
	const struct smtp_transaction *t = STAILQ_LAST(&s->transactions, smtp_transaction, link);
	const struct smtp_unit *u;

	if (t == NULL || unit_class(t->mail) != 2 || t->data != NULL || t->body != NULL ||
	    t->eod != NULL || t->result == RESULT_UNKNOWN)
		return NULL;
	for (u = t->mail; u != NULL; u = STAILQ_NEXT(u, link)) {
		switch (u->verb->id) {
		case VERB_QUIT:
		case VERB_RSET:
		case VERB_HELO:
		case VERB_EHLO:
		case VERB_LHLO:
		case VERB_STARTTLS:
		case VERB_XCLIENT:
		case VERB_DATA:
		case VERB_BDAT:
			return NULL;
		default:
			break;
		}
	}
	/* Refused recipients: the client has every reason to leave. */
	return t->nrefused > 0 && t->naccepted == 0 ? NULL : t;
}

static void
closed_with_open_transaction(struct check_ctx *c)
{
	const struct smtp_transaction *t = open_envelope(c->s);
	const struct smtp_unit *u = STAILQ_LAST(&c->s->units, smtp_unit, link);
	bool by_server = server_closed_first(c->s);
	const struct ledger_seg *g = first_close(c->s, by_server ? DIR_SERVER : DIR_CLIENT);
	struct finding *f;

	if (t == NULL || g == NULL || !c->a->over || unreadable(c->s) || has_gap(c->s))
		return;
	f = report_frame(c, g->frame, g->ts,
	    "The %s closed inside the envelope of \"%.*s\" (%s, %u accepted): nothing was "
	    "delivered; the client has to try again.",
	    by_server ? "server" : "client", TEXT(t->sender), count_text(c, t->nrcpt, "recipient"),
	    t->naccepted);
	f->culprit = by_server ? CULPRIT_SERVER : CULPRIT_CLIENT;
	if (!by_server && u->meant == NULL)
		lower_to(f, CONF_POSSIBLE); /* it left because no answer came */
	relate(f, t->mail->line.first.frame);
}

const struct check checks_leaving[] = {
	{ .info = { .id = "idle-open",
	      .title = "Connection still open at the end of the capture",
	      .phase = 'M',
	      .culprit = CULPRIT_PATH,
	      .kind = CHECK_REMARK,
	      .severity = SEV_NOTE,
	      .tier = TIER_STAR,
	      .refs = "RFC 9293 3.6",
	      .what = "Neither FIN nor RST was captured.",
	      .why = "What comes of the pending command or message is unknown.",
	      .proof = "The last frame of the connection.",
	      .fakes = "Nothing: it says only what was not seen.",
	      .remedy = "Let the capture run longer." },
	    .needs_tcp = true,
	    .session = idle_open },
	{ .info = { .id = "quit-unanswered",
	      .title = "QUIT without 221",
	      .phase = 'M',
	      .culprit = CULPRIT_SERVER,
	      .kind = CHECK_VIOLATION,
	      .severity = SEV_NOTE,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 4.1.1.10",
	      .what = "The server closed after QUIT without a 221.",
	      .why = "Harmless: the client logs a lost connection.",
	      .proof = "The server's FIN acknowledges QUIT and no 221 came before it.",
	      .fakes =
	          "A client that closed first; a QUIT sent into a connection that was closing.",
	      .remedy = "Nothing." },
	    .needs_tcp = true,
	    .session = quit_unanswered },
	{ .info = { .id = "quit-not-awaited",
	      .title = "Client does not wait for 221 (and the harmless RST that follows)",
	      .phase = 'M',
	      .culprit = CULPRIT_CLIENT,
	      .kind = CHECK_REMARK,
	      .severity = SEV_NOTE,
	      .tier = TIER_SECOND,
	      .refs = "RFC 5321 4.1.1.10",
	      .what = "The client's FIN or RST behind QUIT leaves before the 221 was received.",
	      .why = "Saves time; the server may see a reset. No mail is touched.",
	      .proof = "The acknowledgement number of the FIN or RST.",
	      .fakes = "A server that closed first.",
	      .remedy = "Nothing." },
	    .needs_tcp = true,
	    .session = quit_not_awaited },
	{ .info = { .id = "reset-forged",
	      .title = "RST that does not fit the sender",
	      .phase = 'M',
	      .culprit = CULPRIT_PATH,
	      .kind = CHECK_SECURITY,
	      .severity = SEV_WARNING,
	      .tier = TIER_LATER,
	      .refs = "RFC 5961 3",
	      .what = "A RST whose TTL differs from that of its host's other frames, or behind "
	              "which that "
	              "host goes on sending.",
	      .why = "A firewall or somebody else has cut the connection in the name of one side.",
	      .proof = "The TTLs, or the frames behind it.",
	      .fakes =
	          "Load balancers and address translators that reset idle connections; hosts that "
	          "send resets with another TTL.",
	      .remedy =
	          "Look for firewalls on the path; compare with a capture at the other end." },
	    .needs_tcp = true,
	    .session = reset_forged },
	{ .info = { .id = "closed-with-open-transaction",
	      .title = "Session ended inside an envelope",
	      .phase = 'M',
	      .culprit = CULPRIT_EITHER,
	      .kind = CHECK_REMARK,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 5321 3.8; RFC 5321 4.1.1.10",
	      .what = "The connection was closed after an accepted MAIL, before DATA or BDAT.",
	      .why = "Nothing was delivered; the client has to try again as after a 451.",
	      .proof = "Both sides were captured whole up to the close.",
	      .fakes =
	          "QUIT or RSET, as after a check of an address; recipients that were all refused.",
	      .remedy = "Look at the log of the side that closed." },
	    .needs_tcp = true,
	    .session = closed_with_open_transaction },
	{ .info = { .id = NULL } }
};
