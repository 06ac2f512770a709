/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * capture_write - the -w file: frames saved as pcap while they are handed out, in one
 * file or, with -C and -G, in one after the other.
 *
 * Nanosecond pcap if an input has such times, else the microsecond format that
 * every program reads.  pcap has one link type in its header, so a frame of
 * another one is an error and not a record that would be decoded wrongly.
 *
 * libpcap writes without a result; the stream's error flag is asked after every
 * frame, so a full disk stops the run at once.  The first failure is kept and
 * reported once.
 */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif
#include <errno.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/mem.h"
#include "base/timefmt.h"
#include "capture/source.h"

struct writer {
	struct writer_config config;
	char *path;            /* owned: config.path */
	pcap_t *dead;          /* holds the parameters of the files */
	pcap_dumper_t *dumper; /* NULL: no file was begun */
	char *label;           /* of the file, for messages */
	int dlt;
	bool nano;
	bool failed;     /* and reported */
	uint64_t octets; /* in the file */
	int64_t begun;   /* when it was, ns since 1970 */
	uint64_t count;  /* files before this one; with -G and -C, of the same name */
	uint64_t names;  /* of -G, before this one */
};

enum { FILE_HEADER = 24, RECORD_HEADER = 16 };

static const char *
dlt_name(int dlt)
{
	const char *name = pcap_datalink_val_to_name(dlt);

	return name ? name : "unknown";
}

static bool
is_input(const struct writer *w, const char *path)
{
	struct stat out, in;
	size_t i;

	if (stat(path, &out) != 0 || !S_ISREG(out.st_mode))
		return false;
	for (i = 0; i < w->config.nfiles; i++)
		if (stat(w->config.files[i], &in) == 0 && in.st_dev == out.st_dev &&
		    in.st_ino == out.st_ino)
			return true;
	return false;
}

/* Begins the file that is due now. */
static int
begin_file(struct writer *w, int64_t ts, struct error *err)
{
	char *name = rotation_name(&w->config.rotation, w->config.path, w->count, ts, err);

	if (!name)
		return -1;
	if (is_input(w, name)) {
		error_set(err, "%s: is an input, -w would overwrite it; name another file", name);
		free(name);
		return -1;
	}
	w->dumper = pcap_dump_open(w->dead, name);
	free(w->label);
	w->label = strcmp(name, "-") == 0 ? xstrdup("standard output") : xstrdup(name);
	free(name);
	w->octets = FILE_HEADER;
	w->begun = ts;
	if (w->dumper)
		return 0;
	/* libpcap's text begins with the name. */
	error_set(err, "-w: cannot be written: %s", pcap_geterr(w->dead));
	return -1;
}

/* The first file, as long as its name is known. */
static int
begin_first(struct writer *w, struct error *err)
{
	struct timespec now = { 0 };

	if (w->config.rotation.seconds && !w->config.live)
		return 0;
	clock_gettime(CLOCK_REALTIME, &now);
	return begin_file(w, now.tv_sec * NS_PER_S + now.tv_nsec, err);
}

struct writer *
writer_open(const struct writer_config *cfg, const struct source *source, struct error *err)
{
	struct writer *w;

	if (strcmp(cfg->path, "-") == 0 && isatty(STDOUT_FILENO)) {
		error_set(err, "-w -: standard output is a terminal; redirect it, or name a file");
		return NULL;
	}
	w = xcalloc(1, sizeof *w);
	w->config = *cfg;
	w->config.path = w->path = xstrdup(cfg->path);
	w->label = xstrdup(cfg->path);
	w->dlt = source->dlt;
	w->nano = source->nano;
	w->dead = pcap_open_dead_with_tstamp_precision(w->dlt, source->snaplen,
	    w->nano ? PCAP_TSTAMP_PRECISION_NANO : PCAP_TSTAMP_PRECISION_MICRO);
	if (w->dead && begin_first(w, err) == 0)
		return w;
	if (!w->dead)
		error_set(err, "-w: cannot be written: out of memory");
	w->failed = true;
	writer_close(w, err);
	return NULL;
}

static int
writer_fail(struct writer *w, int error, struct error *err)
{
	if (!w->failed)
		error_set(err, "%s: writing failed: %s; the file holds only a part of the frames",
		    w->label, strerror(error ? error : EIO));
	w->failed = true;
	return -1;
}

/* Is this a frame for another file than the last one?  What is full is closed. */
static int
turn_over(struct writer *w, const struct packet *pkt, struct error *err)
{
	const struct rotation *r = &w->config.rotation;
	bool time = r->seconds && w->dumper && pkt->ts > w->begun &&
	    (uint64_t)(pkt->ts - w->begun) / NS_PER_S >= r->seconds;
	bool size = r->octets && w->octets > FILE_HEADER &&
	    w->octets + RECORD_HEADER + pkt->data.n > r->octets;

	if (w->dumper && !time && !size)
		return 0;
	if (w->dumper) {
		if (writer_flush(w, err) != 0)
			return -1;
		if (time && !r->octets && r->files && w->names + 1 >= r->files)
			return WRITER_FULL;
		pcap_dump_close(w->dumper);
		w->dumper = NULL;
		w->names += time;
		w->count = time ? 0 : w->count + 1;
	}
	/* What is only full goes on under the time of its name. */
	if (begin_file(w, size && !time ? w->begun : pkt->ts, err) == 0)
		return 0;
	w->failed = true;
	return -1;
}

/* What a pcap file cannot hold. */
static int
check_frame(struct writer *w, const struct packet *pkt, int64_t s, struct error *err)
{
	if (pkt->transcript)
		error_set(err,
		    "%s: line %" PRIu64 " of a transcript is no packet that could be saved; leave "
		    "-w out",
		    w->label, pkt->source_frame);
	else if (pkt->dlt != w->dlt)
		error_set(err,
		    "%s: frame %" PRIu64 " has link type %s, the frames before it %s, and a "
		    "pcap file holds one; write them with one run each",
		    w->label, pkt->frame, dlt_name(pkt->dlt), dlt_name(w->dlt));
	/* 32 bits on disk, which libpcap reads as signed. */
	else if (s < INT32_MIN || s > UINT32_MAX)
		error_set(err, "%s: the time of frame %" PRIu64 " does not fit into a pcap file",
		    w->label, pkt->frame);
	else
		return 0;
	w->failed = true;
	return -1;
}

int
writer_add(struct writer *w, const struct packet *pkt, struct error *err)
{
	int64_t s = pkt->ts / NS_PER_S, frac = pkt->ts % NS_PER_S;
	struct pcap_pkthdr h = { .caplen = (bpf_u_int32)pkt->data.n, .len = pkt->wirelen };
	int rc;

	if (w->failed)
		return -1;
	if (frac < 0) {
		frac += NS_PER_S;
		s--;
	}
	if (check_frame(w, pkt, s, err) != 0)
		return -1;
	if (!w->dumper || rotation_is_on(&w->config.rotation)) {
		rc = turn_over(w, pkt, err);
		if (rc != 0)
			return rc;
	}
	h.ts.tv_sec = s;
	h.ts.tv_usec = (suseconds_t)(w->nano ? frac : frac / NS_PER_US);
	errno = 0;
	pcap_dump((u_char *)w->dumper, &h, pkt->data.p);
	w->octets += RECORD_HEADER + pkt->data.n;
	return ferror(pcap_dump_file(w->dumper)) ? writer_fail(w, errno, err) : 0;
}

int
writer_flush(struct writer *w, struct error *err)
{
	if (w->failed)
		return -1;
	if (!w->dumper)
		return 0;
	errno = 0;
	return pcap_dump_flush(w->dumper) != 0 ? writer_fail(w, errno, err) : 0;
}

int
writer_close(struct writer *w, struct error *err)
{
	int rc = 0;

	if (!w)
		return 0;
	if (w->dumper) {
		if (!w->failed)
			rc = writer_flush(w, err);
		pcap_dump_close(w->dumper);
	}
	if (w->dead)
		pcap_close(w->dead);
	free(w->path);
	free(w->label);
	free(w);
	return rc;
}
