/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * jsonl_stats - the record stats: the last line of a run, with a counter for
 * everything that was seen, dropped or could not be read.
 */
#include "report/jsonl.h"
#include "smtp/checks.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

struct counter {
	const char *key;
	uint64_t n;
};

static void
put_counters(struct json *j, const char *key, const struct counter *v, size_t n)
{
	size_t i;

	json_open(j, key, '{');
	for (i = 0; i < n; i++)
		json_uint(j, v[i].key, v[i].n);
	json_close(j, '}');
}

static uint64_t
found_of(const struct run *run, size_t check)
{
	const uint64_t *n = run->findings[check];

	return n[SEV_NOTE] + n[SEV_WARNING] + n[SEV_ERROR];
}

/* Of one check, some findings may be errors and others notes. */
static void
put_by_severity(struct json *j, const struct run *run)
{
	size_t i, n = checks_count();
	unsigned sev;

	json_open(j, "findings_by_severity", '{');
	for (sev = SEV_NOTE; sev <= SEV_ERROR; sev++) {
		json_open(j, severity_name((enum severity)sev), '{');
		for (i = 0; i < n && i < RUN_CHECKS_MAX; i++)
			if (run->findings[i][sev])
				json_uint(j, checks_nth(i)->id, run->findings[i][sev]);
		json_close(j, '}');
	}
	json_close(j, '}');
}

static void
put_words(struct json *j, const struct run *run)
{
	size_t i, n = checks_count();
	uint64_t found;

	json_open(j, "results", '{');
	for (i = 0; i < RUN_RESULTS; i++)
		json_uint(j, smtp_result_name((enum smtp_result)i), run->results[i]);
	json_close(j, '}');
	json_open(j, "findings", '{');
	for (i = 0; i < n && i < RUN_CHECKS_MAX; i++)
		if ((found = found_of(run, i)) != 0)
			json_uint(j, checks_nth(i)->id, found);
	json_close(j, '}');
	json_open(j, "severities", '{');
	for (i = 0; i < COUNT(run->by_severity); i++)
		json_uint(j, severity_name((enum severity)i), run->by_severity[i]);
	json_close(j, '}');
	put_by_severity(j, run);
	json_open(j, "closures", '{');
	for (i = 0; i < RUN_CLOSURES; i++)
		json_uint(j, smtp_closure_name((enum smtp_closure)i), run->closures[i]);
	json_close(j, '}');
}

static void
put_losses(struct json *j, const struct run *run)
{
	const struct capture_stats *c = &run->capture;
	const struct decode_stats *d = &run->decode;
	const struct tracker_stats *t = &run->tracker;
	const struct counter drops[] = { { "kernel", c->dropped_kernel },
		{ "interface", c->dropped_interface } };
	const struct counter discarded[] = { { "unsupported_link", d->unknown_link },
		{ "malformed", d->malformed }, { "cut", d->cut }, { "not_tcp", d->not_tcp },
		{ "fragments_expired", d->fragments_expired },
		{ "fragments_refused", d->fragments_refused },
		{ "depth_exceeded", d->depth_exceeded }, { "strict_checksum", t->strict_dropped },
		{ "engine", t->engine_skipped } };
	const struct counter streams[] = { { "segments", t->segments }, { "opened", t->streams },
		{ "evicted", t->evicted }, { "gaps", t->gaps }, { "gap_bytes", t->gap_octets },
		{ "late_bytes", t->late_octets }, { "refused_bytes", t->refused_octets } };
	const struct counter doubtful[] = { { "bad_ip_checksum", d->bad_ip_checksum },
		{ "bad_tcp_checksum", d->bad_tcp_checksum }, { "snaplen_cut", d->snaplen_cut },
		{ "time_backwards", c->time_backwards } };
	const struct counter text[] = { { "ignored", c->text_ignored }, { "cut", c->text_cut } };

	put_counters(j, "drops", drops, COUNT(drops));
	put_counters(j, "discarded", discarded, COUNT(discarded));
	put_counters(j, "streams", streams, COUNT(streams));
	put_counters(j, "doubtful", doubtful, COUNT(doubtful));
	if (c->text_ignored || c->text_cut)
		put_counters(j, "text", text, COUNT(text));
}

static void
put_put_off(struct json *j, const struct run *run, int digits)
{
	json_open(j, "put_off", '{');
	json_uint(j, "total", run->put_off.total);
	json_uint(j, "accepted_later", run->put_off.accepted);
	json_uint(j, "refused_later", run->put_off.refused);
	json_uint(j, "again", run->put_off.again);
	json_uint(j, "not_again", run->put_off.waiting);
	if (run->put_off.waiting)
		json_seconds(j, "watched", common_since(run->last_ts, run->put_off.since), digits);
	json_close(j, '}');
}

void
jsonl_stats_object(struct jsonl *w, const struct run *run)
{
	struct json *j = &w->j;

	json_open(j, "stats", '{');
	json_uint(j, "packets", run->capture.packets);
	json_uint(j, "bytes", run->capture.bytes);
	json_uint(j, "sessions", run->sessions);
	if (run->display_filter)
		json_uint(j, "hidden_sessions", run->hidden_sessions);
	if (run->display_filter && !w->cfg->redact)
		json_wire(j, "display_filter", slice_str(run->display_filter));
	json_uint(j, "other_connections", run->other_connections);
	json_uint(j, "transactions", run->transactions);
	put_words(j, run);
	if (run->put_off.total && !run->display_filter)
		put_put_off(j, run, w->cfg->digits);
	put_losses(j, run);
	json_uint(j, "limited_sessions", run->limited_sessions);
	if (run->midstream_sessions)
		json_uint(j, "midstream_sessions", run->midstream_sessions);
	if (run->one_sided_sessions)
		json_uint(j, "one_sided_sessions", run->one_sided_sessions);
	if (run->forgotten)
		json_uint(j, "forgotten", run->forgotten);
	if (run->suppressed)
		json_uint(j, "suppressed", run->suppressed);
	if (run->regraded)
		json_uint(j, "regraded", run->regraded);
	json_uint(j, "memory_limit", run->memory_limit);
	json_bool(j, "truncated_input", run->capture.truncated_input);
	if (run->error)
		jsonl_wire(w, "error", slice_str(run->error));
	json_seconds(j, "elapsed",
	    run->capture.packets ? common_since(run->last_ts, run->first_ts) : 0, w->cfg->digits);
	json_close(j, '}');
}

void
jsonl_stats(struct jsonl *w, const struct run *run)
{
	struct json *j = &w->j;

	json_open(j, NULL, '{');
	json_text(j, "schema", "smtpscope/1");
	if (run->capture.packets)
		jsonl_time(w, "timestamp", run->last_ts);
	json_text(j, "event_type", "stats");
	jsonl_stats_object(w, run);
	jsonl_record_end(w);
}
