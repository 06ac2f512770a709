/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * body_scan - the octets of message text: its lines, its line breaks, its lone dots.
 *
 * Between line breaks the scanner skips with memchr(); around them it goes octet by
 * octet through six states (parser.h), so that any split of the input gives the same
 * result.  What is odd is counted in the smtp_body, with the place of its first
 * occurrence; nothing is kept but where a lone dot stood.
 */
#include "smtp/parser.h"
#include "smtp/textmap.h"

enum {
	ESC = 0x1b,
	TEXT_LINE_MAX = 1000
}; /* RFC 5321 4.5.3.1.6: with CRLF, without the stuffed dot */

static const char *const break_names[] = { "", "CRLF", "LF", "CR" };

static void
fact(struct body_fact *f, int64_t off, const struct run_mark *r)
{
	if (f->count++ == 0 && r != NULL) {
		f->off = off;
		f->frame = r->mark.frame;
		f->ts = r->mark.ts;
	}
}

/* Any octet of the eight at or above 0x80, or below 0x20: hints that a closer look is due. */
static bool
plain(const uint8_t *c, size_t n)
{
	const uint64_t high = UINT64_C(0x8080808080808080), low = UINT64_C(0x6060606060606060);
	uint64_t w;

	for (; n >= 8; n -= 8, c += 8) {
		memcpy(&w, c, 8);
		if ((w & high) ||
		    ((((w & low) | ((w & low) << 1)) & (UINT64_C(0x4040404040404040))) !=
		        UINT64_C(0x4040404040404040)))
			return false;
	}
	for (; n > 0; n--, c++)
		if (*c >= 0x80 || *c < 0x20)
			return false;
	return true;
}

/* Octets inside a line: 8-bit, NUL and control characters.  ESC is how ISO-2022 text changes its
 * character set (RFC 1468), so it is none of them. */
static void
look_at(struct smtp_body *b, const uint8_t *c, size_t n, int64_t off, const struct run_mark *r)
{
	size_t i;

	if (plain(c, n))
		return;
	for (i = 0; i < n; i++) {
		if (c[i] >= 0x80)
			fact(&b->eightbit, off + (int64_t)i, r);
		else if (c[i] == 0)
			fact(&b->nul, off + (int64_t)i, r);
		else if (c[i] < 0x20 && c[i] != '\t' && c[i] != '\r' && c[i] != '\n' && c[i] != ESC)
			fact(&b->control, off + (int64_t)i, r);
	}
}

/* `n' octets from `off' on join a line: does it pass its limit with them? */
static inline void
line_grows(struct parser *p, uint64_t n, int64_t off, const struct run_mark *r)
{
	struct body_scan *t = &p->scan;
	uint64_t limit = TEXT_LINE_MAX + (t->stuffed ? 1 : 0);

	if (t->line_len <= limit && t->line_len + n > limit)
		fact(&p->body->long_line, off + (int64_t)(limit - t->line_len), r);
	t->line_len += n;
}

/* A line of the message is over; `len' includes its ending. */
static inline void
line_over(struct parser *p, enum break_kind k, int64_t off, const struct run_mark *r)
{
	struct body_scan *t = &p->scan;
	struct smtp_body *b = p->body;
	uint64_t len = t->line_len - (t->stuffed ? 1 : 0);

	b->lines++;
	b->octets += len;
	if (len > b->longest)
		b->longest = len;
	if (k == BREAK_CRLF)
		b->crlf++;
	else if (k == BREAK_LF)
		fact(&b->bare_lf, off, r);
	else
		fact(&b->bare_cr, off, r);
	t->line_len = 0;
	t->stuffed = false;
	t->before = k;
	t->state = TEXT_BOL;
	t->nul = false;
}

/* The text stops inside a line: what there was of it is text, too. */
void
body_line_unfinished(struct parser *p)
{
	struct body_scan *t = &p->scan;

	if (t->state == TEXT_IN_LINE || t->state == TEXT_CR)
		p->body->octets += t->line_len - (t->stuffed ? 1 : 0);
	t->line_len = 0;
	t->stuffed = false;
}

/* The text behind this dot is kept, to see whether commands follow, or to read them. */
static void
alt_start(struct parser *p, int64_t off)
{
	if (p->alt_on)
		return;
	p->alt_on = true;
	p->alt_off = off;
	sbuf_clear(&p->alt);
}

static void
odd_dot(struct parser *p, const char *after, int64_t end)
{
	struct body_scan *t = &p->scan;
	struct smtp_body *b = p->body;
	struct body_dot *d;
	const char *form;

	alt_start(p, end);
	if (b->ndots == BODY_DOTS)
		return;
	form = arena_printf(p->s->arena, "%s.%s%s", break_names[t->before], after,
	    t->nul ? " with a NUL at the dot" : "");
	d = &b->dots[b->ndots++];
	d->form = form;
	d->off = t->dot_off;
	d->end = end;
	d->mark = t->dot_mark;
}

static bool
end_of_data(struct parser *p)
{
	static const char *const splits[] = { "CR|LF.CRLF", "CRLF|.CRLF", "CRLF.|CRLF",
		"CRLF.CR|LF" };
	struct body_scan *t = &p->scan;
	unsigned i;

	for (i = 0; i < 4; i++) {
		if (t->frames[i] != 0 && t->frames[i] != t->frames[i + 1]) {
			p->body->eod_split = splits[i];
			p->body->eod_frames++;
		}
	}
	p->body->eod_frames++;
	return true;
}

/* The octet behind CRLF, or behind what was taken for a line break. */
static void
first_of_line(struct parser *p, uint8_t c, int64_t off, const struct run_mark *r)
{
	struct body_scan *t = &p->scan;
	uint64_t frame = r ? r->mark.frame : 0;

	if (c == '.' && !p->body->bdat) {
		t->state = TEXT_DOT;
		t->frames[2] = frame;
		t->dot_off = off;
		if (r != NULL)
			t->dot_mark = r->mark;
	} else if (c == 0 && t->line_len == 1) {
		t->nul = true;
		t->line_len = 0;
		p->body->octets++;
		fact(&p->body->nul, off, r);
	} else if (c == '\r') {
		t->state = TEXT_CR;
		t->frames[0] = frame;
	} else if (c == '\n') {
		line_over(p, BREAK_LF, off, r);
	} else {
		t->state = TEXT_IN_LINE;
		look_at(p->body, &c, 1, off, r);
	}
}

/* No LF came behind a CR: that ended the line, and this octet is of the next one. */
static void
bare_cr(struct parser *p, uint8_t c, int64_t off, const struct run_mark *r)
{
	p->scan.line_len--;
	line_over(p, BREAK_CR, off - 1, r);
	p->scan.line_len = 1;
	first_of_line(p, c, off, r);
}

static void
behind_dot(struct parser *p, uint8_t c, int64_t off, const struct run_mark *r)
{
	struct body_scan *t = &p->scan;

	if (c == '\r') {
		t->state = TEXT_DOT_CR;
		t->frames[3] = r ? r->mark.frame : 0;
	} else if (c == '\n') {
		odd_dot(p, "LF", off + 1);
		line_over(p, BREAK_LF, off, r);
	} else if (c == 0) {
		t->nul = true;
	} else {
		if (t->before == BREAK_CRLF && c != '.')
			fact(&p->body->unstuffed, t->dot_off,
			    &(struct run_mark){ .off = t->dot_off, .mark = t->dot_mark });
		t->stuffed = t->before == BREAK_CRLF;
		t->state = TEXT_IN_LINE;
		look_at(p->body, &c, 1, off, r);
	}
}

static bool
behind_dot_cr(struct parser *p, uint8_t c, int64_t off, const struct run_mark *r)
{
	struct body_scan *t = &p->scan;

	t->frames[4] = r ? r->mark.frame : 0;
	if (c == '\n' && t->before == BREAK_CRLF && !t->nul)
		return end_of_data(p);
	if (c == '\n') {
		odd_dot(p, "CRLF", off + 1);
		line_over(p, BREAK_CRLF, off, r);
	} else {
		odd_dot(p, c == '\r' ? "CRCR" : "CR", off);
		bare_cr(p, c, off, r);
	}
	return false;
}

/* One octet at a line break.  True when it completes CRLF.CRLF. */
static bool
step(struct parser *p, uint8_t c, int64_t off, const struct run_mark *r)
{
	struct body_scan *t = &p->scan;
	uint64_t frame = r ? r->mark.frame : 0;

	if (t->state == TEXT_CR && c != '\n')
		t->line_len++; /* of the next line: put right by bare_cr() */
	else
		line_grows(p, 1, off, r);
	switch (t->state) {
	case TEXT_LOST:
		if (c == '\n')
			line_over(p, BREAK_CRLF, off, r);
		else
			t->state = c == '\r' ? TEXT_CR : TEXT_IN_LINE;
		look_at(p->body, &c, 1, off, r);
		break;
	case TEXT_IN_LINE:
		if (c == '\r') {
			t->state = TEXT_CR;
			t->frames[0] = frame;
		} else if (c == '\n') {
			line_over(p, BREAK_LF, off, r);
		}
		break;
	case TEXT_CR:
		if (c == '\n') {
			t->frames[1] = frame;
			line_over(p, BREAK_CRLF, off, r);
		} else {
			bare_cr(p, c, off, r);
		}
		break;
	case TEXT_BOL:
		first_of_line(p, c, off, r);
		break;
	case TEXT_DOT:
		behind_dot(p, c, off, r);
		break;
	case TEXT_DOT_CR:
		return behind_dot_cr(p, c, off, r);
	}
	return false;
}

/* The next CR or LF at or behind c, or the end. */
static const uint8_t *
next_break(const uint8_t *c, const uint8_t *end)
{
	const uint8_t *lf = memchr(c, '\n', (size_t)(end - c));
	const uint8_t *stop = lf ? lf : end;
	const uint8_t *cr = memchr(c, '\r', (size_t)(stop - c));

	return cr ? cr : stop;
}

/* Lines that lie whole in the map, from the start of one on, as long as there is nothing to say of
 * them but their length; returns where the next one starts. */
static size_t
whole_lines(struct smtp_body *b, const struct textmap *m, const uint8_t *text, size_t at)
{
	uint64_t lines = 0, longest = b->longest;
	size_t from = at, lf;

	while (at < m->n && text[at] != '.') {
		lf = textmap_lf(m, at);
		if (lf == m->n || lf + 1 - at > TEXT_LINE_MAX)
			break;
		if (lf + 1 - at > longest)
			longest = lf + 1 - at;
		lines++;
		at = lf + 1;
	}
	b->lines += lines;
	b->crlf += lines;
	b->octets += at - from;
	b->longest = longest;
	return at;
}

/* Plain text from octet `at' of the map on, whole lines at a time, up to its end or to a line that
 * begins with a dot; returns where that is. */
static size_t
skip_plain(struct parser *p, const struct textmap *m, const uint8_t *text, size_t at, int64_t off,
    const struct run_mark *r)
{
	struct body_scan *t = &p->scan;
	size_t lf;

	while (at < m->n && (t->state != TEXT_BOL || text[at] != '.')) {
		lf = textmap_lf(m, at);
		t->state = TEXT_IN_LINE;
		if (lf == m->n) {
			line_grows(p, lf - at, off + (int64_t)at, r);
			return lf;
		}
		line_grows(p, lf + 1 - at, off + (int64_t)at, r);
		t->frames[0] = t->frames[1] = r ? r->mark.frame : 0;
		line_over(p, BREAK_CRLF, off + (int64_t)lf, r);
		at = whole_lines(p->body, m, text, lf + 1);
	}
	return at;
}

/* Text that is not plain, up to the next line break or `stop'. */
static const uint8_t *
skip_odd(
    struct parser *p, const uint8_t *c, const uint8_t *stop, int64_t off, const struct run_mark *r)
{
	const uint8_t *b = next_break(c, stop);

	look_at(p->body, c, (size_t)(b - c), off, r);
	line_grows(p, (uint64_t)(b - c), off, r);
	return b;
}

size_t
body_scan(struct parser *p, struct slice in, int64_t off, const struct run_mark *r, bool *end)
{
	const size_t n = in.n < TEXTMAP_MAX ? in.n : TEXTMAP_MAX;
	const uint8_t *from = in.p, *stop = in.p + n, *c = from;
	struct body_scan *t = &p->scan;
	struct textmap map;
	bool plain;

	while (c < stop && !*end && t->state != TEXT_IN_LINE && t->state != TEXT_BOL) {
		*end = step(p, *c, off + (c - from), r);
		c++;
	}
	off += c - from;
	from = c;
	plain = !*end && textmap_plain(&map, slice_of(c, (size_t)(stop - c)));
	while (c < stop && !*end) {
		if (plain && (t->state == TEXT_IN_LINE || t->state == TEXT_BOL))
			c = from + skip_plain(p, &map, from, (size_t)(c - from), off, r);
		else if (t->state == TEXT_IN_LINE)
			c = skip_odd(p, c, stop, off + (c - from), r);
		if (c == stop)
			break;
		*end = step(p, *c, off + (c - from), r);
		c++;
	}
	return (size_t)(c - in.p);
}
