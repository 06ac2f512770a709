/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sheet - lines, paragraphs and tables of a document being built.
 *
 * A paragraph is broken in a document of its own, which knows the width of
 * characters, and copied line by line behind its lead.
 */
#include <inttypes.h>

#include "base/error.h"
#include "base/output.h"
#include "tui/glyph.h"
#include "tui/sheet.h"

enum { NARROWEST = 8 /* columns that a paragraph gets, whatever the width */ };

void
sheet_init(struct sheet *h, struct doc *doc, const struct smtp_session *s,
    const struct build_options *opt, unsigned hide)
{
	*h = (struct sheet){ .doc = doc, .s = s, .opt = opt, .cfg = *opt->cfg };
	h->cfg.time = opt->time;
	h->cfg.verbose = 0;
	h->cfg.color = false;
	h->cfg.redact |= hide;
	h->cfg.show_text = h->cfg.show_text && !(h->cfg.redact & REDACT_BODY);
	h->redactor = redactor_new(h->cfg.redact);
	if (s)
		redact_learn(h->redactor, s);
	doc_ascii(doc, opt->ascii);
}

void
sheet_fini(struct sheet *h)
{
	redactor_free(h->redactor);
}

void
sheet_line(struct sheet *h, unsigned flags)
{
	doc_line(h->doc, flags, h->frame, h->finding);
}

void
sheet_blank(struct sheet *h)
{
	doc_line(h->doc, DOC_HEAD, 0, NULL);
}

void
sheet_text(struct sheet *h, enum style style, struct slice text)
{
	struct output *o;
	struct error err;

	if (!redactor_what(h->redactor)) {
		doc_text(h->doc, style, text);
		return;
	}
	o = output_memory();
	redact_text(h->redactor, o, text);
	doc_text(h->doc, style, output_slice(o));
	output_close(o, &err);
}

void
sheet_str(struct sheet *h, enum style style, const char *text)
{
	doc_text(h->doc, style, slice_str(text));
}

void
sheet_take(struct sheet *h, enum style style, struct output *o)
{
	struct error err;

	sheet_text(h, style, output_slice(o));
	output_close(o, &err);
}

int
sheet_columns(const struct sheet *h, struct slice text)
{
	struct glyph_rules rules = { .ascii = h->opt->ascii };

	return glyph_columns(text, &rules);
}

bool
sheet_take_if(struct sheet *h, enum style style, struct output *o, int room)
{
	bool fits = sheet_columns(h, output_slice(o)) <= room;
	struct error err;

	if (fits)
		sheet_text(h, style, output_slice(o));
	output_close(o, &err);
	return fits;
}

void
sheet_cut(struct sheet *h, enum style style, struct slice s, int room)
{
	bool cut = sheet_columns(h, s) > room;

	if (room < 8)
		return;
	if (cut)
		s.n = common_fit(s, (size_t)(room - 3));
	doc_text(h->doc, style, s);
	if (cut)
		sheet_str(h, style, "...");
}

/* -- paragraphs ------------------------------------------------------------------------- */

static void
put_lead(struct sheet *h, const struct sheet_par *par, bool first)
{
	int hang = par->hang;

	sheet_line(h, first ? par->flags : par->flags & ~(unsigned)DOC_ANCHOR);
	if (par->lead)
		sheet_str(h, par->lead_style, par->lead);
	doc_printf(h->doc, STYLE_PLAIN, "%*s", par->indent, "");
	if (first && par->label) {
		sheet_str(h, par->label_style, par->label);
		hang -= sheet_columns(h, slice_str(par->label));
	}
	doc_printf(h->doc, STYLE_PLAIN, "%*s", hang > 0 ? hang : 0, "");
}

static int
lead_columns(const struct sheet *h, const struct sheet_par *par)
{
	return par->indent + (par->lead ? sheet_columns(h, slice_str(par->lead)) : 0);
}

/* The text, broken; `used' columns of the first line are taken already: a word of ours stands
 * for them. */
static struct doc *
broken(const struct sheet *h, struct slice text, int used, int width, bool own)
{
	struct output *o = output_memory();
	struct doc *d = doc_new();
	struct error err;
	int i;

	for (i = used; i > 0; i--)
		out_putc(o, i > 1 ? '_' : ' ');
	if (own)
		out_write(o, text);
	else
		redact_text(h->redactor, o, text);
	doc_ascii(d, h->opt->ascii);
	doc_wrap(
	    d, 0, 0, NULL, STYLE_PLAIN, output_slice(o), 0, width < NARROWEST ? NARROWEST : width);
	output_close(o, &err);
	return d;
}

static struct doc *
paragraph(const struct sheet *h, const struct sheet_par *par, struct slice text, int *used)
{
	int label = par->label ? sheet_columns(h, slice_str(par->label)) : par->hang;

	*used = label > par->hang ? label - par->hang : 0;
	return broken(h, text, *used, h->opt->width - lead_columns(h, par) - par->hang, par->own);
}

int
sheet_lines(const struct sheet *h, const struct sheet_par *par, struct slice text)
{
	int used, n;
	struct doc *d = paragraph(h, par, text, &used);

	n = (int)doc_count(d);
	doc_free(d);
	return n;
}

void
sheet_wrap(struct sheet *h, const struct sheet_par *par, enum style style, struct slice text)
{
	int used;
	struct doc *d = paragraph(h, par, text, &used);
	size_t n = doc_count(d), i;
	bool cut = par->lines && n > (size_t)par->lines;

	if (cut)
		n = (size_t)par->lines;
	for (i = 0; i < n; i++) {
		struct slice line = slice_from(doc_plain(d, i), i ? 0 : (size_t)used);

		put_lead(h, par, i == 0);
		if (cut && i + 1 == n) {
			int room = h->opt->width - lead_columns(h, par) - par->hang - 3;

			line.n = common_fit(line, (size_t)(room < NARROWEST ? NARROWEST : room));
		}
		doc_text(h->doc, style, line);
		if (cut && i + 1 == n)
			sheet_str(h, style, "...");
	}
	doc_free(d);
}

void
sheet_flow(struct sheet *h, enum style style, struct slice text, int column)
{
	struct doc *d = broken(h, text, 0, h->opt->width - column, false);
	size_t i;

	for (i = 0; i < doc_count(d); i++) {
		if (i) {
			sheet_line(h, 0);
			doc_column(h->doc, column, 0);
		}
		doc_text(h->doc, style, doc_plain(d, i));
	}
	doc_free(d);
}

void
sheet_wrap_take(struct sheet *h, const struct sheet_par *par, enum style style, struct output *o)
{
	struct error err;

	sheet_wrap(h, par, style, output_slice(o));
	output_close(o, &err);
}

void
sheet_table(struct sheet *h, const struct sheet_par *par, enum style style, const char *lines)
{
	while (lines && *lines) {
		size_t n = strcspn(lines, "\n");

		put_lead(h, par, false);
		sheet_text(h, style, slice_of(lines, n));
		lines += n + (lines[n] == '\n');
	}
}
