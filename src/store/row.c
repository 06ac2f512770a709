/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * row - what is kept of a session, taken out of its model.
 *
 * Works on sessions that are over and on open ones that have been analysed for
 * display.  Reads the model only; owns nothing.  Lists (senders, recipients) are
 * kept up to POOL_TEXT_MAX octets; a row whose texts are not whole says ROW_CUT.
 */
#include "store/pool.h"
#include "tls/tls.h"

/* Texts joined with blanks, as many as there is place for. */
struct joined {
	uint8_t p[POOL_TEXT_MAX];
	size_t n;
	unsigned texts;
	bool cut;
};

static void
join(struct joined *j, struct slice s)
{
	size_t blank = j->n != 0;

	if (!s.n)
		return;
	if (s.n + blank > sizeof j->p - j->n) {
		j->cut = true;
		return;
	}
	if (blank)
		j->p[j->n++] = ' ';
	memcpy(j->p + j->n, s.p, s.n);
	j->n += s.n;
	j->texts++;
}

/* The reverse-path as it is shown: "<>" where that was said, nothing where nothing was. */
static struct slice
shown_sender(const struct smtp_transaction *t)
{
	if (!t->sender.n && t->mail && slice_contains(t->mail->arg, "<>"))
		return slice_str("<>");
	return t->sender;
}

unsigned
row_badness(enum smtp_result r)
{
	static const uint8_t badness[] = {
		[RESULT_DELIVERED] = 0,
		[RESULT_UNKNOWN] = 1,
		[RESULT_DELIVERED_IN_PART] = 2,
		[RESULT_DEFERRED] = 3,
		[RESULT_REJECTED] = 4,
		[RESULT_ABORTED] = 5,
		[RESULT_REJECTED_MID_DATA] = 6,
		[RESULT_IN_DOUBT] = 7,
		[RESULT_LOST] = 8,
	};

	return badness[r];
}

/* Texts on their way into the pool, and what became of them. */
struct putting {
	struct session_row *row;
	const struct session_row *old; /* all zero: none */
	struct pool *pool;
	bool refused;
};

/* The old text is of no use to this row any more. */
static pool_ref
put_over(struct putting *w, pool_ref old, pool_ref new)
{
	if (old && old != new)
		w->pool->stale += pool_text(w->pool, old).n;
	return new;
}

static pool_ref
put_shared(struct putting *w, pool_ref old, struct slice s)
{
	if (s.n > POOL_TEXT_MAX)
		w->row->flags |= ROW_CUT;
	return put_over(w, old, pool_intern(w->pool, s, &w->refused));
}

/* A text that no other session has. */
static pool_ref
put_own(struct putting *w, pool_ref old, struct slice s)
{
	if (s.n > POOL_TEXT_MAX)
		w->row->flags |= ROW_CUT;
	if (old && slice_eq(pool_text(w->pool, old), s))
		return old;
	return put_over(w, old, pool_add(w->pool, s, &w->refused));
}

/* One mailbox comes again in other sessions, the same several ones seldom do. */
static pool_ref
put_joined(struct putting *w, pool_ref old, const struct joined *j)
{
	struct slice text = slice_of(j->p, j->n);

	if (j->cut)
		w->row->flags |= ROW_CUT;
	return j->texts > 1 ? put_own(w, old, text) : put_shared(w, old, text);
}

static void
fill_transport(struct session_row *r, const struct smtp_session *s, bool open)
{
	const struct stream *st = s->stream;
	uint64_t packets, again = 0;
	unsigned role;

	r->number = s->number;
	r->stream = st->id;
	r->first_frame = st->first_frame;
	r->last_frame = st->last_frame;
	r->first_ts = st->first_ts;
	r->last_ts = st->last_ts;
	r->source = st->first_source;
	r->position = st->first_position;
	r->lead = (uint32_t)(st->first_frame - st->lead_frame);
	r->end_reason = (uint8_t)(open ? REASON_NONE : s->end_reason);
	for (role = 0; role < 2; role++) {
		const struct stream_half *h = smtp_half(s, (enum stream_dir)role);

		r->ep[role] = h->ep;
		r->octets[role] = h->octets;
		packets = h->packets;
		r->packets[role] = packets < UINT32_MAX ? (uint32_t)packets : UINT32_MAX;
		again += h->retransmissions;
	}
	r->retransmissions = again < UINT32_MAX ? (uint32_t)again : UINT32_MAX;
	r->flags |= open ? ROW_OPEN : 0;
	r->flags |= st->midstream ? ROW_MIDSTREAM : 0;
	r->flags |= STAILQ_EMPTY(&s->gaps) ? 0 : ROW_GAPS;
	r->flags |= s->one_sided ? ROW_ONE_SIDED : 0;
	r->flags |= s->limited || st->refused_octets ? ROW_LIMITED : 0;
	r->flags |= st->transcript ? ROW_TRANSCRIPT : 0;
}

/* Was all of it captured that would show application data, had there been any? */
static bool
seen_to_the_end(const struct session_row *r, const struct smtp_session *s)
{
	return !(r->flags & (ROW_OPEN | ROW_MIDSTREAM | ROW_GAPS | ROW_ONE_SIDED | ROW_LIMITED)) &&
	    s->closure != CLOSURE_CAPTURE_END && s->closure != CLOSURE_IDLE &&
	    s->closure != CLOSURE_REUSED;
}

static void
fill_tls(struct session_row *r, const struct smtp_session *s)
{
	const struct smtp_tls *tls = &s->tls;
	const struct tls_side *server = tls->side[DIR_SERVER];
	bool data = tls->application_data[DIR_CLIENT] || tls->application_data[DIR_SERVER];
	/* close_notify (0) is how TLS ends well (RFC 8446 6.1). */
	bool alert = tls->alert_frame && tls->alert != 0;

	if (tls->via == TLS_NONE)
		return;
	r->flags |= ROW_TLS;
	r->flags |= tls->via == TLS_IMPLICIT ? ROW_TLS_IMPLICIT : 0;
	r->flags |= tls->via == TLS_JOINED ? ROW_TLS_JOINED : 0;
	r->flags |= !data && (alert || seen_to_the_end(r, s)) ? ROW_TLS_FAILED : 0;
	if (server && server->hello.frame)
		r->tls_version = server->version;
}

static bool
is_hello(const struct smtp_unit *u)
{
	return u->verb &&
	    (u->verb->id == VERB_HELO || u->verb->id == VERB_EHLO || u->verb->id == VERB_LHLO);
}

/* How long the reply to a unit took, ns; -1: not known. */
static int64_t
unit_wait(const struct smtp_session *s, const struct smtp_unit *u)
{
	bool greeting = u->kind == UNIT_GREETING;
	const struct smtp_reply *reply = u->meant;
	int64_t since = greeting ? s->stream->first_ts : u->last.ts, wait;

	if (!reply || !reply->first.frame || s->stream->transcript)
		return -1;
	if (greeting ? !s->stream->handshake : !u->last.frame)
		return -1;
	if (__builtin_sub_overflow(reply->first.ts, since, &wait) || wait < 0)
		return -1;
	return wait;
}

static struct slice
banner_text(const struct smtp_reply *reply)
{
	const struct smtp_line *l;

	if (!reply || !reply->nkept)
		return slice_of(NULL, 0);
	l = &reply->lines[0];
	return slice_from(l->text, l->code ? (l->separator ? 4 : 3) : 0);
}

static void
fill_classes(struct session_row *r, const struct smtp_session *s)
{
	const struct smtp_reply *reply;
	const struct smtp_unit *u;
	unsigned class;

	STAILQ_FOREACH (reply, &s->replies, link) {
		class = reply->code < 1000 ? reply->code / 100 : CLASS_NO_CODE;
		r->classes |= (uint8_t)(1U << (class < CLASS_OTHER ? class : CLASS_OTHER));
	}
	STAILQ_FOREACH (u, &s->units, link)
		if (smtp_unanswered(u))
			r->classes |= 1U << CLASS_MISSING;
}

static void
fill_dialogue(struct putting *w, const struct smtp_session *s)
{
	struct session_row *r = w->row;
	const struct smtp_unit *u, *hello = NULL, *greeting = NULL;
	int64_t wait;

	r->wait = -1;
	STAILQ_FOREACH (u, &s->units, link) {
		r->commands += u->kind == UNIT_COMMAND || u->kind == UNIT_CHUNK;
		if (u->kind == UNIT_GREETING)
			greeting = u;
		else if (is_hello(u))
			hello = u;
		wait = unit_wait(s, u);
		if (wait > r->wait)
			r->wait = wait;
	}
	fill_classes(r, s);
	r->replies = s->nreplies;
	if (hello)
		r->helo = put_shared(w, w->old->helo, hello->arg);
	if (greeting)
		r->banner = put_shared(w, w->old->banner, banner_text(greeting->meant));
}

/* The reply that decided the last transaction, or else the last thing that was answered. */
static struct slice
deciding_reply(const struct smtp_session *s)
{
	const struct smtp_reply *reply = s->answered ? s->answered->meant : NULL;
	const struct smtp_transaction *t;

	STAILQ_FOREACH (t, &s->transactions, link)
		if (t->final)
			reply = t->final;
	return reply && reply->nkept ? reply->lines[reply->nkept - 1].text : slice_of(NULL, 0);
}

static void
fill_mail(struct putting *w, const struct smtp_session *s)
{
	struct session_row *r = w->row;
	struct joined senders, rcpts;
	struct slice message_id = { NULL, 0 }, reply;
	const struct smtp_transaction *t;
	const char *queue_id = NULL;
	const struct smtp_rcpt *to;

	senders.n = rcpts.n = 0;
	senders.texts = rcpts.texts = 0;
	senders.cut = rcpts.cut = false;
	r->result = RESULT_UNKNOWN;
	STAILQ_FOREACH (t, &s->transactions, link) {
		if (r->transactions++ == 0)
			r->sender = put_shared(w, w->old->sender, shown_sender(t));
		if (r->transactions == 1 || row_badness(t->result) > row_badness(r->result))
			r->result = (uint8_t)t->result;
		r->results |= (uint16_t)(1U << t->result);
		r->rcpts += t->nrcpt;
		r->accepted += t->naccepted;
		join(&senders, shown_sender(t));
		STAILQ_FOREACH (to, &t->rcpts, link)
			join(&rcpts, to->addr);
		if (t->queue_id)
			queue_id = t->queue_id;
		if (t->body && t->body->message_id.n)
			message_id = t->body->message_id;
	}
	r->senders = put_joined(w, w->old->senders, &senders);
	r->rcpt = put_joined(w, w->old->rcpt, &rcpts);
	if (queue_id)
		r->queue_id = put_own(w, w->old->queue_id, slice_str(queue_id));
	r->message_id = put_own(w, w->old->message_id, message_id);
	/* The answer to a message that was taken tells its queue id: no other has it. */
	reply = deciding_reply(s);
	r->last_reply = queue_id ? put_own(w, w->old->last_reply, reply) :
	                           put_shared(w, w->old->last_reply, reply);
}

static void
fill_findings(struct putting *w, const struct smtp_session *s)
{
	/* All of them, and then those that are no consequences, if that is not the same. */
	uint64_t found[2][ROW_CHECK_WORDS] = { { 0 } };
	const struct finding *f, *best = NULL;
	struct session_row *r = w->row;
	unsigned i;
	size_t sets;

	STAILQ_FOREACH (f, &s->findings, link) {
		for (i = 0; i < (f->parent ? 1 : 2) && f->position < RUN_CHECKS_MAX; i++)
			found[i][f->position / 64] |= UINT64_C(1) << (f->position % 64);
		if (!f->parent && finding_explains(f, best))
			best = f;
	}
	sets = memcmp(found[0], found[1], sizeof found[0]) ? 2 : 1;
	/* There are few sets of findings, however many sessions. */
	if (!STAILQ_EMPTY(&s->findings))
		r->found = put_shared(w, w->old->found, slice_of(found, sets * sizeof found[0]));
	for (i = 0; i < 3; i++)
		r->counted[i] = s->counted[i] < UINT16_MAX ? (uint16_t)s->counted[i] : UINT16_MAX;
	r->worst = (int8_t)s->worst;
	r->cause = ROW_NO_CAUSE;
	if (best && best->position < RUN_CHECKS_MAX) {
		r->cause = (uint8_t)best->position;
		r->confidence = (uint8_t)best->confidence;
	}
}

static bool
went_wrong(const struct session_row *r)
{
	return r->worst > SEV_NOTE ||
	    (r->transactions && r->result != RESULT_DELIVERED && r->result != RESULT_UNKNOWN);
}

bool
row_fill(struct session_row *r, struct pool *pool, const struct smtp_session *s, bool open,
    const struct session_row *old)
{
	static const struct session_row none;
	struct putting w = { r, old ? old : &none, pool, false };

	memset(r, 0, sizeof *r);
	r->app = (uint8_t)s->app;
	r->closure = (uint8_t)s->closure;
	fill_transport(r, s, open);
	fill_tls(r, s);
	fill_dialogue(&w, s);
	fill_mail(&w, s);
	fill_findings(&w, s);
	r->flags |= went_wrong(r) ? ROW_TROUBLE : 0;
	/* The user's mark, not the session's. */
	r->flags |= w.old->flags & ROW_TAGGED;
	if (w.refused)
		r->flags |= ROW_CUT;
	return !w.refused;
}
