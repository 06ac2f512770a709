/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * pcap - the capture file: little-endian, microseconds, version 2.4.
 *
 * Frames are written in order of the statements, except that "hold N" keeps the next
 * frame back until N more were written.  Time never runs backwards unless "clock"
 * said so: a frame that comes late is stamped when it comes, as a capture would.
 */
#include <stdlib.h>
#include <string.h>

#include "mktrace.h"

enum { NS_STEP = 20000 }; /* between two frames of one burst */

static void
pcap_write(struct mk_trace *t, const struct mk_buf *frame, uint32_t orig_len, int label)
{
	struct mk_pcap *p = &t->pcap;
	int64_t ts = t->now;

	if (p->frames && ts <= p->last_ts && !p->backwards)
		ts = p->last_ts + NS_STEP;
	p->backwards = false;
	p->last_ts = ts;
	if (ts > t->now)
		t->now = ts;
	p->frames++;
	p->last_rec = p->out.n;
	mk_buf_le32(&p->out, (uint32_t)(ts / 1000000000));
	mk_buf_le32(&p->out, (uint32_t)(ts % 1000000000 / 1000));
	mk_buf_le32(&p->out, (uint32_t)frame->n);
	mk_buf_le32(&p->out, orig_len);
	mk_buf_add(&p->out, frame->p, frame->n);
	if (label >= 0 && t->labels[label].frame == 0)
		t->labels[label].frame = p->frames;
}

/* A frame was written: those that waited for it come nearer. */
static void
pcap_release(struct mk_trace *t, bool all)
{
	struct mk_pcap *p = &t->pcap;
	size_t i, n = p->nheld;

	for (i = 0; i < n; i++)
		if (p->held[i].after > 0)
			p->held[i].after--;
	i = 0;
	while (i < p->nheld) {
		struct mk_held h = p->held[i];

		if (h.after > 0 && !all) {
			i++;
			continue;
		}
		p->nheld--;
		memmove(&p->held[i], &p->held[i + 1], (p->nheld - i) * sizeof p->held[0]);
		pcap_write(t, &h.rec, h.orig_len, h.label);
		mk_buf_fini(&h.rec);
	}
}

void
mk_pcap_frame(struct mk_trace *t, const struct mk_buf *frame, const struct mk_link *link, int label)
{
	struct mk_pcap *p = &t->pcap;
	struct mk_buf kept = *frame;

	p->dlt = link->dlt;
	if (link->cut && kept.n > link->cut)
		kept.n = link->cut;
	if (p->hold_next && p->nheld < MK_MAX_HELD) {
		struct mk_held *h = &p->held[p->nheld++];

		*h = (struct mk_held){ .orig_len = (uint32_t)frame->n, .label = label };
		h->after = p->hold_next;
		mk_buf_add(&h->rec, kept.p, kept.n);
		p->hold_next = 0;
		return;
	}
	pcap_write(t, &kept, (uint32_t)frame->n, label);
	pcap_release(t, false);
}

/* The last frame once more, as a mirror port delivers it twice. */
bool
mk_pcap_dup(struct mk_trace *t)
{
	struct mk_pcap *p = &t->pcap;
	struct mk_buf copy = { 0 };
	const uint8_t *rec;
	uint32_t orig;

	if (p->frames == 0)
		return mk_fail(t, "dup before the first frame");
	rec = p->out.p + p->last_rec;
	orig = rec[12] | (uint32_t)rec[13] << 8 | (uint32_t)rec[14] << 16;
	mk_buf_add(&copy, rec + 16, p->out.n - p->last_rec - 16);
	pcap_write(t, &copy, orig, -1);
	mk_buf_fini(&copy);
	pcap_release(t, false);
	return true;
}

bool
mk_pcap_finish(struct mk_trace *t, struct mk_buf *file)
{
	struct mk_pcap *p = &t->pcap;

	pcap_release(t, true);
	mk_buf_le32(file, 0xa1b2c3d4);
	mk_buf_le16(file, 2);
	mk_buf_le16(file, 4);
	mk_buf_le32(file, 0);
	mk_buf_le32(file, 0);
	mk_buf_le32(file, 262144);
	mk_buf_le32(file, p->frames ? p->dlt : t->link.dlt);
	mk_buf_add(file, p->out.p, p->out.n);
	return true;
}

void
mk_pcap_fini(struct mk_pcap *p)
{
	size_t i;

	for (i = 0; i < p->nheld; i++)
		mk_buf_fini(&p->held[i].rec);
	mk_buf_fini(&p->out);
}
