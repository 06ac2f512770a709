/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * board_window - what the dashboard shows of the sessions of a window only: which one it
 * is, and what the tables of -z, which are about the whole run, would show.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/output.h"
#include "report/incident.h"
#include "tui/board.h"

/* "last 15 min [all 1h 15m 5m 1m]" */
static void
put_choice(struct board *b)
{
	enum window_choice chosen = window_chosen(b->h.opt->window);
	size_t i;

	sheet_str(&b->h, STYLE_TITLE, window_title(chosen));
	for (i = 0; window_name(i); i++) {
		sheet_str(&b->h, STYLE_DIM, i ? " " : " [");
		sheet_str(&b->h, i == chosen ? STYLE_HEADER : STYLE_DIM, window_name(i));
	}
	sheet_str(&b->h, STYLE_DIM, "]");
}

void
board_window_title(struct board *b)
{
	struct output *o = output_memory();
	char number[NUMBER_TEXT_MAX];

	sheet_line(&b->h, DOC_HEAD);
	put_choice(b);
	if (b->counts) {
		out_puts(o, "  from ");
		incident_time(o, b->counts->since);
		out_puts(o, " on");
	}
	sheet_take(&b->h, STYLE_PLAIN, o);
	sheet_line(&b->h, DOC_HEAD);
	if (!b->counts) {
		sheet_str(&b->h, STYLE_PLAIN, "counting ...");
		return;
	}
	o = output_memory();
	common_count(o, b->counts->sessions, "session");
	out_printf(o, ", %s open, ", common_number(number, b->counts->open));
	common_count(o, b->counts->messages, "message");
	sheet_take(&b->h, STYLE_PLAIN, o);
}

static void
fill_classes(const struct board *b, struct board_table *t)
{
	/* What each is called in the table of -z, and in a filter. */
	static const struct {
		const char *label, *word;
	} rows[WINDOW_CLASSES] = {
		[CLASS_NO_CODE] = { "no code", "no-code" },
		[CLASS_1YZ] = { "1yz", "1yz" },
		[CLASS_2YZ] = { "2yz", "2yz" },
		[CLASS_3YZ] = { "3yz", "3yz" },
		[CLASS_4YZ] = { "4yz", "4yz" },
		[CLASS_5YZ] = { "5yz", "5yz" },
		[CLASS_OTHER] = { "other codes", "other" },
		[CLASS_MISSING] = { "never came", "missing" },
	};
	const struct window_counts *c = b->counts;
	size_t i;

	*t = (struct board_table){ .head = "SESSIONS WITH A REPLY", .label = 24 };
	for (i = 0; i < WINDOW_CLASSES; i++) {
		if (!c->classes[i])
			continue;
		board_add(t, STYLE_PLAIN, rows[i].label, c->classes[i], c->sessions);
		board_command(b, t, "filter class = %s", rows[i].word);
	}
}

/* Of many rows the rarest have to go: ways and failures are few. */
static void
fill_tls(const struct board *b, struct board_table *t)
{
	static const struct {
		const char *label, *word;
	} rows[WINDOW_VERSIONS - 1] = { { "SSL 2.0", "ssl2" }, { "SSL 3.0", "ssl3" },
		{ "TLS 1.0", "1.0" }, { "TLS 1.1", "1.1" }, { "TLS 1.2", "1.2" },
		{ "TLS 1.3", "1.3" } };
	const struct window_counts *c = b->counts;
	size_t i;

	*t = (struct board_table){ .head = "TLS, sessions", .label = 24 };
	for (i = 0; i < WINDOW_VIAS; i++) {
		const char *name = smtp_tls_via_name((unsigned)i);

		if (!c->tls[i])
			continue;
		board_add(t, STYLE_PLAIN, name, c->tls[i], c->sessions);
		board_command(b, t, "filter session.tls = %s", name);
	}
	if (c->tls_failed) {
		board_add(t, STYLE_ERROR, "failed", c->tls_failed, c->sessions);
		board_command(b, t, "filter tls.failed");
	}
	for (i = WINDOW_VERSIONS - 1; i-- > 0;) {
		if (!c->versions[i])
			continue;
		board_add(t, STYLE_PLAIN, rows[i].label, c->versions[i], c->sessions);
		board_command(b, t, "filter tls.version = %s", rows[i].word);
	}
	if (c->versions[WINDOW_VERSIONS - 1])
		board_add(t, STYLE_PLAIN, "other versions", c->versions[WINDOW_VERSIONS - 1],
		    c->sessions);
}

void
board_window_dialogue(struct board *b)
{
	struct board_table *left = xcalloc(2, sizeof *left), *right = left + 1;

	fill_classes(b, left);
	fill_tls(b, right);
	board_put(b, left, right);
	free(left);
}
