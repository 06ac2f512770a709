/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * doc - a text of styled lines.
 *
 * All text lies in one run of octets, in the order of the lines; a line is a range
 * of runs, a run a range of octets in one style.  So the plain text of a line is a
 * slice of the whole and costs nothing.
 *
 * A document is made from one session, whose size is bounded, and may repeat its
 * text; beyond DOC_LINES_MAX or DOC_OCTETS_MAX nothing is added but a line that
 * says so.
 */
#include <config.h>

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "tui/doc.h"

struct doc_run {
	uint32_t end; /* behind its last octet; it begins where the run before ends */
	uint8_t style;
};

struct doc_link {
	char *command; /* owned */
	unsigned table;
	int column;
};

struct doc_line {
	uint32_t off; /* of its first octet */
	uint32_t run; /* its first run */
	uint64_t frame;
	const struct finding *finding;
	const struct check_info *check; /* of the finding, */
	uint64_t check_frame;           /* which is borrowed */
	unsigned flags;
	struct doc_link *links; /* owned, by column */
	size_t nlinks;
};

struct doc {
	uint8_t *text;
	size_t n, cap; /* octets */
	struct doc_run *runs;
	size_t nruns, runs_cap;
	struct doc_line *lines;
	size_t nlines, lines_cap;
	unsigned tables;
	int columns; /* of the last line */
	int width;   /* of the widest one */
	bool ascii;
	bool cut; /* something was left out, and the last line says so */
};

struct doc *
doc_new(void)
{
	return xcalloc(1, sizeof(struct doc));
}

void
doc_free(struct doc *d)
{
	if (!d)
		return;
	doc_clear(d);
	free(d->text);
	free(d->runs);
	free(d->lines);
	free(d);
}

void
doc_clear(struct doc *d)
{
	size_t i, k;

	for (i = 0; i < d->nlines; i++) {
		for (k = 0; k < d->lines[i].nlinks; k++)
			free(d->lines[i].links[k].command);
		free(d->lines[i].links);
	}
	d->tables = 0;
	d->n = d->nruns = d->nlines = 0;
	d->columns = d->width = 0;
	d->cut = false;
}

void
doc_ascii(struct doc *d, bool ascii)
{
	d->ascii = ascii;
}

/* Room for one more; what is there moves. */
static void *
grow(void *p, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return p;
	*cap = *cap ? 2 * *cap : 64;
	return xreallocarray(p, *cap, size);
}

static void
add_line(struct doc *d, const struct doc_line *line)
{
	d->lines = grow(d->lines, d->nlines, &d->lines_cap, sizeof *d->lines);
	d->lines[d->nlines++] = *line;
	d->columns = 0;
}

static void
add_text(struct doc *d, enum style style, struct slice s)
{
	struct glyph_rules rules = { .ascii = d->ascii };

	if (s.n == 0)
		return;
	while (d->cap - d->n < s.n)
		d->text = grow(d->text, d->cap, &d->cap, 1);
	memcpy(d->text + d->n, s.p, s.n);
	d->n += s.n;
	d->runs = grow(d->runs, d->nruns, &d->runs_cap, sizeof *d->runs);
	d->runs[d->nruns++] = (struct doc_run){ (uint32_t)d->n, (uint8_t)style };
	d->columns += glyph_columns(s, &rules);
	if (d->columns > d->width)
		d->width = d->columns;
}

static void
cut(struct doc *d)
{
	if (d->cut)
		return;
	d->cut = true;
	add_line(d, &(struct doc_line){ .off = (uint32_t)d->n, .run = (uint32_t)d->nruns });
	add_text(d, STYLE_WARNING, slice_str("[the rest is too long to be shown]"));
}

void
doc_line(struct doc *d, unsigned flags, uint64_t frame, const struct finding *f)
{
	if (d->nlines >= DOC_LINES_MAX)
		cut(d);
	if (d->cut)
		return;
	add_line(d,
	    &(struct doc_line){ .off = (uint32_t)d->n,
	        .run = (uint32_t)d->nruns,
	        .frame = frame,
	        .finding = f,
	        .check = f ? f->check : NULL,
	        .check_frame = f ? f->frame : 0,
	        .flags = flags });
}

void
doc_text(struct doc *d, enum style style, struct slice s)
{
	if (d->nlines == 0)
		doc_line(d, 0, 0, NULL);
	if (s.n > DOC_OCTETS_MAX - d->n)
		cut(d);
	if (!d->cut)
		add_text(d, style, s);
}

void
doc_printf(struct doc *d, enum style style, const char *fmt, ...)
{
	va_list ap;
	char *text;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	doc_text(d, style, slice_of(text, (size_t)n));
	free(text);
}

static void
add_blanks(struct doc *d, int n)
{
	static const char blanks[] = "                                ";
	const int most = (int)sizeof blanks - 1;

	for (; n > 0; n -= most)
		doc_text(d, STYLE_PLAIN, slice_of(blanks, (size_t)(n < most ? n : most)));
}

void
doc_column(struct doc *d, int column, int least)
{
	int n = d->nlines ? column - d->columns : column;

	add_blanks(d, n > least ? n : least);
}

unsigned
doc_table(struct doc *d)
{
	return ++d->tables;
}

static void
add_link(struct doc_line *line, unsigned table, int column, const char *command)
{
	size_t n = line->nlinks;

	if (n && line->links[n - 1].column == column) {
		free(line->links[--n].command);
	} else {
		line->links = xreallocarray(line->links, n + 1, sizeof *line->links);
		line->nlinks++;
	}
	line->links[n] = (struct doc_link){ xstrdup(command), table, column };
}

void
doc_cell(struct doc *d, unsigned table, int column, const char *command)
{
	if (d->nlines && !d->cut)
		add_link(&d->lines[d->nlines - 1], table, column, command);
}

void
doc_link(struct doc *d, const char *command)
{
	doc_cell(d, d->tables, 0, command);
}

/* -- wrapping --------------------------------------------------------------------------- */

/* Octets of the first line of the text if it has `width' columns; at least one. */
static size_t
break_at(struct slice s, int width, const struct glyph_rules *rules)
{
	struct glyph g;
	size_t i = 0, blank = 0, n;
	int columns = 0;

	while (i < s.n && s.p[i] != '\n') {
		n = glyph_next(slice_from(s, i), rules, &g);
		if (s.p[i] == ' ')
			blank = i;
		else if (columns + g.width > width)
			return blank ? blank : i ? i : n;
		columns += g.width;
		i += n;
	}
	return i;
}

/* What is left of the text behind its first n octets and the blanks or the LF that broke it. */
static struct slice
behind_break(struct slice s, size_t n)
{
	s = slice_from(s, n);
	if (s.n && s.p[0] == '\n')
		return slice_from(s, 1);
	while (s.n && s.p[0] == ' ')
		s = slice_from(s, 1);
	return s;
}

void
doc_wrap(struct doc *d, unsigned flags, uint64_t frame, const struct finding *f, enum style style,
    struct slice s, int indent, int width)
{
	struct glyph_rules rules = { .ascii = d->ascii };
	int room = width - indent < 1 ? 1 : width - indent;
	size_t n;

	do {
		n = break_at(s, room, &rules);
		doc_line(d, flags, frame, f);
		if (n) {
			add_blanks(d, indent);
			doc_text(d, style, slice_of(s.p, n));
		}
		flags &= ~(unsigned)DOC_ANCHOR;
		s = behind_break(s, n);
	} while (s.n && !d->cut);
}

void
doc_wrap_on(struct doc *d, enum style style, struct slice s, int indent, int width)
{
	struct glyph_rules rules = { .ascii = d->ascii };
	const struct doc_line *last = d->nlines ? &d->lines[d->nlines - 1] : NULL;
	int room = width - d->columns;
	size_t n = room < 1 ? 0 : break_at(s, room, &rules), first;

	/* A first word that fits into the next line is not broken in this one. */
	if (n < s.n && s.p[n] != ' ' && s.p[n] != '\n' && room < width - indent)
		n = 0;
	if (n)
		doc_text(d, style, slice_of(s.p, n));
	s = behind_break(s, n);
	if (s.n == 0)
		return;
	first = d->nlines;
	doc_wrap(d, last ? last->flags & ~(unsigned)DOC_ANCHOR : 0, last ? last->frame : 0,
	    last ? last->finding : NULL, style, s, indent, width);
	for (n = first; first && d->lines[first - 1].nlinks && n < d->nlines; n++)
		if (!d->lines[n].nlinks)
			add_link(&d->lines[n], d->lines[first - 1].links[0].table, 0,
			    d->lines[first - 1].links[0].command);
}

/* -- reading ---------------------------------------------------------------------------- */

size_t
doc_count(const struct doc *d)
{
	return d->nlines;
}

int
doc_width(const struct doc *d)
{
	return d->width;
}

unsigned
doc_flags(const struct doc *d, size_t line)
{
	return line < d->nlines ? d->lines[line].flags : 0;
}

uint64_t
doc_frame(const struct doc *d, size_t line)
{
	return line < d->nlines ? d->lines[line].frame : 0;
}

const struct finding *
doc_finding(const struct doc *d, size_t line)
{
	return line < d->nlines ? d->lines[line].finding : NULL;
}

const struct check_info *
doc_check(const struct doc *d, size_t line, uint64_t *frame)
{
	*frame = line < d->nlines ? d->lines[line].check_frame : 0;
	return line < d->nlines ? d->lines[line].check : NULL;
}

size_t
doc_cells(const struct doc *d, size_t line)
{
	return line < d->nlines ? d->lines[line].nlinks : 0;
}

struct doc_cell
doc_cell_at(const struct doc *d, size_t line, size_t cell)
{
	const struct doc_line *l = &d->lines[line];

	if (cell >= doc_cells(d, line))
		return (struct doc_cell){ "", 0, 0, 0 };
	return (struct doc_cell){ l->links[cell].command, l->links[cell].table,
		l->links[cell].column, cell + 1 < l->nlinks ? l->links[cell + 1].column : INT_MAX };
}

struct slice
doc_plain(const struct doc *d, size_t line)
{
	size_t end = line + 1 < d->nlines ? d->lines[line + 1].off : d->n;

	if (line >= d->nlines || !d->text)
		return slice_of(NULL, 0);
	return slice_of(d->text + d->lines[line].off, end - d->lines[line].off);
}

/* Does anything but blanks stand behind this column? */
static bool
goes_on(const struct doc *d, size_t line, const struct glyph_rules *rules, int column)
{
	struct slice s = doc_plain(d, line);

	while (s.n && s.p[s.n - 1] == ' ')
		s.n--;
	return glyph_columns(s, rules) > column;
}

void
doc_draw(const struct doc *d, size_t line, struct canvas *c, int row, int col, int width, int skip)
{
	struct glyph_rules rules = canvas_rules(c);
	bool more = goes_on(d, line, &rules, skip + width);
	int last = col + width - 1, used;
	size_t i, end, off;

	if (line >= d->nlines)
		return;
	off = d->lines[line].off;
	end = line + 1 < d->nlines ? d->lines[line + 1].run : d->nruns;
	for (i = d->lines[line].run; i < end && width > 0; i++) {
		used = canvas_text_from(c, row, col, width, &skip, (enum style)d->runs[i].style,
		    slice_of(d->text + off, d->runs[i].end - off));
		col += used;
		width -= used;
		off = d->runs[i].end;
	}
	/* Half a number would be another number. */
	if (more && last >= 0)
		canvas_text(c, row, last, 1, STYLE_NOTE, slice_str(">"));
}

void
doc_highlight(const struct doc *d, size_t line, struct doc_mark m, struct canvas *c, int row,
    int col, int width, int skip)
{
	struct glyph_rules rules = canvas_rules(c);
	struct slice s = doc_plain(d, line);
	int first, columns;

	if (m.off > s.n || m.n > s.n - m.off)
		return;
	first = glyph_columns(slice_of(s.p, m.off), &rules) - skip;
	columns = glyph_columns(slice_of(s.p + m.off, m.n), &rules);
	if (first < 0) {
		columns += first;
		first = 0;
	}
	if (first < width)
		canvas_restyle(c, row, col + first,
		    columns < width - first ? columns : width - first, STYLE_MATCH);
}
