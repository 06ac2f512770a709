/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fields - see fields.h.
 *
 * The table is the language's vocabulary: --display-filter=help, completion, errors
 * and the parser read it.  A getter says what a row knows, and false where it does
 * not know; a session without a message has no result, one without a finding no
 * confidence.
 */
#include <stddef.h>

#include "base/timefmt.h"
#include "filter/fields.h"
#include "tls/tls.h"

enum { DISTANCE_MAX = 40 };

typedef bool get_fn(const struct store *, const struct session_row *, int64_t v[2]);

static bool
one(int64_t v[2], uint64_t n)
{
	v[0] = v[1] = n < INT64_MAX ? (int64_t)n : INT64_MAX;
	return true;
}

/* clang-format off */
#define GETTER(name, known, value)                                              \
	static bool                                                             \
	name(const struct store *s, const struct session_row *r, int64_t v[2])  \
	{                                                                       \
		(void)s;                                                        \
		return (known) && one(v, (value));                              \
	}

GETTER(get_number, r->number != 0, r->number)
GETTER(get_first_frame, true, r->first_frame)
GETTER(get_last_frame, true, r->last_frame)
GETTER(get_packets_client, true, r->packets[DIR_CLIENT])
GETTER(get_packets_server, true, r->packets[DIR_SERVER])
GETTER(get_packets, true, (uint64_t)r->packets[0] + r->packets[1])
GETTER(get_octets_client, true, r->octets[DIR_CLIENT])
GETTER(get_octets_server, true, r->octets[DIR_SERVER])
GETTER(get_octets, true, r->octets[0] + r->octets[1])
GETTER(get_retransmissions, true, r->retransmissions)
GETTER(get_commands, true, r->commands)
GETTER(get_replies, true, r->replies)
GETTER(get_transactions, true, r->transactions)
GETTER(get_rcpts, true, r->rcpts)
GETTER(get_accepted, true, r->accepted)
GETTER(get_errors, true, r->counted[SEV_ERROR])
GETTER(get_warnings, true, r->counted[SEV_WARNING])
GETTER(get_notes, true, r->counted[SEV_NOTE])
GETTER(get_wait, r->wait >= 0, (uint64_t)r->wait)
GETTER(get_app, true, r->app)
GETTER(get_closure, !(r->flags & ROW_OPEN), r->closure)
GETTER(get_result, r->transactions != 0, r->result)
GETTER(get_severity, true, (uint64_t)(r->worst + 1))
GETTER(get_confidence, r->cause != ROW_NO_CAUSE, r->confidence)
/* clang-format on */

static bool
get_tls(const struct store *s, const struct session_row *r, int64_t v[2])
{
	(void)s;
	if (!(r->flags & ROW_TLS))
		return one(v, TLS_NONE);
	if (r->flags & ROW_TLS_JOINED)
		return one(v, TLS_JOINED);
	return one(v, r->flags & ROW_TLS_IMPLICIT ? TLS_IMPLICIT : TLS_STARTTLS);
}

static bool
get_frames(const struct store *s, const struct session_row *r, int64_t v[2])
{
	(void)s;
	v[0] = (int64_t)r->first_frame;
	v[1] = (int64_t)r->last_frame;
	return true;
}

static bool
get_start(const struct store *s, const struct session_row *r, int64_t v[2])
{
	(void)s;
	v[0] = v[1] = r->first_ts;
	return true;
}

static bool
get_end(const struct store *s, const struct session_row *r, int64_t v[2])
{
	(void)s;
	v[0] = v[1] = r->last_ts;
	return true;
}

static bool
get_duration(const struct store *s, const struct session_row *r, int64_t v[2])
{
	(void)s;
	if (__builtin_sub_overflow(r->last_ts, r->first_ts, &v[0]))
		v[0] = INT64_MAX;
	v[1] = v[0];
	return true;
}

/* Three digits in front of the last reply that decided something. */
static bool
get_code(const struct store *s, const struct session_row *r, int64_t v[2])
{
	struct slice t = store_text(s, r->last_reply);
	unsigned i, code = 0;

	for (i = 0; i < 3; i++) {
		if (i >= t.n || t.p[i] < '0' || t.p[i] > '9')
			return false;
		code = code * 10 + t.p[i] - '0';
	}
	return one(v, code);
}

static const char *
word_app(unsigned i)
{
	return i <= APP_TLS ? smtp_app_name((enum smtp_app)i) : NULL;
}

static const char *
word_closure(unsigned i)
{
	return i <= CLOSURE_CAPTURE_END ? smtp_closure_name((enum smtp_closure)i) : NULL;
}

static const char *
word_result(unsigned i)
{
	return i <= RESULT_UNKNOWN ? smtp_result_name((enum smtp_result)i) : NULL;
}

static const char *
word_severity(unsigned i)
{
	if (i == 0)
		return "none";
	return i <= SEV_ERROR + 1 ? severity_name((enum severity)(i - 1)) : NULL;
}

static const char *
word_confidence(unsigned i)
{
	return i <= CONF_CERTAIN ? confidence_name((enum confidence)i) : NULL;
}

static const char *
word_kind(unsigned i)
{
	return i <= CHECK_REMARK ? check_kind_name((enum check_kind)i) : NULL;
}

enum { CLIENT = 1 << DIR_CLIENT, SERVER = 1 << DIR_SERVER };

#define TEXT(member) .text = offsetof(struct session_row, member)

/* clang-format off */
static const struct field fields[] = {
	{ "flow.number", { "session" }, FIELD_NUMBER, "number of the session", .get = get_number },
	{ "flow.start", { NULL }, FIELD_TIME, "when it began", .get = get_start },
	{ "flow.end", { NULL }, FIELD_TIME, "when it ended", .get = get_end },
	{ "flow.duration", { NULL }, FIELD_DURATION, "how long it was", .get = get_duration },
	{ "flow.first_frame", { NULL }, FIELD_NUMBER, "its first frame", .get = get_first_frame },
	{ "flow.last_frame", { NULL }, FIELD_NUMBER, "its last frame", .get = get_last_frame },
	{ "frame", { NULL }, FIELD_NUMBER, "between its first and last frame", .get = get_frames },
	{ "flow.pkts_toserver", { NULL }, FIELD_NUMBER,
	  "packets of the client", .get = get_packets_client },
	{ "flow.pkts_toclient", { NULL }, FIELD_NUMBER,
	  "packets of the server", .get = get_packets_server },
	{ "packets", { NULL }, FIELD_NUMBER, "packets of both", .get = get_packets },
	{ "flow.bytes_toserver", { NULL }, FIELD_SIZE,
	  "octets of the client", .get = get_octets_client },
	{ "flow.bytes_toclient", { NULL }, FIELD_SIZE,
	  "octets of the server", .get = get_octets_server },
	{ "octets", { "bytes" }, FIELD_SIZE, "octets of both", .get = get_octets },
	{ "flow.tx_cnt", { "transactions", "messages" }, FIELD_NUMBER,
	  "mail transactions", .get = get_transactions },

	{ "host", { "ip" }, FIELD_ADDRESS, "address of either end", .ends = CLIENT | SERVER },
	{ "src_ip", { "client" }, FIELD_ADDRESS, "address of the client", .ends = CLIENT },
	{ "dest_ip", { "server" }, FIELD_ADDRESS, "address of the server", .ends = SERVER },
	{ "port", { NULL }, FIELD_NUMBER, "port of either end", .ends = CLIENT | SERVER },
	{ "src_port", { "client.port" }, FIELD_NUMBER, "port of the client", .ends = CLIENT },
	{ "dest_port", { "server.port" }, FIELD_NUMBER, "port of the server", .ends = SERVER },
	{ "app_proto", { "app" }, FIELD_WORD, "protocol", .get = get_app, .word = word_app },

	{ "session.helo", { "ehlo" }, FIELD_TEXT,
	  "argument of the last HELO, EHLO or LHLO", TEXT(helo) },
	{ "session.banner", { "greeting" }, FIELD_TEXT, "greeting without its code", TEXT(banner) },
	{ "session.closure", { NULL }, FIELD_WORD,
	  "how it ended", .get = get_closure, .word = word_closure },
	{ "session.severity", { NULL }, FIELD_LEVEL,
	  "of the worst finding", .get = get_severity, .word = word_severity },
	{ "session.commands", { NULL }, FIELD_NUMBER, "commands", .get = get_commands },
	{ "session.replies", { NULL }, FIELD_NUMBER, "replies", .get = get_replies },
	{ "exchange.wait", { NULL }, FIELD_DURATION, "longest wait for a reply", .get = get_wait },
	{ "trouble", { NULL }, FIELD_FLAG,
	  "a warning, an error, or mail not delivered", .flag = ROW_TROUBLE },
	{ "open", { NULL }, FIELD_FLAG, "has not ended", .flag = ROW_OPEN },
	{ "tagged", { "tag" }, FIELD_FLAG, "tagged by you", .flag = ROW_TAGGED },

	{ "finding.id", { "finding", "findings", "session.findings" }, FIELD_CHECK,
	  "findings, also as consequences; none, any", .cause = false },
	{ "finding.kind", { NULL }, FIELD_CHECK, "of the findings", .kind = true, .word = word_kind },
	{ "finding.counted", { NULL }, FIELD_CHECK,
	  "findings that are no consequences; none, any", .counted = true },
	{ "cause", { NULL }, FIELD_CHECK, "the finding that explains it best; none, any", .cause = true },
	{ "finding.confidence", { NULL }, FIELD_LEVEL,
	  "of the cause", .get = get_confidence, .word = word_confidence },
	{ "errors", { NULL }, FIELD_NUMBER, "findings that are errors", .get = get_errors },
	{ "warnings", { NULL }, FIELD_NUMBER, "findings that are warnings", .get = get_warnings },
	{ "notes", { NULL }, FIELD_NUMBER, "findings that are notes", .get = get_notes },

	{ "smtp.mail_from", { "from", "sender" }, FIELD_WORDS,
	  "senders; \"<>\" is the null path", TEXT(senders) },
	{ "from.domain", { "sender.domain" }, FIELD_DOMAINS, "their domains", TEXT(senders) },
	{ "smtp.rcpt_to", { "rcpt", "to" }, FIELD_WORDS, "recipients", TEXT(rcpt) },
	{ "rcpt.domain", { "to.domain" }, FIELD_DOMAINS, "their domains", TEXT(rcpt) },
	{ "rcpts", { NULL }, FIELD_NUMBER, "recipients asked for", .get = get_rcpts },
	{ "accepted", { NULL }, FIELD_NUMBER, "recipients accepted", .get = get_accepted },
	{ "smtp.result", { NULL }, FIELD_WORD,
	  "worst result of its messages", .get = get_result, .word = word_result },
	{ "results", { NULL }, FIELD_WORD,
	  "result of one of its messages", .several = true,
	  .get = field_get_results, .word = word_result },
	{ "reply.class", { "class" }, FIELD_WORD,
	  "of one of its replies", .several = true,
	  .get = field_get_classes, .word = field_word_class },
	{ "smtp.last_reply", { "reply" }, FIELD_TEXT, "reply that decided last", TEXT(last_reply) },
	{ "code", { NULL }, FIELD_NUMBER, "its code", .get = get_code },
	{ "smtp.queue_id", { "qid" }, FIELD_TEXT, "queue id that the server told", TEXT(queue_id) },
	{ "message_id", { "msgid" }, FIELD_TEXT, "Message-ID", TEXT(message_id) },

	{ "session.tls", { "tls.via" }, FIELD_WORD,
	  "how TLS began", .get = get_tls, .word = smtp_tls_via_name },
	{ "tls", { "encrypted" }, FIELD_FLAG, "TLS from some point on", .flag = ROW_TLS },
	{ "tls.failed", { NULL }, FIELD_FLAG,
	  "TLS was begun and not completed", .flag = ROW_TLS_FAILED },
	{ "tls.version", { NULL }, FIELD_LEVEL,
	  "that the server chose", .get = field_get_tls_version, .word = field_word_tls_version },

	{ "tcp.retrans", { "retransmissions" }, FIELD_NUMBER,
	  "retransmissions of both", .get = get_retransmissions },
	{ "tcp.midstream", { "midstream" }, FIELD_FLAG,
	  "its start was not captured", .flag = ROW_MIDSTREAM },
	{ "gaps", { NULL }, FIELD_FLAG, "octets are missing", .flag = ROW_GAPS },
	{ "one_sided", { NULL }, FIELD_FLAG,
	  "one direction was not captured", .flag = ROW_ONE_SIDED },
	{ "session.limited", { "limited" }, FIELD_FLAG, "a part was not kept", .flag = ROW_LIMITED },
	{ "cut", { NULL }, FIELD_FLAG, "a text of the list is not whole", .flag = ROW_CUT },
};
/* clang-format on */

enum { FIELDS = sizeof fields / sizeof fields[0] };

const struct field *
field_at(size_t i)
{
	return i < FIELDS ? &fields[i] : NULL;
}

static bool
is_called(const struct field *f, struct slice name)
{
	unsigned i;

	if (slice_caseeq(name, f->name))
		return true;
	for (i = 0; i < FIELD_NAMES && f->also[i]; i++)
		if (slice_caseeq(name, f->also[i]))
			return true;
	return false;
}

const struct field *
field_find(struct slice name)
{
	const struct field *found = NULL;
	const char *dot;
	size_t i;

	for (i = 0; i < FIELDS; i++)
		if (is_called(&fields[i], name))
			return &fields[i];
	for (i = 0; i < FIELDS; i++) {
		dot = strchr(fields[i].name, '.');
		/* A flag stands alone, where its short name would be a word to look for. */
		if (!dot || fields[i].type == FIELD_FLAG || !slice_caseeq(name, dot + 1))
			continue;
		if (found)
			return NULL;
		found = &fields[i];
	}
	return found;
}

const char *
field_type_name(const struct field *f)
{
	static const char *const names[] = {
		[FIELD_FLAG] = "yes or no",
		[FIELD_NUMBER] = "number",
		[FIELD_SIZE] = "size",
		[FIELD_DURATION] = "duration",
		[FIELD_TIME] = "time",
		[FIELD_TEXT] = "text",
		[FIELD_WORDS] = "texts",
		[FIELD_DOMAINS] = "texts",
		[FIELD_ADDRESS] = "address",
		[FIELD_WORD] = "word",
		[FIELD_LEVEL] = "level",
		[FIELD_CHECK] = "id",
	};

	return f->kind ? "word" : names[f->type];
}

unsigned
word_distance(struct slice a, const char *b)
{
	unsigned row[DISTANCE_MAX + 1], diagonal, above, best;
	size_t n = strlen(b), i, j;

	if (a.n > DISTANCE_MAX || n > DISTANCE_MAX)
		return DISTANCE_MAX;
	for (j = 0; j <= n; j++)
		row[j] = (unsigned)j;
	for (i = 0; i < a.n; i++) {
		diagonal = row[0];
		row[0] = (unsigned)i + 1;
		for (j = 0; j < n; j++) {
			above = row[j + 1];
			best = diagonal + (ascii_lower(a.p[i]) != ascii_lower((uint8_t)b[j]));
			best = above + 1 < best ? above + 1 : best;
			row[j + 1] = row[j] + 1 < best ? row[j] + 1 : best;
			diagonal = above;
		}
	}
	return row[n];
}

static void
nearer(struct slice name, const char *candidate, const char **best, unsigned *distance)
{
	unsigned d = word_distance(name, candidate);

	if (d < *distance) {
		*distance = d;
		*best = candidate;
	}
}

const char *
field_nearest(struct slice name)
{
	/* One octet in three may be wrong. */
	unsigned distance = (unsigned)(name.n < DISTANCE_MAX ? name.n / 3 + 1 : 1), k;
	const char *best = NULL, *dot;
	size_t i;

	for (i = 0; i < FIELDS; i++) {
		nearer(name, fields[i].name, &best, &distance);
		for (k = 0; k < FIELD_NAMES && fields[i].also[k]; k++)
			nearer(name, fields[i].also[k], &best, &distance);
		dot = strchr(fields[i].name, '.');
		if (dot && field_find(slice_str(dot + 1)) == &fields[i])
			nearer(name, dot + 1, &best, &distance);
	}
	return best;
}
