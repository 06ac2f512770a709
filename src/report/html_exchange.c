/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html_exchange - the dialogue that shows an incident, as lines and as a picture.
 */
#include <inttypes.h>

#include "base/output.h"
#include "report/common.h"
#include "report/html.h"
#include "report/ladder.h"

static const char *
frame_word(const struct evidence *e)
{
	return place_name(e->transcript);
}

static void
put_peer(struct html_page *p, const struct ladder *l, enum stream_dir role, struct slice says)
{
	out_puts(p->o, "<strong>");
	html_str(p->o, l->name[role]);
	out_puts(p->o, "</strong>");
	if (l->address[role][0])
		out_printf(p->o, " (%s)", l->address[role]);
	if (!l->e->transcript)
		out_printf(p->o, " port %u", l->e->ep[role].port);
	if (says.n) {
		out_puts(p->o, " (says <code>");
		html_wire(p->o, says);
		out_puts(p->o, "</code>)");
	}
}

static void
put_lines(struct html_page *p, const struct step *s)
{
	bool client = s->role == DIR_CLIENT;
	unsigned i;

	for (i = 0; i < s->nlines; i++) {
		if (i == 0)
			out_printf(p->o, "%8" PRIu64, s->frame);
		else
			out_printf(p->o, "%8s", "");
		out_printf(
		    p->o, "  <span class=\"%c\">%c&gt; ", client ? 'c' : 's', client ? 'C' : 'S');
		html_wire(p->o, s->line[i].text);
		out_puts(p->o, "</span>\n");
	}
	if (s->more)
		out_printf(p->o, "%8s  <span class=\"r\">[%u more lines]</span>\n", "", s->more);
	if (s->flags & (TCP_FIN | TCP_RST))
		out_printf(p->o, "%8" PRIu64 "  <span class=\"r\">&lt;%s %s&gt;</span>\n", s->frame,
		    common_role(s->role), s->flags & TCP_RST ? "resets: RST" : "closes: FIN");
}

static void
put_mark(struct html_page *p, const struct evidence *e, const struct effect *mark)
{
	explained_first(&p->cited, mark->check);
	out_printf(p->o,
	    "%10s<span class=\"%s\">** %s (%s) <a href=\"#check-%s\">%s</a>, %s %" PRIu64
	    "</span>\n",
	    "", severity_name(mark->severity), severity_name(mark->severity),
	    confidence_name(mark->confidence), mark->check->id, mark->check->id, frame_word(e),
	    mark->frame);
}

static void
put_excerpt(struct html_page *p, const struct ladder *l)
{
	const struct evidence *e = l->e;
	const struct effect *mark;
	unsigned next;
	size_t i;

	out_puts(p->o, "<pre tabindex=\"0\" role=\"group\" aria-label=\"The dialogue\">");
	for (i = 0; i < e->nsteps; i++) {
		const struct step *s = &e->step[i];

		if (s->kind == STEP_FOLD) {
			if (!s->octets)
				continue;
			out_printf(p->o, "%8s  <span class=\"r\">[", "...");
			ladder_fold(p->o, l, s);
			out_puts(p->o, "]</span>\n");
			continue;
		}
		put_lines(p, s);
		for (next = 0; (mark = ladder_mark(l, i, &next)) != NULL;)
			put_mark(p, e, mark);
	}
	out_puts(p->o, "</pre>\n");
}

void
html_exchange(struct html_page *p, const struct ladder *l)
{
	const struct evidence *e = l->e;

	out_printf(
	    p->o, "<h3>The exchange in session %" PRIu64 "</h3>\n<p class=\"facts\">", e->session);
	put_peer(p, l, DIR_CLIENT, e->helo);
	out_puts(p->o, " to ");
	put_peer(p, l, DIR_SERVER, e->banner);
	if (!e->transcript) {
		out_puts(p->o, ", from ");
		incident_time(p->o, e->start);
	}
	out_printf(
	    p->o, ", %ss %" PRIu64 "-%" PRIu64 "; ", frame_word(e), e->first_frame, e->last_frame);
	html_text(p->o, e->ending);
	out_puts(p->o, ".</p>\n");
	put_excerpt(p, l);
	out_puts(p->o,
	    "<figure class=\"scroll ladder\" tabindex=\"0\" role=\"group\" "
	    "aria-label=\"The same as a ladder\">\n");
	ladder_svg(p->o, l);
	out_puts(p->o,
	    "<figcaption class=\"facts\">The same as a ladder. Dashed: no payload. Ends in "
	    "a cross: never acknowledged. Tinted: the frames of the proof."
	    "</figcaption>\n</figure>\n");
}
