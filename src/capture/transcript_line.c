/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * transcript_line - the lines of a text, numbered as an editor numbers them.
 *
 * What was read to find out whether the text is a dialogue is kept and given
 * again, so that a pipe works.  Octets are taken one by one: fread(3) would wait
 * for a full buffer while a line is there already.
 *
 * A line ends with LF, CRLF or the text.  Of an endless line the first
 * TEXT_LINE_MAX octets are kept, and it is counted.
 */
#include "capture/transcript.h"

void
text_init(struct text *t, FILE *fp)
{
	*t = (struct text){ .fp = fp };
	sbuf_init(&t->ahead, TEXT_AHEAD_MAX, NULL);
	sbuf_init(&t->line, TEXT_LINE_MAX, NULL);
}

void
text_fini(struct text *t)
{
	sbuf_fini(&t->ahead);
	sbuf_fini(&t->line);
}

/* The mark that some editors put in front of UTF-8. */
static struct slice
without_mark(struct slice line)
{
	return line.n >= 3 && memcmp(line.p, "\xef\xbb\xbf", 3) == 0 ? slice_from(line, 3) : line;
}

struct slice
text_ahead(struct text *t)
{
	size_t start = t->ahead.n;
	uint8_t octet;
	int c;

	while ((c = getc_unlocked(t->fp)) != EOF) {
		octet = (uint8_t)c;
		if (!sbuf_add(&t->ahead, slice_of(&octet, 1)))
			return slice_of(NULL, 0);
		if (c == '\n')
			break;
	}
	if (t->ahead.n == start)
		return slice_of(NULL, 0);
	if (start == 0)
		return without_mark(sbuf_slice(&t->ahead));
	return slice_of(t->ahead.p + start, t->ahead.n - start);
}

static int
next_octet(struct text *t)
{
	if (t->given < t->ahead.n)
		return t->ahead.p[t->given++];
	return getc_unlocked(t->fp);
}

bool
text_next(struct text *t, struct slice *line)
{
	uint8_t octet;
	bool cut = false;
	int c;

	sbuf_clear(&t->line);
	while ((c = next_octet(t)) != EOF && c != '\n') {
		octet = (uint8_t)c;
		cut |= !sbuf_add(&t->line, slice_of(&octet, 1));
	}
	if (c == EOF && t->line.n == 0)
		return false;
	t->number++;
	t->cut += cut;
	*line = sbuf_slice(&t->line);
	if (line->n && !cut && line->p[line->n - 1] == '\r')
		line->n--;
	if (t->number == 1)
		*line = without_mark(*line);
	return true;
}
