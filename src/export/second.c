/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * second - reads the input again, decodes each frame, and writes those of kept
 * sessions.
 *
 * Frames keep their order, times, link types and comments.  A comment whose
 * frame is not written (no frame of a shown session, or cut by a limit) goes to
 * the next frame that is.  Comments name frames as the source numbers them;
 * where the number in the file is another one, the comment says which it was.
 *
 * An input that changed between the two readings is noticed by its number of
 * frames.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/output.h"
#include "capture/packed_out.h"
#include "capture/pcapng_write.h"
#include "capture/spool.h"
#include "export/comment.h"
#include "export/hide.h"
#include "export/hold.h"
#include "export/second.h"

enum {
	SNAPLEN = 262144, /* no frame is longer */
	TEXTS_MAX = 4096  /* comments of one frame */
};

struct second {
	const struct second_config *cfg;
	struct capture *capture; /* NULL: the spool */
	struct decoder *decoder;
	struct pcapng_writer *writer;
	struct hide *hide;                                 /* NULL: nothing is redacted */
	struct hold *hold;                                 /* likewise */
	uint64_t bare;                                     /* frames that lost their payload */
	const struct keep_comment *comment, *comments_end; /* the next one; behind the last */
	uint64_t read, written, lost_comments;
	struct slice *texts; /* of the present frame */
	char **made;         /* those of them that were made for it; owned */
	size_t ntexts, nmade;
};

static bool
put_block(void *ctx, struct slice block)
{
	struct second *s = ctx;

	return packed_out_write(s->cfg->file, block);
}

static const char *
source_label(void *ctx, uint32_t source)
{
	const struct second *s = ctx;
	const struct capture_config *in = s->cfg->capture;
	const char *name, *slash;

	if (source >= (in->ninterfaces ? in->ninterfaces : in->nfiles))
		return NULL;
	name = in->ninterfaces ? in->interfaces[source] : in->files[source];
	slash = strrchr(name, '/');
	if (s->cfg->report->redact || strcmp(name, "-") == 0)
		return NULL;
	return slash ? slash + 1 : name;
}

static bool
write_head(struct second *s)
{
	const struct report_config *r = s->cfg->report;
	struct comment_section section = {
		.run = s->cfg->run,
		.report = r,
		.sessions = keep_counts(s->cfg->keep)->sessions,
		.frames = s->cfg->frames,
	};
	struct output *text = output_memory();
	struct pcapng_name *names = xcalloc(r->nnames + 1, sizeof *names);
	struct error ignored;
	size_t i;
	bool ok;

	comment_section(text, &section);
	ok = pcapng_write_section(s->writer, output_slice(text), "smtpscope " PACKAGE_VERSION);
	output_close(text, &ignored);
	for (i = 0; i < r->nnames; i++)
		names[i] = (struct pcapng_name){ r->names[i].addr.family, r->names[i].addr.b,
			r->names[i].name };
	ok = ok && pcapng_write_names(s->writer, names, r->redact ? 0 : r->nnames);
	free(names);
	return ok;
}

/* -- comments of a frame ----------------------------------------------------------------- */

static void
text_add(struct second *s, struct slice text)
{
	if (s->ntexts < TEXTS_MAX)
		s->texts[s->ntexts++] = text;
	else
		s->lost_comments++;
}

/* A comment of ours; the frame is about to become number `written' + 1. */
static void
add_finding(struct second *s, const struct keep_comment *c)
{
	if (c->frame == s->written + 1) {
		text_add(s, slice_str(c->text));
		return;
	}
	if (s->nmade == TEXTS_MAX) {
		s->lost_comments++;
		return;
	}
	s->made[s->nmade] = xasprintf("%s (frame %" PRIu64 " of the source)", c->text, c->frame);
	text_add(s, slice_str(s->made[s->nmade++]));
}

/* What the input says of the frame, unless it is what we say, too: a file of ours read again. */
static void
add_given(struct second *s, const struct packet *pkt)
{
	size_t at = 0, i, ours = s->ntexts < 64 ? s->ntexts : 64;
	struct slice text;

	while (packet_comment(pkt, &at, &text)) {
		for (i = 0; i < ours && !slice_eq(s->texts[i], text); i++)
			;
		if (i == ours)
			text_add(s, text);
	}
}

static bool
write_frame(struct second *s, const struct packet *pkt, struct error *err)
{
	bool ok;

	s->ntexts = s->nmade = 0;
	for (; s->comment < s->comments_end && s->comment->frame <= pkt->frame; s->comment++)
		add_finding(s, s->comment);
	if (!s->cfg->report->redact)
		add_given(s, pkt);
	ok = pcapng_write_frame(s->writer, pkt, s->texts, s->ntexts, err);
	while (s->nmade)
		free(s->made[--s->nmade]);
	s->written += ok;
	return ok;
}

/* -- frames ------------------------------------------------------------------------------ */

/* *whole: the frame that completes the datagram of which it holds a fragment. */
static const struct keep_session *
wanted(struct second *s, const struct packet *pkt, uint64_t *whole)
{
	const struct keep_session *k = NULL;
	struct segment seg;

	*whole = pkt->frame;
	if (decoder_packet(s->decoder, pkt, &seg) == DECODE_SEGMENT)
		k = keep_find(s->cfg->keep, &seg);
	return k ? k : keep_find_fragment(s->cfg->keep, pkt->frame, whole);
}

static bool
write_held(struct second *s, bool all, struct error *err)
{
	const struct packet *pkt;

	while ((pkt = hold_next(s->hold, all)))
		if (!write_frame(s, pkt, err))
			return false;
	return true;
}

static bool
write_hidden(struct second *s, struct packet *pkt, const struct keep_session *k, uint64_t whole,
    struct error *err)
{
	struct hidden h = hide_frame(s->hide, pkt, k->plan);

	s->bare += h.bare;
	hold_add(s->hold, pkt, &h, whole);
	if (h.whole.n)
		hold_fill(s->hold, whole, h.whole);
	return write_held(s, false, err);
}

static enum capture_status
next_spooled(struct second *s, struct packet *pkt, struct error *err)
{
	switch (spool_next(s->cfg->spool, pkt, err)) {
	case SPOOL_OK:
		return CAPTURE_PACKET;
	case SPOOL_END:
	case SPOOL_GONE:
		return CAPTURE_EOF;
	case SPOOL_BAD:
		break;
	}
	return CAPTURE_ERROR;
}

static enum capture_status
next_frame(struct second *s, struct packet *pkt, struct error *err)
{
	if (s->cfg->spool)
		return next_spooled(s, pkt, err);
	return capture_next(s->capture, pkt, err);
}

/* Fewer frames than the first reading saw. */
static bool
fell_short(const struct second *s, enum capture_status status, struct error *err)
{
	if (status == CAPTURE_ERROR)
		error_prefix(err, "the second reading");
	else
		error_set(err,
		    "the input has changed while it was read: it had %" PRIu64
		    " frames, and then %" PRIu64,
		    s->cfg->packets, s->read);
	return false;
}

/* False with the error set, or if a block could not be written. */
static bool
copy_frames(struct second *s, struct error *err)
{
	enum capture_status status = CAPTURE_PACKET;
	const struct keep_session *k;
	struct packet pkt;
	uint64_t whole;

	while (s->read < s->cfg->packets) {
		status = next_frame(s, &pkt, err);
		if (status != CAPTURE_PACKET || pkt.frame > s->cfg->last_frame)
			return fell_short(s, status, err);
		s->read++;
		k = wanted(s, &pkt, &whole);
		if (k &&
		    !(s->hide ? write_hidden(s, &pkt, k, whole, err) : write_frame(s, &pkt, err)))
			return false;
	}
	return !s->hold || write_held(s, true, err);
}

static int
check_result(const struct second *s, struct error *err)
{
	uint64_t lost = s->lost_comments + pcapng_comments_cut(s->writer) +
	    (uint64_t)(s->comments_end - s->comment);
	uint64_t bare = s->bare + (s->hold ? hold_empty(s->hold) : 0);

	if (bare) {
		error_set(err,
		    "%" PRIu64 " frames could not be redacted and have lost their payload", bare);
		return -1;
	}
	if (lost == 0)
		return 0;
	error_set(err, "%" PRIu64 " comments are cut, or found no place", lost);
	return -1;
}

static int
write_all(struct second *s, struct error *err)
{
	const struct run *run = s->cfg->run;

	error_set(err, "not written whole");
	if (!write_head(s) || !copy_frames(s, err) ||
	    !pcapng_write_statistics(s->writer, &run->capture, run->last_ts))
		return -1;
	return check_result(s, err);
}

int
second_reading(const struct second_config *cfg, struct error *err)
{
	struct pcapng_writer_config out = {
		.put = put_block,
		.snaplen = SNAPLEN,
		.digits = cfg->report->digits,
		.live = cfg->run->live,
		.label = source_label,
	};
	struct second s = { .cfg = cfg };
	size_t n;
	int rc = -1;

	if (!cfg->spool)
		s.capture = capture_open(cfg->capture, err);
	if (!cfg->spool && !s.capture) {
		error_prefix(err, "the second reading");
		return -1;
	}
	out.ctx = &s;
	s.writer = pcapng_writer_new(&out);
	s.decoder = decoder_new(cfg->budget);
	if (cfg->aliases) {
		s.hide = hide_new(cfg->budget, cfg->aliases);
		s.hold = hold_new();
	}
	s.texts = xcalloc(TEXTS_MAX, sizeof *s.texts);
	s.made = xcalloc(TEXTS_MAX, sizeof *s.made);
	s.comment = keep_comments(cfg->keep, &n);
	s.comments_end = s.comment + n;
	rc = write_all(&s, err);
	free(s.made);
	free(s.texts);
	hold_free(s.hold);
	hide_free(s.hide);
	decoder_free(s.decoder);
	pcapng_writer_free(s.writer);
	capture_close(s.capture, err);
	return rc;
}
