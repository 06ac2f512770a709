/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase A: TCP below the dialogue - connections that never opened, and receivers
 * that do not let the sender go on.  Judged from the ledger of segments alone.
 *
 * ICMP is not read, so a refusal by ICMP looks like no answer.
 */
#include "smtp/checks/check.h"

#define SECOND INT64_C(1000000000)

static enum culprit
culprit_of(enum stream_dir d)
{
	return d == DIR_CLIENT ? CULPRIT_CLIENT : CULPRIT_SERVER;
}

struct syns {
	const struct ledger_seg *first, *last;
	unsigned n;
	bool more; /* the client sent something else */
};

static struct syns
count_syns(const struct smtp_session *s)
{
	const struct ledger *l = &s->stream->ledger;
	struct syns y = { 0 };
	size_t i;

	for (i = 0; i < l->n; i++) {
		if (smtp_role(s, &l->seg[i]) != DIR_CLIENT)
			continue;
		if (!(l->seg[i].flags & TCP_SYN)) {
			y.more = true;
			continue;
		}
		if (y.first == NULL)
			y.first = &l->seg[i];
		else if (l->seg[i].ts - y.last->ts < SECOND / 10)
			continue; /* captured twice */
		y.last = &l->seg[i];
		y.n++;
	}
	return y;
}

static void
tcp_connect_failed(struct check_ctx *c)
{
	const struct stream_half *v = smtp_half(c->s, DIR_SERVER);
	struct syns y = count_syns(c->s);
	struct finding *f;

	if (y.first == NULL || c->s->stream->midstream || v->syn || v->octets > 0 || y.more)
		return;
	if (v->rst_frame != 0) {
		f = report_frame(c, v->rst_frame, v->rst_ts,
		    "The connection was refused: a RST answered the SYN after %.3g ms. No program "
		    "listens there, or a filter refuses.",
		    (double)(v->rst_ts - y.last->ts) / 1e6);
		relate(f, y.first->frame);
		return;
	}
	/* Two repeats, so that neither a lost SYN nor the end of the capture is taken for it. */
	if (v->seen || y.n < 3)
		return;
	f = report_frame(c, y.last->frame, y.last->ts,
	    "%u SYNs within %s, and no answer of any kind was captured.", y.n,
	    seconds_text(c, (double)(y.last->ts - y.first->ts) / 1e9));
	relate(f, y.first->frame);
	lower_to(f, CONF_PROBABLE); /* answers may have taken another way past the capture */
}

/* One stretch during which a side announced a closed window. */
struct closed {
	const struct ledger_seg *from, *open; /* open: the update; NULL: none came */
	const struct ledger_seg *probe;       /* the peer asked meanwhile */
	int64_t until;
};

static bool
asks(const struct ledger_seg *g)
{
	return g->kind == KIND_PROBE || g->kind == KIND_KEEPALIVE || g->len == 1;
}

/* The next stretch at or behind seg[*i]; false: there is none. */
static bool
next_closed(const struct smtp_session *s, enum stream_dir d, size_t *i, struct closed *z)
{
	const struct ledger *l = &s->stream->ledger;
	const struct closed none = { .until = 0 };

	*z = none;
	for (; *i < l->n; (*i)++) {
		const struct ledger_seg *g = &l->seg[*i];
		bool own = smtp_role(s, g) == d;

		if (z->from == NULL) {
			if (own && g->win == 0 && !(g->flags & (TCP_RST | TCP_FIN | TCP_SYN)))
				z->from = g;
			continue;
		}
		z->until = g->ts;
		if (g->flags & (TCP_RST | TCP_FIN))
			return true;
		if (own && g->win > 0) {
			z->open = g;
			return true;
		}
		if (!own && z->probe == NULL && asks(g))
			z->probe = g;
	}
	return z->from != NULL;
}

/* Did the peer send on within half a second of the update, which is seg[i]? */
static bool
sends_on(const struct smtp_session *s, enum stream_dir d, const struct closed *z, size_t i)
{
	const struct ledger *l = &s->stream->ledger;

	for (; z->open != NULL && i < l->n && l->seg[i].ts - z->open->ts < SECOND / 2; i++)
		if (smtp_role(s, &l->seg[i]) != d && l->seg[i].len > 1)
			return true;
	return false;
}

static const char *
progress(struct check_ctx *c, enum stream_dir d, const struct ledger_seg *at)
{
	const struct smtp_body *b;

	STAILQ_FOREACH (b, &c->s->bodies, link)
		if (d == DIR_SERVER && at->ack != LEDGER_NO_ACK && at->ack > b->off &&
		    at->ack <= b->end)
			return check_text(
			    c, ", %lld octets into the message", (long long)(at->ack - b->off));
	return "";
}

static void
zero_window_of(struct check_ctx *c, enum stream_dir d)
{
	struct closed z, worst = { .until = 0 };
	unsigned n = 0;
	size_t i = 0;
	struct finding *f;

	if (smtp_half(c->s, d)->zero_windows == 0)
		return;
	while (next_closed(c->s, d, &i, &z)) {
		if (z.until - z.from->ts <= SECOND ||
		    (z.probe == NULL && !sends_on(c->s, d, &z, i)))
			continue;
		if (n++ == 0)
			worst = z;
	}
	if (n == 0)
		return;
	f = report_frame(c, worst.from->frame, worst.from->ts,
	    "The %s announced a closed window for %s%s while the %s had more to send%s%s.",
	    role_name(d), seconds_text(c, (double)(worst.until - worst.from->ts) / 1e9),
	    progress(c, d, worst.from), role_name(!d), worst.open ? "" : "; it never opened again",
	    n > 1 ? check_text(c, " (%u times in all)", n) : "");
	f->culprit = culprit_of(d);
	if (c->s->stream->clock_steps > 0)
		lower_to(f, CONF_POSSIBLE);
	relate(f, worst.probe ? worst.probe->frame : 0);
	relate(f, worst.open ? worst.open->frame : 0);
}

static void
tcp_zero_window(struct check_ctx *c)
{
	if (c->s->one_sided)
		return;
	zero_window_of(c, DIR_SERVER);
	zero_window_of(c, DIR_CLIENT);
}

/* What the two sides had said last when nothing moved any more. */
struct stall {
	const struct ledger_seg *data, *ack; /* last new data; last announcement of the peer */
	uint32_t largest;
};

static struct stall
find_stall(const struct smtp_session *s, enum stream_dir sender)
{
	const struct ledger *l = &s->stream->ledger;
	struct stall t = { 0 };
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct ledger_seg *g = &l->seg[i];

		if (smtp_role(s, g) != sender) {
			if (!(g->flags & TCP_RST))
				t.ack = g;
			continue;
		}
		if (g->len > t.largest && g->count == 1)
			t.largest = g->len;
		if (g->len > 1 && (g->kind == KIND_NEW || g->kind == KIND_AHEAD))
			t.data = g;
	}
	return t;
}

/*
 * The sender may hold back a segment that the window has no room for (RFC 9293
 * 3.8.6.2.1): with unacknowledged data out and no acknowledgement coming, it waits
 * for ever.
 */
static void
tcp_stalled_small_window(struct check_ctx *c)
{
	const struct stream *st = c->s->stream;
	const struct stream_half *me = smtp_half(c->s, DIR_CLIENT),
	                         *v = smtp_half(c->s, DIR_SERVER);
	const struct smtp_body *b = STAILQ_LAST(&c->s->bodies, smtp_body, link);
	struct stall t = find_stall(c->s, DIR_CLIENT);
	int64_t unacked = me->high - me->acked, usable;
	uint32_t mss = v->mss ? v->mss : t.largest;
	struct finding *f;

	if (b == NULL || b->eod != NULL || t.data == NULL || t.ack == NULL || unacked <= 0 ||
	    c->s->one_sided || has_gap(c->s) || me->fin_frame || me->rst_frame)
		return;
	usable = (int64_t)t.ack->win - unacked;
	if (usable <= 0 || usable >= mss || t.largest > mss * 2)
		return;
	if (st->last_ts - t.data->ts < 3 * SECOND)
		return;
	f = report_frame(c, t.data->frame, t.data->ts,
	    "%lld octets are unacknowledged and the window is %u: %lld may still be sent, less "
	    "than a "
	    "segment of %u. The client waits for an acknowledgement that did not come in %s.",
	    (long long)unacked, t.ack->win, (long long)usable, mss,
	    seconds_text(c, (double)(st->last_ts - t.data->ts) / 1e9));
	relate(f, t.ack->frame);
	lower_to(f, st->midstream ? CONF_POSSIBLE : CONF_PROBABLE); /* the window may be scaled */
}

const struct check checks_transport[] = {
	{ .info = { .id = "tcp-connect-failed",
	      .title = "Connection refused or never answered",
	      .phase = 'A',
	      .culprit = CULPRIT_EITHER,
	      .kind = CHECK_TRANSPORT,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 9293 3.5.2; RFC 9293 3.10.7.1; RFC 5321 4.5.4.2",
	      .what = "A SYN answered by RST, or three SYNs and no answer.",
	      .why =
	          "No session took place; the sending host tries the next mail exchanger or later.",
	      .proof = "The RST, or the repeated SYNs with nothing from the other side.",
	      .fakes =
	          "A capture that shows one direction only; a capture that ends too soon. An ICMP "
	          "message that says why is not read: it is in the capture, if at all, beside "
	          "the SYN.",
	      .remedy =
	          "See whether the server listens and whether port 25 is filtered: many providers "
	          "block it." },
	    .needs_tcp = true,
	    .any_protocol = true,
	    .session = tcp_connect_failed },
	{ .info = { .id = "tcp-zero-window",
	      .title = "Receiver closed its window",
	      .phase = 'A',
	      .culprit = CULPRIT_EITHER,
	      .kind = CHECK_TRANSPORT,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 9293 3.8.6.1; RFC 1122 4.2.2.17",
	      .what = "A window of 0 for more than a second while the other side has more to send.",
	      .why = "The program on that host does not read: a content filter is stuck, a disk is "
	             "full, "
	             "or both sides wait to write.",
	      .proof = "The closed window, and probes or data as soon as it opened.",
	      .fakes = "The window fields of RST and FIN frames.",
	      .remedy = "Look at what the receiving program was doing at that time." },
	    .needs_tcp = true,
	    .any_protocol = true,
	    .session = tcp_zero_window },
	{ .info = { .id = "tcp-stalled-small-window",
	      .title = "Sender blocked because the usable window is smaller than a segment",
	      .phase = 'A',
	      .culprit = CULPRIT_EITHER,
	      .kind = CHECK_TRANSPORT,
	      .severity = SEV_WARNING,
	      .tier = TIER_SECOND,
	      .refs = "RFC 9293 3.8.6.2.1",
	      .what = "A message in transfer stands still: unacknowledged data fills the window "
	              "but for "
	              "less than a segment, and no acknowledgement comes.",
	      .why =
	          "The sender cannot go on until the other side acknowledges or resets; its thread "
	          "hangs for as long.",
	      .proof = "Window and unacknowledged octets from the sequence numbers.",
	      .fakes = "A window scale that was not captured.",
	      .remedy = "The receiving side must acknowledge what it received, or reset the "
	                "connection." },
	    .needs_tcp = true,
	    .any_protocol = true,
	    .session = tcp_stalled_small_window },
	{ .info = { .id = NULL } }
};
