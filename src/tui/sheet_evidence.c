/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sheet_evidence - the frames that a finding names: what each carried, and below
 * it the TCP line whose numbers prove it.
 */
#include <inttypes.h>

#include "base/error.h"
#include "base/output.h"
#include "report/keep.h"
#include "report/ladder.h"
#include "report/step.h"
#include "report/tcpline.h"
#include "tui/sheet.h"

enum { FRAME_COLUMNS = 10 };

struct frames {
	struct step_source from;
	const struct finding *f;
	bool transcript;
};

/* "frame 58   +0.560500 S>C  552 Message exceeds ..." and its TCP line. */
static void
put_record(struct sheet *h, struct frames *v, const struct ledger_seg *g, bool anchor)
{
	static const char lost[] = "  never acknowledged";
	struct step step = { .kind = STEP_FRAME };
	struct output *o = output_memory();
	enum stream_dir role = smtp_role(h->s, g);
	struct error err;
	int room;

	v->from.lines = 0;
	step_fill(&step, &v->from, g);
	h->frame = g->frame;
	sheet_line(h, 0);
	doc_printf(h->doc, STYLE_PLAIN, "%s%7" PRIu64, anchor ? "> " : "  ", g->frame);
	doc_column(h->doc, FRAME_COLUMNS, 1);
	sheet_time(h, g->ts, v->f->ts);
	sheet_str(h, role == DIR_CLIENT ? STYLE_CLIENT : STYLE_SERVER,
	    role == DIR_CLIENT ? "C>S " : "S>C ");
	/* A step has its names replaced already. */
	ladder_label(o, &step);
	room = h->opt->width - FRAME_COLUMNS - sheet_time_columns(h) - 4;
	sheet_cut(h, role == DIR_CLIENT ? STYLE_CLIENT : STYLE_SERVER, output_slice(o),
	    step.lost ? room - (int)strlen(lost) : room);
	output_close(o, &err);
	sheet_str(h, STYLE_ERROR, step.lost ? lost : "");
	step_fini(&step);
	if (v->transcript)
		return;
	o = output_memory();
	tcp_line(o, h->s->stream, g);
	sheet_line(h, 0);
	doc_column(h->doc, FRAME_COLUMNS, 0);
	sheet_take(h, STYLE_DIM, o);
}

static void
put_frame(struct sheet *h, struct frames *v, uint64_t frame)
{
	const struct ledger *l = &h->s->stream->ledger;
	size_t i = keep_record(l, frame);
	bool any = false;

	/* A line of a transcript may have been sent in several segments. */
	for (; i < l->n && l->seg[i].frame <= frame; i++) {
		if (v->transcript && l->seg[i].len == 0)
			continue;
		put_record(h, v, &l->seg[i], frame == v->f->frame);
		any = true;
	}
	if (any)
		return;
	h->frame = frame;
	sheet_line(h, 0);
	doc_printf(h->doc, STYLE_PLAIN, "%s%7" PRIu64 "  not of this connection, or not kept",
	    frame == v->f->frame ? "> " : "  ", frame);
}

/* The frames of the finding in the order of the capture, each once; returns how many. */
static unsigned
order_frames(uint64_t frames[FINDING_MAX_FRAMES + 1], const struct finding *f)
{
	unsigned n = 0, i, k;

	frames[n++] = f->frame;
	for (i = 0; i < f->nframes && i < FINDING_MAX_FRAMES; i++) {
		for (k = n; k > 0 && frames[k - 1] > f->frames[i]; k--)
			;
		if (k > 0 && frames[k - 1] == f->frames[i])
			continue;
		memmove(frames + k + 1, frames + k, (n - k) * sizeof *frames);
		frames[k] = f->frames[i];
		n++;
	}
	return n;
}

void
sheet_evidence(struct sheet *h, const struct finding *f)
{
	struct frames v = { .from = { .s = h->s, .cfg = &h->cfg, .r = h->redactor },
		.f = f,
		.transcript = h->s->stream->transcript };
	uint64_t frames[FINDING_MAX_FRAMES + 1];
	unsigned n = order_frames(frames, f), i;

	frame_view_set(&v.from.view, &h->cfg, h->s);
	for (i = 0; i < n; i++)
		put_frame(h, &v, frames[i]);
	frame_view_fini(&v.from.view);
}
