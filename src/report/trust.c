/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * trust - the counters of a run that say what it did not see.
 *
 * Every report for people ends with these rows; a counter that is missing here
 * is a silent loss.
 */
#include "base/output.h"
#include "report/common.h"
#include "report/trust.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

struct counter {
	uint64_t n;
	const char *noun, *text;
};

static size_t
add_rows(struct trust_row *out, const struct counter *v, size_t n, bool asked)
{
	size_t i, added = 0;

	for (i = 0; i < n; i++)
		if (v[i].n)
			out[added++] = (struct trust_row){ v[i].n, v[i].noun, v[i].text, asked };
	return added;
}

size_t
trust_rows(struct trust_row out[TRUST_ROWS_MAX], const struct run *run)
{
	const struct capture_stats *c = &run->capture;
	const struct decode_stats *d = &run->decode;
	const struct tracker_stats *t = &run->tracker;
	const struct counter losses[] = {
		{ c->dropped_kernel, "frame", "dropped by the kernel: the capture was too slow" },
		{ c->dropped_interface, "frame", "dropped by the interface" },
		{ c->time_backwards, "frame", "stamped earlier than the frame before it" },
		{ d->malformed, "frame", "with a header that contradicts itself" },
		{ d->cut, "frame", "with a header cut by the snap length" },
		{ d->unknown_link, "frame", "of a link type that is not known" },
		{ d->depth_exceeded, "frame", "with tunnels nested too deep" },
		{ d->snaplen_cut, "frame", "with a payload cut by the snap length" },
		{ d->fragments_expired, "IP datagram", "of which fragments are missing" },
		{ d->fragments_refused, "IP fragment", "dropped for lack of memory" },
		{ d->bad_ip_checksum, "frame", "with a bad IP checksum" },
		{ d->bad_tcp_checksum, "frame", "with a bad TCP checksum" },
		{ t->strict_dropped, "frame", "ignored for its checksum, as asked" },
		{ t->engine_skipped, "segment", "that this reassembly engine cannot follow" },
		{ t->gaps, "gap", "in the TCP streams" },
		{ t->gap_octets, "octet", "missing in them" },
		{ t->late_octets, "octet", "came after they had been given up" },
		{ t->refused_octets, "octet", "dropped for lack of memory" },
		{ t->evicted, "connection", "ended early by a limit" },
		{ run->midstream_sessions, "session",
		    "joined in mid-stream: what came before is unknown" },
		{ run->one_sided_sessions, "session", "of which one direction was not captured" },
		{ run->limited_sessions, "session", "not kept whole because of a limit" },
		{ run->forgotten, "fact",
		    "about earlier sessions forgotten: comparisons with them may be missing" },
		{ c->text_ignored, "line", "of transcripts that are no part of a dialogue" },
		{ c->text_cut, "line", "of transcripts that were too long, and cut" },
	};
	const struct counter asked[] = {
		{ run->hidden_sessions, "session", "not shown: the display filter hides them" },
		{ run->suppressed, "finding",
		    "suppressed as asked, those that follow from them included" },
		{ run->regraded, "finding", "graded as asked, not as usual" },
	};
	size_t n;

	_Static_assert(COUNT(losses) + COUNT(asked) < TRUST_ROWS_MAX, "room for one row more");
	n = add_rows(out, losses, COUNT(losses), false);
	n += add_rows(out + n, asked, COUNT(asked), true);
	if (c->truncated_input)
		out[n++] =
		    (struct trust_row){ 0, NULL, "an input file ends inside a record", false };
	return n;
}

void
trust_put(struct output *o, const struct trust_row *row)
{
	if (row->n) {
		common_count(o, row->n, row->noun);
		out_putc(o, ' ');
	}
	out_puts(o, row->text);
}
