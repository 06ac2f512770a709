/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pager_octets - the view of one frame's octets: which frame, and the next one.
 *
 * The octets are read again for every picture that is built, and not kept.
 */
#include <inttypes.h>

#include "report/keep.h"
#include "tui/app.h"
#include "tui/pager.h"

struct octets_job {
	struct pager *p;
	const struct smtp_session *s;
	const struct build_options *opt;
};

static void
take(void *ctx, const struct packet *pkt, const struct segment *seg)
{
	struct octets_job *job = ctx;
	struct build_octets_of of = { pkt, seg };

	build_octets(job->p->title, job->p->body, job->s, job->opt, &of);
}

void
octets_build(
    struct app *a, struct pager *p, const struct smtp_session *s, const struct build_options *opt)
{
	struct octets_job job = { p, s, opt };
	struct error err = { "" };

	if (a->src->cfg->redact)
		error_set(&err, "frames are shown as they are, and --redact was given");
	else if (!a->src->frame)
		error_set(&err, "frames cannot be had");
	else if (a->src->frame(a->src->ctx, &p->row, p->frame, take, &job, &err) == 0)
		return;
	doc_text(p->title, STYLE_TITLE, slice_str("Octets"));
	doc_text(p->body, STYLE_WARNING, slice_str(err.text));
}

void
octets_open(struct app *a)
{
	struct pager *p = app_pager(a);
	uint64_t frame = p ? doc_frame(p->body, p->cursor) : 0;
	struct session_row row;

	if (!p)
		return;
	row = p->row;
	if (row.flags & ROW_TRANSCRIPT)
		app_say(a, STYLE_PLAIN, "a transcript has no frames");
	else if (!frame)
		app_say(a, STYLE_PLAIN, "there is no frame on this line");
	else
		pager_open(a, VIEW_OCTETS, &row, NULL, frame);
}

void
octets_beside(struct app *a, bool next)
{
	struct pager *p = app_pager(a);
	const struct smtp_session *s = app_session(a, &p->row);
	const struct ledger *l = s ? &s->stream->ledger : NULL;
	size_t i;

	if (!s)
		return;
	i = keep_record(l, p->frame) + (next ? 1 : -1);
	if (i >= l->n) {
		app_say(
		    a, STYLE_PLAIN, "this is the %s frame of the session", next ? "last" : "first");
		return;
	}
	p->frame = l->seg[i].frame;
	pager_rebuild(a, p);
	pager_act(a, ACT_FIRST);
}
