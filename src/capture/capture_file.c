/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture_file - saved captures, merged in the order of their times.
 *
 * Every input has its next frame read ahead (its head) in the buffer of its own
 * savefile, so nothing is copied.  A binary heap orders the inputs by the time of
 * their heads; equal times keep the order of the command line.  The frame handed
 * out stays at the top of the heap, and its input is advanced by the next call:
 * that is what keeps the borrowed octets valid.
 *
 * Times that run backwards inside one file are not sorted: the file's own order
 * is evidence.  An input that ends in the middle of a record ends alone; the
 * others are read to their end, then the error is returned.
 *
 * The filter is run here and not by libpcap, because libpcap would not count the
 * frames it drops, and numbers must be those Wireshark shows for the same file.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#include <inttypes.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"
#include "capture/savefile.h"
#include "capture/source.h"

enum {
	READ_AHEAD = 1 << 18,    /* octets for all inputs together */
	READ_AHEAD_MIN = 1 << 15 /* but not less than this for one */
};

struct file_input {
	const char *name; /* borrowed */
	struct savefile file;
	struct packet head; /* valid while the input is in the heap */
	int filter_dlt;     /* link type that the filter was prepared for last */
};

struct file_source {
	struct source base;
	struct file_input *inputs;
	size_t ninputs;
	struct frame_filter *filter; /* NULL: none */
	uint32_t *heap;              /* indices of the inputs that have a head, earliest on top */
	size_t nheap;
	bool started;     /* the heads were read once */
	bool hasty;       /* as base.hasty, passed on to the input */
	bool waiting;     /* the next frame of the one pipe has not come yet */
	bool truncated;   /* an input ended inside a record */
	size_t nfailed;   /* inputs that ended with an error */
	struct error err; /* of the first of them */
};

/* Does the head of input a come before that of b? */
static bool
heap_before(const struct file_source *s, uint32_t a, uint32_t b)
{
	int64_t ta = s->inputs[a].head.ts, tb = s->inputs[b].head.ts;

	return ta < tb || (ta == tb && a < b);
}

static void
heap_sift_down(struct file_source *s, size_t i)
{
	uint32_t moving = s->heap[i];
	size_t child;

	while ((child = 2 * i + 1) < s->nheap) {
		if (child + 1 < s->nheap && heap_before(s, s->heap[child + 1], s->heap[child]))
			child++;
		if (!heap_before(s, s->heap[child], moving))
			break;
		s->heap[i] = s->heap[child];
		i = child;
	}
	s->heap[i] = moving;
}

/* The first error is kept; the number of the others is told with it. */
static void
input_fail(struct file_source *s, const struct file_input *in, bool cut)
{
	const struct savefile_fault *fault = &in->file.fault;

	s->truncated |= cut;
	if (s->nfailed++ == 0)
		error_set(&s->err, "%s: %s after frame %" PRIu64 " (offset %" PRIu64 "%s): %s",
		    savefile_label(in->name), cut ? "cut" : "cannot be read", in->head.source_frame,
		    fault->offset, savefile_is_compressed(&in->file) ? " when decompressed" : "",
		    fault->why.text);
}

/* The head is the first frame of its link type: can it be filtered? */
static bool
input_prepare(struct file_source *s, struct file_input *in)
{
	struct error err;

	in->filter_dlt = in->head.dlt;
	if (frame_filter_prepare(s->filter, in->head.dlt, true, &err) == 0)
		return true;
	if (s->nfailed++ == 0)
		error_set(&s->err,
		    "%s: frame %" PRIu64 " cannot be filtered: %s, or take one interface out of "
		    "the file: tshark -r FILE -Y frame.interface_id==N -w OUT",
		    savefile_label(in->name), in->head.source_frame, err.text);
	return false;
}

/* Read the next frame of the input into its head; false at its end, or when none has come. */
static bool
input_advance(struct file_source *s, struct file_input *in)
{
	enum savefile_status status = savefile_next(&in->file, &in->head);

	s->waiting = status == SAVEFILE_AGAIN && !*s->base.broken;
	if (status == SAVEFILE_OK)
		return !s->filter || in->head.dlt == in->filter_dlt || input_prepare(s, in);
	if (status != SAVEFILE_END && status != SAVEFILE_AGAIN && !*s->base.broken)
		input_fail(s, in, status == SAVEFILE_CUT);
	return false;
}

static void
file_start(struct file_source *s)
{
	size_t i;

	for (i = 0; i < s->ninputs; i++)
		if (input_advance(s, &s->inputs[i]))
			s->heap[s->nheap++] = (uint32_t)i;
	for (i = s->nheap / 2; i-- > 0;)
		heap_sift_down(s, i);
	s->started = true;
}

static enum capture_status
file_next(struct source *base, struct packet *pkt, struct error *err)
{
	struct file_source *s = (struct file_source *)base;

	if (s->hasty != base->hasty && s->ninputs == 1) {
		s->hasty = base->hasty;
		savefile_set_hasty(&s->inputs[0].file, s->hasty);
	}
	if (!s->started || s->waiting) {
		file_start(s);
	} else if (s->nheap) {
		if (!input_advance(s, &s->inputs[s->heap[0]]))
			s->heap[0] = s->heap[--s->nheap];
		if (s->nheap > 1)
			heap_sift_down(s, 0);
	}
	if (s->nheap) {
		*pkt = s->inputs[s->heap[0]].head;
		return CAPTURE_PACKET;
	}
	if (s->waiting)
		return CAPTURE_AGAIN;
	if (s->nfailed == 0)
		return CAPTURE_EOF;
	*err = s->err;
	if (s->nfailed > 1)
		error_prefix(
		    err, "%zu inputs could not be read to their end, the first", s->nfailed);
	return CAPTURE_ERROR;
}

static bool
file_match(const struct source *base, const struct packet *pkt)
{
	const struct file_source *s = (const struct file_source *)base;

	return !s->filter || frame_filter_match(s->filter, pkt);
}

static void
file_stats(struct source *base, struct capture_stats *stats)
{
	const struct file_source *s = (const struct file_source *)base;
	size_t i;

	stats->truncated_input |= s->truncated;
	for (i = 0; i < s->ninputs; i++)
		savefile_drops(&s->inputs[i].file, stats);
}

static int
file_seek(struct source *base, uint64_t position, uint64_t source_frame)
{
	struct file_source *s = (struct file_source *)base;
	struct file_input *in = s->inputs;

	if (savefile_seek(&in->file, position) != 0)
		return -1;
	in->head.source_frame = source_frame - 1;
	s->started = s->truncated = false;
	s->nheap = s->nfailed = 0;
	return 0;
}

/* The size of one input is unknown: so is the sum. */
static void
file_progress(const struct source *base, uint64_t *done, uint64_t *total)
{
	const struct file_source *s = (const struct file_source *)base;
	uint64_t read, size;
	bool known = true;
	size_t i;

	*done = *total = 0;
	for (i = 0; i < s->ninputs; i++) {
		savefile_progress(&s->inputs[i].file, &read, &size);
		*done += read;
		*total += size;
		known &= size > 0;
	}
	if (!known)
		*total = 0;
}

static int
file_fd(struct source *base)
{
	struct file_source *s = (struct file_source *)base;

	return s->ninputs == 1 ? savefile_fd(&s->inputs[0].file) : -1;
}

static void
file_close(struct source *base)
{
	struct file_source *s = (struct file_source *)base;
	size_t i;

	for (i = 0; i < s->ninputs; i++)
		savefile_close(&s->inputs[i].file);
	frame_filter_free(s->filter);
	free(s->inputs);
	free(s->heap);
	free(s);
}

static int
input_open(struct file_source *s, const struct capture_config *cfg, size_t i, struct error *err)
{
	struct file_input *in = &s->inputs[i];
	size_t share = READ_AHEAD / s->ninputs;

	in->name = cfg->files[i];
	in->head.source = (uint32_t)i;
	in->head.position = CAPTURE_NO_POSITION;
	if (savefile_open(&in->file, in->name, share < READ_AHEAD_MIN ? READ_AHEAD_MIN : share,
	        s->base.broken, err) != 0)
		return -1;
	if (i == 0)
		s->base.dlt = in->file.dlt;
	if (in->file.snaplen > s->base.snaplen)
		s->base.snaplen = in->file.snaplen;
	s->base.nano |= in->file.nano;
	s->base.fine |= in->file.fine;
	/* An expression that makes no sense is told now and not after the first frame. */
	in->filter_dlt = in->file.dlt;
	if (s->filter && frame_filter_prepare(s->filter, in->file.dlt, false, err) != 0) {
		error_prefix(err, "%s", savefile_label(in->name));
		return -1;
	}
	return 0;
}

struct source *
source_open_files(const struct capture_config *cfg, const atomic_bool *broken, struct error *err)
{
	static const struct source_ops ops = {
		.next = file_next,
		.match = file_match,
		.stats = file_stats,
		.seek = file_seek,
		.progress = file_progress,
		.fd = file_fd,
		.close = file_close,
	};
	struct file_source *s = xcalloc(1, sizeof *s);
	size_t i;

	s->base.ops = &ops;
	s->base.broken = broken;
	s->ninputs = cfg->nfiles;
	s->inputs = xcalloc(s->ninputs, sizeof *s->inputs);
	s->heap = xcalloc(s->ninputs, sizeof *s->heap);
	s->filter = cfg->filter ? frame_filter_new(cfg->filter) : NULL;
	for (i = 0; i < s->ninputs; i++) {
		if (input_open(s, cfg, i, err) != 0) {
			file_close(&s->base);
			return NULL;
		}
	}
	/* Standard input has no name to open it again by. */
	s->base.seekable = s->ninputs == 1 && strcmp(s->inputs[0].name, "-") != 0 &&
	    savefile_can_seek(&s->inputs[0].file);
	return &s->base;
}
