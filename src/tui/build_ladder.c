/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * build_ladder - a session as a sequence diagram: client left, server right, time
 * downwards.
 *
 *	--->  payload   ...>  none   ===>  pipelined commands, several replies
 *	---x  never acknowledged
 *
 * The distance of the two lines follows the width of the screen, within limits;
 * what is left of a wide screen shows the TCP numbers.  A wait that matters is a
 * line of its own: the drawing is not to scale.
 */
#include <inttypes.h>

#include "base/error.h"
#include "base/output.h"
#include "base/timefmt.h"
#include "report/ladder.h"
#include "report/step.h"
#include "report/tcpline.h"
#include "report/folding.h"
#include "tui/sheet.h"

enum {
	FRAME_COLUMNS = 9,
	LANE_MIN = 12, /* columns between the two lines */
	LANE_MAX = 90,
	NUMBERS_WIDE = 72, /* a whole TCP line */
	NUMBERS = 42,      /* sequence and acknowledgement alone */
	WIDE = 116         /* from which width on there are numbers at all */
};

#define WAIT_FOLDED   NS_PER_S         /* longer waits have a line */
#define WAIT_UNFOLDED (20 * NS_PER_MS) /* ... if nothing is to be folded */

struct rungs {
	struct sheet h;
	struct folding f;
	struct step_source from;
	struct sheet_findings findings;
	int left;    /* column of the client's line */
	int lane;    /* columns between the lines */
	int numbers; /* columns behind the server's line; 0: not shown */
};

/* -- strokes ---------------------------------------------------------------------------- */

enum stroke { STROKE_PAYLOAD, STROKE_NONE, STROKE_SEVERAL, STROKES };

static const struct glyphs {
	const char *stroke[STROKES];
	const char *right, *left, *lost, *line, *gap;
} ascii_glyphs = { { "-", ".", "=" }, ">", "<", "x", "|", ":" },
  wide_glyphs = { { "\u2500", "\u2504", "\u2550" }, "\u25ba", "\u25c4", "\u2573", "\u2502",
	  "\u250a" };

static const struct glyphs *
glyphs(const struct rungs *b)
{
	return b->h.opt->ascii ? &ascii_glyphs : &wide_glyphs;
}

static void
repeat(struct rungs *b, enum style style, const char *glyph, int n)
{
	struct output *o = output_memory();
	struct error err;

	while (n-- > 0)
		out_puts(o, glyph);
	doc_text(b->h.doc, style, output_slice(o));
	output_close(o, &err);
}

/* Is a unit in the frame one of a group that was sent without waiting? */
static bool
is_pipelined(const struct rungs *b, const struct ledger_seg *g)
{
	const struct pieces *v = &b->f.view.pieces[smtp_role(b->h.s, g)];
	const struct piece *p = pieces_at(v, g->off), *end = v->p + v->n;

	for (; g->len && p && p < end && p->off < g->off + g->len; p++) {
		const struct smtp_unit *u = p->kind == PIECE_LINE ? p->unit : NULL;
		const struct smtp_unit *after = u ? STAILQ_NEXT(u, link) : NULL;

		if (u && (u->flags & UNIT_EARLY || (after && after->flags & UNIT_EARLY)))
			return true;
	}
	return false;
}

/* -- rungs ------------------------------------------------------------------------------ */

static void
put_number(struct rungs *b, uint64_t frame, enum keep_mark mark)
{
	sheet_str(&b->h, mark == KEEP_NAMED ? STYLE_WARNING : STYLE_PLAIN,
	    mark == KEEP_NAMED ? "*" : " ");
	doc_printf(b->h.doc, STYLE_PLAIN, "%6" PRIu64, frame);
	doc_column(b->h.doc, FRAME_COLUMNS, 1);
}

static void
put_numbers(struct rungs *b, const struct ledger_seg *g, const struct step *p)
{
	struct output *o;

	if (!b->numbers || b->h.s->stream->transcript)
		return;
	o = output_memory();
	if (b->numbers >= NUMBERS_WIDE) {
		tcp_line(o, b->h.s->stream, g);
	} else {
		if (p->seq_known)
			out_printf(o, "seq %" PRIu32 "-%" PRIu32 " ", p->seq, p->end);
		if (p->ack_known)
			out_printf(o, "ack %" PRIu32, p->ack);
	}
	sheet_str(&b->h, STYLE_PLAIN, "  ");
	sheet_take(&b->h, STYLE_DIM, o);
}

/* The label between strokes, the head of the arrow at its end. */
static void
put_arrow(struct rungs *b, const struct step *p, enum stroke stroke)
{
	const struct glyphs *v = glyphs(b);
	enum style style = p->lost ? STYLE_ERROR :
	    p->retransmission      ? STYLE_DIM :
	    p->role == DIR_CLIENT  ? STYLE_CLIENT :
	                             STYLE_SERVER;
	const char *head = p->lost ? v->lost : p->role == DIR_CLIENT ? v->right : v->left;
	struct output *raw = output_memory();
	const char *cut = "";
	struct slice label;
	struct error err;
	int rest;

	ladder_label(raw, p);
	label = output_slice(raw);
	if (sheet_columns(&b->h, label) > b->lane - 5) {
		label.n = common_fit(label, (size_t)(b->lane - 8));
		cut = "...";
	}
	rest = b->lane - 3 - sheet_columns(&b->h, label) - (int)strlen(cut);
	if (rest < 0)
		rest = 0;
	sheet_str(&b->h, style, p->role == DIR_SERVER ? head : "");
	repeat(b, style, v->stroke[stroke], rest / 2);
	sheet_str(&b->h, style, " ");
	doc_text(b->h.doc, style, label); /* a step has its names replaced already */
	sheet_str(&b->h, style, cut);
	sheet_str(&b->h, style, " ");
	repeat(b, style, v->stroke[stroke], rest - rest / 2);
	sheet_str(&b->h, style, p->role == DIR_CLIENT ? head : "");
	output_close(raw, &err);
}

static void
put_frame(struct rungs *b, const struct fold *fold)
{
	const struct ledger_seg *g = fold->first;
	struct step p = { .kind = STEP_FRAME };
	enum stroke stroke;

	b->from.lines = 0;
	step_fill(&p, &b->from, g);
	stroke = g->len == 0                            ? STROKE_NONE :
	    p.nlines + p.more > 1 || is_pipelined(b, g) ? STROKE_SEVERAL :
	                                                  STROKE_PAYLOAD;
	if (p.role == DIR_SERVER && stroke == STROKE_SEVERAL && ladder_parts(&p) < 2)
		stroke = STROKE_PAYLOAD;
	b->h.frame = g->frame;
	sheet_line(&b->h, 0);
	put_number(b, g->frame, fold->mark);
	sheet_time(&b->h, g->ts, fold->previous);
	doc_column(b->h.doc, b->left, 0);
	sheet_str(&b->h, STYLE_PLAIN, glyphs(b)->line);
	put_arrow(b, &p, stroke);
	doc_column(b->h.doc, b->left + 1 + b->lane, 0);
	sheet_str(&b->h, STYLE_PLAIN, glyphs(b)->line);
	put_numbers(b, g, &p);
	step_fini(&p);
}

/* A line between the two that is no frame: a wait, a fold. */
static void
put_between(struct rungs *b, unsigned flags, enum style style, struct output *words)
{
	sheet_line(&b->h, flags);
	doc_column(b->h.doc, b->left, 0);
	sheet_str(&b->h, STYLE_DIM, glyphs(b)->gap);
	sheet_str(&b->h, STYLE_DIM, "  ");
	sheet_take(&b->h, style, words);
	doc_column(b->h.doc, b->left + 1 + b->lane, 0);
	sheet_str(&b->h, STYLE_DIM, glyphs(b)->gap);
}

static void
put_wait(struct rungs *b, int64_t wait)
{
	struct output *o;
	char text[TIME_TEXT_MAX];

	if (wait < (b->h.opt->unfold ? WAIT_UNFOLDED : WAIT_FOLDED) || b->h.s->stream->transcript)
		return;
	o = output_memory();
	time_duration(text, wait);
	out_printf(o, "%s", text);
	b->h.frame = 0;
	put_between(b, DOC_HEAD, STYLE_DIM, o);
}

static void
put_fold(struct rungs *b, const struct fold *fold)
{
	struct output *o = output_memory();

	folding_words(o, &b->f, fold);
	b->h.frame = fold->first->frame;
	put_between(b, DOC_FOLD, STYLE_DIM, o);
}

/* -- findings --------------------------------------------------------------------------- */

static void
put_finding(struct rungs *b, const struct finding *f)
{
	char lead[64];
	struct sheet_par par = {
		.lead = lead, .lead_style = sheet_severity(f->severity), .indent = 1
	};

	snprintf(lead, sizeof lead, "%*s**", b->left < 40 ? b->left : 40, "");
	b->h.frame = f->frame;
	b->h.finding = f;
	sheet_finding_head(&b->h, &par, f);
	b->h.finding = NULL;
}

static void
put_findings(struct rungs *b, uint64_t upto)
{
	const struct finding *f;

	while ((f = sheet_finding_upto(&b->findings, upto)) != NULL)
		put_finding(b, f);
}

/* -- the view --------------------------------------------------------------------------- */

static void
measure(struct rungs *b)
{
	int width = b->h.opt->width, lane;

	b->left = FRAME_COLUMNS + sheet_time_columns(&b->h);
	lane = width - b->left - 2;
	if (width >= WIDE)
		b->numbers = lane - NUMBERS_WIDE - 2 >= LANE_MIN * 4 ? NUMBERS_WIDE : NUMBERS;
	lane -= b->numbers ? b->numbers + 2 : 0;
	b->lane = lane < LANE_MIN ? LANE_MIN : lane > LANE_MAX ? LANE_MAX : lane;
}

static void
put_heads(struct rungs *b)
{
	struct peers peers;
	int end = b->left + 2 + b->lane, n;

	common_peers(&peers, &b->h.cfg, b->h.s);
	sheet_line(&b->h, DOC_HEAD);
	doc_text(
	    b->h.doc, STYLE_HEADER, slice_str(b->h.s->stream->transcript ? "   line" : "  frame"));
	doc_column(b->h.doc, b->left, 1);
	sheet_text(&b->h, STYLE_CLIENT, slice_str(peers.name[DIR_CLIENT]));
	n = sheet_columns(&b->h, slice_str(peers.name[DIR_SERVER]));
	doc_column(b->h.doc, end - n, 2);
	sheet_text(&b->h, STYLE_SERVER, slice_str(peers.name[DIR_SERVER]));
}

static void
put_legend(struct rungs *b)
{
	const struct glyphs *v = glyphs(b);

	b->h.frame = 0;
	sheet_blank(&b->h);
	sheet_line(&b->h, DOC_HEAD);
	doc_printf(b->h.doc, STYLE_DIM,
	    " %s%s payload  %s%s empty  %s%s several, pipelined  %s%s never acknowledged  * "
	    "finding",
	    v->stroke[STROKE_PAYLOAD], v->right, v->stroke[STROKE_NONE], v->right,
	    v->stroke[STROKE_SEVERAL], v->right, v->stroke[STROKE_PAYLOAD], v->lost);
}

void
build_ladder(struct doc *title, struct doc *body, const struct smtp_session *s,
    const struct build_options *opt)
{
	struct rungs b = { .left = 0 };
	struct fold fold;

	sheet_init(&b.h, title, s, opt, 0);
	measure(&b);
	sheet_title(&b.h, "Ladder");
	put_heads(&b);
	b.h.doc = body;
	doc_ascii(body, opt->ascii);
	sheet_findings_init(&b.findings, &b.h);
	folding_init(&b.f, &b.h.cfg, s, opt->unfold);
	b.from = (struct step_source){ .s = s, .cfg = &b.h.cfg, .r = b.h.redactor };
	b.from.view = b.f.view; /* owned by the folding */
	while (folding_next(&b.f, &fold)) {
		put_wait(&b, common_since(fold.first->ts, fold.previous));
		if (fold.first == fold.last)
			put_frame(&b, &fold);
		else
			put_fold(&b, &fold);
		folding_shown(&b.f, &fold);
		if (b.f.next == s->stream->ledger.n || fold.last[1].frame != fold.last->last_frame)
			put_findings(&b, fold.last->last_frame);
	}
	put_findings(&b, UINT64_MAX);
	sheet_ending(&b.h);
	put_legend(&b);
	sheet_findings_fini(&b.findings);
	folding_fini(&b.f);
	sheet_fini(&b.h);
}
