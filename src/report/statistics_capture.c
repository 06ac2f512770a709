/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * statistics_capture - every counter of what was seen, dropped, cut or doubted, and how
 * many sessions the capture holds whole: how far a report can be trusted.
 *
 * For machines every counter is there; as text only what is not 0.  Counters of trouble
 * are marked, so that a script need not know their names.
 */
#include <inttypes.h>

#include "report/common.h"
#include "report/statistics.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

struct capture_table {
	uint64_t sessions, whole, handshake, midstream, one_sided, gaps, inferred, open;
	uint64_t checksums, clock, transcripts;
	uint64_t near_client, near_server, middle;
};

static bool
is_whole(const struct smtp_session *s)
{
	const struct stream_half *client = smtp_half(s, DIR_CLIENT);
	const struct stream_half *server = smtp_half(s, DIR_SERVER);
	bool reset = client->rst_frame || server->rst_frame;

	return s->stream->handshake && (reset || (client->fin_frame && server->fin_frame)) &&
	    !s->gap_octets[0] && !s->gap_octets[1] && !s->limited && !s->one_sided &&
	    !s->stream->refused_octets;
}

/* A network card that fills checksums in is no fault: then most of one side are wrong. */
static bool
has_bad_checksums(const struct smtp_session *s)
{
	unsigned role;

	for (role = 0; role < 2; role++) {
		const struct stream_half *h = smtp_half(s, (enum stream_dir)role);

		if (h->bad_checksums && h->bad_checksums <= h->packets / 2)
			return true;
	}
	return false;
}

static void
capture_session(void *state, const struct table_sink *sink, const struct smtp_session *s)
{
	const char *point = s->capture_point ? s->capture_point : "";
	struct capture_table *v = state;

	(void)sink;
	v->sessions++;
	v->transcripts += s->stream->transcript;
	if (s->stream->transcript)
		return;
	v->whole += is_whole(s);
	v->handshake += s->stream->handshake;
	v->midstream += s->stream->midstream;
	v->one_sided += s->one_sided;
	v->gaps += s->gap_octets[0] || s->gap_octets[1];
	v->inferred += !s->roles_certain;
	v->open += s->closure == CLOSURE_CAPTURE_END;
	v->checksums += has_bad_checksums(s);
	v->clock += s->stream->clock_steps != 0;
	v->near_client += strcmp(point, "near-client") == 0;
	v->near_server += strcmp(point, "near-server") == 0;
	v->middle += strcmp(point, "middle") == 0;
}

struct counter {
	const char *key;
	uint64_t n;
	bool trouble; /* more than 0 weakens the report */
	const char *meaning;
};

static void
put_counters(struct table *t, const struct table_sink *sink, const struct counter *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (sink->form == TABLE_TEXT && !v[i].n)
			continue;
		table_text(t, v[i].key);
		table_number(t, v[i].n);
		table_text(t, !v[i].trouble ? "fact" : v[i].n ? "trouble" : "none");
		table_text(t, v[i].meaning);
	}
}

static void
put_frames(struct table *t, const struct table_sink *sink, const struct run *run)
{
	const struct capture_stats *c = &run->capture;
	const struct decode_stats *d = &run->decode;
	const struct counter rows[] = {
		{ "frames", c->packets, false, "frames that passed the filter" },
		{ "octets", c->bytes, false, "captured octets in them" },
		{ "dropped_kernel", c->dropped_kernel, true, "frames: the capture was too slow" },
		{ "dropped_interface", c->dropped_interface, true, "frames: by the interface" },
		{ "truncated_input", c->truncated_input, true, "an input ends inside a record" },
		{ "time_backwards", c->time_backwards, true, "frames earlier than the one before" },
		{ "text_ignored", c->text_ignored, false, "lines of transcripts, no dialogue" },
		{ "text_cut", c->text_cut, true, "lines of transcripts, too long" },
		{ "segments", d->segments, false, "frames that are TCP" },
		{ "not_tcp", d->not_tcp, false, "frames that are something else" },
		{ "fragments", d->fragments, false, "frames with a fragment before the last" },
		{ "fragments_expired", d->fragments_expired, true, "IP datagrams, never whole" },
		{ "fragments_refused", d->fragments_refused, true, "fragments, no memory" },
		{ "fragments_pending", d->fragments_pending, true, "IP datagrams, not whole yet" },
		{ "malformed", d->malformed, true, "frames whose header contradicts itself" },
		{ "cut", d->cut, true, "frames with a header cut by the snap length" },
		{ "snaplen_cut", d->snaplen_cut, true, "frames with a payload cut by it" },
		{ "unknown_link", d->unknown_link, true, "frames of an unknown link type" },
		{ "depth_exceeded", d->depth_exceeded, true, "frames, tunnels nested too deep" },
		{ "aggregates", d->aggregates, true, "802.11 frames, parts not decoded" },
		{ "bad_ip_checksum", d->bad_ip_checksum, true, "frames" },
		{ "bad_tcp_checksum", d->bad_tcp_checksum, true,
		    "frames; with most of one side, the network card fills them in" },
	};

	put_counters(t, sink, rows, COUNT(rows));
}

static void
put_streams(struct table *t, const struct table_sink *sink, const struct run *run)
{
	const struct tracker_stats *k = &run->tracker;
	const struct counter rows[] = {
		{ "connections", k->streams, false, "TCP connections" },
		{ "other_connections", run->other_connections, false, "of them no SMTP" },
		{ "evicted", k->evicted, true, "connections ended early by a limit" },
		{ "strict_dropped", k->strict_dropped, true, "segments, for their checksum" },
		{ "engine_skipped", k->engine_skipped, true, "segments, the engine cannot follow" },
		{ "gaps", k->gaps, true, "holes in TCP streams" },
		{ "gap_octets", k->gap_octets, true, "octets in them" },
		{ "late_octets", k->late_octets, true, "octets, came after they were given up" },
		{ "rst_ignored", k->rst_ignored, false, "resets outside the window" },
		{ "fin_ignored", k->fin_ignored, false, "FINs below octets seen before" },
		{ "refused_segments", k->refused_segments, true, "no memory for a connection" },
		{ "refused_octets", k->refused_octets, true, "octets, no memory" },
		{ "memory_refusals", run->memory_refusals, false, "times that memory was refused" },
	};

	put_counters(t, sink, rows, COUNT(rows));
}

static void
put_sessions(struct table *t, const struct table_sink *sink, const struct capture_table *v,
    const struct run *run)
{
	const struct counter rows[] = {
		{ "sessions", v->sessions, false, "sessions" },
		{ "whole", v->whole, false, "from the handshake to the end, nothing missing" },
		{ "handshake", v->handshake, false, "their handshake was captured" },
		{ "midstream", v->midstream, true, "joined in mid-stream" },
		{ "one_sided", v->one_sided, true, "one direction was not captured" },
		{ "with_gaps", v->gaps, true, "octets are missing" },
		{ "roles_inferred", v->inferred, true, "who is the server is inferred" },
		{ "still_open", v->open, false, "open when the capture ended" },
		{ "with_bad_checksums", v->checksums, true, "some frames were damaged" },
		{ "with_clock_steps", v->clock, true, "the clock went backwards" },
		{ "limited", run->limited_sessions, true, "not kept whole because of a limit" },
		{ "transcripts", v->transcripts, true, "read from text: TCP proves nothing" },
		{ "near_client", v->near_client, false, "captured near the client" },
		{ "near_server", v->near_server, false, "captured near the server" },
		{ "in_the_middle", v->middle, false, "captured between them" },
		{ "suppressed", run->suppressed, false, "findings left out, as asked" },
		{ "regraded", run->regraded, false, "findings graded as asked" },
	};

	put_counters(t, sink, rows, COUNT(rows));
}

static void
capture_end(void *state, const struct table_sink *sink, const struct run *run)
{
	static const struct table_column columns[] = {
		{ "counter", "counter", COLUMN_TEXT, 0, false },
		{ "count", "count", COLUMN_NUMBER, 0, false },
		{ "kind", "kind", COLUMN_TEXT, 0, false },
		{ "meaning", "meaning", COLUMN_TEXT, 0, false },
	};
	const struct capture_table *v = state;
	struct table *t = table_new(sink, "capture", columns, COUNT(columns), false);

	put_frames(t, sink, run);
	put_streams(t, sink, run);
	put_sessions(t, sink, v, run);
	table_end(t);
	if (!v->sessions)
		return;
	if (v->whole == v->sessions)
		table_remark(sink, "every session is there from the handshake to the end");
	else
		table_remark(sink,
		    "%" PRIu64 " of %" PRIu64
		    " sessions are not there from the handshake to the end;"
		    " what needs the rest is weaker or not said",
		    v->sessions - v->whole, v->sessions);
}

const struct statistic statistic_capture = {
	.name = "capture",
	.summary = "every counter of losses and doubts: how far to trust the rest",
	.heading = "The capture",
	.size = sizeof(struct capture_table),
	.session = capture_session,
	.end = capture_end,
};
