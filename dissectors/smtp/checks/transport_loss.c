/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase A: loss below the dialogue - repeats, segments too large for the path, and
 * repeats that say something else than the first copy.
 */
#include "smtp/checks/check.h"

#define SECOND INT64_C(1000000000)

struct repeats {
	uint64_t data, again;
	const struct ledger_seg *first;
	int64_t off; /* octet whose copies are being counted */
	unsigned copies, most;
	int64_t wait; /* longest time between two copies in a row, ns */
	int64_t last_ts;
};

static void
count_repeat(struct repeats *r, const struct ledger_seg *g)
{
	r->again++;
	if (r->first == NULL)
		r->first = g;
	if (r->copies == 0 || g->off != r->off) {
		r->off = g->off;
		r->copies = 1; /* the original */
	} else if (g->ts - r->last_ts > r->wait) {
		r->wait = g->ts - r->last_ts;
	}
	r->last_ts = g->ts;
	if (++r->copies > r->most)
		r->most = r->copies;
}

static void
retransmissions_of(struct check_ctx *c, enum stream_dir d)
{
	const struct ledger *l = &c->s->stream->ledger;
	const struct stream_half *h = smtp_half(c->s, d);
	struct repeats r = { 0 };
	struct finding *f;
	size_t i;

	if (h->retransmissions < 2)
		return;
	for (i = 0; i < l->n; i++) {
		const struct ledger_seg *g = &l->seg[i];

		if (smtp_role(c->s, g) != d || g->len == 0 || g->kind == KIND_KEEPALIVE ||
		    g->kind == KIND_PROBE)
			continue;
		r.data += g->count;
		if ((g->kind == KIND_RETRANSMISSION || g->kind == KIND_OVERLAP) && g->count == 1 &&
		    !captured_twice(l, i))
			count_repeat(&r, g);
	}
	if (r.again < 2)
		return;
	if (l->folded > 0 && h->retransmissions > r.again)
		r.again = h->retransmissions;
	if (r.again * 100 <= r.data * 3 && r.most < 4)
		return;
	f = report_frame(c, r.first->frame, r.first->ts,
	    "%llu of the %llu data segments of the %s are repeats (%.1f %%)%s%s.",
	    (unsigned long long)r.again, (unsigned long long)r.data, role_name(d),
	    100.0 * (double)r.again / (double)r.data,
	    r.most >= 4 ? check_text(c, "; one was sent %u times", r.most) : "",
	    r.wait > SECOND ?
	        check_text(c, ", up to %s apart", seconds_text(c, (double)r.wait / 1e9)) :
	        "");
	f->confidence = CONF_CERTAIN;
}

static void
tcp_retransmissions(struct check_ctx *c)
{
	retransmissions_of(c, DIR_CLIENT);
	retransmissions_of(c, DIR_SERVER);
}

/* The copies of the first segment that was never acknowledged. */
struct hole {
	const struct ledger_seg *first, *last;
	unsigned copies;
	uint32_t len, passed; /* its size; the largest acknowledged segment */
	uint32_t mss;
};

static struct hole
find_hole(const struct smtp_session *s, enum stream_dir d)
{
	const struct ledger *l = &s->stream->ledger;
	const struct stream_half *h = smtp_half(s, d), *o = smtp_half(s, (enum stream_dir) !d);
	struct hole z = { .mss = o->mss };
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct ledger_seg *g = &l->seg[i];

		if (smtp_role(s, g) != d || g->len < 2 || g->count > 1)
			continue;
		if (g->off + g->len <= h->acked) {
			if (g->len > z.passed)
				z.passed = g->len;
		} else if (g->off <= h->acked && !captured_twice(l, i)) {
			if (z.first == NULL)
				z.first = g;
			if (z.len == 0 || g->len < z.len)
				z.len = g->len;
			z.last = g;
			z.copies++;
		}
	}
	if (z.mss == 0 || z.mss > 9000)
		z.mss = z.len;
	return z;
}

static void
blackhole_of(struct check_ctx *c, enum stream_dir d)
{
	const struct stream *st = c->s->stream;
	struct finding *f;
	struct hole z;

	if (smtp_half(c->s, d)->retransmissions < 2)
		return;
	z = find_hole(c->s, d);
	if (z.copies < 3 || z.passed == 0 || z.len * 10 < z.mss * 9 || z.passed * 10 >= z.len * 9 ||
	    st->last_ts - z.first->ts < 3 * SECOND || !smtp_half(c->s, (enum stream_dir) !d)->seen)
		return;
	f = report_frame(c, z.first->frame, z.first->ts,
	    "A segment of %u octets was sent %u times in %s and never acknowledged; segments "
	    "up to "
	    "%u octets had passed. Large packets vanish on the way and nobody says so.",
	    z.len, z.copies, seconds_text(c, (double)(z.last->ts - z.first->ts) / 1e9), z.passed);
	lower_to(f, CONF_PROBABLE);
	relate(f, z.last->frame);
}

/* Near the receiver the lost segments are not seen at all: silence behind 354 is all there is. */
static void
blackhole_from_afar(struct check_ctx *c)
{
	const struct smtp_unit *u;
	const struct stream_half *cl = smtp_half(c->s, DIR_CLIENT);
	const struct smtp_reply *r;
	struct finding *f;

	STAILQ_FOREACH (u, &c->s->units, link) {
		r = u->kind == UNIT_COMMAND && u->verb->id == VERB_DATA ? u->meant : NULL;
		if (r == NULL || r->code != 354 || cl->high > u->end ||
		    STAILQ_NEXT(u, link) != NULL || acked_frame(c->s, DIR_CLIENT, r->end) == 0 ||
		    c->s->stream->last_ts - r->last.ts < 180 * SECOND)
			continue;
		f = report_reply(c, r,
		    "The client has received it and sent nothing for %.0f s: perhaps its first "
		    "full "
		    "segments do not get here. Capture near the client to see.",
		    (double)(c->s->stream->last_ts - r->last.ts) / 1e9);
		f->severity = SEV_NOTE; /* silence alone proves no loss */
		lower_to(f, CONF_POSSIBLE);
	}
}

static void
tcp_mtu_blackhole(struct check_ctx *c)
{
	if (c->s->one_sided || has_gap(c->s))
		return;
	blackhole_of(c, DIR_CLIENT);
	blackhole_of(c, DIR_SERVER);
	blackhole_from_afar(c);
}

static void
urgent(struct check_ctx *c)
{
	const struct ledger *l = &c->s->stream->ledger;
	struct finding *f = NULL;
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct ledger_seg *g = &l->seg[i];

		if (!(g->issues & ISSUE_URGENT))
			continue;
		if (f != NULL) {
			f->count++;
			relate(f, g->frame);
			continue;
		}
		f = report_frame(c, g->frame, g->ts,
		    "The %s marks an octet of its data as urgent: servers read it in line or "
		    "apart, so what "
		    "the peer saw is not known.",
		    role_name(smtp_role(c->s, g)));
		lower_to(f, CONF_PROBABLE);
	}
}

static void
tcp_evasion(struct check_ctx *c)
{
	struct finding *f;
	unsigned d;

	for (d = 0; d < 2; d++) {
		const struct stream_half *h = smtp_half(c->s, (enum stream_dir)d);
		const struct ledger_seg *g;

		if (h->conflicts == 0)
			continue;
		g = segment_of(c->s, h->conflict_frame);
		f = report_frame(c, h->conflict_frame, g != NULL ? g->ts : c->s->stream->last_ts,
		    "The %s repeats octets with other content than before%s: what the peer read is "
		    "not "
		    "known. The first copy is used here, or the one with a good checksum.",
		    role_name((enum stream_dir)d),
		    h->conflicts > 1 ?
		        check_text(c, " (%llu segments)", (unsigned long long)h->conflicts) :
		        "");
		f->severity = SEV_ERROR;
		lower_to(f, CONF_PROBABLE);
	}
	urgent(c);
}

const struct check checks_loss[] = {
	{ .info = { .id = "tcp-retransmissions",
	      .title = "Segments had to be sent again",
	      .phase = 'A',
	      .culprit = CULPRIT_PATH,
	      .kind = CHECK_TRANSPORT,
	      .severity = SEV_NOTE,
	      .tier = TIER_CORE,
	      .refs = "RFC 9293 3.8.1",
	      .what = "More than 3 % of one side's data segments are repeats, or one was sent four "
	              "times.",
	      .why =
	          "Loss slows the session down; time-outs at the end of a message become likely.",
	      .proof = "Sequence numbers seen before.",
	      .fakes =
	          "Frames captured twice (same IP identification within 1 ms) and keep-alives.",
	      .remedy = "Look for loss on the path; compare with a capture at the other end." },
	    .needs_tcp = true,
	    .any_protocol = true,
	    .session = tcp_retransmissions },
	{ .info = { .id = "tcp-mtu-blackhole",
	      .title = "Large segments vanish, small ones pass",
	      .phase = 'A',
	      .culprit = CULPRIT_PATH,
	      .kind = CHECK_TRANSPORT,
	      .severity = SEV_ERROR,
	      .tier = TIER_CORE,
	      .refs = "RFC 2923; RFC 4821; RFC 1191",
	      .what = "A full segment sent three times or more and never acknowledged, although "
	              "smaller "
	              "segments of the same side were.",
	      .why = "Short mail passes and long mail never does: a router drops large packets and "
	             "the "
	             "ICMP message that says so is lost.",
	      .proof = "Sizes that were acknowledged against the size that was not.",
	      .fakes = "Plain loss, which takes small segments too; a closed window.",
	      .remedy =
	          "Let ICMP \"fragmentation needed\" (type 2 in IPv6) pass, clamp the MSS, or turn "
	          "on path MTU probing." },
	    .needs_tcp = true,
	    .any_protocol = true,
	    .session = tcp_mtu_blackhole },
	{ .info = { .id = "tcp-evasion",
	      .title = "Conflicting retransmission or urgent data",
	      .phase = 'A',
	      .culprit = CULPRIT_EITHER,
	      .kind = CHECK_SECURITY,
	      .severity = SEV_WARNING,
	      .tier = TIER_LATER,
	      .refs = "RFC 9293 3.8.5; RFC 9293 3.10.7",
	      .what = "The same octets sent again with other content, or octets marked as urgent.",
	      .why =
	          "A broken device on the path, or an attempt to show one thing to the server and "
	          "another to those who watch. What rests on the content is only possible then.",
	      .proof = "Both copies are in the capture.",
	      .fakes =
	          "Keep-alive octets, cut frames and damaged copies beside good ones; captures of two "
	          "connections with the same addresses and ports, read as one.",
	      .remedy =
	          "Compare with the server's log; look for devices that rewrite TCP. Captures of "
	          "different connections: read them one by one." },
	    .needs_tcp = true,
	    .any_protocol = true,
	    .session = tcp_evasion },
	{ .info = { .id = NULL } }
};
