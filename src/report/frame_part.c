/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * frame_part - what the octets of one frame are, in words.
 *
 * The octets of a record are walked along the pieces of its direction.  A part
 * that began earlier is "continued from" the frame that carried its last octets
 * before this one; struct frame_walk remembers which that was.
 *
 * Texts from the wire are cut to the view's columns, and escaped unless the view
 * is raw: then that is left to whoever draws them.
 */
#include <inttypes.h>

#include "base/escape.h"
#include "base/output.h"
#include "base/timefmt.h"
#include "report/frame.h"
#include "report/redact.h"

enum { INDENT = 13 /* of the other lines of a reply */ };

static void
put_wire(struct output *o, const struct frame_view *v, struct slice text)
{
	size_t columns = v->columns ? v->columns : FRAME_TEXT_COLUMNS, n;

	if (!v->raw) {
		common_cut(o, text, columns);
		return;
	}
	n = common_fit(text, columns);
	out_write(o, slice_of(text.p, n));
	if (n < text.n)
		out_puts(o, "...");
}

static void
put_octets(struct output *o, uint64_t n)
{
	out_printf(o, "%" PRIu64 " byte%s", n, n == 1 ? "" : "s");
}

/* `cut': its end was not captured, so whether it ended is not known. */
static void
put_line_text(struct output *o, const struct frame_view *v, const struct smtp_line *line, bool cut)
{
	static const struct {
		unsigned flag;
		const char *text;
	} rows[] = {
		{ LINE_BARE_LF, "ends in LF without CR" },
		{ LINE_BARE_CR, "CR without LF inside" },
		{ LINE_NUL, "NUL inside" },
		{ LINE_GAP, "octets missing" },
		{ LINE_UNTERMINATED, "never ended" },
		{ LINE_CUT, "longer than is kept" },
	};
	unsigned i, flags = line->flags;
	bool first = true;

	if (cut)
		flags |= LINE_GAP;
	if (flags & LINE_GAP)
		flags &= ~(unsigned)(LINE_UNTERMINATED | LINE_CUT);
	put_wire(o, v, line->text);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (!(flags & rows[i].flag))
			continue;
		out_printf(o, "%s%s", first ? " [" : ", ", rows[i].text);
		first = false;
	}
	if (!first)
		out_putc(o, ']');
}

/* "continued from frame 3074", or what is known instead; `from' is 0 then. */
static void
put_continued(struct output *o, const struct frame_view *v, uint64_t from)
{
	if (from)
		out_printf(
		    o, "continued from %s %" PRIu64, place_name(v->s->stream->transcript), from);
	else
		out_puts(o, "continued");
}

/* Which command the reply answers, and how long the client waited for it. */
static void
put_wait(struct output *o, const struct frame_view *v, const struct smtp_reply *r)
{
	const struct smtp_unit *u = r->meant ? r->meant : r->unit;
	char text[TIME_TEXT_MAX];

	if (!u)
		return;
	out_printf(o, " (to %s", smtp_unit_name(u));
	if (u->kind != UNIT_GREETING && u->last.frame && r->first.frame &&
	    !v->s->stream->transcript) {
		time_duration(text, common_since(r->first.ts, u->last.ts));
		out_printf(o, " after %s", text);
	}
	out_putc(o, ')');
}

static void
put_reply_text(
    struct output *o, const struct frame_view *v, const struct smtp_reply *r, uint32_t line)
{
	if (redact_hides_reply(v->cfg->redact, r))
		out_printf(o, "%03u [text hidden]", r->code);
	else
		put_line_text(o, v, &r->lines[line],
		    (r->flags & REPLY_CUT) && line + 1 == r->nkept && r->nkept == r->nlines);
}

/* In a transcript each line of a reply has a number of its own. */
static void
put_reply_line(struct output *o, const struct frame_view *v, const struct frame_part *part)
{
	const struct smtp_reply *r = part->piece->reply;
	uint32_t i;

	for (i = 0; i < r->nkept && r->lines[i].off < part->off; i++)
		;
	out_puts(o, "Rsp: ");
	if (i < r->nkept && r->lines[i].off == part->off)
		put_reply_text(o, v, r, i);
	else
		out_puts(o, "continued");
	out_puts(o, ", ");
	put_octets(o, part->n);
}

static void
put_reply(struct output *o, const struct frame_view *v, const struct frame_part *part)
{
	const struct smtp_reply *r = part->piece->reply;
	const char *label;
	uint32_t i;

	if (!part->begins && v->s->stream->transcript) {
		put_reply_line(o, v, part);
		return;
	}
	if (!part->begins) {
		out_puts(o, "Rsp - ");
		put_continued(o, v, part->from);
		out_puts(o, ", ");
		put_octets(o, part->n);
		return;
	}
	out_puts(o, "Rsp: ");
	if (r->nkept)
		put_reply_text(o, v, r, 0);
	else
		out_printf(o, "%03u", r->code);
	label = common_reply_text(r).n ? NULL : smtp_code_label(r->code);
	if (label)
		out_printf(o, " [%s]", label);
	if (r->nlines > 1)
		out_printf(o, " (+%" PRIu32 " line%s)", r->nlines - 1, r->nlines == 2 ? "" : "s");
	out_puts(o, ", ");
	put_octets(o, part->n);
	if (!v->cfg->verbose)
		return;
	put_wait(o, v, r);
	for (i = 1; i < r->nkept; i++) {
		out_printf(o, "\n%*s", INDENT, "");
		put_reply_text(o, v, r, i);
	}
}

static void
put_command(struct output *o, const struct frame_view *v, const struct frame_part *part)
{
	const struct smtp_unit *u = part->piece->unit;
	static const char *const tags[] = {
		[UNIT_GREETING] = "Cmd",
		[UNIT_COMMAND] = "Cmd",
		[UNIT_EOD] = "Data - end of data",
		[UNIT_CHUNK] = "Cmd",
		[UNIT_SASL] = "Auth",
		[UNIT_GARBAGE] = "Cmd? no command",
	};

	out_puts(o, tags[u->kind]);
	if (!part->begins) {
		out_puts(o, u->kind == UNIT_EOD ? ", " : " - ");
		put_continued(o, v, part->from);
	} else if (u->kind != UNIT_EOD) {
		out_puts(o, ": ");
		if (redact_hides_line(v->cfg->redact, u))
			out_puts(o, "[hidden]");
		else
			put_line_text(o, v, &u->line, false);
	}
	out_puts(o, ", ");
	put_octets(o, part->n);
}

static void
put_data(struct output *o, const struct frame_view *v, const struct frame_part *part)
{
	bool chunk = part->piece->kind == PIECE_CHUNK;

	out_puts(o, "Data - ");
	if (!part->begins) {
		if (chunk)
			out_puts(o, "BDAT chunk ");
		put_continued(o, v, part->from);
	} else if (chunk) {
		out_puts(o, "BDAT chunk");
	} else {
		out_puts(o,
		    part->piece->body->opener ? "message text" :
		                                "message text, its beginning not seen");
	}
	out_puts(o, ", ");
	put_octets(o, part->n);
}

void
frame_part_put(struct output *o, const struct frame_view *v, const struct frame_part *part)
{
	if (!part->piece) {
		out_puts(o, "Data - not interpreted, ");
		put_octets(o, part->n);
		return;
	}
	switch (part->piece->kind) {
	case PIECE_REPLY:
		put_reply(o, v, part);
		break;
	case PIECE_LINE:
		put_command(o, v, part);
		break;
	case PIECE_CHUNK:
	case PIECE_TEXT:
		put_data(o, v, part);
		break;
	case PIECE_TLS:
		out_puts(o, "TLS - ");
		put_octets(o, part->n);
		break;
	case PIECE_GAP:
		out_puts(o, common_missing(v->s));
		out_puts(o, ", ");
		put_octets(o, part->n);
		break;
	}
}

bool
frame_part_at(struct frame_part *part, const struct frame_view *v, const struct frame_walk *w,
    const struct ledger_seg *g, int64_t off)
{
	enum stream_dir role = smtp_role(v->s, g);
	const struct piece *piece;
	int64_t stop = g->off + g->len;

	if (off >= stop)
		return false;
	*part = (struct frame_part){ .off = off };
	piece = pieces_at(&v->pieces[role], off);
	if (piece && piece->off <= off) {
		part->piece = piece;
		part->begins = piece_start(piece) >= g->off;
		if (w->frame[role] && w->start[role] == piece_start(piece))
			part->from = w->frame[role];
		if (piece->end < stop)
			stop = piece->end;
	} else if (piece && piece->off < stop) {
		stop = piece->off;
	}
	part->n = (uint64_t)(stop - off);
	return true;
}

void
frame_again_put(struct output *o, const struct frame_view *v, const struct ledger_seg *g)
{
	const struct ledger *l = &v->s->stream->ledger;
	enum { LOOK_BACK = 256 }; /* records; a copy later than that names no frame */
	const struct ledger_seg *seg = g;
	unsigned i;

	out_puts(o, g->kind == KIND_KEEPALIVE ? "Keep-alive, " : "Sent again, ");
	put_octets(o, g->len);
	for (i = 0; seg > l->seg && i < LOOK_BACK; i++) {
		seg--;
		if (seg->dir == g->dir && seg->kind != KIND_RETRANSMISSION && seg->len &&
		    seg->off <= g->off && g->off < seg->off + seg->len) {
			out_printf(o, ", first seen in frame %" PRIu64, seg->frame);
			break;
		}
	}
}
