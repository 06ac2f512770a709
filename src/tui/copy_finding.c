/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * copy_finding - a finding as Markdown, for a ticket or a mailing list.
 *
 * It is the text of the view, built so wide that no paragraph is broken: heads become headings,
 * the frames of the evidence a block of code, everything else prose in which nothing from the
 * wire is markup (markdown_text.h).
 */
#include "base/error.h"
#include "base/output.h"
#include "report/markdown_text.h"
#include "tui/app.h"
#include "tui/pager.h"

enum { UNBROKEN = 100000 /* columns: longer than any paragraph */ };

static struct slice
trimmed(struct slice s)
{
	while (s.n && s.p[0] == ' ')
		s = slice_from(s, 1);
	while (s.n && s.p[s.n - 1] == ' ')
		s.n--;
	return s;
}

static void
put_code(struct output *o, struct output *block)
{
	markdown_block(o, "text", block);
	out_putc(o, '\n');
}

/* Ends the block of code that is open. */
static void
close_block(struct output *o, struct output **block)
{
	if (*block)
		put_code(o, *block);
	*block = NULL;
}

static void
put_body(struct output *o, const struct doc *d)
{
	struct output *block = NULL;
	bool evidence = false;
	size_t i;

	for (i = 0; i < doc_count(d); i++) {
		struct slice line = doc_plain(d, i), text = trimmed(line);

		if (!text.n)
			continue;
		if (doc_flags(d, i) & DOC_HEAD) {
			close_block(o, &block);
			evidence = slice_caseprefix(text, "EVIDENCE");
			out_puts(o, "### ");
			markdown_text(o, text);
			out_puts(o, "\n\n");
		} else if (evidence) {
			block = block ? block : output_memory();
			copy_put(block, line, false);
			out_putc(block, '\n');
		} else {
			markdown_text(o, text);
			out_puts(o, "\n\n");
		}
	}
	close_block(o, &block);
}

void
copy_finding(struct app *a, const struct pager *p)
{
	const struct smtp_session *s = app_session(a, &p->row);
	const struct finding *f = s ? pager_finding(p, s) : NULL;
	struct build_options opt = a->build;
	struct doc *title, *body;
	struct output *o;
	struct error ignored;

	if (!f)
		return;
	title = doc_new();
	body = doc_new();
	o = output_memory();
	opt.width = UNBROKEN;
	opt.ascii = false;
	opt.finding = f;
	build_finding(title, body, s, &opt);
	out_printf(o, "## %s (%s): ", severity_name(f->severity), confidence_name(f->confidence));
	markdown_text(o, slice_str(f->check->title));
	out_printf(o, "\n\n`%s`, ", f->check->id);
	markdown_text(o, trimmed(doc_plain(title, doc_count(title) - 1)));
	out_puts(o, "\n\n");
	put_body(o, body);
	copy_text(a, output_slice(o), "the finding, as Markdown,");
	output_close(o, &ignored);
	doc_free(title);
	doc_free(body);
}
