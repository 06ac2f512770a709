/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * column_words - what a column says of a session, in a few letters.
 *
 * Short words stand in narrow columns; the help view explains them.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/output.h"
#include "base/timefmt.h"
#include "smtp/checks.h"
#include "tui/column_words.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

void
text_number(struct output *out, const struct column_context *x)
{
	if (x->row->number)
		out_printf(out, "%" PRIu64, x->row->number);
	else
		out_putc(out, '-');
}

void
text_start(struct output *out, const struct column_context *x)
{
	char text[TIME_TEXT_MAX];

	if (x->row->flags & ROW_TRANSCRIPT) {
		out_putc(out, '-');
		return;
	}
	switch (x->time) {
	case TIME_EPOCH:
		out_printf(out, "%" PRId64, x->row->first_ts / NS_PER_S);
		return;
	case TIME_DATE:
		time_rfc3339(text, x->row->first_ts, 6);
		text[10] = ' ';
		text[19] = '\0';
		out_puts(out, text);
		return;
	case TIME_DAY:
	case TIME_RELATIVE:
	case TIME_DELTA:
	case TIME_NONE:
		break;
	}
	time_of_day(text, x->row->first_ts, 6);
	text[8] = '\0';
	out_puts(out, text);
}

/* As --name wants it, or the address; the port apart from 25 of a server. */
static void
text_endpoint(struct output *out, const struct column_context *x, const struct endpoint *ep)
{
	char text[ENDPOINT_TEXT_MAX];
	size_t i;

	for (i = 0; x->cfg && i < x->cfg->nnames; i++) {
		if (memcmp(&x->cfg->names[i].addr, &ep->addr, sizeof ep->addr) == 0) {
			out_printf(out, "%s:%u", x->cfg->names[i].name, ep->port);
			return;
		}
	}
	endpoint_text(text, ep);
	out_puts(out, text);
}

void
text_client(struct output *out, const struct column_context *x)
{
	if (x->row->flags & ROW_TRANSCRIPT)
		out_puts(out, "client");
	else
		text_endpoint(out, x, &x->row->ep[DIR_CLIENT]);
}

void
text_server(struct output *out, const struct column_context *x)
{
	if (x->row->flags & ROW_TRANSCRIPT)
		out_puts(out, "server");
	else
		text_endpoint(out, x, &x->row->ep[DIR_SERVER]);
}

void
text_tls(struct output *out, const struct column_context *x)
{
	unsigned f = x->row->flags;

	out_puts(out,
	    f & ROW_TLS_FAILED       ? "fail" :
	        f & ROW_TLS_JOINED   ? "late" :
	        f & ROW_TLS_IMPLICIT ? "impl" :
	        f & ROW_TLS          ? "yes" :
	                               "no");
}

void
text_transactions(struct output *out, const struct column_context *x)
{
	out_printf(out, "%" PRIu32, x->row->transactions);
}

void
text_rcpts(struct output *out, const struct column_context *x)
{
	out_printf(out, "%" PRIu32 "/%" PRIu32, x->row->accepted, x->row->rcpts);
}

/* Five columns at most: "512", "4.9k", "120M". */
static void
text_size(struct output *out, uint64_t n)
{
	static const char units[] = "kMGTPE";
	double x = (double)n;
	int i = -1;

	while (x >= 999.5 && i + 2 < (int)sizeof units) {
		x /= 1000;
		i++;
	}
	if (i < 0)
		out_printf(out, "%" PRIu64, n);
	else
		out_printf(out, x < 9.95 ? "%.1f%c" : "%.0f%c", x, units[i]);
}

void
text_octets(struct output *out, const struct column_context *x)
{
	text_size(out, x->row->octets[0] + x->row->octets[1]);
}

/* Five columns: "0.3s", "42s", "5m00", "3h12", "12d". */
static void
text_span(struct output *out, int64_t ns)
{
	int64_t s = ns / NS_PER_S;

	if (ns < 0)
		out_putc(out, '-');
	else if (s < 10)
		out_printf(out, "%" PRId64 ".%" PRId64 "s", s, ns / (NS_PER_S / 10) % 10);
	else if (s < 60)
		out_printf(out, "%" PRId64 "s", s);
	else if (s < 3600)
		out_printf(out, "%" PRId64 "m%02" PRId64, s / 60, s % 60);
	else if (s < 100 * 3600)
		out_printf(out, "%" PRId64 "h%02" PRId64, s / 3600, s / 60 % 60);
	else
		out_printf(out, "%" PRId64 "d", s / 86400);
}

void
text_duration(struct output *out, const struct column_context *x)
{
	text_span(out, x->row->last_ts < x->row->first_ts ? 0 : x->row->last_ts - x->row->first_ts);
}

void
text_wait(struct output *out, const struct column_context *x)
{
	text_span(out, x->row->wait);
}

void
text_closure(struct output *out, const struct column_context *x)
{
	static const char *const words[] = {
		[CLOSURE_QUIT] = "quit",
		[CLOSURE_QUIT_NO_WAIT] = "quit!",
		[CLOSURE_CLIENT_FIN] = "FINc",
		[CLOSURE_SERVER_FIN] = "FINs",
		[CLOSURE_HALF_CLOSED] = "half",
		[CLOSURE_CLIENT_RST] = "RSTc",
		[CLOSURE_SERVER_RST] = "RSTs",
		[CLOSURE_SIMULTANEOUS] = "both",
		[CLOSURE_IDLE] = "idle",
		[CLOSURE_REFUSED] = "refd",
		[CLOSURE_NO_ANSWER] = "mute",
		[CLOSURE_REUSED] = "again",
		[CLOSURE_CAPTURE_END] = "cut",
	};

	if (x->row->flags & ROW_OPEN)
		out_puts(out, "open");
	else
		out_puts(out, x->row->closure < COUNT(words) ? words[x->row->closure] : "?");
}

void
text_severity(struct output *out, const struct column_context *x)
{
	static const char *const words[] = { "note", "warn", "ERROR" };

	out_puts(out, x->row->worst < 0 ? "-" : words[x->row->worst]);
}

bool
mail_is_hidden(const struct session_row *row)
{
	return row->transactions == 0 && !(row->flags & ROW_TLS_FAILED) &&
	    (row->flags & (ROW_TLS | ROW_TLS_IMPLICIT | ROW_TLS_JOINED));
}

void
text_result(struct output *out, const struct column_context *x)
{
	static const char *const words[] = {
		[RESULT_DELIVERED] = "delivered",
		[RESULT_DELIVERED_IN_PART] = "in part",
		[RESULT_REJECTED] = "rejected",
		[RESULT_DEFERRED] = "deferred",
		[RESULT_REJECTED_MID_DATA] = "mid-data",
		[RESULT_ABORTED] = "aborted",
		[RESULT_LOST] = "cut off",
		[RESULT_IN_DOUBT] = "in doubt",
		[RESULT_UNKNOWN] = "unknown",
	};

	if (x->row->transactions == 0)
		out_puts(out, mail_is_hidden(x->row) ? "in TLS" : "no mail");
	else
		out_puts(out, x->row->result < COUNT(words) ? words[x->row->result] : "?");
}

static void
put_pooled(struct output *out, const struct column_context *x, pool_ref ref)
{
	if (ref)
		out_write(out, store_text(x->store, ref));
}

const struct check_info *
cause_of(const struct session_row *row)
{
	return row->cause == ROW_NO_CAUSE ? NULL : checks_nth(row->cause);
}

void
text_cause(struct output *out, const struct column_context *x)
{
	const struct check_info *check = cause_of(x->row);

	if (check)
		out_puts(out, check->title);
	else
		put_pooled(out, x, x->row->last_reply);
}

void
text_check(struct output *out, const struct column_context *x)
{
	const struct check_info *check = cause_of(x->row);

	if (check)
		out_puts(out, check->id);
}

void
text_sender(struct output *out, const struct column_context *x)
{
	if (x->row->transactions)
		out_putc(out, '<');
	put_pooled(out, x, x->row->sender);
	if (x->row->transactions)
		out_putc(out, '>');
}

void
text_flags(struct output *out, const struct column_context *x)
{
	unsigned f = x->row->flags;

	if (f & ROW_MIDSTREAM)
		out_puts(out, "mid");
	if (f & ROW_GAPS)
		out_puts(out, f & ROW_MIDSTREAM ? ",gaps" : "gaps");
	if (f & ROW_ONE_SIDED)
		out_puts(out, f & (ROW_MIDSTREAM | ROW_GAPS) ? ",1side" : "1side");
	if (!(f & (ROW_MIDSTREAM | ROW_GAPS | ROW_ONE_SIDED)))
		out_putc(out, '-');
}
