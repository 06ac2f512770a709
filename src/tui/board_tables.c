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

enum {
	WIDE = 100,    /* columns from which on two tables stand side by side */
	BAR_MAX = 16,  /* columns of a bar */
	LABEL_MIN = 8, /* columns */
	NUMBER_COLUMNS = 9,
	SHARE_COLUMNS = 14
};

void
board_add(struct board_table *t, enum style style, const char *label, uint64_t n, uint64_t of)
{
	if (t->n == BOARD_ROWS) {
		t->more++;
		return;
	}
	t->v[t->n] = (struct board_entry){ .style = style, .n = n, .of = of };
	snprintf(t->v[t->n].label, sizeof t->v[t->n].label, "%s", label);
	t->n++;
}

void
board_command(const struct board *b, struct board_table *t, const char *fmt, ...)
{
	char *command;
	va_list ap;
	int n;

	if (t->more || t->n == 0)
		return;
	command = t->v[t->n - 1].command;
	va_start(ap, fmt);
	n = vsnprintf(command, BOARD_COMMAND_MAX, fmt, ap);
	va_end(ap);
	/* Half a filter would list something else. */
	if (n < 0 || (size_t)n + strlen(b->clause) >= BOARD_COMMAND_MAX)
		command[0] = '\0';
	else
		memcpy(command + n, b->clause, strlen(b->clause) + 1);
}

/* -- drawing tables --------------------------------------------------------------------- */

/* "12 of 96", or "4,611  88.5% ########" */
static void
put_share(struct board *b, const struct board_table *t, const struct board_entry *e, int room)
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
put_entry(struct board *b, const struct board_table *t, const struct board_entry *e, int column,
    int width)
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
put_cell(struct board *b, const struct board_table *t, size_t row, int column, int width)
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
table_rows(const struct board_table *t)
{
	return 1 + t->n + (t->n == 0 || t->more);
}

void
board_put(struct board *b, struct board_table *left, struct board_table *right)
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

/* Messages; of a window the sessions that have one with the result. */
static void
fill_results(const struct board *b, struct board_table *t)
{
	const uint64_t *v = b->counts ? b->counts->results : b->run->run->results;
	uint64_t all = b->counts ? b->counts->with_messages : sum(v, RUN_RESULTS);
	const char *name;
	unsigned i;

	*t = (struct board_table){
		.head = b->counts ? "SESSIONS WITH A MESSAGE THAT WAS" : "MESSAGES", .label = 24
	};
	for (i = 0; i < RUN_RESULTS; i++) {
		if (!v[i])
			continue;
		name = smtp_result_name((enum smtp_result)i);
		board_add(t, result_style(i), name, v[i], all);
		board_command(b, t, "filter results = %s", name);
	}
}

static void
fill_closures(const struct board *b, struct board_table *t)
{
	const uint64_t *v = b->counts ? b->counts->closures : b->run->run->closures;
	uint64_t all = sum(v, RUN_CLOSURES);
	const char *name;
	unsigned i;

	*t = (struct board_table){ .head = "SESSIONS ENDED BY", .label = 24 };
	for (i = 0; i < RUN_CLOSURES; i++) {
		if (!v[i])
			continue;
		name = smtp_closure_name((enum smtp_closure)i);
		board_add(t, i == CLOSURE_QUIT ? STYLE_GOOD : STYLE_PLAIN, name, v[i], all);
		board_command(b, t, "filter closure = %s", name);
	}
}

static void
fill_peers(struct board *b, struct board_table *t, const struct tally *v, enum stream_dir role)
{
	static const char *const heads[] = {
		[DIR_CLIENT] = "CLIENTS IN TROUBLE, sessions",
		[DIR_SERVER] = "SERVERS IN TROUBLE, sessions",
	};
	size_t i;

	*t = (struct board_table){ .head = heads[role], .label = IPADDR_TEXT_MAX, .parts = true };
	for (i = 0; i < v->n[role] && v->v[role][i].bad; i++) {
		char addr[IPADDR_TEXT_MAX];

		redact_ip(b->h.redactor, addr, &v->v[role][i].addr);
		board_add(t, STYLE_PLAIN, addr, v->v[role][i].bad, v->v[role][i].all);
		/* A filter is shown: it would tell what is hidden. */
		if (!(b->h.cfg.redact & REDACT_HOSTS))
			board_command(b, t, "filter %s = %s and trouble",
			    role == DIR_CLIENT ? "client" : "server", addr);
	}
}

/* The tables of peers are about some of the sessions only. */
static void
put_unseen(struct board *b, const struct tally *v)
{
	bool all = b->counts || v->rows == store_count(b->run->store);
	char number[NUMBER_TEXT_MAX];

	if (all && !v->others)
		return;
	sheet_line(&b->h, 0);
	if (!all)
		doc_printf(b->h.doc, STYLE_DIM, " of the latest %s sessions%s",
		    common_number(number, v->rows), v->others ? ";" : "");
	if (v->others)
		doc_printf(b->h.doc, STYLE_DIM, " ends without a place in the tables: %s",
		    common_number(number, v->others));
}

/* -- the parts of the dashboard --------------------------------------------------------- */

void
board_results(struct board *b)
{
	struct board_table *left = xcalloc(2, sizeof *left), *right = left + 1;

	fill_results(b, left);
	fill_closures(b, right);
	board_put(b, left, right);
	free(left);
}

static void
put_peers(struct board *b, const struct tally *v)
{
	struct board_table *left = xcalloc(2, sizeof *left), *right = left + 1;

	fill_peers(b, left, v, DIR_SERVER);
	fill_peers(b, right, v, DIR_CLIENT);
	board_put(b, left, right);
	put_unseen(b, v);
	free(left);
}

void
board_peers(struct board *b)
{
	struct tally tally;

	if (b->counts) {
		put_peers(b, &b->counts->tally);
		return;
	}
	tally_init(&tally, b->run->store);
	put_peers(b, &tally);
	tally_fini(&tally);
}
