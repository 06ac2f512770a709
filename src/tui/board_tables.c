/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * board_tables - the tables of the dashboard: names, numbers, shares.
 *
 * Two of them stand side by side where there is room, below each other where
 * there is not.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "tui/board.h"
#include "tui/tally.h"

enum {
	WIDE = 100,   /* columns from which on two tables stand side by side */
	TOP = 8,      /* rows of a table */
	BAR_MAX = 16, /* columns of a bar */
	LABEL_MAX = 64,
	COMMAND_MAX = 192,
	LABEL_MIN = 8, /* columns */
	NUMBER_COLUMNS = 9,
	SHARE_COLUMNS = 14
};

/* A row of a table: a name, a number, its share. */
struct entry {
	enum style style;
	char label[LABEL_MAX];
	uint64_t n, of;
	char command[COMMAND_MAX]; /* what Enter does; "": nothing */
};

struct table {
	const char *head;
	unsigned number; /* of doc_table() */
	int label;       /* columns of the labels, at most */
	bool parts;      /* "12 of 96" instead of a share of the whole */
	struct entry v[TOP];
	size_t n;
	uint64_t more; /* rows that are not shown */
};

static void
table_add(struct table *t, enum style style, const char *label, uint64_t n, uint64_t of)
{
	if (t->n == TOP) {
		t->more++;
		return;
	}
	t->v[t->n] = (struct entry){ .style = style, .n = n, .of = of };
	snprintf(t->v[t->n].label, sizeof t->v[t->n].label, "%s", label);
	t->n++;
}

/* What Enter does on the entry that was added last, if it found room. */
static void __attribute__((__format__(printf, 2, 3)))
table_command(struct table *t, const char *fmt, ...)
{
	va_list ap;

	if (t->more || t->n == 0)
		return;
	va_start(ap, fmt);
	vsnprintf(t->v[t->n - 1].command, COMMAND_MAX, fmt, ap);
	va_end(ap);
}

/* -- drawing tables --------------------------------------------------------------------- */

/* "12 of 96", or "4,611  88.5% ########" */
static void
put_share(struct board *b, const struct table *t, const struct entry *e, int room)
{
	char number[NUMBER_TEXT_MAX];
	int bar, i;

	if (t->parts) {
		doc_printf(b->h.doc, STYLE_DIM, " of %s", common_number(number, e->of));
		return;
	}
	doc_printf(b->h.doc, STYLE_DIM, " %5.1f%% ", 100.0 * (double)e->n / (double)e->of);
	bar = room < BAR_MAX ? room : BAR_MAX;
	bar = (int)((double)bar * (double)e->n / (double)e->of + 0.5);
	for (i = 0; i < bar; i++)
		sheet_str(&b->h, e->style, b->h.opt->ascii ? "#" : "\u2588");
}

static void
put_entry(struct board *b, const struct table *t, const struct entry *e, int column, int width)
{
	char number[NUMBER_TEXT_MAX];
	int label = width - SHARE_COLUMNS - NUMBER_COLUMNS;

	if (label > t->label)
		label = t->label;
	if (label < LABEL_MIN)
		label = LABEL_MIN;
	doc_column(b->h.doc, column + 1, 0);
	doc_printf(b->h.doc, e->style, "%.*s", label, e->label);
	doc_column(b->h.doc, column + 1 + label, 1);
	doc_printf(b->h.doc, STYLE_PLAIN, "%*s", NUMBER_COLUMNS, common_number(number, e->n));
	put_share(b, t, e, width - label - NUMBER_COLUMNS - 10);
}

static void
put_cell(struct board *b, const struct table *t, size_t row, int column, int width)
{
	if (row == 0) {
		doc_column(b->h.doc, column, 0);
		sheet_str(&b->h, STYLE_HEADER, t->head);
	} else if (row <= t->n) {
		put_entry(b, t, &t->v[row - 1], column, width);
		if (t->v[row - 1].command[0])
			doc_cell(b->h.doc, t->number, column, t->v[row - 1].command);
	} else if (row == t->n + 1) {
		doc_column(b->h.doc, column + 1, 0);
		if (t->n == 0)
			sheet_str(&b->h, STYLE_DIM, "none");
		else if (t->more)
			doc_printf(b->h.doc, STYLE_DIM, "and %" PRIu64 " more", t->more);
	}
}

static size_t
table_rows(const struct table *t)
{
	return 1 + t->n + (t->n == 0 || t->more);
}

static void
put_tables(struct board *b, struct table *left, struct table *right)
{
	bool side = b->h.opt->width >= WIDE;
	int width = side ? b->h.opt->width / 2 : b->h.opt->width;
	size_t rows = table_rows(left), i;

	left->number = doc_table(b->h.doc);
	right->number = doc_table(b->h.doc);
	if (side && table_rows(right) > rows)
		rows = table_rows(right);
	sheet_blank(&b->h);
	for (i = 0; i < rows; i++) {
		sheet_line(&b->h, i ? 0 : DOC_HEAD);
		put_cell(b, left, i, 0, width);
		if (side)
			put_cell(b, right, i, width, b->h.opt->width - width);
	}
	if (side)
		return;
	sheet_blank(&b->h);
	for (i = 0; i < table_rows(right); i++) {
		sheet_line(&b->h, i ? 0 : DOC_HEAD);
		put_cell(b, right, i, 0, width);
	}
}

/* -- filling tables --------------------------------------------------------------------- */

static enum style
result_style(unsigned result)
{
	switch ((enum smtp_result)result) {
	case RESULT_DELIVERED:
		return STYLE_GOOD;
	case RESULT_LOST:
	case RESULT_IN_DOUBT:
	case RESULT_REJECTED_MID_DATA:
		return STYLE_ERROR;
	case RESULT_DELIVERED_IN_PART:
	case RESULT_REJECTED:
	case RESULT_DEFERRED:
	case RESULT_ABORTED:
		return STYLE_WARNING;
	case RESULT_UNKNOWN:
		break;
	}
	return STYLE_PLAIN;
}

static uint64_t
sum(const uint64_t *v, size_t n)
{
	uint64_t total = 0;

	while (n--)
		total += *v++;
	return total;
}

static void
fill_results(struct table *t, const struct run *run)
{
	uint64_t all = sum(run->results, RUN_RESULTS);
	const char *name;
	unsigned i;

	*t = (struct table){ .head = "MESSAGES", .label = 24 };
	for (i = 0; i < RUN_RESULTS; i++) {
		if (!run->results[i])
			continue;
		name = smtp_result_name((enum smtp_result)i);
		table_add(t, result_style(i), name, run->results[i], all);
		table_command(t, "filter results = %s", name);
	}
}

static void
fill_closures(struct table *t, const struct run *run)
{
	uint64_t all = sum(run->closures, RUN_CLOSURES);
	const char *name;
	unsigned i;

	*t = (struct table){ .head = "SESSIONS ENDED BY", .label = 24 };
	for (i = 0; i < RUN_CLOSURES; i++) {
		if (!run->closures[i])
			continue;
		name = smtp_closure_name((enum smtp_closure)i);
		table_add(
		    t, i == CLOSURE_QUIT ? STYLE_GOOD : STYLE_PLAIN, name, run->closures[i], all);
		table_command(t, "filter closure = %s", name);
	}
}

static void
fill_peers(struct table *t, struct board *b, const struct tally *v, enum stream_dir role)
{
	static const char *const heads[] = {
		[DIR_CLIENT] = "CLIENTS IN TROUBLE, sessions",
		[DIR_SERVER] = "SERVERS IN TROUBLE, sessions",
	};
	size_t i;

	*t = (struct table){ .head = heads[role], .label = IPADDR_TEXT_MAX, .parts = true };
	for (i = 0; i < v->n[role] && v->v[role][i].bad; i++) {
		char addr[IPADDR_TEXT_MAX];

		redact_ip(b->h.redactor, addr, &v->v[role][i].addr);
		table_add(t, STYLE_PLAIN, addr, v->v[role][i].bad, v->v[role][i].all);
		/* A filter is shown: it would tell what is hidden. */
		if (!(b->h.cfg.redact & REDACT_HOSTS))
			table_command(t, "filter %s = %s and trouble",
			    role == DIR_CLIENT ? "client" : "server", addr);
	}
}

/* The tables of peers are about some of the sessions only. */
static void
put_unseen(struct board *b, const struct tally *v)
{
	char number[NUMBER_TEXT_MAX];

	if (v->rows == store_count(b->run->store) && !v->others)
		return;
	sheet_line(&b->h, 0);
	doc_printf(
	    b->h.doc, STYLE_DIM, " of the latest %s sessions", common_number(number, v->rows));
	if (v->others)
		doc_printf(b->h.doc, STYLE_DIM, "; ends without a place in the tables: %s",
		    common_number(number, v->others));
}

/* -- the parts of the dashboard --------------------------------------------------------- */

void
board_results(struct board *b)
{
	struct table *left = xcalloc(2, sizeof *left), *right = left + 1;

	fill_results(left, b->run->run);
	fill_closures(right, b->run->run);
	put_tables(b, left, right);
	free(left);
}

void
board_peers(struct board *b)
{
	struct table *left = xcalloc(2, sizeof *left), *right = left + 1;
	struct tally tally;

	tally_init(&tally, b->run->store);
	fill_peers(left, b, &tally, DIR_SERVER);
	fill_peers(right, b, &tally, DIR_CLIENT);
	put_tables(b, left, right);
	put_unseen(b, &tally);
	tally_fini(&tally);
	free(left);
}
