/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * build_frames - the annotated frames of a session: one line for each part of a
 * frame, findings under the frame that proves them.
 *
 * A frame that a finding names has its TCP line below it, because its numbers are
 * the proof.  Where the screen is narrow, the protocol has no column and frames
 * without payload have their TCP line below too.
 */
#include <inttypes.h>

#include "base/error.h"
#include "base/output.h"
#include "report/tcpline.h"
#include "report/folding.h"
#include "tui/sheet.h"

enum {
	WIDE = 100, /* columns from which on there is room for everything */
	FRAME_COLUMNS = 9,
	BELOW = 9,        /* where TCP lines begin, if not in the summary */
	TCP_COLUMNS = 72, /* of a TCP line */
	TEXT_MIN = 16     /* of quoted text, however narrow the screen is */
};

struct frames {
	struct sheet h;
	struct folding f;
	struct sheet_findings findings;
	int summary; /* its column */
	bool wide;
};

/* -- one frame -------------------------------------------------------------------------- */

static void
put_number(struct frames *b, const struct ledger_seg *first, const struct ledger_seg *last)
{
	if (last->last_frame > first->frame)
		doc_printf(
		    b->h.doc, STYLE_PLAIN, "%7" PRIu64 "-%" PRIu64, first->frame, last->last_frame);
	else
		doc_printf(b->h.doc, STYLE_PLAIN, "%7" PRIu64, first->frame);
	doc_column(b->h.doc, FRAME_COLUMNS, 1);
}

static enum style
role_style(enum stream_dir role)
{
	return role == DIR_CLIENT ? STYLE_CLIENT : STYLE_SERVER;
}

/* Everything in front of the summary. */
static void
put_head(struct frames *b, const struct fold *fold)
{
	const struct ledger_seg *g = fold->first;
	enum stream_dir role = smtp_role(b->h.s, g);

	sheet_line(&b->h, 0);
	put_number(b, g, g);
	sheet_time(&b->h, g->ts, fold->previous);
	doc_printf(b->h.doc, role_style(role), "%s", role == DIR_CLIENT ? "C>S" : "S>C");
	if (b->wide)
		doc_printf(b->h.doc, STYLE_PLAIN, " %s", frame_protocol(&b->f.view, g));
	doc_column(b->h.doc, b->summary, 1);
}

static void
put_tcp(struct frames *b, const struct ledger_seg *g, int column)
{
	struct output *o = output_memory();

	doc_column(b->h.doc, column, 0);
	tcp_line(o, b->h.s->stream, g);
	sheet_take(&b->h, STYLE_DIM, o);
}

/* "SYN", "ACK", "FIN, zero window": what a frame without payload is, if there is no room. */
static void
put_flags(struct frames *b, const struct ledger_seg *g)
{
	static const struct {
		uint8_t flag;
		const char *name;
	} rows[] = { { TCP_SYN, "SYN " }, { TCP_FIN, "FIN " }, { TCP_RST, "RST " },
		{ TCP_ACK, "ACK" } };
	unsigned i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (g->flags & rows[i].flag)
			sheet_str(&b->h, STYLE_DIM, rows[i].name);
	if (g->win == 0 && !(g->flags & TCP_RST))
		sheet_str(&b->h, STYLE_WARNING, ", zero window");
}

/* "(offers SIZE PIPELINING STARTTLS)", as many as there is room for; nothing if it is no reply to
 * EHLO. */
static void
put_offers(struct output *o, const struct smtp_session *s, const struct smtp_reply *r, int room)
{
	const struct smtp_unit *u = r->meant ? r->meant : r->unit, *next;
	const struct smtp_ehlo *e;
	unsigned i;

	if (!u || u->kind != UNIT_COMMAND)
		return;
	/* What it offers is in force for the next unit, or was the last offer. */
	next = STAILQ_NEXT(u, link);
	e = next ? next->ctx.offer : STAILQ_LAST(&s->ehlos, smtp_ehlo, link);
	if (!e || e->reply != r || e->next == 0)
		return;
	out_puts(o, "(offers");
	for (i = 0; i < e->next; i++) {
		struct slice word = e->ext[i].keyword;

		if ((int)(output_slice(o).n + word.n) + 6 > room) {
			out_puts(o, " ...");
			break;
		}
		out_putc(o, ' ');
		out_write(o, word);
	}
	out_putc(o, ')');
}

/* What stands behind the text of a part if there is room. */
static void
put_remark(struct frames *b, const struct frame_part *part, int room)
{
	struct output *o = output_memory();

	room -= 2;
	if (part->piece && part->begins) {
		if (part->piece->kind == PIECE_REPLY) {
			put_offers(o, b->h.s, part->piece->reply, room);
			if (output_slice(o).n == 0)
				sheet_answered(o, &b->h, part->piece->reply);
		} else if (part->piece->kind == PIECE_LINE &&
		    part->piece->unit->flags & UNIT_EARLY) {
			out_puts(o, "(pipelined)");
		}
	}
	if (output_slice(o).n)
		sheet_str(&b->h, STYLE_PLAIN, "  ");
	sheet_take_if(&b->h, STYLE_DIM, o, room);
}

static struct output *
words_within(struct frames *b, const struct frame_part *part, int columns)
{
	struct output *o = output_memory();

	b->f.view.columns = columns < TEXT_MIN ? TEXT_MIN : (unsigned)columns;
	frame_part_put(o, &b->f.view, part);
	return o;
}

/* The part in words, its quoted text cut so that all of it fits. */
static struct output *
part_words(struct frames *b, const struct frame_part *part, int room)
{
	struct output *o = words_within(b, part, room);
	struct error err;
	int columns = sheet_columns(&b->h, output_slice(o));

	if (columns <= room)
		return o;
	/* Cut as far as possible, it tells how much stands around the text; the dots are known. */
	output_close(o, &err);
	o = words_within(b, part, TEXT_MIN);
	columns = sheet_columns(&b->h, output_slice(o)) - TEXT_MIN;
	output_close(o, &err);
	return words_within(b, part, room - columns);
}

static void
put_part(struct frames *b, const struct frame_part *part, enum stream_dir role)
{
	int room = b->h.opt->width - b->summary;
	struct output *o = part_words(b, part, room);

	room -= sheet_columns(&b->h, output_slice(o));
	sheet_take(&b->h,
	    part->piece && part->piece->kind != PIECE_GAP ? role_style(role) : STYLE_WARNING, o);
	put_remark(b, part, room);
}

static void
put_octets(struct frames *b, const struct ledger_seg *g)
{
	struct frame_part part;
	int64_t off;

	if (g->kind == KIND_RETRANSMISSION || g->kind == KIND_KEEPALIVE) {
		struct output *o = output_memory();

		frame_again_put(o, &b->f.view, g);
		sheet_take(&b->h, STYLE_DIM, o);
		return;
	}
	for (off = g->off; frame_part_at(&part, &b->f.view, &b->f.walk, g, off);
	     off += (int64_t)part.n) {
		if (off > g->off) {
			sheet_line(&b->h, 0);
			doc_column(b->h.doc, b->summary, 0);
		}
		put_part(b, &part, smtp_role(b->h.s, g));
	}
}

static void
put_frame(struct frames *b, const struct fold *fold)
{
	const struct ledger_seg *g = fold->first;
	bool below = b->h.opt->tcp || fold->mark == KEEP_NAMED;
	int column = b->wide ? b->summary : BELOW;

	b->h.frame = g->frame;
	put_head(b, fold);
	if (g->count > 1) {
		doc_printf(b->h.doc, STYLE_DIM,
		    "%" PRIu32 " frames kept as one record, %" PRIu32 " bytes", g->count, g->len);
		return;
	}
	if (g->len) {
		put_octets(b, g);
	} else if (b->h.opt->width - b->summary >= TCP_COLUMNS) {
		put_tcp(b, g, b->summary);
		return;
	} else {
		put_flags(b, g);
		below = below || !frame_is_ack(&b->f.view, g);
	}
	if (!below || b->h.s->stream->transcript)
		return;
	sheet_line(&b->h, 0);
	put_tcp(b, g, column);
}

static void
put_fold(struct frames *b, const struct fold *fold)
{
	struct output *o = output_memory();

	b->h.frame = fold->first->frame;
	sheet_line(&b->h, DOC_FOLD);
	put_number(b, fold->first, fold->last);
	doc_column(b->h.doc, b->summary - 4, 1);
	sheet_str(&b->h, STYLE_DIM, "... ");
	folding_words(o, &b->f, fold);
	sheet_take(&b->h, STYLE_DIM, o);
}

/* -- findings --------------------------------------------------------------------------- */

static void
put_finding(struct frames *b, const struct finding *f)
{
	char lead[16];
	struct sheet_par par = {
		.lead = lead, .lead_style = sheet_severity(f->severity), .indent = 1
	};

	snprintf(lead, sizeof lead, "%*s%s", BELOW, "", sheet_bar(&b->h));
	b->h.frame = f->frame;
	b->h.finding = f;
	sheet_finding_head(&b->h, &par, f);
	if (!f->parent) {
		if (f->detail && *f->detail)
			sheet_wrap(&b->h, &par, STYLE_PLAIN, slice_str(f->detail));
		sheet_table(&b->h, &par, STYLE_PLAIN, f->table);
	}
	b->h.finding = NULL;
}

static void
put_findings(struct frames *b, uint64_t upto)
{
	const struct finding *f;

	while ((f = sheet_finding_upto(&b->findings, upto)) != NULL)
		put_finding(b, f);
}

/* -- the view --------------------------------------------------------------------------- */

static void
put_heads(struct frames *b, struct doc *title)
{
	int time = sheet_time_columns(&b->h);

	doc_line(title, DOC_HEAD, 0, NULL);
	doc_text(
	    title, STYLE_HEADER, slice_str(b->h.s->stream->transcript ? "   line" : "  frame"));
	if (time) {
		doc_column(title, FRAME_COLUMNS + time - 6, 1);
		doc_text(title, STYLE_HEADER,
		    slice_str(b->h.cfg.time == TIME_DELTA ? "delta" : " time"));
	}
	doc_column(title, FRAME_COLUMNS + time, 1);
	doc_text(title, STYLE_HEADER, slice_str(b->wide ? "dir proto" : "dir"));
	doc_column(title, b->summary, 1);
	doc_text(title, STYLE_HEADER, slice_str("summary"));
}

void
build_frames(struct doc *title, struct doc *body, const struct smtp_session *s,
    const struct build_options *opt)
{
	struct frames b = { .wide = opt->width >= WIDE };
	struct fold fold;

	sheet_init(&b.h, title, s, opt, 0);
	sheet_title(&b.h, "Frames");
	b.summary = FRAME_COLUMNS + sheet_time_columns(&b.h) + (b.wide ? 10 : 4);
	put_heads(&b, title);
	b.h.doc = body;
	doc_ascii(body, opt->ascii);
	sheet_findings_init(&b.findings, &b.h);
	folding_init(&b.f, &b.h.cfg, s, opt->unfold);
	while (folding_next(&b.f, &fold)) {
		if (fold.first == fold.last)
			put_frame(&b, &fold);
		else
			put_fold(&b, &fold);
		folding_shown(&b.f, &fold);
		/* A line of a transcript may have been sent in several segments. */
		if (b.f.next == s->stream->ledger.n || fold.last[1].frame != fold.last->last_frame)
			put_findings(&b, fold.last->last_frame);
	}
	put_findings(&b, UINT64_MAX);
	sheet_ending(&b.h);
	sheet_findings_fini(&b.findings);
	folding_fini(&b.f);
	sheet_fini(&b.h);
}
