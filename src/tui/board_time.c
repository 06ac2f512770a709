/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * board_time - when it happened, and how far the numbers of the dashboard can be
 * trusted.
 */
#include <inttypes.h>

#include "base/output.h"
#include "base/timefmt.h"
#include "report/incident.h"
#include "report/trust.h"
#include "tui/board.h"

/* A row of digits and marks as tall as the numbers, one for each interval. */
static void
put_sparks(struct board *b, const char *label, const struct timeline *t, unsigned from, size_t step)
{
	static const char *const wide[] = { " ", "\u2581", "\u2582", "\u2583", "\u2584", "\u2585",
		"\u2586", "\u2587", "\u2588" };
	static const char *const ascii[] = { " ", ".", ".", ":", ":", "-", "=", "#", "#" };
	uint64_t highest = 1, n;
	size_t i, k;
	unsigned c;
	int pass;

	sheet_line(&b->h, 0);
	doc_printf(b->h.doc, STYLE_HEADER, "%-15s", label);
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < t->n; i += step) {
			for (n = 0, k = i; k < i + step && k < t->n; k++)
				for (c = from; c < TIMELINE_CLASSES; c++)
					n += t->slot[k][c];
			if (pass == 0)
				highest = n > highest ? n : highest;
			else
				sheet_str(&b->h, from ? STYLE_WARNING : STYLE_PLAIN,
				    (b->h.opt->ascii ? ascii :
				                       wide)[(n * 8 + highest - 1) / highest]);
		}
	}
	doc_printf(b->h.doc, STYLE_DIM, "  at most %" PRIu64, highest);
}

void
board_timeline(struct board *b)
{
	const struct timeline *t = incidents_timeline(b->run->incidents);
	int room = b->h.opt->width - 36;
	size_t step = 1;
	char text[TIME_TEXT_MAX];

	if (t->n < 2)
		return;
	while ((t->n + step - 1) / step > (size_t)(room < 8 ? 8 : room))
		step++;
	time_duration(
	    text, t->width > INT64_MAX / (int64_t)step ? t->width : t->width * (int64_t)step);
	sheet_blank(&b->h);
	put_sparks(b, "SESSIONS BEGUN", t, 0, step);
	doc_printf(b->h.doc, STYLE_DIM, " in %s", text);
	put_sparks(b, "... IN TROUBLE", t, 2, step);
}

void
board_trust(struct board *b)
{
	struct sheet_par par = { .own = true, .indent = 2 };
	struct trust_row rows[TRUST_ROWS_MAX];
	size_t i, n = trust_rows(rows, b->run->run);
	uint64_t evicted = store_evicted(b->run->store), cleared = store_cleared(b->run->store);

	sheet_blank(&b->h);
	sheet_line(&b->h, DOC_HEAD);
	sheet_str(&b->h, STYLE_HEADER, "HOW FAR THIS CAN BE TRUSTED");
	for (i = 0; i < n; i++) {
		struct output *o = output_memory();

		trust_put(o, &rows[i]);
		sheet_wrap_take(&b->h, &par, STYLE_WARNING, o);
	}
	if (evicted) {
		sheet_line(&b->h, 0);
		doc_printf(b->h.doc, STYLE_WARNING,
		    b->windowed ? "  %" PRIu64 " sessions made room in the list; no number of a "
		                  "window counts them" :
		                  "  %" PRIu64 " sessions made room in the list; all numbers but "
		                  "those of the peers count them",
		    evicted);
	}
	if (cleared) {
		struct output *o = output_memory();

		out_printf(o, "%" PRIu64 " session%s cleared from the list by hand; %s %s", cleared,
		    cleared == 1 ? " was" : "s were",
		    b->windowed ? "no number of a window counts" :
		                  "all numbers but those of the peers count",
		    cleared == 1 ? "it" : "them");
		sheet_wrap_take(&b->h, &par, STYLE_PLAIN, o);
	}
	if (b->run->run->error) {
		struct output *o = output_memory();

		out_printf(o, "the input ended early: %s", b->run->run->error);
		sheet_wrap_take(&b->h, &par, STYLE_ERROR, o);
	}
	if (n == 0 && !evicted && !b->run->run->error) {
		sheet_line(&b->h, 0);
		sheet_str(
		    &b->h, STYLE_GOOD, "  nothing was dropped, cut or missing in what was read");
	}
}
