/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transcript - the dialogue as mail people write it: "C>" and "S>" lines.
 *
 * A blank line stands between the turns, so that commands sent together are
 * seen as one block; a remark below the block says in how many segments they
 * went and how many replies came.  The number of the frame stands before the
 * first line that it carried.  Message text is told by its size unless it was
 * asked for.  A finding follows the last line of its frame.
 */
#include <inttypes.h>

#include "base/error.h"
#include "base/escape.h"
#include "base/output.h"
#include "report/dialogue.h"
#include "report/redact.h"
#include "report/reporter.h"
#include "report/summary.h"
#include "report/finding_text.h"

enum { MARGIN = 10, LINE_COLUMNS = 1000 };

enum turn { TURN_NONE, TURN_CLIENT, TURN_SERVER, TURN_EVENT };

struct transcript {
	const struct report_config *cfg;
	struct dialogue d; /* its memory is used again for each session */
	struct redactor *redactor;
};

/* The session being written. */
struct page {
	struct output *o;
	const struct report_config *cfg;
	const struct smtp_session *s;
	struct explained explained;
	enum turn turn;
	uint64_t frame; /* of the last line */
	struct dialogue_group group;
};

static void
transcript_begin(void *state, struct output *o, const struct report_config *cfg)
{
	struct transcript *t = state;

	(void)o;
	t->cfg = cfg;
	t->redactor = redactor_new(cfg->redact);
}

/* The margin of a new line; a blank line first if another side speaks. */
static void
page_line(struct page *p, enum turn turn, uint64_t frame)
{
	static const char *const tags[] = {
		[TURN_NONE] = "", [TURN_CLIENT] = "C> ", [TURN_SERVER] = "S> ", [TURN_EVENT] = ""
	};

	if (turn != p->turn)
		out_putc(p->o, '\n');
	if (frame && frame != p->frame)
		out_printf(p->o, "%8" PRIu64 "  ", frame);
	else
		out_printf(p->o, "%*s", MARGIN, "");
	if (turn == TURN_CLIENT || turn == TURN_SERVER)
		common_color(p->o, p->cfg, turn == TURN_CLIENT ? COLOR_CLIENT : COLOR_SERVER);
	out_puts(p->o, tags[turn]);
	if (turn == TURN_CLIENT || turn == TURN_SERVER)
		common_color(p->o, p->cfg, COLOR_NONE);
	p->turn = turn;
	if (frame)
		p->frame = frame;
}

/* A line of ours about what is not shown. */
static void __attribute__((__format__(printf, 4, 5)))
page_remark(struct page *p, enum turn turn, uint64_t frame, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	page_line(p, turn, frame);
	out_puts(p->o, text);
	out_putc(p->o, '\n');
}

/* What the item is in words, which may be none. */
static void
page_words(struct page *p, enum turn turn, const struct item *it)
{
	struct output *words = output_memory();
	struct error err;
	struct slice rest;

	dialogue_words(words, p->s, it);
	for (rest = output_slice(words); rest.n;) {
		size_t n = (size_t)((const uint8_t *)memchr(rest.p, '\n', rest.n) - rest.p);

		page_line(p, turn, it->frame);
		out_write(p->o, slice_of(rest.p, n + 1));
		rest = slice_from(rest, n + 1);
	}
	output_close(words, &err);
}

static void
page_unit(struct page *p, const struct item *it)
{
	const struct smtp_unit *u = it->unit;
	uint64_t octets;

	page_line(p, TURN_CLIENT, it->frame);
	if (redact_hides_line(p->cfg->redact, u))
		out_puts(p->o, "[hidden]");
	else
		common_cut(p->o, u->line.text, LINE_COLUMNS);
	out_puts(p->o,
	    (u->line.flags & (LINE_UNTERMINATED | LINE_GAP)) == LINE_UNTERMINATED ?
	        " <line never ended>\n" :
	        "\n");
	if (u->kind == UNIT_CHUNK && u->chunk_size) {
		octets = (uint64_t)(u->end - u->line.off) - u->line.len;
		if (u->flags & UNIT_CHUNK_SHORT)
			page_remark(p, TURN_CLIENT, it->frame,
			    "[chunk, cut short; %" PRIu64 " octets announced]", u->chunk_size);
		else
			page_remark(
			    p, TURN_CLIENT, it->frame, "[chunk, %" PRIu64 " octets]", octets);
	}
	if (dialogue_group(&p->group, u)) {
		out_printf(p->o, "%*s", MARGIN, "");
		dialogue_group_put(p->o, p->s, &p->group);
		out_putc(p->o, '\n');
	}
}

static void
page_text(struct page *p, const struct item *it)
{
	const struct smtp_body *b = it->body;
	struct slice rest = b->text;

	if (p->cfg->show_text) {
		while (rest.n) {
			const uint8_t *lf = memchr(rest.p, '\n', rest.n);
			size_t n = lf ? (size_t)(lf - rest.p) : rest.n;
			struct slice line = slice_of(rest.p, n);

			if (line.n && line.p[line.n - 1] == '\r')
				line.n--;
			page_line(p, TURN_CLIENT, it->frame);
			escape_text(p->o, line);
			out_putc(p->o, '\n');
			rest = slice_from(rest, n + 1);
		}
	}
	page_words(p, TURN_CLIENT, it);
}

static void
page_reply(struct page *p, const struct item *it)
{
	const struct smtp_reply *r = it->reply;
	bool hidden = redact_hides_reply(p->cfg->redact, r);
	uint32_t i;

	for (i = 0; i < r->nkept; i++) {
		page_line(p, TURN_SERVER, it->frame);
		if (hidden)
			out_printf(
			    p->o, "%03u%c[text hidden]", r->code, i + 1 < r->nkept ? '-' : ' ');
		else
			common_cut(p->o, r->lines[i].text, LINE_COLUMNS);
		if (i + 1 == r->nkept && p->cfg->verbose && (r->meant || r->unit))
			out_printf(
			    p->o, "  (to %s)", smtp_unit_name(r->meant ? r->meant : r->unit));
		out_putc(p->o, '\n');
	}
	if (r->nkept < r->nlines)
		page_remark(p, TURN_SERVER, it->frame,
		    "[%" PRIu32 " lines not kept, last code %03u]", r->nlines - r->nkept, r->code);
}

static void
page_item(struct page *p, const struct item *it)
{
	struct finding_style st = {
		.cfg = p->cfg, .s = p->s, .explained = &p->explained, .indent = MARGIN
	};

	switch (it->kind) {
	case ITEM_UNIT:
		page_unit(p, it);
		break;
	case ITEM_TEXT:
		page_text(p, it);
		break;
	case ITEM_REPLY:
		page_reply(p, it);
		break;
	case ITEM_OPEN:
	case ITEM_GAP:
	case ITEM_TLS:
	case ITEM_ALERT:
	case ITEM_FIN:
	case ITEM_RST:
		page_words(p, TURN_EVENT, it);
		break;
	case ITEM_FINDING:
		if (!common_shown(p->cfg, it->finding))
			break;
		st.tell_frame = it->frame != p->frame;
		finding_text(p->o, &st, it->finding);
		break;
	}
}

static bool
wanted(const struct report_config *cfg, const struct smtp_session *s)
{
	const struct finding *f;

	if (!cfg->quiet)
		return true;
	STAILQ_FOREACH (f, &s->findings, link)
		if (common_shown(cfg, f))
			return true;
	return false;
}

static void
transcript_session(void *state, struct output *o, const struct smtp_session *s)
{
	struct transcript *t = state;
	struct page p = { .cfg = t->cfg, .s = s };
	size_t i;

	if (!wanted(t->cfg, s))
		return;
	p.o = redact_capture(t->redactor, o, s);
	summary_heading(p.o, t->cfg, s);
	dialogue_build(&t->d, s, t->cfg->quiet);
	for (i = 0; i < t->d.n; i++)
		page_item(&p, &t->d.item[i]);
	if (t->cfg->quiet || t->cfg->verbose) {
		out_putc(p.o, '\n');
		summary_session(p.o, t->cfg, s);
	}
	out_putc(p.o, '\n');
	redact_release(t->redactor, o, p.o);
	explained_fini(&p.explained);
}

static void
transcript_end(void *state, struct output *o, const struct run *run)
{
	struct transcript *t = state;
	struct output *to = redact_capture(t->redactor, o, NULL);

	summary_run(to, t->cfg, run);
	redact_release(t->redactor, o, to);
}

static void
transcript_fini(void *state)
{
	struct transcript *t = state;

	dialogue_fini(&t->d);
	redactor_free(t->redactor);
}

const struct reporter_ops reporter_transcript = {
	.name = "transcript",
	.summary = "the dialogue with C> and S>, findings in place",
	.size = sizeof(struct transcript),
	.begin = transcript_begin,
	.session = transcript_session,
	.end = transcript_end,
	.fini = transcript_fini,
};
