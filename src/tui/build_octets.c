/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * build_octets - one frame as it was captured, as hexadecimal digits and characters.
 *
 * Secrets are hidden here as everywhere: of what the client sent, only octets that the model
 * explains are shown, and of those not the secret of an AUTH exchange.  Places are those in the
 * stream, so a secret that was sent again is hidden again.  What cannot be placed (a datagram in
 * fragments, a stream whose numbers are not known) is shown only if the session holds no secret.
 */
#include <inttypes.h>

#include "base/output.h"
#include "report/keep.h"
#include "report/pieces.h"
#include "tui/build.h"
#include "tui/sheet.h"

enum {
	LINE_OCTETS = 16,
	HEX_COLUMN = 8,  /* of a line, behind the place */
	TEXT_COLUMN = 50 /* likewise, behind the digits */
};

struct dump {
	struct sheet h;
	const struct packet *pkt;
	struct pieces pieces; /* of the client */
	size_t payload;       /* place of the first octet of the payload */
	size_t npayload;      /* 0: none, or it could not be placed */
	int64_t off;          /* of that octet in the stream */
	bool client;          /* it is the client's */
	bool hide_all;        /* all but the headers that can be told */
	uint64_t hidden;      /* octets */
};

/* -- what may be shown ------------------------------------------------------------------ */

static bool
has_secret(const struct smtp_session *s)
{
	const struct smtp_unit *u;

	STAILQ_FOREACH (u, &s->units, link)
		if (u->flags & UNIT_MASKED || (u->verb && u->verb->id == VERB_AUTH))
			return true;
	return false;
}

/* Where in the line the secret begins: the mask stands for it. */
static int64_t
secret_at(const struct smtp_unit *u)
{
	struct slice t = u->line.text;

	while (t.n > 0 && t.p[t.n - 1] == '*')
		t.n--;
	return u->line.off + (int64_t)t.n;
}

static bool
may_show(const struct dump *d, int64_t off)
{
	const struct piece *p = pieces_at(&d->pieces, off);

	if (!p || off < p->off || p->kind == PIECE_GAP)
		return false;
	if (p->kind != PIECE_LINE || !(p->unit->flags & UNIT_MASKED))
		return true;
	return off < secret_at(p->unit);
}

static bool
is_hidden(const struct dump *d, size_t at)
{
	if (d->hide_all)
		return at >= d->payload;
	if (!d->client || at < d->payload || at - d->payload >= d->npayload)
		return false;
	return !may_show(d, d->off + (int64_t)(at - d->payload));
}

/* -- where the payload is --------------------------------------------------------------- */

static void
place(struct dump *d, const struct smtp_session *s, const struct segment *seg)
{
	const struct ledger *l = &s->stream->ledger;
	size_t i = keep_record(l, d->pkt->frame);
	const struct ledger_seg *g = i < l->n ? &l->seg[i] : NULL;
	const uint8_t *data = d->pkt->data.p;
	const struct stream_half *half;

	d->payload = d->pkt->data.n;
	if (seg && seg->payload.p >= data && seg->payload.p <= data + d->pkt->data.n)
		d->payload = (size_t)(seg->payload.p - data);
	if (!seg || !g || g->frame > d->pkt->frame || seg->nfragments ||
	    seg->payload.n > d->pkt->data.n - d->payload) {
		d->payload = 0;
		d->hide_all = has_secret(s);
		return;
	}
	half = smtp_half(s, smtp_role(s, g));
	d->client = smtp_role(s, g) == DIR_CLIENT;
	d->npayload = seg->payload.n;
	d->off = g->off;
	if (g->frame == d->pkt->frame)
		return;
	/* Within a run that is kept as one record. */
	d->off += (int32_t)(seg->seq - (half->base_seq + (uint32_t)g->off));
	d->hide_all = !half->base_known && d->client && has_secret(s);
}

/* -- drawing ---------------------------------------------------------------------------- */

static enum style
octet_style(const struct dump *d, size_t at)
{
	if (at < d->payload || at - d->payload >= d->npayload)
		return STYLE_DIM;
	return d->client ? STYLE_CLIENT : STYLE_SERVER;
}

static void
put_line(struct dump *d, size_t from)
{
	size_t n = d->pkt->data.n, to = from + LINE_OCTETS < n ? from + LINE_OCTETS : n, i;

	sheet_line(&d->h, 0);
	doc_printf(d->h.doc, STYLE_DIM, "0x%04zx:", from);
	doc_column(d->h.doc, HEX_COLUMN, 1);
	for (i = from; i < to; i++) {
		if (i > from && (i - from) % 2 == 0)
			sheet_str(&d->h, STYLE_PLAIN, " ");
		if (is_hidden(d, i)) {
			sheet_str(&d->h, STYLE_WARNING, "**");
			d->hidden++;
		} else {
			doc_printf(d->h.doc, octet_style(d, i), "%02x", d->pkt->data.p[i]);
		}
	}
	doc_column(d->h.doc, TEXT_COLUMN, 2);
	for (i = from; i < to; i++) {
		uint8_t c = d->pkt->data.p[i];

		if (is_hidden(d, i))
			sheet_str(&d->h, STYLE_WARNING, "*");
		else
			doc_printf(
			    d->h.doc, octet_style(d, i), "%c", c > 0x20 && c < 0x7f ? c : '.');
	}
}

static void
put_title(struct dump *d, const struct segment *seg)
{
	char number[NUMBER_TEXT_MAX];
	struct sheet *h = &d->h;

	sheet_line(h, DOC_HEAD);
	doc_printf(h->doc, STYLE_TITLE, "Octets of frame %" PRIu64, d->pkt->frame);
	if (d->npayload)
		doc_printf(h->doc, STYLE_TITLE, "  %s", d->client ? "C>S" : "S>C");
	sheet_line(h, DOC_HEAD);
	sheet_session(h);
	sheet_line(h, DOC_HEAD);
	doc_printf(h->doc, STYLE_PLAIN, "%s octets",
	    common_number(
	        number, d->pkt->wirelen > d->pkt->data.n ? d->pkt->wirelen : d->pkt->data.n));
	if (d->pkt->data.n < d->pkt->wirelen)
		doc_printf(h->doc, STYLE_WARNING, ", %s of them captured",
		    common_number(number, d->pkt->data.n));
	if (d->npayload)
		doc_printf(h->doc, STYLE_PLAIN, ", payload: %s at 0x%zx, seq %" PRIu32,
		    common_number(number, d->npayload), d->payload, seg->seq);
	else if (seg && seg->nfragments)
		sheet_str(h, STYLE_PLAIN, ", a fragment");
	else if (seg)
		sheet_str(h, STYLE_PLAIN, ", no payload");
}

void
build_octets(struct doc *title, struct doc *body, const struct smtp_session *s,
    const struct build_options *opt, const struct build_octets_of *of)
{
	struct dump d = { .pkt = of->pkt };
	char number[NUMBER_TEXT_MAX];
	size_t i;

	sheet_init(&d.h, title, s, opt, 0);
	pieces_build(&d.pieces, s, DIR_CLIENT);
	place(&d, s, of->seg);
	put_title(&d, of->seg);
	d.h.doc = body;
	doc_ascii(body, opt->ascii);
	for (i = 0; i < d.pkt->data.n; i += LINE_OCTETS)
		put_line(&d, i);
	if (d.hidden) {
		sheet_blank(&d.h);
		sheet_line(&d.h, DOC_HEAD);
		doc_printf(d.h.doc, STYLE_WARNING,
		    "%s octets are hidden: they are, or may be, the secret of an AUTH exchange",
		    common_number(number, d.hidden));
	}
	pieces_fini(&d.pieces);
	sheet_fini(&d.h);
}
