/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transcript_table - a table of frames, read as a dialogue.
 *
 *     3081  Target >>> IMC  SMTP
 *           Rsp: 552 Requested mail action aborted, 36 bytes
 *           .A...F, len: 36, seq:1417586500-1417586536, ack: 136771427, win: 967
 *
 * This program writes such tables (-T text), and so did network monitors before it.
 * What a frame said is taken, and how long message text was; of the line of numbers
 * SYN, FIN and RST, and whether frames are missing in front of it.  The order of the
 * lines is the evidence, as in any other transcript, so a frame that comes too late
 * counts as missing.  What the table does not show of a line is left out of the frame,
 * as if it had been cut by a snap length: it is never guessed.
 */
#include "capture/transcript_talk.h"

/* -- a text with a table in it --------------------------------------------------------------- */

bool
table_is_head(struct slice s)
{
	struct row_head h;

	return row_head(s, &h);
}

bool
table_begins(struct slice line, bool *head)
{
	struct slice s = mark_trim(line), rest;
	struct row_head h;
	enum row_part part = row_part(s, &rest);
	bool below = *head;

	*head = row_head(s, &h) || (below && part == PART_FLAGS);
	return below && part != PART_NONE && part != PART_FLAGS && part != PART_SKIP;
}

/* -- steps ------------------------------------------------------------------------------- */

static void
push_lost(struct talk *t, enum talk_side side, uint64_t n, uint64_t line)
{
	struct talk_step lost = { .kind = TALK_LOST, .side = side, .line = line, .n = n };

	if (n)
		talk_push(t, NULL, lost, slice_of(NULL, 0));
}

/* A segment of the server of which nothing is shown. */
static void
push_hidden(struct talk *t, uint64_t n, uint64_t line)
{
	struct talk_step step = { .kind = TALK_OCTETS, .side = SIDE_SERVER, .line = line, .n = n };

	if (n)
		talk_push(t, NULL, step, slice_of(NULL, 0));
}

/* The line is not shown whole: what is missing is missing in the frame. */
static void
hide_rest(struct talk *t, const struct row_said *w)
{
	struct queued *last = STAILQ_LAST(&t->queue, queued, link);
	uint64_t had;

	if (!last || last->step.kind != TALK_OCTETS || last->text.n < 2)
		return;
	if (!w->whole)
		last->text.n -= 2; /* the CRLF that stands behind the part that is shown */
	had = last->text.n;
	if (w->octets > had)
		last->step.n = w->octets - had;
}

static void
say(struct talk *t, enum talk_side side, const struct row_said *w, uint64_t line)
{
	struct mark m = { .side = side, .text = w->text };

	talk_say(t, &m, w->text, line);
	if (!w->whole || w->lines) {
		hide_rest(t, w);
		t->more = false;
	}
}

static void
say_reply(struct talk *t, struct slice rest, uint64_t line)
{
	struct row_said w = row_said(rest);
	struct queued *last;
	char text[128];
	unsigned code;
	bool more;
	int n;

	if (mark_code(w.text, &more) == 0) {
		code = row_code(w.text);
		if (code == 0) {
			push_lost(t, SIDE_SERVER, w.octets, line);
			return;
		}
		n = snprintf(text, sizeof text, "%u %.*s", code,
		    (int)(w.text.n < 100 ? w.text.n : 100), (const char *)w.text.p);
		w.text = slice_of(text, n > 0 ? (size_t)n : 0);
		w.octets = 0; /* of what the monitor did not show */
		w.whole = true;
		w.lines = 0;
	}
	t->table.lines = w.lines;
	t->table.left = w.octets > w.text.n + 2 ? w.octets - w.text.n - 2 : 0;
	t->table.shown = false;
	say(t, SIDE_SERVER, &w, line);
	last = STAILQ_LAST(&t->queue, queued, link);
	/* The table begins inside a message: nothing else says that this comes too early. */
	if (t->table.text && !t->data && mark_code(w.text, &more) >= 400 && last)
		last->step.unaware = last->step.kind == TALK_OCTETS;
}

/* With -v the further lines of a reply stand below its first one. */
static bool
say_further(struct talk *t, struct slice s, uint64_t line)
{
	struct queued *last = STAILQ_LAST(&t->queue, queued, link);
	struct row_said w = { .text = s, .whole = true };
	bool more;

	if (!t->table.lines || mark_code(s, &more) == 0)
		return false;
	if (!t->table.shown && last && last->step.kind == TALK_OCTETS)
		last->step.n = 0; /* nothing of it is hidden */
	t->table.shown = true;
	t->table.lines--;
	row_remark(&w);
	w.octets = t->table.left;
	t->table.left -= w.text.n + 2 < t->table.left ? w.text.n + 2 : t->table.left;
	say(t, SIDE_SERVER, &w, line);
	return true;
}

/* Message text of which only the length is known. */
static void
say_text(struct talk *t, uint64_t n, uint64_t line)
{
	struct talk_step fill = { .kind = TALK_FILL, .side = SIDE_CLIENT, .line = line };

	if (t->table.over) {
		t->ignored++; /* out of order: it belongs in front of the end of data */
		return;
	}
	if (!t->open)
		talk_begin(t, false, line);
	t->client_seen = true;
	t->opening = NULL;
	n += t->table.carry;
	t->table.carry = n < 2 ? n : 0; /* a line takes two octets for its end */
	if (n < 2)
		return;
	fill.n = n;
	fill.lines = 1 + n / TABLE_TEXT_LINE;
	talk_push(t, NULL, fill, slice_of(NULL, 0));
	t->data_shown |= t->data;
	t->table.text = true;
}

/* Octets of a side that stand in no frame above this one. */
static void
note_hole(struct talk *t, unsigned name, uint32_t n, uint64_t line)
{
	struct talk_step lost = { .kind = TALK_LOST, .line = line, .n = n };

	lost.side = name == t->table.client ? SIDE_CLIENT : SIDE_SERVER;
	if (t->open && t->table.side_known) {
		talk_push(t, talk_step_at(t, t->table.settled), lost, slice_of(NULL, 0));
		t->table.settled++;
	}
}

/* Sequence and acknowledgement numbers against those of the frames above. */
static void
check_place(struct talk *t, struct slice s, bool turns, uint64_t line)
{
	struct table *b = &t->table;
	uint64_t from, to, len, ack = 0;
	unsigned other = !b->sender;
	int32_t step;

	if (!mark_number(s, "len: ", &len) || !mark_blank_number(s, "seq:", &from))
		return;
	b->numbered = true;
	to = from + len + turns;
	step = b->placed[b->sender] ? (int32_t)((uint32_t)from - b->next[b->sender]) : 0;
	if (step > 0)
		note_hole(t, b->sender, (uint32_t)step, line);
	if (step < 0)
		t->ignored += talk_drop_from(t, t->table.settled); /* sent again, or too late */
	else
		b->next[b->sender] = (uint32_t)to;
	b->placed[b->sender] = true;
	if (!mark_contains(slice_of(s.p, s.n < 8 ? s.n : 8), "A") ||
	    !mark_blank_number(s, "ack:", &ack))
		return;
	/* Of a side that has no frame at all, the other one tells how much it said. */
	if (!b->seen[other] && !b->placed[other]) {
		b->placed[other] = true;
		b->next[other] = (uint32_t)ack;
	}
	step = b->placed[other] ? (int32_t)((uint32_t)ack - b->next[other]) : 0;
	if (step > 0) {
		note_hole(t, other, (uint32_t)step, line);
		b->next[other] = (uint32_t)ack;
	}
}

static void
take_flags(struct talk *t, struct slice s, uint64_t line)
{
	struct table *b = &t->table;
	enum talk_side side = b->sender == b->client ? SIDE_CLIENT : SIDE_SERVER;
	struct talk_step ack = { .kind = TALK_ACK, .side = side, .line = line };
	bool syn = false, fin = false, rst = false;
	size_t i;

	for (i = 0; i < s.n && s.p[i] != ','; i++) {
		syn |= s.p[i] == 'S';
		fin |= s.p[i] == 'F';
		rst |= s.p[i] == 'R';
	}
	if (!rst)
		check_place(t, s, syn || fin, line);
	if (syn && !mark_contains(slice_of(s.p, i), "A")) {
		b->client = b->sender;
		b->side_known = true;
		if (!t->open)
			talk_begin(t, false, line);
		if (t->opening)
			t->opening->step.whole = true;
	} else if ((fin || rst) && b->side_known) {
		talk_close(t, side, rst, line);
	} else if (t->open && !t->closed && b->side_known && t->nqueue == b->settled) {
		talk_push(t, NULL, ack, slice_of(NULL, 0));
	}
}

static void
take_part(struct talk *t, enum row_part part, struct slice rest, uint64_t line)
{
	struct table *b = &t->table;
	struct row_said w = { .whole = true };
	enum talk_side side;

	if (part == PART_REPLY || part == PART_COMMAND || part == PART_TEXT || part == PART_END) {
		b->client = part == PART_REPLY ? !b->sender : b->sender;
		b->side_known = true;
	}
	side = b->sender == b->client ? SIDE_CLIENT : SIDE_SERVER;
	if (part != PART_FLAGS && part != PART_SKIP && !talk_goes_on(t, side)) {
		t->ignored++;
		return;
	}
	switch (part) {
	case PART_REPLY:
		say_reply(t, rest, line);
		return;
	case PART_MORE:
		w = row_said(rest);
		if (!b->shown)
			push_hidden(t, w.octets, line);
		return;
	case PART_COMMAND:
		b->carry = 0;
		b->text = b->over = false;
		w = row_said(rest);
		say(t, SIDE_CLIENT, &w, line);
		return;
	case PART_END:
		b->carry = 0;
		b->text = false;
		b->over = true;
		w.text = slice_str(".");
		say(t, SIDE_CLIENT, &w, line);
		return;
	case PART_TEXT:
		w = row_said(rest);
		say_text(t, w.octets, line);
		return;
	case PART_FOLDED:
		b->placed[0] = b->placed[1] = false;
		if (row_folded(rest))
			say_text(t, row_folded(rest), line);
		return;
	case PART_LOST:
		(void)mark_number(rest, "", &w.octets);
		if (b->side_known)
			push_lost(t, side, w.octets, line);
		return;
	case PART_FLAGS:
		take_flags(t, rest, line);
		return;
	case PART_SKIP:
	case PART_NONE:
		return;
	}
}

/* -- the table --------------------------------------------------------------------------- */

static void
keep_name(struct table_name *n, struct slice s)
{
	memcpy(n->text, s.p, s.n);
	n->n = s.n;
}

static bool
is_name(const struct table_name *n, struct slice s)
{
	return slice_eq(slice_of(n->text, n->n), s);
}

static void
enter(struct talk *t, const struct row_head *h)
{
	struct table *b = &t->table;
	bool forth = is_name(&b->name[0], h->from) && is_name(&b->name[1], h->to),
	     back = is_name(&b->name[1], h->from) && is_name(&b->name[0], h->to);

	if (!b->any || !(forth || back)) {
		if (!t->own)
			talk_end(t); /* of what stood before the table, or of another connection */
		*b = (struct table){ .any = true };
		keep_name(&b->name[0], h->from);
		keep_name(&b->name[1], h->to);
		forth = true;
	}
	/* A table may show numbers of some frames only. */
	b->placed[b->sender] &= b->numbered;
	b->numbered = false;
	b->sender = forth ? 0 : 1;
	b->settled = t->nqueue;
	/* What the other side acknowledged was no more than a beginning. */
	b->placed[b->sender] &= b->seen[b->sender];
	b->seen[b->sender] = true;
}

static void
leave(struct talk *t)
{
	if (!t->own)
		talk_end(t);
	t->table = (struct table){ 0 };
}

bool
table_line(struct talk *t, struct slice s, uint64_t line)
{
	struct table *b = &t->table;
	struct row_head h;
	struct slice rest;
	enum row_part part;

	if (row_head(s, &h)) {
		enter(t, &h);
		return true;
	}
	if (!b->any)
		return false;
	if (!t->own && (b->remark || slice_caseprefix(s, "("))) {
		/* "(Target ACKs the DATA)", on one line or more. */
		b->remark = s.n && s.p[s.n - 1] != ')';
		return true;
	}
	part = row_part(s, &rest);
	if (part != PART_NONE) {
		take_part(t, part, rest, line);
		return true;
	}
	if (say_further(t, s, line))
		return true;
	if (!t->own && s.n)
		leave(t);
	return false;
}
