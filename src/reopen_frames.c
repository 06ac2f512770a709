/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * reopen_frames - the frames of some sessions, as they were captured, in order.
 *
 * Only the last fragment of a datagram tells whose it is, so the range is read twice: first
 * to learn which fragments are wanted, then to hand out.
 *
 * What is remembered are numbers of frames, charged to the budget of reopen.c.
 */
#include <stdlib.h>

#include "analysis.h"
#include "base/budget.h"
#include "base/error.h"
#include "base/mem.h"
#include "reopen_frames.h"

enum { CHUNK = 1024 };

/* Frames that brought fragments of wanted segments. */
struct fragments {
	uint64_t *frame;
	size_t n, cap;
};

static int
fragments_add(
    struct fragments *f, struct budget *budget, const struct segment *seg, struct error *err)
{
	size_t i;

	for (i = 0; i < seg->nfragments; i++) {
		if (f->n == f->cap) {
			if (!budget_take(budget, CHUNK * sizeof *f->frame)) {
				error_set(err,
				    "no memory for the fragments of these sessions, raise "
				    "--max-memory");
				return -1;
			}
			f->cap += CHUNK;
			f->frame = xreallocarray(f->frame, f->cap, sizeof *f->frame);
		}
		f->frame[f->n++] = seg->fragments[i];
	}
	return 0;
}

static int
frame_order(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void
fragments_sort(struct fragments *f)
{
	if (f->n)
		qsort(f->frame, f->n, sizeof *f->frame, frame_order);
}

static bool
fragments_have(const struct fragments *f, uint64_t frame)
{
	return f->n && bsearch(&frame, f->frame, f->n, sizeof frame, frame_order);
}

/* One pass over the range of the rows. */
struct pass {
	struct frames_job *job;
	struct fragments *fragments;
	struct decoder *decoder;
	bool learn; /* which fragments are wanted; else hand out */
};

static int
pass_packet(struct pass *p, const struct packet *pkt, struct error *err)
{
	struct frames_job *job = p->job;
	struct segment seg;
	enum decode_status status = analysis_decode(job->options, p->decoder, pkt, &seg);
	bool wanted = status == DECODE_SEGMENT && row_set_has(job->rows, &seg);

	if (p->learn)
		return wanted ? fragments_add(p->fragments, job->budget, &seg, err) : 0;
	wanted |= fragments_have(p->fragments, pkt->frame);
	return wanted ? job->take(job->ctx, pkt, err) : 0;
}

static int
pass_run(struct pass *p, struct error *err)
{
	const struct session_row *range = row_set_range(p->job->rows);
	struct packet pkt = { .frame = 0 };
	int rc;

	p->decoder = decoder_new(p->job->budget);
	rc = input_seek(p->job->input, range, err);
	while (rc == 0 && pkt.frame < range->last_frame) {
		rc = input_next(p->job->input, range, &pkt, err);
		if (rc == 0)
			rc = pass_packet(p, &pkt, err);
	}
	decoder_free(p->decoder);
	return rc;
}

int
frames_run(struct frames_job *job, struct error *err)
{
	struct fragments fragments = { .n = 0 };
	struct pass p = { .job = job, .fragments = &fragments, .learn = true };
	int rc = pass_run(&p, err);

	p.learn = false;
	fragments_sort(&fragments);
	if (rc == 0)
		rc = pass_run(&p, err);
	budget_give(job->budget, fragments.cap * sizeof *fragments.frame);
	free(fragments.frame);
	return rc;
}
