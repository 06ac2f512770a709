/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sheet_words - titles, times and names that all views of a session show alike.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/output.h"
#include "base/timefmt.h"
#include "tui/sheet.h"

enum style
sheet_severity(enum severity s)
{
	static const enum style styles[] = {
		[SEV_NOTE] = STYLE_NOTE, [SEV_WARNING] = STYLE_WARNING, [SEV_ERROR] = STYLE_ERROR
	};

	return styles[s];
}

const char *
sheet_bar(const struct sheet *h)
{
	return h->opt->ascii ? "|" : "\u2502";
}

/* -- times ------------------------------------------------------------------------------ */

void
sheet_time(struct sheet *h, int64_t ts, int64_t previous)
{
	struct output *o;

	if (h->s->stream->transcript)
		return;
	o = output_memory();
	common_time(o, &h->cfg, ts, h->s->stream->first_ts, previous);
	sheet_take(h, STYLE_PLAIN, o);
}

int
sheet_time_columns(const struct sheet *h)
{
	int more = h->cfg.digits == 9 ? 3 : 0;

	if (h->s->stream->transcript)
		return 0;
	switch (h->cfg.time) {
	case TIME_RELATIVE:
	case TIME_DELTA:
		return 13 + more;
	case TIME_DAY:
		return 17 + more;
	case TIME_DATE:
		return 29 + more;
	case TIME_EPOCH:
		return 19 + more;
	case TIME_NONE:
		break;
	}
	return 0;
}

/* -- titles ----------------------------------------------------------------------------- */

static void
put_peer(struct output *o, const struct peers *p, enum stream_dir role)
{
	if (p->named[role])
		out_printf(o, "%s [%s]", p->name[role], p->full[role]);
	else
		out_puts(o, p->full[role]);
}

void
sheet_session(struct sheet *h)
{
	struct output *o = output_memory();
	struct peers peers;

	common_peers(&peers, &h->cfg, h->s);
	out_printf(o, "session %" PRIu64 ": ", h->s->number);
	put_peer(o, &peers, DIR_CLIENT);
	out_puts(o, " > ");
	put_peer(o, &peers, DIR_SERVER);
	sheet_take(h, STYLE_PLAIN, o);
}

/* On the right, if there is room: the worst that there is to say. */
static void
put_verdict(struct sheet *h, int used)
{
	const struct finding *f = sheet_cause(h->s);
	int n;

	if (!f) {
		if (used + 14 <= h->opt->width) {
			doc_column(h->doc, h->opt->width - 11, 2);
			sheet_str(h, STYLE_GOOD, "no findings");
		}
		return;
	}
	n = (int)(strlen(severity_name(f->severity)) + 1 + strlen(f->check->id));
	if (used + 2 + n > h->opt->width)
		return;
	doc_column(h->doc, h->opt->width - n, 2);
	doc_printf(
	    h->doc, sheet_severity(f->severity), "%s %s", severity_name(f->severity), f->check->id);
}

/* Adds ", TEXT" to the line if it fits. */
static void
put_more(struct sheet *h, int *used, struct output *o)
{
	struct error err;
	int n = sheet_columns(h, output_slice(o));

	if (n && *used + 2 + n <= h->opt->width) {
		if (*used)
			sheet_str(h, STYLE_PLAIN, ", ");
		sheet_text(h, STYLE_PLAIN, output_slice(o));
		*used += n + (*used ? 2 : 0);
	}
	output_close(o, &err);
}

static struct output *
when(const struct smtp_session *s)
{
	struct output *o = output_memory();
	const struct stream *st = s->stream;
	char text[TIME_TEXT_MAX];

	if (st->transcript) {
		out_printf(
		    o, "a transcript, lines %" PRIu64 "-%" PRIu64, st->first_frame, st->last_frame);
		return o;
	}
	time_rfc3339(text, st->first_ts, 6);
	out_printf(o, "%.*sZ, ", (int)strcspn(text, "."), text);
	time_duration(text, common_since(st->last_ts, st->first_ts));
	out_printf(o, "%s, frames %" PRIu64 "-%" PRIu64, text, st->first_frame, st->last_frame);
	return o;
}

static struct output *
how_protected(const struct smtp_session *s)
{
	static const char *const words[] = { [TLS_NONE] = "not encrypted",
		[TLS_STARTTLS] = "TLS by STARTTLS",
		[TLS_IMPLICIT] = "TLS from the start",
		[TLS_JOINED] = "encrypted, joined late" };
	struct output *o = output_memory();

	if (s->app != APP_UNKNOWN && s->app != APP_TLS)
		out_printf(o, "%s, ", smtp_app_name(s->app));
	out_puts(o, words[s->tls.via]);
	return o;
}

/* Of both ways or of none: one alone reads as if the other had carried nothing. */
static struct output *
how_much(const struct smtp_session *s)
{
	struct output *o = output_memory();
	char number[NUMBER_TEXT_MAX];
	const struct stream_half *half;
	int role;

	for (role = DIR_CLIENT; role <= DIR_SERVER; role++) {
		half = smtp_half(s, role);
		out_printf(o, "%s %s octets", role == DIR_CLIENT ? "C>S" : ", S>C",
		    common_number(number, half->octets));
		if (half->retransmissions)
			out_printf(o, " (%s segments sent again)",
			    common_number(number, half->retransmissions));
	}
	return o;
}

static struct output *
how_whole(const struct smtp_session *s)
{
	struct output *o = output_memory();

	if (s->stream->midstream)
		out_puts(o, "joined in mid-stream");
	else if (s->one_sided)
		out_puts(o, "only one direction captured");
	else if (s->gap_octets[0] || s->gap_octets[1])
		out_puts(o, "octets missing");
	return o;
}

/* What there was no memory for, or no place within a limit: of a session that is read again perhaps
 * more than the first time (browse.c). */
static struct output *
how_kept(const struct smtp_session *s)
{
	const struct stream *st = s->stream;
	struct output *o = output_memory();
	char number[NUMBER_TEXT_MAX];
	const char *before = "NOT WHOLE: ";

	if (s->limited) {
		out_printf(o, "%s%s", before, s->limit ? s->limit : "a limit was hit");
		before = ", ";
	}
	if (st->refused_octets) {
		out_printf(
		    o, "%s%s octets dropped", before, common_number(number, st->refused_octets));
		before = ", ";
	}
	if (st->ledger.refused)
		out_printf(
		    o, "%s%s frames not kept", before, common_number(number, st->ledger.refused));
	return o;
}

void
sheet_title(struct sheet *h, const char *view)
{
	struct output *o = output_memory();
	struct error err;
	struct peers peers;
	int used;

	common_peers(&peers, &h->cfg, h->s);
	out_printf(o, "%s #%" PRIu64 "  ", view, h->s->number);
	put_peer(o, &peers, DIR_CLIENT);
	out_puts(o, " > ");
	put_peer(o, &peers, DIR_SERVER);
	used = sheet_columns(h, output_slice(o));
	sheet_line(h, DOC_HEAD);
	sheet_text(h, STYLE_TITLE, output_slice(o));
	output_close(o, &err);
	put_verdict(h, used);
	sheet_line(h, DOC_HEAD);
	used = 0;
	put_more(h, &used, when(h->s));
	put_more(h, &used, how_kept(h->s));
	put_more(h, &used, how_whole(h->s));
	put_more(h, &used, how_protected(h->s));
	put_more(h, &used, how_much(h->s));
}

/* The recipient of an end of data that is answered for each of them (RFC 2033 4.2).  Replies are
 * asked for in their order, so the search goes on behind the one found before. */
static const struct smtp_rcpt *
recipient_of(struct sheet *h, const struct smtp_unit *eod, const struct smtp_reply *r)
{
	const struct smtp_rcpt *to = h->rcpt ? STAILQ_NEXT(h->rcpt, link) : NULL;

	for (; to; to = STAILQ_NEXT(to, link))
		if (to->final == r)
			return h->rcpt = to;
	if (eod->tx)
		STAILQ_FOREACH (to, &eod->tx->rcpts, link)
			if (to->final == r)
				return h->rcpt = to;
	return NULL;
}

void
sheet_answered(struct output *o, struct sheet *h, const struct smtp_reply *r)
{
	const struct smtp_unit *u = r->meant ? r->meant : r->unit;
	const struct smtp_rcpt *to;
	struct slice rest;

	if (r->flags & REPLY_MID_DATA) {
		out_puts(o, "(inside the message)");
		return;
	}
	/* 421 may come at any time (RFC 5321 3.8). */
	if (!u && r->flags & REPLY_UNSOLICITED && r->code != 421)
		out_puts(o, "(answers nothing)");
	if (!u || u->kind == UNIT_GREETING)
		return;
	out_printf(o, "(to %s", smtp_unit_name(u));
	to = u->owes > 1 ? recipient_of(h, u, r) : NULL;
	if (to) {
		out_puts(o, " for <");
		out_write(o, to->addr);
		out_putc(o, '>');
	} else if (u->verb && u->verb->id == VERB_RCPT) {
		for (rest = slice_from(u->arg, 3); rest.n && rest.p[0] == ' ';)
			rest = slice_from(rest, 1);
		out_putc(o, ' ');
		out_write(o, rest);
	}
	out_putc(o, ')');
}

void
sheet_ending(struct sheet *h)
{
	struct sheet_par par = { .flags = DOC_HEAD, .own = true, .indent = 2 };
	struct output *o = output_memory();

	h->frame = 0;
	h->finding = NULL;
	common_closure(o, h->s);
	sheet_blank(h);
	sheet_wrap_take(h, &par, STYLE_DIM, o);
}
