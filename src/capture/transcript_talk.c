/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transcript_talk - dialogues out of marked lines and the prose around them.
 *
 * A dialogue begins with a greeting or with the first marked line, and ends at
 * the next greeting, at a paragraph of prose, or when a remark says that the
 * connection was closed.  A line without a mark directly below a marked one is
 * the rest of it if a mail program would have folded it there.
 *
 * A marked line is held until the next line shows that it is whole.  Lines that
 * belong to no dialogue are counted.
 */
#include <limits.h>
#include <stdlib.h>

#include "base/mem.h"
#include "capture/transcript_talk.h"

enum {
	FOLD_MIN = 40,  /* a shorter line was not folded because of its length */
	FOLD_WIDTH = 76 /* the next word must have passed this column */
};

struct talk *
talk_new(FILE *fp)
{
	struct talk *t = xcalloc(1, sizeof *t);

	text_init(&t->text, fp);
	STAILQ_INIT(&t->queue);
	sbuf_init(&t->held.text, TEXT_LINE_MAX, NULL);
	return t;
}

/* "Session 3: 192.0.2.1:40000 > 198.51.100.1:25", the heading of a report of this program. */
static bool
is_heading(struct slice s)
{
	uint64_t n;

	return slice_caseprefix(s, "Session ") && mark_number(s, "Session ", &n) &&
	    mark_contains(s, ": ") && mark_contains(s, " > ");
}

bool
talk_is_dialogue(struct talk *t)
{
	unsigned marked = 0, styles = 0;
	bool hello = false, head = false, more;
	struct slice line;
	struct mark m;

	while ((!hello || marked < 2) && (line = text_ahead(&t->text)).p) {
		while (line.n && (line.p[line.n - 1] == '\n' || line.p[line.n - 1] == '\r'))
			line.n--;
		/* A report of this program is read even if it has no more than a refusal. */
		if (is_heading(mark_trim(line))) {
			hello = true;
			marked++;
		}
		if (table_begins(line, &head))
			return true;
		if (!mark_find(line, &styles, &m))
			continue;
		marked++;
		m.text = mark_trim(m.text);
		if (m.side == SIDE_SERVER)
			hello |= mark_code(m.text, &more) == 220;
		else
			hello |= slice_caseprefix(m.text, "HELO") ||
			    slice_caseprefix(m.text, "EHLO") || slice_caseprefix(m.text, "LHLO");
	}
	return hello && marked >= 2;
}

/* -- folded lines -------------------------------------------------------------------------- */

static bool
ends_in_blank(struct slice s)
{
	return s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t');
}

static size_t
first_word(struct slice s)
{
	size_t n = 0;

	while (n < s.n && s.p[n] != ' ')
		n++;
	return n;
}

/* Would a mail program have broken the held line in front of this one? */
static bool
goes_on(const struct talk *t, struct slice rest)
{
	const struct held *h = &t->held;

	if (!h->any || t->own || h->width < FOLD_MIN || mark_is_remark(rest))
		return false;
	return h->folded || h->width + 1 + first_word(rest) > FOLD_WIDTH;
}

static void
hold(struct held *h, const struct mark *m, struct slice line, uint64_t number)
{
	h->any = true;
	h->mark = *m;
	h->line = number;
	h->width = line.n;
	h->folded = ends_in_blank(line);
	sbuf_clear(&h->text);
	(void)sbuf_add(&h->text, m->text);
}

static void
hold_more(struct held *h, struct slice line)
{
	if (!ends_in_blank(sbuf_slice(&h->text)))
		(void)sbuf_add(&h->text, slice_str(" "));
	(void)sbuf_add(&h->text, mark_trim(line));
	h->width = line.n;
	h->folded = ends_in_blank(line);
}

static void
flush(struct talk *t)
{
	struct held *h = &t->held;

	if (h->any)
		talk_say(t, &h->mark, sbuf_slice(&h->text), h->line);
	h->any = false;
}

/* -- lines without a mark -------------------------------------------------------------------- */

static void
own_heading(struct talk *t, struct slice s, uint64_t line)
{
	uint64_t port;
	size_t i;

	talk_end(t);
	talk_begin(t, false, line);
	for (i = s.n; i-- > 0 && s.p[i] != ':' && s.p[i] != '>';)
		;
	if (mark_number(slice_from(s, i), ":", &port) && port > 0 && port <= UINT16_MAX) {
		t->opening->step.port = (uint16_t)port;
		t->port_known = true;
	}
}

/* What a report of this program says of a session; all else in it are findings. */
static void
own_line(struct talk *t, struct slice s, uint64_t line)
{
	struct talk_step lost = { .kind = TALK_LOST, .line = line };
	enum talk_side by = SIDE_SERVER;
	bool reset;

	if (is_heading(s)) {
		own_heading(t, s, line);
	} else if (slice_caseprefix(s, "Summary of session ") || slice_caseprefix(s, "Run: ")) {
		talk_end(t);
	} else if (slice_caseprefix(s, "<")) {
		if (t->opening && slice_caseeq(s, "<connected>"))
			t->opening->step.whole = true;
		else if (mark_contains(s, "octets of the server were not captured>"))
			lost.side = SIDE_SERVER;
		if (mark_contains(s, "were not captured>") && mark_number(s, "<", &lost.n))
			talk_push(t, NULL, lost, slice_of(NULL, 0));
		else if (mark_is_close(s, &by, &reset))
			talk_close(t, by, reset, line);
	}
}

/* A remark, message text without marks, or prose. */
static void
other_line(struct talk *t, struct slice s, uint64_t line)
{
	bool reset, remark = mark_is_remark(s) || slice_caseprefix(s, "Connection closed");
	enum talk_side by = SIDE_SERVER;

	if (slice_caseprefix(s, "=== Trying") || slice_caseprefix(s, "=== Connected")) {
		talk_end(t);
	} else if (remark && mark_is_close(s, &by, &reset)) {
		talk_close(t, by, reset, line);
	} else if (t->data) {
		talk_say_text(t, s, line);
	} else if (!remark) {
		t->ignored++;
		if (t->blank)
			talk_end(t);
	}
}

/* In the report of this program an own line begins with the number of its frame. */
static struct slice
without_number(struct slice s)
{
	size_t i = 0;

	while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	return i && i < s.n && s.p[i] == ' ' ? mark_trim(slice_from(s, i)) : s;
}

static bool
table_takes(struct talk *t, struct slice s)
{
	if (table_is_head(s))
		flush(t); /* what was held stands in front of it */
	return table_line(t, s, t->text.number);
}

static void
take_line(struct talk *t, struct slice line)
{
	struct slice s = mark_trim(line);
	struct mark m;
	bool blank = s.n == 0;

	if (is_heading(s)) {
		t->own = true;
		t->styles = UINT_MAX; /* nothing stands below the heading but the dialogue */
	}
	if (!blank && table_takes(t, s)) {
		t->blank = false;
		return;
	}
	/* Between the frames of a report stand findings. */
	if (!blank && !(t->own && t->table.any) && mark_find(line, &t->styles, &m)) {
		flush(t);
		hold(&t->held, &m, line, t->text.number);
	} else if (!blank && goes_on(t, s)) {
		hold_more(&t->held, line);
	} else {
		flush(t);
		if (t->own && !blank)
			own_line(t, without_number(s), t->text.number);
		else if (!blank)
			other_line(t, s, t->text.number);
	}
	t->blank = blank;
}

/* -- the whole ------------------------------------------------------------------------------- */

bool
talk_next(struct talk *t, struct talk_step *step)
{
	struct slice line;

	queued_free(t->last);
	t->last = NULL;
	while (!talk_ready(t)) {
		if (t->ended)
			return false;
		if (text_next(&t->text, &line)) {
			take_line(t, line);
		} else {
			flush(t);
			talk_end(t);
			t->ended = true;
		}
	}
	t->last = talk_pop(t);
	*step = t->last->step;
	step->text = sbuf_slice(&t->last->text);
	return true;
}

void
talk_stats(const struct talk *t, struct capture_stats *stats)
{
	stats->text_cut += t->text.cut;
	stats->text_ignored += t->ignored;
}

void
talk_free(struct talk *t)
{
	if (!t)
		return;
	queued_free(t->last);
	while (!STAILQ_EMPTY(&t->queue))
		queued_free(talk_pop(t));
	sbuf_fini(&t->held.text);
	text_fini(&t->text);
	free(t);
}
