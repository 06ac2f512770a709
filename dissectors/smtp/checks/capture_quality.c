/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase A: damage that the capture itself did - frames cut by the snap length,
 * checksums that the host had left to its card, clocks that run backwards.  None of
 * it happened on the wire; it says how much of the rest can be believed.
 */
#include "smtp/checks/check.h"

static void
capture_truncated(struct check_ctx *c)
{
	const struct ledger *l = &c->s->stream->ledger;
	const struct ledger_seg *first = NULL, *last = NULL;
	const struct smtp_gap *g;
	uint64_t frames = 0, lost = 0;
	struct finding *f;
	size_t i;

	for (i = 0; i < l->n; i++) {
		if (!(l->seg[i].issues & ISSUE_SNAPLEN) || l->seg[i].len == 0)
			continue;
		if (first == NULL)
			first = &l->seg[i];
		last = &l->seg[i];
		frames++;
	}
	if (first == NULL)
		return;
	STAILQ_FOREACH (g, &c->s->gaps, link)
		if (g->reason == REASON_SNAPLEN)
			lost += g->len;
	f = report_frame(c, first->frame, first->ts,
	    "%s with data %s cut by the snap length; %s of the dialogue %s "
	    "missing. What the cut lines say is not judged; lengths and acknowledgement numbers "
	    "still hold.%s",
	    count_text(c, frames, "frame"), frames == 1 ? "was" : "were",
	    count_text(c, lost, "octet"), lost == 1 ? "is" : "are",
	    c->s->lines_cut ? " Whole commands and replies may be among them: which reply answers "
	                      "which command is a guess." :
	                      "");
	f->confidence = CONF_CERTAIN;
	relate(f, last->frame);
}

struct checksums {
	uint64_t data, bad; /* data frames; those with a bad TCP checksum that were ACKed */
	uint64_t frames, bad_frames; /* all */
	bool bad_ip;
	const struct ledger_seg *first;
};

static void
count_checksums(const struct smtp_session *s, struct checksums sum[2])
{
	const struct ledger *l = &s->stream->ledger;
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct ledger_seg *g = &l->seg[i];
		enum stream_dir d = smtp_role(s, g);
		bool bad = (g->issues & ISSUE_TCP_CHECKSUM) != 0;

		sum[d].frames++;
		sum[d].bad_frames += bad;
		sum[d].data += g->len > 0;
		sum[d].bad += bad && g->len > 0 && smtp_half(s, d)->acked >= g->off + g->len;
		sum[d].bad_ip |= (g->issues & ISSUE_IP_CHECKSUM) != 0;
		if (bad && sum[d].first == NULL)
			sum[d].first = g;
	}
}

static void
capture_checksum_offload(struct check_ctx *c)
{
	struct checksums sum[2] = { { 0 }, { 0 } };
	bool many[2], rewritten;
	struct finding *f;
	unsigned d;

	if (c->s->stream->half[0].bad_checksums + c->s->stream->half[1].bad_checksums == 0)
		return;
	count_checksums(c->s, sum);
	for (d = 0; d < 2; d++)
		many[d] = sum[d].bad > 0 && sum[d].bad * 2 > sum[d].data;
	if (!many[0] && !many[1])
		return;
	rewritten = (many[0] && many[1]) || sum[0].bad_ip || sum[1].bad_ip;
	d = many[0] && many[1] ? (sum[0].first->frame < sum[1].first->frame ? 0 : 1) :
	    many[0]            ? 0 :
	                         1;
	f = report_frame(c, sum[d].first->frame, sum[d].first->ts,
	    rewritten ?
	        "%llu of the %llu frames of the %s have a wrong TCP checksum and its data was "
	        "acknowledged%s: this capture was rewritten, or taken inside one host. All "
	        "octets are used." :
	        "%llu of the %llu frames of the %s have a wrong TCP checksum, and its data was "
	        "acknowledged%s: its network card fills the checksum in behind the capture. All "
	        "octets are used.",
	    (unsigned long long)sum[d].bad_frames, (unsigned long long)sum[d].frames,
	    role_name((enum stream_dir)d),
	    many[0] && many[1] ? "; so it is with the other side" : "");
	f->confidence = CONF_CERTAIN;
}

static void
capture_clock(struct check_ctx *c)
{
	const struct stream *st = c->s->stream;
	const struct ledger_seg *g = segment_of(c->s, st->clock_frame);
	struct finding *f;

	if (st->clock_steps == 0)
		return;
	f = report_frame(c, st->clock_frame, g != NULL ? g->ts : st->first_ts,
	    "Its time stamp is %.6g ms before that of the frame before it in this connection%s.",
	    (double)st->clock_step / 1e6,
	    st->clock_steps > 1 ?
	        check_text(c, " (%llu such steps in all)", (unsigned long long)st->clock_steps) :
	        "");
	f->confidence = CONF_CERTAIN;
}

const struct check checks_quality[] = {
	{ .info = { .id = "capture-truncated",
	      .title = "Frames cut by snap length",
	      .phase = 'A',
	      .culprit = CULPRIT_PATH,
	      .kind = CHECK_TRANSPORT,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 9293 3.4",
	      .what = "Frames with data of which the capture file holds only the beginning.",
	      .why = "The rest of those lines is unknown, so their content cannot be judged.",
	      .proof = "The IP length is greater than what the file holds.",
	      .fakes = "Padding and frame check sequences: only the IP length counts.",
	      .remedy = "Capture again with the full length (-s 0)." },
	    .needs_tcp = true,
	    .any_protocol = true,
	    .session = capture_truncated },
	{ .info = { .id = "capture-checksum-offload",
	      .title = "Bad checksums from offload, not from the wire",
	      .phase = 'A',
	      .culprit = CULPRIT_PATH,
	      .kind = CHECK_REMARK,
	      .severity = SEV_NOTE,
	      .tier = TIER_CORE,
	      .refs = "RFC 9293 3.1",
	      .what = "More than half of the data frames of one host have a wrong TCP checksum "
	              "although "
	              "the other host acknowledged them.",
	      .why = "Explains why other tools drop these frames or mark every one of them.",
	      .proof = "What a host acknowledges it has received with a right checksum.",
	      .fakes = "Single damaged frames, which the peer does not acknowledge.",
	      .remedy =
	          "Nothing; to see true checksums, turn the offload off or capture elsewhere. "
	          "--checksum=strict drops such frames." },
	    .needs_tcp = true,
	    .any_protocol = true,
	    .session = capture_checksum_offload },
	{ .info = { .id = "capture-clock",
	      .title = "Capture time runs backwards or jumps",
	      .phase = 'A',
	      .culprit = CULPRIT_PATH,
	      .kind = CHECK_TRANSPORT,
	      .severity = SEV_WARNING,
	      .tier = TIER_CORE,
	      .refs = "RFC 9293 3.4",
	      .what = "A frame stamped more than 1 ms before the frame captured ahead of it.",
	      .why =
	          "Waiting times and time-outs cannot be trusted. Proofs by acknowledgement number "
	          "need no clock and stay good.",
	      .proof = "The two time stamps.",
	      .fakes = "Frames of several queues of one card, which differ by less.",
	      .remedy =
	          "Merge by time, use one capture point, keep the clock of the capturing host "
	          "steady." },
	    .needs_tcp = true,
	    .any_protocol = true,
	    .session = capture_clock },
	{ .info = { .id = NULL } }
};
