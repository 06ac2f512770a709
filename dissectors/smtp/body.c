/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * body - message text on the wire: where it ends, and what is odd about it.
 *
 * Only CRLF.CRLF ends the text (RFC 5321 4.1.1.4).  Between line breaks the
 * scanner skips with memchr(); around them it goes octet by octet through six
 * states, so that any split of the input gives the same result.  Every lone dot
 * between other breaks is kept as a body_dot: a server that takes one for the end
 * opens the door to smuggled commands.
 */
#include "smtp/header.h"
#include "smtp/parser.h"
#include "smtp/textmap.h"

enum {
	ESC = 0x1b,
	TEXT_LINE_MAX = 1000
}; /* RFC 5321 4.5.3.1.6: with CRLF, without the stuffed dot */

static const char *const break_names[] = { "", "CRLF", "LF", "CR" };

void
body_begin(struct parser *p, struct smtp_unit *opener, int64_t off, bool bdat)
{
	struct smtp_body *b = arena_alloc(p->s->arena, sizeof *b);

	memset(&p->scan, 0, sizeof p->scan);
	p->scan.state = TEXT_BOL;
	p->scan.before = BREAK_CRLF; /* that of the DATA line counts as the first */
	p->body = b;
	if (b == NULL) {
		parser_limit(p, "memory of the session");
		return;
	}
	b->opener = opener;
	b->bdat = bdat;
	b->off = b->end = off;
	if (opener != NULL && opener->body == NULL)
		opener->body = b;
	STAILQ_INSERT_TAIL(&p->s->bodies, b, link);
	if (p->header == NULL)
		p->header = header_new(p->s->arena);
	if (p->header != NULL)
		header_begin(p->header);
	p->alt_on = false;
	p->alt_chunk = NULL;
	sbuf_clear(&p->alt);
}

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
static void
line_unfinished(struct parser *p)
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

/* One octet at a line break.  True when it completes CRLF.CRLF. */
static bool
step(struct parser *p, uint8_t c, int64_t off, const struct run_mark *r)
{
	struct body_scan *t = &p->scan;
	uint64_t frame = r ? r->mark.frame : 0;

	if (t->state == TEXT_CR && c != '\n')
		t->line_len++; /* of the next line: put right below */
	else
		line_grows(p, 1, off, r);
	switch (t->state) {
	case TEXT_LOST:
		if (c == '\n')
			line_over(p, BREAK_CRLF, off, r);
		else
			t->state = c == '\r' ? TEXT_CR : TEXT_IN_LINE;
		look_at(p->body, &c, 1, off, r);
		return false;
	case TEXT_IN_LINE:
		if (c == '\r') {
			t->state = TEXT_CR;
			t->frames[0] = frame;
		} else if (c == '\n') {
			line_over(p, BREAK_LF, off, r);
		}
		return false;
	case TEXT_CR:
		if (c == '\n') {
			t->frames[1] = frame;
			line_over(p, BREAK_CRLF, off, r);
			return false;
		}
		t->line_len--;
		line_over(p, BREAK_CR, off - 1, r);
		t->line_len = 1;
		break;
	case TEXT_BOL:
		break;
	case TEXT_DOT:
		if (c == '\r') {
			t->state = TEXT_DOT_CR;
			t->frames[3] = frame;
			return false;
		}
		if (c == '\n') {
			odd_dot(p, "LF", off + 1);
			line_over(p, BREAK_LF, off, r);
			return false;
		}
		if (c == 0) {
			t->nul = true;
			return false;
		}
		if (t->before == BREAK_CRLF && c != '.')
			fact(&p->body->unstuffed, t->dot_off,
			    &(struct run_mark){ .off = t->dot_off, .mark = t->dot_mark });
		t->stuffed = t->before == BREAK_CRLF;
		t->state = TEXT_IN_LINE;
		look_at(p->body, &c, 1, off, r);
		return false;
	case TEXT_DOT_CR:
		t->frames[4] = frame;
		if (c == '\n' && t->before == BREAK_CRLF && !t->nul)
			return end_of_data(p);
		if (c == '\n') {
			odd_dot(p, "CRLF", off + 1);
			line_over(p, BREAK_CRLF, off, r);
			return false;
		}
		odd_dot(p, c == '\r' ? "CRCR" : "CR", off);
		t->line_len--;
		line_over(p, BREAK_CR, off - 1, r);
		t->line_len = 1;
		break;
	}
	/* First octet of a line. */
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

static void
keep_tail(struct smtp_body *b, struct slice read)
{
	size_t n = read.n < BODY_TAIL ? read.n : BODY_TAIL, old = BODY_TAIL - n;

	if (old > b->ntail)
		old = b->ntail;
	memmove(b->tail, b->tail + b->ntail - old, old);
	memcpy(b->tail + old, read.p + read.n - n, n);
	b->ntail = (unsigned)(old + n);
}

static void
note_read(struct parser *p, struct slice read, const struct run_mark *first)
{
	struct smtp_body *b = p->body;
	const struct run_mark *last;

	if (read.n == 0)
		return;
	last = feed_run(&p->feed[DIR_CLIENT], p->feed[DIR_CLIENT].off + (int64_t)read.n - 1);
	if (b->first.frame == 0 && first != NULL)
		b->first = first->mark;
	if (last != NULL && last->mark.frame != b->last.frame) {
		b->frames++;
		b->last = last->mark;
	}
	b->end += (int64_t)read.n;
	keep_tail(b, read);
	if (p->header != NULL && header_wants(p->header))
		header_feed(p->header, read);
	if (p->keep_text && b->text.n == 0)
		b->text = arena_dup(
		    p->s->arena, slice_of(read.p, read.n < LINE_KEEP ? read.n : LINE_KEEP));
}

/*
 * A segment behind a hole that begins with a lone dot, and with nothing or a
 * command behind it: nearly always the end of data, so it is read as such, marked
 * as a guess.
 */
static void
behind_hole(struct parser *p, struct slice in)
{
	struct slice rest = slice_from(in, 3);
	size_t i;

	p->scan.after_hole = false;
	if (p->body->bdat || in.n < 3 || memcmp(in.p, ".\r\n", 3) != 0)
		return;
	for (i = 0; i < rest.n && rest.p[i] > ' '; i++)
		;
	if (rest.n > 0 && smtp_verb_find(slice_of(rest.p, i))->id == VERB_UNKNOWN)
		return;
	p->scan.state = TEXT_BOL;
	p->scan.before = BREAK_CRLF;
	p->body->guessed = true;
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

/* At most TEXTMAP_MAX octets of one segment.  Returns behind the last one read; *end: CRLF.CRLF was
 * among them. */
static const uint8_t *
scan(struct parser *p, const uint8_t *c, const uint8_t *stop, int64_t off, const struct run_mark *r,
    bool *end)
{
	struct body_scan *t = &p->scan;
	const uint8_t *from = c;
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
	return c;
}

size_t
body_feed(struct parser *p, struct slice in, bool *end)
{
	const struct feed *f = &p->feed[DIR_CLIENT];
	const struct run_mark *r = feed_run(f, f->off), *next;
	const uint8_t *c = in.p, *stop = in.p + in.n, *limit = stop;
	struct body_scan *t = &p->scan;

	*end = false;
	if (p->body == NULL)
		return in.n;
	if (t->after_hole && in.n > 0)
		behind_hole(p, in);
	while (c < stop && !*end) {
		int64_t off = f->off + (c - in.p);

		/* Octets held back may come from several segments. */
		r = feed_run(f, off);
		next = r && r + 1 < f->runs + f->nruns ? r + 1 : NULL;
		limit = next && next->off - off < stop - c ? c + (next->off - off) : stop;
		if (limit - c > TEXTMAP_MAX)
			limit = c + TEXTMAP_MAX;
		c = scan(p, c, limit, off, r, end);
	}
	note_read(p, slice_of(in.p, (size_t)(c - in.p)), feed_run(f, f->off));
	return (size_t)(c - in.p);
}

void
body_gap(struct parser *p, uint64_t len)
{
	if (p->body == NULL)
		return;
	line_unfinished(p);
	p->body->missing += len;
	p->body->end += (int64_t)len;
	if (p->header != NULL)
		header_gap(p->header);
	p->scan.state = TEXT_LOST; /* what the hole ended with cannot be told */
	p->scan.before = BREAK_NONE;
	p->scan.after_hole = true;
}

/* The first line that is a command, at most 200 octets behind a dot. */
static void
dot_next(struct parser *p, struct body_dot *d)
{
	int64_t at = d->end - p->alt_off;
	const struct smtp_verb *verb;
	const struct ledger_seg *g;
	struct slice text, line;
	const uint8_t *lf;
	size_t skip;

	if (d->next != NULL || at < 0 || (uint64_t)at >= p->alt.n)
		return;
	text = slice_from(sbuf_slice(&p->alt), (size_t)at);
	if (text.n > 200)
		text.n = 200;
	for (; text.n > 0; text = slice_from(text, skip)) {
		lf = memchr(text.p, '\n', text.n);
		if (lf == NULL)
			return;
		skip = (size_t)(lf - text.p) + 1;
		line = slice_of(text.p, skip - 1);
		if (line.n > 0 && line.p[line.n - 1] == '\r')
			line.n--;
		verb = line_command(line);
		if (verb == NULL)
			continue;
		g = ledger_carrier(&p->s->stream->ledger,
		    (enum stream_dir)(DIR_CLIENT ^ p->s->flip), p->alt_off + (text.p - p->alt.p));
		d->next = verb->name;
		d->next_off = p->alt_off + (text.p - p->alt.p);
		d->next_ack = g ? g->ack : LEDGER_NO_ACK;
		d->next_text = arena_dup(p->s->arena, line);
		d->next_frame = g ? g->frame : d->mark.frame;
		return;
	}
}

void
body_finish(struct parser *p)
{
	unsigned i;

	if (p->body == NULL)
		return;
	line_unfinished(p);
	if (p->header != NULL)
		header_end(p->header, p->s->arena, p->body);
	for (i = 0; i < p->body->ndots; i++)
		dot_next(p, &p->body->dots[i]);
}
