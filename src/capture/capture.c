/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture - frames from whatever the user named, as one numbered sequence.
 *
 * Chooses the kind of source, copies the names it was given, and does what is
 * the same for both kinds: frame numbers, the filter's verdict on saved frames,
 * the frame limit, the counters, and -w.  A frame that the filter drops keeps
 * its number, so that numbers agree with those of other programs.
 *
 * Owns the source, the writer and the names.  After EOF or an error every
 * further capture_next() is EOF.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/privilege.h"
#include "capture/source.h"

struct input {
	char *name;
	uint64_t last_frame; /* number there of its last frame; 0: none yet */
	int64_t last_ts;     /* of that frame */
};

struct capture {
	struct source *source;
	struct writer *writer; /* NULL without -w */
	const char **names;    /* of the inputs, as the source wants them */
	struct input *inputs;
	size_t ninputs;
	uint64_t frame;  /* number of the last frame */
	uint64_t before; /* number before the first of the run */
	uint64_t max;    /* frames to hand out, 0: no limit */
	bool live;
	bool ended;
	atomic_bool broken;
	struct capture_stats stats;
};

/* -w over an input would destroy it before it is read. */
static int
check_write(const struct capture_config *cfg, const char *path, struct error *err)
{
	struct stat out, in;
	size_t i;

	if (!path || strcmp(path, "-") == 0 || stat(path, &out) != 0 || !S_ISREG(out.st_mode))
		return 0;
	for (i = 0; i < cfg->nfiles; i++) {
		if (stat(cfg->files[i], &in) != 0 || in.st_dev != out.st_dev ||
		    in.st_ino != out.st_ino)
			continue;
		error_set(err, "%s: is an input, -w would overwrite it; name another file", path);
		return -1;
	}
	return 0;
}

static int
check_config(const struct capture_config *cfg, struct error *err)
{
	size_t i, nstdin = 0;

	if (cfg->nfiles == 0 && cfg->ninterfaces == 0) {
		error_set(err, "no input; name a capture with -r or an interface with -i");
		return -1;
	}
	if (cfg->nfiles && cfg->ninterfaces) {
		error_set(err, "saved captures (-r) and interfaces (-i) cannot be read in one run");
		return -1;
	}
	for (i = 0; i < cfg->nfiles; i++)
		nstdin += strcmp(cfg->files[i], "-") == 0;
	if (nstdin > 1) {
		error_set(err, "standard input (-r -) can be read only once");
		return -1;
	}
	return check_write(cfg, cfg->write, err) == 0 ? check_write(cfg, cfg->spare, err) : -1;
}

static void
copy_names(struct capture *c, const struct capture_config *cfg)
{
	const char *const *names = c->live ? cfg->interfaces : cfg->files;
	size_t i;

	c->ninputs = c->live ? cfg->ninterfaces : cfg->nfiles;
	c->names = xcalloc(c->ninputs, sizeof *c->names);
	c->inputs = xcalloc(c->ninputs, sizeof *c->inputs);
	for (i = 0; i < c->ninputs; i++)
		c->names[i] = c->inputs[i].name = xstrdup(names[i]);
}

/* Nothing is created with rights that are about to be given up. */
static int
open_output(struct capture *c, const struct capture_config *cfg, struct error *err)
{
	const struct writer_config writer = {
		.path = cfg->write,
		.rotation = cfg->rotation,
		.files = c->live ? NULL : c->names,
		.nfiles = c->live ? 0 : c->ninputs,
		.live = c->live,
	};

	if (cfg->user && privilege_drop(cfg->user, err) != 0) {
		error_prefix(err, "-Z");
		return -1;
	}
	if (cfg->write)
		c->writer = writer_open(&writer, c->source, err);
	return cfg->write && !c->writer ? -1 : 0;
}

struct capture *
capture_open(const struct capture_config *cfg, struct error *err)
{
	struct capture_config own = *cfg;
	struct capture *c;

	if (check_config(cfg, err) != 0)
		return NULL;
	c = xcalloc(1, sizeof *c);
	c->live = cfg->ninterfaces != 0;
	c->frame = c->before = cfg->first_frame ? cfg->first_frame - 1 : 0;
	c->max = cfg->max_packets;
	copy_names(c, cfg);
	*(c->live ? &own.interfaces : &own.files) = c->names;
	c->source = (c->live ? source_open_live : source_open_files)(&own, &c->broken, err);
	if (c->source && open_output(c, cfg, err) == 0)
		return c;
	capture_close(c, err);
	return NULL;
}

/* What an input numbers but does not yield (pcapng.c) counts as if it was before the frame. */
static void
capture_number(struct capture *c, struct packet *pkt)
{
	struct input *in = &c->inputs[pkt->source];

	if (in->last_frame && pkt->ts < in->last_ts)
		c->stats.time_backwards++;
	c->frame += pkt->source_frame - in->last_frame;
	pkt->frame = c->frame;
	in->last_frame = pkt->source_frame;
	in->last_ts = pkt->ts;
}

/* Nothing came: pass the reason on.  An idle moment is used to save what there is. */
static enum capture_status
capture_no_packet(struct capture *c, enum capture_status status, struct error *err)
{
	if (c->broken && status == CAPTURE_AGAIN)
		status = CAPTURE_EOF;
	if (status == CAPTURE_AGAIN && c->writer && writer_flush(c->writer, err) != 0)
		status = CAPTURE_ERROR;
	c->ended = status != CAPTURE_AGAIN;
	return status;
}

/* What is handed out has been saved. */
static enum capture_status
capture_write(struct capture *c, const struct packet *pkt, struct error *err)
{
	int rc = writer_add(c->writer, pkt, err);

	c->ended = rc != 0;
	return rc == 0 ? CAPTURE_PACKET : rc == WRITER_FULL ? CAPTURE_EOF : CAPTURE_ERROR;
}

enum capture_status
capture_next(struct capture *c, struct packet *pkt, struct error *err)
{
	const struct source_ops *ops = c->source->ops;
	enum capture_status status;

	if (c->ended || c->broken || (c->max && c->stats.packets >= c->max))
		return CAPTURE_EOF;
	for (;;) {
		status = ops->next(c->source, pkt, err);
		if (status != CAPTURE_PACKET)
			return capture_no_packet(c, status, err);
		capture_number(c, pkt);
		if (!ops->match || ops->match(c->source, pkt))
			break;
		if (c->broken)
			return CAPTURE_EOF;
	}
	if (c->writer && (status = capture_write(c, pkt, err)) != CAPTURE_PACKET)
		return status;
	c->stats.packets++;
	c->stats.text_frames += pkt->transcript;
	c->stats.bytes += pkt->data.n;
	return CAPTURE_PACKET;
}

void
capture_stats(struct capture *c, struct capture_stats *stats)
{
	*stats = c->stats;
	c->source->ops->stats(c->source, stats);
}

bool
capture_can_seek(const struct capture *c)
{
	return c->source->seekable;
}

/* One input that yields each of its records: numbers there are those of the run, moved. */
int
capture_seek(struct capture *c, uint64_t position, uint64_t frame, struct error *err)
{
	if (!c->source->seekable || frame <= c->before) {
		error_set(err, "%s: cannot be read a second time", c->inputs[0].name);
		return -1;
	}
	if (c->source->ops->seek(c->source, position, frame - c->before) != 0) {
		error_set(err, "%s: cannot be read again: %s", c->inputs[0].name, strerror(errno));
		return -1;
	}
	c->frame = frame - 1;
	c->inputs[0].last_frame = c->frame - c->before;
	c->inputs[0].last_ts = INT64_MIN;
	c->ended = false;
	return 0;
}

void
capture_set_waiting(struct capture *c, bool waiting)
{
	c->source->hasty = !waiting;
}

int
capture_fd(struct capture *c)
{
	return c->source->ops->fd ? c->source->ops->fd(c->source) : -1;
}

struct writer *
capture_save_open(const struct capture *c, const char *path, struct error *err)
{
	const struct writer_config cfg = { .path = path };

	return writer_open(&cfg, c->source, err);
}

int
capture_save_add(struct writer *w, const struct packet *pkt, struct error *err)
{
	return writer_add(w, pkt, err);
}

int
capture_save_close(struct writer *w, struct error *err)
{
	return writer_close(w, err);
}

void
capture_progress(const struct capture *c, uint64_t *done, uint64_t *total)
{
	*done = *total = 0;
	if (c->source->ops->progress)
		c->source->ops->progress(c->source, done, total);
}

const char *
capture_source_name(const struct capture *c, uint32_t source)
{
	return source < c->ninputs ? c->inputs[source].name : "?";
}

bool
capture_is_live(const struct capture *c)
{
	return c->live;
}

int
capture_time_digits(const struct capture *c)
{
	return c->source->fine ? 9 : 6;
}

void
capture_break(struct capture *c)
{
	c->broken = 1;
	if (c->source->ops->wake)
		c->source->ops->wake(c->source);
}

int
capture_close(struct capture *c, struct error *err)
{
	size_t i;
	int rc;

	if (!c)
		return 0;
	rc = writer_close(c->writer, err);
	if (c->source)
		c->source->ops->close(c->source);
	for (i = 0; i < c->ninputs; i++)
		free(c->inputs[i].name);
	free(c->inputs);
	free(c->names);
	free(c);
	return rc;
}
