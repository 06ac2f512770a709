/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * statistics_tls - how sessions were encrypted, as far as it can be seen from outside:
 * rows of a fact, its value, and the sessions it was seen in.
 *
 * Versions and cipher suites are those that the server chose.  Names (SNI, ALPN) are the
 * strangers' choice: VALUES_MAX values are kept, further sessions share a row for each
 * fact.
 */
#include <stdio.h>

#include "report/common.h"
#include "report/statistics.h"
#include "report/tally.h"
#include "tls/tls.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

enum { VALUES_MAX = 2048, VALUE_MAX = 300 };

enum tls_fact {
	FACT_VIA,
	FACT_HANDSHAKE,
	FACT_VERSION,
	FACT_CIPHER,
	FACT_ALPN,
	FACT_SNI,
	FACT_CLIENT_ALERT,
	FACT_SERVER_ALERT,
	FACTS
};

struct tls_row {
	enum tls_fact fact;
	uint64_t sessions;
	const char *weakness; /* constant, or NULL */
};

struct tls_table {
	struct tally *tally; /* of struct tls_row; the key is the fact and its value */
	uint64_t sessions, others[FACTS];
};

static void
tls_begin(void *state, const struct table_sink *sink)
{
	struct tls_table *v = state;

	(void)sink;
	v->tally = tally_new(VALUES_MAX, sizeof(struct tls_row));
}

static struct tls_row *
add(struct tls_table *v, enum tls_fact fact, const char *value)
{
	char key[VALUE_MAX];
	int n = snprintf(key, sizeof key, "%c%s", 'a' + (int)fact, value);
	struct tls_row *row;

	if ((size_t)n >= sizeof key)
		n = sizeof key - 1;
	row = tally_get(v->tally, slice_of(key, (size_t)n));
	if (!row) {
		v->others[fact]++;
		return NULL;
	}
	row->fact = fact;
	row->sessions++;
	return row;
}

static void
add_cipher(struct tls_table *v, uint16_t suite)
{
	const char *name = tls_cipher_name(suite);
	struct tls_row *row;
	char text[16];

	snprintf(text, sizeof text, "0x%04x", suite);
	row = add(v, FACT_CIPHER, name ? name : text);
	if (row)
		row->weakness = tls_cipher_weakness(suite);
}

static void
add_alert(struct tls_table *v, enum tls_fact fact, const struct tls_side *side)
{
	char text[64];

	if (!side || !side->alert.at.frame)
		return;
	snprintf(text, sizeof text, "%u %s", side->alert.description,
	    tls_alert_name(side->alert.description));
	add(v, fact, text);
}

/* What cannot be told is not told: a capture that lacks the end of a handshake, for one. */
static const char *
handshake_word(const struct smtp_session *s)
{
	const struct tls_side *client = s->tls.side[DIR_CLIENT];
	const struct tls_side *server = s->tls.side[DIR_SERVER];

	if (tls_complete(client, server))
		return "complete";
	if (s->one_sided || s->limited || s->gap_octets[0] || s->gap_octets[1] ||
	    s->stream->midstream || (client && client->lost) || (server && server->lost) ||
	    s->end_reason == REASON_EOF)
		return "end not captured";
	return "not complete";
}

static void
tls_session(void *state, const struct table_sink *sink, const struct smtp_session *s)
{
	const struct tls_side *client = s->tls.side[DIR_CLIENT];
	const struct tls_side *server = s->tls.side[DIR_SERVER];
	struct tls_table *v = state;

	(void)sink;
	v->sessions++;
	add(v, FACT_VIA, smtp_tls_via_name(s->tls.via));
	if (s->tls.via == TLS_NONE)
		return;
	add(v, FACT_HANDSHAKE, handshake_word(s));
	if (server && server->hello.frame) {
		add(v, FACT_VERSION, tls_version_name(server->version));
		add_cipher(v, server->cipher);
		if (server->alpn[0])
			add(v, FACT_ALPN, server->alpn);
	}
	if (client && client->hello.frame)
		add(v, FACT_SNI, client->sni);
	add_alert(v, FACT_CLIENT_ALERT, client);
	add_alert(v, FACT_SERVER_ALERT, server);
}

/* Facts in their order, what is most frequent first. */
static int
by_fact(const void *a, const void *b)
{
	const struct tls_row *x = a, *y = b;

	if (x->fact != y->fact)
		return x->fact < y->fact ? -1 : 1;
	return (x->sessions < y->sessions) - (x->sessions > y->sessions);
}

static void
put_row(struct table *t, enum tls_fact fact, struct slice value, uint64_t sessions,
    const char *weakness)
{
	static const char *const names[FACTS] = { "via", "handshake", "version", "cipher", "alpn",
		"sni", "client alert", "server alert" };

	char text[VALUE_MAX];

	snprintf(text, sizeof text, "%.*s", (int)value.n, (const char *)value.p);
	table_text(t, names[fact]);
	if (value.n == 0)
		table_text(t, "(none)");
	else if (fact == FACT_SNI || fact == FACT_ALPN)
		table_wire(t, value);
	else
		table_text(t, text);
	table_number(t, sessions);
	table_text(t, weakness);
}

static void
put_others(struct table *t, const struct tls_table *v)
{
	unsigned i;

	for (i = 0; i < FACTS; i++)
		if (v->others[i])
			put_row(t, (enum tls_fact)i, slice_str("(others)"), v->others[i], NULL);
}

static void
tls_end(void *state, const struct table_sink *sink, const struct run *run)
{
	static const struct table_column columns[] = {
		{ "fact", "what", COLUMN_TEXT, 0, false },
		{ "value", "value", COLUMN_TEXT, 0, false },
		{ "sessions", "sessions", COLUMN_NUMBER, 0, false },
		{ "weakness", "weak", COLUMN_TEXT, 0, true },
	};
	const struct tls_table *v = state;
	struct table *t = table_new(sink, "tls", columns, COUNT(columns), false);
	struct slice key;
	size_t i;

	(void)run;
	tally_sort(v->tally, by_fact);
	for (i = 0; i < tally_count(v->tally); i++) {
		const struct tls_row *row = tally_at(v->tally, i, &key);

		put_row(t, row->fact, slice_from(key, 1), row->sessions, row->weakness);
	}
	put_others(t, v);
	table_end(t);
	if (!v->sessions)
		table_remark(sink, "no session");
}

static void
tls_fini(void *state)
{
	struct tls_table *v = state;

	tally_free(v->tally);
}

const struct statistic statistic_tls = {
	.name = "tls",
	.summary = "versions, cipher suites, names asked for, alerts",
	.heading = "TLS",
	.size = sizeof(struct tls_table),
	.begin = tls_begin,
	.session = tls_session,
	.end = tls_end,
	.fini = tls_fini,
};
