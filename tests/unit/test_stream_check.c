/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * test_stream_check - plays one row of a table and compares events, facts and
 * the budget, which must be free again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "test_stream_script.h"

static int64_t
fact(const struct script_result *r, const char *name, size_t n)
{
	const struct stream *s = &r->first;
	const struct stream_half *h = &s->half[name[0] == 'S'];
	const struct {
		const char *name;
		int64_t value;
	} facts[] = {
		{ "handshake", s->handshake },
		{ "midstream", s->midstream },
		{ "byseq", s->roles_by_syn },
		{ "rtt_server", s->rtt_server },
		{ "clock_steps", (int64_t)s->clock_steps },
		{ "clock_frame", (int64_t)s->clock_frame },
		{ "streams", (int64_t)r->stats.streams },
		{ "gaps", (int64_t)r->stats.gaps },
		{ "gap_octets", (int64_t)r->stats.gap_octets },
		{ "probes", (int64_t)r->probes },
		{ "skipped", (int64_t)r->stats.engine_skipped },
		{ "refused", (int64_t)r->stats.refused_octets },
		{ "refused_segments", (int64_t)r->stats.refused_segments },
		{ "strict_dropped", (int64_t)r->stats.strict_dropped },
		{ "evicted", (int64_t)r->stats.evicted },
		{ "late", (int64_t)r->stats.late_octets },
		{ "rst_ignored", (int64_t)r->stats.rst_ignored },
		{ "?.octets", (int64_t)h->octets },
		{ "?.syn", h->syn },
		{ "?.out_of_order", (int64_t)h->out_of_order },
		{ "?.retransmissions", (int64_t)h->retransmissions },
		{ "?.keepalives", (int64_t)h->keepalives },
		{ "?.zero_windows", (int64_t)h->zero_windows },
		{ "?.gap_octets", (int64_t)h->gap_octets },
		{ "?.conflicts", (int64_t)h->conflicts },
		{ "?.conflict_frame", (int64_t)h->conflict_frame },
		{ "?.bad_checksums", (int64_t)h->bad_checksums },
		{ "?.rst_frame", (int64_t)h->rst_frame },
		{ "?.wscale", h->wscale },
	};
	size_t i, k;

	for (i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		k = facts[i].name[0] == '?';
		if (strlen(facts[i].name) == n && memcmp(facts[i].name + k, name + k, n - k) == 0)
			return facts[i].value;
	}
	fail_msg("no fact is called %.*s", (int)n, name);
	return 0;
}

static int
check_facts(const char *row, const char *facts, const struct script_result *r)
{
	int failed = 0;

	while (facts && *facts) {
		size_t n = strcspn(facts, "=");
		int64_t want = strtoll(facts + n + 1, NULL, 10), got = fact(r, facts, n);

		if (got != want) {
			print_error("%s: %.*s: got %lld, want %lld\n", row, (int)n, facts,
			    (long long)got, (long long)want);
			failed++;
		}
		facts += strcspn(facts, " ");
		facts += *facts == ' ';
	}
	return failed;
}

int
script_check(const struct script *script, const struct script_row *row)
{
	struct script_result *r = malloc(sizeof(*r));
	int failed = 0;

	script_run(script, row->steps, r);
	if (strcmp(r->events, row->want) != 0) {
		print_error("%s:\n got %s\nwant %s\n", row->name, r->events, row->want);
		failed++;
	}
	failed += check_facts(row->name, row->facts, r);
	if (r->leaked) {
		print_error("%s: budget at the end: got %llu, want 0\n", row->name,
		    (unsigned long long)r->leaked);
		failed++;
	}
	free(r);
	return failed;
}
