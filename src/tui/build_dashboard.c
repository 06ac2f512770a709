/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * build_dashboard - the whole run on one screen: incidents, what became of the
 * mail, how sessions ended, findings, who is in trouble, when, and how far the
 * numbers can be trusted.
 *
 * Tables stand side by side where there is room for two.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/output.h"
#include "base/timefmt.h"
#include "report/incident.h"
#include "report/trust.h"
#include "smtp/checks.h"
#include "tui/sheet.h"
#include "tui/tally.h"

enum {
	WIDE = 100,    /* columns from which on two tables stand side by side */
	TOP = 8,       /* rows of a table, */
	INCIDENTS = 8, /* ... of the list of incidents, unless unfolded */
	BAR_MAX = 16,  /* columns of a bar */
	LABEL_MAX = 64,
	LABEL_MIN = 8, /* columns */
	NUMBER_COLUMNS = 9,
	SHARE_COLUMNS = 14
};

/* A row of a table: a name, a number, its share. */
struct entry {
	enum style style;
	char label[LABEL_MAX];
	uint64_t n, of;
};

struct table {
	const char *head;
	int label;  /* columns of the labels, at most */
	bool parts; /* "12 of 96" instead of a share of the whole */
	struct entry v[TOP];
	size_t n;
	uint64_t more; /* rows that are not shown */
};

struct board {
	struct sheet h;
	const struct build_run *run;
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
put_tables(struct board *b, const struct table *left, const struct table *right)
{
	bool side = b->h.opt->width >= WIDE;
	int width = side ? b->h.opt->width / 2 : b->h.opt->width;
	size_t rows = table_rows(left), i;

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
	unsigned i;

	*t = (struct table){ .head = "MESSAGES", .label = 24 };
	for (i = 0; i < RUN_RESULTS; i++)
		if (run->results[i])
			table_add(t, result_style(i), smtp_result_name((enum smtp_result)i),
			    run->results[i], all);
}

static void
fill_closures(struct table *t, const struct run *run)
{
	uint64_t all = sum(run->closures, RUN_CLOSURES);
	unsigned i;

	*t = (struct table){ .head = "SESSIONS ENDED BY", .label = 24 };
	for (i = 0; i < RUN_CLOSURES; i++)
		if (run->closures[i])
			table_add(t, i == CLOSURE_QUIT ? STYLE_GOOD : STYLE_PLAIN,
			    smtp_closure_name((enum smtp_closure)i), run->closures[i], all);
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

/* -- incidents -------------------------------------------------------------------------- */

static void
put_incident(struct board *b, const struct incident *inc, size_t rank)
{
	struct output *o = output_memory();
	struct sheet_par par = { .indent = 5, .own = true };
	struct error err;

	/* The frame makes sense in the input of the run only; Enter shows its session. */
	b->h.frame = inc->first_frame;
	sheet_line(&b->h, DOC_ANCHOR);
	doc_printf(b->h.doc, STYLE_PLAIN, "%3zu. ", rank);
	doc_printf(b->h.doc, sheet_severity(inc->severity), "%s (%s) ",
	    severity_name(inc->severity), confidence_name(inc->confidence));
	sheet_str(&b->h, STYLE_HEADER, inc->check->id);
	out_printf(o, "  %s", inc->check->title);
	sheet_take_if(&b->h, STYLE_PLAIN, o, b->h.opt->width - 50);
	o = output_memory();
	incident_culprit(o, b->h.redactor, inc);
	out_puts(o, "; ");
	common_count(o, inc->sessions, "session");
	if (!inc->transcript) {
		out_puts(o, ", ");
		incident_time(o, inc->first_ts);
		if (inc->last_ts / NS_PER_S != inc->first_ts / NS_PER_S) {
			out_puts(o, " to ");
			incident_time(o, inc->last_ts);
		}
	}
	out_puts(o, "; mail: ");
	incident_mail(o, inc->fate, "none under way");
	sheet_wrap(&b->h, &par, STYLE_PLAIN, output_slice(o));
	output_close(o, &err);
	b->h.frame = 0;
}

static void
put_incidents(struct board *b)
{
	size_t n, i, shown = 0, serious = 0;
	const struct incident *const *v = incidents_ranked(b->run->incidents, &n);
	const struct incident_losses *lost = incidents_losses(b->run->incidents);

	for (i = 0; i < n; i++)
		serious += incident_is_serious(v[i]);
	sheet_line(&b->h, DOC_HEAD);
	sheet_str(&b->h, STYLE_HEADER, "INCIDENTS, the most harmful first");
	for (i = 0; i < n; i++) {
		if (!incident_is_serious(v[i]))
			continue;
		if (shown == INCIDENTS && !b->h.opt->unfold)
			break;
		put_incident(b, v[i], ++shown);
	}
	if (serious == 0) {
		sheet_line(&b->h, 0);
		sheet_str(&b->h, STYLE_GOOD, " none");
	}
	if (serious > shown) {
		sheet_line(&b->h, DOC_FOLD);
		doc_printf(b->h.doc, STYLE_DIM, "     %zu more", serious - shown);
	}
	if (lost->findings[SEV_ERROR] || lost->findings[SEV_WARNING]) {
		sheet_line(&b->h, 0);
		doc_printf(b->h.doc, STYLE_WARNING,
		    "     findings of no incident, for lack of room: %" PRIu64,
		    lost->findings[SEV_ERROR] + lost->findings[SEV_WARNING]);
	}
}

/* -- findings --------------------------------------------------------------------------- */

struct counted {
	size_t check;
	int severity;
	uint64_t n;
};

static int
by_severity(const void *a, const void *b)
{
	const struct counted *x = a, *y = b;

	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	if (x->n != y->n)
		return x->n > y->n ? -1 : 1;
	return x->check < y->check ? -1 : x->check > y->check;
}

static void
put_finding(struct board *b, const struct counted *v)
{
	const struct check_info *c = checks_nth(v->check);
	char number[NUMBER_TEXT_MAX];
	struct output *o = output_memory();

	sheet_line(&b->h, 0);
	doc_printf(b->h.doc, sheet_severity((enum severity)v->severity), " %-7s",
	    severity_name((enum severity)v->severity));
	doc_printf(b->h.doc, STYLE_PLAIN, " %*s  ", NUMBER_COLUMNS, common_number(number, v->n));
	sheet_str(&b->h, STYLE_HEADER, c->id);
	doc_column(b->h.doc, 48, 2);
	out_puts(o, c->title);
	sheet_take_if(&b->h, STYLE_PLAIN, o, b->h.opt->width - 50);
}

static void
put_findings(struct board *b)
{
	const struct run *run = b->run->run;
	struct counted v[RUN_CHECKS_MAX];
	size_t n = 0, i;
	int sev;

	sheet_blank(&b->h);
	sheet_line(&b->h, DOC_HEAD);
	sheet_str(&b->h, STYLE_HEADER, "FINDINGS");
	for (i = 0; i < checks_count() && i < RUN_CHECKS_MAX; i++) {
		struct counted c = { .check = i, .severity = -1 };

		for (sev = SEV_NOTE; sev <= SEV_ERROR; sev++) {
			c.n += run->findings[i][sev];
			c.severity = run->findings[i][sev] ? sev : c.severity;
		}
		if (c.n && c.severity >= (int)b->h.cfg.severity)
			v[n++] = c;
	}
	qsort(v, n, sizeof *v, by_severity);
	for (i = 0; i < n && (i < TOP || b->h.opt->unfold); i++)
		put_finding(b, &v[i]);
	if (i < n) {
		sheet_line(&b->h, DOC_FOLD);
		doc_printf(b->h.doc, STYLE_DIM, " and %zu more checks", n - i);
	} else if (n == 0) {
		sheet_line(&b->h, 0);
		sheet_str(&b->h, STYLE_GOOD, " none");
	}
}

/* -- time, trust ------------------------------------------------------------------------ */

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

static void
put_timeline(struct board *b)
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

static void
put_trust(struct board *b)
{
	struct sheet_par par = { .own = true, .indent = 2 };
	struct trust_row rows[TRUST_ROWS_MAX];
	size_t i, n = trust_rows(rows, b->run->run);
	uint64_t evicted = store_evicted(b->run->store);

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
		    "  %" PRIu64 " sessions made room in the list; all numbers but those of the "
		    "peers count them",
		    evicted);
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

/* -- the view --------------------------------------------------------------------------- */

static void
put_title(struct board *b)
{
	const struct run *run = b->run->run;
	struct output *o = output_memory();
	char number[NUMBER_TEXT_MAX], text[TIME_TEXT_MAX];

	sheet_line(&b->h, DOC_HEAD);
	sheet_str(&b->h, STYLE_TITLE, "Dashboard  ");
	sheet_text(&b->h, STYLE_TITLE, slice_str(b->run->source ? b->run->source : ""));
	sheet_str(&b->h, STYLE_TITLE, b->run->live ? "  LIVE" : "");
	if (run->capture.packets > run->capture.text_frames) {
		doc_printf(b->h.doc, STYLE_PLAIN, "  ");
		incident_time(o, run->first_ts);
		time_duration(text, common_since(run->last_ts, run->first_ts));
		out_printf(o, ", %s", text);
	}
	sheet_take(&b->h, STYLE_PLAIN, o);
	sheet_line(&b->h, DOC_HEAD);
	o = output_memory();
	common_count(o, run->sessions, "session");
	out_printf(o, ", %s open, ", common_number(number, run->tracker.open_streams));
	common_count(o, run->transactions, "message");
	out_puts(o, ", ");
	common_count(o, run->capture.packets, "frame");
	out_puts(o, ", ");
	common_count(o, run->capture.bytes, "octet");
	sheet_take(&b->h, STYLE_PLAIN, o);
}

void
build_dashboard(struct doc *title, struct doc *body, const struct build_run *run,
    const struct build_options *opt)
{
	struct board b = { .run = run };
	struct table *left = xcalloc(1, sizeof *left), *right = xcalloc(1, sizeof *right);
	struct tally tally;

	sheet_init(&b.h, title, NULL, opt, 0);
	put_title(&b);
	b.h.doc = body;
	doc_ascii(body, opt->ascii);
	put_incidents(&b);
	fill_results(left, run->run);
	fill_closures(right, run->run);
	put_tables(&b, left, right);
	put_findings(&b);
	tally_init(&tally, run->store);
	fill_peers(left, &b, &tally, DIR_SERVER);
	fill_peers(right, &b, &tally, DIR_CLIENT);
	put_tables(&b, left, right);
	put_unseen(&b, &tally);
	tally_fini(&tally);
	put_timeline(&b);
	put_trust(&b);
	free(left);
	free(right);
	sheet_fini(&b.h);
}
