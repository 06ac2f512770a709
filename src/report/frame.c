/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * frame - what one frame carried, line by line.
 *
 * The octets of a record are walked along the pieces of its direction; every
 * piece in it gets a line, with the octets that this frame carried of it.  A
 * part that began earlier is "continued from" the frame that carried its last
 * octets before this one; struct frame_walk remembers which that was.
 *
 * Texts from the wire are escaped and cut to a line's width here.
 */
#include <inttypes.h>

#include "base/escape.h"
#include "base/output.h"
#include "base/timefmt.h"
#include "report/frame.h"
#include "report/tcpline.h"

enum {
	INDENT = 8,        /* of the lines below the first */
	TEXT_COLUMNS = 100 /* of quoted text */
};

/* The part of one piece that a record carried. */
struct part {
	const struct piece *piece;
	int64_t off;
	uint64_t n;    /* octets */
	uint64_t from; /* frame that carried what is before it; 0: unknown */
	bool begins;   /* its first octet is here */
};

void
frame_view_set(struct frame_view *v, const struct report_config *cfg, const struct smtp_session *s)
{
	v->cfg = cfg;
	v->s = s;
	common_peers(&v->peers, cfg, s);
	pieces_build(&v->pieces[DIR_CLIENT], s, DIR_CLIENT);
	pieces_build(&v->pieces[DIR_SERVER], s, DIR_SERVER);
}

void
frame_view_fini(struct frame_view *v)
{
	pieces_fini(&v->pieces[DIR_CLIENT]);
	pieces_fini(&v->pieces[DIR_SERVER]);
}

bool
frame_is_ack(const struct frame_view *v, const struct ledger_seg *g)
{
	return g->len == 0 && g->win && g->kind == KIND_EMPTY && !tcp_issues(v->s->stream, g) &&
	    (g->flags & (TCP_ACK | TCP_SYN | TCP_FIN | TCP_RST | TCP_URG)) == TCP_ACK;
}

const char *
frame_bulk_name(const struct frame_view *v, const struct ledger_seg *g)
{
	const struct piece *piece = pieces_at(&v->pieces[smtp_role(v->s, g)], g->off);

	if (!g->len || !piece || piece->off >= g->off || piece->end < g->off + g->len)
		return NULL;
	switch (piece->kind) {
	case PIECE_TEXT:
		return "message text";
	case PIECE_CHUNK:
		return "BDAT chunk";
	case PIECE_TLS:
		return "TLS";
	case PIECE_LINE:
	case PIECE_REPLY:
	case PIECE_GAP:
		break;
	}
	return NULL;
}

bool
frame_is_bulk(const struct frame_view *v, const struct ledger_seg *g)
{
	return g->kind == KIND_NEW && !tcp_issues(v->s->stream, g) &&
	    !(g->flags & (TCP_SYN | TCP_FIN | TCP_RST | TCP_URG)) && frame_bulk_name(v, g);
}

void
frame_passed(struct frame_walk *w, const struct frame_view *v, const struct ledger_seg *g)
{
	enum stream_dir role = smtp_role(v->s, g);
	const struct piece *piece;

	if (g->len == 0 || g->kind == KIND_RETRANSMISSION || g->kind == KIND_KEEPALIVE)
		return;
	piece = pieces_at(&v->pieces[role], g->off + g->len - 1);
	w->bulk = piece && piece->off < g->off + g->len &&
	    (piece->kind == PIECE_TEXT || piece->kind == PIECE_CHUNK || piece->kind == PIECE_TLS);
	if (piece && piece->off < g->off + g->len) {
		w->start[role] = piece_start(piece);
		w->frame[role] = g->last_frame;
	}
}

static void
put_octets(struct output *o, uint64_t n)
{
	out_printf(o, "%" PRIu64 " byte%s", n, n == 1 ? "" : "s");
}

static void
put_line_text(struct output *o, const struct smtp_line *line)
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
	bool first = true;
	unsigned i;

	common_cut(o, line->text, TEXT_COLUMNS);
	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (!(line->flags & rows[i].flag))
			continue;
		out_printf(o, "%s%s", first ? " [" : ", ", rows[i].text);
		first = false;
	}
	if (!first)
		out_putc(o, ']');
}

/* "continued from frame 3074", or what is known instead. */
static void
put_continued(struct output *o, uint64_t from)
{
	if (from)
		out_printf(o, "continued from frame %" PRIu64, from);
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

/* In a transcript each line of a reply has a number of its own. */
static void
put_reply_line(struct output *o, const struct smtp_reply *r, const struct part *part)
{
	uint32_t i;

	for (i = 0; i < r->nkept && r->lines[i].off < part->off; i++)
		;
	out_puts(o, "Rsp: ");
	if (i < r->nkept && r->lines[i].off == part->off)
		put_line_text(o, &r->lines[i]);
	else
		out_puts(o, "continued");
	out_puts(o, ", ");
	put_octets(o, part->n);
}

static void
put_reply(struct output *o, const struct frame_view *v, const struct part *part)
{
	const struct smtp_reply *r = part->piece->reply;
	const char *label;
	uint32_t i;

	if (!part->begins && v->s->stream->transcript) {
		put_reply_line(o, r, part);
		return;
	}
	if (!part->begins) {
		out_puts(o, "Rsp - ");
		put_continued(o, part->from);
		out_puts(o, ", ");
		put_octets(o, part->n);
		return;
	}
	out_puts(o, "Rsp: ");
	if (r->nkept)
		put_line_text(o, &r->lines[0]);
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
		out_printf(o, "\n%*s", INDENT + 5, "");
		put_line_text(o, &r->lines[i]);
	}
}

static void
put_command(struct output *o, const struct part *part)
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
		put_continued(o, part->from);
	} else if (u->kind != UNIT_EOD) {
		out_puts(o, ": ");
		put_line_text(o, &u->line);
	}
	out_puts(o, ", ");
	put_octets(o, part->n);
}

static void
put_data(struct output *o, const struct part *part)
{
	bool chunk = part->piece->kind == PIECE_CHUNK;

	out_puts(o, "Data - ");
	if (!part->begins) {
		if (chunk)
			out_puts(o, "BDAT chunk ");
		put_continued(o, part->from);
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

static void
put_part(struct output *o, const struct frame_view *v, const struct part *part)
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
		put_command(o, part);
		break;
	case PIECE_CHUNK:
	case PIECE_TEXT:
		put_data(o, part);
		break;
	case PIECE_TLS:
		out_puts(o, "TLS - ");
		put_octets(o, part->n);
		break;
	case PIECE_GAP:
		out_puts(o, "not captured, ");
		put_octets(o, part->n);
		break;
	}
}

/* Every part of the record's octets on a line of its own. */
static void
put_parts(struct output *o, const struct frame_view *v, const struct frame_walk *w,
    const struct ledger_seg *g)
{
	enum stream_dir role = smtp_role(v->s, g);
	const struct pieces *pieces = &v->pieces[role];
	int64_t pos = g->off, end = g->off + g->len;
	int64_t last_start = w->start[role];
	uint64_t last_frame = w->frame[role];

	while (pos < end) {
		const struct piece *piece = pieces_at(pieces, pos);
		struct part part = { .off = pos };
		int64_t stop = end;

		if (piece && piece->off <= pos) {
			part.piece = piece;
			part.begins = piece_start(piece) >= g->off;
			if (last_frame && last_start == piece_start(piece))
				part.from = last_frame;
			if (piece->end < stop)
				stop = piece->end;
		} else if (piece && piece->off < stop) {
			stop = piece->off;
		}
		part.n = (uint64_t)(stop - pos);
		out_printf(o, "%*s", INDENT, "");
		put_part(o, v, &part);
		out_putc(o, '\n');
		pos = stop;
	}
}

/* Octets that were sent before: what they are has been shown. */
static void
put_again(struct output *o, const struct frame_view *v, const struct ledger_seg *g)
{
	const struct ledger *l = &v->s->stream->ledger;
	enum { LOOK_BACK = 256 }; /* records; a copy later than that names no frame */
	const struct ledger_seg *seg = g;
	unsigned i;

	out_printf(
	    o, "%*s%s, ", INDENT, "", g->kind == KIND_KEEPALIVE ? "Keep-alive" : "Sent again");
	put_octets(o, g->len);
	for (i = 0; seg > l->seg && i < LOOK_BACK; i++) {
		seg--;
		if (seg->dir == g->dir && seg->kind != KIND_RETRANSMISSION && seg->len &&
		    seg->off <= g->off && g->off < seg->off + seg->len) {
			out_printf(o, ", first seen in frame %" PRIu64, seg->frame);
			break;
		}
	}
	out_putc(o, '\n');
}

static const char *
frame_protocol(const struct frame_view *v, const struct ledger_seg *g)
{
	const struct piece *piece = pieces_at(&v->pieces[smtp_role(v->s, g)], g->off);

	if (g->len == 0)
		return "TCP";
	if (piece ? piece->kind == PIECE_TLS && piece->off <= g->off : v->s->app == APP_TLS)
		return "TLS";
	return v->s->app == APP_LMTP ? "LMTP" : "SMTP";
}

static void
put_head(struct output *o, const struct frame_view *v, const struct frame_walk *w,
    const struct ledger_seg *g)
{
	enum stream_dir role = smtp_role(v->s, g);
	enum stream_dir other = role == DIR_CLIENT ? DIR_SERVER : DIR_CLIENT;

	if (g->count > 1)
		out_printf(o, "%6" PRIu64 "-%" PRIu64 "  ", g->frame, g->last_frame);
	else
		out_printf(o, "%6" PRIu64 "  ", g->frame);
	if (!v->s->stream->transcript)
		common_time(o, v->cfg, g->ts, v->s->stream->first_ts, w->begun ? w->ts : g->ts);
	common_color(o, v->cfg, role == DIR_CLIENT ? COLOR_CLIENT : COLOR_SERVER);
	out_printf(o, "%s >>> %s", v->peers.name[role], v->peers.name[other]);
	common_color(o, v->cfg, COLOR_NONE);
	out_printf(o, "  %s\n", frame_protocol(v, g));
}

void
frame_print(struct output *o, const struct frame_view *v, const struct frame_walk *w,
    const struct ledger_seg *g)
{
	put_head(o, v, w, g);
	if (g->count > 1) {
		out_printf(o, "%*s%" PRIu32 " frames kept as one record, ", INDENT, "", g->count);
		put_octets(o, g->len);
		out_putc(o, '\n');
		return;
	}
	if (g->kind == KIND_RETRANSMISSION || g->kind == KIND_KEEPALIVE)
		put_again(o, v, g);
	else
		put_parts(o, v, w, g);
	if (v->s->stream->transcript)
		return;
	out_printf(o, "%*s", INDENT, "");
	tcp_line(o, v->s->stream, g);
	out_putc(o, '\n');
}
