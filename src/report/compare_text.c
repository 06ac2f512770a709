/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * compare_text - two dialogues side by side, and what differs around them.
 *
 * The lines are brought together by the longest common row of steps (their tokens), so
 * that what both say stands side by side whatever came in between.  Between the columns
 * "|" marks a line that has another one beside it, "<" and ">" one that stands alone, and
 * "*" the first difference.  A frame number is printed once for all lines of the frame,
 * which shows what shared a segment.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/error.h"
#include "base/output.h"
#include "report/common.h"
#include "report/compare.h"
#include "report/redact.h"

#define CONTRAST_MIN 0.1 /* of the shares, to be shown */

enum {
	INDENT = 5,
	COLUMN = 45, /* characters of each side, frame number included */
	FRAME_WIDTH = 6,
	ROWS_MAX = 2 * SAMPLE_LINES
};

/* -- bringing lines together ------------------------------------------------------------- */

/* Lines of both sides that stand in one row; -1: none. */
struct row {
	int left, right;
};

struct rows {
	struct row row[ROWS_MAX];
	unsigned n;
	uint8_t common[SAMPLE_LINES + 1][SAMPLE_LINES + 1]; /* of the tails from i and from k on */
};

static bool
same_step(const struct pair *p, unsigned i, unsigned k)
{
	return p->bad->line[i].token == p->good->line[k].token;
}

static void
measure_tails(struct rows *v, const struct pair *p)
{
	unsigned nl = p->bad->nlines, nr = p->good->nlines, i, k;

	for (i = nl + 1; i-- > 0;) {
		for (k = nr + 1; k-- > 0;) {
			if (i == nl || k == nr)
				v->common[i][k] = 0;
			else if (same_step(p, i, k))
				v->common[i][k] = (uint8_t)(v->common[i + 1][k + 1] + 1);
			else
				v->common[i][k] = v->common[i + 1][k] >= v->common[i][k + 1] ?
				    v->common[i + 1][k] :
				    v->common[i][k + 1];
		}
	}
}

/* One that stands alone is put beside one of the other side, if both said it. */
static void
add_row(struct rows *v, const struct pair *p, int left, int right)
{
	struct row *last = v->n ? &v->row[v->n - 1] : NULL;

	if (last && left < 0 && last->right < 0 &&
	    p->bad->line[last->left].role == p->good->line[right].role) {
		last->right = right;
		return;
	}
	v->row[v->n++] = (struct row){ left, right };
}

static void
rows_build(struct rows *v, const struct pair *p)
{
	unsigned nl = p->bad->nlines, nr = p->good->nlines, i = 0, k = 0;

	v->n = 0;
	measure_tails(v, p);
	while (i < nl || k < nr) {
		if (i < nl && k < nr && same_step(p, i, k)) {
			v->row[v->n++] = (struct row){ (int)i++, (int)k++ };
		} else if (k == nr || (i < nl && v->common[i + 1][k] >= v->common[i][k + 1])) {
			add_row(v, p, (int)i++, -1);
		} else {
			add_row(v, p, -1, (int)k++);
		}
	}
}

static bool
is_different(const struct pair *p, const struct row *r)
{
	return r->left < 0 || r->right < 0 || !same_step(p, (unsigned)r->left, (unsigned)r->right);
}

/* -- printing --------------------------------------------------------------------------- */

static unsigned
width_of(struct slice s)
{
	unsigned n = 0;
	size_t i;

	for (i = 0; i < s.n; i++)
		n += (s.p[i] & 0xc0) != 0x80;
	return n;
}

/* One side of a row, filled up to its width. */
static void
put_side(struct output *o, const struct sample *v, int index, uint64_t *frame)
{
	const struct sample_line *line = index < 0 ? NULL : &v->line[index];
	struct output *text = output_memory();
	struct error err;
	unsigned width;

	if (line && line->frame != *frame)
		out_printf(text, "%*" PRIu64 " ", FRAME_WIDTH, line->frame);
	else
		out_printf(text, "%*s ", FRAME_WIDTH, "");
	if (line) {
		*frame = line->frame;
		out_puts(text, line->role == DIR_CLIENT ? "C> " : "S> ");
		out_puts(text, line->remark ? "[" : "");
		/* Room for the dots that show a cut. */
		common_cut(text, line->text, COLUMN - FRAME_WIDTH - 4 - 4);
		out_puts(text, line->remark ? "]" : "");
	}
	width = width_of(output_slice(text));
	out_write(o, output_slice(text));
	if (width < COLUMN)
		out_printf(o, "%*s", (int)(COLUMN - width), "");
	output_close(text, &err);
}

static void
put_rows(struct output *o, const struct pair *p)
{
	struct rows v;
	uint64_t left = 0, right = 0;
	bool parted = false;
	unsigned i;

	rows_build(&v, p);
	for (i = 0; i < v.n; i++) {
		const struct row *r = &v.row[i];
		bool different = is_different(p, r);
		struct output *line = output_memory();
		struct slice s;
		struct error err;
		char mark = ' ';

		if (different)
			mark = !parted ? '*' : r->left < 0 ? '>' : r->right < 0 ? '<' : '|';
		parted = parted || different;
		put_side(line, p->bad, r->left, &left);
		out_printf(line, "%c", mark);
		put_side(line, p->good, r->right, &right);
		for (s = output_slice(line); s.n && s.p[s.n - 1] == ' ';)
			s.n--;
		out_printf(o, "%*s", INDENT - 3, "");
		out_write(o, s);
		out_putc(o, '\n');
		output_close(line, &err);
	}
	if (p->bad->more || p->good->more)
		out_printf(o, "%*snot shown: %u more lines to the left, %u to the right\n", INDENT,
		    "", p->bad->more, p->good->more);
}

static void
put_endpoint(struct output *o, const struct report_config *cfg, struct redactor *r,
    const struct endpoint *ep, bool port)
{
	char text[IPADDR_TEXT_MAX];
	size_t i;

	for (i = 0; i < cfg->nnames && !(cfg->redact & REDACT_HOSTS); i++) {
		if (memcmp(&cfg->names[i].addr, &ep->addr, sizeof ep->addr) == 0) {
			out_puts(o, cfg->names[i].name);
			return;
		}
	}
	redact_ip(r, text, &ep->addr);
	if (port && strchr(text, ':'))
		out_printf(o, "[%s]:%u", text, ep->port);
	else if (port)
		out_printf(o, "%s:%u", text, ep->port);
	else
		out_puts(o, text);
}

static void
put_server(
    struct output *o, const struct report_config *cfg, struct redactor *r, const struct sample *v)
{
	if (v->transcript) {
		out_puts(o, "transcript");
		return;
	}
	out_puts(o, "server ");
	put_endpoint(o, cfg, r, &v->ep[DIR_SERVER], true);
}

static void
put_heading(struct output *o, const struct report_config *cfg, struct redactor *r,
    const struct pair *p, size_t number)
{
	const struct cohort *with = p->with;

	out_printf(o, "%2zu. ", number);
	put_server(o, cfg, r, p->bad);
	out_puts(o, ": ");
	common_color(o, cfg, common_severity_color(with->severity));
	out_puts(o, severity_name(with->severity));
	common_color(o, cfg, COLOR_NONE);
	out_printf(o, " (%s) %s\n%*s%s\n%*s", confidence_name(with->confidence), with->check->id,
	    INDENT, "", with->check->title, INDENT, "");
	common_count(o, with->sessions, "session");
	out_puts(o, " with it, ");
	common_count(o, p->without->sessions, "session");
	out_puts(o, " without fault");
	if (p->other_server) {
		out_puts(o, ", of another: ");
		put_server(o, cfg, r, p->good);
	}
	out_putc(o, '\n');
}

static void
put_side_heading(
    struct output *o, const struct report_config *cfg, struct redactor *r, const struct sample *v)
{
	struct output *text = output_memory();
	struct error err;
	unsigned width;

	out_printf(text, "session %" PRIu64, v->session);
	if (!v->transcript) {
		out_puts(text, ", client ");
		put_endpoint(text, cfg, r, &v->ep[DIR_CLIENT], false);
	}
	width = width_of(output_slice(text));
	out_printf(o, "%*s", FRAME_WIDTH + 1, "");
	out_write(o, output_slice(text));
	if (v->frame && width + FRAME_WIDTH + 1 < COLUMN + 1)
		out_printf(o, "%*s", (int)(COLUMN - width - FRAME_WIDTH), "");
	output_close(text, &err);
}

static void
put_code(struct output *o, const struct sample *v, const struct sample_answer *a)
{
	if (a->reply_frame)
		out_printf(
		    o, "%03u in %s %" PRIu64, a->code, place_name(v->transcript), a->reply_frame);
	else
		out_puts(o, "no reply");
}

static void
put_answer(struct output *o, const struct pair *p)
{
	struct sample_answer bad, good;

	if (!pair_answer(p, &bad, &good))
		return;
	out_printf(o, "%*sfirst answer that differs: to %s, ", INDENT, "", bad.unit);
	put_code(o, p->bad, &bad);
	out_puts(o, " on the left, ");
	put_code(o, p->good, &good);
	out_puts(o, " on the right\n");
}

static void
put_range(struct output *o, uint64_t least, uint64_t most)
{
	char a[NUMBER_TEXT_MAX], b[NUMBER_TEXT_MAX];

	if (least == most)
		out_puts(o, common_number(a, least));
	else
		out_printf(o, "%s to %s", common_number(a, least), common_number(b, most));
}

static void
put_clients(struct output *o, const struct pair *p)
{
	const struct cohort *c[2] = { p->with, p->without };
	unsigned i;

	if (p->with->transcripts || p->without->transcripts ||
	    (p->with->nclients == 1 && p->without->nclients == 1 &&
	        memcmp(&p->with->client[0], &p->without->client[0], sizeof(struct ipaddr)) == 0))
		return;
	out_printf(o, "%*sclients: ", INDENT + 2, "");
	for (i = 0; i < 2; i++) {
		bool many = c[i]->nclients > COMPARE_CLIENTS;

		out_printf(o, "%s%s%u %s", i ? ", " : "", many ? "more than " : "",
		    many ? COMPARE_CLIENTS : c[i]->nclients, i ? "without" : "with");
	}
	out_putc(o, '\n');
}

/* Those that part the two most come first; what differs in a few sessions says little. */
static unsigned
strongest_traits(enum trait out[TRAITS], const struct pair *p)
{
	unsigned n = 0, i, k;

	for (i = 0; i < TRAITS; i++) {
		double contrast = pair_contrast(p, (enum trait)i);

		if (contrast < CONTRAST_MIN)
			continue;
		for (k = n++; k > 0 && pair_contrast(p, out[k - 1]) < contrast; k--)
			out[k] = out[k - 1];
		out[k] = (enum trait)i;
	}
	return n;
}

static void
put_measures(struct output *o, const struct pair *p)
{
	unsigned i;

	for (i = 0; i < MEASURES; i++) {
		if (!pair_measures_differ(p, (enum measure)i))
			continue;
		out_printf(o, "%*s%s: ", INDENT + 2, "", measure_text((enum measure)i));
		put_range(o, p->with->least[i], p->with->most[i]);
		out_puts(o, " with, ");
		put_range(o, p->without->least[i], p->without->most[i]);
		out_puts(o, " without\n");
	}
}

static void
put_differences(struct output *o, const struct pair *p)
{
	struct output *rows = output_memory();
	enum trait trait[TRAITS];
	unsigned n = strongest_traits(trait, p), i;
	struct error err;

	for (i = 0; i < n; i++)
		out_printf(rows,
		    "%*s%s: %" PRIu64 " of %" PRIu64 " with, %" PRIu64 " of %" PRIu64 " without\n",
		    INDENT + 2, "", trait_text(trait[i]), p->with->traits[trait[i]],
		    p->with->sessions, p->without->traits[trait[i]], p->without->sessions);
	put_measures(rows, p);
	put_clients(rows, p);
	out_printf(o, "%*s%s\n", INDENT, "",
	    output_slice(rows).n ? "what differs (and need not be the cause):" :
	                           "none of the circumstances looked at differ");
	out_write(o, output_slice(rows));
	output_close(rows, &err);
}

void
pair_text(struct output *o, const struct report_config *cfg, struct redactor *r,
    const struct pair *p, size_t number)
{
	put_heading(o, cfg, r, p, number);
	out_putc(o, '\n');
	out_printf(o, "%*s", INDENT - 3, "");
	put_side_heading(o, cfg, r, p->bad);
	put_side_heading(o, cfg, r, p->good);
	out_putc(o, '\n');
	put_rows(o, p);
	out_putc(o, '\n');
	put_answer(o, p);
	put_differences(o, p);
}
