/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * span - what lies between two frames of a session.
 */
#include <inttypes.h>

#include "base/output.h"
#include "base/timefmt.h"
#include "report/common.h"
#include "report/keep.h"
#include "tui/span.h"

static bool
is_again(const struct ledger_seg *g)
{
	return g->kind == KIND_RETRANSMISSION || g->kind == KIND_KEEPALIVE || g->kind == KIND_PROBE;
}

bool
span_measure(struct span *sp, const struct smtp_session *s, uint64_t a, uint64_t b)
{
	const struct ledger *l = &s->stream->ledger;
	uint64_t from = a < b ? a : b, to = a < b ? b : a;
	size_t i = keep_record(l, from), end = keep_record(l, to);

	if (i == l->n || end == l->n || l->seg[i].frame > from || l->seg[end].frame > to)
		return false;
	*sp = (struct span){ .first = from,
		.last = to,
		.time = common_since(l->seg[end].ts, l->seg[i].ts),
		.about = l->seg[i].count > 1 || l->seg[end].count > 1,
		.timed = !s->stream->transcript };
	for (; i <= end; i++) {
		const struct ledger_seg *g = &l->seg[i];
		enum stream_dir role = smtp_role(s, g);

		sp->frames[role] += g->count;
		sp->octets[role] += g->len;
		sp->again[role] += is_again(g) ? g->len : 0;
	}
	return true;
}

static void
put_time(struct output *o, const struct span *sp)
{
	char text[TIME_TEXT_MAX];

	time_duration(text, sp->time);
	out_puts(o, text);
}

static void
put_way(struct output *o, const struct span *sp, enum stream_dir role)
{
	char number[NUMBER_TEXT_MAX];

	out_printf(o, "%s %s", role == DIR_CLIENT ? "C>S" : "S>C", sp->about ? "about " : "");
	common_count(o, sp->frames[role], sp->timed ? "frame" : "line");
	out_puts(o, ", ");
	common_count(o, sp->octets[role], "octet");
	if (sp->again[role])
		out_printf(o, ", %s of them sent again", common_number(number, sp->again[role]));
}

void
span_words(struct output *o, const struct span *sp)
{
	out_printf(o, "%ss %" PRIu64 " to %" PRIu64 ": ", sp->timed ? "frame" : "line", sp->first,
	    sp->last);
	if (sp->timed) {
		put_time(o, sp);
		out_puts(o, "; ");
	}
	put_way(o, sp, DIR_CLIENT);
	out_puts(o, "; ");
	put_way(o, sp, DIR_SERVER);
}

void
span_lines(struct output *o, const struct span *sp)
{
	if (sp->timed) {
		put_time(o, sp);
		out_putc(o, '\n');
	}
	put_way(o, sp, DIR_CLIENT);
	out_putc(o, '\n');
	put_way(o, sp, DIR_SERVER);
}
