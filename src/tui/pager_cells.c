/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pager_cells - lines that Enter opens, where two tables stand side by side, and the way
 * from table to table.
 *
 * A pager remembers the table that its cursor is in, by number.  A line that has no part
 * of that table stands for its first one.
 */
#include "tui/app.h"
#include "tui/pager.h"

enum { TABLE_ROWS = 8 /* to be seen of a table that one goes to, if there is room */ };

struct doc_cell
pager_cell(const struct pager *p)
{
	size_t n = doc_cells(p->body, p->cursor), i;

	for (i = 0; i < n; i++)
		if (doc_cell_at(p->body, p->cursor, i).table == p->table)
			return doc_cell_at(p->body, p->cursor, i);
	return doc_cell_at(p->body, p->cursor, 0);
}

/* Do they open the same row, of whatever window? */
static bool
same_row(const char *a, const char *b)
{
	size_t n = window_clause_at(a);

	return n == window_clause_at(b) && memcmp(a, b, n) == 0;
}

bool
pager_go_link(struct pager *p, const char *command)
{
	size_t n = doc_count(p->body), i, k, best = n, far, least = SIZE_MAX;

	for (i = 0; i < n; i++) {
		for (k = 0; k < doc_cells(p->body, i); k++) {
			if (!same_row(doc_cell_at(p->body, i, k).command, command))
				continue;
			far = i < p->cursor ? p->cursor - i : i - p->cursor;
			if (far >= least)
				continue;
			least = far;
			best = i;
			p->table = doc_cell_at(p->body, i, k).table;
		}
	}
	if (best < n)
		p->cursor = best;
	return best < n;
}

/* The table that the cursor is in or below; 0: it is above all of them. */
static unsigned
table_here(const struct pager *p)
{
	size_t i = p->cursor + 1;

	if (doc_cells(p->body, p->cursor))
		return pager_cell(p).table;
	while (i-- > 0)
		if (doc_cells(p->body, i))
			return doc_cell_at(p->body, i, 0).table;
	return 0;
}

/* The heading of the table, and some of its rows, are to be seen. */
static void
show_table(struct pager *p)
{
	size_t first = p->cursor, least = p->page > TABLE_ROWS ? (size_t)(p->page - TABLE_ROWS) : 0;

	while (first && (doc_flags(p->body, first - 1) & DOC_HEAD))
		first--;
	if (first < p->top || first > p->top + least)
		p->top = first;
}

void
pager_table(struct app *a, struct pager *p, bool down)
{
	size_t n = doc_count(p->body), i, k, best = n, end = n;
	unsigned here = table_here(p), table, near = 0, last = 0;

	/* The nearest one in this direction, or else the one at the other end. */
	for (i = 0; i < n; i++) {
		for (k = 0; k < doc_cells(p->body, i); k++) {
			table = doc_cell_at(p->body, i, k).table;
			if ((down ? table > here : table < here) &&
			    (best == n || (down ? table < near : table > near))) {
				best = i;
				near = table;
			}
			if (end == n || (down ? table < last : table > last)) {
				end = i;
				last = table;
			}
		}
	}
	if (end == n) {
		app_say(a, STYLE_PLAIN, "there is no table with something to open");
		return;
	}
	p->table = best < n ? near : last;
	p->cursor = best < n ? best : end;
	show_table(p);
}
