/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ladder_report - sessions as sequence diagrams: as text, as Markdown with Mermaid source in it,
 * and as one picture.
 *
 * Text and Markdown are written session by session.  A picture has to know its height first, so
 * its rows are gathered, up to HEIGHT_MAX, and written at the end; sessions that found no room
 * are counted in it.  Below the last session stands what was lost, as in every report.
 *
 * The picture is a file that stands alone: nothing is loaded, nothing runs.  Text becomes XML in
 * html_text.c alone.
 */
#include <inttypes.h>

#include "base/error.h"
#include "base/output.h"
#include "report/html_text.h"
#include "report/ladder.h"
#include "report/markdown_text.h"
#include "report/redact.h"
#include "report/reporter.h"
#include "report/summary.h"
#include "report/trust.h"

enum {
	TEXT_STEPS = 10000, /* of a session; the rest of it is one fold */
	MERMAID_STEPS = 1000,
	SVG_STEPS = 1000,
	HEIGHT_MAX = 100000, /* of a picture */
	LINE = 20            /* height of a line of words */
};

struct ladders {
	const struct report_config *cfg;
	struct redactor *redactor;
	struct output *rows; /* of a picture */
	int height;
	uint64_t left_out; /* sessions */
};

static void
ladders_begin(void *state, struct output *o, const struct report_config *cfg)
{
	struct ladders *t = state;

	(void)o;
	t->cfg = cfg;
	t->redactor = redactor_new(cfg->redact);
	redactor_names(t->redactor, cfg->names, cfg->nnames);
}

static void
ladders_fini(void *state)
{
	struct ladders *t = state;
	struct error ignored;

	if (t->rows)
		output_close(t->rows, &ignored);
	redactor_free(t->redactor);
}

/* With -q a session without findings is not shown. */
static bool
is_wanted(const struct ladders *t, const struct smtp_session *s)
{
	const struct finding *f;

	STAILQ_FOREACH (f, &s->findings, link)
		if (common_shown(t->cfg, f))
			return true;
	return !t->cfg->quiet;
}

static void
put_ending(struct output *o, const struct ladders *t, const struct smtp_session *s)
{
	struct output *words = output_memory();
	struct error ignored;

	common_closure(words, s);
	redact_text(t->redactor, o, output_slice(words));
	output_close(words, &ignored);
}

/* -- as text ---------------------------------------------------------------------------- */

static void
text_session(void *state, struct output *o, const struct smtp_session *s)
{
	struct ladders *t = state;
	struct output *to;
	struct ladder l;

	if (!is_wanted(t, s))
		return;
	to = redact_capture(t->redactor, o, s);
	summary_heading(to, t->cfg, s);
	redact_release(t->redactor, o, to);
	out_putc(o, '\n');
	ladder_session(&l, s, t->cfg, t->redactor, TEXT_STEPS);
	ladder_text(o, &l);
	ladder_fini(&l);
	out_puts(o, "\n  ");
	put_ending(o, t, s);
	out_puts(o, "\n\n");
}

static void
text_end(void *state, struct output *o, const struct run *run)
{
	struct ladders *t = state;
	struct output *to = redact_capture(t->redactor, o, NULL);

	summary_run(to, t->cfg, run);
	redact_release(t->redactor, o, to);
}

/* -- as Markdown ------------------------------------------------------------------------ */

static void
put_markdown(struct output *o, struct output *words)
{
	struct error ignored;

	markdown_text(o, output_slice(words));
	output_close(words, &ignored);
}

static void
put_name(struct output *o, const struct ladder *l, enum stream_dir role)
{
	out_puts(o, l->name[role]);
	if (l->address[role][0])
		out_printf(o, " (%s)", l->address[role]);
}

/* "Session 1: 192.0.2.1 to 198.51.100.25, frames 1-60" */
static struct output *
title(const struct ladder *l, const struct smtp_session *s)
{
	struct output *o = output_memory();

	out_printf(o, "Session %" PRIu64 ": ", l->session);
	put_name(o, l, DIR_CLIENT);
	out_puts(o, " to ");
	put_name(o, l, DIR_SERVER);
	out_printf(o, ", %ss %" PRIu64 "-%" PRIu64, place_name(l->transcript),
	    s->stream->first_frame, s->stream->last_frame);
	return o;
}

static void
mermaid_session(void *state, struct output *o, const struct smtp_session *s)
{
	struct ladders *t = state;
	struct output *words;
	struct ladder l;

	if (!is_wanted(t, s))
		return;
	if (redactor_what(t->redactor))
		redact_learn(t->redactor, s);
	ladder_session(&l, s, t->cfg, t->redactor, MERMAID_STEPS);
	out_puts(o, "## ");
	put_markdown(o, title(&l, s));
	out_puts(o, "\n\n");
	words = output_memory();
	ladder_mermaid(words, &l);
	markdown_block(o, "mermaid", words);
	out_putc(o, '\n');
	words = output_memory();
	put_ending(words, t, s);
	put_markdown(o, words);
	out_puts(o, ".\n\n");
	ladder_fini(&l);
}

/* What limits the report, each in a line of its own; the caller words the lines. */
static size_t
losses(struct trust_row rows[TRUST_ROWS_MAX], const struct run *run, struct output *read)
{
	size_t n = trust_rows(rows, run);

	if (n == 0 && !run->error)
		out_puts(read, "nothing was dropped, cut or missing; ");
	out_puts(read, "read: ");
	common_count(read, run->capture.packets, common_read(run));
	out_puts(read, ", ");
	common_count(read, run->sessions, "session");
	return n;
}

static void
mermaid_end(void *state, struct output *o, const struct run *run)
{
	struct output *words = output_memory(), *read = output_memory();
	struct trust_row rows[TRUST_ROWS_MAX];
	size_t i, n = losses(rows, run, read);
	struct error ignored;

	(void)state;
	out_puts(o, "---\n\n");
	for (i = 0; i < n; i++) {
		words = words ? words : output_memory();
		trust_put(words, &rows[i]);
		out_puts(o, "- ");
		put_markdown(o, words);
		out_putc(o, '\n');
		words = NULL;
	}
	if (words)
		output_close(words, &ignored);
	if (run->error) {
		words = output_memory();
		out_printf(words, "the input ended early: %s", run->error);
		out_puts(o, "- ");
		put_markdown(o, words);
		out_putc(o, '\n');
	}
	out_puts(o, "- ");
	put_markdown(o, read);
	out_putc(o, '\n');
}

/* -- as a picture ----------------------------------------------------------------------- */

static const char style[] =
    ":root{color-scheme:light dark;--bg:#fff;--fg:#1c2024;--dim:#5b6168;--line:#c3c8cc;"
    "--error:#b3180f;--errorbg:#fdeceb;--warning:#835200;--warningbg:#fdf3dc;--note:#2c5d84;"
    "--notebg:#e8f1f8}"
    "@media (prefers-color-scheme:dark){:root{--bg:#15181b;--fg:#e6e8ea;--dim:#a3abb2;"
    "--line:#4a5259;--error:#ff8a80;--errorbg:#3a1c1b;--warning:#f0bd5c;--warningbg:#352a12;"
    "--note:#8ec4ec;--notebg:#1a2b38}}"
    ".page{fill:var(--bg)}"
    "text{fill:var(--fg);font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"
    "'DejaVu Sans Mono',monospace}"
    ".title{font-weight:600;font-size:15px}.dim{fill:var(--dim)}"
    ".life{stroke:var(--line);stroke-width:2}"
    ".arrow{stroke:var(--dim);stroke-width:1.5;fill:none}.data{stroke:var(--fg)}"
    ".head{fill:var(--fg);stroke:none}.dash{stroke-dasharray:3 4}"
    ".lost{stroke:var(--error);stroke-width:2}.row{fill:var(--errorbg)}.rel{fill:var(--notebg)}"
    ".mark.error{fill:var(--errorbg);stroke:var(--error)}"
    ".mark.warning{fill:var(--warningbg);stroke:var(--warning)}"
    ".mark.note{fill:var(--notebg);stroke:var(--note)}";

static void
svg_begin(void *state, struct output *o, const struct report_config *cfg)
{
	struct ladders *t = state;

	ladders_begin(state, o, cfg);
	t->rows = output_memory();
	t->height = LINE;
}

/* A line of words; closes them. */
static void
put_line(struct ladders *t, const char *class, struct output *words)
{
	out_printf(t->rows, "<text class=\"%s\" x=\"20\" y=\"%d\">", class, t->height + 14);
	html_words(t->rows, words);
	out_puts(t->rows, "</text>\n");
	t->height += LINE;
}

static void
svg_session(void *state, struct output *o, const struct smtp_session *s)
{
	struct ladders *t = state;
	struct output *ending;
	struct ladder l;

	(void)o;
	if (!is_wanted(t, s))
		return;
	if (t->height > HEIGHT_MAX) {
		t->left_out++;
		return;
	}
	if (redactor_what(t->redactor))
		redact_learn(t->redactor, s);
	ladder_session(&l, s, t->cfg, t->redactor, SVG_STEPS);
	put_line(t, "title", title(&l, s));
	t->height = ladder_svg_rows(t->rows, &l, t->height);
	ending = output_memory();
	put_ending(ending, t, s);
	put_line(t, "dim", ending);
	t->height += LINE;
	ladder_fini(&l);
}

static void
svg_losses(struct ladders *t, const struct run *run)
{
	struct output *words, *read = output_memory();
	struct trust_row rows[TRUST_ROWS_MAX];
	size_t i, n = losses(rows, run, read);

	if (t->left_out) {
		words = output_memory();
		common_count(words, t->left_out, "session");
		out_puts(words, " had no room in this picture");
		put_line(t, "dim", words);
	}
	for (i = 0; i < n; i++) {
		words = output_memory();
		trust_put(words, &rows[i]);
		put_line(t, "dim", words);
	}
	if (run->error) {
		words = output_memory();
		out_printf(words, "the input ended early: %s", run->error);
		put_line(t, "dim", words);
	}
	put_line(t, "dim", read);
}

static void
svg_end(void *state, struct output *o, const struct run *run)
{
	struct ladders *t = state;
	int height;

	svg_losses(t, run);
	height = t->height + LINE;
	out_puts(o, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	out_printf(o,
	    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
	    "height=\"%d\">\n<title>SMTP sessions as ladders</title>\n<style>%s</style>\n"
	    "<rect class=\"page\" width=\"%d\" height=\"%d\"/>\n",
	    SVG_WIDTH, height, SVG_WIDTH, height, style, SVG_WIDTH, height);
	out_write(o, output_slice(t->rows));
	out_puts(o, "</svg>\n");
}

/* -- the formats ------------------------------------------------------------------------ */

const struct reporter_ops reporter_ladder = {
	.name = "ladder",
	.summary = "sequence diagrams as text",
	.size = sizeof(struct ladders),
	.begin = ladders_begin,
	.session = text_session,
	.end = text_end,
	.fini = ladders_fini,
};

const struct reporter_ops reporter_mermaid = {
	.name = "mermaid",
	.summary = "sequence diagrams as Markdown that trackers draw (Mermaid)",
	.size = sizeof(struct ladders),
	.begin = ladders_begin,
	.session = mermaid_session,
	.end = mermaid_end,
	.fini = ladders_fini,
};

const struct reporter_ops reporter_svg = {
	.name = "svg",
	.summary = "sequence diagrams as a picture",
	.size = sizeof(struct ladders),
	.begin = svg_begin,
	.session = svg_session,
	.end = svg_end,
	.fini = ladders_fini,
};
