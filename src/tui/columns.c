/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * columns - what the list tells of a session: the table of all columns.
 *
 * Where a column tells of something that may be good or bad there is a word for it, and a colour
 * only repeats it.
 */
#include "base/output.h"
#include "tui/column_words.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static enum style
style_severity(const struct session_row *row)
{
	static const enum style styles[] = { STYLE_NOTE, STYLE_WARNING, STYLE_ERROR };

	return row->worst < 0 ? STYLE_PLAIN : styles[row->worst];
}

static enum style
style_result(const struct session_row *row)
{
	if (row->transactions == 0)
		return STYLE_PLAIN;
	switch ((enum smtp_result)row->result) {
	case RESULT_DELIVERED:
		return STYLE_GOOD;
	case RESULT_IN_DOUBT:
		return STYLE_ERROR;
	case RESULT_LOST:
	case RESULT_DELIVERED_IN_PART:
	case RESULT_REJECTED:
	case RESULT_DEFERRED:
	case RESULT_REJECTED_MID_DATA:
	case RESULT_ABORTED:
		return STYLE_WARNING;
	case RESULT_UNKNOWN:
		break;
	}
	return STYLE_PLAIN;
}

bool
column_may_have(const struct column *c, const struct report_config *cfg, struct slice word)
{
	size_t i;

	/* Addresses may have been given names. */
	if (!c->made_of || (strchr(c->made_of, '[') && cfg && cfg->nnames))
		return true;
	for (i = 0; i < word.n; i++)
		if (!word.p[i] || !strchr(c->made_of, ascii_lower(word.p[i])))
			return false;
	return true;
}

void
column_text(const struct column *c, struct output *out, const struct column_context *x)
{
	pool_ref ref;

	if (c->text) {
		c->text(out, x);
		return;
	}
	memcpy(&ref, (const char *)x->row + c->pool, sizeof ref);
	if (ref)
		out_write(out, store_text(x->store, ref));
}

/* -- what a text depends on, where that is little ---------------------------------------- */

enum { FLAGS_TLS = ROW_TLS | ROW_TLS_IMPLICIT | ROW_TLS_FAILED | ROW_TLS_JOINED };
_Static_assert(FLAGS_TLS / ROW_TLS < COLUMN_KINDS, "a kind");

static int
kind_tls(const struct session_row *row)
{
	return (row->flags & FLAGS_TLS) / ROW_TLS;
}

static int
kind_closure(const struct session_row *row)
{
	return row->flags & ROW_OPEN ? COLUMN_KINDS - 1 : row->closure;
}

static int
kind_severity(const struct session_row *row)
{
	return row->worst + 1;
}

static int
kind_result(const struct session_row *row)
{
	if (row->transactions)
		return row->result;
	return COLUMN_KINDS - (mail_is_hidden(row) ? 2 : 1);
}

/* Without a check its last reply is shown. */
static int
kind_cause(const struct session_row *row)
{
	return cause_of(row) ? row->cause : -1;
}

static int
kind_check(const struct session_row *row)
{
	return row->cause;
}

static int
kind_flags(const struct session_row *row)
{
	return (row->flags & (ROW_MIDSTREAM | ROW_GAPS | ROW_ONE_SIDED)) / ROW_MIDSTREAM;
}

#define DIGITS  "0123456789"
#define SPAN    DIGITS ".smhd-"
#define ADDRESS DIGITS "abcdef.:[]"

#define POOL(member) .pool = offsetof(struct session_row, member)

/* clang-format off */
static const struct column columns[] = {
	{ "number", "#", 4, 8, 45, true, SORT_NUMBER, "number of the session; - while it is open",
	  .text = text_number, .extent = EXTENT_NUMBER, .made_of = DIGITS "-" },
	{ "start", "start", 8, 19, 60, false, SORT_START, "time of its first frame (w: how)",
	  .text = text_start, .extent = EXTENT_TIME, .made_of = DIGITS "-: " },
	{ "client", "client", 17, 40, 80, false, SORT_CLIENT, "who sends mail",
	  .extent = EXTENT_ENDPOINT, .text = text_client, .made_of = ADDRESS },
	{ "server", "server", 17, 40, 70, false, SORT_SERVER, "who takes it",
	  .extent = EXTENT_ENDPOINT, .text = text_server, .made_of = ADDRESS },
	{ "tls", "tls", 4, 4, 30, false, -1,
	  "no, yes (STARTTLS), impl (from the start), late (it was on already), fail", .text = text_tls, .kind = kind_tls },
	{ "tx", "tx", 3, 4, 20, true, SORT_TRANSACTIONS, "transactions",
	  .text = text_transactions, .made_of = DIGITS },
	{ "rcpt", "rcpt", 4, 7, 25, true, SORT_RCPTS, "recipients accepted / asked for",
	  .text = text_rcpts, .made_of = DIGITS "/" },
	{ "octets", "octets", 6, 6, 10, true, SORT_OCTETS, "of both sides",
	  .text = text_octets, .made_of = DIGITS ".kmgtpe" },
	{ "duration", "dur", 4, 5, 22, true, SORT_DURATION, "first frame to last",
	  .text = text_duration, .made_of = SPAN },
	{ "wait", "wait", 4, 5, 21, true, -1, "longest wait for a reply", .text = text_wait,
	  .made_of = SPAN },
	{ "end", "end", 5, 5, 40, false, SORT_CLOSURE,
	  "quit; quit! did not wait for the reply; FIN or RST by c(lient) or s(erver); both; half "
	  "closed; idle; refd refused; mute no answer; again reused; cut capture ended; open",
	  .text = text_closure, .kind = kind_closure },
	{ "severity", "sev", 5, 5, 100, false, SORT_SEVERITY, "worst finding",
	  .text = text_severity, .kind = kind_severity, .style = style_severity },
	{ "result", "mail", 9, 9, 95, false, SORT_RESULT, "worst that became of a message; in TLS: not known",
	  .text = text_result, .kind = kind_result, .style = style_result },
	{ "cause", "cause", 24, 200, 99, false, -1,
	  "title of the finding that explains it best, or the last reply",
	  .text = text_cause, .kind = kind_cause, POOL(last_reply), .style = style_severity },
	{ "check", "check", 12, 30, 50, false, -1, "id of that finding's check",
	  .text = text_check, .kind = kind_check },
	{ "sender", "sender", 12, 40, 45, false, SORT_SENDER, "of the first transaction",
	  .text = text_sender, POOL(sender), .around = "<>" },
	{ "recipients", "recipients", 12, 60, 44, false, -1, "of all transactions", POOL(rcpt) },
	{ "helo", "helo", 10, 40, 43, false, SORT_HELO, "name that the client gave", POOL(helo) },
	{ "banner", "banner", 10, 60, 35, false, -1, "greeting of the server", POOL(banner) },
	{ "queue-id", "queue id", 10, 24, 42, false, -1, "of the server, from its reply",
	  POOL(queue_id) },
	{ "message-id", "message id", 12, 60, 36, false, -1, "of the last message",
	  POOL(message_id) },
	{ "reply", "reply", 12, 80, 34, false, -1, "last reply that decided something",
	  POOL(last_reply) },
	{ "seen", "seen", 5, 14, 33, false, -1,
	  "mid: start not captured; gaps: octets missing; 1side: one direction missing",
	  .text = text_flags, .kind = kind_flags },
};
/* clang-format on */

_Static_assert(COUNT(columns) <= COLUMNS_MAX, "every column can be chosen");

const struct column *
column_at(size_t i)
{
	return i < COUNT(columns) ? &columns[i] : NULL;
}

int
column_find_n(const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < COUNT(columns); i++)
		if (strlen(columns[i].name) == n && strncmp(columns[i].name, name, n) == 0)
			return (int)i;
	return -1;
}

int
column_find(const char *name)
{
	return column_find_n(name, strlen(name));
}

const struct column *
column_by_sort(enum sort_key key)
{
	size_t i;

	for (i = 0; i < COUNT(columns); i++)
		if (columns[i].sort == (int)key)
			return &columns[i];
	return NULL;
}
