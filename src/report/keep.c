/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * keep - marks records near findings: one octet for each record, so that a
 * session with many findings costs no more than one with few.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "report/common.h"
#include "report/keep.h"

size_t
keep_record(const struct ledger *l, uint64_t frame)
{
	size_t lo = 0, hi = l->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (l->seg[mid].last_frame >= frame)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

static void
mark_near(struct keep *k, const struct ledger *l, uint64_t frame, enum severity severity)
{
	size_t i, at, to;

	if (frame == 0)
		return;
	at = keep_record(l, frame);
	to = at + KEEP_NEAR < l->n ? at + KEEP_NEAR + 1 : l->n;
	for (i = at > KEEP_NEAR ? at - KEEP_NEAR : 0; i < to; i++)
		if (i >= k->from && k->near[i - k->from] == KEEP_NOT)
			k->near[i - k->from] = KEEP_BESIDE;
	if (severity > SEV_NOTE && at >= k->from && at < l->n && l->seg[at].frame <= frame)
		k->near[at - k->from] = KEEP_NAMED;
}

void
keep_mark(
    struct keep *k, const struct report_config *cfg, const struct smtp_session *s, size_t from)
{
	const struct ledger *l = &s->stream->ledger;
	size_t n = l->n - from;
	const struct finding *f;
	unsigned i;

	k->from = from;
	if (k->cap < n) {
		k->near = xreallocarray(k->near, n, sizeof *k->near);
		k->cap = n;
	}
	if (n)
		memset(k->near, 0, n);
	STAILQ_FOREACH (f, &s->findings, link) {
		if (!common_shown(cfg, f))
			continue;
		mark_near(k, l, f->frame, f->severity);
		for (i = 0; i < f->nframes && i < FINDING_MAX_FRAMES; i++)
			mark_near(k, l, f->frames[i], f->severity);
	}
}

void
keep_fini(struct keep *k)
{
	free(k->near);
	*k = (struct keep){ NULL, 0, 0 };
}
