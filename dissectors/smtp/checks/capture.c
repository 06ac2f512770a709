/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Phase A: how far the capture can be trusted, and what TCP did below the dialogue.
 */
#include "smtp/checks/check.h"

static const char *
side(enum stream_dir d)
{
	return d == DIR_CLIENT ? "client" : "server";
}

static void
capture_gap(struct check_ctx *c)
{
	const struct smtp_gap *g;
	struct finding *f;

	STAILQ_FOREACH (g, &c->s->gaps, link) {
		/* A cut frame has its own check; what libnids cannot follow was captured. */
		if (g->reason == REASON_SNAPLEN || g->reason == REASON_ENGINE)
			continue;
		f = report_frame(c, g->frame ? g->frame : c->s->stream->last_frame,
		    g->frame ? g->ts : c->s->stream->last_ts,
		    "%s of the %s (offsets %lld to %lld) %s not in the capture, in the phase "
		    "\"%s\"; %s. What depends on them is not judged until the dialogue is in step "
		    "again.",
		    count_text(c, g->len, "octet"), side(g->dir), (long long)g->off,
		    (long long)g->off + (long long)g->len, g->len == 1 ? "is" : "are", g->phase,
		    g->reason == REASON_LOST ? "the peer acknowledged them, so they did arrive" :
		        g->reason == REASON_BUDGET ?
		                               "they were dropped to keep the memory limit" :
		                               "nobody acknowledged them: the network lost them");
		f->confidence = CONF_CERTAIN;
		if (g->reason == REASON_NETWORK)
			lower_to(f, CONF_PROBABLE);
		relate(f, g->before_frame);
	}
}

static void
capture_one_sided(struct check_ctx *c)
{
	const struct ledger *l = &c->s->stream->ledger;
	struct finding *f;
	enum stream_dir seen;
	uint64_t missing;
	size_t i;

	if (!c->s->one_sided)
		return;
	seen = smtp_half(c->s, DIR_CLIENT)->data_packets ? DIR_CLIENT : DIR_SERVER;
	missing = c->s->gap_octets[!seen];
	for (i = 0; i < l->n; i++) {
		if (l->seg[i].len == 0)
			continue;
		f = report_frame(c, l->seg[i].frame, l->seg[i].ts,
		    "Only the %s's octets were captured; at least %s of the %s %s "
		    "missing (by the acknowledgement numbers). Everything that needs the other side is "
		    "not judged.",
		    side(seen), count_text(c, missing, "octet"), side(!seen),
		    missing == 1 ? "is" : "are");
		f->confidence = CONF_CERTAIN;
		return;
	}
}

static void
capture_midstream(struct check_ctx *c)
{
	struct finding *f;

	if (!c->s->stream->midstream)
		return;
	f = report_frame(c, c->s->stream->first_frame, c->s->stream->first_ts,
	    "The connection was open before the capture began: EHLO, AUTH, TLS and earlier "
	    "transactions are unknown%s.",
	    c->s->role_by_evidence ? ", and who is client and who is server is inferred from ports "
	                             "and text" :
	                             "");
	f->confidence = CONF_CERTAIN;
}

/* A table of frames leaves out parts of lines, and lines of replies. */
static bool
shown_in_part(const struct stream *st)
{
	size_t i;

	for (i = 0; i < st->ledger.n; i++)
		if (st->ledger.seg[i].issues & ISSUE_SNAPLEN)
			return true;
	return false;
}

static void
transcript_input(struct check_ctx *c)
{
	const struct stream *st = c->s->stream;
	struct finding *f;

	if (!st->transcript)
		return;
	f = report_frame(c, st->first_frame, st->first_ts,
	    "Read from a transcript: checks that need TCP evidence are silent.%s%s",
	    st->midstream ? " The beginning of the session is not in it." : "",
	    shown_in_part(st) ? " What it does not show of a line is not judged." : "");
	f->confidence = CONF_CERTAIN;
}

const struct check checks_capture[] = {
	{ .info = { .id = "capture-gap",
	      .title = "Bytes missing from the capture",
	      .phase = 'A',
	      .culprit = CULPRIT_PATH,
	      .kind = CHECK_TRANSPORT,
	      .severity = SEV_WARNING,
	      .tier = TIER_STAR,
	      .refs = "RFC 9293 3.4",
	      .what = "Octets of one side that are not in the capture although later ones are, or "
	              "although the peer acknowledged them.",
	      .why = "A command or reply may hide in the hole. Pairing and order are not judged "
	             "across it.",
	      .proof = "The peer's acknowledgement number passes the hole and no frame fills it "
	               "within the reorder time.",
	      .fakes =
	          "Frames out of order, an acknowledgement captured before its data, frames cut "
	          "by the snap length (capture-truncated).",
	      .remedy = "Capture on the mail host itself, with a larger kernel buffer (-B) and a "
	                "filter for its ports." },
	    .needs_tcp = true,
	    .session = capture_gap },
	{ .info = { .id = "capture-one-sided",
	      .title = "Only one direction was captured",
	      .phase = 'A',
	      .culprit = CULPRIT_PATH,
	      .kind = CHECK_TRANSPORT,
	      .severity = SEV_WARNING,
	      .tier = TIER_STAR,
	      .refs = "RFC 9293 3.4",
	      .what =
	          "Data segments of one side only, while the acknowledgements for the other side "
	          "advance or the other side is not seen at all.",
	      .why = "Replies cannot be paired with commands; only the visible side's syntax is "
	             "judged.",
	      .proof =
	          "Three data segments one way and none the other, with acknowledgement numbers "
	          "that count unseen octets.",
	      .fakes = "A server that is truly silent: its acknowledgements are seen and count "
	               "nothing.",
	      .remedy =
	          "Mirror both directions of the port, or capture where routing is symmetric." },
	    .needs_tcp = true,
	    .session = capture_one_sided },
	{ .info = { .id = "capture-midstream",
	      .title = "Conversation joined in the middle",
	      .phase = 'A',
	      .culprit = CULPRIT_PATH,
	      .kind = CHECK_REMARK,
	      .severity = SEV_NOTE,
	      .tier = TIER_STAR,
	      .refs = "RFC 9293 3.5",
	      .what = "The first frame of the connection is not its SYN.",
	      .why = "What was offered and agreed before is unknown, so nothing is called \"not "
	             "offered\".",
	      .proof = "No SYN of either side within the capture.",
	      .fakes = "A SYN that the capture stamped late.",
	      .remedy = "Start the capture before the connection; findings here are at most "
	                "probable." },
	    .needs_tcp = true,
	    .session = capture_midstream },
	{ .info = { .id = "transcript-input",
	      .title = "Read from a transcript, not from packets",
	      .phase = 'A',
	      .culprit = CULPRIT_EITHER,
	      .kind = CHECK_REMARK,
	      .severity = SEV_NOTE,
	      .tier = TIER_CORE,
	      .refs = "RFC 9293 3.4",
	      .what = "A dialogue that was given as text, with marks for client and server.",
	      .why =
	          "Numbers are those of lines, not of frames. Line ends, times, and what TCP had delivered are "
	          "not known: checks that need them are silent, and those that judge by the order of "
	          "the lines are at most probable.",
	      .proof = "The input is text.",
	      .fakes = "Lines that were left out or put into another order when the text was made.",
	      .remedy = "Capture the session to prove what was found here." },
	    .session = transcript_input },
	{ .info = { .id = NULL } }
};
