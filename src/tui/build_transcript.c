/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * build_transcript - the dialogue as mail people paste it: "C>" and "S>" lines,
 * findings in place, and behind a reply which command it answers.
 *
 * The number of the frame stands before the first line that it carried.  When it
 * is meant for the public, people and hosts have other names, and lines that may
 * be message text are hidden.
 */
#include <inttypes.h>

#include "base/error.h"
#include "base/output.h"
#include "report/dialogue.h"
#include "report/keep.h"
#include "tui/sheet.h"

enum {
	FRAME_COLUMNS = 9,
	TAG_COLUMNS = 3,
	ANSWER_COLUMN = 63 /* where "(to RCPT <a@b>)" stands if there is room */
};

struct talk {
	struct sheet h;
	struct dialogue d;
	struct dialogue_group group;
	uint64_t shown; /* frame whose number was shown last */
	int64_t ts;     /* time shown last */
	bool timed;
	int frames; /* columns of the numbers of frames */
	int margin; /* columns in front of "C>" */
};

enum turn { TURN_CLIENT, TURN_SERVER, TURN_EVENT };

static const struct {
	const char *tag;
	enum style style;
} turns[] = {
	[TURN_CLIENT] = { "C> ", STYLE_CLIENT },
	[TURN_SERVER] = { "S> ", STYLE_SERVER },
	[TURN_EVENT] = { "", STYLE_DIM },
};

/* When the frame passed; false: it has no record of its own. */
static bool
frame_time(const struct talk *b, uint64_t frame, int64_t *ts)
{
	const struct ledger *l = &b->h.s->stream->ledger;
	size_t i = keep_record(l, frame);

	if (i == l->n || l->seg[i].frame > frame)
		return false;
	*ts = l->seg[i].ts;
	return true;
}

/* A new line and its margin. */
static void
put_margin(struct talk *b, enum turn turn, uint64_t frame)
{
	int64_t ts;

	b->h.frame = frame;
	sheet_line(&b->h, 0);
	if (frame && frame != b->shown) {
		if (b->frames)
			doc_printf(b->h.doc, STYLE_PLAIN, "%7" PRIu64, frame);
		doc_column(b->h.doc, b->frames, b->frames ? 1 : 0);
		if (frame_time(b, frame, &ts)) {
			sheet_time(&b->h, ts, b->timed ? b->ts : ts);
			b->ts = ts;
			b->timed = true;
		}
		b->shown = frame;
	}
	doc_column(b->h.doc, b->margin, 0);
	sheet_str(&b->h, turns[turn].style, turns[turn].tag);
}

/* What happened, in brackets; no line if there is nothing to say. */
static void
put_words(struct talk *b, enum turn turn, const struct item *it)
{
	struct output *o = output_memory();
	struct slice rest;
	struct error err;

	dialogue_words(o, b->h.s, it);
	for (rest = output_slice(o); rest.n;) {
		size_t n = (size_t)((const uint8_t *)memchr(rest.p, '\n', rest.n) - rest.p);

		put_margin(b, turn, it->frame);
		sheet_flow(&b->h, STYLE_DIM, slice_of(rest.p, n), b->margin + TAG_COLUMNS);
		rest = slice_from(rest, n + 1);
	}
	output_close(o, &err);
}

static void
put_hidden(struct talk *b, const struct smtp_unit *u)
{
	if (u->verb && u->verb->id != VERB_UNKNOWN)
		doc_printf(b->h.doc, STYLE_DIM, "[%s with %zu octets that are hidden]",
		    u->verb->name, u->arg.n);
	else
		doc_printf(b->h.doc, STYLE_DIM, "[line of %zu octets, hidden]", u->line.text.n);
}

static void
put_chunk(struct talk *b, const struct smtp_unit *u)
{
	put_margin(b, TURN_CLIENT, b->h.frame);
	if (u->flags & UNIT_CHUNK_SHORT)
		doc_printf(b->h.doc, STYLE_DIM, "[chunk, cut short; %" PRIu64 " octets announced]",
		    u->chunk_size);
	else
		doc_printf(b->h.doc, STYLE_DIM, "[chunk, %" PRIu64 " octets]",
		    (uint64_t)(u->end - u->line.off) - u->line.len);
}

static void
put_unit(struct talk *b, const struct item *it)
{
	const struct smtp_unit *u = it->unit;

	put_margin(b, TURN_CLIENT, it->frame);
	if (redact_is_private(b->h.redactor, u))
		put_hidden(b, u);
	else
		sheet_flow(&b->h, STYLE_CLIENT, u->line.text, b->margin + TAG_COLUMNS);
	if ((u->line.flags & (LINE_UNTERMINATED | LINE_GAP)) == LINE_UNTERMINATED)
		sheet_str(&b->h, STYLE_DIM, " <line never ended>");
	if (u->kind == UNIT_EOD)
		sheet_str(&b->h, STYLE_DIM, "   end of data");
	if (u->kind == UNIT_CHUNK && u->chunk_size)
		put_chunk(b, u);
	if (dialogue_group(&b->group, u)) {
		struct output *o = output_memory();

		dialogue_group_put(o, b->h.s, &b->group);
		put_margin(b, TURN_EVENT, it->frame);
		sheet_take(&b->h, STYLE_DIM, o);
	}
}

/* What of the text stands above is not all of it. */
static void
put_rest(struct talk *b, const struct item *it, uint64_t shown)
{
	uint64_t kept = it->body->text.n;
	char number[NUMBER_TEXT_MAX];

	put_margin(b, TURN_CLIENT, it->frame);
	doc_printf(b->h.doc, STYLE_DIM, "[the first %s octets", common_number(number, shown));
	if (shown == kept)
		sheet_str(&b->h, STYLE_DIM, "; more is not kept]");
	else
		doc_printf(b->h.doc, STYLE_DIM, " of %s that are kept; b shows more]",
		    common_number(number, kept));
}

/* Message text that was kept and may be shown, as many lines as are wanted. */
static void
put_text(struct talk *b, const struct item *it)
{
	bool hidden = b->h.cfg.redact & REDACT_BODY;
	struct slice rest = hidden ? slice_of(NULL, 0) : it->body->text;
	unsigned lines = b->h.opt->body;
	uint64_t shown;

	while (rest.n && lines--) {
		const uint8_t *lf = memchr(rest.p, '\n', rest.n);
		size_t n = lf ? (size_t)(lf - rest.p) : rest.n;

		put_margin(b, TURN_CLIENT, it->frame);
		sheet_text(
		    &b->h, STYLE_CLIENT, slice_of(rest.p, n && rest.p[n - 1] == '\r' ? n - 1 : n));
		rest = slice_from(rest, n + 1 < rest.n ? n + 1 : rest.n);
	}
	shown = it->body->text.n - rest.n;
	if (b->h.opt->body && !hidden && shown && shown < it->body->octets)
		put_rest(b, it, shown);
	put_words(b, TURN_CLIENT, it);
}

static bool
is_reply_hidden(const struct talk *b, const struct smtp_reply *r)
{
	unsigned what = redactor_what(b->h.redactor);

	return (r->unit && redact_is_private(b->h.redactor, r->unit)) ||
	    (r->meant && redact_is_private(b->h.redactor, r->meant)) ||
	    (r->code == 334 && what & (REDACT_HOSTS | REDACT_ADDRESSES));
}

/* On the right: what the reply answers. */
static void
put_answered(struct talk *b, const struct smtp_reply *r, int used)
{
	struct output *o = output_memory();
	int width = b->h.opt->width, n;
	bool aligned;

	sheet_answered(o, &b->h, r);
	n = sheet_columns(&b->h, output_slice(o));
	aligned = used + 3 <= ANSWER_COLUMN && ANSWER_COLUMN + n <= width;
	if (n && used + 3 < width)
		doc_column(b->h.doc, aligned ? ANSWER_COLUMN : 0, 3);
	sheet_take_if(&b->h, STYLE_DIM, o, width - (aligned ? ANSWER_COLUMN : used + 3));
}

static void
put_reply(struct talk *b, const struct item *it)
{
	const struct smtp_reply *r = it->reply;
	uint32_t i;

	if (is_reply_hidden(b, r)) {
		put_margin(b, TURN_SERVER, it->frame);
		doc_printf(b->h.doc, STYLE_DIM, "%03u [text hidden]", r->code);
		return;
	}
	for (i = 0; i < r->nkept; i++) {
		put_margin(b, TURN_SERVER, it->frame);
		sheet_flow(&b->h, STYLE_SERVER, r->lines[i].text, b->margin + TAG_COLUMNS);
		if (i + 1 == r->nkept)
			put_answered(
			    b, r, b->margin + TAG_COLUMNS + sheet_columns(&b->h, r->lines[i].text));
	}
	if (r->nkept < r->nlines) {
		put_margin(b, TURN_SERVER, it->frame);
		doc_printf(b->h.doc, STYLE_DIM, "[%" PRIu32 " lines not kept, last code %03u]",
		    r->nlines - r->nkept, r->code);
	}
}

static void
put_finding(struct talk *b, const struct item *it)
{
	const struct finding *f = it->finding;
	char lead[32];
	struct sheet_par par = {
		.lead = lead, .lead_style = sheet_severity(f->severity), .indent = 1
	};

	if (!common_shown(&b->h.cfg, f))
		return;
	snprintf(lead, sizeof lead, "%*s!!", b->frames, "");
	b->h.frame = f->frame;
	b->h.finding = f;
	sheet_finding_head(&b->h, &par, f);
	if (f->frame != b->shown && !f->parent)
		doc_printf(b->h.doc, STYLE_DIM, " (frame %" PRIu64 ")", f->frame);
	b->h.finding = NULL;
}

static void
put_item(struct talk *b, const struct item *it)
{
	switch (it->kind) {
	case ITEM_UNIT:
		put_unit(b, it);
		break;
	case ITEM_TEXT:
		put_text(b, it);
		break;
	case ITEM_REPLY:
		put_reply(b, it);
		break;
	case ITEM_FINDING:
		put_finding(b, it);
		break;
	case ITEM_OPEN:
	case ITEM_GAP:
	case ITEM_TLS:
	case ITEM_ALERT:
	case ITEM_FIN:
	case ITEM_RST:
		put_words(b, TURN_EVENT, it);
		break;
	}
}

void
build_transcript(struct doc *title, struct doc *body, const struct smtp_session *s,
    const struct build_options *opt)
{
	struct talk b = { .shown = 0 };
	size_t i;

	sheet_init(&b.h, title, s, opt, opt->redact ? REDACT_ALL : 0);
	if (opt->no_times)
		b.h.cfg.time = TIME_NONE;
	sheet_title(&b.h, "Transcript");
	b.frames = opt->no_frames ? 0 : FRAME_COLUMNS;
	b.margin = b.frames + sheet_time_columns(&b.h);
	b.h.doc = body;
	doc_ascii(body, opt->ascii);
	dialogue_build(&b.d, s, false);
	for (i = 0; i < b.d.n; i++)
		put_item(&b, &b.d.item[i]);
	sheet_ending(&b.h);
	dialogue_fini(&b.d);
	sheet_fini(&b.h);
}
