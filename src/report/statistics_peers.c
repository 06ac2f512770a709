/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * statistics_peers - servers (address and port) and clients (address), with what became
 * of the mail and what was found.
 *
 * A finding counts as its peer's own only if that side is to blame; those of the other
 * side, of the path or of nobody in particular are in a column of their own.
 *
 * PEERS_MAX of each role are kept, the first ones; the others share a row.  In the text
 * SHOWN_MAX rows of each role are printed unless more is asked for (-v).  Transcripts have
 * no addresses and are left out.
 */
#include <inttypes.h>
#include <stdio.h>

#include "report/common.h"
#include "report/redact.h"
#include "report/statistics.h"
#include "report/tally.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

enum { PEERS_MAX = 16384, SHOWN_MAX = 40 };

struct peer_row {
	struct endpoint ep; /* port 0: a client */
	uint64_t sessions, messages;
	uint64_t results[RUN_RESULTS];
	uint64_t own[SEV_ERROR + 1]; /* findings it is to blame for */
	uint64_t other;              /* others in its sessions */
};

struct peers_table {
	struct tally *tally[2]; /* by role; of struct peer_row */
	struct peer_row others[2];
	uint64_t transcripts;
};

static void
peers_begin(void *state, const struct table_sink *sink)
{
	struct peers_table *v = state;

	(void)sink;
	v->tally[DIR_CLIENT] = tally_new(PEERS_MAX, sizeof(struct peer_row));
	v->tally[DIR_SERVER] = tally_new(PEERS_MAX, sizeof(struct peer_row));
}

static struct peer_row *
peer_get(struct peers_table *v, const struct smtp_session *s, enum stream_dir role)
{
	struct endpoint ep = smtp_half(s, role)->ep;
	uint8_t key[1 + sizeof ep.addr.b + 2];
	struct peer_row *row;

	if (role == DIR_CLIENT)
		ep.port = 0;
	key[0] = ep.addr.family;
	memcpy(key + 1, ep.addr.b, sizeof ep.addr.b);
	key[sizeof key - 2] = (uint8_t)(ep.port >> 8);
	key[sizeof key - 1] = (uint8_t)ep.port;
	row = tally_get(v->tally[role], slice_of(key, sizeof key));
	if (!row)
		return &v->others[role];
	row->ep = ep;
	return row;
}

static void
peer_add(struct peer_row *row, const struct smtp_session *s, enum stream_dir role)
{
	enum culprit self = role == DIR_CLIENT ? CULPRIT_CLIENT : CULPRIT_SERVER;
	const struct smtp_transaction *tx;
	const struct finding *f;

	row->sessions++;
	STAILQ_FOREACH (tx, &s->transactions, link) {
		row->messages++;
		row->results[tx->result]++;
	}
	STAILQ_FOREACH (f, &s->findings, link) {
		if (f->parent)
			continue;
		if (f->culprit == self)
			row->own[f->severity]++;
		else
			row->other++;
	}
}

static void
peers_session(void *state, const struct table_sink *sink, const struct smtp_session *s)
{
	struct peers_table *v = state;
	unsigned role;

	(void)sink;
	if (s->stream->transcript) {
		v->transcripts++;
		return;
	}
	for (role = 0; role < 2; role++)
		peer_add(peer_get(v, s, (enum stream_dir)role), s, (enum stream_dir)role);
}

static int
by_harm(const void *a, const void *b)
{
	const struct peer_row *x = a, *y = b;
	const uint64_t keys[][2] = {
		{ x->own[SEV_ERROR], y->own[SEV_ERROR] },
		{ x->results[RESULT_LOST] + x->results[RESULT_IN_DOUBT],
		    y->results[RESULT_LOST] + y->results[RESULT_IN_DOUBT] },
		{ x->own[SEV_WARNING], y->own[SEV_WARNING] },
		{ x->sessions, y->sessions },
	};
	size_t i;

	for (i = 0; i < COUNT(keys); i++)
		if (keys[i][0] != keys[i][1])
			return keys[i][0] > keys[i][1] ? -1 : 1;
	return 0;
}

static void
put_name(struct table *t, const struct table_sink *sink, const struct peer_row *row)
{
	const struct report_config *cfg = sink->cfg;
	char text[IPADDR_TEXT_MAX];
	size_t i;

	if (!row->ep.addr.family) {
		table_text(t, "(others)");
		return;
	}
	for (i = 0; i < cfg->nnames && sink->form == TABLE_TEXT; i++) {
		if (!(cfg->redact & REDACT_HOSTS) &&
		    memcmp(&cfg->names[i].addr, &row->ep.addr, sizeof row->ep.addr) == 0) {
			table_text(t, cfg->names[i].name);
			return;
		}
	}
	redact_ip(sink->redactor, text, &row->ep.addr);
	table_text(t, text);
}

static void
put_peer(struct table *t, const struct table_sink *sink, const struct peer_row *row,
    enum stream_dir role)
{
	unsigned i;

	table_text(t, common_role(role));
	put_name(t, sink, row);
	if (row->ep.port)
		table_number(t, row->ep.port);
	else
		table_none(t);
	table_number(t, row->sessions);
	table_number(t, row->messages);
	for (i = 0; i < RUN_RESULTS; i++)
		table_number(t, row->results[i]);
	table_number(t, row->own[SEV_ERROR]);
	table_number(t, row->own[SEV_WARNING]);
	table_number(t, row->own[SEV_NOTE]);
	table_number(t, row->other);
}

static uint64_t
put_role(
    struct table *t, const struct table_sink *sink, struct peers_table *v, enum stream_dir role)
{
	size_t i, n = tally_count(v->tally[role]), shown = n;

	if (sink->form == TABLE_TEXT && !sink->cfg->verbose && n > SHOWN_MAX)
		shown = SHOWN_MAX;
	tally_sort(v->tally[role], by_harm);
	for (i = 0; i < shown; i++)
		put_peer(t, sink, tally_at(v->tally[role], i, NULL), role);
	if (v->others[role].sessions)
		put_peer(t, sink, &v->others[role], role);
	return n - shown;
}

static void
peers_end(void *state, const struct table_sink *sink, const struct run *run)
{
	static const struct table_column columns[] = {
		{ "role", "role", COLUMN_TEXT, 0, false },
		{ "ip", "address", COLUMN_TEXT, 0, false },
		{ "port", "port", COLUMN_NUMBER, 0, false },
		{ "sessions", "sessions", COLUMN_NUMBER, 0, false },
		{ "messages", "messages", COLUMN_NUMBER, 0, false },
		{ "delivered", "delivered", COLUMN_NUMBER, 0, true },
		{ "delivered_in_part", "in part", COLUMN_NUMBER, 0, true },
		{ "rejected", "rejected", COLUMN_NUMBER, 0, true },
		{ "deferred", "deferred", COLUMN_NUMBER, 0, true },
		{ "rejected_mid_data", "mid-data", COLUMN_NUMBER, 0, true },
		{ "aborted", "aborted", COLUMN_NUMBER, 0, true },
		{ "lost", "lost", COLUMN_NUMBER, 0, true },
		{ "in_doubt", "in doubt", COLUMN_NUMBER, 0, true },
		{ "unknown", "unknown", COLUMN_NUMBER, 0, true },
		{ "errors", "errors", COLUMN_NUMBER, 0, true },
		{ "warnings", "warnings", COLUMN_NUMBER, 0, true },
		{ "notes", "notes", COLUMN_NUMBER, 0, true },
		{ "other_findings", "by others", COLUMN_NUMBER, 0, true },
	};
	struct peers_table *v = state;
	struct table *t = table_new(sink, "peers", columns, COUNT(columns), false);
	uint64_t hidden;

	_Static_assert(RESULT_DELIVERED_IN_PART == 1 && RESULT_DEFERRED == 3 &&
	        RESULT_REJECTED_MID_DATA == 4 && RESULT_UNKNOWN == 8,
	    "the columns are in the order of the results");
	hidden = put_role(t, sink, v, DIR_SERVER);
	hidden += put_role(t, sink, v, DIR_CLIENT);
	table_end(t);
	table_remark(sink, "%s",
	    run->sessions == v->transcripts ?
	        "none" :
	        "errors, warnings, notes: what it is to blame for; by others: the rest");
	if (hidden)
		table_remark(sink,
		    "%" PRIu64 " more have fewer faults and sessions (-v shows them)", hidden);
	if (v->transcripts)
		table_remark(sink, "sessions of transcripts, which have no addresses: %" PRIu64,
		    v->transcripts);
}

static void
peers_fini(void *state)
{
	struct peers_table *v = state;

	tally_free(v->tally[0]);
	tally_free(v->tally[1]);
}

const struct statistic statistic_peers = {
	.name = "peers",
	.summary = "every server and client: mail, and findings it is to blame for",
	.heading = "Peers, those to blame for most first",
	.size = sizeof(struct peers_table),
	.begin = peers_begin,
	.session = peers_session,
	.end = peers_end,
	.fini = peers_fini,
};
