/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * frame - the entry of one frame: its head, a line for every part of its octets
 * (frame_part.c), its TCP side.
 */
#include <inttypes.h>

#include "base/output.h"
#include "report/frame.h"
#include "report/tcpline.h"

enum { INDENT = 8 /* of the lines below the first */ };

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

const char *
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

/* Every part of the record's octets on a line of its own. */
static void
put_parts(struct output *o, const struct frame_view *v, const struct frame_walk *w,
    const struct ledger_seg *g)
{
	struct frame_part part;
	int64_t off;

	for (off = g->off; frame_part_at(&part, v, w, g, off); off += (int64_t)part.n) {
		out_printf(o, "%*s", INDENT, "");
		frame_part_put(o, v, &part);
		out_putc(o, '\n');
	}
}

void
frame_print(struct output *o, const struct frame_view *v, const struct frame_walk *w,
    const struct ledger_seg *g)
{
	put_head(o, v, w, g);
	if (g->count > 1) {
		out_printf(o, "%*s%" PRIu32 " frames kept as one record, %" PRIu32 " byte%s\n",
		    INDENT, "", g->count, g->len, g->len == 1 ? "" : "s");
		return;
	}
	if (g->kind == KIND_RETRANSMISSION || g->kind == KIND_KEEPALIVE) {
		out_printf(o, "%*s", INDENT, "");
		frame_again_put(o, v, g);
		out_putc(o, '\n');
	} else {
		put_parts(o, v, w, g);
	}
	if (v->s->stream->transcript)
		return;
	out_printf(o, "%*s", INDENT, "");
	tcp_line(o, v->s->stream, g);
	out_putc(o, '\n');
}
