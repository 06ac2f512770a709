/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * column_layout - which columns are shown, and how wide they are.
 *
 * When there is little room the columns of least importance go, then sentences get
 * shorter, then others go; one always stays.  What is left over goes to sentences
 * first.
 */
#include <limits.h>

#include "tui/columns.h"

enum {
	SENTENCE = 100, /* what may become so wide is a sentence */
	SENTENCE_GOOD = 52,
	SENTENCE_LEAST = 16,
	KEEP = 50 /* a column of less importance makes room for sentences */
};

bool
column_choose(struct column_layout *l, const char *names, const char **bad, size_t *n)
{
	struct column_layout chosen = { .n = 0 };
	size_t len;
	int i;

	for (;; names += len + 1) {
		len = strcspn(names, ",");
		i = column_find_n(names, len);
		if (i < 0 || chosen.n == COLUMNS_MAX) {
			*bad = names;
			*n = len;
			return false;
		}
		chosen.chosen[chosen.n++] = (uint8_t)i;
		if (names[len] == '\0')
			break;
	}
	*l = chosen;
	return true;
}

void
column_defaults(struct column_layout *l)
{
	const char *bad;
	size_t n;

	column_choose(l,
	    "number,start,client,server,tls,tx,rcpt,octets,duration,end,severity,result,cause",
	    &bad, &n);
}

/* Columns of all that are shown, with a blank between two. */
static int
total(const struct column_layout *l)
{
	int sum = -1;
	unsigned i;

	for (i = 0; i < l->n; i++)
		if (l->width[i])
			sum += l->width[i] + 1;
	return sum;
}

/* Sentences take less than they like before a column of importance goes. */
static bool
shrink(struct column_layout *l)
{
	bool shrunk = false;
	unsigned i;

	for (i = 0; i < l->n; i++) {
		if (column_at(l->chosen[i])->most >= SENTENCE && l->width[i] > SENTENCE_LEAST) {
			l->width[i]--;
			shrunk = true;
		}
	}
	return shrunk;
}

/* The one of less than `keep' that goes first; false: there is none, or one alone is left. */
static bool
drop(struct column_layout *l, int keep)
{
	int least = -1;
	unsigned i, shown = 0;

	for (i = 0; i < l->n; i++) {
		if (!l->width[i])
			continue;
		shown++;
		if (least < 0 || column_at(l->chosen[i])->keep < column_at(l->chosen[least])->keep)
			least = (int)i;
	}
	if (shown < 2 || column_at(l->chosen[least])->keep >= keep)
		return false;
	l->width[least] = 0;
	return true;
}

/* What there is to be shown. */
struct extent {
	enum time_style time;
	size_t sessions;
};

static int
least_width(const struct column *column, const struct extent *x)
{
	int width = column->width;
	size_t n;

	if (column->extent == EXTENT_TIME)
		return x->time == TIME_DATE ? 19 : x->time == TIME_EPOCH ? 10 : 8;
	for (n = x->sessions; column->extent == EXTENT_NUMBER && n >= 10000; n /= 10)
		width++;
	return width;
}

static int
most_width(const struct column *column, const struct extent *x)
{
	if (column->extent == EXTENT_TIME || column->extent == EXTENT_NUMBER)
		return least_width(column, x);
	return column->most;
}

/* One column more for each that wants it and is narrower than `limit', in turn; false: none does,
 * or nothing is left. */
static bool
widen(struct column_layout *l, int cols, int limit, const struct extent *x)
{
	bool grew = false;
	unsigned i;
	int most;

	for (i = 0; i < l->n && total(l) < cols; i++) {
		most = most_width(column_at(l->chosen[i]), x);
		if (!l->width[i] || l->width[i] >= most || (most < SENTENCE && limit) ||
		    (limit && l->width[i] >= limit))
			continue;
		l->width[i]++;
		grew = true;
	}
	return grew && total(l) < cols;
}

void
column_fit(struct column_layout *l, int cols, enum time_style time, size_t sessions)
{
	const struct extent x = { time, sessions };
	unsigned i;

	for (i = 0; i < l->n; i++)
		l->width[i] = least_width(column_at(l->chosen[i]), &x);
	while (total(l) > cols && (drop(l, KEEP) || shrink(l) || drop(l, INT_MAX)))
		;
	/* Sentences first, up to what most of them need. */
	while (widen(l, cols, SENTENCE_GOOD, &x))
		;
	while (widen(l, cols, 0, &x))
		;
	for (i = 0; i < l->n && total(l) > cols; i++) /* one alone, and that is too wide */
		if (l->width[i] > cols)
			l->width[i] = cols > 0 ? cols : 0;
}
