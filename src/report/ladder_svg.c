/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ladder_svg - the diagram as a picture within an HTML page, or within a larger picture.
 *
 * Colours and fonts are those of the style sheet around it.  Heads of arrows are
 * drawn, not referred to, so that the picture stands alone.  A text version is
 * beside it in the page; the picture is named for who does not see it.
 */
#include <inttypes.h>

#include "base/error.h"
#include "base/output.h"
#include "report/common.h"
#include "report/html_text.h"
#include "report/ladder.h"

enum {
	LEFT = 190, /* lifelines */
	RIGHT = 840,
	MIDDLE = (LEFT + RIGHT) / 2,
	TOP = 44,
	ROW = 32,
	LABEL_COLUMNS = 68
};

static const char *
row_class(const struct step *p)
{
	return p->mark == STEP_ANCHOR ? "row" : "rel";
}

static void
put_label(struct output *o, const struct step *p, int y)
{
	struct output *raw = output_memory(), *text = output_memory();
	struct error err;

	ladder_label(raw, p);
	/* Cut first: the entities of HTML are none of the text's columns. */
	common_cut(text, output_slice(raw), LABEL_COLUMNS);
	out_printf(o, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">", MIDDLE, y);
	html_words(o, text);
	out_puts(o, "</text>\n");
	output_close(raw, &err);
}

static void
put_arrow(struct output *o, const struct step *p, int y)
{
	int from = p->role == DIR_CLIENT ? LEFT : RIGHT, to = p->role == DIR_CLIENT ? RIGHT : LEFT;
	int sign = p->role == DIR_CLIENT ? 1 : -1;

	if (p->lost)
		to -= 40 * sign;
	out_printf(o, "<path class=\"arrow%s%s\" d=\"M%d %dH%d\"/>\n", p->len ? " data" : " dash",
	    p->lost ? " lost" : "", from, y, to);
	if (p->lost)
		out_printf(o, "<path class=\"arrow lost\" d=\"M%d %dl12 12m0 -12l-12 12\"/>\n",
		    to - 6, y - 6);
	else
		out_printf(o, "<path class=\"head\" d=\"M%d %dl%d -5v10z\"/>\n", to, y, -10 * sign);
}

static void
put_frame(struct output *o, const struct ladder *l, const struct step *p, int y)
{
	if (p->mark != STEP_PLAIN)
		out_printf(o, "<rect class=\"%s\" x=\"0\" y=\"%d\" width=\"%d\" height=\"%d\"/>\n",
		    row_class(p), y, SVG_WIDTH, ROW);
	out_printf(o,
	    "<text class=\"dim\" x=\"70\" y=\"%d\" text-anchor=\"end\">%" PRIu64 "</text>\n",
	    y + 23, p->frame);
	if (!l->transcript) {
		out_printf(
		    o, "<text class=\"dim\" x=\"176\" y=\"%d\" text-anchor=\"end\">", y + 23);
		common_seconds(o, common_since(p->ts, l->start), 6);
		out_puts(o, "</text>\n");
	}
	put_label(o, p, y + 17);
	put_arrow(o, p, y + 24);
}

static void
put_fold(struct output *o, const struct ladder *l, const struct step *p, int y)
{
	struct output *words = output_memory();

	ladder_fold(words, l, p);
	out_printf(
	    o, "<text class=\"dim\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">... ", MIDDLE, y + 20);
	html_words(o, words);
	out_puts(o, " ...</text>\n");
}

static void
put_mark(struct output *o, const struct effect *mark, int y)
{
	out_printf(o,
	    "<rect class=\"mark %s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"4\"/>\n"
	    "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s (%s) %s</text>\n",
	    severity_name(mark->severity), LEFT + 40, y + 4, RIGHT - LEFT - 80, ROW - 8, MIDDLE,
	    y + 21, severity_name(mark->severity), confidence_name(mark->confidence),
	    mark->check->id);
}

static void
put_heads(struct output *o, const struct ladder *l, int top)
{
	out_printf(o, "<text class=\"dim\" x=\"70\" y=\"%d\" text-anchor=\"end\">%s</text>\n",
	    top + 22, place_name(l->transcript));
	if (!l->transcript)
		out_printf(o,
		    "<text class=\"dim\" x=\"176\" y=\"%d\" text-anchor=\"end\">seconds</text>\n",
		    top + 22);
	out_printf(o, "<text x=\"%d\" y=\"%d\" text-anchor=\"start\">", LEFT, top + 22);
	html_str(o, l->name[DIR_CLIENT]);
	out_printf(o, "</text>\n<text x=\"%d\" y=\"%d\" text-anchor=\"end\">", RIGHT, top + 22);
	html_str(o, l->name[DIR_SERVER]);
	out_puts(o, "</text>\n");
}

static void
put_rows(struct output *o, const struct ladder *l, int *y)
{
	const struct effect *mark;
	unsigned next;
	size_t i;

	for (i = 0; i < l->nsteps; i++, *y += ROW) {
		const struct step *p = &l->step[i];

		if (p->kind == STEP_FOLD) {
			put_fold(o, l, p, *y);
			if (l->e)
				continue;
		} else {
			put_frame(o, l, p, *y);
		}
		for (next = 0; (mark = ladder_mark(l, i, &next)) != NULL;) {
			*y += ROW;
			put_mark(o, mark, *y);
		}
	}
}

int
ladder_svg_rows(struct output *o, const struct ladder *l, int top)
{
	struct output *rows = output_memory();
	struct error err;
	int y = top + TOP;

	put_rows(rows, l, &y);
	y += ROW / 2;
	put_heads(o, l, top);
	out_printf(o, "<path class=\"life\" d=\"M%d %dV%dM%d %dV%d\"/>\n", LEFT, top + 32, y, RIGHT,
	    top + 32, y);
	out_write(o, output_slice(rows));
	output_close(rows, &err);
	return y;
}

void
ladder_svg(struct output *o, const struct ladder *l)
{
	struct output *rows = output_memory();
	struct error err;
	int y = ladder_svg_rows(rows, l, 0);

	out_printf(o,
	    "<svg viewBox=\"0 0 %d %d\" role=\"img\">\n"
	    "<title>Ladder of session %" PRIu64 ", %ss %" PRIu64 " to %" PRIu64 "</title>\n",
	    SVG_WIDTH, y, l->session, place_name(l->transcript), l->nsteps ? l->step[0].frame : 0,
	    l->nsteps ? l->step[l->nsteps - 1].last_frame : 0);
	out_write(o, output_slice(rows));
	out_puts(o, "</svg>\n");
	output_close(rows, &err);
}
