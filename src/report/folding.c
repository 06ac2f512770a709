/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * folding - which records are shown one by one.
 *
 * Runs inside one message, chunk or TLS are folded, and runs of segments that
 * were sent again, each with the bare acknowledgements between them; but never a
 * record near the frame of a finding.
 */
#include <inttypes.h>

#include "base/output.h"
#include "base/timefmt.h"
#include "report/tcpline.h"
#include "report/folding.h"

enum { WAITS_SHOWN = 6 };

void
folding_init(
    struct folding *f, const struct report_config *cfg, const struct smtp_session *s, bool unfold)
{
	*f = (struct folding){ .view.raw = true, .unfold = unfold };
	frame_view_set(&f->view, cfg, s);
	keep_mark(&f->keep, cfg, s, 0);
}

void
folding_fini(struct folding *f)
{
	frame_view_fini(&f->view);
	keep_fini(&f->keep);
}

static bool
is_again(const struct ledger_seg *g)
{
	return g->kind == KIND_RETRANSMISSION || g->kind == KIND_KEEPALIVE || g->kind == KIND_PROBE;
}

/* A bare acknowledgement that closes the window: in a run it is counted. */
static bool
is_full(const struct folding *f, const struct ledger_seg *g)
{
	return g->len == 0 && g->win == 0 && g->kind == KIND_EMPTY && (g->flags & TCP_ACK) &&
	    !tcp_issues(f->view.s->stream, g);
}

/* Can the record be in a run of this class? */
static bool
is_foldable(const struct folding *f, size_t i, bool again, bool begun)
{
	const struct ledger_seg *g = &f->view.s->stream->ledger.seg[i];

	if (f->keep.near[i] || g->flags & (TCP_SYN | TCP_FIN | TCP_RST | TCP_URG))
		return false;
	if (begun && (frame_is_ack(&f->view, g) || is_full(f, g)))
		return true;
	return again ? is_again(g) : frame_is_bulk(&f->view, g);
}

/* Records in a run that begins here; 0: too few to be worth it. */
static size_t
run_length(const struct folding *f, bool again)
{
	bool begun = !again && f->walk.bulk;
	size_t i = f->next, n = f->view.s->stream->ledger.n;

	while (i < n && is_foldable(f, i, again, begun)) {
		begun = true;
		i++;
	}
	return i - f->next < KEEP_RUN ? 0 : i - f->next;
}

bool
folding_next(struct folding *f, struct fold *fold)
{
	const struct ledger *l = &f->view.s->stream->ledger;
	size_t n = 0, i;

	/* Of a transcript only what was said is evidence. */
	while (f->view.s->stream->transcript && f->next < l->n && l->seg[f->next].len == 0)
		f->next++;
	if (f->next >= l->n)
		return false;
	*fold = (struct fold){ .first = &l->seg[f->next],
		.mark = (enum keep_mark)f->keep.near[f->next] };
	fold->previous = f->walk.begun ? f->walk.ts : fold->first->ts;
	if (!f->unfold && (n = run_length(f, false)) == 0)
		fold->again = (n = run_length(f, true)) != 0;
	if (n == 0)
		n = 1;
	fold->last = &l->seg[f->next + n - 1];
	for (i = 0; i < n; i++) {
		const struct ledger_seg *g = fold->first + i;

		fold->frames += g->count;
		fold->octets += g->len;
		fold->full += is_full(f, g);
		if (!fold->what)
			fold->what = frame_bulk_name(&f->view, g);
	}
	return true;
}

void
folding_shown(struct folding *f, const struct fold *fold)
{
	const struct ledger_seg *g;

	for (g = fold->first; g <= fold->last; g++)
		frame_passed(&f->walk, &f->view, g);
	f->walk.ts = fold->last->ts;
	f->walk.begun = true;
	f->next = (size_t)(fold->last + 1 - f->view.s->stream->ledger.seg);
}

/* How long the sender waited each time: it shows a back-off. */
static void
put_waits(struct output *o, const struct fold *fold)
{
	const struct ledger_seg *g;
	char text[TIME_TEXT_MAX];
	int64_t before = fold->previous;
	unsigned n = 0;

	for (g = fold->first; g <= fold->last; g++) {
		if (!is_again(g))
			continue;
		if (n++ < WAITS_SHOWN) {
			time_duration(text, common_since(g->ts, before));
			out_printf(o, "%s%s", n == 1 ? ", after " : ", ", text);
		}
		before = g->ts;
	}
	if (n > WAITS_SHOWN)
		out_puts(o, " ...");
}

void
folding_words(struct output *o, const struct folding *f, const struct fold *fold)
{
	char number[NUMBER_TEXT_MAX];

	common_count(o, fold->frames, place_name(f->view.s->stream->transcript));
	if (fold->again)
		out_printf(o, ", %s octets sent again", common_number(number, fold->octets));
	else if (fold->octets)
		out_printf(o, ", %s octets of %s", common_number(number, fold->octets),
		    fold->what ? fold->what : "data");
	else
		out_puts(o, " without payload");
	if (fold->full)
		out_printf(o, ", window closed %s", common_number(number, fold->full));
	if (fold->full)
		out_puts(o, fold->full == 1 ? " time" : " times");
	if (fold->again && !f->view.s->stream->transcript)
		put_waits(o, fold);
}
