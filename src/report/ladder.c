/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ladder - labels of frames, the diagram as text, the excerpt of the dialogue.
 *
 * The diagram is LADDER_WIDTH columns wide whatever is in it; labels are cut.
 * Everything from the wire is escaped here.
 */
#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/escape.h"
#include "base/mem.h"
#include "base/output.h"
#include "base/timefmt.h"
#include "report/common.h"
#include "report/ladder.h"
#include "report/redact.h"

enum {
	LADDER_WIDTH = 56, /* between the two lines */
	LABEL_COLUMNS = 46,
	TIME_COLUMN = 11, /* "0.123456" to "9999.123456" */
	EXCERPT_COLUMNS = 160
};

void
ladder_init(struct ladder *l, const struct evidence *e, struct redactor *r)
{
	*l = (struct ladder){ .e = e,
		.session = e->session,
		.transcript = e->transcript,
		.start = e->start,
		.step = e->step,
		.nsteps = e->nsteps,
		.mark = e->mark,
		.nmarks = e->nmarks };
	ladder_names(l, e->ep, r);
}

void
ladder_names(struct ladder *l, const struct endpoint ep[2], struct redactor *r)
{
	unsigned i;

	for (i = 0; i < 2; i++) {
		if (l->transcript)
			snprintf(
			    l->name[i], sizeof l->name[i], "%s", common_role((enum stream_dir)i));
		else
			redact_ip(r, l->name[i], &ep[i].addr);
		l->address[i][0] = '\0';
		if (!l->transcript && !(redactor_what(r) & REDACT_HOSTS))
			ipaddr_text(l->address[i], &ep[i].addr);
		if (strcmp(l->address[i], l->name[i]) == 0)
			l->address[i][0] = '\0';
	}
}

/* -- labels ----------------------------------------------------------------------------- */

/* Is it a line of a reply that others of the same reply follow (RFC 5321 4.2.1)? */
static bool
is_continued(const struct step_line *line)
{
	return line->word == 3 && line->text.n > 3 && line->text.p[3] == '-';
}

unsigned
ladder_parts(const struct step *p)
{
	unsigned i, n = p->more;

	for (i = 0; i < p->nlines; i++)
		n += p->role == DIR_CLIENT || !is_continued(&p->line[i]);
	return n;
}

/* "message text" instead of "[message text]". */
static struct slice
plain_text(const struct step_line *line)
{
	struct slice s = line->text;

	if (line->remark && s.n > 1 && s.p[0] == '[')
		s = slice_of(s.p + 1, s.n - 1 - (s.p[s.n - 1] == ']'));
	return s;
}

static void
label_part(struct output *o, const struct step_line *line)
{
	if (slice_caseeq(line->text, "."))
		out_puts(o, "end of data");
	else if (line->word)
		out_write(o, slice_of(line->text.p, line->word));
	else
		out_write(o, plain_text(line));
}

static void
label_lines(struct output *o, const struct step *p, unsigned parts)
{
	bool any = false;
	unsigned i;

	if (parts <= 1) {
		if (slice_caseeq(p->line[0].text, "."))
			out_puts(o, ". (end of data)");
		else
			out_write(o, plain_text(&p->line[0]));
		if (p->nlines + p->more > 1)
			out_printf(o, " (+%u line%s)", p->nlines + p->more - 1,
			    p->nlines + p->more == 2 ? "" : "s");
		return;
	}
	for (i = 0; i < p->nlines; i++) {
		if (p->role == DIR_SERVER && is_continued(&p->line[i]))
			continue;
		out_puts(o, any ? " | " : "");
		label_part(o, &p->line[i]);
		any = true;
	}
	if (p->more)
		out_printf(o, " | %u more", p->more);
}

void
ladder_label(struct output *o, const struct step *p)
{
	static const struct {
		uint8_t flag;
		const char *name;
	} flags[] = { { TCP_SYN, "SYN" }, { TCP_FIN, "FIN" }, { TCP_RST, "RST" } };
	bool any = false;
	unsigned i;

	if (p->nlines) {
		label_lines(o, p, ladder_parts(p));
		any = true;
	}
	for (i = 0; i < sizeof flags / sizeof flags[0]; i++) {
		if (!(p->flags & flags[i].flag))
			continue;
		out_printf(o, "%s%s", any ? ", " : "", flags[i].name);
		any = true;
	}
	if (p->flags & TCP_SYN && p->flags & TCP_ACK)
		out_puts(o, " ACK");
	if (!any)
		out_puts(o, "ACK");
	if (p->win == 0 && !(p->flags & TCP_RST))
		out_puts(o, ", zero window");
}

void
ladder_fold(struct output *o, const struct ladder *l, const struct step *p)
{
	char number[NUMBER_TEXT_MAX];

	common_count(o, p->frames, place_name(l->transcript));
	if (p->octets)
		out_printf(o, ", %s octets%s%s", common_number(number, p->octets),
		    p->bulk ? " of " : "", p->bulk ? p->bulk : "");
	else
		out_puts(o, " without payload");
}

const struct effect *
ladder_mark(const struct ladder *l, size_t step, unsigned *next)
{
	const struct step *p = &l->step[step];
	bool again = step + 1 < l->nsteps && l->step[step + 1].frame == p->frame;

	/* A line of a transcript may have been sent in several segments. */
	while (!again && *next < l->nmarks) {
		const struct effect *mark = &l->mark[(*next)++];

		if (mark->frame >= p->frame && mark->frame <= p->last_frame)
			return mark;
	}
	return NULL;
}

/* -- the diagram as text ---------------------------------------------------------------- */

static unsigned
columns(struct slice s)
{
	unsigned n = 0;
	size_t i;

	for (i = 0; i < s.n; i++)
		n += (s.p[i] & 0xc0) != 0x80;
	return n;
}

static void
fill(struct output *o, char c, unsigned n)
{
	while (n--)
		out_putc(o, c);
}

/* The label, escaped and cut, between strokes; the head of the arrow at its end. */
static void
put_arrow(struct output *o, const struct step *p)
{
	struct output *raw = output_memory(), *text = output_memory();
	char stroke = p->len == 0 ? '.' : ladder_parts(p) > 1 ? '=' : '-';
	char head = p->lost ? 'x' : p->role == DIR_CLIENT ? '>' : '<';
	unsigned n, rest;
	struct error err;

	ladder_label(raw, p);
	common_cut(text, output_slice(raw), LABEL_COLUMNS - 3);
	n = columns(output_slice(text));
	/* A character that is wider than it was taken for costs the right line its place. */
	rest = n + 6 < LADDER_WIDTH ? LADDER_WIDTH - n - 4 : 2;
	out_putc(o, p->role == DIR_SERVER ? head : stroke);
	fill(o, stroke, rest / 2);
	out_putc(o, ' ');
	out_write(o, output_slice(text));
	out_putc(o, ' ');
	fill(o, stroke, rest - rest / 2);
	out_putc(o, p->role == DIR_CLIENT ? head : stroke);
	output_close(raw, &err);
	output_close(text, &err);
}

static void
put_margin(struct output *o, const struct ladder *l, const struct step *p)
{
	int64_t since = common_since(p->ts, l->start);
	uint64_t seconds = (since < 0 ? -(uint64_t)since : (uint64_t)since) / (uint64_t)NS_PER_S;
	unsigned used = since < 0 ? 2 : 1;

	out_printf(o, "%c%8" PRIu64 " ",
	    p->mark == STEP_ANCHOR ? '>' :
	        p->mark            ? '*' :
	                             ' ',
	    p->frame);
	if (l->transcript)
		return;
	for (; seconds >= 10; seconds /= 10)
		used++;
	fill(o, ' ', used < TIME_COLUMN - 7 ? TIME_COLUMN - 7 - used : 0);
	common_seconds(o, since, 6);
	out_putc(o, ' ');
}

static void
put_blank_margin(struct output *o, const struct ladder *l)
{
	fill(o, ' ', l->transcript ? 10 : 10 + TIME_COLUMN + 1);
}

static void
put_mark(struct output *o, const struct effect *mark)
{
	out_printf(o, "** %s (%s) %s", severity_name(mark->severity),
	    confidence_name(mark->confidence), mark->check->id);
}

void
ladder_text(struct output *o, const struct ladder *l)
{
	unsigned left = columns(slice_str(l->name[0])), right = columns(slice_str(l->name[1]));
	const struct effect *mark;
	unsigned next;
	size_t i;

	put_blank_margin(o, l);
	out_puts(o, l->name[DIR_CLIENT]);
	fill(o, ' ', left + right < LADDER_WIDTH + 2 ? LADDER_WIDTH + 2 - left - right : 2);
	out_printf(o, "%s\n", l->name[DIR_SERVER]);
	for (i = 0; i < l->nsteps; i++) {
		const struct step *p = &l->step[i];

		if (p->kind == STEP_FOLD) {
			put_blank_margin(o, l);
			out_puts(o, ":   ");
			ladder_fold(o, l, p);
			out_putc(o, '\n');
			if (l->e)
				continue;
		} else {
			put_margin(o, l, p);
			out_putc(o, '|');
			put_arrow(o, p);
			out_puts(o, "|\n");
		}
		for (next = 0; (mark = ladder_mark(l, i, &next)) != NULL;) {
			put_blank_margin(o, l);
			out_puts(o, ":   ");
			put_mark(o, mark);
			out_putc(o, '\n');
		}
	}
}

/* -- the dialogue ----------------------------------------------------------------------- */

static void
put_excerpt_lines(struct output *o, const struct step *p)
{
	const char *tag = p->role == DIR_CLIENT ? "C>" : "S>";
	unsigned i;

	for (i = 0; i < p->nlines; i++) {
		if (i == 0)
			out_printf(o, "%8" PRIu64 "  %s ", p->frame, tag);
		else
			out_printf(o, "%8s  %s ", "", tag);
		common_cut(o, p->line[i].text, EXCERPT_COLUMNS);
		out_putc(o, '\n');
	}
	if (p->more)
		out_printf(o, "%8s  %s [%u more lines]\n", "", tag, p->more);
	if (p->flags & (TCP_FIN | TCP_RST))
		out_printf(o, "%8" PRIu64 "  <%s %s>\n", p->frame, common_role(p->role),
		    p->flags & TCP_RST ? "resets: RST" : "closes: FIN");
}

void
ladder_excerpt(struct output *o, const struct ladder *l)
{
	enum stream_dir last = DIR_CLIENT;
	const struct effect *mark;
	bool any = false;
	unsigned next;
	size_t i;

	for (i = 0; i < l->nsteps; i++) {
		const struct step *p = &l->step[i];
		bool shown = p->nlines || p->more || p->flags & (TCP_FIN | TCP_RST);

		if (p->kind == STEP_FOLD) {
			if (!p->octets)
				continue;
			out_printf(o, "%8s  [", "...");
			ladder_fold(o, l, p);
			out_puts(o, "]\n");
			continue;
		}
		if (shown && any && p->role != last)
			out_putc(o, '\n');
		if (shown) {
			last = p->role;
			any = true;
		}
		put_excerpt_lines(o, p);
		for (next = 0; (mark = ladder_mark(l, i, &next)) != NULL;) {
			out_printf(o, "%10s", "");
			put_mark(o, mark);
			out_printf(o, ", %s %" PRIu64 "\n", place_name(l->transcript), mark->frame);
		}
	}
}
